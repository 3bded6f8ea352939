"""The last look before delivery: nothing in a report reaches outside it, runs code, or names a customer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from journeylib.collect.privacy import personal_data_in
from journeylib.errors import RunError

ADDRESSES = {"src", "href", "xlink:href", "srcset", "poster", "data", "action", "formaction", "background", "manifest", "ping", "cite"}
FORBIDDEN = {"script", "iframe", "object", "embed", "base", "link", "form", "frame", "applet", "portal"}
STYLED = {"style", "fill", "stroke", "filter", "clip-path", "mask", "marker-start", "marker-mid", "marker-end"}
SPOKEN = {"alt", "title", "aria-label", "content", "placeholder", "value"}
_STYLE_ADDRESS = re.compile(r"url\((?!\s*[\"']?(?:#|data:image/))|@import|image-set\(|expression\(", re.I)


class _Page(HTMLParser):
    """What an HTML or SVG text shows and what it refers to."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.outside: list[str] = []
        self.links: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag, attrs):
        self._in_style = tag == "style"
        if tag in FORBIDDEN:
            self.outside.append(f"<{tag}>")
        for name, value in attrs:
            self._look_at(tag, name, value or "")

    def _look_at(self, tag, name, value):
        if name.startswith("on"):
            self.outside.append(f"<{tag} {name}>")
        elif name in ADDRESSES:
            self._follow(tag, name, value.strip())
        elif (name in STYLED and _STYLE_ADDRESS.search(value)) or (name == "http-equiv" and value.lower() == "refresh"):
            self.outside.append(f"<{tag} {name}>")
        elif name in SPOKEN:
            self.shown.append(value)

    def _follow(self, tag, name, value):
        if value.startswith("#") or (tag in {"img", "image"} and value.startswith("data:image/")):
            return
        if tag == "a" and name == "href" and not re.match(r"[a-z][a-z0-9+.-]*:|//", value, re.I):
            self.links.append(value.split("#")[0])
        else:
            self.outside.append(f"<{tag} {name}>")

    def handle_endtag(self, tag):
        if tag == "style":
            self._in_style = False

    def handle_data(self, data):
        if self._in_style:
            self.outside += ["<style>"] if _STYLE_ADDRESS.search(data) else []
        elif data.strip():
            self.shown.append(data.strip())


def read_page(text: str) -> _Page:
    """An HTML or SVG text, read: `.shown` texts, `.outside` references and `.links` to files beside it."""
    page = _Page()
    page.feed(text)
    page.close()
    return page


def scan_delivery(folder: Path) -> None:
    """Refuse a finished folder that refers outside itself, runs code or shows personal data.

    Read are pages and pictures (.html, .svg), findings and records (.json), executed notebooks' outputs (.ipynb) and the text
    columns of every table (.parquet). The message names file and kind, never the value.

    Raises
    ------
    RunError
        With one line for each file that may not leave the house.
    """
    problems = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".svg"}:
            problems += _outside(path, folder)
        kinds = sorted({kind for text in _texts(path) for kind in personal_data_in(text)})
        if kinds:
            problems.append(f"{path.relative_to(folder).as_posix()} shows what looks like personal data: {', '.join(map(str, kinds))}")
    if problems:
        raise RunError("Not delivered. " + "; ".join(problems) + ". Take it out of the source, or declare the column as personal in its format.")


def _outside(path, folder):
    page = read_page(path.read_text(encoding="utf-8"))
    name = path.relative_to(folder).as_posix()
    missing = sorted({link for link in page.links if not (path.parent / link).resolve().is_relative_to(folder.resolve()) or not (path.parent / link).exists()})
    found = [f"{name} refers outside itself or runs code: {', '.join(sorted(set(page.outside)))}"] if page.outside else []
    return found + ([f"{name} links to {', '.join(missing)}, which is not delivered"] if missing else [])


def _texts(path: Path) -> Iterator[str]:
    """The texts of a file that a person may read."""
    if path.suffix in {".html", ".svg"}:
        yield from read_page(path.read_text(encoding="utf-8")).shown
    elif path.suffix == ".json":
        yield from _leaves(json.loads(path.read_text(encoding="utf-8")))
    elif path.suffix == ".ipynb":
        yield from _outputs(json.loads(path.read_text(encoding="utf-8")))
    elif path.suffix == ".parquet":
        yield from _cells(pd.read_parquet(path))


def _leaves(node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(key)
            yield from _leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value)


def _outputs(notebook) -> Iterator[str]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            yield from _leaves(output.get("text", []))
            for kind, value in output.get("data", {}).items():
                text = "".join(value) if isinstance(value, list) else value
                yield from read_page(text).shown if kind in {"text/html", "image/svg+xml"} else _leaves(text)


def _cells(frame: pd.DataFrame) -> Iterator[str]:
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == object:
            yield from (str(value) for value in frame[name].dropna().unique())
