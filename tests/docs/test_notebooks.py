"""A notebook holds no logic: calls of the library under questions, nothing else (house rule 13)."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.IfExp, ast.Lambda, ast.ListComp, ast.DictComp, ast.SetComp,
             ast.GeneratorExp, ast.Try, ast.With, ast.BinOp)  # fmt: skip


def cells(notebook, kind):
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def test_there_are_three_notebooks():
    assert [notebook.stem for notebook in NOTEBOOKS] == ["01_data_collection", "02_mapping", "03_improvement_actions"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_holds_logic(notebook):
    wrong = [f"cell {i}: {type(node).__name__}" for i, cell in enumerate(cells(notebook, "code")) for node in ast.walk(ast.parse(source(cell))) if isinstance(node, FORBIDDEN)]
    assert wrong == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_imports_come_from_the_library_alone_and_cells_are_short(notebook):
    for cell in cells(notebook, "code"):
        assert len(source(cell).splitlines()) <= 6
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.Import):
                assert [name.name for name in node.names] == ["journeylib"]
            assert not isinstance(node, ast.ImportFrom) or node.module.startswith("journeylib")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_parameters_cell_is_tagged_and_holds_three_texts(notebook):
    tagged = [cell for cell in cells(notebook, "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    names = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(source(tagged[0])).body}
    assert set(names) == {"client", "as_of", "work"}
    assert all(isinstance(value, str) for value in names.values())


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_number_is_typed_in_prose_and_no_output_is_stored(notebook):
    for cell in cells(notebook, "markdown"):
        prose = "\n".join(line for line in re.sub(r"`[^`]*`", "", source(cell)).splitlines() if not line.startswith("#"))
        assert not re.search(r"(?<![A-Za-z])\d", prose.replace("B2C", "").replace("B2B", "")), prose
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(notebook, "code"))
