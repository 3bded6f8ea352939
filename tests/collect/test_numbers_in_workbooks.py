"""A number somebody typed as text into a workbook is read as the client's language writes it, and asked for where it could be either."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from journeylib.client import Client
from journeylib.collect.deliveries import deliver
from journeylib.errors import SourceError


def costs(folder, cells, language="da", **settings):
    book = openpyxl.Workbook()
    for row in [["Aktivitet", "Omkostning"], *([f"T{number}", cell] for number, cell in enumerate(cells))]:
        book.active.append(row)
    book.save(folder / "register.xlsx")
    client = Client(slug="acme", name="Acme", language=language, market="b2c", goal="more_loyalty", as_of=dt.date(2026, 1, 1), data_folder=folder, params_file=folder / "acme.yml",
                    sources={"register": {"file": "register.xlsx", "format": "activities_register"} | settings})  # fmt: skip
    (delivery,) = deliver(client, "register", {})
    assert not [code for code in delivery.noticed if code.startswith("mixed_decimal")]
    return delivery.tables["activities"]["cost"].tolist()


@pytest.mark.parametrize(("language", "cells", "expected"), [
    ("da", ["120.000 kr.", 45000], [120_000, 45_000]),
    ("da", ["120.000 kr.", 4500.5, 1.125], [120_000, 4500.5, 1.125]),
    ("da", ["120.000", 4500, "1.250,50"], [120_000, 4500, 1250.5]),
    ("nb", ["kr 120.000,-", 4500], [120_000, 4500]),
    ("sv", ["120 000 kr", 4500], [120_000, 4500]),
    ("nb", ["1,250.50", "120.000"], [1250.5, 120]),
    ("en", ["1,234", 4500], [1234, 4500]),
])  # fmt: skip
def test_the_language_settles_what_a_point_before_three_digits_is(tmp_path, language, cells, expected):
    assert costs(tmp_path, cells, language) == expected


def test_a_bare_text_beside_numbers_with_decimals_is_asked_for(tmp_path):
    with pytest.raises(SourceError, match="column 'Omkostning' has texts such as 120.000, which may be 120 thousand or 120"):
        costs(tmp_path, ["120.000", 4500.5])
    assert costs(tmp_path, ["120.000", 4500.5], decimal=",") == [120_000, 4500.5]
    assert costs(tmp_path, ["120.000", 4500.5], decimal=".") == [120, 4500.5]
