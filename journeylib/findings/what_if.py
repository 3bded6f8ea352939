"""What if you do it? The costliest drop-off brought to its target: what it would give, how sure that is, what it leans on (C11)."""

from __future__ import annotations

from journeylib.figures.bars import Spread, draw_spreads
from journeylib.figures.fan import draw_fan
from journeylib.figures.sliders import Sliders
from journeylib.figures.tables import html_table
from journeylib.findings import Finding
from journeylib.findings.labels import stage_label
from journeylib.findings.worth import say_value_split
from journeylib.grain import say_first_purchases
from journeylib.improve.scenario import flow_today


def what_if_you_do_it(run, improved) -> Finding:
    """What closing the costliest certain drop-off would give in a year, in money only where it surely gives something; one line where no drop-off has a worth."""
    w, scenario = run.words, improved.scenario
    question, split = w.say("what_if.question"), say_value_split(run, improved.value_split, with_heading=improved.scenario is not None)
    tables = {"value_split": improved.value_split} if split else {}
    if scenario is None:
        return Finding("what_if_you_do_it", "what_if", question, w.say("what_if.not_checkable"), state="not_checkable", details=split,
                       details_label=w.say("effects_more.split.heading"), tables=tables)  # fmt: skip
    lo, median, hi = scenario.extra
    stage = stage_label(run, scenario.change.stage)
    values = {"stage": stage, "next": _next_label(run, scenario), "rate": w.percent(scenario.change.rate), "extra": w.count(round(median)),
              "lo": w.count(round(lo)), "hi": w.count(round(hi)), "today": w.count(round(scenario.today))}  # fmt: skip
    state = "clear" if lo > 0 else "close"
    takeaway = w.say(f"what_if.{state}", **values)
    words = {name: w.say(f"what_if.{name}") for name in ("today", "changed", "weeks")}
    return Finding("what_if_you_do_it", "what_if", question, takeaway, text=(f"{w.say('what_if.reading', **values)} {say_first_purchases(w, run.client)}".strip(), " ".join(_assumptions(run, scenario))),
                   so_what=w.say("what_if.money", money=w.money_range(scenario.money[0], scenario.money[2])) if state == "clear" else "",
                   picture=draw_fan(scenario.weeks, words=words, say=lambda n: w.count(round(n)), alt=takeaway),
                   details=_levers(run, scenario) + split, details_label=w.say("what_if.details"), tables={"scenario": scenario.weeks} | tables, state=state,
                   numbers={"stage": scenario.change.stage, "extra": median, "lo": lo, "hi": hi, "today": scenario.today})  # fmt: skip


def _assumptions(run, scenario):
    """What the calculation counts on, in the client's own terms where there are any."""
    w, quality, capacity = run.words, scenario.change.quality, run.client.what_if.capacity
    if quality == 1 and not capacity:
        yield w.say("what_if.assumes")
        return
    yield w.say("effects_more.what_if.quality", share=w.percent(quality)) if quality < 1 else w.say("effects_more.what_if.alike")
    if capacity:
        limits = [w.say("effects_more.what_if.limit", stage=stage_label(run, stage), n=w.number(n, 0 if n == round(n) else 1)) for stage, n in capacity.items()]
        yield w.say("effects_more.what_if.capacity", limits=w.list(limits))
    yield w.say("effects_more.what_if.rest")


def try_what_if(run, improved) -> Sliders | str:
    """Sliders for the notebook: every share up to the purchase, how many set out, how ready the additional ones are, and how many can be served.

    What a year would come to follows at once: journeys × shares × worth, once a change has worked through; the report's own figure shows the first year.
    """
    w = run.words
    if not run.is_attended:
        return w.say("what_if.sliders.elsewhere")
    flow = flow_today(improved.mapped.tables | {"journeys": improved.mapped.collected.journeys}, run.model, run.client)
    if flow is None:
        return w.say("what_if.not_checkable")
    chain = flow.chain
    shares = [(w.say("what_if.sliders.share", stage=stage_label(run, stage)), float(k / n)) for stage, k, n in zip(chain.stages, chain.k, chain.n, strict=True)]
    words = {name: w.say(f"what_if.sliders.{name}") for name in ("purchases", "money", "arrivals", "reset", "note")}
    words |= {"quality": w.say("effects_more.what_if.slider_quality"), "no_limit": w.say("effects_more.what_if.no_limit")}
    limits = [(w.say("effects_more.what_if.slider_capacity", stage=stage_label(run, stage)), place, flow.capacity.get(stage))
              for place, stage in enumerate(chain.stages) if stage in flow.capacity or (not flow.capacity and place == len(chain.stages) - 1)]  # fmt: skip
    return Sliders(shares, chain.n_a_year, chain.worth, run.client.currency, run.client.language, words, run.client.what_if.quality, limits)


def _next_label(run, scenario):
    """Where the additional journeys would go: the next stage, or the purchase after the last one before it."""
    ids = run.model.ids
    place = ids.index(scenario.change.stage)
    return stage_label(run, ids[place + 1]) if place + 1 < len(ids) else run.words.say("what_if.purchase")


def _levers(run, scenario) -> str:
    """What the result leans on, the largest lever first (a tornado), and the same numbers as a table."""
    w = run.words
    said = {"capacity": w.say("effects_more.what_if.lever_capacity")}
    rows = [(said.get(name) or w.say(f"what_if.levers.{name}"), lo, hi) for name, (lo, hi) in scenario.levers.items()]
    median = scenario.money[1]
    ends = [(name, min(lo, hi), max(lo, hi)) for name, lo, hi in rows]  # where a limit binds, more of one thing can be worth less
    bars = [Spread(name, lo, min(max(median, lo), hi), hi, w.money_range(lo, hi)) for name, lo, hi in ends]
    headings = [w.say(f"what_if.levers.{name}") for name in ("assumption", "low", "high")]
    return draw_spreads(bars, alt=w.say("what_if.details")) + html_table(headings, [[name, w.money(lo), w.money(hi)] for name, lo, hi in rows], numeric=(1, 2))
