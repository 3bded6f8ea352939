"""Putting a finished folder in place whole or not at all, also when the process is killed between two steps."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journeylib.errors import RunError

try:
    import fcntl
except ImportError:  # pragma: no cover  (no locks of this kind on Windows)
    fcntl = None  # type: ignore[assignment]


class Desk:
    """The folder beside the reports where runs are made and swaps are carried out: `<out>/.work/.batch`."""

    def __init__(self, out: Path):
        self.out = out
        self.folder = out / ".work" / ".batch"
        self.aside = self.folder / "aside"

    def new_folder(self, slug: str) -> Path:
        """An empty folder for one client's run."""
        return Path(tempfile.mkdtemp(prefix=f"{slug}-", dir=self.folder))

    def put(self, finished: Path, slug: str, as_of: str) -> Path:
        """Rename a finished folder to `<out>/<slug>/<as_of>`; an older one there is moved aside first, then deleted."""
        target = self.out / slug / as_of
        target.parent.mkdir(parents=True, exist_ok=True)
        old = self.aside / f"{slug}@{as_of}"
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.rename(target, old)
        os.rename(finished, target)
        shutil.rmtree(old, ignore_errors=True)
        return target

    def recover(self) -> None:
        """Finish what a killed run left: an old report set aside without its successor goes back; unfinished folders go."""
        self.aside.mkdir(parents=True, exist_ok=True)
        for old in sorted(self.aside.iterdir()):
            slug, _, as_of = old.name.rpartition("@")
            target = self.out / slug / as_of
            if slug and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.rename(old, target)
        for left in self.folder.iterdir():
            if left.is_dir() and left != self.aside:
                shutil.rmtree(left, ignore_errors=True)
        for old in self.aside.iterdir():
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def open_desk(out: Path) -> Iterator[Desk]:
    """The desk of an output folder, for one run at a time; whatever a killed run left on it is put right first.

    Raises
    ------
    RunError
        Another run is at work in the same folder.
    """
    desk = Desk(out)
    desk.folder.mkdir(parents=True, exist_ok=True)
    with (desk.folder / "lock").open("w") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise RunError(f"Another run is making reports in {out}. Wait for it, or give this one a folder of its own with --out.") from None
        desk.recover()
        yield desk


def write_whole(path: Path, text: str) -> None:
    """Write a file under another name first and rename it: it is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)


def stamped_json(record: dict, stamp: dict) -> str:
    """JSON with everything that differs between two equal runs on one line, `stamp`."""
    text = json.dumps({**record, "stamp": "@"}, ensure_ascii=False, indent=1)
    head, _, tail = text.rpartition('"@"')
    return f"{head}{json.dumps(stamp)}{tail}\n"
