"""What the market decides, and what channels and touchpoints are called."""

from __future__ import annotations

import pytest

from journeylib import knowledge
from journeylib.client import MARKETS
from journeylib.errors import ParameterError
from journeylib.names import channel_id, channel_name, touchpoint_name
from journeylib.presets import content_types, market_preset, resolved_thresholds, starter_texts
from journeylib.schema import ATOMS, BUYING_ROLES
from journeylib.stages import load_stage_model, shipped_models


@pytest.mark.parametrize(("market", "days"), [("b2c", (90, 180, 30)), ("b2b", (180, 365, 45)), ("both", (180, 365, 45))])
def test_limits_left_out_follow_the_market(client_with, market, days):
    limits = resolved_thresholds(client_with(market=market))
    assert (limits.window_days, limits.dormant_after_days, limits.silence_days) == days
    assert (limits.lost_after_days, limits.journey_days, limits.cta_rate) == (None, None, None)


def test_a_limit_the_client_sets_stands(client_with):
    limits = resolved_thresholds(client_with(thresholds={"window_days": 60, "follow_up_share": 0.7}))
    assert (limits.window_days, limits.silence_days, limits.follow_up_share) == (60, 45, 0.7)


def test_until_the_cut_means_no_window(client_with):
    assert resolved_thresholds(client_with(thresholds={"until_cut": True})).window_days is None
    with pytest.raises(ParameterError, match="got both until_cut and window_days 60; keep one of them"):
        resolved_thresholds(client_with(thresholds={"until_cut": True, "window_days": 60}))


@pytest.mark.parametrize("market", MARKETS)
def test_presets_name_only_what_is_known(market):
    preset, shared = market_preset(market), knowledge.load("presets")
    assert set(preset["drivers"]) <= set(shared["driver_names"])
    assert set(shared["role_names"]) == set(BUYING_ROLES) - {"unknown"}
    assert tuple(preset["kpis"]) == ATOMS[2:]
    assert {kpi for kpis in preset["kpis"].values() for kpi in kpis} <= set(knowledge.load("kpis"))


def test_b2b_and_b2c_use_different_content():
    assert "roi_sheet" in content_types("b2b")
    assert "roi_sheet" not in content_types("b2c")
    assert set(content_types("both")) >= set(content_types("b2b")) | set(content_types("b2c"))


@pytest.mark.parametrize("language", ["sv", "da", "nb", "en"])
def test_every_stage_of_every_model_has_a_starter_text_marked_as_example(client_with, language):
    for name in shipped_models():
        for stage in load_stage_model(client_with(stage_model=name)).stages:
            for market in MARKETS:
                texts = starter_texts(stage.atoms, market, language)
                assert texts
                assert all(text["mark"] and text["challenge"] and text["remedy"] for text in texts)


def test_a_starter_text_shows_the_example_of_its_market():
    (text,) = starter_texts(("a3_evaluate",), "b2c", "sv")
    assert text["b2c"] == "Personen läser omdömen, jämför innehåll och pris och frågar en vän."
    assert "b2b" not in text
    assert text["mark"] == "Det här är ett exempel att utgå från, inte något vi vet om era kunder."


@pytest.mark.parametrize(("said", "meant"), [
    ("google / organic", "search"), ("google/cpc", "paid_search"), ("(direct) / (none)", "direct"), ("newsletter / email", "email"),
    ("facebook.com / referral", "social"), ("linkedin / paid", "paid_social"), ("branschtidning.example / referral", "other_site"),
    ("dk.trustpilot.com / referral", "review_site"), ("microsoft.com / referral", "other_site"), ("Organic Search", "search"), ("ORGANIC_SEARCH", "search"), ("Paid Social", "paid_social"),
    ("E-post", "email"), ("telefon", "phone"), ("Sociala medier", "social"), ("mässa", "event"), ("nyhedsbrev", "newsletter"),
    ("Møde", "meeting"), ("nettbutikk", "shop"), ("referral", "referral"), ("phone", "phone"), ("luftballong", None), ("brass / band", None),
])  # fmt: skip
def test_an_exports_word_for_a_channel_is_understood(said, meant):
    assert channel_id(said) == meant


def test_a_channel_word_means_one_channel():
    meant = {}
    for name, channel in knowledge.load("channels")["channels"].items():
        for word in channel["aliases"]:
            assert meant.setdefault(word.casefold(), name) == name
    assert len(meant) > 150


def test_channels_fall_in_five_groups():
    known = knowledge.load("channels")
    assert len(known["groups"]) == 5
    assert {channel["group"] for channel in known["channels"].values()} == set(known["groups"])
    assert set(known["mediums"].values()) <= set(known["channels"])


def test_touchpoints_have_names_and_a_clients_own_word_stands_as_it_is():
    assert touchpoint_name("begin_checkout", "da") == "Gået til kassen"
    assert touchpoint_name("garden_walk", "da") == "Garden walk"
    assert channel_name("store", "nb") == "Butikk"
    assert channel_name("luftballong", "sv") == "Luftballong"


def test_touchpoints_are_meetings_or_own_actions():
    kinds = {entry["kind"] for entry in knowledge.load("touchpoints")["touchpoints"].values()}
    assert kinds == {"communication", "action"}


def test_an_unknown_knowledge_file_is_refused_with_those_there_are():
    with pytest.raises(LookupError, match="No knowledge file .atom.. Known: .*atoms"):
        knowledge.load("atom")
