"""A KPI as one value a journey, and period by period around a change: what the designs are given (practice C9).

A journey counts under the moment it entered the stage, and only if it has been followed for the whole window since: a
cohort that is not ripe at the data cut is never counted, so a change is first "too early", then judged.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.funnel import entries
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of, moments, over_blocks
from journeylib.measures.places import feelings, speaker_units, stage_ids
from journeylib.schema import INITIATORS

#: KPI → (unit, whether more is better). `days` counts until the next stage, the whole window for those who do not go on.
KPIS = {"conversion": ("share", True), "won": ("share", True), "contacted": ("share", True), "days": ("days", False), "satisfaction": ("score", True)}
WEEK, MONTH = 7, 28
#: Weeks with fewer than so many, half of the time, are counted by four.
_N_A_WEEK = 15


def observations(collected, model, *, kpi: str, stage: str, window_days: float) -> pd.DataFrame:
    """One row a journey that entered the stage and has been followed for the window (satisfaction: one a scored answer there).

    - conversion: reached a later stage within the window. won: bought within the window.
    - contacted: the company was in touch within the window. days: until a later stage, at most the window.
    - satisfaction: the answer on −2 … +2, under the day it was given.

    Parameters
    ----------
    collected : log, journeys, customers, voices. stage : id in scope; '' = the first.

    Returns
    -------
    Columns `at` (moment), `value`, `unit`, and the groupings `persona`, `offer`, `channel`, `segment`.
    """
    position = model.ids.index(stage) if stage in model.ids else 0
    if kpi == "satisfaction":
        return _answers(collected.voices, model, model.ids[position] if stage else "")
    return _entered(collected, model, position, kpi, window_days)


def _entered(collected, model, position, kpi, window_days):
    log, window_us = collected.log, round(window_days * DAY_US)
    passages = find_passages(log, model, of=("at_least",))
    entered, next_at = (matrix[:, position] for matrix in entries(passages, "at_least"))
    about = journeys_of(collected.journeys, passages.journey)
    if kpi == "won":
        next_at = np.where((about["state"] == "won").to_numpy(bool), moments(about["ended_at"]), NEVER)
    elif kpi == "contacted":
        next_at = _first_contact(log, about, entered)
    ripe = (entered < NEVER) & (log.as_of_us - np.minimum(entered, log.as_of_us) >= window_us)
    waited = np.where(ripe & (next_at < NEVER), np.minimum(next_at, NEVER - 1) - np.where(ripe, entered, 0), NEVER)
    value = np.minimum(waited, window_us) / DAY_US if kpi == "days" else (waited <= window_us).astype(float)
    rows = pd.DataFrame({"at": pd.to_datetime(entered[ripe], unit="us", utc=True), "value": value[ripe], "unit": about["unit"].to_numpy()[ripe]})
    return pd.concat([rows, _groupings(about[ripe].reset_index(drop=True), collected.customers)], axis=1).sort_values("at", kind="stable").reset_index(drop=True)


def _groupings(about, customers):
    known = customers.drop_duplicates("customer_id").set_index("customer_id")["segment"]
    return pd.DataFrame({"persona": about["persona"], "offer": about["offer"], "channel": about["first_channel"],
                         "segment": about["customer_id"].map(known).astype("string")})  # fmt: skip


def _first_contact(log, about, entered):
    """The first event the company started after each entry, whichever of the unit's journeys it is noted on."""
    company = INITIATORS.index("company")
    contacts = over_blocks(log, lambda block: pd.DataFrame({"journey": block.journey[block.initiator == company], "contact": block.at_us[block.initiator == company]}), BLOCK_ROWS)
    unit_of = about.set_index("journey")["unit"]
    contacts = contacts.assign(unit=contacts["journey"].map(unit_of)).dropna(subset=["unit"]).astype({"unit": "int64"})
    contacts = contacts.assign(at=contacts["contact"])[["unit", "at", "contact"]].sort_values("at", kind="stable")
    asked = pd.DataFrame({"unit": about["unit"].astype("int64").to_numpy(), "at": entered, "row": np.arange(len(entered))}).sort_values("at", kind="stable")
    found = pd.merge_asof(asked, contacts, on="at", by="unit", direction="forward", allow_exact_matches=False).sort_values("row")
    return found["contact"].fillna(NEVER).astype("int64").to_numpy()


def _answers(voices, model, stage):
    scored = voices[voices["score"].notna() & voices["said_at"].notna() & (voices["row"] == "emotion") & (voices["kind"] == "stated")]
    scored = scored[stage_ids(scored, model) == stage] if stage else scored
    unit = pd.factorize(speaker_units(scored, False))[0]
    rows = pd.DataFrame({"at": scored["said_at"].to_numpy(), "value": feelings(scored["score"], scored["scale_min"], scored["scale_max"]).to_numpy(), "unit": unit,
                         "persona": scored["persona"].to_numpy(), "offer": pd.NA, "channel": pd.NA, "segment": pd.NA})  # fmt: skip
    return rows.assign(at=pd.to_datetime(rows["at"], utc=True)).dropna(subset=["value"]).sort_values("at", kind="stable").reset_index(drop=True)


def period_days(rows: pd.DataFrame, start: pd.Timestamp) -> int:
    """Weeks where they hold enough customers, else four weeks at a time."""
    before = rows.loc[rows["at"] < start, "at"]
    by_week = ((before - start) // pd.Timedelta(days=WEEK)).value_counts()
    return WEEK if len(by_week) and by_week.median() >= _N_A_WEEK else MONTH


def by_period(rows: pd.DataFrame, start: pd.Timestamp, *, n_days: int, since: pd.Timestamp, until: pd.Timestamp, is_share: bool) -> pd.DataFrame:
    """The KPI by periods of `n_days` laid out from the change both ways, so that none lies astride it; only whole periods.

    Returns
    -------
    Indexed by number (0 = the first period after): `first_day`, `n`, `value`, `error` (standard error of the value), `is_after`.
    """
    step = pd.Timedelta(days=n_days)
    number = ((rows["at"] - start) // step).astype("int64")
    first, last = -((start - since) // step), (until - start) // step - 1
    inside = (number >= first) & (number <= last)
    values = rows["value"][inside].groupby(number[inside])
    table = values.agg(n="count", value="mean", spread="std")
    if is_share:  # one share for all periods of a side: a period's own would give chance lows and highs the largest weight
        side = table.index >= 0
        pooled = values.sum().groupby(side).transform("sum") / table["n"].groupby(side).transform("sum")
        spread = np.sqrt((pooled * (1 - pooled)).clip(lower=1 / (4 * (table["n"].sum() + 1))))
    else:
        spread = np.sqrt((table["spread"].fillna(0) ** 2 * (table["n"] - 1)).sum() / max((table["n"] - 1).sum(), 1))
    first_day = (start + table.index.to_series() * step).dt.tz_localize(None)
    return table.assign(error=spread / np.sqrt(table["n"]), first_day=first_day, is_after=table.index >= 0)[["first_day", "n", "value", "error", "is_after"]]


def data_from(log: EventLog) -> pd.Timestamp:
    """The first moment the log tells of."""
    return pd.Timestamp(int(log.at_us.min()), unit="us", tz="UTC")
