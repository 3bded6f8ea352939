"""Whether the sources hang together: who is found in more than one, what they contradict one another on (M025, M039, C17)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from journeylib.figures.bars import Part, draw_stacked
from journeylib.figures.shares import Share, draw_share_matrix
from journeylib.figures.tables import html_table
from journeylib.findings import Finding

_PARTS = {"matched": "blue", "alone": "blue_pale", "anonymous": "grey_pale", "doubtful": "amber"}
#: Under this many a share is no share: counts are shown (practice C0).
_FEW = 10


def what_hangs_together(run, collected) -> Finding:
    """Who is found in more than one source, how far every two sources know the same people, and where they contradict one another."""
    w, people = run.words, collected.identities[collected.identities["unit"] == "person"]
    question, named = w.say("joins.question"), people[people["n"] > 0]
    found = Finding("what_hangs_together", "appendix", question, "", tables={"joins": collected.joins})
    if len(named) < 2:
        is_one = len(named) == 1
        return replace(found, takeaway=w.say("joins.one_source" if is_one else "joins.no_names"), state="none" if is_one else "not_checkable")
    facts, n_kinds = collected.facts, len(collected.conflicts)
    values = {"n": int(facts["n_people_in_several_sources"]), "of": w.count(facts["n_people"])}
    takeaway = w.say(f"joins.{'clear' if not n_kinds else 'conflicts_one' if n_kinds == 1 else 'conflicts'}", **values, kinds=w.count(n_kinds))
    picture = _draw_parts(run, named) + _draw_matrix(run, collected, "person") + _conflict_table(run, collected.conflicts)
    accounts = _draw_matrix(run, collected, "account")
    return replace(found, takeaway=takeaway, text=tuple(_say_more(run, collected, named)), picture=picture, details=accounts,
                 details_label=w.say("joins.details") if accounts else "", state="clear",
                 numbers={"n_people": int(facts["n_people"]), "n_in_several": values["n"], "conflicts": dict(zip(collected.conflicts["kind"], map(int, collected.conflicts["n"]), strict=True))})  # fmt: skip


# --- sentences ------------------------------------------------------------------------------------------------------


def _say_more(run, collected, named):
    """How people were placed in companies, who is in no customer list, rows of nobody, and the two sources with least in common."""
    w, facts = run.words, collected.facts
    placed = {rule: int(facts.get(f"n_placed_by_{rule}", 0)) for rule in ("link", "domain", "new_domain", "freemail", "unclear", "none")}
    if run.client.market != "b2c" and placed["link"] + placed["domain"] + placed["new_domain"]:
        yield w.say("joins.placed", link=w.count(placed["link"]), domain=w.count(placed["domain"] + placed["new_domain"]),
                    none=w.count(placed["freemail"] + placed["unclear"] + placed["none"]))  # fmt: skip
        if placed["freemail"]:
            yield w.say("joins.freemail", n=placed["freemail"])
    for key, column in (("unlisted", "n_unlisted"), ("nobody", "n_rows_of_nobody")):
        most = collected.identities[collected.identities["unit"] == "person"].sort_values([column, "source"], ascending=[False, True]).iloc[0]
        if pd.notna(most[column]) and most[column]:
            yield w.say(f"joins.{key}", n=int(most[column]), source=most["source"])
    yield from _say_least(run, collected.joins)


def _say_least(run, joins):
    """The two sources of people with least in common, of those large enough for a share."""
    pairs = joins[(joins["unit"] == "person") & (joins[["n_a", "n_b"]].min(axis=1) >= _FEW)]
    pairs = pairs.assign(share=pairs["n_both"] / pairs[["n_a", "n_b"]].min(axis=1))
    if len(pairs) and pairs["share"].min() < 0.5:
        least = pairs.sort_values(["share", "source_a", "source_b"], kind="stable").iloc[0]
        yield run.words.say("joins.least", a=least["source_a"], b=least["source_b"], share=run.words.percent(least["share"]))


# --- pictures -------------------------------------------------------------------------------------------------------


def _draw_parts(run, named):
    """Each source's people by whether another source knows them, as shares of the source."""
    w = run.words
    place = {source: number for number, source in enumerate(run.client.sources)}
    ordered = named.assign(_place=named["source"].map(place)).sort_values(["_place", "source"], kind="stable")
    rows = [(w.say("joins.parts.of", source=row.source, n=int(row.n)), _parts(w, row), "") for row in ordered.itertuples()]
    legend = [(tone, w.say(f"joins.parts.{part}")) for part, tone in _PARTS.items()]
    return draw_stacked(rows, total=1.0, legend=legend, alt=w.say("joins.parts.caption"))


def _parts(w, row):
    numbers = [(part, tone, int(getattr(row, f"n_{part}"))) for part, tone in _PARTS.items()]
    return [Part(n / row.n, tone, w.count(n), w.say("joins.parts.label", n=n, part=w.say(f"joins.parts.{part}"))) for part, tone, n in numbers]


def _draw_matrix(run, collected, unit) -> str:
    """Of those in the row's source, the share the column's source knows too."""
    w, joins = run.words, collected.joins[collected.joins["unit"] == unit]
    if joins.empty:
        return ""
    n = {**dict(zip(joins["source_a"], joins["n_a"], strict=True)), **dict(zip(joins["source_b"], joins["n_b"], strict=True))}
    both = {frozenset((row.source_a, row.source_b)): int(row.n_both) for row in joins.itertuples()}
    names = [source for source in run.client.sources if source in n]
    rows = [(w.count(n[one]), [_share(w, one, other, int(n[one]), both, run.client.privacy.k) for other in names]) for one in names]
    return draw_share_matrix(w.say("joins.matrix.source"), w.say("joins.matrix.total"), names, rows, caption=w.say(f"joins.matrix.{unit}"))


def _share(w, one, other, n, both, k) -> Share:
    if one == other:
        return Share("–", None)
    n_both = both[frozenset((one, other))]
    if 0 < n_both < k:
        return Share(w.say("joins.matrix.under", n=k), n_both / n)
    return Share(w.say("findings.k_of_n", k=n_both, n=n) if n < _FEW else w.percent(n_both / n), n_both / n)


def _conflict_table(run, conflicts) -> str:
    if conflicts.empty:
        return ""
    w = run.words
    headings = [w.say(f"joins.conflict.{name}") for name in ("what", "n", "where", "counted")]
    rows = [[w.say(f"joins.kind.{row.kind}.what"), w.count(row.n), row.sources, w.say(f"joins.kind.{row.kind}.counted")] for row in conflicts.itertuples()]
    return html_table(headings, rows, caption=w.say("joins.conflict.caption"), numeric=(1,)) + f"<p>{w.say('joins.conflict.examples')}</p>"
