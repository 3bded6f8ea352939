"""One persona only (G07): planning for one customer where the data show several."""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib.gaps import say_gap
from journeylib.measures.stats import wilson
from journeylib.schema import PERSONA_CHECK, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.gaps.material import a_client, ask

ONE = ({"id": "chef", "name": "Chefen"},)
TWO = (*ONE, {"id": "ny", "name": "Den nya"})


def checked(k=200, n=400, verdict="stable", n_groups=3):
    lo, hi = wilson(k, n)
    rows = [{"measure": "largest", "n": n, "n_yes": k, "persona": "chef", "value": k / n, "lo": float(lo), "hi": float(hi)}]
    rows += [{"measure": "groups", "n": n, "n_groups": n_groups if verdict == "stable" else 1, "value": 0.9, "verdict": verdict}] if verdict else []
    return check(pd.DataFrame(rows), PERSONA_CHECK)


def asked(personas, table, language="en"):
    client = a_client(personas=personas, language=language)
    (row,) = ask("G07", client=client, persona_check=table).values()
    return row, say_gap(row, Words(language, "SEK"), load_stage_model(client), client)


def test_one_persona_where_customers_fall_into_groups_is_too_few():
    row, said = asked(ONE, checked(400, 400))
    assert (row["status"], said) == ("found", "You plan for a single persona, but what customers do sets them apart in 3 groups.")


def test_a_persona_that_holds_nearly_all_is_the_only_one_in_practice():
    row, said = asked(TWO, checked(390, 400))
    assert row["status"] == "found"
    assert said.replace("\N{NO-BREAK SPACE}", " ") == ("Nearly all customers count as Chefen, but what they do sets them apart in 3 groups. "
                                                       "That is 98% (95–99); your limit is at most 90%.")  # fmt: skip


def test_where_the_data_show_no_groups_one_persona_is_enough():
    row = asked(ONE, checked(400, 400, "one"))[0]
    assert (row["status"], row["reason"]) == ("not_found", "gaps.G07.no_groups")


def test_groups_that_do_not_come_back_speak_neither_for_one_persona_nor_against_it():
    row, said = asked(ONE, checked(400, 400, "not_stable"))
    assert (row["status"], said) == ("uncertain", "In practice you plan for a single persona. "
                                                  "What customers do points to several kinds of customers, but it cannot be said which.")  # fmt: skip


def test_several_personas_none_of_which_holds_nearly_all_are_no_gap():
    row, said = asked(TWO, checked(200, 400))
    assert (row["status"], said) == ("not_found", "You plan for 2 personas, and none of them holds nearly all customers.")


def test_what_cannot_be_told_is_uncertain():
    assert asked(TWO, checked(365, 400))[0]["reason"] == "gaps.G07.uncertain"
    assert asked(ONE, checked(40, 40, None))[0]["reason"] == "gaps.G07.unknown_groups"
    assert asked(ONE, checked(4, 4, None))[0]["reason"] == "gaps.common.too_few"


def test_without_personas_nothing_can_be_said():
    assert ask("G07")["G07"]["missing"] == "personas"
    assert asked(TWO, None)[0]["status"] == "not_checkable"


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_answer_can_be_said(language):
    for personas, table in ((ONE, checked(400, 400)), (TWO, checked(390, 400)), (TWO, checked(365, 400)), (ONE, checked(verdict="one")), (ONE, checked(verdict="not_stable")), (ONE, checked(verdict=None))):
        assert asked(personas, table, language)[1].endswith(".")
