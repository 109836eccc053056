"""The site's own words, one table per language in `languages/`: a translation is one TOML file, plus its plural rule here."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from tearsheet.config import LANGUAGES

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ku", "nqo", "pnb", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_EASTERN_DIGITS = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language, and its ways to write numbers, dates and spans of time, in one time zone."""

    language: str
    zone: tzinfo
    zone_name: str
    table: dict[str, Any]  # Any: texts, and tables of plural forms and names

    @property
    def direction(self) -> str:
        """Return `ltr` or `rtl`."""
        return direction_of(self.language)

    def __call__(self, key: str, *values: object) -> str:
        """Return the text `key` with `values` in place of `{0}`, `{1}`, ...; numbers are written as in this language."""
        text: str = self.table[key]
        return text.format(*(self.number(value) if isinstance(value, int) else value for value in values))

    def count(self, key: str, number: int, *values: object) -> str:
        """Return the text `key` in the plural form for `number`, which stands in place of `{0}`."""
        forms: dict[str, str] = self.table[key]
        text = forms.get(_plural(self.language, number), forms["other"])
        return text.format(self.number(number), *values)

    def has(self, key: str) -> bool:
        """Return whether there is a text `key`."""
        return key in self.table

    def number(self, value: float) -> str:
        """Return `value` with its thousands apart."""
        return self.digits(f"{value:,}")

    def bare(self, value: int) -> str:
        """Return `value` without thousands apart: a year, a page number."""
        return self.digits(str(value))

    def digits(self, text: str) -> str:
        """Return `text` in the digits of the language."""
        return text.translate(_EASTERN_DIGITS) if self.language == "ar" else text

    def percent(self, part: int, whole: int) -> str:
        """Return `part` of `whole` in per cent: one decimal below ten, none above."""
        share = 100 * part / whole if whole else 0.0
        text = f"{share:.0f}" if share >= 10 or share == 0 else f"{share:.1f}"
        return f"{text.translate(_EASTERN_DIGITS)}٪" if self.language == "ar" else f"{text}%"

    def ordinal(self, number: int) -> str:
        """Return the name of wording `number`: "third wording"."""
        names: list[str] = self.table["wordings"]
        return names[number - 1] if number <= len(names) else self("wording_n", number)

    def month(self, on: date, *, year: bool = True) -> str:
        """Return the name of the month of `on`, with its year unless told otherwise."""
        name: str = self.table["months"][on.month - 1]
        return self.table["month_year"].format(month=name, year=self.bare(on.year)) if year else name

    def short_month(self, on: date) -> str:
        """Return the short name of the month of `on`."""
        name: str = self.table["short_months"][on.month - 1]
        return name

    def day(self, on: date, form: str = "day") -> str:
        """Return the day `on` in one of the forms `day`, `day_short`, `day_long` (with weekday) and `day_heading`."""
        text: str = self.table[form]
        return text.format(
            weekday=self.table["weekdays"][on.weekday()],
            day=self.bare(on.day),
            month=self.table["months"][on.month - 1],
            short=self.table["short_months"][on.month - 1],
            year=self.bare(on.year),
        )

    def local(self, at: datetime) -> datetime:
        """Return the instant `at` on the site's clock."""
        return at.astimezone(self.zone)

    def clock(self, at: datetime) -> str:
        """Return hours and minutes of `at` on the site's clock."""
        return self.digits(f"{self.local(at):%H:%M}")

    def near(self, at: datetime, today: date) -> str:
        """Return the form in which `at` is given to who reads it `today`: without a year in the same year."""
        return "day_short" if self.local(at).year == today.year else "day"

    def stamp(self, at: datetime, form: str = "day") -> str:
        """Return day and minute of `at` on the site's clock."""
        return str(self.table["stamp"]).format(day=self.day(self.local(at).date(), form), clock=self.clock(at))

    def zone_of(self, at: datetime) -> str:
        """Return the site's distance from UTC at `at`: `UTC`, `UTC+8`, `UTC+5:30`."""
        offset = self.local(at).utcoffset()
        minutes = int(offset.total_seconds() // 60) if offset else 0
        if not minutes:
            return "UTC"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")

    def span(self, seconds: float) -> str:
        """Return a span of time in its two largest units: days and hours, hours and minutes, or minutes."""
        whole = max(0, int(seconds))
        if whole >= 10 * _DAY_S:
            return self.count("days", whole // _DAY_S)
        if whole >= _DAY_S:
            return self._joined(("days", whole // _DAY_S), ("hours", whole % _DAY_S // _HOUR_S))
        if whole >= _HOUR_S:
            return self._joined(("hours", whole // _HOUR_S), ("minutes", whole % _HOUR_S // _MINUTE_S))
        return self.count("minutes", whole // _MINUTE_S) if whole >= _MINUTE_S else self("under_a_minute")

    def _joined(self, large: tuple[str, int], small: tuple[str, int]) -> str:
        first = self.count(*large)
        return str(self.table["span"]).format(first, self.count(*small)) if small[1] else first


@cache
def words(language: str, timezone: str = "UTC") -> Words:
    """Return the words of `language` (English if there are none), with times in `timezone`."""
    name = language.split("-")[0].lower()
    known = name if name in LANGUAGES else "en"
    table = tomllib.loads((files("tearsheet.publish") / "languages" / f"{known}.toml").read_text(encoding="utf-8"))
    return Words(language=known, zone=ZoneInfo(timezone), zone_name=timezone, table=table)


def direction_of(language: str) -> str:
    """Return `rtl` for a language that is written right to left, else `ltr`."""
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def _plural(language: str, number: int) -> str:
    """Return the plural category of a whole number. Source: Unicode CLDR, plural rules."""
    if language == "zh":
        return "other"
    if language == "ar":
        return _arabic_plural(number)
    return "one" if number == 1 else "other"


def _arabic_plural(number: int) -> str:
    if number in (0, 1, 2):
        return ("zero", "one", "two")[number]
    if 3 <= number % 100 <= 10:
        return "few"
    return "many" if number % 100 >= 11 else "other"
