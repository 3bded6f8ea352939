"""What the report says of credit and of the site, in every ending and language."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from journeylib.findings.attribution import what_gets_the_credit
from journeylib.findings.site import is_the_site_doing_its_job
from journeylib.run import Run
from journeylib.schema import ATTRIBUTION, CREDIT_MODELS, CTAS, PAGES, check
from journeylib.stages import load_stage_model
from journeylib.wording import Words
from tests.drawing import table
from tests.gaps.material import a_client

LANGUAGES = ("sv", "da", "nb", "en")


def run(language="sv"):
    client = a_client(language=language)
    return Run(client, load_stage_model(client), Words(language), Path())


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


# --- credit -----------------------------------------------------------------------------------------------------------


def credit(shares, n_won=400, n_unseen=0, spread=0.02, **other):
    """The same shares in every model, apart from those in `other`: model → shares."""
    rows = [{"model": model, "channel": channel, "credit": share * n_won, "share": share, "lo": share - spread, "hi": share + spread,
             "n_paths": int(1000 * shares[channel]), "n_won": n_won, "n_unseen": n_unseen, "n_all_paths": 1000, "look_back_days": 30.0}
            for model in CREDIT_MODELS for channel, share in (shares | other.get(model, {})).items()]  # fmt: skip
    return check(pd.DataFrame(rows), ATTRIBUTION)


def told(table, language="sv"):
    return what_gets_the_credit(run(language), SimpleNamespace(shown={"attribution": table}))


AHEAD = {"search": 0.5, "email": 0.3, "social": 0.2}


def test_the_channel_that_leads_in_every_model_leads_the_sentence():
    found = told(credit(AHEAD, last={"search": 0.6, "email": 0.25, "social": 0.15}))
    assert plain(found.takeaway) == "Sökmotor får mest av äran hur man än räknar: 50–60 % av köpen."
    assert [plain(text) for text in found.text] == ["400 köp och kontakterna 30 dagar före vart och ett.",
                                                    "Den kanal som flest möter får ofta mest av äran; Sökmotor finns på 50 % av resorna."]  # fmt: skip
    assert found.state == "clear"


def test_a_channel_that_leads_in_one_model_only_is_named_beside_the_first():
    found = told(credit(AHEAD, last={"search": 0.2, "email": 0.2, "social": 0.6}))
    assert plain(found.takeaway).startswith("Sökmotor (20–50 %) och Sociala medier (20–60 %) får mest av äran; vilken av dem som kommer först")
    assert found.state == "close"


def test_intervals_that_overlap_leave_the_first_place_open():
    assert told(credit(AHEAD, spread=0.12)).state == "close"


def test_purchases_nobody_saw_coming_are_told():
    assert told(credit(AHEAD, n_unseen=12)).text[-1] == "12 köp har ingen känd kontakt före sig; de ger ingen kanal äran."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_stands_inside_the_figure_in_every_language(language):
    found = told(credit(AHEAD), language)
    figure = found.picture[found.picture.index("<figure") : found.picture.index("</figure>")]
    warning = Words(language).say("attribution.warning")
    assert warning in figure
    assert figure.index(warning) < figure.index("bar-row")
    assert len(found.takeaway.split()) <= 25
    assert found.details.count("<tr") == 1 + 3


@pytest.mark.parametrize("thin", [credit(AHEAD, n_won=29), credit({"search": 1.0})])
def test_with_few_purchases_or_one_channel_there_is_nothing_to_share_out(thin):
    assert told(thin) is None
    assert what_gets_the_credit(run(), SimpleNamespace(shown={})) is None


# --- the site ---------------------------------------------------------------------------------------------------------

SITE = """
    page    | stage         | n_visits | n_landings | n_exits | exit_rate | exit_lo | exit_hi | exit_expected | stands_out | median_seconds | n_entered | n_next | next_rate | next_lo | next_hi
    /       | awareness     | 800      | {home}     | 240     | 0.30      | 0.27    | 0.33    | 0.32          |            | 72             | 100       | 60     | 0.6       | 0.5     | 0.69
    /blogg  | awareness     | 400      | 100        | {left}  | 0.60      | 0.55    | 0.65    | 0.31          | {out}      | 48.5           | 50        | 20     | 0.4       | 0.28    | 0.54
    /priser | consideration | 300      | {prices}   | 90      | 0.30      | 0.25    | 0.36    |               |            |                | 0         | 0      |           |         |
"""


def site_said(language="sv", ctas=None, **given):
    values = {"home": 500, "left": 240, "out": "more", "prices": 50} | given
    pages = table(SITE.format(**values), PAGES, n_views=1000, n_journeys=300, n_timed=500, landing_share=0.0)
    pages["landing_share"] = (pages["n_landings"] / pages["n_landings"].sum()).astype(float)
    shown = {"pages": pages} | ({} if ctas is None else {"ctas": ctas})
    return is_the_site_doing_its_job(run(language), SimpleNamespace(shown=shown))


def requests(text):
    return table(text, CTAS, n_journeys=50, stage="decision", touchpoint="cta_click")


REQUESTS = """
    cta          | page   | n_views | n_clicks | rate | shrunk | lo   | hi   | p_best | rank
    Begär offert | /offer | 400     | 120      | 0.3  | 0.3    | 0.26 | 0.35 | {0}    | 1
    Boka demo    | /demo  | 300     | 60       | 0.2  | 0.21   | 0.17 | 0.26 | 0.01   | 2
"""


def test_where_visits_begin_and_which_page_loses_more_than_its_type():
    found = site_said()
    assert plain(found.takeaway) == "Besöken börjar oftast på / (77 %); från /blogg lämnar en större andel än från liknande sidor: 60 % mot 31 %."
    assert found.state == "clear"
    assert "fill-red" in found.picture
    assert "1 min 12 s" in found.picture
    assert "49 s" in found.picture


def test_pages_that_cannot_be_told_apart_are_named_together():
    assert plain(site_said(home=500, prices=490).takeaway).startswith("Besöken börjar oftast på / och /priser (91 %)")


def test_no_page_is_called_worse_without_evidence():
    found = site_said(out="")
    assert plain(found.takeaway) == "Besöken börjar oftast på / (77 %); ingen sida före köpet förlorar klart fler än liknande sidor."
    assert (found.state, found.so_what) == ("none", "")


def test_the_best_request_leads_only_where_it_is_the_best_for_certain():
    (sure,), (close,) = site_said(ctas=requests(REQUESTS.format(0.99))).text, site_said(ctas=requests(REQUESTS.format(0.8))).text
    assert plain(sure) == "Den uppmaning som fungerar bäst är ”Begär offert” på /offer, följd i 30 % (26–35) av besöken där."
    assert plain(close) == "Bäst fungerar uppmaningarna ”Begär offert” på /offer, 30 % (26–35), och ”Boka demo” på /demo, 21 % (17–26); vilken som är bättre går inte att säga."
    assert site_said().text == ("Klick på uppmaningar är inte uppmätta, så det går inte att säga vilken som fungerar.",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ending_is_whole_and_short_in_every_language(language):
    for given in ({}, {"out": ""}, {"home": 6, "prices": 6}, {"ctas": requests(REQUESTS.format(0.99))}):
        found = site_said(language, **given)
        assert len(found.takeaway.split()) <= 25
        assert "{" not in found.takeaway + " ".join(found.text)


def test_without_page_views_the_finding_is_absent():
    assert is_the_site_doing_its_job(run(), SimpleNamespace(shown={})) is None
