"""Colours that carry text can be read, and series can be told apart in greyscale."""

from __future__ import annotations

import itertools

import pytest

from journeylib.figures import palette

#: Ratios published with WCAG's own examples: black on white 21, #777 on white 4.48 (just too little), #767676 4.54 (just enough).
PUBLISHED = [("#000000", 21.0), ("#777777", 4.48), ("#767676", 4.54)]


@pytest.mark.parametrize(("colour", "ratio"), PUBLISHED)
def test_contrast_is_that_of_wcag(colour, ratio):
    assert palette.contrast(colour, "#ffffff") == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("name", palette.TEXT_COLOURS)
@pytest.mark.parametrize("ground", [palette.WHITE, palette.GREY_FAINT, palette.BLUE_FAINT])
def test_text_reaches_four_and_a_half_to_one(name, ground):
    assert palette.contrast(palette.TEXT_COLOURS[name], ground) >= 4.5


def test_neighbours_of_a_series_differ_in_greyscale():
    for one, other in itertools.pairwise(palette.SERIES):
        assert abs(palette.luminance(one) - palette.luminance(other)) >= 0.09
