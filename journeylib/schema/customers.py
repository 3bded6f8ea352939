"""What was measured of who the customers are: the buying group and its roles (C12), how hard the texts they meet are to read (C7),
how first and later journeys compare (C13), how long they are (M011), and how personas differ (C14)."""

from __future__ import annotations

from journeylib.schema.tables import Table, float_, int_, text

#: What became of an account after the landmark; a table's row about all of them has an empty text.
LANDMARK_OUTCOMES = ("won", "lost", "open")
#: Roles in a buying group; `unknown` is a person without a title, or with one the catalogue does not know.
BUYING_ROLES = ("decision_maker", "influencer", "user", "buyer", "finance", "technical", "unknown")

BUYING_GROUP = Table("buying_group", "how many people of an account take part, in one stage or by the landmark (C12)", {
    "stage": text("stage id; empty = anywhere, from the account's first day to the landmark"),
    "outcome": text("of the rows at the landmark: what became of the account after it; empty = all accounts"),
    "days": float_("how long the account is followed: from its first day in the stage, or to the landmark"),
    "n_accounts": int_("accounts there, followed so long"),
    "n_nobody": int_("accounts there of whom no known person was active: left out"),
    "n_too_recent": int_("accounts there, not followed so long: left out", required=False),
    "n_decided": int_("accounts won or lost before the landmark: left out", required=False),
    "median": float_("people active, the middle account"), "q1": float_("a quarter of the accounts have so many or fewer"),
    "q3": float_("three quarters have so many or fewer"),
    "mean": float_("people active an account"),
    "lo": float_("lower end, by account", required=False), "hi": float_("upper end", required=False),
    "mean_with_unseen": float_("mean of Chao's lower bound: those seen, and as many unseen as those seen on one day only suggest; rough"),
}, key=("stage", "outcome"))  # fmt: skip

ROLES = Table("roles", "one role of the buying group in one stage: how many accounts have it active, the won beside the lost (C12)", {
    "stage": text("stage id; empty = anywhere, from the account's first day to the landmark"),
    "role": text("role", one_of=BUYING_ROLES),
    "n_accounts": int_("accounts there, followed to the landmark"), "n_with": int_("… with the role active by then"),
    "share": float_("n_with / n_accounts", required=False), "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "n": int_("accounts in the smaller of won and lost", required=False),
    "n_won": int_("accounts undecided at the landmark and won after it", required=False), "n_won_with": int_("… with the role active by then", required=False),
    "n_lost": int_("accounts lost after it", required=False), "n_lost_with": int_("… with the role active by then", required=False),
    "n_open": int_("accounts still open at the data cut", required=False), "n_open_with": int_("… with the role active by the landmark", required=False),
    "difference": float_("share of the won minus share of the lost", required=False),
    "difference_lo": float_("lower end (Newcombe)", required=False), "difference_hi": float_("upper end", required=False),
    "p": float_("two-sided, of no difference (Fisher's exact test)", required=False),
    "p_adjusted": float_("… after Benjamini–Hochberg over the roles; only anywhere", required=False),
    "enters_days": float_("days from the account's first until the role was first active, the middle one of the accounts that had it; only anywhere", required=False),
    "days": float_("the landmark: days from the account's first, or from its first in the stage"),
}, key=("stage", "role"))  # fmt: skip

HUMAN_CONTACT = Table("human_contact", "accounts with and without a conversation with a person by the landmark (M088)", {
    "landmark_days": float_("days from the account's first by which the conversation is looked for"),
    "window_days": float_("days after the landmark within which the account is to be won; missing = until the data cut", required=False),
    "n": int_("accounts in the smaller of the two groups"),
    "n_with": int_("accounts undecided at the landmark and followed for the window, with a conversation"), "n_with_won": int_("… won within the window"),
    "n_without": int_("accounts without one"), "n_without_won": int_("… won within the window"),
    "difference": float_("share won with a conversation minus share won without", required=False),
    "lo": float_("lower end (Newcombe)", required=False), "hi": float_("upper end", required=False),
    "p": float_("two-sided, of no difference (Fisher's exact test)", required=False),
    "n_decided": int_("accounts won or lost before the landmark: left out"), "n_too_recent": int_("accounts not followed so long: left out"),
})  # fmt: skip

READABILITY = Table("readability", "how hard the text of one content item is to read (C7)", {
    "content_id": text("id in the register"), "title": text("title"), "type": text("content type", required=False),
    "depth": text("what the type is meant to be", one_of=("simple", "middle", "detailed")),
    "n_words": int_("words"), "n_sentences": int_("sentences"),
    "lix": float_("words a sentence + 100 × words of more than six letters / words"),
    "highest": float_("the highest LIX that fits the depth"),
}, key=("content_id",))  # fmt: skip

#: What a row of PERSONA_DIFFERENCE is about.
PERSONA_METRICS = ("goes_on", "days", "channel", "feeling", "need")
#: A repeat journey beside the first, and what a journey's length is called.
REPEAT_VERDICTS = ("shorter", "not_established", "longer")
LENGTH_CLASSES = ("short", "medium", "long", "too_long")

REPEATS = Table("repeats", "first and later journeys, from the first step of evaluation to the purchase, at one gap of silence (C13)", {
    "gap_days": float_("days of silence after which a try is over"),
    "horizon_days": float_("common horizon: enough journeys of both kinds could be followed so long"),
    "n": int_("purchases within the horizon in the smaller of the two groups"),
    "n_first": int_("tries before a first purchase"), "n_first_bought": int_("first purchases"),
    "n_first_unseen": int_("… with no step before them: left out of the lengths"), "n_first_within": int_("… within the horizon"),
    "n_later": int_("tries after a purchase"), "n_later_bought": int_("later purchases"),
    "n_later_unseen": int_("… with no step before them: left out of the lengths"), "n_later_within": int_("… within the horizon"),
    "first_days": float_("mean days of those who buy within the horizon (Aalen–Johansen), the first time", required=False),
    "later_days": float_("… later times", required=False),
    "ratio": float_("later_days / first_days", required=False),
    "lo": float_("lower end, resampled by unit", required=False), "hi": float_("upper end", required=False),
    "first_touchpoints": float_("mean steps up to the purchase, the first time; of those followed for the horizon", required=False),
    "later_touchpoints": float_("… later times", required=False),
    "touchpoint_ratio": float_("later / first", required=False),
    "touchpoint_ratio_lo": float_("lower end, resampled by unit", required=False), "touchpoint_ratio_hi": float_("upper end", required=False),
    "verdict": text("whether later journeys are shorter: the interval of the ratio lies under 1, over it, or neither", one_of=REPEAT_VERDICTS),
}, key=("gap_days",))  # fmt: skip

REPEAT_CURVE = Table("repeat_curve", "one step of the share of buyers who have bought, first or later journeys (C13)", {
    "journeys": text("first or later", one_of=("first", "later")),
    "at_days": float_("days since the first step of evaluation"),
    "share": float_("of those who buy within the horizon, the share that has bought by then"),
})  # fmt: skip

LENGTHS = Table("lengths", "how long the journey to one offer is (M011)", {
    "offer": text("offer; empty = all journeys"),
    "n": int_("journeys"), "n_bought": int_("… that bought within the horizon"),
    "horizon_days": float_("enough journeys could be followed so long"),
    "median_days": float_("days from first contact by which half of those who buy within the horizon have (Aalen–Johansen)", required=False),
    "lo": float_("lower end, resampled by unit", required=False), "hi": float_("upper end", required=False),
    "limit_days": float_("the client's limit", required=False),
    "over_limit_share": float_("of those who buy within the horizon, the share that takes longer than the limit", required=False),
    "others_q25_days": float_("days by which a quarter have bought any of the other offers", required=False),
    "others_q75_days": float_("… three quarters", required=False),
    "class": text("what the journey is; missing = not established", required=False, one_of=LENGTH_CLASSES),
}, key=("offer",))  # fmt: skip

PERSONA_DIFFERENCE = Table("persona_difference", "one key figure of one persona beside the other personas together (C14)", {
    "metric": text("goes_on = share going on from a stage; days = mean days to purchase of those who buy within the horizon; channel = share "
                   "whose commonest channel it is; feeling = mean on −2 … +2; need = share for whom it is important", one_of=PERSONA_METRICS),
    "part": text("stage, channel or the need's wording; empty = the whole journey"), "persona": text("persona's id"),
    "n": int_("customers or journeys of the persona"),
    "n_smallest": int_("… of the smallest persona, or of the others together if they are fewer"),
    "value": float_("the figure"), "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "others": float_("the same for the other personas together"),
    "difference": float_("value − others"),
    "difference_lo": float_("lower end", required=False), "difference_hi": float_("upper end", required=False),
    "p": float_("two-sided, of no difference"), "p_adjusted": float_("… after Benjamini–Hochberg over the whole table"),
    "horizon_days": float_("of days: the common horizon", required=False),
}, key=("metric", "part", "persona"))  # fmt: skip

PERSONA_CHECK = Table("persona_check", "one test of the declared personas against how customers behave (C14)", {
    "measure": text("differ = do declared personas behave differently; groups = which groups the data suggest; match = how well the two agree; "
                    "largest = share of the largest persona; nobody = share that fits none",
                    one_of=("differ", "groups", "match", "largest", "nobody")),
    "n": int_("customers looked at"), "n_groups": int_("personas, or groups found (1 = none)", required=False),
    "n_yes": int_("of largest and nobody: how many", required=False),
    "persona": text("of largest: which", required=False),
    "value": float_("differ: share of the spread the personas explain, chance taken off; groups: stability; match: adjusted Rand; else the share", required=False),
    "lo": float_("lower end of a share", required=False), "hi": float_("upper end", required=False),
    "p": float_("of differ: share of shuffled personas that explain as much", required=False),
    "verdict": text("differ: distinguishable or not; groups: stable, not_stable or one", required=False,
                    one_of=("distinguishable", "not_distinguishable", "stable", "not_stable", "one")),
}, key=("measure",))  # fmt: skip

ROLE_NEEDS = Table("role_needs", "one need in one role of the buying group, and what is there for it (M087)", {
    "need_id": text("id"), "wording": text("the need in words"),
    "role": text("role of those who answered", one_of=BUYING_ROLES),
    "n": int_("customers of the role who said how important it is"), "n_important": int_("… in the two highest answers"),
    "importance": float_("n_important / n"), "importance_lo": float_("lower end, by account"), "importance_hi": float_("upper end"),
    "n_content": int_("live texts that answer the need for this role; missing = no register of content", required=False),
}, key=("need_id", "role"))  # fmt: skip

CUSTOMER_MEASURES = {table.name: table for table in (BUYING_GROUP, ROLES, HUMAN_CONTACT, ROLE_NEEDS, READABILITY, REPEATS, REPEAT_CURVE, LENGTHS,
                                                     PERSONA_DIFFERENCE, PERSONA_CHECK)}  # fmt: skip
