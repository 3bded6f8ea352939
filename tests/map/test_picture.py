"""The map as a picture: the drawing's own words and colours, on any machine."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from journeylib.figures.map.picture import WIDTH, as_png

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 297" font-family="Inter, Arial, sans-serif">
<rect x="0" y="0" width="210" height="297" fill="#b3261e"/><text x="220" y="40" font-size="20">{}</text></svg>"""


def picture(text="Övervägande", **size):
    return Image.open(io.BytesIO(as_png(DRAWING.format(text), **size))).convert("RGB")


def test_the_picture_has_the_shape_of_the_sheet_and_its_colours_on_white():
    drawn = picture()
    assert drawn.size == (WIDTH, round(WIDTH * 297 / 420))
    assert drawn.getpixel((100, 100)) == (0xB3, 0x26, 0x1E)
    assert drawn.getpixel((WIDTH - 5, 5)) == (255, 255, 255)


def test_words_are_drawn_without_any_font_of_the_machine():
    def dark(text):
        half = picture(text, width=420).crop((211, 0, 420, 297)).convert("L")
        return sum(half.histogram()[:128])

    assert dark("") == 0
    assert 0 < dark("i") < dark("Övervägande")


def test_what_is_no_drawing_is_refused():
    with pytest.raises(ValueError, match="unknown token"):
        as_png("no drawing")
