"""The flow's clock."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """Return the present instant, to the millisecond as the catalog keeps it."""
    at = datetime.now(UTC)
    return at - timedelta(microseconds=at.microsecond % 1000)
