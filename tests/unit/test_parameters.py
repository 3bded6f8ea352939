"""Every mistake in a client's parameters is named at once, with line, key, got, expected and the nearest name."""

import textwrap

import pytest

from journeylib.errors import ParameterError
from journeylib.parameters import load_client
from journeylib.project import Project

GOOD = """\
name: Acme
language: sv
market: b2c
goal: more_conversions
as_of: 2026-01-15
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "params").mkdir()
    (tmp_path / "notebooks").mkdir()
    return Project(tmp_path)


def load(project, text, name="acme"):
    (project.params / f"{name}.yml").write_text(text, encoding="utf-8")
    return load_client(name, project=project)


def mistakes(project, text):
    with pytest.raises(ParameterError) as error:
        load(project, text)
    return str(error.value).splitlines()


def test_a_client_is_named_by_its_file(project):
    client = load(project, GOOD)
    assert (client.slug, client.data_folder, client.folder) == ("acme", project.data / "acme", project.params / "acme")


def test_norwegian_no_is_bokmaal_and_not_false(project):
    assert load(project, GOOD.replace("language: sv", "language: no")).language == "nb"


def test_a_run_without_a_goal_lists_the_goals(project):
    (line,) = mistakes(project, GOOD.replace("goal: more_conversions\n", ""))
    assert line == (
        "acme.yml:1:1: goal: no goal is set, and a mapping without a goal leads nowhere; choose one of easier_purchase, "
        "fewer_abandoned_carts, more_loyalty, more_conversions, higher_satisfaction, more_lifetime_value"
    )


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_key(project):
    (line,) = mistakes(project, GOOD + "thresholds:\n  window_dayz: 30\n")
    assert line.startswith("acme.yml:7:3: thresholds.window_dayz: unknown key; did you mean 'window_days'?")


def test_all_mistakes_come_at_once_in_the_order_of_the_file(project):
    found = mistakes(project, GOOD.replace("market: b2c", "market: b2x") + "currency: kronor\nlangauge: sv\n")
    assert [line.split(": ")[1] for line in found] == ["market", "currency", "langauge"]
    assert found[0].startswith("acme.yml:3:1: market: got 'b2x', expected one of b2b, b2c, both; did you mean 'b2c'?")


def test_a_stage_that_the_model_lacks_is_refused(project):
    (line,) = mistakes(project, GOOD + "targets:\n  considerations: 0.3\n")
    assert line == "acme.yml:7:3: targets.considerations: no such stage; did you mean 'consideration'?"


def test_a_rule_for_a_source_that_is_not_there_is_refused(project):
    (line,) = mistakes(project, GOOD + "rules:\n  - {source: webb, touchpoint: page_view, atom: a2_brand}\n")
    assert line.startswith("acme.yml:7:6: rules.0.source: no such source 'webb'")


def test_a_format_that_is_not_there_suggests_the_nearest(project):
    (line,) = mistakes(project, GOOD + "sources:\n  shop: {file: orders.csv, format: shopify_order}\n")
    assert line.startswith("acme.yml:7:28: sources.shop.format: no format 'shopify_order'; did you mean 'shopify_orders'?")


@pytest.mark.parametrize("name", ["../acme", "a/b", "ACME", "", ".hidden", "acme.."])
def test_a_clients_name_cannot_leave_its_folder(project, name):
    with pytest.raises(ParameterError, match="is no client's name: expected small letters"):
        load_client(name, project=project)


def test_a_client_that_is_not_there_suggests_the_nearest(project):
    load(project, GOOD)
    with pytest.raises(ParameterError, match="No parameters for client 'acmee'.*did you mean 'acme'"):
        load_client("acmee", project=project)


def test_broken_yaml_says_where(project):
    (line,) = mistakes(project, GOOD + "labels: {a: b\n")
    assert line.startswith("acme.yml:7:1: YAML: ")


def test_a_repeated_key_is_refused_in_one_line_with_both_places(project):
    twice = "sources:\n  shop: {file: a.csv, format: plain_events}\n"
    assert mistakes(project, GOOD + "market: b2b\n" + twice + twice + "  shop: {file: b.csv, file: c.csv, format: plain_events}\n") == [
        "acme.yml:6:1: market: stands on line 3 already; take one of them out",
        "acme.yml:9:1: sources: stands on line 7 already; put all under one `sources:`",
        "acme.yml:11:3: sources.shop: stands on line 10 already; take one of them out",
        "acme.yml:11:23: sources.shop.file: stands on line 11 already; take one of them out",
    ]


def test_yaml_is_data_and_runs_nothing(project):
    found = mistakes(project, GOOD + "scenario: !!python/object/apply:os.system ['echo hi']\n")
    assert found


def test_a_data_cut_can_be_set_for_one_run(project):
    load(project, GOOD)
    assert str(load_client("acme", project=project, as_of="2025-06-30").as_of) == "2025-06-30"
    with pytest.raises(ParameterError, match="expected a date such as 2026-01-15"):
        load_client("acme", project=project, as_of="last week")


@pytest.mark.parametrize(("language", "currency", "timezone"), [
    ("sv", "SEK", "Europe/Stockholm"), ("da", "DKK", "Europe/Copenhagen"), ("no", "NOK", "Europe/Oslo"), ("en", "SEK", "Europe/Stockholm"),
])  # fmt: skip
def test_money_and_clock_are_those_of_the_languages_country_unless_named(project, language, currency, timezone):
    client = load(project, GOOD.replace("language: sv", f"language: {language}"))
    assert (client.currency, client.timezone) == (currency, timezone)
    named = load(project, GOOD.replace("language: sv", f"language: {language}") + "currency: EUR\ntimezone: Europe/Helsinki\n")
    assert (named.currency, named.timezone) == ("EUR", "Europe/Helsinki")


def test_what_keys_have_against_one_another_is_told_beside_what_is_wrong_in_each(project):
    text = """
        name: Acme
        language: dk
        market: b2c
        as_of: 2026-01-15
        timezone: København
        targets: {decision: 0,6, loyalty: 45}
        rules:
          - {source: order, touchpoint: order, atom: a4_decide}
          - {source: shop, touchpoint: visit, atom: a44}
          - {source: page, touchpoint: visit, atom: a2_brand}
        sources:
          shop: {file: orders.csv, format: plain_events, datoformat: D/M/Y}
          page: {file: visits.csv, format: plain_evnts}
        """
    lines = textwrap.dedent(text).lstrip()
    assert mistakes(project, lines) == [
        "acme.yml:1:1: goal: no goal is set, and a mapping without a goal leads nowhere; choose one of easier_purchase, "
        "fewer_abandoned_carts, more_loyalty, more_conversions, higher_satisfaction, more_lifetime_value",
        "acme.yml:2:1: language: got 'dk', expected one of sv, da, nb, en; did you mean 'da'?",
        "acme.yml:5:1: timezone: no time zone 'København'; did you mean 'Europe/Copenhagen'?",
        "acme.yml:6:23: targets.6: is empty; a comma parts two keys here, so write a decimal point: `decision: 0.6`",
        "acme.yml:6:26: targets.loyalty: got 45, expected a share from 0 to 1; 45 % is 0.45",
        "acme.yml:8:6: rules.0.source: no such source 'order'",
        "acme.yml:9:39: rules.1.atom: got 'a44', expected one of a1_problem, a2_brand, a3_evaluate, a4_decide, a5_reassure, a6_onboard, a7_use, a8_repeat, a9_advocate",
        "acme.yml:12:50: sources.shop.datoformat: unknown key; did you mean 'dates'?",
        "acme.yml:13:28: sources.page.format: no format 'plain_evnts'; did you mean 'plain_events'?",
    ]


def test_a_mistake_that_others_hang_on_makes_none_of_them(project):
    (line,) = mistakes(project, GOOD + "stage_model: {stages: 3}\ntargets: {my_own_stage: 0.3}\n")
    assert "stage_model" in line
    (line,) = mistakes(project, GOOD + "sources: {shop: {file: a.csv}}\nrules: [{source: shop, touchpoint: order, atom: a4_decide}]\n")
    assert "sources.shop.format: is missing" in line
