"""How pages are used, as heat-map tools count it: rates per view, lines of devices together, joined to the web log by page."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.page_use import where_do_pages_annoy
from journeylib.measures.page_use import page_use
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.run import Run
from journeylib.schema import PAGE_BEHAVIOUR, PAGES, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client

LINES = """
    line_id | page     | device  | n_views | scroll | n_rage | n_dead | n_back | source
    1       | /pricing | mobile  | 400     | 0.35   | 32     | 80     | 40     | heat
    2       | /pricing | desktop | 600     | 0.71   | 6      | 30     | 12     | heat
    3       | /        | mobile  | 2000    | 0.55   | 4      | 20     | 200    | heat
    4       | /gone    | mobile  | 50      | 0.20   | 0      | 0      | 5      | heat
"""


def lines(drawn=LINES):
    return table(drawn, PAGE_BEHAVIOUR)


def told(use, language="sv"):
    client = a_client(language=language)
    return where_do_pages_annoy(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(shown={"page_use": use}))


def test_lines_of_one_page_are_one_page_and_clicks_are_per_thousand_views():
    row = page_use(lines()).set_index("page").loc["/pricing"]
    assert (row["n_views"], row["n_rage"], row["rage_per_1000"]) == (400 + 600, 32 + 6, 1000 * (32 + 6) / (400 + 600))
    assert row["scroll_share"] == pytest.approx((400 * 0.35 + 600 * 0.71) / (400 + 600))


def test_a_file_in_percent_is_read_in_percent():
    whole = page_use(lines().assign(scroll=[35.0, 71.0, 55.0, 20.0]))
    assert whole["scroll_share"].tolist() == pytest.approx(page_use(lines())["scroll_share"].tolist())


def test_visits_of_the_web_log_stand_beside_and_are_missing_where_it_has_not_seen_the_page():
    use = page_use(lines(), pd.DataFrame({"page": ["/pricing", "/"], "n_visits": [300, 900]})).set_index("page")["n_visits"]
    assert use[["/pricing", "/"]].tolist() == [300, 900]
    assert pd.isna(use["/gone"])


def test_visits_of_a_withheld_page_are_withheld_here_too():
    pages = pd.DataFrame({"page": ["/pricing", "/"], "n_visits": [300, 900], "n_journeys": [200, 3], "n_entered": [100, 3]})
    shown = withhold_small_groups({"page_use": page_use(lines(), pages), "pages": empty(PAGES)}, k=5)["page_use"]
    assert shown["n_visits"].isna().all()
    assert shown["n_views"].notna().all()


def test_without_views_there_is_no_rate_and_without_lines_nothing():
    assert page_use(lines().assign(n_views=float("nan")))["rage_per_1000"].isna().all()
    assert page_use(None).empty
    assert told(page_use(None)) is None


def test_a_page_is_named_when_its_angry_clicks_are_at_least_twice_the_others():
    found = told(page_use(lines()))
    assert (found.state, found.takeaway.replace("\N{NO-BREAK SPACE}", " ")) == (
        "clear", "På sidan /pricing klickar besökare i vredesmod: 38 sådana klick på 1 000 visningar, minst dubbelt så ofta som på övriga sidor.")  # fmt: skip


def test_where_pages_are_alike_none_is_named():
    found = told(page_use(lines().assign(n_rage=[8.0, 12.0, 40.0, 1.0])))
    assert (found.state, found.takeaway) == ("none", "Ingen sida har klart fler otåliga klick än de andra.")


def test_ten_angry_clicks_are_the_fewest_to_name_a_page_by():
    assert told(page_use(lines().assign(n_rage=[9.0, 0.0, 0.0, 0.0]))).state == "none"


def test_a_tool_that_counts_no_angry_clicks_cannot_say_where_they_are():
    assert told(page_use(lines().assign(n_rage=float("nan")))).state == "not_checkable"


@pytest.mark.parametrize(("language", "said"), [("da", "utålmodige klik end de andre."), ("nb", "utålmodige klikk enn de andre."), ("en", "impatient clicks than the others.")])
def test_the_sentence_in_the_other_languages(language, said):
    assert told(page_use(lines().assign(n_rage=[8.0, 12.0, 40.0, 1.0])), language).takeaway.endswith(said)
