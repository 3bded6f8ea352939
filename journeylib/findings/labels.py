"""Names of stages, personas, touchpoints and channels in the client's words, and shares as a reader meets them."""

from __future__ import annotations

import pandas as pd

from journeylib import names
from journeylib.knowledge import load


def stage_label(run, stage_id: str) -> str:
    """A stage's name in the client's words; '' is the whole journey."""
    return run.words.label(run.model.stage(stage_id).label) if stage_id else run.words.say("findings.whole_journey")


def persona_label(run, persona_id: str) -> str:
    """A persona's declared name; '' is everybody."""
    declared = {persona.id: persona.name for persona in run.client.personas}
    return declared.get(persona_id, persona_id) if persona_id else run.words.say("findings.everybody")


def place_label(run, row) -> str:
    """Where a gap or an action belongs: its stage, and its persona where it has one."""
    place = stage_label(run, row["stage"])
    return f"{place} · {persona_label(run, row['persona'])}" if row["persona"] else place


def touchpoint_label(run, touchpoint: str) -> str:
    """A touchpoint in the client's language where it is a known one, else the client's own word for it."""
    return names.touchpoint_name(touchpoint, run.words.language)


def channel_label(run, channel: str) -> str:
    """A channel in the client's language where it is a known one."""
    return names.channel_name(channel, run.words.language)


def voice_row_label(run, row: str) -> str:
    """What a voice is about, in the client's language."""
    return run.words.label(load("rows")["voice_rows"][row]["name"])


def map_row_label(run, row: str) -> str:
    """A row of the map, in the client's language."""
    return run.words.label(load("rows")["map_rows"][row]["name"])


def goal_label(run) -> str:
    """The goal of the mapping, in the client's language."""
    return run.words.label(load("goals")[run.client.goal]["label"])


def say_people(run, n: int) -> str:
    """'1 234 kunder', where the market is business 'kontaktpersoner': people, not accounts."""
    return run.words.say(f"findings.grain.{'contact' if run.client.market == 'b2b' else 'person'}", n=n)


def rate_digits(n) -> int:
    """Decimals a share of n deserves: none under a hundred, one under a thousand, else two."""
    return 0 if n < 100 else 1 if n < 1000 else 2


def say_rate(w, k, n, rate, lo, hi, digits: int | None = None) -> str:
    """A share with its interval, in a sentence with no decimals; under ten, only the counts (practice C0)."""
    if pd.isna(rate) or n == 0:
        return "–"
    return w.say("findings.k_of_n", k=int(k), n=int(n)) if n < 10 else w.rate(rate, lo, hi, rate_digits(n) if digits is None else digits)


def number_or_none(value) -> float | None:
    """A number for JSON: missing is null."""
    return None if pd.isna(value) else float(value)
