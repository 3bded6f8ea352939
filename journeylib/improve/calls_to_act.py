"""What should the buttons say: pages and items whose request to act is missing or weak, with wording in the item's language (M092)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.gaps.engine import asking
from journeylib.improve.wordings import OwnWording, is_vague
from journeylib.measures.places import stage_ids
from journeylib.presets import resolved_thresholds
from journeylib.schema import CALLS, check
from journeylib.stages import StageModel

DECISION = "a4_decide"
_LANGUAGES = {"no": "nb", "nn": "nb"}
_ORDER = ("missing", "not_clicked", "weak", "vague")
#: Fewer visits than this say nothing of what is clicked.
FEWEST_VISITS = 30


def calls_to_act(
    tables: dict[str, pd.DataFrame], registers: dict[str, pd.DataFrame], model: StageModel, client: Client, own: Sequence[OwnWording] = ()
) -> pd.DataFrame | None:
    """Live items without a request to act, or with one that says nothing; pages whose request is clicked too seldom, or on which none is.

    - missing: no request in the register, of content that is to ask something (`asking`). vague: one that does not say what happens next (`knowledge/calls_to_act.yml`).
    - weak: the whole interval of its click rate lies under `thresholds.cta_rate`.
    - not_clicked: a page of the decision with `FEWEST_VISITS` visits or more on which nothing was clicked, where clicks are measured at all.

    Those where the customer decides come first, then by readers. The client's own wordings (`own`) are proposed before the catalogue's.

    Returns
    -------
    CALLS; None where neither a filled-in register nor clicks were delivered.
    """
    content, ctas = registers.get("content"), tables.get("ctas")
    has_register = content is not None and content["cta"].notna().any()
    if not has_register and (ctas is None or ctas.empty):
        return None
    lines = [*(_of_items(content, model, client) if has_register else ()), *_of_clicks(tables, model, client)]
    lines = [_worded(line, line.pop("kind"), model, client.market, own) for line in lines]
    lines.sort(key=lambda line: (not line["is_deciding"], _ORDER.index(line["standing"]), -(line["reach"] or 0), line["call_id"]))
    return check(pd.DataFrame([line | {"rank": place} for place, line in enumerate(lines, start=1)], columns=list(CALLS.columns)), CALLS)


def _of_items(content, model, client):
    day = pd.Timestamp(client.as_of)
    live = content[~(content["live_from"] > day) & ~(content["live_to"] <= day)]
    live = asking(live).assign(place=lambda items: stage_ids(items, model)).query("place != ''").sort_values("content_id")
    for item in live.itertuples():
        standing = "missing" if pd.isna(item.cta) else "vague" if is_vague(item.cta) else None
        if standing:
            now = None if pd.isna(item.cta) else item.cta
            yield _line(item.content_id, item.title, item.place, standing, now, _language(item.language, client), item.type, item.reach)


def _of_clicks(tables, model, client):
    ctas, pages, limit = tables.get("ctas"), tables.get("pages"), resolved_thresholds(client).cta_rate
    if ctas is None or ctas.empty:
        return
    if limit is not None:
        for cta in ctas[(ctas["hi"] < limit) & (ctas["stage"] != "")].drop_duplicates("page").itertuples():
            line = _line(cta.page, cta.page, cta.stage, "weak", cta.cta, client.language, None, cta.n_views)
            yield line | {"rate": cta.shrunk, "lo": cta.lo, "hi": cta.hi}
    deciding = {stage.id for stage in model.in_scope if DECISION in stage.atoms}
    silent = (
        pages[pages["stage"].isin(deciding) & (pages["n_visits"] >= FEWEST_VISITS) & ~pages["page"].isin(ctas["page"])]
        if pages is not None
        else pd.DataFrame()
    )
    for page in silent.itertuples():
        yield _line(page.page, page.page, page.stage, "not_clicked", None, client.language, None, page.n_visits)


def _line(call_id, title, stage, standing, now, language, kind, reach) -> dict:
    return {"call_id": call_id, "title": title, "stage": stage, "standing": standing, "now": now, "language": language, "kind": None if pd.isna(kind) else kind,
            "reach": None if pd.isna(reach) else float(reach), "rate": None, "lo": None, "hi": None}  # fmt: skip


def _worded(line, kind, model, market, own) -> dict:
    """The line with two wordings: the client's own for the place, then the catalogue's, in the words the client has put in their place."""
    atoms, language = model.stage(line["stage"]).atoms, line["language"]
    here = [each for each in own if each.language == language and each.stage in ("", line["stage"]) and (not each.types or kind in each.types)]
    first, other = propose_wordings(
        atoms, market, language, kind, line["now"],
        first=[each.text for each in here if each.stage], instead={each.replaces: each.text for each in here if each.replaces},
    )  # fmt: skip
    return line | {"is_deciding": DECISION in atoms, "proposed": first, "other": other}


def propose_wordings(
    atoms: tuple[str, ...], market: str, language: str, kind: str | None = None, now: str | None = None,
    *, first: Sequence[str] = (), instead: Mapping[str, str] | None = None,
) -> tuple[str, str | None]:  # fmt: skip
    """Two wordings for a place of the journey: those that suit the type of content first; what stands there already is not proposed again.

    Parameters
    ----------
    first : wordings of the client's own, before all others. instead : name of a catalogue's wording → what to say in its place.

    >>> propose_wordings(("a4_decide",), "b2b", "da", "offer_description")
    ('Få et tilbud', 'Book en samtale')
    """
    known = knowledge.load("calls_to_act")["wordings"]
    fitting = {name: entry for name, entry in known.items() if set(entry["atoms"]) & set(atoms) and (market == "both" or market in entry["market"])}
    in_order = sorted(fitting, key=lambda name: (kind not in fitting[name].get("types", ()), DECISION in atoms and DECISION not in fitting[name]["atoms"],
                                                 -len(set(fitting[name]["atoms"]) & set(atoms))))  # fmt: skip
    worded = [*first, *((instead or {}).get(name, fitting[name]["text"][language]) for name in in_order)]
    texts = [text for text in dict.fromkeys(worded) if now is None or text.casefold() != now.casefold()] or worded
    return texts[0], texts[1] if len(texts) > 1 else None


def _language(code, client) -> str:
    """The item's own language where it is one of the four, else the client's."""
    short = "" if pd.isna(code) else str(code).lower()[:2]
    short = _LANGUAGES.get(short, short)
    return short if short in knowledge.load("calls_to_act")["vague"] else client.language
