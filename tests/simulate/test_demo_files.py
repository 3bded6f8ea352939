"""The demo clients' raw files: the same bytes for a seed, flaws as counted, written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter

import pytest

from journeylib.client import Client, Period, Persona, Privacy, Question, Rule, Scope, Source, Thresholds
from journeylib.errors import ParameterError, RunError
from journeylib.parameters import load_client
from journeylib.project import find_project
from journeylib.simulate import NAMES, raw_files, simulate, write_demo
from journeylib.simulate.demo import MANIFEST
from journeylib.simulate.files import csv_bytes, xlsx_bytes

SEED = 7
LARGE = ("norrsken_it", "fjordhelse", "lind_raadgivning")


@pytest.fixture(scope="module", params=LARGE)
def drawn(request):
    return raw_files(request.param, SEED)


@pytest.fixture
def client(tmp_path):
    shipped = load_client("lind_raadgivning")
    return shipped.model_copy(update={"data_folder": tmp_path / "data" / "lind_raadgivning", "seed": SEED})


def rows_of(data: bytes, separator=",", encoding="utf-8-sig"):
    return list(csv.DictReader(io.StringIO(data.decode(encoding)), delimiter=separator))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(name):
    assert raw_files(name, SEED) == raw_files(name, SEED)


def test_another_seed_gives_other_files():
    assert raw_files("lind_raadgivning", 1)[0]["kundelog.xlsx"] != raw_files("lind_raadgivning", 2)[0]["kundelog.xlsx"]


def test_a_workbook_does_not_tell_when_it_was_made():
    data = xlsx_bytes({"A": (["x"], [[1]])})
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert {info.date_time for info in parts.infolist()} == {(2026, 1, 15, 6, 0, 0)}
    assert parts.read("docProps/core.xml").count(b"2026-01-15T06:00:00Z") == 2


def test_a_comma_file_has_commas_in_its_numbers_only():
    assert csv_bytes(["a", "b"], [[1.5, "1.5"]], separator=";", decimal=",") == b"a;b\r\n1,5;1.5\r\n"


def test_the_stage_most_leave_is_far_ahead(drawn):
    _, truth = drawn
    stages = list(truth.reached)
    lost = {stage: truth.reached[stage] - truth.reached[after] for stage, after in zip(stages, stages[1:], strict=False)}
    rate = {stage: truth.reached[after] / truth.reached[stage] for stage, after in zip(stages, stages[1:], strict=False)}
    ranked = sorted(lost, key=lost.get, reverse=True)
    assert ranked[0] == truth.largest_drop_off == min(rate, key=rate.get)
    assert lost[ranked[0]] > 1.5 * lost[ranked[1]]
    assert sorted(truth.rates, key=truth.rates.get)[0] == truth.largest_drop_off


def test_the_unserved_stage_is_another_one(drawn):
    _, truth = drawn
    assert truth.unserved_stage not in (truth.largest_drop_off, truth.content_hole[0])
    assert not set(truth.planted) & set(truth.absent)


def test_follow_up_is_missing_where_it_is_planted_and_only_there(drawn):
    _, truth = drawn
    n, n_contacted = truth.follow_up
    assert n_contacted / n < 0.25 if "G03" in truth.planted else n_contacted / n > 0.85


def test_planted_personal_data_are_in_the_files(drawn):
    files, truth = drawn
    texts = [data.decode("utf-8", "replace") for name, data in files.items() if name.endswith(".csv")]
    books = [zipfile.ZipFile(io.BytesIO(data)) for name, data in files.items() if name.endswith(".xlsx")]
    texts += [book.read(part).decode() for book in books for part in book.namelist() if part.startswith("xl/")]
    whole = "\n".join(texts)
    assert len(truth.personal) >= 12
    assert [text for text in truth.personal if text not in whole and not all(word in whole for word in text.split())] == []


def test_everybody_is_plainly_invented(drawn):
    _, truth = drawn
    assert all(text.endswith(".example") for text in truth.personal if "@" in text)


def test_flaws_are_as_many_as_said():
    files, truth = raw_files("norrsken_it", SEED)
    events = [tuple(row.values()) for row in rows_of(files["ga4_handelser.csv"])]
    contacts = rows_of(files["hubspot_kontakter.csv"])
    emails = Counter(row["Email"].lower() for row in contacts)
    assert sum(n - 1 for n in Counter(events).values()) == truth.flaws["exact_duplicates"]
    assert sum(row[2] == "page_view" and row[5].endswith("/karriar/lediga-jobb") for row in events) == truth.flaws["unmatched"]
    assert sum(row["Associated Company IDs"] == "" for row in contacts) == truth.flaws["orphans"]
    assert sum(n - 1 for n in emails.values()) == truth.flaws["contacts_twice"]
    assert sum(email.startswith("test") for email in emails) == truth.flaws["test_rows"]
    assert files["hubspot_affarer.csv"].splitlines()[-1].startswith(b"Totalt")
    assert files["hubspot_affarer.csv"].splitlines()[-2] == b""
    assert files["hubspot_kontakter.csv"].startswith(b"\xef\xbb\xbf")
    with pytest.raises(UnicodeDecodeError):
        files["zendesk_arenden.csv"].decode("utf-8")


def test_orders_add_up_to_the_value_said():
    files, truth = raw_files("fjordhelse", SEED)
    lines = [row for row in rows_of(files["shopify_ordrer.csv"]) if not row["Email"].startswith("test")]
    first = {row["Name"]: float(row["Total"]) for row in reversed(lines) if row["Total"]}
    assert len(first) == truth.sizes["orders"]
    assert sum(first.values()) == pytest.approx(truth.sizes["order_value"])


def test_a_client_that_is_not_simulated_is_refused_by_name():
    with pytest.raises(ParameterError) as refused:
        simulate("norrsken", SEED)
    assert str(refused.value) == ("No simulated client 'norrsken'; did you mean 'norrsken_it'?. "
                                  "Known: norrsken_it, fjordhelse, lind_raadgivning, harbour_bikes.")  # fmt: skip


def test_the_demo_is_written_once(client):
    write_demo(client)
    before = {path: path.stat().st_mtime_ns for path in client.data_folder.iterdir()}
    write_demo(client)
    assert {path: path.stat().st_mtime_ns for path in client.data_folder.iterdir()} == before
    assert sorted(path.name for path in client.data_folder.parent.iterdir()) == ["lind_raadgivning"]


def test_the_demo_is_written_anew_for_another_seed_or_where_a_file_is_gone(client):
    write_demo(client)
    invoices = client.data_folder / "fakturaer.csv"
    first = invoices.read_bytes()
    invoices.unlink()
    write_demo(client)
    assert invoices.read_bytes() == first
    write_demo(client.model_copy(update={"seed": SEED + 1}))
    assert invoices.read_bytes() != first
    assert json.loads((client.data_folder / MANIFEST).read_text())["seed"] == SEED + 1


def test_files_of_somebody_else_are_left_alone(client):
    client.data_folder.mkdir(parents=True)
    (client.data_folder / "orders.csv").write_text("mine")
    with pytest.raises(RunError) as refused:
        write_demo(client)
    assert str(refused.value) == ("The folder 'lind_raadgivning' of client 'lind_raadgivning' holds files the simulator did not write. "
                                  "Move them away, or take `simulate:` out of the parameters.")  # fmt: skip
    assert [path.name for path in client.data_folder.iterdir()] == ["orders.csv"]


def test_an_ordinary_client_gets_no_files(client):
    write_demo(client.model_copy(update={"simulate": None}))
    assert not client.data_folder.exists()


@pytest.mark.parametrize("model", [Client, Source, Question, Rule, Persona, Thresholds, Privacy, Scope, Period])
def test_the_reference_explains_every_key(model):
    text = (find_project().params / "norrsken_it.yml").read_text(encoding="utf-8")
    set_by_loader = {"slug", "params_file"}
    assert [key for key in model.model_fields if key not in set_by_loader and key not in text] == []
