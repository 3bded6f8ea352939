"""Groups of few units: many journeys of a handful of companies still tell of that handful (practice C0 rules 1 and 4)."""

from __future__ import annotations

import pandas as pd

from journeylib.measures.subtraction import is_small

#: Tables whose row goes where fewer than k units stand behind its share.
OF_UNITS = ("rates", "friction", "follow_up", "winding", "contact_rhythm")
_OF_FOLLOWED = ["n_followed", "n_converted", "n_too_recent", "n_units", "rate", "rate_lo", "rate_hi"]
#: Table → for how many people its numbers stand → which those are.
_REST_ON = {"need_scores": {"n_derived": ["n_derived", "derived", "derived_lo", "derived_hi"]},
            "contact_rhythm": {"n_longest": ["median_longest_days"], "n_judged": ["unevenness"]}}  # fmt: skip


def withhold_few_units(shown: dict[str, pd.DataFrame], k: int) -> None:
    """Take shares out that rest on 1 to k − 1 units, and derived weights of 1 to k − 1 people; the tables are changed in place."""
    for name in OF_UNITS:
        if name in shown and "n_units" in shown[name]:
            shown[name] = shown[name][~is_small(shown[name]["n_units"], k)].reset_index(drop=True)
    if "funnel" in shown:
        few = is_small(shown["funnel"]["n_units"], k)
        shown["funnel"] = shown["funnel"].assign(**{name: shown["funnel"][name].mask(few) for name in _OF_FOLLOWED})
    for table, counts in _REST_ON.items():
        for count, resting in counts.items() if table in shown else ():
            few = is_small(shown[table][count], k)
            shown[table] = shown[table].assign(**{name: shown[table][name].mask(few) for name in resting})
