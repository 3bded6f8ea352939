"""Is the site doing its job: where visitors land and leave, how long they read, and which request to act works best (C19)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator
from scipy.special import betainc
from scipy.stats import beta

from journeylib.event_log import EventLog
from journeylib.measures.passages import BLOCK_ROWS
from journeylib.measures.stats import LEVEL, newcombe
from journeylib.measures.unit_counts import UnitCounts, effect_of, share_of
from journeylib.measures.web_visits import Asked, WebVisits, calls_of, find_web_visits, stage_of_pages
from journeylib.schema import ATOMS, CTAS, PAGES, check

#: A page seen in fewer visits is not called better or worse than its type; a difference below this many points is none worth naming.
FEWEST_VISITS, LEAST_DIFFERENCE = 30, 0.05
#: Before the decision whoever leaves is a loss. The pages of the purchase are steps of one flow, and after it a visit may well be over.
BEFORE = set(ATOMS[:3])
#: Fewer views than this, and a request is ranked after all that have more: 1 of 1 is never first.
FEWEST_VIEWS = 10
#: Bounds of the prior's weight in views, the upper one for each other request it is learnt from.
LIGHTEST, HEAVIEST = 2.0, 25.0
#: An event seen in every visit to its page, in so many, comes with the page and is no choice.
ALWAYS = 30
#: Points at which the product of many distributions is worked out, what is as good as never, and what no number tells from never.
MOST_POINTS, _NEGLIGIBLE, _SURELY = 1_500, 1e-12, 1e-17


def site(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None = None, n_rows: int = BLOCK_ROWS) -> dict[str, pd.DataFrame]:
    """The tables `pages` and `ctas`, and the row `cta` of the rates; empty where no visitor viewed a page."""
    stages = stage_of_pages(log, model, n_rows=n_rows)
    if stages is None:
        return {}
    decision = next((i for i, stage in enumerate(model.in_scope) if ATOMS[3] in stage.atoms), None)
    asked = Asked(stages, decision, window_days)
    visits = find_web_visits(log, journeys, model, asked, n_rows=n_rows)
    if not visits.seen["n_visits"].any():
        return {}
    chosen, no_choice = _choices(visits)
    decided = visits.decided
    if decision is not None and any(stages[page] == decision for page, _, _ in no_choice):
        decided = find_web_visits(log, journeys, model, Asked(stages, decision, window_days, no_choice), n_rows=n_rows).decided
    return {"pages": pages(log, model, visits, stages), "ctas": ctas(log, model, visits, stages, chosen), "rates": click_rate(decided, chosen)}


def pages(log, model, visits: WebVisits, stages) -> pd.DataFrame:
    """PAGES, most seen first: views, landings, exits held against the other pages of the type, time, and who goes on."""
    by_page = visits.seen[visits.seen["n_visits"] > 0].drop(columns=["n_there", "n_journeys_there"])
    before = [i for i, stage in enumerate(model.in_scope) if set(stage.atoms) <= BEFORE]
    table = by_page.join([_exits(visits.exits, by_page, stages, before), _next(visits.entered, by_page.index), _median_times(visits.times)])
    names, ids = log.names["detail"], [stage.id for stage in model.in_scope]
    table = table.assign(page=[names[code] for code in table.index], stage=[ids[stages[code]] if stages[code] >= 0 else "" for code in table.index],
                         channel=_channels(log, visits.landings, table.index), n_timed=table["n_timed"].fillna(0),
                         landing_share=table["n_landings"] / max(1, table["n_landings"].sum()))  # fmt: skip
    return check(table.reset_index(drop=True).sort_values(["n_views", "page"], ascending=[False, True], kind="stable"), PAGES)


def _channels(log, landings, pages):
    """The commonest channel of the visits that began on each page."""
    known = landings[landings["channel"] >= 0].sort_values(["n_events", "channel"], ascending=[False, True])
    top = known.drop_duplicates("page").set_index("page")["channel"].reindex(pages)
    return [log.names["channel"][int(code)] if pd.notna(code) else None for code in top]


def _of(sums: UnitCounts, place) -> UnitCounts:
    return UnitCounts(*(int(values[place]) for values in sums))


def _exits(sums, by_page, stages, before):
    """Exit rates by page with their interval, the rate of the other pages of the type, and which stand out among those before the purchase."""
    type_of = pd.Series(stages[by_page.index], index=by_page.index)
    others = by_page[["n_exits", "n_visits"]].groupby(type_of).transform("sum") - by_page[["n_exits", "n_visits"]]
    judged = type_of.isin(before) & (by_page["n_visits"] >= FEWEST_VISITS) & (others["n_visits"] >= FEWEST_VISITS)
    n_judged = int(judged.sum())
    found = [{"page": page} | _exit(_of(sums, page), *others.loc[page], n_judged if judged[page] else 0) for page in by_page.index]
    return pd.DataFrame(found).set_index("page")


def _exit(counts, other_exits, n_others, n_judged):
    found, stands_out = share_of(counts), None
    if n_judged:
        deff = effect_of(counts)
        difference, lo, hi = newcombe(found.n_yes / deff, found.n / deff, other_exits / deff, n_others / deff, 1 - (1 - LEVEL) / n_judged)
        if abs(difference) >= LEAST_DIFFERENCE and (lo > 0 or hi < 0):
            stands_out = "more" if lo > 0 else "less"
    expected = other_exits / n_others if n_others else np.nan
    return {"exit_rate": found.rate, "exit_lo": found.lo, "exit_hi": found.hi, "exit_expected": expected, "stands_out": stands_out}


def _next(sums, pages):
    """Of journeys that came in by a page and had not been further than its stage, how many reached a later one within the window."""
    found = {page: share_of(_of(sums, page)) for page in pages}
    return pd.DataFrame([{"page": page, "n_entered": s.n, "n_next": s.n_yes, "next_rate": s.rate, "next_lo": s.lo, "next_hi": s.hi} for page, s in found.items()]).set_index("page")


def _median_times(times):
    """Median seconds by page from counts by second; of an even number the mean of the middle two."""
    rows = {}
    for page, part in times.groupby("page"):
        seconds, upto = part["seconds"].to_numpy(), part["n_events"].cumsum().to_numpy()
        low, high = (seconds[np.searchsorted(upto, place, side="right")] for place in ((upto[-1] - 1) // 2, upto[-1] // 2))
        rows[page] = {"median_seconds": (low + high) / 2, "n_timed": int(upto[-1])}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["median_seconds", "n_timed"]).rename_axis("page")


# --- requests to act --------------------------------------------------------------------------------------------------


def _choices(visits):
    """The requests that are a choice, and those that come with every visit to their page."""
    clicked = visits.clicks
    n = visits.seen["n_there"].reindex(clicked["page"]).to_numpy()
    is_choice = (clicked["n_clicks"].to_numpy() < n) | (n < ALWAYS)
    return clicked[is_choice], frozenset(calls_of(clicked[~is_choice]))


def ctas(log, model, visits: WebVisits, stages, chosen) -> pd.DataFrame:
    """CTAS in the order of their rank: by the lower end of the shrunken rate, those with fewer than ten views after the others."""
    rows = [_cta(visits, call) for call in chosen.itertuples(index=False)]
    if not rows:
        return pd.DataFrame(columns=list(CTAS.columns))
    table = pd.DataFrame(rows)
    page, touchpoint, detail = (chosen[name].to_numpy() for name in ("page", "touchpoint", "detail"))
    ids, names = [stage.id for stage in model.in_scope], log.names
    table = table.assign(type=stages[page], page=[names["detail"][i] for i in page], touchpoint=[names["touchpoint"][i] for i in touchpoint],
                         stage=[ids[stages[i]] if stages[i] >= 0 else "" for i in page])  # fmt: skip
    table["cta"] = [names["detail"][d] if d >= 0 else name for d, name in zip(detail, table["touchpoint"], strict=True)]
    a, b = _posteriors(table)
    table = table.assign(rate=table["n_clicks"] / table["n_views"], shrunk=a / (a + b), lo=beta.ppf((1 - LEVEL) / 2, a, b), hi=beta.ppf((1 + LEVEL) / 2, a, b),
                         p_best=chance_of_best(a, b), is_thin=table["n_views"] < FEWEST_VIEWS)  # fmt: skip
    table = table.sort_values(["is_thin", "lo", "page", "cta"], ascending=[True, False, True, True], kind="stable")
    return check(table.assign(rank=range(1, len(table) + 1))[list(CTAS.columns)], CTAS)


def _cta(visits, call):
    there = _of(visits.there, call.page)
    counts = there._replace(n_yes=int(call.n_clicks), ny=int(call.ny), yy=int(call.yy))
    deff, n_journeys = effect_of(counts), int(visits.seen["n_journeys_there"].iat[call.page])
    return {"n_views": counts.n, "n_clicks": counts.n_yes, "n_journeys": n_journeys, "k_eff": counts.n_yes / deff, "n_eff": counts.n / deff}


def _posteriors(table):
    """Beta(a, b) of each request: its own clicks, and the prior of its type; a lone one is pulled lightly towards all."""
    k, n = table["k_eff"].to_numpy(), table["n_eff"].to_numpy()
    a, b = np.empty(len(table)), np.empty(len(table))
    for kind in table["type"].unique():
        own = (table["type"] == kind).to_numpy()
        is_alone = own.sum() == 1
        prior_a, prior_b = beta_prior(k, n, LIGHTEST) if is_alone else beta_prior(k[own], n[own])
        a[own], b[own] = prior_a + k[own], prior_b + n[own] - k[own]
    return a, b


def beta_prior(k, n, heaviest: float | None = None) -> tuple[float, float]:
    """The beta distribution of rates that k of n clicks come from, by moments (Kleinman 1973).

    Mean p = (Σk + ½) / (Σn + 1); ρ = (Σn(k/n − p)² − (J − 1)p(1 − p)) / (p(1 − p)(Σn − Σn²/Σn − (J − 1))); weight 1/ρ − 1 views,
    kept between 2 and 25 (J − 1): a few requests tell little of how alike requests are.
    """
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    p, total, j = (k.sum() + 0.5) / (n.sum() + 1), n.sum(), len(n)
    room = p * (1 - p) * (total - (n**2).sum() / total - (j - 1))
    most = max(LIGHTEST, HEAVIEST * (j - 1)) if heaviest is None else heaviest
    rho = ((n * (k / n - p) ** 2).sum() - (j - 1) * p * (1 - p)) / room if room > 0 else 1.0
    weight = most if rho <= 0 else float(np.clip(1 / rho - 1, LIGHTEST, most))
    return p * weight, (1 - p) * weight


def chance_of_best(a, b, n_points: int = 400) -> np.ndarray:
    """The probability that each rate Beta(a, b) is the highest: ∫ f_i Π F_j over equally likely points of each; they sum to 1.

    Π F_j is worked out at all points of a few rates, and of many at `MOST_POINTS` of them, with a monotone cubic between.
    """
    shares = (np.arange(n_points) + 0.5) / n_points
    least = beta.ppf(_NEGLIGIBLE, a, b).max() if len(a) * n_points > MOST_POINTS else -np.inf
    could = shares >= betainc(a, b, np.maximum(least, 0.0))[:, None] - _NEGLIGIBLE
    points = np.full(could.shape, -np.inf)
    points[could] = beta.ppf(*(np.broadcast_to(values, could.shape)[could] for values in (shares, a[:, None], b[:, None])))
    known = np.unique(points[points >= least])
    known = known[np.unique(np.linspace(0, len(known) - 1, MOST_POINTS).round().astype(int))] if len(known) > MOST_POINTS else known
    all_below = _log_all_below(a, b, known)
    at = PchipInterpolator(known, all_below, extrapolate=False)(points) if len(known) > 1 else all_below[:1]
    found = (np.exp(np.nan_to_num(at, nan=-np.inf)) / shares).mean(axis=1)  # but for its own F, which is the share of the point
    return found / found.sum()


def _log_all_below(a, b, known):
    """ln Π F_j at points in order; where a rate is surely below it adds nothing, and is not asked."""
    found = np.zeros(len(known))
    for alpha, beta_, n in zip(a, b, np.searchsorted(known, beta.isf(_SURELY, a, b)), strict=True):
        found[:n] += np.log(np.maximum(betainc(alpha, beta_, known[:n]), 1e-300))
    return found


def click_rate(decided: UnitCounts, chosen) -> list[dict]:
    """The row `cta` of the rates: visits to pages of the stage of decision, and those that did what a page there asks (G04).

    No row where nothing was ever clicked: then clicks are not measured, and the answer is not 0.
    """
    if not decided.n or chosen.empty:
        return []
    found = share_of(decided)
    return [{"measure": "cta", "group": "", "n": found.n, "n_yes": found.n_yes, "rate": found.rate, "lo": found.lo, "hi": found.hi, "n_units": found.n_units}]
