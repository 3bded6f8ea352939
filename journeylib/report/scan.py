"""The last look before delivery: nothing in a report reaches outside it, runs code, or names a customer."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pandas as pd
import pyarrow.parquet as pq

from journeylib.errors import RunError
from journeylib.personal_data import Names, personal_data_in

ADDRESSES = {"src", "href", "xlink:href", "srcset", "poster", "data", "action", "formaction", "background", "manifest", "ping", "cite"}
FORBIDDEN = {"script", "iframe", "object", "embed", "base", "link", "form", "frame", "applet", "portal"}
STYLED = {"style", "fill", "stroke", "filter", "clip-path", "mask", "marker-start", "marker-mid", "marker-end"}
#: Attributes that place and size a drawing: numbers nobody reads, which may look like telephone numbers.
DRAWN = {"d", "points", "transform", "viewbox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "dx", "dy", "r", "rx", "ry", "style"}
_STYLE_ADDRESS = re.compile(r"url\((?!\s*[\"']?(?:#|data:image/))|@import|image-set\(|expression\(", re.I)
_SVG_INSIDE = re.compile(r"data:image/svg\+xml(?P<base64>[^,]*;base64)?[^,]*,(?P<data>.*)", re.DOTALL | re.IGNORECASE)


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
        if name not in DRAWN:
            self.shown += _readable(value)

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

    def handle_comment(self, data):
        self.shown.append(data)


def _readable(value) -> list[str]:
    """The text of an attribute: of a drawing inside it, the drawing's; of another picture, nothing."""
    drawing = _SVG_INSIDE.match(value.strip())
    if drawing:
        data = unquote_to_bytes(drawing["data"])
        return read_page((base64.b64decode(data) if drawing["base64"] else data).decode("utf-8")).shown
    return [] if value.startswith("data:image/") or not value else [value]


def read_page(text: str) -> _Page:
    """An HTML or SVG text, read: `.shown` texts, comments and attributes, `.outside` references and `.links` to files beside it."""
    page = _Page()
    page.feed(text)
    page.close()
    return page


def scan_delivery(folder: Path, *, names: Names | None = None, own_contacts: Collection[str] = ()) -> None:
    """Refuse a finished folder that refers outside itself, runs code or shows personal data.

    Read are pages and pictures (.html, .svg), findings and records (.json), executed notebooks (.ipynb), tables (.parquet, .csv)
    and plain texts (.txt, .md), with the names of files and columns. A file that cannot be read, or of a kind nobody has
    taught the scan, is refused, too. The message names file and kind, never the value. A picture (.png)
    goes out only beside the drawing (.svg) it was made from, whose words are read; what is in the pixels is not.

    Parameters
    ----------
    names : the client's people, hashed; none = names are not looked for.
    own_contacts : texts that are no secret: the client's own contacts, as its parameters list them.

    Raises
    ------
    RunError
        With one line for each file that may not leave the house.
    """
    problems = [problem for path in sorted(folder.rglob("*")) if path.is_file() for problem in _problems(path, folder, names, own_contacts)]
    if problems:
        raise RunError("Not delivered. " + "; ".join(problems) + ". Take it out of the source, declare the column as personal in its format, or list the client's own contacts under `privacy.own_contacts`.")


def _problems(path, folder, names, own_contacts) -> Iterator[str]:
    name = path.relative_to(folder).as_posix()
    if personal_data_in(name, names, own_contacts):
        name = f"a {path.suffix} file"
        yield f"the name of {name} looks like personal data"
    if path.suffix == ".png":
        if not path.with_suffix(".svg").is_file():
            yield f"{name} is a picture without the drawing (.svg) it was made from"
        return
    if path.suffix not in READERS:
        yield f"{name} is of a kind that cannot be looked through ({', '.join(sorted(READERS))} can)"
        return
    try:
        kinds = sorted({kind for text in dict.fromkeys(READERS[path.suffix](path)) for kind in personal_data_in(text, names, own_contacts)})
        outside = list(_outside(path, folder, name)) if path.suffix in {".html", ".svg"} else []
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error, binascii.Error) as error:
        yield f"{name} could not be looked through ({type(error).__name__})"
        return
    yield from outside
    if kinds:
        yield f"{name} shows what looks like personal data: {', '.join(kinds)}"


def _outside(path, folder, name) -> Iterator[str]:
    page = read_page(path.read_text(encoding="utf-8"))
    missing = sorted({link for link in page.links if not (path.parent / link).resolve().is_relative_to(folder.resolve()) or not (path.parent / link).exists()})
    if page.outside:
        yield f"{name} refers outside itself or runs code: {', '.join(sorted(set(page.outside)))}"
    if missing:
        yield f"{name} links to {', '.join(missing)}, which is not delivered"


# --- the texts of each kind of file -----------------------------------------------------------------------------------


def _texts_of_page(path: Path) -> list[str]:
    return read_page(path.read_text(encoding="utf-8")).shown


def _texts_of_record(path: Path) -> Iterator[str]:
    return _leaves(json.loads(path.read_text(encoding="utf-8")))


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


def _texts_of_notebook(path: Path) -> Iterator[str]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    yield from _leaves(notebook["metadata"])
    for cell in notebook["cells"]:
        yield "".join(cell["source"])
        yield from _leaves(cell["metadata"])
        for output in cell.get("outputs", ()):
            yield from _texts_of_output(output)


def _texts_of_output(output) -> Iterator[str]:
    for key, value in output.items():
        if key != "data":
            yield from _leaves(value)
    for kind, value in output.get("data", {}).items():
        text = "".join(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value
        if kind in {"text/html", "image/svg+xml"}:
            yield from read_page(text).shown
        elif not kind.startswith("image/"):
            yield from _leaves(text)


def _texts_of_table(path: Path) -> Iterator[str]:
    frame = pd.read_parquet(path)
    yield from (str(name) for name in frame.columns)
    yield from (value.decode("utf-8") for key, value in (pq.read_schema(path).metadata or {}).items() if key not in (b"pandas", b"ARROW:schema"))
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == object:
            yield from (str(value) for value in frame[name].dropna().unique())


def _texts_of_csv(path: Path) -> Iterator[str]:
    for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
        yield from row


def _texts_of_text(path: Path) -> list[str]:
    return [path.read_text(encoding="utf-8-sig")]


#: Ending of a file → how its texts are read. What is not here cannot be delivered.
READERS: dict[str, Callable[[Path], Iterator[str] | list[str]]] = {
    ".html": _texts_of_page, ".svg": _texts_of_page, ".json": _texts_of_record, ".ipynb": _texts_of_notebook,
    ".parquet": _texts_of_table, ".csv": _texts_of_csv, ".txt": _texts_of_text, ".md": _texts_of_text,
}  # fmt: skip
