"""The rows of the map that are concluded, not measured: gaps and improvement."""

from __future__ import annotations

import json

import pandas as pd

from journeylib import knowledge
from journeylib.improve.first import first_of_stage
from journeylib.journeymap.cell_rows import cells_frame, unknown_cell

_SHOWN_FIRST = {"found": 0, "uncertain": 1}
TOO_LONG, UNSEEN = "G09", "G21"
#: Marks that a gap puts in another row than its own: check → row, item and name.
_MARKS = {TOO_LONG: ("time", 1, "too_long"), UNSEEN: ("channels", 40, "unseen")}
_TOO_FEW = "gaps.common.too_few"
_MEASURED = ("better", "worse", "no_effect")


def add_conclusions(cells: pd.DataFrame, gaps, actions, model, client, words, *, effects=None, felt_then=None) -> pd.DataFrame:
    """The cells with their gaps and improvement rows.

    Parameters
    ----------
    cells : as `build_cells` made them.
    gaps, actions : the tables, or None where the checks were not run: the rows are then unknown.
    effects : EFFECTS, or None: what the last change of each stage was seen to do.
    felt_then : stage, n, mean, lo, hi of the last report, or None (`improve.since.Since.felt`).

    Returns
    -------
    The cells; a gap of the whole journey stands under stage ''. Gaps that people rejected are left out.
    """
    kept = cells[~cells["row"].isin(["gaps", "improvement"]) & ~cells["name"].isin(["then", *(name for _, _, name in _MARKS.values())])]
    persona = str(cells["persona"].iloc[0]) if len(cells) else ""
    rows = []
    for stage in model.ids:
        rows += _gap_cells(gaps, stage, persona, words) or [unknown_cell("gaps", stage, persona)]
        rows += _action_cells(actions, stage, persona, words) or [unknown_cell("improvement", stage, persona)]
        rows += _effect_cells(effects, stage, persona, model)
        rows += _marks(gaps, stage, persona)
    rows += _gap_cells(gaps, "", persona, words, whole=True) + _marks(gaps, "", persona) + _felt_cells(felt_then, kept, persona)
    marked = {(row["row"], row["stage"]) for row in rows}
    kept = kept[[status != "unknown" or place not in marked for status, place in zip(kept["status"], zip(kept["row"], kept["stage"], strict=True), strict=True)]]
    return cells_frame([*kept.to_dict("records"), *rows], model)


def _of(frame, stage, persona):
    if frame is None or frame.empty:
        return None
    whose = frame["persona"].fillna("")
    own = whose.isin(["", persona]) if persona else ~((whose != "") & _is_thin(frame))
    rows = frame[(frame["stage"].fillna("") == stage) & own]
    return rows if len(rows) else None


def _is_thin(frame):
    """Answers that rest on too few of one persona: they stand on that persona's own map alone."""
    return frame["reason"].eq(_TOO_FEW).fillna(False).astype(bool) if "reason" in frame else pd.Series(False, index=frame.index)


def _gap_cells(gaps, stage, persona, words, *, whole=False):
    rows = _of(gaps, stage, persona)
    if rows is None:
        return []
    rows = rows[rows["decision"].fillna("") != "reject"]
    shown = rows[rows["status"].isin(list(_SHOWN_FIRST))]
    shown = shown.assign(at=shown["status"].map(_SHOWN_FIRST)).sort_values(
        ["at", "value_at_stake", "severity", "gap_id"], ascending=[True, False, False, True], na_position="last"
    )
    cells = [_gap(it, stage, persona, item, words) for item, it in enumerate(shown.drop_duplicates("check").to_dict("records"))]
    if cells or whole:
        return cells
    n_unchecked = int((rows["status"] == "not_checkable").sum())
    name = "not_checkable" if n_unchecked and n_unchecked == len(rows) else "none"
    answer = {"item": 0, "name": name, "label": words.say(f"map.gaps.{name}"), "value": float(n_unchecked), "unit": "count"}
    return [_head("gaps", stage, persona) | answer]


def _gap(it, stage, persona, item, words):
    entry = knowledge.load("gaps")[it["check"]]
    severity = None if pd.isna(it["severity"]) else int(it["severity"])
    extra = {"status": it["status"], "check": it["check"], "severity": severity}
    return _head("gaps", stage, persona) | {
        "item": item, "name": "gap", "label": words.label(entry["name"]), "value": it["value_at_stake"], "unit": "money", "lo": it["value_lo"],
        "hi": it["value_hi"], "n": it["n"], "evidence_id": it["gap_id"], "extra": json.dumps(extra, sort_keys=True),
    }  # fmt: skip


def _marks(gaps, stage, persona):
    """A stage, or under '' the whole journey, that takes too long; a stage where customers look and do not see the company."""
    rows = _of(gaps, stage, persona)
    found = set() if rows is None else set(rows.loc[(rows["status"] == "found") & (rows["decision"].fillna("") != "reject"), "check"])
    return [_head(row, stage, persona) | {"item": item, "name": name, "evidence_id": check}
            for check, (row, item, name) in _MARKS.items() if check in found and (stage or check == TOO_LONG)]  # fmt: skip


def _action_cells(actions, stage, persona, words):
    if actions is None:
        return []
    rows = _of(actions, stage, persona)
    it = None if rows is None else first_of_stage(rows, stage)
    if it is None:
        return [_head("improvement", stage, persona) | {"item": 0, "name": "none", "label": words.say("map.improvement.none")}]
    extra = {"status": it["status"], "owner": _text(it["owner"]), "due_on": None if pd.isna(it["due_on"]) else str(pd.Timestamp(it["due_on"]).date())}
    return [_head("improvement", stage, persona) | {
        "item": 0, "name": "action", "label": it["title"], "value": it["value"], "unit": "money", "lo": it["value_lo"], "hi": it["value_hi"],
        "evidence_id": it["action_id"], "extra": json.dumps(extra, sort_keys=True, ensure_ascii=False),
    }]  # fmt: skip


def _effect_cells(effects, stage, persona, model):
    """What the stage's last change was seen to do; one too new, or that cannot be judged, only where none has been."""
    if effects is None or effects.empty:
        return []
    rows = effects[effects["stage"].fillna("").replace("", model.ids[0]) == stage]
    rows = rows.assign(is_measured=rows["verdict"].isin(_MEASURED)).sort_values(["is_measured", "start_on", "change_id"])
    if rows.empty or rows.iloc[-1]["verdict"] == "cannot_judge":
        return []
    it = rows.iloc[-1]
    from_on = None if pd.isna(it["judged_from"]) else str(pd.Timestamp(it["judged_from"]).date())
    extra = {"verdict": it["verdict"], "strength": int(it["strength"]), "judged_from": from_on}
    return [_head("improvement", stage, persona) | {
        "item": 1, "name": "effect", "label": it["title"], "value": it["effect"], "unit": it["unit"], "lo": it["lo"], "hi": it["hi"], "n": it["n"],
        "evidence_id": it["change_id"], "extra": json.dumps(extra, sort_keys=True),
    }]  # fmt: skip


def _felt_cells(felt_then, cells, persona):
    """How a stage felt last time, where it is told how it feels now."""
    if felt_then is None or felt_then.empty or persona:
        return []
    now = set(cells.loc[(cells["row"] == "emotion") & (cells["name"] == "mean"), "stage"])
    return [_head("emotion", it.stage, persona) | {"item": 3, "name": "then", "value": it.mean, "n": it.n, "lo": it.lo, "hi": it.hi, "unit": "score",
                                                   "kind": "stated", "method": "emotion", "evidence_id": f"emotion.{it.stage}.then"}
            for it in felt_then.itertuples(index=False) if it.stage in now]  # fmt: skip


def _head(row, stage, persona):
    return {"row": row, "stage": stage, "persona": persona, "status": "known"}


def _text(value):
    return None if pd.isna(value) else str(value)
