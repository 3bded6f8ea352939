"""The three steps of a run: collect → map → improve. Each takes what the one before gave and adds its tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from journeylib.beliefs import compare_beliefs
from journeylib.collect import Collected, collect
from journeylib.collect.customers.joins import shown_joins
from journeylib.gaps import find_gaps
from journeylib.improve.actions import propose_actions
from journeylib.improve.changes import read_changes
from journeylib.improve.decisions import apply_decisions, read_agreed_actions, read_decisions
from journeylib.improve.doing import plan_doing
from journeylib.improve.effects import judge_changes
from journeylib.improve.moved import split_purchases
from journeylib.improve.orders import orders, reorder
from journeylib.improve.scenario import Scenario, closing_the_largest_gap
from journeylib.improve.since import Since, compare_with_previous
from journeylib.improve.value import add_value
from journeylib.improve.worth import split_value
from journeylib.journeymap import add_conclusions, build_cells
from journeylib.journeymap.persona_journeys import persona_journeys
from journeylib.journeymap.personas import compare_personas
from journeylib.measures import measure_journey
from journeylib.measures.entrances import entrances
from journeylib.measures.small_groups import as_far_as_shown, withhold_small_groups
from journeylib.predict import Predicted, predict_customers
from journeylib.questions import answer_questions
from journeylib.run import Run
from journeylib.schema import BELIEFS, EFFECT_SERIES, EFFECTS, PERSONA_JOURNEYS, empty


@dataclass(frozen=True)
class Mapped:
    """What was collected, what was measured on it, what of that may be shown, and the cells of the map.

    `tables` are whole, for the checks; `shown` leaves out groups under k and is all that findings and deliveries see.
    `persona_journeys` lay what each persona needs in every stage beside what is said to it there.
    `persona_cells` lay the two personas that differ most beside each other; None where no two can be compared.
    """

    collected: Collected
    tables: dict[str, pd.DataFrame]
    shown: dict[str, pd.DataFrame]
    cells: pd.DataFrame
    persona_cells: pd.DataFrame | None = None
    persona_journeys: pd.DataFrame = field(default_factory=lambda: empty(PERSONA_JOURNEYS))


@dataclass(frozen=True)
class Improved:
    """The map with its gaps, actions and the standing of every question; each logged change judged; what moved since last time.

    `doing`: what the actions are made of, by name (`schema.DOING`); what the data do not allow is absent. `unsteady`: sources whose months
    keep the purchases of two periods from being set beside each other.
    """

    mapped: Mapped
    gaps: pd.DataFrame
    actions: pd.DataFrame
    questions: pd.DataFrame
    cells: pd.DataFrame
    effects: pd.DataFrame = field(default_factory=lambda: empty(EFFECTS))
    effect_series: pd.DataFrame = field(default_factory=lambda: empty(EFFECT_SERIES))
    since: Since | None = None
    scenario: Scenario | None = None
    value_split: pd.DataFrame | None = None
    purchase_change: pd.DataFrame | None = None
    unsteady: tuple[str, ...] = ()
    beliefs: pd.DataFrame = field(default_factory=lambda: empty(BELIEFS))
    predicted: Predicted | None = None
    doing: dict[str, pd.DataFrame] = field(default_factory=dict)


def collect_sources(run: Run) -> Collected:
    """Read the client's sources into the prepared log, voices and registers (reused while nothing has changed)."""
    collected = collect(run.client, run.model, run.work)
    given = {"sources": collected.sources, "joins": shown_joins(collected.joins, run.client.privacy.k), "coverage_in_time": collected.coverage_in_time}
    run.write({name: table for name, table in given.items() if len(table)})
    return collected


def map_journey(run: Run, collected: Collected) -> Mapped:
    """Measure the journey and lay every number out as cells of the map, each with its evidence."""
    tables = measure_journey(collected)
    shown = withhold_small_groups(tables, run.client.privacy.k)
    cells = build_cells(as_far_as_shown(tables, shown) | {"sources": collected.sources}, collected.registers, collected.voices, run.model, run.client, run.words)
    run.write(shown | {"cells": cells})
    told = persona_journeys(run.client, run.model, shown, collected.registers, collected.voices)
    run.write({"persona_journeys": told} if len(told) else {})
    return Mapped(collected, tables, shown, cells, compare_personas(collected, tables.get("funnel"), run.words), told)


def improve_journey(run: Run, mapped: Mapped) -> Improved:
    """Ask every check, put a value on what was found, propose actions and see which questions stay open.

    What people decided (`decisions.csv`, `actions.csv` in the client's own folder) comes in here and is never written.
    """
    client, model, collected = run.client, run.model, mapped.collected
    tables = as_far_as_shown(mapped.tables, mapped.shown, rates_only=True) | {"journeys": collected.journeys, "sources": collected.sources, "joins": collected.joins}
    gaps = add_value(find_gaps(tables | {"customers": collected.customers}, collected.registers, model, client), tables, model, client)
    gaps = apply_decisions(gaps, read_decisions(client))
    done = {"activities": collected.registers.get("activities"), "touchpoints": mapped.shown.get("touchpoints")}
    actions = propose_actions(gaps, client, read_agreed_actions(client), run.words, collected.registers.get("routines"), **done)
    ranked = orders(actions, gaps, mapped.shown.get("funnel"), collected.journeys, client)
    actions = reorder(actions, ranked, client.priority)
    doing = plan_doing(mapped.shown, collected, gaps, actions, model, client, run.words) | ({"orders": ranked} if len(ranked) else {})
    questions = answer_questions(tables, collected.registers, collected.voices, model, client)
    is_asked = client.beliefs.brings_most_to and collected.log is not None and len(collected.log)
    beliefs = compare_beliefs(client, mapped.shown, entrances(collected.log, collected.journeys, model) if is_asked else None)
    run.write({"beliefs": beliefs} if len(beliefs) else {})
    changes = read_changes(client)
    effects, effect_series = judge_changes(changes, collected, client)
    since = compare_with_previous(client, mapped.shown | {"gaps": gaps, "actions": actions, "sources": collected.sources}, run.work)
    felt_then = since.felt if since else None
    cells = add_conclusions(mapped.cells, gaps, actions, model, client, run.words, effects=effects, felt_then=felt_then)
    run.write({"cells": cells, "gaps": gaps, "actions": actions, "questions": questions})
    scenario = closing_the_largest_gap(gaps, tables, model, client)
    moved = split_purchases(collected, model, client)
    worth = {"value_split": split_value(gaps, tables, model, client), "purchase_change": moved.table}
    run.write({"scenario": scenario.weeks} if scenario else {})
    run.write({name: table for name, table in worth.items() if table is not None})
    run.write({name: table for name, table in doing.items() if len(table)})
    if len(changes):
        run.write({"changes": changes, "effects": effects, "effect_series": effect_series})
    predicted = predict_customers(collected, model, client)
    given = {"predictions": predicted.predictions, "prediction_bands": predicted.bands, "prediction_features": predicted.features, "next_offers": predicted.offers}
    run.write({name: table for name, table in given.items() if len(table)})
    return Improved(mapped, gaps, actions, questions, cells, effects, effect_series, since, scenario, doing=doing, predicted=predicted, beliefs=beliefs, unsteady=moved.unsteady, **worth)
