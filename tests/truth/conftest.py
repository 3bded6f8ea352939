"""Tables of simulated truths, printed when all tests are done; their last state stands in docs/method.md, section H."""

from __future__ import annotations

import pytest

HEADS = {
    "coverage": ("interval, as simulated", "runs", "holds the truth"),
    "alarms": ("where there is nothing to find", "runs", "claimed all the same"),
    "bias": ("planted", "truth", "counted naively", "counted as here"),
}
TABLES: dict[str, list[tuple[str, ...]]] = {name: [] for name in HEADS}


@pytest.fixture
def tell():
    """Write a line of one of the tables."""
    return lambda table, *cells: TABLES[table].append(tuple(str(cell) for cell in cells))


def pytest_terminal_summary(terminalreporter):
    for name, rows in TABLES.items():
        if rows:
            lines = ["", *(" | ".join(("", *cells, "")).strip() for cells in (HEADS[name], ("---",) * len(HEADS[name]), *rows))]
            terminalreporter.write_line("\n".join(lines))
