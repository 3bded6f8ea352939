"""A gap's answer in words: the sentence of its reason, and what was measured against what."""

from __future__ import annotations

import json

import pandas as pd

from journeylib import knowledge
from journeylib.client import Client
from journeylib.gaps.engine import FEWEST_FOR_PERCENT
from journeylib.grain import say_journeys
from journeylib.names import touchpoint_name
from journeylib.stages import StageModel
from journeylib.wording import Words

_QUOTES = {"sv": "”{}”", "da": "”{}”", "nb": "«{}»", "en": "“{}”"}


def say_gap(gap: pd.Series, words: Words, model: StageModel, client: Client) -> str:
    """What the check found in one place, in the client's language: one to three whole sentences.

    Parameters
    ----------
    gap : a row of the gaps table.

    Raises
    ------
    JourneyError
        A reason without a sentence in the catalogue.
    """
    details = _details(gap)
    key = gap["reason"]
    if gap["persona"] and words.has(f"{key}_persona"):
        key += "_persona"
    if key == "gaps.G03.found" and gap["value"] >= 0.5:
        key = "gaps.G03.found_some"
    sentences = [words.say(key, **_values(gap, details, words, model, client)), _say_share(gap, details, words, client)]
    return " ".join(filter(None, sentences))


def say_missing(missing, words: Words) -> str:
    """What was not delivered, in words: 'innehållsregister och aktivitetsregister'."""
    names = [] if pd.isna(missing) or not missing else str(missing).split(",")
    return words.list([words.say(f"gaps.sources.{name}") for name in names])


def _details(gap) -> dict:
    return {} if pd.isna(gap["details"]) else json.loads(gap["details"])


def _values(gap, details, words, model, client) -> dict:
    """Everything a sentence may name, in words; a sentence takes what it needs."""
    values = {"stage": _label(gap["stage"], model, words), "persona": _persona(gap["persona"], client),
              "missing": say_missing(gap["missing"], words), "limit": _amount(gap["threshold"], gap["unit"], words),
              "value": _amount(gap["value"], gap["unit"], words)}  # fmt: skip
    if pd.notna(gap["value"]) and gap["unit"] == "points":
        values["more"] = words.count(100 * gap["value"])
    if pd.notna(gap["lo"]) and gap["unit"] == "days":
        values["range"] = words.days_range(gap["lo"], gap["hi"])
    values |= {name: int(count) for name, count in (("n", gap["n"]), ("n", details.get("n")), ("k", details.get("k")))
               if count is not None and pd.notna(count)}  # fmt: skip
    if details.get("is_few"):
        few = words.say("clarity.under", n=client.privacy.k)
        values["k"] = few if gap["reason"].endswith("not_found") else _capital(few)
    values |= {"journeys": say_journeys(words, client, values["n"])} if "n" in values else {}
    return values | _lengths(details, words) | _lists(details, words, model)


def _lengths(details, words) -> dict:
    values = {"within": words.say("gaps.numbers.until_cut")}
    if "days" in details:
        values = {"days": words.days(details["days"]), "within": words.say("gaps.numbers.within", days=words.days(details["days"]))}
    if "hours" in details:
        values["hours"] = words.say("gaps.numbers.hours", n=round(details["hours"]))
    if "times" in details:
        values["times"] = words.number(details["times"], 1)
    if "months" in details:
        values["months"] = words.say("gaps.numbers.months", n=round(details["months"]))
    return values


def _lists(details, words, model) -> dict:
    values = {name: _label(details[name], model, words) for name in ("next", "slowest") if name in details}
    values |= {name: words.list([_label(stage, model, words) for stage in details[name]])
               for name in ("no_kpi", "no_target") if name in details}  # fmt: skip
    if "titles" in details:
        quoted = [_QUOTES[words.language].format(title) for title in details["titles"]]
        n_more = details["k"] - len(quoted)
        values["titles"] = words.list([*quoted, words.say("gaps.numbers.more", n=n_more)] if n_more > 0 else quoted)
    values |= {name: details[name] for name in ("giver", "taker") if name in details}
    values |= {name: words.list([words.say(f"gaps.G10.{kind}") for kind in details[name]]) for name in ("looked", "unlooked") if name in details}
    if "shares" in details:
        values["measured"] = words.list([_say_kind(share, words) for share in details["shares"]])
    if "touchpoint" in details:
        values["touchpoint"] = touchpoint_name(details["touchpoint"], words.language)
    if "need" in details:
        values["need"] = details["need"]
    if "role" in details:
        values["role"] = words.label(knowledge.load("presets")["role_names"][details["role"]])
        values |= {name: int(details[name]) for name in ("k_lost", "n_lost", "n_open", "n_lacking")}
    if "kinds" in details:
        values["kinds"] = words.list([words.label(knowledge.load("content_types")[kind]["name"]) for kind in details["kinds"]])
    if "rules" in details:
        values["rules"] = words.list([words.say(f"gaps.G27.{rule}") for rule in details["rules"]])
    return values


def _say_kind(share, words) -> str:
    """'”Kalkyl” är sista steget för 45 % (gräns 80 %)'."""
    named = _QUOTES[words.language].format(touchpoint_name(share["touchpoint"], words.language)) if "touchpoint" in share else ""
    told = {"rate": words.percent(share["k"] / share["n"]), "limit": words.percent(share["limit"]), "touchpoint": named}
    return words.say(f"gaps.G12.share_{share['kind']}", **told)


def _label(stage_id, model, words) -> str:
    return words.label(model.stage(stage_id).label) if stage_id else ""


def _persona(persona_id, client) -> str:
    return next((persona.name for persona in client.personas if persona.id == persona_id), persona_id)


def _amount(value, unit, words) -> str:
    if pd.isna(value) or pd.isna(unit):
        return ""
    return {"share": words.percent, "days": words.days}.get(unit, words.count)(value)


def _capital(text) -> str:
    return text[:1].upper() + text[1:]


def _say_share(gap, details, words, client) -> str:
    """'Det är 39 % (34–45), och målet är 45 %.'; under ten customers no percentage."""
    if pd.isna(gap["unit"]) or gap["unit"] != "share" or pd.isna(gap["lo"]) or pd.isna(gap["threshold"]):
        return ""
    if gap["n"] < FEWEST_FOR_PERCENT:
        return words.say("gaps.numbers.few")
    against = details.get("compared_with") or {"below": "at_least", "above": "at_most"}[details["bad"]]
    digits = 1 if gap["threshold"] < 0.1 else 0
    rate = words.rate(gap["value"], gap["lo"], gap["hi"], digits)
    return words.say(f"gaps.numbers.{against}", rate=rate, limit=words.percent(gap["threshold"], digits if digits else 0))
