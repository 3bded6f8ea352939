"""Every measure of a client's journey: tables in, tables out, one question a file.

A measure over the log is a tally over blocks of whole journeys (`passages`) and a finish that turns it into shares,
intervals and medians. Measures know nothing of figures or words.
"""

from __future__ import annotations

import zlib

import pandas as pd

from journeylib.measures.aftercare import aftercare
from journeylib.measures.attribution import attribution
from journeylib.measures.buying_group import buying_tables
from journeylib.measures.contacts import rates
from journeylib.measures.content import coverage
from journeylib.measures.emotion import emotion
from journeylib.measures.flow import flow_tables
from journeylib.measures.funnel import funnel
from journeylib.measures.leaving import leaving_tables
from journeylib.measures.moments import moments
from journeylib.measures.needs import need_scores, need_support
from journeylib.measures.page_use import page_use
from journeylib.measures.paths import exits, transitions
from journeylib.measures.people import people_tables
from journeylib.measures.persona_voices import persona_needs, thought_links
from journeylib.measures.phrases import PhraseRules
from journeylib.measures.readability import readability
from journeylib.measures.role_needs import role_needs
from journeylib.measures.scores import scores
from journeylib.measures.search import search, search_phrases
from journeylib.measures.sentiment import text_feelings
from journeylib.measures.site import site
from journeylib.measures.stayers import stayers
from journeylib.measures.timing import stage_times, time_curve
from journeylib.measures.totals import totals
from journeylib.measures.touchpoints import channels, touchpoints
from journeylib.measures.voices import voice_counts
from journeylib.presets import market_preset, resolved_thresholds
from journeylib.schema import RATES, VOICES, check, empty

__all__ = ["channels", "coverage", "emotion", "exits", "funnel", "measure_journey", "need_scores", "rates", "search", "search_phrases", "stage_times",
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
        tables |= _of_events(collected, thresholds) | flow_tables(collected, thresholds) | leaving_tables(collected, thresholds) | _of_accounts(collected, thresholds)
        tables |= _of_channels(collected) | _of_site(collected, thresholds, tables["rates"])
    if "funnel" in tables:
        tables |= people_tables(collected, thresholds, tables["funnel"])
    tables |= _of_voices(collected, client.market != "b2c")
    tables |= _of_registers(collected, thresholds) | {"readability": readability(collected.registers.get("content"))}
    tables |= _of_search(collected) | _of_texts(collected) | {"page_use": page_use(collected.registers.get("page_behaviour"), tables.get("pages"))}
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
        "rates": pd.concat([rates(log, journeys, follow_up_days=thresholds.follow_up_days, silence_days=thresholds.silence_days,
                                  forgotten_months=thresholds.forgotten_months, voices=collected.voices, by_account=client.market != "b2c"),
                            _aftercare(collected, thresholds)], ignore_index=True),
    }  # fmt: skip


def _of_channels(collected):
    client, preset = collected.client, market_preset(collected.client.market)
    return {"attribution": attribution(collected.log, collected.journeys, look_back_days=preset["look_back_days"], half_life_days=preset["half_life_days"],
                                       k=client.privacy.k, seed=[client.seed, zlib.crc32(b"attribution")])}  # fmt: skip


def _of_site(collected, limits, rates):
    found = site(collected.log, collected.journeys, collected.model, window_days=None if limits.until_cut else limits.window_days)
    clicks = found.pop("rates", [])
    return found | {"rates": check(pd.concat([rates, pd.DataFrame(clicks)], ignore_index=True), RATES) if clicks else rates}


def _of_accounts(collected, limits):
    if collected.client.market == "b2c":
        return {}
    window = None if limits.until_cut else limits.window_days
    return buying_tables(collected.log, collected.journeys, collected.model, customers=collected.customers, window_days=window)


def _aftercare(collected, limits):
    return aftercare(collected.log, collected.journeys, confirm_days=limits.confirm_days, regret_days=limits.regret_days,
                     onboarding_days=limits.onboarding_days, rescue_days=limits.rescue_days, ending_days=limits.ending_days,
                     voices=collected.voices, customers=collected.customers)  # fmt: skip


def _of_voices(collected, by_account):
    voices = empty(VOICES) if collected.voices is None else collected.voices
    model, privacy, registers = collected.model, collected.client.privacy, collected.registers
    return {
        "emotion": emotion(voices, model, by_account=by_account),
        "voice_counts": voice_counts(voices, model, by_account=by_account, quotes=privacy.quotes, k=privacy.k),
        "need_scores": need_scores(voices, registers.get("needs"), model, activities=registers.get("activities"),
                                   content=registers.get("content"), by_account=by_account, seed=[collected.client.seed, zlib.crc32(b"needs")]),
        "need_support": need_support(registers.get("activities"), registers.get("content"), model),
        "persona_needs": persona_needs(voices, registers.get("needs"), model, personas=[persona.id for persona in collected.client.personas], by_account=by_account),
        "thought_links": thought_links(voices, model),
        **_of_roles(collected, voices),
    } | _of_feelings(collected, voices, by_account)  # fmt: skip


def _of_roles(collected, voices):
    client, registers = collected.client, collected.registers
    if client.market == "b2c":
        return {}
    return {"role_needs": role_needs(voices, collected.customers, registers.get("needs"), collected.model, content=registers.get("content"),
                                     language=client.language, as_of=client.as_of)}  # fmt: skip


def _of_feelings(collected, voices, by_account):
    client, model = collected.client, collected.model
    scored, changes = scores(voices, model, as_of=client.as_of, by_account=by_account)
    return {
        "scores": scored, "score_changes": changes,
        "stayers": stayers(voices, model, log=collected.log, journeys=collected.journeys, by_account=by_account),
        "moments": moments(voices, model, journeys=collected.journeys, by_account=by_account, seed=[client.seed, zlib.crc32(b"moments")]),
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


def _of_search(collected):
    client, keywords = collected.client, collected.registers.get("keywords")
    if keywords is None or keywords.empty:
        return {}
    own = tuple((rule.phrase, rule.atom) for rule in client.search_rules)
    phrases = search_phrases(keywords, collected.model, PhraseRules(client.language, client.brand_words or (client.name,), own))
    return {"search": search(phrases, collected.model), "search_phrases": phrases}


def _of_texts(collected):
    client = collected.client
    if collected.voices is None or collected.voices.empty:
        return {}
    calibration, feeling = text_feelings(collected.voices, collected.model, language=client.language, by_account=client.market != "b2c",
                                         seed=[client.seed, zlib.crc32(b"text feelings")])  # fmt: skip
    return {"text_calibration": calibration, "text_feeling": feeling}
