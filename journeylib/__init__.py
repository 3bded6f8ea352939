"""Customer-journey analysis and client reports from Jupyter notebooks.

The public names, imported when first used so that the command line starts quickly:

- steps: `open_run` → `collect_sources` → `map_journey` → `improve_journey`
- findings of notebook 01: `what_came_in`, `how_much_is_understood`, `who_is_in_this_report`
- findings of notebook 02: `where_do_customers_leave`, `how_long_does_it_take`, `where_do_they_stop`, `what_did_it_come_to`,
  `how_does_it_feel`, `what_do_they_say`, `what_do_they_need`, `what_do_you_do`, `which_channels`, `which_touchpoints`
- findings of notebook 03: `which_gaps`, `which_mistakes`, `what_to_do`, `journey_map`, `essentials`, `what_we_do_not_know`,
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
    "journeylib.findings.movement": ("how_long_does_it_take", "what_did_it_come_to", "where_do_customers_leave", "where_do_they_stop"),
    "journeylib.findings.experience": ("how_does_it_feel", "what_do_they_need", "what_do_they_say", "what_do_you_do"),
    "journeylib.findings.channels": ("which_channels", "which_touchpoints"),
    "journeylib.findings.conclusions": ("journey_map", "what_to_do", "what_we_do_not_know", "which_gaps", "which_mistakes"),
    "journeylib.findings.essentials": ("essentials", "how_was_it_counted", "what_does_each_cell_rest_on"),
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
