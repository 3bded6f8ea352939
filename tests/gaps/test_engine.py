"""Laws of the gap engine: what is not known is never fine, and every answer can be said in four languages."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from journeylib.client import Persona, Thresholds
from journeylib.gaps import CHECKS, find_gaps, say_gap
from journeylib.schema import GAP_STATUSES
from journeylib.stages import load_stage_model, shipped_models
from journeylib.wording import Words, message_keys
from tests.gaps.material import (
    ACTIVITIES_IN_ORDER,
    CONTENT_IN_ORDER,
    a_client,
    activities,
    content,
    coverage,
    funnel,
    journeys,
    registers_in_order,  # fmt: skip
    shares,
    tables_in_order,
)

LIMITED = Thresholds(journey_days=30, cta_rate=0.05)


def spoilt_tables():
    """A client with nearly every gap."""
    return {
        "funnel": funnel("""
            stage         | n_reached | n_followed | n_converted
            awareness     | 2000      | 1000       | 100
            consideration | 1000      | 900        | 90
            decision      | 500       | 8          | 1
            loyalty       | 300       | 300        | 60
            advocacy      | 0         | 0          | 0
        """),
        "rates": shares("""
            measure         | n    | n_yes | days
            follow_up       | 200  | 20    | 30
            forgotten       | 9    | 8     | 365
            silence         | 100  | 90    | 30
            referred        | 1000 | 1     |
            promoters_asked | 60   | 3     |
        """),
        "coverage": coverage("""
            stage         | persona | n_content | n_activities | n_owned | n_customers | status
            awareness     |         | 40        | 1            | 1       | 900         | covered
            consideration |         | 0         | 0            | 0       | 800         | hole
            decision      |         | 2         | 1            | 0       | 700         | thin
            loyalty       |         | 0         | 1            | 1       | 600         | hole
            advocacy      |         | 0         | 0            | 0       | 0           | no_demand
            awareness     | cio     | 0         | 1            | 1       | 90          | hole
        """),
        "journeys": journeys(range(40, 80)),
    }  # fmt: skip


def spoilt_registers():
    return {"activities": activities(ACTIVITIES_IN_ORDER + "\n6 | Mässa | awareness | | | | | 9000 | | fair"),
            "content": content(CONTENT_IN_ORDER + "\n6 | Villkor | decision |")}  # fmt: skip


def spoilt_client(**changes):
    return a_client(**({"thresholds": LIMITED, "kpis": {}, "personas": (Persona(id="cio", name="IT-chefen"),)} | changes))


@pytest.fixture(scope="module")
def spoilt():
    client = spoilt_client()
    return find_gaps(spoilt_tables(), spoilt_registers(), load_stage_model(client), client)


def test_every_check_gives_an_answer(spoilt):
    assert set(spoilt["check"]) == set(CHECKS)
    assert set(spoilt["status"]) == set(GAP_STATUSES)


def test_a_client_in_order_has_no_gap():
    client = a_client(thresholds=Thresholds(journey_days=30))
    gaps = find_gaps(tables_in_order(), registers_in_order(), load_stage_model(client), client)
    fine = gaps.loc[gaps["status"] == "not_found", "check"]
    assert set(fine) >= {"G01", "G02", "G03", "G04", "G05", "G09", "G13", "G19", "G20", "G23", "G27", "G29"}
    assert set(gaps.loc[~gaps["check"].isin(fine), "status"]) <= {"not_checkable"}


def test_a_client_just_on_the_good_side_shows_at_most_one_false_gap_in_twenty_runs():
    rng, n_false = np.random.default_rng(7), 0
    client = a_client(thresholds=Thresholds(journey_days=30))
    model = load_stage_model(client)
    for _ in range(60):
        steps = "\n".join(f"{stage} | 400 | 400 | {rng.binomial(400, 0.42)}" for stage in model.ids)
        drawn = "\n".join([f"follow_up | 200 | {rng.binomial(200, 0.55)} | 30", f"forgotten | 200 | {rng.binomial(200, 0.17)} | 365",
                           f"silence | 100 | {rng.binomial(100, 0.25)} | 30", f"referred | 500 | {rng.binomial(500, 0.03)} |"])  # fmt: skip
        tables = tables_in_order() | {
            "funnel": funnel("stage | n_reached | n_followed | n_converted\n" + steps), "rates": shares("measure | n | n_yes | days\n" + drawn),
            "journeys": journeys(rng.exponential(28 / np.log(2), 60)),
        }  # fmt: skip
        n_false += (find_gaps(tables, registers_in_order(), model, client)["status"] == "found").any()
    assert n_false <= 60 / 20


@pytest.mark.parametrize("in_order", [True, False])
def test_taking_sources_away_never_makes_anything_fine(in_order):
    client = a_client(thresholds=LIMITED) if in_order else spoilt_client()
    tables, registers = (tables_in_order(), registers_in_order()) if in_order else (spoilt_tables(), spoilt_registers())
    model, names = load_stage_model(client), [*tables, *registers]
    whole = find_gaps(tables, registers, model, client).set_index("gap_id")["status"]
    for gone in [*combinations(names, 1), *combinations(names, 2), tuple(names)]:
        rest = find_gaps({n: t for n, t in tables.items() if n not in gone}, {n: t for n, t in registers.items() if n not in gone}, model, client)
        fine = rest[rest["status"] == "not_found"]
        assert (whole.reindex(fine["gap_id"]) == "not_found").all(), gone


def test_what_could_not_be_checked_says_what_is_missing(spoilt):
    client = spoilt_client()
    bare = find_gaps({}, {}, load_stage_model(client), client)
    for gaps in (spoilt, bare):
        unchecked = gaps[gaps["status"] == "not_checkable"]
        assert unchecked["missing"].notna().all()
        words = {key.removeprefix("gaps.sources.") for key in message_keys() if key.startswith("gaps.sources.")}
        assert set(",".join(unchecked["missing"]).split(",")) <= words


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_answer_is_a_whole_sentence_in_every_language(spoilt, language):
    client = spoilt_client(language=language)
    model, words = load_stage_model(client), Words(language)
    for _, gap in spoilt.iterrows():
        sentence = say_gap(gap, words, model, client)
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "–" not in sentence.replace("(", " ").split()
        assert max(len(part.split()) for part in sentence.split(". ")) <= 34


@pytest.mark.parametrize("stage_model", shipped_models())
def test_every_shipped_model_can_be_checked(stage_model):
    client = a_client(stage_model=stage_model, targets={}, kpis={})
    model = load_stage_model(client)
    gaps = find_gaps(tables_in_order(), registers_in_order(), model, client)
    assert set(gaps["stage"]) <= {"", *model.ids}
    assert all(say_gap(gap, Words("nb"), model, client) for _, gap in gaps.iterrows())


def test_the_sentence_tells_the_share_its_interval_and_the_limit(spoilt):
    client = spoilt_client()
    gap = spoilt.set_index("gap_id", drop=False).loc["G03:loyalty"]
    assert say_gap(gap, Words("sv"), load_stage_model(client), client).replace("\xa0", " ") == (
        "De flesta hör ingenting från er efter köpet. Ni hörde av er till 20 av 200 köpare inom 30 dagar. "
        "Det är 10 % (7–15), och er gräns är minst 50 %."
    )


def test_under_ten_customers_counts_are_told_and_no_percentage(spoilt):
    client = spoilt_client(language="da")
    gap = spoilt.set_index("gap_id", drop=False).loc["G20:loyalty"]
    sentence = say_gap(gap, Words("da"), load_stage_model(client), client)
    assert "8 af 9 kunder har" in sentence
    assert "%" not in sentence


def test_the_persona_is_named_by_its_own_name(spoilt):
    client = spoilt_client(language="nb")
    gap = spoilt.set_index("gap_id", drop=False).loc["G05:awareness:cio"]
    assert say_gap(gap, Words("nb"), load_stage_model(client), client) == (
        "Det finnes ikke noe innhold for IT-chefen i fasen Bevissthet, selv om 90 av dem har vært der."
    )
