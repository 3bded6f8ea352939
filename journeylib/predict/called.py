"""Did contacting the people of a list help? One row a unit of the list: in which group the lot put it, and whether it bought within the horizon."""

from __future__ import annotations

import pandas as pd

from journeylib.event_log import DAY_US
from journeylib.measures.passages import BLOCK_ROWS, over_blocks
from journeylib.predict.lists import list_file, read_list
from journeylib.schema import OUTCOMES

#: The kind of group a change names where a list is meant: `list:buy-2026-01-15`, and `…/leave_alone` for who was left alone.
KIND = "list"
_WON = OUTCOMES.index("won")


def list_named(scope: str | None) -> str | None:
    """The list a change's scope names; None where it names none.

    >>> list_named("list:buy-2026-01-15"), list_named("persona:trainer")
    ('buy-2026-01-15', None)
    """
    kind, _, name = (scope or "").partition(":")
    return name.partition("/")[0] if kind == KIND and name else None


def rows_of_list(name: str, collected, client, *, start: pd.Timestamp, horizon_days: float) -> pd.DataFrame | None:
    """What `effects.judge_change` is given of a list; None where the file is not there, or nobody in it is known.

    All are asked about, called or not: the lot decides the group, not whether somebody answered (intention to treat).

    Parameters
    ----------
    start : the first moment of the change. horizon_days : within which a purchase counts.

    Returns
    -------
    Columns `at` (the start), `value` (1 = bought within the horizon), `unit`, `list` (the group).
    """
    path = list_file(client, name)
    if not path.is_file():
        return None
    units = _units_of(read_list(path), collected.journeys)
    if units.empty:
        return None
    first = (start - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(1, "us")
    bought = _bought(collected, first, first + round(horizon_days * DAY_US))
    groups = units["group"].map({"contact": name, "leave_alone": f"{name}/leave_alone"})
    return pd.DataFrame({"at": start, "value": units["unit"].isin(bought).astype(float), "unit": units["unit"], "list": groups.astype("string")})


def _units_of(people, journeys):
    """Unit and group of everybody on the list who is still known."""
    known = []
    for column in ("customer_id", "account_id"):
        of = journeys.dropna(subset=[column]).drop_duplicates(column)[[column, "unit"]]
        known.append(people.dropna(subset=[column])[[column, "group"]].merge(of, on=column)[["unit", "group"]])
    return pd.concat(known).drop_duplicates("unit").sort_values("unit", ignore_index=True)


def _bought(collected, first, last) -> set[int]:
    """Units that bought between two moments."""

    def tally(block):
        here = (block.outcome == _WON) & (block.at_us >= first) & (block.at_us < last)
        return pd.DataFrame({"journey": block.journey[here]})

    journeys = collected.journeys.set_index("journey")["unit"]
    return set(journeys.reindex(over_blocks(collected.log, tally, BLOCK_ROWS)["journey"].unique()).dropna().astype(int))
