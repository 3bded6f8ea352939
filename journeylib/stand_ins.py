"""All mistakes at once: what else is wrong in parameters of which some keys cannot be read, with something put in their places."""

from __future__ import annotations

import datetime as dt

from pydantic import ValidationError

from journeylib.agreement import Found, disagreements
from journeylib.client import GOALS, Client
from journeylib.errors import ParameterError

#: What stands in for a key that must be there, and for a record with a mistake, so that the rest can be held against one another.
_STAND_INS = {"name": "-", "language": "en", "market": "both", "goal": GOALS[0], "as_of": dt.date(2100, 1, 1)}
_RECORDS = {"sources": {"file": "-", "format": "plain_events"}, "rules": {"touchpoint": "-"}, "personas": {"name": "-"}}
#: Key with a mistake → keys that can then not be judged.
_HANG_ON = {"stage_model": ("targets", "kpis", "beliefs", "what_if", "scope", "labels", "anchor", "stage_model"), "scope": ("scope",), "sources": ("rules", "sources"), "personas": ("focus",),
            "as_of": ("period",), "privacy": ("privacy",)}  # fmt: skip


def disagreements_besides(values: dict, places: list[tuple[str | int, ...]]) -> list[Found]:
    """What the keys without a mistake of their own have against one another; nothing where that cannot be seen.

    Parameters
    ----------
    values : the parameters as written. places : where each key with a mistake stands.
    """
    whole, blind = _without(values, places), {key for place in places if len(place) == 1 or place[0] not in _RECORDS for key in _HANG_ON.get(place[0], ())}
    try:
        told = disagreements(Client(**whole))
    except (ValidationError, ParameterError):
        return []
    return [(place, message) for place, message in told if place[0] not in blind and not any(place[: len(bad)] == bad or place[:2] == bad[:2] for bad in places)]


def _without(values: dict, places) -> dict:
    """The values with a stand-in for each key or record that has a mistake."""
    whole = {key: dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value for key, value in values.items()}
    for place in places:
        key, inner = place[0], place[1] if len(place) > 1 else None
        if key in _RECORDS and inner is not None and _holds(whole.get(key), inner):
            given = whole[key][inner] if isinstance(whole[key][inner], dict) else {}
            whole[key][inner] = _RECORDS[key] | ({"id": given["id"] if isinstance(given.get("id"), str) else f"x{inner}"} if key == "personas" else {})
        elif isinstance(whole.get(key), dict) and len(place) == 2:
            whole[key].pop(inner, None)
        elif key in _STAND_INS:
            whole[key] = _STAND_INS[key]
        else:
            whole.pop(key, None)
    return whole


def _holds(records, place) -> bool:
    return place in records if isinstance(records, dict) else isinstance(records, list) and isinstance(place, int) and place < len(records)
