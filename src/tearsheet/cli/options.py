"""Options that several commands share, and how many options become one value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tearsheet.model import LANGUAGE, Categories, Query

if TYPE_CHECKING:
    from tearsheet.archive import Archive

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: whatever the decorated command takes

SPANS_S = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)")
MONTH_OR_YEAR = re.compile(r"(\d{4})(?:-(\d\d))?", re.ASCII)
DAYS_AGO = {"today": 0, "yesterday": 1}
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
    """A time as a person wrote it: a day, month or year, which is meant whole, an instant, or how long ago."""

    text: str

    def begin(self, zone: tzinfo) -> datetime:
        """Return the instant, or the first one of the day, month or year in `zone`."""
        return self._span(zone)[0].astimezone(UTC)

    def end(self, zone: tzinfo) -> datetime:
        """Return the instant, or the first one after the day, month or year in `zone`."""
        return self._span(zone)[1].astimezone(UTC)

    def _span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        now = datetime.now(zone)
        if SPAN.fullmatch(self.text):
            at = now - timedelta(seconds=span_s(self.text))
            return at, at
        if days := _days(self.text, now.date()):
            first, after = (datetime.combine(day, time(), tzinfo=zone) for day in days)
            return first, after
        at = datetime.fromisoformat(self.text)
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        return at, at


def _days(text: str, today: date) -> tuple[date, date] | None:
    """Return the first day of the day, month or year that is meant, and the first one after it; None for anything else."""
    if text in DAYS_AGO:
        day = today - timedelta(days=DAYS_AGO[text])
        return day, day + timedelta(days=1)
    if found := MONTH_OR_YEAR.fullmatch(text):
        first = date(int(found[1]), int(found[2] or 1), 1)
        after = (
            first.replace(day=28) + timedelta(days=4)
            if found[2]
            else first.replace(month=12, day=31) + timedelta(days=1)
        )
        return first, after.replace(day=1)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day, day + timedelta(days=1)


def moment(text: str) -> Moment:
    """Return a day (`2026-11-22`, `yesterday`), month, year or instant (`2026-11-22T14:05`), or a time ago (`7d`)."""
    found = Moment(text.strip())
    try:
        sure = found.begin(UTC).year in YEARS
    except (ValueError, OverflowError):
        sure = False
    if not sure:
        raise click.BadParameter(
            f"{text!r} is no time; write 2026-11-22, 2026-11, yesterday, 2026-11-22T14:05 or 7d (ago)."
        )
    return found


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

    def query(self, archive: "Archive", *, order: str = "newest") -> Query:
        """Return the query for `archive`; the source may be named by a part of its name or address.

        In the orders `edited` and `gone` the times are those of the last edit and of the disappearance.

        Raises:
            NoSuchSource: no source, or several, are meant.
        """
        since = self.since.begin(archive.zone) if self.since else None
        until = self.until.end(archive.zone) if self.until else None
        query = Query(
            source=archive.find_source(self.source).url if self.source else "",
            categories=self.category,
            language=self.language,
            order=order,
        )
        if order in ("edited", "gone"):
            return replace(query, altered_since=since, altered_until=until)
        return replace(query, since=since, until=until)

    def given(self) -> bool:
        """Return whether anything was asked for."""
        return any((self.source, self.category, self.since, self.until, self.language))


def filter_options(function: Function) -> Function:
    """Give a command the options of `Filters`, as the parameter `filters`."""
    function = gathered(Filters, into="filters")(function)
    for option in (
        click.option(
            "--language", type=language, default="", metavar="TAG", help="Only this language; en finds en-GB too."
        ),
        click.option(
            "--until", type=moment, metavar="WHEN", help="Only up to then; a day, month or year is meant whole."
        ),
        click.option(
            "--since", type=moment, metavar="WHEN", help="Only from then on: 2026-11-22, 2026-11, yesterday, 7d (ago)."
        ),
        click.option("--category", type=categories, default="", metavar="A/B", help="Only under this category path."),
        click.option("--source", default="", metavar="SOURCE", help="Only from this source (address, name, or part)."),
    ):
        function = option(function)
    return function


limit_option = click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="At most N; 0 for all.")
