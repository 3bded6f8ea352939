"""Which questions could customers answer themselves? Topics of tickets and chats by how often they come, and come back (M101)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import beta

from journeylib.client import Client
from journeylib.measures.places import speaker_units, speakers, stage_ids
from journeylib.measures.site import beta_prior
from journeylib.measures.stats import LEVEL, design_effect
from journeylib.schema import SELF_SERVICE, check
from journeylib.stages import StageModel

#: A question that the same customer asks again within so many days was not resolved the first time.
AGAIN_DAYS = 30
#: Contacts about which a source tells what was asked.
_ASKED = ("question", "problem")
_AT = ("ticket", "chat", "complaint", "support_chat")


def self_service(voices: pd.DataFrame | None, content: pd.DataFrame | None, model: StageModel, client: Client) -> pd.DataFrame | None:
    """Topics customers contact you about, by volume × unresolved.

    Volume: contacts on the topic a year, counted from the year before the data cut (a shorter time, at least 28 days, is scaled up). Unresolved:
    the share after which the same customer asks the same again, or gives the answer a mark in the lower half of its scale, within
    `AGAIN_DAYS`, of contacts that can be followed so long; pulled towards the mean of all topics by how little is known (beta-binomial), so
    that one of one is not the worst. Topics of fewer than k customers are left out.

    Returns
    -------
    SELF_SERVICE, most unresolved questions a year first; None where no contact with a topic and a date was delivered.
    """
    asked = _asked(voices, model, client)
    if asked is None:
        return None
    topics = [_topic(topic, rows, content) for topic, rows in asked.groupby("topic", sort=True)]
    table = pd.DataFrame([row for row in topics if row["n_customers"] >= client.privacy.k])
    if table.empty:
        return None
    table = _shrunk(table).sort_values(["unresolved_a_year", "a_year", "topic"], ascending=[False, False, True], kind="stable")
    table["a_year"] *= _to_a_year(asked, client)
    table["unresolved_a_year"] *= _to_a_year(asked, client)
    return check(table.assign(rank=range(1, len(table) + 1))[list(SELF_SERVICE.columns)], SELF_SERVICE)


def _asked(voices, model, client) -> pd.DataFrame | None:
    """One row a contact: topic, stage, who, unit, when, and whether the same was asked again; `is_followed` where that can be told."""
    if voices is None:
        return None
    own = voices[
        voices["row"].isin(_ASKED)
        & voices["touchpoint"].isin(_AT)
        & voices["code"].notna()
        & voices["said_at"].notna()
        & (voices["kind"] == "stated")
    ]
    if own.empty:
        return None
    cut = pd.Timestamp(client.as_of, tz="UTC") + pd.Timedelta(days=1)
    rows = pd.DataFrame({"topic": own["code"].astype(str), "stage": stage_ids(own, model), "who": speakers(own), "unit": speaker_units(own, client.market != "b2c"),
                         "at": own["said_at"]}).sort_values(["topic", "who", "at"], kind="stable")  # fmt: skip
    gap = rows.groupby(["topic", "who"])["at"].shift(-1) - rows["at"]
    span = pd.Timedelta(days=AGAIN_DAYS)
    rows["is_again"] = (gap > pd.Timedelta(0)) & (gap <= span) | _is_badly_marked(rows, voices)
    return rows.assign(is_followed=(cut - rows["at"]) >= span, is_last_year=(cut - rows["at"]).dt.days < 366)


def _is_badly_marked(rows, voices) -> pd.Series:
    """Whether the first mark the same customer gave a contact afterwards lies in the lower half of its scale."""
    marks = voices[voices["touchpoint"].isin(_AT) & voices["score"].notna() & voices["said_at"].notna()]
    marks = pd.DataFrame(
        {
            "who": speakers(marks).astype(str),
            "at": marks["said_at"],
            "is_bad": marks["score"] < (marks["scale_min"] + marks["scale_max"]) / 2,
        }
    ).sort_values("at", kind="stable")
    if marks.empty:
        return pd.Series(False, index=rows.index)
    asked = rows[["who", "at"]].assign(who=rows["who"].astype(str), place=np.arange(len(rows))).sort_values("at", kind="stable")
    found = pd.merge_asof(asked, marks, on="at", by="who", direction="forward", tolerance=pd.Timedelta(days=AGAIN_DAYS)).sort_values(
        "place"
    )
    return pd.Series(found["is_bad"].fillna(False).astype(bool).to_numpy(), index=rows.index)


def _topic(topic, rows, content) -> dict:
    followed = rows[rows["is_followed"]]
    by_unit = followed.groupby("unit")["is_again"].agg(["sum", "size"])
    deff = design_effect(by_unit["sum"].to_numpy(), by_unit["size"].to_numpy()) if len(by_unit) > 1 else 1.0
    stages = rows["stage"].value_counts().rename_axis("stage").reset_index().sort_values(["count", "stage"], ascending=[False, True])
    return {"topic": topic, "stage": stages["stage"].iloc[0], "n_contacts": len(rows), "n_customers": rows["who"].nunique(),
            "a_year": float(rows["is_last_year"].sum()), "n_followed": len(followed), "n_again": int(followed["is_again"].sum()),
            "k_eff": followed["is_again"].sum() / deff, "n_eff": len(followed) / deff, "answered_by": _answers(topic, content)}  # fmt: skip


def _answers(topic, content) -> str | None:
    """Titles of content whose title or text names the topic."""
    if content is None:
        return None
    said = content[["title", "text"]].fillna("").agg(" ".join, axis=1).str.casefold()
    found = content.loc[said.str.contains(topic.casefold(), regex=False), "title"].dropna().sort_values()
    return ", ".join(found.head(3)) or None


def _shrunk(table) -> pd.DataFrame:
    k, n = table.pop("k_eff").to_numpy(dtype=float), table.pop("n_eff").to_numpy(dtype=float)
    a, b = beta_prior(k, n) if n.sum() else (np.nan, np.nan)
    rate = (a + k) / (a + b + n)
    ends = {name: beta.ppf(p, a + k, b + n - k) for name, p in (("lo", (1 - LEVEL) / 2), ("hi", (1 + LEVEL) / 2))}
    return table.assign(unresolved_rate=rate, **ends, unresolved_a_year=table["a_year"] * rate)


def _to_a_year(asked, client) -> float:
    cut = pd.Timestamp(client.as_of, tz="UTC") + pd.Timedelta(days=1)
    days = (cut - asked["at"].min()).total_seconds() / 86_400
    return 365.25 / min(max(days, 28.0), 365.25)
