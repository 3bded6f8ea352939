"""What the report says of feelings, ratings and needs: whole sentences, and a plot whose labels never cover one another."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.figures.importance import NARROW, WIDE, Point, draw_importance, lay_out
from journeylib.findings.feelings import how_does_it_feel
from journeylib.findings.needs import what_do_they_need
from journeylib.findings.ratings import how_satisfied_are_they
from journeylib.schema import EMOTION, MOMENTS, NEED_SCORES, NEED_SUPPORT, RATES, SCORE_CHANGES, SCORES, STAYERS, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.map.map_material import MOMENT, a_client, an_emotion, the_moments

LANGUAGES = ("sv", "da", "nb", "en")


def a_run(language="sv"):
    client = a_client(language)
    return SimpleNamespace(client=client, model=load_stage_model(client), words=Words(language, client.currency))


def mapped(**shown):
    return SimpleNamespace(shown=shown)


def curve(run, ns=(64, 41, 30, 120, 36)):
    return check(an_emotion(run.model.ids, ns=ns), EMOTION)


def stayed(differs):
    return check(pd.DataFrame([{"stage": "awareness", "n": 30, "n_others": 34, "mean": 0.9, "lo": 0.6, "hi": 1.2, "difference": 0.7, "p": 0.001, "differs": differs}]), STAYERS)


def rated(metric="nps", wave=0, score=-0.06, lo=-0.29, hi=0.17, n=62, **columns):
    return {"metric": metric, "stage": "", "touchpoint": "", "wording_id": "q", "wave": wave, "from_on": MOMENT, "until_on": MOMENT + pd.Timedelta(days=180),
            "scale_min": 0.0, "scale_max": 10.0, "n": n, "n_answers": n, "n_high": 22, "n_low": 26, "score": score, "lo": lo, "hi": hi, "mean": 6.4, "mean_lo": 5.5,
            "mean_hi": 7.3} | columns  # fmt: skip


def changed(verdict, **columns):
    return check(pd.DataFrame([{"metric": "nps", "stage": "", "touchpoint": "", "wording_id": "q", "from_on": MOMENT, "until_on": MOMENT, "n": 100, "n_before": 100, "n_after": 120,
                                "before": -0.4, "after": 0.6, "is_paired": False, "verdict": verdict} | columns]), SCORE_CHANGES)  # fmt: skip


# --- how it feels -------------------------------------------------------------------------------------------------------


def test_the_moment_of_truth_is_said_with_its_star_and_marked_on_the_curve():
    run = a_run()
    found = how_does_it_feel(run, mapped(emotion=curve(run), moments=check(the_moments(run.model.ids), MOMENTS)))
    assert "★ Sanningens ögonblick är Övervägande: känslan där hänger mest samman med viljan att rekommendera (200 personer)." in found.text
    assert "★ −0,7 (41 svar)" in found.picture
    assert found.numbers["moment"] == "consideration"


def test_without_a_certain_winner_there_is_no_star_anywhere():
    run = a_run()
    moments = check(the_moments(run.model.ids).assign(is_moment=False), MOMENTS)
    found = how_does_it_feel(run, mapped(emotion=curve(run), moments=moments))
    assert "★" not in found.as_html()
    assert "Ingen fas väger säkert tyngre än de andra för hur det slutar (200 personer)." in found.details


def test_where_those_who_stay_differ_the_reader_is_told_and_else_not():
    run = a_run()
    told = how_does_it_feel(run, mapped(emotion=curve(run), stayers=stayed(True)))
    silent = how_does_it_feel(run, mapped(emotion=curve(run), stayers=stayed(False)))
    assert ("De som kommit till Ambassadör skiljer sig från de andra redan i Medvetenhet: +0,9 mot +0,6 för alla. En del av kurvan visar vilka som är kvar, "
            "inte hur det känns.") in told.text  # fmt: skip
    assert not any("kvar" in sentence for sentence in silent.text)
    assert "bara de som kommit till Ambassadör" in silent.picture


def test_a_hard_step_is_said_and_one_that_may_be_easy_is_not():
    run = a_run()
    rows = [rated("ces", stage="decision", wording_id="a", score=0.24, lo=0.2, hi=0.29, n=365, scale_min=1.0, scale_max=7.0, is_hard=True),
            rated("ces", stage="loyalty", wording_id="b", score=0.5, lo=0.3, hi=0.7, n=30, scale_min=1.0, scale_max=7.0, is_hard=False)]  # fmt: skip
    found = how_does_it_feel(run, mapped(emotion=curve(run), scores=check(pd.DataFrame(rows), SCORES)))
    assert "Steget Beslut är svårt: 24\N{NO-BREAK SPACE}% (20–29) av 365 personer tycker att det är lätt." in found.text
    assert found.details.count("svårt") == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lowest_highest_and_last_point_are_marked_in_every_language(language):
    run = a_run(language)
    picture = how_does_it_feel(run, mapped(emotion=curve(run))).picture
    for mark in ("low", "high", "last"):
        assert run.words.say(f"feelings.mark.{mark}") in picture


# --- how satisfied ------------------------------------------------------------------------------------------------------


def test_a_score_never_stands_without_its_interval_and_says_that_no_change_is_certain():
    found = how_satisfied_are_they(a_run(), mapped(scores=check(pd.DataFrame([rated()]), SCORES), score_changes=changed("not_established", change=0.1, p=0.4)))
    assert found.takeaway == "Rekommendationsvärdet (NPS) är −6 (från −29 till 17) enligt 62 svar. Någon säker förändring finns inte."
    assert found.state == "clear"  # the score is an answer, even where no change is


def test_a_change_that_is_established_is_the_answer():
    found = how_satisfied_are_they(a_run("en"), mapped(scores=check(pd.DataFrame([rated()]), SCORES), score_changes=changed("changed", change=1.0, p=0.001)))
    assert found.takeaway == "The recommendation score (NPS) has changed: −40 became +60 (120 answers latest)."


def test_a_new_wording_is_said_to_be_no_series():
    found = how_satisfied_are_they(a_run("en"), mapped(scores=check(pd.DataFrame([rated()]), SCORES), score_changes=changed("not_comparable")))
    assert found.takeaway.endswith("Any change is unknown.")
    assert "not comparable" in found.details


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_was_asked_the_rating_is_one_line(language):
    found = how_satisfied_are_they(a_run(language), mapped())
    assert (found.state, found.picture, found.details) == ("not_checkable", "", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", ["nps", "ces", "csat"])
def test_the_answer_has_at_most_twenty_five_words(language, metric):
    low = {"score": 0.3, "lo": 0.2, "hi": 0.4, "stage": "loyalty", "touchpoint": "ticket"} if metric != "nps" else {}
    found = how_satisfied_are_they(a_run(language), mapped(scores=check(pd.DataFrame([rated(metric, **low)]), SCORES)))
    assert len(found.takeaway.split()) <= 25


# --- needs --------------------------------------------------------------------------------------------------------------


def need_rows(**columns):
    first = {"need_id": "N1", "stage": "awareness", "wording": "jämföra", "importance": 8.7, "satisfaction": 2.0, "importance_lo": 8.0, "importance_hi": 9.2, "satisfaction_lo": 1.5,
             "satisfaction_hi": 2.6, "n": 60, "opportunity": 15.4, "opportunity_corrected": 15.0, "gap": 5.0, "gap_lo": 4.5, "gap_hi": 5.5, "n_activities": 0, "n_content": 0}  # fmt: skip
    second = first | {"need_id": "N2", "wording": "känna trygghet", "gap": 3.0, "gap_lo": 2.4, "gap_hi": 3.6, "n_activities": 1}
    return check(pd.DataFrame([first | columns, second]), NEED_SCORES)


def serving():
    return check(pd.DataFrame([{"kind": "activity", "item_id": "A1", "title": "Demo", "stage": "awareness", "need_id": "N2"},
                               {"kind": "activity", "item_id": "A2", "title": "Monter på mässa", "stage": "awareness", "need_id": ""}]), NEED_SUPPORT)  # fmt: skip


@pytest.mark.parametrize(("probability", "sentence"), [
    (0.98, "Sannolikheten att det är mer eftersatt än ”känna trygghet” är 98 %."), (0.96, "Ordningen mellan ”jämföra” och ”känna trygghet” är inte säker."), (0.7, "Ordningen mellan ”jämföra” och ”känna trygghet” är inte säker."),
    (1.0, "Sannolikheten att det är mer eftersatt än ”känna trygghet” är >\N{NO-BREAK SPACE}99\N{NO-BREAK SPACE}%."),
])  # fmt: skip
def test_how_surely_one_need_comes_first_is_said(probability, sentence):
    found = what_do_they_need(a_run(), mapped(need_scores=need_rows(p_outranks_next=probability)))
    assert sentence.replace(" %", "\N{NO-BREAK SPACE}%") in found.text


def test_both_margins_of_the_matrix_are_said():
    found = what_do_they_need(a_run(), mapped(need_scores=need_rows(), need_support=serving()))
    assert "Ett behov möts av ingen aktivitet och inget innehåll: ”jämföra”." in found.text
    assert "En aktivitet eller text uppges inte möta något behov: Monter på mässa." in found.details
    assert (found.numbers["unserved"], found.numbers["purposeless"]) == (["N1"], ["A2"])


def test_a_register_that_was_not_delivered_leaves_no_need_unserved():
    found = what_do_they_need(a_run(), mapped(need_scores=need_rows().assign(n_activities=pd.NA, n_content=pd.NA)))
    assert found.numbers["unserved"] == []


def test_expectations_met_are_one_sentence():
    rates = check(pd.DataFrame([{"measure": "expectation_met", "group": "", "n": 80, "n_yes": 60, "rate": 0.75, "lo": 0.64, "hi": 0.83, "n_units": 80}]), RATES)
    found = what_do_they_need(a_run("en"), mapped(need_scores=need_rows(), rates=rates))
    assert "75% (64–83) of 80 people got what they expected, or more." in found.text


@st.composite
def crowds(draw):
    spot = st.floats(0, 10, allow_nan=False)
    pairs = draw(st.lists(st.tuples(spot, spot), min_size=1, max_size=10))
    return [Point(i, (y, max(0, y - 1), min(10, y + 1)), (x, max(0, x - 1), min(10, x + 1))) for i, (x, y) in enumerate(pairs, start=1)]


@settings(max_examples=60, deadline=None)
@given(crowds(), st.sampled_from(LANGUAGES), st.sampled_from([WIDE, NARROW]))
def test_no_label_of_the_plot_covers_another(points, language, width):
    words = Words(language)
    texts = {name: words.say(f"needs.quadrant.{name}") for name in ("concentrate", "keep", "low", "overkill")} | {"importance": "i", "satisfaction": "s"}
    _, boxes = lay_out(points, texts, width)
    assert [box.text for box in boxes[-len(points) :]] == [str(point.number) for point in points]
    assert not any(one.meets(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.left >= 0 and box.right <= width for box in boxes)


def test_words_in_the_plot_are_escaped():
    words = dict.fromkeys(("concentrate", "keep", "low", "overkill", "importance", "satisfaction"), "<b>&")
    assert "<b>" not in draw_importance([], words=words, alt='"<i>')
