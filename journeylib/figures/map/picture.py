"""The map as a picture for slides and mail: the same drawing as PNG, with the fonts it was measured in, alike on every machine."""

from __future__ import annotations

from pathlib import Path

import matplotlib

#: Pixels across: A4 landscape at 210 dots an inch.
WIDTH = 2480
_FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


def as_png(svg: str, *, width: int = WIDTH) -> bytes:
    """An SVG drawing as PNG on white, drawn in DejaVu Sans, which matplotlib ships; no font of the machine is looked at.

    Raises
    ------
    ValueError
        The text is no drawing.
    """
    import resvg_py

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, background="#ffffff", skip_system_fonts=True, width=width,
                                       font_files=[str(folder / name) for name in _FONTS], sans_serif_family="DejaVu Sans"))  # fmt: skip
