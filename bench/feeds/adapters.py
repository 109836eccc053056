"""Our date reader and feed parser behind the interfaces of the feed benchmark's `score.py`."""

from datetime import datetime

from tearsheet import dates


def date(text: str, lang: str | None, zone: str | None) -> datetime | None:
    reading = dates.read(text, language=lang or "", zone=zone or "")
    return reading.at if reading else None
