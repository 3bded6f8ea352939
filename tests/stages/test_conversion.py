"""From model to model nobody is lost or invented (mission §2.3)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylib.errors import TableError
from journeylib.event_log import encode_log
from journeylib.schema import ATOMS
from journeylib.stages import convert, count_stages, load_stage_model, shared_steps, shipped_models
from journeylib.stages.conversion import atom_presence, say_losses
from journeylib.wording import Words

#: Any journeys at all: journey, atom (or none), events.
PRESENCES = st.dictionaries(st.tuples(st.integers(0, 11), st.sampled_from([*ATOMS, None])), st.integers(1, 5), max_size=40)
#: Any model at all: each atom in one of up to five stages, in the atoms' order, or in none.
CUTS = st.lists(st.integers(0, 1), min_size=9, max_size=9).filter(lambda cut: 1 <= sum(cut[1:]) <= 8)
LEFT_OUT = st.sets(st.sampled_from(ATOMS), max_size=4)


def _presence(drawn):
    rows = [(journey, atom, n) for (journey, atom), n in drawn.items()]
    return pd.DataFrame(rows, columns=["journey", "atom", "n_events"]).astype({"atom": "string", "n_events": "int64"})


def _grouping(client_with, cut, left_out=()):
    groups, current = [], []
    for atom, begins in zip(ATOMS, cut, strict=True):
        if begins and current:
            groups.append(current)
            current = []
        if atom not in left_out:
            current.append(atom)
    groups = [group for group in [*groups, current] if group]
    if len(groups) < 2:
        return None
    stages = [{"id": f"s{i}", "atoms": group, "label": f"S{i}"} for i, group in enumerate(groups)]
    return load_stage_model(client_with(stage_model={"stages": stages}))


def _journeys(presence, atoms):
    return set(presence.loc[presence["atom"].isin(list(atoms)), "journey"])


@settings(max_examples=60, deadline=None)
@given(drawn=PRESENCES, first=CUTS, second=CUTS, left_out=LEFT_OUT)
def test_events_are_conserved_whatever_the_models(client_with, drawn, first, second, left_out):
    presence, a, b = _presence(drawn), _grouping(client_with, first), _grouping(client_with, second, left_out)
    if b is None:
        return
    assert convert(presence, a, b).counts["n_events"].sum() == presence["n_events"].sum() == count_stages(presence, a)["n_events"].sum()


@settings(max_examples=60, deadline=None)
@given(drawn=PRESENCES, cut=CUTS)
def test_customers_of_a_stage_are_the_union_over_its_atoms(client_with, drawn, cut):
    presence, model = _presence(drawn), _grouping(client_with, cut)
    counts = count_stages(presence, model).set_index("stage")["n_journeys"]
    for stage in model.stages:
        assert counts[stage.id] == len(_journeys(presence, stage.atoms))


@settings(max_examples=60, deadline=None)
@given(drawn=PRESENCES, first=CUTS, second=CUTS, left_out=LEFT_OUT)
def test_over_a_shared_step_two_models_agree_to_the_last_customer(client_with, drawn, first, second, left_out):
    presence, a, b = _presence(drawn), _grouping(client_with, first), _grouping(client_with, second, left_out)
    if b is None:
        return
    in_a, in_b = (count_stages(presence, model).set_index("stage")["n_reached"] for model in (a, b))
    for (here, after), (there, beyond) in shared_steps(a, b):
        assert (in_a[here], in_a[after]) == (in_b[there], in_b[beyond])


@settings(max_examples=60, deadline=None)
@given(drawn=PRESENCES, cut=CUTS, last=st.integers(1, 8))
def test_a_scope_moves_no_number_inside_it(client_with, drawn, cut, last):
    presence, model = _presence(drawn), _grouping(client_with, cut)
    last = min(last, len(model.ids) - 1)
    given_model = {"stages": [{"id": s.id, "atoms": list(s.atoms), "label": s.id} for s in model.stages]}
    narrow = load_stage_model(client_with(stage_model=given_model, scope={"from_stage": "s1", "to_stage": f"s{last}"}))
    whole, part = (count_stages(presence, m).set_index("stage") for m in (model, narrow))
    columns = ["n_events", "n_journeys", "n_reached"]
    assert part.loc[list(narrow.ids), columns].equals(whole.loc[list(narrow.ids), columns])


@settings(max_examples=60, deadline=None)
@given(drawn=PRESENCES, cut=CUTS)
def test_from_stages_or_from_atoms_coarsening_gives_the_same(client_with, drawn, cut):
    fine = _grouping(client_with, [1] * 9)
    presence, coarse = _presence(drawn), _grouping(client_with, cut)
    staged = presence.assign(stage=presence["atom"].map(fine.stage_id_of_atom, na_action="ignore").astype("string"))
    staged = staged.groupby(["journey", "stage"], dropna=False)["n_events"].sum().reset_index()
    assert convert(staged, fine, coarse).counts.equals(convert(presence, fine, coarse).counts)


def _ann_bo_cy():
    """ann: a2 ×2, a3, a4; bo: a3, a5, a9; cy: a9 only."""
    rows = [("ann", "a2_brand", 2), ("ann", "a3_evaluate", 1), ("ann", "a4_decide", 1),
            ("bo", "a3_evaluate", 1), ("bo", "a5_reassure", 1), ("bo", "a9_advocate", 1), ("cy", "a9_advocate", 3)]  # fmt: skip
    return pd.DataFrame(rows, columns=["journey", "atom", "n_events"])


def _models(client_with, *names):
    return [load_stage_model(client_with(stage_model=name)) for name in names]


def test_coarsening_unites_customers_and_says_which_stages_it_merged(client_with):
    five, three = _models(client_with, "loyalty_advocacy_5", "before_during_after")
    conversion = convert(_ann_bo_cy(), five, three)
    assert conversion.counts["n_events"].tolist() == [2 + 1 + 1, 1, 1 + 1 + 3, 0]
    assert conversion.counts["n_journeys"].tolist() == [2, 1, 2, 0]
    assert [(loss.kind, loss.from_stages, loss.to_stage, loss.n_journeys) for loss in conversion.losses] == [
        ("merged", ("awareness", "consideration"), "before", 2),
        ("merged", ("loyalty", "advocacy"), "after", 2),
    ]


def test_a_shorter_model_says_whom_it_no_longer_shows(client_with):
    five, three = _models(client_with, "loyalty_advocacy_5", "inbound_3")
    conversion = convert(_ann_bo_cy(), five, three)
    (loss,) = conversion.losses
    assert (loss.kind, loss.from_stages, loss.n_events, loss.n_journeys, loss.n_gone) == ("dropped", ("loyalty", "advocacy"), 5, 2, 1)
    assert conversion.counts["n_events"].tolist() == [2, 2, 1, 5]
    words = Words("sv")
    assert say_losses(conversion, five, three, words) == [
        "Det som hände i Lojalitet och Ambassadör visas inte i Tre faser fram till beslutet: 2 kundresor berörs, 1 syns inte alls."
    ]


def test_a_finer_model_loses_nothing(client_with):
    three, five = _models(client_with, "before_during_after", "loyalty_advocacy_5")
    assert convert(_ann_bo_cy(), three, five).is_lossless
    assert convert(_ann_bo_cy(), five, five).is_lossless


def test_a_divided_stage_cannot_be_converted_without_atoms(client_with):
    retention, post = _models(client_with, "retention_loyalty_5", "post_purchase_5")
    staged = pd.DataFrame({"journey": [1], "stage": ["decision"], "n_events": [4]})
    with pytest.raises(TableError) as refused:
        convert(staged, retention, post)
    assert str(refused.value) == (
        "Stage 'decision' holds a4_decide, a5_reassure, which 'post_purchase_5' divides over post_purchase and purchase; count from atoms instead."
    )


def test_models_share_the_step_into_the_decision_whatever_they_call_it(client_with):
    five, post, inbound = _models(client_with, "loyalty_advocacy_5", "post_purchase_5", "inbound_3")
    assert shared_steps(five, post) == [
        (("awareness", "consideration"), ("awareness", "consideration")),
        (("consideration", "decision"), ("consideration", "purchase")),
        (("decision", "loyalty"), ("purchase", "post_purchase")),
    ]
    assert [step for step, _ in shared_steps(five, inbound)] == [("awareness", "consideration"), ("consideration", "decision")]


def test_every_shipped_model_counts_the_same_events(client_with):
    totals = {name: int(count_stages(_ann_bo_cy(), model)["n_events"].sum()) for name in shipped_models() for model in _models(client_with, name)}
    assert set(totals.values()) == {10}


def test_presence_of_a_log_counts_events_per_journey_and_atom():
    frame = pd.DataFrame({"journey": [0, 0, 1, 1], "occurred_at": pd.to_datetime(["2025-01-01"] * 4, utc=True),
                          "atom": ["a2_brand", "a2_brand", "a9_advocate", pd.NA]})  # fmt: skip
    presence = atom_presence(encode_log(frame, as_of=pd.Timestamp("2026-01-01")))
    assert presence["journey"].tolist() == [0, 1, 1]
    assert presence["atom"].fillna("none").tolist() == ["a2_brand", "none", "a9_advocate"]
    assert presence["n_events"].tolist() == [2, 1, 1]


def test_an_unknown_atom_is_refused_with_the_nearest(client_with):
    (model,) = _models(client_with, "inbound_3")
    with pytest.raises(TableError, match="'a4_decid' is no atom; did you mean 'a4_decide'"):
        count_stages(pd.DataFrame({"journey": [1], "atom": ["a4_decid"]}), model)
