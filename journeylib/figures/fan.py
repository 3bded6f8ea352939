"""Two worlds in one picture: what is added up week by week as things are today, and with one thing changed. Plain matplotlib."""

from __future__ import annotations

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.ticker import FuncFormatter, MultipleLocator

from journeylib.figures.curves import NARROW, STYLE, WIDE, blank, curve_html
from journeylib.figures.palette import BLUE, BLUE_PALE, GREY, GREY_PALE, INK

#: World → line, band of what is not known, dash: told apart in greyscale by dash and by name.
_WORLDS = {"today": (GREY, GREY_PALE, (0, (4, 2))), "changed": (BLUE, BLUE_PALE, "solid")}
_HEIGHT = 3.0


def draw_fan(weeks: pd.DataFrame, *, words: dict[str, str], say, alt: str) -> str:
    """Purchases added up since a change: the middle as a line, what is not known as a band, what chance adds as thin edges.

    Parameters
    ----------
    weeks : SCENARIO.
    words : `today`, `changed` (names of the lines) and `weeks` (the axis). say : a count as text.
    """
    with matplotlib.rc_context(STYLE), sns.axes_style("ticks", rc=STYLE):
        wide, narrow = (_figure(weeks, words, say, width) for width in (WIDE, NARROW))
    return curve_html(wide, narrow, alt)


def _figure(weeks, words, say, width):
    figure, axes = blank(width, _HEIGHT)
    for world, (line, band, dash) in _WORLDS.items():
        rows = weeks[weeks["what"] == world].sort_values("week")
        axes.fill_between(rows["week"], rows["lo"], rows["hi"], color=band, linewidth=0, alpha=0.7)
        for edge in ("lo_chance", "hi_chance"):
            axes.plot(rows["week"], rows[edge], color=line, linewidth=0.5, linestyle=(0, (1, 2)))
        axes.plot(rows["week"], rows["median"], color=line, linewidth=1.8, linestyle=dash)
    _name_lines(axes, weeks, words)
    axes.set(xlim=(1, weeks["week"].max()), ylim=(0, None), xlabel=words["weeks"], ylabel="")
    axes.xaxis.set_major_locator(MultipleLocator(13 if width == NARROW else 4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say(value)))
    sns.despine(ax=axes)
    return figure


def _name_lines(axes, weeks, words):
    """Each line's name at its right end, kept apart from the other's."""
    ends = weeks[weeks["week"] == weeks["week"].max()].set_index("what")["median"]
    higher = "changed" if ends["changed"] >= ends["today"] else "today"
    for world, (line, _, _) in _WORLDS.items():
        axes.annotate(words[world], (1, ends[world]), xycoords=("axes fraction", "data"), xytext=(5, 5 if world == higher else -5),
                      textcoords="offset points", va="bottom" if world == higher else "top", color=line if world == "changed" else INK)  # fmt: skip
