"""Everything measured of those who leave and those still there, for one client; and the steps of a purchase the log knows by name."""

from __future__ import annotations

import pandas as pd

from journeylib import knowledge
from journeylib.measures.cohorts import cohorts
from journeylib.measures.definition import Conversion, Step, count
from journeylib.measures.departures import departures
from journeylib.measures.dossier import dossier, leavers
from journeylib.measures.last_words import last_words
from journeylib.measures.standing import spikes, standing

#: The steps of a purchase, in order; `purchase_step` in knowledge/touchpoints.yml says which touchpoint is which.
PURCHASE_STEPS = ("product", "cart", "checkout", "payment", "order")
#: Fewer steps in the log are no flow.
_FEWEST_STEPS = 3


def leaving_tables(collected, limits) -> dict[str, pd.DataFrame]:
    """The tables of `schema.LEAVING` the log allows.

    Parameters
    ----------
    collected : what `journeylib.collect.collect` returns. limits : the client's resolved thresholds.
    """
    log, journeys, model, client = collected.log, collected.journeys, collected.model, collected.client
    followed = leavers(log, journeys, model, window_days=window_of(limits), customers=collected.customers)
    flow = purchase_definition(log, limits)
    return {
        "cohorts": cohorts(log, journeys, model, timezone=client.timezone),
        "standing": standing(log, journeys, model, stuck_quantile=limits.stuck_quantile), "spikes": spikes(log, model, timezone=client.timezone),
        **({"dossier": dossier(followed, model), "departures": departures(log, followed, model)} if len(followed) else {}),
        **({"last_words": last_words(followed, journeys, collected.voices, model, quotes=client.privacy.quotes, k=client.privacy.k)} if collected.voices is not None else {}),
        **({} if flow is None else {"purchase_flow": count(log, journeys, flow)}),
    }  # fmt: skip


def window_of(limits) -> float | None:
    """The client's window in days; None = until the data cut."""
    return None if limits.until_cut else limits.window_days


def purchase_definition(log, limits) -> Conversion | None:
    """The purchase as the log shows it: each known step some touchpoint of the log stands for, in order; None under three steps."""
    known = knowledge.load("touchpoints")["touchpoints"]
    seen = {step: tuple(name for name in log.names["touchpoint"] if known.get(name, {}).get("purchase_step") == i + 1) for i, step in enumerate(PURCHASE_STEPS)}
    steps = tuple(Step(step, touchpoints=names) for step, names in seen.items() if names)
    if len(steps) < _FEWEST_STEPS or not seen["order"]:
        return None
    return Conversion(steps, "in_order", window_of(limits), "any")
