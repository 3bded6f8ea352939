"""Which channels get the credit for the purchases, and how far that depends on the way of counting: a finding of notebook 02."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.bars import Spread, draw_spreads
from journeylib.figures.tables import html_table
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label
from journeylib.schema import CREDIT_MODELS

#: Channels drawn; the table has them all.
MOST_DRAWN = 6
#: Fewer purchases or channels than this, and there is nothing to share out.
FEWEST_WON, FEWEST_CHANNELS = 30, 2
#: A share that the ways of counting put this far apart is not said.
TOO_FAR_APART = 0.5


def what_gets_the_credit(run, mapped) -> Finding | None:
    """Each channel's share of the purchases from the lowest to the highest of seven models, the warning inside the figure (C3).

    None with fewer than thirty purchases or two channels.
    """
    w, table = run.words, mapped.shown.get("attribution")
    if table is None or table.empty or table["n_won"].iloc[0] < FEWEST_WON or table["channel"].nunique() < FEWEST_CHANNELS:
        return None
    ranges = _ranges(table)
    takeaway, state, numbers = _say_credit(run, table, ranges)
    return Finding("what_gets_the_credit", "channels", w.say("attribution.question"), takeaway, text=tuple(_say_more(run, table, ranges)),
                   so_what=w.say("attribution.so_what"), picture=_draw(run, ranges, takeaway), details=_models(run, table, ranges),
                   details_label=w.say("attribution.details"), tables={"attribution": table}, state=state, numbers=numbers)  # fmt: skip


def _ranges(table) -> pd.DataFrame:
    """One row a channel, most credit over all models first: lowest, highest and removal-effect share, and how many met it."""
    by_channel = table.groupby("channel")
    removal = table[table["model"] == "markov"].set_index("channel")["share"]
    ranges = pd.DataFrame({"lo": by_channel["share"].min(), "hi": by_channel["share"].max(), "mean": by_channel["share"].mean(), "n_paths": by_channel["n_paths"].first(), "removal": removal})
    return ranges.reset_index().sort_values(["mean", "channel"], ascending=[False, True], kind="stable")


def _say_credit(run, table, ranges):
    w, top = run.words, next(ranges.itertuples())
    numbers = {"channel": top.channel, "lo": float(top.lo), "hi": float(top.hi), "n_won": int(table["n_won"].iloc[0])}
    if _leads_in_every_model(table, top.channel):
        return w.say("attribution.clear", channel=channel_label(run, top.channel), range=_range(w, top)), "clear", numbers
    if _is_unsaid(top):
        return w.say("clarity.credit_unsaid", channel=channel_label(run, top.channel), range=_span(w, top)), "close", numbers
    second = next(ranges[ranges["channel"] == _rival(table, top.channel)].itertuples())
    return w.say("attribution.close", a=channel_label(run, top.channel), a_range=_range(w, top), b=channel_label(run, second.channel), b_range=_range(w, second)), "close", numbers


def _leads_in_every_model(table, channel):
    own, others = table[table["channel"] == channel].set_index("model")["lo"], table[table["channel"] != channel].groupby("model")["hi"].max()
    return bool((own > others.reindex(own.index)).all())


def _rival(table, channel):
    """The channel that comes closest to it, or furthest past it, in any model."""
    own = table[table["channel"] == channel].set_index("model")["share"]
    others = table[table["channel"] != channel].reset_index(drop=True)
    return others.loc[(others["share"] - own.reindex(others["model"]).to_numpy()).idxmax(), "channel"]


def _is_unsaid(row) -> bool:
    return row.hi - row.lo >= TOO_FAR_APART


def _range(w, row) -> str:
    """'23–31 %'; where the ways of counting lie too far apart, that it cannot be said."""
    return w.say("clarity.unsaid", range=_span(w, row)) if _is_unsaid(row) else _span(w, row)


def _span(w, row) -> str:
    """'23–31 %'; one number where both ends print alike."""
    lo, hi = w.number(row.lo * 100), w.percent(row.hi)
    return w.percent(row.hi) if w.percent(row.lo) == hi else w.say("attribution.range", lo=lo, hi=hi)


def _say_more(run, table, ranges):
    w, about = run.words, table.iloc[0]
    yield w.say("attribution.basis", n=int(about["n_won"]), days=w.days(about["look_back_days"]))
    top = ranges.iloc[0]
    if top["n_paths"] == ranges["n_paths"].max():
        yield w.say("attribution.most_met", channel=channel_label(run, top["channel"]), share=w.percent(top["n_paths"] / about["n_all_paths"]))
    if about["n_unseen"]:
        yield w.say("attribution.unseen", n=int(about["n_unseen"]))


def _draw(run, ranges, alt):
    w = run.words
    rows = [Spread(channel_label(run, row.channel), row.lo, row.removal, row.hi, _range(w, row)) for row in ranges.head(MOST_DRAWN).itertuples()]
    return draw_spreads(rows, alt=alt, caption=w.say("attribution.caption"), caution=w.say("attribution.warning"))


def _models(run, table, ranges):
    w = run.words
    headings = [w.say("attribution.channel"), w.say("attribution.journeys"), *(w.say(f"attribution.models.{model}") for model in CREDIT_MODELS)]
    found = table.set_index(["channel", "model"])
    rows = [[channel_label(run, row.channel), w.count(row.n_paths), *(w.rate(*found.loc[(row.channel, model), ["share", "lo", "hi"]]) for model in CREDIT_MODELS)]
            for row in ranges.itertuples()]  # fmt: skip
    return html_table(headings, rows, numeric=(1,))
