"""What the report says of each role's needs, in every ending and language."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from journeylib.findings.role_needs import what_does_each_role_need
from journeylib.run import Run
from journeylib.schema import ROLE_NEEDS
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client

HEAD = "need_id | wording | role | n | n_important | importance | importance_lo | importance_hi | n_content\n"
HOLE = "N1 | Räkna hem investeringen | finance | 40 | 36 | 0.9 | 0.77 | 0.96 | 0\nN1 | Räkna hem investeringen | technical | 80 | 70 | 0.875 | 0.79 | 0.93 | 2"
TWO = HOLE + "\nN2 | Drift | finance | 40 | 30 | 0.75 | 0.6 | 0.86 | 0"
SERVED = "N1 | Räkna hem investeringen | finance | 40 | 36 | 0.9 | 0.77 | 0.96 | 1"
LITTLE = "N1 | Räkna hem investeringen | finance | 40 | 20 | 0.5 | 0.35 | 0.65 | 0"
FEW = "N1 | Räkna hem investeringen | finance | 9 | 9 | 1.0 | 0.7 | 1.0 | 0"
NO_TEXTS = "N1 | Räkna hem investeringen | finance | 40 | 36 | 0.9 | 0.77 | 0.96 |"


def told(drawn, language="sv"):
    client = a_client(language=language, market="b2b")
    shown = {"role_needs": table(HEAD + drawn, ROLE_NEEDS)}
    return what_does_each_role_need(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(shown=shown))


@pytest.mark.parametrize(("drawn", "state", "said"), [
    (HOLE, "clear", "Ingen text för rollen ekonomi svarar på ”Räkna hem investeringen”, fast 36 av 40 tycker att det är viktigt."),
    (SERVED, "none", "Det som är viktigt för en roll har alltid minst en text som svarar."),
    (LITTLE, "none", "Inget behov är säkert viktigt för mer än hälften i någon roll."),
    (FEW, "too_few", "I ingen roll har tio eller fler sagt vad som är viktigt för dem."),
    (NO_TEXTS, "not_checkable", "Vad rollerna vill veta är känt, men inte vilka texter ni har."),
])  # fmt: skip
def test_each_ending_has_its_sentence(drawn, state, said):
    found = told(drawn)
    assert (found.state, found.takeaway, found.section) == (state, said, "needs")


def test_further_holes_are_counted():
    assert told(TWO).text[0] == "Ytterligare ett viktigt behov saknar text för en roll."
    assert told(TWO).numbers == {"n_roles": 2, "n_holes": 2}


def test_the_cell_of_few_people_shows_counts_not_percent():
    assert "9 av 9" in re.sub("<.*?>", " ", told(FEW).picture)
    assert "90 %" in told(HOLE).picture.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("language", "said"), [
    ("da", "Ingen tekst til rollen økonomi svarer på »Räkna hem investeringen«, selv om 36 af 40 synes, det er vigtigt."),
    ("nb", "Ingen tekst for rollen økonomi svarer på «Räkna hem investeringen», selv om 36 av 40 synes det er viktig."),
    ("en", "No text for the finance role answers “Räkna hem investeringen”, though 36 of 40 find it important."),
])  # fmt: skip
def test_the_sentence_in_the_other_languages(language, said):
    assert told(HOLE, language).takeaway == said


def test_where_no_role_is_known_nothing_is_said():
    assert told("N1 | Räkna hem | unknown | 40 | 36 | 0.9 | 0.77 | 0.96 |") is None
