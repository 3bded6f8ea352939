"""A project small enough to run in a test: three tiny notebooks and clients made of a few lines."""

from __future__ import annotations

from pathlib import Path

import nbformat

from journeylib.project import Project

PARAMETERS = 'client = "anna"\nas_of = ""\nwork = ""'

COLLECT = """
from pathlib import Path
import pandas as pd
from journeylib.findings import Finding
from journeylib.parameters import load_client
me = load_client(client, as_of=as_of or None)
Path(work, "tables").mkdir(parents=True)
Path(work, "people.json").write_text('{"known": [], "first": []}')
pd.DataFrame({"stage": ["awareness", "decision"], "n_reached": [80, 30]}).to_parquet(Path(work, "tables", "funnel.parquet"))
""", """
Finding("which_data", "appendix", "Vilka data?", f"Två källor från {me.name}", text=(me.offer or "",))
"""  # fmt: skip

MAP = """
import time, sys, os
from pathlib import Path
from journeylib.findings import Finding
from journeylib.parameters import load_client
me = load_client(client, as_of=as_of or None)
""", """
Path(work, "journey-map.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>karta</text></svg>')
""", """
gate = Path(os.environ.get("SMALL_GATE", "") or "nowhere")
while me.offer == "waits" and gate.exists(): Path(f"{gate}.reached").touch(), time.sleep(0.05)
""", """
1 / (me.offer != "fails")
""", """
from journeylib.errors import SourceError
def stop(): raise SourceError("sales.csv: no column 'when'. Found: 'date'.")
stop() if me.offer == "no column" else None
""", """
os._exit(9) if me.offer == "dies" else None
""", """
print("slow", file=sys.stderr)
"""  # fmt: skip

IMPROVE = """
from journeylib.findings import Finding
picture = '<figure><svg viewBox="0 0 9 9"><g id="a"><use href="#a"/></g></svg></figure>'
""", """
Finding("where", "numbers", "Var?", "Flest lämnar före beslutet: 50 av 80", picture=picture)
""", """
Finding("first", "essentials", "Vad först?", "Ring de öppna affärerna", picture=picture, state="close")
"""  # fmt: skip


def make_project(root: Path) -> Project:
    """An empty project with the three notebooks."""
    for name in ("params", "notebooks", "data", "reports"):
        (root / name).mkdir(parents=True)
    for name, cells in (("01_data_collection", COLLECT), ("02_mapping", MAP), ("03_improvement_actions", IMPROVE)):
        write_notebook(root / "notebooks" / f"{name}.ipynb", cells)
    return Project(root)


def write_notebook(path: Path, cells, parameters: str = PARAMETERS) -> None:
    """A notebook with a parameters cell, the cells, and a note that must never reach a report."""
    tagged = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    note = nbformat.v4.new_markdown_cell("# ANALYST NOTE")
    nbformat.write(nbformat.v4.new_notebook(cells=[note, tagged, *(nbformat.v4.new_code_cell(cell.strip()) for cell in cells)]), path)


def add_client(project: Project, slug: str, *, language: str = "sv", goal: str = "more_conversions", **more: str) -> str:
    """Parameters of a client in a few lines."""
    lines = [f"name: {more.pop('name', slug.title())}", f"language: {language}", "market: b2b", f"goal: {goal}", "as_of: 2026-01-15"]
    lines += [f"{key}: {value}" for key, value in more.items()]
    (project.params / f"{slug}.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return slug


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path inside it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def unstamped(files: dict[str, bytes]) -> dict[str, list[bytes]]:
    """The files' lines without the one line that tells when they were made."""
    return {name: [line for line in text.splitlines() if b'class="stamp"' not in line and b'"stamp"' not in line] for name, text in files.items()}
