"""The five fixed channel groups of the map, and whether a touchpoint is something the customer does alone."""

from __future__ import annotations

from journeylib import knowledge


def touchpoint_is_own_action(name: str) -> bool:
    """Whether the customer does it alone (CJML: action), rather than meeting somebody."""
    return knowledge.load("touchpoints")["touchpoints"].get(name, {}).get("kind") == "action"


def channel_groups() -> tuple[str, ...]:
    """The groups in their fixed order."""
    return tuple(knowledge.load("channels")["groups"])


def channel_group(channel: str) -> str:
    """The group a channel belongs to; one nobody knows is counted with the last group."""
    return knowledge.load("channels")["channels"].get(channel, {}).get("group", channel_groups()[-1])


def group_label(group: str, words) -> str:
    """The group's name in the report's language."""
    return words.label(knowledge.load("channels")["groups"][group]["name"])
