"""Delivered reports as a test reads them: the files, the page's texts and where on the page they stand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup, NavigableString

from journeylib.client import Client
from journeylib.parameters import load_client
from journeylib.simulate import Truth, simulate

ROOT = Path(__file__).parents[2]
DEMOS = {"norrsken_it": "sv", "fjordhelse": "nb", "lind_raadgivning": "da", "harbour_bikes": "en"}
REAL = {"online_retail": "en", "crm_sales_opportunities": "sv", "completejourney": "da", "ecom_events_synthetic": "nb"}
ALL = {**DEMOS, **REAL}
#: Clients whose report is made twice, with two salts: of the second one's needs it is not sure which comes before which.
TWICE = ("norrsken_it", "lind_raadgivning")
#: What a screen reader says, beside the texts.
SPOKEN = ("alt", "aria-label", "title", "placeholder")


@cache
def truth_of(slug: str) -> Truth:
    """What a demo client's files were drawn from."""
    client = load_client(slug)
    return simulate(client.simulate, client.seed)


def parameter_file(slug: str) -> str:
    """How a report of a client is asked for."""
    return slug if slug in DEMOS else str(ROOT / "tests" / "clients" / f"{slug}.yml")


@dataclass(frozen=True)
class Report:
    """One client's delivered folder."""

    slug: str
    folder: Path

    @cached_property
    def client(self) -> Client:
        return load_client(parameter_file(self.slug))

    @property
    def language(self) -> str:
        return self.client.language

    @cached_property
    def html(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    @cached_property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def findings(self) -> dict[str, dict]:
        return {finding["id"]: finding for finding in json.loads((self.folder / "findings.json").read_text(encoding="utf-8"))}

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "tables" / f"{name}.parquet")

    @cached_property
    def files(self) -> dict[str, bytes]:
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}

    @cached_property
    def texts(self) -> list[str]:
        """Every text a reader sees or hears: page, its picture descriptions, the map's own file and the findings."""
        sheet = BeautifulSoup((self.folder / "journey-map.svg").read_text(encoding="utf-8"), "html.parser")
        said = [text for one in self.findings.values() for text in (one["question"], one["takeaway"], *one["text"], one["so_what"])]
        return list(dict.fromkeys(text for text in [*shown_in(self.page), *shown_in(sheet), *said] if text))

    def cells(self, finding: str) -> list[list[str]]:
        """The rows of a finding's tables, as the reader sees them."""
        section = self.page.find("section", id=finding)
        return [[plain(cell.get_text(" ", strip=True)) for cell in row.find_all(["td", "th"])] for row in section.find_all("tr")]

    def body(self) -> BeautifulSoup:
        """The page without what is folded away, the appendix, the contents and the drawings."""
        page = BeautifulSoup(self.html, "html.parser")
        for part in page.select("details, .chapter-appendix, nav, header, footer, svg, style, head, a.skip, .map-table"):
            part.decompose()
        return page


def shown_in(page: BeautifulSoup) -> list[str]:
    """Texts and spoken attributes of a page or a drawing."""
    texts = [plain(text) for text in page.find_all(string=True) if type(text) is NavigableString and text.parent.name not in ("style", "script")]
    spoken = [plain(element[name]) for element in page.find_all(True) for name in SPOKEN if element.get(name)]
    return [text for text in [*texts, *spoken] if text.strip()]


def plain(text: str) -> str:
    """A text with ordinary spaces and without soft hyphens."""
    return re.sub(r"\s+", " ", text.replace("\N{SOFT HYPHEN}", "")).strip()


def words_in(text: str) -> list[str]:
    """Words in small letters; an apostrophe belongs to its word, a hyphen and `_` part two. What holds a digit is no word."""
    return [word for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold()) if len(word) > 1 and not re.search(r"\d", word)]
