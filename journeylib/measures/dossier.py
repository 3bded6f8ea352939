"""Who leaves at a stage: each group beside everybody else (M066). What they do next stands in `departures`, what they said in `last_words`.

Who left is who did not go on within the window, of those followed for the whole of it: the same journeys as in the funnel's rate.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, NEVER, count_rows, find_passages, journeys_of
from journeylib.measures.unit_pairs import difference_of, each_and_the_rest, place_of
from journeylib.schema import DOSSIER, WHO_KINDS, check

FEWEST, SMALLEST_DIFFERENCE, FALSE_DISCOVERY_RATE = 10, 0.05, 0.05
#: What is told of who left, beside what they did.
_OF_JOURNEY = ("persona", "offer", "first_channel", "segment")


def leavers(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None, customers: pd.DataFrame | None = None,
            n_rows: int = BLOCK_ROWS) -> pd.DataFrame:  # fmt: skip
    """Every journey followed past a stage (`at_least` counting): journey, stage (position), entered_us, until_us and whether it left there,
    with its `unit`, `is_referred`, and as categories its persona, offer, first channel and segment; by stage, then journey.

    Left is not gone on to a later stage by `until_us`: the entry and the window, or the data cut where there is none. Stages
    after which nobody was ever seen have no rows: of them nothing is known.
    """
    passages = find_passages(log, model, of=("at_least",), n_rows=n_rows)
    window_us = None if window_days is None else round(window_days * DAY_US)
    parts = [_followed(passages, i, window_us, log.as_of_us) for i in range(len(model.in_scope) - 1) if (passages.at_least[:, i + 1] < NEVER).any()]
    columns = ["journey", "stage", "entered_us", "until_us", "is_left"]
    del passages  # a large log's are a question of memory
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return _with_journeys(found, journeys, customers) if len(found) else found


def _with_journeys(found, journeys, customers):
    """The columns of the journeys beside, texts as categories: a journey stands here once for each stage it came to."""
    codes, segments = found["journey"].to_numpy(), None
    if customers is not None and customers["segment"].notna().any():
        segments = journeys["customer_id"].map(customers.drop_duplicates("customer_id").set_index("customer_id")["segment"])
    texts = journeys[["journey", "unit"]].assign(
        **{name: _categories(segments if name == "segment" else journeys[name]) for name in _OF_JOURNEY},
        is_referred=journeys["is_referred"].astype("boolean").to_numpy(dtype=np.int8, na_value=-1),
    )  # fmt: skip
    about = journeys_of(texts, codes)
    return found.assign(unit=about["unit"].to_numpy(dtype=np.int64), is_referred=about["is_referred"], **{name: about[name] for name in _OF_JOURNEY})


def _categories(values):
    """Texts as codes, sorted by name."""
    if values is None:
        return pd.NA
    codes, names = pd.factorize(values)
    order = np.argsort(np.asarray(names, dtype=object))
    return pd.Categorical.from_codes(np.append(np.argsort(order), -1)[codes], names[order])


def _followed(passages, i, window_us, as_of_us):
    entered, later = passages.at_least[:, i], passages.at_least[:, i + 1]
    reached = entered < NEVER
    until = np.full(len(entered), as_of_us) if window_us is None else np.where(reached, entered, 0) + window_us
    kept = reached & (until <= as_of_us)
    return pd.DataFrame({"journey": passages.journey[kept], "stage": np.int8(i), "entered_us": entered[kept], "until_us": until[kept],
                         "is_left": ~(later <= until)[kept]})  # fmt: skip


# --- who ----------------------------------------------------------------------------------------------------------------


def dossier(followed: pd.DataFrame, model) -> pd.DataFrame:
    """Each group held against all others of whom the same is known: the difference in the share that leaves.

    Interval by unit; p-values by Benjamini–Hochberg over all comparisons of the table. Certain where p_adjusted ≤ 0.05 and the
    difference is at least five points. A group, or the others, under ten is not compared.

    Parameters
    ----------
    followed : what `leavers` returns.

    Returns
    -------
    DOSSIER, by stage, kind and group.
    """
    rows = [row for i, here in by_stage(followed) for row in _compare_all(model.in_scope[i].id, here)]
    table = pd.DataFrame(rows, columns=list(DOSSIER.columns))
    tested = table["p"].notna()
    if tested.any():
        table.loc[tested, "p_adjusted"] = multipletests(table.loc[tested, "p"].astype(float), method="fdr_bh")[1]
    certain = (table["p_adjusted"].astype(float) <= FALSE_DISCOVERY_RATE) & (table["difference"].astype(float).abs() >= SMALLEST_DIFFERENCE)
    return check(table.assign(is_certain=certain), DOSSIER)


def by_stage(followed: pd.DataFrame):
    """Stage and its rows, which lie together."""
    if len(followed):
        ends = np.append(np.flatnonzero(np.diff(followed["stage"].to_numpy())) + 1, len(followed))
        for first, last in zip([0, *ends[:-1]], ends, strict=True):
            yield int(followed["stage"].iat[first]), followed.iloc[first:last]


def _compare_all(stage, here):
    """Every group of every kind in which they differ at all, beside the others of whom it is known."""
    told = _told(here)
    met = count_rows({kind: codes for kind, (codes, _) in told.items()})
    is_left = here["is_left"].to_numpy(dtype=bool)
    for kind in _kinds(met.drop(columns="n_events"), {kind: names for kind, (_, names) in told.items()}):
        codes, names = told[kind]
        pairs = each_and_the_rest(here["unit"].to_numpy(), codes, is_left, len(names))
        for group in sorted((place for place in range(len(names)) if pairs.first.n[place]), key=lambda place: names[place]):
            if kind != "referred" or names[group] == "yes":
                yield _compare(stage, kind, names[group], place_of(pairs, group))


def _told(rows):
    """Kind → the code of each row (−1 = not known) and the names of the codes."""
    texts = rows[[name for name in _OF_JOURNEY if name in rows and rows[name].notna().any()]].astype("category")
    told = {kind: (texts[kind].cat.codes.to_numpy(), [*map(str, texts[kind].cat.categories)]) for kind in texts}
    told["referred"] = (rows["is_referred"].astype("Int8").to_numpy(dtype=np.int64, na_value=-1), ["no", "yes"])
    return {kind: told[kind] for kind in WHO_KINDS if kind in told}


def _kinds(met, names):
    """The kinds in which they differ, of those that part the people alike the first; `met`: every combination of codes there is."""
    seen = []
    for kind in met:
        values = met[kind]
        if values[values >= 0].nunique() < 2 or any(_part_alike(values, met[other]) for other in seen) or (kind == "referred" and _is_one_group_of(values, met[seen])):
            continue
        seen.append(kind)
    return seen


def _part_alike(values, other):
    """Whether two columns part the same people the same way under other names, as a persona made of a segment does."""
    pairs = pd.DataFrame({"one": values, "other": other}).drop_duplicates()
    return len(pairs) == pairs["one"].nunique() == pairs["other"].nunique()


def _is_one_group_of(yes, seen):
    """Whether yes and no are one group of another column and the rest of it: those referred are those whose first channel was a referral."""
    return bool((yes >= 0).all()) and any(((yes == 1) == (seen[other] == group)).all() for other in seen for group in seen[other][seen[other] >= 0].unique())


def _compare(stage, kind, group, pairs):
    mine, others = pairs.first, pairs.second
    row = {"stage": stage, "kind": kind, "group": group, "n": mine.n, "n_left": mine.n_yes, "share": mine.n_yes / mine.n,
           "n_others": others.n, "n_left_others": others.n_yes, "share_others": others.n_yes / others.n if others.n else np.nan,
           "difference": np.nan, "lo": np.nan, "hi": np.nan, "p": np.nan, "p_adjusted": np.nan, "is_certain": False}  # fmt: skip
    if min(mine.n, others.n) < FEWEST:
        return row
    found = difference_of(pairs)
    return row | {"difference": found.difference, "lo": found.lo, "hi": found.hi, "p": found.p}
