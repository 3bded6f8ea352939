"""Numbers into words, in the client's language; every sentence of a report comes from here and the message catalogues.

Formats are the locale's own (Babel), with a true minus and no-break spaces. A sentence is a whole template in
`knowledge/messages/<area>.yml`; nothing is glued from fragments.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import babel
import babel.dates
import babel.lists
import babel.numbers
import pandas as pd

from journeylib.errors import JourneyError, nearest

MESSAGES = Path(__file__).parent / "knowledge" / "messages"
NBSP = "\N{NO-BREAK SPACE}"
_LOCALES = {"sv": "sv_SE", "da": "da_DK", "nb": "nb_NO", "en": "en_GB"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DAYS = {"sv": ("dag", "dagar"), "da": ("dag", "dage"), "nb": ("dag", "dager"), "en": ("day", "days")}
_COUNTRIES = {"SEK": "sv", "DKK": "da", "NOK": "nb"}


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict]:
    """All messages: `area.path` → {language: template or {one, other}}."""
    from journeylib import knowledge

    found: dict[str, dict] = {}
    for file in sorted(MESSAGES.glob("*.yml")):
        _flatten(knowledge.load(f"messages/{file.stem}"), file.stem, found)
    return found


def _flatten(node, path, found):
    if not isinstance(node, dict):
        raise JourneyError(f"messages {path}: got {type(node).__name__}, expected {{sv, da, nb, en}}.")
    if set(node) & set(_LOCALES):
        found[path] = node
        return
    for key, child in node.items():
        _flatten(child, f"{path}.{key}", found)


def message_keys() -> dict[str, dict]:
    """Every message key with its four texts, for tests and translators."""
    return dict(_catalogue())


@dataclass(frozen=True)
class Words:
    """A language, a currency and a time zone: all that turns numbers into words.

    Raises
    ------
    JourneyError
        An unknown key, a missing or surplus placeholder, or a float that was not formatted first.
    """

    language: str
    currency: str = "SEK"
    timezone: str = "Europe/Stockholm"

    @property
    def locale(self) -> babel.Locale:
        return babel.Locale.parse(_LOCALES[self.language])

    # --- sentences ---

    def say(self, key: str, **values) -> str:
        """The sentence `key` with its values; ints are counts, `n` also chooses the plural form."""
        texts = _catalogue().get(key)
        if texts is None:
            raise JourneyError(f"No message {key!r}{nearest(key, _catalogue())}")
        template = texts.get(self.language)
        if template is None:
            raise JourneyError(f"Message {key!r} has no text in {self.language!r}; found {', '.join(texts)}.")
        if isinstance(template, dict):
            form = self.locale.plural_form(values["n"]) if isinstance(values.get("n"), int) else "other"
            template = template.get(form) or template["other"]
        return _PLACEHOLDER.sub(lambda match: self._value(key, match[1], values), str(template))

    def has(self, key: str) -> bool:
        """Whether the catalogue knows the key."""
        return key in _catalogue()

    def _value(self, key, name, values):
        if name not in values:
            raise JourneyError(f"Message {key!r} needs {{{name}}}; got {', '.join(sorted(values)) or 'nothing'}.")
        value = values[name]
        if isinstance(value, (bool, float)):
            raise JourneyError(f"Message {key!r}: {{{name}}} is {value!r}; format it first (percent, number, days …).")
        return self.count(value) if isinstance(value, int) else str(value)

    def label(self, texts) -> str:
        """The text in this language of a `{sv, da, nb, en}` record, or the text itself."""
        return texts if isinstance(texts, str) else texts[self.language]

    def list(self, items) -> str:
        """'a, b och c'."""
        return babel.lists.format_list([str(item) for item in items], locale=self.locale) if len(items) else ""

    # --- numbers ---

    def _tidy(self, text: str) -> str:
        return text.replace("-", "−").replace(" ", NBSP).replace("\N{NARROW NO-BREAK SPACE}", NBSP)

    def number(self, value: float, digits: int = 0) -> str:
        """'4,3' in Swedish; a missing value is '–'."""
        if value is None or (isinstance(value, float) and math.isnan(value)) or pd.isna(value):
            return "–"
        rounded = _half_up(float(value), digits)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self._tidy(babel.numbers.format_decimal(rounded, format=pattern, locale=self.locale))

    def count(self, value) -> str:
        """'1 234'; a missing value is '–'."""
        return self.number(value, 0)

    def score(self, value: float, digits: int = 1) -> str:
        """'+0,5' or '−1,2'; zero has no sign."""
        text = self.number(value, digits)
        return f"+{text}" if value > 0 and text.strip("0,.") else text.replace("−", "") if not text.strip("−0,.") else text

    def percent(self, share: float, digits: int = 0) -> str:
        """'39 %'; a share that is not nought never prints as 0 %, one that is not all never as 100 %."""
        if share is None or pd.isna(share):
            return "–"
        step = 10**-digits
        if 0 < share * 100 < step / 2:
            return f"<{NBSP}{self._percent(step, digits)}" if self.language != "en" else f"<{self._percent(step, digits)}"
        if 100 - step / 2 < share * 100 < 100:
            return f">{NBSP}{self._percent(100 - step, digits)}" if self.language != "en" else f">{self._percent(100 - step, digits)}"
        return self._percent(share * 100, digits)

    def _percent(self, hundredths, digits):
        return self.number(hundredths, digits) + ("%" if self.language == "en" else f"{NBSP}%")

    def rate(self, share: float, lo: float, hi: float, digits: int = 0) -> str:
        """'39 % (34–45)': a rate never travels without its interval."""
        if pd.isna(share):
            return "–"
        if round(lo, 6) == round(hi, 6):
            return self.percent(share, digits)
        if digits == 0 and self.number(lo * 100) == self.number(hi * 100):  # '2 % (2–2)' says nothing
            digits = 1
        return f"{self.percent(share, digits)} ({self.span(lo * 100, hi * 100, digits)})"

    def span(self, lo: float, hi: float, digits: int = 0) -> str:
        """'34–45'; with a negative end 'från −5 till 12'."""
        low, high = (text.replace("−", "") if not text.strip("−0,.") else text for text in (self.number(lo, digits), self.number(hi, digits)))
        if "−" in low + high:
            low_word, high_word = {"sv": ("från", "till"), "da": ("fra", "til"), "nb": ("fra", "til"), "en": ("from", "to")}[self.language]
            return f"{low_word} {low} {high_word} {high}"
        return f"{low}–{high}"

    def money(self, value: float) -> str:
        """'12 345 kr', to about three figures; other currencies by the locale."""
        if value is None or pd.isna(value):
            return "–"
        rounded = _three_figures(float(value))
        return self.exact_money(rounded, 0)

    def exact_money(self, value: float, digits: int = 2) -> str:
        """Money to the given decimals, not rounded to figures one can talk about."""
        if self.currency in _COUNTRIES and _COUNTRIES[self.currency] == self.language:
            return f"{self.number(value, digits)}{NBSP}{'kr.' if self.language == 'da' else 'kr'}"
        pattern = "¤#,##0" if self.language == "en" else "#,##0 ¤¤"
        text = babel.numbers.format_currency(
            _half_up(value, digits), self.currency, format=_with_digits(pattern, digits), locale=self.locale, currency_digits=False
        )
        return self._tidy(text)

    def money_range(self, lo: float, hi: float) -> str:
        """'12 000–18 000 kr'; two equal ends are one amount."""
        low, high = _three_figures(float(lo)), _three_figures(float(hi))
        if low == high:
            return self.money(high)
        unit = self.exact_money(high, 0)
        number = self.number(high, 0)
        return unit.replace(number, self.span(low, high, 0))

    def days(self, value: float) -> str:
        """'12 dagar'; under two days one decimal."""
        if value is None or pd.isna(value):
            return "–"
        text = self.number(value, 1 if 0 < value < 2 and _half_up(value, 1) != 1 else 0)
        one, many = _DAYS[self.language]
        return f"{text}{NBSP}{one if text == '1' else many}"

    def days_range(self, lo: float, hi: float) -> str:
        """'5–20 dagar'; a missing upper end is open: '5 dagar –'."""
        if pd.isna(hi):
            return f"{self.days(lo)} –"
        digits = 1 if hi < 2 else 0
        return f"{self.span(lo, hi, digits)}{NBSP}{_DAYS[self.language][1]}"

    # --- dates ---

    def _local(self, moment):
        if isinstance(moment, pd.Timestamp) and moment.tzinfo is not None:
            return moment.tz_convert(ZoneInfo(self.timezone)).date()
        return pd.Timestamp(moment).date() if not isinstance(moment, dt.date) else moment

    def date(self, moment) -> str:
        """'14 januari 2026', on the client's own calendar."""
        if moment is None or pd.isna(moment):
            return "–"
        return babel.dates.format_date(self._local(moment), format="long", locale=self.locale).replace(" ", NBSP)

    def short_date(self, moment) -> str:
        """'2026-01-14' in Swedish, '14.01.2026' in Danish and Norwegian, '14 Jan 2026' in English."""
        if moment is None or pd.isna(moment):
            return "–"
        pattern = {"sv": "yyyy-MM-dd", "da": "dd.MM.yyyy", "nb": "dd.MM.yyyy", "en": "d MMM yyyy"}[self.language]
        return babel.dates.format_date(self._local(moment), format=pattern, locale=self.locale).replace(" ", NBSP)

    def month(self, moment) -> str:
        """'januari 2026'."""
        return babel.dates.format_date(self._local(moment), format="LLLL yyyy", locale=self.locale).replace(" ", NBSP)

    def short_month(self, moment) -> str:
        """'okt. 2025', for an axis."""
        return babel.dates.format_date(self._local(moment), format="MMM yyyy", locale=self.locale).replace(" ", NBSP)


def _with_digits(pattern: str, digits: int) -> str:
    return pattern.replace("#,##0", "#,##0" + ("." + "0" * digits if digits else ""))


def _half_up(value: float, digits: int) -> float:
    """Round half away from nought: 0.5 → 1, as people do."""
    factor = 10**digits
    return math.copysign(math.floor(abs(value) * factor + 0.5 + 1e-9), value) / factor


def _three_figures(value: float) -> float:
    if value == 0 or not math.isfinite(value):
        return value
    digits = 2 - math.floor(math.log10(abs(value)))
    return _half_up(value, min(digits, 0)) if digits >= 0 else round(value / 10**-digits) * 10.0**-digits
