"""What filled sheets say about the asking itself: who was heard about what, whether more interviews are needed, whether two coders agree (M025, C16)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from journeylib.client import Client, Persona, Source
from journeylib.collect.gathering import gather
from journeylib.collect.privacy import find_salt
from journeylib.kit.filled import Filled
from journeylib.measures.coding import coder_agreement, saturation
from journeylib.measures.heard import heard, people_asked
from journeylib.stages import StageModel
from journeylib.wording import Words

#: The share of quotes a second person should code, and how many of the last interviews are looked at for new codes.
SECOND_SHARE, LAST = 0.2, 3


@dataclass(frozen=True)
class Gathering:
    """HEARD, SATURATION and AGREEMENT of the kit's sheets, and how many people were asked by what they are to the company."""

    heard: pd.DataFrame
    asked: dict[str, int]
    saturation: pd.DataFrame
    agreement: pd.DataFrame
    personas: dict[str, str]


def gather_voices(client: Client, model: StageModel, folder: Path, sources: dict[str, dict], filled: Filled, personas: dict[str, str]) -> Gathering:
    """The filled sheets read as sources are, by the same road as every report's.

    Raises
    ------
    SourceError
        A sheet that cannot be read.
    """
    described = tuple(persona for persona in client.personas) + tuple(
        Persona(id=key, name=name) for key, name in personas.items() if key not in {persona.id for persona in client.personas})
    asking = client.model_copy(update={"sources": {name: Source(**settings) for name, settings in sources.items()},
                                       "data_folder": folder, "personas": described})  # fmt: skip
    voices = gather(asking, model, find_salt(client), answers={}).voices
    first, second = _codes(filled)
    return Gathering(heard(voices, model, tuple(personas)), people_asked(voices), saturation(voices), coder_agreement(first, second), personas)


def _codes(filled: Filled) -> tuple[pd.Series, pd.Series]:
    rows = [row.cells for sheet in filled.of("quotes") for row in sheet.rows]
    return tuple(pd.Series([row.get(column) for row in rows], dtype="object").astype("string") for column in ("code", "second_code"))


def heard_table(found: Gathering, model: StageModel, words: Words) -> tuple[str, list[str], list[list[str]]]:
    """Title, headings and rows of the coverage matrix: a row a stage, a column for everybody and for each persona."""
    wide = found.heard.pivot(index="stage", columns="persona", values="n_customers")
    header = ["", words.say("kit.coverage.everybody"), *found.personas.values()]
    rows = [[words.label(stage.label), *(words.count(int(wide.loc[stage.id, persona])) for persona in ("", *found.personas))] for stage in model.in_scope]
    return words.say("kit.coverage.title"), header, rows


def say_gathering(found: Gathering, model: StageModel, words: Words) -> list[str]:
    """One sentence for each thing to know about the asking, in the client's language."""
    return [*_say_heard(found, model, words), *_say_asked(found, words), *_say_saturation(found.saturation, words), *_say_agreement(found.agreement, words)]


def _say_heard(found, model, words):
    everybody = found.heard[found.heard["persona"] == ""]
    silent = [words.label(model.stage(stage).label) for stage in everybody.loc[everybody["n_customers"] == 0, "stage"]]
    yield words.say("kit.coverage.silent_stages", stages=words.list(silent)) if silent else words.say("kit.coverage.all_stages")
    by_persona = found.heard[found.heard["persona"] != ""].groupby("persona", sort=False)["n_customers"].sum()
    unheard = [found.personas[persona] for persona in by_persona.index[by_persona == 0]]
    if unheard:
        yield words.say("kit.coverage.silent_personas", personas=words.list(unheard))


def _say_asked(found, words):
    if not found.asked["all"]:
        return
    yield words.say("kit.coverage.asked", **{f"n_{who}": n for who, n in found.asked.items()})
    if found.asked["customer"] and not found.asked["lost"] and not found.asked["never"]:
        yield words.say("kit.coverage.only_customers")


def _say_saturation(table, words):
    if len(table) > LAST:
        yield words.say("kit.saturation", n_interviews=len(table), n_codes=int(table["n_so_far"].iloc[-1]), n_last=LAST, n_new=int(table["n_new"].tail(LAST).sum()))


def _say_agreement(table, words):
    for row in table.itertuples():
        if pd.isna(row.kappa):
            yield words.say("kit.agreement.one_code", n_quotes=int(row.n_quotes))
        else:
            yield words.say("kit.agreement.clear", n_quotes=int(row.n_quotes), share=words.percent(row.agreement),
                            kappa=words.number(row.kappa, 2), span=words.span(row.lo, row.hi, 2))  # fmt: skip
        if row.n_quotes < SECOND_SHARE * row.n_all:
            yield words.say("kit.agreement.too_few", n_quotes=int(row.n_quotes), n_all=int(row.n_all))
