"""What the actions are made of: content to make, requests to word, flows to follow up by, questions to answer once, and what is wasted."""

from __future__ import annotations

from journeylib.schema.tables import Table, bool_, date, float_, int_, text

#: Why a piece of content is proposed: nothing is there, a need is not answered, little is there.
CONTENT_REASONS = ("hole", "need", "thin")
#: What is the matter with a request to act: there is none, it says nothing, it is clicked too seldom, or none has been seen to work.
CALL_STANDINGS = ("missing", "vague", "weak", "not_clicked")
#: How a customer may leave a flow.
FLOW_EXITS = ("purchase", "answer", "goal", "no", "silent", "unsubscribe")
#: What can be wrong with a flow (M093).
FLOW_FAULTS = ("no_trigger", "no_goal", "goal_behind", "dead_end", "unreached", "endless_loop", "no_purchase_exit", "after_purchase", "no_consent",
               "no_unsubscribe", "too_often", "too_often_together")  # fmt: skip
#: Kinds of waste (practice C18); the first five are added up, the others are only questioned.
WASTE_RULES = ("W1", "W2", "W3", "W4", "W6", "W5", "W7", "W8")
COUNTED_WASTE = WASTE_RULES[:5]

CONTENT_PLAN = Table("content_plan", "one piece of content to make: a stage, a persona and a need that nothing answers (M091)", {
    "plan_id": text("stage:persona:need"), "stage": text("stage id"), "persona": text("persona's id; empty = everybody"),
    "need_id": text("need it is to answer", required=False), "need": text("the need in words", required=False),
    "reason": text("nothing there, need not answered, or little there", one_of=CONTENT_REASONS),
    "type": text("proposed content type (knowledge/content_types.yml)"), "other_types": text("next best types, comma-separated", required=False),
    "about": text("JSON: what it should answer, search phrases and what customers say", required=False),
    "n_searches": float_("searches a month in the stage for which the client is not among the first ten", required=False),
    "n_customers": int_("customers seen there; missing where not known or fewer than k", required=False),
    "importance": float_("of the need, 0–10", required=False), "satisfaction": float_("with it, 0–10", required=False),
    "action_id": text("action people have agreed on for it", required=False), "rank": int_("1 = first"),
}, key=("plan_id",))  # fmt: skip

CALLS = Table("calls", "one page or item whose request to act is missing or weak, with wording (M092)", {
    "call_id": text("content id, or page"), "title": text("title, or path of the page"), "stage": text("stage id"),
    "is_deciding": bool_("stands where the customer decides"), "standing": text("what is the matter", one_of=CALL_STANDINGS),
    "now": text("its request today", required=False), "language": text("language of the item, and of the wording"),
    "proposed": text("wording proposed"), "other": text("another wording", required=False),
    "reach": float_("readers a year, or visits in the data", required=False),
    "rate": float_("click rate as measured", required=False), "lo": float_("lower end", required=False), "hi": float_("upper end", required=False),
    "rank": int_("1 = first"),
}, key=("call_id",))  # fmt: skip

FLOWS = Table("flows", "one step of a follow-up flow: the client's own, or proposed for a gap (M093)", {
    "flow_id": text("the client's own id, or the catalogue's"), "flow": text("name, in the client's language"),
    "origin": text("in use at the client, or proposed", one_of=("own", "proposed")), "gap_id": text("gap it is proposed for", required=False),
    "stage": text("stage whose customers get it; empty = all"), "persona": text("persona's id; empty = everybody"),
    "audience": text("who gets it", one_of=("prospects", "customers")), "goal": text("stage it should move people to", required=False),
    "trigger": text("what sets it off; of the first step", required=False),
    "step": text("id of the step within the flow"), "wait_days": float_("days after the step before"), "message": text("what is said", required=False),
    "channel": text("channel id", required=False), "next": text("id of the step that follows, or `end`", required=False),
    "exit": text("what takes the customer out from this step on, comma-separated", required=False),
    "at_most": int_("how many times the step is done at most", required=False),
    "has_consent": bool_("whether those who get it have agreed to be contacted", required=False),
    "line": int_("line of flows.csv; missing where the catalogue's", required=False),
}, key=("flow_id", "step"))  # fmt: skip

FLOW_PROBLEMS = Table("flow_problems", "one thing that does not hold together in a flow of the client's own", {
    "flow_id": text("the flow"), "line": int_("line of flows.csv"), "column": text("column of flows.csv"),
    "cell": text("the same as a spreadsheet counts: N2"),
    "fault": text("what is wrong", one_of=FLOW_FAULTS), "details": text("JSON: values the sentence needs", required=False),
}, key=("flow_id", "line", "fault"))  # fmt: skip

SELF_SERVICE = Table("self_service", "one question customers ask, by how often it is asked and left unanswered (M101)", {
    "topic": text("what is asked, in the sources' words"), "stage": text("stage most are asked in; empty = none in scope"),
    "n_contacts": int_("times asked in the data"), "n_customers": int_("customers who asked"), "a_year": float_("times a year"),
    "n_followed": int_("contacts followed for the whole time"), "n_again": int_("… after which the same customer asked the same again, or marked the answer as bad"),
    "unresolved_rate": float_("n_again / n_followed, pulled towards the mean of all topics", required=False),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end", required=False),
    "unresolved_a_year": float_("a_year × unresolved_rate: the ranking", required=False),
    "answered_by": text("live content that names it, comma-separated", required=False), "rank": int_("1 = first"),
}, key=("topic",))  # fmt: skip

WASTE = Table("waste", "one rule of waste that one activity, or one change of stage, breaks (C18)", {
    "rule": text("rule", one_of=WASTE_RULES), "activity_id": text("activity; empty = a wait between stages"), "title": text("what is done"),
    "stage": text("stage id; empty = none in scope"), "is_counted": bool_("added up as waste; else questionable, since it is not causal"),
    "cost": float_("money a year", required=False), "hours": float_("hours a year", required=False),
    "value": float_("W5 difference in the share that goes on, W7 supply over demand, W8 days of waiting", required=False),
    "lo": float_("lower end, 95 %", required=False), "hi": float_("upper end", required=False),
    "limit": float_("what it was held against: W5 smallest useful difference, W7 twice, W8 days of work", required=False),
}, key=("rule", "activity_id", "stage"))  # fmt: skip

GOAL_TREE = Table("goal_tree", "one node from the goal of the mapping down to the activities (M108)", {
    "node": text("goal, stage:<id>, activity:<id>"), "parent": text("node above; empty = the goal, or hangs on nothing"),
    "level": text("what it is", one_of=("goal", "stage", "activity")), "label": text("in the client's words"),
    "kpi": text("what is followed", required=False), "target": float_("share that is to go on", required=False),
    "now": float_("share that goes on", required=False),
    "purpose": text("why", required=False), "next_step": text("what the customer is to do next", required=False),
    "cost": float_("money a year, of all below", required=False), "hours": float_("hours a year, of all below", required=False),
    "is_loose": bool_("an activity without purpose, next step or place in the journey"),
}, key=("node",))  # fmt: skip

ORDERS = Table("orders", "one action under the three ways of setting the order (C8)", {
    "action_id": text("the action"), "title": text("in the client's language"), "stage": text("stage id; empty = all"), "persona": text("empty = everybody"),
    "money_rank": int_("by money a day of work, then severity"), "rice_rank": int_("by RICE"), "ice_rank": int_("by ICE"),
    "rice": float_("reach × impact × confidence / effort"), "ice": float_("impact × confidence × ease"),
    "reach": float_("customers a year that come to the stage", required=False), "impact": float_("0.25, 0.5, 1, 2 or 3"),
    "confidence": float_("0–1, by how the gap was found"), "months": float_("months of work"), "due_on": date("due", required=False),
}, key=("action_id",))  # fmt: skip

DOING = {table.name: table for table in (CONTENT_PLAN, CALLS, FLOWS, FLOW_PROBLEMS, SELF_SERVICE, WASTE, GOAL_TREE, ORDERS)}
