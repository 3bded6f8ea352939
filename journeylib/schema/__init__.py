"""Every table the library passes around: its columns, types, units and rules, said once.

A table is a plain pandas frame. `check(frame, TABLE)` stands at both doors of a step: it returns the frame in the
declared column order, or raises a `TableError` whose message names the rule and counts the rows that break it,
never showing a customer's row.
"""

from __future__ import annotations

from journeylib.schema.concluded import ACTIONS, CELLS, CONCLUSIONS, GAPS, MAP_ROWS, QUESTIONS
from journeylib.schema.delivered import ACTIVITIES, CAMPAIGN_STATS, CANONICAL, CONTENT, CUSTOMERS, EVENTS, JOURNEYS, KEYWORDS, NEEDS, REGISTERS, SOURCES, VOICES
from journeylib.schema.measured import (
    AGREEMENT,
    CHANNELS,
    COVERAGE,
    EMOTION,
    EXITS,
    FUNNEL,
    GATHERING,
    HEARD,
    MEASURES,
    NEED_SCORES,
    RATES,
    SATURATION,
    STAGE_TIMES,
    TIME_CURVE,
    TOTALS,
    TOUCHPOINTS,
    TRANSITIONS,
    VOICE_COUNTS,
)
from journeylib.schema.tables import Column, Table, check, empty
from journeylib.schema.values import ATOMS, GAP_STATUSES, INITIATORS, KINDS, OUTCOMES, RELATIONS, SEMANTICS, STATES, VOICE_ROWS

#: Every declared table by name.
TABLES = {t.name: t for t in (SOURCES, *CANONICAL.values(), JOURNEYS, *MEASURES.values(), *GATHERING.values(), *CONCLUSIONS.values())}

__all__ = ["ACTIONS", "ACTIVITIES", "AGREEMENT", "ATOMS", "CAMPAIGN_STATS", "CANONICAL", "CELLS", "CHANNELS", "CONCLUSIONS", "CONTENT", "COVERAGE", "CUSTOMERS", "Column", "EMOTION", "EVENTS", "EXITS", "FUNNEL", "GAPS", "GAP_STATUSES", "GATHERING", "HEARD", "INITIATORS", "JOURNEYS", "KEYWORDS", "KINDS", "MAP_ROWS", "MEASURES", "NEEDS", "NEED_SCORES", "OUTCOMES", "QUESTIONS", "RATES", "REGISTERS", "RELATIONS", "SATURATION", "SEMANTICS", "SOURCES", "STAGE_TIMES", "STATES", "TABLES", "TIME_CURVE", "TOTALS", "TOUCHPOINTS", "TRANSITIONS", "Table", "VOICES", "VOICE_COUNTS", "VOICE_ROWS", "check", "empty"]
