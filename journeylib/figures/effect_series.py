"""A KPI before and after a change, with the level to be expected without it: plain matplotlib, wide and narrow."""

from __future__ import annotations

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.ticker import FuncFormatter

from journeylib.figures.curves import NARROW, STYLE, WIDE, blank, curve_html
from journeylib.figures.palette import BLUE, GREY, GREY_PALE, INK


def draw_effect_series(series: pd.DataFrame, *, change_at: pd.Timestamp, words: dict[str, str], alt: str, say_value, say_at) -> str:
    """What was seen, period by period, and beside it the course the design expects without the change.

    Parameters
    ----------
    series : EFFECT_SERIES rows of one change, in order. change_at : its first day.
    words : `observed`, `expected`, `start`, in the client's language. say_value, say_at : number and moment → text on the axes.
    """
    with matplotlib.rc_context(STYLE), sns.axes_style("ticks", rc=STYLE):
        wide, narrow = (_figure(series, change_at, words, say_value, say_at, size) for size in ((WIDE, 2.8), (NARROW, 2.8)))
    return curve_html(wide, narrow, alt)


def _figure(series, change_at, words, say_value, say_at, size):
    figure, axes = blank(*size)
    known = series[series["observed"].notna()]
    axes.axvline(change_at, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    after = series[series["is_after"].astype(bool)]
    if after["expected_lo"].notna().any():
        axes.fill_between(after["at"], after["expected_lo"], after["expected_hi"], color=GREY_PALE, linewidth=0, zorder=0)
    axes.plot(series["at"], series["expected"], color=GREY, linewidth=1.6, linestyle=(0, (2, 1.6)), zorder=2)
    axes.plot(known["at"], known["observed"], color=BLUE, linewidth=1.6, marker="o", markersize=3.2, zorder=3)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + (high - low) * 0.14)
    axes.annotate(words["start"], (change_at, 0.99), xycoords=("data", "axes fraction"), xytext=(4, 0), textcoords="offset points", va="top", color=INK)
    _name_lines(axes, known, series, words)
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=6 if size[0] == WIDE else 4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda day, _: say_at(num2date(day))))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say_value(value)))
    sns.despine(ax=axes)
    return figure


def _name_lines(axes, known, series, words):
    """Each line named at its right end, kept apart."""
    low, high = axes.get_ylim()
    expected = series["expected"].dropna()
    ends = [(known["observed"].iloc[-1], words["observed"], BLUE)] + ([(expected.iloc[-1], words["expected"], GREY)] if len(expected) else [])
    placed = sorted(((value - low) / (high - low), text, colour) for value, text, colour in ends)
    if len(placed) == 2 and placed[1][0] - placed[0][0] < 0.09:
        middle = (placed[0][0] + placed[1][0]) / 2
        placed = [(middle - 0.045, *placed[0][1:]), (middle + 0.045, *placed[1][1:])]
    for height, text, colour in placed:
        axes.annotate(text, (1.01, height), xycoords="axes fraction", va="center", color=colour, fontweight="bold", annotation_clip=False)
