"""What no single key of a client's parameters can tell: names that must agree with one another, and values no run could use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from journeylib.client import Client
from journeylib.errors import nearest
from journeylib.knowledge import load
from journeylib.names import channel_id
from journeylib.personal_data import personal_data_in
from journeylib.slips import other_word, zone_of
from journeylib.stages import load_stage_model, stage_mistakes

#: A mistake as the place of its key and what to say of it.
Found = tuple[tuple[str | int, ...], str]


def disagreements(client: Client) -> list[Found]:
    """Every mistake that shows only when keys are held against one another, or against what there is to choose from."""
    return [*_stages(client), *_channels(client), *_period(client), *_targets(client), *_capacity(client), *_zones(client), *_formats(client), *_queries(client), *_rules(client), *_personas(client), *_focus(client), *_personal(client)]


def nearest_or_all(got: str, valid: Iterable[str]) -> str:
    """The nearest valid name, or where none is near, all of them."""
    meant = other_word(got, valid)
    return f"; did you mean {meant!r}?" if meant else nearest(got, valid, f"; expected one of {', '.join(valid)}")


def _personal(client) -> Iterator[Found]:
    """Every text of the parameters is delivered with the report, in `run.json` at least."""
    own = client.privacy.own_contacts
    for path, text in _texts(client.model_dump(mode="json", exclude={"data_folder", "params_file", "privacy"}), ()):
        kinds = personal_data_in(text, allowed=own)
        if kinds:
            yield path, f"holds what looks like personal data ({', '.join(kinds)}); take it out, or list it under `privacy.own_contacts` if it is the client's own"


def _texts(node, path) -> Iterator[Found]:
    """Every text with the place of its key; a key is a text, too."""
    if isinstance(node, str):
        yield path, node
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from _texts(key, (*path, key))
        yield from _texts(value, (*path, key))


def _stages(client) -> list[Found]:
    wrong = [(tuple(path), message) for path, message in stage_mistakes(client)]
    ids = [] if wrong else list(load_stage_model(client).all_ids)
    named = [(key, name) for key in ("targets", "kpis") for name in getattr(client, key)]
    told = [(("beliefs", key), name) for key in ("most_leave_at", "feels_worst_at") if (name := getattr(client.beliefs, key))]
    told += [(("beliefs", "brings_most_to", name), name) for name in client.beliefs.brings_most_to]
    told += [(("what_if", "capacity", name), name) for name in client.what_if.capacity]
    places = [*(((key, name), name) for key, name in named), *told]
    return wrong + [(place, f"no such stage{nearest_or_all(name, ids)}") for place, name in places if ids and name not in ids]


def _channels(client) -> Iterator[Found]:
    """A channel may bear the client's own word; one that is nearly a known one is taken for a slip."""
    known = load("channels")["channels"]
    for stage, channel in client.beliefs.brings_most_to.items():
        if channel_id(channel) is None and (hint := nearest(channel, known)):
            yield ("beliefs", "brings_most_to", stage), f"no such channel {channel!r}{hint}"


def _period(client) -> Iterator[Found]:
    if client.period and client.period.start > client.period.end:
        yield ("period", "start"), f"got {client.period.start}, expected a day before the end, {client.period.end}"
    elif client.period and client.period.start > client.as_of:
        yield ("period", "start"), f"got {client.period.start}, expected a day on or before the data cut, {client.as_of}"


def _targets(client) -> Iterator[Found]:
    for name, share in client.targets.items():
        if not 0 <= share <= 1:
            hint = f"; {share:g} % is {share / 100:g}" if 1 < share <= 100 else ""
            yield ("targets", name), f"got {share:g}, expected a share from 0 to 1{hint}"


def _capacity(client) -> Iterator[Found]:
    for name, n in client.what_if.capacity.items():
        if n <= 0:
            yield ("what_if", "capacity", name), f"got {n:g}, expected journeys a week, more than 0; leave the stage out where there is no limit"


def _zones(client) -> Iterator[Found]:
    zones = [(("timezone",), client.timezone)]
    zones += [(("sources", name, "timezone"), source.timezone) for name, source in client.sources.items() if source.timezone]
    for path, zone in zones:
        if not _is_zone(zone):
            meant = zone_of(zone)
            yield path, f"no time zone {zone!r}; did you mean {meant!r}?" if meant else f"no time zone {zone!r}{nearest(zone, sorted(available_timezones()), '; expected a name such as Europe/Stockholm')}"


def _is_zone(name):
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _formats(client) -> list[Found]:
    from journeylib.collect.formats import format_names

    known = format_names(client)
    return [(("sources", name, "format"), f"no format {source.format!r}{nearest_or_all(source.format, known)}")
            for name, source in client.sources.items() if source.format not in known]  # fmt: skip


def _queries(client) -> Iterator[Found]:
    from journeylib.collect.databases.queries import query_mistake

    for name, source in client.sources.items():
        mistake = query_mistake(client, name) if source.query else None
        if mistake:
            yield ("sources", name, "query"), mistake


def _rules(client) -> Iterator[Found]:
    for number, rule in enumerate(client.rules):
        if rule.source and "*" not in rule.source and rule.source not in client.sources:
            yield ("rules", number, "source"), f"no such source {rule.source!r}{nearest(rule.source, client.sources)}"
        if not rule.model_dump(exclude={"atom", "again", "outcome"}, exclude_none=True):
            yield ("rules", number), "matches every event; name a source, touchpoint, detail, channel, offer or initiator"


def _personas(client) -> Iterator[Found]:
    from journeylib.collect.customers.people import PERSONA_COLUMNS

    ids = [persona.id for persona in client.personas]
    for number, persona in enumerate(client.personas):
        if persona.id in ids[:number]:
            yield ("personas", number, "id"), f"{persona.id!r} is declared twice"
        for column in persona.when:
            if column not in PERSONA_COLUMNS:
                yield ("personas", number, "when", column), f"customers have no such column{nearest_or_all(column, PERSONA_COLUMNS)}"


def _focus(client) -> Iterator[Found]:
    ids = [persona.id for persona in client.personas]
    for number, each in enumerate(client.focus):
        if each.persona not in ids:
            yield ("focus", number, "persona"), f"no persona {each.persona!r} is declared{nearest_or_all(each.persona, ids) if ids else '; declare it under `personas`'}"
