"""Formats: one YAML file per export layout, saying how its raw rows become canonical rows. Data, never code.

A format names its *fields* (the file's headers they go by, and how their cells are read), which fields tell *who*
(person and account ids, each in a space of its own), what each row *emits* into which canonical table, what personal
columns it holds, and its default rules event → atom. `formats/README.md` explains every key.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML

from journeylib.client import Client, Rule
from journeylib.collect.files.shapes import PLAIN, Shape
from journeylib.errors import SourceError, nearest
from journeylib.schema import CANONICAL

FOLDER = Path(__file__).parent


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FormatField(_Record):
    """One thing a row says, and under which headers."""

    headers: tuple[str, ...] = Field((), description="Headers it goes by; with `*` a family of columns, one melted row each.")
    kind: Literal["text", "id", "moment", "number", "yes_no"] = Field("text", alias="is", description="How its cells are read.")
    then: Literal["path", "first", "only", "tag", "number", "lower", "channel", "content_type", "id15"] | None = Field(None, description="What is made of a text cell.")
    map: str | dict[str, str] | None = Field(None, description="Value map: pattern → value, or the name of one in formats/maps/.")
    otherwise: Literal["keep", "missing"] = Field("keep", description="What a value the map does not know becomes.")
    product: tuple[str, str] | None = Field(None, description="Product of two number fields, where no header is found.")
    join: tuple[str, str] | None = Field(None, description="Two text fields as `one / other`, where no header is found.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value):
        return {"headers": value} if isinstance(value, (list, tuple)) else value


class Emit(_Record):
    """What a row gives to one canonical table."""

    table: Literal[tuple(CANONICAL)]
    take: dict[str, str] = Field({}, description="Canonical column → field, or the first filled of several: `a | b`.")
    set: dict[str, str | float | bool | None] = Field(
        {}, description="Canonical column → one value; for a column also taken, the value where the row has none."
    )
    when: dict[str, str] = Field({}, description="Field → condition.")
    melt: str | None = Field(None, description="A family field (or `questions`): one canonical row for each of its columns.")
    if_absent: str | None = Field(None, description="Only in files without any column of this field.")
    value_only: Literal["won", "lost"] | None = Field(None, description="The value counts only where a rule gives the event this outcome.")


class Group(_Record):
    """Raw rows that are one thing (the lines of an order) brought together before anything is emitted."""

    by: str
    sum: tuple[str, ...] = ()
    earliest: tuple[str, ...] = ()


class Lookup(_Record):
    """A second file in the same folder whose columns are joined to each row."""

    file: str
    on: str


class Format(_Record):
    """A declared export layout."""

    name: str
    label: str = Field(description="What it is, in English, for messages to the analyst.")
    recognised_by: tuple[str, ...] = Field((), description="Fields whose columns must be there, `a|b` = one of them; else the file is not this export.")
    dates: Literal["Y-M-D", "D/M/Y", "M/D/Y"] | None = Field(None, description="Order of day, month and year, where the vendor fixes it.")
    timezone: str | None = Field(None, description="Zone of moments without one, where the vendor fixes it.")
    duplicates: Literal["remove", "keep"] = Field("remove", description="Whether equal rows are one (events) or real (order lines).")
    shape: Shape = Field(PLAIN, description="How the file differs from one heading line above plain rows.")
    lookup: tuple[Lookup, ...] = ()
    fields: dict[str, FormatField]
    person: dict[str, str] = Field({}, description="Field → id space: ids that stand in one row are one person.")
    account: dict[str, str] = Field({}, description="Field → id space of the account.")
    personal: tuple[str, ...] = Field((), description="Headers of personal data that are never carried further.")
    names: tuple[str, ...] = Field((), description="Headers of people's names (`First Name + Last Name`): masked where they stand in free text.")
    ignored: tuple[str, ...] = Field((), description="Headers known and not needed; all others are reported as not understood.")
    only_links: bool = Field(False, description="Rows that say only which ids mean one account count as used.")
    drop: dict[str, dict[str, str]] = Field({}, description="Reason → {field: condition} of rows that are left out.")
    group: Group | None = None
    emits: tuple[Emit, ...]
    rules: tuple[Rule, ...] = Field((), description="Default rules event → atom; the client's own come first.")

    @model_validator(mode="after")
    def _known_names(self):
        for emit in self.emits:
            wrong = [column for column in (*emit.take, *emit.set) if column not in CANONICAL[emit.table].columns]
            fields = [field.strip() for taken in emit.take.values() for field in taken.split("|")] + list(emit.when)
            wrong += [field for field in fields if field.removesuffix("_name") not in self.fields and field not in self.fields]
            if wrong:
                raise ValueError(f"emits {wrong[0]!r}, which is neither a column of {emit.table} nor a field")
        return self

    def field_of(self, column: str) -> str | None:
        """The field a canonical column is taken from, or that bears the name itself."""
        if column in self.fields:
            return column
        who = {"customer_id": self.person, "account_id": self.account}.get(column)
        if who:
            return next(iter(who))
        return next((emit.take[column].split("|")[0].strip() for emit in self.emits if column in emit.take), None)

    def lacks(self, found) -> list[str]:
        """Of the fields the format is recognised by, those that are not among `found`, of alternatives `a|b` where none is."""
        return [key for key in self.recognised_by if not set(key.split("|")) & set(found)]

    @property
    def families(self) -> frozenset[str]:
        """Fields that stand for a family of columns."""
        return frozenset(key for emit in self.emits for key in (emit.melt, emit.if_absent) if key in self.fields)

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables it gives rows to."""
        return tuple(dict.fromkeys(emit.table for emit in self.emits))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every canonical column of its tables: what `set:` may name."""
        return tuple(dict.fromkeys(column for table in self.tables for column in CANONICAL[table].columns))


def format_names(client: Client | None = None) -> tuple[str, ...]:
    """Names of the shipped formats, and of the client's own under `params/<client>/formats/`."""
    own = _own_folder(client).glob("*.yml") if client else ()
    return tuple(sorted({path.stem for path in FOLDER.glob("*.yml")} | {path.stem for path in own}))


def load_format(name: str, client: Client | None = None) -> Format:
    """A format by name; the client's own comes before a shipped one.

    Raises
    ------
    SourceError
        No format of that name, or a format file with a mistake in it.
    """
    known = format_names(client)
    if name not in known:
        raise SourceError(f"No format {name!r}{nearest(name, known, '.')} Known: {', '.join(known)}.")
    own = _own_folder(client) / f"{name}.yml" if client else None
    return _read(own if own and own.is_file() else FOLDER / f"{name}.yml")


def _own_folder(client: Client) -> Path:
    return client.folder / "formats"


@cache
def _read(path: Path) -> Format:
    written = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    try:
        return Format(name=path.stem, **written)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the format"
        raise SourceError(f"{path.name}: {place}: {first['msg']}. `formats/README.md` explains the keys.") from None


@cache
def value_map(name: str) -> dict[str, str | None]:
    """A shared value map, pattern → value, by name."""
    return YAML(typ="safe", pure=True).load((FOLDER / "maps" / f"{name}.yml").read_text(encoding="utf-8"))
