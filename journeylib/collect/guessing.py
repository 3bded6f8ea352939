"""Which format a file is in: by its headings, and by whether its rows can be read that way."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from journeylib.client import Client, Source
from journeylib.collect.files.layout import tidy
from journeylib.collect.files.reading import RawFile, read_file
from journeylib.collect.files.shapes import join_headings
from journeylib.collect.formats import Format, format_names, load_format
from journeylib.collect.looks import is_background
from journeylib.collect.privacy import personal_data_in
from journeylib.collect.rows.canonical import to_canonical
from journeylib.collect.rows.headers import is_a_row, known_headers
from journeylib.collect.values.conditions import compile_pattern
from journeylib.errors import JourneyError, SourceError

SURE, LIKELY, UNSURE = "sure", "likely", "unsure"
_MOST_BYTES, _MOST_ROWS = 4_000_000, 20_000
_WORKBOOKS = (".xlsx", ".xlsm")
_N_TRIED = 3
#: What an unknown heading counts that reads like a question, in a survey.
_QUESTION = 0.6
#: Below this score a format is not worth naming.
_LEAST = 0.1
#: How much a field counts that may stand in for one a format is recognised by.
_OTHERWISE = 0.6


@dataclass(frozen=True)
class Guess:
    """One format a file may be in.

    Attributes
    ----------
    score : 0–1, how well headings and format fit. sureness : `sure`, `likely` or `unsure`.
    why : the reasons, one sentence each. block : what to paste into the client's parameters.
    """

    format: str
    label: str
    score: float
    sureness: str
    why: tuple[str, ...]
    block: str


def guess_format(path: Path, client: Client | None = None, *, sheet: str | None = None, most: int = 3) -> list[Guess]:
    """The formats a file may be in, likeliest first; empty where no format knows enough of its headings.

    A heading counts the more the fewer formats know it. The likeliest few are then tried on the rows themselves.

    Raises
    ------
    SourceError
        The file cannot be read as a table at all.
    """
    path = Path(path)
    formats = [load_format(name, client) for name in format_names(client)]
    with tempfile.TemporaryDirectory() as folder:
        raws = _read_once_a_shape(_sample(path, Path(folder)), formats, sheet)
    fits = [_Fit.of(fmt, raws[fmt.shape]) for fmt in formats if fmt.shape in raws]
    rarity = _rarity(fits)
    ranked = sorted(((fit.score(rarity), fit) for fit in fits if fit.is_possible), key=lambda pair: (-pair[0], pair[1].format.name))
    tried = [(score, fit, _try(fit, path)) for score, fit in ranked[: max(most, _N_TRIED)]]
    tried = sorted((each for each in tried if each[0] * each[2].weight >= _LEAST), key=lambda each: (-each[0] * each[2].weight, each[1].format.name))
    return [_guess(place, tried, rarity, path, sheet) for place in range(min(most, len(tried)))]


def look_into(path: Path, sheet: str | None = None) -> RawFile:
    """A file, or the first rows of a large one, as a plain table."""
    with tempfile.TemporaryDirectory() as folder:
        return read_file(_sample(Path(path), Path(folder)), set(), sheet=sheet)


def sheets_of(path: Path) -> list[str]:
    """The sheets of a workbook; none for any other file, or where it cannot be opened."""
    if path.suffix.lower() not in _WORKBOOKS:
        return []
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True).sheetnames
    except Exception:  # openpyxl raises zipfile, key and value errors alike; reading says what is wrong
        return []


def _sample(path: Path, folder: Path) -> Path:
    """The file itself, or the first rows of a large one."""
    if path.stat().st_size <= _MOST_BYTES or path.suffix.lower() in (*_WORKBOOKS, ".gz", ".json"):
        return path
    if path.suffix.lower() == ".parquet":
        return _first_rows(path, folder / path.name)
    with path.open("rb") as file:
        head = file.read(_MOST_BYTES)
    (folder / path.name).write_bytes(head[: head.rfind(b"\n") + 1] or head)
    return folder / path.name


def _first_rows(path, to):
    try:
        parquet.write_table(pa.Table.from_batches([next(parquet.ParquetFile(path).iter_batches(_MOST_ROWS))]), to)
    except (pa.ArrowInvalid, OSError, StopIteration):
        return path
    return to


def _read_once_a_shape(path, formats, sheet) -> dict:
    """Shape → the file read that way; a workbook, which is slow to open, is opened once."""
    if path.suffix.lower() in _WORKBOOKS:
        known = set().union(*(known_headers(Source(file=path.name, format=fmt.name), fmt) for fmt in formats))
        raw = read_file(path, known, sheet=sheet)
        return {fmt.shape: replace(raw, frame=join_headings(raw.frame, fmt.shape, known)[0]) for fmt in formats}
    raws, refusals = {}, []
    for shape in dict.fromkeys(fmt.shape for fmt in formats):
        alike = [fmt for fmt in formats if fmt.shape == shape]
        known = set().union(*(known_headers(Source(file=path.name, format=fmt.name), fmt) for fmt in alike))
        try:
            raws[shape] = read_file(path, known, shape=shape)
        except SourceError as error:  # title lines make no table under the headings of other formats
            refusals.append(error)
    if not raws:
        raise refusals[0]
    return raws


@dataclass(frozen=True)
class _Fit:
    """What a format knows of a file's headings: heading → 1 where a field reads it, less where it is only known of."""

    format: Format
    raw: RawFile
    known: dict[str, float]
    fields: frozenset[str]
    headings: tuple[str, ...]

    @classmethod
    def of(cls, fmt: Format, raw: RawFile) -> _Fit:
        headings = tuple(name for name in raw.frame.columns if not name.startswith("("))
        known, fields = {}, set()
        for key, spec in fmt.fields.items():
            for heading in headings:
                how = _known_by(heading, spec.headers)
                if how:
                    known[heading] = max(known.get(heading, 0), how)
                    fields.add(key)
        for heading in headings:
            how = _known_by(heading, (*fmt.personal, *fmt.ignored))
            known |= {heading: max(known.get(heading, 0), 0.9 * how)} if how else {}
        if any(emit.melt == "questions" for emit in fmt.emits):
            known |= {heading: _QUESTION for heading in headings if heading not in known and _is_question(heading)}
        return cls(fmt, raw, known, frozenset(fields), headings)

    @property
    def is_possible(self) -> bool:
        """Whether it is worth scoring: half of what it needs is there, and a survey has something like a question."""
        asks = any(how == _QUESTION for how in self.known.values()) or not any(emit.melt == "questions" for emit in self.format.emits)
        return bool(self.fields) and self.recognised >= 0.5 and asks

    @property
    def recognised(self) -> float:
        """Share of the fields the format is recognised by that have a column."""
        needed = [key.split("|") for key in self.format.recognised_by]
        there = [1.0 if keys[0] in self.fields else _OTHERWISE if set(keys) & self.fields else 0.0 for keys in needed]
        return sum(there) / len(needed) if needed else min(1.0, len(self.fields) / 2)

    def score(self, rarity: dict[str, float]) -> float:
        """Share of the headings understood, the rare ones counting most, pulled down where needed fields are missing."""
        total = sum(rarity[heading] for heading in self.headings)
        understood = sum(rarity[heading] * how for heading, how in self.known.items()) / total if total else 0.0
        used = len(self.fields) / len(self.format.fields)
        return self.recognised**2 * (0.75 * understood + 0.25 * used)


def _known_by(heading: str, names) -> float:
    """1 for a heading named in full, 0.5 for one a pattern with `*` fits, 0 for none."""
    plain = tidy(heading)
    if any(plain == tidy(name) for name in names if "*" not in name):
        return 1.0
    patterns = (compile_pattern(tidy(name).replace("|", "*")) for name in names if "*" in name)
    return 0.5 if any(pattern.fullmatch(plain) for pattern in patterns) else 0.0


def _is_question(heading: str) -> bool:
    return "?" in heading or len(heading.split()) >= 4


def _rarity(fits) -> dict[str, float]:
    """Heading → 1 / the number of formats that know it; 1 where none does."""
    counts: dict[str, int] = {}
    for fit in fits:
        for heading in fit.headings:
            counts[heading] = counts.get(heading, 0) + (fit.known.get(heading, 0) >= 0.9)
    return {heading: 1 / max(n, 1) ** 0.5 for heading, n in counts.items()}


# --- trying it on the rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Trial:
    """What came of reading the rows by a format."""

    weight: float
    said: str
    ask_dates: bool = False


def _try(fit: _Fit, path: Path) -> _Trial:
    fmt = fit.format
    if fit.recognised < 1:
        return _Trial(0.6, "")
    source = Source(file=path.name, format=fmt.name)
    client = Client(slug="guess", name="-", language="en", market="both", goal="more_conversions", as_of=dt.date(2100, 1, 1), sources={"guess": source},
                    data_folder=path.parent, params_file=path.parent / "guess.yml")  # fmt: skip
    try:
        delivery = to_canonical(fit.raw, "guess", source, fmt, client)
    except JourneyError as error:
        ask_dates = "`dates:`" in str(error) and "no cell decides" in str(error)
        return _Trial(1.0 if ask_dates else 0.7, "" if ask_dates else f"Its rows cannot be read that way yet: {error}", ask_dates)
    tables = ", ".join(table for table, frame in delivery.tables.items() if len(frame)) or ("links between ids" if fmt.only_links else "nothing")
    if any(emit.melt == "questions" for emit in fmt.emits):
        return _Trial(1.0, f"{delivery.n_rows} answers; what they give depends on `questions:`.")
    share = delivery.n_kept / delivery.n_rows if delivery.n_rows else 0.0
    lost = "; ".join(f"{reason}: {n}" for reason, n in delivery.reasons.items())
    left_out = f" (left out: {lost})" if lost else ""
    return _Trial(0.75 + 0.25 * share, f"{delivery.n_kept} of {delivery.n_rows} rows give {tables}{left_out}.")


def _guess(place, tried, rarity, path, sheet) -> Guess:
    score, fit, trial = tried[place]
    score *= trial.weight
    others = [other * trial.weight for number, (other, _, trial) in enumerate(tried) if number != place]
    lead = score - max(others, default=0.0)
    sureness = SURE if score >= 0.6 and lead >= 0.1 and fit.recognised == 1 else LIKELY if score >= 0.35 and lead >= 0.03 and fit.recognised == 1 else UNSURE
    return Guess(fit.format.name, fit.format.label, round(score, 2), sureness, tuple(_reasons(fit, trial, rarity)), _block(fit, trial, path, sheet))


def _reasons(fit: _Fit, trial: _Trial, rarity):
    own = [repr(heading) for heading in fit.known if rarity[heading] == 1 and fit.known[heading] >= 0.9]
    alone = f", {', '.join(own[:3])} to this format alone" if own else ""
    yield f"{len(fit.known)} of {len(fit.headings)} headings are known{alone}."
    missing = [key.split("|")[0] for key in fit.format.lacks(fit.fields)]
    if missing:
        yield f"No column for {', '.join(missing)}: name it under `columns:`, or it is another format."
    if trial.said:
        yield trial.said
    if trial.ask_dates:
        yield "Dates such as 03/04/2026 can be read day first or month first, and no cell decides: say which under `dates:`."


def _block(fit: _Fit, trial: _Trial, path: Path, sheet: str | None) -> str:
    """The lines to paste under the client's parameters."""
    plain = (sheet or path.name.split(".")[0]).lower()
    name = "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in plain).strip("_") or "source"
    lines = ["sources:", f"  {name}:", f"    file: {quoted(path.name)}", f"    format: {fit.format.name}"]
    lines += [f"    sheet: {quoted(sheet)}"] if sheet else []
    lines += ["    dates: D/M/Y  # or M/D/Y"] if trial.ask_dates else []
    missing = [key.split("|")[0] for key in fit.format.lacks(fit.fields)]
    lines += ["    columns:"] + [f"      {key}: ''  # one of: {', '.join(_unknown(fit))}" for key in missing] if missing else []
    if any(emit.melt == "questions" for emit in fit.format.emits):
        lines += ["    questions:"] + [f"      {quoted(heading)}: {{row: problem}}  # or e.g. {{metric: csat, scale: [1, 5], atom: a7_use}}" for heading in _asked(fit)]
    return "\n".join(lines) + "\n"


def _unknown(fit):
    return [] if _names_people(fit) else [heading for heading in fit.headings if heading not in fit.known]


def _asked(fit):
    """Headings that may be questions; what only tells who answered is none."""
    read = {heading for heading in fit.headings for spec in fit.format.fields.values() if _known_by(heading, spec.headers)}
    asked = [heading for heading in fit.headings if fit.known.get(heading, 0) < 0.9 and heading not in read]
    return [] if _names_people(fit) else [heading for heading in asked if not is_background(heading, fit.raw.cells_of(heading))]


def _names_people(fit) -> bool:
    """Whether the first line seems to be a customer's row and no headings: nothing of it is shown."""
    return bool(personal_data_in(" | ".join(fit.headings))) or is_a_row(list(fit.headings), fit.raw.frame[list(fit.headings)])


def quoted(text: str) -> str:
    """A text as it may stand in the parameters."""
    return "'" + text.replace("'", "''") + "'" if not text.replace("_", "").replace(".", "").replace("-", "").isalnum() else text
