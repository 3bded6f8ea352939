"""What to do: a proposal for each gap from the catalogue, what people agreed, ranked by value with its spread (C8)."""

from __future__ import annotations

import zlib
from functools import partial

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.client import MARKETS, Client
from journeylib.improve.already import Done, done_at, tells_no_cause, what_is_left
from journeylib.improve.decisions import most_precise
from journeylib.improve.prerequisites import lacking
from journeylib.improve.priority import standings
from journeylib.schema import ACTIONS, ATOMS, check, empty
from journeylib.stages import StageModel, load_stage_model
from journeylib.wording import Words

N_DRAWS = 4000
#: Two neighbours are told apart when the first is the better one in at least this share of the draws.
CLEARLY_BETTER = 0.8
EFFORTS = ("low", "medium", "high")
#: The standard normal's 90 % quantile: what an 80 % range is made of.
_Z90 = 1.2815515655446004
FILLED_IN = ("owner", "kpi", "due_on")


def propose_actions(gaps: pd.DataFrame, client: Client, agreed: pd.DataFrame, words: Words, routines: pd.DataFrame | None = None,
                    activities: pd.DataFrame | None = None, touchpoints: pd.DataFrame | None = None) -> pd.DataFrame:  # fmt: skip
    """Proposals for the gaps that were found and not rejected or parked, beside what people agreed, ranked.

    The value is the gap's value at stake times the chance that the action works (the catalogue's triangular prior), by
    draws: ignorance widens it. Ranked by that money a day of work (`priority.standings`), then by severity. Neighbours the draws
    cannot tell apart are tied. An action without owner, KPI or date says so. Where the register of routines says that an insight, a
    habit or a tool is missing in its stage, putting it in place is work that comes first: days are added, and it is not for now.
    For a gap that tells no cause (`improve.already`) what its own check refuted is left out, and so is what nearly all are given already; what only
    some are given is proposed for the others, and its value is theirs alone.

    Parameters
    ----------
    gaps : GAPS with values and decisions. An uncertain gap gets proposals when people accepted it.
    agreed : ACTIONS as read from the client's file; they are kept as they are, and replace the same proposal.
    routines : the register of insights, habits and tools, where there is one.
    activities, touchpoints : the register and the measure (TOUCHPOINTS, as far as they may be shown): what is done already.
    """
    proposals = _proposals(gaps, client, words, activities, touchpoints)
    kept = [_placed(row, gaps) for row in agreed.to_dict("records")]
    taken = {row["action_id"] for row in kept} | {f"{row['kind']}:{row['gap_id']}" for row in kept}
    rows = [*kept, *(row for row in proposals if row["action_id"] not in taken)]
    if not rows:
        return empty(ACTIONS)
    model = load_stage_model(client)
    ranked = _rank([_completed(row) | {"lacks": _lacks(row, routines, model)} for row in rows], gaps.set_index("gap_id"), client.seed)
    return check(pd.DataFrame(ranked, columns=list(ACTIONS.columns)), ACTIONS)


def _proposals(gaps, client, words, activities, touchpoints) -> list[dict]:
    """The catalogue's actions for each gap; what two gaps of one place ask for is proposed once, for the larger one."""
    model, proposed = load_stage_model(client), {}
    done_already = partial(done_at, touchpoints=touchpoints, activities=activities, model=model, language=client.language)
    for _, gap in _to_close(gaps).iterrows():
        for kind, done in what_is_left(_fitting(gap, client, model), gap, gaps, done_already).items():
            proposed.setdefault((kind, gap["stage"], gap["persona"]), _proposal(kind, knowledge.load("actions")[kind], gap, words, done))
    return list(proposed.values())


def _fitting(gap, client, model) -> list[str]:
    """Actions that close the gap and fit the market and the stage; where none fits, all that close it, unless the gap tells no cause."""
    closing = {kind: entry for kind, entry in knowledge.load("actions").items() if gap["check"] in entry["closes"]}
    atoms = set(model.stage(gap["stage"]).atoms) if gap["stage"] else set(ATOMS)
    fitting = [kind for kind, entry in closing.items()
               if client.market in entry.get("market", MARKETS) and atoms & set(entry.get("atoms", ATOMS))]  # fmt: skip
    return fitting if tells_no_cause(gap["check"]) else fitting or list(closing)


def _to_close(gaps):
    decision = gaps["decision"].fillna("")
    is_open = (gaps["status"] == "found") & ~decision.isin(["reject", "park"])
    open_ones = gaps[is_open | ((gaps["status"] == "uncertain") & (decision == "accept"))]
    return open_ones.sort_values(["value_at_stake", "severity"], ascending=False, na_position="last", kind="stable")


def _placed(row, gaps) -> dict:
    """An agreed action on `G03` belongs to the gap that the check found, with its stage."""
    if _is_blank(row["gap_id"]) or row["gap_id"] in set(gaps["gap_id"]):
        return row
    named = gaps[[most_precise(gap_id, [row["gap_id"]]) != "" for gap_id in gaps["gap_id"]]]
    named = named[named["status"].isin(["found", "uncertain"])]
    if named.empty:
        return row
    gap = named.sort_values("status", kind="stable").iloc[0]
    return row | {"gap_id": gap["gap_id"], "stage": row["stage"] or gap["stage"], "persona": row["persona"] or gap["persona"]}


def _proposal(kind, entry, gap, words, done: Done | None) -> dict:
    """A proposal names what would show that it worked; which level to aim for is for people to say."""
    return {"action_id": f"{kind}:{gap['gap_id']}", "kind": kind, "gap_id": gap["gap_id"], "stage": gap["stage"], "persona": gap["persona"],
            "title": _for_more(entry, words) if done and done.share is not None else words.label(entry["name"]), "status": "proposed", "kpi": words.label(entry["kpi"]), "effort": entry["effort"],
            "done_as": done.what if done else None, "done_share": done.share if done else None}  # fmt: skip


def _completed(row) -> dict:
    """The row with every column, the catalogue's effort where none was given, and what nobody has filled in."""
    row = {name: None if name not in row or _is_blank(row[name]) else row[name] for name in ACTIONS.columns}
    row |= {"stage": row["stage"] or "", "persona": row["persona"] or ""}
    entry = knowledge.load("actions").get(row["kind"])
    row["effort"] = row["effort"] or (entry["effort"] if entry else None)
    row["missing"] = ",".join(name for name in FILLED_IN if row[name] is None) or None
    return row


def _lacks(row, routines, model) -> str | None:
    """What has to be in place before the action and is missing; an action that puts it in place lacks nothing itself."""
    entry = knowledge.load("actions").get(row["kind"], {})
    return None if "G32" in entry.get("closes", ()) else lacking(routines, row["stage"] or "", model)


def _is_blank(value) -> bool:
    return value is None or bool(pd.isna(value)) or value == ""


def _rank(rows, gaps, seed) -> list[dict]:
    """Rank those not rejected by money a day of work; money before severity, for the two cannot be weighed against each other."""
    scores = _add_standings(rows, gaps, seed)
    order = sorted(rows, key=lambda row: _sort_key(row, gaps))
    live = [row for row in order if row["status"] != "rejected"]
    for place, row in enumerate(live):
        neighbours = [live[other] for other in (place - 1, place + 1) if 0 <= other < len(live)]
        row |= {"rank": place + 1, "is_tied": any(_is_tied(row, other, scores, gaps) for other in neighbours), "horizon": _horizon(row)}
    return [*live, *(row for row in order if row["status"] == "rejected")]


def _add_standings(rows, gaps, seed) -> dict[str, np.ndarray | None]:
    """Put each action's value and standing into its row; the draws of its score by action, None where no money is known."""
    values = {row["action_id"]: draw_action_value(row, gaps, seed) for row in rows}
    efforts = {row["action_id"]: draw_effort(row, seed) for row in rows}
    for row in rows:
        row |= _quantiles(values[row["action_id"]])
    weighed = [row for row in rows if row["status"] != "rejected" and values[row["action_id"]] is not None]
    if weighed:
        drawn = [np.column_stack([draws[row["action_id"]] for row in weighed]) for draws in (values, efforts)]
        for row, it in zip(weighed, standings(*drawn), strict=True):
            row |= {"score": it.score, "score_lo": it.lo, "score_hi": it.hi, "p_best": it.p_best, "p_top3": it.p_top3,
                    "is_measured_first": it.is_measured_first}  # fmt: skip
    return {name: None if draws is None else draws / efforts[name] for name, draws in values.items()}


def draw_effort(action: dict, seed: int) -> np.ndarray:
    """Draws of the days of work an action takes, from what its effort means (efforts.yml), medium where nobody has said; and a small effort
    for each prerequisite that is missing."""
    lo, mode, hi = knowledge.load("efforts")[action["effort"] or "medium"]["days"]
    drawn = _rng(seed, f"effort:{action['action_id']}").triangular(lo, mode, hi, size=N_DRAWS)
    first = (action.get("lacks") or "").split(",") if action.get("lacks") else ()
    return drawn + sum(_rng(seed, f"first:{kind}:{action['action_id']}").triangular(*knowledge.load("efforts")["low"]["days"], size=N_DRAWS) for kind in first)


def _horizon(row) -> str:
    """When it can be done: what is under way and what takes little now, what takes more or lacks something next, the large things later."""
    if row["status"] in ("under_way", "done") or (row["effort"] == "low" and not row.get("lacks")):
        return "now"
    return "later" if row["effort"] == "high" else "next"


def _sort_key(row, gaps):
    """By money a day of work, then the gap's severity; within equals what suits the gap best, then the smaller effort."""
    worth = -row["score"] if row.get("score") is not None else np.inf
    effort = EFFORTS.index(row["effort"]) if row["effort"] in EFFORTS else len(EFFORTS)
    place = gaps.index.get_indexer([row["gap_id"]])[0] if row["gap_id"] else -1  # as the journey runs
    return worth, -_severity(row, gaps), place, _second_choice(row, gaps), effort, row["action_id"]


def _second_choice(row, gaps) -> bool:
    """Whether the catalogue knows an action that suits the gap better; what people agreed comes first."""
    if row["status"] != "proposed":
        return False
    return gaps["check"].get(row["gap_id"]) not in knowledge.load("actions")[row["kind"]].get("first_for", ())


def _severity(row, gaps) -> int:
    severity = gaps["severity"].get(row["gap_id"]) if row["gap_id"] else None
    return -1 if severity is None or pd.isna(severity) else int(severity)


def _is_tied(row, other, draws, gaps) -> bool:
    mine, theirs = draws[row["action_id"]], draws[other["action_id"]]
    if mine is None or theirs is None:
        return mine is None and theirs is None and _severity(row, gaps) == _severity(other, gaps)
    return 1 - CLEARLY_BETTER < float((mine > theirs).mean() + (mine == theirs).mean() / 2) < CLEARLY_BETTER


def _quantiles(draws) -> dict:
    if draws is None:
        return {"value": None, "value_lo": None, "value_hi": None}
    lo, median, hi = (float(q) for q in np.quantile(draws, [0.1, 0.5, 0.9]))
    return {"value": median, "value_lo": lo, "value_hi": hi}


def draw_action_value(action: dict, gaps: pd.DataFrame, seed: int) -> np.ndarray | None:
    """Draws of the money a year an action may bring: the gap's value at stake × the chance that the action works.

    The gap's 10–50–90 % become a normal with a side of its own each way. Actions on the same stage draw the same value
    at stake, so only what differs between them parts them. Of what is done for a share of the stage already, only the others' part counts.
    None where no money is known, where nobody counted whom it is done for, and for asking, which mends nothing by itself.
    """
    entry = knowledge.load("actions").get(action["kind"])
    gap = gaps.loc[action["gap_id"]] if action["gap_id"] in gaps.index else None
    if entry is None or gap is None or pd.isna(gap["value_at_stake"]) or gap["check"] in entry.get("else_for", ()):
        return None
    if action.get("done_as") and action.get("done_share") is None:
        return None
    z = _rng(seed, f"gap:{gap['stage']}:{gap['persona']}").standard_normal(N_DRAWS)
    side = np.where(z > 0, gap["value_hi"] - gap["value_at_stake"], gap["value_at_stake"] - gap["value_lo"])
    at_stake = np.maximum(gap["value_at_stake"] + side / _Z90 * z, 0)
    return at_stake * (1 - (action.get("done_share") or 0.0)) * _rng(seed, action["action_id"]).triangular(*entry["p_works"], size=N_DRAWS)


def _rng(seed, name) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def say_action(action: pd.Series, words: Words, model: StageModel, client: Client) -> str:
    """The proposal in the catalogue's sentence, after what is done of it already; an action of the client's own is said in its own words."""
    entry = knowledge.load("actions").get(action["kind"])
    if entry is None or action["title"] not in (words.label(entry["name"]), _for_more(entry, words)):
        return action["title"]
    if pd.notna(action["gap_id"]) and action["gap_id"].split(":")[0] in entry.get("else_for", ()):
        return words.say("already.ask_why")
    return " ".join([*_say_done(action, words), words.label(entry["text"])])


def _for_more(entry, words) -> str:
    return words.say("already.for_more", action=words.label(entry["name"]))


def _say_done(action, words):
    if pd.notna(action["done_share"]):
        yield words.say("already.reached", what=action["done_as"], share=words.percent(action["done_share"]))
    elif pd.notna(action["done_as"]):
        yield words.say("already.listed", what=action["done_as"])
