"""Everything measured of how customers move and are met, for one client: what the checks G06, G08, G10–G12 and G34 rest on."""

from __future__ import annotations

import zlib

import pandas as pd

from journeylib.measures.complexity import complexity
from journeylib.measures.deviations import Planned, deviations, failed_contacts
from journeylib.measures.follow_up import follow_up
from journeylib.measures.friction import ANSWERS_TO_MAIL, friction
from journeylib.measures.handovers import coordination, handovers
from journeylib.measures.path_order import path_order
from journeylib.measures.personalisation import personalisation
from journeylib.measures.rhythm import contact_rhythm
from journeylib.measures.typical import typical_path
from journeylib.measures.winding import winding


def flow_tables(collected, limits) -> dict[str, pd.DataFrame]:
    """The tables of `schema.FLOW` the log allows, and of the way itself: `winding`, `path_order`, `contact_rhythm`.

    Parameters
    ----------
    collected : what `journeylib.collect.collect` returns. limits : the client's resolved thresholds.
    """
    log, journeys, model, client = collected.log, collected.journeys, collected.model, collected.client
    window = None if limits.until_cut else limits.window_days
    departments = {name: source.department for name, source in client.sources.items() if source.department}
    seed = [client.seed, zlib.crc32(b"flow")]
    plan = [Planned(step.touchpoint, step.optional, step.within_days) for step in client.planned]
    return {
        "complexity": complexity(log, journeys, model, wait_days=limits.silence_days),
        "friction": friction(log, journeys, model, window_days=window),
        "winding": winding(log, journeys, model, window_days=window), "path_order": path_order(log, journeys),
        "contact_rhythm": contact_rhythm(log, journeys, model),
        "handovers": handovers(log, journeys, model, departments=departments, window_days=window),
        "coordination": coordination(log, journeys, departments=departments),
        "follow_up": follow_up(log, journeys, limit_hours=limits.signal_hours, signals=client.signals),
        **typical_path(log, journeys, model, seed=seed, hide=ANSWERS_TO_MAIL),
        **personalisation(log, journeys, model, customers=collected.customers, seed=client.seed),
        "deviations": deviations(log, journeys, plan, seed=seed) if plan else failed_contacts(log, journeys),
    }  # fmt: skip
