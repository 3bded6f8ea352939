"""Two personas beside each other: the cells of each, and where they surely differ (M044, practice E)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from journeylib.journeymap import build_cells
from journeylib.journeymap.cell_rows import cells_frame
from journeylib.journeymap.names import channel_group, channel_groups, group_label, touchpoint_is_own_action
from journeylib.measures.by_persona import persona_tables
from journeylib.measures.small_groups import as_far_as_shown, withhold_small_groups
from journeylib.measures.stats import wilson, z_value
from journeylib.names import touchpoint_name
from journeylib.schema import VOICES, empty

#: Fewer than this in either group, and a difference is not looked for (practice C0).
FEWEST = 10
FALSE_DISCOVERY_RATE = 0.05
#: Differences smaller than this are not worth a line: five points of a share, half a point of a score on 0–10.
LEAST = {"share": 0.05, "score": 0.5}
#: Rows of the sheet that are shown whole; the others hold only what differs.
OWN_ROWS = ("go_on", "time", "emotion")
N_SHOWN = 3


def comparable_pairs(funnel: pd.DataFrame | None, client) -> list[tuple[str, str]]:
    """Pairs of declared personas, most journeys first, that are both large enough to show, and so is whatever both leave over."""
    if funnel is None or len(client.personas) < 2:
        return []
    reached = funnel[funnel["semantics"] == "at_least"].groupby("persona")["n_reached"].max()
    large = [persona.id for persona in client.personas if reached.get(persona.id, 0) >= max(FEWEST, client.privacy.k)]
    left_over = {pair: reached.get("", 0) - reached[pair[0]] - reached[pair[1]] for pair in combinations(large, 2)}
    return sorted((pair for pair, n in left_over.items() if not 0 < n < client.privacy.k), key=left_over.get)


def compare_personas(collected, funnel: pd.DataFrame | None, words) -> pd.DataFrame | None:
    """The cells of the two personas that differ most, and under persona '' what differs; None where no two can be compared.

    Returns
    -------
    CELLS: each persona's own; `difference` rows: value = first minus second, with its interval, the two figures in `extra`.
    A difference is told when it holds after Benjamini–Hochberg over everything looked at in all pairs, and is large enough to
    matter. Where no pair differs, or several do in as many ways, the pair with most journeys is taken.
    """
    client, model = collected.client, collected.model
    pairs = comparable_pairs(funnel, client)
    if not pairs:
        return None
    whole = {persona: persona_tables(collected, persona, funnel) for persona in dict.fromkeys(name for pair in pairs for name in pair)}
    shown = {persona: withhold_small_groups(tables, client.privacy.k) for persona, tables in whole.items()}
    found = find_differences({pair: [shown[persona] for persona in pair] for pair in pairs}, model, words)
    pair = max(pairs, key=lambda pair: sum(cell["name"] == "difference" for cell in found[pair]))
    rows = [row for name in pair for row in _cells_of(collected, as_far_as_shown(whole[name], shown[name]), name, words)]
    return cells_frame([*rows, *found[pair]], model)


def _cells_of(collected, tables, persona, words):
    voices = empty(VOICES) if collected.voices is None else collected.voices
    own = voices[(voices["persona"] == persona).fillna(False)]
    cells = build_cells(tables | {"sources": collected.sources}, {}, own, collected.model, collected.client, words)
    return cells[cells["row"].isin(OWN_ROWS)].assign(persona=persona).to_dict("records")


def find_differences(pairs: dict[tuple, list[dict[str, pd.DataFrame]]], model, words) -> dict[tuple, list[dict]]:
    """What differs between the two groups of each pair, stage by stage, as rows of CELLS; a stage where nothing does says so."""
    looked = [found | {"pair": pair} for pair, tables in pairs.items() for stage in model.ids
              for row, compare in _COMPARED.items() for found in compare(*tables, row, stage, words)]  # fmt: skip
    told: dict[tuple, list[dict]] = {pair: [] for pair in pairs}
    if looked:
        is_sure = multipletests([found["p"] for found in looked], method="fdr_bh")[1] <= FALSE_DISCOVERY_RATE
        frame = pd.DataFrame(looked).assign(is_sure=is_sure)
        frame["is_told"] = frame["is_sure"] & (frame["value"].abs() >= frame["unit"].map(LEAST))
        for (pair, row, stage), group in frame.groupby(["pair", "row", "stage"], sort=False):
            told[pair] += _difference_cells(row, stage, group)
    return told


def _difference_cells(row, stage, group):
    head = {"row": row, "stage": stage, "persona": "", "status": "known", "kind": "observed", "method": "personas"}
    told = group[group["is_told"]].sort_values(["value", "label"], key=lambda values: -values.abs() if values.name == "value" else values).head(N_SHOWN)
    if told.empty:
        return [head | {"item": 0, "name": "no_difference", "n": int(group["n"].max())}]
    return [head | {"item": item, "name": "difference", "label": it["label"], "value": it["value"], "lo": it["lo"], "hi": it["hi"], "unit": it["unit"],
                    "n": int(it["n"]), "extra": f'{{"a": {it["a"]:.6f}, "b": {it["b"]:.6f}}}'} for item, it in enumerate(told.to_dict("records"))]  # fmt: skip


# --- what is looked at ------------------------------------------------------------------------------------------------


def _rates(a, b, row, stage, words):
    """The share that goes on; both groups followed for ten journeys or more."""
    one, other = (_only(tables.get("funnel"), stage, lambda rows: rows["semantics"] == "at_least") for tables in (a, b))
    if one is not None and other is not None and pd.notna(one["rate"]) and pd.notna(other["rate"]) and min(one["n_followed"], other["n_followed"]) >= FEWEST:
        yield _difference(row, stage, "", "share", *((it["rate"], it["rate_lo"], it["rate_hi"]) for it in (one, other)), one["n_followed"] + other["n_followed"])


def _feelings(a, b, row, stage, words):
    one, other = (_only(tables.get("emotion"), stage) for tables in (a, b))
    if one is not None and other is not None and min(one["n"], other["n"]) >= FEWEST and pd.notna(one["lo"]) and pd.notna(other["lo"]):
        yield _difference(row, stage, "", "score", *((it["mean"], it["lo"], it["hi"]) for it in (one, other)), one["n"] + other["n"])


def _needs(a, b, row, stage, words):
    for one, other in _pairs(a.get("need_scores"), b.get("need_scores"), stage, "need_id"):
        told = all(pd.notna(it["importance_lo"]) for it in (one, other))
        if told and min(one["n"], other["n"]) >= FEWEST:
            ends = ((it["importance"], it["importance_lo"], it["importance_hi"]) for it in (one, other))
            yield _difference(row, stage, one["wording"], "score", *ends, one["n"] + other["n"])


def _touchpoints(a, b, row, stage, words):
    """Actions: what customers start themselves; touchpoints: what the company starts, and what customers do with others."""
    for one, other in _pairs(a.get("touchpoints"), b.get("touchpoints"), stage, "touchpoint"):
        if min(one["n_stage"], other["n_stage"]) < FEWEST or (row == "actions") != _is_action(one):
            continue
        ends = ((it["share"], it["lo"], it["hi"]) for it in (one, other))
        yield _difference(row, stage, touchpoint_name(one["touchpoint"], words.language), "share", *ends, one["n_stage"] + other["n_stage"])


def _is_action(it):
    return pd.notna(it["initiator"]) and it["initiator"] == "customer" and touchpoint_is_own_action(it["touchpoint"])


def _channels(a, b, row, stage, words):
    """The share of the journeys in the stage that used the group's most used channel there."""
    used = [_by_group(tables.get("channels"), stage) for tables in (a, b)]
    for group in channel_groups():
        if all(found is not None and group in found.index for found in used) and min(found.loc[group, "n_stage"] for found in used) >= FEWEST:
            ends = [_share(found.loc[group]) for found in used]
            yield _difference(row, stage, group_label(group, words), "share", *ends, sum(found.loc[group, "n_stage"] for found in used))


def _by_group(channels, stage):
    rows = None if channels is None else channels[channels["stage"] == stage]
    if rows is None or rows.empty:
        return None
    return rows.assign(group=rows["channel"].map(channel_group)).groupby("group")[["n_journeys", "n_stage"]].max()


def _share(it):
    lo, hi = wilson(it["n_journeys"], it["n_stage"])[-2:]
    return it["n_journeys"] / it["n_stage"], float(lo), float(hi)


def _only(frame, stage, which=None):
    rows = None if frame is None else frame[(frame["stage"] == stage) & (which(frame) if which else True)]
    return None if rows is None or rows.empty else rows.iloc[0]


def _pairs(one, other, stage, key):
    if one is None or other is None:
        return []
    mine, theirs = (frame[frame["stage"] == stage].set_index(key, drop=False) for frame in (one, other))
    return [(mine.loc[name], theirs.loc[name]) for name in mine.index if name in theirs.index]


def _difference(row, stage, label, unit, one, other, n):
    """first − second: ends squared and added (Newcombe's method 10 with each group's own interval), p from the width of the interval."""
    (p, lo, hi), (q, low, high) = (tuple(map(float, ends)) for ends in (one, other))
    value, below, above = p - q, np.hypot(p - lo, high - q), np.hypot(hi - p, q - low)
    towards_zero = (below if value > 0 else above) / z_value()
    p_value = 2 * norm.sf(abs(value) / towards_zero) if towards_zero > 0 else float(value == 0)
    return {"row": row, "stage": stage, "label": label, "unit": unit, "value": value, "lo": value - below, "hi": value + above, "a": p, "b": q,
            "n": int(n), "p": float(p_value)}  # fmt: skip


_COMPARED = {"go_on": _rates, "emotion": _feelings, "needs": _needs, "actions": _touchpoints, "channels": _channels, "touchpoints": _touchpoints}
