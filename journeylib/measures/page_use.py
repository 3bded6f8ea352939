"""How pages are used where a heat-map tool looked: how far people scroll, and where they click in anger or in vain (M028)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.schema import PAGE_USE, check

#: Per how many views clicks are told.
PER = 1000


def page_use(behaviour: pd.DataFrame | None, pages: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a page: views, mean scroll weighted by views, and clicks per thousand views; beside it the visits of the web log.

    Clicks are counted, not people: one visitor may click often, so no interval is given. Lines without views give counts and no rate.

    Parameters
    ----------
    behaviour : PAGE_BEHAVIOUR. pages : PAGES of the web log, for the join by page; a page it has not seen keeps `n_visits` missing.

    Returns
    -------
    PAGE_USE, most angry clicks per view first; empty without lines.
    """
    if behaviour is None or behaviour.empty:
        return check(pd.DataFrame(columns=list(PAGE_USE.columns)), PAGE_USE)
    lines = behaviour.assign(scroll=_as_share(behaviour["scroll"]))
    found = lines.groupby("page", sort=True).apply(_of_page, include_groups=False).reset_index()
    visits = {} if pages is None or pages.empty else pages.set_index("page")["n_visits"].to_dict()
    found["n_visits"] = found["page"].map(visits)
    found = found.sort_values(["rage_per_1000", "n_views", "page"], ascending=[False, False, True], na_position="last", kind="stable")
    return check(found.reset_index(drop=True), PAGE_USE)


def _as_share(scroll: pd.Series) -> pd.Series:
    """Scroll depth as a share of the page: a file with any value over 1 counts in percent."""
    return scroll / 100 if (scroll > 1).any() else scroll


def _of_page(lines) -> pd.Series:
    views = lines["n_views"].sum(min_count=1)
    seen = lines.dropna(subset=["scroll"])
    weights = seen["n_views"].fillna(0)
    counts = {name: lines[name].sum(min_count=1) for name in ("n_rage", "n_dead", "n_back")}
    rates = {name.replace("n_", "") + "_per_1000": PER * count / views if views and views > 0 else np.nan for name, count in counts.items()}
    return pd.Series({"n_views": views, "scroll_share": np.average(seen["scroll"], weights=weights) if weights.sum() else np.nan, **counts, **rates})
