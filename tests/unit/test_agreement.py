"""Values no run could use are refused before a run, in words that say what to write instead."""

from __future__ import annotations

import pytest

from journeylib.errors import ParameterError
from journeylib.parameters import load_client
from journeylib.project import Project

GOOD = "name: Acme\nlanguage: sv\nmarket: b2c\ngoal: more_conversions\nas_of: 2026-01-15\n"


def mistakes(tmp_path, text):
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / "params" / "acme.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as error:
        load_client("acme", project=Project(tmp_path))
    return str(error.value).splitlines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("targets: {decision: 45}\n", "acme.yml:6:11: targets.decision: got 45, expected a share from 0 to 1; 45 % is 0.45"),
        ("targets: {decision: -0.2}\n", "acme.yml:6:11: targets.decision: got -0.2, expected a share from 0 to 1"),
        ("targets: {decision: 40 %}\n", "acme.yml:6:11: targets.decision: got '40 %', expected a number, with a point: 0.45"),
        ("timezone: Europe/Stokholm\n", "acme.yml:6:1: timezone: no time zone 'Europe/Stokholm'; did you mean 'Europe/Stockholm'?"),
        ("timezone: Mars\n", "acme.yml:6:1: timezone: no time zone 'Mars'; expected a name such as Europe/Stockholm"),
        ("timezone: ../../etc/passwd\n", "acme.yml:6:1: timezone: no time zone '../../etc/passwd'; expected a name such as Europe/Stockholm"),
        ("personas: [{id: a, name: A, when: {rolle: vd}}]\n",
         "acme.yml:6:36: personas.0.when.rolle: customers have no such column; did you mean 'role'?"),
        ("personas: [{id: a, name: A, when: {shoe: '45'}}]\n",
         "acme.yml:6:36: personas.0.when.shoe: customers have no such column; expected one of role, segment, account_id, persona, has_consent"),
        ("period: {start: 2025-12-31, end: 2025-01-01}\n", "acme.yml:6:10: period.start: got 2025-12-31, expected a day before the end, 2025-01-01"),
        ("period: {start: 2027-01-01, end: 2027-12-31}\n",
         "acme.yml:6:10: period.start: got 2027-01-01, expected a day on or before the data cut, 2026-01-15"),
        ("personas:\n", "acme.yml:6:1: personas: is empty; fill it in, or take the line out"),
        ("currency: kr\n", "acme.yml:6:1: currency: got 'kr', expected three capital letters, e.g. SEK (Currency of all values, ISO code; none = that of the language: sv SEK, da DKK, nb NOK, en SEK)"),
        ("seed: 1.5\n", "acme.yml:6:1: seed: got 1.5, expected a whole number (Seed of everything random in this client's run)"),
    ],
)  # fmt: skip
def test_a_value_no_run_can_use_is_refused_with_its_place_and_the_way_out(tmp_path, text, said):
    assert mistakes(tmp_path, GOOD + text) == [said]


def test_a_limit_that_is_too_small_is_said_in_plain_words(tmp_path):
    (line,) = mistakes(tmp_path, GOOD + "thresholds: {window_days: 0}\n")
    assert line.startswith("acme.yml:6:14: thresholds.window_days: got 0, expected greater than 0 (")


def test_a_key_that_stands_empty_is_called_empty(tmp_path):
    assert mistakes(tmp_path, GOOD.replace("sv", "")) == ["acme.yml:2:1: language: is empty; choose one of sv, da, nb, en"]


def test_a_date_written_another_way_says_how_to_write_it(tmp_path):
    (line,) = mistakes(tmp_path, GOOD.replace("2026-01-15", "15/1/2026"))
    assert line.startswith("acme.yml:5:1: as_of: got '15/1/2026', expected a date, year first, without quotes: 2026-01-15 (")


def test_all_disagreements_come_at_once(tmp_path):
    found = mistakes(tmp_path, GOOD + "timezone: Mars\ntargets: {decision: 45}\nsources: {shop: {file: a.csv, format: shopify}}\n")
    assert [line.split(": ")[1] for line in found] == ["timezone", "targets.decision", "sources.shop.format"]


def test_a_notebook_shows_the_mistake_and_no_traceback(capsys):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell("from journeylib.errors import ParameterError\nraise ParameterError('as_of: is missing')")
    assert capsys.readouterr().out.strip() == "ParameterError: as_of: is missing"
