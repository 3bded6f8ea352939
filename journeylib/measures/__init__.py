"""Every measure of a client's journey: tables in, tables out, one question a file.

A measure over the log is a tally over blocks of whole journeys (`passages`) and a finish that turns it into shares,
intervals and medians. Measures know nothing of figures or words.
"""

from __future__ import annotations

import pandas as pd

from journeylib.measures.contacts import rates
from journeylib.measures.content import coverage
from journeylib.measures.emotion import emotion
from journeylib.measures.funnel import funnel
from journeylib.measures.needs import need_scores
from journeylib.measures.paths import exits, transitions
from journeylib.measures.timing import stage_times, time_curve
from journeylib.measures.totals import totals
from journeylib.measures.touchpoints import channels, touchpoints
from journeylib.measures.voices import voice_counts
from journeylib.presets import resolved_thresholds
from journeylib.schema import VOICES, empty

__all__ = ["channels", "coverage", "emotion", "exits", "funnel", "measure_journey", "need_scores", "rates", "stage_times",
           "time_curve", "totals", "touchpoints", "transitions", "voice_counts"]  # fmt: skip


def measure_journey(collected) -> dict[str, pd.DataFrame]:
    """Every table of `schema.MEASURES` that the delivered data allow.

    A table that cannot be computed is absent from the result: what was not looked at is never an empty list or a 0.

    Parameters
    ----------
    collected : what `journeylib.collect.collect` returns: client, model, log, journeys, customers, voices, registers.
    """
    client, thresholds = collected.client, resolved_thresholds(collected.client)
    tables = {}
    if collected.log is not None and len(collected.log):
        tables |= _of_events(collected, thresholds)
    tables |= _of_voices(collected, client.market != "b2c")
    tables |= _of_registers(collected, thresholds)
    tables["totals"] = totals(collected.log, collected.journeys, voices=collected.voices, registers=collected.registers)
    return {name: table for name, table in tables.items() if len(table)}


def _of_events(collected, thresholds):
    log, journeys, model, client = collected.log, collected.journeys, collected.model, collected.client
    window = None if thresholds.until_cut else thresholds.window_days
    return {
        "funnel": funnel(log, journeys, model, window_days=window, personas=[persona.id for persona in client.personas]),
        "time_curve": time_curve(log, journeys, model), "stage_times": stage_times(log, journeys, model),
        "transitions": transitions(log, model), "exits": exits(log, journeys, model),
        "touchpoints": touchpoints(log, journeys, model, voices=collected.voices), "channels": channels(log, model),
        "rates": rates(log, journeys, follow_up_days=thresholds.follow_up_days, silence_days=thresholds.silence_days,
                       forgotten_months=thresholds.forgotten_months, voices=collected.voices, by_account=client.market != "b2c"),
    }  # fmt: skip


def _of_voices(collected, by_account):
    voices = empty(VOICES) if collected.voices is None else collected.voices
    model, privacy, registers = collected.model, collected.client.privacy, collected.registers
    return {
        "emotion": emotion(voices, model, by_account=by_account),
        "voice_counts": voice_counts(voices, model, by_account=by_account, quotes=privacy.quotes, k=privacy.k),
        "need_scores": need_scores(voices, registers.get("needs"), model, activities=registers.get("activities"),
                                   content=registers.get("content"), by_account=by_account),
    }  # fmt: skip


def _of_registers(collected, thresholds):
    client, registers = collected.client, collected.registers
    if "content" not in registers and "activities" not in registers:
        return {}
    return {"coverage": coverage(
        collected.log, collected.journeys, collected.model, customers=collected.customers, content=registers.get("content"),
        activities=registers.get("activities"), personas=[persona.id for persona in client.personas], language=client.language,
        as_of=client.as_of, demand_share=thresholds.demand_share,
    )}  # fmt: skip
