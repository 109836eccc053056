"""Which day a text names: year, month and day in the orders, calendars and numerals of the press."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tearsheet.dates import words
from tearsheet.dates.placing import FIRST_YEAR, LAST_YEAR, made


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day found in a text: the date, the text without it, how it was read. `refused` if it is impossible or ambiguous."""

    day: date | None = None
    rest: str = ""
    how: str = ""
    refused: bool = False


REFUSED = Day(refused=True)
_M = f"[{words.MONTH_MARKS}]"
_J = f"[{words.JALALI_MARKS}]"
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911, "民国": 1911}
_SHORT_ERAS = {"r": 2018, "h": 1988, "s": 1925}
_CHINESE_DIGITS = {char: str(number) for number, char in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○0", "0")

# Which of two numbers is the day is a matter of the country. Languages not named here are not guessed.
_LANGUAGES = (
    "de fr es pt it ca gl eu nl af sv da no is fi et lv pl cs sk hr sr sl mk bg ru uk be ro sq el tr az uz "
    "kk ka hy ar he ur "
    "hi mr bn ta te gu pa ml kn th vi id ms sw my km lo lb ga cy mt tg ky so ha yo ig zu xh gn qu ht co br"
)
_DAY_FIRST = frozenset(_LANGUAGES.split())
_MONTH_FIRST_REGIONS = frozenset({"US", "PH", "GU", "AS", "VI", "MH", "FM", "PW"})
_MIXED_REGIONS = frozenset({"CA", "PR", "PA", "KE", "GH"})
_REGIONS = "GB IE AU NZ IN PK BD LK NG ZA UG TZ ZM ZW SG MY HK MT JM TT BW NA CY IL AE EU 150 001"
_DAY_FIRST_ENGLISH = frozenset(_REGIONS.split())
_US_CITIES = "New_York Chicago Denver Los_Angeles Phoenix Detroit Anchorage Indiana/ Kentucky/ Boise"
_US_ZONES = (*(f"America/{city}" for city in _US_CITIES.split()), "Pacific/Honolulu", "Asia/Manila")
_BRITISH = (
    "Europe/ Australia/ Pacific/Auckland Asia/Kolkata Asia/Karachi Asia/Dhaka Asia/Colombo Africa/Lagos "
    "Africa/Johannesburg Asia/Singapore Asia/Kuala_Lumpur Asia/Hong_Kong"
)
_DAY_FIRST_ZONES = tuple(_BRITISH.split())

_YEAR_FIRST = re.compile(r"(?<![\d.,/-])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)\.?(?![-/]\d)")
_CJK = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|(?:中華|中华)?民[國国])?\s?(?P<year>\d{1,4}|"
    r"元)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号號일]?(?!\d)"
)
_SHORT_ERA = re.compile(r"(?<![a-z\d])([rhs])(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{1,2})(?!\d)")
_ROC = re.compile(r"(?<![\d.,/-])(1\d\d)([/.-])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.,/-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d]|[-/.]\d)")
_SUFFIX = r"(?:\s?(?:st|nd|rd|th|er|ere|eme|re|o|a|-?го|-?е|-[а-я]{1,2}|-?ші|-a|an)(?![^\W\d_]))?"
_LINK = r"(?:\s|[.,/'-]|\b(?:de|del|d|of|di|da|den|der|the|do|el|la|ngay|nam|ng|สูงสุด)\b|ב|من|वा)*"
_YEAR_MARK = r"(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|nam|lui|year|anno|m\.)?\s?"
_DMY = re.compile(rf"(?<![\d.,:/-])(\d{{1,2}}){_SUFFIX}{_LINK}({_M}){_LINK}{_YEAR_MARK}(\d{{4}}|'\d\d)(?!\d):?")
_DMY_SHORT = re.compile(rf"(?<![\d.,:/-])(\d{{1,2}})[\s-]*({_M})[\s.,-]*(\d{{2}})(?=\s|,|$)(?!\s?[.:h]\d)")
_MDY = re.compile(rf"({_M})[\s.,-]*(?:the\s+)?(\d{{1,2}}){_SUFFIX}[\s,.-]*(?:de|of|del|\s)*\s?(\d{{4}})(?!\d)")
_YMD = re.compile(
    rf"(?<![\d.,/-])(\d{{4}})(?:\s?(?:m|gada|ko|r|ж|жылгы|оны)\b)?[\s.,/-]*({_M})[\s.,/-]*(\d{{1,2}})(?![\d:])\.?{_SUFFIX}"
)
_ASCTIME = re.compile(rf"({_M})\s*(\d{{1,2}})\s+(\d{{1,2}}:\d\d(?::\d\d)?)\s+(\d{{4}})(?!\d)")
_JALALI = re.compile(rf"(?<!\d)(\d{{1,2}})\s*({_J})\s*(?:ماه)?[\s,]*(1[2-5]\d\d)(?!\d)")
# 平成21年(2009年)3月12日, 2009年(平成21年)3月12日
_TWO_YEARS = re.compile(r"((?:\d{1,4}|元)\s?年)\s?\((?:令和|平成|昭和|大正|明治)?\s?(?:\d{1,4}|元)\s?年\)")
_CHINESE_RUN = re.compile(r"[〇○零一二三四五六七八九十][〇○零0一二三四五六七八九十]*(?=\s?[年月日号號時时点點分秒])")


def find(text: str, *, language: str, zone: str) -> Day:
    """Return the day that folded `text` names. The first form that fits decides; two days in one text are refused later,
    since the second one's digits stay in `rest`."""
    text = _TWO_YEARS.sub(r"\1", _CHINESE_RUN.sub(lambda run: _chinese_number(run[0]), text))
    marked = words.mark_months(text, language)
    for reader in (_cjk, _named_month, _jalali):
        found = reader(marked, language)
        if found:
            return found
    return _numeric(marked, language=language, zone=zone)


def without_year(text: str, *, language: str) -> tuple[int, int, str] | None:
    """Return month, day and the rest of a text that names a day but no year, or None. Numbers alone only in East Asia."""
    marked = words.mark_months(_CHINESE_RUN.sub(lambda run: _chinese_number(run[0]), text), language)
    cjk = re.search(r"(?<!\d)(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]?(?!\d)", marked)
    if not cjk and words.primary(language) in ("zh", "ja", "ko"):
        cjk = re.search(r"(?<![\d:./-])(\d{1,2})[-/.](\d{1,2})\.?(?![\d:/-])", marked)
    if cjk:
        return int(cjk[1]), int(cjk[2]), _without(marked, cjk)
    named = re.search(rf"(?<![\d:.])(\d{{1,2}}){_SUFFIX}{_LINK}({_M})(?!\s*\d{{1,2}}(?![\d:.]))", marked)
    if named:
        return _month(named[2]), int(named[1]), _without(marked, named)
    named = re.search(rf"({_M})[\s.]*(\d{{1,2}}){_SUFFIX}(?![\d:.])", marked)
    return (_month(named[1]), int(named[2]), _without(marked, named)) if named else None


def ordinal(text: str) -> Day:
    """Return the day of an ISO week date (`2022-W02-1`) or ordinal date (`2022-010`)."""
    week = re.fullmatch(r"(\d{4})-?[Ww](\d\d)-?([1-7])", text)
    if week:
        try:
            return Day(day=date.fromisocalendar(int(week[1]), int(week[2]), int(week[3])), how="iso week")
        except ValueError:
            return REFUSED
    found = re.fullmatch(r"(\d{4})-(\d{3})", text)
    if not found:
        return Day()
    day = date(max(int(found[1]), 1), 1, 1) + timedelta(days=int(found[2]) - 1)
    fits = day.year == int(found[1]) and FIRST_YEAR <= day.year <= LAST_YEAR
    return Day(day=day, how="iso ordinal") if fits else REFUSED


def _day(year: int, month: int, day: int, *, rest: str, how: str) -> Day:
    found = made(year, month, day)
    return Day(day=found, rest=rest, how=how) if found else REFUSED


def _cjk(text: str, language: str) -> Day | None:
    found = _CJK.search(text)
    if not found:
        short = _SHORT_ERA.search(text) if words.primary(language) == "ja" else None
        if short:
            year = _SHORT_ERAS[short[1]] + int(short[2])
            return _day(year, int(short[3]), int(short[4]), rest=_without(text, short), how="era")
        return None
    year = 1 if found["year"] == "元" else int(found["year"])
    if found["era"]:
        year += _ERAS[found["era"].removeprefix("中華").removeprefix("中华")]
    elif len(found["year"]) == 3 and _is_taiwan(language):
        year += _ERAS["民國"]
    elif found["year"] == "元" or len(found["year"]) != 4:
        return REFUSED
    how = "era" if year != int(found["year"].replace("元", "1")) else "year month day"
    return _day(year, int(found["month"]), int(found["day"]), rest=_without(text, found), how=how)


def _named_month(text: str, language: str) -> Day | None:
    asctime = _ASCTIME.search(text)
    if asctime:
        rest = f"{text[: asctime.start()]} {asctime[3]} {text[asctime.end() :]}"
        return _day(int(asctime[4]), _month(asctime[1]), int(asctime[2]), rest=rest, how="month name")
    for pattern, (year, month, day) in (
        (_DMY, (3, 2, 1)),
        (_MDY, (3, 1, 2)),
        (_YMD, (1, 2, 3)),
        (_DMY_SHORT, (3, 2, 1)),
    ):
        found = pattern.search(text)
        if found:
            number = _full_year(found[year].lstrip("'"), language, text)
            return _day(number, _month(found[month]), int(found[day]), rest=_without(text, found), how="month name")
    return None


def _jalali(text: str, language: str) -> Day | None:
    found = _JALALI.search(text)
    if found:
        day = _from_jalali(int(found[3]), words.JALALI_MARKS.index(found[2]) + 1, int(found[1]))
        return Day(day=day, rest=_without(text, found), how="Persian calendar") if day else REFUSED
    numeric = _YEAR_FIRST.search(text)
    if numeric and words.primary(language) == "fa" and 1200 <= int(numeric[1]) <= 1500:
        day = _from_jalali(int(numeric[1]), int(numeric[3]), int(numeric[4]))
        return Day(day=day, rest=_without(text, numeric), how="Persian calendar") if day else REFUSED
    return None


def _numeric(text: str, *, language: str, zone: str) -> Day:
    found = _YEAR_FIRST.search(text)
    if found:
        year = _full_year(found[1], language, text)
        return _day(year, int(found[3]), int(found[4]), rest=_without(text, found), how="year month day")
    found = _ROC.search(text) if _is_taiwan(language) else None
    if found:
        return _day(int(found[1]) + 1911, int(found[3]), int(found[4]), rest=_without(text, found), how="era")
    found = _YEAR_LAST.search(text)
    if not found:
        return Day(rest=text)
    first, second = int(found[1]), int(found[3])
    order = _order(language, zone)
    if len(found[4]) == 2 and not order:
        return REFUSED
    year = _full_year(found[4], language, text)
    rest = _without(text, found)
    if first == second or second > 12:
        return _day(year, first, second, rest=rest, how="month day year")
    if first > 12 or order == "day first":
        return _day(year, second, first, rest=rest, how="day month year")
    return _day(year, first, second, rest=rest, how="month day year") if order else REFUSED


def _is_taiwan(language: str) -> bool:
    return language.lower().startswith(("zh-tw", "zh-hant"))


def _order(language: str, zone: str) -> str:
    """Return "day first", "month first", or "" where it cannot be known."""
    tags = re.split(r"[-_]", language)
    region = next((tag.upper() for tag in tags[1:] if len(tag) == 2 or tag.isdigit()), "")
    primary = words.primary(language)
    if region in _MIXED_REGIONS and not (primary == "fr" and region == "CA"):
        return ""
    if region in _MONTH_FIRST_REGIONS and primary in ("en", "tl"):
        return "month first"
    if primary in _DAY_FIRST:
        return "" if region in _MONTH_FIRST_REGIONS else "day first"
    if primary != "en":
        return ""
    if region in _DAY_FIRST_ENGLISH or (not region and zone.startswith(_DAY_FIRST_ZONES)):
        return "day first"
    return "month first" if not region and zone.startswith(_US_ZONES) else ""


def _full_year(digits: str, language: str, text: str) -> int:
    """Return the year of our calendar; 0 (which no day has) where the language's own calendar leaves it open."""
    year = int(digits)
    primary = words.primary(language)
    if len(digits) == 2:
        return year + (1957 if primary == "th" and year >= 43 else 2000 if year < 70 else 1900)
    if 2400 <= year <= 2650 and (primary in ("th", "lo", "km") or re.search(r"[\u0e00-\u0e7f]", text)):
        return year - 543
    # Nepal's year 2079 is 2022, Ethiopia's 2014 is 2021 or 2022.
    open_calendar = (primary == "ne" and year > 2050) or primary in ("am", "ti")
    return 0 if open_calendar else year


def _month(mark: str) -> int:
    return words.MONTH_MARKS.index(mark) + 1


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _chinese_number(run: str) -> str:
    """Return 2022 for 二〇二二, 12 for 十二, 20 for 二十, 31 for 三十一."""
    if "十" not in run:
        return "".join(_CHINESE_DIGITS[char] for char in run)
    tens, _, ones = run.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return run
    return str(int(_CHINESE_DIGITS[tens] if tens else "1") * 10 + int(_CHINESE_DIGITS[ones] if ones else "0"))


def _from_jalali(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a day of the Iranian calendar.

    Eight of 33 years are leap years, as Borkowski has found for the official calendar from 1210 to 1634; the arithmetic
    of 2820 years, which many use, is a day off in 1404.
    """
    longest = 31 if month <= 6 else 30
    if not (1210 <= year <= 1498 and 1 <= month <= 12 and 1 <= day <= longest):
        return None
    start = _nowruz(year)
    found = start + timedelta(days=(month - 1) * 31 - max(month - 7, 0) + day - 1)
    return found if found < _nowruz(year + 1) else None


def _nowruz(year: int) -> date:
    return date(2024, 3, 20) + timedelta(days=(year - 1403) * 365 + _leap_years_before(year) - _leap_years_before(1403))


def _leap_years_before(year: int) -> int:
    return year // 33 * 8 + sum(place < year % 33 for place in (1, 5, 9, 13, 17, 22, 26, 30))
