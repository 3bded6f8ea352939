"""What the report says of who takes part in the decision, in every ending and language."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from journeylib.findings.customers import who_takes_part
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.run import Run
from journeylib.schema import BUYING_GROUP, HUMAN_CONTACT
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client
from tests.gaps.test_buying import roles

LANGUAGES = ("sv", "da", "nb", "en")
PARTS = "role | won | lost | open\nfinance | 60/80 | 25/100 | 30/120\ntechnical | 79/80 | 98/100 | 118/120"
ALIKE = "role | won | lost | open\nfinance | 20/80 | 25/100 | 30/120"
FEW = "role | won | lost | open\nfinance | 3/4 | 25/100 | 30/120"
GROUP = """
    stage         | outcome | days | n_accounts | n_nobody | n_too_recent | n_decided | median | q1 | q3 | mean | lo  | hi  | mean_with_unseen
    _             | _       | 30   | 300        | 2        | 4            | 1         | 2      | 1  | 3  | 2.1  | 2.0 | 2.2 | 2.6
    _             | won     | 30   | 80         | 0        |              |           | 2      | 1  | 3  | 2.4  | 2.2 | 2.6 | 2.9
    _             | lost    | 30   | 100        | 0        |              |           | 2      | 1  | 3  | 2.0  | 1.8 | 2.2 | 2.4
    consideration | _       | 90   | 300        | 0        | 10           |           | 1      | 1  | 1  | 1.2  | 1.1 | 1.3 | 1.4
"""
TALK = """
    landmark_days | window_days | n  | n_with | n_with_won | n_without | n_without_won | difference | lo   | hi   | p    | n_decided | n_too_recent
    30            | 180         | 60 | 60     | {}         | 200       | 40            | {}         | {}   | {}   | 0.01 | 3         | 9
"""
UNSURE, HIGHER, LOWER = ("14 | 0.03 | -0.07 | 0.16", "30 | 0.3 | 0.16 | 0.43", "2 | -0.17 | -0.22 | -0.06")


def told(drawn=PARTS, language="sv", talk=UNSURE, market="b2b", **gone):
    client = a_client(language=language, market=market)
    group = _group()
    found = {"roles": roles(drawn), "buying_group": group, "human_contact": table(TALK.format(*talk.split("|")), HUMAN_CONTACT)} | gone
    shown = withhold_small_groups({name: each for name, each in found.items() if each is not None}, k=5)
    return who_takes_part(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(shown=shown))


def _group():
    drawn = table(GROUP, BUYING_GROUP)
    return drawn.assign(stage=drawn["stage"].replace("_", ""), outcome=drawn["outcome"].replace("_", ""))


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_role_that_parts_the_won_from_the_lost_leads():
    found = told()
    assert found.takeaway == "Rollen ekonomi är oftare med tidigt hos dem ni vinner: 60 av 80 företag, mot 25 av 100 som ni förlorar."
    assert (found.state, found.section, found.numbers["role"]) == ("clear", "customers", "finance")
    assert plain(re.sub("<.*?>", "", found.details)).endswith(
        "I genomsnitt var 2,4 (2,2–2,6) personer med tidigt hos företag som ni vann och 2,0 (1,8–2,2) hos dem ni förlorade."
        "Alla syns inte. Ni ser 2,1 personer per företag; en grov räkning säger att de är minst 2,6."
    )


def test_where_no_role_surely_does_the_usual_number_of_people_is_told():
    found = told(ALIKE)
    assert (found.state, found.takeaway) == ("none", "Tidigt är oftast 2 personer med per kundföretag, och ingen roll skiljer säkert dem ni vinner från dem ni förlorar.")


def test_of_few_won_accounts_nothing_is_compared():
    found = told(FEW)
    assert found.state == "too_few"
    assert "pair-line" not in found.picture


@pytest.mark.parametrize(("talk", "ending"), [
    (UNSURE, "Skillnaden kan vara slump."),
    (HIGHER, "Skillnaden är för stor för att vara slump, men den bevisar inte att samtalet är orsaken. Säljare ringer"),
    (LOWER, "Skillnaden är för stor för att vara slump, men den bevisar inte att samtalet är orsaken. De som tvekar"),
])  # fmt: skip
def test_a_talk_is_never_told_without_the_warning_that_it_proves_nothing(talk, ending):
    counts, warning = told(talk=talk).text[-2:]
    assert plain(counts) == (f"Av företag som hade talat med er inom 30 dagar köpte {talk.split()[0]} av 60 inom 180 dagar därefter, mot 40 av 200 utan samtal.")
    assert warning.startswith(ending)


def test_how_many_roles_are_unknown_is_said_and_where_most_are_nothing_is():
    some, most = (told(PARTS + f"\nunknown | {n}/80 | {n}/100 | {n}/120") for n in (30, 60))
    assert some.text[0] == "Hos 90 av 300 företag är någon med vars roll ni inte känner."
    assert most is None


def test_consumers_and_clients_without_roles_get_no_such_section():
    assert told(market="b2c") is None
    assert told(roles=None) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("drawn", [PARTS, ALIKE, FEW])
def test_every_ending_is_one_short_sentence_with_its_picture(drawn, language):
    found = told(drawn, language, HIGHER)
    for text in (found.takeaway, *found.text):
        assert "{" not in text
        assert max(len(sentence.split()) for sentence in text.split(". ")) <= 28
    assert len(found.takeaway.split()) <= 25
    assert "<table" in found.details
