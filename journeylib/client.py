"""A client's parameters: `params/<client>.yml` → a frozen `Client`, with every mistake named by file, line and key."""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from journeylib.schema import ATOMS, VOICE_ROWS

LANGUAGES = ("sv", "da", "nb", "en")
MARKETS = ("b2b", "b2c", "both")
GOALS = (
    "easier_purchase", "fewer_abandoned_carts", "more_loyalty", "more_conversions",
    "higher_satisfaction", "more_lifetime_value",
)  # fmt: skip
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
#: Where a source's database may be: an environment variable with a server's address, or a file of such a name.
ON_SERVER = "env:"
DATABASE_FILES = (".sqlite", ".sqlite3", ".db", ".duckdb")


#: Language → currency and time zone where the client names none; a client in English names its own.
_COUNTRY = {"sv": ("SEK", "Europe/Stockholm"), "da": ("DKK", "Europe/Copenhagen"), "nb": ("NOK", "Europe/Oslo")}


def _of_country(given: dict) -> tuple[str, str]:
    return _COUNTRY.get(given.get("language", ""), _COUNTRY["sv"])


def _said(message: str) -> PydanticCustomError:
    """A mistake in our own words; what was written is not repeated, it may hold a password."""
    return PydanticCustomError("said", "{message}", {"message": message})


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
    """One source: which file or which query of a database, how it is read, and who delivered it."""

    file: str | None = Field(None, description="File name under the client's data folder; `*` takes every file that matches, e.g. `orders_*.csv`. A source has either this or `database`.")
    database: str | None = Field(None, description="Instead of a file: an SQLite or DuckDB file under the client's data folder (`shop.sqlite`), or `env:NAME`, the environment variable that holds a PostgreSQL address. Only read, never written.")
    query: str | None = Field(None, description="With `database`: one SELECT, written here or as the name of a file in params/<client>/, e.g. `orders.sql`. With ORDER BY the rows keep that order.")
    timeout_seconds: float = Field(600, gt=0, le=86_400, description="With `database`: the longest wait for all rows.")
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
    headings: tuple[str, ...] = Field((), description="Names of the columns, from left to right, where the file has no line of them.")
    sheet: str | None = Field(None, description="Sheet of a workbook, none = the first; also the file inside a .zip, the first heading of one of several tables in a file, or one of several lists in a JSON file.")
    delivered_by: str | None = Field(None, description="Who delivered it: a role, never a person's name.")
    department: str | None = Field(None, description="Department whose data it is.")

    @field_validator("file", "database")
    @classmethod
    def _no_address(cls, value):
        if value and "://" in value:
            raise _said("looks like a database's address, which may hold a password and never stands in a file; expected `database: env:NAME`, with the address "
                        "in the environment variable NAME. If the file has been shared, change the password")  # fmt: skip
        return value

    @field_validator("database")
    @classmethod
    def _a_database(cls, value):
        if value and not (re.fullmatch(rf"{ON_SERVER}[A-Za-z_]\w*", value) or value.lower().endswith(DATABASE_FILES)):
            raise _said(f"is no database; expected a file ({', '.join(DATABASE_FILES)}), or `env:NAME` with the name of an environment variable that holds a PostgreSQL address")
        return value

    @model_validator(mode="after")
    def _one_place(self):
        if not self.file and not self.database:
            raise _said("says neither `file` nor `database`; expected one of them: a file under the data folder, or a database with its `query`")
        if self.file and self.database:
            raise _said("says both `file` and `database`; expected one of them")
        if bool(self.database) != bool(self.query):
            raise _said("has a `database` and no `query`; expected one SELECT, or the name of a .sql file" if self.database else "has a `query` and no `database` to put it to")
        if self.database and (self.sheet or self.separator):
            raise _said(f"has a `database`, where `{'sheet' if self.sheet else 'separator'}` means nothing; take it out")
        return self


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


class Focus(_Record):
    """A persona with one problem and one offer: the journey whose messages are laid out stage by stage (M045)."""

    persona: str = Field(description="Id of a declared persona.")
    problem: str | None = Field(None, description="What brings the persona here; none = its declared `challenges`.")
    offer: str | None = Field(None, description="What it is about; none = the client's `offer`.")


class Beliefs(_Record):
    """Figures the client believes in, told before anything was measured; each is laid beside the measured one, and where the two contradict it is said."""

    journey_days: float | None = Field(None, gt=0, description="Days from first contact to purchase, for the middle buyer.")
    win_share: float | None = Field(None, ge=0, le=1, description="Share of decided deals that are won; where no loss is recorded, of all journeys.")
    silence_share: float | None = Field(None, ge=0, le=1, description="Share of open prospects who wait longer than `thresholds.silence_days` for a word.")
    follow_up_share: float | None = Field(None, ge=0, le=1, description="Share of buyers contacted within `thresholds.follow_up_days`.")
    met_share: float | None = Field(None, ge=0, le=1, description="Share of customers who got what they expected, or more.")
    repeat_share: float | None = Field(None, ge=0, le=1, description="Share of buyers who buy again within a year.")
    forgotten_share: float | None = Field(None, ge=0, le=1, description="Share of customers not contacted for `thresholds.forgotten_months`.")
    referred_share: float | None = Field(None, ge=0, le=1, description="Share of new customers who came by referral.")
    nps: float | None = Field(None, ge=-100, le=100, description="Net promoter score, -100 ... 100.")
    most_leave_at: str | None = Field(None, description="Id of the stage from which the largest share goes no further.")
    feels_worst_at: str | None = Field(None, description="Id of the stage that customers feel worst about.")
    brings_most_to: dict[str, str] = Field({}, description="Stage id → the channel through which most customers come to it, e.g. `{decision: phone}`.")


class SearchRule(_Record):
    """Search phrases that match get the atom, whatever the catalogue's own rules would say (M029)."""

    phrase: str = Field(description="Word or run of words; `*` stands for any letters, `|` for or, e.g. `it-support*|helpdesk`.")
    atom: Literal[ATOMS] = Field(description="The atom such phrases belong to.")


class PlannedStep(_Record):
    """One touchpoint of the journey as the client plans it; the order in the list is the planned order (C15)."""

    touchpoint: str = Field(description="Touchpoint, `*` matches any run of characters.")
    optional: bool = Field(False, description="True: it may be left out.")
    within_days: float | None = Field(None, gt=0, description="Days after the planned touchpoint before it within which it should come.")


class Thresholds(_Record):
    """Limits the checks hold the client's figures against. What is left out follows the market (mission §5)."""

    window_days: float | None = Field(None, gt=0, description="Time a journey is given to reach the next stage; b2c 90, b2b 180. 0 is not allowed; use `until_cut: true` for no window.")
    until_cut: bool = Field(False, description="Count conversions until the data cut instead of within a window.")
    lost_after_days: float | None = Field(None, gt=0, description="Silence after which an unfinished journey counts as lost; none = silence is never a loss (it is `dormant` after `dormant_after_days`).")
    stuck_quantile: float = Field(0.8, gt=0, lt=1, description="Share of those who came to a stage that has left it when the rest counts as stuck there (M022).")
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
    search_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of a stage's searches that show your own page among the first ten results (G21).")
    search_volume: float = Field(50, ge=0, description="Searches a month in a stage from which its search phrases are important (G21).")
    confirm_days: float = Field(3, gt=0, description="Days after a purchase within which the customer should get a word that confirms it (G14).")
    confirm_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of buyers who get one (G14).")
    regret_days: float = Field(30, gt=0, description="Days after a purchase within which a return, a refund or a cancellation counts as regret (G14).")
    regret_share: float = Field(0.1, ge=0, le=1, description="Largest acceptable share of buyers who regret (G14).")
    onboarding_days: float = Field(30, gt=0, description="Days after a purchase within which a new customer should be under way (G15).")
    onboarding_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of buyers with an introduction, delivery or training in that time (G15).")
    early_trouble_share: float | None = Field(None, ge=0, le=1, description="Largest acceptable share of buyers who ask for help or complain in that time (G15); none = not judged.")
    rescue_days: float = Field(14, gt=0, description="Days after a sign of unhappiness within which the customer should hear from the company (G17).")
    rescue_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of unhappy customers who do (G17).")
    ending_days: float = Field(30, gt=0, description="Days after a loss within which there should be a last word or a question why (G18).")
    ending_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of lost customers who get one (G18).")
    contactable_share: float = Field(0.05, ge=0, le=1, description="Smallest acceptable share of people seen who may be contacted (G22).")
    expectation_share: float = Field(0.8, ge=0, le=1, description="Smallest acceptable share of customers who got what they expected, or more (G25).")
    need_gap: float = Field(1, ge=0, le=10, description="Points out of ten by which importance must clear satisfaction before a need nobody serves is a gap (G26).")
    stale_months: float = Field(12, gt=0, description="Months after which a source with nothing newer is stale (G28).")
    signal_hours: float = Field(24, gt=0, description="Hours within which a customer's sign of interest should be answered (G34).")
    signal_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of such signs answered in that time (G34).")
    handover_days: float = Field(2, ge=0, description="Largest acceptable extra wait, in days, where another department takes over (G06).")
    handover_loss: float = Field(0.05, ge=0, le=1, description="Largest acceptable extra share lost where another department takes over (G06).")
    collision_share: float = Field(0.3, ge=0, le=1, description="Largest acceptable share of customers contacted by two departments within 48 hours, of those contacted by two at all (G06).")
    join_share: float = Field(0.2, ge=0, le=1, description="Smallest acceptable share of customers that two departments' data have in common (G06).")
    unfollowed_share: float = Field(0.5, ge=0, le=1, description="Largest acceptable share of campaigns that no contact of another department follows within 30 days (G06).")
    personal_index: float = Field(0.1, ge=0, le=1, description="Smallest acceptable dependence of messages on persona and stage, 0 = the same to all, 1 = fully decided by them (G08).")
    bump_ratio: float = Field(3, ge=1, description="How many times longer than the stages next to it a stage may take (G10).")
    bump_help: float = Field(0.2, ge=0, le=1, description="How much larger the share that asks for help may be than in the stages next to it (G10).")
    effort_score: float = Field(-0.5, ge=-2, le=2, description="Lowest acceptable mean of customers' answers on how easy a stage was, on -2 ... +2 (G10).")
    blockage_share: float = Field(0.05, ge=0, le=1, description="Share that goes on from a stage under which the way is blocked (G11).")
    loop_share: float = Field(0.3, ge=0, le=1, description="Largest acceptable share that goes in circles in a stage (G12).")
    detour_share: float = Field(0.3, ge=0, le=1, description="Largest acceptable share that goes back from a stage to an earlier one (G12).")
    dead_end_share: float = Field(0.8, ge=0, le=1, description="Share for whom a touchpoint is the last from which it is a dead end (G12).")
    presence_share: float = Field(0.5, ge=0, le=1, description="Smallest acceptable share of the places where customers look in which you are to be found (G21).")
    contacts_a_week: float = Field(2, gt=0, description="Most messages the same person may get from your follow-up flows within seven days (`flows.csv`).")
    cta_rate: float | None = Field(None, ge=0, le=1, description="Benchmark for the click rate of a request to act (G04); none = only missing ones are looked for.")


class Privacy(_Record):
    """What protects the client's customers."""

    k: int = Field(5, ge=1, description="Smallest group shown; smaller ones are suppressed.")
    retention_months: int | None = Field(None, ge=1, description="Events older than this many months before the data cut are left out; none = keep all.")
    quotes: bool = Field(True, description="Whether quotes with consent may be shown at all.")
    own_contacts: tuple[str, ...] = Field((), description="The client's own addresses, telephone numbers and e-mail addresses that may stand in the report, exactly as written, e.g. [08-123 456 78]; the appendix lists them. Other personal data in parameters, decisions and actions are refused.")


class Prediction(_Record):
    """How far ahead is predicted, and how a list of whom to contact is made of it (C10)."""

    horizon_days: float | None = Field(None, ge=7, le=400, description="Days ahead for which buying and leaving are predicted; none = b2c 60, b2b 90.")
    list_share: float = Field(0.2, gt=0, le=0.5, description="Part of those asked about, the highest chances first, that a list is made of.")
    hold_out_share: float = Field(0.3, ge=0.1, le=0.9, description="Part of a list that is left alone, by lot, so that it can be seen whether contact helps.")


class WhatIf(_Record):
    """What a what-if counts on: how ready to buy additional journeys are, and how many can be served (C11)."""

    quality: float = Field(1.0, ge=0, le=1, description="Of the additional journeys an improvement brings, the part that is as ready to buy as those who go on today (0–1).")
    capacity: dict[str, float] = Field({}, description="Stage id → most journeys a week you can serve there, e.g. `{decision: 12}`; the others wait. A stage without one serves all.")


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
    only_offer: str | None = Field(None, description="With `journey: offer`: only journeys to this offer, a pattern as in rules (`Hosting*`), so that each offer may have a map of its own; none = all. Voices and registers know no offer and stay whole.")
    personas: tuple[Persona, ...] = Field((), description="The declared personas.")
    focus: tuple[Focus, ...] = Field((), description="Persona × problem × offer: the journeys whose messages are laid out stage by stage; none = every persona with its challenges and the client's offer.")
    beliefs: Beliefs = Field(Beliefs(), description="What the client believes the figures are.")
    sources: dict[str, Source] = Field({}, description="Source name → how it is read.")
    rules: tuple[Rule, ...] = Field((), description="Event → atom, in order; formats add their own after these.")
    brand_words: tuple[str, ...] = Field((), description="Your own names as people search for them, e.g. [norrsken, norrskenit]; none = the client's name.")
    search_rules: tuple[SearchRule, ...] = Field((), description="Search phrase → atom, in order; the catalogue's rules come after these. A stage in the sheet of phrases goes before both.")
    planned: tuple[PlannedStep, ...] = Field((), description="The journey as planned: touchpoints in order, to hold real journeys against.")
    signals: tuple[str, ...] = Field((), description="Touchpoints by which a customer shows interest and waits for an answer, e.g. `[Asked for a quote, form_*]`; none = forms, enquiries, requests for an offer or a demo.")
    targets: dict[str, float] = Field({}, description="Stage id → target for the share that goes on to the next stage (0–1).")
    kpis: dict[str, str] = Field({}, description="Stage id → the KPI the client follows there, in words.")
    thresholds: Thresholds = Field(Thresholds(), description="Limits for the checks.")
    prediction: Prediction = Field(Prediction(), description="How far ahead is predicted, and who is left alone of a list (C10).")
    privacy: Privacy = Field(Privacy(), description="Protection of the customers.")
    priority: Literal["money", "rice", "ice"] = Field("money", description="What sets the order of actions: money a day of work with its spread (the usual), RICE (reach × impact × confidence / effort) or ICE (impact × confidence × ease). The report shows all three beside one another.")
    what_if: WhatIf = Field(WhatIf(), description="What the what-if of the report, and its sliders, count on.")
    currency: str = Field(default_factory=lambda given: _of_country(given)[0], pattern=r"^[A-Z]{3}$", description="Currency of all values, ISO code; none = that of the language: sv SEK, da DKK, nb NOK, en SEK.")
    value_per_conversion: float | None = Field(None, gt=0, description="Value of one final conversion; none = mean value of won journeys.")
    timezone: str = Field(default_factory=lambda given: _of_country(given)[1], description="Local time zone; none = that of the language: sv Europe/Stockholm, da Europe/Copenhagen, nb Europe/Oslo, en Europe/Stockholm.")
    period: Period | None = Field(None, description="Dates the report is about; none = all data until the data cut.")
    as_of: dt.date = Field(description="The data cut: nothing after this day is used, what is unfinished then is open.")
    compare_with: str | None = Field(None, description="Earlier report to compare with: its date (`2025-10-15`), a folder inside the project, or `nothing`; none = the last one kept where this report goes (reports/, or --out).")
    example: bool = Field(False, description="True for invented or borrowed data: the report calls itself an example.")
    simulate: str | None = Field(None, description="Demo clients only: the simulated client whose raw files to write.")
    seed: int = Field(20260101, description="Seed of everything random in this client's run.")
    data_folder: Path = Field(description="Set from the project: data/<client>; a path relative to the parameter file overrides it.")
    params_file: Path = Field(description="Set from where the parameters were read.")

    @field_validator("compare_with", mode="before")
    @classmethod
    def _as_written(cls, value):
        return value.isoformat() if isinstance(value, dt.date) else value

    @field_validator("language", mode="before")
    @classmethod
    def _norwegian(cls, value):
        return "nb" if value == "no" else value

    @model_validator(mode="after")
    def _offers_are_journeys(self):
        if self.only_offer and self.journey != "offer":
            raise _said(f"says `only_offer: {self.only_offer}` with `journey: {self.journey}`; expected `journey: offer`, for only then has each offer journeys of its own")
        return self

    @cached_property
    def folder(self) -> Path:
        """Folder of the client's own decisions and plans: `decisions.csv`, `actions.csv`, `changes.csv`, `flows.csv`, `calls_to_act.csv` (may not exist)."""
        return self.params_file.parent / self.slug
