"""Numbers and dates follow the locale; sentences are whole templates."""

import pytest

from journeylib.errors import JourneyError
from journeylib.wording import Words, message_keys

N = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(("language", "text"), [("sv", f"1{N}234,5"), ("nb", f"1{N}234,5"), ("da", "1.234,5"), ("en", "1,234.5")])
def test_a_number_is_written_as_its_country_writes_it(language, text):
    assert Words(language).number(1234.5, 1) == text


@pytest.mark.parametrize(("language", "text"), [("sv", f"39{N}% (34–45)"), ("da", f"39{N}% (34–45)"), ("nb", f"39{N}% (34–45)"), ("en", "39% (34–45)")])
def test_a_rate_never_travels_without_its_interval(language, text):
    assert Words(language).rate(0.39, 0.341, 0.452) == text


def test_minus_is_a_minus_and_not_a_hyphen():
    assert Words("sv").number(-4.25, 1) == "−4,3"


def test_a_span_with_a_negative_end_is_said_in_words():
    assert Words("sv").span(-5, 12) == "från −5 till 12"
    assert Words("da").span(-5, 12) == "fra −5 til 12"


def test_a_share_that_is_not_nought_is_never_printed_as_nought():
    assert Words("en").percent(0.001) == "<1%"
    assert Words("en").percent(0.999) == ">99%"
    assert Words("en").percent(0.0) == "0%"
    assert Words("en").percent(1.0) == "100%"


def test_rounding_is_half_up_as_people_do_it():
    assert Words("en").percent(0.125) == "13%"
    assert Words("en").number(2.5) == "3"


@pytest.mark.parametrize(("language", "text"), [("sv", "14 januari 2026"), ("da", "14. januar 2026"), ("nb", "14. januar 2026"), ("en", "14 January 2026")])
def test_a_date_is_written_as_its_country_writes_it(language, text):
    assert Words(language).date("2026-01-14").replace(N, " ") == text


@pytest.mark.parametrize(("language", "text"), [("sv", "okt. 2025"), ("da", "okt. 2025"), ("nb", "okt. 2025"), ("en", "Oct 2025")])
def test_a_month_on_an_axis_is_short_and_in_its_language(language, text):
    assert Words(language).short_month("2025-10-14").replace(N, " ") == text


@pytest.mark.parametrize(("language", "currency", "text"), [("sv", "SEK", "12 300 kr"), ("da", "DKK", "12.300 kr."), ("nb", "NOK", "12 300 kr"), ("en", "GBP", "£12,300")])
def test_money_is_rounded_to_three_figures_with_the_currency_where_its_readers_expect_it(language, currency, text):
    assert Words(language, currency).money(12_345).replace(N, " ") == text


def test_money_to_the_penny_where_a_total_must_reconcile():
    assert Words("en", "GBP").exact_money(8_911_407.9, 2).replace(N, " ") == "£8,911,407.90"


def test_one_day_is_a_day():
    assert Words("en").days(1).replace(N, " ") == "1 day"
    assert Words("en").days(12.4).replace(N, " ") == "12 days"


def test_the_plural_follows_the_number():
    say = Words("en").say
    assert say("findings.came_in.n_exact_duplicates", n=1) == "1 exact duplicate was removed."
    assert say("findings.came_in.n_exact_duplicates", n=2) == "2 exact duplicates were removed."


def test_a_float_in_a_sentence_is_refused_until_it_is_formatted():
    with pytest.raises(JourneyError, match="format it first"):
        Words("en").say("findings.k_of_n", k=1.5, n=3)


def test_an_unknown_message_names_the_nearest():
    with pytest.raises(JourneyError) as error:
        Words("en").say("findings.k_of_m")
    assert str(error.value) == "No message 'findings.k_of_m'; did you mean 'findings.k_of_n'?"


def test_every_message_has_four_languages_and_the_same_placeholders():
    import re

    wrong = []
    for key, texts in message_keys().items():
        if set(texts) != {"sv", "da", "nb", "en"}:
            wrong.append((key, sorted(texts)))
            continue
        used = {language: set(re.findall(r"\{(\w+)\}", " ".join(text.values()) if isinstance(text, dict) else str(text))) for language, text in texts.items()}
        if len({frozenset(names - {"n"}) for names in used.values()}) > 1:
            wrong.append((key, used))
    assert wrong == []


def test_every_canonical_column_has_a_word_for_the_data_sheet():
    from journeylib.schema import CANONICAL

    assert {f"fields.{column}" for table in CANONICAL.values() for column in table.columns} <= set(message_keys())
