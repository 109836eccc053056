"""Time zones as dates name them: offsets, IANA names, abbreviations; and one local time in its zone as an instant."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A zone found in a text: what it says (empty if nothing), the text without it, and whether it must be refused."""

    zone: tzinfo | None = None
    name: str = ""
    rest: str = ""
    refused: bool = False


# Abbreviations with one meaning in the press, in minutes east of Greenwich.
_OFFSETS = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "EET": 120,
    "EEST": 180, "MSK": 180, "TRT": 180, "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "NST": -210, "NDT": -150, "ADT": -180, "BRT": -180, "ART": -180,
    "JST": 540, "KST": 540, "HKT": 480, "SGT": 480, "MYT": 480, "PHT": 480, "WIB": 420, "WITA": 480, "WIT": 540, "ICT": 420,
    "AWST": 480, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "SAST": 120, "EAT": 180,
    "WAT": 60, "CAT": 120, "PKT": 300, "NPT": 345, "SLST": 330, "МСК": 180,
}  # fmt: skip
# Names of a place's time, summer or winter.
_PLACES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "NZT": "Pacific/Auckland", "AET": "Australia/Sydney",
}  # fmt: skip
# Several meanings: read only at a source whose zone has one of them, under which Python's zone data may not know it.
_AMBIGUOUS = frozenset({"CST", "IST", "BST", "AST", "GST", "SST", "ECT", "AMT", "WST", "BT", "LMT"})
_LOCAL_MEANINGS = {
    "BST": {"Asia/Dhaka": 360},
    "AST": dict.fromkeys(
        ("Asia/Riyadh", "Asia/Kuwait", "Asia/Baghdad", "Asia/Qatar", "Asia/Bahrain", "Asia/Aden"), 180
    ),
    "GST": dict.fromkeys(("Asia/Dubai", "Asia/Muscat"), 240),
}
# Words after a time that are no zone although they are short and in capitals.
_NO_ZONE = frozenset(
    {"AM", "PM", "UHR", "HRS", "HR", "HS", "H", "Y", "DE", "ON", "IN", "BY", "AT", "THE", "SA", "CH", "KL"}
)
_PHRASES = (
    (re.compile(r"\(?(?:北京时间|北京時間|中国标准时间)\)?"), "Asia/Shanghai"),
    (re.compile(r"\(?(?:台北時間|臺北時間|台灣時間|臺灣時間)\)?"), "Asia/Taipei"),
    (re.compile(r"\(?香港時間\)?"), "Asia/Hong_Kong"),
    (re.compile(r"\(?(?:日本時間|日本标准时间)\)?"), "Asia/Tokyo"),
    (re.compile(r"\(?(?:한국\s?시간|한국시각)\)?"), "Asia/Seoul"),
    (re.compile(r"\(?(?:по московскому времени|по мск|\bмск\b|по москве)\)?", re.I), "Europe/Moscow"),
    (re.compile(r"\(?(?:за киевом|по киеву|за києвом|за київським часом)\)?", re.I), "Europe/Kyiv"),
    (re.compile(r"\(?(?:heure de paris|heure française)\)?", re.I), "Europe/Paris"),
    (re.compile(r"\(?hor[aá]rio de bras[ií]lia\)?", re.I), "America/Sao_Paulo"),
    (re.compile(r"\(?(?:بتوقيت غرينتش|بتوقيت جرينتش|بتوقيت غرينيتش|格林尼治(?:标准)?时间|世界时|по гринвичу)\)?"), "UTC"),
    (re.compile(r"\(?(?:بتوقيت مكة(?: المكرمة)?|بتوقيت السعودية)\)?"), "Asia/Riyadh"),
    (re.compile(r"\(?بتوقيت القاهرة\)?"), "Africa/Cairo"),
    (re.compile(r"\(?(?:China Standard Time|Beijing Time|Beijing time)\)?"), "Asia/Shanghai"),
    (re.compile(r"\(?(?:Eastern (?:Standard |Daylight )?Time)\)?"), "America/New_York"),
    (re.compile(r"\(?(?:Coordinated Universal Time|Greenwich Mean Time)\)?"), "UTC"),
)  # fmt: skip
_IANA = re.compile(r"[\[(]?\b([A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+){1,2})\b[\])]?")
_CLOCK = r"\d[:.]\d\d(?:[:.]\d\d)?(?:[.,]\d+)?(?:\s*[AaPp]\.?\s?[Mm]\b\.?|\s*(?:Uhr|hrs?|น\.))?"
_SHIFT = re.compile(r"([+-])(\d\d):(\d\d)\)?$")
_OFFSET = re.compile(
    rf"(?:(?P<named>\(?\b(?:GMT|UTC|UT)\s?)|(?<=T\d\d)|(?P<clock>{_CLOCK})\s*\(?)"
    r"(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?![\d:/-])\)?"
)
_SHORT = re.compile(rf"(?P<clock>{_CLOCK})\s*[\[(,]?\s*(?P<short>[A-ZМСК]{{1,5}}|z|utc|gmt)\b[\])]?")
_BESIDE = re.compile(r"^\s*[A-Z]{2,5}\b")
_COMMENT = re.compile(r"\(\s*[A-Za-z][A-Za-z .]*\)")
NAME = "|".join((rf"(?-i:\b(?:{'|'.join((*_OFFSETS, *_PLACES))})\b)", *(pattern.pattern for pattern, _ in _PHRASES)))
"""A zone of one meaning, as a pattern for who looks for dates in running text."""
OFFSET = (
    r"\(?\b(?:GMT|UTC)\s?[+-]\d{1,2}(?::?\d\d)?(?!\d)\)?|"
    r"(?:[+-](?:0\d|1[0-4])[0-5]\d|\+(?:0\d|1[0-4]):[0-5]\d)(?![\d:])"
)
"""Likewise an offset; what may be the end of opening hours is none: `09:00 -10:30`."""


def zone_of(name: str) -> ZoneInfo | None:
    """Return the IANA zone `name`, or None if there is none of this name."""
    try:
        return _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1024)
def offset(minutes: int) -> timezone | None:
    """Return the fixed zone `minutes` east of Greenwich, or None if no clock on earth goes so (-12:00 to +14:00)."""
    return timezone(timedelta(minutes=minutes)) if -720 <= minutes <= 840 else None


@lru_cache(maxsize=1024)
def offset_name(minutes: int) -> str:
    """Return "+08:00" for 480, "UTC" for 0."""
    return "UTC" if minutes == 0 else f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def shift(name: str, at: datetime) -> timedelta:
    """Return how far the clocks of a reading's zone (`+08:00`, `EST (-05:00)`, `Europe/Paris`) are ahead of UTC at an instant."""
    found = _SHIFT.search(name)
    if found:
        hours, minutes = int(found[2]), int(found[3])
        return timedelta(hours=hours, minutes=minutes) * (-1 if found[1] == "-" else 1)
    there = zone_of(name) if name else None
    return (at.astimezone(there).utcoffset() if there else None) or timedelta()


def named(text: str, *, source_zone: str) -> Named:
    """Return the zone that `text` (plain, case kept) itself names.

    An abbreviation with several meanings is read as that of `source_zone` if that zone has it, and else refused.
    """
    found = _phrase(text) or _iana(text)
    if found:
        return found
    written = _OFFSET.search(text)
    if written:
        return _from_offset(text, written)
    short = _SHORT.search(text)
    return _from_short(text, short, source_zone) if short else Named(rest=text)


def instant(local: datetime, zone: tzinfo, *, whole_day: bool) -> datetime | None:
    """Return naive `local` in `zone` as UTC; None if a clock change skips that hour or repeats it.

    A whole day begins at its first instant, whatever the clocks did at midnight.
    """
    if zone is UTC:
        return local.replace(tzinfo=UTC)
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return early if whole_day or early == late else None


def _phrase(text: str) -> Named | None:
    for pattern, name in _PHRASES:
        found = pattern.search(text)
        # "GMT+0800 (China Standard Time)": the offset is exact, the words only repeat it.
        if found and not _OFFSET.search(text):
            return Named(zone=zone_of(name), name=name, rest=_without(text, found.start(), found.end()))
    return None


def _iana(text: str) -> Named | None:
    for found in _IANA.finditer(text):
        zone = zone_of(found[1])
        if zone and not _OFFSET.search(text):
            return Named(zone=zone, name=found[1], rest=_without(text, found.start(), found.end()))
    return None


def _from_offset(text: str, found: re.Match[str]) -> Named:
    minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
    if found["minutes"] and int(found["minutes"]) > 59:
        return Named(refused=True)
    zone = offset(-minutes if found["sign"] == "-" else minutes)
    start = found.end("clock") if found["clock"] else found.start()
    # "+0800 CST", "+0000 (UTC)": the offset is exact, a name beside it only repeats it.
    rest = _IANA.sub(" ", _COMMENT.sub(" ", text[:start] + _BESIDE.sub(" ", text[found.end() :], count=1)))
    name = offset_name(-minutes if found["sign"] == "-" else minutes)
    # A second offset, or another zone beside it: "20:13 +0800 (13:13 GMT)".
    again = _OFFSET.search(rest) or _SHORT.search(rest)
    clash = again is not None and again.groupdict().get("short") not in _NO_ZONE
    return Named(zone=zone, name=name, rest=rest, refused=zone is None or clash)


def _from_short(text: str, found: re.Match[str], source_zone: str) -> Named:
    short = found["short"].upper()
    if short in _NO_ZONE:
        return Named(rest=text)
    rest = _without(text, found.end("clock"), found.end())
    minutes = _minutes(short, source_zone)
    if minutes is not None:
        return Named(zone=offset(minutes), name=f"{short} ({offset_name(minutes)})", rest=rest)
    place = _PLACES.get(short)
    if place:
        return Named(zone=zone_of(place), name=place, rest=rest)
    return Named(refused=True)


def _minutes(short: str, source_zone: str) -> int | None:
    """Return what the abbreviation means at the source, else its one meaning in the press, else None."""
    own = _LOCAL_MEANINGS.get(short, {}).get(source_zone)
    if own is not None:
        return own
    zone = zone_of(source_zone) if source_zone and short not in ("Z", "UT") else None
    for month in (1, 7):
        there = datetime(2022, month, 1, tzinfo=zone) if zone else None
        shift = there.utcoffset() if there and there.tzname() == short else None
        if shift is not None:
            return int(shift.total_seconds()) // 60
    if short in _AMBIGUOUS or (short in ("EST", "EDT") and source_zone.startswith("Australia/")):
        return None
    return _OFFSETS.get(short)


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"
