"""What was measured: one table a question."""

from __future__ import annotations

from journeylib.schema.customers import CUSTOMER_MEASURES
from journeylib.schema.felt import FELT
from journeylib.schema.flow import FLOW
from journeylib.schema.leaving import LEAVING
from journeylib.schema.site import SITE
from journeylib.schema.tables import Table, bool_, float_, int_, moment, text
from journeylib.schema.values import SEMANTICS, STATES, VOICE_ROWS
from journeylib.schema.way import WAY

FUNNEL = Table("funnel", "one stage under one counting rule", {
    "semantics": text("counting rule", one_of=SEMANTICS),
    "persona": text("persona's id; empty = everybody"),
    "stage": text("stage id"),
    "position": int_("place of the stage, from 0"),
    "n_reached": int_("journeys that reached the stage"),
    "n_went_on": int_("… and the next stage by the data cut; 0 for the last stage; missing where it would tell the size of a small group", required=False),
    "n_lost": int_("… and did not go on, and are lost", required=False),
    "n_open": int_("… and did not go on, and are still open (or dormant)", required=False),
    "few": text("which of n_lost, n_open are fewer than k; both are then missing", required=False),
    "n_followed": int_("reached it at least a window before the data cut; missing where fewer than k", required=False),
    "n_converted": int_("… of whom this many reached the next stage within the window", required=False),
    "n_too_recent": int_("reached it too recently to judge: n_reached − n_followed", required=False),
    "rate": float_("n_converted / n_followed; missing for the last stage or when nobody was followed", required=False),
    "rate_lo": float_("lower end, 95 %", required=False),
    "rate_hi": float_("upper end, 95 %", required=False),
    "n_units": int_("distinct units among n_followed", required=False),
    "window_days": float_("the window; missing = until the data cut", required=False),
}, key=("semantics", "persona", "stage"))  # fmt: skip

TIME_CURVE = Table("time_curve", "one step of the cumulative incidence of one end, from entry into a stage (C1)", {
    "stage": text("stage entered"),
    "end": text("went_on or lost", one_of=("went_on", "lost")),
    "at_days": float_("days since entry"),
    "n_at_risk": int_("journeys still in the stage just before"),
    "share": float_("Aalen–Johansen cumulative incidence"),
    "lo": float_("lower end, 95 %"),
    "hi": float_("upper end, 95 %"),
})  # fmt: skip

STAGE_TIMES = Table("stage_times", "how long a stage takes", {
    "stage": text("stage id"),
    "n_entered": int_("journeys that entered it before any later stage"),
    "n_went_on": int_("… and went on"),
    "n_lost": int_("… and were lost", required=False),
    "n_open": int_("… and are still in it", required=False),
    "few": text("which of n_lost, n_open are fewer than k; both are then missing", required=False),
    "n_returned": int_("journeys left out: a later stage came first"),
    "median_days": float_("time by which half have left the stage (Kaplan–Meier of staying); missing if not reached", required=False),
    "median_lo_days": float_("lower end of the median", required=False), "median_hi_days": float_("upper end; missing if not reached", required=False),
    "q25_days": float_("a quarter have left", required=False),
    "q75_days": float_("three quarters have left", required=False),
    "median_went_on_days": float_("time by which half of all who entered have gone on; missing if not reached", required=False),
    "horizon_days": float_("the horizon of the shares below"),
    "went_on_share": float_("gone on by the horizon"),
    "went_on_lo": float_("lower end"), "went_on_hi": float_("upper end"),
    "lost_share": float_("lost by the horizon"),
    "lost_lo": float_("lower end"), "lost_hi": float_("upper end"),
    "open_share": float_("still in the stage at the horizon"),
    "max_followed_days": float_("longest time anyone was followed"),
}, key=("stage", "horizon_days"))  # fmt: skip

TRANSITIONS = Table("transitions", "one move between touchpoints, directly one after the other in a journey", {
    "touchpoint": text("from"), "next_touchpoint": text("to"),
    "stage": text("stage of the first; empty = outside the model"),
    "next_stage": text("stage of the second; empty = outside the model"),
    "n_transitions": int_("moves"), "n_journeys": int_("journeys that made the move"),
    "median_days": float_("median time between"),
})  # fmt: skip

EXITS = Table("exits", "one last touchpoint of the journeys that ended in a stage", {
    "stage": text("furthest stage reached"), "touchpoint": text("last touchpoint the company did not start"),
    "state": text("state at the data cut", one_of=STATES),
    "n_journeys": int_("journeys"), "share": float_("of journeys whose furthest stage this is; missing where it would tell the size of a small group", required=False),
    "median_silent_days": float_("median days from the last event to the data cut"),
})  # fmt: skip

TOUCHPOINTS = Table("touchpoints", "one touchpoint in one stage", {
    "stage": text("stage id"), "touchpoint": text("touchpoint"), "channel": text("its most common channel"),
    "initiator": text("who usually starts it", required=False),
    "n_events": int_("events"), "n_journeys": int_("journeys that had it"),
    "n_stage": int_("journeys that touched the stage"),
    "share": float_("n_journeys / n_stage"), "lo": float_("lower end"), "hi": float_("upper end"),
    "satisfaction": float_("mean score on −2 … +2", required=False), "n_answers": int_("answers about it"),
}, key=("stage", "touchpoint"))  # fmt: skip

CHANNELS = Table("channels", "one channel in one stage", {
    "stage": text("stage id"), "channel": text("channel id"),
    "n_events": int_("events"), "n_journeys": int_("journeys that used it there"),
    "n_stage": int_("journeys that touched the stage"),
    "share": float_("n_events / all events of the stage"),
}, key=("stage", "channel"))  # fmt: skip

EMOTION = Table("emotion", "how one stage feels (C4)", {
    "stage": text("stage id"), "metric": text("csat, ces or nps"), "wording_id": text("one wording only"),
    "n_answers": int_("answers"), "n": int_("customers"),
    "mean": float_("mean on −2 … +2, one value a customer"),
    "lo": float_("lower end, t-interval by customer", required=False), "hi": float_("upper end", required=False),
    "pooled": float_("pulled towards the mean of all stages, by how little is known", required=False),
    "share_m2": float_("share of customers in −2 … −1.2"), "share_m1": float_("−1.2 … −0.4"),
    "share_0": float_("−0.4 … 0.4"), "share_p1": float_("0.4 … 1.2"), "share_p2": float_("1.2 … 2"),
    "overlap_next": float_("of customers asked here or at the next stage, the share asked at both", required=False),
    "first_on": moment("first answer", required=False), "last_on": moment("last answer", required=False),
    "sources": text("source names, comma-separated"),
}, key=("stage",))  # fmt: skip

VOICE_COUNTS = Table("voice_counts", "one thing said, counted per customer (C16)", {
    "stage": text("stage id; empty = outside the model"), "row": text("what it is about", one_of=VOICE_ROWS),
    "code": text("what was said"), "kind": text("stated, staff or assumed"),
    "n_customers": int_("customers who said it"), "n_asked": int_("customers heard on that row in that stage"),
    "share": float_("n_customers / n_asked", required=False),
    "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "voice_id": text("a quotable example, with consent", required=False),
    "quote": text("its text", required=False),
    "first_on": moment("first said", required=False), "last_on": moment("last said", required=False),
    "sources": text("source names, comma-separated"),
})  # fmt: skip

NEED_SCORES = Table("need_scores", "one need's importance and satisfaction", {
    "need_id": text("id"), "stage": text("stage id"), "wording": text("the need"),
    "importance": float_("10 × top-two share", required=False), "satisfaction": float_("10 × top-two share", required=False),
    "importance_lo": float_("lower end, Wilson by unit", required=False), "importance_hi": float_("upper end", required=False),
    "satisfaction_lo": float_("lower end, Wilson by unit", required=False), "satisfaction_hi": float_("upper end", required=False),
    "n": int_("customers asked"), "opportunity": float_("importance + max(importance − satisfaction, 0) (C6)", required=False),
    "gap": float_("mean of (importance − satisfaction), 0–10", required=False),
    "gap_lo": float_("lower end", required=False), "gap_hi": float_("upper end", required=False),
    "opportunity_corrected": float_("opportunity less what chance alone adds when importance = satisfaction: 0.4 × the difference's standard error", required=False),
    "p_outranks_next": float_("probability that its gap is wider than the next need's; missing for the last", required=False),
    "derived": float_("derived importance: standardised slope of the overall score on satisfaction with this need", required=False),
    "derived_lo": float_("lower end", required=False), "derived_hi": float_("upper end", required=False), "n_derived": int_("customers it rests on", required=False),
    "n_activities": int_("activities that serve it; missing = no activity register", required=False),
    "n_content": int_("content items that answer it; missing = no content register", required=False),
}, key=("need_id",))  # fmt: skip

COVERAGE = Table("coverage", "content and activities in one stage for one persona (C7)", {
    "stage": text("stage id"), "persona": text("persona's id; empty = everybody"),
    "n_content": int_("live items in the client's content languages; missing = no content register", required=False),
    "n_activities": int_("activities; missing = no activity register", required=False),
    "n_owned": int_("activities with an owner", required=False),
    "n_customers": int_("customers seen in the stage: the demand; missing = no log, or nobody's persona is known", required=False),
    "demand_share": float_("of all customer × stage presences", required=False),
    "supply_share": float_("of all live items", required=False),
    "ratio_lo": float_("supply / demand, lower end (exact Poisson)", required=False),
    "ratio_hi": float_("… upper end", required=False),
    "status": text("what it amounts to", one_of=("hole", "thin", "covered", "no_demand", "not_checkable")),
}, key=("stage", "persona"))  # fmt: skip

RATES = Table("rates", "one named share of the contact and loyalty measures", {
    "measure": text("follow_up, silence, forgotten, repeat, referred, promoters_asked, win, bought, cta …"),
    "group": text("offer, horizon or '' for all"),
    "n": int_("how many could"), "n_yes": int_("how many did"),
    "rate": float_("n_yes / n", required=False), "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "n_units": int_("distinct units among n"), "days": float_("the horizon or limit the measure used", required=False),
    "value": float_("money that goes with n_yes", required=False),
}, key=("measure", "group"))  # fmt: skip

TOTALS = Table("totals", "one plain count of the client's data", {
    "name": text("events, customers, accounts, journeys, orders, value, won, lost, open …"),
    "value": float_("the number"), "unit": text("count or money", one_of=("count", "money")),
}, key=("name",))  # fmt: skip

SEARCH = Table("search", "the search phrases of one stage, ordinary results and ads apart (C19)", {
    "line": text("ordinary results (organic) or ads (paid)", one_of=("organic", "paid")),
    "stage": text("stage id; empty = no stage in scope"),
    "n_phrases": int_("different phrases"),
    "n_by_client": int_("… placed by the client's own sheet or rules"),
    "n_unmatched": int_("… that nothing placed; they have no stage"),
    "n_positions": int_("… whose own position is known"),
    "n_top": int_("… with the own page among the first ten"),
    "n_volumes": int_("… whose number of searches is known"),
    "volume": float_("searches a month, estimated; missing where no phrase's is known, and for ads", required=False),
    "known_volume": float_("… of phrases whose own position is known", required=False),
    "covered_volume": float_("… with the own page among the first ten", required=False),
    "share": float_("covered_volume / known_volume", required=False),
    "share_lo": float_("were every unknown position a poor one: covered_volume / volume", required=False),
    "share_hi": float_("were every unknown position a good one", required=False),
    "clicks": float_("clicks in the time of the files", required=False),
    "impressions": float_("times shown in the time of the files", required=False),
    "cost": float_("money paid for the clicks", required=False),
}, key=("line", "stage"))  # fmt: skip

SEARCH_PHRASES = Table("search_phrases", "one search phrase, ordinary results and ads apart (C19)", {
    "line": text("ordinary results (organic) or ads (paid)", one_of=("organic", "paid")),
    "phrase": text("what people search for, in small letters"),
    "stage": text("stage id; empty = no stage in scope"),
    "question": text("what it asks (knowledge/search_rules.yml); empty = nothing says", required=False),
    "placed_by": text("who gave it its place", one_of=("sheet", "own_rule", "rule", "nothing")),
    "standing": text("own page among the first ten, further down, or not known", one_of=("top", "below", "unknown")),
    "volume": float_("searches a month, estimated", required=False),
    "position": float_("own mean position", required=False),
    "clicks": float_("clicks in the time of the files", required=False),
    "impressions": float_("times shown in the time of the files", required=False),
    "cost": float_("money paid for the clicks", required=False),
    "n_searches": int_("how many searches stand behind it: the larger of volume and impressions", required=False),
    "sources": text("source names, comma-separated"),
}, key=("line", "phrase"))  # fmt: skip

SUGGESTED_TOPICS = Table("suggested_topics", "one topic suggested for texts nobody has coded; inferred until a person accepts it (C16)", {
    "language": text("language of the texts"),
    "words": text("its most typical words, comma-separated; texts that hold any of them belong to it"),
    "row": text("what most of its texts are about", one_of=VOICE_ROWS),
    "n_texts": int_("texts that hold its words"), "n_customers": int_("customers who wrote them"),
    "example": text("a typical text, masked, with consent to quote", required=False),
}, key=("language", "words"))  # fmt: skip

TEXT_CALIBRATION = Table("text_calibration", "one language, and whether the feeling of a text can be told from its words (C4)", {
    "language": text("language of the texts"),
    "n": int_("texts whose writer also gave a score"), "n_customers": int_("customers who wrote them"),
    "correlation": float_("between the score and what the words said, out of sample", required=False),
    "agreement": float_("of pairs of texts with different scores, the share the words put in the right order, out of sample", required=False),
    "lo": float_("lower end, 95 %, by customer", required=False), "hi": float_("upper end", required=False),
    "limit": float_("what the lower end has to reach"),
    "is_usable": bool_("whether the feeling of texts is drawn"),
    "reason": text("why not: too_few, one_score or too_weak", required=False, one_of=("too_few", "one_score", "too_weak")),
    "sources": text("where the texts and scores come from; only texts from there are judged", required=False),
}, key=("language",))  # fmt: skip

TEXT_FEELING = Table("text_feeling", "how the texts of one stage feel, told from their words and kept apart from the scores (C4)", {
    "stage": text("stage id"), "language": text("language of the texts"),
    "n": int_("customers whose texts were judged"), "n_without_score": int_("… who gave no score of their own with any of them"),
    "mean": float_("mean on −2 … +2, one value a customer"),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end", required=False),
    "agreement": float_("of the calibration"), "n_calibration": int_("texts with own scores it was learnt from"),
}, key=("stage",))  # fmt: skip

MEASURES = {table.name: table for table in (
    FUNNEL, TIME_CURVE, STAGE_TIMES, TRANSITIONS, EXITS, TOUCHPOINTS, CHANNELS, EMOTION, VOICE_COUNTS, NEED_SCORES,
    COVERAGE, RATES, TOTALS, SEARCH, SEARCH_PHRASES, TEXT_CALIBRATION, TEXT_FEELING,
)}  # fmt: skip
MEASURES |= FLOW | CUSTOMER_MEASURES | FELT | SITE | LEAVING | WAY

# --- how well the voices were gathered (C16) --------------------------------------------------------------------------

HEARD = Table("heard", "one stage and persona, and who was heard about it", {
    "stage": text("stage id"), "persona": text("persona's id; empty = everybody, of a declared persona or none"),
    "n_customers": int_("distinct people who said something about it"),
    "n_relation_known": int_("… of whom it is known what they are to the company"),
    "n_lost": int_("… who left"), "n_never": int_("… who never bought"),
}, key=("stage", "persona"))  # fmt: skip

SATURATION = Table("saturation", "one interview, in the order they were made", {
    "interview": int_("1 = the first"), "customer_id": text("who was heard (pseudonym)"),
    "n_codes": int_("different codes in it"), "n_new": int_("… that no earlier interview had"),
    "n_so_far": int_("different codes in all interviews up to it"),
}, key=("interview",))  # fmt: skip

AGREEMENT = Table("agreement", "how far two coders agree on the same quotes", {
    "n_quotes": int_("quotes both have coded"), "n_all": int_("quotes the first has coded"), "n_codes": int_("different codes used by either"),
    "agreement": float_("share with the same code"),
    "kappa": float_("Cohen's kappa; missing where both used one and the same code throughout", required=False),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end, 95 %", required=False),
})  # fmt: skip

GATHERING = {table.name: table for table in (HEARD, SATURATION, AGREEMENT, SUGGESTED_TOPICS)}
