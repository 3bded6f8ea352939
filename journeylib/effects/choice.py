"""Which design? The strongest that what exists allows, by name (practice C9)."""

from __future__ import annotations

from dataclasses import dataclass

from journeylib.effects.differences import N_UNITS
from journeylib.effects.interrupted import N_AFTER, N_BEFORE
from journeylib.effects.synthetic import N_BEFORE as N_BEFORE_SYNTHETIC
from journeylib.effects.synthetic import N_FOR_PLACEBOS


@dataclass(frozen=True)
class Exists:
    """What there is to judge a change by.

    Attributes
    ----------
    is_split : chance decided who met the change. is_watched : and somebody looks at the figures all the time.
    is_series : the untouched are to stand for trend and season, as was written before the start.
    is_staggered : groups met the change on different days. n_groups : groups it reached (0 = everybody, or all but the comparison).
    n_comparisons : groups the change did not reach (0 = everybody met it).
    n_before, n_after : periods with customers, before and after.
    """

    is_split: bool = False
    is_watched: bool = False
    is_series: bool = False
    is_staggered: bool = False
    n_groups: int = 0
    n_comparisons: int = 0
    n_before: int = 0
    n_after: int = 0


def choose_design(exists: Exists) -> str:
    """The strongest possible design; `none` where nothing came before and nobody was left out.

    >>> choose_design(Exists(is_split=True)), choose_design(Exists(n_comparisons=1, n_before=6, n_after=3))
    ('ab', 'differences')
    >>> choose_design(Exists(n_before=30, n_after=4)), choose_design(Exists(n_before=5, n_after=4))
    ('interrupted', 'before_after')
    """
    if exists.is_split:
        return "ab_sequential" if exists.is_watched else "ab"
    if exists.n_before >= 1 and exists.n_after >= 1:
        if exists.is_staggered:
            return "staggered"
        if exists.n_comparisons:
            return _beside_others(exists)
    if exists.n_before >= N_BEFORE and exists.n_after >= N_AFTER:
        return "interrupted"
    return "before_after" if exists.n_before else "none"


def _beside_others(exists):
    """Which of the designs that look at those the change did not reach."""
    if exists.is_series and exists.n_before >= N_BEFORE and exists.n_after >= N_AFTER:
        return "controlled_series"
    if exists.n_groups >= N_UNITS and exists.n_comparisons >= N_UNITS:
        return "group_differences"
    if exists.n_groups <= 1 and exists.n_comparisons >= N_FOR_PLACEBOS and exists.n_before >= N_BEFORE_SYNTHETIC:
        return "synthetic_control"
    return "differences"
