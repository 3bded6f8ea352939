"""Which channels get the credit for the purchases: one table, seven ways of counting (C3).

What is credited is not what is caused. The ways of counting differ, and their spread is the finding.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.accounts import is_conversation
from journeylib.measures.credit import Paths, credit_by_group, markov_credit, moves_by_group, rule_weights
from journeylib.measures.passages import BLOCK_ROWS, NEVER, blocks_of_units, distinct, first_moments
from journeylib.measures.stats import unit_codes
from journeylib.measures.visits import COMPANY, PAUSE_US, is_step
from journeylib.schema import ATOMS, ATTRIBUTION, CREDIT_MODELS, OUTCOMES, check, empty

WON, LOST, DECIDING = OUTCOMES.index("won"), OUTCOMES.index("lost"), ATOMS.index("a4_decide")
#: More channels than this, and the tail is pooled as `other`.
MOST_CHANNELS = 12
OTHER = "other"
N_DRAWS = 200
#: A step of the decision that at least this share of the buyers took, and of whose takers this share bought, is the purchase itself by another name.
SIGNING = 0.9
#: Under so many purchases nobody can tell what all of them have in common.
FEWEST_TO_TELL = 10
#: Units beyond this many are resampled in so many groups drawn by lot: the spread of the sums stays what it is.
MOST_GROUPS = 4_000


def attribution(log: EventLog, journeys: pd.DataFrame, *, look_back_days: float, half_life_days: float, seed, k: int = 5,
                n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Shares of the purchases by channel under every model of `CREDIT_MODELS`, each with an interval by bootstrap over units.

    A *contact* is a step of the customer's own, a recommendation by another or a conversation, through a known channel; the purchase
    itself is none, nor is what only a customer does (atoms after `a4_decide`). What is no cause of the decision gets nothing of it: a contact at
    the moment of the purchase or later, and signing. *Signing* is a step of the decision (`a4_decide`) that nine of ten buyers took and nine
    of ten who took it bought (from ten purchases on): the purchase by another name; the path ends before it. Contacts through one channel with no pause over half an hour are one. A journey's *path* is its contacts before the
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
    signing, n_bought = _find_signing(log, n_rows)
    wanted = int(look_back_days * DAY_US)
    steps = pd.concat([_find_steps(block, about, signing, wanted) for block, about in blocks_of_units(log, journeys, "unit", "state", n_rows=n_rows)] or [pd.DataFrame(columns=_STEP)],
                      ignore_index=True)  # fmt: skip
    channel, names = _pooled(steps, log.names["channel"], k)
    if not steps["is_won"].any():
        return empty(ATTRIBUTION)
    paths = _paths(steps, channel, len(names), np.random.default_rng(seed))
    point, lo, hi = _shares(paths, half_life_days, np.random.default_rng(seed))
    met = sum(np.bincount(distinct(part.path * len(names) + part.channel) % len(names), minlength=len(names)) for part in _parts(paths))
    n_won = int(paths.n_won.sum())
    about = {"n_won": n_won, "n_unseen": n_bought - n_won, "n_all_paths": len(paths.n_won), "look_back_days": float(look_back_days)}
    rows = [{"model": model, "channel": name, "credit": point[i, c] * n_won, "share": point[i, c], "lo": lo[i, c], "hi": hi[i, c],
             "n_paths": met[c]} | about for i, model in enumerate(CREDIT_MODELS) for c, name in enumerate(names)]  # fmt: skip
    return check(pd.DataFrame(rows), ATTRIBUTION)


def _may_count(log):
    """The customer's own steps, another's recommendations and conversations, up to the decision; the yes or no itself is none."""
    before = (log.outcome != WON) & (log.outcome != LOST) & (log.atom <= DECIDING)
    own = is_step(log) & ((log.initiator >= 0) & (log.initiator != COMPANY) if log.has_initiators else True)
    may, others = before & own, np.flatnonzero(before & ~own)
    may[others] = is_conversation(log, others)
    return may


def _find_signing(log, n_rows) -> tuple[np.ndarray, int]:
    """Which touchpoints are the purchase by another name (the last for none), and how many journeys bought."""
    n = len(log.names["touchpoint"])
    met, before, n_bought = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), 0
    for block in log.blocks(n_rows):
        rows, won = np.flatnonzero(_may_count(block) & (block.atom == DECIDING) & (block.touchpoint >= 0)), first_moments(block, block.outcome == WON)
        key = block.place[rows].astype(np.int64) * n + block.touchpoint[rows]
        order = np.argsort(key, kind="stable")
        rows = rows[order][np.append(True, np.diff(key[order]) > 0)[: len(rows)]]  # the first time each journey met it
        has = won[block.place[rows]] < NEVER
        met += np.bincount(block.touchpoint[rows], minlength=n)
        before += np.bincount(block.touchpoint[rows][has & (block.at_us[rows] <= won[block.place[rows]])], minlength=n)
        n_bought += int((won < NEVER).sum())
    is_signing = (n_bought >= FEWEST_TO_TELL) & (before >= SIGNING * n_bought) & (before >= SIGNING * met) & (before > 0)
    return np.append(is_signing, False), n_bought


#: One contact of a path.
_STEP = {"journey": np.int32, "channel": np.int16, "unit": np.int32, "days_before": np.float64, "is_won": np.bool_}


def _find_steps(log, about, signing, look_back_us) -> pd.DataFrame:
    """The contacts of a block's paths: before the decision or up to the last contact, within the look-back; of open journeys only when settled."""
    may, end = _may_count(log), first_moments(log, log.outcome == WON)
    signed = first_moments(log, may & (log.atom == DECIDING) & signing[log.touchpoint])
    end = np.where(end < NEVER, np.minimum(end, signed), NEVER)  # a buyer has decided with the purchase, or with the first signing before it
    rows = _begun_contacts(log, np.flatnonzero(may & (log.channel >= 0)))
    rows = rows[log.at_us[rows] < end[log.place[rows]]]
    place, at = log.place[rows], log.at_us[rows]
    last = np.full(len(end), -NEVER)
    last[place] = at  # rows ascend in time
    is_won, until = (end < NEVER)[place], np.where(end < NEVER, end, last)[place]
    settled = (end < NEVER) | about["state"].isin(["lost", "dormant"]).to_numpy(dtype=bool) | (last < log.as_of_us - look_back_us)
    kept = settled[place] & (until - at <= look_back_us)
    found = {"journey": log.journey[rows], "channel": log.channel[rows], "unit": about["unit"].to_numpy(dtype=np.int64)[place], "days_before": (until - at) / DAY_US, "is_won": is_won}
    return pd.DataFrame({name: values[kept].astype(_STEP[name]) for name, values in found.items()})


def _begun_contacts(log, rows):
    """Of these rows those that begin a contact: events through one channel without a pause are one."""
    journey, channel, at = log.journey[rows], log.channel[rows], log.at_us[rows]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (journey[1:] != journey[:-1]) | (channel[1:] != channel[:-1]) | (at[1:] - at[:-1] > PAUSE_US)
    return rows[begins]


def _pooled(steps, names, k):
    """The channel of every step among those named, and their names; the rare ones and those beyond the twelfth are one."""
    pairs = distinct(steps["journey"].to_numpy(dtype=np.int64) * len(names) + steps["channel"].to_numpy(dtype=np.int64)) if len(steps) else np.zeros(0, dtype=np.int64)
    n_met = np.bincount(pairs % max(len(names), 1), minlength=len(names))
    met = {int(code): int(n_met[code]) for code in np.flatnonzero(n_met)}
    order = sorted(met, key=lambda code: (-met[code], names[code]))
    own = [code for code in order if met[code] >= k and names[code] != OTHER]
    if len(own) < len(order) or len(own) > MOST_CHANNELS:
        own = own[: MOST_CHANNELS - 1]
        rest = set(order) - set(own)
        while own and steps.loc[steps["channel"].isin(rest), "journey"].nunique() < k:
            rest.add(own.pop())
    kept = [names[code] for code in own] + [OTHER] * (len(own) < len(order))
    place = np.full(len(names) + 1, len(own), dtype=np.int16)
    place[own] = np.arange(len(own))
    return place[steps["channel"].to_numpy(dtype=np.int64)], kept


def _paths(steps, channel, n_channels, rng) -> Paths:
    journey = steps["journey"].to_numpy()
    first = np.append(True, journey[1:] != journey[:-1])
    is_won, unit = steps["is_won"].to_numpy()[first], steps["unit"].to_numpy()[first]
    group = unit_codes(unit)
    n_units = int(group.max()) + 1
    if n_units > MOST_GROUPS:
        group = rng.integers(MOST_GROUPS, size=n_units)[group]
    path = np.cumsum(first, dtype=np.int32) - 1
    return Paths(path, channel, steps["days_before"].to_numpy(), is_won.astype(float), (~is_won).astype(float), group, n_channels, min(n_units, MOST_GROUPS))


def _parts(paths: Paths) -> Iterator[Paths]:
    """The paths in parts of about `BLOCK_ROWS` steps: their credits add up."""
    first, ends = 0, np.append(np.flatnonzero(paths.path[1:] != paths.path[:-1]) + 1, len(paths.path))
    while first < len(paths.path):
        last = int(ends[np.searchsorted(ends, min(first + BLOCK_ROWS, len(paths.path)))])
        steps, of = slice(first, last), slice(int(paths.path[first]), int(paths.path[last - 1]) + 1)
        yield Paths(paths.path[steps].astype(np.int64) - of.start, paths.channel[steps].astype(np.int64), paths.days_before[steps], paths.n_won[of], paths.n_null[of],
                    paths.group[of], paths.n_channels, paths.n_groups)  # fmt: skip
        first = last


def _shares(paths, half_life_days, rng):
    """Share by model and channel with both ends, each (models, channels): units weighted by Poisson(1) in every draw."""
    weights = np.vstack([np.ones(paths.n_groups), rng.poisson(1.0, (N_DRAWS, paths.n_groups))])
    moves, by_rule, c = 0, {}, paths.n_channels
    for part in _parts(paths):
        moves = moves_by_group(part) + moves
        for rule, of_step in rule_weights(part, half_life_days).items():
            by_rule[rule] = by_rule.get(rule, 0) + credit_by_group(part, of_step)
    credits = {"markov": markov_credit((moves.T @ weights.T).T.reshape(-1, c + 1, c + 2))}
    credits |= {rule: weights @ credit for rule, credit in by_rule.items()}
    credit = np.stack([credits[model] for model in CREDIT_MODELS], axis=1)
    total = credit.sum(axis=2, keepdims=True)
    share = np.divide(credit, total, out=np.full_like(credit, np.nan), where=total > 0)
    lo, hi = np.nanquantile(share[1:], [0.025, 0.975], axis=0)
    return share[0], lo, hi
