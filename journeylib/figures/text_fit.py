"""How wide a text is, and how to wrap and cut it so that it stays inside its column.

Widths are those of DejaVu Sans, which matplotlib ships. It is wider than the other fonts the drawings name (Inter, Arial,
Helvetica), so what fits here fits there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import matplotlib
from PIL import ImageFont

ELLIPSIS = "…"
ASCENT, DESCENT = 0.76, 0.24
_FILES = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
#: From here on (Korean, Chinese, emoji …) a viewer takes another font, as wide as it is high.
_FIRST_WIDE = 0x1100
#: Where a line may break: not at a no-break space, which holds "1 240 kr" together.
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


@lru_cache(maxsize=2)
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / _FILES[bold]), 1000)


@lru_cache(maxsize=4096)
def _advance(character: str, bold: bool) -> float:
    if ord(character) >= _FIRST_WIDE and not 0x2000 <= ord(character) <= 0x22FF:
        return 1.05
    return _font(bold).getlength(character) / 1000


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text, in the unit of `size` (the font's em), without kerning.

    >>> text_width("", 3)
    0.0
    """
    return sum((_advance(character, bold) for character in text), 0.0) * size


def cut(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as many whole words of it as fit before an ellipsis; a first word too long is cut inside.

    >>> cut("ett två tre fyra", 1000, 3)
    'ett två tre fyra'
    """
    text = _SPACES.sub(" ", str(text)).strip(" ")
    if text_width(text, size, bold=bold) <= width:
        return text
    words = text.split(" ")
    for n_words in range(len(words) - 1, 0, -1):
        shorter = " ".join(words[:n_words]).rstrip(",;:–- ") + ELLIPSIS
        if text_width(shorter, size, bold=bold) <= width:
            return shorter
    return _cut_inside(words[0], width, size, bold)


def _cut_inside(word, width, size, bold):
    for n in range(len(word), 0, -1):
        if text_width(word[:n] + ELLIPSIS, size, bold=bold) <= width:
            return word[:n] + ELLIPSIS
    return ELLIPSIS


def wrap(text: str, width: float, size: float, *, max_lines: int, bold: bool = False) -> list[str]:
    """The text in at most `max_lines` lines of `width`; what does not fit ends in an ellipsis at a word.

    A word longer than a line is parted with a hyphen where a line may still follow.
    """
    words = _parted(_SPACES.sub(" ", str(text)).strip(" "), width, size, bold)
    lines: list[str] = []
    while words and len(lines) < max_lines:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold=bold) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words and lines:
        lines[-1] = cut(" ".join([lines[-1], *words]), width, size, bold=bold)
    elif lines:
        lines[-1] = cut(lines[-1], width, size, bold=bold)
    return lines


def balance(text: str, width: float, size: float, *, max_lines: int, bold: bool = False) -> list[str]:
    """As `wrap`, with lines of like length: no last word stands alone.

    >>> [len(line) for line in balance("ett två tre fyra fem sex sju åtta", 60, 4, max_lines=2)]
    [14, 16]
    """
    lines = wrap(text, width, size, max_lines=max_lines, bold=bold)
    for share in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        narrower = wrap(text, width * share, size, max_lines=max_lines, bold=bold)
        if len(narrower) == len(lines) and not narrower[-1].endswith(ELLIPSIS):
            return narrower
    return lines


def _parted(text, width, size, bold):
    """Words of the text, those wider than a line split into pieces that end in a hyphen."""
    found = []
    for word in text.split(" ") if text else []:
        while text_width(word, size, bold=bold) > width and len(word) > 3:
            n = max((i for i in range(3, len(word) - 2) if text_width(word[:i] + "-", size, bold=bold) <= width), default=0)
            if not n:
                break
            found.append(word[:n] + "-")
            word = word[n:]
        found.append(word)
    return found


def n_lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Lines the whole text needs."""
    return len(wrap(text, width, size, max_lines=1000, bold=bold))
