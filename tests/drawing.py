"""Small tables drawn as text, for tests that read like the rule they test.

    drawn = events('''
        journey | day | atom | touchpoint | initiator
        ann     | 0   | a2   | ad         |
        ann     | 3.5 | a4   | order      | customer
    ''', until=100)
    funnel(drawn.log, drawn.journeys, drawn.model)

Days count from 1 January 2025; `until` is the day of the data cut. Cells left empty are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog, encode_log
from journeylib.schema import ATOMS, JOURNEYS, Table, check

DAY_0 = pd.Timestamp("2025-01-01", tz="UTC")
#: Short names of atoms in drawn tables: a1 … a9.
SHORT = {atom[:2]: atom for atom in ATOMS}
OF_JOURNEY = ("unit", "customer_id", "account_id", "offer", "persona", "state", "is_referred")


@dataclass(frozen=True)
class DrawnStage:
    """A stage in a drawn model: an id and its atoms."""

    id: str
    atoms: tuple[str, ...]


@dataclass(frozen=True)
class DrawnModel:
    """What measures need of a stage model: the stages in scope, and the position of every atom's stage."""

    in_scope: tuple[DrawnStage, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(stage.id for stage in self.in_scope)

    @property
    def stage_of_atom(self) -> np.ndarray:
        place = {atom: i for i, stage in enumerate(self.in_scope) for atom in stage.atoms}
        return np.array([place.get(atom, -1) for atom in ATOMS], dtype=np.int8)

    @property
    def reach_of_atom(self) -> np.ndarray:
        return np.maximum.accumulate(self.stage_of_atom)


class Drawn(NamedTuple):
    """A drawn client: the prepared log, its journeys table and a stage model."""

    log: EventLog
    journeys: pd.DataFrame
    model: DrawnModel


def stage_model(text: str) -> DrawnModel:
    """A model from `id: atoms` separated by `;`.

    >>> stage_model("aware: a1 a2; decide: a4").ids
    ('aware', 'decide')
    """
    stages = [part.split(":") for part in text.split(";")]
    return DrawnModel(tuple(DrawnStage(name.strip(), tuple(SHORT[atom] for atom in atoms.split())) for name, atoms in stages))


FIVE = stage_model("awareness: a1 a2; consideration: a3; decision: a4; loyalty: a5 a6 a7 a8; advocacy: a9")
#: Four stages called A, B, C, D for the golden case F3.
LETTERS = stage_model("A: a1; B: a2; C: a3; D: a4")


def rows(text: str) -> pd.DataFrame:
    """A drawn table as a frame of strings, empty cells missing."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    return pd.DataFrame(lines[1:], columns=lines[0]).replace("", pd.NA)


def table(text: str, schema: Table, **columns) -> pd.DataFrame:
    """A drawn table of a schema; `columns` are filled in for every row, `day` becomes the schema's moment `at`."""
    frame = rows(text).assign(**columns)
    for name, column in schema.columns.items():
        if name not in frame:
            continue
        if column.type in ("int", "float"):
            frame[name] = pd.to_numeric(frame[name]).astype("float64")
        elif column.type == "bool":
            frame[name] = frame[name].map({"yes": True, "no": False, True: True, False: False})
        elif column.type == "moment":
            frame[name] = [pd.NaT if pd.isna(day) else at(day) for day in frame[name]]
    if "atom" in frame:
        frame["atom"] = frame["atom"].replace(SHORT)
    return check(frame, schema)


def at(day) -> pd.Timestamp:
    """The moment so many days after 1 January 2025."""
    return DAY_0 + pd.Timedelta(days=float(day))


def events(text: str, *, model: DrawnModel = FIVE, until: float = 365) -> Drawn:
    """A drawn event table → log, journeys and model.

    Columns `journey`, `day`, and any of `atom` (a1 … a9), `outcome`, `touchpoint`, `channel`, `initiator`, `customer`,
    `offer`, `value`; and of the journey (its first filled cell counts) `unit`, `customer_id`, `account_id`, `persona`,
    `state`, `is_referred`. Without them each journey is a unit of its own, won at the first won event, else lost at the
    first lost one, else open.
    """
    return from_frame(rows(text), model=model, until=until)


def paths(text: str, *, model: DrawnModel = LETTERS, until: float = 365) -> Drawn:
    """Journeys drawn as letters, a day a letter: `paths("ABCD AD")`."""
    names = dict(zip("ABCDEFGHI", SHORT, strict=False))
    drawn = [{"journey": f"{i:04d}", "day": day, "atom": names[letter], "touchpoint": letter}
             for i, path in enumerate(text.split()) for day, letter in enumerate(path)]  # fmt: skip
    return from_frame(pd.DataFrame(drawn), model=model, until=until)


def from_frame(frame: pd.DataFrame, *, model: DrawnModel = FIVE, until: float = 365) -> Drawn:
    """`events` from a frame with the same columns."""
    frame = frame.assign(name=frame["journey"], occurred_at=[at(day) for day in frame["day"]])
    frame["journey"] = pd.factorize(frame["name"], sort=True)[0]
    if "atom" in frame:
        frame["atom"] = frame["atom"].replace(SHORT)
    if "value" in frame:
        frame["value"] = pd.to_numeric(frame["value"]).astype("float64")
    coded = {"customer_id": "customer"} if "customer_id" in frame and "customer" not in frame else {}
    log = encode_log(frame.rename(columns=coded), as_of=at(until))
    return Drawn(log, _journeys(frame), model)


def _journeys(frame):
    frame = frame.sort_values("occurred_at", kind="stable")
    by_journey = frame.groupby("journey", sort=True)
    journeys = by_journey.agg(started_at=("occurred_at", "min"), last_at=("occurred_at", "max")).reset_index()
    for column in OF_JOURNEY:
        journeys[column] = by_journey[column].first().to_numpy() if column in frame else None
    outcome = frame["outcome"] if "outcome" in frame else pd.Series(None, index=frame.index, dtype="object")
    won, lost = (frame[outcome == end].groupby("journey")["occurred_at"].min().reindex(journeys["journey"]) for end in ("won", "lost"))
    state = np.where(won.notna(), "won", np.where(lost.notna(), "lost", "open"))
    journeys["state"] = journeys["state"].fillna(pd.Series(state))
    journeys["ended_at"] = pd.to_datetime(won.fillna(lost).array, utc=True)
    journeys["unit"] = pd.factorize(journeys["unit"].fillna(by_journey["name"].first().reset_index(drop=True)))[0]
    journeys["is_referred"] = journeys["is_referred"].map({"yes": True, "no": False})
    if "value" in frame:
        sums = frame[outcome == "won"].groupby("journey")["value"].sum(min_count=1)
        journeys["value"] = sums.reindex(journeys["journey"]).to_numpy()
    return check(journeys, JOURNEYS)
