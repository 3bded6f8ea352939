"""What the columns of a file nobody knows look like: dates, ids, numbers or texts; and what they may be called as a sheet of events.

Headings and kinds are told, never a cell: the first line of a file may be a customer's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from journeylib.collect.files.reading import RawFile
from journeylib.collect.privacy import personal_data_in
from journeylib.collect.rows.headers import is_a_row
from journeylib.collect.values.amounts import is_null_mark, parse_numbers
from journeylib.collect.values.dates import date_form

#: How many rows are looked at, the share of filled cells that decides what a column is, and the most values of a list of words.
_ROWS, _MOST, _FEW = 2_000, 0.8, 30
_WHO = re.compile(r"(?i)kund|kunde|customer|client|user|member|medlem|bruker|bruger|person|contact|kontakt|gæst|gjest|gäst|guest|mail")
_AMOUNT = re.compile(r"(?i)value|amount|price|total|revenue|belopp|beløb|beløp|pris|sum|værdi|värde|verdi|omsæt|omsätt|omset|betrag|kr\b")
_ID = re.compile(r"(?i)(?:^|[\W_])(?:id|nr|no|nummer|number|key|ref)(?:$|[\W_])|(?:id|nr|nummer|number)$")
_CODE = r"(?i)(?!(?:kr|sek|dkk|nok|eur|usd|gbp)[.\d])[^\W\d_]+[-_]?\d\S*"
_BACKGROUND = re.compile(r"(?i)\b(?:gender|sex|age|kön|køn|kjønn|ålder|alder|aldersgruppe|born|födelseår|fødselsår|fødeår|household|hushåll|husstand|husholdning|income|inkomst|indkomst|inntekt"
                         r"|education|utbildning|uddannelse|utdanning|occupation|yrke|erhverv|stilling|postnummer|postnr|zip|postal|postcode|city|stad|ort|by|region|län|fylke|kommun|kommune"
                         r"|country|land|location|civil|marital|census)\b")  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One column: its heading, what its cells are (`date`, `number`, `id`, `text`, `empty`), the share that is empty and how many differ."""

    heading: str
    kind: str
    empty_share: float
    n_distinct: int

    def say(self) -> str:
        kinds = {"date": "dates", "number": "numbers", "id": "ids", "text": "texts", "empty": "nothing"}
        parts = [kinds[self.kind]]
        parts += [f"{self.n_distinct} different" + (" in the first rows" if self.n_distinct >= _FEW else "")] if self.kind in ("text", "id") else []
        parts += [f"{self.empty_share:.0%} empty"] if 0 < self.empty_share < 1 else []
        return f"  {self.heading!r}: {', '.join(parts)}"


def look_at(raw: RawFile) -> list[Look]:
    """Each column of a file; none where the first line seems to be a row and no headings."""
    frame = raw.frame[[name for name in raw.frame.columns if not name.startswith("(")]].head(_ROWS)
    if frame.empty or personal_data_in(" | ".join(frame.columns)) or is_a_row(list(frame.columns), frame):
        return []
    return [_look(heading, frame[heading].astype("str").fillna("").str.strip()) for heading in frame]


def _look(heading, cells) -> Look:
    filled = cells[[not is_null_mark(cell) for cell in cells]]
    return Look(heading, _kind(heading, filled), 1 - len(filled) / len(cells), filled.nunique())


def _kind(heading, filled) -> str:
    if filled.empty:
        return "empty"
    if sum(_is_date(cell) for cell in filled) >= _MOST * len(filled):
        return "date"
    if filled.nunique() > 1 and filled.str.fullmatch(_CODE).mean() >= _MOST:
        return "id"
    if parse_numbers(filled).notna().mean() >= _MOST and filled.str.contains(r"\d", regex=True).all():
        return "id" if _ID.search(heading) or (_WHO.search(heading) and not _AMOUNT.search(heading)) else "number"
    has_digit = filled.str.fullmatch(r"\S*\d\S*").mean()
    return "id" if filled.nunique() > 1 and (has_digit >= _MOST or (_WHO.search(heading) and filled.str.fullmatch(r"\S+").mean() >= _MOST)) else "text"


def _is_date(cell) -> bool:
    form = date_form(cell)
    return form not in (None, "digits") or (form == "digits" and 1990 <= int(cell.lstrip("'")[:4]) <= 2049 and 1 <= int(cell.lstrip("'")[4:6]) <= 12)


def as_events(looks: list[Look]) -> dict[str, str]:
    """Canonical column of an event → heading, as the kinds suggest: when, who, how much, and what or what of."""
    dates, ids, numbers = ([look.heading for look in looks if look.kind == kind] for kind in ("date", "id", "number"))
    words = [look.heading for look in looks if look.kind == "text" and 0 < look.n_distinct <= _FEW]
    chosen = {
        "occurred_at": dates[:1], "customer_id": [name for name in ids if _WHO.search(name)][:1] or ids[:1],
        "value": [name for name in numbers if _AMOUNT.search(name)][:1], "touchpoint": words[:1],
    }  # fmt: skip
    return {column: found[0] for column, found in chosen.items() if found}


def parts_by_blanks(raw: RawFile) -> int:
    """How many parts each line has between blanks, where a file was read as one column; 0 where they differ or it has several."""
    filled = [name for name in raw.frame.columns if raw.cells_of(name).head(_ROWS).astype("str").fillna("").str.strip().ne("").any()]
    if len(filled) != 1 or raw.separator == " ":
        return 0
    cells = raw.cells_of(filled[0]).head(_ROWS).astype("str").str.split()
    n_parts = cells.str.len().unique()
    return int(n_parts[0]) if len(n_parts) == 1 and n_parts[0] > 1 else 0


def is_background(heading: str, cells: pd.Series) -> bool:
    """Whether a column of a survey says who answered (gender, age, postcode) rather than what they think of the journey."""
    filled = cells.dropna().astype("str").str.strip()
    filled = filled[filled != ""]
    numbers = parse_numbers(filled)
    is_large = len(filled) > 0 and numbers.notna().all() and numbers.max() > 100
    return bool((_BACKGROUND.search(heading) and len(heading.split()) <= 6 and "satisf" not in heading.casefold()) or is_large)
