"""What was tried to be predicted, how well it went, and what was not looked at because it knows the outcome (C10)."""

from __future__ import annotations

from journeylib.schema.tables import Table, float_, int_, moment, text

PREDICTION_TARGETS = ("buy", "leave", "next_offer")
PREDICTION_VERDICTS = ("predictable", "one_rule", "no_skill", "too_few", "not_checkable")

PREDICTIONS = Table("predictions", "one question of prediction, learnt on earlier data and judged on later (C10)", {
    "target": text("what is predicted: buy, leave, or the next offer", one_of=PREDICTION_TARGETS),
    "verdict": text("predictable = better than the base rate and than one feature alone (next_offer: than the most popular offer); only then may a list be made", one_of=PREDICTION_VERDICTS),
    "horizon_days": float_("days ahead", required=False),
    "scarce": text("of too few: of whom there are too few, those with the outcome or those without it", required=False, one_of=("with", "without")),
    "outcome": text("of leave: a recorded loss, or silence for the whole horizon", required=False, one_of=("purchase", "loss", "silence", "offer")),
    "n": int_("cases of the test: subjects at each landmark, or purchases; of too few, none of the counts", required=False),
    "n_units": int_("units among them", required=False),
    "n_yes": int_("… for which it came true (next_offer: foretold by the first suggestion)", required=False),
    "n_train": int_("cases learnt from", required=False),
    "test_from_at": moment("first landmark of the test", required=False), "test_to_at": moment("last landmark", required=False),
    "base_rate": float_("n_yes / n; of next_offer the share the most popular offer foretells", required=False),
    "skill": float_("1 − B / (p̄(1 − p̄)): what the Brier score gains over the base rate; of next_offer the gain in share foretold", required=False),
    "skill_lo": float_("lower end, units drawn anew", required=False), "skill_hi": float_("upper end", required=False),
    "rule": text("the best one-variable rule: its feature; of next_offer the most popular offer", required=False),
    "rule_skill": float_("skill of that rule", required=False), "rule_skill_lo": float_("lower end", required=False), "rule_skill_hi": float_("upper end", required=False),
    "gain": float_("skill of the model minus that of the rule", required=False), "gain_lo": float_("lower end", required=False), "gain_hi": float_("upper end", required=False),
    "auc": float_("chance that who did was rated over who did not", required=False), "auc_lo": float_("lower end", required=False), "auc_hi": float_("upper end", required=False),
    "intercept": float_("calibration in the large, 0 = right on average", required=False), "intercept_lo": float_("lower end", required=False), "intercept_hi": float_("upper end", required=False),
    "slope": float_("calibration slope, 1 = right; under 1 the chances are too far apart", required=False), "slope_lo": float_("lower end", required=False), "slope_hi": float_("upper end", required=False),
}, key=("target",))  # fmt: skip

PREDICTION_BANDS = Table("prediction_bands", "one fifth of the test by predicted chance, the likeliest first", {
    "target": text("what is predicted", one_of=PREDICTION_TARGETS), "band": int_("1 = the highest chances"),
    "n": int_("cases"), "n_units": int_("units"), "n_yes": int_("… for which it came true"),
    "chance": float_("mean chance given before"), "share": float_("n_yes / n"), "lo": float_("lower end, by unit"), "hi": float_("upper end"),
}, key=("target", "band"))  # fmt: skip

PREDICTION_FEATURES = Table("prediction_features", "one thing known beforehand: used, or refused because it knows the outcome", {
    "target": text("what is predicted", one_of=PREDICTION_TARGETS), "feature": text("kind, or kind:name"),
    "slope": float_("log odds a standard deviation, the others held; missing = not used", required=False),
    "refused": text("why it was not looked at", required=False, one_of=("undated", "is_outcome", "comes_after", "too_good")),
}, key=("target", "feature"))  # fmt: skip

NEXT_OFFERS = Table("next_offers", "what to suggest to who bought one offer last (M105)", {
    "last_offer": text("bought last"), "next_offer": text("to suggest: bought most after it, drawn towards what is bought most in all"),
    "n": int_("purchases after one of last_offer"), "n_units": int_("units that made them"), "n_next": int_("… of next_offer"),
    "share": float_("n_next / n, drawn towards the share of next_offer among all"), "lo": float_("lower end of n_next / n, by unit"), "hi": float_("upper end"),
}, key=("last_offer",))  # fmt: skip

PREDICTED = {table.name: table for table in (PREDICTIONS, PREDICTION_BANDS, PREDICTION_FEATURES, NEXT_OFFERS)}
