"""Groups too small to show: what a reader gets of a measure table (practice C0: smaller than k is suppressed, also by subtraction).

A *group* is what a row is about: the journeys that reached a stage, those that had a touchpoint there, the customers who said a
thing, those a share is of. A group of 1 to k − 1 is withheld, and so is what would give it away (docs/decisions/0010-suppression.md).
An *answer* is how many of a large enough group did the one thing the row asks (went on, were lost, said yes): it is a finding and may be small.
"""

from __future__ import annotations

import pandas as pd

from journeylib.measures.small_answers import withhold_few_answers
from journeylib.measures.small_leaving import withhold_leaving
from journeylib.measures.small_people import (
    buying_group_shown,
    emotion_shown,
    lengths_shown,
    persona_check_shown,
    persona_needs_shown,
    roles_shown,
    scores_shown,
    stayers_shown,
    totals_shown,
    winding_shown,
    withhold_what_hangs_on_rows,
)
from journeylib.measures.small_site import pages_shown, search_phrases_shown, withhold_of_hidden_pages
from journeylib.measures.small_stages import hidden_of_stages, note_parts
from journeylib.measures.small_units import withhold_few_units
from journeylib.measures.subtraction import Ledger, hide_what_tells, is_small, parts_to_hide_in
from journeylib.schema import MEASURES, check

#: Table → the columns that count the groups a row describes: a row goes where one of them is of 1 to k − 1.
GROUPS = {"funnel": "n_reached", "stage_times": "n_entered", "transitions": "n_journeys", "exits": "n_journeys", "touchpoints": "n_journeys",
          "channels": "n_journeys", "emotion": "n", "voice_counts": "n_customers", "need_scores": "n", "rates": "n",
          "complexity": "n_journeys", "friction": "n", "typical_path": "n_journeys", "detours": "n_journeys", "deviations": "n", "handovers": "n",
          "coordination": "n", "follow_up": "n", "personalisation": "n", "variants": "n",
          "human_contact": "n_with n_without",
          "repeats": "n_first n_first_bought n_later n_later_bought", "persona_difference": "n n_smallest",
          "attribution": "n_paths", "pages": "n_journeys", "ctas": "n_journeys", "search_phrases": "n_searches", "text_feeling": "n", "moments": "n", "score_changes": "n_before n_after",
          "text_calibration": "n_customers", "spikes": "n_day",
          "path_order": "n_journeys", "contact_rhythm": "n", "thought_links": "n_both n_said"}  # fmt: skip

#: Tables with a rule of their own below, or in `small_leaving`, or that hang on the rows of another.
RULES = ("coverage", "page_use", "role_needs", "scores", "stayers", "buying_group", "roles", "lengths", "persona_check", "time_curve", "repeat_curve", "cohorts", "standing",
         "dossier", "departures", "last_words", "purchase_flow", "winding", "persona_needs", "totals")  # fmt: skip
#: Delivered tables without groups of people, and why. Those of a run that are no measures, too (`steps.py`).
NO_PEOPLE = {
    "search": "searches of everybody on the net, estimated; what few search for is withheld by the phrase", "readability": "words of the client's own texts", "need_support": "the client's own activities and content", "sources": "lines and days of a delivery",
    "coverage_in_time": "lines of a delivery by month, whoever they are about", "questions": "how questions stand",
    "scenario": "purchases expected of a model, not counted", "changes": "the client's own log of changes",
    "actions": "proposals, and money of all customers", "joins": "withheld before it is written (collect/customers/joins.py)",
    "cells": "made of shown tables, and withheld by the map (journeymap)", "gaps": "the checks say no number of fewer than k (gaps/engine.py)",
    "persona_journeys": "the client's own words, registers and what shown tables tell", "beliefs": "a figure the client has told beside one of a shown table",
    "predictions": "the test has many more than k, or no counts (predict/predicted.py)", "prediction_bands": "no band of fewer than k is made (predict/targets.py)",
    "prediction_features": "which signs count, and no number of people", "next_offers": "withheld before it is written (predict/predicted.py)",
    "content_plan": "made of shown tables", "calls": "pages and texts; click rates of shown tables", "flows": "the client's own plans and the catalogue's", "flow_problems": "the client's own plans",
    "self_service": "topics of fewer than k customers are left out (improve/self_service.py)", "waste": "activities; a difference between groups of k or more each (improve/waste.py)",
    "goal_tree": "activities and shares of shown tables", "orders": "scores, and customers a year of shown tables",
    "value_split": "money of all customers", "purchase_change": "no period of fewer than ten purchases is told of (improve/moved.py)",
    "effects": "no period of fewer than k is looked at (effects/judgement.py)", "effect_series": "as effects",
}  # fmt: skip

#: Answers about a group: what is taken out where they would tell the size of the next one, or the group they are of is small.
_ANSWERS = ["n_went_on", "n_lost", "n_open", "n_converted", "rate", "rate_lo", "rate_hi"]
_OF_FOLLOWED = ["n_followed", "n_converted", "n_too_recent", "n_units", "rate", "rate_lo", "rate_hi"]
#: What tells the size of a group of customers in a cell of the coverage.
_DEMAND = ["n_customers", "demand_share", "ratio_lo", "ratio_hi"]
#: Measures whose groups part everybody: all = the sum of the offers, and those that name none.
_PARTED_RATES = ("win", "bought")


def withhold_small_groups(tables: dict[str, pd.DataFrame], k: int) -> dict[str, pd.DataFrame]:
    """The tables as they may be shown: rows about 1 to k − 1 are left out, with what would give their size away.

    Rows of the funnel, the coverage and the shares by offer hang together in sums; where the sums pin a withheld group to one
    number, the smallest row beside it is left out, too (`measures/subtraction.py`). Plain totals of all customers pass.
    """
    hidden = hidden_of_stages(tables, k)
    shown = {name: _withheld(name, frame, k, hidden) for name, frame in tables.items()}
    if "funnel" in tables:
        _withhold_before_a_hidden_stage(shown, tables)
        _withhold_where_touched_is_hidden(shown, tables)
    if "time_curve" in shown and "stage_times" in shown:
        curve = shown["time_curve"]
        shown["time_curve"] = curve[curve["stage"].isin(shown["stage_times"]["stage"])].reset_index(drop=True)
    withhold_of_hidden_pages(shown)
    withhold_few_units(shown, k)
    withhold_what_hangs_on_rows(shown, tables, k)
    shown = withhold_leaving(shown, k, tables)
    withhold_few_answers(shown, k)
    return shown


def _withheld(name, frame, k, hidden):
    of_stages = {"funnel": _funnel, "coverage": _coverage}
    special = {"rates": _rates, "complexity": _complexity, "exits": _exits, "search_phrases": search_phrases_shown, "detours": _detours, "scores": scores_shown, "stayers": stayers_shown,
               "emotion": emotion_shown, "buying_group": buying_group_shown, "roles": roles_shown, "pages": pages_shown, "lengths": lengths_shown, "persona_check": persona_check_shown, "role_needs": _role_needs, "winding": winding_shown, "persona_needs": persona_needs_shown, "totals": totals_shown}
    if name in of_stages:
        return check(of_stages[name](frame.reset_index(drop=True), k, hidden), MEASURES[name])
    if name in special:
        return check(special[name](frame.reset_index(drop=True), k), MEASURES[name])
    few = [is_small(frame[count], k) for count in GROUPS[name].split()] if name in GROUPS else []
    return frame[~pd.concat(few, axis=1).any(axis=1)].reset_index(drop=True) if few else frame


# --- the funnel -------------------------------------------------------------------------------------------------------


def _funnel(funnel, k, hidden):
    rows = pd.Series([("reached", r.semantics, r.persona, r.position) in hidden for r in funnel.itertuples()], index=funnel.index, dtype=bool)
    rows |= _empty_ones_beside(rows, funnel["n_reached"] == 0, funnel["persona"], [funnel["semantics"], funnel["stage"]])
    funnel = _without_what_tells(funnel, rows)
    few = is_small(funnel["n_followed"], k)
    return funnel.assign(**{name: funnel[name].mask(few) for name in _OF_FOLLOWED})[~rows].reset_index(drop=True)


def _empty_ones_beside(hidden, is_empty, persona, place):
    """Personas of whom nobody is there, where another persona or everybody is withheld: shown, they would say who the withheld ones are."""
    return is_empty & (persona != "") & hidden.groupby(place).transform("any")


def _without_what_tells(funnel, hidden):
    """The stage before a withheld one keeps how many reached it; how many went on is the withheld number itself."""
    funnel = funnel.sort_values(["semantics", "persona", "position"], kind="stable")
    tells = hidden.reindex(funnel.index).groupby([funnel["semantics"], funnel["persona"]]).shift(-1, fill_value=False)
    return funnel.assign(**{name: funnel[name].mask(tells) for name in _ANSWERS}).sort_index()


def _withhold_before_a_hidden_stage(shown, tables):
    """How long the stage before a withheld one takes, and the shares of exits from it, tell how many went on: they are left out, too."""
    whole, kept = (table[(table["semantics"] == "at_least") & (table["persona"] == "")].sort_values("position") for table in (tables["funnel"], shown["funnel"]))
    hidden = ~whole["stage"].isin(kept["stage"])
    before = set(whole["stage"][hidden.shift(-1, fill_value=False)])
    if "stage_times" in shown:
        shown["stage_times"] = shown["stage_times"][~shown["stage_times"]["stage"].isin(before)].reset_index(drop=True)
    if "exits" in shown:
        shown["exits"] = _exits_of_unknown_size(shown["exits"], before)


def _withhold_where_touched_is_hidden(shown, tables):
    """Times, touchpoints, channels and trouble of a stage tell how many touched it, or went on to the next: they go where the funnel withholds that."""
    whole, kept = ({(r.semantics, r.stage) for r in table.itertuples() if not r.persona} for table in (tables["funnel"], shown["funnel"]))
    gone = whole - kept
    for name in ("stage_times", "touchpoints", "channels"):
        if name in shown:
            shown[name] = shown[name].loc[~shown[name]["stage"].isin([stage for rule, stage in gone if rule == "any"])].reset_index(drop=True)
    if "friction" in shown:
        stages = tables["funnel"].drop_duplicates("position").sort_values("position")["stage"].tolist()
        after = dict(zip(stages, stages[1:], strict=False))
        rests_on = {"wait": lambda stage: ("in_order", after.get(stage)), "blockage": lambda stage: ("at_least", after.get(stage))}
        rows = shown["friction"]
        kept = [rests_on.get(kind, lambda stage: ("any", stage))(stage) not in gone for kind, stage in zip(rows["kind"], rows["stage"], strict=True)]
        shown["friction"] = rows.loc[pd.Series(kept, index=rows.index, dtype=bool)].reset_index(drop=True)


def _exits_of_unknown_size(exits, stages):
    """Without shares, and without the smallest row: the sum of all would be how many stopped there."""
    here = exits["stage"].isin(stages)
    smallest = exits[here].sort_values("n_journeys", kind="stable").drop_duplicates("stage").index
    return exits.assign(share=exits["share"].mask(here)).drop(index=smallest).reset_index(drop=True)


def as_far_as_shown(tables: dict[str, pd.DataFrame], shown: dict[str, pd.DataFrame], *, rates_only: bool = False) -> dict[str, pd.DataFrame]:
    """The whole tables, the funnel without the answers a reader does not get: for the map and the checks, which tell a small group from a missing one.

    Parameters
    ----------
    rates_only : for the checks. Leave the counts, which they need to tell a stage nobody goes on from; a share that is not shown is not judged. What
        is withheld beside a small group is then said to be of one, which is too few to tell of: who touched a stage, a cell of the coverage, a trouble.
    """
    if "funnel" not in tables:
        return tables | (_checked_coverage(tables, shown) if rates_only else {})
    keys, whole = ["semantics", "persona", "stage"], tables["funnel"].reset_index(drop=True)
    beside = whole[keys].merge(shown["funnel"], on=keys, how="left")
    answers = [name for name in _ANSWERS if name.startswith("rate") or not rates_only]
    told_by = {"n_lost": "n_went_on", "n_open": "n_went_on"}  # few of them are told as fewer than k
    funnel = whole.assign(**{name: whole[name].mask(beside[told_by.get(name, name)].isna().to_numpy()) for name in answers})
    if not rates_only:
        return tables | {"funnel": funnel}
    few = beside["n_reached"].isna().to_numpy() & (whole["n_reached"] > 0) & (whole["semantics"] == "any") & (whole["persona"] == "")
    return tables | {"funnel": funnel.assign(n_reached=whole["n_reached"].mask(few, 1))} | _checked_coverage(tables, shown) | _checked_friction(tables, shown)


def _checked_coverage(tables, shown):
    """Withheld cells as cells of one: what they amount to and how many are there is told by no check."""
    if "coverage" not in tables:
        return {}
    whole = tables["coverage"].reset_index(drop=True)
    blank = whole["n_customers"].notna() & shown["coverage"]["n_customers"].isna().to_numpy()
    cells = whole.assign(**{name: whole[name].mask(blank) for name in _DEMAND[1:]}, n_customers=whole["n_customers"].mask(blank, 1))
    return {"coverage": cells.assign(status=cells["status"].mask(blank & ~cells["status"].isin(["covered", "not_checkable"]), "thin"))}


def _checked_friction(tables, shown):
    if "friction" not in tables:
        return {}
    keys = ["stage", "kind", "touchpoint"]
    kept = set(shown["friction"][keys].itertuples(index=False, name=None))
    gone = pd.Series([row not in kept for row in tables["friction"][keys].itertuples(index=False, name=None)], index=tables["friction"].index, dtype=bool)
    return {"friction": tables["friction"].assign(n=tables["friction"]["n"].mask(gone, 1))}


# --- the other tables that add up -------------------------------------------------------------------------------------


def _exits(exits, k):
    """Last touchpoints of a stage add up to those who stopped there."""
    return exits[~parts_to_hide_in(exits, ["stage"], "n_journeys", k)].reset_index(drop=True)


def _detours(detours, k):
    """Detours after one step are parts of those who do not come straight to the next."""
    return detours[~parts_to_hide_in(detours, ["position"], "n_journeys", k)].reset_index(drop=True)


def _role_needs(rows, k):
    """The roles add up to those who said how important a need is."""
    return rows[~parts_to_hide_in(rows, ["need_id"], "n", k)].reset_index(drop=True)


def _coverage(coverage, k, hidden):
    """Customers by stage and persona: rows stay, for the content in them is no secret; the demand of a withheld cell goes.

    What a cell amounts to (a hole from a share of demand up) would narrow down how few are there.
    """
    blank = pd.Series([("seen", r.stage, r.persona) in hidden for r in coverage.itertuples()], index=coverage.index, dtype=bool)
    blank |= _empty_ones_beside(blank, (coverage["n_customers"] == 0).fillna(False).astype(bool), coverage["persona"], [coverage["stage"]])
    tells = blank & coverage["status"].isin(["hole", "no_demand"])
    return coverage.assign(**{name: coverage[name].mask(blank) for name in _DEMAND}, status=coverage["status"].mask(tells, "not_checkable"))


def _rates(rates, k):
    """Shares by offer: all is the sum of the offers, and of those that name none; how many all are the totals tell."""
    hidden = set(rates.index[is_small(rates["n"], k)])
    for measure in _PARTED_RATES:
        rows = rates[rates["measure"] == measure]
        ledger = Ledger(k)
        for r in rows.itertuples():
            ledger.group(r.Index, int(r.n), is_spare=r.group != "")
        everybody = rows.index[rows["group"] == ""]
        if len(everybody) == 1:
            note_parts(ledger, {everybody[0]: list(rows.index[rows["group"] != ""])})
        hidden |= {key for key in hide_what_tells(ledger) if key in ledger.counts and not isinstance(key, (str, tuple))}
    return rates.drop(index=sorted(hidden)).reset_index(drop=True)


def _complexity(complexity, k):
    """The same measures of everybody, by offer and by persona: everybody, whom the totals tell, is the sum of the offers, and of the personas."""
    small = is_small(complexity["n_journeys"], k)
    groups = complexity.drop_duplicates(["by", "group"]).set_index(["by", "group"])["n_journeys"]
    ledger = Ledger(k)
    for key, n in groups.items():
        ledger.group(key, int(n), is_spare=key != ("all", ""))
    for by in ("offer", "persona"):
        note_parts(ledger, {("all", ""): [key for key in groups.index if key[0] == by]})
    hidden = hide_what_tells(ledger)
    small |= pd.Series([key in hidden for key in zip(complexity["by"], complexity["group"], strict=True)], index=complexity.index, dtype=bool)
    return complexity[~small].reset_index(drop=True)
