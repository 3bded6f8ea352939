"""Which gaps a simulated client has: the switches, and how far each effect lies from its limit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

#: With the gap, without it, at its limit; and what a planted gap brings with it elsewhere, which is not judged twice.
ON, OFF, BORDER, FOLLOWS = "on", "off", "border", "follows"
#: The planted size of every gap that is measured: with the gap, without it, and where the right answer is "uncertain"; the limit beside them.
EFFECTS = {
    "follow_up": (0.25, 0.85, 0.50), "confirmed": (0.15, 0.85, 0.50), "regret": (0.25, 0.03, 0.10), "onboarded": (0.25, 0.80, 0.50),
    "trouble": (0.45, 0.10, 0.25), "rescued": (0.20, 0.80, 0.50), "ended_well": (0.20, 0.80, 0.50), "referred": (0.002, 0.08, 0.02),
    "asked": (0.20, 0.80, 0.50), "forgotten": (0.45, 0.07, 0.20), "contactable": (0.01, 0.25, 0.05), "silence": (0.75, 0.08, 0.33),
    "expectation": (0.55, 0.93, 0.80), "answered": (0.20, 0.80, 0.50), "index": (0.00, 0.80, 0.37), "journey_days": (0.65, 1.50, 1.00),
    "blockage": (0.01, 0.50, 0.05), "wait": (9.0, 1.0, 3.0), "help": (0.50, 0.04, 0.24), "effort": (-1.2, 0.9, -0.5), "loop": (0.55, 0.04, 0.30),
    "detour": (0.55, 0.05, 0.30), "dead_end": (0.97, 0.30, 0.80), "drop_off": (0.15, -0.15, 0.0), "persona_drop": (0.30, 0.0, 0.06), "handover_days": (9.0, 0.0, 2.0),
    "handover_loss": (0.25, -0.06, 0.05), "collisions": (0.75, 0.05, 0.30), "unfollowed": (1.0, 0.0, 0.5), "joins": (0.06, 0.50, 0.20), "repeat": (1.3, 0.55, 0.97),
    "role": (0.45, -0.04, 0.10), "need": (3.0, -2.0, 1.0), "clicked": (0.03, 0.25, 0.10),
}  # fmt: skip
#: Effects whose size is no value on the scale of the check's limit; none at all is none on either.
_OTHER_SCALE = ("index", "journey_days", "repeat")
#: Stage models; the last one ends with the purchase (G03), and no clean client has it.
MODELS = ("loyalty_advocacy_5", "retention_loyalty_5", "post_purchase_5", "sales_marketing_process_5", "three", "four", "six", "seven", "inbound_3")
_OWN = {
    "three": (("found", "a1 a2"), ("weighing", "a3"), ("customer", "a4 a5 a6 a7 a8 a9")),
    "four": (("found", "a1 a2"), ("weighing", "a3"), ("buying", "a4"), ("customer", "a5 a6 a7 a8 a9")),
    "six": (("found", "a1 a2"), ("weighing", "a3"), ("buying", "a4"), ("start", "a5 a6"), ("use", "a7 a8"), ("telling", "a9")),
    "seven": (("need", "a1"), ("found", "a2"), ("weighing", "a3"), ("buying", "a4"), ("start", "a5 a6"), ("use", "a7 a8"), ("telling", "a9")),
}  # fmt: skip
_ATOMS = {name[:2]: name for name in ("a1_problem", "a2_brand", "a3_evaluate", "a4_decide", "a5_reassure", "a6_onboard", "a7_use", "a8_repeat", "a9_advocate")}


@dataclass
class Plan:
    """One client to be drawn: what it is like, and what is wrong with it.

    `truth` grows while the client is drawn: (check, stage, part) → on, off or border; `planted` with it: the value planted there, on the
    scale of the check's limit, where the check shows one. `long_wait`: the stage that takes too long; `handover`: what was
    planted where another department takes over, by measure. `personas_differ`: the same by stage, of one persona going on less often than the
    others, which is asked where the stage has no target.
    """

    number: int
    is_clean: bool
    rng: np.random.Generator
    market: str
    language: str
    model_name: str
    size: float
    truth: dict[tuple[str, str, str], str] = field(default_factory=dict)
    planted: dict[tuple[str, str, str], float] = field(default_factory=dict)
    long_wait: str = ""
    handover: dict[str, float] = field(default_factory=dict)
    personas_differ: dict[str, str] = field(default_factory=dict)

    def pick(self, p_on: float = 0.45, p_border: float = 0.08) -> str:
        """On, off or border; in a clean client always off."""
        draw = self.rng.random()
        return OFF if self.is_clean or draw >= p_on + p_border else ON if draw < p_on else BORDER

    def plant(self, effect: str, check: str, stage: str = "", part: str = "", *, state: str | None = None, p_on: float = 0.45) -> float:
        """Draw the state of one gap, write it down, and give the size to plant."""
        state = state or self.pick(p_on)
        size = EFFECTS[effect][(ON, OFF, BORDER).index(state)]
        self.truth[(check, stage, part)] = state
        self.planted |= {} if effect in _OTHER_SCALE and size else {(check, stage, part): size}
        return size

    def mark(self, is_on: bool, check: str, stage: str = "", part: str = "") -> None:
        """Write down a truth that follows from lists and settings."""
        self.truth[(check, stage, part)] = ON if is_on else OFF

    def chance(self, p: float) -> bool:
        """Whether something happens that is wrong with no clean client."""
        return not self.is_clean and self.rng.random() < p

    def any(self, names):
        return names[int(self.rng.integers(len(names)))]


def draw_plan(number: int, *, is_clean: bool) -> Plan:
    """The outline of one client, from its number alone."""
    rng = np.random.default_rng([5, number, int(is_clean)])
    market = ("b2c", "b2b", "b2c", "b2b", "both")[number % 5]
    language = ("sv", "da", "nb", "en")[(number // 5) % 4]
    models = MODELS[:-1] if is_clean else MODELS
    return Plan(number, is_clean, rng, market, language, models[number % len(models)], float(rng.uniform(0.75, 1.1)))


def stage_model(plan: Plan):
    """The shipped model's name, or the client's own model as written in its parameters."""
    if plan.model_name not in _OWN:
        return plan.model_name
    return {"stages": [{"id": name, "label": name.title(), "atoms": [_ATOMS[atom] for atom in atoms.split()]} for name, atoms in _OWN[plan.model_name]]}
