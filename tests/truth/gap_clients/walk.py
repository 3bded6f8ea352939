"""The way to the purchase: who comes how far and when, with what is wrong on the way planted (G09–G13, and the customer's part of G06 and G07)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.truth.gap_clients.events import SPAN, Events, spread
from tests.truth.gap_clients.switches import BORDER, EFFECTS, FOLLOWS, OFF, ON, Plan

#: Places on the way where something can be wrong, and the atom of each.
PLACES = {"first": "a2_brand", "choice": "a3_evaluate", "buy": "a4_decide"}
#: How customers go about it, where they differ: at once in the app, for weeks everywhere, or at weekends on the web.
QUICK, SLOW, WEEKEND = 0, 1, 2
#: Days after which no colleague looks in any more.
LAST_LOOK = 26.0
_UNTIL_PURCHASE = ("a1_problem", "a2_brand", "a3_evaluate", "a4_decide")
_BEFORE_USE = (*_UNTIL_PURCHASE, "a5_reassure", "a6_onboard")


@dataclass
class Walk:
    """One row a unit (person or account): days of the first trace of each part of the way, missing where it never came."""

    unit: np.ndarray
    need: np.ndarray
    first: np.ndarray
    choice: np.ndarray
    buy: np.ndarray
    won: np.ndarray
    lost: np.ndarray
    persona: np.ndarray
    kind: np.ndarray
    meets: np.ndarray
    is_handed_over: np.ndarray

    def entered(self, place: str) -> np.ndarray:
        return getattr(self, place)

    def left(self, place: str) -> np.ndarray:
        """When each unit went on from a place; missing where it stayed or left for good."""
        return {"first": self.choice, "choice": self.buy, "buy": self.won}[place]

    @property
    def until(self) -> np.ndarray:
        """When nothing is open any longer: won, lost, or the data cut."""
        return np.nanmin(np.stack([self.won, self.lost, np.full(len(self.unit), SPAN)]), axis=0)


@dataclass(frozen=True)
class Wrong:
    """What is wrong on the way of one client: a kind and a place each, None = nothing."""

    blocked: str | None
    bump: tuple[str, str, str] | None
    winding: tuple[str, str, str] | None
    persona_place: str | None
    persona_drop: float
    handover: str
    days: float
    loss: float
    has_groups: bool


def draw_wrong(plan: Plan, model, *, has_groups: bool, n_personas: int) -> Wrong:
    """Choose what is wrong, and write down what follows for every stage."""
    blocked = plan.any(("first", "choice", "first", "choice", "buy")) if plan.chance(0.45) else None
    bump = _fault(plan, ("wait", "help", "effort"), 0.75)
    if bump and bump[0] == "wait" and not _is_compared(model, bump[1]):
        bump = ("wait", "first", bump[2])
    winding = _fault(plan, ("loop", "detour", "dead_end"), 0.75)
    if winding and (winding[0] == "detour" and (winding[1] == "first" or blocked) or winding[0] == "dead_end" and winding[1] == "buy" or winding[1] == blocked):
        winding = ("loop", next(place for place in PLACES if place != blocked), winding[2])
    handover = plan.any(("days", "loss")) if plan.chance(0.55) else ""
    handover = "days" if handover and blocked == "buy" else handover  # where next to nobody buys, no more can be lost
    plan.handover = {measure: EFFECTS[f"handover_{kind}"][0 if handover else 1] for kind, measure in (("days", "wait"), ("loss", "loss")) if handover in ("", kind)}
    persona_place = plan.any(("first", "choice")) if n_personas > 1 else None
    state = ON if persona_place and persona_place != blocked and plan.chance(0.6) else OFF
    stage = model.stage_id_of_atom(PLACES["choice"])
    for place in ("", stage):
        plan.mark(bool(handover), "G06", place)
    if n_personas > 1 and plan.market != "b2b":
        plan.personas_differ = {stage.id: state if PLACES[persona_place] in stage.atoms else OFF for stage in model.in_scope}
    _write_down(plan, model, blocked, bump, winding)
    return Wrong(blocked, bump, winding, persona_place if state == ON else None, EFFECTS["persona_drop"][0 if state == ON else 1], handover,
                 plan.handover.get("wait", 0.0), plan.handover.get("loss", EFFECTS["handover_loss"][1]), has_groups)  # fmt: skip


def _fault(plan, kinds, p):
    if not plan.chance(p):
        return None
    state = BORDER if plan.rng.random() < 0.12 else ON
    return plan.any(kinds if state == ON else kinds[1:]), plan.any(tuple(PLACES)), state  # how long a stage takes is not known to the day


def _is_compared(model, place) -> bool:
    """Whether the time of a stage is compared at all: it and its neighbours lead up to the purchase (the last stage takes no time to leave)."""
    i = model.ids.index(model.stage_id_of_atom(PLACES[place]))
    beside = [model.in_scope[j] for j in (i - 1, i, i + 1) if 0 <= j < len(model.ids) - 1]
    return all(set(stage.atoms) <= set(_UNTIL_PURCHASE) for stage in beside)


def _write_down(plan, model, blocked, bump, winding):
    at = {place: model.stage_id_of_atom(atom) for place, atom in PLACES.items()}
    plan.long_wait = at[bump[1]] if bump and bump[0] == "wait" else ""
    for stage in model.in_scope:
        before_use = set(stage.atoms) <= set(_BEFORE_USE)
        if before_use:
            plan.truth[("G10", stage.id, "")] = bump[2] if bump and at[bump[1]] == stage.id else OFF
        if before_use and stage is not model.in_scope[-1]:
            plan.mark(bool(blocked) and at[blocked] == stage.id, "G11", stage.id)
        if before_use:  # where nobody goes on, whatever a customer sees last looks like a dead end
            is_blocked = blocked and at[blocked] == stage.id
            plan.truth[("G12", stage.id, "")] = FOLLOWS if is_blocked else winding[2] if winding and at[winding[1]] == stage.id else OFF


# --- who comes how far -----------------------------------------------------------------------------------------------


def draw_walk(plan: Plan, wrong: Wrong, *, n_personas: int, largest: float) -> Walk:
    """Every unit's way; what lies after the data cut is drawn too and left out later, as in life."""
    rng = plan.rng
    entry = np.repeat([2, 3, 4], (np.array(_sizes(wrong.blocked)) * plan.size).astype(int))
    n = len(entry)
    start, kind = rng.uniform(0, SPAN, n), rng.integers(0, 3, n)
    on_their_day = start // 7 * 7 + np.where(kind == WEEKEND, 0.0, 2.0) + rng.uniform(0, 0.5, n)
    start = np.where((kind != SLOW) & wrong.has_groups, on_their_day, start)
    persona = np.where(rng.random(n) < largest, 0, 1 + rng.integers(0, max(n_personas - 1, 1), n)) if n_personas > 1 else np.zeros(n, int)
    if wrong.has_groups and n_personas > 1 and largest < 0.9:
        persona = np.minimum(kind, n_personas - 1)
    meets, handed = rng.random(n) < (0.5 if wrong.has_groups else 0.7), rng.random(n) < 0.5
    wait = _waits(plan, wrong, kind, meets & handed, n)
    passes = _passes(plan, wrong, persona, meets & handed, n)
    need = np.where((entry == 2) & (rng.random(n) < 0.5), start, np.nan)
    first = np.where(np.isnan(need), np.where(entry == 2, start, np.nan), np.where(rng.random(n) < 0.8, need + wait["need"], np.nan))
    choice = np.where(entry == 3, start, np.where(passes["first"], first + wait["first"], np.nan))
    buy = np.where(entry == 4, start, np.where(passes["choice"], choice + wait["choice"], np.nan))
    won = np.where(passes["buy"], buy + wait["buy"], np.nan)
    gives_up = np.isnan(won) & ~np.isnan(choice if plan.market == "b2c" else np.fmax(choice, buy)) & (rng.random(n) < (0.45 if plan.market == "b2c" else 0.75))
    lost = np.where(gives_up, np.fmax(choice, buy) + wait["lost"], np.nan)
    return Walk(np.arange(n), need, first, choice, buy, won, lost, persona, kind, meets, handed)


def _sizes(blocked):
    """Units that begin at the first contact, when choosing and when buying: where the way is blocked, more of them come in behind it."""
    return {None: (2000, 500, 150), "first": (1200, 1700, 200), "choice": (1500, 500, 1100), "buy": (2200, 700, 400)}[blocked]


def _waits(plan, wrong, kind, is_handed_over, n):
    """Days from each part of the way to the next, log-normal round much the same middle."""
    rng, middle = plan.rng, {"b2c": 4.0, "b2b": 9.0, "both": 7.0}[plan.market]
    wait = {name: middle * rng.uniform(0.9, 1.15) * np.exp(rng.normal(0, 0.5, n)) for name in ("need", "first", "choice", "buy", "lost")}
    if wrong.bump and wrong.bump[0] == "wait":
        wait[wrong.bump[1]] *= EFFECTS["wait"][0 if wrong.bump[2] == ON else 2]
    if wrong.has_groups:
        wait |= {name: wait[name] * np.where(kind == SLOW, 1.8, 0.7) for name in ("first", "choice")}
        wait |= {name: np.where(kind != SLOW, 7 * np.maximum(np.round(wait[name] / 7), 1), wait[name]) for name in ("need", "first", "choice")}
    wait["choice"] = wait["choice"] + np.where(is_handed_over, wrong.days, 0.0)
    return wait


def _passes(plan, wrong, persona, is_handed_over, n):
    rng = plan.rng
    share = {place: np.full(n, rng.uniform(0.5, 0.65)) for place in PLACES}
    if wrong.persona_place:
        share[wrong.persona_place] = share[wrong.persona_place] + np.where(persona == 0, 0.5, -0.5) * wrong.persona_drop
    share["buy"] = share["buy"] + np.where(is_handed_over, -wrong.loss, 0.0)
    if wrong.blocked:
        share[wrong.blocked] = np.full(n, EFFECTS["blockage"][0])
    return {place: rng.random(n) < p for place, p in share.items()}


# --- what they do on the way -----------------------------------------------------------------------------------------


def add_steps(events: Events, plan: Plan, walk: Walk, wrong: Wrong) -> None:
    """The customer's own steps in every part of the way, with loops, ways back, dead ends and calls for help where they are planted."""
    events.add(walk.unit, walk.need, "search", channel=_channels(plan.rng, walk.kind, wrong.has_groups))
    for place, enters in (("first", ("ad_click", "home")), ("choice", ("form_submit", "view_item")), ("buy", ("quote_request", "begin_checkout"))):
        _steps_of(events, plan, walk, wrong, place, enters)
    events.add(walk.unit, walk.won, "order", value=plan.rng.gamma(2.0, 400.0, len(walk.unit)))
    events.add(walk.unit, walk.won + plan.rng.uniform(0.1, 1.0, len(walk.unit)), "payment")
    lost = np.where(np.isnan(walk.won), walk.lost, np.nan)
    events.add(walk.unit, lost, "deal_lost", initiator=None, source="crm")


def _steps_of(events, plan, walk, wrong, place, enters):
    rng, day = plan.rng, walk.entered(place)
    here = ~np.isnan(day)
    unit, day, left = walk.unit[here], day[here], walk.left(place)[here]
    stops = np.isnan(left)
    end = np.where(stops, np.minimum(day + rng.uniform(1, 6, len(day)), np.fmin(walk.lost[here], np.inf)), left) - 0.05
    end = np.maximum(end, day + 0.05)
    asks = (rng.random(len(day)) < 0.5) & ((place != "buy") | np.isnan(walk.choice[here]))
    events.add(unit, day, np.where(asks, *enters), channel=_channels(rng, walk.kind[here], wrong.has_groups))
    filler = {"first": ("page_view", "review_page"), "choice": ("view_item", "compare"), "buy": ("begin_checkout", "catalog")}[place]
    kind, in_groups = walk.kind[here], wrong.has_groups and place != "buy"
    end = np.where(stops & (kind != QUICK) & in_groups, np.fmin(day + rng.uniform(14, 22, len(day)), walk.lost[here]) - 0.05, end)
    n = np.choose(kind, (3, 14, 6)) + rng.integers(0, 2, len(day)) if in_groups else rng.integers(1, 4, len(day))
    late = np.minimum(end, day + np.choose(kind, (0.8, 25.0, 25.0))) if in_groups else end
    owner, days = spread(np.arange(len(unit)), day, late, rng, n=n)
    if in_groups:
        later, on = spread(np.arange(len(unit)), late, end, rng, n=0)
        owner, days = np.concatenate([owner, later]), np.concatenate([days, on])
        days = np.where(kind[owner] == WEEKEND, day[owner] + (days - day[owner]) // 7 * 7 + rng.uniform(0, 0.3, len(days)), days)
    several = _channels(rng, kind[owner], wrong.has_groups)
    events.add(unit[owner], days, np.where(rng.random(len(days)) < 0.8, filler[0], "catalog"), detail=f"{place} page", channel=several)
    _faults_of(events, rng, wrong, place, unit, day, end, stops, ~np.isnan(walk.first[here] if place == "choice" else walk.choice[here]), np.isnan(walk.lost[here]),
               _channels(rng, kind, wrong.has_groups))  # fmt: skip


def _channels(rng, kind, has_groups):
    several = np.array(["web", "search", "social", "app"])[rng.integers(0, 4, len(kind))]
    return np.where(kind == SLOW, several, np.where(kind == QUICK, "app", "web")) if has_groups else np.where(rng.random(len(kind)) < 0.7, "web", several)


def _faults_of(events, rng, wrong, place, unit, day, end, stops, comes_from, is_silent, channel):
    fault, where, state = wrong.winding or ("", "", ON)
    size = 0 if state == ON else 2
    share = {name: EFFECTS[name][size if (name, place) == (fault, where) else 1] for name in ("loop", "detour")}
    if (fault, where) == ("detour", place):  # only who has been before goes back there: so many of these that the planted share of all do
        share["detour"] /= comes_from.mean()
    chosen = {name: rng.random(len(unit)) < share[name] for name in ("loop", "detour")}
    for step in np.arange(5):  # there, away, back, away, back again
        events.add(unit[chosen["loop"]], (day + (end - day) * (0.1 + 0.15 * step))[chosen["loop"]], "filter_results" if step % 2 == 0 else "catalog", detail=f"{place} list",
                   channel=channel[chosen["loop"]])  # fmt: skip
    chosen["detour"] &= comes_from  # who began later goes to no earlier stage for the first time
    if place != "first":
        before = {"choice": "page_view", "buy": "view_item"}[place]
        events.add(unit[chosen["detour"]], (day + (end - day) * 0.6)[chosen["detour"]], before, channel=channel[chosen["detour"]])
    _dead_end(events, rng, (EFFECTS["dead_end"][size] if state == ON else 0.8) if (fault, where) == ("dead_end", place) else None, place, unit, day, end, stops & is_silent)
    share = EFFECTS["help"][(0 if wrong.bump[2] == ON else 2) if wrong.bump and wrong.bump[:2] == ("help", place) else 1]
    asks = rng.random(len(unit)) < share
    events.add(unit[asks], (day + (end - day) * rng.random(len(unit)))[asks], "support_chat", detail=f"{place} help", channel="chat")


def _dead_end(events, rng, share, place, unit, day, end, stops):
    """A page many meet: the last they see, for a planted share of those who meet it, or somewhere on the way."""
    if place == "buy":
        return
    meets = rng.random(len(unit)) < 0.12
    if share is not None:
        n_stop = max(int(meets.sum() * 1.5), 1)
        chosen = rng.permutation(np.flatnonzero(stops))[:n_stop]
        others = rng.permutation(np.flatnonzero(~stops))[: round(len(chosen) * (1 - share) / share)]
        meets = np.isin(np.arange(len(unit)), np.concatenate([chosen, others]))
    at = np.where(stops & (share is not None), np.maximum(end + 0.02, day + LAST_LOOK), day + (end - day) * 0.4)
    events.add(unit[meets], at[meets], "error_page", detail=f"{place} page")
