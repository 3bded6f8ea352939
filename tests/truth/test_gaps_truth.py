"""Does the gap list name the gaps that are there, and no others? A hundred simulated clients with each gap on or off, and twenty without any (issue 5).

`make truth` prints the table that stands in docs/method.md, E2. How far each planted effect lies from its limit: `gap_clients/switches.py`, EFFECTS.
"""

from __future__ import annotations

import pandas as pd
import pytest

from journeylib import knowledge
from tests.truth.gap_clients.scoring import run_client, table_of

pytestmark = pytest.mark.truth
CLIENTS, CLEAN = 100, 20


@pytest.fixture(scope="module")
def mixed():
    return pd.concat([run_client(number) for number in range(CLIENTS)], ignore_index=True)


@pytest.fixture(scope="module")
def clean():
    return pd.concat([run_client(number, is_clean=True) for number in range(CLEAN)], ignore_index=True)


@pytest.fixture(scope="module", autouse=True)
def printed(request, mixed, clean):
    yield
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n\n" + "\n".join(_lines(table_of(mixed))))
        print(f"\nfalse gaps: {_false(mixed)} in {CLIENTS} clients, {_false(clean)} in {CLEAN} clean ones ({len(clean)} answers); borderline: {_borderline(mixed)}")
        print(f"thin data counted too, uncertain as a miss: recall {_recall_of_all(mixed):.1%}")


def _share(row, name):
    digits = 1 if row[f"{name}_lo"] > 0.99 else 0
    return f"{100 * row[name]:.{digits}f} % ({100 * row[f'{name}_lo']:.{digits}f}–{100 * row[f'{name}_hi']:.{digits}f})"


def _lines(table):
    names = knowledge.load("gaps")
    yield "| check | with | without | thin | recall (95 %) | precision (95 %) | uncertain |"
    yield "|---|---|---|---|---|---|---|"
    for row in table.itertuples():
        called = f"{names[row.check]['name']['en'].lower()} ({row.check})" if row.check in names else "all"
        recall, precision = (_share(row._asdict(), name) for name in ("recall", "precision"))
        yield f"| {called} | {row.with_gap} | {row.without} | {row.thin} | {recall} | {precision} | {100 * row.uncertain:.0f} % |"


def _false(rows):
    """Found where nothing is wrong, counted by place."""
    return int(((rows["answer"] == "found") & rows["truth"].isin(["off", "none"])).sum())


def _recall_of_all(rows):
    """Found, of everything planted that could be checked, however little was delivered."""
    return (rows.loc[(rows["truth"] == "on") & (rows["answer"] != "not_checkable"), "answer"] == "found").mean()


def _borderline(rows):
    told = rows.loc[(rows["truth"] == "border") & (rows["answer"] != "not_checkable"), "answer"]
    return f"{(told == 'uncertain').mean():.0%} of {len(told)} uncertain"


def test_recall_and_precision_of_the_gap_list_are_at_least_95_percent(mixed):
    whole = table_of(mixed).set_index("check").loc["all"]
    assert min(whole["recall"], whole["precision"]) >= 0.95
    assert min(whole["recall_lo"], whole["precision_lo"]) >= 0.95
    assert _recall_of_all(mixed) >= 0.95


def test_no_check_stays_under_95_percent(mixed):
    table = table_of(mixed).set_index("check")
    assert list(table.index[table["recall"] < 0.95]) == []
    assert list(table.index[table["precision"] < 0.95]) == []


def test_every_check_was_held_against_clients_with_and_without_its_gap(mixed):
    table = table_of(mixed)
    assert set(knowledge.load("gaps")) <= set(table["check"])
    assert (table[["with_gap", "without"]] >= 15).all(axis=None)


def test_twenty_clean_clients_have_at_most_one_false_gap(clean):
    assert _false(clean) <= 1
    assert (clean["answer"] == "not_found").mean() > 0.9


def test_effects_at_their_limit_are_called_uncertain(mixed):
    told = mixed[(mixed["truth"] == "border") & (mixed["answer"] != "not_checkable")]
    assert (told["answer"] == "uncertain").mean() >= 0.8
