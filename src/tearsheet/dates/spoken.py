"""Dates as people write them: a day, a time and a zone in any order, among a few other words."""

from datetime import datetime, timedelta, tzinfo

from tearsheet.dates import clock, days, relative, words, zones
from tearsheet.dates.placing import Found, placed

_MAX_LETTERS = 60


def read(line: str, *, language: str, zone: str, now: datetime | None) -> Found:
    """Return what plain `line` says in the words and numbers of people."""
    exact = days.ordinal(line)
    if exact.refused:
        return "no such day"
    if exact.day:
        return placed(
            datetime.combine(exact.day, datetime.min.time()), "day", how=exact.how, named=(None, ""), zone=zone
        )
    found = zones.named(line, source_zone=zone)
    if found.refused:
        return "unclear zone"
    folded = words.fold(found.rest)
    source = found.zone or zones.zone_of(zone)
    if now is not None and (passed := relative.ago(folded, now, zone=source)):
        return passed[0], found.name or zone or "UTC", passed[1], "told from now"
    day = days.find(folded, language=language, zone=zone)
    if day.refused:
        return "impossible or ambiguous day"
    if day.day is None and now is not None:
        day = _told_from_now(folded, now, language=language, zone=source)
    if day.day is None:
        return "no day"
    time = clock.find(day.rest)
    if time.refused or not _is_harmless(time.rest, folded):
        return "not wholly understood"
    local = datetime.combine(day.day, datetime.min.time()) + timedelta(seconds=time.seconds or 0)
    return placed(local, time.precision, how=day.how, named=(found.zone, found.name), zone=zone)


def _told_from_now(folded: str, now: datetime, *, language: str, zone: tzinfo | None) -> days.Day:
    """Read "yesterday" and days without a year; both depend on what day it is at the source, so its zone must be known."""
    if zone is None:
        return days.Day()
    named = relative.named_day(folded, now, zone)
    if named:
        return days.Day(day=named[0], rest=named[1], how="told from now")
    yearless = days.without_year(folded, language=language)
    if not yearless:
        return days.Day()
    return days.Day(
        day=relative.latest(yearless[0], yearless[1], now=now, zone=zone), rest=yearless[2], how="year told from now"
    )


def _is_harmless(rest: str, folded: str) -> bool:
    """Return whether what is left of the text can be ignored: some words, but no number, no other month, no other day."""
    if any(char.isdigit() for char in rest) or sum(map(str.isalpha, rest)) > _MAX_LETTERS:
        return False
    return all(words.is_homonym(char, folded) for char in rest if char in words.MONTH_MARKS + words.JALALI_MARKS)
