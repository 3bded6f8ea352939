"""The page itself: findings by section, everything escaped, nothing fetched, every word in the client's language."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from journeylib.client import Client
from journeylib.errors import RunError
from journeylib.findings import SECTIONS, Finding
from journeylib.report import Stamp, collect_findings, make_report, report_frame, scan_delivery
from journeylib.report.assemble import unique_ids
from journeylib.report.exporter import JourneyExporter
from journeylib.report.index import Entry, index_language, make_index
from journeylib.wording import message_keys

STAMP = Stamp("0123456789ab", dt.datetime(2026, 1, 16, 20, 5, tzinfo=dt.UTC))


def client(**more):
    values = {"slug": "anna", "name": "Anna", "language": "sv", "market": "b2b", "goal": "more_loyalty", "as_of": "2026-01-15",
              "data_folder": Path("data"), "params_file": Path("anna.yml")}  # fmt: skip
    return Client(**(values | more))


def notebook(*findings, language="sv"):
    """An executed notebook: a note, code, and a cell that shows each finding."""
    cells = [nbformat.v4.new_markdown_cell("NOTE"), nbformat.v4.new_code_cell("CODE", outputs=[nbformat.v4.new_output("stream", text="PRINTED")])]
    cells += [nbformat.v4.new_code_cell("show", outputs=[nbformat.v4.new_output("display_data", finding._repr_mimebundle_())]) for finding in findings]
    return nbformat.v4.new_notebook(cells=cells, metadata={"language": language})


def page(*findings, **more):
    return make_report([notebook(*findings)], report_frame(client(**more), STAMP))


class Outline(HTMLParser):
    """Headings and ids of a page, and whether its elements close in order."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.ids, self.open, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in {"meta", "link", "br", "img", "input", "hr", "use"}:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_findings_stand_in_the_reports_order_and_then_in_the_notebooks():
    found = collect_findings([notebook(Finding("a", "appendix", "?", "A"), Finding("b", "gaps", "?", "B")), notebook(Finding("c", "gaps", "?", "C"))])
    assert [output["data"]["application/vnd.journey.finding+json"]["id"] for output in found] == ["b", "c", "a"]


def test_a_section_without_findings_is_left_out():
    text = page(Finding("a", "gaps", "?", "A"))
    assert re.findall(r'<section class="chapter chapter-(\w+)"', text) == ["gaps"]
    assert re.findall(r'href="#chapter-(\w+)"', text) == ["gaps"]


def test_notes_code_and_print_never_reach_the_report():
    text = page(Finding("a", "gaps", "?", "A"))
    assert not [word for word in ("NOTE", "CODE", "PRINTED") if word in text]


def test_notebooks_without_a_finding_are_no_report():
    with pytest.raises(RunError) as refused:
        collect_findings([notebook()])
    assert str(refused.value) == "The notebooks show no finding, so there is nothing to report. Let a cell end with a Finding."


def test_a_finding_in_an_unknown_section_is_refused_with_the_nearest():
    with pytest.raises(RunError, match="stands in section 'gap', which the report does not have; did you mean 'gaps'?"):
        collect_findings([notebook(Finding("a", "gap", "?", "A"))])


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_headings_and_frame_are_in_the_clients_language(language):
    findings = [Finding(section, section, "1", "2") for section in SECTIONS]
    text = page(*findings, language=language, example=True)
    assert f'<html lang="{language}">' in text
    messages = message_keys()
    own = [messages[key][language] for key in messages if key.startswith("report.section.")]
    assert [heading for heading in own if f">{heading}</h2>" not in text] == []
    others = {messages[key][other] for key in messages if key.startswith("report.section.") for other in messages[key] if other != language} - set(own)
    assert [heading for heading in others if f">{heading}<" in text] == []


def test_the_strip_says_who_until_when_and_which_run():
    text = page(Finding("a", "gaps", "?", "A")).replace("\N{NO-BREAK SPACE}", " ")
    rows = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text))
    assert rows == {
        "Företag": "Anna", "Marknad": "företagskunder (B2B)", "Erbjudande": "hela företaget", "Persona": "alla kunder",
        "Period": "alla data som levererats", "Data till och med": "15 januari 2026", "Språk": "svenska", "Körning": "0123456789ab",
    }  # fmt: skip


def test_the_moment_stands_on_one_line_on_the_clients_own_clock():
    lines = page(Finding("a", "gaps", "?", "A")).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    stamped = [line for line in lines if 'class="stamp"' in line]
    assert stamped == ['<p class="stamp">Rapporten gjordes 16 januari 2026 kl. 21:05.</p>']


def test_a_weak_ending_is_said_in_words():
    text = page(Finding("a", "gaps", "?", "A", state="too_few"), Finding("b", "gaps", "?", "B"))
    assert re.findall(r'<p class="state state-(\w+)">(.*?)</p>', text) == [("too_few", "För litet underlag")]


def test_html_in_a_clients_words_is_text():
    nasty = '<img src=x onerror=alert(1)> & "quoted"'
    text = page(Finding("a", "gaps", nasty, nasty, text=(nasty,), so_what=nasty), name=nasty, offer=nasty, personas=({"id": "a", "name": nasty},))
    assert "<img" not in text
    assert text.count("&lt;img src=x onerror=alert(1)&gt; &amp;") >= 8


def test_ids_are_the_reports_own_and_headings_go_down_one_by_one():
    picture = '<svg viewBox="0 0 1 1"><clipPath id="p"></clipPath><g clip-path="url(#p)"></g></svg>'
    outline = Outline(page(*(Finding("same", section, "?", "A", picture=picture) for section in SECTIONS)))
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.wrong == []
    levels = [int(heading[1]) for heading in outline.headings]
    assert levels[0] == 1
    assert [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1] == []


def test_references_follow_their_renamed_ids():
    taken = {}
    first = '<g id="p" clip-path="url(#p)"><use href="#p"/><use xlink:href="#p"/><b aria-labelledby="p q"></b></g>'
    assert unique_ids(first, taken) == first
    assert unique_ids(first, taken) == first.replace('"p"', '"p-2"').replace("#p", "#p-2").replace('"p q"', '"p-2 q"')


def test_one_executed_notebook_exports_as_it_lies():
    text, _ = JourneyExporter().from_notebook_node(notebook(Finding("a", "gaps", "?", "A"), language="da"))
    assert '<html lang="da">' in text
    assert ">Hullerne</h2>" in text


def test_the_exporter_is_registered_under_its_name():
    root = Path(__file__).parents[2]
    assert 'journey = "journeylib.report.exporter:JourneyExporter"' in (root / "pyproject.toml").read_text()


def test_a_clean_report_passes_the_scan(tmp_path):
    (tmp_path / "report.html").write_text(
        page(Finding("a", "gaps", "?", "A", picture='<svg xmlns="http://www.w3.org/2000/svg"><g style="fill: url(&quot;#a&quot;)" mask="url(#b)"/></svg>'))
    )
    (tmp_path / "findings.json").write_text(json.dumps([{"text": "39 % (34–45), 2026-01-15, 12 345 kr"}]))
    scan_delivery(tmp_path)


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ('<img src="https://x.example/a.png">', "<img src>"),
        ('<img src="a.png">', "<img src>"),
        ("<script>1</script>", "<script>"),
        ('<p onclick="x()">a</p>', "<p onclick>"),
        ('<p style="background: url(https://x.example/a)">a</p>', "<p style>"),
        ("<style>@import 'a.css';</style>", "<style>"),
        ('<a href="javascript:x()">a</a>', "<a href>"),
        ('<a href="https://x.example">a</a>', "<a href>"),
        ('<a href="//x.example">a</a>', "<a href>"),
        ('<svg><use xlink:href="http://x.example/a.svg#b"/></svg>', "<use xlink:href>"),
        ('<svg><rect fill="url(http://x.example/a)"/></svg>', "<rect fill>"),
        ('<link rel="stylesheet" href="a.css">', "<link>"),
        ('<meta http-equiv="refresh" content="0">', "<meta http-equiv>"),
        ('<iframe srcdoc="a"></iframe>', "<iframe>"),
    ],
)
def test_what_reaches_outside_or_runs_is_not_delivered(tmp_path, html, named):
    (tmp_path / "report.html").write_text(f"<!doctype html><p>{html}</p>")
    with pytest.raises(RunError) as refused:
        scan_delivery(tmp_path)
    assert str(refused.value).startswith("Not delivered. report.html refers outside itself or runs code: ")
    assert named in str(refused.value)


@pytest.mark.parametrize("link", ["missing.svg", "../../secret.html"])
def test_a_link_must_lead_to_a_delivered_file(tmp_path, link):
    (tmp_path / "report.html").write_text(f'<a href="{link}">map</a>')
    with pytest.raises(RunError, match="which is not delivered"):
        scan_delivery(tmp_path)


def test_personal_data_in_any_file_stops_the_delivery_without_being_repeated(tmp_path):
    (tmp_path / "report.html").write_text("<p>Skriv till anna@firma.se</p>")
    (tmp_path / "findings.json").write_text(json.dumps([{"text": "ring 070-123 45 67"}]))
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text="bo@firma.no")])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "01.ipynb")
    with pytest.raises(RunError) as refused:
        scan_delivery(tmp_path)
    assert str(refused.value) == (
        "Not delivered. 01.ipynb shows what looks like personal data: email; findings.json shows what looks like personal data: phone; "
        "report.html shows what looks like personal data: email. Take it out of the source, declare the column as personal in its format, or list the client's own contacts under `privacy.own_contacts`."
    )


def test_the_index_speaks_the_language_its_clients_share():
    record = {"language": "da", "name": "Lind", "as_of": "2026-01-15", "headline": "Ring", "stamp": {"made_at": "2026-01-16T20:05:00+00:00"}}
    assert index_language([Entry("a", record, {})]) == "da"
    assert index_language([Entry("a", record, {}), Entry("b", {"language": "sv"}, {})]) == "en"
    text = make_index([Entry("a", record, {})])
    assert '<html lang="da">' in text
    assert "1 virksomhed. Mislykkede rapporter i den seneste kørsel: 0" in text
    assert 'href="a/2026-01-15/report.html"' in text


def test_every_word_of_the_frame_exists_in_four_languages():
    messages = {key: texts for key, texts in message_keys().items() if key.startswith("report.")}
    assert [key for key, texts in messages.items() if set(texts) != {"sv", "da", "nb", "en"}] == []
