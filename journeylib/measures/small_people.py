"""Groups too small to show among customers and how they feel: buying group, offers, personas, scores, and what hangs on a withheld row.

The same rule as `small_groups`: a row whose group is of 1 to k − 1 is left out, and beside it what would give its size away.
"""

from __future__ import annotations

import pandas as pd

from journeylib.measures.small_answers import shown_ends
from journeylib.measures.subtraction import is_small, parts_to_hide, parts_to_hide_in
from journeylib.schema import LANDMARK_OUTCOMES, STATES

#: What tells of won, lost and open accounts in a row of the roles.
_OF_OUTCOMES = ["n", *(f"n_{name}{kind}" for name in LANDMARK_OUTCOMES for kind in ("", "_with")), "difference", "difference_lo", "difference_hi", "p", "p_adjusted"]
#: Table → the column of offers, and which rows are all journeys of one offer.
_BY_OFFER = {"complexity": ("group", lambda rows: rows["by"] == "offer"), "lengths": ("offer", lambda rows: rows["offer"] != ""),
             "rates": ("group", lambda rows: (rows["measure"] == "bought") & (rows["group"] != ""))}
#: How the journeys of a step of the typical path go on.
_OF_STEP = ["n_straight", "n_detour", "n_skipped", "n_ended"]


def buying_group_shown(groups, k):
    """Won, lost and open accounts are all that were followed to the landmark: a small one takes the other two along."""
    small, of_outcome = is_small(groups["n_accounts"], k), groups["outcome"] != ""
    return groups[~(small | (of_outcome & small[of_outcome].any()))].reset_index(drop=True)


def roles_shown(roles, k):
    """A role that few accounts have is left out; of won, lost and open none is told where one is small, for the sum is known."""
    kept = roles[~(is_small(roles["n_accounts"], k) | is_small(roles["n_with"], k))]
    few = pd.concat([is_small(kept[f"n_{name}"], k) for name in LANDMARK_OUTCOMES], axis=1).any(axis=1)
    return kept.assign(**{name: kept[name].mask(few) for name in _OF_OUTCOMES}).reset_index(drop=True)


def totals_shown(totals, k):
    """Plain totals are of everybody; only where fewer than k were decided, how journeys ended and the orders would tell how many those are."""
    counts = totals.set_index("name")["value"].to_dict()
    told = "won" not in counts or shown_ends(counts, k)
    return totals if told else totals[~totals["name"].isin(["orders", *STATES])].reset_index(drop=True)


def lengths_shown(lengths, k):
    """Journeys by offer are parts of all journeys."""
    hidden = is_small(lengths["n"], k)
    hidden |= parts_to_hide(lengths.loc[lengths["offer"] != "", "n"], k).reindex(lengths.index, fill_value=False)
    return lengths[~hidden].reset_index(drop=True)


def persona_check_shown(rows, k):
    """The largest persona beside a handful of others would tell how many they are."""
    others = rows["n"] - rows["n_yes"]
    return rows[~(is_small(rows["n"], k) | (rows["measure"].eq("largest") & is_small(others.fillna(0), k)))].reset_index(drop=True)


def _withhold_rare_steps(shown, k):
    """The path ends before the first step that few take; how the step before it goes on would tell of them."""
    path = shown["typical_path"]
    shown["typical_path"] = path = path.assign(n_exact=path["n_exact"].mask(is_small(path["n_exact"], k)))
    end = path.loc[is_small(path["n_met"], k), "position"].min()
    if pd.isna(end):
        return
    path = path[path["position"] < end].reset_index(drop=True)
    shown["typical_path"] = path.assign(**{name: path[name].mask(path["position"] == end - 1) for name in _OF_STEP})
    if "detours" in shown:
        shown["detours"] = shown["detours"][shown["detours"]["position"] < end - 1].reset_index(drop=True)


def _winding_of_shown(complexity, funnel, whole):
    """A persona the funnel does not show at its first stage is not told of here, for it is the same group; nor is everybody, where that is withheld there."""
    first, kept = (set(table.loc[(table["semantics"] == "at_least") & (table["position"] == 0), "persona"]) for table in (whole, funnel))
    return complexity[~((complexity["by"] != "offer") & complexity["group"].isin(first - kept))].reset_index(drop=True)


def _withhold_offers_everywhere(shown, tables):
    """Journeys by offer stand in several tables: an offer one of them withholds goes from the others."""
    here = {name: place for name, place in _BY_OFFER.items() if name in shown}
    gone = {offer for name, (offers, is_of) in here.items() for offer in set(tables[name].loc[is_of(tables[name]), offers]) - set(shown[name].loc[is_of(shown[name]), offers])}
    for name, (offers, is_of) in here.items():
        shown[name] = shown[name][~(is_of(shown[name]) & shown[name][offers].isin(gone))].reset_index(drop=True)


def withhold_what_hangs_on_rows(shown, tables, k):
    """What hangs on a withheld row: the curves of too few repeat journeys, and how many of a persona stand at a stage of the funnel that is not shown."""
    if "repeat_curve" in shown and shown["repeats"].empty:
        shown["repeat_curve"] = shown["repeat_curve"].head(0)
    if "typical_path" in shown:
        _withhold_rare_steps(shown, k)
    if "score_changes" in shown and "scores" in shown:
        shown["score_changes"] = _changes_between(shown["score_changes"], shown["scores"])
    if "complexity" in shown and "funnel" in shown:
        shown["complexity"] = _winding_of_shown(shown["complexity"], shown["funnel"], tables["funnel"])
    _withhold_offers_everywhere(shown, tables)
    if "persona_difference" in shown and "funnel" in shown:
        funnel = shown["funnel"][shown["funnel"]["rate"].notna() & (shown["funnel"]["semantics"] == "at_least")]
        known = set(zip(funnel["stage"], funnel["persona"], strict=True))
        rows = shown["persona_difference"]
        keep = [metric != "goes_on" or (part, persona) in known for metric, part, persona in zip(rows["metric"], rows["part"], rows["persona"], strict=True)]
        shown["persona_difference"] = rows.loc[pd.Series(keep, index=rows.index, dtype=bool)].reset_index(drop=True)


def emotion_shown(emotion, k):
    """The overlap with a withheld next stage would tell how many answered there."""
    small = is_small(emotion["n"], k)
    return emotion.assign(overlap_next=emotion["overlap_next"].mask(small.shift(-1, fill_value=False)))[~small].reset_index(drop=True)


def scores_shown(scores, k):
    """The periods of a question add up to all its answers, but for who answered twice."""
    series = ["metric", "stage", "touchpoint", "wording_id", "scale_min", "scale_max"]
    waves = scores[scores["wave"] > 0]
    hidden = is_small(scores["n"], k) | parts_to_hide_in(waves, series, "n", k).reindex(scores.index, fill_value=False)
    return scores[~hidden].reset_index(drop=True)


def stayers_shown(stayers, k):
    """Those who stayed and the others add up to the point of the curve: both have to be many enough."""
    return stayers[~(is_small(stayers["n"], k) | is_small(stayers["n_others"], k))].reset_index(drop=True)


def _changes_between(changes, scores):
    """A change tells the size of both its periods: it is shown where both are."""
    place, waves = ["metric", "stage", "touchpoint"], scores[scores["wave"] > 0]
    seen = [set(zip(*(waves[name] for name in (*place, end)), strict=True)) for end in ("from_on", "until_on")]
    asked = [list(zip(*(changes[name] for name in (*place, end)), strict=True)) for end in ("from_on", "until_on")]
    kept = [start in seen[0] and end in seen[1] for start, end in zip(*asked, strict=True)]
    return changes.loc[pd.Series(kept, index=changes.index, dtype=bool)].reset_index(drop=True)


def winding_shown(winding, k):
    """The thirds of a stage add up to all of it: where one is small, none is told."""
    few = is_small(winding["n"], k).groupby(winding["stage"]).transform("any")
    return winding[~few].reset_index(drop=True)


def persona_needs_shown(needs, k):
    """The personas add up to those who said how important a need is."""
    return needs[~parts_to_hide_in(needs, ["need_id"], "n", k)].reset_index(drop=True)
