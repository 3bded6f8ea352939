"""What uncoded texts are about: topics suggested from their words, inferred until a person accepts them (practice C16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats as distributions
from scipy.optimize import linear_sum_assignment

from journeylib.measures.factors import factorise
from journeylib.measures.places import speakers
from journeylib.measures.texts import STEMMERS, language_of, stem, stems_of, weigh_terms
from journeylib.schema import SUGGESTED_TOPICS, check

FEWEST_TEXTS = 20
NUMBERS_OF_TOPICS, MOST_TERMS, MOST_TEXTS = (2, 3, 4, 5, 6, 8), 300, 4000
#: Words that name a topic, and words compared when the texts are drawn again.
N_NAMED, N_COMPARED = 3, 4
N_DRAWS, DRAWN_SHARE = 6, 0.8
#: A topic is kept when on average this share of its leading words comes back in four fifths of the texts.
STABLE = 0.5
#: Words of one topic must stand together more often than chance makes any two of all words do.
CHANCE = 0.05


@dataclass(frozen=True)
class Topic:
    """A topic by its words: texts that hold any of them, by stem, belong to it."""

    language: str
    words: tuple[str, ...]
    label: str = ""
    row: str = ""

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word, self.language) for word in self.words)


def suggest_topics(voices: pd.DataFrame, *, language: str, k: int = 5, seed=0, known: Sequence[Topic] = ()) -> pd.DataFrame:
    """Topics of what customers said in words that nobody has coded, language by language; none where none is stable.

    Stems weighed by TF-IDF are factorised (NMF); the number of topics is the one that gives most topics whose leading
    words come back when a fifth of the texts is left out, weighed by how well all come back (after Greene, O'Callaghan &
    Cunningham 2014). A topic stays only if its words come back, stand
    together more often than chance would have it (Fisher's test, Bonferroni over all pairs of words), and at least `k`
    customers wrote of it. Under twenty texts in a language nothing is suggested.

    Parameters
    ----------
    language : the client's, which texts are taken to be in unless their function words say otherwise.
    k : smallest group of customers. known : topics already on the person's list, which are not suggested again.

    Returns
    -------
    SUGGESTED_TOPICS: by language, largest first. A suggestion: nothing is counted under it.
    """
    texts = uncoded_texts(voices, language)
    found = [row for name in STEMMERS for row in _topics_in(texts[texts["language"] == name], name, k, seed, known)]
    return check(pd.DataFrame(found, columns=list(SUGGESTED_TOPICS.columns)), SUGGESTED_TOPICS)


def uncoded_texts(voices: pd.DataFrame, language: str) -> pd.DataFrame:
    """What customers said in words without a code, once a customer and wording: `voice_id`, `text`, `row`, `customer`, `language`, `may_quote`."""
    is_open = (voices["kind"] == "stated") & voices["text"].notna() & voices["code"].isna()
    said = voices[is_open.fillna(False).astype(bool)]
    frame = pd.DataFrame({
        "voice_id": said["voice_id"], "text": said["text"].astype(str), "row": said["row"], "customer": speakers(said),
        "may_quote": said["has_consent"].fillna(False).astype(bool),
    })  # fmt: skip
    frame = frame.drop_duplicates(["customer", "text"]).sort_values("voice_id", kind="stable").reset_index(drop=True)
    return frame.assign(language=[language_of(text, language) for text in frame["text"]])


def belongs_to(text: str, topics: Sequence[Topic], language: str) -> int | None:
    """The topic whose words the text holds most of, the earlier where two hold as many; None where it holds none."""
    stems = {stem for _, stem in stems_of(text, language)}
    held = [len(stems & topic.stems) if topic.language == language else 0 for topic in topics]
    return int(np.argmax(held)) if held and max(held) else None


# --- one language -------------------------------------------------------------------------------------------------------


def _topics_in(texts, language, k, seed, known):
    texts = texts.head(MOST_TEXTS)
    if len(texts) < FEWEST_TEXTS:
        return []
    pairs = [stems_of(text, language) for text in texts["text"]]
    taken = {stem for topic in known if topic.language == language for stem in topic.stems}
    stems = [[stem for _, stem in said] for said in pairs]
    weights, terms = weigh_terms(_most_common(stems, k), fewest=k, largest_share=0.8)
    if len(terms) < 2 * N_NAMED:
        return []
    chosen = [words for words in _stable_topics(weights, terms, seed) if not set(words) & taken]
    surface = _surface_forms(pairs)
    topics = [Topic(language, tuple(surface[term] for term in words)) for words in _standing_together(chosen, stems, terms)]
    return _described(texts, topics, language, k)


def _most_common(stems, k):
    """The texts with only the terms most customers use."""
    df = Counter(term for said in stems for term in set(said))
    kept = {term for term, n in sorted(df.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TERMS] if n >= k}
    return [[term for term in said if term in kept] for said in stems]


def _stable_topics(weights, terms, seed) -> list[list[str]]:
    """Leading words of the topics that come back, for the number of topics of which most come back."""
    rng = np.random.default_rng(seed)
    n = weights.shape[0]
    draws = [np.sort(rng.permutation(n)[: int(DRAWN_SHARE * n)]) for _ in range(N_DRAWS)]
    best, best_score = [], 0.0
    for n_topics in (number for number in NUMBERS_OF_TOPICS if number <= min(n // 10, len(terms) // N_NAMED)):
        leading = _leading(factorise(weights, n_topics)[1], N_COMPARED)
        stability = np.mean([_likeness(leading, _leading(factorise(weights[draw], n_topics)[1], N_COMPARED)) for draw in draws], axis=0)
        back_again = [words for words, share in zip(leading, stability, strict=True) if share >= STABLE and len(words) >= 2]
        if len(back_again) * stability.mean() > best_score:
            best_score, best = len(back_again) * float(stability.mean()), back_again
    return [[terms[place] for place in words] for words in best]


def _leading(h, n) -> list[list[int]]:
    """The words that lead each topic: heavy in it, and heavier there than in the other topics."""
    own = h / (h.sum(axis=0, keepdims=True) + 1e-12)
    return [[int(place) for place in np.argsort(-(row * share), kind="stable")[:n] if share[place] >= 0.5] for row, share in zip(h, own, strict=True)]


def _likeness(leading, others) -> np.ndarray:
    """For each topic, the share of words in common (Jaccard) with its nearest counterpart, each counterpart used once."""
    common = np.array([[len(set(a) & set(b)) / max(1, len(set(a) | set(b))) for b in others] for a in leading])
    mine, theirs = linear_sum_assignment(-common)
    return common[mine, theirs]


def _standing_together(chosen, stems, terms):
    """Of each topic the first word that has company, and the words, two at most, that stand beside it more often than by chance."""
    holds = [set(said) for said in stems]
    limit = CHANCE / max(1, len(terms) * (len(terms) - 1) / 2)
    for words in chosen:
        company = ([word, *(other for other in words if other != word and _chance(word, other, holds) < limit)] for word in words)
        kept = next((group for group in company if len(group) > 1), None)
        if kept:
            yield kept[:N_NAMED]


def _chance(one, other, holds) -> float:
    both = sum(one in said and other in said for said in holds)
    n_one, n_other = (sum(word in said for said in holds) for word in (one, other))
    return float(distributions.hypergeom.sf(both - 1, len(holds), n_one, n_other))


def _surface_forms(pairs) -> dict[str, str]:
    """Each stem's most common whole word; of equals the shortest, then by alphabet."""
    forms = Counter(pair for said in pairs for pair in said)
    order = sorted(forms.items(), key=lambda item: (item[0][1], -item[1], len(item[0][0]), item[0][0]))
    return {stem: word for (word, stem), _ in reversed(order)}


def _described(texts, topics, language, k):
    """Rows of the suggestion: how many customers wrote of each topic, and a typical text that may be quoted."""
    of = [belongs_to(text, topics, language) for text in texts["text"]]
    rows = []
    for number, topic in enumerate(topics):
        mine = texts[[place == number for place in of]]
        if mine["customer"].nunique() >= k:
            rows.append({"language": language, "words": ", ".join(topic.words), "row": mine["row"].mode().iloc[0], "n_texts": len(mine),
                         "n_customers": mine["customer"].nunique(), "example": _example(mine)})  # fmt: skip
    return sorted(rows, key=lambda row: (-row["n_customers"], row["words"]))


def _example(texts):
    quotable = texts[texts["may_quote"]]
    if quotable.empty:
        return None
    off = (quotable["text"].str.len() - quotable["text"].str.len().median()).abs()
    return quotable.assign(off=off).sort_values(["off", "voice_id"], kind="stable")["text"].iloc[0]
