"""The small client with other parameters: what its run then says, small enough to hand from one process to another."""

from __future__ import annotations

import tempfile
from pathlib import Path

from journeylib import knowledge
from journeylib.client import Scope
from tests.whole.in_process import answer, demo, reading_once

MODELS = tuple(knowledge.load("stage_models")["models"])
#: What names stages of the client's own model goes when another is tried.
OWN_STAGES = {"targets": {}, "kpis": {}, "labels": {}, "scope": Scope()}


def told(found):
    """What the tests look at, as plain values that pass between processes."""
    return {
        "essentials": found.findings["essentials"].numbers, "so_what": found.findings["essentials"].so_what, "order": found.findings["which_gaps"].numbers["found"],
        "stages": [stage.id for stage in found.run.model.in_scope], "labels": [found.run.words.label(stage.label) for stage in found.run.model.in_scope],
        "sheet": (found.run.work / "journey-map.svg").read_text(encoding="utf-8"), "gaps": found.improved.gaps, "cells": found.improved.cells,
        "funnel": found.improved.mapped.tables["funnel"].query("semantics == 'at_least' and persona == ''").set_index("stage"),
        "n_journeys": len(found.improved.mapped.collected.journeys), "takeaways": {name: one.takeaway for name, one in found.findings.items()},
    }  # fmt: skip


CHANGES = {"as it is": {}, "scope": {"scope": Scope(from_stage="consideration", to_stage="retention")}}
CHANGES |= {model: OWN_STAGES | {"stage_model": model} for model in MODELS}
ASKED = tuple(CHANGES)


def run(asked: str) -> dict:
    """What the client's run says when something is turned."""
    with tempfile.TemporaryDirectory() as work, reading_once():
        return told(answer(demo("lind_raadgivning", **CHANGES[asked]), Path(work)))
