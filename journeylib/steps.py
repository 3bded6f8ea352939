"""The three steps of a run: collect → map → improve. Each takes what the one before gave and adds its tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from journeylib.collect import Collected, collect
from journeylib.gaps import find_gaps
from journeylib.improve.actions import propose_actions
from journeylib.improve.decisions import apply_decisions, read_agreed_actions, read_decisions
from journeylib.improve.value import add_value
from journeylib.journeymap import add_conclusions, build_cells
from journeylib.measures import measure_journey
from journeylib.measures.small_groups import withhold_small_groups
from journeylib.questions import answer_questions
from journeylib.run import Run


@dataclass(frozen=True)
class Mapped:
    """What was collected, what was measured on it, what of that may be shown, and the cells of the map.

    `tables` are whole, for the checks; `shown` leaves out groups under k and is all that findings and deliveries see.
    """

    collected: Collected
    tables: dict[str, pd.DataFrame]
    shown: dict[str, pd.DataFrame]
    cells: pd.DataFrame


@dataclass(frozen=True)
class Improved:
    """The map with its gaps, actions and the standing of every question."""

    mapped: Mapped
    gaps: pd.DataFrame
    actions: pd.DataFrame
    questions: pd.DataFrame
    cells: pd.DataFrame


def collect_sources(run: Run) -> Collected:
    """Read the client's sources into the prepared log, voices and registers (reused while nothing has changed)."""
    collected = collect(run.client, run.model, run.work)
    run.write({"sources": collected.sources})
    return collected


def map_journey(run: Run, collected: Collected) -> Mapped:
    """Measure the journey and lay every number out as cells of the map, each with its evidence."""
    tables = measure_journey(collected)
    cells = build_cells(tables | {"sources": collected.sources}, collected.registers, collected.voices, run.model, run.client, run.words)
    shown = withhold_small_groups(tables, run.client.privacy.k)
    run.write(shown | {"cells": cells})
    return Mapped(collected, tables, shown, cells)


def improve_journey(run: Run, mapped: Mapped) -> Improved:
    """Ask every check, put a value on what was found, propose actions and see which questions stay open.

    What people decided (`decisions.csv`, `actions.csv` in the client's own folder) comes in here and is never written.
    """
    client, model, collected = run.client, run.model, mapped.collected
    tables = mapped.tables | {"journeys": collected.journeys}
    gaps = add_value(find_gaps(tables, collected.registers, model, client), tables, model, client)
    gaps = apply_decisions(gaps, read_decisions(client))
    actions = propose_actions(gaps, client, read_agreed_actions(client), run.words)
    questions = answer_questions(tables, collected.registers, collected.voices, model, client)
    cells = add_conclusions(mapped.cells, gaps, actions, model, client, run.words)
    run.write({"cells": cells, "gaps": gaps, "actions": actions, "questions": questions})
    return Improved(mapped, gaps, actions, questions, cells)
