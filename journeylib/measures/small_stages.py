"""Which groups of the funnel and the coverage to hide: the equations between their rows, on one ledger (docs/decisions/0010-suppression.md).

Where every customer has one journey the two tables count the same in another order, and what one withholds the other must not show.
"""

from __future__ import annotations

import pandas as pd

from journeylib.measures.subtraction import Key, Ledger, hide_what_tells
from journeylib.schema import SEMANTICS


def hidden_of_stages(tables: dict[str, pd.DataFrame], k: int) -> set[Key]:
    """The groups to hide: `("reached", counting rule, persona, position)` of the funnel, `("seen", stage, persona)` of the coverage.

    How many journeys there are in all is told by the totals, and so is the first stage where all of them reach one.
    """
    funnel, coverage = tables.get("funnel"), tables.get("coverage")
    known = coverage[coverage["n_customers"].notna()] if coverage is not None else None
    same = _same_groups(funnel, known) if funnel is not None and known is not None else {}
    ledger = Ledger(k)
    if funnel is not None:
        _note_funnel(ledger, funnel, _n_journeys(tables))
    other = ledger if same else Ledger(k)
    if known is not None:
        _note_coverage(other, known, same)
    hidden = hide_what_tells(ledger) | (set() if same else hide_what_tells(other))
    return hidden | {seen for seen, reached in same.items() if reached in hidden}


def _same_groups(funnel, known) -> dict[Key, Key]:
    """Cell of the coverage → group of the funnel that touched the stage, where all of them are of the same size; else nothing."""
    touched = funnel[funnel["semantics"] == "any"]
    sizes = {(r.stage, r.persona): (("reached", "any", r.persona, r.position), int(r.n_reached)) for r in touched.itertuples()}
    cells = {("seen", r.stage, r.persona): (sizes.get((r.stage, r.persona), (None, 0)), int(r.n_customers)) for r in known.itertuples()}
    is_same = all(size == n for (_, size), n in cells.values())
    return {cell: key for cell, ((key, _), _) in cells.items() if key is not None} if is_same else {}


def _n_journeys(tables) -> int | None:
    """How many journeys there are in all, where the totals tell."""
    return tables["totals"].set_index("name")["value"].get("journeys") if "totals" in tables else None


def _note_funnel(ledger, funnel, n_journeys):
    """Reached, by counting rule, persona and stage: a stage is the next one and those who stopped; everybody is the personas and who has none."""
    reached = {(r.semantics, r.persona, r.position): int(r.n_reached) for r in funnel.itertuples()}
    for key, n in reached.items():  # who touched a stage stands in other tables, which would go along; a persona told of is somebody at the start
        is_start = key[0] == "at_least" and key[2] == 0
        is_told = is_start and not key[1] and n == n_journeys
        ledger.group(("reached", *key), n, is_spare=not is_told, is_last=key[:2] == ("any", ""), may_be_empty=key[1] != "" and not is_start)
    personas = sorted({persona for _, persona, _ in reached if persona})
    of_all = {(semantics, position): [("reached", semantics, persona, position) for persona in personas if (semantics, persona, position) in reached]
              for semantics, persona, position in reached if not persona}  # fmt: skip
    of_none = {("of none", *place): reached[place[0], "", place[1]] - sum(ledger.counts[one] for one in mine) for place, mine in of_all.items() if mine}
    for rule in SEMANTICS:
        note_rests(ledger, {key: n for key, n in of_none.items() if key[1] == rule})
    for _, semantics, position in of_none:
        ledger.equal(("reached", semantics, "", position), *of_all[semantics, position], ("of none", semantics, position))
        if semantics != "any" and ("of none", semantics, position + 1) in of_none:
            ledger.at_most(("of none", semantics, position + 1), ("of none", semantics, position))
    for semantics, persona, position in reached:
        if semantics != "any" and (semantics, persona, position + 1) in reached:
            ledger.at_most(("reached", semantics, persona, position + 1), ("reached", semantics, persona, position))
    for narrow, wide in zip(SEMANTICS, SEMANTICS[1:], strict=False):
        for semantics, persona, position in reached:
            if semantics == narrow and (wide, persona, position) in reached:
                ledger.at_most(("reached", narrow, persona, position), ("reached", wide, persona, position))


def _note_coverage(ledger, known, same):
    """Customers by stage and persona; the lines of a persona have a known sum, for the ratios tell it."""
    keys = {(r.stage, r.persona): same.get(("seen", r.stage, r.persona), ("seen", r.stage, r.persona)) for r in known.itertuples()}
    for r in known.itertuples():
        if keys[r.stage, r.persona] not in ledger.counts:
            ledger.group(keys[r.stage, r.persona], int(r.n_customers), may_be_empty=r.persona != "")
    if not same:  # else the funnel has said it
        personas = {stage: [keys[stage, persona] for persona in rows["persona"] if persona] for stage, rows in known.groupby("stage", sort=True)}
        note_parts(ledger, {keys[stage, ""]: mine for stage, mine in personas.items() if (stage, "") in keys})
    for persona, rows in known.groupby("persona", sort=True):
        if rows["n_customers"].max() < ledger.k:
            continue  # with no cell shown, no ratio tells the sum
        ledger.seen(("all of", persona), int(rows["n_customers"].sum()))
        ledger.equal(("all of", persona), *(keys[stage, persona] for stage in rows["stage"]))


def note_parts(ledger: Ledger, sums: dict[Key, list[Key]]) -> None:
    """Each whole is its parts and a rest: those with no persona, those that name no offer."""
    sums = {whole: parts for whole, parts in sums.items() if parts and whole in ledger.counts}
    rests = {("rest", whole, parts[0]): ledger.counts[whole] - sum(ledger.counts[part] for part in parts) for whole, parts in sums.items()}
    note_rests(ledger, rests)
    for whole, parts in sums.items():
        ledger.equal(whole, *parts, ("rest", whole, parts[0]))


def note_rests(ledger: Ledger, rests: dict[Key, int]) -> None:
    """A client knows how many have no persona, or name no offer; how many of them are in one place stands nowhere."""
    for key, n in rests.items():
        ledger.unseen(key, n, most=max(rests.values()))
