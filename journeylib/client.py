"""A client's parameters: `params/<client>.yml` → a frozen `Client`, with every mistake named by file, line and key."""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from journeylib.schema import ATOMS, VOICE_ROWS

LANGUAGES = ("sv", "da", "nb", "en")
MARKETS = ("b2b", "b2c", "both")
GOALS = (
    "easier_purchase", "fewer_abandoned_carts", "more_loyalty", "more_conversions",
    "higher_satisfaction", "more_lifetime_value",
)  # fmt: skip
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Period(_Record):
    """The dates the report is about."""

    start: dt.date = Field(description="First day of the period, e.g. 2025-01-01. Events before it are left out.")
    end: dt.date = Field(description="Last day of the period. Events after it are left out.")


class Scope(_Record):
    """Where the journey begins and ends (M002): stages outside vanish from map, funnel and gaps; nothing else moves."""

    from_stage: str | None = Field(None, description="Id of the first stage in scope; none = the model's first.")
    to_stage: str | None = Field(None, description="Id of the last stage in scope; none = the model's last.")


class Question(_Record):
    """One question of a survey file: which column, where in the journey, what it measures."""

    atom: Literal[ATOMS] | None = Field(None, description="Atom the question is about.")
    stage: str | None = Field(None, description="Stage id, instead of an atom.")
    touchpoint: str | None = Field(None, description="Touchpoint it is about.")
    row: Literal[VOICE_ROWS] = Field("emotion", description="What an answer is about.")
    metric: Literal["csat", "ces", "nps", "importance", "satisfaction", "expectation"] | None = Field(None, description="Measure, for a scored question; none = free text.")
    need: str | None = Field(None, description="Need id, for importance and satisfaction.")
    scale: tuple[float, float] | None = Field(None, description="Lowest and highest answer, e.g. [1, 5].")
    wording: str | None = Field(None, description="Id of the wording: only equal wordings share a curve.")


class Source(_Record):
    """One source: which file, how it is read, and who delivered it."""

    file: str = Field(description="File name under the client's data folder; `*` takes every file that matches, e.g. `orders_*.csv`.")
    format: str = Field(description="Name of a format under journeylib/collect/formats/, e.g. `shopify_orders` or `plain_events`.")
    columns: dict[str, str] = Field({}, description="Canonical column → the file's own header, where the format's aliases do not know it.")
    set: dict[str, str | float | bool] = Field({}, description="Canonical column → one value for every row of this source, e.g. `{channel: phone}`.")
    where: dict[str, str] = Field({}, description="The file's own column → condition a row must meet, e.g. `{Quantity: '> 0', InvoiceNo: 'not C*'}`. The rest is counted as dropped.")
    questions: dict[str, Question] = Field({}, description="Survey files: header of a question (`*` matches any run of characters) → what it measures.")
    encoding: str | None = Field(None, description="Encoding, where detection is wrong, e.g. `cp1252`.")
    separator: Annotated[str | None, StringConstraints(strip_whitespace=False)] = Field(None, description="Column separator, where detection is wrong; one blank (`' '`) is any run of blanks.")
    decimal: Literal[".", ","] | None = Field(None, description="Decimal mark, where detection is wrong.")
    dates: Literal["Y-M-D", "D/M/Y", "M/D/Y"] | None = Field(None, description="Order of day, month and year, where the file itself cannot decide (is 03/04 March or April?).")
    timezone: str | None = Field(None, description="Time zone of moments without one; none = the client's.")
    duplicates: Literal["remove", "keep"] | None = Field(None, description="Rows equal in every cell: one thing exported twice (remove, the usual) or real (keep); none = as the format says.")
    sheet: str | None = Field(None, description="Sheet of a workbook; none = the first.")
    delivered_by: str | None = Field(None, description="Who delivered it: a role, never a person's name.")
    department: str | None = Field(None, description="Department whose data it is.")


class Rule(_Record):
    """Events that match every given field get the atom, the outcome, or both. The first rule that matches decides (M021)."""

    source: str | None = Field(None, description="Name of the source; `*` matches any run of characters.")
    touchpoint: str | None = Field(None, description="Touchpoint, e.g. `page_view`; several with `|`, e.g. `order|subscription`.")
    detail: str | None = Field(None, description="Detail (page path, deal stage, campaign …), e.g. `/pris*`; several with `|`.")
    channel: str | None = Field(None, description="Channel.")
    offer: str | None = Field(None, description="Offer.")
    initiator: Literal["customer", "company", "third"] | None = Field(None, description="Who started it.")
    atom: Literal[ATOMS] | None = Field(None, description="The atom these events carry; none = they belong to no stage, knowingly.")
    again: Literal[ATOMS] | None = Field(None, description="The atom from the second such event of the same journey on, e.g. a repeat order.")
    outcome: Literal["won", "lost"] | None = Field(None, description="What the event decides about the journey.")


class Persona(_Record):
    """A persona as the client declares it (M043); customer type and target group are fields of their own."""

    id: str = Field(description="Short id used in registers and rules.", pattern=r"^[a-z0-9_]+$")
    name: str = Field(description="Name shown in the report, in the client's language. Never a real person's.")
    customer_type: str | None = Field(None, description="Customer type, e.g. small firms.")
    target_group: str | None = Field(None, description="Target group of the marketing.")
    role: str | None = Field(None, description="Role or occupation, and company.")
    looks_for: str | None = Field(None, description="What they look for.")
    matters: str | None = Field(None, description="What matters to them.")
    challenges: str | None = Field(None, description="Their challenges.")
    information: str | None = Field(None, description="Information they need.")
    buys: str | None = Field(None, description="How they like to buy and decide.")
    when: dict[str, str] = Field({}, description="Customer column → pattern that makes a customer this persona, e.g. `{role: 'cio|it-chef*'}` (M046).")


class Thresholds(_Record):
    """Limits the checks hold the client's figures against. What is left out follows the market (mission §5)."""

    window_days: float | None = Field(None, gt=0, description="Time a journey is given to reach the next stage; b2c 90, b2b 180. 0 is not allowed; use `until_cut: true` for no window.")
    until_cut: bool = Field(False, description="Count conversions until the data cut instead of within a window.")
    lost_after_days: float | None = Field(None, gt=0, description="Silence after which an unfinished journey counts as lost; none = silence is never a loss (it is `dormant` after `dormant_after_days`).")
    dormant_after_days: float | None = Field(None, gt=0, description="Silence after which an open journey is called dormant; b2c 180, b2b 365.")
    journey_days: float | None = Field(None, gt=0, description="Longest acceptable median time from first contact to purchase; none = the length cannot be judged (G09).")
    follow_up_days: float = Field(30, gt=0, description="Days after a purchase within which the company should be in touch (G03).")
    follow_up_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of buyers contacted in that time (G03).")
    silence_days: float | None = Field(None, gt=0, description="Longest acceptable silence towards an open prospect (G23); b2c 30, b2b 45.")
    silence_share: float = Field(0.3, ge=0, le=1, description="Largest acceptable share of open prospects met by longer silence (G23).")
    forgotten_months: float = Field(12, gt=0, description="Months without contact of value after which a customer is forgotten (G20).")
    forgotten_share: float = Field(0.2, ge=0, le=1, description="Largest acceptable share of forgotten customers (G20).")
    referred_share: float = Field(0.02, ge=0, le=1, description="Smallest acceptable share of new customers who came by referral (G19).")
    top_heavy_share: float = Field(0.6, ge=0, le=1, description="Largest acceptable share of content in the first stage (G05).")
    demand_share: float = Field(0.02, ge=0, le=1, description="Smallest share of customer presences that makes an empty content cell a hole (G05).")
    cta_rate: float | None = Field(None, ge=0, le=1, description="Benchmark for the click rate of a request to act (G04); none = only missing ones are looked for.")


class Privacy(_Record):
    """What protects the client's customers."""

    k: int = Field(5, ge=1, description="Smallest group shown; smaller ones are suppressed.")
    retention_months: int | None = Field(None, ge=1, description="Events older than this many months before the data cut are left out; none = keep all.")
    quotes: bool = Field(True, description="Whether quotes with consent may be shown at all.")


class Client(_Record):
    """Everything that differs between clients. Frozen: a run never changes it."""

    slug: str = Field(description="Set from the file's name; names the client's folders.", pattern=SLUG.pattern)
    name: str = Field(description="The client's name as shown in the report.")
    language: Literal["sv", "da", "nb", "en"] = Field(description="Language of the report: sv, da, nb (or no), en.")
    market: Literal["b2b", "b2c", "both"] = Field(description="b2b counts accounts, b2c counts persons; both counts accounts where known, else persons.")
    goal: Literal[GOALS] = Field(description="What the mapping is for (M001); leads the report. A run without a goal stops.")
    offer: str | None = Field(None, description="Product or service the journey is about; none = the whole company.")
    scenario: str | None = Field(None, description="The situation and expectation of the customer, one line for the head of the map.")
    stage_model: str | dict[str, Any] = Field("loyalty_advocacy_5", description="Name of a shipped stage model, or a model of your own (docs/your-first-client.md).")
    anchor: Literal["purchase", "use"] = Field("purchase", description="Anchor of before_during_after.")
    scope: Scope = Field(Scope(), description="First and last stage in scope.")
    labels: dict[str, str | dict[str, str]] = Field({}, description="Stage id → the client's own label, or {language: label}.")
    journey: Literal["unit", "offer", "key"] = Field("unit", description="What one journey is: the unit's whole way (unit), one per unit and offer (offer), or the source's own run, e.g. a deal (key).")
    personas: tuple[Persona, ...] = Field((), description="The declared personas.")
    sources: dict[str, Source] = Field({}, description="Source name → how it is read.")
    rules: tuple[Rule, ...] = Field((), description="Event → atom, in order; formats add their own after these.")
    targets: dict[str, float] = Field({}, description="Stage id → target for the share that goes on to the next stage (0–1).")
    kpis: dict[str, str] = Field({}, description="Stage id → the KPI the client follows there, in words.")
    thresholds: Thresholds = Field(Thresholds(), description="Limits for the checks.")
    privacy: Privacy = Field(Privacy(), description="Protection of the customers.")
    currency: str = Field("SEK", pattern=r"^[A-Z]{3}$", description="Currency of all values, ISO code.")
    value_per_conversion: float | None = Field(None, gt=0, description="Value of one final conversion; none = mean value of won journeys.")
    timezone: str = Field("Europe/Stockholm", description="Local time zone.")
    period: Period | None = Field(None, description="Dates the report is about; none = all data until the data cut.")
    as_of: dt.date = Field(description="The data cut: nothing after this day is used, what is unfinished then is open.")
    example: bool = Field(False, description="True for invented or borrowed data: the report calls itself an example.")
    simulate: str | None = Field(None, description="Demo clients only: the simulated client whose raw files to write.")
    seed: int = Field(20260101, description="Seed of everything random in this client's run.")
    data_folder: Path = Field(description="Set from the project: data/<client>; a path relative to the parameter file overrides it.")
    params_file: Path = Field(description="Set from where the parameters were read.")

    @field_validator("language", mode="before")
    @classmethod
    def _norwegian(cls, value):
        return "nb" if value == "no" else value

    @cached_property
    def folder(self) -> Path:
        """Folder of the client's own decisions: `decisions.csv`, `actions.csv`, `changes.csv` (may not exist)."""
        return self.params_file.parent / self.slug
