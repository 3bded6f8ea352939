"""How the sources hang together, and how they cover the time: join rates, identities, conflicts, rows by month."""

from __future__ import annotations

from journeylib.schema.tables import Table, date, float_, int_, text

#: What one row of the tables below counts: people or companies.
JOINED_UNITS = ("person", "account")
#: What sources may disagree on, or leave unsure, about who is who.
CONFLICT_KINDS = (
    "shared_mailbox", "same_address", "several_records", "same_company_name", "several_accounts", "account_and_domain",
    "persona_differs", "role_differs", "consent_differs",
)  # fmt: skip

JOINS = Table("joins", "two sources, and how many they both know (C17)", {
    "unit": text("persons or accounts", one_of=JOINED_UNITS),
    "source_a": text("one source"), "source_b": text("the other, later in the alphabet"),
    "n_a": int_("known to the one"), "n_b": int_("known to the other"), "n_both": int_("known to both"),
    "share_a": float_("n_both / n_a"), "share_b": float_("n_both / n_b"),
    "departments": text("the two departments whose data they are, where both are known and differ", required=False),
}, key=("unit", "source_a", "source_b"))  # fmt: skip

IDENTITIES = Table("identities", "one source, and how far those in it are known from other sources", {
    "unit": text("persons or accounts", one_of=JOINED_UNITS), "source": text("source name"),
    "n": int_("distinct persons or accounts in it; each is one of the next four"),
    "n_matched": int_("… found in another source too"),
    "n_alone": int_("… found in no other source"),
    "n_anonymous": int_("… a device or a visitor no source has put a person to"),
    "n_doubtful": int_("… of whom it is not sure that they are one: a shared mailbox, or two records of one system"),
    "n_unlisted": int_("… that no customer list holds; missing where none was delivered, or the source is one", required=False),
    "n_rows_of_nobody": int_("rows that name nobody: left out, or kept as an answer of somebody unknown"),
    "examples_alone": text("some of n_alone, pseudonyms, comma-separated", required=False),
    "examples_doubtful": text("some of n_doubtful", required=False),
    "examples_unlisted": text("some of n_unlisted", required=False),
}, key=("unit", "source"))  # fmt: skip

CONFLICTS = Table("conflicts", "one kind of conflict about who is who; shown, never resolved in silence", {
    "kind": text("what is unsure or told in two ways", one_of=CONFLICT_KINDS),
    "unit": text("persons or accounts", one_of=JOINED_UNITS),
    "n": int_("persons or accounts it is about"),
    "sources": text("the sources that know them, comma-separated"),
    "examples": text("some of them, pseudonyms, comma-separated"),
}, key=("kind",))  # fmt: skip

COVERAGE_IN_TIME = Table("coverage_in_time", "one source in one month", {
    "source": text("source name"), "month": date("first day of the month, on the client's calendar"),
    "n_rows": int_("events, answers or lines of reports in the month"),
}, key=("source", "month"))  # fmt: skip

JOINED = {table.name: table for table in (JOINS, IDENTITIES, CONFLICTS, COVERAGE_IN_TIME)}
