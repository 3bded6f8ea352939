"""How findings look, once for the report and once for the notebook."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from journeylib.figures.palette import css_variables

_RULES = Path(__file__).with_name("figures.css")
#: What JupyterLab says of tables inside an output and a finding must unsay; doubled, so that it outweighs it.
_NOTEBOOK = """
  max-width: 1080px; padding: 14px 22px 20px; background: #fff; color: var(--ink); font-size: 15px; line-height: 1.5;
  font-family: -apple-system, "Segoe UI", Roboto, Inter, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums;
  & table { margin: 0; table-layout: auto; }
  & tbody tr, & tbody tr:nth-child(odd), & tbody tr:nth-child(even), & tbody tr:hover { background: none; }
  & .question { font-size: .93em; }
"""


@lru_cache(maxsize=1)
def figure_rules() -> str:
    """The rules of everything inside a finding, as they stand in `figures.css`."""
    return _RULES.read_text(encoding="utf-8")


def page_rules() -> str:
    """The rules for a page of findings: the palette as custom properties, then `figures.css`."""
    return f":root {{ {css_variables()} }}\n{figure_rules()}"


def notebook_style() -> str:
    """A style element under whose rules findings in a notebook look as in the report; nothing outside `.finding` is touched."""
    return f"<style>\n.finding.finding {{ {css_variables()}\n{figure_rules()}{_NOTEBOOK}}}\n</style>"
