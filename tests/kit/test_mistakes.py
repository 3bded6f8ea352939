"""A mistake in a filled sheet is named with its file, sheet and cell, what was got, what was expected and the nearest: all at once."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from journeylib.collect import collect
from journeylib.kit.books import HEADER_ROW
from tests.kit.kit_material import Hand, with_sources


def test_all_mistakes_are_told_at_once_with_their_cells(hand):
    hand = hand()
    hand.write(
        "quotes",
        {"when": "03/04/2026", "relation": "customer", "stage": "Awarenes", "persona": "Cheff", "about": "Problems", "quote": "A", "consent": "perhaps"},
        {"about": "Weather", "quote": "B", "stage": "decision"},
        {"about": "Needs"},
    )  # fmt: skip
    hand.write("survey", {"when": "2026-01-12", "q1": 6, "q3": 2.5, "q4": "Anything"})
    hand.write("activities", {"activity": "Fair", "need": "N7", "cost": -1, "hours": "many"})
    hand.write("content", {"stage": "Decision"})
    assert list(hand.read().mistakes) == [
        "quotes.xlsx, sheet Quotes, cell A5: Date says “03/04/2026”, which cannot be read as a date. Write, for example, 2026-01-31.",
        "quotes.xlsx, sheet Quotes, cell E5: Stage says “Awarenes”, which is not known. "
        "Choose one of: Awareness, Consideration, Decision, Loyalty, Advocacy. Did you mean “Awareness”?",
        "quotes.xlsx, sheet Quotes, cell F5: Persona says “Cheff”, which is not known. Choose one of: Chef, Vera. Did you mean “Chef”?",
        "quotes.xlsx, sheet Quotes, cell K5: Consent says “perhaps”, which is not known. Choose one of: yes, no.",
        "quotes.xlsx, sheet Quotes, cell G6: About says “Weather”, which is not known. Choose one of: Needs, Questions, Problems, Feelings, Thoughts, "
        "Drivers, Expectations, Where they look for information, Actions, Touchpoints, Objections, Reasons for the decision, What you do, Content.",
        "quotes.xlsx, sheet Quotes, cell J7: Quote is empty. Fill it in, or clear the whole line.",
        "registers.xlsx, sheet Activities, cell D5: Need says “N7”, which is not known. Choose one of: N1, N2, N3, N4, N5.",
        "registers.xlsx, sheet Activities, cell J5: Cost says “-1”. Write a number of nought or more, without a unit.",
        "registers.xlsx, sheet Activities, cell K5: Hours says “many”. Write a number of nought or more, without a unit.",
        "registers.xlsx, sheet Content, cell A5: Title is empty. Fill it in, or clear the whole line.",
        "survey.xlsx, sheet Survey, cell G5: “6” is not on the scale. Write a whole number from 1 to 5.",
        "survey.xlsx, sheet Survey, cell I5: “2.5” is not on the scale. Write a whole number from 0 to 10.",
    ]


@pytest.mark.parametrize(("language", "wrong", "message"), [
    ("sv", "Medvetenet", "citat.xlsx, bladet Citat, cell E5: under Fas står ”Medvetenet”, som inte känns igen. Välj något av: {stages}. Menade ni ”{first}”?"),
    ("da", "Opmærksom", "citater.xlsx, arket Citater, celle E5: under Trin står ”Opmærksom”, som ikke kan genkendes. Vælg en af: {stages}. Mente I ”{first}”?"),
    ("nb", "Bevisthet", "sitater.xlsx, arket Sitater, celle E5: under Fase står «Bevisthet», som ikke gjenkjennes. Velg en av: {stages}. Mente dere «{first}»?"),
])  # fmt: skip
def test_mistakes_are_told_in_the_clients_language(hand, language, wrong, message):
    hand = hand(language=language)
    hand.write("quotes", {"stage": wrong, "about": hand.row("need"), "quote": "A"})
    stages = ", ".join(hand.stage(place) for place in range(5))
    assert hand.read().mistakes == (message.format(stages=stages, first=hand.stage(0)),)


def test_a_stage_out_of_scope_is_a_mistake(hand):
    hand = hand(scope={"to_stage": "decision"})
    hand.write("quotes", {"stage": "Loyalty", "about": "Needs", "quote": "A"})
    assert hand.read().mistakes == ("quotes.xlsx, sheet Quotes, cell E5: Stage says “Loyalty”, which is not known. "
                                    "Choose one of: Awareness, Consideration, Decision.",)  # fmt: skip


def test_a_persona_nobody_has_described_points_to_its_sheet(hand):
    hand = hand(personas=())
    hand.write("quotes", {"persona": "Chef", "about": "Needs", "quote": "A"})
    assert hand.read().mistakes == ("quotes.xlsx, sheet Quotes, cell F5: Persona says “Chef”, but none is described yet. Fill in the sheet Personas first.",)


def test_a_customers_data_in_the_wrong_cell_is_not_repeated(hand):
    hand = hand()
    hand.write("quotes", {"consent": "anna.berg@firma.se", "about": "Needs", "quote": "A"})
    (told,) = hand.read().mistakes
    assert "anna" not in told
    assert "“hidden”" in told


def test_ids_may_not_repeat(hand):
    hand = hand()
    hand.write("needs", {"id": "N1", "wording": "be seen"})
    assert hand.read().mistakes == ("registers.xlsx, sheet Needs, cell A10: “N1” already stands in cell A5. Give every line an id of its own.",)


def _edit(hand: Hand, name: str, edit):
    book = openpyxl.load_workbook(hand.kit.folder / name)
    edit(book.worksheets[0])
    book.save(hand.kit.folder / name)


def test_a_changed_heading_names_the_one_it_was(hand):
    hand = hand()
    hand.write("quotes", {"about": "Needs", "quote": "A"})
    _edit(hand, "quotes.xlsx", lambda page: page.cell(4, 11).__setattr__("value", "Consents"))
    assert hand.read().mistakes == (
        "quotes.xlsx, sheet Quotes, cell K4: the heading “Consents” does not belong to the sheet. Move what stands there, or remove the column. "
        "Did you mean “Consent”?",
        "quotes.xlsx, sheet Quotes: the column “Consent” is missing. Put the heading back.",
    )  # fmt: skip


def test_columns_may_be_moved_and_cells_keep_their_own_names(hand):
    hand = hand()
    hand.write("quotes", {"about": "Needs", "quote": "A", "consent": "perhaps"})
    _edit(hand, "quotes.xlsx", lambda page: page.insert_cols(1))
    (told,) = hand.read().mistakes
    assert "cell L5" in told


def test_a_file_that_cannot_be_opened_is_told_and_the_others_are_read(hand):
    hand = hand()
    (hand.kit.folder / "survey.xlsx").write_bytes(b"PK\x03\x04 cut off")
    hand.write("quotes", {"about": "Nods", "quote": "A"})
    told = hand.read().mistakes
    assert told[0] == "survey.xlsx: cannot be opened as a workbook. Save the file as .xlsx again."
    assert len(told) == 2


@pytest.mark.parametrize(("language", "understood", "refused"), [
    ("da", {"120.000 kr.": 120_000, "1.250,50 kr.": 1250.5, "45 000": 45_000}, "1,234"),
    ("nb", {"kr 120.000,-": 120_000, "120 000 kr": 120_000, "12,5": 12.5}, "120,000"),
    ("sv", {"120 000 kr": 120_000, "120.000 kr": 120_000, "1 250,50": 1250.5}, "120,000 kr"),
    ("en", {"£120,000": 120_000, "1,250.50": 1250.5, "120 000": 120_000}, "120.000 kr."),
])  # fmt: skip
def test_numbers_are_read_as_the_language_writes_them_and_refused_where_they_may_be_a_thousand_times_as_much(hand, tmp_path, language, understood, refused):
    hand = hand(language=language)
    hand.write("activities", *({"activity": f"Thing {text}", "cost": text, "hours": 1.125} for text in understood))
    kit = hand.read()
    assert kit.mistakes == ()
    got = collect(with_sources(hand.client, kit.sources), hand.model, tmp_path / "work").registers["activities"]
    assert got["cost"].tolist() == list(understood.values())
    assert set(got["hours"]) == {1.125}
    hand.write("activities", {"activity": "Fair", "cost": refused}, first=HEADER_ROW + 1)
    (mistake,) = hand.read().mistakes
    assert refused in mistake
    assert "120000" in mistake


@pytest.mark.parametrize("language", ["sv", "da", "nb"])
def test_one_odd_date_is_named_by_its_cell_and_stops_nothing_else(hand, tmp_path, language):
    hand = hand(language=language)
    hand.write("meetings", {"when": dt.date(1997, 2, 3), "customer": "C1", "event": "A"}, {"when": "2/1-97", "customer": "C2", "event": "A"})
    (mistake,) = hand.read().mistakes
    assert "2/1-97" in mistake
    log = collect(with_sources(hand.client, hand.read().sources), hand.model, tmp_path / "work").log
    assert sorted(str(pd.Timestamp(at, unit="us").date()) for at in log.at_us) == ["1997-01-02", "1997-02-03"]
