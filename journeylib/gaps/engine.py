"""The gap engine (practice C21): one check's answer for one place, and how an interval is held against a limit.

Four answers, never two: *found* when the whole interval lies on the bad side of the limit and enough customers stand
behind it; *not found* when it lies on the good side; *uncertain* otherwise; *not checkable* when a table the check
needs was not delivered. Absence of a table is never a good answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from journeylib.client import Client, Thresholds
from journeylib.knowledge import load
from journeylib.stages import Stage, StageModel

#: Under this many a share is shown as counts (practice C0) and a difference between groups is not tested.
FEWEST_FOR_PERCENT = 10
#: A register whose deciding column is empty for more than this share cannot be told from one not filled in (C18).
LARGEST_EMPTY_SHARE = 0.30

#: What has to be delivered for a measure's table to exist; so a reader is told of sources, not of tables.
SOURCES_OF = {
    "funnel": ("events",), "stage_times": ("events",), "rates": ("events",), "touchpoints": ("events",),
    "transitions": ("events",), "exits": ("events",), "channels": ("events",), "time_curve": ("events",),
    "totals": ("events",), "journeys": ("events",), "coverage": ("events", "content", "activities"),
    "voice_counts": ("voices",), "emotion": ("voices",), "need_scores": ("needs", "voices"),
    "complexity": ("events",), "friction": ("events",), "typical_path": ("events",), "handovers": ("departments",), "coordination": ("departments",),
    "follow_up": ("signals",), "personalisation": ("messages",),
    "search": ("keywords",), "search_phrases": ("keywords",), "persona_check": ("personas",), "repeats": ("orders",),
    "roles": ("roles",), "buying_group": ("events",), "human_contact": ("events",), "readability": ("content_texts",),
}  # fmt: skip


#: Answers every check may give in the same words: `gaps.common.<reason>`.
COMMON = ("not_checkable", "out_of_scope", "too_few", "nobody", "unplaced", "no_events", "withheld")


@dataclass(frozen=True)
class Known:
    """All a check may look at: the measures, the registers delivered, the stage model, the client and its limits."""

    tables: dict[str, pd.DataFrame]
    registers: dict[str, pd.DataFrame]
    model: StageModel
    client: Client
    limits: Thresholds

    def table(self, name: str) -> pd.DataFrame | None:
        """A measure or a register by name; None when it was not delivered or holds nothing."""
        found = self.tables.get(name)
        found = self.registers.get(name) if found is None else found
        return None if found is None or found.empty else found

    def missing(self, *names: str) -> tuple[str, ...]:
        """Which of the tables were not delivered, said as the sources that would give them."""
        named = sources_of(name for name in names if self.table(name) is None)
        return tuple(source for source in named if not self._is_delivered(source)) or named

    def has_journeys(self, state: str) -> bool:
        """Whether any journey is known to have come to this state; True where the journeys are not at hand."""
        journeys = self.table("journeys")
        return journeys is None or bool((journeys["state"] == state).any())

    def has_no_events(self, stage: str, persona: str = "") -> bool:
        """Whether nobody, or nobody like the persona, was ever seen in the stage; False where events were not delivered."""
        funnel = funnel_of(self, "any", persona)
        return funnel is not None and stage in funnel.index and not funnel.loc[stage, "n_reached"]

    def _is_delivered(self, source: str) -> bool:
        """Whether a source is there, though a table that needs it beside others is not."""
        return self.table("funnel" if source == "events" else source) is not None


@dataclass(frozen=True)
class Gap:
    """One check's answer for one place; `reason` names the sentence under `gaps.<check>` that explains it."""

    check: str
    status: str
    reason: str = ""
    stage: str = ""
    persona: str = ""
    part: str = ""
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    n: int | None = None
    threshold: float | None = None
    unit: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    evidence: str | None = None

    @property
    def gap_id(self) -> str:
        """`G05:consideration:cio`; `G03` for the whole journey; a check with two parts names the part last."""
        return ":".join([self.check, self.stage, self.persona, self.part]).rstrip(":")

    @property
    def sentence(self) -> str:
        """Key of the message that says the answer."""
        reason = self.reason or self.status
        return f"gaps.common.{reason}" if reason in COMMON else f"gaps.{self.check}.{reason}"

    def of_part(self, part: str) -> Gap:
        """The same answer in the words of one part of the check: `gaps.G19.asked_found`."""
        return self if self.reason in COMMON else replace(self, reason=f"{part}_{self.reason or self.status}")

    def row(self) -> dict[str, Any]:
        """The answer as a row of the gaps table."""
        return {
            "gap_id": self.gap_id, "check": self.check, "stage": self.stage, "persona": self.persona, "status": self.status,
            "value": self.value, "lo": self.lo, "hi": self.hi, "n": self.n, "threshold": self.threshold, "unit": self.unit,
            "reason": self.sentence,
            "details": json.dumps(self.details, ensure_ascii=False, sort_keys=True) if self.details else None,
            "missing": ",".join(self.missing) or None, "evidence": self.evidence,
        }  # fmt: skip


def sources_of(tables) -> tuple[str, ...]:
    """The sources behind tables, each once, in order.

    >>> sources_of(["funnel", "rates", "content"])
    ('events', 'content')
    """
    return tuple(dict.fromkeys(source for table in tables for source in SOURCES_OF.get(table, (table,))))


def held_against(lo: float, hi: float, limit: float, *, bad: str, is_large_enough: bool = True) -> str:
    """The answer of an interval held against a limit whose bad side is `below` or `above`.

    >>> held_against(0.10, 0.20, 0.50, bad="below"), held_against(0.10, 0.60, 0.50, bad="below")
    ('found', 'uncertain')
    >>> held_against(0.10, 0.20, 0.50, bad="above")
    'not_found'
    """
    if pd.isna(lo) or pd.isna(hi) or pd.isna(limit):
        return "uncertain"
    is_bad, is_good = (hi < limit, lo >= limit) if bad == "below" else (lo > limit, hi <= limit)
    if is_bad and is_large_enough:
        return "found"
    return "not_found" if is_good else "uncertain"


def not_checkable(check: str, missing: tuple[str, ...], **place) -> list[Gap]:
    """The answer of a check whose sources were not delivered."""
    return [Gap(check, "not_checkable", missing=tuple(missing), **place)]


def out_of_scope(check: str) -> list[Gap]:
    """The answer of a check that looks at stages the client has left out of the report (M002)."""
    return [Gap(check, "not_checkable", reason="out_of_scope", missing=("scope",))]


def judge_share(known: Known, gap: Gap, row: pd.Series, limit: float, *, bad: str) -> Gap:
    """A share of customers held against a limit; under k customers nothing is printed of them.

    Parameters
    ----------
    gap : check and place, without an answer. row : `n`, `n_yes`, `rate`, `lo`, `hi` as in the rates table.
    """
    n = int(row["n"])
    if n == 0:
        return Gap(gap.check, "not_checkable", "nobody", gap.stage, gap.persona, gap.part, missing=("events",))
    if min(n, row.get("n_units", n)) < known.client.privacy.k:  # many journeys of few companies are few
        return Gap(gap.check, "uncertain", "too_few", gap.stage, gap.persona, gap.part, threshold=limit, unit="share")
    status = held_against(row["lo"], row["hi"], limit, bad=bad)
    details = {"k": int(row["n_yes"]), "bad": bad, **gap.details}
    if pd.notna(row.get("days")):
        details["days"] = float(row["days"])
    return Gap(gap.check, status, status, gap.stage, gap.persona, gap.part, row["rate"], row["lo"], row["hi"], n, limit,
               "share", details, evidence=gap.evidence)  # fmt: skip


def one_rate(known: Known, measure: str) -> pd.Series | None:
    """The named share for all customers, or None when it could not be measured."""
    rates = known.table("rates")
    rows = rates[(rates["measure"] == measure) & (rates["group"] == "")] if rates is not None else ()
    return rows.iloc[0] if len(rows) else None


def judge_rate(known: Known, check: str, measure: str, limit: float, *, bad: str, lacks: str, stage: str = "", **details) -> list[Gap]:
    """The named share for all customers held against a limit; `lacks` is what to deliver where the shares are there and this one is not."""
    row = one_rate(known, measure)
    if row is None:
        return not_checkable(check, known.missing("rates") or (lacks,), stage=stage)
    return [judge_share(known, Gap(check, "", stage=stage, details=details, evidence=f"rates: {measure}"), row, limit, bad=bad)]


def funnel_of(known: Known, semantics: str, persona: str = "") -> pd.DataFrame | None:
    """The funnel under one counting rule for one persona, one row a stage; None when it was not measured."""
    funnel = known.table("funnel")
    if funnel is None:
        return None
    rows = funnel[(funnel["semantics"] == semantics) & (funnel["persona"] == persona) & funnel["stage"].isin(known.model.ids)]
    return None if rows.empty else rows.sort_values("position").set_index("stage", drop=False)


def in_stage(register: pd.DataFrame, stage: Stage) -> pd.DataFrame:
    """The register's rows that belong to a stage, named by the stage or by one of its atoms."""
    by_atom = register["stage"].isna() & register["atom"].isin(list(stage.atoms))
    return register[(register["stage"] == stage.id).fillna(False) | by_atom.fillna(False)]


def is_placed(register: pd.DataFrame) -> bool:
    """Whether enough rows say where in the journey they belong; else an empty stage says nothing."""
    return bool((register["stage"].isna() & register["atom"].isna()).mean() <= LARGEST_EMPTY_SHARE)


def is_filled(column: pd.Series) -> bool:
    """Whether a column is filled in often enough for its blanks to mean something (C18)."""
    return bool(column.isna().mean() <= LARGEST_EMPTY_SHARE)


def asking(content: pd.DataFrame) -> pd.DataFrame:
    """The content that is to ask something of the reader: not terms, policies and the like (`asks_nothing` in `content_types.yml`)."""
    silent = [kind for kind, entry in load("content_types").items() if entry.get("asks_nothing")]
    return content[~content["type"].isin(silent).fillna(False)]


def live(content: pd.DataFrame, as_of) -> pd.DataFrame:
    """The content that was out at the data cut."""
    cut = pd.Timestamp(as_of)
    return content[~(content["live_from"] > cut).fillna(False) & ~(content["live_to"] < cut).fillna(False)]


def stage_with(model: StageModel, atom: str) -> Stage | None:
    """The stage that groups an atom, in scope or not."""
    return next((stage for stage in model.stages if atom in stage.atoms), None)


def first_in_scope(model: StageModel, *atoms: str) -> str | None:
    """Id of the first stage in scope that groups one of the atoms, or None."""
    return next((stage.id for stage in model.in_scope if set(atoms) & set(stage.atoms)), None)
