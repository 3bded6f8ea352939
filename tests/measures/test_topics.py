"""Topics of uncoded texts: suggested where they hold together, coded only where a person has accepted them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from journeylib.client import Client
from journeylib.collect.topics import code_texts, read_topics, topic_form, write_form
from journeylib.errors import ParameterError
from journeylib.measures.emotion import emotion
from journeylib.measures.factors import factorise
from journeylib.measures.texts import STEMMERS, language_of, stem, stems_of, weigh_terms
from journeylib.measures.topics import Topic, belongs_to, suggest_topics
from journeylib.measures.voices import voice_counts
from journeylib.schema import VOICES, check
from tests.drawing import FIVE

PLANTED = {
    "sv": {"frakt": ["frakten var dyr och kom sent", "dyr frakt och sen leverans", "frakten kostade mer än varan", "leveransen och frakten blev dyra"],
           "inloggning": ["jag kunde inte logga in på kontot", "inloggningen till kontot fungerade inte", "kontot låste sig när jag loggade in"]},
    "da": {"fragt": ["fragten var dyr og kom for sent", "dyr fragt og sen levering", "fragten kostede mere end varen", "leveringen og fragten blev dyre"],
           "login": ["jeg kunne ikke logge ind på kontoen", "login til kontoen virkede ikke", "kontoen låste da jeg loggede ind"]},
    "nb": {"frakt": ["frakten var dyr og kom for sent", "dyr frakt og sen levering", "frakten kostet mer enn varen", "leveringen og frakten ble dyre"],
           "innlogging": ["jeg kunne ikke logge inn på kontoen", "innloggingen til kontoen virket ikke", "kontoen låste seg da jeg logget inn"]},
    "en": {"shipping": ["the shipping was expensive and late", "expensive shipping and late delivery", "shipping cost more than the product", "delivery and shipping were expensive"],
           "login": ["i could not log in to my account", "the login to the account failed", "my account was locked when logging in"]},
}  # fmt: skip


def said(texts, **columns):
    n = len(texts)
    given = {"voice_id": [f"v:{i:05d}" for i in range(n)], "customer_id": [f"c{i}" for i in range(n)], "row": "problem", "kind": "stated",
             "atom": "a4_decide", "source": "enkät", "text": texts} | columns  # fmt: skip
    return check(pd.DataFrame(given), VOICES)


def planted(language, n=30):
    kinds = list(PLANTED[language].values())
    return said([kind[i % len(kind)] for i in range(n) for kind in kinds])


def a_client(folder: Path, **changes) -> Client:
    return Client(slug="acme", name="Acme", language="sv", market="b2c", goal="more_loyalty", as_of=dt.date(2026, 1, 31), data_folder=folder / "data",
                  params_file=folder / "params" / "acme.yml", **changes)  # fmt: skip


# --- stems and languages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "forms"), [("sv", "frakten frakter"), ("da", "fragten fragter"), ("nb", "frakten frakter"), ("en", "delays delayed")])
def test_forms_of_a_word_share_a_stem(language, forms):
    assert len({stem(word, language) for word in forms.split()}) == 1


@pytest.mark.parametrize("language", STEMMERS)
def test_a_text_is_read_in_its_own_language(language):
    own = {"sv": "Det är inte så lätt att förstå vad man får och när", "da": "Jeg kunne ikke se, hvad jeg ville få ud af det, og hvor",
           "nb": "Jeg fikk ikke noe svar og vet ikke hva som skjer etter dette", "en": "I did not know what they would do with it"}  # fmt: skip
    assert language_of(own[language], language) == language
    assert language_of(own[language], "en" if language != "en" else "sv") == language


def test_a_text_too_short_to_tell_is_in_the_clients_language():
    assert language_of("Frakt!", "da") == "da"


def test_masked_places_and_figures_are_no_words():
    assert [word for word, _ in stems_of("Ring ••• på ••• om 3 fakturor", "sv")] == ["ring", "fakturor"]


def test_the_weights_are_those_of_the_formula():
    weights, terms = weigh_terms([["a", "b"], ["a"]])
    idf = {"a": np.log(3 / 3) + 1, "b": np.log(3 / 2) + 1}
    length = np.hypot(idf["a"], idf["b"])
    assert terms == ["a", "b"]
    assert weights.toarray() == pytest.approx(np.array([[idf["a"] / length, idf["b"] / length], [1, 0]]))


def test_a_product_of_two_parts_is_taken_apart_again():
    rng = np.random.default_rng(4)
    whole = rng.random((30, 2)) @ np.array([[1, 1, 0, 0, 0.2], [0, 0, 1, 1, 0.1]])
    errors = [np.linalg.norm(whole - np.matmul(*factorise(whole, 2, rounds))) for rounds in (1, 5, 20, 400)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.01 * np.linalg.norm(whole)


# --- what is suggested --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", STEMMERS)
def test_planted_topics_are_suggested_in_their_own_words(language):
    found = suggest_topics(planted(language), language=language)
    wanted = [{stem(word, language) for text in kind for word in text.split()} for kind in PLANTED[language].values()]
    named = [{stem(word.strip(), language) for word in row.words.split(",")} for row in found.itertuples()]
    assert len(named) >= 2
    assert all(any(words <= kind for kind in wanted) for words in named)
    assert all(any(words <= kind for words in named) for kind in wanted)
    assert set(found["language"]) == {language}


def test_texts_that_have_nothing_in_common_give_no_topic():
    rng = np.random.default_rng(0)
    words = [f"ord{chr(97 + i % 26)}{chr(97 + i // 26)}x" for i in range(120)]
    assert suggest_topics(said([" ".join(rng.choice(words, 7)) for _ in range(100)]), language="sv").empty


def test_under_twenty_texts_nothing_is_suggested():
    assert suggest_topics(planted("sv", 9), language="sv").empty


def test_what_fewer_than_k_customers_wrote_of_is_not_suggested():
    few = planted("sv").assign(customer_id=[f"c{i % 6}" for i in range(60)])
    assert suggest_topics(few, language="sv", k=7).empty


def test_coded_texts_staff_and_topics_already_on_the_list_are_left_alone():
    assert suggest_topics(planted("sv").assign(code="frakt"), language="sv").empty
    assert suggest_topics(planted("sv").assign(kind="staff"), language="sv").empty
    found = suggest_topics(planted("sv"), language="sv")
    known = [Topic("sv", tuple(word.strip() for word in row.words.split(","))) for row in found.itertuples()]
    assert suggest_topics(planted("sv"), language="sv", known=known).empty


def test_only_a_text_with_consent_is_shown_as_an_example():
    assert suggest_topics(planted("sv"), language="sv")["example"].isna().all()
    assert suggest_topics(planted("sv").assign(has_consent=True), language="sv")["example"].notna().all()


def test_the_same_texts_in_another_order_give_the_same_topics():
    pd.testing.assert_frame_equal(suggest_topics(planted("nb"), language="nb"), suggest_topics(planted("nb")[::-1], language="nb"))


def test_a_text_belongs_to_the_topic_whose_words_it_holds_most_of():
    topics = [Topic("sv", ("frakt", "dyr")), Topic("sv", ("konto", "dyr", "kassa"))]
    assert [belongs_to(text, topics, "sv") for text in ("dyra frakter", "kassan ville ha ett konto", "för dyr", "tack")] == [0, 1, 0, None]


# --- what a person accepts ----------------------------------------------------------------------------------------------


def accepted(text, folder):
    client = a_client(folder)
    client.folder.mkdir(parents=True)
    (client.folder / "topics.csv").write_text("\n".join(line.strip() for line in text.strip().splitlines()), encoding="utf-8")
    return read_topics(client)


def test_an_accepted_topic_is_counted_under_its_label_and_a_line_without_one_is_not(tmp_path):
    topics = accepted("""
        language;words;label;row;customers;texts;example
        sv;frakt, leverans;Dyr frakt;problem;30;30;
        sv;konto, logga;;;30;30;
    """, tmp_path)  # fmt: skip
    counts = voice_counts(code_texts(planted("sv"), topics, "sv"), FIVE)
    assert counts[["code", "row", "kind", "n_customers", "n_asked"]].to_numpy().tolist() == [["", "problem", "stated", 30, 60], ["Dyr frakt", "problem", "stated", 30, 60]]


def test_the_row_is_the_persons_and_the_text_and_its_kind_stay():
    coded = code_texts(planted("sv"), [Topic("sv", ("kontot",), "Inloggning", "question")], "sv")
    mine = coded[coded["code"] == "Inloggning"]
    assert set(mine["row"]) == {"question"}
    assert set(mine["kind"]) == {"stated"}
    assert coded["text"].tolist() == planted("sv")["text"].tolist()


def test_a_score_stays_where_it_was_given_and_the_topic_stands_beside_it():
    scored = planted("sv").assign(row="emotion", metric="csat", score=4.0, scale_min=1.0, scale_max=5.0)
    coded = code_texts(scored, [Topic("sv", ("frakt",), "Frakt", "problem")], "sv")
    pd.testing.assert_frame_equal(emotion(coded, FIVE), emotion(scored, FIVE))
    assert voice_counts(coded, FIVE).query("row == 'problem'")["n_customers"].tolist() == [30]
    assert coded["voice_id"].is_unique


def test_what_somebody_has_coded_keeps_its_code():
    coded = code_texts(planted("sv").assign(code="eget"), [Topic("sv", ("frakt",), "Frakt")], "sv")
    assert set(coded["code"]) == {"eget"}


def test_without_a_file_nothing_is_coded(tmp_path):
    assert read_topics(a_client(tmp_path)) == []


def test_every_mistake_in_the_file_is_named(tmp_path):
    with pytest.raises(ParameterError) as refused:
        accepted("""
            language;words;label;row
            se;frakt;Frakt;problem
            sv;;Konto;problems
        """, tmp_path)  # fmt: skip
    assert str(refused.value).splitlines() == [
        "topics.csv, line 2, column 'language': got 'se', expected one of sv, da, nb, en",
        f"topics.csv, line 3, column 'row': got 'problems', expected one of {', '.join(VOICES.columns['row'].one_of)}; did you mean 'problem'?",
        "topics.csv, line 3, column 'words': got '', expected one or more words, comma-separated",
    ]


def test_the_form_is_written_once_and_accepts_nothing(tmp_path):
    client, found = a_client(tmp_path), suggest_topics(planted("sv"), language="sv")
    path = write_form(client, found)
    assert path == tmp_path / "params" / "acme" / "topics.csv"
    assert path.read_text(encoding="utf-8") == topic_form(found)
    assert [topic.label for topic in read_topics(client)] == [""] * len(found)
    path.write_text("words;label\nmin;egen\n", encoding="utf-8")
    assert write_form(client, found) is None
    assert path.read_text(encoding="utf-8") == "words;label\nmin;egen\n"


def test_a_topic_nobody_accepted_is_in_no_count():
    counts = voice_counts(planted("sv"), FIVE)
    assert counts["code"].tolist() == [""]
