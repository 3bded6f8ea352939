"""Every table the library passes around: its columns, types, units and rules, said once.

A table is a plain pandas frame. `check(frame, TABLE)` stands at both doors of a step: it returns the frame in the
declared column order, or raises a `TableError` whose message names the rule and counts the rows that break it,
never showing a customer's row.
"""

from __future__ import annotations

from journeylib.schema.concluded import ACTIONS, CELLS, CONCLUSIONS, GAPS, MAP_ROWS, QUESTIONS, SCENARIO
from journeylib.schema.customers import (
    BUYING_GROUP,
    BUYING_ROLES,
    HUMAN_CONTACT,
    LANDMARK_OUTCOMES,
    LENGTHS,
    PERSONA_CHECK,
    PERSONA_DIFFERENCE,
    READABILITY,
    REPEAT_CURVE,
    REPEATS,
    ROLES,
)
from journeylib.schema.delivered import (
    ACTIVITIES,
    CAMPAIGN_STATS,
    CANONICAL,
    CONTENT,
    CUSTOMERS,
    EVENTS,
    JOURNEYS,
    KEYWORDS,
    NEEDS,
    PRESENCE,
    REGISTERS,
    ROUTINES,
    SOURCES,
    VOICES,
)
from journeylib.schema.felt import MOMENTS, NEED_SUPPORT, SCORE_CHANGES, SCORES, STAYERS
from journeylib.schema.flow import (
    COMPLEXITY,
    COORDINATION,
    DETOURS,
    DEVIATION_KINDS,
    DEVIATIONS,
    FOLLOW_UP,
    FRICTION,
    HANDOVERS,
    PERSONALISATION,
    TYPICAL_PATH,
    VARIANTS,
)
from journeylib.schema.joined import CONFLICT_KINDS, CONFLICTS, COVERAGE_IN_TIME, IDENTITIES, JOINED, JOINED_UNITS, JOINS
from journeylib.schema.judged import CHANGES, EFFECT_KPIS, EFFECT_SERIES, EFFECTS, JUDGED, STRENGTH, VERDICTS
from journeylib.schema.leaving import COHORTS, DEPARTURES, DOSSIER, LAST_WORDS, PURCHASE_FLOW, SPIKES, STANDING, WHO_KINDS
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
    SEARCH,
    SEARCH_PHRASES,
    STAGE_TIMES,
    SUGGESTED_TOPICS,
    TEXT_CALIBRATION,
    TEXT_FEELING,
    TIME_CURVE,
    TOTALS,
    TOUCHPOINTS,
    TRANSITIONS,
    VOICE_COUNTS,
)
from journeylib.schema.site import ATTRIBUTION, CREDIT_MODELS, CTAS, PAGES
from journeylib.schema.tables import Column, Table, check, empty
from journeylib.schema.values import ATOMS, GAP_STATUSES, INITIATORS, KINDS, OUTCOMES, RELATIONS, SEMANTICS, STATES, VOICE_ROWS

#: Every declared table by name.
TABLES = {t.name: t for t in (SOURCES, *CANONICAL.values(), JOURNEYS, *JOINED.values(), *MEASURES.values(), *GATHERING.values(), *CONCLUSIONS.values(), *JUDGED.values())}

__all__ = ["VERDICTS", "SUGGESTED_TOPICS", "ACTIONS", "ACTIVITIES", "AGREEMENT", "ATOMS", "ATTRIBUTION", "BUYING_GROUP", "BUYING_ROLES", "CAMPAIGN_STATS", "CANONICAL", "CELLS", "CHANGES", "CHANNELS", "COMPLEXITY", "COHORTS", "CONCLUSIONS", "CONFLICTS", "CONFLICT_KINDS", "CONTENT", "COORDINATION", "COVERAGE", "COVERAGE_IN_TIME", "CREDIT_MODELS", "CTAS", "CUSTOMERS", "Column", "DEPARTURES", "DETOURS", "DEVIATIONS", "DEVIATION_KINDS", "DOSSIER", "EFFECTS", "EFFECT_KPIS", "EFFECT_SERIES", "EMOTION", "EVENTS", "EXITS", "FOLLOW_UP", "FRICTION", "FUNNEL", "GAPS", "GAP_STATUSES", "GATHERING", "HANDOVERS", "HEARD", "HUMAN_CONTACT", "IDENTITIES", "INITIATORS", "JOINED", "JOINED_UNITS", "JOINS", "JOURNEYS", "KEYWORDS", "KINDS", "LANDMARK_OUTCOMES", "LENGTHS", "LAST_WORDS", "MAP_ROWS", "MEASURES", "MOMENTS", "NEEDS", "NEED_SCORES", "NEED_SUPPORT", "OUTCOMES", "PAGES", "PERSONALISATION", "PERSONA_CHECK", "PERSONA_DIFFERENCE", "PURCHASE_FLOW", "QUESTIONS", "PRESENCE", "RATES", "READABILITY", "REGISTERS", "RELATIONS", "REPEATS", "REPEAT_CURVE", "ROLES", "ROUTINES", "SATURATION", "SCENARIO", "SCORES", "SCORE_CHANGES", "SEARCH", "SEARCH_PHRASES", "SEMANTICS", "SOURCES", "SPIKES", "STAGE_TIMES", "STANDING", "STATES", "STAYERS", "STRENGTH", "TABLES", "TEXT_CALIBRATION", "TEXT_FEELING", "TIME_CURVE", "TOTALS", "TOUCHPOINTS", "TRANSITIONS", "TYPICAL_PATH", "Table", "VARIANTS", "VOICES", "VOICE_COUNTS", "VOICE_ROWS", "WHO_KINDS", "check", "empty"]
