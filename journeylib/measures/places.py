"""Where in the model a voice or a register's row belongs, and who spoke."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.schema import ATOMS


def stage_ids(rows: pd.DataFrame, model) -> np.ndarray:
    """Stage id of every row of a table with `atom` and `stage` (the atom decides); '' where it is outside the scope."""
    ids = np.array([*(stage.id for stage in model.in_scope), ""], dtype=object)
    atom = pd.Categorical(rows["atom"], categories=list(ATOMS)).codes
    by_atom = ids[np.append(model.stage_of_atom, -1)[atom]]
    named = rows["stage"].fillna("").astype(object).to_numpy()
    named = np.where(np.isin(named.astype(str), ids.astype(str)), named, "")
    return np.where(atom >= 0, by_atom, named)


def speakers(voices: pd.DataFrame) -> np.ndarray:
    """Who each voice is: the customer, else the account, else the voice itself."""
    return voices["customer_id"].fillna(voices["account_id"]).fillna(voices["voice_id"]).astype(object).to_numpy()


def speaker_units(voices: pd.DataFrame, by_account: bool) -> np.ndarray:
    """The unit each voice counts under: the account where the client counts accounts and it is known, else the speaker."""
    alone = pd.Series(speakers(voices), index=voices.index, dtype="string")
    if not by_account:
        return alone.astype(object).to_numpy()
    account = voices["account_id"].groupby(alone).transform("min")  # one unit a speaker, whatever the order of rows
    return account.fillna(alone).astype(object).to_numpy()


def feelings(scores: pd.Series, scale_min: pd.Series, scale_max: pd.Series) -> pd.Series:
    """Answers on −2 … +2: 4 (s − min) / (max − min) − 2 (C4).

    >>> feelings(pd.Series([1.0, 4.0]), pd.Series([1.0, 1.0]), pd.Series([5.0, 5.0])).tolist()
    [-2.0, 1.0]
    """
    return 4 * (scores - scale_min) / (scale_max - scale_min) - 2


def join_sources(sources: pd.Series) -> str:
    """Source names, each once, comma-separated."""
    return ", ".join(sorted(set(sources.dropna())))


def with_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """`first_on` and `last_on` as moments also where every one of them is missing."""
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("first_on", "last_on")})
