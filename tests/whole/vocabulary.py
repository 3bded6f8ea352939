"""Which words belong to which language, learnt from the four-language catalogues themselves."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from journeylib import knowledge
from journeylib.collect.formats import format_names
from tests.whole.reports import ROOT, Report, words_in

LANGUAGES = ("sv", "da", "nb", "en")
#: Words that carry English grammar; none is a word of sv, da or nb.
ENGLISH = frozenset((
    "the", "and", "of", "with", "were", "was", "is", "are", "this", "that", "these", "those", "from", "which", "who", "whom", "whose", "not", "been", "being",
    "their", "they", "them", "what", "when", "where", "why", "how", "than", "there", "would", "could", "should", "your", "you", "yet", "each", "less", "into",
    "because", "while", "whether", "between", "during", "until", "only", "does", "did", "has", "had", "its", "customers", "customer", "journey", "stage",
    "went", "lost", "found", "unknown", "nobody", "within", "answered",
))  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-8", "utf-16", "cp1252", "latin-1")
#: Words of a client's data that are the client's own and not ours to translate.
ALLOWED = {"ecom_events_synthetic": {"checkout"}, "norrsken_it": {"ring"}}  # checkout_bug, an event name of the shop's own; "Ring varje ny kund", an action in the client's words


#: Knowledge files whose words no reader meets: they are looked for in what customers write.
NOT_READ = ("stopwords", "search_rules", "personal_words", "addresses")


@cache
def catalogue() -> dict[str, frozenset[str]]:
    """Language → every word of its texts in the knowledge files."""
    texts: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for file in sorted((ROOT / "journeylib" / "knowledge").rglob("*.yml")):
        if file.stem in NOT_READ:
            continue
        _gather(knowledge.load(file.relative_to(ROOT / "journeylib" / "knowledge").with_suffix("").as_posix()), texts)
    return {language: frozenset(word for text in found for word in words_in(re.sub(r"\{\w+\}", " ", text))) for language, found in texts.items()}


def _gather(node, texts):
    """All texts in four languages but `own_words`, by which clients' names are known and which no reader meets."""
    if isinstance(node, dict) and set(LANGUAGES) <= set(node):
        for language in LANGUAGES:
            forms = node[language].values() if isinstance(node[language], dict) else node[language] if isinstance(node[language], list) else [node[language]]
            texts[language] += [str(form) for form in forms]
    for child in (value for name, value in node.items() if name != "own_words") if isinstance(node, dict) else node if isinstance(node, list) else ():
        _gather(child, texts)


def foreign_words(language: str, other: str) -> frozenset[str]:
    """Words that only the other language's catalogue has: in a report of this language they are a mistake."""
    grammar = ENGLISH if other == "en" else frozenset()
    return (catalogue()[other] | grammar) - catalogue()[language]


def own_words(report: Report) -> frozenset[str]:
    """The client's own words: names, offer, personas, labels and KPIs of its parameters, and what stands in its registers, surveys and notes."""
    client = report.client
    said = [client.name, client.offer, client.scenario, *client.kpis.values(), *map(str, client.labels.values()), str(client.stage_model)]
    said += [str(value) for persona in client.personas for value in persona.model_dump().values()]
    said += [text for source in client.sources.values() for text in (source.delivered_by, source.department, *map(str, source.set.values()))]
    said += list(report.table("rates")["group"]) if (report.folder / "tables" / "rates.parquet").is_file() else []  # names of offers
    return frozenset(word for text in [*said, *_written(client)] if text for word in words_in(text))


#: Formats whose cells a person wrote: registers, surveys, interviews, sheets of the client's own.
WRITTEN = {"activities_register", "content_register", "needs_register", "typeform_survey", "google_forms_survey", "plain_voices", "answer_sheet",
           "plain_events", "trustpilot_reviews", "crm_pipeline"}  # fmt: skip


def _written(client):
    for source in client.sources.values():
        path = client.data_folder / source.file
        if source.format in WRITTEN and path.suffix == ".xlsx":
            frames = pd.read_excel(path, sheet_name=source.sheet or 0, dtype=str)
        elif source.format in WRITTEN and path.suffix == ".csv" and path.stat().st_size < 2_000_000:
            frames = pd.read_csv(path, dtype=str, sep=source.separator or ",", encoding=source.encoding or "utf-8-sig")
        else:
            continue
        yield from (str(value) for column in frames for value in frames[column].dropna().unique())


def without_ids(text: str, report: Report) -> str:
    """A text without ids of sources, files, columns and formats: they are the same in every language."""
    if report.slug not in _IDS:
        _IDS[report.slug] = _ids(report)
    alone, anywhere = _IDS[report.slug]
    parts = {part for part in re.split(r"[ ,]+", text) if part}
    return "" if parts <= alone else anywhere.sub(" ", text)


_IDS: dict[str, tuple[set[str], re.Pattern]] = {}


def _ids(report):
    """Names that make a whole cell of the data sheet, and those no sentence holds because of their `_` or `.`."""
    client, sheet = report.client, report.table("sources")
    columns = [name for names in sheet["not_understood"].dropna() for name in re.split(r"[ ,]+", names)]
    names = {*format_names(client), *client.sources, *sheet["file"], *(source.file for source in client.sources.values()), *columns, *ENCODINGS}
    marked = sorted((name for name in names if re.search(r"[_.]", name)), key=len, reverse=True)
    return names, re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in marked))


_OWN: dict[str, frozenset[str]] = {}


def foreign_in(texts: list[str], report: Report, other: str) -> dict[str, str]:
    """Word → a text it stands in, for every word of the other language alone."""
    if report.slug not in _OWN:
        _OWN[report.slug] = own_words(report)
    forbidden = foreign_words(report.language, other) - _OWN[report.slug] - ALLOWED.get(report.slug, set())
    found: dict[str, str] = {}
    for text in texts:
        for word in set(words_in(without_ids(text, report))) & forbidden:
            found.setdefault(word, text[:160])
    return found
