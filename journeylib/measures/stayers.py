"""Who is left at the end of the curve: the feeling of each stage among those who came to the last one (practice C4).

Later stages hold only those who stayed. Where the unhappy leave, the raw curve rises although nobody has become happier.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats as distributions
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import EventLog
from journeylib.measures.emotion import ENDS, FEW, curve_answers
from journeylib.measures.passages import BLOCK_ROWS, over_blocks
from journeylib.measures.stats import standard_error, t_interval
from journeylib.schema import STAYERS, check

FALSE_DISCOVERY_RATE = 0.05


def stayers(voices: pd.DataFrame, model, *, log: EventLog | None = None, journeys: pd.DataFrame | None = None, by_account: bool = False,
            n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """The curve among customers who also reached the last stage that five or more have judged.

    Reached is what the log says; without a log, or for who is not in it, only an answer about that stage tells. `differs`: those
    who stayed and the others feel differently at the stage (Welch's test by unit, Benjamini–Hochberg 5 % over the stages).

    Returns
    -------
    STAYERS, by stage, the last judged one left out; empty where fewer than two stages are judged.
    """
    answers = curve_answers(voices, model, by_account)
    asked = answers.groupby("stage")["customer"].nunique() if len(answers) else pd.Series(dtype=int)
    judged = [stage.id for stage in model.in_scope if asked.get(stage.id, 0) >= FEW]
    if len(judged) < 2:
        return check(pd.DataFrame(columns=list(STAYERS.columns)), STAYERS)
    ids = {*answers["customer"], *voices["account_id"].dropna()}
    stayed = _stayed(answers, voices, judged[-1], model, furthest_stage(log, journeys, model, ids, n_rows))
    rows = [_row(stage, answers[answers["stage"] == stage], stayed) for stage in judged[:-1]]
    return check(_adjusted(pd.DataFrame(rows, columns=list(STAYERS.columns))), STAYERS)


def furthest_stage(log: EventLog | None, journeys: pd.DataFrame | None, model, ids: set, n_rows: int = BLOCK_ROWS) -> pd.Series:
    """Pseudonym of a person or an account, of those in `ids`, → place of the last stage of the model it was seen in; −1 = in none."""
    if log is None or journeys is None or not len(log):
        return pd.Series(dtype="int64")
    seen = over_blocks(log, lambda block: _furthest(block, np.append(model.stage_of_atom, -1)), n_rows).groupby("journey")["place"].max()
    asked = [journeys.loc[journeys[name].isin(ids), ["journey", name]].set_axis(["journey", "id"], axis=1) for name in ("customer_id", "account_id")]
    asked = pd.concat(asked)
    return asked["journey"].map(seen).groupby(asked["id"]).max().dropna().astype("int64")


def _furthest(block: EventLog, place: np.ndarray) -> pd.DataFrame:
    """Of each journey of a block, in which its events lie together, the furthest place."""
    starts = np.flatnonzero(np.diff(block.journey, prepend=-1))
    furthest = np.maximum.reduceat(place[block.atom], starts) if len(starts) else np.empty(0, dtype=place.dtype)
    return pd.DataFrame({"journey": block.journey[starts], "place": furthest})


def _stayed(answers, voices, last, model, furthest) -> pd.Series:
    """Customer → whether the last judged stage was reached; missing where nothing tells."""
    customers = pd.Index(answers["customer"].unique())
    answered = set(answers.loc[answers["stage"] == last, "customer"])
    if furthest.empty:
        return pd.Series([customer in answered for customer in customers], index=customers, dtype="boolean")
    account = voices.dropna(subset=["customer_id"]).drop_duplicates("customer_id").set_index("customer_id")["account_id"]
    own = pd.Series(customers.map(furthest), index=customers, dtype="float64")
    place = own.fillna(pd.Series(customers.map(account).map(furthest), index=customers, dtype="float64"))
    reached = (place >= [stage.id for stage in model.in_scope].index(last)).astype("boolean").mask(place.isna())
    return reached.mask(customers.isin(list(answered)), True)


def _row(stage, answers, stayed):
    by_customer = answers.groupby("customer", sort=True).agg(feeling=("feeling", "mean"), unit=("unit", "first"))
    known = stayed.reindex(by_customer.index)
    here, others = by_customer[(known == True).fillna(False)], by_customer[(known == False).fillna(False)]  # noqa: E712  three-valued
    mean = t_interval(here["feeling"], here["unit"], within=ENDS)
    difference, p = _welch(here, others)
    return {"stage": stage, "n": mean.n, "n_others": len(others), "mean": mean.mean, "lo": mean.lo, "hi": mean.hi, "difference": difference, "p": p, "differs": False}


def _welch(here, others):
    if min(len(here), len(others)) < FEW or min(part["unit"].nunique() for part in (here, others)) < 2:
        return np.nan, np.nan
    difference = here["feeling"].mean() - others["feeling"].mean()
    squares = [standard_error(part["feeling"], pd.factorize(part["unit"])[0]) ** 2 for part in (here, others)]
    freedom = [part["unit"].nunique() - 1 for part in (here, others)]
    if not sum(squares) > 0:
        return difference, 1.0
    df = sum(squares) ** 2 / sum(square**2 / each for square, each in zip(squares, freedom, strict=True))
    return difference, float(2 * distributions.t.sf(abs(difference) / np.sqrt(sum(squares)), df))


def _adjusted(rows):
    tested = rows["p"].notna()
    if tested.any():
        rows.loc[tested, "differs"] = multipletests(rows.loc[tested, "p"].astype(float), FALSE_DISCOVERY_RATE, "fdr_bh")[0]
    return rows[rows["n"] > 0].reset_index(drop=True)
