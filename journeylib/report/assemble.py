"""Executed notebooks → one notebook of findings, in the report's order."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

# nbformat would compile a grammar nothing here uses (jsonschema #1428): two seconds in every process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
from nbformat import NotebookNode  # noqa: E402

from journeylib.errors import RunError, nearest  # noqa: E402
from journeylib.findings import FINDING_MIME, SECTIONS  # noqa: E402

_ID = re.compile(r"""(?<=[\s"'])id=(["'])([^"']+)\1""")
_REFERENCE = re.compile(
    r"""url\((?P<quote>["']?)\#(?P<url>[^)"']+)(?P=quote)\)|(?<=\s)(?P<attribute>href|xlink:href|for)=(?P<mark>["'])\#?(?P<one>[^"'#]+)(?P=mark)"""
    r"""|(?<=\s)(?P<list>aria-labelledby|aria-describedby|aria-controls|headers)=(?P<tick>["'])(?P<many>[^"']+)(?P=tick)""", re.X)  # fmt: skip


def collect_findings(notebooks: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Every finding of the executed notebooks as an output, by section and then in notebook order.

    Raises
    ------
    RunError
        No notebook shows a finding, or one names a section the report does not have.
    """
    found = [output for notebook in notebooks for cell in notebook.cells for output in cell.get("outputs", ())
             if FINDING_MIME in output.get("data", {})]  # fmt: skip
    for output in found:
        _refuse_unknown_section(output["data"][FINDING_MIME])
    if not found:
        raise RunError("The notebooks show no finding, so there is nothing to report. Let a cell end with a Finding.")
    return sorted(found, key=lambda output: SECTIONS.index(output["data"][FINDING_MIME]["section"]))


def _refuse_unknown_section(finding):
    section = finding["section"]
    if section not in SECTIONS:
        raise RunError(f"Finding {finding['id']!r} stands in section {section!r}, which the report does not have"
                       f"{nearest(section, SECTIONS)} Sections: {', '.join(SECTIONS)}.")  # fmt: skip


def combine(notebooks: Sequence[NotebookNode], frame: dict) -> NotebookNode:
    """One notebook that holds the findings alone, with the frame in its metadata; what the exporter draws.

    Ids are made unique over the whole report: the second `chart` becomes `chart-2`, and so do the references to it beside it.
    """
    taken: dict[str, int] = {}
    cells = []
    for number, output in enumerate(collect_findings(notebooks), start=1):
        finding = dict(output["data"][FINDING_MIME])
        html = unique_ids(_text(output["data"].get("text/html", "")), taken)
        data = {"text/html": html, FINDING_MIME: finding}
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])
        cells.append(cell | {"id": f"finding-{number}", "metadata": {"finding": finding}})
    return nbformat.v4.new_notebook(cells=[nbformat.from_dict(cell) for cell in cells], metadata={"journey": frame})


def unique_ids(html: str, taken: dict[str, int]) -> str:
    """`html` with every id that is already `taken` given a number, and its own references following it.

    >>> taken = {}
    >>> unique_ids('<p id="a">', taken), unique_ids('<p id="a"><a href="#a">', taken)
    ('<p id="a">', '<p id="a-2"><a href="#a-2">')
    """
    renamed = {}
    for name in dict.fromkeys(match[2] for match in _ID.finditer(html)):
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            renamed[name] = f"{name}-{taken[name]}"
            taken[renamed[name]] = 1
    if not renamed:
        return html
    html = _ID.sub(lambda match: f"id={match[1]}{renamed.get(match[2], match[2])}{match[1]}", html)
    return _REFERENCE.sub(lambda match: _renamed_reference(match, renamed), html)


def _renamed_reference(match, renamed):
    if match["url"]:
        return match[0].replace(f"#{match['url']}", f"#{renamed.get(match['url'], match['url'])}")
    if match["many"]:
        names = " ".join(renamed.get(name, name) for name in match["many"].split())
        return f"{match['list']}={match['tick']}{names}{match['tick']}"
    is_address = match["attribute"] != "for"
    if is_address and "#" not in match[0]:
        return match[0]
    return match[0].replace(match["one"] + match["mark"], renamed.get(match["one"], match["one"]) + match["mark"])


def _text(value) -> str:
    return value if isinstance(value, str) else "".join(value)
