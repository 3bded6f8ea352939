"""Every figure is drawn, what a figure shows stands in a table, and every table is there twice with equal content."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from journeylib.schema import TABLES
from tests.whole.in_process import OF_SOME, notebook_findings
from tests.whole.reports import ALL, DEMOS, REAL, plain

pytestmark = pytest.mark.report
#: Findings with a drawing where there are data for it; the map is drawn always.
DRAWN = {"where_do_customers_leave": "funnel", "how_long_does_it_take": "stage_times", "how_does_it_feel": "emotion", "which_channels": "channels"}
SILENT = ("not_checkable", "too_few", "none")


def drawings(report, finding):
    """What a finding draws: SVG, or bars that reflow."""
    return report.page.find("section", id=finding).select("svg, figure.bars")


@pytest.mark.parametrize("slug", ALL)
def test_every_finding_of_the_notebooks_stands_once_in_the_report(report, slug):
    one = report(slug)
    standing = [section["id"] for section in one.page.select("section.finding")]
    assert sorted(standing) == sorted(one.findings)
    assert {*notebook_findings()} - {*standing} <= {*OF_SOME}


@pytest.mark.parametrize("slug", ALL)
def test_every_figure_is_drawn(report, slug):
    one = report(slug)
    expected = {name: 0 if one.findings[name]["state"] in SILENT else 1 for name in DRAWN} | {"journey_map": 1}
    assert {name: min(1, len(drawings(one, name))) for name in expected} == expected
    assert [str(svg)[:90] for svg in one.page.find_all("svg") if not svg.find(["path", "rect", "line", "circle", "text", "use"])] == []


@pytest.mark.parametrize("slug", ALL)
def test_a_drawing_holds_no_number_that_is_none(report, slug):
    one = report(slug)
    drawn = str(one.page.find_all("svg")) + (one.folder / "journey-map.svg").read_text(encoding="utf-8")
    assert re.findall(r".{30}(?:\b[Nn]a[Nn]\b|\binf\b|\bNone\b|<NA>|NaT).{10}", drawn) == []
    assert [text for text in one.texts if re.search(r"(?<![\w])(?:nan|NaN|None|NaT|<NA>|inf)(?![\w])", text)] == []
    assert [text for text in one.texts if re.search(r"\{\w*\}", text)] == []


@pytest.mark.parametrize("slug", ALL)
def test_the_map_on_the_page_is_the_maps_own_file(report, slug):
    one = report(slug)
    own = BeautifulSoup((one.folder / "journey-map.svg").read_text(encoding="utf-8"), "html.parser")
    texts = [[plain(text.get_text(" ")) for text in svg.find_all("text")] for svg in (own.find("svg"), drawings(one, "journey_map")[0])]
    assert texts[0] == texts[1] != []


@pytest.mark.parametrize("slug", [*DEMOS, *REAL])
def test_the_maps_shares_and_counts_come_from_the_cells_and_these_from_the_tables(report, slug):
    one = report(slug)
    cells = one.table("cells")
    reached = cells[(cells["row"] == "go_on") & (cells["name"] == "n_reached") & (cells["persona"] == "")].set_index("stage")["value"].dropna()
    if not (one.folder / "tables" / "funnel.parquet").is_file():
        assert reached.empty
        return
    assert len(reached)
    funnel, seen = (one.table("funnel").query(f"semantics == '{way}' and persona == ''").set_index("stage") for way in ("at_least", "any"))
    shown = seen.index[seen["n_reached"] > 0]  # who was only seen later tells nothing of a stage
    assert reached.astype(int).to_dict() == funnel.loc[funnel.index.isin(shown), "n_reached"].astype(int).to_dict()
    rates = cells[(cells["row"] == "go_on") & (cells["name"] == "rate") & (cells["persona"] == "")].dropna(subset="value")
    assert len(rates) or slug == "online_retail" or funnel["rate"].notna().sum() == 0
    for cell in rates.itertuples():
        assert (cell.value, cell.lo, cell.hi) == pytest.approx(tuple(funnel.loc[cell.stage, ["rate", "rate_lo", "rate_hi"]]))
        assert f"{round(100 * cell.value)}" in plain(drawings(one, "journey_map")[0].get_text(" "))


@pytest.mark.parametrize("slug", ALL)
def test_counts_on_the_map_are_printed_on_it(report, slug):
    one = report(slug)
    cells, words = one.table("cells"), drawings(one, "journey_map")[0].get_text(" ")
    digits = re.sub(r"(?<=\d)[\s.,](?=\d{3}(?!\d))", "", plain(words))
    shown = cells[(cells["row"] == "go_on") & (cells["name"] == "n_reached") & (cells["status"] == "known")]
    assert [int(n) for n in shown["value"].dropna() if not re.search(rf"(?<!\d){int(n)}(?!\d)", digits)] == []


@pytest.mark.parametrize("slug", ALL)
def test_every_table_is_there_twice_with_equal_content(report, slug):
    one = report(slug)
    parquet = {path.stem for path in (one.folder / "tables").glob("*.parquet")}
    assert parquet == {path.stem for path in (one.folder / "tables").glob("*.csv")}
    assert {"sources", "cells", "gaps", "actions", "questions", "totals"} <= parquet <= set(TABLES)
    for name in sorted(parquet):
        assert_equal_content(one.table(name), one.folder / "tables" / f"{name}.csv")


def assert_equal_content(whole, file):
    read = pd.read_csv(file, dtype="string", keep_default_na=False)
    assert list(read.columns) == list(whole.columns)
    assert len(read) == len(whole)
    for column in whole:
        values, texts = whole[column], read[column]
        if pd.api.types.is_bool_dtype(values.dtype):
            assert texts.tolist() == ["" if pd.isna(value) else str(bool(value)) for value in values]
        elif pd.api.types.is_numeric_dtype(values.dtype):
            numbers = pd.to_numeric(texts.mask(texts == ""), errors="raise").astype("Float64").to_numpy(dtype=float, na_value=np.nan)
            np.testing.assert_array_equal(numbers, values.astype("Float64").to_numpy(dtype=float, na_value=np.nan))
        elif pd.api.types.is_datetime64_any_dtype(values.dtype):
            assert pd.to_datetime(texts.mask(texts == ""), format="ISO8601", utc=True).tolist() == pd.to_datetime(values, utc=True).tolist() or values.isna().all()
        else:
            assert texts.tolist() == values.astype("string").fillna("").tolist()


@pytest.mark.parametrize("slug", ALL)
def test_the_tables_a_finding_stands_on_are_delivered(report, slug):
    one = report(slug)
    tables = {path.stem for path in (one.folder / "tables").glob("*.parquet")}
    for finding, table in DRAWN.items():
        assert table in tables or one.findings[finding]["state"] in SILENT
    record = json.loads((one.folder / "run.json").read_text(encoding="utf-8"))
    assert record["findings"] == {name: finding["state"] for name, finding in one.findings.items()}
    assert record["headline"] == one.findings["essentials"]["takeaway"]
    assert record["warnings"] == []
