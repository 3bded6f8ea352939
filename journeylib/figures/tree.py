"""A tree from one goal through its parts to what is done for each; what hangs loose is marked. Nested lists, read in order by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journeylib.figures.tables import set_text


@dataclass(frozen=True)
class Node:
    """One node: its name, a line on it, the nodes below, and a word where it hangs loose."""

    name: str
    note: str = ""
    below: tuple[Node, ...] = ()
    loose: str = ""


def draw_tree(top: Node, *, alt: str, strays: Sequence[Node] = (), strays_heading: str = "") -> str:
    """The tree under its top; `strays` hang on nothing and stand under a heading of their own."""
    apart = f'<li><span class="tree-name">{set_text(strays_heading)}</span>{_list(strays)}</li>' if strays else ""
    return f'<figure class="tree" role="group" aria-label="{escape(alt, quote=True)}"><ul>{_node(top)}{apart}</ul></figure>'


def _list(nodes):
    return f"<ul>{''.join(_node(node) for node in nodes)}</ul>" if nodes else ""


def _node(node):
    loose = f' <span class="tag tag-found">{escape(node.loose)}</span>' if node.loose else ""
    note = f' <span class="tree-note">{set_text(node.note)}</span>' if node.note else ""
    return f'<li><span class="tree-name">{set_text(node.name)}</span>{note}{loose}{_list(node.below)}</li>'
