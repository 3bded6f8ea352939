"""How many questions are answered, and by whom: data, customers, or only people inside."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from journeylib.findings.conclusions import what_we_do_not_know
from journeylib.run import Run
from journeylib.schema import GAPS, QUESTIONS, check, empty
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import rows
from tests.gaps.material import a_client

ASKED = """
    question_id | stage    | status  | answer                  | missing
    Q19         | decision | data    |                         |
    Q40         |          | voices  |                         |
    Q28         | loyalty  | open    |                         | crm_history
    Q28         | advocacy | data    |                         |
    Q38         |          | assumed | <b>The saddle</b> sticks |
    Q50         |          | open    |                         | workshop
"""


def told(text=ASKED, language="en"):
    client = a_client(language=language)
    drawn = rows(text)
    questions = check(drawn.assign(stage=drawn["stage"].fillna("")), QUESTIONS)
    return what_we_do_not_know(Run(client, load_stage_model(client), Words(language), Path()), SimpleNamespace(questions=questions, gaps=empty(GAPS)))


def test_what_data_customers_and_only_you_yourselves_answer_is_told_apart():
    found = told()
    assert found.takeaway == "One of 5 questions about the journey is unanswered. 2 are answered by data, 1 by customers and 1 only assumed by you."
    assert {who: found.numbers[who] for who in ("data", "voices", "told")} == {"data": 2, "voices": 1, "told": 1}
    assert found.numbers["open"] == ["Q50"]  # Q28 is answered in one stage


def test_an_assumption_stands_as_one_in_the_words_of_who_made_it():
    details = told().details
    assert "What only you yourselves have answered" in details
    assert "assumed" in details
    assert "&lt;b&gt;The saddle&lt;/b&gt; sticks" in details
    assert "What only you yourselves" not in told("\n".join(line for line in ASKED.splitlines() if "Q38" not in line)).details


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_the_sentence_stands_in_every_language(language):
    assert len(told(language=language).takeaway.split()) <= 25
    assert told(language=language).takeaway.endswith(".")
