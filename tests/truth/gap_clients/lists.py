"""The company's own lists and settings, in order or not (G01, G04, G05, G16, G21, G24, G27–G29, G31, G32, and the sources of G06)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from journeylib.schema import ACTIVITIES, CONTENT, JOINS, KEYWORDS, NEEDS, PRESENCE, ROUTINES, SOURCES, check
from tests.truth.gap_clients.switches import BORDER, OFF, ON, Plan

AS_OF = dt.date(2025, 12, 31)
#: Kinds of content by part of the journey; none of them supports the decision or is of a level of its own.
_KINDS = {"a1": ("blog", "tips"), "a2": ("blog", "social_post", "video"), "a3": ("guide", "reviews"), "a4": ("cta", "terms"), "a5": ("confirmation",), "a6": ("how_to_mail", "support"),
          "a7": ("support", "newsletter"), "a8": ("exclusive_offer",), "a9": ("review_request",)}  # fmt: skip
_FREE = {"sv": "Gratis guide", "da": "Gratis guide", "nb": "Kostnadsfri guide", "en": "Free guide"}
#: Words that hold a word for free without meaning it.
_NOT_FREE = {"sv": "Gratisätarna: så undviker du dem", "da": "Sukkerfri hverdag", "nb": "Bekymringsfri drift", "en": "Hands-free set-up"}
_EASY = "Du kan se det här. Vi är här för dig. Du får hjälp av oss. Ring oss i dag så går vi igenom det. "
_HARD = "Organisationens verksamhetsutvecklingsprocesser förutsätter genomgripande kompetensförsörjningsanalyser beträffande informationssäkerhetsarkitekturens långsiktiga förvaltningsåtaganden inom samverkansområdet "


def content(plan: Plan, model, *, hole: str | None, served: set[str], personas: list[str], persona_hole: str | None) -> pd.DataFrame:
    """The content list: a few items a stage, some withdrawn or in another language, and what is wrong with it."""
    rng, items = plan.rng, []
    decide = model.stage_id_of_atom("a4_decide")
    for i, stage in enumerate(model.in_scope):
        kinds = [kind for atom in stage.atoms for kind in _KINDS[atom[:2]]]
        n = 0 if stage.id == hole else int(rng.integers(4, 7)) + (60 if i == 0 and plan.truth.get(("G05", stage.id, "top_heavy")) == ON else 0)
        for k in range(n):
            items.append({"stage": stage.id, "type": kinds[k % len(kinds)], "persona": personas[0] if stage.id == persona_hole else None})
        if rng.random() < 0.3:
            items.append({"stage": stage.id, "type": kinds[0], "live_to": pd.Timestamp("2024-05-01")})
    supports = plan.pick() if hole != decide else ON
    plan.mark(supports == ON, "G24")
    items += [] if supports == ON else [{"stage": decide, "type": "offer_description" if plan.market == "b2c" else "case"}]
    items += _of_levels(plan, model, hole)
    frame = pd.DataFrame(items, columns=["stage", "type", "persona", "live_to"])
    frame["live_to"] = pd.to_datetime(frame["live_to"])
    frame = frame.assign(content_id=[f"c{i:03d}" for i in range(len(frame))], title=[f"Item {i} {kind}" for i, kind in enumerate(frame["type"])], language=plan.language,
                         need_id=[plan.any(sorted(served)) for _ in range(len(frame))], source="lists", live_from=pd.Timestamp("2023-01-01"))  # fmt: skip
    return check(_with_texts(plan, _gated(plan, _with_calls(plan, frame, decide))), CONTENT)


def _of_levels(plan, model, hole):
    """Items at the level of those who judge the technology and the money; where the stage of choosing is empty they are lacking."""
    choose = model.stage_id_of_atom("a3_evaluate")
    if plan.market == "b2c":
        return []
    found = []
    for role, kind in (("technical", "white_paper"), ("finance", "comparison")):
        state = ON if hole == choose else plan.pick()
        plan.mark(state == ON, "G31", part=role)
        found += [] if state == ON else [{"stage": choose, "type": kind}]
    return found


def _with_calls(plan, frame, decide):
    live = frame["live_to"].isna() & (frame["stage"] == decide)
    frame["cta"] = [None if plan.rng.random() < 0.2 else "Contact us" for _ in range(len(frame))]
    frame.loc[frame["stage"] == decide, "cta"] = "Buy now"
    lacking = plan.pick() == ON
    if live.any():
        plan.mark(lacking, "G04")
        frame.loc[frame.index[live][: 1 + int(plan.rng.random() < 0.5)] if lacking else [], "cta"] = None
    return frame


def _gated(plan, frame):
    frame["gated"] = np.where(plan.rng.random(len(frame)) < 0.2, "email", "none")
    live = frame.index[frame["live_to"].isna()]
    frame.loc[live[1], ["gated", "title"]] = ["email", _NOT_FREE[plan.language]]
    state = plan.pick()
    plan.mark(state == ON, "G16")
    if state == ON:
        frame.loc[live[2], ["gated", "title"]] = ["email", _FREE[plan.language]]
    frame.loc[live[3], ["gated", "title"]] = ["none", _FREE[plan.language]]
    return frame


def _with_texts(plan, frame):
    if plan.market == "b2b":
        return frame
    state = plan.pick()
    is_hard = plan.rng.random(len(frame)) < (0.6 if state == ON else 0.0)
    told = plan.rng.random(len(frame)) < (0.4 if state == BORDER else 0.95)
    plan.truth[("G31", "", "")] = state
    frame["text"] = np.where(told, np.where(is_hard, _HARD * 4, _EASY * 3), None)
    return frame


def activities(plan: Plan, model, *, bare: set[str], served: set[str]) -> pd.DataFrame:
    """The list of activities: one or more for each need that is served and each stage that is not bare; some lack what they should have."""
    rng, rows = plan.rng, []
    stages = [stage.id for stage in model.in_scope if stage.id not in bare]
    places = stages + [plan.any(stages) for _ in range(max(0, len(served) - len(stages)) + 3)]
    for i, stage in enumerate(places):
        need = sorted(served)[i % len(served)]
        rows.append({"activity_id": f"x{i:02d}", "title": f"Activity {i}", "stage": stage, "need_id": need, "purpose": "meet the need", "next_step": "book", "channel": f"ch{i}",
                     "owner": None if rng.random() < 0.3 else "marketing", "reach": float(rng.integers(50, 900)), "cost": 1000.0, "hours": 10.0, "source": "lists"})  # fmt: skip
    frame = pd.DataFrame(rows)
    state = plan.pick()
    plan.mark(state == ON, "G27")
    if state == ON:
        column, value = [("purpose", None), ("need_id", None), ("next_step", None), ("reach", 0.0)][rng.integers(4)]
        frame.loc[len(frame) - 1, column] = value
    return check(frame, ACTIVITIES)


def needs(frame: pd.DataFrame) -> pd.DataFrame:
    return check(frame, NEEDS)


def keywords(plan: Plan, model) -> pd.DataFrame:
    """Eight phrases a stage with searches and own position; of some stages the company is not found, or half the positions are unknown."""
    rng, rows = plan.rng, []
    for stage in model.in_scope[: 2 + int(rng.integers(3))]:
        state = plan.pick()
        plan.truth[("G21", stage.id, "")] = state
        n_top = {ON: 1, OFF: 7, BORDER: 3}[state]
        for k in range(8):
            position = float(rng.integers(1, 9)) if k < n_top else None if state == BORDER and k < 7 else 100.0
            rows.append({"keyword_id": f"{stage.id}{k}", "phrase": f"{stage.id} word {k}", "stage": stage.id, "volume": float(rng.integers(200, 400)), "position": position, "is_paid": False,
                         "source": "lists"})  # fmt: skip
    return check(pd.DataFrame(rows), KEYWORDS)


def presence(plan: Plan, model) -> pd.DataFrame:
    """Ten places where customers look in two stages, and whether the company is there."""
    rows = []
    for stage in model.in_scope[:2]:
        state = plan.pick()
        plan.truth[("G21", stage.id, "places")] = state
        for k in range(10):
            there = k < {ON: 2, OFF: 8, BORDER: 3}[state]
            rows.append({"presence_id": f"{stage.id}{k}", "place": f"Place {k}", "is_present": there if state != BORDER or k < 5 else None, "stage": stage.id, "source": "lists"})
    return check(pd.DataFrame(rows), PRESENCE)


def routines(plan: Plan, model) -> pd.DataFrame:
    """Habits and tools of three stages: in place, partly, or missing."""
    rows = []
    for stage in model.in_scope[:3]:
        state = plan.pick()
        plan.truth[("G32", stage.id, "")] = state
        for k in range(3):
            standing = {ON: "missing", OFF: "in_place", BORDER: "partly"}[state] if k == 0 else "in_place"
            rows.append({"routine_id": f"{stage.id}{k}", "title": f"Routine {k}", "kind": "habit", "standing": standing, "stage": stage.id, "source": "lists"})
    return check(pd.DataFrame(rows), ROUTINES)


def sources(plan: Plan) -> pd.DataFrame:
    """The data sheets of the delivered sources; one may hold nothing of the last year."""
    state = plan.pick()
    plan.mark(state == ON, "G28")
    months = {"web": 1, "crm": 2, "survey": 3, "shop": 30 if state == ON else 5}
    rows = [{"source": name, "format": "plain_events", "table": "events", "file": f"{name}.csv", "sha256": "0", "n_rows": 9, "n_kept": 9, "n_dropped": 0, "n_skipped_lines": 0,
             "last_at": pd.Timestamp(AS_OF, tz="UTC") - pd.DateOffset(months=age)} for name, age in months.items()]  # fmt: skip
    return check(pd.DataFrame(rows), SOURCES)


def joins(plan: Plan) -> pd.DataFrame:
    """How many people the sources of marketing and of sales both know."""
    share = plan.plant("joins", "G06", part="joins")
    n = int(plan.rng.integers(300, 900))
    n_both = int(plan.rng.binomial(n, share))
    return check(pd.DataFrame([{"unit": "person", "source_a": "crm", "source_b": "web", "n_a": n, "n_b": 2 * n, "n_both": n_both, "share_a": n_both / n, "share_b": n_both / (2 * n)}]), JOINS)


def settings(plan: Plan, model) -> tuple[dict[str, str], list[str]]:
    """KPIs by stage and the stages that have a target; with the gap, one of them lacks what it should have (G29)."""
    ids, state = list(model.ids), plan.pick()
    kpis, targeted = dict.fromkeys(ids, "how many"), ids[:-1]
    if state == ON and plan.rng.random() < 0.4:
        kpis.pop(plan.any(ids))
    elif state == ON:
        targeted = [] if plan.rng.random() < 0.5 else targeted[: len(targeted) // 2]
    plan.mark(state == ON, "G29")
    return kpis, targeted
