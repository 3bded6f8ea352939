"""What is counted, in the client's words: one journey's traveller (a person, a company, a deal) and the people themselves.

Journeys count whoever travels: companies where the market is business, companies and private persons alike where it is both. What is
said, felt, joined or seen of single people counts people. The two are never called by the same word where they differ.
"""

from __future__ import annotations

from journeylib.client import Client
from journeylib.wording import Words


def say_journeys(words: Words, client: Client, n: int) -> str:
    """'1 234 kunder', 'kundföretag' or 'resor': what one journey is for this client."""
    return words.say(f"findings.grain.{_kind(client)}", n=n)


def say_first_purchases(words: Words, client: Client) -> str:
    """Whose first purchases a count of purchases is; nothing where each run of the source, such as a deal, counts."""
    kind = _kind(client)
    return "" if kind == "run" else words.say(f"comparing.purchases.{kind}")


def _kind(client) -> str:
    return {"key": "run", "offer": "offer"}.get(client.journey) or ("account" if client.market == "b2b" else "person")


def say_people(words: Words, client: Client, n: int) -> str:
    """'1 234 kunder', where companies are counted as customers 'kontaktpersoner', where both are 'personer': people, not accounts."""
    return words.say({"b2b": "findings.grain.contact", "both": "clarity.people"}.get(client.market, "findings.grain.person"), n=n)
