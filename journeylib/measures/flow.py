"""Everything measured of how customers move and are met, for one client: what the checks G06, G08, G10–G12 and G34 rest on."""

from __future__ import annotations

import zlib

import pandas as pd

from journeylib.measures.complexity import complexity
from journeylib.measures.deviations import Planned, deviations
from journeylib.measures.follow_up import follow_up
from journeylib.measures.friction import ANSWERS_TO_MAIL, friction
from journeylib.measures.handovers import coordination, handovers
from journeylib.measures.personalisation import personalisation
from journeylib.measures.typical import typical_path


def flow_tables(collected, limits) -> dict[str, pd.DataFrame]:
    """The tables of `schema.FLOW` the log allows.

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
        "handovers": handovers(log, journeys, model, departments=departments, window_days=window),
        "coordination": coordination(log, journeys, departments=departments),
        "follow_up": follow_up(log, journeys, limit_hours=limits.signal_hours, signals=client.signals),
        **typical_path(log, journeys, model, seed=seed, hide=ANSWERS_TO_MAIL),
        **personalisation(log, journeys, model, customers=collected.customers, seed=client.seed),
        **({"deviations": deviations(log, journeys, plan, seed=seed)} if plan else {}),
    }  # fmt: skip
