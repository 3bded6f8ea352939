"""More of what a curious reader holds together: the tables that count again what the funnel counts, or that part a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.measures.auditor import Reader, _hide, _positions


def read_same_people(reader: Reader, hidden, shown, whole):
    """Where every customer has one journey, the coverage is the funnel of those who touched a stage."""
    if not {"coverage", "funnel"} <= set(whole):
        return
    touched = {(r.stage, r.persona): (r.n_reached, r.position) for r in whole["funnel"].itertuples() if r.semantics == "any"}
    cells = [r for r in whole["coverage"].itertuples() if pd.notna(r.n_customers)]
    if all(touched.get((r.stage, r.persona), (0, 0))[0] == r.n_customers for r in cells):
        for r in cells:
            if (r.stage, r.persona) in touched:
                reader.sums([(1, ("seen", r.stage, r.persona)), (-1, ("reached", "any", r.persona, touched[r.stage, r.persona][1]))], 0, 0)


def read_standing(reader, hidden, shown, whole):
    """Reached it or a later one: the funnel's *at least*; past is the next stage."""
    at = _positions(whole)
    for r in shown.get("standing", pd.DataFrame()).itertuples():
        assert r.n_reached == 0 or r.n_reached >= reader.k
        reader.know(("reached", "at_least", "", at[r.stage]), r.n_reached)
        after = ("reached", "at_least", "", at[r.stage] + 1)
        if pd.notna(r.n_past) and after in reader.places:
            reader.know(after, r.n_past)


def read_friction(reader, hidden, shown, whole):
    """Who came to a stage, who went from the one to the next in order, and who went on to a later one in time."""
    at = _positions(whole)
    for r in shown.get("friction", pd.DataFrame()).itertuples():
        assert r.n == 0 or r.n >= reader.k
        here = at[r.stage]
        if r.kind in ("help", "loop", "detour"):
            _know_if_so(reader, ("reached", "any", "", here), r.n, _true(whole, "any", here))
        elif r.kind == "wait":
            _know_if_so(reader, ("reached", "in_order", "", here + 1), r.n, _true(whole, "in_order", here + 1))
        elif r.kind == "blockage" and ("reached", "at_least", "", here + 1) in reader.places:
            reader.sums([(1, ("reached", "at_least", "", here + 1))], int(r.n_yes), np.inf)


def _true(whole, semantics, position):
    rows = whole["funnel"].query("semantics == @semantics and persona == '' and position == @position")["n_reached"]
    return int(rows.iloc[0]) if len(rows) else None


def _know_if_so(reader, key, n, true):
    """Two tables that count the same, where they do."""
    if key in reader.places and true == n:
        reader.know(key, n)


def read_cohorts(reader, hidden, shown, whole):
    """All cohorts are all journeys, and the months between are known."""
    _read_parts(reader, hidden, *(_once(tables, "cohorts", ["cohort"]) for tables in (shown, whole)), ["cohort"], [], "n")


def read_complexity(reader, hidden, shown, whole):
    """Everybody is the personas and who has none, the offers and who names none; personas are those of the funnel's first stage, offers those of the lengths."""
    if "complexity" not in whole:
        return
    kept, true = (_once(tables, "complexity", ["by", "group"]) for tables in (shown, whole))
    sizes = true.set_index(["by", "group"])["n_journeys"]
    for r in true.itertuples():
        key = ("winding", r.by, r.group)
        if ((kept["by"] == r.by) & (kept["group"] == r.group)).any():
            reader.know(key, r.n_journeys)
        else:
            _hide(reader, hidden, key, r.n_journeys)
    for by in ("persona", "offer"):
        parts = [("winding", *key) for key in sizes.index if key[0] == by]
        if parts:
            rest = int(sizes["all", ""] - sum(sizes[key[1:]] for key in parts))
            reader.count("winding none", by, most=rest)
            reader.sums([(1, ("winding", "all", "")), (-1, ("winding none", by)), *((-1, part) for part in parts)], 0, 0)
    for by, persona in sizes.index:
        key = ("reached", "at_least", persona, 0)
        if by == "persona" and key in reader.places:
            rows = whole["funnel"].query("semantics == 'at_least' and persona == @persona and position == 0")
            if int(rows["n_reached"].iloc[0]) == sizes[by, persona]:
                reader.sums([(1, ("winding", by, persona)), (-1, key)], 0, 0)
    for r in shown.get("lengths", pd.DataFrame()).itertuples():
        if r.offer and sizes.get(("offer", r.offer)) == r.n:
            reader.know(("winding", "offer", r.offer), r.n)


def read_who_left(reader, hidden, shown, whole):
    """Each kind of departure adds up to all who left; each kind of group to all of whom it is known."""
    for name, count in (("departures", "n_journeys"), ("dossier", "n")):
        if name in whole:
            key = [column for column in ("stage", "kind", "what", "group") if column in whole[name]]
            _read_parts(reader, hidden, shown.get(name, whole[name].head(0)), whole[name], key, ["stage", "kind"], count, name=name)


def read_path(reader, hidden, shown, whole):
    """A step of the typical path has at least those who come to it from the step before."""
    if "typical_path" not in whole:
        return
    kept = set(shown["typical_path"]["position"])
    for r in whole["typical_path"].itertuples():
        key = ("met", r.position)
        if r.position in kept:
            reader.know(key, r.n_met)
            assert r.n_met >= reader.k
        else:
            _hide(reader, hidden, key, r.n_met, least=0)
    for r in shown["typical_path"].itertuples():
        if ("met", r.position + 1) in reader.places and pd.notna(r.n_straight):
            reader.sums([(1, ("met", r.position + 1))], int(r.n_straight + r.n_detour), np.inf)


MORE = (read_same_people, read_standing, read_friction, read_cohorts, read_complexity, read_who_left, read_path)


def _once(tables, name, key):
    return tables[name].drop_duplicates(key) if name in tables else pd.DataFrame(columns=[*key, "n", "n_journeys"])


def _read_parts(reader, hidden, shown, whole, key, by, count, name="cohorts"):
    kept = set(shown[key].itertuples(index=False, name=None)) if len(shown) else set()
    for _, rows in whole.groupby(by, sort=True, dropna=False) if by else [((), whole)]:
        cells = {(name, *row): int(n) for row, n in zip(rows[key].itertuples(index=False, name=None), rows[count], strict=True)}
        if name != "cohorts" and not any(cell[1:] in kept for cell in cells):
            continue  # nothing is told of the whole
        for cell, n in cells.items():
            if cell[1:] in kept:
                assert not 0 < n < reader.k
                reader.know(cell, n)
            else:
                _hide(reader, hidden, cell, n)
        reader.sums([(1, cell) for cell in cells], sum(cells.values()), sum(cells.values()))
