"""Whether messages depend on whom, or where, they go to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy

from journeylib.measures.personalisation import dependence, personalisation
from journeylib.schema import CUSTOMERS, check
from tests.drawing import from_frame

PERSONAS = ("a", "b", "c")


def world(choose, n=300, seed=1, months=4):
    """Mailings to persons of three personas, two of three already in consideration; `choose(persona, stage, month, rng)` names each."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        persona, stage = PERSONAS[i % 3], "a3" if rng.random() < 0.6 else "a2"
        rows.append((i, 0.0, stage, "visit", "customer", None, persona))
        for month in range(months):
            rows.append((i, 5 + 30.4 * month, None, "email_sent", "company", choose(persona, stage, month, rng), persona))
    frame = pd.DataFrame(rows, columns=["journey", "day", "atom", "touchpoint", "initiator", "detail", "persona"])
    return from_frame(frame.assign(channel="email", customer="c" + frame["journey"].astype(str)))


def index_by(drawn, **options):
    found = personalisation(drawn.log, drawn.journeys, drawn.model, **options)
    return found["personalisation"].set_index("by") if found else None


def test_messages_dealt_out_at_random_have_the_index_nought():
    table = index_by(world(lambda persona, stage, month, rng: rng.choice(["x", "y", "z"])))
    assert (table["index"] < 0.02).all()
    assert (table["lo"] < 0.01).all()
    assert (table["hi"] < 0.05).all()


def test_messages_decided_by_the_persona_have_the_index_one():
    table = index_by(world(lambda persona, stage, month, rng: f"{persona}{month}"))
    assert table.loc["persona", ["index", "lo", "hi"]].tolist() == pytest.approx([1, 1, 1])
    assert table.loc["both", "index"] == pytest.approx(1)
    assert table.loc["stage", "index"] < 0.02


def test_messages_decided_by_the_stage_have_the_index_one_there():
    table = index_by(world(lambda persona, stage, month, rng: stage))
    assert (table.loc["stage", "index"], table.loc["stage", "n_groups"]) == (pytest.approx(1), 2)


def test_the_letter_of_the_month_is_the_same_to_all():
    table = index_by(world(lambda persona, stage, month, rng: f"letter {month}"))
    assert table["index"].tolist() == [0, 0, 0]
    assert table["hi"].tolist() == [0, 0, 0]


def test_the_index_before_chance_is_the_mutual_information_over_the_entropy():
    rng = np.random.default_rng(3)
    variant, group = rng.integers(0, 3, 500), rng.integers(0, 2, 500)
    variant = np.where(rng.random(500) < 0.5, group, variant)
    index, chance, _ = dependence(variant, group, np.zeros(500, dtype=int), rng)
    both = np.histogram2d(variant, group, bins=(3, 2))[0] / 500
    mutual = entropy(both.sum(1)) + entropy(both.sum(0)) - entropy(both.ravel())
    assert index * (1 - chance) + chance == pytest.approx(mutual / entropy(both.sum(1)))


def test_the_persona_of_the_recipient_counts_before_that_of_the_journey():
    drawn = world(lambda persona, stage, month, rng: persona)
    names = drawn.log.names["customer"]
    stirred = np.random.default_rng(1).permutation([PERSONAS[i % 3] for i in range(len(names))])
    customers = check(pd.DataFrame({"customer_id": names, "persona": stirred}), CUSTOMERS)
    assert index_by(drawn, customers=customers).loc["persona", "index"] < 0.05


def test_the_same_seed_gives_the_same_numbers():
    drawn = world(lambda persona, stage, month, rng: rng.choice(["x", "y"]), n=60)
    assert index_by(drawn, seed=5).equals(index_by(drawn, seed=5))


def test_a_message_without_a_name_cannot_be_told_from_another():
    assert index_by(world(lambda persona, stage, month, rng: None)) is None


def test_a_meeting_is_no_mailing():
    log, journeys, model = world(lambda persona, stage, month, rng: persona)
    frame = pd.DataFrame({"journey": [0, 0], "day": [0, 1], "touchpoint": "meeting", "initiator": "company", "detail": "demo", "atom": "a3", "channel": "meeting"})
    assert personalisation(*from_frame(frame)) == {}


def test_the_messages_of_each_stage_are_counted():
    drawn = world(lambda persona, stage, month, rng: stage, n=30)
    variants = personalisation(*drawn)["variants"].set_index("stage")
    assert variants["n_variants"].to_dict() == {"awareness": 1, "consideration": 1}
    assert variants["n"].sum() == 30
