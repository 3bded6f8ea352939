"""A small client whose every text cell, in every table a format gives, carries somebody's data."""

from __future__ import annotations

import csv
import textwrap
from dataclasses import dataclass
from pathlib import Path

from journeylib.client import Client
from journeylib.collect.formats import load_format
from journeylib.parameters import load_client

FORMATS = ("plain_events", "customers", "plain_voices", "zendesk_tickets", "activities_register", "content_register", "needs_register",
           "keywords_register", "routines_register", "presence_register", "search_console_queries")  # fmt: skip
N_PEOPLE = 30
#: What a cell must hold for its row to count at all; the rest of the text cells are planted.
FIXED = {"stage": "consideration", "atom": "", "persona": "", "row": "problem", "metric": "", "initiator": "customer", "kind": "", "relation": "", "mark": "", "language": "",
         "score": "", "scale_min": "", "scale_max": "", "referrer": "", "journey": "", "account": "", "organization": "", "gated": ""}  # fmt: skip


@dataclass(frozen=True)
class Secrets:
    """Somebody's data as they are written in one country."""

    language: str
    name: str
    email: str
    phone: str
    number: str
    address: str
    card: str = "4111 1111 1111 1111"

    @property
    def all(self) -> tuple[str, ...]:
        return self.name, self.email, self.phone, self.number, self.address, self.card

    @property
    def sentence(self) -> str:
        return "; ".join(self.all)

    def leaked_in(self, text: str) -> list[str]:
        """Which of them stand in a text, in any case, with or without blanks and dashes."""
        bare = "".join(letter for letter in text.casefold() if letter.isalnum())
        folded = text.casefold()
        found = [secret for secret in self.all if secret.casefold() in folded]
        digits = [one for one in (self.phone, self.number, self.card) if "".join(filter(str.isalnum, one)) in bare]
        words = [word for word in self.name.casefold().split() if word in folded]
        return [*found, *digits, *words]


SECRETS = {
    "sv": Secrets("sv", "Tuva Zetterqvist", "tuva.zetterqvist@postlada.se", "070-174 06 35", "811228-9874", "Kvarnbergsgatan 17 B"),
    "da": Secrets("da", "Asger Vindfeldt", "asger.vindfeldt@postkasse.dk", "+45 31 74 06 35", "070761-4285", "Egernvej 17, 2. tv."),
    "nb": Secrets("nb", "Sunniva Kvamsdal", "sunniva.kvamsdal@postboks.no", "917 40 635", "01010050053", "Fjellveien 17 B"),
    "en": Secrets("en", "Percival Thistlewood", "percival.thistlewood@postbox.co.uk", "07700 900635", "JG 10 37 59 A", "17 Hawthorn Lane"),
}  # fmt: skip


def planted_client(folder: Path, secrets: Secrets) -> Client:
    """Its files and parameters, written and read."""
    (folder / "data").mkdir(parents=True)
    for name in FORMATS:
        _write(folder / "data" / f"{name}.csv", _rows(name, secrets))
    sources = "\n".join(f"          {name}: {{file: {name}.csv, format: {name}}}" for name in FORMATS)
    (folder / "planted.yml").write_text(textwrap.dedent(f"""\
        name: Planted
        language: {secrets.language}
        market: b2c
        goal: more_conversions
        as_of: 2025-12-31
        data_folder: data
        sources:
        """) + textwrap.dedent(sources).replace("\n", "\n  ").join(["  ", "\n"]) + textwrap.dedent("""\
        rules:
          - {source: plain_events, atom: a3_evaluate}
        """), encoding="utf-8")  # fmt: skip
    return load_client(folder / "planted.yml")


def _rows(name, secrets) -> list[dict[str, str]]:
    form = load_format(name, None)
    n_rows = N_PEOPLE if name in ("plain_events", "customers", "plain_voices", "zendesk_tickets") else 6
    rows = [{field.headers[0]: _cell(key, field, number, secrets) for key, field in form.fields.items()} for number in range(n_rows)]
    for header in ("Requester", "name"):
        if header in {*form.names, *form.personal}:
            rows = [row | {header: secrets.name} for row in rows]
    return rows


def _cell(key, field, number, secrets):
    if key in ("customer", "requester"):
        return secrets.email if number == 0 else f"kund{number}"
    if key == "email":
        return secrets.email if number == 0 else f"kund{number}@postlada.se"
    if key == "tag":  # tags are parted at blanks: one holds no whole sentence
        return secrets.name.replace(" ", "_").lower() if number % 2 else secrets.email
    if key in FIXED:
        return FIXED[key]
    if field.kind == "moment":
        return f"2025-{1 + number % 12:02d}-{1 + number % 28:02d} 10:00:00"
    if field.kind in ("number", "yes_no"):
        return "yes" if field.kind == "yes_no" else str(1 + number % 5)
    if field.kind == "id":
        return secrets.phone if number == 0 else str(number)
    return secrets.sentence if number % 3 else f"{secrets.sentence} {number}"


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
