"""Free text as stems: which language a text is in, its words without the empty ones, and their stems."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np
import snowballstemmer
from scipy import sparse

from journeylib.knowledge import load

STEMMERS = {"sv": "swedish", "da": "danish", "nb": "norwegian", "en": "english"}
#: Words shorter than this carry no topic.
SHORTEST = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters; figures, marks and masked places are none.

    >>> words_of("Frakten var DYR, 99 kr!")
    ['frakten', 'var', 'dyr', 'kr']
    """
    return _WORD.findall(str(text).casefold().replace("’", "'"))


def language_of(text: str, expected: str) -> str:
    """The language a text is in, by its function words; the expected one unless another has at least two more of them.

    >>> language_of("The delivery was late and I did not get it", "sv")
    'en'
    """
    counts = Counter(language for word in words_of(text) for language in STEMMERS if word in stop_words(language))
    best = max(STEMMERS, key=lambda language: (counts[language], language == expected))
    return best if counts[best] >= counts[expected] + 2 else expected


def stems_of(text: str, language: str) -> list[tuple[str, str]]:
    """The words that carry a topic, each with its stem, in order.

    >>> stems_of("Fraktene er for dyre", "nb")
    [('fraktene', 'frakt'), ('dyre', 'dyr')]
    """
    empty = stop_words(language)
    kept = [word for word in words_of(text) if len(word) >= SHORTEST and word not in empty]
    return list(zip(kept, _stemmer(language).stemWords(kept), strict=True))


def stem(word: str, language: str) -> str:
    """One word's stem, as `stems_of` gives it."""
    return _stemmer(language).stemWord(word.casefold())


@cache
def stop_words(language: str) -> frozenset[str]:
    """The words of a language that carry no topic."""
    return frozenset(load("stopwords")[language].split())


@cache
def _stemmer(language: str):
    return snowballstemmer.stemmer(STEMMERS[language])


def weigh_terms(texts: Sequence[Sequence[str]], *, fewest: int = 1, largest_share: float = 1.0) -> tuple[sparse.csr_array, list[str]]:
    """TF-IDF of texts given as lists of terms, each row of length 1: tf × (ln((1 + n) / (1 + df)) + 1) (Salton & Buckley 1988).

    Parameters
    ----------
    fewest : texts a term must stand in. largest_share : … and the share of texts it may stand in at most.

    Returns
    -------
    Texts × terms, and the terms in alphabetical order.
    """
    n = len(texts)
    df = Counter(term for terms in texts for term in set(terms))
    kept = sorted(term for term, count in df.items() if fewest <= count <= max(fewest, largest_share * n))
    place = {term: number for number, term in enumerate(kept)}
    cells = [(row, place[term], count) for row, terms in enumerate(texts) for term, count in Counter(terms).items() if term in place]
    rows, columns, counts = (np.array(part) for part in zip(*cells, strict=True)) if cells else (np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    idf = np.log((1 + n) / (1 + np.array([df[term] for term in kept], dtype=float))) + 1
    weights = sparse.csr_array((counts * idf[columns], (rows, columns)), shape=(n, len(kept)))
    length = np.sqrt((weights**2).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1 / np.where(length > 0, length, 1)) @ weights), kept
