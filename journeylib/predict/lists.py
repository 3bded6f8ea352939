"""Whom to contact, of those most likely to buy or to leave: only who has said yes to contact, and some left alone by lot.

A list is made only of a prediction that holds. It is an experiment: high risk is not the same as being open to a call (Ascarza 2018), so a
part drawn by lot is left alone, and the two are compared afterwards. It never stands in a report: it lies in the client's data folder.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from journeylib.errors import RunError
from journeylib.predict.targets import Prediction, chances_today

FOLDER = "lists"
GROUPS = ("contact", "leave_alone")
COLUMNS = ("list", "group", "rank", "customer_id", "account_id", "chance")


@dataclass(frozen=True)
class ContactList:
    """People of the likeliest part of those asked about today, in two groups by lot.

    Attributes
    ----------
    name : `buy-2026-01-15`. people : `COLUMNS`; a row a person, several of one account in one group. n_top : units in the likeliest part.
    n_without_consent : units of it of which nobody has said yes. n : units in each group, by `GROUPS`.
    """

    name: str
    people: pd.DataFrame
    n_top: int
    n_without_consent: int
    n: dict[str, int]


def make_list(prediction: Prediction, collected, client) -> ContactList | None:
    """The list of a prediction; None where nothing may be listed, because it does not hold.

    The likeliest `list_share` of the units asked about at the data cut are taken, then those of whom somebody has a recorded yes to contact:
    an unknown consent is no consent (M119). By lot, `hold_out_share` of these units are left alone; people of one account share a group.
    The lot depends on seed, target and data cut alone, over units in the order of their raw names.
    """
    if prediction.verdict != "predictable":
        return None
    name = f"{prediction.target}-{client.as_of}"
    today = chances_today(prediction, collected, client).drop_duplicates("unit")
    top = today.head(round(len(today) * client.prediction.list_share))
    people = consenting_people(top["unit"], collected.journeys, collected.customers)
    listed = np.sort(people["unit"].unique())
    rng = np.random.default_rng([client.seed, zlib.crc32(name.encode())])
    alone = set(rng.permutation(listed)[: round(len(listed) * client.prediction.hold_out_share)].tolist())
    people = people.merge(top[["unit", "chance"]].assign(rank=np.arange(1, len(top) + 1)), on="unit").sort_values(["rank", "customer_id"], ignore_index=True)
    people = people.assign(list=name, group=[GROUPS[unit in alone] for unit in people["unit"]], chance=people["chance"].round(3))
    return ContactList(name, people[list(COLUMNS)], len(top), len(top) - len(listed), {"contact": len(listed) - len(alone), "leave_alone": len(alone)})


def consenting_people(units: pd.Series, journeys: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """`unit`, `customer_id`, `account_id` of everybody of these units with a recorded yes to contact."""
    of_units = journeys[journeys["unit"].isin(set(units))]
    yes = customers[customers["has_consent"].fillna(False).astype(bool)]
    persons = of_units.dropna(subset=["customer_id"])[["unit", "customer_id"]].merge(yes[["customer_id", "account_id"]], on="customer_id")
    accounts = of_units.dropna(subset=["account_id"])[["unit", "account_id"]].merge(yes[["customer_id", "account_id"]].dropna(), on="account_id")
    return pd.concat([persons, accounts], ignore_index=True).drop_duplicates(["unit", "customer_id"], ignore_index=True)[["unit", "customer_id", "account_id"]]


def list_file(client, name: str) -> Path:
    """Where a list lies: beside the client's raw data, which no report and no repository takes."""
    return client.data_folder / FOLDER / f"{name}.csv"


def write_list(made: ContactList, client, own_ids: pd.Series | None = None) -> tuple[Path, str]:
    """Write a list, readable by its owner alone, and never over another: who was left alone must stay left alone.

    Parameters
    ----------
    own_ids : pseudonym → the client's own ids, for those on the list.

    Returns
    -------
    The file, and `written`; `kept` where the same people are in it already, or `added` where their own ids were not and are now.

    Raises
    ------
    RunError
        A list of that name with other people, or other groups, is there.
    """
    path = list_file(client, made.name)
    if path.exists():
        there = read_list(path)
        if there[["customer_id", "group"]].equals(made.people[["customer_id", "group"]].astype("string")):
            if own_ids is None or "own_ids" in there:
                return path, "kept"
            _put(path, there.assign(own_ids=there["customer_id"].map(own_ids)))
            return path, "added"
        raise RunError(f"{FOLDER}/{path.name} is already there, with other people or groups. It stays, so that it can be judged; "
                       "take it away if nobody has used it, or choose another data cut with --as-of.")  # fmt: skip
    people = made.people if own_ids is None else made.people.assign(own_ids=made.people["customer_id"].map(own_ids))
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, people)
    return path, "written"


def _put(path: Path, people: pd.DataFrame) -> None:
    """Write a list whole or not at all, for its owner's eyes alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig", newline="") as file:
        people.to_csv(file, index=False)
    os.replace(draft, path)


def read_list(path: Path) -> pd.DataFrame:
    """A list as it was written: all texts.

    Raises
    ------
    RunError
        Columns are missing.
    """
    frame = pd.read_csv(path, dtype="string", encoding="utf-8-sig")
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise RunError(f"{FOLDER}/{path.name}: no column {missing[0]!r}. Expected {', '.join(COLUMNS)}, as `journey list` wrote them.")
    return frame


def change_of(made: ContactList, prediction: Prediction, client, title: str) -> dict[str, str]:
    """A line for `changes.csv` by which the next report judges the list: an A/B test of who bought within the horizon, both groups by lot.

    Purchases are counted for leaving, too: a call brings answers, and an answer would count as having been heard from.
    """
    start = pd.Timestamp(client.as_of) + pd.Timedelta(days=1)
    return {"change_id": made.name, "action_id": "", "title": title, "start_on": f"{start:%Y-%m-%d}", "end_on": "", "stage": "", "scope": f"list:{made.name}",
            "kpi": "won", "horizon_days": f"{prediction.horizon_days:g}", "expected": "", "comparison": f"list:{made.name}/leave_alone", "design": "ab",
            "control_share": f"{client.prediction.hold_out_share:g}", "written_on": str(client.as_of), "written_by": ""}  # fmt: skip
