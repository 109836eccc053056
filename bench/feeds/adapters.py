"""Our date reader and feed parser behind the interfaces of the feed benchmark's `score.py`.

    PYTHONPATH=src:bench/feeds python BENCH/score.py --parser adapters:feed --groups
    PYTHONPATH=src:bench/feeds python BENCH/score.py --parser adapters:feed --speed
    PYTHONPATH=src:bench/feeds python BENCH/score.py --dates adapters:date --worst 20

`BENCH` is the folder that holds `score.py` with its cases.
"""

from collections.abc import Mapping
from datetime import datetime

from tearsheet import dates
from tearsheet.errors import FormatError
from tearsheet.sources import feed as feeds


def date(text: str, lang: str | None, zone: str | None) -> datetime | None:
    """Return the instant `text` names, or None where we refuse it."""
    reading = dates.read(text, language=lang or "", zone=zone or "")
    return reading.at if reading else None


def feed(body: bytes, headers: Mapping[str, str]) -> feeds.Feed | None:
    """Return the feed, or None for what we refuse by name (`NotAFeed`, `BadFeed`); anything else raised is a bug."""
    try:
        return feeds.parse(body, headers=headers, url="")
    except FormatError:
        return None
