"""One palette for every figure: one ink, one grey, one blue, one red, one amber, and paler tones of the same.

Blue is data, red is a problem, amber is weak evidence, grey is context. Every colour that carries text reaches the
4.5 : 1 that WCAG 2 asks of text on white; no meaning rests on colour alone.
"""

from __future__ import annotations

WHITE = "#ffffff"
INK = "#16213a"
GREY = "#5a6474"
BLUE = "#1d5fa6"
RED = "#b3261e"
AMBER = "#8f5b00"

#: Paler tones, for areas and lines; never for text.
GREY_MID = "#a3abb8"
GREY_PALE = "#d8dde4"
GREY_FAINT = "#f3f5f8"
BLUE_MID = "#6f9fd0"
BLUE_PALE = "#b9d1ea"
BLUE_FAINT = "#e8f0f9"
RED_PALE = "#f3d5d2"
AMBER_PALE = "#f4e3c1"

#: Colours that may carry text on white, and on which white text may stand.
TEXT_COLOURS = {"ink": INK, "grey": GREY, "blue": BLUE, "red": RED, "amber": AMBER}
#: Fixed tones of an ordered set of up to five shares, dark to light: told apart in greyscale too.
SERIES = (INK, BLUE, BLUE_MID, BLUE_PALE, GREY_PALE)
FONTS = "Inter, Arial, Helvetica, 'DejaVu Sans', sans-serif"


def css_variables() -> str:
    """The palette as custom properties of a style sheet, `--ink: #16213a; …`: the one place the colours are written."""
    tones = {"ink": INK, "grey": GREY, "blue": BLUE, "red": RED, "amber": AMBER, "grey-mid": GREY_MID, "line": GREY_PALE, "faint": GREY_FAINT,
             "blue-mid": BLUE_MID, "blue-pale": BLUE_PALE, "blue-faint": BLUE_FAINT, "red-pale": RED_PALE, "amber-pale": AMBER_PALE}  # fmt: skip
    return " ".join(f"--{name}: {colour};" for name, colour in tones.items())


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 black … 1 white (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 … 21 (WCAG 2.2).

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
