"""What is due later than anything can be: a clock that was ahead when it was written has put it off."""

import sqlite3
from datetime import datetime, timedelta

from tearsheet.store.values import to_ms

AHEAD = timedelta(hours=1)
LATEST_LOOK = timedelta(days=31)
LATEST_PICTURE = timedelta(days=8)
"""Looks are at most 30 days after an article was first seen, tries for a picture at most 7 days apart (`schedule.py`)."""

_PUT_OFF = {
    # A source that is gone for good rests for a century, but was not visited in the future.
    "source": ("next_at", "at > :ahead AND next_at > :now"),
    "article": ("due_at", "due_at > :look"),
    "picture": ("due_at", "due_at > :picture"),
}


def put_off(db: sqlite3.Connection, now: datetime) -> bool:
    """Return whether anything is due later than it can be."""
    return any(
        db.execute(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1", _times(now)).fetchone()
        for table, (_, where) in _PUT_OFF.items()
    )


def call_back(db: sqlite3.Connection, now: datetime) -> None:
    """Make due now whatever is due later than it can be."""
    for table, (column, where) in _PUT_OFF.items():
        db.execute(f"UPDATE {table} SET {column} = :now WHERE {where}", _times(now))


def _times(now: datetime) -> dict[str, int]:
    return {
        "now": to_ms(now),
        "ahead": to_ms(now + AHEAD),
        "look": to_ms(now + LATEST_LOOK),
        "picture": to_ms(now + LATEST_PICTURE),
    }
