"""Is the site doing its job: where visitors land and leave, how long they read, and which request to act works best (C19)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import beta

from journeylib.event_log import DAY_US, EventLog
from journeylib.measures.passages import BLOCK_ROWS, NEVER, find_passages, journeys_of
from journeylib.measures.stats import LEVEL, design_effect, newcombe, share, share_by_unit
from journeylib.measures.web_visits import WebVisits, find_web_visits, stage_of_pages
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


def site(log: EventLog, journeys: pd.DataFrame, model, *, window_days: float | None = None, n_rows: int = BLOCK_ROWS) -> dict[str, pd.DataFrame]:
    """The tables `pages` and `ctas`, and the row `cta` of the rates; empty where no page view was delivered."""
    stages = stage_of_pages(log, model)
    if stages is None:
        return {}
    visits = find_web_visits(log, stages, n_rows=n_rows)
    unit = journeys.set_index("journey")["unit"].astype("int64")
    chosen = _choices(visits)
    found = {"pages": pages(log, journeys, model, visits, stages, window_days, n_rows)}
    found["ctas"] = ctas(log, model, visits, stages, chosen, unit)
    found["rates"] = click_rate(model, visits, stages, chosen, unit)
    return found


def pages(log, journeys, model, visits: WebVisits, stages, window_days, n_rows) -> pd.DataFrame:
    """PAGES, most seen first: views, landings, exits held against the other pages of the type, time, and who goes on."""
    seen = visits.seen[visits.seen["n_views"] > 0]
    by_page = seen.groupby("page")[["n_views", "n_visits", "n_landings", "n_exits"]].sum()
    by_page["n_journeys"] = seen.groupby("page").size()
    unit = journeys_of(journeys, seen["journey"].to_numpy())["unit"].to_numpy(dtype=np.int64)
    before = [i for i, stage in enumerate(model.in_scope) if set(stage.atoms) <= BEFORE]
    table = by_page.join([_exits(seen.assign(unit=unit), by_page, stages, before), _next(log, journeys, model, seen, stages, window_days, n_rows),
                          _median_times(visits.times)])  # fmt: skip
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


def _exits(seen, by_page, stages, before):
    """Exit rates by page with their interval, the rate of the other pages of the type, and which stand out among those before the purchase."""
    has_one_each = seen["unit"].nunique() == seen["journey"].nunique()
    sums = seen if has_one_each else seen.groupby(["page", "unit"], as_index=False)[["n_exits", "n_visits"]].sum()
    rows = {page: (part["n_exits"].to_numpy(), part["n_visits"].to_numpy()) for page, part in sums.groupby("page")}
    type_of = pd.Series(stages[by_page.index], index=by_page.index)
    others = by_page[["n_exits", "n_visits"]].groupby(type_of).transform("sum") - by_page[["n_exits", "n_visits"]]
    judged = type_of.isin(before) & (by_page["n_visits"] >= FEWEST_VISITS) & (others["n_visits"] >= FEWEST_VISITS)
    n_judged = int(judged.sum())
    found = [{"page": page} | _exit(*rows[page], *others.loc[page], n_judged if judged[page] else 0) for page in by_page.index]
    return pd.DataFrame(found).set_index("page")


def _exit(exits, n, other_exits, n_others, n_judged):
    found, stands_out = share(exits, n), None
    if n_judged:
        deff = design_effect(exits, n)
        difference, lo, hi = newcombe(found.n_yes / deff, found.n / deff, other_exits / deff, n_others / deff, 1 - (1 - LEVEL) / n_judged)
        if abs(difference) >= LEAST_DIFFERENCE and (lo > 0 or hi < 0):
            stands_out = "more" if lo > 0 else "less"
    expected = other_exits / n_others if n_others else np.nan
    return {"exit_rate": found.rate, "exit_lo": found.lo, "exit_hi": found.hi, "exit_expected": expected, "stands_out": stands_out}


def _next(log, journeys, model, seen, stages, window_days, n_rows):
    """Of journeys that came in by a page and had not been further than its stage, how many reached a later one within the window."""
    passed = find_passages(log, model, n_rows=n_rows)
    landed = seen[seen["n_landings"] > 0]
    stage = stages[landed["page"]]
    has_next = (stage >= 0) & (stage < len(model.in_scope) - 1)
    landed, stage = landed[has_next], stage[has_next]
    place = np.searchsorted(passed.journey, landed["journey"])
    later = passed.at_least[place, stage + 1] if len(landed) else np.zeros(0, dtype=np.int64)
    at, window = landed["landed_us"].to_numpy(), NEVER if window_days is None else int(window_days * DAY_US)
    judged = (later > at) & ((window == NEVER) | (log.as_of_us - at >= window))
    goes_on = (later < NEVER) & (later - np.where(later < NEVER, at, 0) <= window)
    unit = journeys_of(journeys, landed["journey"].to_numpy())["unit"].to_numpy(dtype=np.int64)
    frame = pd.DataFrame({"page": landed["page"].to_numpy(), "yes": goes_on, "unit": unit})[judged]
    found = {page: share_by_unit(part["yes"].to_numpy(), np.unique(part["unit"], return_inverse=True)[1]) for page, part in frame.groupby("page")}
    columns = {page: {"n_entered": s.n, "n_next": s.n_yes, "next_rate": s.rate, "next_lo": s.lo, "next_hi": s.hi} for page, s in found.items()}
    empty = {"n_entered": 0, "n_next": 0, "next_rate": np.nan, "next_lo": np.nan, "next_hi": np.nan}
    return pd.DataFrame([{"page": page} | columns.get(page, empty) for page in seen["page"].unique()]).set_index("page")


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
    """The clicks that are a choice: those of events that do not come with every visit to their page."""
    keys = ["page", "touchpoint", "detail"]
    clicked = visits.clicks.groupby(keys).size().rename("n_clicks").reset_index()
    n_there = visits.seen.groupby("page")["n_there"].sum()
    n = clicked["page"].map(n_there)
    return visits.clicks.merge(clicked[(clicked["n_clicks"] < n) | (n < ALWAYS)][keys], on=keys)


def ctas(log, model, visits: WebVisits, stages, chosen, unit) -> pd.DataFrame:
    """CTAS in the order of their rank: by the lower end of the shrunken rate, those with fewer than ten views after the others."""
    rows = [_cta(visits.seen, part, unit) | {"code": code} for code, part in chosen.groupby(["page", "touchpoint", "detail"])]
    if not rows:
        return pd.DataFrame(columns=list(CTAS.columns))
    table = pd.DataFrame(rows)
    page, touchpoint, detail = (np.array(codes) for codes in zip(*table["code"], strict=True))
    ids, names = [stage.id for stage in model.in_scope], log.names
    table = table.assign(type=stages[page], page=[names["detail"][i] for i in page], touchpoint=[names["touchpoint"][i] for i in touchpoint],
                         stage=[ids[stages[i]] if stages[i] >= 0 else "" for i in page])  # fmt: skip
    table["cta"] = [names["detail"][d] if d >= 0 else name for d, name in zip(detail, table["touchpoint"], strict=True)]
    a, b = _posteriors(table)
    table = table.assign(rate=table["n_clicks"] / table["n_views"], shrunk=a / (a + b), lo=beta.ppf((1 - LEVEL) / 2, a, b), hi=beta.ppf((1 + LEVEL) / 2, a, b),
                         p_best=chance_of_best(a, b), is_thin=table["n_views"] < FEWEST_VIEWS)  # fmt: skip
    table = table.sort_values(["is_thin", "lo", "page", "cta"], ascending=[True, False, True, True], kind="stable")
    return check(table.assign(rank=range(1, len(table) + 1))[list(CTAS.columns)], CTAS)


def _cta(seen, clicked, unit):
    on_page = seen[seen["page"] == clicked["page"].iloc[0]]
    n = on_page["n_there"].groupby(on_page["journey"].map(unit).to_numpy()).sum()
    k = clicked["journey"].map(unit).value_counts().reindex(n.index, fill_value=0)
    deff = design_effect(k.to_numpy(), n.to_numpy())
    return {"n_views": int(n.sum()), "n_clicks": int(k.sum()), "n_journeys": len(on_page), "k_eff": k.sum() / deff, "n_eff": n.sum() / deff}


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
    """The probability that each rate Beta(a, b) is the highest: ∫ f_i Π F_j over equally likely points of each; they sum to 1."""
    points = (np.arange(n_points) + 0.5) / n_points
    found = np.zeros(len(a))
    for i in range(len(a)):
        x = beta.ppf(points, a[i], b[i])
        below = [beta.cdf(x, a[j], b[j]) for j in range(len(a)) if j != i]
        found[i] = np.prod(below, axis=0).mean() if below else 1.0
    return found / found.sum()


def click_rate(model, visits: WebVisits, stages, chosen, unit) -> list[dict]:
    """The row `cta` of the rates: visits to pages of the stage of decision, and those that did what a page there asks (G04).

    No row where nothing was ever clicked: then clicks are not measured, and the answer is not 0.
    """
    decision = next((i for i, stage in enumerate(model.in_scope) if ATOMS[3] in stage.atoms), None)
    there = visits.there[visits.there["stage"] == decision]
    if decision is None or there.empty or chosen.empty:
        return []
    clicked = chosen[stages[chosen["page"]] == decision].drop_duplicates("visit")
    n = there["n_visits"].groupby(there["journey"].map(unit).to_numpy()).sum()
    k = clicked["journey"].map(unit).value_counts().reindex(n.index, fill_value=0)
    found = share(k.to_numpy(), n.to_numpy())
    return [{"measure": "cta", "group": "", "n": found.n, "n_yes": found.n_yes, "rate": found.rate, "lo": found.lo, "hi": found.hi, "n_units": found.n_units}]
