"""Two curves in one figure: the share that has bought by each day, the first time and later times (C13)."""

from __future__ import annotations

import textwrap

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.ticker import FuncFormatter, MaxNLocator

from journeylib.figures.curves import NARROW, STYLE, WIDE, blank, curve_html
from journeylib.figures.palette import AMBER, BLUE

_KINDS = {"later": AMBER, "first": BLUE}


def draw_two_curves(curve: pd.DataFrame, *, until_days: float, words: dict[str, str], alt: str) -> str:
    """First and later journeys as two steps from 0 to 100 %, each named at its own line.

    Parameters
    ----------
    curve : REPEAT_CURVE. until_days : right end of the axis.
    words : `first`, `later`, `days`, `percent` (the sign after a number), in the client's language.
    """
    with matplotlib.rc_context(STYLE), sns.axes_style("ticks", rc=STYLE):
        wide, narrow = (_figure(curve, until_days, words, width) for width in (WIDE, NARROW))
    return curve_html(wide, narrow, alt)


def _figure(curve, until_days, words, width):
    figure, axes = blank(width, 2.7)
    for kind, colour in _KINDS.items():
        rows = curve[(curve["journeys"] == kind) & (curve["at_days"] <= until_days)].sort_values("at_days")
        share = [0.0, *rows["share"], rows["share"].max()]
        axes.plot([0.0, *rows["at_days"], until_days], [value * 100 for value in share], color=colour, linewidth=2, drawstyle="steps-post",
                  linestyle="-" if kind == "first" else (0, (5, 2)), label=words[kind], clip_on=False)  # fmt: skip
    axes.set(xlim=(0, until_days), ylim=(0, 100), xlabel=textwrap.fill(words["days"], 200 if width == WIDE else 40), ylabel="")
    axes.xaxis.set_major_locator(MaxNLocator(6 if width == WIDE else 4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}{words['percent']}"))
    axes.legend(loc="lower right", frameon=False, handlelength=2.4)
    sns.despine(ax=axes)
    return figure
