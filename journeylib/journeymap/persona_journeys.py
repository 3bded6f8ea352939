"""One persona with one problem and one offer: what it needs, asks and hesitates at in every stage, and what we say to it there (M045).

A funnel of messages through all stages. What customers of the persona have said comes first, then customers at large, what people
search for, the registers, staff, and last what is assumed; who told is kept beside every text, and what nobody has told is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from journeylib.client import Client, Focus
from journeylib.measures.content import live_content
from journeylib.measures.places import stage_ids
from journeylib.measures.voices import voice_counts
from journeylib.schema import PERSONA_JOURNEYS, check, empty
from journeylib.stages import StageModel

#: What holds customers back, as voices name it, most telling first.
_HOLDS_BACK = ("objection", "reason", "problem")
_WRITTEN = ("staff", "assumed")


@dataclass(frozen=True)
class _Heard:
    """What a persona's journey is made from: shown tables, registers and voices, with the stage of each row."""

    client: Client
    model: StageModel
    shown: Mapping[str, pd.DataFrame]
    registers: Mapping[str, pd.DataFrame]
    voices: pd.DataFrame
    own: Mapping[str, pd.DataFrame]


def focused_on(client: Client) -> tuple[Focus, ...]:
    """The combinations the client has named; else every persona with its own challenges and the client's offer."""
    named = client.focus or tuple(Focus(persona=persona.id) for persona in client.personas)
    problems = {persona.id: persona.challenges for persona in client.personas}
    return tuple(Focus(persona=each.persona, problem=each.problem or problems.get(each.persona), offer=each.offer or client.offer) for each in named)


def persona_journeys(client: Client, model: StageModel, shown: Mapping[str, pd.DataFrame], registers: Mapping[str, pd.DataFrame],
                     voices: pd.DataFrame | None) -> pd.DataFrame:  # fmt: skip
    """The journey of every combination of `focused_on`, one row a stage.

    The message is the content item (live, in the client's language) or else the activity that speaks to the persona there: what serves
    the need beside it goes before what does not, what was made for the persona before what was made for everybody, what reaches more
    before what reaches fewer.

    Parameters
    ----------
    shown : measures as they may be shown. voices : all voices; of customers only what k of the persona have said is told.

    Returns
    -------
    PERSONA_JOURNEYS; empty where no persona is declared.
    """
    wanted = focused_on(client)
    if not wanted:
        return empty(PERSONA_JOURNEYS)
    heard = _gather(client, model, shown, registers, voices, {each.persona for each in wanted})
    rows = [{"journey": number, "persona": each.persona, "problem": each.problem, "offer": each.offer, "stage": stage, "position": position} | _row(heard, each.persona, stage)
            for number, each in enumerate(wanted, start=1) for position, stage in enumerate(model.ids)]  # fmt: skip
    return check(pd.DataFrame(rows), PERSONA_JOURNEYS)


def _gather(client, model, shown, registers, voices, personas):
    placed = {name: table.assign(place=stage_ids(table, model)) for name, table in registers.items() if {"stage", "atom"} <= set(table.columns)}
    if "content" in placed:
        placed["content"] = live_content(placed["content"], client.language, client.as_of)
    if voices is None or voices.empty:
        return _Heard(client, model, shown, placed, pd.DataFrame(columns=["place", "row", "kind", "persona", "text", "code"]), {})
    own = {persona: voice_counts(voices[(voices["persona"] == persona).fillna(False)], model, by_account=client.market != "b2c", quotes=False, k=client.privacy.k) for persona in personas}
    return _Heard(client, model, shown, placed, voices.assign(place=stage_ids(voices, model)), own)


def _row(heard, persona, stage):
    need = _need(heard, persona, stage)
    told = {"need": need[:2], "question": _question(heard, persona, stage), "objection": _said(heard, persona, stage, _HOLDS_BACK) or _written(heard, persona, stage, _HOLDS_BACK)}
    row = {name: value for what, (text, by) in told.items() for name, value in ((what, text), (f"{what}_by", by))}
    return row | _message(heard, persona, stage, need[2])


# --- what customers need, ask and hesitate at -----------------------------------------------------------------------------


def _need(heard, persona, stage):
    """The need that weighs most in the stage, who told, and its id where it has one."""
    own, scored = heard.shown.get("persona_needs"), heard.shown.get("need_scores")
    if own is not None and len(rows := own[(own["persona"] == persona) & (own["stage"] == stage)]):
        return rows["wording"].iloc[0], "own", rows["need_id"].iloc[0]
    if scored is not None and len(rows := scored[(scored["stage"] == stage) & scored["importance"].notna()]):
        first = rows.sort_values(["importance", "need_id"], ascending=[False, True], kind="stable").iloc[0]
        return first["wording"], "everybody", first["need_id"]
    if said := _said(heard, persona, stage, ("need",)):
        return *said, None
    if len(rows := _for(heard.registers.get("needs"), persona, stage)):
        return rows["wording"].iloc[0], "register", rows["need_id"].iloc[0]
    return *_written(heard, persona, stage, ("need",)), None


def _question(heard, persona, stage):
    said = _said(heard, persona, stage, ("question",))
    return said or _searched(heard, stage) or _written(heard, persona, stage, ("question",))


def _said(heard, persona, stage, about):
    """What most of the persona's customers said of the stage, else most of all customers; never what fewer than k said."""
    for by, counts in (("own", heard.own.get(persona)), ("everybody", heard.shown.get("voice_counts"))):
        for row in about if counts is not None and len(counts) else ():
            found = counts[(counts["stage"] == stage) & (counts["row"] == row) & (counts["kind"] == "stated") & counts["code"].fillna("").ne("")]
            found = found[found["n_customers"] >= heard.client.privacy.k].sort_values(["n_customers", "code"], ascending=[False, True], kind="stable")
            if len(found):
                return found["code"].iloc[0], by
    return None


def _searched(heard, stage):
    """The phrase most searched for in the stage."""
    phrases = heard.shown.get("search_phrases")
    rows = phrases[(phrases["stage"] == stage) & phrases["n_searches"].notna()] if phrases is not None else ()
    return (rows.sort_values(["n_searches", "phrase"], ascending=[False, True], kind="stable")["phrase"].iloc[0], "search") if len(rows) else None


def _written(heard, persona, stage, about):
    """What staff say, else what is assumed."""
    voices = heard.voices[(heard.voices["place"] == stage) & (heard.voices["persona"].isna() | (heard.voices["persona"] == persona).fillna(False))]
    for kind in _WRITTEN:
        for row in about:
            said = voices[(voices["kind"] == kind) & (voices["row"] == row)]
            texts = said["text"].fillna(said["code"]).dropna()
            if len(texts):
                return texts.iloc[0], kind
    return None, None


# --- what we say ----------------------------------------------------------------------------------------------------------


def _for(register, persona, stage):
    """The register's rows of a stage for the persona, its own first."""
    if register is None:
        return ()
    rows = register[(register["place"] == stage) & (register["persona"].isna() | (register["persona"] == persona).fillna(False))]
    return rows.assign(is_own=(rows["persona"] == persona).fillna(False)).sort_values("is_own", ascending=False, kind="stable")


def _message(heard, persona, stage, need_id):
    found = [(name, _for(heard.registers.get(name), persona, stage)) for name in ("content", "activities")]
    if all(name not in heard.registers for name, _ in found):
        return {"message": _written(heard, persona, stage, ("company", "content"))[0]}
    ranked = [rows.assign(kind=name, serves=(rows["need_id"] == need_id).fillna(False), asks=rows["cta" if name == "content" else "next_step"], item=rows.iloc[:, 0])
              for name, rows in found if len(rows)]  # fmt: skip
    if not ranked:
        return {"n_messages": 0}
    items = pd.concat([rows[["kind", "serves", "is_own", "reach", "title", "asks", "need_id", "item"]] for rows in ranked])
    best = items.sort_values(["serves", "is_own", "kind", "reach", "item"], ascending=[False, False, False, False, True], kind="stable").iloc[0]
    tells = need_id is not None and items["need_id"].notna().any()
    return {"message": best["title"], "message_kind": "content" if best["kind"] == "content" else "activity", "message_for": "own" if best["is_own"] else "everybody",
            "answers_need": ("yes" if best["serves"] else "no") if tells else None, "next_step": best["asks"] if pd.notna(best["asks"]) else None, "n_messages": len(items)}  # fmt: skip
