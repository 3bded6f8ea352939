"""A follow-up flow from its trigger to its goal: a step under the other, the wait before it, and the ways out. HTML that reflows on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import set_text


@dataclass(frozen=True)
class FlowStep:
    """One step: how long after the one before, what is said through what, where else it leads, and what is wrong with it."""

    wait: str
    message: str
    channel: str
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def draw_flow(start: str, steps: Sequence[FlowStep], end: str, *, alt: str) -> str:
    """The flow as a vertical line of boxes with arrows.

    Parameters
    ----------
    start, end : the trigger and the goal, in words. alt : the sentence a screen reader hears first.
    """
    body = "\n".join(_step(number, step) for number, step in enumerate(steps, start=1))
    return (f'<figure class="flow" role="group" aria-label="{escape(alt, quote=True)}"><ol>\n<li><p class="flow-pill">{set_text(start)}</p></li>\n{body}\n'
            f'<li><p class="flow-wait"></p><p class="flow-pill">{set_text(end)}</p></li>\n</ol></figure>')  # fmt: skip


def _step(number, step):
    under = "".join(f'<p class="flow-note">{set_text(text)}</p>' for text in step.notes) + "".join(
        f'<p class="flow-problem">{set_text(text)}</p>' for text in step.problems
    )
    return (f'<li><p class="flow-wait">{set_text(step.wait)}</p><div class="flow-box"><p><b>{number}.</b> {set_text(step.message)} '
            f'<span class="bar-value">{set_text(step.channel)}</span></p>{under}</div></li>')  # fmt: skip
