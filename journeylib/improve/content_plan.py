"""What content should be made first: the empty cells of the coverage matrix and the needs nothing answers, with a proposed type (M091, C7)."""

from __future__ import annotations

import json
import re

import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.measures.places import stage_ids
from journeylib.presets import content_types
from journeylib.schema import CONTENT_PLAN, check
from journeylib.stages import StageModel

#: A need that matters at least so much (10 × top-two share) is listed where no content names it.
IMPORTANT = 5.0
#: Search phrases and things said that are named as what the content should answer; types proposed beside the first.
MOST_ABOUT, MOST_OTHERS = 3, 2
#: What customers say that content can answer.
_SAID = ("question", "problem", "objection")


def content_plan(
    tables: dict[str, pd.DataFrame], registers: dict[str, pd.DataFrame], agreed: pd.DataFrame, model: StageModel, client: Client
) -> pd.DataFrame | None:
    """A list of what to make: stage × persona × need, with the type that suits it, most customers first.

    A line for each cell of the coverage that is a *hole*, split by the needs there that no content names; for each important need
    (`IMPORTANT`) that no content names though its stage has some; and for each cell that is *thin*. A persona's cell is left out
    where everybody's is a hole. The type is the first of the market's types that fit the stage and are not there already, those
    that answer the need in words (`knowledge/content_needs.yml`) before the others.

    Parameters
    ----------
    tables : measures as far as they may be shown: `coverage`, and of choice `need_scores`, `search_phrases`, `voice_counts`.
    agreed : ACTIONS: what people agreed to make (kind A01) stands beside the line it answers.

    Returns
    -------
    CONTENT_PLAN; None where no content register was delivered.
    """
    coverage, content = tables.get("coverage"), registers.get("content")
    if coverage is None or content is None or coverage["n_content"].isna().all():
        return None
    content = content.assign(place=stage_ids(content, model))
    lines = [*_of_cells(coverage, tables, registers, content, model), *_of_needs(coverage, tables, registers, content, model)]
    plan = [line | _proposal(line, tables, content, model, client) | {"action_id": _agreed_on(line, agreed)} for line in _once(lines)]
    plan.sort(key=_order)
    return check(
        pd.DataFrame([line | {"rank": place} for place, line in enumerate(plan, start=1)], columns=list(CONTENT_PLAN.columns)), CONTENT_PLAN
    )


def _of_cells(coverage, tables, registers, content, model):
    """The empty and the thin cells, split by the needs of the stage that nothing there answers."""
    empty_for_all = set(coverage.loc[(coverage["persona"] == "") & (coverage["status"] == "hole"), "stage"])
    for cell in coverage[coverage["status"].isin(["hole", "thin"])].itertuples():
        if cell.persona and cell.stage in empty_for_all:
            continue
        needs = _needs(tables, registers, model, cell.stage, cell.persona)
        missing = [need for need in needs if cell.status == "hole" or not _is_answered(need["need_id"], content, cell.persona)]
        for need in missing or [{}]:
            yield _line(cell, cell.status, need)


def _of_needs(coverage, tables, registers, content, model):
    """Important needs that no content names, in stages that have some."""
    for cell in coverage[(coverage["persona"] == "") & ~coverage["status"].isin(["hole", "thin", "no_demand"])].itertuples():
        for need in _needs(tables, registers, model, cell.stage, ""):
            is_important = pd.notna(need["importance"]) and need["importance"] >= IMPORTANT
            if is_important and not _is_answered(need["need_id"], content, ""):
                yield _line(cell, "need", need)


def _line(cell, reason, need) -> dict:
    known = {"need_id": None, "need": None, "importance": None, "satisfaction": None} | need
    return {"plan_id": ":".join(filter(None, [cell.stage, cell.persona or "all", known["need_id"]])), "stage": cell.stage, "persona": cell.persona,
            "reason": reason, "n_customers": None if pd.isna(cell.n_customers) else int(cell.n_customers)} | known  # fmt: skip


def _needs(tables, registers, model, stage, persona) -> list[dict]:
    """The needs of a stage, for a persona its own and those of all; with what was answered about them."""
    needs = registers.get("needs")
    if needs is None or needs.empty:
        return []
    here = needs[(stage_ids(needs, model) == stage) & (needs["persona"].isna() | (needs["persona"] == persona).fillna(False))]
    scores = tables.get("need_scores")
    known = {} if scores is None else scores.set_index("need_id")[["importance", "satisfaction"]].to_dict("index")
    return [
        {"need_id": need.need_id, "need": need.wording} | known.get(need.need_id, {"importance": None, "satisfaction": None})
        for need in here.itertuples()
    ]


def _is_answered(need_id, content, persona) -> bool:
    """Whether content names the need, for the persona or for all."""
    own = content["persona"].isna() | (content["persona"] == persona).fillna(False) if persona else pd.Series(True, index=content.index)
    return bool(((content["need_id"] == need_id).fillna(False) & own).any())


def _once(lines):
    """Each stage and need once for a persona, and once in all where everybody lacks it."""
    found: dict[tuple, dict] = {}
    for line in sorted(lines, key=lambda line: line["persona"] != ""):
        place = line["stage"], line["need_id"]
        if ("", *place) not in found:
            found.setdefault((line["persona"], *place), line)
    return list(found.values())


def _order(line):
    """Agreed and new alike: most customers first, then the need that matters most, then as the plan's id runs."""
    return -(line["n_customers"] or 0), line["reason"] == "thin", -_number(line["importance"]), line["plan_id"]


def _number(value) -> float:
    return 0.0 if value is None or pd.isna(value) else float(value)


def _proposal(line, tables, content, model, client) -> dict:
    phrases = _phrases(tables, line["stage"])
    about = {"phrases": list(phrases["phrase"].head(MOST_ABOUT)), "said": _said(tables, line["stage"])}
    types = propose_types(model.stage(line["stage"]).atoms, client, line["need"] or "", _here(content, line))
    return {"type": types[0], "other_types": ",".join(types[1 : 1 + MOST_OTHERS]) or None, "n_searches": float(phrases["volume"].sum()) if len(phrases) else None,
            "about": json.dumps(about, ensure_ascii=False, sort_keys=True) if any(about.values()) else None}  # fmt: skip


def _here(content, line):
    """Types that already are there for those the line is about."""
    own = content["persona"].isna() | (content["persona"] == line["persona"]).fillna(False) if line["persona"] else True
    return set(content[(content["place"] == line["stage"]) & own]["type"].dropna())


def propose_types(atoms: tuple[str, ...], client: Client, need: str = "", there: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """Content types for a stage, best first: those that answer the need, then those not there yet, those that help to decide first.

    >>> from tests.gaps.material import a_client
    >>> propose_types(("a3_evaluate",), a_client(market="b2b"), "Räkna hem investeringen")[0]
    'roi_sheet'
    """
    known, fitting = knowledge.load("content_types"), content_types(client.market)
    of_stage = [name for name in fitting if set(known[name]["atoms"]) & set(atoms)]
    of_need = [name for name in _answering(need, client.language) if name in fitting]
    of_stage.sort(key=lambda name: not known[name].get("supports_decision", False))
    ranked = list(dict.fromkeys([*of_need, *of_stage])) or list(fitting)
    return [*(name for name in ranked if name not in there), *(name for name in ranked if name in there)]


def _answering(need: str, language: str) -> list[str]:
    """Types that answer a need by its words; the kind with most words in it first."""
    hits = {
        kind: sum(bool(re.search(_pattern(word), need.casefold())) for word in entry["words"][language])
        for kind, entry in knowledge.load("content_needs").items()
    }
    kinds = sorted((kind for kind in hits if hits[kind]), key=lambda kind: -hits[kind])
    return list(dict.fromkeys(name for kind in kinds for name in knowledge.load("content_needs")[kind]["types"]))


def _pattern(word: str) -> str:
    return r"\b" + re.escape(word).replace(r"\*", r"\w*") + r"\b"


def _phrases(tables, stage):
    """Search phrases of the stage that do not lead to the client, most searched first."""
    phrases = tables.get("search_phrases")
    if phrases is None:
        return pd.DataFrame({"phrase": [], "volume": []})
    own = phrases[(phrases["line"] == "organic") & (phrases["stage"] == stage) & (phrases["standing"] != "top") & phrases["volume"].notna()]
    return own.sort_values(["volume", "phrase"], ascending=[False, True])


def _said(tables, stage) -> list[str]:
    """What most customers ask, find hard or object to in the stage."""
    voices = tables.get("voice_counts")
    if voices is None:
        return []
    own = voices[(voices["stage"] == stage) & voices["row"].isin(_SAID) & (voices["kind"] == "stated") & (voices["code"] != "")]
    return list(own.sort_values(["n_customers", "code"], ascending=[False, True])["code"].drop_duplicates().head(MOST_ABOUT))


def _agreed_on(line, agreed) -> str | None:
    """The action people agreed on that makes content for the stage, for the persona or for all; a line for all takes any persona's."""
    own = agreed[(agreed["kind"] == "A01") & (agreed["status"].isin(["agreed", "under_way"])) & (agreed["stage"] == line["stage"])]
    own = own[own["persona"].isin(["", line["persona"]])] if line["persona"] else own
    return None if own.empty else str(own["action_id"].iloc[0])
