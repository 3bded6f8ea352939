"""Which channels get the credit for the purchases: one table, seven ways of counting (C3).

What is credited is not what is caused. The ways of counting differ, and their spread is the finding.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.accounts import is_conversation
from journeylib.measures.credit import Paths, credit_by_group, markov_credit, moves_by_group, rule_weights
from journeylib.measures.passages import BLOCK_ROWS, NEVER, journeys_of, over_blocks
from journeylib.measures.visits import COMPANY, PAUSE_US, is_step
from journeylib.schema import ATOMS, ATTRIBUTION, CREDIT_MODELS, OUTCOMES, check, empty

WON, DECIDING = OUTCOMES.index("won"), ATOMS.index("a4_decide")
#: More channels than this, and the tail is pooled as `other`.
MOST_CHANNELS = 12
OTHER = "other"
N_DRAWS = 200
#: Units beyond this many are resampled in so many groups drawn by lot: the spread of the sums stays what it is.
MOST_GROUPS = 4_000


def attribution(log: EventLog, journeys: pd.DataFrame, *, look_back_days: float, half_life_days: float, seed, k: int = 5,
                n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Shares of the purchases by channel under every model of `CREDIT_MODELS`, each with an interval by bootstrap over units.

    A *contact* is a step of the customer's own, a recommendation by another or a conversation, through a known channel; the purchase
    itself is none, nor is what only a customer does (atoms after `a4_decide`). Contacts through one channel with no pause over half an hour are one. A journey's *path* is its contacts up to the
    first purchase and within `look_back_days` of it; without a purchase, up to the last contact. A journey without a purchase counts
    as one when it is lost or dormant, or when its last contact is longer ago than the look-back, so that no later purchase could be
    credited to it; other open journeys are not known yet and left out.

    Parameters
    ----------
    half_life_days : days before the purchase by which a contact's weight has halved, for `decay`.
    seed : of the bootstrap; k : channels fewer journeys met are pooled as `other`.

    Returns
    -------
    ATTRIBUTION; empty where no purchase has a path.
    """
    contacts = over_blocks(log, _find_contacts, n_rows)
    won = over_blocks(log, _first_purchase, n_rows).groupby("journey")["won_us"].min()
    steps = _within(contacts, won, journeys, log.as_of_us, int(look_back_days * DAY_US))
    channel, names = _pooled(steps, log.names["channel"], k)
    if not steps["is_won"].any():
        return empty(ATTRIBUTION)
    paths = _paths(steps, channel, len(names), journeys, np.random.default_rng(seed))
    point, lo, hi = _shares(paths, half_life_days, np.random.default_rng(seed))
    met = np.bincount(np.unique(paths.path * len(names) + paths.channel) % len(names), minlength=len(names))
    n_won = int(paths.n_won.sum())
    about = {"n_won": n_won, "n_unseen": len(won) - n_won, "n_all_paths": len(paths.n_won), "look_back_days": float(look_back_days)}
    rows = [{"model": model, "channel": name, "credit": point[i, c] * n_won, "share": point[i, c], "lo": lo[i, c], "hi": hi[i, c],
             "n_paths": met[c]} | about for i, model in enumerate(CREDIT_MODELS) for c, name in enumerate(names)]  # fmt: skip
    return check(pd.DataFrame(rows), ATTRIBUTION)


def _find_contacts(log):
    """The contacts of a block: journey, channel, when."""
    known = (log.initiator >= 0).any()
    own = is_step(log) & ((log.initiator >= 0) & (log.initiator != COMPANY) if known else True)
    rows = np.flatnonzero((own | is_conversation(log)) & (log.channel >= 0) & (log.outcome != WON) & (log.atom <= DECIDING))
    journey, channel, at = log.journey[rows], log.channel[rows], log.at_us[rows]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (journey[1:] != journey[:-1]) | (channel[1:] != channel[:-1]) | (at[1:] - at[:-1] > PAUSE_US)
    return pd.DataFrame({"journey": journey[begins], "channel": channel[begins], "at_us": at[begins]})


def _first_purchase(log):
    won = log.outcome == WON
    return pd.DataFrame({"journey": log.journey[won], "won_us": log.at_us[won]}).drop_duplicates("journey")


def _within(contacts, won, journeys, as_of_us, look_back_us):
    """The contacts of paths: up to the purchase or the last contact, within the look-back; open journeys only when settled."""
    end = won.reindex(contacts["journey"], fill_value=NEVER).to_numpy()
    steps = contacts.assign(is_won=end < NEVER)[contacts["at_us"].to_numpy() <= end]
    last = steps.groupby("journey")["at_us"].transform("max").to_numpy()
    end = np.where(steps["is_won"], end[steps.index], last)
    state = journeys_of(journeys, steps["journey"].to_numpy())["state"]
    settled = steps["is_won"].to_numpy() | state.isin(["lost", "dormant"]).to_numpy() | (last < as_of_us - look_back_us)
    steps = steps.assign(days_before=(end - steps["at_us"]) / DAY_US)
    return steps[settled & (end - steps["at_us"].to_numpy() <= look_back_us)].reset_index(drop=True)


def _pooled(steps, names, k):
    """The channel of every step among those named, and their names; the rare ones and those beyond the twelfth are one."""
    met = steps.drop_duplicates(["journey", "channel"])["channel"].value_counts()
    order = sorted(met.index, key=lambda code: (-met[code], names[code]))
    own = [code for code in order if met[code] >= k and names[code] != OTHER]
    if len(own) < len(order) or len(own) > MOST_CHANNELS:
        own = own[: MOST_CHANNELS - 1]
        rest = set(order) - set(own)
        while own and steps.loc[steps["channel"].isin(rest), "journey"].nunique() < k:
            rest.add(own.pop())
    kept = [names[code] for code in own] + [OTHER] * (len(own) < len(order))
    place = {code: i for i, code in enumerate(own)}
    return steps["channel"].map(place).fillna(len(own)).to_numpy(dtype=np.int64), kept


def _paths(steps, channel, n_channels, journeys, rng) -> Paths:
    codes, path = np.unique(steps["journey"].to_numpy(), return_inverse=True)
    is_won = steps.drop_duplicates("journey")["is_won"].to_numpy()
    units, group = np.unique(journeys_of(journeys, codes)["unit"].to_numpy(dtype=np.int64), return_inverse=True)
    if len(units) > MOST_GROUPS:
        group = rng.integers(MOST_GROUPS, size=len(units))[group]
    return Paths(path, channel, steps["days_before"].to_numpy(), is_won.astype(float), (~is_won).astype(float), group, n_channels, min(len(units), MOST_GROUPS))


def _shares(paths, half_life_days, rng):
    """Share by model and channel with both ends, each (models, channels): units weighted by Poisson(1) in every draw."""
    weights = np.vstack([np.ones(paths.n_groups), rng.poisson(1.0, (N_DRAWS, paths.n_groups))])
    moves, c = moves_by_group(paths), paths.n_channels
    credits = {"markov": markov_credit((moves.T @ weights.T).T.reshape(-1, c + 1, c + 2))}
    credits |= {rule: weights @ credit_by_group(paths, of_step) for rule, of_step in rule_weights(paths, half_life_days).items()}
    credit = np.stack([credits[model] for model in CREDIT_MODELS], axis=1)
    total = credit.sum(axis=2, keepdims=True)
    share = np.divide(credit, total, out=np.full_like(credit, np.nan), where=total > 0)
    lo, hi = np.nanquantile(share[1:], [0.025, 0.975], axis=0)
    return share[0], lo, hi
