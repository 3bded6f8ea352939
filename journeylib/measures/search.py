"""What people search for, stage by stage, and whether the company is found (practice C19, M029, M074)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.measures.phrases import PhraseRules, place_phrases, plain_phrase
from journeylib.measures.places import join_sources, stage_ids
from journeylib.schema import SEARCH, SEARCH_PHRASES, check

#: The last position that counts as being found: the first page of results.
FIRST_PAGE = 10
LINES = ("organic", "paid")
#: How a phrase's rows of one source are brought together: rows of several months are one phrase.
_WITHIN = {"volume": "mean", "position": "mean", "clicks": "sum", "impressions": "sum", "cost": "sum"}
#: … and of several sources, which count the same searches again.
_BETWEEN = {"volume": "max", "position": "mean", "clicks": "max", "impressions": "max", "cost": "max"}


def search_phrases(keywords: pd.DataFrame, model, rules: PhraseRules) -> pd.DataFrame:
    """Every different phrase with its stage, what it asks, and how the company stands there; ads apart from ordinary results.

    A stage or atom in the client's sheet goes first, then the client's own rules, then the catalogue's. A phrase nothing places
    has no stage; one whose atom lies outside the scope has none either. Own position: the mean of what the sources say; 10 or
    better is *top*. An empty position is *unknown*, not a poor one: a tool that looked and found nothing writes 100 or >100.

    Returns
    -------
    SEARCH_PHRASES: by line, then searches, most first, then phrase.
    """
    phrases = _one_row_a_phrase(keywords)
    placed = place_phrases(phrases["phrase"], rules)
    by_sheet = phrases["atom"].notna() | phrases["stage"].notna()
    atom = phrases["atom"].where(by_sheet, placed["atom"])
    searches = phrases[["volume", "impressions"]].max(axis=1).round()
    frame = phrases.assign(
        stage=stage_ids(phrases.assign(atom=atom), model), question=placed["question"],
        placed_by=placed["placed_by"].mask(by_sheet, "sheet"), n_searches=searches.astype("Int64"),
        standing=np.select([phrases["position"] <= FIRST_PAGE, phrases["position"] > FIRST_PAGE], ["top", "below"], "unknown"),
    ).drop(columns="atom")  # fmt: skip
    order = frame.assign(line_no=frame["line"].map(LINES.index), n=frame["n_searches"].fillna(-1).astype(float))
    order = order.sort_values(["line_no", "n", "phrase"], ascending=[True, False, True], kind="stable")
    return check(order[list(SEARCH_PHRASES.columns)], SEARCH_PHRASES)


def search(phrases: pd.DataFrame, model) -> pd.DataFrame:
    """How many of the searches in each stage show the company among the first ten: Σ volume there / Σ volume with known position.

    `share_lo` and `share_hi` say what the share would be if every unknown position were poor, or good: with half the positions
    unknown there is no telling. Volumes are estimates of the search tools; no sampling interval would make them surer. Ads are
    counted on lines of their own, without share: a place that is paid for is no place that is found.

    Parameters
    ----------
    phrases : SEARCH_PHRASES.

    Returns
    -------
    SEARCH: ordinary results first, stages in order, phrases without a stage last; what has no phrase has no row.
    """
    stages = [*(stage.id for stage in model.in_scope), ""]
    rows = [_stage_row(line, stage, found) for line in LINES for stage in stages
            if len(found := phrases[(phrases["line"] == line) & (phrases["stage"] == stage)])]  # fmt: skip
    return check(pd.DataFrame(rows, columns=list(SEARCH.columns)), SEARCH)


def _one_row_a_phrase(keywords):
    """Rows of one phrase brought together: several months of a source add up, several sources count the same searches."""
    rows = keywords.assign(plain=[plain_phrase(phrase) for phrase in keywords["phrase"]], phrase=keywords["phrase"].str.casefold().str.strip(),
                           line=np.where(keywords["is_paid"].fillna(False).astype(bool), "paid", "organic"))  # fmt: skip
    rows = rows[rows["plain"] != ""]
    key = ["line", "plain"]
    within = rows.groupby([*key, "source"], sort=True)
    numbers = within[list(_WITHIN)].agg(_WITHIN).where(within[list(_WITHIN)].count() > 0)
    merged = numbers.groupby(key, sort=True).agg(_BETWEEN)
    places = rows.sort_values("phrase", kind="stable").groupby(key, sort=True)[["phrase", "atom", "stage"]].first()
    sources = rows.groupby(key, sort=True)["source"].agg(join_sources).rename("sources")
    return merged.join(places).join(sources).reset_index()


def _stage_row(line, stage, phrases) -> dict:
    placed, standing = phrases["placed_by"], phrases["standing"]
    row = {"line": line, "stage": stage, "n_phrases": len(phrases), "n_by_client": int(placed.isin(["sheet", "own_rule"]).sum()),
           "n_unmatched": int((placed == "nothing").sum()), "n_positions": int((standing != "unknown").sum()),
           "n_top": int((standing == "top").sum()), "n_volumes": int(phrases["volume"].notna().sum())}  # fmt: skip
    counted = {name: phrases[name].sum(min_count=1) for name in ("clicks", "impressions", "cost")}
    return row | (_coverage(phrases) if line == "organic" else {}) | counted


def _coverage(phrases) -> dict:
    volume = phrases["volume"]
    total, known, covered = (volume[rows].sum(min_count=1) for rows in
                             (volume.notna(), phrases["standing"] != "unknown", phrases["standing"] == "top"))  # fmt: skip
    if not total > 0:
        return {}
    known, covered = np.nan_to_num(known), np.nan_to_num(covered)
    return {"volume": total, "known_volume": known, "covered_volume": covered, "share": covered / known if known else np.nan,
            "share_lo": covered / total, "share_hi": (covered + total - known) / total}  # fmt: skip
