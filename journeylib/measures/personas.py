"""Do the declared personas differ, in what, and are there groups nobody declared? (practice C14, M044, M046, M047)"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.behaviour import behaviour, subjects
from journeylib.measures.clusters import adjusted_rand, find_groups, smoothed
from journeylib.measures.persona_figures import Told, differences
from journeylib.measures.stats import wilson
from journeylib.schema import PERSONA_CHECK, PERSONA_DIFFERENCE, check

#: A persona of fewer customers is compared with nobody (practice C0); in fewer customers than a hundred no groups are looked for.
FEWEST, FEWEST_FOR_GROUPS = 10, 100
#: Customers looked at, at most: a random sample, for the tests lay everybody beside everybody.
LARGEST_SAMPLE = 5000
N_SHUFFLES = 499
#: Personas that explain less of the spread than this behave alike, however many customers make so small a difference certain.
SMALLEST_EXPLAINED = 0.01


def personas(log: EventLog, journeys: pd.DataFrame, model, *, customers: pd.DataFrame, voices: pd.DataFrame | None = None, needs: pd.DataFrame | None = None,
             funnel: pd.DataFrame | None = None, declared: Sequence[str], by_account: bool = False, seed=0) -> dict[str, pd.DataFrame]:  # fmt: skip
    """How the personas differ in the key figures, and how the declaration stands against what customers do.

    Parameters
    ----------
    customers : with the persona of each. funnel : the funnel by persona. declared : ids of the personas.

    Returns
    -------
    PERSONA_DIFFERENCE as `persona_difference`, PERSONA_CHECK as `persona_check`; empty where nobody has a persona.
    """
    rng = np.random.default_rng([*np.atleast_1d(seed), zlib.crc32(b"personas")])
    persona = _persona_of_subjects(log, journeys, customers)
    known = persona[persona.isin(list(declared)).fillna(False).astype(bool)]
    if known.empty:
        return {"persona_difference": pd.DataFrame(columns=list(PERSONA_DIFFERENCE.columns)), "persona_check": pd.DataFrame(columns=list(PERSONA_CHECK.columns))}
    chosen = _chosen(persona, rng)
    rows = differences(Told(log, journeys, model, known, chosen, customers, voices, needs, funnel, tuple(declared), by_account), rng)
    return {"persona_difference": check(pd.DataFrame(rows, columns=list(PERSONA_DIFFERENCE.columns)), PERSONA_DIFFERENCE),
            "persona_check": check(pd.DataFrame(_checks(log, persona, known, chosen, rng)), PERSONA_CHECK)}  # fmt: skip


def _chosen(persona, rng):
    """Whose behaviour is looked at: all, or a random sample four times as large as the tests take, since many have too few steps."""
    codes = persona.index.to_numpy()
    return None if len(codes) <= 4 * LARGEST_SAMPLE else np.sort(rng.choice(codes, 4 * LARGEST_SAMPLE, replace=False))


def _persona_of_subjects(log, journeys, customers) -> pd.Series:
    """Persona of every customer the log knows, by code; of journeys, in a log that knows no customers."""
    if not (log.customer >= 0).any():
        return journeys.set_index("journey")["persona"]
    by_id = customers.dropna(subset="persona").drop_duplicates("customer_id").set_index("customer_id")["persona"]
    seen = np.unique(subjects(log)[subjects(log) >= 0])
    names = pd.Series(np.array(log.names["customer"], dtype=object)[seen], index=seen)
    own = journeys.dropna(subset=["customer_id", "persona"]).drop_duplicates("customer_id").set_index("customer_id")["persona"]
    return names.map(by_id).astype("string").fillna(names.map(own).astype("string"))


def _checks(log, persona, known, chosen, rng):
    counts = known.value_counts().sort_index()
    largest, n, n_none = counts.idxmax(), len(known), len(persona) - len(known)
    yield {"measure": "nobody", "n": len(persona), "n_yes": n_none, **_share(n_none, len(persona))}
    yield {"measure": "largest", "n": n, "n_yes": int(counts.max()), "persona": largest, **_share(counts.max(), n)}
    acts = behaviour(log, chosen)
    if acts.empty:
        return
    if len(acts) > LARGEST_SAMPLE:
        acts = acts.iloc[np.sort(rng.choice(len(acts), LARGEST_SAMPLE, replace=False))]
    features = acts.drop(columns=["subject", "journey"])
    persona = acts["subject"].map(known)
    yield _differ(features, persona, rng)
    yield from _groups(features[[name for name in features if not name.startswith("channel_")]], persona, rng)


def _share(k, n):
    lo, hi = wilson(k, n)
    return {"value": k / n, "lo": float(lo), "hi": float(hi)}


# --- do they behave differently? ---------------------------------------------------------------------------------------


def _differ(features, persona, rng):
    sizes = persona.value_counts()
    inside = persona.isin(sizes[sizes >= FEWEST].index).to_numpy()
    n_personas = int((sizes >= FEWEST).sum())
    row = {"measure": "differ", "n": int(inside.sum()), "n_groups": n_personas}
    if n_personas < 2:
        return row
    explained, p = explained_by(features[inside], persona[inside], rng)
    is_told = p < 0.05 and explained >= SMALLEST_EXPLAINED
    return row | {"value": explained, "p": p, "verdict": "distinguishable" if is_told else "not_distinguishable"}


def explained_by(features, group, rng: np.random.Generator, n_shuffles: int = N_SHUFFLES) -> tuple[float, float]:
    """Share of the spread of standardised features that groups explain, chance taken off, and its p by shuffling the groups.

    PERMANOVA on Euclidean distances (Anderson 2001): R² = Σ n_g |m_g|² / Σ |x|², taken down to 1 − (1 − R²)(n − 1)/(n − G).
    """
    x = np.asarray(features, dtype=float)
    x = x[:, x.std(axis=0) > 0]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    code = np.unique(np.asarray(group, dtype=object).astype(str), return_inverse=True)[1]
    n, size = len(x), np.bincount(code)
    seen = _between(x, code, size)
    shuffled = [_between(x, rng.permutation(code), size) for _ in range(n_shuffles)]
    p = (1 + sum(value >= seen - 1e-12 for value in shuffled)) / (n_shuffles + 1)
    return float(1 - (1 - seen / max((x**2).sum(), 1e-12)) * (n - 1) / max(n - len(size), 1)), float(p)


def _between(x, code, size):
    sums = np.stack([np.bincount(code, weights=column, minlength=len(size)) for column in x.T], axis=1)
    return float((sums**2 / size[:, None]).sum())


# --- which groups do the data suggest? ---------------------------------------------------------------------------------


def _groups(features, persona, rng):
    if len(features) < FEWEST_FOR_GROUPS:
        return
    found = find_groups(smoothed(features, rng), rng)
    verdict = "stable" if found.k > 1 else "one" if found.k_tried == 1 else "not_stable"
    yield {"measure": "groups", "n": len(features), "n_groups": found.k, "value": found.stability, "verdict": verdict}
    both = persona.notna().to_numpy()
    if found.k > 1 and persona.nunique() > 1:
        yield {"measure": "match", "n": int(both.sum()), "n_groups": found.k, "value": adjusted_rand(persona[both].astype(str), found.label[both])}
