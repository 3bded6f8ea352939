"""What the command shows in a terminal: lines, progress of the clients, and how each ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from journeylib.project import Project

if TYPE_CHECKING:
    from journeylib.batch import Outcome

screen = Console(highlight=False, soft_wrap=True)
#: Steps of one client's run: three notebooks and the report.
_STEPS = 4


def short(path: Path, project: Project) -> str:
    """A path as seen from the project."""
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)


@contextmanager
def progress(n_clients: int) -> Iterator:
    """A line a client while it runs; gives the `watch` the batch calls."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[step]}"), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as shown:
        lines: dict[str, int] = {}
        whole = shown.add_task(f"{n_clients} clients", total=None, step="checking parameters")

        def watch(slug: str, step: str) -> None:
            shown.update(whole, visible=False)
            if slug not in lines:
                lines[slug] = shown.add_task(slug, total=_STEPS, step=step)
            else:
                shown.update(lines[slug], advance=1, step=step)

        yield watch


def list_outcomes(outcomes: list[Outcome], out: Path, project: Project) -> None:
    """One line a client, failures last with their one reason, and where to look."""
    for outcome in sorted(outcomes, key=lambda outcome: outcome.state == "failed"):
        if outcome.state == "failed":
            lines = outcome.reason.splitlines() or [""]
            more = f" (and {len(lines) - 1} more: journey check {outcome.slug})" if len(lines) > 1 else ""
            screen.print(f"[red]✗ {escape(outcome.slug)}[/]: {escape(lines[0] + more)}")
        else:
            word = "unchanged: " if outcome.state == "unchanged" else ""
            screen.print(f"[green]✓ {escape(outcome.slug)}[/]: {word}{escape(short(outcome.folder / 'report.html', project))}")
            screen.print(f"  {escape(outcome.headline)}")
    n_failed = sum(outcome.state == "failed" for outcome in outcomes)
    screen.print(f"{len(outcomes) - n_failed} of {len(outcomes)} reports. Open {escape(short(out.resolve() / 'index.html', project))}")
