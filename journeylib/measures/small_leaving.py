"""Groups too small to show among those who leave: cohorts, standing, dossier, ways out, last words and the purchase flow.

The same rule as `small_groups`: a group of 1 to k − 1 is left out; where the rows beside it add up to a known sum, so is the
smallest of them. What the shown funnel keeps to itself of a stage is not told here either.
"""

from __future__ import annotations

import pandas as pd

from journeylib.measures.subtraction import is_small, parts_to_hide, parts_to_hide_in
from journeylib.schema import MEASURES, check

#: Of a stage whose next one is withheld.
_OF_STANDING = ["n_past", "n_in", "n_lost", "n_stuck", "n_left", "median_stuck_days"]
_OF_STEP = ["n_went_on", "n_lost", "n_open", "n_converted", "rate", "lo", "hi", "median_days"]
_OF_RIPE = ["n_followed", "n_converted", "rate", "lo", "hi", "n_units"]


def withhold_leaving(shown: dict[str, pd.DataFrame], k: int, tables: dict[str, pd.DataFrame] | None = None) -> dict[str, pd.DataFrame]:
    """The shown tables with those of `schema.LEAVING` as they may be shown; the others among them are already so.

    Parameters
    ----------
    tables : the whole ones, which tell what has been withheld of the last touchpoints (`exits`).
    """
    withheld = _withheld_exits(shown, tables or {})
    makers = {"cohorts": _cohorts, "standing": _standing, "dossier": _dossier, "departures": lambda *given: _departures(*given, withheld), "last_words": _last_words,
              "purchase_flow": _purchase_flow}  # fmt: skip
    changed = {name: check(make(shown[name].reset_index(drop=True), shown, k).reset_index(drop=True), MEASURES[name])
               for name, make in makers.items() if name in shown}  # fmt: skip
    return {name: changed.get(name, table) for name, table in shown.items() if len(changed.get(name, table)) or name not in changed}


def _withheld_exits(shown, tables):
    """(stage, touchpoint) of which some row of the last touchpoints is not shown."""
    if "exits" not in shown or "exits" not in tables:
        return set()
    keys = ["stage", "touchpoint", "state"]
    kept = set(shown["exits"][keys].itertuples(index=False, name=None))
    return {row[:2] for row in tables["exits"][keys].itertuples(index=False, name=None) if row not in kept}


def _with_the_rarer(table, hidden, parts, size):
    """The hidden rows and all rarer ones: the commonest that is shown is then the commonest there is."""
    most = table[size].where(hidden, 0).astype(float).groupby([table[name] for name in parts]).transform("max")
    return hidden | (table[size].astype(float) < most)


def _cohorts(cohorts, shown, k):
    """All cohorts are all journeys."""
    once = cohorts.drop_duplicates("cohort")
    hidden = parts_to_hide(once["n"], k)
    return cohorts[~cohorts["cohort"].isin(once.loc[hidden, "cohort"])]


def _standing(standing, shown, k):
    beside = _of_everybody(shown)
    if beside is not None:
        kept = standing["stage"].isin(beside["stage"])
        standing = standing[kept & ~is_small(standing["n_reached"], k)]
        tells = ~standing["stage"].isin(beside.loc[beside["n_went_on"].notna(), "stage"])
        standing = standing.assign(**{name: standing[name].mask(tells) for name in _OF_STANDING})
    return standing.assign(median_stuck_days=standing["median_stuck_days"].mask(is_small(standing["n_stuck"], k)))


def _of_everybody(shown):
    funnel = shown.get("funnel")
    return None if funnel is None else funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "")]


def _told_of(table, shown):
    """The rows of stages whose leavers the shown funnel tells."""
    beside = _of_everybody(shown)
    return table if beside is None else table[table["stage"].isin(beside.loc[beside["n_converted"].notna(), "stage"])]


def _dossier(dossier, shown, k):
    """A group and the others are all of whom it is known; a persona the funnel does not tell of is not told of here."""
    dossier = _told_of(dossier, shown).reset_index(drop=True)
    small = is_small(dossier["n"], k) | is_small(dossier["n_others"], k)
    if "funnel" in shown:
        told = shown["funnel"].query("semantics == 'at_least' and n_converted.notna()")
        pairs = set(zip(told["stage"], told["persona"], strict=True))
        small |= (dossier["kind"] == "persona") & ~pd.Series([pair in pairs for pair in zip(dossier["stage"], dossier["group"], strict=True)], index=dossier.index, dtype=bool)
    hidden = parts_to_hide_in(dossier, ["stage", "kind"], "n", k, small)
    beside = _of_everybody(shown)
    if beside is not None:  # of whom it is not known: the rest of all who were followed
        unknown = dossier["stage"].map(beside.set_index("stage")["n_followed"]).astype(float) - (dossier["n"] + dossier["n_others"]).astype(float)
        hidden |= is_small(unknown, k)
    return dossier[~hidden]


def _departures(departures, shown, k, withheld):
    """Each kind adds up to all who left; a last step would tell the rows of the last touchpoints that are withheld."""
    departures = _told_of(departures, shown).reset_index(drop=True)
    tells = [row.kind == "last" and (row.stage, row.what) in withheld for row in departures.itertuples()]
    hidden = is_small(departures["n_journeys"], k) | pd.Series(tells, index=departures.index, dtype=bool)
    parts, size = ["stage", "kind"], "n_journeys"
    return departures[~parts_to_hide_in(departures, parts, size, k, _with_the_rarer(departures, hidden, parts, size))]


def _last_words(words, shown, k):
    """What few said, and what few of all who said it did not leave: those are the rest of what everybody said."""
    words = _told_of(words, shown)
    hidden = is_small(words["n_customers"], k) | is_small(words["n_heard"], k)
    if "voice_counts" in shown:
        counts = shown["voice_counts"]
        stated = counts[counts["kind"] == "stated"].set_index(["stage", "row", "code"])["n_customers"]
        everybody = pd.Series([stated.get(key) for key in zip(words["stage"], words["row"], words["code"], strict=True)], index=words.index, dtype="float64")
        hidden |= everybody.isna() | is_small(everybody - words["n_customers"].astype(float), k)
    return words[~_with_the_rarer(words, hidden, ["stage"], "n_customers")]


def _purchase_flow(flow, shown, k):
    hidden = is_small(flow["n_reached"], k)
    tells, few = hidden.shift(-1, fill_value=False), is_small(flow["n_followed"], k)
    flow = flow.assign(**{name: flow[name].mask(tells) for name in _OF_STEP})
    return flow.assign(**{name: flow[name].mask(few) for name in _OF_RIPE})[~hidden]
