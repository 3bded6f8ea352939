"""Whole simulated clients in which each of the 34 gaps is switched on or off: what the checks are held against (issue 5)."""
