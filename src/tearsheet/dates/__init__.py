"""Any date string, with its source's language and zone, as an aware UTC instant, or "cannot tell".

A wrong date is worse than none for an archive, so this is a grammar and not a guesser: what it does not wholly understand,
it refuses. The machine's own time zone and clock play no part.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from tearsheet.dates import zones
from tearsheet.dates.placing import Found, made, placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A date as it was read.

    `at` is in UTC, to the second; `text` what was written; `zone` the zone it was read in, empty if neither the text nor the
    source named one and `at` is the written time taken as UTC. `precision` is `second`, `minute` or `day`; `how` says which
    form was recognised and where the zone came from.
    """

    at: datetime
    text: str
    zone: str
    precision: str
    how: str

    @property
    def local(self) -> datetime:
        """The same instant on the clock of `zone`; in UTC if no zone is known."""
        return self.at.astimezone(timezone(zones.shift(self.zone, self.at)))


_MAX_CHARS = 160
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ]\s?(\d\d):(\d\d)(?::(\d\d)(?:[.,:]\d+)?)?"
    r"(?:\s?([Zz])|\s?(?:GMT|UTC)?([+-])(\d\d):?(\d\d)?)?(?:\[([A-Za-z_+/-]+)\])?"
)
_RFC = re.compile(
    r"(?:[A-Z][a-z]{2,8},? )?(\d{1,2})[ -](Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -](\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))? (?:(GMT|UTC|UT|Z)|([+-])(\d\d):?(\d\d))"
)
_RFC_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_COMPACT = re.compile(
    r"(\d{4})(\d\d)(\d\d)[Tt]?(?:(\d\d)(\d\d)(?:(\d\d)(?:[.,]\d+)?)?)?\s?(?:([Zz])|([+-])(\d\d):?(\d\d)?)?"
)
_EPOCH = re.compile(r"(?:/?Date\()?(-?\d{9,19})(?:\.\d+)?(?:[+-]\d{4})?(?:\)/?)?")
_EPOCH_PARTS = {9: 1, 10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_FIRST_EPOCH, _LAST_EPOCH = 100_000_000, 4_102_444_800


def read(text: str, *, language: str = "", zone: str = "", now: datetime | None = None) -> Reading | None:
    """Return the instant that `text` names, or None if that cannot be told.

    `language` (BCP 47) decides which of `10/01/2022` is the day; `zone` (IANA) is used when the text names none. With neither
    zone, the reading's `zone` is empty. Times told from now, and days without a year, are read only if `now` is given.
    """
    written = text.strip()
    if not written or len(written) > _MAX_CHARS:
        return None
    found = _rfc(written) or _iso(written, zone)
    if found is None:
        # Late: most dates come from feeds and need none of the grammar.
        from tearsheet.dates import spoken, words

        line = words.plain(written)
        found = _iso(line, zone) or _number(line) or spoken.read(line, language=language, zone=zone, now=now)
    if found is None or isinstance(found, str):
        return None
    at, name, precision, how = found
    return Reading(at=at, text=written, zone=name, precision=precision, how=how)


def is_zone(name: str) -> bool:
    """Return whether `name` is an IANA time zone."""
    return zones.zone_of(name) is not None


def _rfc(text: str) -> Found:
    """Read the form that nearly every feed has, at a tenth of the cost of the grammar."""
    found = _RFC.fullmatch(text)
    if not found:
        return None
    day, month, year, hour, minute, second, _, sign, hours, minutes = found.groups()
    shift = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1) if sign else 0
    there = zones.offset(shift)
    date = made(int(year), _RFC_MONTHS.index(month) // 3 + 1, int(day))
    seconds = _seconds(hour, minute, second)
    if date is None or seconds is None or there is None:
        return "no such instant"
    at = datetime(date.year, date.month, date.day, tzinfo=UTC) + timedelta(seconds=seconds - shift * 60)
    return at, zones.offset_name(shift), "second" if second else "minute", "rfc 822; zone written"


def _iso(line: str, zone: str) -> Found:
    found = _ISO.fullmatch(line) or _COMPACT.fullmatch(line)
    # Ten digits alone are seconds since 1970, or else a date and an hour.
    if not found or (len(line) == 10 and line.isdigit()):
        return None
    year, month, day, hour, minute, second, *given = found.groups()
    date, seconds = made(int(year), int(month), int(day)), _seconds(hour, minute, second)
    if date is None or seconds is None:
        return "no such day or time" if "-" in line or len(line) in (8, 14) else None
    named = _iso_zone(given)
    if named is None:
        return "no such zone"
    local = datetime(date.year, date.month, date.day) + timedelta(seconds=seconds)
    precision = "day" if hour is None else "second" if second else "minute"
    return placed(local, precision, how="iso", named=named, zone=zone)


def _seconds(hour: str | None, minute: str | None, second: str | None) -> int | None:
    """Return seconds after midnight, up to 24:00:00 and with a leap second; None if no clock shows that."""
    h, m, s = int(hour or 0), int(minute or 0), int(second or 0)
    fits = m <= 59 and s <= 60 and (h < 24 or (h == 24 and not m and not s))
    return h * 3600 + m * 60 + s if fits else None


def _iso_zone(given: list[str | None]) -> tuple[tzinfo | None, str] | None:
    """Return zone and name of what stands after an ISO time: Z, an offset, `[Europe/Paris]`; None if there is no such zone."""
    z, sign, hours, minutes, *name = given
    if z:
        return UTC, "UTC"
    if sign and hours:
        shift = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
        there: tzinfo | None = zones.offset(shift)
        return (there, zones.offset_name(shift)) if there else None
    if name and name[0]:
        there = zones.zone_of(name[0])
        return (there, name[0]) if there else None
    return None, ""


def _number(line: str) -> Found:
    """Read seconds, milli-, micro- or nanoseconds since 1970, and refuse ten digits that are a date as well."""
    found = _EPOCH.fullmatch(line)
    if not found or found[1].startswith("-"):
        return None
    digits = found[1]
    if len(digits) == 10 and line == digits and digits[:2] in ("19", "20"):
        year, month, day, hour = int(digits[:4]), int(digits[4:6]), int(digits[6:8]), int(digits[8:])
        if made(year, month, day) and hour < 24:
            return "a date or seconds"
    parts = _EPOCH_PARTS.get(len(digits))
    if parts is None or not _FIRST_EPOCH <= int(digits) // parts <= _LAST_EPOCH:
        return "no plausible number"
    return datetime.fromtimestamp(int(digits) // parts, UTC), "UTC", "second", "seconds since 1970"
