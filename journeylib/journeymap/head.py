"""What stands at the head and the foot of the map: whose journey, for what, on which data, by which rules."""

from __future__ import annotations

from journeylib import knowledge
from journeylib.names import lowered
from journeylib.presets import resolved_thresholds


def build_head(client, words, *, title: str, n_journeys: int | None = None, personas: tuple[str, ...] = (), n_all: int | None = None, run: str = "") -> dict:
    """The words around the map.

    Parameters
    ----------
    title : the main finding, a whole sentence.
    n_journeys : journeys the map rests on; None = none were measured, the map is a draft built on assumptions.
    personas : ids of the personas the sheet is about; none = everybody.
    n_all : of a sheet about some personas: journeys there are in all, so that it says how many of them it covers.
    run : id of the run, for the foot.

    Returns
    -------
    `{title, about: list of phrases, foot: list of sentences, id: prefix of ids in the drawing}`.
    """
    names = {entry.id: entry.name for entry in client.personas}
    whose = words.list([names.get(persona, persona) for persona in personas]) if personas else words.say("map.head.everybody")
    about = [client.name, client.offer, whose, words.say(f"map.head.{client.market}")]
    if n_journeys is not None and (n_journeys == 0 or n_journeys >= client.privacy.k):
        about.append(words.say("map.head.n_journeys", n=int(n_journeys)) if n_all is None else words.say("mapping_more.covers", n=int(n_journeys), of=words.count(n_all)))
    about += [words.say("map.head.goal", goal=_goal(client, words)), client.scenario]
    about.append(words.say("map.head.draft" if n_journeys is None else "map.head.actual"))
    about += _dates(client, words, n_journeys)
    return {
        "title": title, "about": [phrase.strip().rstrip(".") for phrase in about if phrase],
        "foot": _foot(client, words, run, is_draft=n_journeys is None), "id": "-".join(filter(None, ["map", client.slug, "personas" if personas else ""])),
    }  # fmt: skip


def _goal(client, words):
    return lowered(words.label(knowledge.load("goals")[client.goal]["label"]))


def _dates(client, words, n_journeys):
    if client.period:
        yield words.say("map.head.period", start=words.date(client.period.start), end=words.date(client.period.end))
    if n_journeys is not None:
        yield words.say("map.head.data_until", date=words.date(client.as_of))


def _foot(client, words, run, *, is_draft):
    limits = resolved_thresholds(client)
    lost = ("lost_rule", {"days": words.days(limits.lost_after_days)}) if limits.lost_after_days else ("lost_explicit", {})
    window = words.say("map.foot.window", days=words.days(limits.window_days)) if limits.window_days else words.say("map.foot.window_cut")
    foot = [] if is_draft else [window, words.say(f"map.foot.{lost[0]}", **lost[1])]
    foot += [words.say("map.foot.example")] if client.example else []
    return foot + ([words.say("map.foot.run", run=run)] if run else [])

