"""The values of a cell in words: the same for the drawing and for its table."""

from __future__ import annotations

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


def few_left(cell, words, name: str) -> str:
    """Lost or still open: the number, or that it is hidden, or nothing when there are none."""
    n, hidden = cell.value(f"n_{name}"), cell.get(f"n_{name}_hidden")
    if hidden is not None:
        return words.say(f"map.go_on.{name}_few", n=int(hidden["label"]))
    return words.say(f"map.go_on.{name}", n=int(n)) if n else ""
