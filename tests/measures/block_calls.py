"""Every measure over the log as a call, found in the code, and whether two answers are the same; for the tests of blocks."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal, assert_series_equal

import journeylib.measures
from journeylib.measures.definition import Conversion, Step
from journeylib.measures.deviations import Planned
from journeylib.measures.dossier import leavers
from journeylib.measures.web_visits import Asked, stage_of_pages
from journeylib.schema import VOICES
from tests.drawing import SHORT, Drawn, from_frame, table

CUT = Conversion((Step("ad", touchpoints=("ad",)), Step("order", touchpoints=("order",))), window_days=90)
PLAN = [Planned("ad"), Planned("page_view", optional=True), Planned("order", within_days=30)]
DEPARTMENTS = {"web": "Marketing", "crm": "Sales"}
SAID = table("""
    voice_id | customer_id | stage         | row     | metric | score | scale_min | scale_max | kind   | source | code
    1        | c0          | awareness     | emotion | csat   | 1     | 1         | 5         | stated | s      |
    2        | c1          | consideration | emotion | csat   | 5     | 1         | 5         | stated | s      |
    3        | c2          | consideration | reason  |        |       |           |           | stated | s      | price
""", VOICES)  # fmt: skip
#: Every measure over the log by module and name, as a call with a log, its journeys, a model and the size of a block.
CALLS = {
    "accounts.active_days": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "accounts.first_conversation": lambda f, log, journeys, model, n: f(log, journeys, n_rows=n),
    "aftercare.aftercare": lambda f, log, journeys, model, n: f(log, journeys, confirm_days=30, regret_days=60, onboarding_days=60, rescue_days=60, ending_days=60, n_rows=n),
    "attribution.attribution": lambda f, log, journeys, model, n: f(log, journeys, look_back_days=90, half_life_days=7, seed=1, k=1, n_rows=n),
    "buying_group.buying_tables": lambda f, log, journeys, model, n: f(log, journeys, model, window_days=60, n_rows=n),
    "cohorts.cohorts": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "complexity.complexity": lambda f, log, journeys, model, n: f(log, journeys, model, wait_days=20, n_rows=n),
    "contacts.rates": lambda f, log, journeys, model, n: f(log, journeys, follow_up_days=30, silence_days=20, forgotten_months=3, n_rows=n),
    "content.coverage": lambda f, log, journeys, model, n: f(log, journeys, model, personas=["p0"], as_of=dt.date(2026, 1, 1), n_rows=n),
    "definition.count": lambda f, log, journeys, model, n: f(log, journeys, CUT, n_rows=n),
    "deviations.deviations": lambda f, log, journeys, model, n: f(log, journeys, PLAN, n_rows=n),
    "deviations.failed_contacts": lambda f, log, journeys, model, n: f(log, journeys, n_rows=n),
    "departures.departures": lambda f, log, journeys, model, n: f(log, leavers(log, journeys, model, window_days=30), model, n_rows=n),
    "dossier.leavers": lambda f, log, journeys, model, n: f(log, journeys, model, window_days=30, n_rows=n),
    "entrances.entrances": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "follow_up.follow_up": lambda f, log, journeys, model, n: f(log, journeys, limit_hours=24, signals=("form_submit",), n_rows=n),
    "friction.friction": lambda f, log, journeys, model, n: f(log, journeys, model, window_days=30, n_rows=n),
    "funnel.funnel": lambda f, log, journeys, model, n: f(log, journeys, model, window_days=30, personas=["p0", "p1"], n_rows=n),
    "handovers.coordination": lambda f, log, journeys, model, n: f(log, journeys, departments=DEPARTMENTS, n_rows=n),
    "handovers.handovers": lambda f, log, journeys, model, n: f(log, journeys, model, departments=DEPARTMENTS, window_days=30, n_rows=n),
    "passages.count_presences": lambda f, log, journeys, model, n: f(log, model, "touchpoint", n_rows=n),
    "passages.find_passages": lambda f, log, journeys, model, n: f(log, model, n_rows=n),
    "path_order.path_order": lambda f, log, journeys, model, n: f(log, journeys, n_rows=n),
    "paths.exits": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "paths.transitions": lambda f, log, journeys, model, n: f(log, model, n_rows=n),
    "personalisation.personalisation": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "repeats.repeats": lambda f, log, journeys, model, n: f(log, journeys, n_rows=n),
    "rhythm.contact_rhythm": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "site.site": lambda f, log, journeys, model, n: f(log, journeys, model, window_days=30, n_rows=n),
    "standing.spikes": lambda f, log, journeys, model, n: f(log, model, timezone="Europe/Stockholm", n_rows=n),
    "standing.standing": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "stayers.furthest_stage": lambda f, log, journeys, model, n: f(log, journeys, model, {"c0", "c1"}, n_rows=n),
    "stayers.stayers": lambda f, log, journeys, model, n: f(SAID, model, log=log, journeys=journeys, n_rows=n),
    "timing.stage_times": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "timing.time_curve": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "totals.totals": lambda f, log, journeys, model, n: f(log, journeys, n_rows=n),
    "touchpoints.channels": lambda f, log, journeys, model, n: f(log, model, n_rows=n),
    "touchpoints.touchpoints": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "typical.typical_path": lambda f, log, journeys, model, n: f(log, journeys, model, n_rows=n),
    "web_visits.find_web_visits": lambda f, log, journeys, model, n: f(log, journeys, model, Asked(pages, 2, 30), n_rows=n) if (pages := stage_of_pages(log, model)) is not None else None,
    "web_visits.stage_of_pages": lambda f, log, journeys, model, n: f(log, model, n_rows=n),
    "winding.winding": lambda f, log, journeys, model, n: f(log, journeys, model, window_days=30, n_rows=n),
}  # fmt: skip
#: What hands out blocks, and is no measure.
NO_MEASURE = {"passages.over_blocks", "passages.blocks_of_units"}
#: Tables made of a log that is looked at whole: a sample of customers, and what others call block by block.
OF_A_WHOLE_LOG = {"behaviour.behaviour", "personas.personas", "departments.company_contacts", "site.pages", "site.ctas"}


def public_functions():
    for module in pkgutil.iter_modules(journeylib.measures.__path__):
        loaded = importlib.import_module(f"journeylib.measures.{module.name}")
        for name, found in vars(loaded).items():
            if inspect.isfunction(found) and found.__module__ == loaded.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", found


MEASURES = {name: found for name, found in public_functions() if "n_rows" in inspect.signature(found).parameters}


#: What an event of a drawn log may say.
SAYS = {
    "atom": [*SHORT, None], "outcome": [None, None, None, "won", "lost"],
    "touchpoint": ["ad", "page_view", "page_view", "form_submit", "meeting", "newsletter", "ticket", "order", None],
    "channel": ["web", "phone", "email", None], "initiator": ["customer", "customer", "company", None], "detail": ["/", "/prices", "/offer", None],
    "source": ["web", "crm"], "department": ["Sales", "Support", None], "customer": ["c0", "c1", "c2", None], "offer": ["basic", "plus", None], "value": [10.0, 0.1, None],
}  # fmt: skip


def draw_log(rows: pd.DataFrame, minutes, is_together: bool) -> Drawn:
    """Events of ten journeys of five units as a prepared log, some within one visit of one another; a unit's journeys lie together, or do not."""
    journey = rows["journey"]
    unit = journey // 2 if is_together else journey % 5
    persona, name = journey.map(lambda code: ("p0", "p1", None)[code % 3]), unit.astype(str)
    frame = rows.assign(day=[10 * minute / 1440 for minute in minutes], unit="u" + name, account_id="a" + name, persona=persona, customer_id="c" + name)
    return from_frame(frame, until=200)


def same(left, right, name):
    if isinstance(left, pd.DataFrame):
        assert_frame_equal(left, right, rtol=1e-12, atol=1e-12, obj=name)
    elif isinstance(left, pd.Series):
        assert_series_equal(left, right, rtol=1e-12, obj=name)
    elif is_dataclass(left):
        for field in fields(left):
            same(getattr(left, field.name), getattr(right, field.name), f"{name}.{field.name}")
    elif isinstance(left, dict):
        assert left.keys() == right.keys(), name
        for key in left:
            same(left[key], right[key], f"{name}[{key}]")
    elif isinstance(left, (list, tuple)):
        assert len(left) == len(right), name
        for mine, other in zip(left, right, strict=True):
            same(mine, other, name)
    else:
        np.testing.assert_array_equal(left, right, err_msg=name)
