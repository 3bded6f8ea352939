"""The command `journey`: arguments in, outcomes out; all work is done elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from journeylib.errors import JourneyError, ParameterError
from journeylib.project import Project, find_project

if TYPE_CHECKING:
    from journeylib.batch import Outcome

app = typer.Typer(help="Customer-journey reports from a client's data.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
screen = Console(highlight=False, soft_wrap=True)
#: Steps of one client's run: three notebooks and the report.
_STEPS = 4


def main() -> None:
    """Run the command; a mistake a user can mend is one message, never a traceback."""
    try:
        app()
    except JourneyError as error:
        screen.print(f"[red]{escape(str(error))}[/]")
        raise SystemExit(1) from None


@app.command()
def new(client: Annotated[str, typer.Argument(help="Short name of the new client: small letters, digits, _ and -.")]) -> None:
    """Write params/CLIENT.yml with every key explained, and a folder for its raw files."""
    from journeylib.new_client import write_new_client

    project = find_project()
    path = write_new_client(client, project)
    screen.print(f"Wrote {_short(path, project)}. Fill in what is left empty, put the raw files in data/{client}/, then: journey check {client}")


@app.command()
def check(
    clients: Annotated[list[str] | None, typer.Argument(help="Clients to check; none = all in params/.")] = None,
    guess: Annotated[list[Path] | None, typer.Option("--guess", help="A file: say which format it is in, how sure that is, and what to paste.")] = None,
) -> None:
    """Say what is wrong with clients' parameters and which source files are there; or, with --guess, which format a file is in."""
    if guess:
        _guess_files(guess)
        return
    project = find_project()
    bad = [name for name in clients or _all_clients(project) if not _check_whatever_comes(name, project)]
    if bad:
        raise typer.Exit(1)


@app.command()
def report(
    clients: Annotated[list[str] | None, typer.Argument(help="Clients, by name or by parameter file.")] = None,
    all_clients: Annotated[bool, typer.Option("--all", help="Every client in params/.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Clients side by side; none = one a processor core.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Leave clients alone whose finished report is still up to date.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the reports; none = reports/.")] = None,
) -> None:
    """Make reports; clients that fail are listed at the end and leave the others untouched."""
    project = find_project()
    if all_clients and clients:
        raise ParameterError("Got both clients and --all; expected one of them.")
    names = _all_clients(project) if all_clients else clients
    if not names:
        raise ParameterError("No client to report on. Name some, or give --all for every client in params/.")
    from journeylib.batch import run_clients

    try:
        with _progress(len(names)) as watch:
            outcomes = run_clients(names, jobs=jobs, resume=resume, out=out, project=project, watch=watch)
    except KeyboardInterrupt:
        screen.print("Stopped. Finished reports stay; `journey report … --resume` does the rest.")
        os._exit(130)  # kernels end by themselves when this process is gone; finished reports are in place
    _list_outcomes(outcomes, (out or project.reports), project)
    if any(outcome.state == "failed" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def kit(
    client: Annotated[str, typer.Argument(help="Client, by name or by parameter file.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the kit; none = data/CLIENT/kit/.")] = None,
) -> None:
    """Write sheets to fill in (interview guide, survey, coding sheet, registers), check those that came back, and print their sources."""
    from journeylib.kit import kit_folder, read_kit, write_kit
    from journeylib.parameters import load_client
    from journeylib.stages import load_stage_model

    project = find_project()
    settings = load_client(client, project=project)
    model, folder = load_stage_model(settings), (out or kit_folder(settings)).resolve()
    for name, state in write_kit(settings, model, folder).items():
        screen.print(f"· {escape(_short(folder / name, project))}: {state}{' (filled in)' if state == 'kept' else ''}")
    found = read_kit(settings, model, folder)
    for mistake in found.mistakes:
        screen.print(f"[red]✗[/] {escape(mistake)}")
    if found.gathering is not None:
        _print_gathering(found.gathering, model, settings)
    screen.print(f"\nPaste into {escape(_short(settings.params_file, project))}:\n\n{escape(found.parameters)}")
    if found.mistakes:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder of the earlier report, e.g. reports/CLIENT/2025-10-15.")],
    new: Annotated[Path, typer.Argument(help="Folder of the later report.")],
) -> None:
    """Say what moved between two delivered reports: stages, gaps, actions and effects; what is counted differently is said, not compared."""
    from journeylib.findings.effects import say_difference
    from journeylib.improve.previous import read_delivery

    for line in say_difference(read_delivery(old), read_delivery(new)):
        screen.print(escape(line))


def _print_gathering(gathering, model, client) -> None:
    """Stages × personas heard, and what is to know about the asking, in the client's language."""
    from rich.table import Table

    from journeylib.kit import heard_table, say_gathering
    from journeylib.wording import Words

    words = Words(client.language, client.currency, client.timezone)
    title, header, rows = heard_table(gathering, model, words)
    table = Table(title=escape(title), title_justify="left")
    for number, name in enumerate(header):
        table.add_column(escape(name), justify="right" if number else "left")
    for row in rows:
        table.add_row(*map(escape, row))
    screen.print(table)
    for sentence in say_gathering(gathering, model, words):
        screen.print(f"· {escape(sentence)}")


@app.command()
def topics(client: Annotated[str, typer.Argument(help="Client, by name or by parameter file.")]) -> None:
    """Suggest topics for texts nobody has coded: a form in params/CLIENT/topics.csv to fill in, or, where one is there, what is new to it."""
    from journeylib.collect.topics import FILE, suggest_new, topic_form, write_form
    from journeylib.run import open_run
    from journeylib.steps import collect_sources

    run = open_run(client)
    suggested = suggest_new(collect_sources(run))
    if suggested.empty:
        screen.print("No topic to suggest: too few uncoded texts, none that hang together, or all of them on your list already.")
        return
    written = write_form(run.client, suggested)
    if written:
        screen.print(f"Wrote {escape(_short(written, find_project()))}. Give each topic you accept a label; lines without one count for nothing.")
    else:
        screen.print(f"Not in your {FILE} yet. Add the lines you accept, with a label:\n\n{escape(topic_form(suggested))}")


def _all_clients(project: Project) -> list[str]:
    names = sorted(path.stem for path in project.params.glob("*.yml"))
    if not names:
        raise ParameterError("No client in params/. Make one with: journey new CLIENT")
    return names


def _check_whatever_comes(name: str, project: Project) -> bool:
    """One client's check; a mistake of this program in it does not keep the other clients from theirs."""
    try:
        return _check_one(name, project)
    except JourneyError as error:
        screen.print(f"[red]✗[/] {escape(f'{name}: {error}')}")
    except Exception as error:
        screen.print(f"[red]✗[/] {escape(f'{name}: {type(error).__name__}: {error}. That is a mistake in journeylib, not in your files: please report it.')}")
    return False


def _check_one(name: str, project: Project) -> bool:
    """Print what is wrong with a client's parameters, or that nothing is."""
    from journeylib.parameters import load_client

    try:
        client = load_client(name, project=project)
    except ParameterError as error:
        screen.print(f"[red]✗[/] {escape(name)}")
        screen.print(escape(str(error)))
        _suggest_formats(name, project)
        return False
    files = _source_files(client)
    missing = [source for source, found in files if not found]
    answers, told = ({}, {}) if missing else _answers(client)
    problems, remarks = ([], []) if missing else _problems(client, answers, told)
    screen.print(f"[{'red' if missing or problems else 'green'}]{'✗' if missing or problems else '✓'}[/] {escape(name)}: {escape(client.name)}, {client.language}, {client.market}")
    for source, found in files:
        names = ", ".join(found) if found else f"no file {client.sources[source].file!r} in {_short(client.data_folder, project)}"
        screen.print(f"  {'[red]✗[/]' if source in missing else '·'} {escape(source)} ({client.sources[source].format}): {escape(names + told.get(source, ''))}")
    for problem in problems:
        screen.print(f"  [red]✗[/] {escape(problem)}")
    for remark in remarks:
        screen.print(f"  [yellow]![/] {escape(remark)}")
    if problems:
        from journeylib.collect.suggestions import suggest_instead

        for said in suggest_instead(client, problems):
            screen.print(f"\n{escape(said)}")
    return not missing and not problems


def _guess_files(paths: list[Path]) -> None:
    """For each file the format it is in, and the block to paste."""
    from journeylib.collect.suggestions import say_file

    for path in paths:
        if not path.is_file():
            raise ParameterError(f"No file {str(path)!r}. Give the path of a raw file, e.g. data/acme/orders.csv.")
        screen.print(escape(say_file(path)))


def _suggest_formats(name: str, project: Project) -> None:
    """For parameters that cannot be loaded: formats for the sources that name none we know."""
    from journeylib.collect.suggestions import suggest_missing

    params = Path(name) if name.endswith((".yml", ".yaml")) else project.params / f"{name}.yml"
    for said in suggest_missing(params, project.data / params.stem):
        screen.print(f"\n{escape(said)}")


def _answers(client) -> tuple[dict, dict[str, str]]:
    """What databases give to the sources' queries, or why not, and of each answer its rows and columns in words."""
    from journeylib.collect import try_databases
    from journeylib.collect.databases.columns import say_columns

    answers = try_databases(client)
    given = {source: answer for source, answer in answers.items() if not isinstance(answer, JourneyError)}
    return answers, {source: f", {answer.n_rows:,} rows: {say_columns(answer.frame)}" for source, answer in given.items()}


def _problems(client, answers, told) -> tuple[list[str], list[str]]:
    """What would stop the run once the parameters are right (files that cannot be read as declared, decisions with mistakes), and what counts for nothing.

    How each file was read is added to what is `told` of its source.
    """
    from journeylib.collect.inspection import inspect_each
    from journeylib.collect.topics import read_topics
    from journeylib.improve.changes import read_changes
    from journeylib.improve.decisions import read_agreed_actions, read_decisions

    seen = list(inspect_each(client, answers))
    told |= {each.source: told.get(each.source, "") + "".join(f" [{how}]" for how in dict.fromkeys(each.read_as) if how) for each in seen}
    found, remarks = [each.problem for each in seen if each.problem], [remark for each in seen for remark in each.remarks]
    for read in (read_decisions, read_agreed_actions, read_changes, read_topics):
        try:
            read(client)
        except JourneyError as error:
            found.append(str(error))
    return found, remarks


def _source_files(client) -> list[tuple[str, list[str]]]:
    """Each source with the files that are there, or its database; a demo client's files are written first."""
    from journeylib.collect.databases.answers import label_of

    if client.simulate:
        from journeylib.simulate import write_demo

        write_demo(client)
    return [(name, [label_of(client, name)] if source.database else _files_of(client, source.file)) for name, source in client.sources.items()]


def _files_of(client, pattern) -> list[str]:
    """Names of the files a source takes; a pattern that leads out of the folder takes its own name, and is refused when it is read."""
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        return [pattern]
    return sorted(path.name for path in client.data_folder.glob(pattern) if path.is_file())


def _short(path: Path, project: Project) -> str:
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)


@contextmanager
def _progress(n_clients: int) -> Iterator:
    """A line a client while it runs; gives the `watch` the batch calls."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[step]}"), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        lines: dict[str, int] = {}
        whole = progress.add_task(f"{n_clients} clients", total=None, step="checking parameters")

        def watch(slug: str, step: str) -> None:
            progress.update(whole, visible=False)
            if slug not in lines:
                lines[slug] = progress.add_task(slug, total=_STEPS, step=step)
            else:
                progress.update(lines[slug], advance=1, step=step)

        yield watch


def _list_outcomes(outcomes: list[Outcome], out: Path, project: Project) -> None:
    """One line a client, failures last with their one reason, and where to look."""
    for outcome in sorted(outcomes, key=lambda outcome: outcome.state == "failed"):
        if outcome.state == "failed":
            lines = outcome.reason.splitlines() or [""]
            more = f" (and {len(lines) - 1} more: journey check {outcome.slug})" if len(lines) > 1 else ""
            screen.print(f"[red]✗ {escape(outcome.slug)}[/]: {escape(lines[0] + more)}")
        else:
            word = "unchanged: " if outcome.state == "unchanged" else ""
            screen.print(f"[green]✓ {escape(outcome.slug)}[/]: {word}{escape(_short(outcome.folder / 'report.html', project))}")
            screen.print(f"  {escape(outcome.headline)}")
    n_failed = sum(outcome.state == "failed" for outcome in outcomes)
    screen.print(f"{len(outcomes) - n_failed} of {len(outcomes)} reports. Open {escape(_short(out.resolve() / 'index.html', project))}")


if __name__ == "__main__":
    main()
