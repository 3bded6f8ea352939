"""What the report says of those who leave and of the purchase, in every ending and language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.leaving import is_it_easy_to_buy, say_definition, who_leaves_there
from journeylib.findings.standing import standing_details, stuck_and_heaped
from journeylib.measures.cohorts import cohorts
from journeylib.measures.definition import Conversion, Step, count
from journeylib.measures.departures import departures
from journeylib.measures.dossier import dossier, leavers
from journeylib.measures.funnel import funnel
from journeylib.measures.last_words import last_words
from journeylib.measures.leaving import purchase_definition
from journeylib.measures.standing import standing
from journeylib.run import Run
from journeylib.schema import COHORTS, SPIKES, VOICES, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import from_frame, table
from tests.gaps.material import a_client

LANGUAGES = ("sv", "da", "nb", "en")
LIMITS = SimpleNamespace(until_cut=False, window_days=30.0)


def shop(cfo=0.2, cio=0.7, n=60):
    """Two personas that look at a product; a share of each puts it in the cart, and half of those order."""
    rows = []
    for persona, rate in (("cfo", cfo), ("cio", cio)):
        for i in range(n):
            who = {"journey": f"{persona}{i:02d}", "persona": persona, "customer_id": f"{persona}{i:02d}", "initiator": "customer", "channel": "web"}
            rows.append(who | {"day": i % 5, "atom": "a3", "touchpoint": "view_item", "outcome": None})
            if i < rate * n:
                rows.append(who | {"day": 10 + i % 5, "atom": "a4", "touchpoint": "add_to_cart", "outcome": None})
                rows += [who | {"day": 16, "atom": "a4", "touchpoint": "order", "outcome": "won"}] * (i % 2)
    return from_frame(pd.DataFrame(rows), until=100)


VOICE = """
    voice_id | customer_id | stage         | row     | code | text     | kind   | source | has_consent
    1        | cfo58       | consideration | problem | pris | För dyrt | stated | s      | yes
    2        | cfo57       | consideration | problem | pris | Dyrt     | stated | s      | no
"""


def told(drawn, language="sv", k=1):
    client = a_client(language=language, privacy={"k": k}, thresholds={"window_days": 30})
    model = load_stage_model(client)
    followed = leavers(drawn.log, drawn.journeys, model, window_days=30)
    shown = {"funnel": funnel(drawn.log, drawn.journeys, model, window_days=30), "dossier": dossier(followed, model), "departures": departures(drawn.log, followed, model),
             "last_words": last_words(followed, drawn.journeys, table(VOICE, VOICES), model, k=1), "cohorts": cohorts(drawn.log, drawn.journeys, model),
             "standing": standing(drawn.log, drawn.journeys, model)}  # fmt: skip
    definition = purchase_definition(drawn.log, LIMITS)
    shown |= {} if definition is None else {"purchase_flow": count(drawn.log, drawn.journeys, definition)}
    return Run(client, model, Words(language), Path()), SimpleNamespace(shown={name: one for name, one in shown.items() if len(one)}, collected=SimpleNamespace(log=drawn.log))


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_group_that_leaves_most_often_leads():
    run, mapped = told(shop())
    found = who_leaves_there(run, mapped)
    assert plain(found.takeaway) == "Vid Övervägande lämnar ”cfo” oftare än övriga: 80 % mot 30 %."
    assert (found.state, found.numbers["group"], found.numbers["n_compared"]) == ("clear", "cfo", 2)
    assert [plain(text) for text in found.text] == [
        "Det sista de gjorde i Övervägande var oftast ”Tittat på en produkt” (66 av 66).", "Efter det har 66 av 66 inte gjort något mer som syns.",
        "De som lämnade säger själva oftast ”pris” (2 av 2 som sagt något).", "En av dem: ”För dyrt”"]  # fmt: skip


def test_where_no_difference_is_certain_nothing_is_claimed():
    found = who_leaves_there(*told(shop(0.5, 0.5)))
    assert (found.state, found.picture) == ("none", "")
    assert found.takeaway == "Det vi vet om kunderna skiljer inte säkert dem som lämnar vid Övervägande från dem som går vidare."


def test_too_few_to_compare_is_said():
    found = who_leaves_there(*told(shop(n=8)))
    assert found.state == "too_few"


def test_nothing_is_said_where_nobody_leaves_or_no_events_came():
    run, mapped = told(shop())
    assert who_leaves_there(run, SimpleNamespace(shown={}, collected=None)) is None
    assert is_it_easy_to_buy(run, SimpleNamespace(shown={}, collected=None)) is None


def test_the_step_where_the_purchase_stops_leads_and_its_definition_stands_under_it():
    run, mapped = told(shop(0.9, 0.9))
    found = is_it_easy_to_buy(run, mapped)
    assert plain(found.takeaway) == "Köpet stannar oftast mellan ”Varukorgen” och ”Ordern”: 50 % (41–59) tar sig inte vidare."
    assert (found.state, found.numbers["n"]) == ("clear", 108)
    assert plain(found.text[-1]) == ("Stegen räknas i ordning, och annat får komma emellan: Tittat på en produkt, Varukorgen och Ordern. "
                                     "Alla får 30 dagar på sig från första steget, och den som börjar om får ny tid. Varje resa räknas en gång.")  # fmt: skip


def test_two_known_steps_are_no_purchase_flow():
    drawn = shop()
    assert purchase_definition(drawn.log.renamed("touchpoint", ["x", *drawn.log.names["touchpoint"][1:]]), LIMITS) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ending_is_whole_in_every_language(language):
    for drawn in (shop(), shop(0.5, 0.5), shop(n=8), shop(0.9, 0.9)):
        run, mapped = told(drawn, language)
        for found in (who_leaves_there(run, mapped), is_it_easy_to_buy(run, mapped)):
            assert "{" not in found.as_html()
            assert len(found.takeaway.split()) <= 25
        assert "{" not in standing_details(run, mapped)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("order", ["in_order", "strict", "any", "at_least"])
def test_a_definition_says_all_it_decides(language, order):
    run, _ = told(shop(), language)
    definition = Conversion((Step("cart", touchpoints=("a",)), Step("order", touchpoints=("b",))), order, exclude=("newsletter",))
    assert len(say_definition(definition, run)) == 4
    assert len(say_definition(replace(definition, window_days=7, exclude=(), grain="unit"), run)) == 3


def test_a_triangle_hatches_what_is_too_early_and_counts_under_ten():
    run, mapped = told(shop(n=4))
    young = mapped.shown["cohorts"].assign(is_ripe=[True, False] + [False] * 10, n_yes=[2] + [None] * 11, share=[0.25] + [None] * 11)
    html = standing_details(run, SimpleNamespace(shown={"cohorts": check(young, COHORTS)}))
    assert html.count('class="unripe"') == 2
    assert "för tidigt" in html
    assert "2 av 8" in html


def test_dates_entered_in_heaps_are_said_once_a_source():
    run, _ = told(shop())
    rows = [{"source": "crm", "kind": kind, "day": day, "n": 100, "n_day": n, "share": n / 100, "expected": 0.2, "n_same_day": 30}
            for kind, day, n in (("weekday", "5", 60), ("date", "2025-03-07", 20))]  # fmt: skip
    said = stuck_and_heaped(run, SimpleNamespace(shown={"spikes": check(pd.DataFrame(rows), SPIKES)}))
    assert [plain(text) for text in said] == ["Datumen i crm ser ut att vara inlagda i efterhand: 60 % ligger på en fredag, ofta flera faser samma dag. Korta tider därifrån är osäkra."]
