"""Reports for many clients: every client checked first, then each one's notebooks in kernels of their own, side by side."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from journeylib.batch.deliver import write_folder
from journeylib.batch.execute import execute, find_notebooks
from journeylib.batch.key import LIBRARY, library_hash, run_inputs, with_answers
from journeylib.batch.place import Desk, open_desk, write_whole
from journeylib.client import SLUG, Client
from journeylib.collect.privacy import find_salt, personal_data_in
from journeylib.collect.store import answers_of, mark_one_run, read_people
from journeylib.errors import JourneyError, RunError
from journeylib.parameters import load_client
from journeylib.project import Project, find_project
from journeylib.report import Stamp, make_index, read_entries, scan_delivery

#: Called with a client's slug and the step it has come to: a notebook's name, then "report".
Watch = Callable[[str, str], None]


@dataclass(frozen=True)
class Outcome:
    """How one client's run ended."""

    slug: str
    state: Literal["done", "unchanged", "failed"]
    reason: str = ""
    folder: Path | None = None
    headline: str = ""


@dataclass(frozen=True)
class Job:
    """One client to make a report for: all a worker needs."""

    name: str
    client: Client
    inputs: dict
    notebooks: tuple[Path, ...]
    desk: Desk

    @property
    def target(self) -> Path:
        return self.desk.out / self.client.slug / self.client.as_of.isoformat()


def run_clients(
    clients: Iterable[str], *, jobs: int | None = None, resume: bool = False, out: Path | str | None = None,
    project: Project | None = None, executor: Executor | None = None, watch: Watch = lambda slug, step: None,
) -> list[Outcome]:  # fmt: skip
    """Make the reports of many clients; one client's failure leaves the others and its own earlier report untouched.

    Parameters
    ----------
    clients : slugs, or paths to parameter files.
    jobs : clients side by side; none = one a processor core.
    resume : leave clients alone whose finished report was made from the same notebooks, parameters, data, library and versions.
    out : folder of the reports; none = `reports/`.
    executor : where to run; none = threads here, since each client's kernels are processes of their own.
    watch : told where each client has come to.

    Returns
    -------
    One `Outcome` a client, in the order given.

    Raises
    ------
    RunError
        The notebooks themselves cannot be run, or another run is at work in the same folder.
    """
    project = project or find_project()
    notebooks = find_notebooks(project)
    out = Path(out).resolve() if out else project.reports
    names = list(dict.fromkeys(clients))
    with open_desk(out) as desk:
        outcomes: dict[str, Outcome] = {}
        ready = _prepare(names, notebooks, desk, project, outcomes)
        if resume:
            outcomes |= {job.name: _unchanged(job) for job in ready if _is_finished(job)}
        waiting = [job for job in ready if job.name not in outcomes]
        outcomes |= _run(waiting, executor or ThreadPoolExecutor(jobs or os.cpu_count() or 1), watch)
        _write_index(out)
    return [outcomes[name] for name in names]


def _prepare(names: Sequence[str], notebooks, desk, project, outcomes) -> list[Job]:
    """Jobs of the clients whose parameters are right; the others' failures go into `outcomes`. No kernel has started yet."""
    library, ready, taken = library_hash(), [], {}
    for name in names:
        try:
            client = load_client(name, project=project)
            if client.slug in taken:
                raise RunError(f"{taken[client.slug]} and {name} are both client {client.slug!r}; give one of them another file name.")
            taken[client.slug] = name
            _write_demo_data(client)
            ready.append(Job(name, client, run_inputs(client, notebooks, library, desk.out), notebooks, desk))
        except Exception as error:
            slug = Path(name).stem if name.endswith((".yml", ".yaml")) else name
            outcomes[name] = _failed(slug, error, desk.out)
    return ready


def _write_demo_data(client):
    if client.simulate:
        from journeylib.simulate import write_demo

        write_demo(client)


def _run(waiting: list[Job], executor: Executor, watch: Watch) -> dict[str, Outcome]:
    outcomes = {}
    try:
        futures = {executor.submit(_run_client, job, watch): job for job in waiting}
        for future in as_completed(futures):
            job = futures[future]
            error = future.exception()
            outcomes[job.name] = _failed(job.client.slug, error, job.desk.out, job.client) if error else future.result()
            _write_index(job.desk.out)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    return outcomes


def _run_client(job: Job, watch: Watch) -> Outcome:
    """One client from notebooks to a folder in its place."""
    started = time.monotonic()
    folder = job.desk.new_folder(job.client.slug)
    try:
        executed = []
        mark_one_run(folder / "work")
        for path in job.notebooks:
            watch(job.client.slug, path.stem)
            executed.append(execute(path, _parameters(job, folder / "work")))
        watch(job.client.slug, "report")
        inputs = with_answers(job.inputs, answers_of(folder / "work"))
        stamp = Stamp(f"r{inputs['key'][:11]}", dt.datetime.now(dt.UTC))  # a letter first: all digits could be taken for a phone number
        made = write_folder(folder / "out", folder / "work", job.client, executed, inputs, stamp, time.monotonic() - started)
        names = read_people(folder / "work", find_salt(job.client))
        scan_delivery(folder / "out", names=names, own_contacts=job.client.privacy.own_contacts)
        target = job.desk.put(folder / "out", job.client.slug, job.client.as_of.isoformat())
        (target.parent / "failed.json").unlink(missing_ok=True)
        return Outcome(job.client.slug, "done", folder=target, headline=made.headline)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parameters(job, work):
    """What the notebooks are told; the parameter file as it is found from the checkout, whatever the current folder is."""
    root, file = job.notebooks[0].parent.parent, job.client.params_file
    inside = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
    name = job.client.slug if inside == f"params/{job.client.slug}.yml" else inside
    return {"client": name, "as_of": job.client.as_of.isoformat(), "work": str(work)}


def _is_finished(job: Job) -> bool:
    try:
        record = json.loads((job.target / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return record.get("status") == "done" and record.get("key") == job.inputs["key"] and (job.target / "report.html").is_file()


def _unchanged(job: Job) -> Outcome:
    (job.target.parent / "failed.json").unlink(missing_ok=True)
    record = json.loads((job.target / "run.json").read_text(encoding="utf-8"))
    return Outcome(job.client.slug, "unchanged", folder=job.target, headline=record["headline"])


def _failed(slug: str, error: BaseException, out: Path, client: Client | None = None) -> Outcome:
    """The failure as one plain reason, and in `failed.json` beside the earlier reports."""
    reason, trace = _plain_reason(error)
    if SLUG.fullmatch(slug):
        record = {"status": "failed", "client": slug, "name": client.name if client else slug, "reason": reason, "trace": trace,
                  "failed_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}  # fmt: skip
        if client:
            record |= {"language": client.language, "timezone": client.timezone}
        write_whole(out / slug / "failed.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return Outcome(slug, "failed", reason=reason)


def _plain_reason(error: BaseException) -> tuple[str, list[str]]:
    """A reason in words and, where the mistake is ours, its trace; neither when they would name a customer."""
    reason = str(error) if isinstance(error, JourneyError) else f"{type(error).__name__}: {error}"
    reason = reason.replace(f"{LIBRARY.parent}{os.sep}", "")
    trace = [line for note in getattr(error, "__notes__", ()) for line in note.splitlines()]
    if any(personal_data_in(text) for text in trace):
        trace = []
    return (f"{type(error).__name__} (its words held personal data and are not shown)" if personal_data_in(reason) else reason), trace


def _write_index(out: Path) -> None:
    """The index over the reports under `out`, whole or not at all."""
    write_whole(out / "index.html", make_index(read_entries(out)))
