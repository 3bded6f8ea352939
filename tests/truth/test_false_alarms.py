"""Where there is nothing to find, how often does a report claim something? (practice C0, F8); the table stands in docs/method.md, H."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Persona
from journeylib.findings.needs import SURE
from journeylib.gaps import find_gaps
from journeylib.measures.attribution import _shares
from journeylib.measures.dossier import dossier
from journeylib.measures.funnel import funnel as stage_funnel
from journeylib.measures.need_ranks import outranking
from journeylib.measures.personas import personas
from journeylib.measures.scores import scores
from journeylib.measures.site import beta_prior, chance_of_best
from journeylib.measures.stats import t_interval, widened
from journeylib.schema import CREDIT_MODELS, CUSTOMERS, empty
from journeylib.stages import load_stage_model
from tests.drawing import FIVE, from_frame
from tests.gaps.material import a_client, funnel, registers_in_order, shares, tables_in_order
from tests.measures.test_buying_group import anywhere, measured, titled
from tests.measures.test_scores import BEFORE, LAST, answers
from tests.truth.test_coverage import paths_of

pytestmark = pytest.mark.truth


@pytest.fixture
def alarms(tell):
    """Run a world with nothing in it (rng → whether something is claimed) so often, write its line, and hold it under a share."""

    def run(name, once, *, runs, at_most=0.065, seed=1):
        rng = np.random.default_rng(seed)
        claimed = np.mean([bool(once(rng)) for _ in range(runs)])
        tell("alarms", name, runs, f"{claimed:.1%}")
        assert claimed <= at_most, name

    return run


# --- people -------------------------------------------------------------------------------------------------------------


def customers_alike(rng, n=180):
    """Customers of three personas who walk alike: three in five go on from each stage, by channels drawn from one hat."""
    rows = []
    for i in range(n):
        day, persona = rng.uniform(0, 150), "abc"[i % 3]
        for atom in ("a2", "a3", "a4", "a6"):
            rows.append((i, day, atom, "page", rng.choice(["web", "phone", "mail"]), persona, "won" if atom == "a6" else None))
            if rng.random() > 0.6:
                break
            day += rng.gamma(2, 5)
    frame = pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint", "channel", "persona", "outcome"])
    frame["journey"] = frame["journey"].map("{:04d}".format)
    return from_frame(frame.assign(initiator="customer", customer_id=frame["journey"]), until=300)


def persona_is_told_apart(rng):
    drawn = customers_alike(rng)
    by_persona = stage_funnel(*drawn, window_days=60, personas=("a", "b", "c"))
    rows = personas(*drawn, customers=empty(CUSTOMERS), funnel=by_persona, declared=("a", "b", "c"), seed=int(rng.integers(10**6)))["persona_difference"]
    assert len(rows) >= 15
    return (rows["p_adjusted"] <= 0.05).any()


def leaver_is_told_apart(rng):
    n = 120
    followed = pd.DataFrame({"journey": range(n), "stage": 0, "is_left": rng.random(n) < 0.5, "unit": range(n), "customer_id": None, "is_referred": None,
                             "persona": rng.choice(["a", "b", "c"], n), "offer": rng.choice(["x", "y", "z"], n), "first_channel": "web"})  # fmt: skip
    return dossier(followed, FIVE)["is_certain"].any()


def role_is_told_apart(rng, n=150):
    """A role that is there in two accounts of five whether they are won or lost."""
    is_won, rows = rng.random(n) < 0.4, []
    for i in range(n):
        rows += [(i, f"{i}-tech", 0.0, "page_view", None), (i, f"{i}-tech", 70.0, "order" if is_won[i] else "refusal", "won" if is_won[i] else "lost")]
        rows += [(i, f"{i}-money", float(rng.uniform(0, 29)), "page_view", None)] if rng.random() < 0.4 else []
    frame = pd.DataFrame(rows, columns=["journey", "customer", "day", "touchpoint", "outcome"]).assign(atom="a3", initiator="customer")
    frame = frame.assign(account_id=frame["journey"].astype(str))
    roles = anywhere(measured(from_frame(frame), customers=titled(frame))["roles"])
    return (roles["p_adjusted"] <= 0.05).any()


def test_people_who_are_alike_are_seldom_told_apart(alarms):
    alarms("three personas alike: any key figure told apart", persona_is_told_apart, runs=150, at_most=0.08)
    alarms("drop-off: any group of the dossier told apart", leaver_is_told_apart, runs=400)
    alarms("buying group: any role told apart between won and lost", role_is_told_apart, runs=60, at_most=0.1)


# --- scores, needs, credit, requests ------------------------------------------------------------------------------------


def satisfaction_has_changed(rng):
    waves = [rng.choice([1, 2, 3, 4, 5], 120, p=[0.05, 0.1, 0.2, 0.4, 0.25]) for _ in range(2)]
    asked = [answers(wave, metric="csat", low=1, high=5, day=day, who=who) for wave, day, who in zip(waves, (BEFORE, LAST), "de", strict=True)]
    found = scores(pd.concat(asked, ignore_index=True), FIVE, as_of=dt.date(2025, 12, 31))[1]
    assert len(found) == 1
    assert not found["is_paired"].any()
    return (found["verdict"] == "changed").any()


def need_leads(n_needs):
    def once(rng):
        n = 80
        difference = rng.integers(1, 6, (n, n_needs)) - rng.integers(1, 6, (n, n_needs)) + rng.integers(-1, 2, n)[:, None]
        asked = pd.DataFrame({"need_id": np.repeat([f"N{i}" for i in range(n_needs)], n), "unit": np.tile(np.arange(n), n_needs), "difference": difference.T.ravel()})
        ranked = outranking(asked, asked.groupby("need_id")["difference"].mean(), int(rng.integers(10**6)))
        return ranked.iloc[0] >= SURE

    return once


def widest_gap_is_certain(rng, n=80, n_needs=6):
    """Every need as well met as it is important; some customers are harder to please than others."""
    difference = rng.integers(1, 6, (n, n_needs)) - rng.integers(1, 6, (n, n_needs)) + rng.integers(-1, 2, n)[:, None]
    found = [t_interval(column) for column in difference.T]
    top = max(found, key=lambda one: one.mean)
    return (top.mean - top.lo) * widened(n_needs) < top.mean


def channel_leads(rng):
    """Four channels met alike."""
    paths = paths_of(rng, 400)
    alike = paths.__class__(paths.path, rng.integers(4, size=len(paths.path)), paths.days_before, paths.n_won, paths.n_null, paths.group, 4, paths.n_groups)
    _, lo, hi = _shares(alike, 7.0, rng)
    assert len(lo) == len(CREDIT_MODELS)
    return any((lo[:, c] > np.delete(hi, c, axis=1).max(axis=1)).all() for c in range(4))


def request_leads(rng):
    n = np.array([400, 200, 200, 100, 60])
    k = rng.binomial(n, 0.06)
    a, b = beta_prior(k, n)
    return chance_of_best(a + k, b + n - k).max() >= 0.95


def test_what_is_alike_is_seldom_put_in_an_order(alarms):
    alarms("satisfaction unchanged, 120 others asked: called changed", satisfaction_has_changed, runs=300, at_most=0.08)
    alarms("six needs as well met as they are important: the widest gap called certain", widest_gap_is_certain, runs=1500)
    alarms("two needs alike: the one called wider than the other", need_leads(2), runs=500, at_most=0.08)
    alarms("six needs alike: the first called wider than the second", need_leads(6), runs=200)
    alarms("four channels alike: one leads under every model", channel_leads, runs=300)
    alarms("five requests to act alike: one called the best", request_leads, runs=600)


# --- gaps ---------------------------------------------------------------------------------------------------------------

STAGES = ("awareness", "consideration", "decision", "loyalty")


def persona_drops_off(rng):
    personas_ = tuple(Persona(id=name, name=name) for name in "abc")
    client = a_client(targets={}, personas=personas_)
    lines = [f"{stage} | {name} | 80 | 80 | {rng.binomial(80, 0.4)}" for name in ("", "a", "b", "c") for stage in STAGES]
    lines += [f"advocacy | {name} | 30 | 0 | 0" for name in ("", "a", "b", "c")]
    tables = tables_in_order() | {"funnel": funnel("stage | persona | n_reached | n_followed | n_converted\n" + "\n".join(lines))}
    gaps = find_gaps(tables, registers_in_order(), load_stage_model(client), client)
    return ((gaps["check"] == "G13") & (gaps["status"] == "found")).any()


def gap_at_its_limit(rng):
    """Everything lies exactly on its limit: four targets, follow-up, forgotten, silence, referrals."""
    client = a_client()
    steps = "\n".join(f"{stage} | 400 | 400 | {rng.binomial(400, 0.4)}" for stage in STAGES)
    drawn = "\n".join([f"follow_up | 200 | {rng.binomial(200, 0.5)} | 30", f"forgotten | 200 | {rng.binomial(200, 0.2)} | 365",
                       f"silence | 100 | {rng.binomial(100, 0.3)} | 30", f"referred | 500 | {rng.binomial(500, 0.02)} |"])  # fmt: skip
    tables = tables_in_order() | {"funnel": funnel("stage | n_reached | n_followed | n_converted\n" + steps + "\nadvocacy | 100 | 0 | 0"),
                                  "rates": shares("measure | n | n_yes | days\n" + drawn)}  # fmt: skip
    return (find_gaps(tables, registers_in_order(), load_stage_model(client), client)["status"] == "found").sum()


def test_gaps_are_seldom_claimed_where_there_are_none(alarms, tell):
    alarms("drop-off: any of three personas alike, four stages", persona_drops_off, runs=200, at_most=0.08)
    rng = np.random.default_rng(2)
    n_found = [gap_at_its_limit(rng) for _ in range(150)]
    tell("alarms", "eight checks whose truth lies exactly on the limit: found, of each check", 8 * len(n_found), f"{np.mean(n_found) / 8:.1%}")
    assert np.mean(n_found) / 8 <= 0.05
