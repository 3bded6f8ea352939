"""What happens between departments? Stage changes with and without a change of department, and how they keep out of each other's way (C17)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.clustered import difference_of_means
from journeylib.measures.departments import company_contacts, departments_of, is_contact
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of, moments, over_blocks, stage_of_events
from journeylib.measures.stats import share_by_unit
from journeylib.measures.visits import COMPANY
from journeylib.schema import ATOMS, COORDINATION, HANDOVERS, check

#: Two departments within this time are not two steps of one plan (C17).
COLLISION_HOURS = 48
#: Days within which somebody is to talk to those a campaign reached.
CAMPAIGN_DAYS = 30
#: A campaign that reached fewer says nothing of what followed.
SMALLEST_CAMPAIGN = 10
#: Fewer stage changes on either side are not compared.
FEWEST_COMPARED = 5


def handovers(log: EventLog, journeys: pd.DataFrame, model, *, departments: Mapping[str, str], window_days: float | None,
              n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Stage changes where another department takes over beside those where the same goes on, between the same two stages.

    A stage change is a contact (`departments.is_contact`) in a later stage than the journey's contact before it. *Wait*: days
    between the two. *Loss*: the journey went no further than the new stage within the window after it, of those followed that
    long; asked of stages before use begins, since a customer who stays one is not lost, and of the last one where it holds the purchase.
    The difference is weighted over the stage changes both kinds are seen in; its interval is by unit.

    Parameters
    ----------
    departments : source → department, for events that name none. window_days : None = until the data cut.

    Returns
    -------
    HANDOVERS: all together, and each pair of departments at each stage change. Empty where no department is known, or none changes.
    """
    changes = over_blocks(log, lambda block: _tally_changes(block, model, departments), n_rows)
    if changes.empty:
        return check(pd.DataFrame(columns=list(HANDOVERS.columns)), HANDOVERS)
    about = journeys_of(journeys, changes["journey"].to_numpy(), "unit", "state", "ended_at")
    changes = changes.assign(unit=about["unit"].to_numpy(), won_us=np.where(about["state"].eq("won"), moments(about["ended_at"]), NEVER))
    changes = _with_loss(changes, log, model, window_days, n_rows)
    _, names = departments_of(log.rows(0, 0), departments)
    ids = [stage.id for stage in model.in_scope]
    rows = []
    for measure, judged in (("wait", changes), ("loss", changes[changes["loss"].notna()])):
        rows += _compared(measure, judged, names, ids)
    return check(pd.DataFrame(rows, columns=list(HANDOVERS.columns)), HANDOVERS)


def coordination(log: EventLog, journeys: pd.DataFrame, *, departments: Mapping[str, str], n_rows: int = BLOCK_ROWS) -> pd.DataFrame:
    """Do departments fall over each other, and does anybody follow up what is sent to many?

    - collisions: units that two departments contacted within 48 hours, of units contacted by two or more at all. Contacts the
      company started; where the departments are planned together, this is no fault.
    - unfollowed: campaigns (one `detail` of mailings) after which no contact of another department reached anybody within
      30 days, of campaigns that reached ten or more and were sent that long ago.

    Returns
    -------
    COORDINATION; empty where fewer than two departments contact anybody.
    """
    sent = over_blocks(log, lambda block: company_contacts(block, departments).assign(is_contact=_is_personal(block)), n_rows)
    sent = sent[sent["department"] >= 0]
    if sent["department"].nunique() < 2:
        return check(pd.DataFrame(columns=list(COORDINATION.columns)), COORDINATION)
    sent["unit"] = journeys_of(journeys, sent["journey"].to_numpy(), "unit")["unit"].to_numpy()
    return check(pd.DataFrame([*_collisions(sent), *_unfollowed(sent, log.as_of_us)], columns=list(COORDINATION.columns)), COORDINATION)


# --- stage changes ----------------------------------------------------------------------------------------------------


def _tally_changes(log, model, departments):
    """One row a stage change between two contacts of a journey."""
    department, _ = departments_of(log, departments)
    stage = stage_of_events(log, model)
    rows = np.flatnonzero(is_contact(log) & (department >= 0) & (stage >= 0))
    journey, stage, at, department = log.journey[rows], stage[rows], log.at_us[rows], department[rows]
    later = np.flatnonzero((journey[1:] == journey[:-1]) & (stage[1:] > stage[:-1])) + 1
    return pd.DataFrame({"journey": journey[later], "stage": stage[later - 1], "next_stage": stage[later], "department": department[later - 1],
                         "next_department": department[later], "at_us": at[later], "wait": (at[later] - at[later - 1]) / DAY_US})  # fmt: skip


def _with_loss(changes, log, model, window_days, n_rows):
    """Whether the journey got beyond the new stage in time; missing where that cannot be told: too recent, or no later stage is ever seen.

    Where the model ends with the stage of the purchase, it is the purchase that lies beyond.
    """
    passages = find_passages(log, model, of=("at_least",), n_rows=n_rows)
    place = np.searchsorted(passages.journey, changes["journey"])
    stage, at = changes["next_stage"].to_numpy(), changes["at_us"].to_numpy()
    k = passages.at_least.shape[1]
    is_end, won = (stage == k - 1) & (model.stage_of_atom[ATOMS.index("a4_decide")] == k - 1), changes["won_us"].to_numpy()
    beyond = np.where(is_end, won, np.where(stage + 1 < k, passages.at_least[place, np.minimum(stage + 1, k - 1)], NEVER))
    seen = np.where(is_end, (won < NEVER).any(), (np.append((passages.at_least < NEVER).any(axis=0)[1:], False) & _is_before_use(model))[stage])
    window_us = NEVER if window_days is None else round(window_days * DAY_US)
    in_time = (beyond < NEVER) & (np.where(beyond < NEVER, beyond, at) - at <= window_us)
    followed = seen & (True if window_days is None else (log.as_of_us - at >= window_us))
    return changes.assign(loss=np.where(followed, ~in_time, np.nan).astype("float64"), is_change=changes["department"] != changes["next_department"])


def _is_before_use(model):
    return np.array([max(ATOMS.index(atom) for atom in stage.atoms) < ATOMS.index("a7_use") for stage in model.in_scope])


def _compared(measure, rows, names, ids):
    if rows.empty or rows["is_change"].nunique() < 2:
        return
    yield from _row(measure, rows, "", "", "", "")
    for (stage, following), here in rows.groupby(["stage", "next_stage"], sort=True):
        same = here[~here["is_change"]]
        for (giver, taker), pair in here[here["is_change"]].groupby(["department", "next_department"], sort=True):
            yield from _row(measure, pd.concat([pair, same]), ids[stage], ids[following], names[giver], names[taker])


def _row(measure, rows, stage, following, giver, taker):
    strata = rows.groupby(["stage", "next_stage"])["is_change"]
    rows = rows[(strata.transform("max") & ~strata.transform("min"))]
    n_changed, n_same = int(rows["is_change"].sum()), int((~rows["is_change"]).sum())
    if min(n_changed, n_same) < FEWEST_COMPARED:
        return
    told = difference_of_means(rows[measure], rows["is_change"], rows["unit"], rows.groupby(["stage", "next_stage"]).ngroup())
    changed = rows.loc[rows["is_change"], measure]
    yield {"measure": measure, "stage": stage, "next_stage": following, "department": giver, "next_department": taker,
           "n": min(rows.loc[flags, "journey"].nunique() for flags in (rows["is_change"], ~rows["is_change"])), "n_changed": n_changed,
           "n_same": n_same, "changed": changed.mean(), "same": changed.mean() - told.difference, "difference": told.difference,
           "lo": told.lo, "hi": told.hi, "p": told.p}  # fmt: skip


# --- contacts ---------------------------------------------------------------------------------------------------------


def _is_personal(log):
    return is_contact(log)[log.initiator == COMPANY]


def _collisions(sent):
    several = sent.groupby("unit")["department"].transform("nunique") > 1
    ordered = sent[several].sort_values(["unit", "at_us"], kind="stable")
    if ordered.empty:
        return
    close = ordered.groupby("unit")["at_us"].diff() <= COLLISION_HOURS / 24 * DAY_US
    other = ordered["department"] != ordered.groupby("unit")["department"].shift()
    collided = (close & other).groupby(ordered["unit"]).max()
    yield _share_row("collisions", share_by_unit(collided.to_numpy(bool), collided.index), COLLISION_HOURS / 24)


def _unfollowed(sent, as_of_us):
    mailed = sent[~sent["is_contact"] & (sent["detail"] >= 0) & (as_of_us - sent["at_us"] >= CAMPAIGN_DAYS * DAY_US)]
    large = mailed[mailed.groupby("detail")["unit"].transform("nunique") >= SMALLEST_CAMPAIGN]
    if large.empty:
        return
    talks = sent.loc[sent["is_contact"], ["unit", "at_us", "department"]].sort_values("at_us")
    after = pd.merge(large[["detail", "unit", "at_us", "department"]], talks, on="unit", suffixes=("", "_talk"))
    wait = after["at_us_talk"] - after["at_us"]
    followed = set(after.loc[(wait > 0) & (wait <= CAMPAIGN_DAYS * DAY_US) & (after["department"] != after["department_talk"]), "detail"])
    campaigns = np.array(sorted(large["detail"].unique()))
    yield _share_row("unfollowed", share_by_unit(~np.isin(campaigns, list(followed)), np.arange(len(campaigns))), CAMPAIGN_DAYS)


def _share_row(measure, told, days):
    return {"measure": measure, "n": told.n, "n_yes": told.n_yes, "rate": told.rate, "lo": told.lo, "hi": told.hi, "days": days}
