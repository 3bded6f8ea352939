"""What is too unsure, too small or too much alike to say is said so, once and in the same way everywhere."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from journeylib.findings.attribution import what_gets_the_credit
from journeylib.findings.data import who_is_in_this_report
from journeylib.findings.essentials import _is_probable, _one_a_place
from journeylib.findings.kpis import kpi_of_journey
from journeylib.findings.labels import rate_digits, say_answers, say_people, say_rate
from journeylib.findings.movement import _bar_parts
from journeylib.findings.outcome import where_do_they_stop
from journeylib.measures.small_answers import withhold_few_answers
from journeylib.questions import _answers
from journeylib.run import Run
from journeylib.schema import ATTRIBUTION, CREDIT_MODELS, EXITS, FUNNEL, PURCHASE_FLOW, VOICES, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows, table
from tests.gaps.material import a_client


def run(language="sv", **changes):
    client = a_client(language=language, **changes)
    return Run(client, load_stage_model(client), Words(language), Path())


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_share_has_one_decimal_at_most_but_for_less_than_one_per_cent_of_a_thousand():
    assert [rate_digits(99), rate_digits(999), rate_digits(20_000), rate_digits(20_000, 0.3), rate_digits(20_000, 0.004)] == [0, 1, 1, 1, 2]


@pytest.mark.parametrize(("language", "text"), [("sv", "7 av 12; andelen går inte att säga"), ("da", "7 af 12; andelen kan ikke siges"),
                                                ("nb", "7 av 12; andelen kan ikke sies"), ("en", "7 of 12; the share cannot be said")])  # fmt: skip
def test_a_share_that_may_be_nearly_anything_cannot_be_said(language, text):
    assert say_rate(Words(language), 7, 12, 7 / 12, 0.05, 0.97) == text
    assert "58" in say_rate(Words(language), 7, 12, 7 / 12, 0.32, 0.81)


def test_an_interval_whose_ends_print_alike_gets_a_decimal():
    assert plain(Words("sv").rate(0.02, 0.018, 0.022)) == "2,0 % (1,8–2,2)"


def test_what_few_do_is_withheld_in_tables_as_on_the_map():
    def said(n_lost, n_open, language="sv"):
        rows = check(pd.DataFrame([{"step": "pay", "position": 0, "n_reached": 90, "n_went_on": 90 - n_lost - n_open, "n_lost": n_lost, "n_open": n_open}]), PURCHASE_FLOW)
        shown = {"purchase_flow": rows}
        withhold_few_answers(shown, 5)
        return say_answers(run(language), next(shown["purchase_flow"].itertuples()), "n_lost", "n_open")

    assert said(3, 40) == ["färre än 5", None]  # 43 stopped: the one would tell the other
    assert said(3, 4) == ["färre än 5", "färre än 5"]
    assert said(0, 4) == ["färre än 5", "färre än 5"]  # 4 stopped: a nought would tell them
    assert said(0, 40) == ["0", "40"]
    assert said(3, 40, "nb") == ["færre enn 5", None]


@pytest.mark.parametrize(("n_lost", "n_open", "said"), [(3, 40, ["gone: 57", "lost: färre än 5"]), (3, 1, ["gone: 96", "lost: färre än 5; open: färre än 5"]), (8, 40, ["gone: 52", "lost: 8", "open: 40"])])
def test_a_bar_joins_few_lost_and_those_still_there(n_lost, n_open, said):
    row = {"semantics": "at_least", "persona": "", "stage": "awareness", "position": 0, "n_reached": 100, "n_went_on": 100 - n_lost - n_open, "n_lost": n_lost, "n_open": n_open}
    shown = {"funnel": check(pd.DataFrame([row]), FUNNEL)}
    withhold_few_answers(shown, 5)
    parts = _bar_parts(run(), next(shown["funnel"].itertuples()), [("blue", "gone"), ("red", "lost"), ("open", "open")])
    assert [part.label for part in parts] == said
    assert sum(part.size for part in parts) == 100


@pytest.mark.parametrize(("states", "said", "numbers"), [
    ({"won": 2, "lost": 2, "open": 40}, "44 kunder. Färre än 5 är avgjorda, så hur de slutade visas inte.", {"n_journeys": 44}),
    ({"won": 9, "lost": 2, "open": 40}, "51 kunder: 9 har köpt, 2 är förlorade och 40 är fortfarande öppna.", {"n_journeys": 51, "won": 9, "lost": 2, "open": 40, "dormant": 0}),
])  # fmt: skip
def test_how_few_ended_is_not_told(states, said, numbers):
    ended = [state for state, n in states.items() for _ in range(n)]
    journeys = pd.DataFrame({"state": ended, "account_id": None, "unit": range(len(ended)), "customer_id": [f"c{i}" for i in range(len(ended))]})
    found = who_is_in_this_report(run(market="b2c"), SimpleNamespace(journeys=journeys, log=SimpleNamespace(customer=np.arange(len(ended))), voices=empty(VOICES)))
    assert plain(found.takeaway) == said
    assert found.numbers == numbers


def test_a_credit_the_ways_of_counting_put_far_apart_cannot_be_said():
    shares = {model: {"email": 0.53 if model == "last" else 0.0 if model == "first" else 0.3} for model in CREDIT_MODELS}
    made = [{"model": model, "channel": channel, "credit": 30 * share, "share": share, "lo": share, "hi": share, "n_paths": 20, "n_won": 30, "n_unseen": 0, "n_all_paths": 80,
             "look_back_days": 90.0} for model in CREDIT_MODELS for channel, share in (("email", shares[model]["email"]), ("phone", (1 - shares[model]["email"]) / 3))]  # fmt: skip
    found = what_gets_the_credit(run(), SimpleNamespace(shown={"attribution": check(pd.DataFrame(made), ATTRIBUTION)}))
    assert plain(found.takeaway) == "Vilken kanal som får mest av äran går inte att säga: E-post får 0–53 %, beroende på hur man räknar."
    assert "går inte att säga (0–53 %)" in plain(found.picture)


def test_what_the_company_wrote_down_is_no_last_step_of_the_customers():
    exits = table("stage | touchpoint | state | n_journeys | share | median_silent_days\nconsideration | deal_stage | lost | 40 | 1 | 9", EXITS)
    found = where_do_they_stop(run("en"), SimpleNamespace(shown={"exits": exits}))
    assert found.takeaway == "What customers themselves did last cannot be seen: the sources show only what you entered."


def test_where_nobody_has_stopped_there_is_no_last_step():
    exits = table("stage | touchpoint | state | n_journeys | share | median_silent_days\nloyalty | order | won | 40 | 1 | 9", EXITS)
    found = where_do_they_stop(run("en"), SimpleNamespace(shown={"exits": exits}, collected=SimpleNamespace(journeys=pd.DataFrame({"state": ["won"] * 40}))))
    assert (found.state, found.takeaway) == ("none", "No journey is lost or has fallen silent, so there is no last step to show.")


def test_of_buyers_alone_no_share_that_buys_is_told():
    journeys = pd.DataFrame({"state": ["won"] * 40, "unit": range(40), "started_at": pd.Timestamp("2024-01-01", tz="UTC")})
    assert kpi_of_journey(run("en"), SimpleNamespace(collected=SimpleNamespace(journeys=journeys)), "purchase_share") is None
    some = journeys.assign(state=["won"] * 30 + ["open"] * 10)
    assert kpi_of_journey(run("en"), SimpleNamespace(collected=SimpleNamespace(journeys=some)), "purchase_share").numbers["rate"] == 30 / 40


def test_the_first_page_names_one_gap_a_stage_and_one_of_what_is_known():
    gaps = rows("gap_id | check | stage\nG13:a | G13 | a\nG23:a | G23 | a\nG01:b | G01 | b\nG05:b | G05 | b\nG02:c | G02 | c\nG02:d | G02 | d\nG18 | G18 | ")
    assert _one_a_place(gaps.assign(stage=gaps["stage"].fillna("")))["gap_id"].tolist() == ["G13:a", "G01:b", "G02:c", "G18"]


def test_what_is_believed_lies_on_the_wrong_side_of_the_limit():
    gaps = rows('status | unit | value | threshold | details\nuncertain | share | 0.57 | 0.5 | {"bad": "below"}\nuncertain | share | 0.33 | 0.5 | {"bad": "below"}\n'
                'uncertain | share | 0.33 | 0.3 | {"bad": "above"}\nfound | share | 0.33 | 0.5 | {"bad": "below"}')  # fmt: skip
    gaps = gaps.assign(value=gaps["value"].astype(float), threshold=gaps["threshold"].astype(float))
    assert _is_probable(gaps).tolist() == [False, True, True, False]


def test_what_is_only_assumed_is_no_answer_of_data():
    voices = rows("stage | row | kind | n_asked\nlook | question | assumed | 5").astype({"n_asked": int})
    assert not _answers(voices, "voice_counts", {}, None, 5)
    assert _answers(voices.assign(kind="stated"), "voice_counts", {}, None, 5) == "voices"


def test_people_of_a_client_with_companies_and_private_customers_are_people():
    assert say_people(run("da", market="both"), 42) == "42 personer"
