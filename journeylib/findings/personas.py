"""Different customers, different journeys: do the personas differ, and is the second journey shorter? Findings of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.tables import html_table
from journeylib.figures.two_curves import draw_two_curves
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, number_or_none, persona_label, rate_digits, say_people, stage_label
from journeylib.measures.repeats import FEWEST_BOUGHT, LARGEST_UNSEEN, MAIN_GAP_DAYS

LEVEL = 0.05
#: A certain difference smaller than this is none to act on: points of a share, of a feeling, part of the days.
SMALLEST = {"goes_on": 0.05, "channel": 0.05, "need": 0.05, "feeling": 0.25, "days": 0.1}
MOST_ROWS = 8
#: What a persona card tells, in order.
CARD = ("customer_type", "target_group", "role", "looks_for", "matters", "challenges", "information", "buys")
_USED = ("persona_difference", "persona_check", "lengths")


def how_do_customers_differ(run, mapped) -> Finding | None:
    """The personas beside one another, only where they differ for certain; their cards are folded. None where no persona is declared."""
    w, shown = run.words, mapped.shown
    if not run.client.personas:
        return None
    rows = shown.get("persona_difference", pd.DataFrame(columns=["metric"]))
    certain = _certain(rows)
    takeaway, state, numbers = _say_difference(run, rows, certain, "persona_check" in shown)
    return Finding("how_do_customers_differ", "customers", w.say("personas.differ.question"), takeaway,
                   text=(*_say_check(run, shown.get("persona_check")), *_say_whom(run, mapped.collected.journeys)),
                   picture=_difference_table(run, certain) if len(certain) else "", details=_cards(run) + _length_table(run, shown.get("lengths")),
                   details_label=w.say("personas.differ.details"), tables={name: shown[name] for name in _USED if name in shown}, state=state, numbers=numbers)  # fmt: skip


def _certain(rows):
    """Rows that differ for certain and by something, the surest first; of two personas that mirror each other only one."""
    if rows.empty:
        return rows
    smallest = rows["metric"].map(SMALLEST) * rows["others"].where(rows["metric"] == "days", 1.0)
    kept = rows[(rows["p_adjusted"] < LEVEL) & (rows["difference"].abs() >= smallest)].copy()
    kept["surely"] = kept["difference"].abs() / (kept["difference_hi"] - kept["difference_lo"])
    kept = kept.sort_values(["surely", "metric", "part", "persona"], ascending=[False, True, True, True], kind="stable")
    n_compared = rows.groupby(["metric", "part"])["persona"].transform("size")
    is_mirror = kept.duplicated(["metric", "part"]) & (n_compared[kept.index] == 2)
    return kept[~is_mirror]


def _say_difference(run, rows, certain, is_checked) -> tuple[str, str, dict]:
    w = run.words
    if rows.empty:
        state = "too_few" if is_checked else "not_checkable"
        return w.say(f"personas.differ.{state}"), state, {}
    if certain.empty:
        return w.say("personas.differ.none"), "none", {}
    first = certain.iloc[0]
    numbers = {name: number_or_none(first[name]) for name in ("value", "others", "difference", "difference_lo", "difference_hi", "n")}
    side = "more" if first["difference"] > 0 else "less"
    values = {"persona": persona_label(run, first["persona"]), "part": _part(run, first), "value": _value(run, first, "value"), "others": _value(run, first, "others")}
    return w.say(f"personas.differ.{first['metric']}_{side}", **values), "clear", numbers | {name: first[name] for name in ("metric", "part", "persona")}


def _part(run, row):
    """The stage, channel or need a difference is about."""
    if row["metric"] == "channel":
        return channel_label(run, row["part"])
    return stage_label(run, row["part"]) if row["metric"] in ("goes_on", "feeling") else row["part"]


def _value(run, row, name):
    w, value = run.words, row[name]
    if row["metric"] == "feeling":
        return w.number(value, 1)
    return w.days(value) if row["metric"] == "days" else w.percent(value, min(1, rate_digits(row["n"])) if row["n"] >= 1000 else 0)


def _difference_table(run, certain):
    w = run.words
    headings = [w.say(f"personas.table.{name}") for name in ("persona", "what", "value", "others", "difference", "n")]
    rows = [[persona_label(run, row["persona"]), w.say(f"personas.table.{row['metric']}", part=_part(run, row)), _value(run, row, "value"), _value(run, row, "others"),
             _gap(run, row), w.count(row["n"])] for _, row in certain.head(MOST_ROWS).iterrows()]  # fmt: skip
    return html_table(headings, rows, numeric=(2, 3, 4, 5), caption=w.say("personas.table.caption"))


def _gap(run, row):
    w, scale, digits = run.words, 100 if row["metric"] in ("goes_on", "channel", "need") else 1, 1 if row["metric"] == "feeling" else 0
    low, high = sorted((row["difference_lo"] * scale, row["difference_hi"] * scale))
    unit = "points" if scale == 100 else row["metric"]
    return w.say(f"personas.table.gap_{unit}", value=w.number(row["difference"] * scale, digits), range=w.span(low, high, digits))


def _say_check(run, table):
    """Whether personas behave differently at all, which groups the data suggest, and who fits no persona."""
    w = run.words
    if table is None:
        return
    rows = table.set_index("measure")
    if "differ" in rows.index and pd.notna(rows.loc["differ", "verdict"]):
        yield w.say(f"personas.check.{rows.loc['differ', 'verdict']}", people=say_people(run, int(rows.loc["differ", "n"])))
    if "groups" in rows.index and pd.notna(rows.loc["groups", "verdict"]):
        verdict = rows.loc["groups", "verdict"]
        match = "_match" if "match" in rows.index and rows.loc["match", "value"] >= 0.5 else ""
        yield w.say(f"personas.check.{verdict}{match if verdict == 'stable' else ''}", k=int(rows.loc["groups", "n_groups"]))
    if "nobody" in rows.index and rows.loc["nobody", "n_yes"] >= run.client.privacy.k:
        yield w.say("personas.check.nobody", n=int(rows.loc["nobody", "n_yes"]), of=say_people(run, int(rows.loc["nobody", "n"])))


def _say_whom(run, journeys):
    """Whom the comparison is about where companies are customers: all of them but those of mixed personas, or people alone."""
    w, companies = run.words, journeys[journeys["account_id"].notna()]
    if companies.empty:
        return
    if companies["persona"].isna().all():
        yield w.say("personas.whom.people")
        return
    yield w.say("personas.whom.companies")
    n_without = companies.loc[companies["persona"].isna(), "account_id"].nunique()
    if n_without >= run.client.privacy.k:
        yield w.say("personas.whom.without", n=n_without)


def _cards(run):
    """One card a persona: what the client has said of it."""
    w = run.words
    made = []
    for persona in run.client.personas:
        told = [(w.say(f"personas.card.{name}"), getattr(persona, name)) for name in CARD if getattr(persona, name)]
        if told:
            made.append(html_table([persona.name, w.say("personas.card.declared")], [list(pair) for pair in told]))
    return "".join(made)


def _length_table(run, lengths):
    """How long the journey to each offer is, where there are several."""
    w = run.words
    offers = lengths[lengths["offer"] != ""] if lengths is not None else pd.DataFrame()
    if len(offers) < 2 or offers["median_days"].notna().sum() < 1:
        return ""
    headings = [w.say(f"personas.length.{name}") for name in ("offer", "class", "median", "bought")]
    rows = [[row["offer"], w.say(f"personas.length.{row['class'] if pd.notna(row['class']) else 'unknown'}"),
             f"{w.days(row['median_days'])} ({w.span(row['lo'], row['hi'])})" if pd.notna(row["median_days"]) else None,
             w.say("findings.k_of_n", k=int(row["n_bought"]), n=int(row["n"])) if row["horizon_days"] > 0 else None] for _, row in offers.iterrows()]  # fmt: skip
    return html_table(headings, rows, numeric=(2, 3), caption=w.say("personas.length.caption"))


# --- the second journey ------------------------------------------------------------------------------------------------


def is_the_second_journey_shorter(run, mapped) -> Finding | None:
    """First and later journeys on one clock (C13); None where nobody bought again."""
    w, table = run.words, mapped.shown.get("repeats")
    row = None if table is None or table.empty else table[table["gap_days"] == MAIN_GAP_DAYS].iloc[0]
    if row is None or row["n_later_bought"] == 0:
        return None
    state, key = _ending(row, table)
    values = {"n": int(row["n_later_bought"])}
    if pd.notna(row["ratio"]):
        values |= {"first": _days(w, row["first_days"]), "later": _days(w, row["later_days"])}
    takeaway = w.say(f"personas.repeat.{key}", **values)
    numbers = {name: number_or_none(row[name]) for name in ("ratio", "lo", "hi", "first_days", "later_days")} | {"n": values["n"]}
    curve = mapped.shown.get("repeat_curve")
    is_drawn = pd.notna(row["lo"]) and curve is not None and len(curve)
    return Finding("is_the_second_journey_shorter", "customers", w.say("personas.repeat.question"), takeaway, text=tuple(_say_counting(w, row)) if is_drawn else (),
                   picture=_draw(w, curve, takeaway) if is_drawn else "", tables={name: mapped.shown[name] for name in ("repeats", "repeat_curve") if name in mapped.shown},
                   state=state, numbers=numbers)  # fmt: skip


def _ending(row, table) -> tuple[str, str]:
    """The ending, and its sentence: a verdict only where every silence that could end a try gives the same."""
    if any(row[f"n_{name}_unseen"] > LARGEST_UNSEEN * row[f"n_{name}_bought"] for name in ("first", "later")):
        return "not_checkable", "unseen"
    if pd.isna(row["lo"]) or row["n"] < FEWEST_BOUGHT:
        return "too_few", "too_few"
    verdicts = set(table["verdict"])
    verdict = verdicts.pop() if len(verdicts) == 1 else "not_established"
    return ("close", verdict) if verdict == "not_established" else ("clear", verdict)


def _days(w, days):
    return w.days(days) if days >= 1 else w.say("map.time.under_a_day")


def _say_counting(w, row):
    yield w.say("personas.repeat.counting", days=w.days(row["horizon_days"]))
    if pd.notna(row["first_touchpoints"]):
        yield w.say("personas.repeat.touchpoints", first=w.number(row["first_touchpoints"], 1), later=w.number(row["later_touchpoints"], 1))
    yield w.say("personas.repeat.selected")


def _draw(w, curve, alt):
    reached = curve[curve["share"] >= 0.95].groupby("journeys")["at_days"].min()
    words = {name: w.say(f"personas.repeat.{name}_line") for name in ("first", "later")} | {"days": w.say("personas.repeat.axis"), "percent": w.percent(0.0).replace("0", "")}
    return draw_two_curves(curve, until_days=max(1.0, float(reached.max())), words=words, alt=alt)
