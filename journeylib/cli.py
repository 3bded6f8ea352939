"""The command `journey`: arguments in, outcomes out; all work is done elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from journeylib.errors import JourneyError, ParameterError
from journeylib.project import Project, find_project
from journeylib.screen import list_outcomes, progress, screen, short

app = typer.Typer(help="Customer-journey reports from a client's data.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


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
    screen.print(f"Wrote {short(path, project)}. Fill in what is left empty, put the raw files in data/{client}/, then: journey check {client}")


@app.command()
def check(
    clients: Annotated[list[str] | None, typer.Argument(help="Clients to check; none = all in params/.")] = None,
    guess: Annotated[list[Path] | None, typer.Option("--guess", help="A file: say which format it is in, how sure that is, and what to paste.")] = None,
    model: Annotated[str, typer.Option("--model", help="Another stage model: say how the clients' stages would fall in it, and what of their numbers is kept.")] = "",
) -> None:
    """Say what is wrong with clients' parameters and which source files are there; with --guess, which format a file is in; with --model, what another stage model would show."""
    from journeylib.checking import check_client, compare_models, guess_files

    if guess:
        guess_files([*guess, *map(Path, clients or [])])  # a shell's `*.csv` puts all files but the first behind
        return
    project = find_project()
    if model:
        for name in clients or _all_clients(project):
            compare_models(name, model, project)
        return
    bad = [name for name in clients or _all_clients(project) if not check_client(name, project)]
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
        with progress(len(names)) as watch:
            outcomes = run_clients(names, jobs=jobs, resume=resume, out=out, project=project, watch=watch)
    except KeyboardInterrupt:
        screen.print("Stopped. Finished reports stay; `journey report … --resume` does the rest.")
        os._exit(130)  # kernels end by themselves when this process is gone; finished reports are in place
    list_outcomes(outcomes, (out or project.reports), project)
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
        screen.print(f"· {escape(short(folder / name, project))}: {state}{' (filled in)' if state == 'kept' else ''}")
    found = read_kit(settings, model, folder)
    for mistake in found.mistakes:
        screen.print(f"[red]✗[/] {escape(mistake)}")
    if found.gathering is not None:
        _print_gathering(found.gathering, model, settings)
    for block in found.blocks:
        screen.print(f"\n{_where_to_paste(block, short(settings.params_file, project))}:\n\n{escape(block.text)}")
    if found.flows:
        screen.print(f"\nPaste into {escape(short(settings.folder / 'flows.csv', project))}:\n\n{escape(found.flows)}")
    if found.mistakes:
        raise typer.Exit(1)


def _where_to_paste(block, file) -> str:
    under = f", under its `{block.key}:`" if block.key else ""
    instead = f", in place of {', '.join(block.instead_of)}" if block.instead_of else ""
    return f"Paste into {escape(str(file))}{escape(under + instead)}"


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder of the earlier report, e.g. reports/CLIENT/2025-10-15.")],
    new: Annotated[Path, typer.Argument(help="Folder of the later report.")],
) -> None:
    """Say what moved between two delivered reports: stages, gaps, actions and effects; what is counted differently is said, not compared."""
    from journeylib.findings.since import say_difference
    from journeylib.improve.previous import read_delivery

    for line in say_difference(read_delivery(old), read_delivery(new)):
        screen.print(escape(line))


@app.command(name="list")
def list_people(
    client: Annotated[str, typer.Argument(help="Client, by name or by parameter file.")],
    target: Annotated[str, typer.Argument(help="Whom: buy (likely to buy soon) or leave (customers likely to leave).")],
    own_ids: Annotated[bool, typer.Option("--own-ids", help="Also write the ids by which the client's own systems know those on the list.")] = False,
    as_of: Annotated[str, typer.Option("--as-of", help="A data cut that overrides the parameters', e.g. 2026-01-15.")] = "",
) -> None:
    """Write a list of whom to contact to data/CLIENT/lists/, some left alone by lot; none where it cannot be predicted or nobody has consented."""
    from journeylib.errors import nearest
    from journeylib.findings.listing import list_customers
    from journeylib.predict import TARGETS
    from journeylib.run import open_run

    if target not in TARGETS:
        raise ParameterError(f"Got {target!r}; expected one of {', '.join(TARGETS)}{nearest(target, TARGETS, '.')}")
    listed = list_customers(open_run(client, as_of=as_of), target, with_own_ids=own_ids)
    for sentence in listed.sentences:
        screen.print(escape(sentence))
    if listed.file is None:
        raise typer.Exit(1)
    done = {"written": "Wrote", "added": "Added the clients' own ids to", "kept": "Already there"}
    screen.print(f"{done[listed.state]}: {escape(short(listed.file, find_project()))}")
    screen.print(f"\nTo have it judged, paste into changes.csv, with the day contact begins as start_on:\n\n{escape(listed.change)}")


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
        screen.print(f"Wrote {escape(short(written, find_project()))}. Give each topic you accept a label; lines without one count for nothing.")
    else:
        screen.print(f"Not in your {FILE} yet. Add the lines you accept, with a label:\n\n{escape(topic_form(suggested))}")


def _all_clients(project: Project) -> list[str]:
    names = sorted(path.stem for path in project.params.glob("*.yml"))
    if not names:
        raise ParameterError("No client in params/. Make one with: journey new CLIENT")
    return names


if __name__ == "__main__":
    main()
