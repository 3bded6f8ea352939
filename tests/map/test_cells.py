"""Cells: every stage × row is known, unknown or suppressed; numbers are the tables' own; small groups stay hidden."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from journeylib.journeymap import add_conclusions, build_cells
from journeylib.journeymap.observed import worst_certain_drop
from journeylib.schema import CELLS, EMOTION, FUNNEL, MAP_ROWS, VOICES, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.map.map_material import (
    TEXTS,
    a_client,
    a_funnel,
    a_gap_list,
    an_action_list,
    an_answer_sheet,
    an_emotion,
    drawn_map,
    felt_before,
    full_tables,
    some_channels,
    some_effects,
    some_touchpoints,
    voice_counts,
)


def cells_of(tables, *, registers=None, voices=None, language="sv", n_stages=5, **changes):
    client = a_client(language, n_stages, **changes)
    model = load_stage_model(client)
    made = tables(model) if callable(tables) else tables
    return build_cells(made, registers or {}, voices, model, client, Words(language, "SEK"))


def value(cells, row, stage, name, item=0):
    found = cells[(cells["row"] == row) & (cells["stage"] == stage) & (cells["name"] == name) & (cells["item"] == item)]
    return found["value"].iloc[0] if len(found) else None


def funnel_row(**changes):
    row = {"semantics": "at_least", "persona": "", "stage": "awareness", "position": 0, "n_reached": 100, "n_went_on": 80, "n_lost": 12, "n_open": 8,
           "n_followed": 90, "n_converted": 70, "n_too_recent": 10, "rate": 70 / 90, "rate_lo": 0.68, "rate_hi": 0.85, "n_units": 90, "window_days": 180.0}  # fmt: skip
    return check(pd.DataFrame([row | changes]), FUNNEL)


def names(cells, row="go_on", stage="awareness"):
    return set(cells[(cells["row"] == row) & (cells["stage"] == stage)]["name"])


# --- what a cell says -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("n_stages", [2, 3, 5, 8])
def test_every_stage_and_row_has_a_cell(language, n_stages):
    _, model, _, cells, _ = drawn_map(language, n_stages)
    places = set(zip(cells["row"], cells["stage"], strict=True)) - {("gaps", ""), ("time", "")}
    assert places == {(row, stage) for row in MAP_ROWS for stage in model.ids}
    check(cells, CELLS)


def test_numbers_on_the_map_are_the_funnels_own():
    _, model, _, cells, _ = drawn_map("sv", 5)
    funnel = a_funnel(model.ids).set_index("stage")
    for stage in model.ids:
        assert value(cells, "go_on", stage, "n_reached") == funnel.loc[stage, "n_reached"]
        if stage != model.ids[-1]:
            assert value(cells, "go_on", stage, "rate") == funnel.loc[stage, "rate"]


def test_every_known_value_has_a_kind_a_method_and_a_grade():
    *_, cells, _ = drawn_map("sv", 5)
    measured = cells[(cells["status"] == "known") & ~cells["row"].isin(["gaps", "improvement", "evidence"]) & ~cells["name"].isin(["too_long", "unseen", "then"])]
    assert measured[["kind", "method", "grade", "evidence_id"]].notna().all().all()


def test_nothing_delivered_is_unknown_never_nought():
    cells = cells_of({})
    assert set(cells["status"]) == {"unknown"}
    assert cells["value"].isna().all()
    assert len(cells) == 5 * (len(MAP_ROWS) - 2), "gaps and improvement come with the conclusions"


def test_a_stage_nobody_measured_is_unknown_beside_one_that_is_known():
    cells = cells_of(lambda model: {"emotion": an_emotion(model.ids[:1])})
    emotion = cells[cells["row"] == "emotion"].drop_duplicates("stage").set_index("stage")["status"]
    assert emotion.tolist() == ["known", "unknown", "unknown", "unknown", "unknown"]


def test_the_last_stage_has_no_share_that_goes_on():
    cells = cells_of(lambda model: {"funnel": a_funnel(model.ids)})
    assert "rate" not in names(cells, stage="advocacy")
    assert "n_reached" in names(cells, stage="advocacy")


def test_the_most_common_things_customers_start_are_their_actions():
    cells = cells_of(lambda model: {"touchpoints": some_touchpoints(model.ids)})
    shown = cells[(cells["row"] == "actions") & (cells["stage"] == "awareness") & (cells["name"] == "share")]
    assert shown["label"].tolist() == ["Sidbesök", "Nedladdad guide", "Begärt offert"]
    assert shown["value"].tolist() == [0.82, 0.44, 0.21]


def test_channel_groups_stand_in_their_fixed_order_and_sum_to_all():
    cells = cells_of(lambda model: {"channels": some_channels(model.ids)})
    for _, shares in cells[(cells["row"] == "channels") & (cells["name"] == "share")].groupby("stage"):
        assert shares["value"].sum() == pytest.approx(1)
        groups = [json.loads(extra)["group"] for extra in shares["extra"]]
        assert groups == [group for group in ("search", "social", "own", "personal", "others") if group in groups]


# --- the worst certain drop -------------------------------------------------------------------------------------------


def drops(*rows):
    return pd.DataFrame([{"stage": f"s{i}", "position": i, "rate": k / n, "n_followed": n, "rate_lo": lo, "rate_hi": hi, "n_went_on": k} for i, (k, n, lo, hi) in enumerate(rows)])


def test_the_worst_drop_is_certain_when_its_interval_lies_below_the_next():
    assert worst_certain_drop(drops((30, 80, 0.277, 0.485), (300, 400, 0.705, 0.790))) == "s0"


def test_two_drops_whose_intervals_meet_cannot_be_told_apart():
    assert worst_certain_drop(drops((30, 80, 0.277, 0.485), (35, 80, 0.334, 0.547))) is None


def test_a_drop_of_fewer_than_ten_is_never_called_the_worst():
    assert worst_certain_drop(drops((1, 9, 0.0, 0.3), (300, 400, 0.705, 0.790), (390, 400, 0.95, 0.99))) == "s1"


# --- small groups -----------------------------------------------------------------------------------------------------


def test_a_stage_reached_by_fewer_than_k_is_suppressed():
    cells = cells_of({"funnel": funnel_row(n_reached=4, n_went_on=2, n_lost=1, n_open=1)})
    cell = cells[(cells["row"] == "go_on") & (cells["stage"] == "awareness")]
    assert cell["status"].tolist() == ["suppressed"]
    assert cell["label"].tolist() == ["dolt: färre än 5"]
    assert cell["value"].isna().all()
    assert cell["n"].isna().all()


def test_a_stage_nobody_was_ever_seen_in_is_unknown_not_nought():
    """A client with sales data alone cannot show who recommends: its last stages are unknown, and no drop towards them is the worst."""
    funnel = a_funnel(("awareness", "consideration", "decision", "loyalty", "advocacy"), rates=(0.8, 0.5, 0.0, 0.0))
    cells = cells_of({"funnel": funnel})
    status = cells[cells["row"] == "go_on"].drop_duplicates("stage").set_index("stage")["status"]
    assert status.tolist() == ["known", "known", "known", "unknown", "unknown"]
    assert "next_unseen" in names(cells, stage="decision")
    assert "rate" not in names(cells, stage="decision")
    assert worst_certain_drop(funnel) == "consideration"


@pytest.mark.parametrize(("lost", "still_open"), [(3, 17), (17, 3)])
def test_a_small_group_cannot_be_found_by_subtraction(lost, still_open):
    """100 reached, 80 went on: 20 − 17 would give the 3 away, so both are hidden."""
    cells = cells_of({"funnel": funnel_row(n_lost=lost, n_open=still_open)})
    assert not {"n_lost", "n_open"} & names(cells)
    assert f"n_{'lost' if lost < 5 else 'open'}_hidden" in names(cells)


def test_large_enough_groups_are_shown():
    assert {"n_lost", "n_open"} <= names(cells_of({"funnel": funnel_row()}))


def test_feelings_of_fewer_than_k_are_suppressed():
    cells = cells_of(lambda model: {"emotion": an_emotion(model.ids, ns=(4,) * 8)})
    assert set(cells[cells["row"] == "emotion"]["status"]) == {"suppressed"}


def test_the_spread_of_few_answers_is_not_kept():
    cells = cells_of(lambda model: {"emotion": an_emotion(model.ids, ns=(9, 40, 40, 40, 40, 40, 40, 40))})
    extras = cells[cells["name"] == "mean"]["extra"].fillna("")
    assert ["strip" in extra for extra in extras] == [False, True, True, True, True]


def test_a_rare_channel_cannot_be_found_by_subtraction():
    def tables(model):
        channels = some_channels(model.ids)
        channels.loc[channels["channel"] == "call", ["n_journeys", "n_events"]] = [3, 160]
        return {"channels": channels}

    cells = cells_of(tables)
    shares = cells[(cells["row"] == "channels") & (cells["stage"] == "awareness")]
    assert not any('"personal"' in str(extra) for extra in shares["extra"])
    assert shares["value"].sum() == pytest.approx(1), "shares of what is shown, so that nothing is left over"


def test_touchpoints_of_fewer_than_k_are_left_out():
    def tables(model):
        rows = some_touchpoints(model.ids)
        return {"touchpoints": rows.assign(n_journeys=rows["n_journeys"].where(rows["touchpoint"] != "quote_request", 4))}

    assert "Begärt offert" not in set(cells_of(tables)["label"].dropna())


def test_things_said_by_fewer_than_k_are_not_shown():
    def tables(model):
        return {"voice_counts": voice_counts(model.ids, "sv").assign(n_customers=4)}

    assert not set(cells_of(tables)["label"].dropna()) & {TEXTS["sv"]["questions"][0], TEXTS["sv"]["reasons"][0]}


def test_quotes_can_be_switched_off():
    def tables(model):
        return {"emotion": an_emotion(model.ids), "voice_counts": voice_counts(model.ids, "sv")}

    assert TEXTS["sv"]["quote"] in set(cells_of(tables)["label"].dropna())
    assert not {TEXTS["sv"]["quote"], TEXTS["sv"]["good"]} & set(cells_of(tables, privacy={"quotes": False})["label"].dropna())


# --- what people inside say -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_stages", [3, 5, 8])
def test_an_answer_sheet_alone_gives_a_map_of_assumptions(n_stages):
    client = a_client("sv", n_stages)
    model = load_stage_model(client)
    cells = build_cells({}, {}, an_answer_sheet(model, "sv"), model, client, Words("sv"))
    known = cells[(cells["status"] == "known") & (cells["row"] != "evidence")]
    assert set(known["kind"]) == {"assumed"}
    assert set(known["grade"]) == {0}
    assert known["value"].isna().all(), "a guess is never a number"
    assert set(known["row"]) == {"go_on", "emotion", "needs", "actions", "channels", "touchpoints", "our_activities"}
    assert cells[(cells["row"] == "evidence") & (cells["name"] == "grade")]["value"].eq(0).all()


def test_an_assumption_never_stands_where_customers_have_answered():
    client = a_client()
    model = load_stage_model(client)
    cells = build_cells({"emotion": an_emotion(model.ids)}, {}, an_answer_sheet(model, "sv"), model, client, Words("sv"))
    assert set(cells[cells["row"] == "emotion"]["kind"].dropna()) == {"stated"}


def test_what_staff_say_goes_before_what_is_assumed():
    client = a_client()
    model = load_stage_model(client)
    voices = pd.concat([an_answer_sheet(model, "sv"), an_answer_sheet(model, "sv", "staff").assign(voice_id=lambda rows: "p" + rows["voice_id"])])
    cells = build_cells({}, {}, check(voices, VOICES), model, client, Words("sv"))
    assert set(cells[cells["row"] == "needs"]["kind"]) == {"staff"}


def test_staff_who_feel_otherwise_than_customers_make_the_cell_contested():
    client = a_client()
    model = load_stage_model(client)
    happy_staff = check(pd.DataFrame([{"voice_id": "p1", "stage": model.ids[1], "row": "emotion", "score": 5.0, "scale_min": 1.0, "scale_max": 5.0,
                                       "kind": "staff", "source": "svar"}]), VOICES)  # fmt: skip
    cells = build_cells({"emotion": an_emotion(model.ids, ns=(400,) * 8)}, {}, happy_staff, model, client, Words("sv"))
    means = cells[cells["name"] == "mean"].set_index("stage")
    assert means.loc[model.ids[1], "is_contested"]
    assert means.loc[model.ids[1], "grade"] == 1
    assert means.loc[model.ids[0], "grade"] == 2


# --- evidence and conclusions -----------------------------------------------------------------------------------------


def test_a_stage_is_known_no_better_than_its_least_known_key_cell():
    *_, cells, _ = drawn_map("sv", 5)
    stage = cells[(cells["row"] == "emotion") & (cells["name"] == "mean") & (cells["n"] == 8)]["stage"].iloc[0]
    feeling = cells[(cells["stage"] == stage) & (cells["name"] == "mean")]["grade"].iloc[0]
    assert value(cells, "evidence", stage, "grade") == feeling == 1


def test_old_answers_lower_the_grade():
    old = pd.Timestamp("2023-11-01", tz="UTC")

    def tables(model):
        return {"emotion": check(an_emotion(model.ids, ns=(400,) * 8).assign(first_on=old, last_on=old), EMOTION)}

    assert cells_of(tables).query("name == 'mean'")["grade"].eq(1).all(), "2 stated + 2 precise − 2 old = 2"


def test_a_rejected_gap_leaves_the_map():
    client, model, words, cells, _ = drawn_map("sv", 5)
    gaps = a_gap_list(model)
    gaps.loc[gaps["check"] == "G04", "decision"] = "reject"
    again = add_conclusions(cells, gaps, an_action_list(model, "sv"), model, client, words)
    assert not again["evidence_id"].eq(f"G04:{model.ids[1]}").any()


def test_an_answer_that_rests_on_too_few_of_one_persona_stands_on_that_personas_map_alone():
    client, model, words, cells, _ = drawn_map("sv", 5)
    thin = pd.DataFrame([{"gap_id": f"G13:{model.ids[3]}:ny", "check": "G13", "stage": model.ids[3], "persona": "ny", "status": "uncertain", "reason": "gaps.common.too_few"}])
    gaps = pd.concat([a_gap_list(model), thin], ignore_index=True)
    again = {whose: add_conclusions(cells.assign(persona=whose), gaps, an_action_list(model, "sv"), model, client, words) for whose in ("", "ny")}
    assert {whose: bool(shown["evidence_id"].eq(thin["gap_id"][0]).any()) for whose, shown in again.items()} == {"": False, "ny": True}


def test_not_checked_is_not_the_same_as_not_found():
    _, model, _, cells, _ = drawn_map("sv", 5)
    shown = cells[(cells["row"] == "gaps") & (cells["item"] == 0)].set_index("stage")["name"]
    assert shown[model.ids[2]] == "not_checkable"
    assert shown[model.ids[3]] == "none"


def test_a_gap_of_the_whole_journey_belongs_to_no_stage():
    _, _, words, cells, drawn = drawn_map("sv", 5)
    whole = cells[(cells["row"] == "gaps") & (cells["stage"] == "")]
    assert len(whole) == 2
    assert any(placed.zone == "gaps" and placed.stage == "label" and placed.text.startswith("Hela resan") for placed in drawn.texts)


def test_conclusions_can_be_added_again_without_doubling():
    client, model, words, cells, _ = drawn_map("sv", 5)
    again = add_conclusions(cells, a_gap_list(model), an_action_list(model, "sv"), model, client, words, effects=some_effects(model), felt_then=felt_before(model.ids))
    pd.testing.assert_frame_equal(again, cells)


def test_the_tables_order_changes_nothing():
    client = a_client()
    model = load_stage_model(client)
    tables = full_tables(model, "sv")
    mixed = {name: frame.sample(frac=1, random_state=7).reset_index(drop=True) for name, frame in tables.items() if name != "sources"}
    one, other = (build_cells(some | {"sources": tables["sources"]}, {}, empty(VOICES), model, client, Words("sv")) for some in (tables, mixed))
    pd.testing.assert_frame_equal(one, other)
