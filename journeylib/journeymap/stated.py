"""Cells of what customers say: how it feels, what they need and ask."""

from __future__ import annotations

import pandas as pd

from journeylib.journeymap.cell_rows import Materials, Record, suppressed_cell

N_NEEDS = 3
#: Under this many customers a distribution would show single persons, and an interval says more than they do (practice C0).
N_FOR_STRIP = 10
#: What a voice is about → the row of the map that tells it.
MAP_ROW = {
    "need": "needs", "question": "needs", "problem": "needs", "driver": "needs", "expectation": "needs", "objection": "go_on",
    "reason": "go_on", "emotion": "emotion", "thought": "emotion", "info_source": "channels", "action": "actions",
    "touchpoint": "touchpoints", "company": "our_activities", "content": "our_activities",
}  # fmt: skip
#: Items of a cell are numbered from here, so that a third need never pushes out the question.
FIRST_ITEM = {"need": 0, "question": 10, "problem": 20, "reason": 10, "objection": 20, "driver": 50, "expectation": 60,
              "emotion": 10, "thought": 20, "info_source": 10, "action": 0, "touchpoint": 0, "company": 10, "content": 20}  # fmt: skip


def emotion_cells(materials: Materials, stage: str) -> list[dict]:
    """Mean feeling on −2 … +2 with n and interval, its distribution, and a quote at the lowest and the highest stage (C4)."""
    rows = None if materials.persona else materials.table("emotion", stage)
    if rows is None or rows.empty:
        return []
    it = rows.iloc[0]
    if it["n"] < materials.k:
        return [suppressed_cell("emotion", stage, materials, "stated")]
    record = Record("emotion", stage, materials.persona, materials.client.as_of, "stated", it["sources"], it["first_on"], it["last_on"], "emotion",
                    agreement=_agreement(materials, stage, it["mean"]))  # fmt: skip
    ends = {"lo": it["lo"], "hi": it["hi"]} if it["n"] >= N_FOR_STRIP else {"half_width": (it["hi"] - it["lo"]) / 2}
    mean = record.cell(0, "mean", it["mean"], unit="score", n=it["n"], scale="score", extra=_strip(it), **ends)
    return [mean, *_quote(materials, stage, record), *_moment(materials, stage, record)]


def _moment(materials, stage, record):
    """That the stage is the moment of truth: its weight in the outcome, more than any other stage's for certain (C4)."""
    moments = materials.table("moments", stage)
    found = moments[moments["is_moment"]] if moments is not None else ()
    return [record.cell(2, "is_moment", it.weight, n=it.n, lo=it.lo, hi=it.hi, extra={"outcome": it.outcome}) for it in found.itertuples()] if len(found) else []


def _strip(it):
    extra = {"overlap_next": round(float(it["overlap_next"]), 4)} if pd.notna(it["overlap_next"]) else {}
    if it["n"] >= N_FOR_STRIP:
        extra["strip"] = [round(float(it[name]), 2) for name in ("share_m2", "share_m1", "share_0", "share_p1", "share_p2")]
    return extra


def _agreement(materials, stage, mean):
    """+1 when staff place the feeling on the same side of neutral as customers do, −1 when on the other; 0 when staff have not said."""
    voices = stage_voices(materials, stage)
    said = voices[(voices["kind"] == "staff") & (voices["row"] == "emotion") & voices["score"].notna() & voices["scale_max"].notna()]
    if said.empty or abs(mean) < 0.1:
        return 0
    staff = (4 * (said["score"] - said["scale_min"]) / (said["scale_max"] - said["scale_min"]) - 2).mean()
    return 0 if abs(staff) < 0.1 else 1 if (staff > 0) == (mean > 0) else -1


def _quote(materials, stage, record):
    emotion = materials.table("emotion")
    known = emotion[emotion["n"] >= materials.k].assign(at=lambda rows: rows["stage"].map({s: i for i, s in enumerate(materials.model.ids)}))
    known = known.dropna(subset=["at"]).sort_values(["mean", "at"])
    ends = {known.iloc[0]["stage"]: "low", known.iloc[-1]["stage"]: "high"} if len(known) > 1 else {}
    counts = materials.table("voice_counts", stage)
    if stage not in ends or counts is None or not materials.client.privacy.quotes:
        return []
    about = ["emotion", "thought", "problem"] if ends[stage] == "low" else ["emotion", "thought"]
    rows = counts[counts["quote"].notna() & (counts["kind"] == "stated") & counts["row"].isin(about)]
    if rows.empty:
        return []
    ranked = rows.assign(at=rows["row"].map(about.index)).sort_values(["at", "n_customers", "voice_id"], ascending=[True, False, True])
    best = ranked.iloc[0]
    return [record.cell(1, "quote", label=best["quote"], n=best["n_customers"], extra={"end": ends[stage], "voice_id": str(best["voice_id"])})]


def stage_voices(materials: Materials, stage: str) -> pd.DataFrame:
    """Voices about a stage, by its id or by an atom the stage groups, of this persona or of nobody in particular."""
    voices, atoms = materials.voices, set(materials.model.stage(stage).atoms)
    here = (voices["stage"].fillna("") == stage) | (voices["stage"].isna() & voices["atom"].isin(list(atoms)))
    if materials.persona:
        here &= voices["persona"].isna() | (voices["persona"] == materials.persona)
    return voices[here]


# --- needs and questions ----------------------------------------------------------------------------------------------


def need_cells(materials: Materials, stage: str) -> list[dict]:
    """Needs with importance and satisfaction where a survey asked, else by how many said them; then questions and problems."""
    scored = _scored_needs(materials, stage)
    counted = counted_cells(materials, stage, ("question", "problem", "driver", "expectation"))
    needs = scored or counted_cells(materials, stage, ("need",)) or _registered_needs(materials, stage)
    cells = needs + counted
    if len(cells) > 1:  # a cell that knows something need not also say what it hides
        cells = [cell for cell in cells if cell["status"] == "known"] or cells[:1]
    return cells


def _scored_needs(materials, stage):
    rows = None if materials.persona else materials.table("need_scores", stage)
    rows = rows[rows["importance"].notna()] if rows is not None else None
    if rows is None or rows.empty:
        return []
    shown = rows[rows["n"] >= materials.k].sort_values(["importance", "need_id"], ascending=[False, True]).head(N_NEEDS)
    if shown.empty:
        return [suppressed_cell("needs", stage, materials, "stated")]
    record = _stated_record(materials, stage, "needs", "need_scores", _survey_sources(materials))
    return [cell for item, it in enumerate(shown.to_dict("records")) for cell in _need(record, item, it)]


def _need(record, item, it):
    half = (it["gap_hi"] - it["gap_lo"]) / 20 if pd.notna(it["gap_lo"]) and pd.notna(it["gap_hi"]) else None
    extra = {"is_unserved": True} if pd.notna(it["gap_lo"]) and it["gap_lo"] > 0 else None
    yield record.cell(item, "importance", it["importance"], label=it["wording"], unit="score", n=it["n"], half_width=half, extra=extra)
    if pd.notna(it["satisfaction"]):
        yield record.cell(item, "satisfaction", it["satisfaction"], unit="score", n=it["n"], half_width=half)


def _registered_needs(materials, stage):
    """Needs the company has written down but nobody has measured: said by staff."""
    register = materials.registers.get("needs")
    if register is None:
        return []
    atoms = list(materials.model.stage(stage).atoms)
    rows = register[(register["stage"].fillna("") == stage) | (register["stage"].isna() & register["atom"].isin(atoms))]
    record = Record("needs", stage, materials.persona, materials.client.as_of, "staff", _sources(rows), method="register")
    return [record.cell(item, "need", label=it["wording"]) for item, it in enumerate(rows.head(N_NEEDS).to_dict("records"))]


def counted_cells(materials: Materials, stage: str, about: tuple[str, ...]) -> list[dict]:
    """What was said, most said first, counted per customer (C16); things said by fewer than k are hidden."""
    counts = None if materials.persona else materials.table("voice_counts", stage)
    if counts is None:
        return []
    stated = counts[(counts["kind"] == "stated") & counts["row"].isin(list(about)) & counts["code"].fillna("").ne("")]
    cells = [cell for row in about for cell in _counted(materials, stage, row, stated[stated["row"] == row])]
    if not cells and len(stated):
        return [suppressed_cell(MAP_ROW[about[0]], stage, materials, "stated")]
    return cells


def _counted(materials, stage, row, rows):
    rows = rows[rows["n_customers"] >= materials.k].sort_values(["n_customers", "code"], ascending=[False, True]).head(N_NEEDS)
    for place, it in enumerate(rows.to_dict("records")):
        agreement = int(_staff_say(materials, stage, row, it["code"]))
        record = _stated_record(materials, stage, MAP_ROW[row], "voice_counts", it["sources"], it["first_on"], it["last_on"], agreement)
        quote = it["quote"] if materials.client.privacy.quotes and pd.notna(it["quote"]) and row == "question" else None
        extra = {"voice_id": str(it["voice_id"])} if quote else None
        is_share = pd.notna(it["share"])
        extra = (extra or {}) | ({"n_customers": int(it["n_customers"])} if is_share else {})
        yield record.cell(FIRST_ITEM[row] + place, row, it["share"], label=quote or it["code"], unit="share", n=it["n_asked" if is_share else "n_customers"],
                          lo=it["lo"], hi=it["hi"], extra=extra)  # fmt: skip


def _staff_say(materials, stage, row, code):
    voices = stage_voices(materials, stage)
    return ((voices["kind"] == "staff") & (voices["row"] == row) & (voices["code"] == code)).any()


def _stated_record(materials, stage, row, method, sources, first_on=None, last_on=None, agreement=0):
    return Record(row, stage, materials.persona, materials.client.as_of, "stated", sources or "", first_on, last_on, method, agreement)


def _survey_sources(materials):
    voices = materials.voices
    return _sources(voices[voices["metric"].isin(["importance", "satisfaction"])])


def _sources(rows):
    return ",".join(dict.fromkeys(str(name) for name in rows["source"].dropna()))
