"""The emotion curve as SVG: a point and an interval a stage, the spread of the answers behind, thinner lines beside (practice C4)."""

from __future__ import annotations

import textwrap
from html import escape

import matplotlib
import pandas as pd
import seaborn as sns

from journeylib.figures.curves import NARROW, STYLE, WIDE, blank, curve_html
from journeylib.figures.palette import AMBER, BLUE, GREY, GREY_PALE, INK, WHITE
from journeylib.figures.text_fit import text_width

_LEVELS = (-2, -1, 0, 1, 2)
_SHARES = ("share_m2", "share_m1", "share_0", "share_p1", "share_p2")
_N_FOR_POINT, _N_FOR_SHARES, _OVERLAP = 5, 10, 0.3


def draw_emotion(emotion: pd.DataFrame, labels: dict[str, str], *, words: dict[str, str], alt: str, beside: dict[str, dict[str, float]] | None = None) -> str:
    """The emotion curve: a mean with its interval at each stage, straight segments, the spread of answers beside (C4).

    Stages without five customers have no point; with fewer than ten a hollow one; a segment between stages answered by
    different people is dotted. On a phone, or where the stages' names need more room than they have, it runs downwards.

    Parameters
    ----------
    words : `low`, `neutral`, `high`, `unknown`, `point_<stage>`, `mark_<stage>` where a stage is the lowest, highest or last, and
        `beside_<name>` for every line beside the curve.
    beside : thinner lines, by name `stayers` (those who came to the end, grey) or `texts` (feeling of texts, dashed): stage → value.
    """
    rows, beside = emotion.set_index("stage").reindex(list(labels)), beside or {}
    labels = {stage: label + (f"\n({words[f'mark_{stage}']})" if f"mark_{stage}" in words else "") for stage, label in labels.items()}
    with matplotlib.rc_context(STYLE), sns.axes_style("ticks", rc=STYLE):
        wide = _across(rows, labels, words, beside) if _names_fit(labels) else _downwards(rows, labels, words, WIDE, beside)
        narrow = _downwards(rows, labels, words, NARROW, beside)
    return curve_html(wide, narrow, alt) + _key_beside(beside, words)


#: How the lines beside the curve look.
_BESIDE = {"stayers": (GREY, "-"), "texts": (BLUE, (0, (5, 2)))}


def _draw_beside(axes, rows, beside, at):
    places = {stage: i for i, stage in enumerate(rows.index)}
    for name, values in beside.items():
        known = sorted((places[stage], value) for stage, value in values.items() if stage in places)
        colour, style = _BESIDE[name]
        axes.plot(*at([place for place, _ in known], [value for _, value in known]), color=colour, linewidth=0.9, linestyle=style, marker=".", markersize=3.5, zorder=2.5)


def _key_beside(beside, words):
    dashes = {name: "" if style == "-" else ' stroke-dasharray="5 2"' for name, (_, style) in _BESIDE.items()}
    keys = "".join(f'<span class="key"><svg width="22" height="8" aria-hidden="true"><line x1="0" y1="4" x2="22" y2="4" stroke="{_BESIDE[name][0]}" '
                   f'stroke-width="1.4"{dashes[name]}/></svg> {escape(words[f"beside_{name}"])}</span> ' for name in beside)  # fmt: skip
    return f'<p class="legend">{keys}</p>' if keys else ""


def _names_fit(labels):
    widest = max(text_width(word, 9) for text in labels.values() for word in text.split())
    return widest < (WIDE - 1.0) * 72 / len(labels) - 4


def _across(rows, labels, words, beside):
    figure, axes = blank(WIDE, 3.4)
    _scale(axes.axhline)
    for i, (stage, row) in enumerate(rows.iterrows()):
        if not _has_point(row):
            axes.annotate(words["unknown"], (i, 0.12), ha="center", color=AMBER)
            continue
        for name, level in zip(_SHARES, _LEVELS, strict=True):
            axes.barh(level * 0.86, row[name] * 0.26, left=i - 0.48, height=0.62, color=GREY_PALE, linewidth=0, zorder=1)
        _point(axes, i, row, axes.vlines, across=True)
        above = _is_clear_above(rows, i)
        edge = row["mean"] if pd.isna(row["hi"]) else row["hi"] if above else row["lo"]
        height = min(max(edge + (0.14 if above else -0.16), -1.98), 2.02)
        axes.annotate(words[f"point_{stage}"], (i, height), ha="center", va="bottom" if above else "top", fontweight="bold", fontsize=8.5, zorder=5,
                      bbox={"facecolor": WHITE, "edgecolor": "none", "alpha": 0.8, "pad": 0.8})  # fmt: skip
    _segments(axes, rows, lambda places, means: (places, means))
    _draw_beside(axes, rows, beside, lambda places, means: (places, means))
    axes.set(xlim=(-0.5, len(rows) - 0.5), ylim=(-2.2, 2.35), yticks=[-2, 0, 2], yticklabels=[words["low"], words["neutral"], words["high"]])
    names = [_filled(text, 16) for text in labels.values()]
    n_lines = max(name.count("\n") for name in names)
    names = [name + "\n " * (n_lines - name.count("\n")) for name in names]  # as many lines each, so that the first stand on one line
    axes.set_xticks(range(len(rows)), names, va="baseline")
    _bare(axes, pad=14 + 11 * n_lines)
    return figure


def _downwards(rows, labels, words, width, beside):
    """The same with the stages under each other, the worst to the left, and each point's figures in a column of their own."""
    figure, axes = blank(width, 0.75 + 0.48 * len(rows))
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
    _draw_beside(axes, rows, beside, lambda places, means: (means, places))
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(-2.2, 2.2), xticks=[-2, 0, 2], xticklabels=[words["low"], words["neutral"], words["high"]])
    axes.set_yticks(range(len(rows)), [_filled(text, 14 if width == NARROW else 40) for text in labels.values()])
    _bare(axes)
    return figure


def _filled(text, width):
    """The text in lines of so many letters; a line break that is there stays."""
    return "\n".join(textwrap.fill(line, width, break_long_words=False) for line in text.split("\n"))


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
