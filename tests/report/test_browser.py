"""The page in a browser: nothing fetched, nothing outside the window, the map as sheet or table, A4 and A3 on paper."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from journeylib.client import Client
from journeylib.figures.bars import Part, draw_stacked
from journeylib.figures.sliders import Sliders
from journeylib.figures.tables import Tag, html_table
from journeylib.findings import Finding
from journeylib.report import Stamp, make_report, report_frame

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LONG = "Flest lämnar mellan Övervägande och Upphandlingsbeslut: 412 av 675 (61 %, 57–65), och ingen hör av sig efter köpet"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    wide = html_table([f"Kolumn {i}" for i in range(9)], [["Leverantörsjämförelse", *[Tag("kunde inte kontrolleras", "unknown")] * 8]] * 3, caption=LONG)
    bars = draw_stacked([(LONG, [Part(5, "blue", "5", "5"), Part(3, "red", "3", "3")], LONG)], total=8, legend=[("blue", "Gick vidare")], alt=LONG)
    svg = '<svg viewBox="0 0 420 297" role="img" aria-label="karta"><rect width="420" height="297" fill="#eee"/><text x="9" y="20">KARTA</text></svg>'
    journey_map = (
        f'<div class="map-sheet">{svg}</div><div class="map-table"><table class="map-table"><tr><th scope="row">Behov</th><td>TABELL</td></tr></table></div>'
    )
    findings = [Finding("a", "essentials", LONG, LONG, text=(LONG, LONG), so_what=LONG, picture=wide), Finding("b", "map", "?", LONG, picture=journey_map),
                Finding("c", "numbers", LONG, LONG, picture=bars, details=wide, state="close")]  # fmt: skip
    cells = [nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", finding._repr_mimebundle_())]) for finding in findings]
    client = Client(slug="anna", name="Anna", language="sv", market="b2b", goal="more_loyalty", as_of="2026-01-15", example=True,
                    data_folder=Path("d"), params_file=Path("p"))  # fmt: skip
    page = make_report([nbformat.v4.new_notebook(cells=cells)], report_frame(client, Stamp("0123456789ab", dt.datetime(2026, 1, 16, tzinfo=dt.UTC))))
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_nothing_is_fetched_said_on_the_console_or_wider_than_the_window(browser, address, width):
    page, asked, said = browser.new_page(viewport={"width": width, "height": 900}), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert (asked, said) == ([address], [])
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
                 && e.getBoundingClientRect().width > 0 && !e.closest('.table-box, .map-table, svg')).map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(outside) == []
    page.close()


@pytest.mark.parametrize(("width", "sheet", "table_width"), [(1440, True, 1), (390, False, 354)])
def test_the_map_is_a_sheet_where_there_is_room_and_a_table_where_there_is_not(browser, address, width, sheet, table_width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    assert page.locator(".map-sheet").is_visible() is sheet
    assert page.locator("div.map-table").bounding_box()["width"] == table_width
    page.close()


def test_on_paper_the_report_is_a4_and_the_map_one_a3_sheet(browser, address):
    page = browser.new_page()
    page.goto(address)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    sizes = [tuple(round(float(x) / 72 * 25.4) for x in found) for found in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)]
    assert sizes.count((420, 297)) == 1
    assert set(sizes) == {(210, 297), (420, 297)}
    page.close()


def test_a_slider_pulled_in_the_notebook_changes_the_year_at_once(browser, tmp_path):
    words = {name: name for name in ("purchases", "money", "arrivals", "reset", "note")}
    sliders = Sliders([("Går vidare", 0.5), ("Köper", 0.25)], arrivals=800, worth=1000, currency="SEK", locale="sv", words=words)
    (tmp_path / "sliders.html").write_text(f"<!doctype html><meta charset=utf-8>{sliders._repr_html_()}", encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "sliders.html").as_uri())
    assert page.inner_text(".purchases") == "100 → 100"  # 800 · 0.5 · 0.25
    page.eval_on_selector("input[data-share]", "slider => { slider.value = 75; slider.dispatchEvent(new Event('input', {bubbles: true})); }")
    assert page.inner_text(".purchases") == "100 → 150"  # 800 · 0.75 · 0.25
    assert re.sub(r"\s", " ", page.inner_text(".money")) == "+50 000 SEK"
    page.click("button")
    assert page.inner_text(".purchases") == "100 → 100"


def test_sliders_left_alone_are_today_and_no_more_pass_than_can_be_served(browser, tmp_path):
    words = {name: name for name in ("purchases", "money", "arrivals", "reset", "note", "quality", "no_limit")}
    sliders = Sliders([("Går vidare", 0.5), ("Köper", 0.25)], arrivals=800, worth=1000, currency="SEK", locale="sv", words=words, quality=0.5, limits=[("Hinner med", 1, 9.0)])
    (tmp_path / "sliders.html").write_text(f"<!doctype html><meta charset=utf-8>{sliders._repr_html_()}", encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "sliders.html").as_uri())
    assert page.inner_text(".purchases") == "100 → 100"
    pull = "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
    page.eval_on_selector("input[data-share]", pull, 60)
    assert page.inner_text(".purchases") == "100 → 110"  # half of those who come along are as ready: 800 · 0.55 · 0.25
    page.eval_on_selector("input[data-share]", pull, 100)
    assert page.inner_text(".purchases") == "100 → 117"  # 9 a week · 52.18 weeks · 0.25, not 800 · 0.75 · 0.25
    page.click("button")
    assert page.inner_text(".purchases") == "100 → 100"
    page.close()
