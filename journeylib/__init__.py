"""Customer-journey analysis and client reports from Jupyter notebooks.

The public names, imported when first used so that the command line starts quickly:

- steps: `open_run` → `collect_sources` → `map_journey` → `improve_journey`
- findings of notebook 01: `who_is_in_this_report`, `what_came_in`, `what_hangs_together`, `how_much_is_understood`, `who_was_heard`, `what_stays_open`
- findings of notebook 02: `where_do_customers_leave`, `who_leaves_there`, `is_it_easy_to_buy`, `how_long_does_it_take`, `where_do_they_stop`, `what_did_it_come_to`, `what_is_each_stage_measured_by`,
  `how_does_it_feel`, `how_satisfied_are_they`, `what_do_they_say`, `what_do_they_need`, `what_do_you_do`, `which_channels`, `what_gets_the_credit`, `is_the_site_doing_its_job`, `where_do_pages_annoy`, `which_touchpoints`, `how_straight_is_the_way`,
  `what_do_they_search_for`, `who_takes_part`, `what_does_each_role_need`, `how_do_customers_differ`, `is_the_second_journey_shorter`,
  `is_the_way_winding`, `how_regularly_are_you_in_touch`, `what_meets_each_persona`, `what_do_they_go_by`
- findings of notebook 03: `which_gaps`, `which_mistakes`, `what_to_do`, `what_content_first`, `what_should_buttons_say`, `which_flow_is_needed`, `which_questions_to_answer_once`,
  `where_money_reaches_nobody`, `what_if_you_do_it`, `try_what_if`, `who_is_about_to_buy`, `who_is_about_to_leave`, `what_do_they_buy_next`, `did_it_work`, `what_has_changed`, `journey_map`, `essentials`, `what_we_do_not_know`, `is_it_as_you_thought`,
  `how_was_it_counted`, `what_does_each_cell_rest_on`
"""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

_HOMES = {
    "journeylib.run": ("Run", "open_run"),
    "journeylib.steps": ("Improved", "Mapped", "collect_sources", "improve_journey", "map_journey"),
    "journeylib.findings": ("Finding",),
    "journeylib.findings.data": ("how_much_is_understood", "what_came_in", "who_is_in_this_report"),
    "journeylib.findings.heard": ("who_was_heard",),
    "journeylib.findings.joins": ("what_hangs_together",),
    "journeylib.findings.open_questions": ("what_stays_open",),
    "journeylib.findings.movement": ("how_long_does_it_take", "where_do_customers_leave"),
    "journeylib.findings.outcome": ("what_did_it_come_to", "where_do_they_stop"),
    "journeylib.findings.leaving": ("is_it_easy_to_buy", "who_leaves_there"),
    "journeylib.findings.experience": ("what_do_they_say", "what_do_you_do"),
    "journeylib.findings.feelings": ("how_does_it_feel",),
    "journeylib.findings.needs": ("what_do_they_need",),
    "journeylib.findings.stage_kpis": ("what_is_each_stage_measured_by",),
    "journeylib.findings.ratings": ("how_satisfied_are_they",),
    "journeylib.findings.channels": ("which_channels", "which_touchpoints"),
    "journeylib.findings.attribution": ("what_gets_the_credit",),
    "journeylib.findings.page_use": ("where_do_pages_annoy",),
    "journeylib.findings.site": ("is_the_site_doing_its_job",),
    "journeylib.findings.flow": ("how_straight_is_the_way",),
    "journeylib.findings.winding": ("how_regularly_are_you_in_touch", "is_the_way_winding"),
    "journeylib.findings.persona_journeys": ("what_do_they_go_by", "what_meets_each_persona"),
    "journeylib.findings.beliefs": ("is_it_as_you_thought",),
    "journeylib.findings.search": ("what_do_they_search_for",),
    "journeylib.findings.customers": ("who_takes_part",),
    "journeylib.findings.role_needs": ("what_does_each_role_need",),
    "journeylib.findings.personas": ("how_do_customers_differ", "is_the_second_journey_shorter"),
    "journeylib.findings.actions": ("what_to_do",),
    "journeylib.findings.content": ("what_content_first", "what_should_buttons_say"),
    "journeylib.findings.follow_up_flows": ("which_flow_is_needed",),
    "journeylib.findings.self_service": ("which_questions_to_answer_once",),
    "journeylib.findings.waste": ("where_money_reaches_nobody",),
    "journeylib.findings.conclusions": ("journey_map", "what_we_do_not_know", "which_gaps", "which_mistakes"),
    "journeylib.findings.effects": ("did_it_work",),
    "journeylib.findings.since": ("what_has_changed",),
    "journeylib.findings.deciding": ("decide_on_gaps",),
    "journeylib.findings.essentials": ("essentials", "how_was_it_counted", "what_does_each_cell_rest_on"),
    "journeylib.findings.what_if": ("try_what_if", "what_if_you_do_it"),
    "journeylib.findings.predicting": ("what_do_they_buy_next", "who_is_about_to_buy", "who_is_about_to_leave"),
    "journeylib.parameters": ("load_client",),
    "journeylib.schema": ("check",),
    "journeylib.errors": ("JourneyError",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"journeylib has no {name!r}. Public names: {', '.join(__all__)}.")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__():
    return [*__all__, "__version__"]
