"""Curves as SVG: cumulative incidence over time, and what every curve shares. Plain matplotlib figures, never pyplot.

Every curve is drawn twice: wide for a page, narrow for a phone; the style sheet shows the one that has room.
"""

from __future__ import annotations

import io
import re
import textwrap
from html import escape

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from journeylib.figures.palette import BLUE, GREY, INK, RED, WHITE

#: How every curve looks.
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "journey", "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Arial", "Helvetica", "DejaVu Sans"], "font.size": 9, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "axes.labelsize": 9, "xtick.labelsize": 9, "ytick.labelsize": 9,
    "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
#: Inches across, on a page and on a phone.
WIDE, NARROW = 7.6, 3.9


def curve_html(wide: Figure, narrow: Figure, alt: str) -> str:
    """A curve in both its widths as inline SVG with real text, the same bytes every time, described by `alt`."""
    return (f'<figure class="curve" role="img" aria-label="{escape(alt, quote=True)}">'
            f'{_svg(wide, "wide")}{_svg(narrow, "narrow")}</figure>')  # fmt: skip


def _svg(figure, kind):
    stream = io.StringIO()
    with matplotlib.rc_context(STYLE | {"svg.hashsalt": f"journey-{kind}"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    svg = stream.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r'(?<=<g) id="[^"]*"', "", svg)  # names of groups nobody refers to, the same in every curve
    svg = re.sub(r'width="([\d.]+)pt" height="([\d.]+)pt"', "", svg, count=1)
    return svg.replace("<svg ", f'<svg class="{kind}" aria-hidden="true" focusable="false" ', 1)


def blank(width, height):
    """An empty figure and its axes, so many inches across and high."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


# --- how long it takes ------------------------------------------------------------------------------------------------


def draw_time_curve(curve: pd.DataFrame, *, until_days: float, words: dict[str, str], alt: str) -> str:
    """Gone on, lost and still there, stacked to 100 %, from entry into a stage (C1).

    Parameters
    ----------
    curve : TIME_CURVE rows of one stage.
    until_days : right end of the axis.
    words : `went_on`, `lost`, `open`, `days`, `percent` (the sign after a number), in the client's language.
    """
    with matplotlib.rc_context(STYLE), sns.axes_style("ticks", rc=STYLE):
        wide, narrow = (_time_figure(curve, until_days, words, size) for size in ((WIDE, 3.0), (NARROW, 3.0)))
    return curve_html(wide, narrow, alt)


def _time_figure(curve, until_days, words, size):
    grid, went_on, lost = _on_one_grid(curve, until_days)
    figure, axes = blank(*size)
    axes.stackplot(grid, [w * 100 for w in went_on], [x * 100 for x in lost], [(1 - w - x) * 100 for w, x in zip(went_on, lost, strict=True)],
                   colors=[BLUE, RED, "#dfe3e8"], step="post", linewidth=0)  # fmt: skip
    _band(axes, curve, until_days)
    axes.set(xlim=(0, until_days), ylim=(0, 100), xlabel=textwrap.fill(words["days"], 200 if size[0] == WIDE else 36), ylabel="")
    axes.xaxis.set_major_locator(MultipleLocator(_step(until_days, 7 if size[0] == WIDE else 4)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}{words['percent']}"))
    _direct_labels(axes, went_on[-1], lost[-1], words)
    sns.despine(ax=axes)
    return figure


def _step(until_days, n_most):
    """Days between the marks of the axis: weeks, months or quarters, at most `n_most` of them."""
    return next((step for step in (1, 2, 7, 14, 30, 60, 90, 180, 365) if until_days / step <= n_most), until_days)


def _on_one_grid(curve, until_days):
    steps = {end: curve[(curve["end"] == end) & (curve["at_days"] <= until_days)].sort_values("at_days") for end in ("went_on", "lost")}
    grid = sorted({0.0, float(until_days), *(float(day) for frame in steps.values() for day in frame["at_days"])})
    shares = {}
    for end, frame in steps.items():
        series = pd.Series(frame["share"].to_numpy(), index=frame["at_days"].to_numpy()).groupby(level=0).last()
        shares[end] = series.reindex(grid).ffill().fillna(0.0).to_list()
    return grid, shares["went_on"], shares["lost"]


def _band(axes, curve, until_days):
    """The interval of those gone on, in ink on a white edge so that it shows on every area; it holds until the axis ends."""
    band = curve[(curve["end"] == "went_on") & (curve["at_days"] <= until_days)].sort_values("at_days")
    if band.empty:
        return
    days = [*band["at_days"], until_days]
    for end in ("lo", "hi"):
        values = [*(band[end] * 100), band[end].iloc[-1] * 100]
        axes.plot(days, values, color=WHITE, linewidth=1.9, drawstyle="steps-post", alpha=0.85)
        axes.plot(days, values, color=INK, linewidth=0.8, linestyle=(0, (3, 2)), drawstyle="steps-post")


def _direct_labels(axes, went_on, lost, words):
    """Name each area that is there at its right end, outside the plot, kept apart from one another."""
    ends = [(went_on, went_on / 2 * 100, words["went_on"], BLUE), (lost, (went_on + lost / 2) * 100, words["lost"], RED),
            (1 - went_on - lost, (1 + went_on + lost) / 2 * 100, words["open"], GREY)]  # fmt: skip
    shown = [end for end in ends if end[0] > 0.0005]
    for height, (_, _, text, colour) in zip(_apart([height for _, height, _, _ in shown], least=9.0), shown, strict=True):
        axes.annotate(text, (1.015, height / 100), xycoords="axes fraction", va="center", color=colour, fontweight="bold", annotation_clip=False)


def _apart(heights, least):
    placed = sorted(range(len(heights)), key=heights.__getitem__)
    result = list(heights)
    for lower, upper in zip(placed, placed[1:], strict=False):
        result[upper] = max(result[upper], result[lower] + least)
    overflow = max(0.0, max(result) - 97.0)
    return [min(height, height - overflow) if overflow else height for height in result]
