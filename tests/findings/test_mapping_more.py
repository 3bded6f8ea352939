"""The way, the rhythm, each persona's messages, what goes with what is said, and what the client believed: every ending, in four languages."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.beliefs import is_it_as_you_thought
from journeylib.findings.persona_journeys import what_do_they_go_by, what_meets_each_persona
from journeylib.findings.winding import how_regularly_are_you_in_touch, is_the_way_winding
from journeylib.run import Run
from journeylib.schema import BELIEFS, CONTACT_RHYTHM, PATH_ORDER, PERSONA_JOURNEYS, PERSONA_NEEDS, QUESTIONS, THOUGHT_LINKS, WINDING, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client

LANGUAGES = ("sv", "da", "nb", "en")
PERSONAS = ({"id": "ny", "name": "Anna <b>ny</b>"}, {"id": "van", "name": "Den vane"})


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def a_run(language="en", **changes):
    client = a_client(language=language, personas=PERSONAS, **changes)
    return Run(client, load_stage_model(client), Words(language), Path())


def mapped(persona_journeys=None, **shown):
    return SimpleNamespace(shown=shown, persona_journeys=empty(PERSONA_JOURNEYS) if persona_journeys is None else persona_journeys)


def thirds(straight, winding, p, stage="decision"):
    rows = [{"stage": stage, "third": third, "early_days": 15.0, "window_days": 90.0, "n": 100, "n_yes": k, "n_units": 100, "rate": k / 100, "lo": k / 100 - 0.05, "hi": k / 100 + 0.05,
             "score": score, "active_days": 1.0, "repeats": repeats, "backward": 0.1, "switches": 0.5} for third, k, score, repeats in
            (("", straight, 0, 1), ("straight", straight, -1, 0.2), ("winding", winding, 1, 3.4))]  # fmt: skip
    rows[-1] |= {"difference": (winding - straight) / 100, "difference_lo": -0.3, "difference_hi": -0.1, "p_adjusted": p}
    return check(pd.DataFrame(rows), WINDING)


def test_a_certain_difference_is_told_with_both_shares_and_the_caution():
    found = is_the_way_winding(a_run(), mapped(winding=thirds(40, 20, 0.001)))
    assert plain(found.takeaway) == "Those who go back and forth most in Decision go on less often: 20%, against 40% of those who go straightest."
    assert plain(found.text[1]) == "Those who are most interested also do the most. So the way need not be the cause of the difference."
    assert (found.state, found.numbers["difference"]) == ("clear", -0.2)
    assert "0.2 against 3.4" in plain(found.picture)


def test_more_is_not_called_less_and_a_whole_journey_is_bought():
    assert "go on more often: 40%, against 20%" in plain(is_the_way_winding(a_run(), mapped(winding=thirds(20, 40, 0.001))).takeaway)
    assert plain(is_the_way_winding(a_run("sv"), mapped(winding=thirds(20, 40, 0.001, stage=""))).takeaway) == "De som går mest fram och tillbaka i början köper oftare: 40 %, mot 20 % av dem som går rakast."


def test_a_difference_chance_could_give_is_none():
    assert is_the_way_winding(a_run(), mapped(winding=thirds(40, 20, 0.2))).state == "none"


def test_what_was_not_measured_has_no_finding():
    assert is_the_way_winding(a_run(), mapped()) is None
    assert how_regularly_are_you_in_touch(a_run(), mapped()) is None
    assert what_do_they_go_by(a_run(), mapped()) is None
    assert what_meets_each_persona(a_run(), mapped()) is None
    assert is_it_as_you_thought(a_run(), improved()) is None


@pytest.mark.parametrize(("order", "said"), [(1, "That is how the Markov model shares out the purchases, too."), (2, "does not see that, for it remembers one channel only.")])
def test_where_an_older_channel_matters_the_share_of_credit_is_said_not_to_see_it(order, said):
    rows = [{"followed": "channels", "order": k, "n_journeys": 300, "n_moves": 900, "uncertainty": 1.0, "gain": 0.1, "lo": 0.05, "hi": 0.2, "is_better": "" if k == 0 else "yes" if k <= order else "no"}
            for k in range(4)]  # fmt: skip
    found = is_the_way_winding(a_run(), mapped(winding=thirds(40, 20, 0.001), path_order=check(pd.DataFrame(rows), PATH_ORDER)))
    assert plain(found.text[-1]).endswith(said)


def test_whether_an_older_step_matters_is_left_open_where_the_journeys_are_too_few():
    rows = [{"followed": "channels", "order": k, "n_journeys": 112, "n_moves": 199, "uncertainty": 1.0, "gain": 0.012, "lo": -0.032, "hi": 0.056, "is_better": ["", "yes", "unclear", "no"][k]}
            for k in range(4)]  # fmt: skip
    found = is_the_way_winding(a_run(), mapped(winding=thirds(40, 20, 0.001), path_order=check(pd.DataFrame(rows), PATH_ORDER)))
    assert plain(found.text[-1]) == "112 journeys are not enough to say how many channels back the next one depends on."


RHYTHM = """
    stage         | n   | n_units | months | n_contacts | per_month | lo  | hi  | n_none | none_rate | none_lo | none_hi | median_gap_days | n_gaps | median_longest_days | n_longest | unevenness | n_judged
    consideration | 200 | 200     | 400    | 280        | 0.7       | 0.6 | 0.8 | 90     | 0.45      | 0.38    | 0.52    | 31              | 150    | 60                  | 120       | 1.4        | 60
    decision      | 8   | 8       | 9      | 0          | 0         | 0   | 0   | 8      | 1         | 0.6     | 1       |                 | 0      | 267                 | 3         |            | 0
"""


def test_the_rhythm_is_told_of_those_who_compare():
    found = how_regularly_are_you_in_touch(a_run(), mapped(contact_rhythm=table(RHYTHM, CONTACT_RHYTHM)))
    assert plain(found.takeaway) == "In Consideration customers hear from you 0.7 times a month. 45% (38–52) hear nothing at all."
    assert "in bursts" in found.picture
    assert "8 of 8" in plain(found.picture)  # under ten: counts
    assert "60 days (120 customers)" in plain(found.picture)
    assert "267" not in found.picture  # of three journeys


def test_eight_who_compare_have_no_rhythm():
    few = table(RHYTHM, CONTACT_RHYTHM).assign(n=8)
    assert how_regularly_are_you_in_touch(a_run(), mapped(contact_rhythm=few)).state == "too_few"


JOURNEYS = """
    journey | persona | problem  | offer | stage    | position | need | need_by  | message | message_kind | message_for | answers_need | next_step | n_messages
    1       | ny      | <i>x</i> | Cover | decision | 2        | safe | own      | Prices  | content      | everybody   | no           | Order     | 3
    1       | ny      | <i>x</i> | Cover | loyalty  | 3        | calm | register |         |              |             |              |           | 0
"""


def journeys(text=JOURNEYS):
    return table(text, PERSONA_JOURNEYS)


def test_a_stage_where_a_persona_meets_nothing_is_named():
    found = what_meets_each_persona(a_run(), mapped(journeys()))
    assert plain(found.takeaway) == "Messages are missing in 1 of 2 places. Earliest in the journey Anna <b>ny</b> lacks one in Loyalty."
    assert "Anna &lt;b&gt;ny&lt;/b&gt; · &lt;i&gt;x&lt;/i&gt; · Cover" in found.picture
    assert all(text in found.picture for text in ("for everybody", "does not answer the need", "the persona itself", "nothing"))


def test_what_no_register_tells_is_not_called_missing():
    found = what_meets_each_persona(a_run(), mapped(journeys().assign(n_messages=pd.NA, message=pd.NA)))
    assert found.state == "not_checkable"
    assert "nothing" not in found.picture


def test_the_need_that_surely_weighs_most_is_said():
    rows = [{"persona": "ny", "need_id": n, "stage": "decision", "wording": f"need {n}", "n": 40, "importance": i, "importance_lo": i - 0.5, "importance_hi": i + 0.5, "rank": r, "is_first": f}
            for n, i, r, f in (("a", 9.0, 1, "yes"), ("b", 5.0, 2, ""))]  # fmt: skip
    found = what_meets_each_persona(a_run(), mapped(journeys(), persona_needs=check(pd.DataFrame(rows), PERSONA_NEEDS)))
    assert "For Anna &lt;b&gt;ny&lt;/b&gt; “need a” surely weighs most." in found.details


LINKS = """
    stage    | row     | code | linked_row | linked_code | n_both | n_said | share | lo  | hi   | share_others | p_adjusted
    decision | problem | slow | driver     | trust       | 18     | 20     | 0.9   | 0.7 | 0.97 | 0.3          | {p}
"""


@pytest.mark.parametrize(("p", "state"), [(0.001, "clear"), (0.2, "none")])
def test_a_link_is_told_only_where_it_stands(p, state):
    found = what_do_they_go_by(a_run(), mapped(thought_links=table(LINKS.format(p=p), THOUGHT_LINKS)))
    assert found.state == state
    if state == "clear":
        assert plain(found.takeaway) == "Of those who mention “slow”, 90% (70–97) give “trust”, against 30% of the rest."


def improved(text=None, questions=()):
    return SimpleNamespace(beliefs=empty(BELIEFS) if text is None else table(text, BELIEFS), questions=check(pd.DataFrame(questions), QUESTIONS) if questions else empty(QUESTIONS))


TOLD = """
    figure        | question_id | unit  | told | told_as  | measured | measured_as | lo   | hi   | n   | verdict
    journey_days  | Q39         | days  | 30   |          | 74       |             | 66   | 83   | 80  | contradicts
    repeat_share  | Q31         | share | 0.4  |          |          |             |      |      |     | not_checkable
    most_leave_at | Q41         | stage |      | decision | 0.2      | awareness   | 0.18 | 0.22 | 900 | {verdict}
"""


def test_a_contradiction_is_said_with_both_figures():
    found = is_it_as_you_thought(a_run(), improved(TOLD.format(verdict="contradicts")))
    assert plain(found.takeaway) == "Data contradict 2 of your 2 figures, among them the time to purchase. You said 30 days, measured is 74 days."
    assert found.numbers == {"n": 2, "of": 2, "figure": "journey_days", "told": 30.0, "measured": 74.0}
    assert all(text in plain(found.picture) for text in ("74 days", "(66–83)", "Decision", "Awareness", "could not be checked"))


BROUGHT = """
    figure                  | question_id | unit    | told | told_as | measured | measured_as | lo  | hi  | n   | verdict
    brings_most_to:decision | Q47         | channel |      | phone   | 0.8      | search      | 0.7 | 0.9 | 100 | contradicts
"""


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "Data säger emot 1 av era 1 uppgifter: kanalen som för flest till Beslut. Ni sa telefon, uppmätt är sökmotor."),
    ("da", "Data siger imod 1 af jeres 1 oplysninger: kanalen, der fører flest til Beslutning. I sagde telefon, målt er søgemaskine."),
    ("nb", "Data sier imot 1 av deres 1 opplysninger: kanalen som fører flest til Beslutning. Dere sa telefon, målt er søkemotor."),
    ("en", "Data contradict 1 of your 1 figures: the channel that brings most to Decision. You said phone, measured is search engine."),
])  # fmt: skip
def test_a_channel_that_brings_most_to_a_stage_is_told_with_the_one_measured(language, said):
    found = is_it_as_you_thought(a_run(language), improved(BROUGHT))
    assert plain(found.takeaway) == said


def test_where_nothing_is_contradicted_that_is_said():
    assert is_it_as_you_thought(a_run(), improved(TOLD.format(verdict="uncertain").replace("contradicts", "agrees"))).state == "none"


def test_ones_own_words_stand_beside_who_answers_now():
    asked = [{"question_id": "Q28", "stage": "loyalty", "status": "data", "answer": "We ring <them>"}, {"question_id": "Q29", "stage": "loyalty", "status": "people", "answer": "Yes"}]
    found = is_it_as_you_thought(a_run(), improved(questions=asked))
    assert "We ring &lt;them&gt;" in found.details
    assert "Yes" not in found.details  # people alone have answered: nothing to lay beside it
    assert found.is_folded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_speaks_every_language_and_folds_its_answer_away(language):
    run = a_run(language)
    links = table(LINKS.format(p=0.001), THOUGHT_LINKS)
    found = [is_the_way_winding(run, mapped(winding=thirds(40, 20, 0.001))), how_regularly_are_you_in_touch(run, mapped(contact_rhythm=table(RHYTHM, CONTACT_RHYTHM))),
             what_meets_each_persona(run, mapped(journeys())), what_do_they_go_by(run, mapped(thought_links=links))]  # fmt: skip
    for each in found:
        html = each.as_html()
        assert html.index("<details") < html.index("<h3>"), "the answer stands under its question"
        assert len(each.takeaway.split()) <= 25
    assert "{" not in "".join(each.takeaway + "".join(each.text) for each in found)
    assert is_it_as_you_thought(run, improved(TOLD.format(verdict="contradicts"))).takeaway
