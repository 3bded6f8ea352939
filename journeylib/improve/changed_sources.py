"""Which sources came, went or are read otherwise since the last report, and what does that leave comparable? (M112)"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from journeylib.gaps.engine import sources_of
from journeylib.knowledge import load

#: What of a source is no matter of counting.
_UNCOUNTED = ("delivered_by", "timeout_seconds")
#: Tables every stage's share rests on: what happened, and who is one customer.
OF_STAGES = frozenset({"events", "customers"})
#: What a table is made from, where its own name does not say it (`engine.SOURCES_OF` names deliveries).
_FROM = {"departments": "events", "signals": "events", "messages": "events", "orders": "events", "joins": "events", "personas": "customers", "roles": "customers",
         "content_texts": "content"}  # fmt: skip
#: Checks that look at whatever was delivered, and those whose shares rest on answers, too.
_OF_ALL, _OF_ANSWERS = ("G02", "G28"), ("G17", "G18", "G19", "G25")


@dataclass(frozen=True)
class ChangedSources:
    """Sources by name: added since, gone since, read otherwise; `tables`: the canonical tables their rows went or go into."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    tables: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.added, *self.gone, *self.altered)

    @property
    def moves_stages(self) -> bool:
        """Whether a stage's share may be another one for the sources alone."""
        return bool(self.tables & OF_STAGES)

    def touches(self, check: str) -> bool:
        """Whether a check's answer rests on what came from one of them."""
        return bool(self.tables) and (check in _OF_ALL or bool(self.tables & _rests_on(check)))


def changed_sources(then: dict, now: dict, told_then: pd.DataFrame | None, told_now: pd.DataFrame | None) -> ChangedSources:
    """The sources that differ between two reports' parameters (`sources`), with what they gave by the reports' tables of sources.

    A source that gave no row changes nothing, and is not named. Where no table of sources was kept, a source that differs may have given anything.
    """
    then, now = ({name: {key: told for key, told in source.items() if told and key not in _UNCOUNTED} for name, source in (sources or {}).items()} for sources in (then, now))
    gone = {name: _given(told_then, name) for name in then if name not in now}
    added = {name: _given(told_now, name) for name in now if name not in then}
    altered = {name: _given(told_then, name) | _given(told_now, name) for name in now if name in then and then[name] != now[name]}
    named = [tuple(name for name, tables in each.items() if tables) for each in (added, gone, altered)]
    return ChangedSources(*named, frozenset().union(*added.values(), *gone.values(), *altered.values()))


def _given(told, name) -> frozenset[str]:
    """The tables a source gave rows to; of one that is not told of, every table."""
    rows = None if told is None else told[told["source"] == name]
    if rows is None or rows.empty:
        return OF_STAGES
    kept = rows[rows["n_kept"] > 0]
    return frozenset(table.strip() for tables in kept["table"].dropna() for table in tables.split(","))


def _rests_on(check) -> frozenset[str]:
    sources = sources_of(load("gaps")[check]["needs"])
    return frozenset(_FROM.get(source, source) for source in sources) | (frozenset({"voices"}) if check in _OF_ANSWERS else frozenset())
