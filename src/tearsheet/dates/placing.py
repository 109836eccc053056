"""A day and a time of day put into a zone."""

from datetime import UTC, date, datetime, tzinfo

from tearsheet.dates import zones

FIRST_YEAR, LAST_YEAR = 1600, 2100

Found = tuple[datetime, str, str, str] | str | None
"""What a reader of one form gives: instant, zone, precision, how; or words for why it is refused; or None: not this form."""


def made(year: int, month: int, day: int) -> date | None:
    """Return the date, or None if there is no such day or no press had it."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def placed(local: datetime, precision: str, *, how: str, named: tuple[tzinfo | None, str], zone: str) -> Found:
    """Return local time in the zone that the text names, else in the source's, else unplaced, as if it were UTC."""
    there, name = named
    if there is not None:
        origin = "zone written"
    else:
        there, name = zones.zone_of(zone) if zone else None, zone
        origin = "zone of the source" if there else "no zone known, taken as UTC"
        if there is None:
            there, name = UTC, ""
    at = zones.instant(local, there, whole_day=precision == "day")
    return (at, name, precision, f"{how}; {origin}") if at else "clocks changed in that hour"
