"""Where would an improvement give most, and what do several give together? The gain of all stages at once, split fairly (practice C2)."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.improve.value import N_DRAWS, Chain, way_to_purchase
from journeylib.improve.what_if import draw_rates, shapley_draws
from journeylib.schema import VALUE_SPLIT, check
from journeylib.stages import StageModel

#: What every stage is given where fewer than two fall short of a level of their own: five more of a hundred.
EQUAL_STEP = 0.05
#: A stage is ahead of the next one when it gives more in at least this share of the draws; else they are tied.
AHEAD = 0.8


def split_value(gaps: pd.DataFrame, tables: dict[str, pd.DataFrame], model: StageModel, client: Client) -> pd.DataFrame | None:
    """What each stage would give alone, what all would give together, and each one's fair part of that; in money a year.

    Raised are the stages with a certain drop-off, to the level it is held against, where there are two or more; else every stage on the way to
    the purchase by five more of a hundred. The single gains do not add up to the joint one; the parts (Shapley) do.

    Returns
    -------
    VALUE_SPLIT, largest part first and the joint gain last; None where the way to the purchase is not known.
    """
    chain = way_to_purchase(tables, model, client)
    if chain is None or len(chain.stages) < 2:
        return None
    rng = np.random.default_rng([client.seed, zlib.crc32(b"value split")])
    rates = draw_rates(chain.k, chain.n, rng, N_DRAWS)
    worth = np.maximum(chain.worth + chain.worth_se * rng.standard_normal(N_DRAWS), 0)
    levels = _levels(gaps, chain)
    targets = np.minimum(rates + EQUAL_STEP, 1) if levels is None else np.where(np.isnan(levels), rates, np.maximum(rates, np.nan_to_num(levels)))
    raised = [place for place in range(len(chain.stages)) if levels is None or not np.isnan(levels[place])]
    money = (chain.n_a_year * worth)[:, None]
    alone = np.column_stack([_alone(rates, targets, place) for place in raised]) * money
    parts = shapley_draws(rates, targets)[:, raised] * money
    joint = (targets.prod(axis=1) - rates.prod(axis=1)) * money[:, 0]
    kind = "equal" if levels is None else "levels"
    return _table([chain.stages[place] for place in raised], alone, parts, joint, kind)


def _levels(gaps, chain: Chain):
    """Stage by stage the level a certain drop-off is held against; None where fewer than two stages have one."""
    drops = gaps[(gaps["check"] == "G13") & (gaps["status"] == "found") & (gaps["persona"] == "") & gaps["threshold"].notna()]
    known = drops[~drops["decision"].fillna("").isin(["reject", "park"])].drop_duplicates("stage").set_index("stage")["threshold"]
    levels = known.reindex(list(chain.stages)).to_numpy(dtype=float)
    return levels if np.isfinite(levels).sum() >= 2 else None


def _alone(rates, targets, place):
    others = np.delete(rates, place, axis=1).prod(axis=1)
    return others * (targets[:, place] - rates[:, place])


def _table(stages, alone, parts, joint, kind):
    order = np.argsort(-np.median(parts, axis=0), kind="stable")
    rows = []
    for rank, place in enumerate(order):
        after = order[rank + 1] if rank + 1 < len(order) else None
        tied = after is not None and float((parts[:, place] > parts[:, after]).mean()) < AHEAD
        rows.append({"stage": stages[place], "kind": kind, **_range("alone", alone[:, place]), **_range("part", parts[:, place]), "is_tied": tied})
    whole = {"stage": "", "kind": kind, **_range("alone", alone.sum(axis=1)), **_range("part", joint), "is_tied": False}
    return check(pd.DataFrame([*rows, whole]), VALUE_SPLIT)


def _range(name, draws):
    lo, median, hi = (float(q) for q in np.quantile(draws, [0.1, 0.5, 0.9]))
    return {name: median, f"{name}_lo": lo, f"{name}_hi": hi}
