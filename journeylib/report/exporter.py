"""The nbconvert exporter `journey`: findings only, on a template of our own; `jupyter nbconvert --to journey` works too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from journeylib.figures.style import page_rules
from journeylib.findings import SECTIONS
from journeylib.report.assemble import combine  # first: it spares nbformat a needless grammar

from nbconvert.exporters.templateexporter import TemplateExporter  # isort: skip
from nbformat import NotebookNode  # isort: skip
from traitlets import default  # isort: skip
from traitlets.config import Config  # isort: skip

TEMPLATES = Path(__file__).parent / "templates"
STYLE = TEMPLATES / "journey" / "static" / "style.css"


def page_style() -> str:
    """The style of a page: the palette and the rules of findings, then those of the page around them."""
    return page_rules() + STYLE.read_text(encoding="utf-8")


class JourneyExporter(TemplateExporter):
    """Executed notebooks as a client report: findings by section, no code, no notes, no script, nothing fetched."""

    export_from_notebook = "Journey report"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    @default("template_name")
    def _template_name_default(self):
        return "journey"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self):
        return [str(TEMPLATES)]

    @property
    def default_config(self) -> Config:
        return Config({"RegexRemovePreprocessor": {"enabled": False}, "TagRemovePreprocessor": {"enabled": False}})

    def from_notebook_node(self, nb, resources: dict[str, Any] | None = None, **kw: Any):
        """HTML of a combined notebook, or of a single executed one as it lies."""
        combined = nb if "journey" in nb.metadata else combine([nb], _plain_frame(nb))
        resources = {**(resources or {}), "style": page_style(), "parts": _parts(combined)}
        return super().from_notebook_node(combined, resources, **kw)


def _parts(nb):
    """The sections that have findings, in order: (section, cells)."""
    by_section = {section: [cell for cell in nb.cells if cell.metadata.get("finding", {}).get("section") == section] for section in SECTIONS}
    return [(section, cells) for section, cells in by_section.items() if cells]


def _plain_frame(nb):
    from journeylib.report.frame import frame_words
    from journeylib.wording import Words

    words = Words(nb.metadata.get("language", "en"))
    return {**frame_words(words), "title": nb.metadata.get("title", "journeylib"), "goal": "", "example": "", "strip": [],
            "map_file": "", "provenance": [], "made": ""}  # fmt: skip


def make_report(notebooks: Sequence[NotebookNode], frame: dict) -> str:
    """The report as one HTML page.

    Parameters
    ----------
    notebooks : executed notebooks, in the order of the way.
    frame : from `report_frame`.
    """
    html, _ = JourneyExporter().from_notebook_node(combine(notebooks, frame))
    return html
