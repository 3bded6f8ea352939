"""Whether content and activities stand where the customers are: stage × persona (practice C7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS, blocks_of_units, distinct, stage_of_events
from journeylib.measures.places import stage_ids
from journeylib.measures.stats import poisson_ratio_interval
from journeylib.schema import COVERAGE, check

#: A cell is thin when its share of the content is surely less than half its share of the customers.
THIN = 1 / 2
#: Codes that mean the same written language.
SAME_LANGUAGE = {"no": "nb", "nn": "nb"}


def coverage(log: EventLog | None, journeys: pd.DataFrame | None, model, *, customers: pd.DataFrame | None = None,
             content: pd.DataFrame | None = None, activities: pd.DataFrame | None = None, personas: Sequence[str] = (),
             language: str = "sv", as_of: dt.date, demand_share: float = 0.02, n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Supply and demand of content in every stage, for everybody and for each declared persona.

    Demand is the customers seen in the stage; `demand_share` is of all customer × stage presences. Supply is the items
    that are live on `as_of` in the client's language (if no item is in it, in any); an item without a persona serves all.
    The ratio compares the stage's share of the supply with its share of the demand, both within the persona, with the
    exact Poisson interval. A cell is a *hole* when its demand share reaches `demand_share` and nothing is there, *thin*
    when the whole ratio lies under ½, *no_demand* when nobody, or fewer with nothing there, was seen.

    Returns
    -------
    COVERAGE, persona '' first. What was not delivered (log, registers, personas) is missing, never 0.
    """
    live = None if content is None else live_content(content, language, as_of)
    placed = None if live is None else live.assign(place=stage_ids(live, model)).query("place != ''")
    doing = None if activities is None else activities.assign(place=stage_ids(activities, model))
    demand = None if log is None or not len(log) else _presences(log, journeys, model, customers, n_rows)
    parts = [_persona_rows(persona, model, demand, placed, doing, demand_share) for persona in ("", *personas)]
    return check(pd.concat(parts, ignore_index=True), COVERAGE)


def live_content(content: pd.DataFrame, language: str, as_of: dt.date) -> pd.DataFrame:
    """The items that are live on the day, in the client's language; if none is in it, in any."""
    day = pd.Timestamp(as_of)
    live = ~(content["live_from"] > day) & ~(content["live_to"] <= day)
    written_in = content["language"].str.lower().str[:2].replace(SAME_LANGUAGE)
    readable = (written_in == language).fillna(True).astype(bool) if (written_in == language).any() else True
    return content[live & readable]


#: More stages and personas than any client has, to write both and the customer as one number.
_STAGES, _PERSONAS = 32, 32_768


def _presences(log, journeys, model, customers, n_rows):
    """One row a customer and stage: `stage` position, `who`, `persona` as categories."""
    by_id = pd.Series(dtype="string") if customers is None else customers.dropna(subset="persona").drop_duplicates("customer_id").set_index("customer_id")["persona"]
    names = sorted({*by_id.unique(), *journeys["persona"].dropna().unique()})
    own = journeys[["journey", "unit"]].assign(persona=pd.Categorical(journeys["persona"], names).codes)
    of_customer = pd.Categorical(by_id.reindex(pd.Index(log.names["customer"], dtype="string")), names).codes if len(by_id) else np.zeros(0, dtype=np.int16)
    parts = [_seen(block, about, model, of_customer) for block, about in blocks_of_units(log, own, n_rows=n_rows)]
    key = distinct(np.concatenate(parts))
    return pd.DataFrame({"stage": key // _PERSONAS % _STAGES, "who": key // (_PERSONAS * _STAGES), "persona": pd.Categorical.from_codes(key % _PERSONAS - 1, names)})


def _seen(log, about, model, of_customer):
    """The customers of a block in each stage, whoever nobody knows by the unit, with their own persona, else the journey's: one number each."""
    stage = stage_of_events(log, model)
    rows = np.flatnonzero(stage >= 0)
    customer, place = log.customer[rows].astype(np.int64), log.place[rows]
    persona = about["persona"].to_numpy()[place].astype(np.int16)
    if len(of_customer):
        told = np.append(of_customer, -1)[customer]
        persona = np.where(told >= 0, told, persona)
    who = np.where(customer >= 0, customer, len(log.names["customer"]) + 1 + about["unit"].to_numpy(dtype=np.int64)[place])
    return distinct((who * _STAGES + stage[rows]) * _PERSONAS + persona + 1)


def _persona_rows(persona, model, demand, placed, doing, limit):
    stages = [stage.id for stage in model.in_scope]
    n_customers, n_all = _demand(demand, persona, len(stages))
    n_content = _supply(placed, persona, stages)
    frame = pd.DataFrame({"stage": stages, "persona": persona, "n_content": n_content, "n_customers": n_customers})
    frame["n_activities"] = _supply(doing, persona, stages)
    frame["n_owned"] = _supply(None if doing is None else doing[doing["owner"].notna()], persona, stages)
    frame["demand_share"] = frame["n_customers"].astype("float64") / (n_all or np.nan)
    frame["supply_share"] = frame["n_content"].astype("float64") / (np.nansum(n_content) or np.nan)
    frame[["ratio_lo", "ratio_hi"]] = [_ratio(row, frame) for row in frame.itertuples()]
    return frame.assign(status=[_status(row, limit) for row in frame.itertuples()])


def _demand(demand, persona, n_stages):
    unknown = np.full(n_stages, np.nan)
    if demand is None or (persona and demand["persona"].isna().all()):
        return unknown, 0
    everybody = demand.drop_duplicates(["stage", "who"])
    mine = demand[demand["persona"] == persona] if persona else everybody
    return np.bincount(mine["stage"], minlength=n_stages).astype(float), len(everybody)


def _supply(register, persona, stages):
    if register is None:
        return np.full(len(stages), np.nan)
    mine = register[register["persona"].isna() | (register["persona"] == persona).fillna(False)] if persona else register
    return mine["place"].value_counts().reindex(stages, fill_value=0).to_numpy(dtype=float)


def _ratio(row, frame):
    counts = row.n_content, frame["n_content"].sum(), row.n_customers, frame["n_customers"].sum()
    return (np.nan, np.nan) if np.isnan(counts).any() else poisson_ratio_interval(*counts)


def _status(row, limit):
    if np.isnan(row.n_content) or np.isnan(row.n_customers):
        return "not_checkable"
    if row.n_customers == 0 or (row.n_content == 0 and not row.demand_share >= limit):
        return "no_demand"
    if row.n_content == 0:
        return "hole"
    return "thin" if row.ratio_hi < THIN else "covered"
