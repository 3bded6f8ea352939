"""Who met the change, from when, and who did not? `scope` and `comparison` of a change, read as groups of customers (practice C9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

#: What a group of a change can be made of: `persona:trainer`, `channel:email` …; `persona:*` is all the others. `list:buy-2026-01-15` are people of a list (journeylib.predict).
GROUPINGS = ("persona", "offer", "channel", "segment", "list")
_DATED = re.compile(r"@(\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True)
class Named:
    """One cell of the log of changes: a kind of group, the groups named, and the day from which each met the change, where one is written.

    >>> named_groups("segment:north@2025-03-01|south")
    Named(kind='segment', starts={'north': '2025-03-01', 'south': None})
    """

    kind: str
    starts: dict[str, str | None]

    @property
    def is_all(self) -> bool:
        """Whether all others of the kind are meant: `persona:*`."""
        return list(self.starts) == ["*"]


def named_groups(cell: str | None) -> Named:
    """`kind:name`, `kind:name|name`, each name with `@day` where it met the change on a day of its own."""
    kind, _, names = (cell or "").partition(":")
    found = {}
    for name in filter(None, (part.strip() for part in names.split("|"))):
        dated = _DATED.search(name)
        found[_DATED.sub("", name)] = dated.group(1) if dated else None
    return Named(kind.strip(), found)


@dataclass(frozen=True)
class Met:
    """The rows of those the change reached, when each group of them met it, and the rows of each group it did not reach.

    Attributes
    ----------
    starts : group → day as written; empty where the change reached everybody.
    kind : what those groups are made of.
    """

    mine: pd.DataFrame
    others: dict[str, pd.DataFrame]
    kind: str
    starts: dict[str, str | None]

    @property
    def is_staggered(self) -> bool:
        """Whether the groups met the change on different days."""
        return len(set(self.starts.values())) > 1

    def groups(self) -> dict[str, pd.DataFrame]:
        """The rows of each group the change reached, by name."""
        return {name: self.mine[(self.mine[self.kind] == name).fillna(False)] for name in self.starts}


def who_met(rows: pd.DataFrame, scope: str | None, comparison: str | None) -> Met:
    """The rows of those within `scope` (without one: everybody but the comparison), and of each group of the comparison."""
    reached, compared = named_groups(scope), named_groups(comparison)
    others = _others(rows, compared, reached)
    mine = rows[of_group(rows, scope)] if scope else rows.drop(index=[i for group in others.values() for i in group.index])
    return Met(mine, {name: group for name, group in others.items() if len(group)}, reached.kind, reached.starts)


def _others(rows, compared: Named, reached: Named):
    if not compared.starts:
        return {}
    names = compared.starts
    if compared.is_all:
        left_out = set(reached.starts) if reached.kind == compared.kind else set()
        names = [name for name in sorted(rows[compared.kind].dropna().unique()) if name not in left_out]
    return {name: rows[(rows[compared.kind] == name).fillna(False)] for name in names}


def of_group(rows: pd.DataFrame, group: str | None):
    """Which rows belong to one of the groups named; everybody where none is."""
    if not group:
        return pd.Series(True, index=rows.index).to_numpy(bool)
    named = named_groups(group)
    return rows[named.kind].isin(list(named.starts)).fillna(False).to_numpy(bool)
