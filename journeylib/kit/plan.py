"""The kit's files, sheets and columns for one client: in its language, with its stages, personas and needs to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from journeylib import knowledge
from journeylib.client import LANGUAGES, Client
from journeylib.kit.questions import Need, SurveyQuestion, interview_guide, starting_needs, survey_questions
from journeylib.stages import StageModel
from journeylib.wording import Words

#: Kinds whose list is a suggestion: a word of the client's own is understood, too.
OPEN_KINDS = frozenset({"channel", "content_type", "language"})
#: Kinds of which a cell may hold several words, with commas.
SEVERAL = frozenset({"exits"})


@dataclass(frozen=True)
class Column:
    """One column: what a cell may hold (`kind`, and `choices` or `scale`), and the field it comes back as.

    `may_lack`: a sheet that came back may be without it, as a survey sent before a need was written down.
    """

    id: str
    kind: str
    header: str
    headers: tuple[str, ...]
    choices: tuple[str, ...] = ()
    scale: tuple[int, int] | None = None
    is_required: bool = False
    is_wide: bool = False
    may_lack: bool = False
    field: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: how it is filled in, its columns, the rows it begins with, and the format it comes back by (None = by hand).

    `decimal`: the mark of the client's language; before three digits the other one is a thousand's.
    """

    id: str
    title: str
    titles: tuple[str, ...]
    note: str
    columns: tuple[Column, ...]
    start: tuple[tuple, ...] = ()
    format: str | None = None
    set: dict = field(default_factory=dict)
    questions: tuple[SurveyQuestion, ...] = ()
    decimal: str = "."


@dataclass(frozen=True)
class KitFile:
    """One workbook: its name without ending, and its sheets."""

    id: str
    name: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Names:
    """What people may choose from: personas and needs, declared or described in the kit itself; id → name."""

    personas: dict[str, str]
    needs: tuple[Need, ...]


def plan_kit(client: Client, model: StageModel, words: Words, names: Names, asked: tuple[Need, ...] | None = None) -> tuple[KitFile, ...]:
    """Every file of the kit for this client; `asked` = needs the survey asks about, where they are not those of `names`."""
    asked = names.needs if asked is None else asked
    kit = knowledge.load("kit")
    return tuple(KitFile(key, file["name"][words.language], tuple(_sheet(sheet, client, model, words, names, asked) for sheet in file["sheets"]))
                 for key, file in kit["files"].items())  # fmt: skip


def _sheet(key, client, model, words: Words, names: Names, asked) -> Sheet:
    written = knowledge.load("kit")["sheets"][key]
    required = set(written.get("required", ()))
    columns = [_column(name, name in required, model, words, names) for name in written["columns"]]
    questions = survey_questions(model, asked, words) if key == "survey" else ()
    columns += [Column(f"q{i}", "scale" if question.scale else "text", question.header, (question.header,), scale=question.scale, is_wide=True,
                      may_lack=question.need is not None)
                for i, question in enumerate(questions, start=1)]  # fmt: skip
    start = _START.get(written.get("start", key), _nothing)(client, model, words, names)
    return Sheet(key, words.label(written["title"]), tuple(dict.fromkeys(written["title"].values())), words.label(written["note"]), tuple(columns),
                 tuple(start), written.get("format"), dict(written.get("set", {})), questions, decimal="." if words.language == "en" else ",")  # fmt: skip


def _column(key, is_required, model, words: Words, names: Names) -> Column:
    written = knowledge.load("kit")["columns"][key]
    header = written["header"]
    return Column(key, written["kind"], words.label(header), tuple(header[language] for language in LANGUAGES),
                  choices=tuple(choices_of(written["kind"], model, words, names)),
                  scale=tuple(written["scale"]) if "scale" in written else None, is_required=is_required,
                  is_wide=written.get("wide", False), field=written.get("field"))  # fmt: skip


def choices_of(kind: str, model: StageModel, words: Words, names: Names) -> Iterable[str]:
    """The words of a kind's drop-down list, in the client's language; none where a cell is free."""
    if kind == "stage":
        return [words.label(stage.label) for stage in model.in_scope]
    if kind == "persona":
        return list(names.personas.values())
    if kind == "need":
        return [need.id for need in names.needs]
    if kind == "row":
        return [words.label(row["name"]) for row in knowledge.load("rows")["voice_rows"].values()]
    if kind == "channel":
        return sorted(words.label(channel["name"]) for channel in knowledge.load("channels")["channels"].values())
    if kind == "content_type":
        return sorted(words.label(each["name"]) for each in knowledge.load("content_types").values())
    return [words.label(choice) for choice in knowledge.load("kit")["choices"].get(kind, {}).values()]


def chosen(word: str, kind: str) -> str | None:
    """The value the library keeps for a word of a kind's list, in any of the four languages; None where the list has no such word."""
    known = knowledge.load("kit")["choices"][kind]
    return next((value for value, words in known.items() if word.strip().casefold() in {value, *(each.casefold() for each in words.values())}), None)


# --- rows a sheet begins with ---------------------------------------------------------------------------------------


def _nothing(client, model, words, names):
    return ()


def _guide_rows(client, model, words, names):
    for place, (stage, questions) in enumerate(interview_guide(model, words, client.market)):
        part = words.label(stage.label) if stage else words.say("kit.pages.opening" if place == 0 else "kit.pages.closing")
        yield from ((part, question) for question in questions)


def _answer_rows(client, model, words, names):
    rows, texts = knowledge.load("rows")["voice_rows"], knowledge.load("interview")["answers"]
    for stage in model.in_scope:
        yield from ((words.label(stage.label), words.label(rows[row]["name"]), words.label(text)) for row, text in texts.items())


def _need_rows(client, model, words, names):
    return [(need.id, need.wording, words.label(model.stage(need.stage).label) if need.stage else None) for need in starting_needs(model, words)]


def _persona_rows(client, model, words, names):
    columns = knowledge.load("kit")["sheets"]["personas"]["columns"]
    return [tuple(getattr(persona, column) for column in columns) for persona in client.personas]


_START = {"guide": _guide_rows, "answers": _answer_rows, "needs": _need_rows, "personas": _persona_rows}
