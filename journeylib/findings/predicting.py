"""Can we see who is about to buy, who is about to leave, and what is bought next? With the answer that we cannot (C10, M104, M105)."""

from __future__ import annotations

import pandas as pd

from journeylib.figures.dots import Pair, draw_dots
from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.findings.labels import channel_label, number_or_none, say_rate, stage_label, touchpoint_label

#: Verdict of a prediction → ending of its sentence.
ENDINGS = {"predictable": "clear", "one_rule": "close", "no_skill": "none", "too_few": "too_few"}
_MOST_SIGNS, _MOST_OFFERS = 6, 10


def who_is_about_to_buy(run, improved) -> Finding | None:
    """Whether who buys soon shows beforehand, tested on later customers; None where no purchase is known."""
    return _finding(run, improved, "buy", "who_is_about_to_buy")


def who_is_about_to_leave(run, improved) -> Finding | None:
    """Whether customers who leave, or go quiet, show beforehand; None where no purchase is known."""
    return _finding(run, improved, "leave", "who_is_about_to_leave")


def say_prediction(run, row) -> tuple[str, str, str]:
    """The question, the answer in one sentence and its ending, of a row of PREDICTIONS with the likeliest group's `top_…`."""
    w = run.words
    area = f"predicting.{'quiet' if row['outcome'] == 'silence' else row['target']}"
    state = ENDINGS[row["verdict"]]
    values = {"days": w.days(row["horizon_days"])}
    if state == "clear":
        values |= {
            "rate": say_rate(w, row["top_n_yes"], row["top_n"], row["top_share"], row["top_lo"], row["top_hi"], digits=0),
            "base": w.percent(row["base_rate"]),
        }
    if state == "close":
        values["rule"] = say_sign(run, row["rule"])
    answer = w.say("predicting.too_short") if state == "too_few" and pd.isna(row["test_from_at"]) else w.say(f"{area}.{_ending(row, state)}", **values)
    return w.say(f"{area}.question"), answer, state


def _ending(row, state) -> str:
    """Too few with the outcome is not too few without it: where nearly all have bought, nobody shows what sets them apart."""
    return "too_few_others" if state == "too_few" and row.get("scarce") == "without" else state


def say_sign(run, feature: str) -> str:
    """What is known beforehand of a customer, in words: 'how long since they bought'."""
    w, (kind, _, name) = run.words, feature.partition(":")
    if kind == "column":
        return w.say(f"predicting.sign.column.{name}")
    label = {"stage": stage_label, "touchpoint": touchpoint_label, "channel": channel_label}.get(kind, lambda run, name: name)
    return w.say(f"predicting.sign.{kind}", name=label(run, name)) if name else w.say(f"predicting.sign.{kind}")


def prediction_row(predicted, target: str) -> dict | None:
    """The row of PREDICTIONS of a target, with its likeliest group; None where nothing could be asked."""
    rows = predicted.predictions[predicted.predictions["target"] == target].to_dict("records")
    if not rows or rows[0]["verdict"] == "not_checkable":
        return None
    bands = predicted.bands
    top = bands[(bands["target"] == target) & (bands["band"] == 1)].to_dict("records")
    return rows[0] | {f"top_{name}": top[0][name] if top else float("nan") for name in ("n", "n_yes", "chance", "share", "lo", "hi")}


def _finding(run, improved, target, name):
    row = prediction_row(improved.predicted, target) if improved.predicted else None
    if row is None:
        return None
    w, predicted = run.words, improved.predicted
    question, takeaway, state = say_prediction(run, row)
    if state == "too_few":
        return Finding(name, "customers", question, takeaway, state=state, is_folded=True)
    tables = {"predictions": predicted.predictions, "prediction_bands": predicted.bands, "prediction_features": predicted.features}
    mine = {key: table[table["target"] == target].reset_index(drop=True) for key, table in tables.items()}
    is_clear, signs = state == "clear", mine["prediction_features"]
    numbers = {key: number_or_none(row[key]) for key in ("n", "n_yes", "base_rate", "skill", "skill_lo", "skill_hi", "gain", "gain_lo", "auc", "top_share")}
    return Finding(name, "customers", question, takeaway, text=tuple(_say_test(run, row, state, signs)), so_what=w.say("predicting.list") if is_clear else "",
                   picture=_draw_bands(run, mine["prediction_bands"], takeaway) if is_clear else "", details=_signs(run, signs, state),
                   details_label=w.say("predicting.details"), tables=mine, state=state, folded_under=w.say("findings.show") if state == "clear" else "", is_folded=state != "clear", numbers=numbers)  # fmt: skip


def _say_test(run, row, state, features):
    w = run.words
    values = {"n": int(row["n"]), "from": w.short_date(row["test_from_at"]), "to": w.short_date(row["test_to_at"])}
    if state == "clear":
        yield w.say(f"predicting.tested.{row['target']}", chance=w.percent(row["top_chance"]), share=w.percent(row["top_share"]), **values)
        yield w.say("predicting.beats_rule", rule=say_sign(run, row["rule"]))
    elif state == "close":
        yield w.say("predicting.tested_close", **values)
    else:
        yield w.say("predicting.tested_none", base=w.percent(row["base_rate"]), **values)
    n_refused = int(features["refused"].notna().sum())
    if n_refused:
        yield w.say("predicting.refused", n=n_refused)
    if state == "clear":
        yield w.say(f"predicting.not_a_cause.{row['target']}")


def _draw_bands(run, bands, alt):
    """What was said beforehand beside what came of it, group by group: where the dot lies in the ring, the chances are right."""
    w = run.words
    headings = [w.say(f"predicting.headings.{name}") for name in (f"group.{bands['target'].iloc[0]}", "both")]
    rows = [(w.say("predicting.group", i=int(r.band), of=len(bands)),
             Pair(r.chance, r.share, w.say("predicting.pair", chance=w.percent(r.chance), share=say_rate(w, r.n_yes, r.n, r.share, r.lo, r.hi, digits=0))))
            for r in bands.itertuples()]  # fmt: skip
    return draw_dots(headings, rows, key=[w.say("predicting.said"), w.say("predicting.came")], alt=alt)


def _signs(run, features, state) -> str:
    """The signs that weigh most, where they weigh anything, and those that are not used, with why."""
    w = run.words
    used, refused = features[features["slope"].notna()].head(_MOST_SIGNS), features[features["refused"].notna()]
    tables = []
    if state == "clear":
        rows = [
            [say_sign(run, r.feature), Tag(w.say(f"predicting.{'more' if r.slope > 0 else 'less'}_likely"), "muted")]
            for r in used.itertuples()
        ]
        tables.append(
            html_table(
                [w.say("predicting.headings.sign"), w.say("predicting.headings.direction")], rows, caption=w.say("predicting.signs_caption")
            )
        )
    if len(refused):
        rows = [
            [w.list([_refused_name(run, feature) for feature in features]), w.say(f"predicting.reason.{reason}")]
            for reason, features in refused.groupby("refused", sort=True)["feature"]
        ]
        tables.append(
            html_table(
                [w.say("predicting.headings.sign"), w.say("predicting.headings.why_not")], rows, caption=w.say("predicting.refused_caption")
            )
        )
    return "".join(tables)


def _refused_name(run, feature):
    """A refused sign by its name alone: why it is not used stands once for all of a kind."""
    kind, _, name = feature.partition(":")
    return touchpoint_label(run, name) if kind == "touchpoint" else say_sign(run, feature)


def what_do_they_buy_next(run, improved) -> Finding | None:
    """Whether the last purchase tells the next better than naming what sells most; None where nothing was bought twice or offers have no names."""
    w, found = run.words, improved.predicted.next_offer if improved.predicted else None
    if found is None or found.verdict == "not_checkable" or not found.n:
        return None
    question, state = w.say("predicting.next.question"), {"better": "clear", "no_better": "none"}.get(found.verdict, "too_few")
    if state == "too_few":
        return Finding("what_do_they_buy_next", "customers", question, w.say("predicting.next.too_few"), state=state, is_folded=True)
    values = {"offer": found.popular} | (
        {"hits": w.percent(found.hits), "popular": w.percent(found.popular_hits)} if state == "clear" else {}
    )
    offers = improved.predicted.offers
    headings = [w.say(f"predicting.next.{name}") for name in ("last", "suggest", "share", "purchases")]
    rows = [
        [r.last_offer, r.next_offer, say_rate(w, r.n_next, r.n, r.share, r.lo, r.hi), w.count(r.n)]
        for r in offers.head(_MOST_OFFERS).itertuples()
    ]
    return Finding("what_do_they_buy_next", "customers", question, w.say(f"predicting.next.{state}", **values), text=(w.say("predicting.next.reading", n=found.n),),
                   details=html_table(headings, rows, numeric=(2, 3)) if rows else "", details_label=w.say("predicting.next.details"),
                   tables={"next_offers": offers} if len(offers) else {}, state=state, is_folded=True,
                   numbers={"hits": found.hits, "popular_hits": found.popular_hits, "gain": found.gain.value, "lo": found.gain.lo, "hi": found.gain.hi})  # fmt: skip
