"""One client's run as the notebooks see it: parameters, stage model, words and a folder to work in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from journeylib.client import Client
from journeylib.errors import RunError
from journeylib.figures.style import notebook_style
from journeylib.parameters import load_client
from journeylib.project import find_project
from journeylib.schema import TABLES, check
from journeylib.stages import StageModel, load_stage_model
from journeylib.wording import Words


@dataclass(frozen=True)
class Run:
    """A client's run: who it is for, which stages, in which words, and where its tables are put.

    `work` is the only folder a run writes to; the batch collects a report's files from it. `is_attended`: somebody sits at the
    notebook, so that tables to fill in and sliders make sense; in a batch nobody does.
    """

    client: Client
    model: StageModel
    words: Words
    work: Path = field(repr=False)
    is_attended: bool = False

    def write(self, tables: dict[str, pd.DataFrame]) -> None:
        """Write tables to `work/tables/<name>.parquet`, checked against their schema."""
        folder = self.work / "tables"
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            if name not in TABLES:
                raise RunError(f"{name!r} is no table of journeylib/schema/; tables: {', '.join(TABLES)}.")
            _rounded(check(frame, TABLES[name])).to_parquet(folder / f"{name}.parquet", index=False)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, such as the journey map, into the work folder."""
        self.work.mkdir(parents=True, exist_ok=True)
        (self.work / name).write_text(text, encoding="utf-8")

    def _repr_html_(self):
        """The run in one line, and how findings look from here on in a notebook."""
        return f"<p>{escape(repr(self))}</p>{notebook_style()}"

    def __repr__(self):
        return f"{self.client.name}: {self.client.language}, {self.client.market}, {self.model.id}, data until {self.client.as_of}"


def _rounded(frame):
    """The frame with twelve significant digits a number: the digits after them differ between processors, threads and orders of summing."""
    floats = frame.select_dtypes("floating")
    return frame.assign(**{column: _to_significant_digits(floats[column].to_numpy()) for column in floats}) if len(floats.columns) else frame


def _to_significant_digits(values: np.ndarray, digits: int = 12) -> np.ndarray:
    return np.array([float(f"{value:.{digits}g}") for value in values.astype("float64")])


def open_run(client: str, *, as_of: str = "", work: str = "") -> Run:
    """Open a client's run.

    Parameters
    ----------
    client : the client's slug, or a path to its parameter file.
    as_of : a data cut that overrides the parameters', e.g. "2026-01-15".
    work : folder to work in; none = `reports/.work/<client>/`.

    Raises
    ------
    ParameterError
        Every mistake in the parameters, with line and key.
    """
    project = find_project()
    loaded = load_client(client, project=project, as_of=as_of or None)
    if loaded.simulate:
        from journeylib.simulate import write_demo

        write_demo(loaded)
    folder = Path(work) if work else project.reports / ".work" / loaded.slug
    folder.mkdir(parents=True, exist_ok=True)
    words = Words(loaded.language, loaded.currency, loaded.timezone)
    return Run(loaded, load_stage_model(loaded), words, folder, is_attended=not work)
