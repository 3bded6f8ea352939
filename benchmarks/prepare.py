"""Our preparing of a client's raw events beside a plain DuckDB sort of the same file: processor seconds, and the most memory.

    python benchmarks/prepare.py [ROWS] [FOLDER]

Writes the raw file first where it is not there (benchmarks/raw_events.py). Each contender is a process of its own; its seconds are
user + system, all threads, imports included. The log is prepared anew each time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
PLAIN = """
import duckdb, sys
with duckdb.connect() as connection:
    connection.execute("set threads = 2")
    if sys.argv[3]:
        connection.execute(f"set memory_limit = '{sys.argv[3]}'; set temp_directory = '{sys.argv[2]}.spill'")
    connection.execute(f"copy (select * from '{sys.argv[1]}' order by customer_id, occurred_at) to '{sys.argv[2]}' (format parquet)")
"""
OURS = """
import sys
from pathlib import Path
from benchmarks.client import bench_client
from journeylib.collect import collect
client, model = bench_client(Path(sys.argv[1]))
collected = collect(client, model, Path(sys.argv[2]))
print(len(collected.log), "events,", len(collected.journeys), "journeys,", collected.facts["n_exact_duplicates"], "duplicates,", collected.facts["n_no_customer"], "of nobody")
"""


def main(n_rows: int, folder: Path) -> None:
    from benchmarks.raw_events import write_raw_events

    raw, work = folder / f"raw_{n_rows}.parquet", folder / f"work_{n_rows}"
    if not raw.is_file():
        write_raw_events(raw, n_rows)
    shutil.rmtree(work, ignore_errors=True)
    ours, peak, said = _cost(OURS, raw, work)
    rows = [("journeylib: read, clean, join, code, sort, write", ours, peak)]
    for name, limit in (("DuckDB: sort and write, no limit", ""), ("DuckDB: sort and write, `memory_limit` 500 MB", "500MB")):
        rows.append((name, *_cost(PLAIN, raw, folder / "sorted.parquet", limit)[:2]))
    print(f"{n_rows:,} raw events, {raw.stat().st_size / 1e6:.0f} MB: {said}\n\n| what | processor seconds | times plain | peak, MiB |\n|---|---|---|---|")
    for name, seconds, peak in rows:
        print(f"| {name} | {seconds:.1f} | {seconds / rows[1][1]:.1f} | {peak} |")


def _cost(code, *given) -> tuple[float, int, str]:
    """Processor seconds and peak MiB of a process of its own, and what it said."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "JOURNEY_SALT": "the salt of the benchmarks"}
    child = subprocess.Popen([sys.executable, "-c", code, *map(str, given)], stdout=subprocess.PIPE, text=True, env=environment)
    said = child.stdout.read().strip()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"The process ended with {os.waitstatus_to_exitcode(status)}; see above.")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, said


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000, Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "benchmarks" / ".data"))
