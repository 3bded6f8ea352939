"""Cells of what customers are seen to do: how many go on, how long it takes, their actions, channels and touchpoints."""

from __future__ import annotations

import pandas as pd

from journeylib.journeymap.cell_rows import Materials, Origin, Record, suppressed_cell
from journeylib.journeymap.evidence import source_kind
from journeylib.journeymap.names import channel_group, channel_groups, group_label, touchpoint_is_own_action
from journeylib.journeymap.plan import deviation_cells, is_planned
from journeylib.journeymap.stated import FIRST_ITEM, counted_cells, stage_voices
from journeylib.measures.small_answers import few_answers, shown_answers
from journeylib.names import touchpoint_name

N_ACTIONS, N_TOUCHPOINTS = 3, 4
#: Under this many, counts are shown instead of shares (practice C0), and a drop is not called certain.
N_FOR_SHARES = 10
_NOT_EVENTS = ("survey", "review", "interview", "assumption", "register", "search")


def events_origin(materials: Materials) -> Origin:
    """The sources that gave events, and the dates they cover."""
    delivered, declared = materials.tables.get("sources"), materials.client.sources
    if delivered is None:
        formats = {name: source.format for name, source in declared.items() if source_kind(source.format) not in _NOT_EVENTS}
        return Origin(",".join(formats), formats=tuple(formats.values()))
    rows = delivered[delivered["table"].fillna("").str.split(",").map(lambda tables: "events" in [name.strip() for name in tables])]
    last = pd.to_datetime(rows["last_at"], utc=True).max()
    first = pd.to_datetime(rows["first_at"], utc=True).min()
    return Origin(",".join(dict.fromkeys(rows["source"])), first, last, tuple(dict.fromkeys(rows["format"])))


def _record(materials, row, stage, method, **more):
    origin = events_origin(materials)
    return Record(row, stage, materials.persona, materials.client.as_of, "observed", origin.sources, origin.first_on, origin.last_on, method, **more)


# --- how many go on ---------------------------------------------------------------------------------------------------


def go_on_cells(materials: Materials, stage: str) -> list[dict]:
    """Reached, share that goes on, lost and still open: the funnel counted *at least* (practice C1).

    A stage nobody was ever seen in is unknown, neither nought nor all of those seen later: no source may be able to show it.
    """
    rows = _funnel_rows(materials)
    rows = rows[(rows["stage"] == stage) & (rows["n_reached"] > 0)] if rows is not None else []
    if not len(rows) or not was_seen(materials, stage):
        return []
    it = rows.iloc[0]
    if it["n_reached"] < materials.k:
        return [suppressed_cell("go_on", stage, materials, "observed")]
    record = _record(materials, "go_on", stage, "funnel", covers_leavers=bool(pd.isna(it["n_lost"]) or it["n_lost"] + it["n_open"] > 0))
    cells = [record.cell(0, "n_reached", it["n_reached"], unit="journeys", n=it["n_reached"])]
    if it["position"] < len(materials.model.ids) - 1:
        cells += _rate_cells(materials, record, it) + _left_cells(materials, record, it)
    return cells + _reasons(materials, stage)


def was_seen(materials: Materials, stage: str) -> bool:
    """Whether anybody was ever seen in the stage itself; whoever was only seen later has passed it by our reckoning alone."""
    funnel = materials.table("funnel", stage)
    touched = funnel[(funnel["semantics"] == "any") & (funnel["persona"].fillna("") == materials.persona)] if funnel is not None else ()
    return not len(touched) or bool((touched["n_reached"] > 0).any())


def _reasons(materials, stage):
    """Why they left, in their own words, else as staff noted it; what fewer than k said is passed over."""
    stated = [cell for cell in counted_cells(materials, stage, ("reason", "objection")) if cell["status"] == "known"]
    return stated or _noted_reasons(materials, stage)


def _noted_reasons(materials, stage):
    """Reasons staff wrote down (closed-lost reasons), counted per note."""
    voices = stage_voices(materials, stage)
    notes = voices[(voices["kind"] == "staff") & (voices["row"] == "reason") & voices["code"].fillna("").ne("")]
    counts = notes["code"].value_counts()
    counts = counts[counts >= materials.k].rename_axis("code").reset_index(name="n").sort_values(["n", "code"], ascending=[False, True])
    record = _record(materials, "go_on", stage, "voices").of_kind("staff", sources=",".join(sorted(set(notes["source"]))))
    return [record.cell(FIRST_ITEM["reason"] + place, "reason", it["n"] / len(notes), label=it["code"], unit="share", n=len(notes),
                        extra={"n_customers": int(it["n"])}) for place, it in enumerate(counts.head(N_ACTIONS).to_dict("records"))]  # fmt: skip


def _funnel_rows(materials):
    funnel = materials.table("funnel")
    if funnel is None:
        return None
    return funnel[(funnel["semantics"] == "at_least") & (funnel["persona"].fillna("") == materials.persona)]


def _rate_cells(materials, record, it):
    if pd.isna(it["n_went_on"]):  # how many went on is the size of a small group
        return []
    if not it["n_went_on"]:
        return [record.cell(0, "next_unseen", None, n=it["n_reached"])]
    followed = it["n_followed"]
    if not followed:
        return [record.cell(0, "n_too_recent", it["n_too_recent"], unit="journeys", n=it["n_reached"])]
    if pd.isna(it["rate"]):
        return [record.cell(0, "too_few", None, n=it["n_reached"])]
    extra = {"is_worst": True} if it["stage"] == worst_certain_drop(_funnel_rows(materials)) else None
    return [record.cell(0, "rate", it["rate"], unit="share", n=followed, lo=it["rate_lo"], hi=it["rate_hi"], extra=extra),
            record.cell(0, "n_converted", it["n_converted"], unit="journeys", n=followed)]  # fmt: skip


def _left_cells(materials, record, it):
    """Lost and open: told together, or not at all where one of them is fewer than k."""
    if pd.isna(it["n_lost"]):
        return []
    numbers = {"n_lost": int(it["n_lost"]), "n_open": int(it["n_open"])}
    allowed = shown_answers(numbers, materials.k)
    shown = [record.cell(0, name, n, unit="journeys", n=it["n_reached"]) for name, n in allowed.items() if n is not None]
    return shown + [record.cell(0, f"{name}_hidden", None, label=str(materials.k), unit="journeys") for name in few_answers(numbers, materials.k)]


def worst_certain_drop(funnel: pd.DataFrame) -> str | None:
    """The stage whose share that goes on lies wholly below every other's; None where the data cannot tell.

    Only stages followed for ten or more journeys are judged, and only where anybody was ever seen to go on.
    """
    judged = funnel[funnel["rate"].notna() & (funnel["n_followed"] >= N_FOR_SHARES) & (funnel["n_went_on"] > 0)].sort_values(["rate", "position"])
    if judged.empty or judged.iloc[0]["rate"] >= 1:
        return None
    worst = judged.iloc[0]
    return worst["stage"] if len(judged) > 1 and worst["rate_hi"] < judged.iloc[1]["rate_lo"] else None


# --- how long ---------------------------------------------------------------------------------------------------------


def time_cells(materials: Materials, stage: str) -> list[dict]:
    """Median days in the stage with its middle half, and the share still in it (practice C1)."""
    if materials.persona:
        return []
    rows = materials.table("stage_times", stage)
    if rows is None or rows.empty:
        return _not_left(materials, stage)
    it = _longest_horizon(rows)
    if it["n_entered"] < materials.k:
        return [suppressed_cell("time", stage, materials, "observed")] if it["n_entered"] else []
    record = _record(materials, "time", stage, "stage_times", covers_leavers=True)
    half = (it["went_on_hi"] - it["went_on_lo"]) / 2
    cells = []
    for name in ("median_days", "q25_days", "q75_days"):
        if pd.notna(it[name]):
            cells.append(record.cell(0, name, it[name], unit="days", n=it["n_entered"], half_width=half))
    if pd.isna(it["median_days"]):
        cells.append(record.cell(0, "max_followed_days", it["max_followed_days"], unit="days", n=it["n_entered"], half_width=half))
    return cells + _open_share(materials, record, it, half)


def _not_left(materials, stage):
    """The last stage is not left, so it takes no time: that is known, where times were measured at all."""
    if materials.table("stage_times") is None or stage != materials.model.ids[-1]:
        return []
    return [{"row": "time", "stage": stage, "persona": materials.persona, "item": 0, "status": "known", "name": "last",
             "label": materials.words.say("map.go_on.last"), "kind": "observed", "method": "stage_times"}]  # fmt: skip


def _longest_horizon(rows):
    """The row of the longest horizon that anyone was followed for."""
    ordered = rows.sort_values("horizon_days")
    within = ordered[ordered["horizon_days"] <= ordered["max_followed_days"]]
    return (within if len(within) else ordered.head(1)).iloc[-1]


def _open_share(materials, record, it, half):
    if pd.isna(it["open_share"]) or 0 < it["n_open"] < materials.k:
        return []
    return [record.cell(0, "open_share", it["open_share"], unit="share", n=it["n_entered"], half_width=half,
                        extra={"horizon_days": float(it["horizon_days"])})]  # fmt: skip


# --- actions, channels, touchpoints -----------------------------------------------------------------------------------


def action_cells(materials: Materials, stage: str) -> list[dict]:
    """The most common things customers start themselves, as shares of those in the stage."""
    rows = _touchpoints(materials, stage)
    if rows is None:
        return []
    return _most_common(materials, "actions", stage, rows[rows["initiator"] == "customer"], N_ACTIONS)


def touchpoint_cells(materials: Materials, stage: str) -> list[dict]:
    """The most common touchpoints: how many met them, who starts them, how satisfied they are, and what is off the plan."""
    rows = _touchpoints(materials, stage)
    if rows is None:
        return []
    cells = _most_common(materials, "touchpoints", stage, rows, N_TOUCHPOINTS)
    shown = list(rows.loc[rows["n_journeys"] >= materials.k, "touchpoint"].head(N_TOUCHPOINTS))
    return cells + deviation_cells(materials, stage, _record(materials, "touchpoints", stage, "deviations"), shown)


def _touchpoints(materials, stage):
    rows = None if materials.persona else materials.table("touchpoints", stage)
    return None if rows is None or rows.empty else rows.sort_values(["share", "touchpoint"], ascending=[False, True])


def _most_common(materials, row, stage, rows, n_shown):
    if rows.empty:
        return []
    rows = rows[rows["n_journeys"] >= materials.k].head(n_shown)
    if rows.empty:
        return [suppressed_cell(row, stage, materials, "observed")]
    record = _record(materials, row, stage, "touchpoints")
    cells = []
    for item, it in enumerate(rows.to_dict("records")):
        initiator = it["initiator"] if pd.notna(it["initiator"]) else ""
        extra = {"initiator": initiator, "is_own_action": touchpoint_is_own_action(it["touchpoint"])} if row == "touchpoints" else {}
        extra |= {"is_planned": True} if row == "touchpoints" and is_planned(materials, it["touchpoint"]) else {}
        label = touchpoint_name(it["touchpoint"], materials.words.language)
        cells.append(record.cell(item, "share", it["share"], label=label, unit="share", n=it["n_stage"], lo=it["lo"], hi=it["hi"], extra=extra))
        cells.append(record.cell(item, "n_journeys", it["n_journeys"], unit="journeys", n=it["n_stage"]))
        if row == "touchpoints" and pd.notna(it["satisfaction"]) and it["n_answers"] >= materials.k:
            cells.append(record.of_kind("stated").cell(item, "satisfaction", it["satisfaction"], unit="score", n=it["n_answers"], scale="score"))
    return cells


def channel_cells(materials: Materials, stage: str) -> list[dict]:
    """Shares of the five channel groups among the stage's contacts; channels used by fewer than k are left out of the whole."""
    rows = None if materials.persona else materials.table("channels", stage)
    if rows is None or rows.empty:
        return []
    kept = rows[rows["n_journeys"] >= materials.k]
    if kept.empty:
        return [suppressed_cell("channels", stage, materials, "observed")]
    total = kept["n_events"].sum()
    by_group = kept.groupby(kept["channel"].map(channel_group))["n_events"].sum()
    record = _record(materials, "channels", stage, "channels")
    return [record.cell(item, "share", by_group[group] / total, label=group_label(group, materials.words), unit="share", n=total, extra={"group": group})
            for item, group in enumerate(channel_groups()) if by_group.get(group, 0) > 0]  # fmt: skip
