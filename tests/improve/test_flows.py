"""Follow-up flows: read cell by cell, held against what must hold, and proposed for the gaps that ask for one (M093)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from journeylib import knowledge
from journeylib.checking import _flow_remarks
from journeylib.client import LANGUAGES, Client
from journeylib.errors import ParameterError
from journeylib.findings.follow_up_flows import say_problem
from journeylib.improve.flows import read_flows
from journeylib.improve.nurturing import busiest_week, flow_problems, propose_flows
from journeylib.schema import FLOW_FAULTS, GAPS, check
from journeylib.stages import load_stage_model, shipped_models
from journeylib.wording import Words
from tests.gaps.material import a_client

SOUND = """
flow_id,flow,stage,audience,goal,trigger,consent,step,wait_days,message,channel,next,exit,at_most
F1,After the guide,consideration,prospects,decision,Guide downloaded,yes,1,0,Thank you,email,,purchase|unsubscribe,
F1,,,,,,,2,10,How others did,email,,,
F1,,,,,,,3,10,A talk?,phone,end,,
"""


def client_with(text: str, folder: Path, **changes) -> Client:
    client = a_client(params_file=folder / "drawn.yml", **changes)
    client.folder.mkdir(exist_ok=True)
    (client.folder / "flows.csv").write_text(text.strip() + "\n", encoding="utf-8")
    return client


def problems(text, folder, limit=2.0):
    client = client_with(text, folder)
    found = flow_problems(read_flows(client), load_stage_model(client), contacts_a_week=limit)
    return [(row.cell, row.fault) for row in found.itertuples()]


def changed(*pairs):
    text = SOUND
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def test_no_file_is_no_flows():
    assert read_flows(a_client()) is None


def test_a_flow_that_holds_together_has_no_problem(tmp_path):
    assert problems(SOUND, tmp_path) == []


def test_what_stands_on_the_first_line_holds_for_the_whole_flow(tmp_path):
    flows = read_flows(client_with(SOUND, tmp_path))
    assert flows["goal"].tolist() == ["decision"] * 3
    assert flows["next"].tolist() == ["2", "3", "end"]
    assert flows["has_consent"].all()


@pytest.mark.parametrize(("pairs", "expected"), [
    ([("Guide downloaded", "")], [("A2", "no_trigger")]),
    ([("prospects,decision", "prospects,")], [("A2", "no_goal")]),
    ([("prospects,decision", "prospects,awareness")], [("A2", "goal_behind")]),
    ([("phone,end", "phone,")], [("A4", "dead_end")]),
    ([("How others did,email,", "How others did,email,end")], [("A4", "unreached")]),
    ([("phone,end", "phone,2")], [("A4", "endless_loop")]),
    ([("purchase|unsubscribe", "unsubscribe")], [("A2", "no_purchase_exit")]),
    ([("purchase|unsubscribe", "unsubscribe"), ("phone,end,", "phone,end,purchase")], [("A3", "after_purchase")]),
    ([("downloaded,yes", "downloaded,no")], [("A2", "no_consent")]),
    ([("purchase|unsubscribe", "purchase")], [("A2", "no_unsubscribe")]),
    ([("2,10,", "2,1,"), ("3,10,", "3,1,")], [("A2", "too_often")]),
])  # fmt: skip
def test_each_thing_that_does_not_hold_together_is_found_and_nothing_else(pairs, expected, tmp_path):
    assert [(cell[1:], fault) for cell, fault in problems(changed(*pairs), tmp_path)] == [(cell[1:], fault) for cell, fault in expected]


def test_the_cell_is_named_as_a_spreadsheet_counts_the_clients_own_columns(tmp_path):
    client = client_with(changed(("purchase|unsubscribe", "unsubscribe")), tmp_path)
    header = tuple(SOUND.strip().splitlines()[0].split(","))
    found = flow_problems(read_flows(client), load_stage_model(client), contacts_a_week=2, header=header)
    assert found["cell"].tolist() == ["M2"]
    assert header["ABCDEFGHIJKLMN".index("M")] == "exit"


def test_a_loop_may_end_by_a_count_or_by_silence(tmp_path):
    assert problems(changed(("phone,end,,", "phone,2,,3")), tmp_path) == []
    assert problems(changed(("phone,end,", "phone,2,silent")), tmp_path) == []


def test_what_is_sent_at_once_goes_to_nobody_who_has_bought_since(tmp_path):
    later = changed(("purchase|unsubscribe", "unsubscribe"), ("How others did,email,,", "How others did,email,,purchase"))
    assert problems(later, tmp_path) == []


def test_customers_need_no_exit_for_those_who_buy(tmp_path):
    assert problems(changed(("consideration,prospects,decision", "loyalty,customers,loyalty"), ("purchase|unsubscribe", "unsubscribe"), ("yes", "no")), tmp_path) == []


def test_two_flows_for_the_same_people_count_together(tmp_path):
    other = "\n".join(line.replace("F1", "F2").replace("After the guide", "News") for line in SOUND.strip().splitlines()[1:])
    both = changed(("2,10,", "2,3,")) + other.replace("2,10,", "2,3,")
    assert problems(both, tmp_path) == [("J5", "too_often_together")]
    assert problems(both.replace("News,consideration", "News,awareness"), tmp_path) == []


def test_the_busiest_week_follows_a_loop_as_often_as_it_may(tmp_path):
    flows = read_flows(client_with(changed(("3,10,A talk?,phone,end,,", "3,1,A talk?,phone,3,,5")), tmp_path))
    assert busiest_week(flows) == 1 + 5  # days 10, 11, 12, 13, 14, 15


@pytest.mark.parametrize(("pair", "said"), [
    (("F1,After the guide,consideration", "F1,After the guide,considration"), "flows.csv, line 2, column 'stage': got 'considration', expected a stage of the model (awareness, consideration, decision, loyalty, advocacy); did you mean 'consideration'?"),
    (("purchase|unsubscribe", "purchse"), "flows.csv, line 2, column 'exit': got 'purchse', expected one of purchase, answer, goal, no, silent, unsubscribe; did you mean 'purchase'?"),
    (("phone,end", "phone,7"), "flows.csv, line 4, column 'next': got '7', expected a step of the flow (1, 2, 3), or `end`"),
    (("2,10,", "1,10,"), "flows.csv, line 3, column 'step': got '1', expected an id no other step of the flow has; line 2 has it"),
    (("3,10,A talk?,phone", "3,-1,A talk?,phone"), "flows.csv, line 4, column 'wait_days': got '-1', expected days after the step before, e.g. 3"),
    (("downloaded,yes", "downloaded,maybe"), "flows.csv, line 2, column 'consent': got 'maybe', expected yes or no"),
    (("A talk?,phone,end,,", "A talk?,phone,end,,2.5"), "flows.csv, line 4, column 'at_most': got '2.5', expected a whole number of times, e.g. 3"),
])  # fmt: skip
def test_a_mistake_names_line_column_and_what_is_expected(pair, said, tmp_path):
    with pytest.raises(ParameterError) as error:
        read_flows(client_with(changed(pair), tmp_path))
    assert str(error.value) == said


def test_personal_data_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="personal data"):
        read_flows(client_with(changed(("A talk?", "Ring anna.berg@example.com")), tmp_path))


# --- proposals ----------------------------------------------------------------------------------------------------------


def gaps(*ids, status="found"):
    rows = [{"gap_id": gap, "check": gap.split(":")[0], "stage": gap.partition(":")[2], "persona": "", "status": status, "reason": "gaps.common.too_few"} for gap in ids]
    return check(pd.DataFrame(rows), GAPS)


def proposed(found, own=None, **changes):
    client = a_client(**changes)
    return propose_flows(found, own, load_stage_model(client), client, Words(client.language))


def test_a_flow_is_proposed_for_a_found_gap_and_moves_people_to_the_next_stage():
    flows = proposed(gaps("G23:consideration"))
    assert flows["flow_id"].unique().tolist() == ["keep_in_touch"]
    assert (flows["stage"].iloc[0], flows["goal"].iloc[0], flows["origin"].iloc[0]) == ("consideration", "decision", "proposed")


def test_nothing_is_proposed_for_a_gap_that_is_not_found_or_was_rejected():
    assert proposed(gaps("G23:consideration", status="uncertain")).empty
    assert proposed(gaps("G23:consideration").assign(decision=pd.array(["reject"], dtype="string"))).empty


def test_the_clients_own_flow_for_the_same_people_takes_the_proposals_place(tmp_path):
    own = read_flows(client_with(SOUND, tmp_path))
    assert proposed(gaps("G23:consideration"), own).empty
    assert proposed(gaps("G17:loyalty"), own)["flow_id"].unique().tolist() == ["rescue"]


def test_a_flow_of_one_market_is_not_proposed_in_the_other():
    assert proposed(gaps("G13:decision"), market="b2b").empty
    assert proposed(gaps("G13:decision"), market="b2c")["flow_id"].unique().tolist() == ["left_cart"]


TEMPLATE = """
flow_id,flow,stage,audience,goal,trigger,consent,step,wait_days,message,channel,next,exit,gaps
F1,After the guide,consideration,prospects,decision,Guide downloaded,yes,1,0,Thank you,email,,purchase|unsubscribe,G23|G17
F1,,,,,,,2,10,How others did,email,,,
F1,,,,,,,3,10,A talk?,phone,end,,
"""


def with_template(folder, **cells):
    """A file with a template for G23 and G17 in place of the flow in use, its first line's cells changed."""
    text = TEMPLATE
    for old, new in cells.values():
        assert old in text
        text = text.replace(old, new)
    return read_flows(client_with(text, folder))


def test_a_template_of_the_clients_own_is_proposed_where_its_gap_is_found_and_is_not_in_use_before(tmp_path):
    own = with_template(tmp_path)
    assert (own["origin"].unique().tolist(), own["gap_id"].unique().tolist()) == (["proposed"], ["G23,G17"])
    assert proposed(gaps("G23:consideration", status="uncertain"), own).empty
    flows = proposed(gaps("G23:consideration"), own)
    assert flows["flow_id"].unique().tolist() == ["F1", "keep_in_touch"]  # its own first
    assert flows.loc[flows["flow_id"] == "F1", ["gap_id", "goal", "message", "line"]].iloc[0].tolist() == ["G23:consideration", "decision", "Thank you", 2]


def test_a_template_that_bears_the_name_of_one_of_the_catalogue_takes_its_place(tmp_path):
    flows = proposed(gaps("G23:consideration"), with_template(tmp_path, id=("F1,", "keep_in_touch,")))
    assert flows["message"].tolist() == ["Thank you", "How others did", "A talk?"]


def test_a_template_of_no_stage_goes_where_the_gap_is_and_moves_people_to_the_next(tmp_path):
    anywhere = with_template(tmp_path, place=("guide,consideration,prospects,decision", "guide,,prospects,"))
    flows = proposed(gaps("G17:loyalty"), anywhere).query("flow_id == 'F1'")
    assert flows[["stage", "goal"]].drop_duplicates().to_numpy().tolist() == [["loyalty", "advocacy"]]
    assert flow_problems(anywhere, load_stage_model(a_client()), contacts_a_week=2).empty  # the goal is the stage after it
    elsewhere = with_template(tmp_path, place=("guide,consideration,prospects,decision", "guide,purchase,prospects,"))  # a stage of another shipped model
    assert "F1" not in proposed(gaps("G17:loyalty", "G23"), elsewhere)["flow_id"].tolist()


def test_a_template_does_not_load_the_week_of_the_flows_in_use(tmp_path):
    in_use = "F0,In use,consideration,prospects,decision,Guide downloaded,yes,1,0,Hello,email,end,purchase|unsubscribe,"
    assert problems(TEMPLATE + in_use, tmp_path, limit=1) == []
    assert problems(TEMPLATE.replace("G23|G17", "") + in_use, tmp_path, limit=1) == [("J5", "too_often_together")]


def test_a_check_that_is_none_is_refused(tmp_path):
    with pytest.raises(ParameterError) as error:
        with_template(tmp_path, checks=("G23|G17", "G23|G7"))
    assert str(error.value) == "flows.csv, line 2, column 'gaps': got 'G7', expected a check, e.g. G23"


def test_a_flow_in_use_under_the_catalogues_name_is_not_proposed_again_elsewhere(tmp_path):
    own = read_flows(client_with(changed(("F1,", "keep_in_touch,")), tmp_path))
    assert proposed(gaps("G23:awareness"), own).empty


@pytest.mark.parametrize("name", shipped_models())
def test_every_flow_of_the_catalogue_holds_together_in_every_stage_model(name):
    client = a_client(stage_model=name, market="both", targets={}, kpis={})
    model = load_stage_model(client)
    everything = gaps(*(f"{check_id}:{stage.id}" for flow in knowledge.load("flows").values() for check_id in flow["gaps"] for stage in model.in_scope if set(stage.atoms) & set(flow["atoms"])))
    flows = propose_flows(everything.drop_duplicates("gap_id"), None, model, client, Words("sv"))
    alone = pd.concat([flow_problems(flow.assign(line=1), model, contacts_a_week=2) for _, flow in flows.groupby("flow_id")])
    last = model.ids[-1]
    assert [(row.flow_id, row.fault) for row in alone.itertuples() if not (row.fault == "goal_behind" and flows.set_index("flow_id").loc[[row.flow_id], "stage"].iloc[0] == last)] == []


def test_the_delivered_lines_can_be_copied_into_the_clients_own_file(tmp_path):
    flows = proposed(gaps("G23:consideration", "G17:loyalty"))
    own = read_flows(client_with(flows.to_csv(index=False), tmp_path))
    assert flow_problems(own, load_stage_model(a_client()), contacts_a_week=2).empty
    assert own[["flow_id", "step", "message", "next", "exit"]].to_dict("list") == flows[["flow_id", "step", "message", "next", "exit"]].to_dict("list")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_words_of_its_own_in_every_language(language):
    client, values = a_client(language=language), '{"n": 3, "flows": ["A"]}'
    said = [say_problem(Words(language), client, pd.Series({"fault": fault, "details": values})) for fault in FLOW_FAULTS]
    assert len(set(said)) == len(FLOW_FAULTS)
    assert not any(text.endswith(".") for text in said)  # they stand inside a sentence


def test_a_check_of_the_client_names_the_cell_before_any_report_is_made(tmp_path):
    client = client_with(changed(("purchase|unsubscribe", "unsubscribe")), tmp_path)
    assert _flow_remarks(client) == ["flows.csv, M2: den som köpt fortsätter att få säljande utskick"]
    assert _flow_remarks(a_client()) == []
