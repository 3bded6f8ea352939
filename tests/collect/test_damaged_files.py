"""Real exports arrive damaged. Each time: the same rows as undamaged, or every row accounted for, or a message that says what to do."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from journeylib.collect import guess_format
from journeylib.collect.deliveries import deliver
from journeylib.errors import JourneyError, SourceError
from tests.collect.damages import HARMLESS, LOSSY, REFUSED, text_of

FIXTURES = Path(__file__).parent / "fixtures"
CALLS = [
    ["Kundnummer", "Namn", "E-post", "Datum", "Händelse", "Ämne", "Belopp", "Kanal"],
    ["0070012345", "Åsa Björk", "asa.bjork@kund.example", "2025-03-01 10:00", "köp", "Årsavtal, grön el", "1234,50", "telefon"],
    ["0070012346", "Øyvind Ærlig", "oyvind@kund.example", "2025-03-02 11:30", "samtal", 'Sa "nej tack"', "", "telefon"],
    ["0070012347", "Märta Öberg", "marta@kund.example", "2025-03-03 09:15", "möte", "Två\nrader", "99,00", ""],
    ["0070012348", "Bo Ek", "bo@kund.example", "2025-03-30 02:30", "köp", "Sommartid över natten", "12,5", "butik"],
    ["0070012349", "Göran Håkansson", "goran@kund.example", "2025-04-01 08:00", "samtal", "Försenad leverans", "", "telefon"],
]


def _sheet(name: str, separator=",", encoding="utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO((FIXTURES / name).read_text(encoding=encoding)), delimiter=separator))


#: Name → (format, sheet, settings of the source).
BASES = {
    "calls": ("plain_events", CALLS, {"columns": {"customer_id": "Kundnummer", "touchpoint": "Händelse"}}),
    "meetings": ("meetings", _sheet("meetings.csv", ";"), {}),
    "lime": ("lime_deals", _sheet("lime_deals.sv.csv", ";", "latin-1"), {"decimal": ","}),
    "woo": ("woocommerce_orders", _sheet("woocommerce_orders.plugin.csv"), {}),
    "klaviyo": ("klaviyo_events", _sheet("klaviyo_events.csv"), {}),
    "tickets": ("hubspot_tickets", _sheet("hubspot_tickets.csv"), {}),
}  # fmt: skip
WORDS_OF_CUSTOMERS = ("Björk", "asa.bjork", "Ærlig", "oyvind", "marta@", "Håkansson", "0070012", "Rune", "rune@", "Alfs", "ann@acme", "bo@acme")


#: Each damage is done to the calls, which hold every trap, and to one other base in turn.
PAIRS = [(base, damage) for place, damage in enumerate(HARMLESS) for base in ("calls", list(BASES)[1 + place % (len(BASES) - 1)])]
LOSSES = [(base, damage) for place, damage in enumerate(LOSSY) for base in ("calls", list(BASES)[1 + place % (len(BASES) - 1)])]


_WHOLE: dict = {}


@pytest.fixture
def send(desk):
    """A base, damaged, delivered by its format; without data, undamaged, which is read once."""

    def delivery(base, data=None, ending="csv", **settings):
        if data is None:
            if base not in _WHOLE:
                _WHOLE[base] = delivery(base, text_of(BASES[base][1]).encode())
            return _WHOLE[base]
        fmt, _, own = BASES[base]
        desk.source(fmt, data, file=f"{base}.{ending}", **(own | settings))
        return deliver(desk.client(timezone="Europe/Stockholm"), fmt)[0]

    return delivery


def rows(delivery) -> dict[str, list[tuple]]:
    """Canonical rows as text, by table, without their place in the file, which a preamble may move."""
    found = {}
    for name, table in delivery.tables.items():
        shown = table[[column for column in table if not column.startswith("_") and not column.endswith("_id") or column in ("customer_id", "account_id")]]
        found[name] = sorted(shown.astype("object").where(shown.notna(), None).astype(str).itertuples(index=False, name=None))
    return found


def _all_rows(delivery) -> set[tuple]:
    return {row for table in rows(delivery).values() for row in table}


def reconciles(delivery) -> bool:
    """Rows in = rows kept + rows dropped, each with its reason."""
    return delivery.n_rows == delivery.n_kept + sum(delivery.reasons.values())


def _or_refused(read):
    """What was read, or why not."""
    try:
        return read(), ""
    except JourneyError as error:
        return None, error


def said_without_customers(error) -> str:
    said = str(error)
    assert [word for word in WORDS_OF_CUSTOMERS if word in said] == []
    assert len(said) < 6_000
    return said


def codes(delivery) -> set[str]:
    return {what.split(":")[0] for what in (*delivery.noticed, *delivery.reasons)}


@pytest.mark.parametrize(("base", "damage"), PAIRS)
def test_what_changes_nothing_that_was_said_gives_the_same_rows(send, base, damage):
    sheet = BASES[base][1]
    change, ending = HARMLESS[damage]
    undamaged = send(base)
    found = send(base, change(sheet), ending)
    assert rows(found) == rows(undamaged)
    assert reconciles(found)
    assert found.n_kept == undamaged.n_kept


@pytest.mark.parametrize(("base", "damage"), LOSSES)
def test_what_takes_something_away_is_accounted_for_row_by_row(send, base, damage):
    sheet = BASES[base][1]
    change, noticed = LOSSY[damage]
    whole = send(base)
    found, why = _or_refused(lambda: send(base, change(sheet)))
    said_without_customers(why)
    if found is None:
        return
    assert reconciles(found)
    assert found.n_kept <= whole.n_kept
    if damage.startswith(("cut off after", "a quote", "a line too long", "a line with another", "the headings")):
        invented = _all_rows(found) - _all_rows(whole)
        assert len(invented) <= ("no_line_end" in found.noticed), "only the last row of a file without an end may be a part of one"
    if noticed and damage not in ("lost letters", "garbled letters"):
        assert codes(found) & set(noticed)


@pytest.mark.parametrize("damage", REFUSED)
@pytest.mark.parametrize("base", ["calls", "meetings"])
def test_what_cannot_be_read_honestly_is_refused_in_words(send, base, damage):
    change, ending, words = REFUSED[damage]
    with pytest.raises(SourceError) as error:
        send(base, change(BASES[base][1]), ending)
    assert words in said_without_customers(error.value)
    assert str(error.value).startswith(f"{base}.{ending}: ")


@pytest.mark.parametrize("missing", ["Datum", "Händelse", "Kundnummer"])
def test_a_column_that_is_missing_or_renamed_is_named(send, missing):
    place = CALLS[0].index(missing)
    for sheet in ([row[:place] + row[place + 1 :] for row in CALLS], [[*CALLS[0][:place], "Kolumn 4", *CALLS[0][place + 1 :]], *CALLS[1:]]):
        with pytest.raises(SourceError) as error:
            send("calls", text_of(sheet).encode(), columns={} if missing == "Datum" else BASES["calls"][2]["columns"])
        assert "no column" in said_without_customers(error.value)
        assert "Belopp" in str(error.value)


@pytest.mark.parametrize("damage", [*list(HARMLESS)[::3], *list(LOSSY)[::3], *REFUSED])
def test_a_guess_at_a_damaged_file_is_sensible_or_a_message(tmp_path, damage):
    sheet = BASES["klaviyo"][1]
    change, ending = next((found[0], found[1]) for table in (HARMLESS, REFUSED, {name: (each[0], "csv") for name, each in LOSSY.items()})
                          if (found := table.get(damage)))  # fmt: skip
    (tmp_path / f"export.{ending}").write_bytes(change(sheet))
    guesses, why = _or_refused(lambda: guess_format(tmp_path / f"export.{ending}"))
    said_without_customers(why)
    if damage in HARMLESS:
        assert guesses[0].format == "klaviyo_events"
    for guess in guesses or ():
        said_without_customers(f"{guess.why} {guess.block}")
