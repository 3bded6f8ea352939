"""A change that chance dealt out, judged on the customers of its horizon: once at the end, or at every look (practice C9 a, b)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from journeylib.effects.randomised import ab_means, ab_proportions
from journeylib.effects.record import Effect, cannot_judge
from journeylib.effects.sequential import sequential_means, sequential_proportions
from journeylib.effects.series import KPIS

N_LEAST = 10
#: What each one did before is taken away where it is known of at least this share of both groups.
KNOWN_BEFORE = 0.5
#: The smallest effect of interest where none is written: a point of a share, a fifth of the spread of anything else.
SMALLEST_SHARE, SMALLEST_OF_SPREAD = 0.01, 0.2


def judge_split(change, ground, met, start, until) -> Effect:
    """A/B at its end: one value a unit, shares by Newcombe, means by Welch; what each one did before is taken away where it is known (CUPED)."""
    control = _control(met)
    after = [_by_unit(rows[(rows["at"] >= start) & (rows["at"] < until)]) for rows in (met.mine, control)]
    options = {"control_share": control_share(change), "higher_is_better": KPIS[change.kpi][1]}
    if min(map(len, after)) < N_LEAST:
        return cannot_judge("ab", "no_one_to_compare")
    before = [_before(rows, units.index, start, ground) for rows, units in zip((met.mine, control), after, strict=True)]
    if all(known.notna().mean() >= KNOWN_BEFORE for known in before):
        level = pd.concat(before).mean()
        found = ab_means(after[0]["mean"].to_numpy(), after[1]["mean"].to_numpy(), before=before[0].fillna(level), control_before=before[1].fillna(level), **options)
    elif KPIS[change.kpi][0] == "share" and all((group["count"] == 1).all() for group in after):
        found = ab_proportions(*(int(total) for group in after for total in (group["mean"].sum(), len(group))), **options)
    else:
        found = ab_means(after[0]["mean"].to_numpy(), after[1]["mean"].to_numpy(), **options)
    return found


def judge_watched(change, ground, met, start, until) -> Effect:
    """A/B with a look a week, right at every one of them: each unit's first value counts."""
    groups = [rows[(rows["at"] >= start) & (rows["at"] < until)].drop_duplicates("unit") for rows in (met.mine, _control(met))]
    looks = [[rows.loc[rows["at"] < look, "value"] for rows in groups] for look in pd.date_range(start, until, freq="7D", inclusive="right")]
    looks = [look for look in looks if min(map(len, look)) > 1]
    if not looks:
        return cannot_judge("ab_sequential", "no_one_to_compare")
    options = {"tau": smallest_of_interest(change, ground.rows, start), "control_share": control_share(change), "higher_is_better": KPIS[change.kpi][1]}
    if KPIS[change.kpi][0] == "share":
        found = sequential_proportions([[total for values in look for total in (values.sum(), len(values))] for look in looks], **options)
    else:
        found = sequential_means([[total for values in look for total in (values.mean(), values.std(), len(values))] for look in looks], **options)
    return replace(found, series=None)


def smallest_of_interest(change, rows, start) -> float:
    """τ of the watched test: the effect expected, else a point of a share or a fifth of the spread before the start."""
    if pd.notna(change.expected) and change.expected:
        return abs(float(change.expected))
    before = rows.loc[rows["at"] < start, "value"]
    spread = (before if len(before) > 1 else rows["value"]).std()
    return SMALLEST_SHARE if KPIS[change.kpi][0] == "share" else max(SMALLEST_OF_SPREAD * float(np.nan_to_num(spread)), 1e-6)


def control_share(change) -> float:
    """The planned share of those the change does not reach; half where none is written."""
    return 0.5 if pd.isna(change.control_share) else float(change.control_share)


def _control(met):
    return pd.concat(met.others.values()) if met.others else met.mine.iloc[:0]


def _by_unit(rows):
    return rows.groupby("unit", sort=True)["value"].agg(["mean", "count"])


def _before(rows, units, start, ground):
    """Each unit's own mean of what was over before the start; missing where nothing was."""
    over = rows[rows["at"] < start - pd.Timedelta(days=ground.window_days)]
    return over.groupby("unit")["value"].mean().reindex(units)
