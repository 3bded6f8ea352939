"""What of a proposal does the client do already, and what has its own check refuted? (C8)

A check such as *large drop-off* says that it goes badly and not why (`tells_no_cause` in gaps.yml), so every action that may help is
proposed for it. Here what cannot help is taken out: an action whose own check (`tested_by` in actions.yml) looked at the stage and did
not find the problem, and, as far as it reaches, an action that is done there already.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import NamedTuple

import pandas as pd

from journeylib.knowledge import load
from journeylib.measures.places import stage_ids
from journeylib.names import touchpoint_name
from journeylib.stages import StageModel

#: An action that reaches this share of a stage is done there: what is left is too few to build anything for.
NEARLY_ALL = 0.9


class Done(NamedTuple):
    """What the client does of an action at a stage: its name, and for which share of the journeys there; None where nobody counted."""

    what: str
    share: float | None


def tells_no_cause(check: str) -> bool:
    """Whether the check says that it goes badly without saying why."""
    return bool(load("gaps")[check].get("tells_no_cause"))


def what_is_left(kinds: list[str], gap: pd.Series, gaps: pd.DataFrame, done_at: Callable[[str, str], Done | None]) -> dict[str, Done | None]:
    """The actions worth proposing for a gap, each with what is done of it already.

    A gap that names what is missing keeps all: its own check has seen that what is done does not do. So does, for a gap that tells no cause, an action
    whose own check found its problem. What its own check refuted, and what nearly all are given, goes. Where nothing is left, asking why comes instead.

    Parameters
    ----------
    kinds : actions that close the gap and fit its place. done_at : what is done of an action at a stage.
    """
    if not tells_no_cause(gap["check"]):
        return dict.fromkeys(kinds)
    answers = {kind: answer_of_own_check(kind, gap["stage"], gaps) for kind in kinds}
    done = {kind: None if answer == "found" else done_at(kind, gap["stage"]) for kind, answer in answers.items()}
    left = {kind: it for kind, it in done.items() if answers[kind] != "not_found" and (it is None or (it.share or 0.0) < NEARLY_ALL)}
    return left or {kind: None for kind, entry in load("actions").items() if gap["check"] in entry.get("else_for", ())}


def answer_of_own_check(kind: str, stage: str, gaps: pd.DataFrame) -> str | None:
    """What the action's own check said of the stage: `found` (accepted by people counts, too), `not_found`, or None where nothing is certain.

    Several checks refute together only: all that answered did not find it.
    """
    own = load("actions")[kind].get("tested_by", ())
    rows = gaps[gaps["check"].isin(own) & (gaps["stage"] == stage) & (gaps["persona"] == "")]
    status = rows["status"].mask((rows["status"] == "uncertain") & (rows["decision"].fillna("") == "accept"), "found")
    answered = set(status) - {"not_checkable"}
    return "found" if "found" in answered else "not_found" if answered == {"not_found"} else None


def done_at(kind: str, stage: str, touchpoints: pd.DataFrame | None, activities: pd.DataFrame | None, model: StageModel, language: str) -> Done | None:
    """What the client does of the action at the stage; None where nothing there is a sign of it.

    Signs are the action's own name and its `signs` (actions.yml), looked for in the touchpoints of the stage, except those the customer starts, and in
    the titles of the activities listed for it. Of several touchpoints the one that meets most counts: whom two of them meet is not added up.

    Parameters
    ----------
    touchpoints : TOUCHPOINTS as far as they may be shown. activities : the register. Either may be None.
    """
    met, listed = _met(kind, stage, touchpoints, language), _listed(kind, stage, activities, model)
    if not met and not listed:
        return None
    share, name = met or (None, "")
    return Done(listed or name, share)


def _met(kind, stage, touchpoints, language) -> tuple[float, str] | None:
    if touchpoints is None or not stage:
        return None
    rows = touchpoints[(touchpoints["stage"] == stage) & (touchpoints["initiator"].fillna("") != "customer") & touchpoints["share"].notna()]
    found = [(float(row.share), touchpoint_name(row.touchpoint, language)) for row in rows.itertuples()
             if _is_sign(kind, row.touchpoint, touchpoint_name(row.touchpoint, language))]  # fmt: skip
    return max(found, default=None)


def _listed(kind, stage, activities, model) -> str:
    if activities is None or not stage:
        return ""
    titles = activities.loc[stage_ids(activities, model) == stage, "title"].dropna()
    return next((str(title) for title in titles if _is_sign(kind, str(title))), "")


def _is_sign(kind, *names) -> bool:
    entry = load("actions")[kind]
    signs = [*(name.casefold() for name in entry["name"].values()), *entry.get("signs", ())]
    return any(fnmatchcase(name.casefold(), sign) for name in names for sign in signs)
