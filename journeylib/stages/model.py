"""One stage and one stage model, as everything else sees them: an order of stages over the nine atoms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from journeylib import knowledge
from journeylib.errors import ParameterError, nearest
from journeylib.schema import ATOMS

_DECIDE = "a4_decide"


@dataclass(frozen=True)
class Stage:
    """One stage of a model. Texts are {sv, da, nb, en}.

    Attributes
    ----------
    atoms : the atoms it groups; at most one stage has each.
    goal : what the company wants there (M020). question : what the customer asks.
    kpis : `{id, name, how, …}` of `knowledge/kpis.yml`, or the client's own with a name alone.
    process : ids of the company's phases there, many to many (`knowledge/process.yml`).
    entry, exit : what an event must show to enter and to leave the stage; any one of the sentences is enough.
    owner : who looks after it, where the client has said so.
    also : further names sheets may call it by: the shipped labels where the client has its own.
    """

    id: str
    atoms: tuple[str, ...]
    label: dict[str, str]
    goal: dict[str, str]
    question: dict[str, str]
    kpis: tuple[dict[str, Any], ...]
    process: tuple[str, ...]
    optional: bool = False
    repeatable: bool = False
    expected_days: float | None = None
    in_scope: bool = True
    entry: tuple[dict[str, str], ...] = ()
    exit: tuple[dict[str, str], ...] = ()
    owner: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageModel:
    """A client's stages in order; `in_scope` holds those the report is about (M002).

    Positions count the stages in scope, from 0. `notes` are keys of sentences the reader must be told.
    """

    id: str
    name: dict[str, str]
    stages: tuple[Stage, ...]
    loops: bool = False
    notes: tuple[str, ...] = ()

    @cached_property
    def in_scope(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.in_scope)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the stages in scope, in order."""
        return tuple(stage.id for stage in self.in_scope)

    @cached_property
    def all_ids(self) -> tuple[str, ...]:
        """Ids of all stages, those outside the scope too."""
        return tuple(stage.id for stage in self.stages)

    def stage(self, stage_id: str) -> Stage:
        """The stage of that id, in scope or not.

        Raises
        ------
        ParameterError
            The model has no such stage.
        """
        if stage_id not in self.all_ids:
            hint = nearest(stage_id, self.all_ids)
            raise ParameterError(f"Stage model {self.id!r} has no stage {stage_id!r}{hint}. Stages: {', '.join(self.all_ids)}.")
        return self.stages[self.all_ids.index(stage_id)]

    def position(self, stage_id: str) -> int:
        """Place of a stage among those in scope, from 0; −1 for a stage outside the scope."""
        stage = self.stage(stage_id)
        return self.ids.index(stage.id) if stage.in_scope else -1

    def find(self, name: str) -> str | None:
        """Id of the stage a sheet names by its id or by its label in any language, or None."""
        wanted = name.strip().casefold()
        for stage in self.stages:
            if wanted in {stage.id, *(label.casefold() for label in (*stage.label.values(), *stage.also))}:
                return stage.id
        return None

    @cached_property
    def stage_of_atom(self) -> np.ndarray:
        """int8 array as long as `ATOMS`: position of the stage in scope that groups the atom; −1 = none does."""
        places = {atom: i for i, stage in enumerate(self.in_scope) for atom in stage.atoms}
        return np.array([places.get(atom, -1) for atom in ATOMS], dtype="int8")

    @cached_property
    def reach_of_atom(self) -> np.ndarray:
        """int8 array as long as `ATOMS`: position of the furthest stage in scope an event with the atom shows reached.

        An atom of no stage in scope counts for the stage before it: who has used the product has decided, also in a model
        that ends at the decision. So a scope or a shorter model never moves an *at least* number. −1 = before the first stage.
        """
        whole = {atom: i for i, stage in enumerate(self.stages) for atom in stage.atoms}
        first = next((i for i, stage in enumerate(self.stages) if stage.in_scope), 0)
        reached, current = [], -1
        for atom in ATOMS:
            current = whole.get(atom, current)
            reached.append(min(current - first, len(self.in_scope) - 1) if current >= first else -1)
        return np.array(reached, dtype="int8")

    def stage_id_of_atom(self, atom: str) -> str | None:
        """Id of the stage in scope that groups the atom, or None."""
        place = int(self.stage_of_atom[ATOMS.index(atom)])
        return None if place < 0 else self.ids[place]

    @cached_property
    def purchase_position(self) -> int | None:
        """Position of the stage in scope where customers decide, or None."""
        place = int(self.stage_of_atom[ATOMS.index(_DECIDE)])
        return None if place < 0 else place

    @cached_property
    def after_purchase(self) -> tuple[Stage, ...]:
        """The stages in scope that come after the decision; empty in a model that ends there (G03)."""
        deciding = next((i for i, stage in enumerate(self.stages) if _DECIDE in stage.atoms), None)
        if deciding is not None:
            return tuple(stage for stage in self.stages[deciding + 1 :] if stage.in_scope)
        later = set(ATOMS[ATOMS.index(_DECIDE) :])
        return tuple(stage for stage in self.in_scope if set(stage.atoms) <= later)

    @cached_property
    def with_what_follows(self) -> tuple[Stage, ...]:
        """The stages after that of buying, in scope or not; where none is, the stage of buying itself, if it holds an atom that follows the purchase."""
        buying = next((stage for stage in self.stages if _DECIDE in stage.atoms), None)
        if buying is None:
            return self.after_purchase
        holds_more = max(ATOMS.index(atom) for atom in buying.atoms) > ATOMS.index(_DECIDE)
        return self.stages[self.stages.index(buying) + 1 :] or ((buying,) if holds_more else ())

    @cached_property
    def phases_without_stage(self) -> tuple[str, ...]:
        """Phases of the company's process that no stage in scope is mapped to (M004)."""
        used = {phase for stage in self.in_scope for phase in stage.process}
        return tuple(phase for phase in knowledge.load("process")["phases"] if phase not in used)

    @cached_property
    def stages_without_phase(self) -> tuple[str, ...]:
        """Ids of the stages in scope that no phase of the company's process is mapped to (M004)."""
        return tuple(stage.id for stage in self.in_scope if not stage.process)
