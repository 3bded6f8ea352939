"""What each measure over the prepared log costs: processor seconds and the most memory, one process a measure.

    python benchmarks/measures.py RAW.parquet WORK [MEASURE …]

The log is prepared first if WORK does not hold it. Each measure reads what it needs from the files, as a notebook does after its
kernel has started. Beside those that a plain query can answer stand DuckDB's seconds for that query on the raw file.
"""

from __future__ import annotations

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
}  # fmt: skip


def main(raw: Path, work: Path, wanted: list[str]) -> None:
    _run("prepare", raw, work)
    _, floor = _run("nothing", raw, work)
    names = wanted or _run("names", raw, work)[0]
    print(f"| measure | processor seconds | peak, MiB | plain DuckDB |\n|---|---|---|---|\n| (imports and tables alone) | {floor['seconds']:.1f} | {floor['peak']} | |")
    for name in names:
        _, cost = _run(name, raw, work)
        plain = f"{_run('plain ' + name, raw, work)[1]['seconds']:.1f}" if name in PLAIN else ""
        own = f"{cost['seconds']:.1f}" if cost["seconds"] is not None else "failed"
        print(f"| {name} | {own} | {cost['peak']} | {plain} |", flush=True)


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
    from journeylib.presets import resolved_thresholds

    log, journeys, model, limits = collected.log, collected.journeys, collected.model, resolved_thresholds(collected.client)
    return {
        "totals": lambda: measures.totals(log, journeys, voices=collected.voices, registers={}),
        "funnel": lambda: measures.funnel(log, journeys, model, window_days=limits.window_days),
        "time_curve": lambda: measures.time_curve(log, journeys, model), "stage_times": lambda: measures.stage_times(log, journeys, model),
        "transitions": lambda: measures.transitions(log, model), "exits": lambda: measures.exits(log, journeys, model),
        "touchpoints": lambda: measures.touchpoints(log, journeys, model, voices=collected.voices), "channels": lambda: measures.channels(log, model),
        "rates": lambda: measures.rates(log, journeys, follow_up_days=limits.follow_up_days, silence_days=limits.silence_days,
                                        forgotten_months=limits.forgotten_months, voices=collected.voices, by_account=False),
        "aftercare": lambda: measures._aftercare(collected, limits), "attribution": lambda: measures._of_channels(collected),
        "site": lambda: measures._of_site(collected, limits, None), "flow": lambda: measures.flow_tables(collected, limits),
        "leaving": lambda: measures.leaving_tables(collected, limits),
        "all of them": lambda: measures.measure_journey(collected),
    }  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        _one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
