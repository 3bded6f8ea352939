"""One source of a client taken away: what is left to say, small enough to hand from one process to another."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.whole.in_process import answer, demo, reading_once

CLIENTS = ("norrsken_it", "lind_raadgivning")
#: Every source of the first client, and of the small one the two that are of another kind there.
REMOVALS = (*(("norrsken_it", source) for source in demo("norrsken_it").sources), *(("lind_raadgivning", source) for source in ("ud", "tilfredshed")))
ASKED = (*((name, "") for name in CLIENTS), *REMOVALS)


@dataclass(frozen=True)
class Standing:
    """What a run could say: gap → answer, question → its standings, finding → state, and what it lists as not known."""

    gaps: dict[str, str]
    checks: dict[str, set[str]]
    questions: dict[str, set[str]]
    states: dict[str, str]
    takeaways: dict[str, str]
    open: list[str]
    not_checkable: list[str]


def run(asked: tuple[str, str]) -> Standing:
    """How a client's run stands without one of its sources ('' = with all of them)."""
    name, removed = asked
    client = demo(name)
    sources = {source: declared for source, declared in client.sources.items() if source != removed}
    rules = tuple(rule for rule in client.rules if rule.source != removed)
    with tempfile.TemporaryDirectory() as work, reading_once():
        found = answer(client.model_copy(update={"sources": sources, "rules": rules}), Path(work))
    unknown = found.findings["what_we_do_not_know"].numbers
    return Standing(found.gaps, found.checks, found.questions, {id: one.state for id, one in found.findings.items()},
                    {id: one.takeaway for id, one in found.findings.items()}, unknown["open"], unknown["not_checkable"])  # fmt: skip
