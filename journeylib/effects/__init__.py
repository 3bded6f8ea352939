"""Did a change work? One design a file, the strongest that what exists allows, and a verdict that says how sure (practice C9).

`observations` makes a KPI of the log, `judge_change` judges one row of the CHANGES table on it; every design is also a plain
function of numbers: `ab_proportions`, `ab_means`, `sequential_proportions`, `sequential_means`, `collapsed_differences`, `difference_of_series`,
`group_time_effects`, `synthetic_control`, `interrupted_series`, `before_after`.
"""

from __future__ import annotations

from journeylib.effects.before_after import before_after
from journeylib.effects.choice import Exists, choose_design
from journeylib.effects.differences import collapsed_differences, difference_of_series
from journeylib.effects.groups import GROUPINGS
from journeylib.effects.interrupted import interrupted_series
from journeylib.effects.judgement import Ground, judge_change
from journeylib.effects.planning import smallest_effect
from journeylib.effects.randomised import ab_means, ab_proportions, sample_ratio_p
from journeylib.effects.record import Effect, Reason
from journeylib.effects.sequential import sequential_means, sequential_proportions
from journeylib.effects.series import KPIS, observations
from journeylib.effects.staggered import group_time_effects
from journeylib.effects.synthetic import synthetic_control

__all__ = ["Effect", "Exists", "GROUPINGS", "Ground", "KPIS", "Reason", "ab_means", "ab_proportions", "before_after",
           "choose_design", "collapsed_differences", "difference_of_series", "group_time_effects", "interrupted_series", "judge_change", "observations",
           "sample_ratio_p", "smallest_effect", "sequential_means", "sequential_proportions", "synthetic_control"]  # fmt: skip
