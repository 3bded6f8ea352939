"""Two demo reports in a browser, one full of data and one of assumptions: nothing wider than the window, nothing clipped, nothing unreadable."""

from __future__ import annotations

import shutil
import subprocess
from itertools import combinations

import pytest

from journeylib.batch import run_clients
from journeylib.figures.palette import contrast
from journeylib.figures.style import notebook_style
from journeylib.figures.tables import html_table
from journeylib.findings import Finding

pytestmark = [pytest.mark.browser, pytest.mark.report]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CLIENTS = ("norrsken_it", "harbour_bikes")
WINDOWS = (1440, 768, 390)


@pytest.fixture(scope="session")
def demo_reports(tmp_path_factory):
    """The two reports, built once: {client: address}."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    outcomes = run_clients(CLIENTS, out=tmp_path_factory.mktemp("reports"))
    assert [outcome.reason for outcome in outcomes if outcome.state == "failed"] == []
    return {outcome.slug: (outcome.folder / "report.html").as_uri() for outcome in outcomes}


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--no-first-run"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(browser, demo_reports):
    """Every report at every width, opened once with all folded parts unfolded: {(client, width): (page, asked, said)}."""
    opened = {}
    for client, address in demo_reports.items():
        for width in WINDOWS:
            page, asked, said = browser.new_page(viewport={"width": width, "height": 900}), [], []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
            opened[client, width] = page, asked, said
    return opened


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("width", WINDOWS)
def test_nothing_is_fetched_and_nothing_said_on_the_console(pages, demo_reports, client, width):
    _, asked, said = pages[client, width]
    assert (asked, said) == ([demo_reports[client]], [])


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("width", WINDOWS)
def test_nothing_is_wider_than_the_window_or_has_to_be_scrolled_sideways(pages, client, width):
    page = pages[client, width][0]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    sideways = """() => [...document.querySelectorAll('body *')].filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1
                  && !['visible', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX)).map(e => e.outerHTML.slice(0, 120))"""
    assert page.evaluate(sideways) == []
    outside = """() => [...document.querySelectorAll('main *, header *, nav *, footer *')].filter(e => {
        const box = e.getBoundingClientRect(), head = e.closest('thead');
        if (head && head.getBoundingClientRect().width <= 1) return false;   // kept for screen readers where rows are cards
        return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('svg, .skip')}).map(e => e.outerHTML.slice(0, 120))"""
    assert page.evaluate(outside) == []


CLIPPED = """() => [...document.querySelectorAll('main :is(p, td, th, h2, h3, span, caption, summary)')].filter(e =>
    e.clientWidth > 1 && !e.matches('.heard, .heard *') && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX)
    && e.querySelector('[aria-hidden]') && e.querySelector('[aria-hidden]').getBoundingClientRect().right > e.getBoundingClientRect().right + 0.5
).map(e => e.textContent)"""


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("width", WINDOWS)
def test_no_number_in_a_bar_is_cut(pages, client, width):
    assert pages[client, width][0].evaluate(CLIPPED) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_on_a_phone_the_map_is_a_table_and_every_value_of_a_table_stands_beside_its_heading(pages, client):
    page = pages[client, 390][0]
    assert not page.locator(".map-sheet").is_visible()
    assert page.locator("div.map-table").is_visible()
    bare = """() => [...document.querySelectorAll('.table-box table:has(thead th:nth-child(3)) tbody td')].filter(cell =>
              cell.checkVisibility() && (getComputedStyle(cell, '::before').content === 'none' || !cell.dataset.label)).length"""
    assert page.evaluate(bare) == 0


# --- the map ----------------------------------------------------------------------------------------------------------

MAP_TEXTS = """() => { const sheet = document.querySelector('.map-sheet svg'), frame = sheet.getBoundingClientRect();
    return [[frame.left, frame.top, frame.right, frame.bottom], [...sheet.querySelectorAll('text')].map(text => {
        const box = text.getBoundingClientRect(); return [text.textContent, box.left, box.top, box.right, box.bottom]})] }"""


@pytest.mark.parametrize("client", CLIENTS)
def test_texts_of_the_map_lie_on_the_sheet_and_not_on_each_other(pages, client):
    sheet, texts = pages[client, 1440][0].evaluate(MAP_TEXTS)
    assert len(texts) > 40
    left, top, right, bottom = sheet
    assert [text for text, x0, y0, x1, y1 in texts if x0 < left or y0 < top or x1 > right or y1 > bottom] == []
    assert [(one[0], other[0]) for one, other in combinations(texts, 2) if _overlap(one, other)] == []


def _overlap(one, other):
    """Whether two boxes share more than a sliver: a line's box reaches a little above and below its letters."""
    across = min(one[3], other[3]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[2], other[2])
    return across > 1 and down > 0.3 * min(one[4] - one[2], other[4] - other[2])


# --- what a screen reader meets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", CLIENTS)
def test_every_id_is_unique_and_every_reference_leads_somewhere(pages, client):
    page = pages[client, 1440][0]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    wanted = page.evaluate("""() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)).concat(
        [...document.querySelectorAll('[aria-labelledby]')].flatMap(e => e.getAttribute('aria-labelledby').split(' ')))""")
    assert set(wanted) <= set(ids)


@pytest.mark.parametrize("client", CLIENTS)
def test_headings_go_down_one_step_at_a_time_and_chapters_and_findings_can_be_linked_to(pages, client):
    page = pages[client, 1440][0]
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))
    orphans = "[...document.querySelectorAll('main h2, main h3')].filter(h => !h.id && !h.closest('section[id]')).map(h => h.textContent)"
    assert page.evaluate(orphans) == []


@pytest.mark.parametrize(("client", "language"), [("norrsken_it", "sv"), ("harbour_bikes", "en")])
def test_the_page_says_its_language_and_its_title(pages, client, language):
    page = pages[client, 1440][0]
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title() == page.locator("h1").inner_text()
    assert page.locator("main").count() == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_every_figure_is_described_and_every_table_has_headings(pages, client):
    page = pages[client, 1440][0]
    silent = """() => [...document.querySelectorAll('figure, img, [role=img], [role=region]')].filter(e => !e.getAttribute('aria-label')
                && !e.getAttribute('alt') && !e.getAttribute('aria-labelledby')).map(e => e.outerHTML.slice(0, 120))"""
    assert page.evaluate(silent) == []
    tables = """() => [...document.querySelectorAll('table')].filter(table => [...table.querySelectorAll('th')].some(th => !th.scope || !th.textContent.trim())
                || [...table.querySelectorAll('tbody tr')].some(row => !row.querySelector('th'))
                || (table.tHead && [...table.tBodies[0].rows].some(row => row.cells.length !== table.tHead.rows[0].cells.length))).length"""
    assert page.evaluate(tables) == 0


@pytest.mark.parametrize("client", CLIENTS)
def test_set_as_cards_a_table_is_still_a_table_to_a_screen_reader(browser, pages, client):
    page = pages[client, 390][0]
    count = page.evaluate("document.querySelectorAll('.table-box table').length")
    assert page.get_by_role("table").count() >= count > 3
    assert page.get_by_role("rowheader").count() > 20


# --- contrast ---------------------------------------------------------------------------------------------------------

COLOURS = """() => { const found = new Map();
    const solid = colour => !/^rgba\\(.*, 0\\)$|^transparent$/.test(colour);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode, element = node.parentElement;
        if (!node.textContent.trim() || !element.checkVisibility() || element.closest('style, .heard, .skip')) continue;
        const svg = element.closest('svg');
        if (svg && svg.closest('.map-sheet')) continue;   // drawn on fields of its own: tests/map
        let ground = element; while (ground && !solid(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
        const style = getComputedStyle(element);
        const pair = [svg ? style.fill : style.color, ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)'];
        found.set(pair.join(' on '), [...pair, node.textContent.trim().slice(0, 40)]);
    }
    return [...found.values()] }"""


def _hex(colour):
    return "#" + "".join(f"{int(float(part)):02x}" for part in colour[colour.index("(") + 1 : -1].split(",")[:3])


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("width", [1440, 390])
def test_every_text_reaches_four_and_a_half_to_one_on_its_ground(pages, client, width):
    pairs = pages[client, width][0].evaluate(COLOURS)
    assert len(pairs) > 4
    assert [(text, ink, ground) for ink, ground, text in pairs if contrast(_hex(ink), _hex(ground)) < 4.5] == []


# --- without script, and on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", CLIENTS)
def test_it_works_without_javascript(browser, pages, demo_reports, client):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(demo_reports[client])
    assert page.locator("main .finding").count() == pages[client, 1440][0].locator("main .finding").count()
    assert page.locator(".map-sheet").is_visible()
    fold = page.locator("details:not(:has(details))").first
    for around in page.locator("details:has(details) > summary").all():
        around.click()
    assert not fold.locator("table").first.is_visible()
    fold.locator("summary").first.click()
    assert fold.locator("table").first.is_visible()
    context.close()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext on this machine")
@pytest.mark.parametrize("client", CLIENTS)
def test_on_paper_no_page_is_empty_and_the_map_has_its_own(browser, demo_reports, tmp_path, client):
    page = browser.new_page()
    page.goto(demo_reports[client])
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True, print_background=True)
    page.close()
    sheets = subprocess.run(["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
    assert 4 <= len(sheets) <= 13  # twelve pages a reader holds, and the map
    assert min(len(sheet.split()) for sheet in sheets) > 15


# --- in the notebook --------------------------------------------------------------------------------------------------

LOOKS = """selector => { const style = getComputedStyle(document.querySelector(selector));
    return ['fontSize', 'fontWeight', 'color', 'textAlign', 'paddingTop', 'borderBottomWidth', 'display'].map(name => style[name]) }"""


def test_in_a_notebook_findings_have_their_style_and_nothing_else_changes(browser):
    ours = Finding("a", "gaps", "?", "A (1–2)", picture=html_table(["A", "B"], [["a", 1]], numeric=(1,))).as_html()
    theirs = '<div id="theirs"><h3>Title</h3><p class="question">?</p><table class="matrix"><tbody><tr><td class="number">1</td></tr></tbody></table></div>'
    jupyter = (
        "<style>.jp-RenderedHTMLCommon td { text-align: left; padding: 0.5em } .jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: #f5f5f5 }</style>"
    )
    page = browser.new_page()
    page.set_content(f'{jupyter}<div class="jp-RenderedHTMLCommon">{theirs}{ours}</div>')
    places = [f"#theirs {name}" for name in ("h3", "p", "table", "td")]
    before = [page.evaluate(LOOKS, place) for place in places]
    page.set_content(f'{jupyter}{notebook_style()}<div class="jp-RenderedHTMLCommon">{theirs}{ours}</div>')
    assert [page.evaluate(LOOKS, place) for place in places] == before
    assert page.evaluate(LOOKS, ".finding td.number")[3] == "right"
    assert page.evaluate("getComputedStyle(document.querySelector('.finding h3')).color") == "rgb(22, 33, 58)"
    assert page.evaluate("getComputedStyle(document.querySelector('.finding tbody tr')).backgroundColor") == "rgba(0, 0, 0, 0)"
    page.close()
