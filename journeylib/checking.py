"""`journey check`: what is wrong with a client's parameters, files and decisions, which format a file is in, what another stage model would show."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from journeylib.errors import JourneyError, ParameterError
from journeylib.project import Project
from journeylib.screen import screen, short


def check_client(name: str, project: Project) -> bool:
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
        names = ", ".join(found) if found else f"no file {client.sources[source].file!r} in {short(client.data_folder, project)}"
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


def guess_files(paths: list[Path]) -> None:
    """For each file the format it is in, and the block to paste."""
    from journeylib.collect.suggestions import say_file

    for path in paths:
        if not path.is_file():
            raise ParameterError(f"No file {str(path)!r}. Give the path of a raw file, e.g. data/acme/orders.csv.")
        screen.print(escape(say_file(path)))


def compare_models(name: str, other: str, project: Project) -> None:
    """How the client's stages would fall in another stage model, what of its numbers would be put together or gone, and what to mend in its parameters.

    Raises
    ------
    ParameterError
        No such stage model, or mistakes in the parameters as they are.
    """
    from journeylib.agreement import disagreements
    from journeylib.errors import nearest
    from journeylib.parameters import load_client
    from journeylib.stages import in_model, load_stage_model, shipped_models
    from journeylib.stages.comparing import say_correspondence
    from journeylib.wording import Words

    if other not in shipped_models():
        raise ParameterError(f"No stage model {other!r}{nearest(other, shipped_models(), '.')} Known: {', '.join(shipped_models())}.")
    client = load_client(name, project=project)
    words, first, second = Words(client.language, client.currency, client.timezone), load_stage_model(client), load_stage_model(in_model(client, other))
    screen.print(f"{escape(name)}: {escape(words.label(first.name))} → {escape(words.label(second.name))}")
    for said in [*say_correspondence(first, second, words), *_say_losses(name, first, second, words)]:
        screen.print(f"  · {escape(said)}")
    wrong = disagreements(client.model_copy(update={"stage_model": other}))
    screen.print(f"  To choose it: `stage_model: {other}`{', and mend:' if wrong else '; nothing else in the parameters has to change.'}")
    for place, message in wrong:
        screen.print(f"  [yellow]![/] {escape('.'.join(map(str, place)))}: {escape(message)}")


def _say_losses(name, first, second, words) -> list[str]:
    """How many journeys what is put together or no longer shown is about; nothing where no events can be read."""
    from journeylib.run import open_run
    from journeylib.stages.conversion import atom_presence, convert, say_losses
    from journeylib.steps import collect_sources

    try:
        log = collect_sources(open_run(name)).log
    except JourneyError as error:
        screen.print(f"  [yellow]![/] {escape(f'Not counted: {error}')}")
        return []
    return say_losses(convert(atom_presence(log), first, second), first, second, words) if log is not None and len(log) else []


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
    from journeylib.improve.flows import read_flows
    from journeylib.improve.wordings import read_wordings

    seen = list(inspect_each(client, answers))
    told |= {each.source: told.get(each.source, "") + "".join(f" [{how}]" for how in dict.fromkeys(each.read_as) if how) for each in seen}
    found, remarks = [each.problem for each in seen if each.problem], [remark for each in seen for remark in each.remarks]
    for read in (read_decisions, read_agreed_actions, read_changes, read_topics, read_flows, read_wordings):
        try:
            read(client)
        except JourneyError as error:
            found.append(str(error))
    return found, [*remarks, *([] if found else _flow_remarks(client))]


def _flow_remarks(client) -> list[str]:
    """What does not hold together in the client's own follow-up flows, cell by cell, in the client's language."""
    from journeylib.findings.follow_up_flows import say_problem
    from journeylib.improve.flows import header_of, read_flows
    from journeylib.improve.nurturing import flow_problems
    from journeylib.presets import resolved_thresholds
    from journeylib.stages import load_stage_model
    from journeylib.wording import Words

    problems = flow_problems(read_flows(client), load_stage_model(client), contacts_a_week=resolved_thresholds(client).contacts_a_week, header=header_of(client))
    words = Words(client.language, client.currency, client.timezone)
    return [f"flows.csv, {row['cell']}: {say_problem(words, client, row)}" for _, row in problems.iterrows()]


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
