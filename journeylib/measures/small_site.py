"""Groups too small to show on the site: pages few saw, what is done on them, and what few search for."""

from __future__ import annotations

from journeylib.measures.subtraction import is_small, parts_to_hide, parts_to_hide_in

#: What is told of the journeys that came in by a page.
_OF_ENTERED = ["n_entered", "n_next", "next_rate", "next_lo", "next_hi"]


def pages_shown(pages, k):
    """Landings add up to all visits, and a visit may be a journey: beside a page few saw goes the least seen of the others; of few who came in nothing is told."""
    few = is_small(pages["n_entered"], k)
    pages = pages.assign(**{name: pages[name].mask(few) for name in _OF_ENTERED})
    return pages[~parts_to_hide(pages["n_journeys"], k)].reset_index(drop=True)


def withhold_of_hidden_pages(shown):
    """Visits of a page and requests to act on it tell how many saw it."""
    seen = shown["pages"]["page"] if "pages" in shown else []
    if "page_use" in shown:
        shown["page_use"] = shown["page_use"].assign(n_visits=lambda rows: rows["n_visits"].where(rows["page"].isin(seen)))
    if "ctas" in shown and "pages" in shown:
        shown["ctas"] = shown["ctas"][shown["ctas"]["page"].isin(seen)].reset_index(drop=True)


def search_phrases_shown(phrases, k):
    """The phrases of a stage add up to its searches."""
    return phrases[~parts_to_hide_in(phrases, ["line", "stage"], "n_searches", k)].reset_index(drop=True)
