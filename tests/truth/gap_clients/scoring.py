"""The gap list held against the truth: found, missed, false, and what could not be told."""

from __future__ import annotations

from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
import pandas as pd

from journeylib import measures
from journeylib.gaps import find_gaps
from journeylib.gaps.engine import FEWEST_FOR_PERCENT
from journeylib.measures import flow, measure_journey, personas
from journeylib.measures.small_groups import as_far_as_shown, withhold_small_groups
from journeylib.measures.stats import wilson
from journeylib.schema import COMPLEXITY, empty
from tests.truth.gap_clients.switches import EFFECTS, Plan
from tests.truth.gap_clients.whole import draw_client, with_targets

#: Checks that answer stage by stage (or need by need); the others give one answer, wherever they put it.
STAGED = ("G01", "G02", "G05", "G06", "G10", "G11", "G12", "G13", "G21", "G26", "G32")
#: Measures no check reads; left out, they take half the time.
_NOT_READ = ((measures, "leaving_tables"), (measures, "_of_channels"), (measures, "_of_feelings"), (measures, "_of_texts"), (flow, "typical_path"))
_HANDOVER_LIMITS = {"wait": EFFECTS["handover_days"][2], "loss": EFFECTS["handover_loss"][2]}
_WORST = ("found", "uncertain", "not_found", "not_checkable")


def run_client(number: int, *, is_clean: bool = False) -> pd.DataFrame:
    """One row a place: `check`, `stage`, `part`, `truth` (on, off, border, follows, or none where nothing was planted), `answer` and `is_thin`."""
    collected, targeted, plan = draw_client(number, is_clean=is_clean)
    measured = _measured(collected)
    client = with_targets(collected, measured["funnel"], targeted, plan)
    tables = as_far_as_shown(measured, withhold_small_groups(measured, client.privacy.k), rates_only=True)
    tables |= {"journeys": collected.journeys, "sources": collected.sources, "joins": collected.joins}
    told = answers_of(find_gaps(tables, collected.registers, collected.model, client))
    keys = sorted({*plan.truth, *told})
    thin = {key: _is_thin(row, plan.planted.get(key)) or _is_part_thin(key, plan, measured) for key, row in told.items()}
    rows = [{"client": number, "check": key[0], "stage": key[1], "part": key[2], "truth": plan.truth.get(key, "none"), "answer": _answer(told, key),
             "is_thin": thin.get(key, thin.get((key[0], "", ""), False))} for key in keys]  # fmt: skip
    return pd.DataFrame(rows)


def _is_thin(row, planted: float | None) -> bool:
    """Whether data do not suffice, by one rule for every check that looks at the size of what was delivered and never at the answer.

    Under k customers (or accounts) stand behind it; or the interval of 95 % is wider than what was planted lies from the limit:
    then one in forty such intervals or more holds the limit, wherever it came to lie. What shows no interval has data enough.
    """
    if row.reason.endswith(("too_few", "few_decided")):
        return True
    return planted is not None and pd.notna(row.lo) and pd.notna(row.threshold) and row.hi - row.lo > abs(planted - row.threshold)


def _is_part_thin(key, plan: Plan, measured) -> bool:
    """The same rule where an answer sums up several parts: the interval of the part something was planted in, as it was measured."""
    check, stage, part = key
    if check == "G10" and stage == plan.long_wait:
        rows = measured["friction"].query("kind == 'wait' and stage == @stage")
        logs = np.log(rows[["versus_lo", "versus_hi"]].astype(float)).set_axis(["lo", "hi"], axis=1).assign(n=rows["n"])
        return not _is_narrow(logs, np.log(EFFECTS["wait"][0] / EFFECTS["wait"][2]))
    if check == "G06" and not part and "handovers" in measured:
        rows = measured["handovers"].query("stage == @stage")
        return not all(_is_narrow(rows[rows["measure"] == name], abs(size - _HANDOVER_LIMITS[name])) for name, size in plan.handover.items())
    return False


def _is_narrow(rows: pd.DataFrame, distance: float) -> bool:
    """Whether a part was measured on ten or more, with an interval no wider than that."""
    return len(rows) > 0 and bool(((rows["n"] >= FEWEST_FOR_PERCENT) & (rows["hi"] - rows["lo"] <= distance)).iloc[0])


def _measured(collected):
    with ExitStack() as stack:
        for module, name in _NOT_READ:
            stack.enter_context(patch.object(module, name, return_value={}))
        stack.enter_context(patch.object(flow, "complexity", return_value=empty(COMPLEXITY)))
        stack.enter_context(patch.object(personas, "differences", return_value=[]))
        return measure_journey(collected)


def _answer(told, key):
    """The answer of a place; a need served by somebody, or a role nobody lacks, has no row of its own."""
    if key not in told and key[0] in ("G26", "G30"):
        others = {other[2]: row.status for other, row in told.items() if other[0] == key[0]}
        return others.get("", "not_found" if set(others.values()) - {"not_checkable"} else "not_checkable")
    return told[key].status if key in told else "not_checkable"


def answers_of(gaps: pd.DataFrame) -> dict[tuple[str, str, str], object]:
    """The row with the worst answer of each place over the personas."""
    found = {}
    for row in gaps.itertuples():
        part = dict(enumerate(row.gap_id.split(":"))).get(3, "")
        key = (row.check, row.stage if row.check in STAGED else "", part)
        found[key] = min(found.get(key, row), row, key=lambda one: _WORST.index(one.status))
    return found


def table_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Recall and precision of every check, with Wilson's intervals.

    Recall: found, of what was planted where it could be checked and data suffice; *uncertain* is a miss. Precision: planted, of all that was found.
    """
    judged = rows[rows["truth"].isin(["on", "off"]) & (rows["answer"] != "not_checkable")]
    return pd.DataFrame([_line(name, part) for name, part in judged.groupby("check")] + [_line("all", judged)])


def _line(name, part):
    found, on, thin = part["answer"] == "found", part["truth"] == "on", part["is_thin"].astype(bool)
    return {"check": name, "with_gap": int((on & ~thin).sum()), "without": int((~on & ~thin).sum()), "thin": int(thin.sum()), "found": int(found.sum()),
            **_share("recall", (found & on & ~thin).sum(), (on & ~thin).sum()), **_share("precision", (found & on).sum(), found.sum()),
            "uncertain": float((part.loc[~thin, "answer"] == "uncertain").mean())}  # fmt: skip


def _share(name, k, n):
    lo, hi = wilson(k, max(n, 1))
    return {name: k / n if n else float("nan"), f"{name}_lo": float(lo), f"{name}_hi": float(hi)}
