"""What customers answer: how each stage was, whether they would recommend, whether it was as expected, what they need (G10, G17–G19, G25, G26)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.schema import VOICES, check
from tests.truth.gap_clients.events import SPAN
from tests.truth.gap_clients.people import PERSONS
from tests.truth.gap_clients.switches import EFFECTS, OFF, ON, Plan
from tests.truth.gap_clients.walk import PLACES, Walk, Wrong

#: Answers of one stage, of all who bought, and about one need.
N_STAGE, N_BUYERS, N_NEED = 80, 300, 90
NEEDS = ("n1", "n2", "n3", "n4", "n5", "n6")


class Voices:
    """Answers as they are given: a unit and a day each."""

    def __init__(self):
        self.parts = []

    def add(self, unit, day, **told) -> None:
        self.parts.append(pd.DataFrame({"unit": unit, "day": np.asarray(day, dtype=float), **told}))

    def frame(self, names) -> pd.DataFrame:
        rows = pd.concat(self.parts, ignore_index=True)
        rows = rows[rows["day"] < SPAN]
        return check(rows.assign(
            voice_id=[f"survey:{i}" for i in range(len(rows))], customer_id=[names["person"](unit * PERSONS) for unit in rows["unit"]],
            account_id=[names["account"](unit) for unit in rows["unit"]], said_at=names["moment"](rows["day"]), kind="stated", source="survey",
        ).drop(columns=["unit", "day"]), VOICES)  # fmt: skip


def add_stage_answers(voices: Voices, plan: Plan, walk: Walk, wrong: Wrong, model, dark: str | None) -> tuple[np.ndarray, np.ndarray]:
    """One question about every stage: effort, or satisfaction where effort is not asked. Gives units and days of unhappy customers."""
    metric = "ces" if wrong.bump and wrong.bump[0] == "effort" or plan.rng.random() < 0.5 else "csat"
    unhappy = []
    for stage in model.in_scope:
        if stage.id == dark:
            continue
        bad = wrong.bump and wrong.bump[0] == "effort" and PLACES[wrong.bump[1]] in stage.atoms
        mean = EFFECTS["effort"][(0 if wrong.bump[2] == ON else 2) if bad else 1]
        unit, day = _who(plan.rng, walk, stage)
        feeling = np.clip(plan.rng.normal(mean, 0.8, len(unit)), -2, 2)
        score = np.round(1 + (feeling + 2) * 1.5)
        voices.add(unit, day, stage=stage.id, row="emotion", metric=metric, score=score, scale_min=1.0, scale_max=7.0, wording_id="w1")
        is_unhappy = (4 * (score - 1) / 6 - 2 <= -1) & (day >= walk.won[unit])
        unhappy.append((unit[is_unhappy], day[is_unhappy]))
    return tuple(np.concatenate(parts) for parts in zip(*unhappy, strict=True))


def _who(rng, walk, stage):
    """Units asked about a stage and when: the day after they came there, or (after the purchase) some weeks later."""
    before = {"a1_problem": np.fmin(walk.need, walk.first), "a2_brand": walk.first, "a3_evaluate": walk.choice, "a4_decide": walk.buy}
    day = next((before[atom] + 1 for atom in stage.atoms if atom in before), walk.won + rng.uniform(37, 90, len(walk.unit)))
    known = np.flatnonzero(day < SPAN)
    chosen = rng.permutation(known)[:N_STAGE]
    return chosen, day[chosen]


def add_buyers_answers(voices: Voices, plan: Plan, walk: Walk):
    """Would they recommend, and was it as expected. Gives promoters and the unhappy: units and days each."""
    rng = plan.rng
    buyers = np.flatnonzero(walk.won + 110 < SPAN)
    asked = rng.permutation(buyers)[:N_BUYERS]
    day, score = walk.won[asked] + rng.uniform(40, 100, len(asked)), rng.choice(11, len(asked), p=[0.02, 0.01, 0.02, 0.03, 0.03, 0.05, 0.07, 0.15, 0.17, 0.22, 0.23])
    voices.add(asked, day, row="emotion", metric="nps", score=score.astype(float), scale_min=0.0, scale_max=10.0, wording_id="nps")
    chosen = rng.permutation(buyers)[:N_BUYERS]
    is_met = rng.random(len(chosen)) < plan.plant("expectation", "G25")
    answer = np.where(is_met, rng.integers(3, 6, len(chosen)), rng.integers(1, 3, len(chosen))).astype(float)
    voices.add(chosen, walk.won[chosen] + rng.uniform(35, 100, len(chosen)), row="expectation", metric="expectation", score=answer, scale_min=1.0, scale_max=5.0, wording_id="e1")
    return (asked[score >= 9], day[score >= 9]), (asked[score <= 2], day[score <= 2])


def add_needs(voices: Voices, plan: Plan, walk: Walk, stages: list[str]) -> tuple[pd.DataFrame, set[str]]:
    """Six needs and how important and how well served they are. Gives the list of needs and which of them somebody serves."""
    rng = plan.rng
    needs = pd.DataFrame({"need_id": NEEDS, "wording": [f"Need {name}" for name in NEEDS], "stage": [plan.any(stages) for _ in NEEDS], "source": "lists"})
    served = set(NEEDS)
    for need, stage in zip(needs["need_id"], needs["stage"], strict=True):
        is_unserved = need in NEEDS[:3] and rng.random() < 0.6
        state = plan.pick(0.5) if is_unserved else OFF
        size = EFFECTS["need"][(ON, OFF, "border").index(state)] if is_unserved else rng.choice([3.0, -2.0])
        served -= {need} if is_unserved else set()
        plan.truth[("G26", stage, need)], plan.planted[("G26", stage, need)] = state, size
        _ask_need(voices, rng, walk, need, stage, size)
    return needs, served


def _ask_need(voices, rng, walk, need, stage, gap):
    """Answers of 1–5 whose means lie so many points out of ten apart."""
    chosen = rng.permutation(np.flatnonzero(np.fmin(np.fmin(walk.need, walk.first), np.fmin(walk.choice, walk.buy)) < SPAN - 40))[:N_NEED]
    day = rng.uniform(SPAN - 30, SPAN - 1, len(chosen))
    top = 4.3 if gap > 0 else 3.6
    for metric, mean in (("importance", top), ("satisfaction", top - 0.4 * gap)):
        low = np.floor(mean)
        score = np.clip(low + (rng.random(len(chosen)) < mean - low) + rng.integers(-1, 2, len(chosen)) * (mean < 4.2), 1, 5)
        voices.add(chosen, day, row="need", stage=stage, metric=metric, need_id=need, score=score, scale_min=1.0, scale_max=5.0, wording_id=metric)
