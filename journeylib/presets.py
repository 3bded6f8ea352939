"""What the market decides where the client has not (mission §5): limits, units, drivers, KPIs, starter texts."""

from __future__ import annotations

from typing import Any

from journeylib import knowledge
from journeylib.client import Client, Thresholds
from journeylib.errors import ParameterError


def market_preset(market: str) -> dict[str, Any]:
    """The market's defaults, as in `knowledge/presets.yml`: `b2b`, `b2c` or `both`."""
    return knowledge.load("presets")[market]


def resolved_thresholds(client: Client) -> Thresholds:
    """The client's limits, with what it left out filled in by its market.

    `until_cut: true` means no window, so none is filled in. Limits that no market knows (`lost_after_days`, `journey_days`,
    `cta_rate`) stay missing: without them their question cannot be asked.

    Raises
    ------
    ParameterError
        Both a window and `until_cut` are asked for.
    """
    given = client.thresholds
    if given.until_cut and given.window_days is not None:
        raise ParameterError(f"thresholds: got both until_cut and window_days {given.window_days:g}; keep one of them.")
    missing = {name: days for name, days in market_preset(client.market)["thresholds"].items() if getattr(given, name) is None}
    if given.until_cut:
        missing.pop("window_days", None)
    return given.model_copy(update={name: float(days) for name, days in missing.items()})


def driver_names(market: str) -> list[dict[str, str]]:
    """What usually decides a purchase in the market, as names in {sv, da, nb, en} (M089)."""
    known = knowledge.load("presets")["driver_names"]
    return [known[name] for name in market_preset(market)["drivers"]]


def content_types(market: str) -> tuple[str, ...]:
    """Ids of the content types the market uses (mission §6); both markets use them all."""
    known = knowledge.load("content_types")
    return tuple(name for name, kind in known.items() if market == "both" or market in kind["market"])


def starter_texts(atoms: tuple[str, ...], market: str, language: str) -> list[dict[str, str]]:
    """Example texts for a stage that groups `atoms` (M058), until the client writes its own.

    One record a part of the journey, in order: `challenge`, `remedy`, `b2b` and/or `b2c` (by market), and `mark`, the sentence
    that must stand beside them.
    """
    known = knowledge.load("starter_texts")
    parts = [part for part in known["texts"].values() if set(part["atoms"]) & set(atoms)]
    kinds = ("challenge", "remedy", *(("b2b", "b2c") if market == "both" else (market,)))
    return [{**{kind: part[kind][language] for kind in kinds}, "mark": known["mark"]["sentence"][language]} for part in parts]
