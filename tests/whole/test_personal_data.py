"""No name, address or number of a client's customers is in anything delivered, and a client's text is text and never markup."""

from __future__ import annotations

import re
import textwrap

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from journeylib.errors import JourneyError
from journeylib.parameters import load_client
from journeylib.simulate.people import LAST
from tests.whole.in_process import answer, deliver
from tests.whole.reports import DEMOS, truth_of

pytestmark = pytest.mark.report
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.])\+?\d[\d ()-]{7,}\d")
NAME_COLUMNS = ("First Name", "FIRSTNAME"), ("Last Name", "LASTNAME")


def raw_texts(client):
    """The text of every raw file, sheets row by row."""
    for path in sorted(client.data_folder.iterdir()):
        if path.suffix == ".xlsx":
            sheets = pd.read_excel(path, sheet_name=None, dtype=str)
            yield "\n".join(frame.to_csv(index=False) for frame in sheets.values())
        elif path.suffix == ".csv":
            content = path.read_bytes()
            yield content.decode("utf-8-sig", errors="ignore") if content[:3] == b"\xef\xbb\xbf" else content.decode("cp1252", errors="ignore")
            yield content.decode("utf-8", errors="ignore")


@pytest.fixture(scope="module")
def planted():
    """Slug → e-mail addresses, phone digits and full names found in the raw files and told by the simulator."""

    def find(client):
        told = truth_of(client.slug).personal
        text = "\n".join(raw_texts(client))
        emails = {found.casefold() for found in (*EMAIL.findall(text), *(one for one in told if "@" in one))}
        phones = {digits(one) for one in told if re.fullmatch(r"[+\d ()-]{8,}", one)}
        names = {one.casefold() for one in told if "@" not in one and " " in one and not any(letter.isdigit() for letter in one)}
        return emails, phones, names | {f"{first} {last}" for first, last in _named(client)}

    return find


def _named(client):
    for path in sorted(client.data_folder.glob("*.csv")):
        text = path.read_bytes().decode("utf-8-sig", errors="ignore")
        separator = ";" if text.partition("\n")[0].count(";") > 2 else ","
        if not re.search("First Name|FIRSTNAME", text.partition("\n")[0]):
            continue
        frame = pd.read_csv(path, sep=separator, dtype=str)
        first, last = (next(column for column in columns if column in frame) for columns in NAME_COLUMNS)
        yield from zip(frame[first].str.casefold(), frame[last].str.casefold(), strict=True)


def digits(text):
    return re.sub(r"\D", "", text)


def delivered_texts(report):
    """Everything delivered as text, every table's parquet included."""
    for name, content in report.files.items():
        if name.endswith(".png"):
            continue  # a picture of the map, whose words stand in the drawing beside it
        yield name, report.table(name[7:-8]).astype("string").fillna("").to_csv(index=False) if name.endswith(".parquet") else content.decode("utf-8")


@pytest.mark.parametrize("slug", DEMOS)
def test_nothing_personal_is_delivered(report, planted, slug):
    one = report(slug)
    emails, phones, names = planted(one.client)
    assert slug == "harbour_bikes" or (len(emails) > 50 and len(names) > 20)
    for name, text in delivered_texts(one):
        folded = text.casefold()
        words = re.findall(r"[^\W\d_]+", folded)
        assert set(EMAIL.findall(folded)) & emails == set(), name
        assert not [found for found in EMAIL.findall(folded) if found.endswith(".example")], name
        assert {digits(found) for found in PHONE.findall(text)} & phones == set(), name
        assert {f"{a} {b}" for a, b in zip(words, words[1:], strict=False)} & names == set(), name
        invented = {last.casefold() for language in ("sv", "da", "nb") for last in LAST[language].split()}
        assert set(words) & invented == set(), name


@pytest.mark.parametrize("slug", DEMOS)
def test_a_customers_own_id_is_not_delivered(report, slug):
    one = report(slug)
    ids = {found for path in one.client.data_folder.glob("*ga4*.csv") for found in re.findall(r"\b\d{10}\.\d{10}\b", path.read_text(encoding="utf-8"))}
    everything = "\n".join(text for _, text in delivered_texts(one))
    assert set(re.findall(r"\b\d{10}\.\d{10}\b", everything)) & ids == set()


# --- a client that tries everything ---------------------------------------------------------------------------------

MARKUP = """<script>alert(1)</script><img src=x onerror="alert(2)"> & "citat" 'q' {{ 7*7 }} {n} {% x %} ]]> --> </style></svg>"""
PERSONAL = "anna.ek@firma.se, 070-123 45 67, 811218-9876"
HIDDEN = ("anna.ek@firma.se", "070-123 45 67", "811218-9876")


def poisoned(folder, *, name="Anna", persona="Chefen", title="Guide", said="Svårt", touchpoint="Möte", source="loggen"):
    """A client of one log, one sheet of answers and one register, with what one likes in its words."""
    quoted = {key: "'" + value.replace("'", "''") + "'" for key, value in {"name": name, "persona": persona, "source": source}.items()}
    (folder / "data").mkdir(parents=True)
    people = [f"kund{number}" for number in range(30)]
    log = [{"kund": one, "datum": f"2025-0{1 + step}-{1 + number % 28:02d}", "händelse": what, "roll": "chef"} for number, one in enumerate(people)
           for step, what in enumerate((touchpoint, "Offert", "Köp")) if step <= number % 3]  # fmt: skip
    pd.DataFrame(log).to_csv(folder / "data" / "log.csv", index=False)
    answers = [{"kund": one, "fas": "consideration", "rad": row, "kod": said, "text": said, "betyg": 1 + number % 5, "mått": "csat" if row == "känsla" else "", "samtycke": "ja"}
               for number, one in enumerate(people) for row in ("känsla", "problem")]  # fmt: skip
    pd.DataFrame(answers).to_csv(folder / "data" / "answers.csv", index=False)
    content = [{"titel": title, "fas": stage, "målgrupp": "", "typ": "guide", "cta": title} for stage in ("awareness", "consideration", "decision") for _ in range(2)]
    pd.DataFrame(content).to_csv(folder / "data" / "content.csv", index=False)
    (folder / "anna.yml").write_text(textwrap.dedent(f"""\
        name: {quoted["name"]}
        language: sv
        market: b2c
        goal: more_conversions
        as_of: 2025-12-31
        data_folder: data
        personas: [{{id: chef, name: {quoted["persona"]}, role: Chef, when: {{role: chef}}}}]
        sources:
          {quoted["source"]}: {{file: log.csv, format: plain_events}}
          svar: {{file: answers.csv, format: plain_voices}}
          innehall: {{file: content.csv, format: content_register}}
        rules:
          - {{touchpoint: Offert, atom: a3_evaluate}}
          - {{touchpoint: Köp, atom: a4_decide, outcome: won}}
          - {{source: "*", atom: a2_brand}}
        """), encoding="utf-8")  # fmt: skip
    return load_client(folder / "anna.yml")


def delivery(client, folder):
    deliver(answer(client, folder / "work"), folder / "out")
    return {path.relative_to(folder / "out").as_posix(): path for path in (folder / "out").rglob("*") if path.is_file()}


def test_markup_in_every_word_of_a_client_is_text(tmp_path):
    client = poisoned(tmp_path, **dict.fromkeys(("name", "persona", "title", "said", "touchpoint", "source"), MARKUP))
    files = delivery(client, tmp_path)
    for name in ("report.html", "journey-map.svg"):
        page = BeautifulSoup(files[name].read_text(encoding="utf-8"), "html.parser")
        assert page.find_all(["script", "img", "iframe"]) == []
        assert [element.name for element in page.find_all(True) if any(key.startswith("on") for key in element.attrs)] == []
        assert "alert(1)" in page.get_text()
        assert "{{ 7*7 }}" in page.get_text()
    report = BeautifulSoup(files["report.html"].read_text(encoding="utf-8"), "html.parser")
    assert MARKUP in report.h1.get_text()
    assert "49" not in re.findall(r"citat.{0,20}", report.h1.get_text())[0]


def test_personal_data_in_answers_are_masked(tmp_path):
    files = delivery(poisoned(tmp_path, said=f"Ring {PERSONAL} snart"), tmp_path)
    everything = "\n".join(path.read_text(encoding="utf-8") for path in files.values() if path.suffix not in (".parquet", ".png"))
    everything += "\n".join(pd.read_parquet(path).to_csv() for path in files.values() if path.suffix == ".parquet")
    assert [hidden for hidden in HIDDEN if hidden in everything] == []
    assert "•••" in everything


@pytest.mark.parametrize("where", ["name", "persona", "title", "touchpoint", "source"])
def test_personal_data_anywhere_else_are_masked_or_refused_with_a_reason_that_does_not_repeat_them(tmp_path, where):
    said = delivered_or_refused(tmp_path, **{where: f"Fråga {PERSONAL}"})
    assert said
    assert [hidden for hidden in HIDDEN if hidden in said] == []


def delivered_or_refused(folder, **words):
    """All that is delivered, or the reason why nothing is."""
    try:
        files = delivery(poisoned(folder, **words), folder)
    except JourneyError as refused:
        reason = str(refused)
        return reason if "personal data" in reason else f"{HIDDEN}: refused without a clear reason"
    return "\n".join(path.read_text(encoding="utf-8") for path in files.values() if path.suffix not in (".parquet", ".png"))
