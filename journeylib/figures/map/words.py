"""The values of a cell in words: the same for the drawing and for its table."""

from __future__ import annotations

import datetime as dt

#: Under this many, counts instead of shares (practice C0).
N_FOR_SHARES = 10
WIDE = 0.15


def share_text(cell, words, name="share", item=0, count="n_journeys") -> str:
    """'39 %', or '3 av 8' under ten."""
    row = cell.get(name, item)
    n, n_yes = row["n"], cell.value(count, item)
    if n is not None and n < N_FOR_SHARES and n_yes is not None:
        return words.say("map.go_on.counts", n_yes=int(n_yes), n=int(n))
    return words.percent(row["value"])


def said_share(row, words) -> str:
    """How many said it, or nothing where nobody was counted."""
    if row["value"] is None:
        return ""
    n_said = row["extra"].get("n_customers")
    if row["n"] is not None and row["n"] < N_FOR_SHARES and n_said is not None:
        return words.say("map.go_on.counts", n_yes=int(n_said), n=int(row["n"]))
    return words.percent(row["value"])


def interval_text(row, words) -> str:
    """'(34–45)' of a share."""
    return f"({words.span(row['lo'] * 100, row['hi'] * 100)})" if row["lo"] is not None and row["hi"] is not None else ""


def is_wide(row) -> bool:
    """Whether a share's interval is wider than ± 15 points, or it rests on fewer than ten."""
    few = row["n"] is not None and row["n"] < N_FOR_SHARES
    return few or (row["lo"] is not None and row["hi"] is not None and (row["hi"] - row["lo"]) / 2 > WIDE)


def said_text(row, words) -> str:
    """A thing said, with what it is about where that is not plain from its place."""
    if row["name"] == "question":
        return quoted(row["label"], words)
    key = f"map.said.{row['name']}"
    return words.say(key, text=row["label"]) if words.has(key) else row["label"]


def quoted(text: str, words) -> str:
    """Text in the language's own quotation marks, its own stripped."""
    return words.say("map.quote", text=text.strip().strip("\"'”“»«„"))


def money_text(row, words, key: str) -> str:
    """'120 000–340 000 kr per år', or nothing."""
    if row["lo"] is not None and row["hi"] is not None:
        return words.say(key, money=words.money_range(row["lo"], row["hi"]))
    return words.say(key, money=words.money(row["value"])) if row["value"] is not None else ""


def days_text(days: float, words) -> str:
    """'12 dagar'; less than a day is said so, since nobody plans by the hour."""
    return words.days(days) if days >= 1 else words.say("map.time.under_a_day")


def absent_text(cell, words) -> str:
    """Where customers look and the company is not to be found: the places, else that it does not show in their searches."""
    places = [row["label"] for row in cell.named("absent")]
    return words.say("map.channels.absent", places=words.list(places)) if places else words.say("map.channels.unseen")


#: Ways of leaving the plan (practice C15).
DEVIATIONS = ("failed", "missing", "irregular", "ad_hoc")


def deviation_of(cell, row):
    """The deviation told of a touchpoint, or None; a planned touchpoint customers go without is its own."""
    if row["name"] in DEVIATIONS:
        return row
    return next((found for found in (cell.get(name, row["item"]) for name in DEVIATIONS) if found is not None), None)


def effect_text(row, words) -> str:
    """'senast: bättre, +5 procentenheter (2–8)' of the last change, or that none is seen, or until when it is too early."""
    return next(effect_texts(row, words))


def effect_texts(row, words):
    """The same, shorter and shorter, for narrow columns: beside its arrow '+5 (2–8)' says enough."""
    verdict, until = row["extra"]["verdict"], row["extra"].get("judged_from")
    if verdict == "too_early":
        if until:
            yield words.say("map.effect.too_early_until", date=words.short_date(dt.date.fromisoformat(until)))
        yield words.say("map.effect.too_early")
    elif verdict == "no_effect" or row["value"] is None:
        yield words.say(f"map.effect.{verdict}_alone")
    else:
        sizes = list(_effect_sizes(row, words))
        yield words.say(f"map.effect.{'moved_' if row['extra'].get('strength') == 1 else ''}{verdict}", effect=sizes[0])
        yield from sizes


def _effect_sizes(row, words):
    factor, digits = (100, 0) if row["unit"] == "share" else (1, 1)
    size = words.score(row["value"] * factor, digits)
    if row["lo"] is not None and row["hi"] is not None:
        span = words.span(row["lo"] * factor, row["hi"] * factor, digits)
        yield words.say(f"effects.unit.{row['unit']}", value=size, range=span)
        yield words.say("map.with_share", text=size, share=span)
    yield size


def few_left(cell, words, name: str) -> str:
    """Lost or still open: the number, or that it is hidden, or nothing when there are none."""
    n, hidden = cell.value(f"n_{name}"), cell.get(f"n_{name}_hidden")
    if hidden is not None:
        return words.say(f"map.go_on.{name}_few", n=int(hidden["label"]))
    return words.say(f"map.go_on.{name}", n=int(n)) if n else ""
