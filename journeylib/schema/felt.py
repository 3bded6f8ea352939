"""What was measured of how customers judge: scores and their changes, who stayed, which stage decides, what serves each need."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, float_, int_, moment, text

SCORE_VERDICTS = ("changed", "not_established", "not_comparable")

_PLACE = {
    "metric": text("nps, csat or ces"), "stage": text("stage id; empty = the whole journey"),
    "touchpoint": text("touchpoint asked about; empty = the stage as such"), "wording_id": text("the question's wording"),
}  # fmt: skip

SCORES = Table("scores", "answers to one question in one wording about one stage or touchpoint, in one period (C5)", _PLACE | {
    "wave": int_("0 = all answers; 1, 2 … = periods in order of time, counted back from the data cut"),
    "from_on": moment("start of the period, or the first answer", required=False), "until_on": moment("end of the period, or the last answer", required=False),
    "scale_min": float_("lowest answer"), "scale_max": float_("highest answer"),
    "n": int_("customers, each with the latest answer of the period"), "n_answers": int_("answers"),
    "n_high": int_("promoters (9–10), satisfied (two highest answers; the highest on a scale of under five), or easy (5–7 of 7)"),
    "n_low": int_("detractors (0–6), or those in the matching lowest part of the scale"),
    "score": float_("nps: promoters − detractors, −1 … 1; csat and ces: share n_high / n"),
    "lo": float_("lower end, 95 %: adjusted Wald (nps), Wilson (shares)"), "hi": float_("upper end"),
    "mean": float_("mean on its own scale"), "mean_lo": float_("lower end, t by unit", required=False), "mean_hi": float_("upper end", required=False),
    "is_hard": bool_("ces: the upper end of the mean lies under the middle of the scale", required=False),
}, key=("metric", "stage", "touchpoint", "wording_id", "scale_min", "scale_max", "wave"))  # fmt: skip

SCORE_CHANGES = Table("score_changes", "the two last periods of one question, compared", _PLACE | {
    "from_on": moment("start of the earlier period"), "until_on": moment("end of the later one"),
    "n": int_("customers in the smaller of the two"), "n_before": int_("customers before"), "n_after": int_("customers after"),
    "before": float_("score before"), "after": float_("score after"),
    "change": float_("after − before (nps: of the adjusted estimates); missing = not comparable", required=False),
    "lo": float_("lower end", required=False), "hi": float_("upper end", required=False), "p": float_("probability of as large a change by chance", required=False),
    "p_adjusted": float_("… over all questions compared (Benjamini–Hochberg)", required=False),
    "is_paired": bool_("the same people answered both times, and are compared with themselves"),
    "verdict": text("changed, not established or not comparable", one_of=SCORE_VERDICTS),
}, key=("metric", "stage", "touchpoint", "wording_id"))  # fmt: skip

STAYERS = Table("stayers", "the feeling of one stage among those who came to the last judged one (C4)", {
    "stage": text("stage id"), "n": int_("customers who also reached the last judged stage"), "n_others": int_("customers who are known not to have"),
    "mean": float_("mean on −2 … +2 of those who stayed"), "lo": float_("lower end, t by unit", required=False), "hi": float_("upper end", required=False),
    "difference": float_("those who stayed − the others", required=False), "p": float_("Welch's test of it, by unit", required=False),
    "differs": bool_("the difference stands over all stages (Benjamini–Hochberg 5 %)"),
}, key=("stage",))  # fmt: skip

MOMENTS = Table("moments", "how much the feeling of one stage goes with the outcome: relative weight (Johnson 2000)", {
    "stage": text("stage id"), "outcome": text("nps or won"),
    "weight": float_("part of the outcome's variance, 0–1; the weights add up to R²"), "lo": float_("lower end, bootstrap by unit"), "hi": float_("upper end"),
    "correlation": float_("of the stage's score with the outcome"), "explained": float_("R² of all stages together"),
    "n": int_("customers who judged every stage of the comparison and have an outcome"),
    "p_first": float_("share of bootstrap draws in which this stage weighs most"),
    "is_moment": bool_("moment of truth: weighs more than every other stage for certain"),
}, key=("stage",))  # fmt: skip

NEED_SUPPORT = Table("need_support", "one activity or content item and one need it serves", {
    "kind": text("activity or content", one_of=("activity", "content")), "item_id": text("id in the register"), "title": text("what it is"),
    "stage": text("stage id; empty = outside the model"), "need_id": text("need it serves; empty = none that is named"),
}, key=("kind", "item_id", "need_id"))  # fmt: skip

FELT = {table.name: table for table in (SCORES, SCORE_CHANGES, STAYERS, MOMENTS, NEED_SUPPORT)}
