"""Web analytics rows as the measuring tag exports them, flattened: one row an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

HEADER = ("event_date", "event_timestamp", "event_name", "user_pseudo_id", "user_id", "page_location", "session_source",
          "session_medium", "ga_session_id", "device_category", "event_value_in_usd", "transaction_id")  # fmt: skip
DEVICES = {"mobile": 5, "desktop": 5, "tablet": 1}


@dataclass(frozen=True)
class Site:
    """A web site: its address, its zone and where its visitors come from."""

    address: str
    zone: ZoneInfo
    sources: tuple[tuple[str, str, int], ...]

    def source(self, rng: Random) -> tuple[str, str]:
        """Source and medium of one session."""
        chosen = rng.choices(self.sources, [weight for *_, weight in self.sources])[0]
        return chosen[0], chosen[1]


def session(rng: Random, site: Site, cookie: str, at: int, pages: Iterable[str], *, is_new=False, extra=(), starts=True) -> list[list]:
    """The rows of one session that begins at `at` and views `pages`; `extra` is more (event name, page) at its end.

    `starts=False`: the export left the tag's own `session_start` out.
    """
    source, medium = site.source(rng)
    number, device = at + rng.randint(0, 30), rng.choices(list(DEVICES), list(DEVICES.values()))[0]
    steps = [("page_view", page) for page in pages]
    own = ["session_start"] * starts + ["first_visit"] * is_new
    steps = [(name, steps[0][1]) for name in own] + steps + list(extra)
    rows, moment = [], at * 1_000_000 + rng.randrange(1_000_000)
    for name, page in steps:
        rows.append(["", moment, name, cookie, "", site.address + page, source, medium, number, device, "", ""])
        moment += rng.randint(200_000, 1_000_000) if name != "page_view" else rng.randint(4_000_000, 140_000_000)
    return rows


def dated(rows: list[list], site: Site) -> list[list]:
    """Rows in order of time, with `event_date` in the property's own zone, as the export has it."""
    days: dict[int, str] = {}
    for row in rows:
        hour = row[1] // 3_600_000_000
        if hour not in days:
            days[hour] = dt.datetime.fromtimestamp(hour * 3600, site.zone).strftime("%Y%m%d")
        row[0] = days[hour]
    return sorted(rows, key=lambda row: (row[1], row[3], row[2]))
