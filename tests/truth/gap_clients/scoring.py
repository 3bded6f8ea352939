"""The gap list held against the truth: found, missed, false, and what could not be told."""

from __future__ import annotations

from contextlib import ExitStack
from unittest.mock import patch

import pandas as pd

from journeylib import measures
from journeylib.gaps import find_gaps
from journeylib.measures import flow, measure_journey, personas
from journeylib.measures.small_groups import as_far_as_shown, withhold_small_groups
from journeylib.measures.stats import wilson
from journeylib.schema import COMPLEXITY, empty
from tests.truth.gap_clients.whole import draw_client, with_targets

#: Checks that answer stage by stage (or need by need); the others give one answer, wherever they put it.
STAGED = ("G01", "G02", "G05", "G06", "G10", "G11", "G12", "G13", "G21", "G26", "G32")
#: Measures no check reads; left out, they take half the time.
_NOT_READ = ((measures, "leaving_tables"), (measures, "_of_channels"), (measures, "_of_feelings"), (measures, "_of_texts"), (flow, "typical_path"))
_WORST = ("found", "uncertain", "not_found", "not_checkable")


def run_client(number: int, *, is_clean: bool = False) -> pd.DataFrame:
    """One row a place: `check`, `stage`, `part`, `truth` (on, off, border, follows, or none where nothing was planted) and `answer`."""
    collected, targeted, plan = draw_client(number, is_clean=is_clean)
    measured = _measured(collected)
    client = with_targets(collected, measured["funnel"], targeted, plan)
    tables = as_far_as_shown(measured, withhold_small_groups(measured, client.privacy.k), rates_only=True)
    tables |= {"journeys": collected.journeys, "sources": collected.sources, "joins": collected.joins}
    answers = answers_of(find_gaps(tables, collected.registers, collected.model, client))
    keys = sorted({*plan.truth, *answers})
    rows = [{"client": number, "check": key[0], "stage": key[1], "part": key[2], "truth": plan.truth.get(key, "none"), "answer": _answer(answers, key)} for key in keys]
    return pd.DataFrame(rows)


def _measured(collected):
    with ExitStack() as stack:
        for module, name in _NOT_READ:
            stack.enter_context(patch.object(module, name, return_value={}))
        stack.enter_context(patch.object(flow, "complexity", return_value=empty(COMPLEXITY)))
        stack.enter_context(patch.object(personas, "differences", return_value=[]))
        return measure_journey(collected)


def _answer(answers, key):
    """The answer of a place; a need served by somebody, or a role nobody lacks, has no row of its own."""
    told = answers.get(key)
    if told is None and key[0] in ("G26", "G30"):
        others = {other[2]: status for other, status in answers.items() if other[0] == key[0]}
        return others.get("", "not_found" if set(others.values()) - {"not_checkable"} else "not_checkable")
    return told or "not_checkable"


def answers_of(gaps: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """The worst answer of each place over the personas."""
    found = {}
    for row in gaps.itertuples():
        part = dict(enumerate(row.gap_id.split(":"))).get(3, "")
        key = (row.check, row.stage if row.check in STAGED else "", part)
        found[key] = min(found.get(key, "not_checkable"), row.status, key=_WORST.index)
    return found


def table_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Recall and precision of every check, counted where the answer is found or not found, with Wilson's intervals."""
    judged = rows[rows["truth"].isin(["on", "off"])]
    return pd.DataFrame([_line(name, part) for name, part in judged.groupby("check")] + [_line("all", judged)])


def _line(name, part):
    told = part[part["answer"].isin(["found", "not_found"])]
    found, on = told["answer"] == "found", told["truth"] == "on"
    k, n_on, n_found = int((found & on).sum()), int(on.sum()), int(found.sum())
    checkable = part[part["answer"] != "not_checkable"]
    return {"check": name, "with_gap": int((part["truth"] == "on").sum()), "without": int((part["truth"] == "off").sum()), "found": n_found, "right": k, "told_on": n_on,
            "recall": k / n_on if n_on else float("nan"), "recall_lo": float(wilson(k, n_on)[0]), "recall_hi": float(wilson(k, n_on)[1]),
            "precision": k / n_found if n_found else float("nan"), "precision_lo": float(wilson(k, n_found)[0]), "precision_hi": float(wilson(k, n_found)[1]),
            "uncertain": float((checkable["answer"] == "uncertain").mean()) if len(checkable) else float("nan"), "not_checkable": float((part["answer"] == "not_checkable").mean())}  # fmt: skip
