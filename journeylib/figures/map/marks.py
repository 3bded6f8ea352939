"""Signs of the map that are drawn, not typed: they look alike in every font and need no colour to be told apart."""

from __future__ import annotations

from journeylib.figures import palette


def draw_deviation(sheet, x, y, kind: str, colour: str = palette.INK):
    """Off the plan, 2.4 mm wide around (x, y): + not planned, − left out, ⇄ in another order, × failed."""
    if kind in ("ad_hoc", "missing"):
        sheet.line(x - 1, y, x + 1, y, stroke=colour, line=0.45)
    if kind == "ad_hoc":
        sheet.line(x, y - 1, x, y + 1, stroke=colour, line=0.45)
    if kind == "failed":
        for turn in (-0.85, 0.85):
            sheet.line(x - 0.85, y - turn, x + 0.85, y + turn, stroke=colour, line=0.5)
    if kind == "irregular":
        for shift, way in ((-0.6, 1), (0.6, -1)):
            sheet.line(x - 1.2 * way, y + shift, x + 0.6 * way, y + shift, stroke=colour, line=0.35)
            sheet.polygon([(x + 1.3 * way, y + shift), (x + 0.4 * way, y + shift - 0.5), (x + 0.4 * way, y + shift + 0.5)], fill=colour)


def draw_absent(sheet, x, y, colour: str = palette.RED):
    """▲: customers look here and do not find the company."""
    sheet.polygon([(x, y - 1.1), (x + 1.2, y + 0.9), (x - 1.2, y + 0.9)], fill=colour)


def draw_effect(sheet, x, y, verdict: str):
    """What the last change did: ↑ better, ↓ worse, – no effect seen, an open ring while it is too early."""
    if verdict == "too_early":
        sheet.circle(x, y, 0.9, fill=palette.WHITE, stroke=palette.GREY, line=0.35)
    elif verdict == "no_effect":
        sheet.line(x - 1.1, y, x + 1.1, y, stroke=palette.INK, line=0.5)
    else:
        way, colour = (-1, palette.BLUE) if verdict == "better" else (1, palette.RED)
        sheet.line(x, y - 1.2 * way, x, y + 0.5 * way, stroke=colour, line=0.5)
        sheet.polygon([(x, y + 1.3 * way), (x - 0.95, y), (x + 0.95, y)], fill=colour)


def draw_hourglass(sheet, x, y, size: float = 4.0):
    """Too long: its left edge at x, its middle at y."""
    half, width = size / 2, size * 0.65
    sheet.polygon([(x, y - half), (x + width, y - half), (x, y + half), (x + width, y + half)], fill=palette.RED, stroke=palette.RED, line=0.25)


def draw_outlined_chevron(sheet, x, y, width: float = 5.0, height: float = 2.2):
    """A stage outside the scope: outline only."""
    half, tip = height / 2, height * 0.45
    corners = [(x, y - half), (x + width - tip, y - half), (x + width, y), (x + width - tip, y + half), (x, y + half), (x + tip, y)]
    sheet.polygon(corners, fill=palette.WHITE, stroke=palette.GREY, line=0.3)
