"""Dates, weekdays and small chances as the five papers print them: the `{...}` tokens of a manuscript."""

import hashlib
import random
import re
from datetime import datetime, timedelta

WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ja": ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "ru": ("в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
MONTHS = {language: tuple(names.split()) for language, names in _MONTHS.items()}

_TOKEN = re.compile(r"\{(day|date|n|pick)([+-]\d+)?(?: ([^{}]*))?\}")


def chance(*seed: object) -> random.Random:
    """Return a random generator that gives the same numbers for the same `seed` on every machine."""
    return random.Random(hashlib.sha256("\x1f".join(map(str, seed)).encode()).digest())


def eastern(text: str) -> str:
    """Return `text` with its digits in Eastern Arabic form."""
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def day_and_month(at: datetime, language: str) -> str:
    """Return the day of `at` as a paper of `language` writes it inside a sentence."""
    if language == "zh":
        return f"{at.month}月{at.day}日"
    if language == "ja":
        return f"{at.day}日"
    text = f"{at.day} {MONTHS[language][at.month - 1]}"
    return eastern(text) if language == "ar" else text


def filled(text: str, at: datetime, language: str, *, seed: str) -> str:
    """Return `text` with its tokens replaced.

    `{day-1}` and `{date+2}` count days from `at` (local time); `{n 30 70}` is a whole number, `{n 2.1 3.4}` one with a decimal,
    `{pick a|b}` one of the words. Equal `seed` and token give equal results, so a number named twice stays the same.
    """

    def fill(match: re.Match[str]) -> str:
        kind, shift, rest = match[1], int(match[2] or 0), match[3] or ""
        if kind == "day":
            return WEEKDAYS[language][(at + timedelta(days=shift)).weekday()]
        if kind == "date":
            return day_and_month(at + timedelta(days=shift), language)
        return _number(rest, seed, language) if kind == "n" else chance(seed, rest).choice(rest.split("|"))

    return _TOKEN.sub(fill, text)


def _number(bounds: str, seed: str, language: str) -> str:
    """Return a number between the two `bounds`, with as many decimals as the first of them, in the paper's own digits."""
    low, high = bounds.split()[:2]
    decimals = len(low.partition(".")[2])
    text = f"{chance(seed, bounds).uniform(float(low), float(high)):.{decimals}f}"
    if language == "ar":
        return eastern(text.replace(".", "٫"))
    return text.replace(".", ",") if language == "ru" else text
