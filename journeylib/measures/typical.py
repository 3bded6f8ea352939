"""What does a typical journey look like, and where do others go round? The medoid by edit distance, and its detours (C15).

Looked at are journeys that ended in a purchase, up to it; where fewer than ten did, all journeys. A path is the customer's own
steps, each a touchpoint in a stage, a run of the same taken as one; what the company sends is no step of the customer's.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from journeylib.event_log import EventLog
from journeylib.measures.alignment import align, distances
from journeylib.measures.passages import BLOCK_ROWS, distinct, journeys_of, over_blocks, stage_of_events
from journeylib.measures.stats import share_by_unit
from journeylib.measures.visits import coded, is_own, matching, stage_of_visits
from journeylib.schema import DETOURS, OUTCOMES, TYPICAL_PATH, check

FEWEST_WON = 10
#: Journeys laid beside the typical one, and those among which it is looked for; more change the picture by less than can be seen.
N_ALIGNED, N_CANDIDATES, N_COMPARED = 2_000, 120, 400
#: Steps of a path looked at: the last before the purchase, else the first. Longer ones are cut, or one wanderer would be as far from all as the rest together.
LONGEST = 15
_WON = OUTCOMES.index("won")


def typical_path(log: EventLog, journeys: pd.DataFrame, model, *, seed=0, hide=(), n_rows: int = BLOCK_ROWS) -> dict[str, pd.DataFrame]:
    """The typical journey and the detours from it.

    The typical journey is the path with the smallest sum of edit distances to the others (a step only in one of them costs 1),
    found among and against seeded samples; every journey is then laid beside it. Each step conserves its journeys: went straight
    on, went on after something else, skipped the next step, or ended there.

    Parameters
    ----------
    seed : of the samples. hide : patterns of touchpoints that are no steps of a path (answers to mail).

    Returns
    -------
    TYPICAL_PATH as `typical_path` and DETOURS as `detours`, most common first; empty where there is no journey.
    """
    won = np.sort(journeys.loc[journeys["state"] == "won", "journey"].to_numpy(dtype=np.int64))
    is_until_purchase = len(won) >= FEWEST_WON
    steps = over_blocks(log, lambda block: _tally_steps(block, model, hide, won if is_until_purchase else None), n_rows)
    if steps.empty:
        return {}
    chosen = _sample(distinct(steps["journey"].to_numpy()), N_ALIGNED, np.random.default_rng(seed))
    paths = _paths(steps[np.isin(steps["journey"], chosen)], is_until_purchase)
    typical = find_medoid(list(paths.values()), np.random.default_rng(seed))
    unit = journeys_of(journeys, np.array(chosen), "unit")["unit"].to_numpy()
    n_touchpoints = len(log.names["touchpoint"])
    found = _lay_beside(paths, typical, unit, lambda step: _named(step, n_touchpoints, log, model))
    return found | {"typical_path": check(found["typical_path"].assign(is_until_purchase=is_until_purchase), TYPICAL_PATH)}


def find_medoid(paths: list[tuple[int, ...]], rng: np.random.Generator) -> tuple[int, ...]:
    """The path least far from all others; of equal ones the more common, then the shorter, then the first by its steps.

    >>> find_medoid([(1, 2), (1, 2, 3), (1, 2, 4)], np.random.default_rng(0))
    (1, 2)
    """
    counts = Counter(paths)
    candidates = sorted(counts, key=lambda path: (-counts[path], len(path), path))
    candidates = [candidates[i] for i in _sample(range(len(candidates)), N_CANDIDATES, rng)] if len(candidates) > 2 * N_CANDIDATES else candidates
    against = [paths[i] for i in _sample(range(len(paths)), N_COMPARED, rng)]
    lengths = np.array([len(path) for path in against])
    padded = np.full((len(against), max(int(lengths.max()), 1)), -1, dtype=np.int64)
    for row, path in zip(padded, against, strict=True):
        row[: len(path)] = path
    return min(candidates, key=lambda path: (int(distances(path, padded, lengths).sum()), -counts[path], len(path), path))


def _sample(items, n, rng):
    items = list(items)
    return items if len(items) <= n else [items[i] for i in np.sort(rng.choice(len(items), n, replace=False))]


def _tally_steps(log, model, hide, won=None):
    """The customer's own steps and the purchases, each a number for stage and touchpoint, runs taken as one; of the won ones, where these
    are named, up to the first purchase.

    Of a visit only what belongs to the furthest stage it came to is a step: the home page on the way there is none.
    """
    own = is_own(log) & ~coded(matching(log.names["touchpoint"], hide), log.touchpoint)
    stage = stage_of_events(log, model).astype(np.int64)
    rows = np.flatnonzero((own & (stage == stage_of_visits(log, model, own))) | ((log.outcome == _WON) & (log.touchpoint >= 0)))
    journey, n = log.journey[rows], len(log.names["touchpoint"])
    step = (stage[rows] + 1) * n + log.touchpoint[rows]
    is_won = log.outcome[rows] == _WON
    is_new = np.append(True, (journey[1:] != journey[:-1]) | (step[1:] != step[:-1]) | is_won[1:])[: len(rows)]
    if won is not None:
        before = np.cumsum(is_won) - is_won
        begins = np.append(True, journey[1:] != journey[:-1])[: len(rows)]
        is_new &= np.isin(journey, won) & (before == before[begins][np.cumsum(begins) - 1])
    return pd.DataFrame({"journey": journey[is_new].astype(np.int32), "step": step[is_new].astype(np.int32)})


def _paths(steps, is_until_purchase) -> dict[int, tuple[int, ...]]:
    """Journey → its path: the last steps before the purchase, else the first."""
    by_journey = steps.groupby("journey")["step"].agg(list)
    return {int(journey): tuple(path[-LONGEST:] if is_until_purchase else path[:LONGEST]) for journey, path in by_journey.items()}


def _lay_beside(paths, typical, unit, name) -> dict[str, pd.DataFrame]:
    counts, off = np.zeros((len(typical), 4), dtype=np.int64), {}
    known: dict[tuple, tuple] = {}
    for place, path in enumerate(paths.values()):
        if path not in known:
            known[path] = _walk_along(path, typical)
        kinds, detours = known[path]
        for position, kind in kinds:
            counts[position, kind] += 1
        for detour in detours:
            off.setdefault(detour, []).append(place)
    n_exact = sum(path == typical for path in paths.values())
    rows = [{"position": i, **name(step), "n_journeys": len(paths), "n_met": counts[i].sum(), "n_straight": counts[i, 0],
             "n_detour": counts[i, 1], "n_skipped": counts[i, 2], "n_ended": counts[i, 3], "n_exact": n_exact} for i, step in enumerate(typical)]  # fmt: skip
    found = [_detour_row(detour, places, unit, name) for detour, places in sorted(off.items())]
    detours = check(pd.DataFrame(found, columns=list(DETOURS.columns)), DETOURS)
    return {"typical_path": pd.DataFrame(rows),
            "detours": detours.sort_values(["n_journeys", "position"], ascending=[False, True], kind="stable").reset_index(drop=True)}  # fmt: skip


def _walk_along(path, typical):
    """What a path does after each step it shares with the typical one (0 straight on, 1 after something else, 2 skips, 3 ends), and its detours."""
    matched = [(move.in_reference, move.in_path) for move in align(path, typical) if move.kind == "match"]
    kinds, detours = [], set()
    for (position, place), (following, later) in zip(matched, [*matched[1:], (None, None)][: len(matched)], strict=True):
        if following is None:
            kinds.append((position, 3))
            continue
        kinds.append((position, 2 if following > position + 1 else 1 if later > place + 1 else 0))
        if later > place + 1:
            detours.add((position, path[place + 1]))
    return kinds, detours


def _detour_row(detour, places, unit, name):
    position, step = detour
    went = np.zeros(len(unit), dtype=bool)
    went[places] = True
    told = share_by_unit(went, unit)
    return {"position": position, **name(step), "n_journeys": told.n_yes, "n_all": told.n, "share": told.rate, "lo": told.lo, "hi": told.hi}


def _named(step, n_touchpoints, log, model):
    stage, touchpoint = divmod(int(step), n_touchpoints)
    return {"stage": model.in_scope[stage - 1].id if stage else "", "touchpoint": log.names["touchpoint"][touchpoint]}
