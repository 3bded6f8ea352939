"""Does every interval a report prints hold the truth as often as it promises? Simulated (practice F8); the table stands in docs/method.md, H."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma, norm

from journeylib.gaps import find_gaps
from journeylib.gaps.movement import median_interval
from journeylib.improve.value import add_value
from journeylib.measures.attribution import _shares
from journeylib.measures.clustered import difference_of_means
from journeylib.measures.credit import Paths, credit_by_group, markov_credit, moves_by_group, rule_weights
from journeylib.measures.incidence import cumulative_incidence, incidence_design_effect, interval_at
from journeylib.measures.scores import score_of
from journeylib.measures.stats import newcombe, poisson_ratio_interval, t_interval, wilson, wilson_clustered
from journeylib.measures.time_to_purchase import bought_within, draw_curves, drawn_means, drawn_medians
from journeylib.measures.unit_pairs import difference_of_shares
from journeylib.schema import CREDIT_MODELS
from journeylib.stages import load_stage_model
from tests.gaps.material import a_client, funnel, registers_in_order, tables_in_order
from tests.improve.test_value import a_year_of_journeys

pytestmark = pytest.mark.truth
RUNS = 1500


@pytest.fixture
def covers(tell):
    """Run a simulation (rng → lo, hi, truth) so often, write its line, and hold it between two shares."""

    def run(name, once, *, at_least=0.93, at_most=0.97, runs=RUNS, promised="95 %", seed=1):
        rng = np.random.default_rng(seed)
        inside = [lo - 1e-12 <= truth <= hi + 1e-12 for lo, hi, truth in (once(rng) for _ in range(runs))]
        tell("coverage", name if promised == "95 %" else f"{name} ({promised} promised)", runs, f"{np.mean(inside):.1%}")
        assert at_least <= np.mean(inside) <= at_most, name

    return run


# --- worlds -------------------------------------------------------------------------------------------------------------


def units_of(rng, n_units, mean_size):
    """Which unit each journey belongs to: one a unit, or several, unevenly."""
    return np.repeat(np.arange(n_units), 1 if mean_size == 1 else rng.geometric(1 / mean_size, n_units))


def by_unit(values, unit):
    return np.bincount(unit, weights=values), np.bincount(unit)


def share_of_units(n_units, mean_size, a, b):
    def once(rng):
        unit = units_of(rng, n_units, mean_size)
        yes = rng.random(len(unit)) < rng.beta(a, b, n_units)[unit]
        return *wilson_clustered(*by_unit(yes, unit)), a / (a + b)

    return once


def mean_of_units(n_units, mean_size):
    def once(rng):
        unit = units_of(rng, n_units, mean_size)
        found = t_interval(rng.normal(0.4, 1, len(unit)) + rng.normal(0, 0.6 * (mean_size > 1), n_units)[unit], unit)
        return found.lo, found.hi, 0.4

    return once


def mean_of_answers(n, shares):
    def once(rng):
        found = t_interval(rng.choice([-2, -1, 0, 1, 2], n, p=shares))
        return found.lo, found.hi, float(np.dot([-2, -1, 0, 1, 2], shares))

    return once


def went_on(n_units, mean_size, day, share=0.3):
    """A share goes on after 60 days on average, the others are lost after 100; cut at any time of a year; units differ."""

    def once(rng):
        unit = units_of(rng, n_units, mean_size)
        own = np.full(n_units, share) if mean_size == 1 else rng.beta(3 * share, 3 * (1 - share), n_units)
        goes = rng.random(len(unit)) < own[unit]
        at, cut = np.where(goes, rng.gamma(2, 30, len(unit)), rng.exponential(100, len(unit))), rng.uniform(20, 365, len(unit))
        days, ends = np.minimum(at, cut), np.where(at > cut, 0, np.where(goes, 1, 2))
        incidence = cumulative_incidence(days, ends)
        deff = max(incidence_design_effect(incidence, days, ends, unit, time=time, end=1) for time in (30, 90, 180))
        return *interval_at(incidence, day, 1, deff=deff), share * gamma.cdf(day, 2, scale=30)

    return once


def recommendation(n_units, mean_size, spread=0.8):
    edges = np.array([-0.6, 0.2]) * np.hypot(1, spread)
    truth = norm.sf(0.2) - norm.cdf(-0.6)

    def once(rng):
        unit = units_of(rng, n_units, mean_size)
        feeling = rng.normal(0, spread, n_units)[unit] + rng.normal(size=len(unit))
        found = score_of("nps", pd.DataFrame({"level": np.searchsorted(edges, feeling) - 1, "unit": unit}))
        return found.lo, found.hi, truth

    return once


def two_shares(n, n_other, p, p_other):
    return lambda rng: (*newcombe(rng.binomial(n, p), n, rng.binomial(n_other, p_other), n_other)[1:], p - p_other)


def two_shares_of_units(n_units, mean_size, *, whole_units=False):
    truth = norm.cdf(0) - norm.cdf(-0.5 / np.hypot(1, 0.6))

    def once(rng):
        unit = units_of(rng, n_units, mean_size)
        first = unit < 0.4 * n_units if whole_units else rng.random(len(unit)) < 0.4
        yes = rng.random(len(unit)) < norm.cdf(rng.normal(0, 0.6, n_units)[unit] - 0.5 * ~first)
        found = difference_of_shares(yes[first], unit[first], yes[~first], unit[~first])
        return found.lo, found.hi, truth

    return once


def two_means_of_units(n_units, mean_size, share=0.4):
    def once(rng):
        unit = units_of(rng, n_units, mean_size)
        first = np.arange(len(unit)) < share * len(unit)
        rng.shuffle(first)
        values = rng.normal(0, 0.6 * (mean_size > 1), n_units)[unit] + rng.normal(0.3 * first, 1)
        found = difference_of_means(values, first, unit)
        return found.lo, found.hi, 0.3

    return once


def days_to_purchase(n, statistic):
    """Half buy, after 60 days on average, half give up after 80; cut at any time of a year; those who buy within 180 days."""
    horizon = 180.0
    of_everyone = np.random.default_rng(0)
    bought, gave_up = of_everyone.gamma(2, 30, 10**6), np.where(of_everyone.random(10**6) < 0.5, of_everyone.exponential(80, 10**6), np.inf)
    those = bought[(bought < gave_up) & (bought <= horizon)]
    truth = those.mean() if statistic == "mean" else np.median(those)

    def once(rng):
        buys, leaves = rng.gamma(2, 30, n), np.where(rng.random(n) < 0.5, rng.exponential(80, n), np.inf)
        cut = rng.uniform(20, 365, n)
        days = np.minimum(np.minimum(buys, leaves), cut)
        ends = np.where(days == cut, 0, np.where(days == buys, 1, 2))
        draws = draw_curves(np.arange(n), np.zeros(n, dtype=int), days, ends, horizon, rng)
        if statistic == "median":
            return *np.nanquantile(drawn_medians(draws)[:, 0], [0.025, 0.975]), truth
        half = 1.959964 * np.nanstd(drawn_means(draws)[:, 0], ddof=1)
        mean = bought_within(days, ends, horizon).mean_days
        return mean - half, mean + half, truth

    return once


# --- shares, means, medians ---------------------------------------------------------------------------------------------


def test_intervals_of_a_share_hold_it(covers):
    def any_share(rng):
        p = rng.uniform(0.02, 0.98)
        return *wilson(rng.binomial(40, p), 40), p

    covers("share, 40 customers, any share", any_share, runs=4 * RUNS)
    covers("share, 100 units of 3 journeys", share_of_units(100, 3, 1.2, 2.8))
    covers("share, 30 units of 3 journeys", share_of_units(30, 3, 1.2, 2.8))
    covers("share of 1 in 10, 60 units of 3 journeys", share_of_units(60, 3, 0.5, 4.5))


def test_intervals_of_a_mean_and_a_median_hold_it(covers):
    covers("mean, 30 answers 1–5", mean_of_answers(30, [0.1, 0.2, 0.2, 0.3, 0.2]))
    covers("mean, 30 units of 3 answers", mean_of_units(30, 3), at_least=0.925, runs=4 * RUNS)
    covers("mean, 12 answers of which over half are the highest", mean_of_answers(12, [0.02, 0.05, 0.1, 0.27, 0.56]), at_least=0.87, runs=4 * RUNS)
    covers("median days, 25 journeys", lambda rng: (*median_interval(np.sort(rng.lognormal(3, 1, 25)))[1:], np.exp(3)), at_most=0.98)


def test_the_interval_of_a_ratio_of_counts_holds_it_at_least_as_often_as_promised(covers):
    covers("share of supply over share of demand (exact)", lambda rng: (*poisson_ratio_interval(rng.poisson(8), 40, rng.poisson(60), 300), 1.0), at_most=0.99)


# --- time ---------------------------------------------------------------------------------------------------------------


def test_intervals_of_going_on_hold_the_share_whoever_is_still_open(covers):
    covers("went on within 90 days, 100 journeys, won, lost and open", went_on(100, 1, 90))
    covers("went on within 180 days, 40 journeys", went_on(40, 1, 180))
    covers("went on within 30 days (3 of 100 do), 100 journeys", went_on(100, 1, 30, share=0.15), at_most=0.985)
    covers("went on within 90 days, 40 units of 3 journeys", went_on(40, 3, 90))


def test_intervals_of_days_to_purchase_hold_them(covers):
    covers("mean days to purchase of those who buy, 150 customers", days_to_purchase(150, "mean"), runs=400)
    covers("median days to purchase of those who buy, 150 customers", days_to_purchase(150, "median"), runs=400)


# --- scores and differences ---------------------------------------------------------------------------------------------


def test_the_interval_of_recommendation_holds_it_also_where_colleagues_answer(covers):
    covers("NPS, 100 answers", recommendation(100, 1))
    covers("NPS, 30 units of 3 answers", recommendation(30, 3))


def test_intervals_of_a_difference_hold_it(covers):
    covers("difference of two shares, 60 and 40", two_shares(60, 40, 0.5, 0.3))
    covers("difference of two shares, 12 and 80, near none", two_shares(12, 80, 0.1, 0.05), at_most=0.985)
    covers("difference of two shares, 40 units of 3 on both sides", two_shares_of_units(40, 3))
    covers("difference of two shares, 40 units of 3 on one side each", two_shares_of_units(40, 3, whole_units=True))
    covers("difference of two means, 12 and 48 customers", two_means_of_units(60, 1, 0.2))
    covers("difference of two means, 40 units of 3", two_means_of_units(40, 3))


# --- credit and money ---------------------------------------------------------------------------------------------------


def paths_of(rng, n, n_channels=4):
    """Customers with a taste for a channel; who met the second buys more often."""
    size = 1 + rng.poisson(1.2, n)
    path = np.repeat(np.arange(n), size)
    channel = np.where(rng.random(len(path)) < 0.4, rng.integers(n_channels, size=n)[path], rng.choice(n_channels, len(path), p=[0.4, 0.3, 0.2, 0.1]))
    won = rng.random(n) < 0.15 + 0.2 * (np.bincount(path[channel == 1], minlength=n) > 0)
    return Paths(path, channel, rng.exponential(5, len(path)), won.astype(float), (~won).astype(float), np.arange(n), n_channels, n)


def test_the_bootstrap_of_credit_holds_what_all_customers_together_would_give(tell):
    everyone = paths_of(np.random.default_rng(0), 300_000)
    chain = np.asarray(moves_by_group(everyone).sum(axis=0)).reshape(everyone.n_channels + 1, -1)
    credit = {"markov": markov_credit(chain)} | {rule: credit_by_group(everyone, of_step).sum(axis=0) for rule, of_step in rule_weights(everyone, 7.0).items()}
    truth = np.stack([credit[model] / credit[model].sum() for model in CREDIT_MODELS])
    rng = np.random.default_rng(4)
    held = np.array([(lo <= truth) & (truth <= hi) for _, lo, hi in (_shares(paths_of(rng, 600), 7.0, rng) for _ in range(300))])
    for model, share in zip(CREDIT_MODELS, held.mean(axis=(0, 2)), strict=True):
        if model in ("markov", "shapley", "last"):
            tell("coverage", f"credit by {model}, 600 customers, four channels", 4 * len(held), f"{share:.1%}")
        assert 0.91 <= share <= 0.97, model


def test_value_at_stake_holds_what_reaching_the_target_would_bring(tell):
    """Four stages whose shares and shortfalls differ from client to client; the 80 % range of every gap that is not refuted."""
    rng, held = np.random.default_rng(6), []
    for _ in range(200):
        truth = rng.beta(8, 10, 4)
        targets = dict(zip(("awareness", "consideration", "decision", "loyalty"), truth + rng.uniform(0, 0.15, 4), strict=True))
        client = a_client(targets=targets, value_per_conversion=100)
        won = rng.binomial(400, truth[2])
        steps = "\n".join(f"{stage} | {10_000 if stage == 'awareness' else 400} | 400 | {rng.binomial(400, share)}" for stage, share in zip(targets, truth, strict=True))
        tables = tables_in_order() | {"funnel": funnel("stage | n_reached | n_followed | n_converted\n" + steps + "\nadvocacy | 1 | 0 | 0"),
                                      "journeys": a_year_of_journeys(n_won=won, n_lost=400 - won)}  # fmt: skip
        model = load_stage_model(client)
        gaps = add_value(find_gaps(tables, registers_in_order(), model, client), tables, model, client).set_index("gap_id")
        for place, stage in enumerate(("awareness", "consideration")):
            row = gaps.loc[f"G13:{stage}"]
            worth = 10_000 * 365.25 / 365 * np.delete(truth[:3], place).prod() * (targets[stage] - truth[place]) * 100
            if pd.notna(row["value_lo"]):
                held.append(row["value_lo"] <= worth <= row["value_hi"])
    tell("coverage", "value at stake, 400 journeys a stage (80 % promised)", len(held), f"{np.mean(held):.1%}")
    assert 0.72 <= np.mean(held) <= 0.88
