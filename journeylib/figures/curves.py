"""Curves as SVG: cumulative incidence over time and the emotion curve. Plain matplotlib figures, never pyplot.

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

from journeylib.figures.palette import AMBER, BLUE, GREY, GREY_PALE, INK, RED, WHITE
from journeylib.figures.text_fit import text_width

_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "journey", "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Arial", "Helvetica", "DejaVu Sans"], "font.size": 9, "axes.edgecolor": GREY, "axes.labelcolor": INK,
    "axes.labelsize": 9, "xtick.labelsize": 9, "ytick.labelsize": 9,
    "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
#: Inches across, on a page and on a phone.
_WIDE, _NARROW = 7.6, 3.9
_LEVELS = (-2, -1, 0, 1, 2)
_SHARES = ("share_m2", "share_m1", "share_0", "share_p1", "share_p2")
_N_FOR_POINT, _N_FOR_SHARES, _OVERLAP = 5, 10, 0.3


def curve_html(wide: Figure, narrow: Figure, alt: str) -> str:
    """A curve in both its widths as inline SVG with real text, the same bytes every time, described by `alt`."""
    return (f'<figure class="curve" role="img" aria-label="{escape(alt, quote=True)}">'
            f'{_svg(wide, "wide")}{_svg(narrow, "narrow")}</figure>')  # fmt: skip


def _svg(figure, kind):
    stream = io.StringIO()
    with matplotlib.rc_context(_STYLE | {"svg.hashsalt": f"journey-{kind}"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    svg = stream.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r'(?<=<g) id="[^"]*"', "", svg)  # names of groups nobody refers to, the same in every curve
    svg = re.sub(r'width="([\d.]+)pt" height="([\d.]+)pt"', "", svg, count=1)
    return svg.replace("<svg ", f'<svg class="{kind}" aria-hidden="true" focusable="false" ', 1)


def _blank(width, height):
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
    with matplotlib.rc_context(_STYLE), sns.axes_style("ticks", rc=_STYLE):
        wide, narrow = (_time_figure(curve, until_days, words, size) for size in ((_WIDE, 3.0), (_NARROW, 3.0)))
    return curve_html(wide, narrow, alt)


def _time_figure(curve, until_days, words, size):
    grid, went_on, lost = _on_one_grid(curve, until_days)
    figure, axes = _blank(*size)
    axes.stackplot(grid, [w * 100 for w in went_on], [x * 100 for x in lost], [(1 - w - x) * 100 for w, x in zip(went_on, lost, strict=True)],
                   colors=[BLUE, RED, "#dfe3e8"], step="post", linewidth=0)  # fmt: skip
    _band(axes, curve, until_days)
    axes.set(xlim=(0, until_days), ylim=(0, 100), xlabel=textwrap.fill(words["days"], 200 if size[0] == _WIDE else 36), ylabel="")
    axes.xaxis.set_major_locator(MultipleLocator(_step(until_days, 7 if size[0] == _WIDE else 4)))
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


# --- how it feels -----------------------------------------------------------------------------------------------------


def draw_emotion(emotion: pd.DataFrame, labels: dict[str, str], *, words: dict[str, str], alt: str) -> str:
    """The emotion curve: a mean with its interval at each stage, straight segments, the spread of answers beside (C4).

    Stages without five customers have no point; with fewer than ten a hollow one; a segment between stages answered by
    different people is dotted. On a phone, or where the stages' names need more room than they have, it runs downwards.
    """
    rows = emotion.set_index("stage").reindex(list(labels))
    with matplotlib.rc_context(_STYLE), sns.axes_style("ticks", rc=_STYLE):
        wide = _across(rows, labels, words) if _names_fit(labels) else _downwards(rows, labels, words, _WIDE)
        narrow = _downwards(rows, labels, words, _NARROW)
    return curve_html(wide, narrow, alt)


def _names_fit(labels):
    widest = max(text_width(word, 9) for text in labels.values() for word in text.split(" "))
    return widest < (_WIDE - 1.0) * 72 / len(labels) - 4


def _across(rows, labels, words):
    figure, axes = _blank(_WIDE, 3.4)
    _scale(axes.axhline)
    for i, (stage, row) in enumerate(rows.iterrows()):
        if not _has_point(row):
            axes.annotate(words["unknown"], (i, 0.12), ha="center", color=AMBER)
            continue
        for name, level in zip(_SHARES, _LEVELS, strict=True):
            axes.barh(level * 0.86, row[name] * 0.34, left=i - 0.46, height=0.62, color=GREY_PALE, linewidth=0, zorder=1)
        _point(axes, i, row, axes.vlines, across=True)
        above = _is_clear_above(rows, i)
        edge = row["mean"] if pd.isna(row["hi"]) else row["hi"] if above else row["lo"]
        height = min(max(edge + (0.14 if above else -0.16), -1.98), 2.02)
        axes.annotate(words[f"point_{stage}"], (i, height), ha="center", va="bottom" if above else "top", fontweight="bold", fontsize=8.5, zorder=5,
                      bbox={"facecolor": WHITE, "edgecolor": "none", "alpha": 0.8, "pad": 0.8})  # fmt: skip
    _segments(axes, rows, lambda places, means: (places, means))
    axes.set(xlim=(-0.5, len(rows) - 0.5), ylim=(-2.2, 2.35), yticks=[-2, 0, 2], yticklabels=[words["low"], words["neutral"], words["high"]])
    names = [textwrap.fill(text, 16, break_long_words=False) for text in labels.values()]
    one_line = not any("\n" in name for name in names)
    axes.set_xticks(range(len(rows)), names, va="baseline" if one_line else "top")
    _bare(axes, pad=14 if one_line else 6)
    return figure


def _downwards(rows, labels, words, width):
    """The same with the stages under each other, the worst to the left, and each point's figures in a column of their own."""
    figure, axes = _blank(width, 0.75 + 0.48 * len(rows))
    _scale(axes.axvline)
    for i, (stage, row) in enumerate(rows.iterrows()):
        text, colour = (words[f"point_{stage}"], INK) if _has_point(row) else (words["unknown"], AMBER)
        axes.annotate(text.replace(" (", "\n("), (2.35, i), va="center", fontsize=8.5, color=colour, fontweight="bold", annotation_clip=False)
        if not _has_point(row):
            continue
        for name, level in zip(_SHARES, _LEVELS, strict=True):
            axes.bar(level * 0.86, -row[name] * 0.42, bottom=i + 0.46, width=0.62, color=GREY_PALE, linewidth=0, zorder=1)
        _point(axes, i, row, axes.hlines, across=False)
    _segments(axes, rows, lambda places, means: (means, places))
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(-2.2, 2.2), xticks=[-2, 0, 2], xticklabels=[words["low"], words["neutral"], words["high"]])
    axes.set_yticks(range(len(rows)), [textwrap.fill(text, 14 if width == _NARROW else 40, break_long_words=False) for text in labels.values()])
    _bare(axes)
    return figure


def _bare(axes, pad=6):
    axes.tick_params(length=0, pad=6)
    axes.tick_params(axis="x", pad=pad)
    sns.despine(ax=axes, left=True, bottom=True)


def _scale(draw):
    for level in _LEVELS:
        draw(level, color=GREY_PALE if level else GREY, linewidth=0.7, linestyle="-" if level else (0, (4, 3)), zorder=0)


def _has_point(row):
    return pd.notna(row["mean"]) and row["n"] >= _N_FOR_POINT


def _point(axes, place, row, draw_interval, *, across):
    if pd.notna(row["lo"]):
        draw_interval(place, row["lo"], row["hi"], color=BLUE, linewidth=3.5, alpha=0.45, zorder=3)
    where = (place, row["mean"]) if across else (row["mean"], place)
    axes.plot(*where, "o", color=BLUE, markerfacecolor=WHITE if row["n"] < _N_FOR_SHARES else BLUE, markersize=6.5, zorder=4)


def _segments(axes, rows, at):
    known = [(i, row) for i, (_, row) in enumerate(rows.iterrows()) if _has_point(row)]
    for (i, here), (j, there) in zip(known, known[1:], strict=False):
        same_people = j == i + 1 and pd.notna(here["overlap_next"]) and here["overlap_next"] >= _OVERLAP
        axes.plot(*at([i, j], [here["mean"], there["mean"]]), color=BLUE, linewidth=1.8, linestyle="-" if same_people else (0, (1, 1.6)), zorder=2)


def _is_clear_above(rows, place):
    """Whether the curve leaves more room above the point than below it: a label stands on the side away from the line."""
    beside = [rows.iloc[i]["mean"] for i in (place - 1, place + 1) if 0 <= i < len(rows) and _has_point(rows.iloc[i])]
    return not beside or sum(beside) / len(beside) <= rows.iloc[place]["mean"]
