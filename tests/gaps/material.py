"""A drawn client for the checks: measures and registers as small tables, everything in order unless a test spoils it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from journeylib.client import Client
from journeylib.gaps import find_gaps
from journeylib.measures.stats import wilson
from journeylib.schema import ACTIVITIES, CONTENT, COVERAGE, FUNNEL, JOURNEYS, RATES, VOICE_COUNTS, check
from journeylib.stages import load_stage_model
from tests.drawing import rows, table

STAGES = ("awareness", "consideration", "decision", "loyalty", "advocacy")
KPIS = dict.fromkeys(STAGES, "how many")


def a_client(**changes) -> Client:
    """A Swedish consumer client with five stages, KPIs and targets."""
    given = {
        "slug": "drawn", "name": "Drawn", "language": "sv", "market": "b2c", "goal": "more_loyalty", "as_of": dt.date(2025, 12, 31),
        "targets": dict.fromkeys(STAGES[:-1], 0.4), "kpis": KPIS, "data_folder": Path("data/drawn"), "params_file": Path("params/drawn.yml"),
    }  # fmt: skip
    return Client(**(given | changes))


def funnel(text: str) -> pd.DataFrame:
    """A funnel from `stage | n_reached | n_followed | n_converted`, and of choice `persona`, `semantics`; both rules alike."""
    drawn = rows(text)
    for name in ("n_reached", "n_followed", "n_converted"):
        drawn[name] = pd.to_numeric(drawn[name])
    drawn["persona"] = drawn["persona"].fillna("") if "persona" in drawn else ""
    drawn["position"] = drawn["stage"].map(STAGES.index)
    is_last = drawn["stage"] == STAGES[-1]
    lo, hi = wilson(drawn["n_converted"].to_numpy(), drawn["n_followed"].clip(lower=1).to_numpy())
    next_reached = drawn.groupby([name for name in ("semantics", "persona") if name in drawn])["n_reached"].shift(-1)
    drawn = drawn.assign(n_went_on=drawn["n_converted"], n_lost=(drawn["n_reached"] - next_reached).clip(lower=0).fillna(0), n_open=0, n_too_recent=drawn["n_reached"] - drawn["n_followed"],
                         n_units=drawn["n_followed"], rate=(drawn["n_converted"] / drawn["n_followed"].replace(0, None)).mask(is_last),
                         rate_lo=pd.Series(lo).mask(is_last), rate_hi=pd.Series(hi).mask(is_last))  # fmt: skip
    kinds = [drawn] if "semantics" in drawn else [drawn.assign(semantics=kind) for kind in ("any", "at_least")]
    return check(pd.concat(kinds, ignore_index=True), FUNNEL)


def shares(text: str) -> pd.DataFrame:
    """A rates table from `measure | n | n_yes | days`, with Wilson's interval."""
    drawn = rows(text)
    for name in ("n", "n_yes", "days"):
        drawn[name] = pd.to_numeric(drawn[name]) if name in drawn else None
    lo, hi = wilson(drawn["n_yes"].to_numpy(), drawn["n"].clip(lower=1).to_numpy())
    known = drawn["n"] > 0
    return check(drawn.assign(group="", rate=(drawn["n_yes"] / drawn["n"].clip(lower=1)).where(known), lo=pd.Series(lo).where(known),
                              hi=pd.Series(hi).where(known), n_units=drawn["n"]), RATES)  # fmt: skip


def coverage(text: str) -> pd.DataFrame:
    """A coverage table from `stage | n_content | n_activities | n_owned | n_customers | status`, and of choice `persona`."""
    drawn = rows(text)
    drawn["persona"] = drawn["persona"].fillna("") if "persona" in drawn else ""
    drawn = table_numbers(drawn, ("n_content", "n_activities", "n_owned", "n_customers"))
    everybody = drawn[drawn["persona"] == ""]
    return check(drawn.assign(demand_share=drawn["n_customers"] / max(1, everybody["n_customers"].sum()),
                              supply_share=drawn["n_content"] / max(1, everybody["n_content"].sum())), COVERAGE)  # fmt: skip


def table_numbers(drawn, names):
    return drawn.assign(**{name: pd.to_numeric(drawn[name]).astype("float64") for name in names})


def journeys(days, *, started="2025-01-01") -> pd.DataFrame:
    """Won journeys that took so many days each, all begun on the same day."""
    begun = pd.Timestamp(started, tz="UTC")
    return check(pd.DataFrame([{"journey": i, "unit": i, "started_at": begun, "last_at": begun + pd.Timedelta(days=d),
                                "ended_at": begun + pd.Timedelta(days=d), "state": "won", "value": 100.0}
                               for i, d in enumerate(days)]), JOURNEYS)  # fmt: skip


FUNNEL_IN_ORDER = """
    stage         | n_reached | n_followed | n_converted
    awareness     | 2000      | 1000       | 500
    consideration | 1000      | 900        | 450
    decision      | 500       | 400        | 200
    loyalty       | 300       | 300        | 150
    advocacy      | 150       | 0          | 0
"""
RATES_IN_ORDER = """
    measure   | n    | n_yes | days
    follow_up | 200  | 180   | 30
    forgotten | 300  | 30    | 365
    silence   | 100  | 10    | 30
    referred  | 1000 | 100   |
"""
COVERAGE_IN_ORDER = """
    stage         | n_content | n_activities | n_owned | n_customers | status
    awareness     | 5         | 1            | 1       | 2000        | covered
    consideration | 5         | 1            | 1       | 1000        | covered
    decision      | 5         | 1            | 1       | 500         | covered
    loyalty       | 3         | 1            | 1       | 300         | covered
    advocacy      | 2         | 1            | 1       | 150         | covered
"""
ACTIVITIES_IN_ORDER = """
    activity_id | title      | stage         | purpose | next_step | owner | reach | cost  | need_id | channel
    1           | Annonser   | awareness     | synas   | besök     | marknad | 900 | 1000  | n1      | ads
    2           | Guide      | consideration | hjälpa  | möte      | sälj    | 400 | 2000  | n1      | web
    3           | Offert     | decision      | avsluta | signera   | sälj    | 90  | 3000  | n2      | meeting
    4           | Kundbrev   | loyalty       | vårda   | boka      | kund    | 80  | 4000  | n3      | email
    5           | Referenser | advocacy      | spridas | tipsa     | kund    | 20  | 5000  | n4      | email
"""
CONTENT_IN_ORDER = """
    content_id | title       | stage         | cta
    1          | Blogg       | awareness     | läs mer
    2          | Jämförelse  | consideration | boka möte
    3          | Prissida    | decision      | begär offert
    4          | Kom igång   | loyalty       | logga in
    5          | Berätta     | advocacy      | tipsa en vän
"""
VOICES_IN_ORDER = """
    stage         | row     | code | kind   | n_customers | n_asked | sources
    awareness     | need    | x    | stated | 12          | 30      | survey
    consideration | need    | x    | stated | 12          | 30      | survey
    decision      | need    | x    | stated | 12          | 30      | survey
    loyalty       | need    | x    | stated | 12          | 30      | survey
    advocacy      | need    | x    | stated | 12          | 30      | survey
"""


def tables_in_order() -> dict[str, pd.DataFrame]:
    return {"funnel": funnel(FUNNEL_IN_ORDER), "rates": shares(RATES_IN_ORDER), "coverage": coverage(COVERAGE_IN_ORDER),
            "voice_counts": table(VOICES_IN_ORDER, VOICE_COUNTS), "journeys": journeys([20.0] * 40)}  # fmt: skip


def registers_in_order() -> dict[str, pd.DataFrame]:
    return {"activities": activities(ACTIVITIES_IN_ORDER), "content": content(CONTENT_IN_ORDER)}


def activities(text: str) -> pd.DataFrame:
    return table(text, ACTIVITIES, source="register")


def content(text: str) -> pd.DataFrame:
    return table(text, CONTENT, source="register")


def ask(check_id: str, *, client: Client | None = None, registers=None, **tables) -> dict[str, pd.Series]:
    """The rows of one check by gap id: the client in order, with some tables replaced or (None) taken away."""
    client = client or a_client()
    measured = {name: found for name, found in (tables_in_order() | tables).items() if found is not None}
    listed = {name: found for name, found in (registers_in_order() | (registers or {})).items() if found is not None}
    gaps = find_gaps(measured, listed, load_stage_model(client), client)
    return {row["gap_id"]: row for _, row in gaps[gaps["check"] == check_id].iterrows()}
