"""One client, whole: events through the real preparation, answers, lists and settings; and the truth about its gaps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from journeylib.client import Client, Persona, Source, Thresholds
from journeylib.collect import Collected
from journeylib.collect.log.journeys import build_journeys
from journeylib.collect.log.prepare import prepare
from journeylib.collect.log.rules import rule_book
from journeylib.schema import EVENTS
from journeylib.stages import load_stage_model
from tests.truth.gap_clients import lists
from tests.truth.gap_clients.aftercare import add_care, add_recommendation, add_second_purchases, add_unhappy
from tests.truth.gap_clients.company import add_answers, add_handovers, add_last_words, add_letters, add_mailings
from tests.truth.gap_clients.events import RULES, SPAN, Events
from tests.truth.gap_clients.people import PERSONS, add_colleagues, customers, is_account
from tests.truth.gap_clients.site import CLICK_LIMIT, add_offer_visits
from tests.truth.gap_clients.switches import BORDER, EFFECTS, MODELS, OFF, ON, Plan, draw_plan, stage_model
from tests.truth.gap_clients.voices import Voices, add_buyers_answers, add_needs, add_stage_answers
from tests.truth.gap_clients.walk import PLACES, Walk, add_steps, draw_walk, draw_wrong

_START = pd.Timestamp(lists.AS_OF, tz="UTC") + pd.Timedelta(hours=20) - pd.Timedelta(days=SPAN)
_DEPARTMENTS = {"web": "marketing", "crm": "sales", "survey": None, "shop": None}


def draw_client(number: int, *, is_clean: bool = False) -> tuple[Collected, list[str], Plan]:
    """A client's data as collecting gives them, the stages that are to have a target, and what is true of its gaps."""
    plan = draw_plan(number, is_clean=is_clean)
    n_personas, largest, has_groups = _personas(plan)
    client = _client(plan, n_personas)
    model = load_stage_model(client)
    last = model.in_scope[-1]
    dark = last.id if last.atoms == ("a9_advocate",) and plan.chance(0.5) else None
    wrong = draw_wrong(plan, model, has_groups=has_groups, n_personas=n_personas)
    walk = draw_walk(plan, wrong, n_personas=n_personas, largest=largest)
    events, voices = Events(), Voices()
    add_steps(events, plan, walk, wrong)
    add_handovers(events, plan, walk)
    add_answers(events, plan, walk)
    add_last_words(events, plan, walk)
    add_mailings(events, plan, walk)
    add_letters(events, plan, walk)
    add_offer_visits(events, plan, walk)
    add_care(events, plan, walk)
    if plan.model_name == MODELS[-1]:  # however well buyers are looked after, the map has no place for it
        plan.mark(True, "G03")
    add_second_purchases(events, plan, walk)
    unhappy = [add_stage_answers(voices, plan, walk, wrong, model, dark)]
    promoters, detractors = add_buyers_answers(voices, plan, walk)
    add_unhappy(events, plan, walk, tuple(np.concatenate(parts) for parts in zip(*unhappy, detractors, strict=True)))
    if dark is None:
        add_recommendation(events, plan, walk, promoters)
    role_of = add_colleagues(events, plan, walk)
    is_referred = plan.rng.random(len(walk.unit)) < plan.plant("referred", "G19")
    for stage in model.ids:
        plan.mark(stage == dark, "G02", stage)
    model, registers = _registers(plan, voices, walk, model, wrong, n_personas, dark)
    kpis, targeted = lists.settings(plan, model)
    client = client.model_copy(update={"kpis": kpis, "thresholds": _limits(plan, walk)})
    return _collected(plan, client, model, walk, events.frame(), voices, registers, role_of, is_referred), targeted, plan


def _personas(plan: Plan) -> tuple[int, float, bool]:
    """How many personas are declared, how much the largest holds, and whether customers behave in two ways (G07)."""
    state = plan.pick()
    n, largest, has_groups = {ON: ((1, 1.0), (2, 0.97), True), BORDER: ((2, 0.9), (2, 0.9), True), OFF: ((2, 0.5), (3, 0.4), plan.rng.random() < 0.3)}[state]
    plan.truth[("G07", "", "")] = state
    chosen = n if plan.rng.random() < 0.5 else largest
    if state == OFF and not has_groups and plan.rng.random() < 0.4:
        chosen = (1, 1.0)
    return *chosen, has_groups


def _client(plan: Plan, n_personas: int) -> Client:
    return Client(
        slug="drawn", name="Drawn", language=plan.language, market=plan.market, goal="more_loyalty", as_of=lists.AS_OF, stage_model=stage_model(plan), rules=RULES,
        personas=tuple(Persona(id=f"persona_{i}", name=f"Persona {i}") for i in range(n_personas)), seed=plan.number, data_folder=Path("data/drawn"),
        params_file=Path("params/drawn.yml"),
        sources={name: Source(file=f"{name}.csv", format="plain_events", department=department) for name, department in _DEPARTMENTS.items()},
    )  # fmt: skip


def _limits(plan: Plan, walk: Walk) -> Thresholds:
    """The longest time the client accepts lies clearly under, over or at what it takes."""
    start = np.fmin(np.fmin(walk.need, walk.first), np.fmin(walk.choice, walk.buy))
    plan.planted[("G09", "", "")] = median = float(np.nanmedian(walk.won - start))
    return Thresholds(journey_days=round(median * plan.plant("journey_days", "G09"), 1), early_trouble_share=0.25, cta_rate=CLICK_LIMIT)


def _registers(plan, voices, walk, model, wrong, n_personas, dark):
    personas = [f"persona_{i}" for i in range(n_personas)]
    places = [model.stage_id_of_atom(PLACES[place]) for place in PLACES]
    hole = plan.any(places) if plan.chance(0.5) else None
    unserved = plan.chance(0.6) and hole is not None
    bare = {hole} if hole and (unserved or plan.rng.random() < 0.3) else set()
    if bare and not unserved:  # nothing is done there, but somebody is responsible
        model = replace(model, stages=tuple(replace(stage, owner="sales") if stage.id == hole else stage for stage in model.stages))
    persona_hole = places[0] if hole != places[0] and n_personas > 1 and plan.truth[("G07", "", "")] == OFF and plan.chance(0.3) else None
    for stage in model.ids:
        if stage != dark:
            plan.mark(stage == hole and unserved, "G01", stage)
            plan.mark(stage in (hole, persona_hole), "G05", stage)
    if hole != model.ids[0]:
        plan.truth[("G05", model.ids[0], "top_heavy")] = plan.pick()
    if plan.truth.get(("G05", model.ids[0], "top_heavy")) == BORDER:
        plan.truth[("G05", model.ids[0], "top_heavy")] = OFF
    needs, served = add_needs(voices, plan, walk, [stage for stage in model.ids if stage != dark])
    return model, {
        "needs": lists.needs(needs), "content": lists.content(plan, model, hole=hole, served=served, personas=personas, persona_hole=persona_hole),
        "activities": lists.activities(plan, model, bare=bare, served=served), "keywords": lists.keywords(plan, model), "presence": lists.presence(plan, model),
        "routines": lists.routines(plan, model),
    }  # fmt: skip


def _collected(plan, client, model, walk, frame, voices, registers, role_of, is_referred) -> Collected:
    accounts = is_account(plan, walk)
    names = {"person": lambda code: f"p{code:07d}", "account": lambda unit: f"a{unit:06d}" if accounts[unit] else None,
             "moment": lambda days: (_START + pd.to_timedelta(np.asarray(days), unit="D")).as_unit("us")}  # fmt: skip
    code = frame["person"].where(frame["person"] >= 0, frame["unit"] * PERSONS)
    events = frame.assign(
        customer_id=code.map(names["person"]), account_id=pd.array([names["account"](u) for u in frame["unit"]], dtype="str"), occurred_at=names["moment"](frame["day"]),
        journey_key=None, offer=None, referrer_id=np.where(is_referred[frame["unit"]], "p9999999", None), file=0, value_only=None,
    )  # fmt: skip
    text = [name for name, column in EVENTS.columns.items() if column.type == "text"]
    events = events[[*EVENTS.columns, "file", "value_only"]].astype(dict.fromkeys(text, "str"))
    prepared = prepare(events, rule_book(client, {}), client)
    people = customers(plan, np.unique(code), walk, role_of, names, personas=[persona.id for persona in client.personas])
    journeys = build_journeys(prepared, people, frozenset(events["account_id"].dropna().unique()), client)
    log = prepared.log.renamed("customer", prepared.customers)
    nothing = pd.DataFrame()
    return Collected(client, model, log, journeys, people, voices.frame(names), registers, lists.sources(plan), nothing, lists.joins(plan), nothing, nothing, nothing)


def with_targets(collected: Collected, funnel: pd.DataFrame, targeted: list[str], plan: Plan) -> Client:
    """Targets for the share that goes on, set clearly over, under or at what it is (G13)."""
    rates = funnel[(funnel["semantics"] == "at_least") & (funnel["persona"] == "")].set_index("stage")["rate"]
    targets = {}
    for stage in collected.model.ids[:-1]:
        rate, state = rates.get(stage, np.nan), plan.pick()
        state = ON if rate <= 0.17 and not plan.is_clean else OFF if rate >= 0.83 else state
        if stage in targeted:
            targets[stage] = round(float(np.clip(np.nan_to_num(rate, nan=0.5) + EFFECTS["drop_off"][(ON, OFF, BORDER).index(state)], 0.001, 0.99)), 3)
        if not np.isnan(rate) and (stage in targeted or stage in plan.personas_differ):
            plan.truth[("G13", stage, "")] = state if stage in targeted else plan.personas_differ[stage]
            plan.planted |= {("G13", stage, ""): float(rate)} if stage in targeted else {}
    return collected.client.model_copy(update={"targets": targets})
