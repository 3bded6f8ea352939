"""What gets the credit for purchases, and what the site does: channels, pages and requests to act."""

from __future__ import annotations

from journeylib.schema.tables import Table, float_, int_, text

#: Ways of sharing the credit for a purchase among the channels before it (C3).
CREDIT_MODELS = ("markov", "shapley", "first", "last", "linear", "position", "decay")

ATTRIBUTION = Table("attribution", "one channel's share of the purchases under one way of counting; never an effect (C3)", {
    "model": text("way of sharing the credit", one_of=CREDIT_MODELS),
    "channel": text("channel id; `other` = the rare ones together"),
    "credit": float_("purchases credited; over all channels they are the purchases with a known path"),
    "share": float_("credit / purchases with a known path"),
    "lo": float_("lower end, 95 %, units resampled"), "hi": float_("upper end"),
    "n_paths": int_("journeys whose path holds the channel, won or not"),
    "n_won": int_("purchases with a known path, the same in every row"),
    "n_unseen": int_("purchases with no known contact before them: credited to nobody, the same in every row"),
    "n_all_paths": int_("journeys with a path, won or settled without, the same in every row"),
    "look_back_days": float_("how long before the purchase a contact counts"),
}, key=("model", "channel"))  # fmt: skip

PAGES = Table("pages", "one page of the site (C19)", {
    "page": text("path of the page"), "stage": text("stage most of its views belong to, its type; empty = none in scope"),
    "n_views": int_("times seen"), "n_visits": int_("visits that saw it"), "n_journeys": int_("journeys that saw it"),
    "n_landings": int_("visits that began on it"), "landing_share": float_("n_landings / all visits"),
    "n_exits": int_("visits that ended on it without a purchase within half an hour"),
    "exit_rate": float_("n_exits / n_visits"), "exit_lo": float_("lower end, 95 %, by unit"), "exit_hi": float_("upper end"),
    "exit_expected": float_("the same share over the other pages of its type; missing where it is alone", required=False),
    "stands_out": text("pages before the decision: more or less exits than expected, for certain, corrected for how many pages were tried", required=False, one_of=("more", "less")),
    "median_seconds": float_("median time on it, no time over 30 minutes; missing where none is known", required=False),
    "n_timed": int_("views whose time is known: something followed within the visit"),
    "n_entered": int_("journeys that came in by it, had not been further than its stage, and were followed for the window; missing where fewer than k", required=False),
    "n_next": int_("… and reached a later stage within the window", required=False),
    "next_rate": float_("n_next / n_entered; missing for the last stage", required=False),
    "next_lo": float_("lower end, 95 %, by unit", required=False), "next_hi": float_("upper end", required=False),
    "channel": text("most common channel of the visits that began on it", required=False),
}, key=("page",))  # fmt: skip

CTAS = Table("ctas", "one request to act: what is clicked, on which page (C19)", {
    "cta": text("what is clicked, in the source's words"), "touchpoint": text("what the click is"),
    "page": text("page it stands on"), "stage": text("stage of the page, its type; empty = none in scope"),
    "n_views": int_("visits that saw the page"), "n_clicks": int_("… in which it was clicked"),
    "n_journeys": int_("journeys that saw the page"),
    "rate": float_("n_clicks / n_views"),
    "shrunk": float_("rate pulled towards those of the same type by how little is known (beta-binomial)"),
    "lo": float_("lower end of it, 95 %; the ranking"), "hi": float_("upper end"),
    "p_best": float_("probability that it has the highest rate of all"),
    "rank": int_("1 = highest lower end"),
}, key=("page", "cta", "touchpoint"))  # fmt: skip

PAGE_USE = Table("page_use", "one page as a heat-map tool counts it: how far people scroll, where they click in anger or in vain (M028)", {
    "page": text("path of the page"),
    "n_views": float_("views, as the tool counts them", required=False),
    "n_visits": int_("visits that saw it in the web log; missing where there is none, or it has not seen the page", required=False),
    "scroll_share": float_("mean share of the page that was seen, weighted by views", required=False),
    "n_rage": float_("angry clicks", required=False), "n_dead": float_("clicks on what cannot be clicked", required=False),
    "n_back": float_("quick returns to the page before", required=False),
    "rage_per_1000": float_("angry clicks per thousand views", required=False), "dead_per_1000": float_("clicks in vain per thousand views", required=False),
    "back_per_1000": float_("quick returns per thousand views", required=False),
}, key=("page",))  # fmt: skip

SITE = {table.name: table for table in (ATTRIBUTION, PAGES, CTAS, PAGE_USE)}
