"""How surely a cell of the map is known: the grade of practice C20, computed from the evidence record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pandas as pd

from journeylib import knowledge

_KIND_POINTS = {"observed": 2, "stated": 2, "inferred": 1, "staff": 1, "assumed": 0}
#: Half-width of the interval that still gives 2 points, and 1 point.
_PRECISE = {"share": (0.05, 0.15), "score": (0.25, 0.5)}
_QUALITATIVE = (12, 5)
_EDGE = 1e-9


@dataclass(frozen=True)
class Evidence:
    """What one cell rests on.

    Attributes
    ----------
    kind : observed, stated, inferred, staff or assumed.
    half_width : half of the 95 % interval, in shares (0–1) or points of the −2 … +2 scale; None = no interval.
    unit : share or score: which scale the half-width is on.
    n_customers : customers behind a qualitative statement; used where there is no interval.
    agreement : +1 two independent kinds agree, −1 they disagree, 0 only one kind.
    age_months : months from the newest evidence to the data cut.
    covers_leavers : the cell is about leaving or choosing, and those who left are among those counted.
    """

    kind: str
    half_width: float | None = None
    unit: str = "share"
    n_customers: int | None = None
    agreement: int = 0
    age_months: float = 0.0
    covers_leavers: bool = False


def grade(evidence: Evidence | None) -> int | None:
    """The grade 0 … 3 of a cell (○, ●, ●●, ●●●), or None where nothing is known (practice C20).

    Points: kind 0–2, precision 0–2, agreement +1, age 0 … −2, reach of the sample +1. 0 → 0, 1–2 → 1, 3–4 → 2, 5 and more → 3.
    An assumption never exceeds 0, contested evidence never 1.

    >>> grade(Evidence("observed", half_width=0.04))
    2
    >>> grade(Evidence("assumed", n_customers=40)), grade(None)
    (0, None)
    """
    if evidence is None:
        return None
    if evidence.kind == "assumed":
        return 0
    points = _KIND_POINTS[evidence.kind] + _precision(evidence) + max(evidence.agreement, 0)
    points += _age(evidence.age_months) + int(evidence.covers_leavers)
    reached = 0 if points <= 0 else 1 if points <= 2 else 2 if points <= 4 else 3
    return min(reached, 1) if evidence.agreement < 0 else reached


def _precision(evidence):
    if evidence.half_width is not None and not math.isnan(evidence.half_width):
        narrow, fair = _PRECISE[evidence.unit]
        return 2 if evidence.half_width <= narrow + _EDGE else 1 if evidence.half_width <= fair + _EDGE else 0
    many, some = _QUALITATIVE
    n = evidence.n_customers or 0
    return 2 if n >= many else 1 if n >= some else 0


def _age(months):
    return 0 if months <= 12 else -1 if months <= 24 else -2


def months_between(earlier, later) -> float:
    """Months from one moment to a later one; nought where the earlier is unknown."""
    if earlier is None or pd.isna(earlier):
        return 0.0
    first, last = _plain(earlier), _plain(later)
    return max(0.0, (last - first).days / 30.4375)


def _plain(moment):
    moment = pd.Timestamp(moment)
    return moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo else moment


def source_kind(format_name: str) -> str:
    """Kind of source a format is (web, crm, survey …): `knowledge/evidence_sources.yml`.

    >>> source_kind("ga4_events")
    'web'
    """
    kinds = knowledge.load("evidence_sources")
    return next(kind for kind, entry in kinds.items() if any(fnmatchcase(format_name, pattern) for pattern in entry["formats"]))
