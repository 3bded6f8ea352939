"""What each measure over the prepared log costs: processor seconds and the most memory, one process a measure.

    python benchmarks/measures.py RAW.parquet WORK [MEASURE …] [--others PYTHON]

The log is prepared first if WORK does not hold it. Each measure reads what it needs from the files, as a notebook does after its
kernel has started. Beside those that a plain query can answer stand DuckDB's seconds for that query on the raw file; beside moves and
funnel those of retentioneering and pm4py, asked in a python of their own (`--others`): they are no dependencies and are never installed here.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

#: The same question put to the raw file as one plain query, where there is one.
PLAIN = {
    "transitions": """with steps as (select touchpoint, lead(touchpoint) over (partition by customer_id order by occurred_at) as next from raw)
        select touchpoint, next, count(*) from steps where next is not null group by all""",
    "touchpoints": "select touchpoint, count(*), count(distinct customer_id) from raw group by all",
    "channels": "select channel, count(*), count(distinct customer_id) from raw group by all",
    "totals": "select count(*), count(distinct customer_id), sum(value) from raw",
    "funnel": """with firsts as (select customer_id, min(occurred_at) filter (touchpoint in ('ad_click', 'page_view')) as a,
            min(occurred_at) filter (touchpoint in ('price_view', 'quote_request')) as b, min(occurred_at) filter (touchpoint = 'order') as c
            from raw group by all) select count(a), count(b) filter (b >= a), count(c) filter (c >= b and b >= a) from firsts""",
    "stage_times": """with firsts as (select customer_id, min(occurred_at) filter (touchpoint in ('price_view', 'quote_request')) as b,
            min(occurred_at) filter (touchpoint = 'order') as c from raw group by all)
        select quantile_cont(epoch(c) - epoch(b), [0.25, 0.5, 0.75]) from firsts where c >= b""",
    "exits": """with lasts as (select customer_id, arg_max(touchpoint, occurred_at) filter (touchpoint not in ('newsletter')) as last, max(occurred_at) as moment from raw group by all)
        select last, count(*), median(epoch(moment)) from lasts group by all""",
    "cohorts": """with firsts as (select customer_id, min(occurred_at) as a, min(occurred_at) filter (touchpoint = 'order') as c from raw group by all)
        select cast(date_trunc('month', a) as date) as cohort, floor((epoch(c) - epoch(a)) / 2629800) as months, count(*) from firsts group by all""",
    "spikes": """with firsts as (select customer_id, touchpoint, min(occurred_at) as moment from raw group by all)
        select cast(moment as date), count(*) from firsts group by all""",
}  # fmt: skip
#: Libraries that answer one of our questions too, and which.
OTHERS = {"retentioneering": ("transitions", "funnel"), "pm4py": ("transitions",)}


def main(raw: Path, work: Path, wanted: list[str], python: str | None) -> None:
    _run("prepare", raw, work)
    _, floor = _run("nothing", raw, work)
    names = wanted or _run("names", raw, work)[0]
    print("| measure | processor seconds | peak, MiB | plain DuckDB | " + " | ".join(OTHERS) + " |\n|---|---|---|---|" + "---|" * len(OTHERS))
    print(f"| (imports and tables alone) | {floor['seconds']:.1f} | {floor['peak']} |  |" + "  |" * len(OTHERS))
    for name in names:
        _, cost = _run(name, raw, work)
        own = f"{cost['seconds']:.1f}" if cost["seconds"] is not None else "failed"
        beside = [_beside(_run("plain " + name, raw, work)[1], cost) if name in PLAIN else ""]
        beside += [_of_library(python, library, name, raw, cost) if name in asked else "" for library, asked in OTHERS.items()]
        print(f"| {name} | {own} | {cost['peak']} | " + " | ".join(beside) + " |", flush=True)


def _beside(theirs, cost) -> str:
    """Another's seconds, and how many times ours that is."""
    return f"{theirs['seconds']:.1f} ({theirs['seconds'] / cost['seconds']:.1f} ×)" if theirs["seconds"] and cost["seconds"] else "failed"


def _of_library(python, library, name, raw, cost) -> str:
    file = Path(__file__).with_name("others.py")
    if python is None or subprocess.run([python, "-c", f"import {library}"], capture_output=True).returncode:
        return "not installed"
    done = subprocess.run([python, str(file), library, name, str(raw)], capture_output=True, text=True)
    if done.returncode:
        return "failed"
    told = json.loads(done.stdout.splitlines()[-1])
    return f"{_beside(told, cost)}, {told['peak']} MiB"


def _run(what, raw, work):
    done = subprocess.run([sys.executable, __file__, "--one", what, str(raw), str(work)], capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {"said": None, "seconds": None, "peak": done.stderr.strip().splitlines()[-1][:90]}
    return told.pop("said"), told


def _one(what: str, raw: Path, work: Path) -> None:
    if what.startswith("plain "):
        said, seconds = None, _plain(PLAIN[what.removeprefix("plain ")], raw)
    else:
        said, seconds = _measure(what, raw, work)
    print(json.dumps({"said": said, "seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


def _plain(query, raw) -> float:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.execute(f"create view raw as select * from '{raw}'")
        before = time.process_time()
        connection.execute(query).fetchall()
    return time.process_time() - before


def _measure(what, raw, work):
    os.environ.setdefault("JOURNEY_SALT", "the salt of the benchmarks")
    from benchmarks.client import bench_client
    from journeylib.collect import collect

    before = time.process_time()
    client, model = bench_client(raw)
    collected = collect(client, model, work)
    if what in ("prepare", "nothing"):
        return None, time.process_time() - before
    calls = _calls(collected)
    if what == "names":
        return list(calls), 0.0
    before = time.process_time()
    calls[what]()
    return None, time.process_time() - before


def _calls(collected) -> dict:
    """Every measure of the log as a call that is still to be made."""
    from journeylib import measures
    from journeylib.measures import (
        cohorts,
        complexity,
        contacts,
        content,
        definition,
        departures,
        deviations,
        dossier,
        entrances,
        follow_up,
        friction,
        handovers,
        path_order,
        personalisation,
        repeats,
        rhythm,
        standing,
        typical,
        winding,
    )
    from journeylib.measures.site import site
    from journeylib.presets import resolved_thresholds

    client, log, journeys, model = collected.client, collected.log, collected.journeys, collected.model
    limits = resolved_thresholds(client)
    days, of = limits.window_days, (log, journeys, model)
    plan = [deviations.Planned("page_view"), deviations.Planned("quote_request", True), deviations.Planned("order", False, 30)]
    steps = definition.Conversion(tuple(definition.Step(name, touchpoints=(name,)) for name in ("ad_click", "price_view", "order")), window_days=60)
    return {
        "totals": lambda: measures.totals(log, journeys, voices=collected.voices, registers={}),
        "funnel": lambda: measures.funnel(*of, window_days=days), "purchase_flow": lambda: definition.count(log, journeys, steps),
        "time_curve": lambda: measures.time_curve(*of), "stage_times": lambda: measures.stage_times(*of),
        "cohorts": lambda: cohorts.cohorts(*of, timezone=client.timezone), "standing": lambda: standing.standing(*of),
        "spikes": lambda: standing.spikes(log, model, timezone=client.timezone),
        "transitions": lambda: measures.transitions(log, model), "exits": lambda: measures.exits(*of),
        "touchpoints": lambda: measures.touchpoints(*of, voices=collected.voices), "channels": lambda: measures.channels(log, model),
        "dossier": lambda: dossier.dossier(dossier.leavers(*of, window_days=days, customers=collected.customers), model),
        "departures": lambda: departures.departures(log, dossier.leavers(*of, window_days=days), model),
        "complexity": lambda: complexity.complexity(*of, wait_days=limits.silence_days), "friction": lambda: friction.friction(*of, window_days=days),
        "winding": lambda: winding.winding(*of, window_days=days), "path_order": lambda: path_order.path_order(log, journeys),
        "typical_path": lambda: typical.typical_path(*of, hide=friction.ANSWERS_TO_MAIL), "deviations": lambda: deviations.deviations(log, journeys, plan),
        "handovers": lambda: handovers.handovers(*of, departments={"web": "Marketing"}, window_days=days),
        "coordination": lambda: handovers.coordination(log, journeys, departments={"web": "Marketing"}),
        "contact_rhythm": lambda: rhythm.contact_rhythm(*of), "follow_up": lambda: follow_up.follow_up(log, journeys, limit_hours=limits.signal_hours),
        "personalisation": lambda: personalisation.personalisation(*of, customers=collected.customers),
        "rates": lambda: contacts.rates(log, journeys, follow_up_days=limits.follow_up_days, silence_days=limits.silence_days, forgotten_months=limits.forgotten_months),
        "aftercare": lambda: measures._aftercare(collected, limits), "attribution": lambda: measures._of_channels(collected),
        "repeats": lambda: repeats.repeats(log, journeys), "site": lambda: site(*of, window_days=days),
        "entrances": lambda: entrances.entrances(*of), "coverage": lambda: content.coverage(*of, customers=collected.customers, as_of=client.as_of),
    }  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        _one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        given.add_argument("raw", type=Path)
        given.add_argument("work", type=Path)
        given.add_argument("measures", nargs="*")
        given.add_argument("--others", metavar="PYTHON", help="a python with retentioneering and pm4py; without it they stand as not installed")
        asked = given.parse_args()
        main(asked.raw, asked.work, asked.measures, asked.others)
