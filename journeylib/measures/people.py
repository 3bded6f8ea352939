"""Who the customers are and whether they come back: personas, first and later journeys, the length of each offer's journey, for one client."""

from __future__ import annotations

import pandas as pd

from journeylib.measures.lengths import lengths
from journeylib.measures.personas import personas
from journeylib.measures.repeats import repeats


def people_tables(collected, limits, funnel: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """`repeats`, `repeat_curve`, `lengths`, and where personas are declared `persona_difference` and `persona_check`.

    Parameters
    ----------
    collected : what `journeylib.collect.collect` returns. limits : the client's resolved thresholds. funnel : by persona.
    """
    log, journeys, client = collected.log, collected.journeys, collected.client
    tables = repeats(log, journeys, seed=client.seed) | {
        "lengths": lengths(journeys, as_of_us=log.as_of_us, limit_days=limits.journey_days, seed=client.seed)}  # fmt: skip
    if client.personas:
        tables |= personas(log, journeys, collected.model, customers=collected.customers, voices=collected.voices, needs=collected.registers.get("needs"),
                           funnel=funnel, declared=[persona.id for persona in client.personas], by_account=client.market != "b2c", seed=client.seed)  # fmt: skip
    return tables
