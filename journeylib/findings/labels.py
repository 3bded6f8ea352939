"""Names of stages, personas, touchpoints and channels in the client's words, and shares as a reader meets them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib import grain, names
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
    """People, not accounts, in the market's own word (`journeylib.grain`)."""
    return grain.say_people(run.words, run.client, n)


def say_grain(run, n: int) -> str:
    """'1 234 kunder', 'konton' or 'affärer': what one journey is for this client."""
    return grain.say_journeys(run.words, run.client, n)


def n_seen(collected) -> int:
    """People with an event in the log."""
    customer = collected.log.customer
    return len(np.unique(customer[customer >= 0]))


#: A share whose interval is wider than this is not said: it may be nearly anything.
TOO_WIDE = 0.6
#: From so many on, a mean is shown with its interval (practice C0: under ten the values speak for themselves).
FEWEST_FOR_INTERVAL = 10


def rate_digits(n, share=None) -> int:
    """Decimals a share of n deserves: none under a hundred, then one; two only for less than one per cent of a thousand or more."""
    return 0 if n < 100 else 2 if n >= 1000 and share is not None and 0 < share < 0.01 else 1


def say_answers(run, row, *names: str) -> list[str | None]:
    """Answers of a row of a shown table, such as how many were lost: a withheld one as 'färre än 5', or not at all (`measures/small_answers.py`)."""
    few = () if pd.isna(row.few) else row.few.split()
    told = [getattr(row, name) for name in names]
    return [run.words.say("clarity.under", n=run.client.privacy.k) if name in few else None if pd.isna(n) else run.words.count(n) for name, n in zip(names, told, strict=True)]


def say_rate(w, k, n, rate, lo, hi, digits: int | None = None) -> str:
    """A share with its interval, in a sentence with no decimals; under ten, only the counts (practice C0); what may be nearly anything is not said."""
    if pd.isna(rate) or n == 0:
        return "–"
    if n < 10:
        return w.say("findings.k_of_n", k=int(k), n=int(n))
    if hi - lo >= TOO_WIDE:
        return w.say("clarity.too_wide", k=int(k), n=int(n))
    return w.rate(rate, lo, hi, rate_digits(n, rate) if digits is None else digits)


def number_or_none(value) -> float | None:
    """A number for JSON: missing is null."""
    return None if pd.isna(value) else float(value)
