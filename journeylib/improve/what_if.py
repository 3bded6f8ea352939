"""What if a stage let more customers through? The arithmetic of practice C2, without any client in it."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from journeylib.measures.stats import pool

#: With fewer shares than this there is no telling how much stages differ by nature, and nothing is pulled together.
FEWEST_TO_SHRINK = 3


def extra_conversions(n: float, rates, targets) -> np.ndarray:
    """Extra final conversions if one stage alone reached its target: V_i = N · Π_{j≠i} p_j · (p_i* − p_i).

    Stages raised together give another sum than the single gains: see `joint_gain` and `shapley_split`.

    >>> extra_conversions(10_000, [.30, .40, .50, .25], [.35, .45, .60, .30]).round(2).tolist()
    [25.0, 18.75, 30.0, 30.0]
    """
    rates, targets = np.asarray(rates, dtype=float), np.asarray(targets, dtype=float)
    others = np.array([np.delete(rates, i).prod() for i in range(len(rates))])
    return n * others * (targets - rates)


def joint_gain(n: float, rates, targets) -> float:
    """Extra final conversions if every stage reached its target: N (Π p_i* − Π p_i).

    >>> round(joint_gain(10_000, [.30, .40, .50, .25], [.35, .45, .60, .30]), 1)
    133.5
    """
    return float(n * (np.prod(targets) - np.prod(rates)))


def shapley_split(n: float, rates, targets) -> np.ndarray:
    """The joint gain split fairly over the stages (Shapley 1953): each stage's mean gain over all orders of raising them.

    The parts sum to `joint_gain`. Exact over all subsets: up to ten stages.

    >>> shapley_split(10_000, [.30, .40, .50, .25], [.35, .45, .60, .30]).round(2).tolist()
    [32.34, 24.76, 38.2, 38.2]
    """
    rates, targets = np.asarray(rates, dtype=float), np.asarray(targets, dtype=float)
    return n * np.array([_shapley_part(i, rates, targets) for i in range(len(rates))])


def _shapley_part(i, rates, targets) -> float:
    others = [j for j in range(len(rates)) if j != i]
    part = 0.0
    for size in range(len(others) + 1):
        share = 1 / (len(rates) * comb(len(others), size))
        part += share * sum(_gain_after(i, raised, rates, targets) for raised in combinations(others, size))
    return part


def _gain_after(i, raised, rates, targets) -> float:
    mixed = np.delete(np.where(np.isin(np.arange(len(rates)), raised), targets, rates), i)
    return float(mixed.prod() * (targets[i] - rates[i]))


def shapley_draws(rates, targets) -> np.ndarray:
    """`shapley_split` of one journey for many draws at once: (draws, stages) in and out. Stages at their target already get nothing."""
    rates, targets = np.asarray(rates, dtype=float), np.asarray(targets, dtype=float)
    raised = np.flatnonzero((targets != rates).any(axis=0))
    parts = np.zeros_like(rates)
    for i in raised:
        others = [j for j in raised if j != i]
        for size in range(len(others) + 1):
            share = 1 / (len(raised) * comb(len(others), size))
            for chosen in combinations(others, size):
                mixed = rates.copy()
                mixed[:, chosen] = targets[:, chosen]
                mixed[:, i] = targets[:, i] - rates[:, i]
                parts[:, i] += share * mixed.prod(axis=1)
    return parts


def lmdi_split(then, now) -> np.ndarray:
    """The change of a product split over its factors, without a rest: logarithmic mean Divisia (Ang 2005).

    ΔC = Σ_i L(C₁, C₀) · ln(x_i1 / x_i0), with L(a, b) = (a − b) / (ln a − ln b). Where a factor is nought the logarithm has no value; then
    the split is Shapley's.

    Parameters
    ----------
    then, now : (…, factors), e.g. how many began and the share that went on at each stage.

    >>> lmdi_split([10_000, .30, .40, .50, .25], [11_000, .28, .44, .42, .27]).round(2).tolist()
    [14.47, -10.48, 14.47, -26.47, 11.69]
    """
    then, now = np.asarray(then, dtype=float), np.asarray(now, dtype=float)
    if (then <= 0).any() or (now <= 0).any():
        return shapley_draws(np.atleast_2d(then), np.atleast_2d(now)).reshape(then.shape)
    before, after = then.prod(axis=-1), now.prod(axis=-1)
    apart = np.log(after) - np.log(before)
    mean = np.divide(after - before, apart, out=np.array(before, dtype=float), where=np.abs(apart) > 1e-12)
    return mean[..., None] * np.log(now / then)


def draw_rates(n_yes, n, rng: np.random.Generator, n_draws: int) -> np.ndarray:
    """Shares that fit what was counted: draws of Beta(½ + k, ½ + n − k) (Jeffreys), one column a stage."""
    n_yes, n = np.asarray(n_yes, dtype=float), np.asarray(n, dtype=float)
    return rng.beta(0.5 + n_yes, 0.5 + n - n_yes, size=(n_draws, len(n)))


def shrink(estimates, variances) -> np.ndarray:
    """Estimates pulled towards their common mean by how little is known of each (empirical Bayes; random effects).

    The worst of several equal stages looks bad by chance and gets better by itself; pulled together it does not. Two
    estimates or one are left as they are: they cannot tell how much stages differ by nature.
    """
    estimates = np.asarray(estimates, dtype=float)
    return estimates if len(estimates) < FEWEST_TO_SHRINK else pool(estimates, variances)
