"""Is the way winding, and does it matter; do customers hear from us regularly? Findings of notebook 02, folded under their questions."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import html_table
from journeylib.findings import Finding
from journeylib.findings.labels import number_or_none, persona_label, say_grain, say_rate, stage_label
from journeylib.measures.path_order import order_needed
from journeylib.schema import FOLLOWED

LEVEL = 0.05
#: Times between contacts that spread less than this part of their mean are even, up to the next about like chance.
EVEN, LIKE_CHANCE = 0.5, 1.2
FEWEST = 10
_THIRDS, _PARTS = ("straight", "between", "winding"), ("repeats", "backward", "switches")
_USED = ("winding", "path_order", "complexity")


def is_the_way_winding(run, mapped) -> Finding | None:
    """Where those who wind most go on clearly less often (or more) than those who go straight; None where it was not measured."""
    w, shown = run.words, mapped.shown
    table = shown.get("winding")
    if table is None or table.empty:
        return None
    takeaway, state, numbers = _say_difference(run, table)
    text = (w.say("mapping_more.winding.counting", days=w.days(table["early_days"].iloc[0])), w.say("mapping_more.winding.caution"), *_say_order(w, shown.get("path_order")))
    picture = _thirds_table(run, table)
    return Finding("is_the_way_winding", "channels", w.say("mapping_more.winding.question"), takeaway, text=text, picture=picture, details=_groups_table(run, shown.get("complexity")),
                   details_label=w.say("mapping_more.winding.groups.caption"), tables={name: shown[name] for name in _USED if name in shown}, state=state, numbers=numbers,
                   is_folded=True)  # fmt: skip


def _say_difference(run, table):
    """The largest certain difference between the straightest and the most winding third."""
    w, ends = run.words, table.pivot(index="stage", columns="third", values="rate")
    certain = table[(table["third"] == "winding") & (table["p_adjusted"] < LEVEL) & (table["difference"].abs() >= 0.05)]
    if certain.empty:
        return w.say("mapping_more.winding.none"), "none", {}
    certain = certain.assign(size=certain["difference"].abs()).sort_values(["difference", "stage"], kind="stable")
    first = certain.iloc[0] if certain.iloc[0]["difference"] < 0 else certain.sort_values(["size", "stage"], ascending=[False, True], kind="stable").iloc[0]
    values = {"stage": stage_label(run, first["stage"]), "winding": w.percent(first["rate"]), "straight": w.percent(ends.loc[first["stage"], "straight"])}
    numbers = {name: number_or_none(first[name]) for name in ("rate", "difference", "difference_lo", "difference_hi", "n")} | {"stage": first["stage"]}
    key = ("less" if first["difference"] < 0 else "more") + ("" if first["stage"] else "_whole")
    return w.say(f"mapping_more.winding.{key}", **values), "clear", numbers


def _say_order(w, table):
    for followed in FOLLOWED if table is not None else ():
        order, rows = order_needed(table, followed), table[table["followed"] == followed]
        if order is not None:
            yield w.say(f"mapping_more.order.{followed}_{order}")
        elif len(rows):
            yield w.say(f"mapping_more.order.{followed}_unclear", n=w.count(rows["n_journeys"].iloc[0]))


def _thirds_table(run, table):
    """The share that goes on of each third; then what winding is: the components of the most winding beside the straightest."""
    w, rates, parts = run.words, [], []
    for stage, group in table.groupby("stage", sort=False):
        by = group.set_index("third")
        rates.append([stage_label(run, stage), *(_rate(w, by.loc[third]) if third in by.index else None for third in _THIRDS)])
        pairs = [{third: w.number(by.loc[third, name], 1) for third in ("straight", "winding")} for name in _PARTS]
        parts.append([stage_label(run, stage), *(w.say("mapping_more.winding.pair", **pair) for pair in pairs)])
    of_rates, of_parts = ([w.say(f"mapping_more.winding.{name}") for name in ("stage", *names)] for names in (_THIRDS, _PARTS))
    return html_table(of_rates, rates, caption=w.say("mapping_more.winding.caption")) + html_table(of_parts, parts, caption=w.say("mapping_more.winding.parts_caption"), numeric=(1, 2, 3))


def _rate(w, row):
    return w.say("mapping_more.winding.of", rate=say_rate(w, row["n_yes"], int(row["n"]), row["rate"], row["lo"], row["hi"], digits=0), n=int(row["n"]))


def _groups_table(run, complexity):
    """Offers and personas by how winding their journeys are beside all others."""
    if complexity is None:
        return ""
    w = run.words
    groups = complexity[(complexity["measure"] == "winding") & (complexity["n_journeys"] >= FEWEST)].sort_values(["by", "value", "group"], ascending=[True, False, True], kind="stable")
    if groups.empty:
        return ""
    rows = [[persona_label(run, row.group) if row.by == "persona" else row.group, _with_span(w, row), w.count(row.n_journeys)] for row in groups.itertuples()]
    headings = [w.say(f"mapping_more.winding.groups.{name}") for name in ("group", "score", "journeys")]
    return f"<p>{w.say('mapping_more.winding.groups.reading')}</p>" + html_table(headings, rows, numeric=(1, 2))


def _with_span(w, row):
    return w.score(row.value) if pd.isna(row.lo) else w.say("feelings.rated.score", score=w.score(row.value), span=w.span(row.lo, row.hi, 1))


# --- the rhythm of contact ----------------------------------------------------------------------------------------------


def how_regularly_are_you_in_touch(run, mapped) -> Finding | None:
    """How often those who compare hear from the company, and how many never do; None where no source tells what the company starts."""
    w, table = run.words, mapped.shown.get("contact_rhythm")
    if table is None or table.empty:
        return None
    comparing = [stage.id for stage in run.model.in_scope if "a3_evaluate" in stage.atoms]
    rows = table[table["stage"].isin(comparing) & (table["n"] >= FEWEST)]
    if rows.empty:
        takeaway, state, numbers = w.say("mapping_more.rhythm.too_few"), "too_few", {}
    else:
        row = rows.iloc[0]
        nothing = say_rate(w, row["n_none"], int(row["n"]), row["none_rate"], row["none_lo"], row["none_hi"], digits=0)
        values = {"stage": stage_label(run, row["stage"]), "times": w.number(row["per_month"], 1), "none": nothing}
        takeaway, state = w.say(f"mapping_more.rhythm.{'clear' if row['n_none'] else 'all'}", **values), "clear"
        numbers = {"stage": row["stage"]} | {name: number_or_none(row[name]) for name in ("per_month", "none_rate", "n", "median_longest_days")}
    return Finding("how_regularly_are_you_in_touch", "channels", w.say("mapping_more.rhythm.question"), takeaway, text=(w.say("mapping_more.rhythm.counting"), w.say("mapping_more.rhythm.reading")),
                   picture=_rhythm_table(run, table), tables={"contact_rhythm": table}, state=state, numbers=numbers, is_folded=True)  # fmt: skip


def _rhythm_table(run, table):
    w = run.words
    headings = [w.say(f"mapping_more.rhythm.{name}") for name in ("stage", "per_month", "none", "gap", "longest", "even", "n")]
    rows = [[stage_label(run, r.stage), _per_month(w, r), say_rate(w, r.n_none, int(r.n), r.none_rate, r.none_lo, r.none_hi, digits=0),
             w.days(r.median_gap_days) if r.n_gaps >= FEWEST else None, _longest(run, r),
             _evenness(w, r), w.count(r.n)] for r in table.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(1, 2, 3, 4, 6))


def _per_month(w, row):
    return w.number(row.per_month, 1) if pd.isna(row.lo) or row.n < FEWEST else f"{w.number(row.per_month, 1)} ({w.span(row.lo, row.hi, 1)})"


def _longest(run, row):
    if row.n_longest < FEWEST or pd.isna(row.median_longest_days):
        return None
    return run.words.say("mapping_more.rhythm.longest_of", days=run.words.days(row.median_longest_days), journeys=say_grain(run, int(row.n_longest)))


def _evenness(w, row):
    if row.n_judged < FEWEST:
        return None
    return w.say(f"mapping_more.rhythm.{'even' if row.unevenness < EVEN else 'chance' if row.unevenness <= LIKE_CHANCE else 'bursts'}_word")
