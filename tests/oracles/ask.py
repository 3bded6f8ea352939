"""Ask the other libraries and keep what they say in `answers/`; fails where an answer is not what it was.

Run in an environment of its own, made from `requirements.txt` (lifelines needs an older pandas than ours): `make oracles`.
None of these libraries is needed to use or to test this one: the quick tests read the answers.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections import defaultdict
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

sys.modules["posthog"] = None  # retentioneering reports what is done with it; here it reports nothing
sys.path.insert(0, str(Path(__file__).parent))

import cases  # noqa: E402  after the path

ANSWERS = Path(__file__).parent / "answers"


def lifelines() -> dict:
    """Incidences with their variance, Kaplan–Meier quantiles and interval, and the mean time of those who end within a horizon."""
    return {name: _lifelines(drawn["days"], drawn["ends"]) for name, drawn in cases.LEADS.items()}


def _lifelines(days, ends):
    from lifelines import AalenJohansenFitter, KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    horizons = [day for day in cases.HORIZONS if day <= max(days)]
    told = {"horizons": horizons}
    for end, name in ((1, "won"), (2, "lost")):
        fitted = AalenJohansenFitter(calculate_variance=True, seed=1).fit(days, ends, event_of_interest=end)
        told[f"{name}_share"] = [_at(fitted.cumulative_density_, day) for day in horizons]
        told[f"{name}_variance"] = [_at(fitted.variance_, day) for day in horizons]
        told[f"{name}_interval"] = [[_at(fitted.confidence_interval_.iloc[:, [i]], day) for i in (0, 1)] for day in horizons]
    left = KaplanMeierFitter().fit(days, [end > 0 for end in ends])
    told["stayed"] = [float(left.predict(day)) for day in horizons]
    told["left_by"] = {str(share): left.percentile(1 - share + 1e-9) for share in (0.25, 0.5, 0.75)}  # its ¾ of F1 is a hair above ¾
    alone = KaplanMeierFitter().fit(days, [end == 1 for end in ends])  # losses taken for censoring: the mistake of F1
    told["won_if_losses_were_open"] = [1 - float(alone.predict(day)) for day in (*horizons, max(days))]
    tau = horizons[-1]
    gone = 1 - float(left.predict(tau))
    told["mean_days_of_those_left_within"] = (restricted_mean_survival_time(left, t=tau) - tau * (1 - gone)) / gone
    return told


def _at(curve, day):
    """A curve of one column at a day; ties were moved apart by less than a thousandth of one."""
    return float(curve.squeeze()[curve.index <= day + 1e-3].iloc[-1])


def retentioneering() -> dict:
    """Transitions with their median time, shares of journeys at each position, and the funnel in order without a window."""
    return {name: _retentioneering(rows, "ABCD" if name == "f3" else cases.STEPS) for name, rows in cases.WALKS.items()}


def _retentioneering(rows, steps):
    import pandas as pd
    from retentioneering import Eventstream
    from retentioneering.tools.transition_matrix import TransitionMatrix

    frame = pd.DataFrame(rows, columns=["user_id", "day", "event"])
    frame["timestamp"] = pd.Timestamp("2025-01-01") + pd.to_timedelta((frame.pop("day") * 86_400).round(), unit="s")
    stream = Eventstream(frame)
    counts, journeys, medians = (TransitionMatrix(stream).fit(values) for values in ("count", "unique_paths", "time_median"))
    matrix = stream.step_matrix_data(max_steps=cases.N_POSITIONS)
    matrix = matrix[0] if isinstance(matrix, tuple) else matrix
    names = sorted(set(frame["event"]))
    return {
        "transitions": {f"{one}>{two}": [int(counts.loc[one, two]), int(journeys.loc[one, two]), medians.loc[one, two].total_seconds()]
                        for one in names for two in names if counts.loc[one, two]},
        "first": {name: int(counts.loc["path_start", name]) for name in names}, "last": {name: int(counts.loc[name, "path_end"]) for name in names},
        "positions": {name: [float(matrix.loc[name, place]) for place in range(1, cases.N_POSITIONS + 1)] for name in [*names, "path_end"]},
        "funnel": [step["unique_paths"] for step in stream.funnel_data(steps=list(steps))["steps"]],
    }  # fmt: skip


def do_attribution() -> dict:
    """Removal effects of a first-order chain and its credit, and the Shapley value of the purchases that met no other channel."""
    return {name: _markov(paths) | _shapley(paths) for name, paths in cases.PATHS.items()}


def _markov(paths):
    from do_attribution.markov import MarkovAttribution

    rows = [(" > ".join(path.split(">")), won) for path, ends in paths.items() for won, n in zip((1, 0), ends, strict=True) for _ in range(n)]
    told = MarkovAttribution(order=1, removal_strategy="redirect_to_null").fit([path for path, _ in rows], [won for _, won in rows])
    return {"chance": told["total_conversion_probability"], "removal": told["removal_effects"], "credit": told["attribution"]}


def _shapley(paths):
    """The library's coalition is worth the purchases of paths that met exactly its channels; ours, of those that met no others. So it is
    given one path a coalition with as many purchases as ours is worth."""
    from do_attribution.shapley import ShapleyAttribution

    exact = defaultdict(int)
    for path, (won, _) in paths.items():
        exact[frozenset(path.split(">"))] += won
    channels = sorted(set().union(*exact))
    groups = [group for size in range(1, len(channels) + 1) for group in combinations(channels, size)]
    worth = {group: sum(won for met, won in exact.items() if met <= set(group)) for group in groups}
    rows = [" > ".join(group) for group, won in worth.items() for _ in range(won)]
    return {"shapley": ShapleyAttribution().fit(rows, [1] * len(rows))["shapley_values"]}


def same(one, other) -> bool:
    """Equal to nine digits, part by part."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or one == other
    return one == other


def rounded(told):
    """To twelve digits; what is no number (a time the data do not reach) as null."""
    if isinstance(told, dict):
        return {str(key): rounded(value) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [rounded(value) for value in told]
    if isinstance(told, str):
        return told
    return float(f"{told:.12g}") if math.isfinite(told) else None


def main() -> int:
    warnings.simplefilter("ignore")
    ANSWERS.mkdir(exist_ok=True)
    changed = []
    for ask in (lifelines, retentioneering, do_attribution):
        library = ask.__name__.replace("_", "-")
        told = {"library": library, "version": version(library), "digest": cases.digest(), "answers": rounded(ask())}
        file = ANSWERS / f"{ask.__name__}.json"
        before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        if before is None or not same(before, told):
            changed.append(file.name)
            file.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{library} {told['version']}: {'changed' if file.name in changed else 'as before'}")
    if changed:
        print(f"Other answers than those kept: {', '.join(changed)}. They are written anew: look at the difference, then run the quick tests.")
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
