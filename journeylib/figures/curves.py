"""Curves as SVG: cumulative incidence over time and the emotion curve. Plain matplotlib figures, never pyplot."""

from __future__ import annotations

import io
import re
from html import escape

import matplotlib
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from journeylib.figures.palette import AMBER, BLUE, GREY, INK, RED

_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "journey", "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Arial", "Helvetica", "DejaVu Sans"], "font.size": 10, "axes.edgecolor": GREY,
    "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip


def figure_html(figure: Figure, alt: str) -> str:
    """A matplotlib figure as inline SVG with real text, the same bytes every time, described by `alt`."""
    stream = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'width="([\d.]+)pt" height="([\d.]+)pt"', "", svg, count=1)
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return f'<figure class="curve" role="img" aria-label="{escape(alt, quote=True)}">{svg}</figure>'


def draw_time_curve(curve: pd.DataFrame, *, until_days: float, words: dict[str, str], alt: str) -> str:
    """Gone on, lost and still there, stacked to 100 %, from entry into a stage (C1).

    Parameters
    ----------
    curve : TIME_CURVE rows of one stage.
    until_days : right end of the axis.
    words : `went_on`, `lost`, `open`, `days`, `percent` (the sign after a number), in the client's language.
    """
    grid, went_on, lost = _on_one_grid(curve, until_days)
    with matplotlib.rc_context(_STYLE), sns.axes_style("ticks", rc=_STYLE):
        figure = Figure(figsize=(5.6, 2.9), layout="constrained")
        axes = figure.subplots()
        axes.stackplot(grid, [w * 100 for w in went_on], [x * 100 for x in lost], [(1 - w - x) * 100 for w, x in zip(went_on, lost, strict=True)],
                       colors=[BLUE, RED, "#dfe3e8"], step="post", linewidth=0)  # fmt: skip
        _band(axes, curve, until_days)
        axes.set(xlim=(0, until_days), ylim=(0, 100), xlabel=words["days"], ylabel="")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}{words['percent']}"))
        _direct_labels(axes, went_on[-1], lost[-1], words)
        sns.despine(ax=axes)
    return figure_html(figure, alt)


def _on_one_grid(curve, until_days):
    steps = {end: curve[(curve["end"] == end) & (curve["at_days"] <= until_days)].sort_values("at_days") for end in ("went_on", "lost")}
    grid = sorted({0.0, float(until_days), *(float(day) for frame in steps.values() for day in frame["at_days"])})
    shares = {}
    for end, frame in steps.items():
        series = pd.Series(frame["share"].to_numpy(), index=frame["at_days"].to_numpy()).groupby(level=0).last()
        shares[end] = series.reindex(grid).ffill().fillna(0.0).to_list()
    return grid, shares["went_on"], shares["lost"]


def _band(axes, curve, until_days):
    band = curve[(curve["end"] == "went_on") & (curve["at_days"] <= until_days)].sort_values("at_days")
    if len(band):
        axes.plot(band["at_days"], band["lo"] * 100, band["at_days"], band["hi"] * 100, color=INK, linewidth=0.8, linestyle=(0, (3, 2)), drawstyle="steps-post")


def _direct_labels(axes, went_on, lost, words):
    """Name each area at its right end, outside the plot, kept apart from one another."""
    wanted = [(went_on / 2 * 100, words["went_on"], BLUE), ((went_on + lost / 2) * 100, words["lost"], RED),
              ((1 + went_on + lost) / 2 * 100, words["open"], "#5b6673")]  # fmt: skip
    heights = _apart([height for height, _, _ in wanted], least=11.0)
    for height, (_, text, colour) in zip(heights, wanted, strict=True):
        axes.annotate(text, (1.01, height / 100), xycoords="axes fraction", va="center", color=colour, fontsize=9.5, fontweight="bold", annotation_clip=False)


def _apart(heights, least):
    placed = sorted(range(len(heights)), key=heights.__getitem__)
    result = list(heights)
    for lower, upper in zip(placed, placed[1:], strict=False):
        result[upper] = max(result[upper], result[lower] + least)
    overflow = max(0.0, max(result) - 96.0)
    return [min(height, height - overflow) if overflow else height for height in result]


def draw_emotion(emotion: pd.DataFrame, labels: dict[str, str], *, words: dict[str, str], alt: str) -> str:
    """The emotion curve: a mean with its interval at each stage, straight segments, the spread of answers behind (C4).

    Stages without five customers have no point; with fewer than ten a hollow one; a segment between stages answered by
    different people is dotted.
    """
    rows = emotion.set_index("stage").reindex(list(labels))
    with matplotlib.rc_context(_STYLE), sns.axes_style("ticks", rc=_STYLE):
        figure = Figure(figsize=(5.6, 2.9), layout="constrained")
        axes = figure.subplots()
        for level in (-2, -1, 0, 1, 2):
            axes.axhline(level, color=GREY, linewidth=0.6 if level else 1.0, linestyle="-" if level else (0, (4, 3)), alpha=0.5, zorder=0)
        _strips(axes, rows)
        _segments(axes, rows)
        _points(axes, rows, words)
        axes.set(xlim=(-0.5, len(rows) - 0.5), ylim=(-2.15, 2.3), yticks=[-2, 0, 2], yticklabels=[words["low"], words["neutral"], words["high"]])
        axes.set_xticks(range(len(rows)), [_wrap(text) for text in labels.values()], va="baseline")
        axes.tick_params(axis="x", length=0, pad=16)
        axes.tick_params(axis="y", length=0)
        sns.despine(ax=axes, left=True, bottom=True)
    return figure_html(figure, alt)


def _wrap(text, width=13):
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines, line = [*lines, line], word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def _strips(axes, rows):
    names = ("share_m2", "share_m1", "share_0", "share_p1", "share_p2")
    for position, (_, row) in enumerate(rows.iterrows()):
        if pd.isna(row["mean"]) or row["n"] < 5:
            continue
        for name, middle in zip(names, (-1.6, -0.8, 0, 0.8, 1.6), strict=True):
            axes.barh(middle, row[name] * 0.42, left=position + 0.06, height=0.7, color=BLUE, alpha=0.18, linewidth=0)


def _segments(axes, rows):
    known = [(i, row) for i, (_, row) in enumerate(rows.iterrows()) if pd.notna(row["mean"]) and row["n"] >= 5]
    for (i, here), (j, there) in zip(known, known[1:], strict=False):
        same_people = j == i + 1 and pd.notna(here["overlap_next"]) and here["overlap_next"] >= 0.3
        axes.plot([i, j], [here["mean"], there["mean"]], color=BLUE, linewidth=1.8, linestyle="-" if same_people else (0, (1, 1.6)), zorder=2)


def _points(axes, rows, words):
    means = [row["mean"] if pd.notna(row["mean"]) and row["n"] >= 5 else None for _, row in rows.iterrows()]
    for position, (_, row) in enumerate(rows.iterrows()):
        if means[position] is None:
            axes.annotate(words["unknown"], (position, 0.12), ha="center", color=AMBER, fontsize=9)
            continue
        if pd.notna(row["lo"]):
            axes.plot([position] * 2, [row["lo"], row["hi"]], color=BLUE, linewidth=3.5, alpha=0.45, solid_capstyle="butt", zorder=2)
        axes.plot(position, row["mean"], "o", color=BLUE, markerfacecolor="white" if row["n"] < 10 else BLUE, markersize=6.5, zorder=3)
        above = _is_clear_above(means, position)
        edge = row["hi"] if above else row["lo"]
        height = (row["mean"] if pd.isna(edge) else edge) + (0.16 if above else -0.18)
        axes.annotate(words[f"point_{rows.index[position]}"], (position, height), ha="center", va="bottom" if above else "top", fontsize=8.5, fontweight="bold",
                      bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6})  # fmt: skip


def _is_clear_above(means, position):
    """Whether the curve leaves more room above the point than below it: a label stands on the side away from the line."""
    beside = [means[i] for i in (position - 1, position + 1) if 0 <= i < len(means) and means[i] is not None]
    return not beside or sum(beside) / len(beside) <= means[position]
