"""From one stage model to another without losing or inventing anyone (mission §2.3, M018).

Both models group the same atoms, so events are summed and customers united over atoms; distinct customers are never
added up. What the new model can no longer show is said, with its size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from journeylib import knowledge
from journeylib.errors import TableError, nearest
from journeylib.schema import ATOMS

if TYPE_CHECKING:
    from journeylib.event_log import EventLog
    from journeylib.stages.model import StageModel


@dataclass(frozen=True)
class Loss:
    """Something the first model shows and the second does not.

    `kind` is *merged* (stages that can no longer be told apart, now all in `to_stage`) or *dropped* (atoms no stage of the
    second model groups; out of scope, not lost customers). `n_gone` journeys are seen nowhere in the second model.
    """

    kind: str
    from_stages: tuple[str, ...]
    to_stage: str
    atoms: tuple[str, ...]
    n_events: int
    n_journeys: int
    n_gone: int = 0


@dataclass(frozen=True)
class Conversion:
    """Counts under the second model (as `count_stages` gives them) and what was lost on the way."""

    counts: pd.DataFrame
    losses: tuple[Loss, ...]

    @property
    def is_lossless(self) -> bool:
        return not self.losses


def atom_presence(log: EventLog) -> pd.DataFrame:
    """Events of each journey in each atom: `journey`, `atom` (missing = none), `n_events`."""
    keys, n_events = np.unique(log.journey.astype("int64") * 16 + (log.atom + 1), return_counts=True)
    names = pd.Series([pd.NA, *ATOMS], dtype="string")
    return pd.DataFrame({"journey": keys // 16, "atom": names.take(keys % 16).to_numpy(), "n_events": n_events}).astype({"atom": "string"})


def count_stages(presence: pd.DataFrame, model: StageModel) -> pd.DataFrame:
    """Events and distinct journeys of each stage in scope.

    Parameters
    ----------
    presence : one row a journey and atom: `journey`, `atom` (a name of `ATOMS`, or missing) and, optionally, `n_events`.

    Returns
    -------
    `stage`, `n_events`, `n_journeys` (touched the stage), `n_reached` (touched it or a later one: *at least*), in the
    model's order; a last row with an empty stage holds what no stage in scope groups, so that events always sum to the whole.

    Raises
    ------
    TableError
        A missing column, or an atom that is none.
    """
    presence = _checked(presence)
    codes = presence["atom"].map({atom: i for i, atom in enumerate(ATOMS)}).fillna(-1).astype(int).to_numpy()
    position = np.where(codes < 0, -1, model.stage_of_atom[codes])
    reach = np.where(codes < 0, -1, model.reach_of_atom[codes])
    places = [*range(len(model.ids)), -1]
    journeys = presence["journey"].to_numpy()
    return pd.DataFrame({
        "stage": pd.array([*model.ids, ""], dtype="string"),
        "n_events": [int(presence["n_events"].to_numpy()[position == p].sum()) for p in places],
        "n_journeys": [len(np.unique(journeys[position == p])) for p in places],
        "n_reached": pd.array([len(np.unique(journeys[reach >= p])) if p >= 0 else pd.NA for p in places], dtype="Int64"),
    })  # fmt: skip


def convert(presence: pd.DataFrame, from_model: StageModel, to_model: StageModel) -> Conversion:
    """What was counted under one model, counted under another, and what that loses.

    Parameters
    ----------
    presence : one row a journey and atom (`journey`, `atom`, optionally `n_events`): exact between any two models. Or one
        row a journey and stage of the first model (`journey`, `stage`, `n_events`): possible only where each stage goes
        whole into one stage of the second.

    Raises
    ------
    TableError
        A missing column, an unknown atom or stage, or a stage the second model divides when the atoms are not given.
    """
    if "atom" not in presence.columns:
        presence = _from_stages(presence, from_model, to_model)
    presence = _checked(presence)
    losses = [*_merged(presence, from_model, to_model), *_dropped(presence, from_model, to_model)]
    return Conversion(count_stages(presence, to_model), tuple(losses))


def shared_steps(first: StageModel, second: StageModel) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """The steps (a stage and the next) two models share: the same atoms lie from each of the two stages on.

    Over a shared step both models give the same conversion, to the last customer.
    """
    return [(first.ids[i : i + 2], second.ids[j : j + 2])
            for i in range(len(first.ids) - 1) for j in range(len(second.ids) - 1)
            if all(_reaching(first, i + k) == _reaching(second, j + k) for k in (0, 1))]  # fmt: skip


def say_losses(conversion: Conversion, from_model: StageModel, to_model: StageModel, words) -> list[str]:
    """One sentence a loss, in the report's language."""
    return [_say_loss(loss, from_model, to_model, words) for loss in conversion.losses]


def _say_loss(loss, from_model, to_model, words):
    stages = say_parts(loss.atoms, from_model, words)
    if loss.kind == "merged":
        return words.say("stages.merged", stages=stages[:1].upper() + stages[1:], stage=words.label(to_model.stage(loss.to_stage).label), n=loss.n_journeys)
    return words.say("stages.dropped", stages=stages, model=words.label(to_model.name), n=loss.n_journeys, n_gone=loss.n_gone)


def say_parts(atoms: Iterable[str], model: StageModel, words) -> str:
    """The stages the atoms belong to, in order; of a stage that has more, which part of it."""
    parts = []
    for stage in model.in_scope:
        inside = [atom for atom in ATOMS if atom in atoms and atom in stage.atoms]
        named = words.list([words.label(knowledge.load("atoms")[atom]["name"]) for atom in inside])
        if inside:
            whole = words.label(stage.label)
            parts.append(whole if len(inside) == len(stage.atoms) else words.say("stages.other.part_of", stage=whole, atoms=named))
    return words.list(parts)


def _checked(presence):
    for name in ("journey", "atom"):
        if name not in presence.columns:
            raise TableError(f"stage presence: no column {name!r}. Found: {', '.join(map(repr, presence.columns))}.")
    wrong = sorted(set(presence["atom"].dropna()) - set(ATOMS))
    if wrong:
        raise TableError(f"stage presence: {wrong[0]!r} is no atom{nearest(wrong[0], ATOMS)}. Known: {', '.join(ATOMS)}.")
    return presence if "n_events" in presence.columns else presence.assign(n_events=1)


def _from_stages(presence, from_model, to_model):
    """Each stage by one of its atoms, where all of them go the same way in the second model."""
    if "stage" not in presence.columns:
        raise TableError(f"stage presence: needs a column 'atom' or 'stage'. Found: {', '.join(map(repr, presence.columns))}.")
    stands_for = {name: _whole(from_model.stage(name), to_model) for name in sorted(set(presence["stage"].dropna()) - {""})}
    return presence.assign(atom=presence["stage"].map(stands_for).astype("string"))


def _whole(stage, to_model):
    targets = {to_model.stage_id_of_atom(atom) for atom in stage.atoms}
    if len(targets) > 1:
        raise TableError(f"Stage {stage.id!r} holds {', '.join(stage.atoms)}, which {to_model.id!r} divides over "
                         f"{' and '.join(sorted(name or 'no stage' for name in targets))}; count from atoms instead.")  # fmt: skip
    return stage.atoms[0]


def _merged(presence, from_model, to_model):
    for stage in to_model.in_scope:
        origins = {from_model.stage_id_of_atom(atom): None for atom in stage.atoms}
        names = tuple(name for name in from_model.ids if name in origins)
        if len(names) > 1:
            yield _loss("merged", names, stage.id, [atom for atom in stage.atoms if from_model.stage_id_of_atom(atom)], presence)


def _dropped(presence, from_model, to_model):
    atoms = [atom for stage in from_model.in_scope for atom in stage.atoms if to_model.stage_id_of_atom(atom) is None]
    if atoms:
        names = tuple(stage.id for stage in from_model.in_scope if set(stage.atoms) & set(atoms))
        kept = presence.loc[[to_model.stage_id_of_atom(a) is not None if pd.notna(a) else False for a in presence["atom"]], "journey"]
        gone = set(presence.loc[presence["atom"].isin(atoms), "journey"]) - set(kept)
        yield _loss("dropped", names, "", atoms, presence, n_gone=len(gone))


def _loss(kind, names, to_stage, atoms, presence, **more):
    rows = presence[presence["atom"].isin(atoms)]
    return Loss(kind, names, to_stage, tuple(atoms), int(rows["n_events"].sum()), int(rows["journey"].nunique()), **more)


def _reaching(model, position):
    return {atom for atom, reach in zip(ATOMS, model.reach_of_atom, strict=True) if reach >= position}
