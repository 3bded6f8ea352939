"""Stages come from the model: no stage's id or label stands in the code (M012)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import journeylib
from journeylib import knowledge

PACKAGE = Path(journeylib.__file__).parent
#: The simulator plays the client: its raw files name the stages of that client's own model.
PLAYS_THE_CLIENT = PACKAGE / "simulate"
#: Ids that are also ordinary words of the code: a column, an anchor, a touchpoint, a direction.
ORDINARY = {"before", "during", "after", "decision", "purchase"}
CODE = sorted(path for path in PACKAGE.rglob("*.py") if PLAYS_THE_CLIENT not in path.parents)


def _ids():
    models = knowledge.load("stage_models")["models"].values()
    return {stage["id"] for model in models for variant in model.get("anchors", {"": model}).values() for stage in variant["stages"]}


def _labels():
    labels = {label for text in knowledge.load("stage_models")["texts"].values() for label in text["label"].values()}
    return {label for label in labels if label.casefold() not in ORDINARY and len(label) > 5}


def _strings(tree):
    """Every string of the code that is not a docstring."""
    docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                  if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body
                  and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    return [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings]


def _compared_to_a_stage(tree):
    """Strings held against something called a stage: there even an ordinary word is a stage's id."""
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare) and "stage" in ast.unparse(node)]
    return [part for node in compared for part in _strings(node)]


def _hard_coded(source):
    tree = ast.parse(source)
    label = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(_labels())))
    named = [node for node in _strings(tree) if node.value in _ids() - ORDINARY or label.search(node.value)]
    return sorted({(node.lineno, node.value) for node in [*named, *(n for n in _compared_to_a_stage(tree) if n.value in _ids())]})


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_stage_name_stands_in_the_code(path):
    assert _hard_coded(path.read_text(encoding="utf-8")) == []


def test_the_search_finds_an_id_a_label_and_a_comparison():
    source = '"""awareness in a docstring"""\nx = "awareness"\ny = "Fas: Övervägande"\nz = stage.id == "decision"\ndecision = "decision"'
    assert _hard_coded(source) == [(2, "awareness"), (3, "Fas: Övervägande"), (4, "decision")]
