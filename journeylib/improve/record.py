"""Writing down what people decide about gaps: `decisions.csv`, one line a gap, whole or not at all, nobody's line lost.

Two people may have the same file open. What one changes is put into the file as it stands on disk at that moment; where both changed
the same gap, the later one is told and nothing is written.
"""

from __future__ import annotations

import csv
import io
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from journeylib.client import Client
from journeylib.errors import ParameterError
from journeylib.improve.decisions import DECISION_COLUMNS, read_decisions


@dataclass(frozen=True)
class Decision:
    """What was decided about one gap: accept, reject or park, by which role, why, until when (2026-06-30); empty = withdrawn."""

    gap_id: str
    decision: str = ""
    decided_by: str = ""
    decided_why: str = ""
    until: str = ""


def decisions_on_file(client: Client) -> dict[str, Decision]:
    """Every line of the client's file by gap, lapsed ones too; empty where there is no file."""
    file = _file(client)
    if not file.is_file():
        return {}
    separator, rows = _lines(file)
    return {row["gap_id"]: Decision(**{name: row.get(name) or "" for name in DECISION_COLUMNS}) for row in rows if row.get("gap_id")}


def record_decisions(client: Client, decided: list[Decision], seen: dict[str, Decision]) -> Path:
    """Put decisions into the client's file and leave every other line as it is.

    Parameters
    ----------
    seen : what stood in the file when the person began (`decisions_on_file`).

    Raises
    ------
    ParameterError
        Somebody else has decided about the same gap meanwhile, a line is not what the file may hold, or the file is being written.
    """
    file = _file(client)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _alone(file):
        separator, rows = _lines(file) if file.is_file() else (",", [])
        now = decisions_on_file(client)
        _refuse_overwriting(file, decided, seen, now)
        _write(file, _merged(rows, {each.gap_id: each for each in decided}), separator, client)
    return file


def _file(client) -> Path:
    return client.folder / "decisions.csv"


def _lines(file) -> tuple[str, list[dict[str, str]]]:
    text = file.read_text(encoding="utf-8-sig")
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    return separator, list(csv.DictReader(io.StringIO(text), delimiter=separator, skipinitialspace=True))


def _refuse_overwriting(file, decided, seen, now):
    """Where the file says something else of a gap than when the person began, and than what the person says."""
    for each in decided:
        before, here = seen.get(each.gap_id), now.get(each.gap_id)
        if here != before and here != each:
            said = here.decision if here and here.decision else "nothing"
            raise ParameterError(f"{file.name}: somebody else has decided about {each.gap_id} meanwhile: the file says {said!r}, "
                                 f"you say {each.decision or 'nothing'!r}. Nothing was written. Run the cell again to see their decision, then decide anew.")  # fmt: skip


def _merged(rows, decided):
    """The lines in their order with what was decided in its place; withdrawn ones gone, new ones last."""
    kept = [decided.get(row.get("gap_id", ""), row) for row in rows]
    known = {row.get("gap_id") for row in rows}
    every = [*kept, *(each for gap_id, each in decided.items() if gap_id not in known)]
    lines = [asdict(each) if isinstance(each, Decision) else each for each in every]
    return [line for line in lines if line.get("decision")]


def _write(file, lines, separator, client):
    """To a draft, read back by the rules every run reads by, then put in its place in one move."""
    text = io.StringIO()
    writer = csv.DictWriter(text, DECISION_COLUMNS, delimiter=separator, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: line.get(name) or "" for name in DECISION_COLUMNS} for line in lines)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text.getvalue())
            stream.flush()
            os.fsync(stream.fileno())
        read_decisions(client, draft)
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _alone(file):
    """Nobody else writes meanwhile. A lock left by a process that is gone is taken over."""
    lock = file.with_name(f".{file.name}.lock")
    if lock.is_file() and not _is_running(lock.read_text(encoding="utf-8").strip()):
        lock.unlink(missing_ok=True)
    try:
        with lock.open("x", encoding="utf-8") as stream:
            stream.write(str(os.getpid()))
    except FileExistsError:
        raise ParameterError(f"{file.name}: somebody is writing it at this moment. Nothing was written; try again.") from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
