"""Names in the reader's language, and the channel an export's own word means."""

from __future__ import annotations

from functools import cache

from journeylib import knowledge


def touchpoint_name(touchpoint: str, language: str) -> str:
    """The touchpoint's name; a client's own word is shown as it stands, `_` as a space and the first letter capital.

    >>> touchpoint_name("email_open", "sv"), touchpoint_name("garden_walk", "sv")
    ('Öppnad e-post', 'Garden walk')
    """
    known = knowledge.load("touchpoints")["touchpoints"].get(touchpoint)
    return known["name"][language] if known else _own_word(touchpoint)


def channel_name(channel: str, language: str) -> str:
    """The channel's name; a client's own word is shown as it stands."""
    known = knowledge.load("channels")["channels"].get(channel)
    return known["name"][language] if known else _own_word(channel)


def lowered(text: str) -> str:
    """A name inside a sentence: its first letter small, unless it is a word of capitals."""
    return text[:1].lower() + text[1:] if not text[:2].isupper() else text


def _own_word(name: str) -> str:
    shown = name.replace("_", " ").strip()
    return shown[:1].upper() + shown[1:]


@cache
def channel_id(name: str) -> str | None:
    """Id of the channel an export's word, or `source / medium` pair, means; None where nobody knows.

    >>> channel_id("Mässa"), channel_id("google / organic"), channel_id("linkedin / paid"), channel_id("luftballong")
    ('event', 'search', 'paid_social', None)
    """
    word = _plain(name)
    aliases = _aliases()
    if word in aliases:
        return aliases[word]
    source, slash, medium = (part.strip() for part in word.partition("/"))
    return _pair(source, medium) if slash else None


def _pair(source: str, medium: str) -> str | None:
    """A source and a medium of web analytics: the medium decides, the source tells a paid click's and a mere referral's kind."""
    known = knowledge.load("channels")
    names = {source, *source.split(".")}
    sends = {kind: bool(names & set(known[f"{kind}_sources"])) for kind in ("social", "review", "mail")}
    if medium in known["paid_mediums"]:
        return "paid_social" if sends["social"] else known["mediums"].get(medium, "paid_search")
    if medium in ("referral", "link", ""):
        return "social" if sends["social"] else "review_site" if sends["review"] else "email" if sends["mail"] else "other_site"
    return known["mediums"].get(medium) or _aliases().get(medium)


@cache
def _aliases() -> dict[str, str]:
    channels = knowledge.load("channels")["channels"]
    return {_plain(word): name for name, channel in channels.items()
            for word in (*channel["aliases"], *channel["name"].values(), name)}  # fmt: skip


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
