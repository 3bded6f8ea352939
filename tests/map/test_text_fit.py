"""Texts are measured no narrower than any of the fonts that may draw them, and cut at a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageFont

from journeylib.figures.text_fit import ELLIPSIS, cut, n_lines, text_width, wrap

SWEDISH = "Kunna jämföra leverantörer utan att boka ett möte med en säljare"
ARIAL_LIKE = Path("/usr/share/fonts/truetype/liberation")


@pytest.mark.parametrize(("file", "bold"), [("LiberationSans-Regular.ttf", False), ("LiberationSans-Bold.ttf", True)])
def test_a_text_fits_where_an_arial_draws_it(file, bold):
    if not (ARIAL_LIKE / file).exists():
        pytest.skip(f"no {file} on this machine (same widths as Arial)")
    arial = ImageFont.truetype(str(ARIAL_LIKE / file), 1000)
    for text in (SWEDISH, "1 240", "39 % (34–45)", "Leverandørsammenligning", "»Hvad sker der, hvis jeg fortryder?«"):
        assert text_width(text, 3, bold=bold) >= arial.getlength(text) * 3 / 1000


def test_width_grows_with_the_size():
    assert text_width(SWEDISH, 6) == pytest.approx(2 * text_width(SWEDISH, 3))


def test_a_text_is_cut_at_a_word():
    shorter = cut(SWEDISH, 40, 3)
    assert shorter.endswith(ELLIPSIS)
    assert SWEDISH.startswith(shorter[:-1])
    assert SWEDISH[len(shorter) - 1] == " "
    assert text_width(shorter, 3) <= 40


def test_a_first_word_too_long_is_cut_inside():
    assert cut("Leverantörsbedömningsprocessen", 20, 3).endswith(ELLIPSIS)
    assert text_width(cut("Leverantörsbedömningsprocessen", 20, 3), 3) <= 20


@pytest.mark.parametrize("width", [12, 20, 33, 50, 71])
@pytest.mark.parametrize("max_lines", [1, 2, 4])
def test_no_line_is_wider_than_its_column(width, max_lines):
    lines = wrap(SWEDISH + " leverantörsbedömningsprocessen", width, 3, max_lines=max_lines, bold=True)
    assert len(lines) <= max_lines
    assert all(text_width(line, 3, bold=True) <= width for line in lines)


def test_wrapped_lines_say_the_whole_text_when_there_is_room():
    assert " ".join(wrap(SWEDISH, 40, 3, max_lines=9)) == SWEDISH
    assert n_lines(SWEDISH, 40, 3) == len(wrap(SWEDISH, 40, 3, max_lines=9))


def test_a_number_and_its_unit_stay_together():
    assert not any(line.endswith("1\u00a0240") for line in wrap("bara 1\u00a0240\u00a0kr", 12, 3, max_lines=5))


def test_signs_of_other_scripts_are_taken_as_wide():
    assert text_width("漢字", 3) >= 2 * 3
