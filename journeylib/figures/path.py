"""The typical way as a path of steps: how many take each, how they come to the next, and where they go round. HTML that reflows on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.bars import Part
from journeylib.figures.tables import draw_key, set_text


@dataclass(frozen=True)
class Step:
    """One step: its name, where it belongs, how many take it, the parts they then fall into, and detours that leave from here."""

    name: str
    place: str
    share: float
    text: str
    parts: tuple[Part, ...] = ()
    detours: tuple[str, ...] = ()


def draw_path(steps: Sequence[Step], *, total: float, legend: Sequence[tuple[str, str]], alt: str) -> str:
    """A vertical path, a dot a step; under each step what those who took it did next, on one common scale.

    Parameters
    ----------
    total : the number that fills the whole width. legend : (tone, words) of the parts; what no step has is left out.
    alt : the sentence a screen reader hears first.
    """
    used = {part.tone for step in steps for part in step.parts if part.size > 0}
    key = "".join(draw_key(tone, words) for tone, words in legend if tone in used)
    body = "\n".join(_step(step, total) for step in steps)
    return (f'<figure class="bars" role="group" aria-label="{escape(alt, quote=True)}"><p class="legend" aria-hidden="true">{key}</p>\n'
            f'<ol class="way">\n{body}\n</ol></figure>')  # fmt: skip


def _step(step, total):
    head = f'<p class="bar-head">{escape(step.name)} <span class="bar-value">{escape(step.place)} · {set_text(step.text)}</span></p>'
    pieces = "".join(_part(part, total) for part in step.parts if part.size > 0)
    bar = f'<div class="stack thin">{pieces}</div>' if pieces else ""
    off = "".join(f'<p class="way-off">{set_text(text)}</p>' for text in step.detours)
    return f'<li style="--met:{min(max(step.share, 0.0), 1.0):.3f}">{head}{bar}{off}</li>'


def _part(part, total):
    label = escape(part.label, quote=True)
    return f'<span class="part fill-{escape(part.tone)}" style="width:{part.size / total * 100:.2f}%" title="{label}"><span class="heard">{label}</span></span>'
