"""A leak in any kind of delivered file stops the delivery; a file that cannot be looked through does, too."""

from __future__ import annotations

import base64
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journeylib.errors import RunError
from journeylib.personal_data import Names
from journeylib.report import scan_delivery
from journeylib.report.scan import READERS

SECRETS = {
    "email": "a.berg@firma.se", "phone": "070-123 45 67", "personal_number": "811228-9874", "card": "4111 1111 1111 1111",
    "account": "SE45 5000 0000 0583 9825 7466", "address": "Storgatan 12 B", "ip_address": "83.250.12.7", "web_identity": "/tack?namn=Anna", "name": "Anna Ek",
}  # fmt: skip
PEOPLE = Names.of({"anna ek"}).hashed(b"salt")


def html(text):
    return f"<!doctype html><p>{text}</p>"


def svg(text):
    return f'<svg xmlns="http://www.w3.org/2000/svg"><text x="1">{text}</text></svg>'


def notebook(**cell):
    whole = {"cell_type": "code", "source": [], "metadata": {}, "outputs": []} | cell
    return json.dumps({"metadata": {}, "cells": [whole], "nbformat": 4, "nbformat_minor": 5})


def inside(text):
    return "data:image/svg+xml;base64," + base64.b64encode(svg(text).encode()).decode()


PLACES = {
    "text of a page": ("report.html", html),
    "attribute of a page": ("report.html", lambda text: f'<!doctype html><p title="{text}">a</p>'),
    "attribute for programs": ("report.html", lambda text: f'<!doctype html><p data-who="{text}">a</p>'),
    "comment of a page": ("report.html", lambda text: f"<!doctype html><!-- {text} --><p>a</p>"),
    "description of a picture": ("report.html", lambda text: f'<!doctype html><figure aria-label="{text}"></figure>'),
    "drawing inside a page": ("report.html", lambda text: html(f'<img alt="a" src="{inside(text)}">')),
    "text of a drawing": ("journey-map.svg", svg),
    "metadata of a drawing": ("journey-map.svg", lambda text: f"<svg><metadata>{text}</metadata></svg>"),
    "value of a record": ("findings.json", lambda text: json.dumps([{"numbers": {"stage": text}}])),
    "key of a record": ("run.json", lambda text: json.dumps({"labels": {text: 1}})),
    "cell of a sheet": ("tables/gaps.csv", lambda text: f'gap_id,why\nG03,"{text}, sagt"\n'),
    "heading of a sheet": ("tables/gaps.csv", lambda text: f'gap_id,"{text}"\nG03,x\n'),
    "text beside it": ("readme.txt", str),
    "source of a notebook": ("notebooks/01.ipynb", lambda text: notebook(source=[f"x = '{text}'"])),
    "output of a notebook": ("notebooks/01.ipynb", lambda text: notebook(outputs=[{"output_type": "stream", "text": text}])),
    "page in a notebook": ("notebooks/01.ipynb", lambda text: notebook(outputs=[{"output_type": "display_data", "data": {"text/html": [html(text)]}}])),
    "error in a notebook": ("notebooks/01.ipynb", lambda text: notebook(outputs=[{"output_type": "error", "evalue": text, "traceback": []}])),
    "record in a notebook": ("notebooks/01.ipynb", lambda text: notebook(outputs=[{"output_type": "display_data", "data": {"application/json": {"a": [text]}}}])),
}  # fmt: skip


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_leak_in_any_place_stops_the_delivery_without_being_repeated(tmp_path, place, kind):
    name, write = PLACES[place]
    put(tmp_path, name, write("inget hemligt"))
    scan_delivery(tmp_path, names=PEOPLE)
    put(tmp_path, name, write(SECRETS[kind].replace("&", "&amp;")))
    with pytest.raises(RunError) as refused:
        scan_delivery(tmp_path, names=PEOPLE)
    assert str(refused.value).startswith(f"Not delivered. {name} shows what looks like personal data: {kind}. Take it out")
    assert SECRETS[kind] not in str(refused.value)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_leak_in_a_table_stops_the_delivery(tmp_path, kind):
    pd.DataFrame({"n": [1, 2], "title": ["inget", SECRETS[kind]]}).to_parquet(tmp_path / "gaps.parquet")
    with pytest.raises(RunError, match=f"gaps.parquet shows what looks like personal data: {kind}"):
        scan_delivery(tmp_path, names=PEOPLE)


def test_the_names_of_columns_and_the_notes_of_a_table_are_looked_through(tmp_path):
    table = pa.table({"anna.ek@firma.se": [1]}).replace_schema_metadata({"note": "ring 070-123 45 67"})
    pq.write_table(table, tmp_path / "gaps.parquet")
    with pytest.raises(RunError, match="email, phone"):
        scan_delivery(tmp_path)


def test_the_name_of_a_file_is_looked_through_and_not_repeated(tmp_path):
    put(tmp_path, "anna.ek@firma.se.txt", "a")
    with pytest.raises(RunError) as refused:
        scan_delivery(tmp_path)
    assert "the name of a .txt file looks like personal data" in str(refused.value)
    assert "anna" not in str(refused.value)


@pytest.mark.parametrize(("name", "content"), [
    ("findings.json", b"{not json"), ("a.ipynb", b"{}"), ("a.ipynb", b"[1]"), ("gaps.parquet", b"PAR1 broken"), ("gaps.csv", b"\xff\xfe\x00a"), ("report.html", b"\xff\xff"),
    ("a.svg", b"\xe5\xe4"), ("note.txt", b"\xff"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_not_delivered(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RunError, match="could not be looked through"):
        scan_delivery(tmp_path)


@pytest.mark.parametrize("name", ["rows.xlsx", "dump.duckdb", "photo.jpg", "all.zip", "noending"])
def test_a_kind_of_file_nobody_taught_the_scan_is_not_delivered(tmp_path, name):
    (tmp_path / name).write_bytes(b"a")
    with pytest.raises(RunError, match="is of a kind that cannot be looked through"):
        scan_delivery(tmp_path)
    assert set(READERS) == {".html", ".svg", ".json", ".ipynb", ".parquet", ".csv", ".txt", ".md"}


def test_a_picture_goes_out_only_beside_the_drawing_it_was_made_from(tmp_path):
    (tmp_path / "map.png").write_bytes(b"\x89PNG")
    with pytest.raises(RunError, match=r"map\.png is a picture without the drawing \(\.svg\) it was made from"):
        scan_delivery(tmp_path)
    (tmp_path / "map.svg").write_text("<svg><text>anna@firma.se</text></svg>")
    with pytest.raises(RunError, match=r"map\.svg shows what looks like personal data"):
        scan_delivery(tmp_path)
    (tmp_path / "map.svg").write_text("<svg><text>map</text></svg>")
    scan_delivery(tmp_path)


def test_the_clients_own_contacts_may_stand_and_no_others(tmp_path):
    put(tmp_path, "report.html", html("Ring 08-123 456 78 eller kom till Storgatan 12 B"))
    scan_delivery(tmp_path, own_contacts=("08-123 456 78", "Storgatan 12 B"))
    with pytest.raises(RunError, match="address"):
        scan_delivery(tmp_path, own_contacts=("08-123 456 78",))


def test_coordinates_hashes_versions_and_times_are_not_personal(tmp_path):
    put(tmp_path, "report.html", '<svg viewBox="0 0 12 34"><path d="M12 34 56 78 90 12"/></svg><p>39 % av 12 345, 2026-01-14</p><img alt="" src="data:image/png;base64,a@b.se12345678">')
    put(tmp_path, "run.json", json.dumps({"sha256": "d41d8cd98f00b204e9800998ecf8427e", "versions": {"a": "1.2.3.4"}, "made_at": "2026-01-16T20:05:00+00:00"}))
    put(tmp_path, "a.csv", "at,n\n2026-01-14 00:00:00+00:00,12345678\n2026-01-15 12:30:45.123456+01:00,0.1234567890123456\n")
    scan_delivery(tmp_path, names=PEOPLE)
