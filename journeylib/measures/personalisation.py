"""Does it depend on whom, or where, a message goes? Messages the company sent, against persona and stage (practice C17).

The index says *different*, not *relevant*: whether the right ones get the right thing is seen in what they do.
"""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd
from scipy.stats import t

from journeylib.event_log import EventLog
from journeylib.measures.departments import TO_MANY
from journeylib.measures.passages import BLOCK_ROWS, journeys_of, over_blocks, stage_of_events
from journeylib.measures.visits import COMPANY, coded, matching
from journeylib.schema import PERSONALISATION, VARIANTS, check

#: Channels in which a message is written once and sent to many.
WRITTEN = ("email", "newsletter", "sms", "letter", "post", "push")
#: Shuffles for few messages; of many each single one tells more, and fewer will do.
N_SHUFFLES, FEWEST_SHUFFLES, SHUFFLED_MESSAGES = 40, 5, 400_000
N_PARTS = 20
#: A persona known of fewer of the recipients than this cannot be what the sender went by.
FEWEST_KNOWN = 0.5
_EPSILON = 1e-9


def personalisation(log: EventLog, journeys: pd.DataFrame, model, *, customers: pd.DataFrame | None = None, seed=0,
                    n_rows: int = BLOCK_ROWS) -> dict[str, pd.DataFrame]:  # fmt: skip
    """How far it depends on persona, stage and both which of its messages the company sends.

    index = (I − Ī) / (H − Ī): I is the mutual information of message (`detail`) and group among messages of the same month, H the
    entropy of the messages in a month, Ī what I is when groups are dealt out at random within the month. The calendar is taken
    out because everybody gets the December letter in December. Interval by the jackknife over twenty parts of the units.

    Parameters
    ----------
    customers : persona of each customer; none = the journeys' own. seed : of the shuffles.

    Returns
    -------
    PERSONALISATION as `personalisation` and VARIANTS as `variants`; empty where no message can be told from another.
    """
    sent = over_blocks(log, lambda block: _tally_messages(block, model), n_rows)
    if sent.empty:
        return {}
    about = journeys_of(journeys, sent["journey"].to_numpy(), "unit", "persona")
    sent = sent.assign(unit=about["unit"].to_numpy(), persona=_personas(sent, about, log, customers))
    rng = np.random.default_rng([*np.atleast_1d(seed), zlib.crc32(b"personalisation")])
    rows = [row for by in ("persona", "stage", "both") for row in _index_row(by, sent, rng)]
    ids = np.array([*(stage.id for stage in model.in_scope), ""], dtype=object)
    variants = sent.groupby("stage").agg(n_variants=("detail", "nunique"), n_messages=("detail", "size"), n=("journey", "nunique")).reset_index()
    return {"personalisation": check(pd.DataFrame(rows, columns=list(PERSONALISATION.columns)), PERSONALISATION),
            "variants": check(variants.assign(stage=ids[variants["stage"]]), VARIANTS)}  # fmt: skip


def dependence(variant, group, month, rng: np.random.Generator) -> tuple[float, float, float]:
    """The index, what chance alone gives (as a share of H), and the share of shuffles at least as dependent.

    >>> rng = np.random.default_rng(1)
    >>> dependence([0, 1] * 50, [0, 1] * 50, [0] * 100, rng)[0]
    1.0
    """
    month, variant, group = _dense(month, variant, group)
    h, i = _entropies(month, variant, group)
    if h < _EPSILON:
        return 0.0, 0.0, 1.0
    n_shuffles = int(np.clip(SHUFFLED_MESSAGES // len(month), FEWEST_SHUFFLES, N_SHUFFLES))
    shuffled = [_entropies(month, variant, group[_shuffle(month, rng)])[1] for _ in range(n_shuffles)]
    chance = float(np.mean(shuffled))
    return _less_chance(h, i, chance / h), chance / h, float(np.mean([value >= i - _EPSILON for value in shuffled]))


def _dense(*columns):
    return [np.unique(np.asarray(values), return_inverse=True)[1] for values in columns]


def _less_chance(h, i, chance):
    """(I − Ī) / (H − Ī), with chance = Ī / H."""
    if h * (1 - chance) < _EPSILON:
        return 0.0
    return round(float(np.clip((i / h - chance) / (1 - chance), 0, 1)), 12)


def _entropies(month, variant, group):
    """H(V | month) and I(V; G | month), in nats."""
    with_month, with_group = variant + month * (variant.max() + 1), group + month * (group.max() + 1)
    both = with_month * (group.max() + 1) + group
    h_month = _entropy(month)
    h = _entropy(with_month) - h_month
    return h, max(0.0, h + _entropy(with_group) - _entropy(both))


def _entropy(codes):
    n = np.bincount(codes) if codes.max() < 10 * len(codes) + 1_000 else np.unique(codes, return_counts=True)[1]
    n = n[n > 0]
    return float(np.log(len(codes)) - (n * np.log(n)).sum() / len(codes))


def _shuffle(month, rng):
    """An order that stirs the messages of each month among themselves."""
    order = np.lexsort((rng.random(len(month)), month))
    places = np.empty(len(month), dtype=np.int64)
    places[np.argsort(month, kind="stable")] = order
    return places


def _index_row(by, sent, rng):
    rows = sent if by == "stage" else sent[sent["persona"] != ""]
    if len(rows) < max(2, FEWEST_KNOWN * len(sent)):
        return
    group = {"persona": rows["persona"], "stage": rows["stage"].astype(str), "both": rows["persona"] + "·" + rows["stage"].astype(str)}[by]
    group = pd.factorize(group, sort=True)[0]
    variant, month, unit = (rows[name].to_numpy() for name in ("detail", "month", "unit"))
    index, chance, p = dependence(variant, group, month, rng)
    lo, hi = _jackknife(variant, group, month, unit, index, chance)
    yield {"by": by, "n_messages": len(rows), "n": rows["unit"].nunique(), "n_groups": len(np.unique(group)), "n_variants": len(np.unique(variant)),
           "outside_share": 1 - np.bincount(group).max() / len(group), "index": index, "lo": lo, "hi": hi, "by_chance": chance, "p": p}  # fmt: skip


def _jackknife(variant, group, month, unit, index, chance):
    """Interval of the index, leaving out a twentieth of the units at a time; nothing is known where there are fewer than two units."""
    part = np.unique(unit, return_inverse=True)[1] % N_PARTS
    n_parts = int(part.max()) + 1
    if n_parts < 2:
        return 0.0, 1.0
    left = np.array([_less_chance(*_entropies(*_dense(*(codes[part != out] for codes in (month, variant, group)))), chance) for out in range(n_parts)])
    se = np.sqrt((n_parts - 1) / n_parts * ((left - left.mean()) ** 2).sum())
    half = t.ppf(0.975, n_parts - 1) * se
    return float(max(0.0, index - half)), float(min(1.0, index + half))


def _tally_messages(log, model):
    """One row a message that can be told from another: journey, customer, month, message, and the stage the journey had come to."""
    written = coded(np.isin(log.names["channel"], WRITTEN), log.channel) | coded(matching(log.names["touchpoint"], TO_MANY), log.touchpoint)
    rows = (log.initiator == COMPANY) & written & (log.detail >= 0)
    stage = _come_to(log, model)
    month = (log.at_us.astype("datetime64[us]").astype("datetime64[M]").astype("int64"))[rows]
    return pd.DataFrame({"journey": log.journey[rows], "customer": log.customer[rows], "month": month, "detail": log.detail[rows], "stage": stage[rows]})


def _come_to(log, model):
    """The furthest stage each journey had come to before each event, by anything but the company's own doing; −1 = none."""
    if not len(log):
        return np.zeros(0, dtype=np.int64)
    stage = np.where(log.initiator == COMPANY, -1, stage_of_events(log, model)).astype(np.int64)
    order = np.repeat(np.arange(len(log.starts) - 1), np.diff(log.starts))
    running = np.maximum.accumulate(stage + order * 1000) - order * 1000
    before = np.append(-1, running[:-1])
    before[log.starts[:-1]] = -1
    return before


def _personas(sent, about, log, customers):
    """The persona of who got each message, or of the journey; '' = not known."""
    own = about["persona"].to_numpy(dtype=object)
    if customers is not None and len(customers) and "persona" in customers:
        known = customers.dropna(subset=["persona"]).drop_duplicates("customer_id").set_index("customer_id")["persona"]
        names = pd.Series([*log.names["customer"], None], dtype="object").map(known).to_numpy(dtype=object)
        person = names[sent["customer"]]
        own = np.where(pd.isna(person), own, person)
    return np.where(pd.isna(own), "", own).astype(str)
