"""A stage model as someone wrote it → checked values; every mistake with the place where it stands.

The same road for shipped models and a client's own, so that whatever the shipped ones may say, a client may say too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from journeylib import knowledge
from journeylib.errors import nearest
from journeylib.schema import ATOMS, OUTCOMES, STATES

LANGUAGES = ("sv", "da", "nb", "en")
FEWEST, MOST = 2, 10
STAGE_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: Where a journey may stand beside the stages: no stage may bear the name.
OFF_PATH = tuple(sorted({*STATES, *OUTCOMES, "at_risk", "won_back"}))
MODEL_KEYS = ("id", "name", "loops", "stages")
STAGE_KEYS = ("id", "atoms", "label", "text", "goal", "question", "kpis", "process", "owner", "optional",
              "repeatable", "expected_days", "entry", "exit")  # fmt: skip

#: (place as a path of keys and numbers, what is wrong there)
Mistakes = list[tuple[tuple, str]]


def read_model(given: dict[str, Any], language: str, at: tuple) -> tuple[dict[str, Any], Mistakes]:
    """Check a written model and fill in what it leaves out.

    Parameters
    ----------
    given : the model as in `knowledge/stage_models.yml` or under `stage_model:` in a client's parameters.
    language : the report's language; a text must be given at least in that one.
    at : place of the model in its file, for the mistakes.

    Returns
    -------
    The model's values (`name`, `loops`, `stages`: one dict of `Stage` fields each), and the mistakes found.
    """
    mistakes: Mistakes = _unknown_keys(given, MODEL_KEYS, at)
    rows = given.get("stages")
    if not isinstance(rows, list) or not FEWEST <= len(rows) <= MOST:
        got = f"{len(rows)} stages" if isinstance(rows, list) else f"{type(rows).__name__}" if rows is not None else "none"
        return {}, [*mistakes, ((*at, "stages"), f"got {got}, expected a list of {FEWEST} to {MOST} stages")]
    stages = [_read_stage(row, language, (*at, "stages", i), mistakes) for i, row in enumerate(rows)]
    mistakes += _repeated(stages, (*at, "stages"))
    values = {
        "name": read_texts(given.get("name", knowledge.load("stage_models")["own_name"]), language, (*at, "name"), mistakes),
        "loops": bool(given.get("loops", False)),
        "stages": stages,
    }
    return values, mistakes + _loop_mistakes(values, at)


def _read_stage(row, language, at, mistakes):
    if not isinstance(row, dict):
        mistakes.append((at, f"got {row!r}, expected a stage with id, atoms and label"))
        return {"id": "", "atoms": ()}
    row = _with_shared_text(row, at, mistakes)
    mistakes += _unknown_keys(row, STAGE_KEYS, at)
    atoms = _names(row.get("atoms"), ATOMS, "atom", (*at, "atoms"), mistakes)
    if not row.get("atoms"):
        mistakes.append(((*at, "atoms"), f"is missing; a stage groups at least one of {', '.join(ATOMS)}"))
    return {
        "id": _read_id(row.get("id"), at, mistakes),
        "atoms": atoms,
        "label": _required_text(row, "label", language, at, mistakes),
        "goal": _catalogued(row.get("goal"), "goals", language, (*at, "goal"), mistakes),
        "question": read_texts(row.get("question", {}), language, (*at, "question"), mistakes),
        "kpis": _read_kpis(row.get("kpis"), language, (*at, "kpis"), mistakes),
        "process": _read_process(row.get("process"), atoms, (*at, "process"), mistakes),
        "owner": row.get("owner"),
        "optional": _flag(row, "optional", at, mistakes),
        "repeatable": _flag(row, "repeatable", at, mistakes),
        "expected_days": _days(row.get("expected_days"), (*at, "expected_days"), mistakes),
        "entry": _read_rule(row.get("entry"), language, (*at, "entry"), mistakes) or _seen_as(atoms),
        "exit": _read_rule(row.get("exit"), language, (*at, "exit"), mistakes),
    }


def _with_shared_text(row, at, mistakes):
    """The stage's own words over those of the shipped stage it borrows from with `text:`."""
    shared = knowledge.load("stage_models")["texts"]
    if "text" not in row:
        return row
    if str(row["text"]) not in shared:
        mistakes.append(((*at, "text"), f"no shipped text {row['text']!r}{nearest(str(row['text']), shared)}; known: {', '.join(shared)}"))
        return row
    return {**shared[row["text"]], **row}


def _read_id(value, at, mistakes):
    if not isinstance(value, str) or not STAGE_ID.fullmatch(value):
        mistakes.append(((*at, "id"), f"got {value!r}, expected small letters, digits and _, starting with a letter"))
        return str(value)
    if value in OFF_PATH:
        mistakes.append(((*at, "id"), f"{value!r} is a state beside the stages, not a stage; choose another id"))
    return value


def _required_text(row, key, language, at, mistakes):
    if not row.get(key):
        mistakes.append(((*at, key), f"is missing; a stage needs a {key}, at least in {language!r}"))
        return {}
    return read_texts(row[key], language, (*at, key), mistakes)


def read_texts(value: Any, language: str, at: tuple, mistakes: Mistakes) -> dict[str, str]:
    """A text in four languages from a text or a {language: text}; what is not given says it in the report's language."""
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value) if value else {}
    if not isinstance(value, dict):
        mistakes.append((at, f"got {value!r}, expected a text or {{language: text}}"))
        return {}
    given = read_languages(value, at, mistakes)
    if given and language not in given:
        mistakes.append((at, f"has no text in {language!r}, the report's language; found {', '.join(given)}"))
        return {}
    return {name: given.get(name, given[language]) for name in LANGUAGES} if given else {}


def read_languages(value: dict, at: tuple, mistakes: Mistakes) -> dict[str, str]:
    """The given texts by language; `no` is read as `nb`, an unknown language is a mistake."""
    given = {"nb" if name == "no" else name: text for name, text in value.items()}
    for name in given:
        if name not in LANGUAGES:
            mistakes.append(((*at, name), f"no such language; known: {', '.join(LANGUAGES)} (no is read as nb)"))
    return {name: str(text) for name, text in given.items() if name in LANGUAGES}


def _catalogued(value, catalogue, language, at, mistakes):
    """A shipped text by its name, or a text of the client's own."""
    known = knowledge.load("stage_models")[catalogue]
    if isinstance(value, str) and value in known:
        return known[value]
    if isinstance(value, str) and nearest(value, known):
        mistakes.append((at, f"no {catalogue[:-1]} {value!r}{nearest(value, known)}; known: {', '.join(known)}, or a sentence of your own"))
    return read_texts(value or {}, language, at, mistakes)


def _read_kpis(value, language, at, mistakes):
    known = knowledge.load("kpis")
    found = []
    for number, item in enumerate(_as_list(value)):
        if isinstance(item, str) and item in known:
            found.append({"id": item, **known[item]})
        elif isinstance(item, str) and "_" in item:
            mistakes.append(((*at, number), f"no KPI {item!r}{nearest(item, known)}; known: {', '.join(known)}, or a name of your own"))
        else:
            found.append({"id": f"own_{number + 1}", "name": read_texts(item, language, (*at, number), mistakes)})
    return tuple(found)


def _read_process(value, atoms, at, mistakes):
    """The company's phases of a stage: as given, else every phase that works with one of its atoms."""
    phases = knowledge.load("process")["phases"]
    if value is not None:
        return _names(value, phases, "phase", at, mistakes)
    return tuple(name for name, phase in phases.items() if set(phase["atoms"]) & set(atoms))


def _read_rule(value, language, at, mistakes):
    return tuple(read_texts(item, language, (*at, i), mistakes) for i, item in enumerate(_as_list(value)))


def _seen_as(atoms):
    known = knowledge.load("atoms")
    return tuple(known[atom]["seen_as"] for atom in atoms)


def _names(value, known: Iterable[str], what, at, mistakes):
    known = tuple(known)
    for number, name in enumerate(_as_list(value)):
        if name not in known:
            mistakes.append(((*at, number), f"no {what} {name!r}{nearest(str(name), known)}; known: {', '.join(known)}"))
    return tuple(name for name in _as_list(value) if name in known)


def _as_list(value):
    return [] if value is None else value if isinstance(value, (list, tuple)) else [value]


def _flag(row, key, at, mistakes):
    if not isinstance(row.get(key, False), bool):
        mistakes.append(((*at, key), f"got {row[key]!r}, expected true or false"))
    return bool(row.get(key, False))


def _days(value, at, mistakes):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        mistakes.append((at, f"got {value!r}, expected a number of days above 0"))
        return None
    return float(value)


def _unknown_keys(given, known, at):
    return [((*at, key), f"unknown key{nearest(str(key), known)}; known: {', '.join(known)}") for key in given if key not in known]


def _repeated(stages, at) -> Mistakes:
    """An id or an atom that stands twice: an atom belongs to at most one stage (mission §2.3)."""
    mistakes: Mistakes = []
    ids: dict[str, int] = {}
    owner: dict[str, str] = {}
    for number, stage in enumerate(stages):
        if ids.setdefault(stage["id"], number) != number:
            mistakes.append(((*at, number, "id"), f"{stage['id']!r} is the id of two stages"))
        for place, atom in enumerate(stage["atoms"]):
            if atom in owner:
                mistakes.append(((*at, number, "atoms", place), f"{atom} already belongs to {owner[atom]!r}; an atom belongs to one stage"))
            owner.setdefault(atom, stage["id"])
    return mistakes


def _loop_mistakes(values, at) -> Mistakes:
    first, last = set(values["stages"][0]["atoms"]), set(values["stages"][-1]["atoms"])
    if values["loops"] and not ("a2_brand" in first and "a9_advocate" in last):
        return [((*at, "loops"), "is true, but a loop leads from a9_advocate in the last stage to a2_brand in the first")]
    return []
