"""What customers are asked: the interview guide and the survey, laid out by the client's own stages (M023, M024)."""

from __future__ import annotations

from dataclasses import dataclass

from journeylib import knowledge
from journeylib.errors import ParameterError
from journeylib.presets import driver_names
from journeylib.stages import Stage, StageModel
from journeylib.wording import Words


@dataclass(frozen=True)
class Need:
    """A need the survey asks about: its id, wording in the client's language, and stage id."""

    id: str
    wording: str
    stage: str | None = None


@dataclass(frozen=True)
class SurveyQuestion:
    """One column of the survey. `kind` is the wording it shares with the other stages; a question without a scale is free text."""

    header: str
    kind: str
    stage: str | None
    row: str | None = None
    metric: str | None = None
    scale: tuple[int, int] | None = None
    need: str | None = None

    def settings(self) -> dict:
        """What stands under `questions:` in the parameters."""
        given = {"stage": self.stage, "row": self.row, "metric": self.metric, "need": self.need, "scale": list(self.scale) if self.scale else None}
        return {key: value for key, value in given.items() if value is not None} | {"wording": f"kit_{self.kind}"}


def interview_guide(model: StageModel, words: Words, market: str, texts: dict | None = None) -> list[tuple[Stage | None, list[str]]]:
    """The guide's parts in order: opening, every stage in scope, closing (None = not of a stage), each with its questions.

    A stage asks what its parts of the journey ask of everybody, then what the market adds: who else takes part and how the return is
    worked out among companies, whose advice counts among consumers, and what usually decides.

    Raises
    ------
    ParameterError
        A stage without a question: a guide must not be blind to a part of the journey.
    """
    texts = texts or knowledge.load("interview")
    parts: list[tuple[Stage | None, list[str]]] = [(None, [words.label(text) for text in texts["opening"]])]
    drivers = words.list([words.label(name) for name in driver_names(market)])
    for stage in model.in_scope:
        asked = [text for atom in stage.atoms for text in (*texts["atoms"].get(atom, []), *_of_market(texts, market, atom))] + list(texts["every_stage"])
        parts.append((stage, [words.label(text).replace("{drivers}", drivers) for text in asked]))
    parts.append((None, [words.label(text) for text in texts["closing"]]))
    missed = [words.label(stage.label) for stage, questions in parts if stage and not questions]
    if missed:
        raise ParameterError(words.say("kit.guide_misses", stages=words.list(missed)))
    return parts


def _of_market(texts, market, atom):
    """What a market asks beside the rest; both markets ask both, each question once."""
    of = texts.get("market", {})
    asked = [text for name in (("b2b", "b2c") if market == "both" else (market,)) for text in of.get(name, {}).get(atom, [])]
    return [text for place, text in enumerate(asked) if text not in asked[:place]]


def starting_needs(model: StageModel, words: Words) -> tuple[Need, ...]:
    """One need a stage to start from, after its first atom; ids N1, N2 …"""
    texts = knowledge.load("interview")["needs"]
    return tuple(Need(f"N{number}", words.label(texts[stage.atoms[0]]), stage.id) for number, stage in enumerate(model.in_scope, start=1))


def survey_questions(model: StageModel, needs: tuple[Need, ...], words: Words) -> tuple[SurveyQuestion, ...]:
    """The survey's questions: the same wordings and scales in every stage in scope, then importance and satisfaction of every need."""
    texts = knowledge.load("interview")["survey"]
    asked = [_question(kind, text, words, stage.id, moment=stage_moment(stage, words)) for stage in model.in_scope for kind, text in texts["stage"].items()]
    asked += [_question(kind, text, words, need.stage, need.id, need=need.wording) for need in needs for kind, text in texts["need"].items()]
    check_survey(asked, model, words)
    return tuple(asked)


def stage_moment(stage: Stage, words: Words) -> str:
    """The stage as a customer would tell it, after its first and last atom: nobody outside the trade says "consideration"."""
    texts = knowledge.load("interview")["moments"]
    first, last = (words.label(texts["atoms"][atom]) for atom in (stage.atoms[0], stage.atoms[-1]))
    return words.label(texts["one" if first == last else "span"]).replace("{first}", first).replace("{last}", last)


def _question(kind, text, words: Words, stage, need_id=None, /, **names) -> SurveyQuestion:
    header = words.label(text["text"])
    for name, value in names.items():
        header = header.replace(f"{{{name}}}", value)
    return SurveyQuestion(header, kind, stage, text.get("row"), text.get("metric"), tuple(text["scale"]) if "scale" in text else None, need_id)


def check_survey(asked, model: StageModel, words: Words) -> None:
    """Raise where a kind of question is asked in some stages and not in others, or on differing scales.

    Raises
    ------
    ParameterError
        One line for each wording that misses a stage.
    """
    missed = []
    for kind in dict.fromkeys(question.kind for question in asked if question.need is None):
        here = {question.stage for question in asked if question.kind == kind}
        without = [words.label(stage.label) for stage in model.in_scope if stage.id not in here]
        scales = {question.scale for question in asked if question.kind == kind}
        if without or len(scales) > 1:
            missed.append(words.say("kit.survey_misses", what=kind, stages=words.list(without or sorted(map(str, scales)))))
    if missed:
        raise ParameterError("\n".join(missed))
