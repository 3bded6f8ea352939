"""Where things lie: the folders of a checkout, found from anywhere inside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from journeylib.errors import JourneyError


@dataclass(frozen=True)
class Project:
    """The folders of one checkout."""

    root: Path

    @property
    def params(self) -> Path:
        return self.root / "params"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"


def find_project(start: Path | str | None = None) -> Project:
    """The checkout around `start` (else the environment's JOURNEY_ROOT, the current folder, or the installed package).

    Raises
    ------
    JourneyError
        No folder upwards holds both `params/` and `notebooks/`.
    """
    starts = [start] if start else [os.environ.get("JOURNEY_ROOT"), Path.cwd(), Path(__file__).parent]
    for place in filter(None, starts):
        for folder in (Path(place).resolve(), *Path(place).resolve().parents):
            if (folder / "params").is_dir() and (folder / "notebooks").is_dir():
                return Project(folder)
    raise JourneyError(f"No project found from {starts[0] or Path.cwd()}: expected a folder that holds params/ and notebooks/. "
                       "Go to your checkout, or set JOURNEY_ROOT to it.")  # fmt: skip
