"""Can a withheld count be found from those that are shown? Bounds of every hidden count, and what else to hide until none is pinned.

Counts hang together in equations: everybody is the sum of the personas, a stage is the next stage and those who stopped.
A *ledger* holds the counts of one family of tables, which of them are hidden, and the equations. What a reader can work out
of a hidden count is the interval the equations leave it (the attacker's bounds of Fischetti & Salazar 2001); a count whose
interval is one number is found. Then the smallest shown count beside it is hidden, too: complementary suppression.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import lil_array

Key = Hashable
_ONE, _ROUNDING = 1, 1e-6


@dataclass
class Ledger:
    """Counts, which of them are hidden, and the equations `whole = sum of parts` a reader knows to hold.

    Attributes
    ----------
    counts : the true number of each cell.
    hidden : cells a reader does not see; `small` are those of them that are a group under k, `spare` those that may be hidden beside one,
        `last` those of the spare ones that take other tables along, `least` and `most` what a hidden count is known to be at the least and at the most.
    equations : whole and parts; a part nobody is told of (those without a persona, those who stopped) is a cell as any other.
    """

    k: int
    counts: dict[Key, int] = field(default_factory=dict)
    hidden: set[Key] = field(default_factory=set)
    small: set[Key] = field(default_factory=set)
    spare: set[Key] = field(default_factory=set)
    last: set[Key] = field(default_factory=set)
    least: dict[Key, int] = field(default_factory=dict)
    most: dict[Key, float] = field(default_factory=dict)
    equations: list[tuple[Key, tuple[Key, ...]]] = field(default_factory=list)

    def group(self, key: Key, n: int, *, is_spare: bool = True, is_last: bool = False, may_be_empty: bool = False) -> None:
        """A group of customers a row is about: hidden where it is small. `may_be_empty`: among hidden ones are some of nobody."""
        self.last |= {key} if is_last else set()
        self.counts[key] = int(n)
        self.least[key] = 0 if may_be_empty else 1
        if 0 < n < self.k:
            self.hidden.add(key)
            self.small.add(key)
        elif is_spare and n > 0:
            self.spare.add(key)

    def unseen(self, key: Key, n: int, *, most: float = np.inf) -> None:
        """A count that stands in no table; `most` is what it is known not to exceed."""
        self.counts[key] = int(n)
        self.most[key] = most
        self.hidden.add(key)

    def seen(self, key: Key, n: int) -> None:
        """A count that is shown whatever its size."""
        self.counts[key] = int(n)

    def equal(self, whole: Key, *parts: Key) -> None:
        """`whole` is the sum of `parts`; what does not hold in the data is no equation, and not noted."""
        if self.counts[whole] == sum(self.counts[part] for part in parts):
            self.equations.append((whole, parts))

    def at_most(self, part: Key, whole: Key) -> None:
        """`part` is among `whole`; how many of the whole are not is told nowhere."""
        rest = ("rest of", whole, part)
        self.unseen(rest, self.counts[whole] - self.counts[part])
        self.equal(whole, part, rest)


def hide_what_tells(ledger: Ledger) -> set[Key]:
    """The hidden cells, and those to hide beside them so that no small group is pinned to one number.

    Where nothing is left to hide beside a pinned group it stays pinned: then the group is as large as what is shown around it.
    """
    tried: set[Key] = set()
    while pinned := sorted(found_out(ledger, tried), key=repr):
        beside = _beside(ledger, pinned[0])
        if beside is None:
            tried.add(pinned[0])
        else:
            ledger.hidden.add(beside)
            tried.clear()
    return ledger.hidden


def is_small(counts: pd.Series, k: int) -> pd.Series:
    """Which groups are of 1 to k − 1."""
    return ((counts > 0) & (counts < k)).fillna(False).astype(bool)


def parts_to_hide(counts: pd.Series, k: int, small: pd.Series | None = None) -> pd.Series:
    """Of the parts of a whole that is known: the small ones (and `small`, whatever their size), and the smallest beside them until none can be worked out.

    >>> parts_to_hide(pd.Series([40, 7, 3]), 5).tolist(), parts_to_hide(pd.Series([40, 7, 3, 2]), 5).tolist()
    ([False, True, True], [False, False, True, True])
    >>> parts_to_hide(pd.Series([40, 7, 1, 1]), 5).tolist()
    [False, True, True, True]
    """
    hidden = is_small(counts, k) if small is None else is_small(counts, k) | small
    if not hidden.any():
        return hidden
    ledger = Ledger(k)
    for place, n in enumerate(counts.fillna(0)):
        ledger.group(place, int(n))
    ledger.hidden |= {place for place, gone in enumerate(hidden) if gone}
    ledger.seen("all", int(counts.fillna(0).sum()))
    ledger.equal("all", *range(len(counts)))
    if len(ledger.hidden) == 1:  # whatever its size, it would be the rest
        ledger.hidden |= set(sorted(ledger.spare - ledger.hidden, key=lambda place: (ledger.counts[place], place))[:1])
    found = hide_what_tells(ledger)
    return pd.Series([place in found for place in range(len(counts))], index=counts.index, dtype=bool)


def parts_to_hide_in(table: pd.DataFrame, by: list[str], count: str, k: int, small: pd.Series | None = None) -> pd.Series:
    """`parts_to_hide` within each group of rows that have the same values in `by`."""
    hidden = pd.Series(False, index=table.index)
    for _, rows in table.groupby(by, sort=False, dropna=False) if by else [((), table)]:
        hidden[rows.index] = parts_to_hide(rows[count], k, None if small is None else small[rows.index])
    return hidden


def found_out(ledger: Ledger, but: Collection[Key] = ()) -> list[Key]:
    """The small groups (`but` some) whose size the shown counts give away: by one equation after another, or by all of them at once."""
    lo, hi = bounds(ledger)
    asked = [key for key in ledger.counts if key in ledger.small and key not in but]
    return [key for key in asked if lo[key] == hi[key]] or _found_out_together(ledger, asked, lo, hi)


def _found_out_together(ledger, small, lo, hi) -> list[Key]:
    """Least and largest value by linear programming: what each equation leaves open, several together may not."""
    if len(ledger.equations) < 2:  # one alone is told by the bounds
        return []
    place = {key: number for number, key in enumerate(ledger.counts)}
    if not small:
        return []
    sums = lil_array((len(ledger.equations), len(place)))
    for row, (whole, parts) in enumerate(ledger.equations):
        sums[row, place[whole]] = 1
        for part in parts:
            sums[row, place[part]] = -1
    limits = [(lo[key], None if np.isinf(hi[key]) else hi[key]) for key in ledger.counts]
    return [key for key in small if _width(place[key], sums.tocsr(), limits) < _ONE]


def _width(place, sums, limits) -> float:
    goal = np.zeros(len(limits))
    goal[place] = 1
    least, most = (sign * linprog(sign * goal, A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=limits).fun for sign in (1, -1))
    return np.floor(most + _ROUNDING) - np.ceil(least - _ROUNDING)


def bounds(ledger: Ledger) -> tuple[dict[Key, float], dict[Key, float]]:
    """What a reader knows each count to lie between: a hidden group under k from 1 (or 0) to k − 1, another hidden count from 0 or 1 up, and the equations.

    That one of several hidden groups is a large one, hidden for the others' sake, a reader cannot know of a single one; to
    be on the safe side small ones are taken to be known as small. (With k = 2 a withheld group would then always be one; it is given 2.)
    """
    is_small = ledger.small
    lo = {key: n if key not in ledger.hidden else ledger.least.get(key, 0) for key, n in ledger.counts.items()}
    hi = {key: n if key not in ledger.hidden else max(ledger.k - 1, 2) if key in is_small else ledger.most.get(key, np.inf) for key, n in ledger.counts.items()}
    moved = True
    while moved:
        moved = sum(_narrow(whole, parts, lo, hi) for whole, parts in ledger.equations) > 0
    return lo, hi


def _narrow(whole, parts, lo, hi) -> bool:
    """Bounds of the whole from its parts, and of each part from the whole and the others."""
    low, high = [lo[part] for part in parts], [hi[part] for part in parts]
    n_open, closed = sum(value == np.inf for value in high), sum(value for value in high if value != np.inf)
    least_of_all = sum(low)
    moved = _set(whole, least_of_all, sum(high), lo, hi)
    for part, least, most in zip(parts, low, high, strict=True):
        others_most = np.inf if n_open - (most == np.inf) else closed - (0 if most == np.inf else most)
        moved |= _set(part, lo[whole] - others_most, hi[whole] - (least_of_all - least), lo, hi)
    return moved


def _set(key, least, most, lo, hi) -> bool:
    before = lo[key], hi[key]
    lo[key], hi[key] = max(lo[key], least), min(hi[key], most)
    return (lo[key], hi[key]) != before


def _beside(ledger, key):
    """The smallest shown cell to hide beside a pinned one: first in an equation with it, then two equations away."""
    reached = {key}
    for _ in range(2):
        near = {cell for whole, parts in ledger.equations if reached & {whole, *parts} for cell in (whole, *parts)}
        spare = sorted((cell for cell in near if cell in ledger.spare and cell not in ledger.hidden), key=lambda cell: (cell in ledger.last, ledger.counts[cell], repr(cell)))
        if spare:
            return spare[0]
        reached = near
    return None
