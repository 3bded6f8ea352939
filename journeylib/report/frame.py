"""The frame around the findings: every word and figure of the head strip, the headings and the foot, already in the client's language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import babel.dates

import journeylib
from journeylib import knowledge
from journeylib.client import Client
from journeylib.findings import SECTIONS, STATES
from journeylib.wording import Words

_NAMES = {"sv": "swedish", "da": "danish", "nb": "norwegian", "en": "english"}


@dataclass(frozen=True)
class Stamp:
    """What marks one run: its id (the same for the same input) and the moment it was made (never the same)."""

    run_id: str
    made_at: dt.datetime


def words_of(client: Client) -> Words:
    """The client's words."""
    return Words(client.language, client.currency, client.timezone)


def report_frame(client: Client, stamp: Stamp, *, map_file: str = "") -> dict:
    """Everything the template shows around the findings, as plain text in the client's language.

    Parameters
    ----------
    stamp : run id and moment.
    map_file : name of the map's own file beside the report; none = no link.
    """
    words = words_of(client)
    return {
        **frame_words(words),
        "title": words.say("report.title", client=client.name),
        "goal": words.say("report.goal", goal=goal_label(client, words)),
        "example": words.say("report.example") if client.example else "",
        "strip": _strip(client, stamp, words),
        "map_file": map_file, "map_picture": map_file.replace(".svg", ".png"),
        "provenance": _provenance(stamp, words),
        "made": say_made(stamp.made_at, words),
    }


def frame_words(words: Words) -> dict:
    """The words every report shows, whoever it is for."""
    return {
        "language": words.language,
        "skip": words.say("report.skip"),
        "contents": words.say("report.contents"),
        "top": words.say("report.top"),
        "on_paper": words.say("report.on_paper"),
        "map_link": words.say("report.map_file"), "picture_link": words.say("report.map_picture"),
        "provenance_heading": words.say("report.provenance.heading"),
        "sections": {section: words.say(f"report.section.{section}") for section in SECTIONS},
        "states": {state: words.say(f"report.state.{state}") for state in STATES if state != "clear"},
    }


def goal_label(client: Client, words: Words) -> str:
    """The goal of the mapping (M001) in words."""
    return words.label(knowledge.load("goals")[client.goal]["label"])


def _strip(client, stamp, words):
    rows = {
        "client": client.name,
        "market": words.say(f"report.market.{client.market}"),
        "offer": client.offer or words.say("report.offer_all"),
        "persona": words.list([persona.name for persona in client.personas]) or words.say("report.persona_all"),
        "period": _period(client, words),
        "data_until": words.date(client.as_of),
        "language": words.say(f"report.language.{_NAMES[client.language]}"),
        "run": stamp.run_id,
    }
    return [[words.say(f"report.head.{name}"), value] for name, value in rows.items()]


def _period(client, words):
    if client.period is None:
        return words.say("report.period_all")
    return words.say("report.period", start=words.date(client.period.start), end=words.date(client.period.end))


def _provenance(stamp, words):
    return [words.say("report.provenance.how"), words.say("report.provenance.run", run=stamp.run_id, version=journeylib.__version__)]


def say_made(moment: dt.datetime, words: Words) -> str:
    """When the report was made, on the client's own clock: the one line that differs between two runs."""
    local = moment.astimezone(ZoneInfo(words.timezone))
    time = babel.dates.format_time(local, words.say("report.provenance.time_pattern"), locale=words.locale)
    return words.say("report.provenance.made", date=words.date(local.date()), time=time)
