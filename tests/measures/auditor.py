"""A curious reader: delivered tables as equations over the counts behind them, and what each withheld group can still be.

Written apart from `journeylib/measures/subtraction.py`, and with another method: integer programming (scipy's milp) gives the
least and the largest value of every withheld small group that agrees with every number shown. One value alone = found out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix


@dataclass
class Reader:
    """What a reader knows: unknown whole numbers with bounds, and sums that hold between them."""

    k: int
    places: dict = field(default_factory=dict)
    lo: list = field(default_factory=list)
    hi: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    def count(self, *key, least=0, most=np.inf):
        """An unknown count; what is learnt of it twice narrows it."""
        if key not in self.places:
            self.places[key] = len(self.lo)
            self.lo.append(0)
            self.hi.append(np.inf)
        place = self.places[key]
        self.lo[place], self.hi[place] = max(self.lo[place], least), min(self.hi[place], most)
        return key

    def know(self, key, n):
        self.count(*key, least=int(n), most=int(n))

    def sums(self, terms, low, high):
        """low ≤ Σ sign × count ≤ high; `terms` are (sign, key)."""
        self.rows.append(([(sign, self.places[key]) for sign, key in terms], low, high))

    def interval(self, key, true=None) -> tuple[int, int]:
        """The least and the largest value of a count that agrees with all that is known; where `true` is given, no further than another value."""
        most = self._best(key, -1)
        return (true if true is not None and most != true else self._best(key, 1)), most

    def _best(self, key, sign):
        n = len(self.lo)
        cost = np.zeros(n)
        cost[self.places[key]] = sign
        data = [(row, place, value) for row, (terms, _, _) in enumerate(self.rows) for value, place in terms]
        matrix = csr_matrix(([value for _, _, value in data], ([row for row, _, _ in data], [place for _, place, _ in data])), shape=(len(self.rows), n))
        limits = LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])
        found = milp(cost, constraints=limits, integrality=np.ones(n), bounds=Bounds(self.lo, np.minimum(self.hi, 10**7)))
        assert found.success, f"what is shown contradicts itself: {found.message}"
        return round(found.x[self.places[key]])


def audit(shown: dict[str, pd.DataFrame], whole: dict[str, pd.DataFrame], k: int, *, more=(), widths=True) -> dict[tuple, tuple[int, int, int]]:
    """Every withheld group of 1 to k − 1: its true size, and the least and largest a reader can hold it for.

    A reader is taken to know more than is printed: which groups there are (a row that is not there is a group of one or more
    where every group has a row), that a withheld one has fewer than k, how many at most have no persona or offer, and how many
    customers each persona has in all stages together, where the share of one cell is shown. `more` are functions that read further files in the same way. Without `widths` the interval
    goes only as far as to show that there is another value.
    """
    reader, hidden = Reader(k), {}
    for read in (_read_funnel, _read_times, _read_exits, _read_touchpoints, _read_coverage, _read_rates, _read_totals, _read_pages, *more):
        read(reader, hidden, shown, whole)
    found = {}
    for key, true in hidden.items():
        lo, hi = reader.lo[reader.places[key]], reader.hi[reader.places[key]]
        reader.count(*key, most=k - 1)
        found[key] = (true, *reader.interval(key, None if widths else true))
        reader.lo[reader.places[key]], reader.hi[reader.places[key]] = lo, hi
    return found


def _hide(reader, hidden, key, true, least=1):
    reader.count(*key, least=least)
    if 0 < true < reader.k:
        hidden[key] = int(true)


def _least(key, true, kept, beside):
    """A withheld group is somebody, unless withheld groups beside it may be nobody: personas, where none of nobody is shown."""
    empty_shown = any(true[other] == 0 and other in kept for other in beside if other != key)
    return 0 if key[1] and not empty_shown else 1


def _read_funnel(reader, hidden, shown, whole):
    if "funnel" not in whole:
        return
    kept = {(r.semantics, r.persona, r.position): r for r in shown["funnel"].itertuples()}
    true = {(r.semantics, r.persona, r.position): int(r.n_reached) for r in whole["funnel"].itertuples()}
    for key, n in true.items():
        cell = ("reached", *key)
        if key in kept:
            assert not 0 < kept[key].n_reached < reader.k
            reader.know(cell, kept[key].n_reached)
        else:
            _hide(reader, hidden, cell, n, least=_least(key, true, kept, [other for other in true if other[::2] == key[::2]]))
    for semantics, persona, position in true:
        here, after = ("reached", semantics, persona, position), ("reached", semantics, persona, position + 1)
        row = kept.get((semantics, persona, position))
        if after in reader.places:
            if semantics != "any":
                reader.sums([(1, here), (-1, after)], 0, np.inf)
            for name in ("n_went_on", "n_converted"):
                value = getattr(row, name, None)
                if value is not None and pd.notna(value):
                    reader.sums([(1, after)], int(value), int(value) if name == "n_went_on" and semantics != "any" else np.inf)
        for wider in {"in_order": ("any", "at_least"), "any": ("at_least",)}.get(semantics, ()):
            reader.sums([(1, ("reached", wider, persona, position)), (-1, here)], 0, np.inf)
    of_all = {(s, at): [("reached", s, persona, at) for s2, persona, at2 in true if persona and (s2, at2) == (s, at)] for s, persona, at in true if not persona}
    none = {("none", *place): true[place[0], "", place[1]] - sum(true[key[1:]] for key in mine) for place, mine in of_all.items() if mine}
    _rests(reader, none)
    for _, semantics, position in none:
        here, after = ("none", semantics, position), ("none", semantics, position + 1)
        reader.sums([(1, ("reached", semantics, "", position)), (-1, here), *((-1, key) for key in of_all[semantics, position])], 0, 0)
        if semantics != "any" and after in none:
            reader.sums([(1, here), (-1, after)], 0, np.inf)


def _rests(reader, rests):
    """How many there are at the most that have no persona, or name no offer, a reader knows, and of no single place."""
    for key in rests:
        reader.count(*key, most=max(rests.values()))


def _positions(whole):
    return {r.stage: r.position for r in whole["funnel"].itertuples()} if "funnel" in whole else {}


def _read_times(reader, hidden, shown, whole):
    at = _positions(whole)
    for r in shown.get("stage_times", pd.DataFrame()).itertuples():
        assert r.n_entered == 0 or r.n_entered >= reader.k
        touched, after = ("reached", "any", "", at[r.stage]), ("reached", "at_least", "", at[r.stage] + 1)
        reader.sums([(1, touched)], r.n_entered + r.n_returned, r.n_entered + r.n_returned)
        reader.sums([(1, after)], int(r.n_went_on), np.inf)


def _read_exits(reader, hidden, shown, whole):
    if "exits" not in whole:
        return
    at, kept = _positions(whole), defaultdict(int)
    for r in shown["exits"].itertuples():
        assert r.n_journeys >= reader.k
        kept[r.stage] += int(r.n_journeys)
    sizes = whole["exits"].groupby("stage")["n_journeys"].sum()
    for stage, n in sizes.items():
        stopped = ("stopped", stage)
        reader.count(*stopped, least=kept[stage])
        shares = shown["exits"][(shown["exits"]["stage"] == stage) & shown["exits"]["share"].notna()]
        if len(shares):
            row = shares.iloc[0]
            reader.know(stopped, round(row["n_journeys"] / row["share"]))
        elif stage in at and len(whole["exits"][whole["exits"]["stage"] == stage]) == len(shown["exits"][shown["exits"]["stage"] == stage]):
            reader.know(stopped, kept[stage])  # no row seems to be missing
        if stage in at:
            here, after = ("reached", "at_least", "", at[stage]), ("reached", "at_least", "", at[stage] + 1)
            true = {r.position: r.n_reached for r in whole["funnel"].itertuples() if (r.semantics, r.persona) == ("at_least", "")}
            if true[at[stage]] - true.get(at[stage] + 1, 0) == n:  # where the two tables speak of the same
                reader.sums([(1, here), (-1, stopped), *([(-1, after)] if after in reader.places else [])], 0, 0)
    missing = whole["exits"].merge(shown["exits"][["stage", "touchpoint", "state"]], how="left", indicator=True).query("_merge == 'left_only'")
    for stage, rows in missing.groupby("stage"):
        cells = [("exit", stage, r.touchpoint, r.state) for r in rows.itertuples()]
        for cell, n in zip(cells, rows["n_journeys"], strict=True):
            _hide(reader, hidden, cell, n, least=0)
        elsewhere = reader.count("exit", stage, "another touchpoint", "")
        reader.sums([(1, ("stopped", stage)), (-1, elsewhere), *((-1, cell) for cell in cells)], kept[stage], kept[stage])


def _read_touchpoints(reader, hidden, shown, whole):
    at = _positions(whole)
    for name in ("touchpoints", "channels"):
        for r in shown.get(name, pd.DataFrame()).itertuples():
            assert r.n_journeys >= reader.k
            if r.stage in at:
                reader.know(("reached", "any", "", at[r.stage]), r.n_stage)


def _read_coverage(reader, hidden, shown, whole):
    if "coverage" not in whole:
        return
    kept = {(r.stage, r.persona): r for r in shown["coverage"].itertuples()}
    true = {(r.stage, r.persona): r.n_customers for r in whole["coverage"].itertuples() if pd.notna(r.n_customers)}
    seen = {key for key, row in kept.items() if pd.notna(row.n_customers)}
    for key, n in true.items():
        if pd.notna(kept[key].n_customers):
            assert not 0 < kept[key].n_customers < reader.k
            reader.know(("seen", *key), kept[key].n_customers)
        else:
            assert pd.isna(kept[key].demand_share)
            assert pd.isna(kept[key].ratio_lo)
            assert kept[key].status in ("not_checkable", "covered", "thin")
            _hide(reader, hidden, ("seen", *key), n, least=_least(key, true, seen, [other for other in true if other[0] == key[0]]))
    personas = {stage: [("seen", *key) for key in true if key[0] == stage and key[1]] for stage in sorted({stage for stage, _ in true})}
    none = {("none", stage): true[stage, ""] - sum(true[key[1:]] for key in mine) for stage, mine in personas.items() if mine}
    _rests(reader, none)
    for _, stage in none:
        reader.sums([(1, ("seen", stage, "")), (-1, ("none", stage)), *((-1, key) for key in personas[stage])], 0, 0)
    for persona in {persona for _, persona in true}:
        cells = [("seen", *key) for key in true if key[1] == persona]
        if not any(pd.notna(kept[cell[1:]].demand_share) and kept[cell[1:]].n_customers for cell in cells):
            continue  # no share of the whole is shown
        total = sum(true[key[1:]] for key in cells)
        reader.sums([(1, cell) for cell in cells], total, total)


def _read_rates(reader, hidden, shown, whole):
    if "rates" not in whole:
        return
    kept = set(zip(shown["rates"]["measure"], shown["rates"]["group"], strict=True))
    for measure in ("win", "bought"):
        rows = whole["rates"][whole["rates"]["measure"] == measure]
        for r in rows.itertuples():
            if (measure, r.group) in kept:
                assert r.n == 0 or r.n >= reader.k
                reader.know(("asked", measure, r.group), r.n)
            else:
                _hide(reader, hidden, ("asked", measure, r.group), r.n)
        offers = rows[rows["group"] != ""]
        if len(offers) and "" in set(rows["group"]):
            none = {("none", measure): int(rows[rows["group"] == ""]["n"].iloc[0] - offers["n"].sum())}
            _rests(reader, none)
            reader.sums([(1, ("asked", measure, "")), (-1, ("none", measure)), *((-1, ("asked", measure, group)) for group in offers["group"])], 0, 0)


def _read_totals(reader, hidden, shown, whole):
    """Plain totals of all journeys are no secret, but who is decided may be few; where none stays outside the stages, all journeys reach the first or a later one."""
    true, kept = (tables["totals"].set_index("name")["value"].to_dict() if "totals" in tables else {} for tables in (whole, shown))
    if "journeys" not in kept:
        return
    ends = [("ended", state) for state in ("won", "lost", "open", "dormant")]
    for cell in ends:
        reader.count(*cell, **({"least": int(kept[cell[1]]), "most": int(kept[cell[1]])} if cell[1] in kept else {}))
    if "orders" in kept:
        reader.sums([(1, ends[0])], -np.inf, kept["orders"])
    reader.sums([(1, cell) for cell in ends], kept["journeys"], kept["journeys"])
    _as_large(reader, whole, ("reached", "at_least", "", 0), kept["journeys"], "funnel", "n_reached", lambda rows: (rows["semantics"] == "at_least") & (rows["persona"] == "") & (rows["position"] == 0))
    _as_large(reader, whole, ("asked", "bought", ""), kept["journeys"], "rates", "n", lambda rows: (rows["measure"] == "bought") & (rows["group"] == ""))
    decided = ("asked", "win", "")
    if decided in reader.places and true["won"] + true["lost"] == whole["rates"].query("measure == 'win' and group == ''")["n"].iloc[0]:
        reader.sums([(1, decided), (-1, ends[0]), (-1, ends[1])], 0, 0)


def _as_large(reader, whole, key, n, table, count, is_it):
    """Two tables that count the same, where they do."""
    rows = whole[table].loc[is_it(whole[table]), count] if table in whole else ()
    if len(rows) and key in reader.places and rows.iloc[0] == n:
        reader.know(key, n)


def _read_pages(reader, hidden, shown, whole):
    """Visits begin on one page each, and may all end on one; who saw a page has visited it, and where every page has as many visits as journeys a visit is a journey."""
    if "pages" not in whole or "pages" not in shown or shown["pages"].empty:
        return
    kept, true = ({r.page: r for r in tables["pages"].itertuples()} for tables in (shown, whole))
    n_visits = next((round(r.n_landings / r.landing_share) for r in kept.values() if r.landing_share), None)
    is_journey = all(r.n_visits == r.n_journeys for r in true.values())
    sees_one = is_journey and all(r.n_landings == r.n_visits for r in true.values())
    for page, r in true.items():
        journeys, visits, landings, exits = cells = [(name, page) for name in ("saw", "visited", "landed", "exited")]
        if page in kept:
            assert not 0 < r.n_journeys < reader.k
            for cell, n in zip(cells, (r.n_journeys, r.n_visits, r.n_landings, r.n_exits), strict=True):
                reader.know(cell, n)
            continue
        for cell in cells[1:]:
            reader.count(*cell)
        _hide(reader, hidden, journeys, r.n_journeys)
        reader.sums([(1, visits), (-1, journeys)], 0, 0 if is_journey else np.inf)
        for part in (landings, exits):
            reader.sums([(1, visits), (-1, part)], 0, 0 if sees_one and part == landings else np.inf)
    if n_visits is not None:
        reader.sums([(1, ("landed", page)) for page in true], n_visits, n_visits)
        n_ended = sum(r.n_exits for r in true.values())
        reader.sums([(1, ("exited", page)) for page in true], n_visits if n_ended == n_visits else 0, np.inf)
    for r in shown.get("ctas", pd.DataFrame()).itertuples():
        reader.count("saw", r.page, least=int(r.n_journeys) if true[r.page].n_journeys == r.n_journeys else 0, most=int(r.n_journeys))  # … or clicked there


# --- what else is delivered: the map's cells and the gaps ---------------------------------------------------------------


def read_cells(reader, hidden, shown, whole):
    """The map: reached, went on within the window, lost and open of everybody, counted *at least*."""
    at = _positions(whole)
    for stage, cells in shown["cells"][(shown["cells"]["row"] == "go_on") & (shown["cells"]["persona"] == "")].groupby("stage"):
        here, after = ("reached", "at_least", "", at[stage]), ("reached", "at_least", "", at[stage] + 1)
        value = {r.name: r.value for r in cells[["name", "value"]].itertuples(index=False) if pd.notna(r.value)}
        if "n_reached" in value:
            reader.know(here, value["n_reached"])
        if after in reader.places:
            reader.sums([(1, after)], value.get("n_converted", 0), np.inf)
            if {"n_reached", "n_lost", "n_open"} <= set(value):
                reader.know(after, value["n_reached"] - value["n_lost"] - value["n_open"])


def read_gaps(reader, hidden, shown, whole):
    """Gaps of a persona or of everybody in a stage whose number is a share of those followed there: how many, and how many of them went on."""
    at = _positions(whole)
    gaps = shown["gaps"]
    for r in gaps[(gaps["check"] == "G13") & gaps["n"].notna() & gaps["value"].notna()].itertuples():
        here, after = ("reached", "at_least", r.persona, at[r.stage]), ("reached", "at_least", r.persona, at[r.stage] + 1)
        reader.sums([(1, here)], int(r.n), np.inf)
        if after in reader.places:
            reader.sums([(1, after)], round(r.value * r.n), np.inf)
