"""What a number may be set beside, and of whom it is: purchases that are first ones, gains that may be none, customers after the purchase, quotes that fit."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.feelings import _quotes
from journeylib.findings.movement import _say_slowest, say_leaving
from journeylib.findings.what_if import what_if_you_do_it
from journeylib.grain import say_first_purchases
from journeylib.improve.scenario import Change, Scenario
from journeylib.run import Run
from journeylib.stages import load_stage_model
from journeylib.wording import NBSP, Words
from tests.drawing import rows
from tests.gaps.material import a_client


def run(language="en", **changes):
    client = a_client(language=language, **changes)
    return Run(client, load_stage_model(client), Words(language), None)


def closing(lo, median, hi):
    weeks = pd.DataFrame([{"what": what, "week": week, **dict.fromkeys(("median", "lo", "hi", "lo_chance", "hi_chance"), float(week))} for what in ("today", "changed") for week in (1, 2)])
    return Scenario(Change("decision", rate=0.95), 113.0, weeks, (lo, median, hi), (lo * 1690, median * 1690, hi * 1690), {"target": (0.0, 10.0)})


def told(scenario, **changes):
    return what_if_you_do_it(run(**changes), SimpleNamespace(scenario=scenario, value_split=None))


@pytest.mark.parametrize(("language", "said"), [
    ("sv", "Räknat är företag som köper för första gången: varje företag räknas en gång."),
    ("da", "Talt er virksomheder, der køber for første gang: hver virksomhed tælles én gang."),
    ("nb", "Talt er bedrifter som kjøper for første gang: hver bedrift telles én gang."),
    ("en", "Counted are companies that buy for the first time: each company counts once."),
])  # fmt: skip
def test_purchases_a_year_say_whose_first_ones_they_are(language, said):
    assert told(closing(1.0, 2.0, 3.0), language=language, market="b2b").text[0].endswith(said)
    assert say_first_purchases(Words(language), a_client(journey="key")) == ""          # each deal is counted


def test_a_gain_that_may_be_none_is_given_no_money():
    unsure, sure = told(closing(-1.0, 1.0, 3.0)), told(closing(1.0, 2.0, 3.0))
    assert (unsure.state, unsure.so_what) == ("close", "")
    assert sure.state == "clear"
    assert "in the first year" in sure.so_what


#: All of the hundred who came to the stage of buying bought.
BOUGHT = pd.DataFrame({"name": ["won"], "value": [100.0]})


def funnel(*stages, window=90.0):
    """Stage, of so many followed, so many went on."""
    return pd.DataFrame([{"semantics": "at_least", "persona": "", "stage": stage, "position": i, "n_reached": n, "n_followed": n, "n_converted": k, "n_went_on": k, "rate": k / n, "rate_lo": k / n - spread,
                          "rate_hi": k / n + spread, "window_days": window} for i, (stage, n, k, spread) in enumerate(stages)])  # fmt: skip


@pytest.mark.parametrize(("language", "after", "before"), [
    ("sv", "Minst andel kommer från Beslut till Lojalitet: 70 av 100 hade inte kommit dit inom 90 dagar, 70 % (65–75).",
     "Störst andel faller bort mellan Övervägande och Beslut: 80 av 100 gick inte vidare inom 90 dagar, 80 % (75–85)."),
    ("da", "Den mindste andel kommer fra Beslutning til Loyalitet: 70 af 100 var ikke kommet dertil inden for 90 dage, 70 % (65–75).",
     "Den største andel falder fra mellem Overvejelse og Beslutning: 80 af 100 gik ikke videre inden for 90 dage, 80 % (75–85)."),
    ("nb", "Den minste andelen kommer fra Beslutning til Lojalitet: 70 av 100 var ikke kommet dit innen 90 dager, 70 % (65–75).",
     "Den største andelen faller fra mellom Vurdering og Beslutning: 80 av 100 gikk ikke videre innen 90 dager, 80 % (75–85)."),
    ("en", "The smallest share comes from Decision to Loyalty: 70 of 100 had not come there within 90 days, 70% (65–75).",
     "The largest share drops off between Consideration and Decision: 80 of 100 went no further within 90 days, 80% (75–85)."),
])  # fmt: skip
def test_from_the_purchase_on_nobody_is_said_to_drop_off(language, after, before):
    for stages, said in ((("consideration", 100, 60, 0.05), ("decision", 100, 30, 0.05)), after), ((("consideration", 100, 20, 0.05), ("decision", 100, 60, 0.05)), before):
        takeaway, state, _ = say_leaving(run(language), SimpleNamespace(shown={"funnel": funnel(*stages), "totals": BOUGHT}))
        assert (takeaway.replace(NBSP, " "), state) == (said, "clear")


def test_who_leaves_the_stage_of_buying_without_having_bought_drops_off():
    some = BOUGHT.assign(value=30.0)
    takeaway = say_leaving(run(), SimpleNamespace(shown={"funnel": funnel(("decision", 100, 30, 0.05)), "totals": some}))[0]
    assert "not come there" not in takeaway


def test_where_two_stages_after_the_purchase_are_close_it_is_said_without_loss():
    mapped = SimpleNamespace(shown={"funnel": funnel(("decision", 100, 30, 0.05), ("loyalty", 100, 33, 0.05), window=None), "totals": BOUGHT})
    assert say_leaving(run(), mapped)[0].replace(NBSP, " ") == (
        "The smallest share seems to come from Decision to Loyalty: 70 of 100 have not come there, 70% (65–75). The difference from Loyalty is not certain.")  # fmt: skip


def test_a_quote_for_the_lowest_feeling_comes_from_a_voice_that_fits_it():
    told = rows("""
        voice_id | row     | score | quote
        v1       | emotion |       | It is still a party to open the parcel.
        v2       | emotion | 5     | Lovely.
        v3       | emotion | 2     | Too slow.
        v4       | problem |       | I never heard a thing.
        v5       | problem | 4     | A scratch, but they sent a new one.
    """).assign(stage="loyalty", n_customers=9)  # fmt: skip
    voices = told.assign(score=pd.to_numeric(told["score"]), scale_min=1.0, scale_max=5.0)
    high, low = {"stage": "decision"}, {"stage": "loyalty"}
    quoted = {voice: _quotes(run(), SimpleNamespace(shown={"voice_counts": told[told["voice_id"] == voice]}, collected=SimpleNamespace(voices=voices)), low, high) for voice in told["voice_id"]}
    assert {voice: len(said) for voice, said in quoted.items()} == {"v1": 0, "v2": 0, "v3": 1, "v4": 1, "v5": 0}
    at_the_top = [_quotes(run(), SimpleNamespace(shown={"voice_counts": told[told["voice_id"] == voice]}, collected=SimpleNamespace(voices=voices)), high, low) for voice in ("v1", "v2", "v4")]
    assert [len(said) for said in at_the_top] == [0, 1, 0]


def times(*stages):
    """Stage, median, lower and upper end."""
    return pd.DataFrame([{"stage": stage, "n_entered": 40, "n_went_on": 30, "median_days": median, "median_lo_days": lo, "median_hi_days": hi, "max_followed_days": 300.0}
                         for stage, median, lo, hi in stages])  # fmt: skip


@pytest.mark.parametrize(("language", "clear", "close"), [
    ("sv", "Längst tid tar Övervägande: hälften av de 40 som kom dit har lämnat fasen efter 45 dagar (32–62).",
     "Längst tid ser Övervägande ut att ta: hälften av de 40 har lämnat efter 45 dagar (32–62). Skillnaden mot Beslut är inte säker."),
    ("da", "Længst tid tager trinnet Overvejelse: efter 45 dage (32–62) har halvdelen af de 40 kunder forladt det.",
     "Længst tid ser trinnet Overvejelse ud til at tage: efter 45 dage (32–62) har halvdelen af de 40 forladt det. Forskellen til Beslutning er ikke sikker."),
    ("nb", "Lengst tid tar fasen Vurdering: etter 45 dager (32–62) har halvparten av de 40 kundene forlatt den.",
     "Lengst tid ser fasen Vurdering ut til å ta: etter 45 dager (32–62) har halvparten av de 40 forlatt den. Forskjellen til Beslutning er ikke sikker."),
    ("en", "Consideration takes longest: half of the 40 who reached it have left after 45 days (32–62).",
     "Consideration seems to take longest: half of the 40 have left after 45 days (32–62). The difference from Decision is not certain."),
])  # fmt: skip
def test_the_slowest_stage_is_clear_only_where_its_interval_clears_the_others(language, clear, close):
    for other, said, state in (((10.0, 8.0, 20.0), clear, "clear"), ((34.0, 25.0, 49.0), close, "close"), ((34.0, 25.0, float("nan")), close, "close")):
        takeaway, ending, slowest = _say_slowest(run(language), times(("consideration", 45.0, 32.0, 62.0), ("decision", *other)))
        assert (takeaway.replace(NBSP, " "), ending, slowest["stage"]) == (said, state, "consideration")
