"""Notebooks executed by papermill, each in a kernel of its own."""

from __future__ import annotations

import ast
import os
import re
import sys
import tempfile
from pathlib import Path

# nbformat would compile a grammar nothing here uses (jsonschema #1428): two seconds in every process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402
import papermill  # noqa: E402
from ipykernel.kernelspec import RESOURCES, get_kernel_dict  # noqa: E402
from jupyter_client.kernelspec import KernelSpec  # noqa: E402
from jupyter_client.manager import AsyncKernelManager  # noqa: E402
from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: E402
from nbformat import NotebookNode  # noqa: E402
from papermill.exceptions import PapermillExecutionError  # noqa: E402
from traitlets.config import Config  # noqa: E402

from journeylib import errors  # noqa: E402
from journeylib.errors import JourneyError, ParameterError, RunError, nearest  # noqa: E402
from journeylib.project import Project  # noqa: E402

#: The three notebooks, in the order of the way.
NOTEBOOKS = ("01_data_collection.ipynb", "02_mapping.ipynb", "03_improvement_actions.ipynb")
#: What a notebook is told; its cell tagged `parameters` declares exactly these.
PARAMETERS = ("client", "as_of", "work")
CELL_SECONDS = 3600
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_KERNEL_FILE = re.compile(r"\S*ipykernel_\d+/\d+\.py")


class OwnKernel(AsyncKernelManager):
    """A kernel of the interpreter that runs this, whatever kernels are registered under the name `python3`."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def find_notebooks(project: Project) -> tuple[Path, ...]:
    """The three notebooks, checked to be there and to declare exactly the parameters they are given.

    Raises
    ------
    RunError
        A notebook is missing, has not one cell tagged `parameters`, or declares other names.
    """
    paths = tuple(project.notebooks / name for name in NOTEBOOKS)
    for path in paths:
        if not path.is_file():
            raise RunError(f"No notebook notebooks/{path.name}; a report needs {', '.join(NOTEBOOKS)}.")
        declared = declared_parameters(path)
        if set(declared) != set(PARAMETERS):
            raise RunError(f"notebooks/{path.name} declares {', '.join(declared) or 'no parameters'}; expected {', '.join(PARAMETERS)}.")
    return paths


def declared_parameters(path: Path) -> tuple[str, ...]:
    """Names set in the cell tagged `parameters`."""
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    if len(cells) != 1:
        raise RunError(f"notebooks/{path.name} has {len(cells)} cells tagged 'parameters'; expected one.")
    targets = [target for line in ast.parse(cells[0].source).body if isinstance(line, (ast.Assign, ast.AnnAssign))
               for target in (line.targets if isinstance(line, ast.Assign) else [line.target])]  # fmt: skip
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def execute(path: Path, parameters: dict[str, str]) -> NotebookNode:
    """The notebook with its outputs, run in a kernel of its own that stands in the notebook's folder.

    Nothing is written: a kernel talks over sockets in a folder of its own, and the executed notebook is returned.

    Raises
    ------
    ParameterError
        A parameter the notebook does not declare (papermill alone would only warn).
    RunError
        A cell failed, the kernel died or a cell took too long. A `JourneyError` raised inside keeps its own words;
        the traceback is kept in the exception's notes.
    """
    declared = declared_parameters(path)
    for name in parameters:
        if name not in declared:
            raise ParameterError(f"{path.name} has no parameter {name!r}{nearest(name, declared, '.')} It has: {', '.join(declared)}.")
    # papermill's own `cwd` changes the folder of the whole process, which threads share; the kernel's is its own.
    place = {"metadata": {"path": str(path.parent)}}
    with tempfile.TemporaryDirectory(prefix="journey-", ignore_cleanup_errors=True) as folder:
        try:
            return papermill.execute_notebook(
                str(path), None, parameters, kernel_name="python3", language="python", progress_bar=False, autosave_cell_every=0, execution_timeout=CELL_SECONDS,
                kernel_manager_class=OwnKernel, config=_sockets_in(folder), shutdown_kernel="immediate", resources=place,
            )  # fmt: skip
        except PapermillExecutionError as error:
            raise _failed_cell(path, error) from None
        except DeadKernelError:
            raise RunError(f"{path.name}: the kernel died, often for want of memory. Run the client alone (--jobs 1) to see.") from None
        except CellTimeoutError:
            raise RunError(f"{path.name}: a cell took longer than {CELL_SECONDS // 60} minutes.") from None


def _sockets_in(folder):
    """ZMQ ports race between kernels (papermill #511); sockets in a folder of the kernel's own do not."""
    if os.name != "posix":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/k", "connection_file": f"{folder}/kernel.json"}})


def _failed_cell(path, error):
    known = {kind.__name__ for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, JourneyError)}
    reason = error.evalue if error.ename in known else f"{path.name}, cell {error.cell_index + 1}: {error.ename}: {error.evalue}"
    failure = RunError(reason)
    if error.ename not in known:
        failure.add_note(_COLOUR.sub("", "\n".join(error.traceback)))
    return failure


def tidy(notebook: NotebookNode, work: Path) -> NotebookNode:
    """The executed notebook without what differs from run to run: times, process numbers, random ids, the working folder.

    Opened and run again it works in the usual folder.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for name in ("papermill", "execution", "ExecuteTime"):
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["source"] = re.sub(r"(?m)^work = .*$", 'work = ""', cell["source"])
        for output in cell.get("outputs", ()):
            _tidy_output(output, str(work))
    return notebook


def _tidy_output(output, work):
    if "text" in output:
        output["text"] = _KERNEL_FILE.sub("<cell>", output["text"]).replace(work, "work")
    for kind, value in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(value, str):
            output["data"][kind] = value.replace(work, "work")
    output.get("metadata", {}).pop("papermill", None)


def warnings_of(notebook: NotebookNode) -> list[str]:
    """What the cells wrote to the error stream, without colours, in order."""
    return [_COLOUR.sub("", output["text"]).strip() for cell in notebook.cells for output in cell.get("outputs", ())
            if output.output_type == "stream" and output.get("name") == "stderr"]  # fmt: skip
