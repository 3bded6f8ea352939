"""Who takes part in the decision? How many people of an account, in which roles, and does a talk go with winning: a finding of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.dots import Disc, Pair, draw_dots
from journeylib.figures.tables import html_table, set_text
from journeylib.findings import Finding
from journeylib.findings.labels import stage_label
from journeylib.knowledge import load

FEWEST = 10
LEVEL = 0.05
_USED = ("roles", "buying_group", "human_contact")
#: Share of accounts with somebody of unknown role from which it is said, and over which the roles say nothing.
MANY_UNKNOWN, MOST_UNKNOWN = 0.2, 0.5


def who_takes_part(run, mapped) -> Finding | None:
    """The buying group of business customers (C12): won beside lost at a landmark; None for consumers, and where no roles were delivered."""
    w, roles = run.words, mapped.shown.get("roles")
    early = roles[(roles["stage"] == "") & (roles["role"] != "unknown")] if roles is not None else ()
    if run.client.market == "b2c" or not len(early) or _unknown(roles).gt(MOST_UNKNOWN).any():
        return None
    groups = mapped.shown.get("buying_group", pd.DataFrame(columns=["stage", "outcome"]))
    takeaway, state, numbers = _say_roles(run, early, groups)
    text = (*_say_unknown(run, roles), *_say_talk(run, mapped.shown.get("human_contact")))
    counting = _paragraph(w.say("customers_b2b.counting", days=w.days(early.iloc[0]["days"])))
    return Finding("who_takes_part", "customers", w.say("customers_b2b.question"), takeaway, text=text, picture=_draw_roles(run, roles, early, takeaway),
                   details=counting + _role_table(run, early) + _size_table(run, groups), details_label=w.say("customers_b2b.details"),
                   tables={name: mapped.shown[name] for name in _USED if name in mapped.shown}, state=state, numbers=numbers, folded_under=w.say("findings.show"))  # fmt: skip


def _say_roles(run, early, groups) -> tuple[str, str, dict]:
    """The role that parts the won from the lost most, if one surely does; else how many people take part."""
    w, everybody = run.words, _group(groups, "")
    numbers = {} if everybody is None else {"median": float(everybody["median"]), "mean": float(everybody["mean"]), "n": int(everybody["n_accounts"])}
    people = w.say("customers_b2b.some") if everybody is None else w.say("customers_b2b.people", n=int(everybody["median"]))
    judged = early[early["n"].notna() & (early["n"] >= FEWEST).fillna(False)]
    if judged.empty:
        return w.say("customers_b2b.too_few", people=people), "too_few", numbers
    sure = judged[judged["p_adjusted"] <= LEVEL]
    if sure.empty:
        return w.say("customers_b2b.none", people=people), "none", numbers
    first = sure.loc[sure["difference"].abs().sort_values(ascending=False, kind="stable").index[0]]
    values = {"role": role_name(run, first["role"]), "k": int(first["n_won_with"]), "n": int(first["n_won"]), "k_lost": int(first["n_lost_with"]),
              "n_lost": int(first["n_lost"])}  # fmt: skip
    numbers |= {"role": first["role"], "difference": float(first["difference"]), "lo": float(first["difference_lo"]), "hi": float(first["difference_hi"])}
    return w.say("customers_b2b.clear" if first["difference"] > 0 else "customers_b2b.clear_lost", **values), "clear", numbers


def _group(groups, outcome):
    rows = groups[(groups["stage"] == "") & (groups["outcome"] == outcome)]
    return rows.iloc[0] if len(rows) else None


def role_name(run, role: str) -> str:
    """A buying role in the client's language, in small letters."""
    return run.words.label(load("presets")["role_names"][role])


def _say_sizes(run, groups):
    """How many people at the won and at the lost."""
    w, won, lost = run.words, *(_group(groups, outcome) for outcome in ("won", "lost"))
    if won is not None and lost is not None and min(won["n_accounts"], lost["n_accounts"]) >= FEWEST:
        yield w.say("customers_b2b.sizes", won=_mean(w, won), lost=_mean(w, lost))


def _say_unseen(w, everybody):
    if everybody is not None and everybody["mean_with_unseen"] >= everybody["mean"] + 0.05:
        yield w.say("customers_b2b.unseen", seen=w.number(everybody["mean"], 1), more=w.number(everybody["mean_with_unseen"], 1))


def _mean(w, row):
    return w.say("customers_b2b.mean", mean=w.number(row["mean"], 1), range=w.span(row["lo"], row["hi"], 1)) if pd.notna(row["lo"]) and row["n_accounts"] >= FEWEST else w.number(row["mean"], 1)


def _unknown(roles):
    """Share of accounts where somebody takes part whose role is unknown."""
    return roles.loc[(roles["stage"] == "") & (roles["role"] == "unknown"), "share"]


def _say_unknown(run, roles):
    for row in roles.loc[_unknown(roles).ge(MANY_UNKNOWN)[lambda many: many].index].itertuples():
        yield run.words.say("customers_b2b.unknown", k=int(row.n_with), n=int(row.n_accounts))


def _say_talk(run, table):
    """Won with and without a conversation by the landmark, and that it is no proof of what the conversation did."""
    w, row = run.words, None if table is None else table.iloc[0]
    if row is None or row["n"] < FEWEST:
        return
    ending = "higher" if row["lo"] > 0 else "lower" if row["hi"] < 0 else "unsure"
    within = w.say("customers_b2b.talk.so_far") if pd.isna(row["window_days"]) else w.say("customers_b2b.talk.within", days=w.days(row["window_days"]))
    yield w.say("customers_b2b.talk.counts", days=w.days(row["landmark_days"]), within=within, k=int(row["n_with_won"]), n=int(row["n_with"]),
                k_without=int(row["n_without_won"]), n_without=int(row["n_without"]))  # fmt: skip
    yield w.say(f"customers_b2b.talk.{ending}")


# --- the picture and the tables ------------------------------------------------------------------------------------------


def _draw_roles(run, roles, early, alt):
    w = run.words
    stages = [stage for stage in run.model.ids if (roles["stage"] == stage).any()]
    by_place = {(row.stage, row.role): row for row in roles.itertuples()}
    is_compared = early["n"].notna().any() and early["n"].fillna(0).max() >= FEWEST
    headings = [w.say("customers_b2b.role"), *([w.say("customers_b2b.early", days=w.days(early.iloc[0]["days"]))] if is_compared else []),
                *(stage_label(run, stage) for stage in stages)]  # fmt: skip
    rows = [[_role_heading(run, row.role), *([_pair(run, row)] if is_compared else []), *(_disc(run, by_place.get((stage, row.role))) for stage in stages)]
            for row in early.itertuples()]  # fmt: skip
    key = (w.say("customers_b2b.won"), w.say("customers_b2b.lost")) if is_compared else ()
    return draw_dots(headings, rows, key=key, alt=alt, caption=w.say("customers_b2b.shares_caption", days=w.days(early.iloc[0]["days"])))


def _role_heading(run, role):
    name = role_name(run, role)
    return name[:1].upper() + name[1:]


def _pair(run, row):
    if pd.isna(row.n):
        return None
    text = run.words.say("customers_b2b.pair", k=int(row.n_won_with), n=int(row.n_won), k_lost=int(row.n_lost_with), n_lost=int(row.n_lost))
    return Pair(row.n_won_with / row.n_won, row.n_lost_with / row.n_lost, text) if row.n else None


def _disc(run, row):
    if row is None or pd.isna(row.share):
        return None
    w = run.words
    return Disc(row.share, w.percent(row.share) if row.n_accounts >= FEWEST else w.say("findings.k_of_n", k=int(row.n_with), n=int(row.n_accounts)))


def _role_table(run, early):
    w = run.words
    headings = [w.say(f"customers_b2b.{name}") for name in ("role", "enters", "with", "open", "difference")]
    rows = [[_role_heading(run, row.role), _enters(w, row.enters_days),
             w.say("findings.k_of_n", k=int(row.n_with), n=int(row.n_accounts)),
             w.say("findings.k_of_n", k=int(row.n_open_with), n=int(row.n_open)) if pd.notna(row.n_open) else None, _points(w, row)] for row in early.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(1, 2, 3), caption=w.say("customers_b2b.roles_caption", days=w.days(early.iloc[0]["days"])))


def _enters(w, days):
    if pd.isna(days):
        return None
    return w.days(days) if days >= 1 else w.say("map.time.under_a_day")


def _points(w, row):
    if pd.isna(row.difference) or row.n < FEWEST:
        return None
    return w.say("customers_b2b.points", points=w.number(100 * row.difference), range=w.span(100 * row.difference_lo, 100 * row.difference_hi))


def _span(w, row):
    return w.span(row.q1, row.q3) if row.q3 > row.q1 else w.count(row.q1)


def _size_table(run, groups):
    """How many take part in each stage, and how many more there are at least."""
    w, rows = run.words, groups[groups["stage"] != ""]
    headings = [w.say(f"customers_b2b.{name}") for name in ("stage", "accounts", "half", "middle", "mean_heading", "unseen_heading")]
    cells = [[stage_label(run, row.stage), w.count(row.n_accounts), w.count(row.median), _span(w, row), w.number(row.mean, 1), w.number(row.mean_with_unseen, 1)]
             for row in rows.itertuples() if row.stage in run.model.ids]  # fmt: skip
    if not cells:
        return ""
    table = html_table(headings, cells, numeric=(1, 2, 3, 4, 5), caption=w.say("customers_b2b.sizes_caption", days=w.days(rows.iloc[0]["days"])))
    return table + "".join(map(_paragraph, [*_say_sizes(run, groups), *_say_unseen(w, _group(groups, ""))]))


def _paragraph(sentence):
    return f"<p>{set_text(sentence)}</p>"
