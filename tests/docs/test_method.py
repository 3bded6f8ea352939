"""The method page names tests that exist, and leaves out no measure and no check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journeylib.gaps import CHECKS
from journeylib.knowledge import load
from journeylib.schema import MEASURES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_a_test_the_page_names_is_there(file, test):
    written = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {test}(" in written if test else "def test_" in written


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_explained(measure):
    assert re.search(rf"^## .*`{measure}`", PAGE, re.M), f"docs/method.md has no section on {measure}"


def test_exactly_the_checks_that_are_made_are_listed():
    assert re.findall(r"^\| (G\d\d) ", PAGE, re.M) == list(CHECKS)
    others = [check for check in load("gaps") if check not in CHECKS]
    assert re.findall(r"G\d\d", re.search(r"^Not built: (.*)$", PAGE, re.M)[1]) == others if others else "Not built:" not in PAGE
