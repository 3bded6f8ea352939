"""The seeded simulator: the demo clients' raw files, and the truth they were drawn from."""

from __future__ import annotations

from journeylib.simulate.demo import NAMES, raw_files, simulate, write_demo
from journeylib.simulate.truth import Truth

__all__ = ["NAMES", "Truth", "raw_files", "simulate", "write_demo"]
