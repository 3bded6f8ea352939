"""The reference pages say what the code says, and the README names only commands that exist."""

import re
from pathlib import Path

import pytest

from journeylib.reference import PAGES, demo_finding, readme_with

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_the_one_the_code_writes(name):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name]() + "\n", "run: make docs"


def test_every_make_command_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text())) - {"and"} <= targets


def test_every_page_the_readme_links_to_is_there():
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / link).exists(), link


def test_the_readme_says_what_the_demo_run_computes(tmp_path):
    sentence, sheet = demo_finding(tmp_path)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == readme_with(readme, sentence), "run: make readme"
    assert (ROOT / "docs" / "journey-map.svg").read_text(encoding="utf-8") == sheet, "run: make readme"
