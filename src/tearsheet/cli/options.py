"""Options that several commands share, and how many options become one value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tearsheet.model import LANGUAGE, Categories, Query

if TYPE_CHECKING:
    from tearsheet.archive import Archive

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: whatever the decorated command takes

SPANS_S = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)")
LONGEST_S = 100 * 365 * 86400
YEARS = range(1000, 9999)
"""The first day of the calendar and the last do not exist in every zone."""


def categories(text: str) -> Categories:
    """Return a category path that is written `A/B/C`."""
    return tuple(part.strip() for part in text.split("/") if part.strip())


def zone(text: str) -> str:
    """Return the name of a time zone as it was given, if there is such a zone; empty stays empty."""
    from tearsheet.dates import is_zone  # only who names a zone pays for it

    if text and not is_zone(text):
        raise click.BadParameter(f"{text!r} is no time zone; write one like Asia/Shanghai or Europe/London.")
    return text


def language(text: str) -> str:
    """Return a language tag as it was given, if it has the form of one; empty stays empty."""
    if text and not LANGUAGE.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no language tag; write one like en or zh-CN.")
    return text


def address(text: str) -> str:
    """Return an address as it was given, if it is one of the web; empty stays empty."""
    from tearsheet import urls  # only who names an address pays for it

    if text and not urls.host(text):
        raise click.BadParameter(f"{text!r} is no address; write one like https://paper.example/2026/a-flood.html.")
    return text


def span_s(text: str) -> float:
    """Return a length of time, written `90s`, `10m`, `6h`, `7d` or `2w`, in seconds."""
    found = SPAN.fullmatch(text.strip())
    if not found:
        raise click.BadParameter(f"{text!r} is no length of time; write 90s, 10m, 6h, 7d or 2w.")
    seconds = float(found[1]) * SPANS_S[found[2]]
    if seconds > LONGEST_S:
        raise click.BadParameter(f"{text!r} is longer than a hundred years.")
    return seconds


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, an instant, or a time ago, as a person wrote it; which instant that is depends on the archive's zone."""

    day: datetime
    whole_day: bool = False
    floating: bool = False

    def begin(self, zone: tzinfo) -> datetime:
        """Return the instant, or the first one of the day in `zone`."""
        return self.day.replace(tzinfo=zone).astimezone(UTC) if self.floating else self.day.astimezone(UTC)

    def end(self, zone: tzinfo) -> datetime:
        """Return the instant, or the first one after the day in `zone`."""
        if not self.whole_day:
            return self.begin(zone)
        return (self.day + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)


def moment(text: str) -> Moment:
    """Return a day (`2026-11-22`), an instant (`2026-11-22T14:05`), or a time ago (`7d`)."""
    text = text.strip()
    if SPAN.fullmatch(text):
        return Moment(datetime.now(UTC) - timedelta(seconds=span_s(text)))
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min
    if at.year not in YEARS:
        raise click.BadParameter(f"{text!r} is no time; write 2026-11-22, 2026-11-22T14:05 or 7d (ago).")
    return Moment(at, whole_day=len(text) == len("2026-11-22"), floating=at.tzinfo is None)


def gathered(kind: type, *, into: str) -> Callable[[Function], Function]:
    """Hand the options that are named like the fields of the dataclass `kind` to a command as one value, `into`."""
    names = [part.name for part in fields(kind)]

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*given: Any, **values: Any) -> Any:  # click hands every option over by name
            picked = {name: values.pop(name) for name in names}
            return function(*given, **{into: kind(**picked)}, **values)

        return call  # type: ignore[return-value]  # the same command, with fewer parameters

    return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a list of articles."""

    source: str
    category: Categories
    since: Moment | None
    until: Moment | None
    language: str

    def query(self, archive: "Archive") -> Query:
        """Return the query for `archive`; the source may be named by a part of its name or address.

        Raises:
            NoSuchSource: no source, or several, are meant.
        """
        zone = archive.zone
        return Query(
            source=archive.find_source(self.source).url if self.source else "",
            categories=self.category,
            since=self.since.begin(zone) if self.since else None,
            until=self.until.end(zone) if self.until else None,
            language=self.language,
        )


def filter_options(function: Function) -> Function:
    """Give a command the options of `Filters`, as the parameter `filters`."""
    function = gathered(Filters, into="filters")(function)
    for option in (
        click.option("--language", type=language, default="", metavar="TAG", help="Only this language (en, zh-CN)."),
        click.option("--until", type=moment, metavar="WHEN", help="Only up to then (a day is meant whole)."),
        click.option("--since", type=moment, metavar="WHEN", help="Only from then on: 2026-11-22, or 7d (ago)."),
        click.option("--category", type=categories, default="", metavar="A/B", help="Only under this category path."),
        click.option("--source", default="", metavar="SOURCE", help="Only from this source (address, name, or part)."),
    ):
        function = option(function)
    return function


limit_option = click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="At most N; 0 for all.")
