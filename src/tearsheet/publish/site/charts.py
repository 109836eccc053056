"""Counts as shapes: heat levels, small month sheets, bars of a year, the rhythm of a week. Numbers in, coordinates out."""

from calendar import Calendar, monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tearsheet.publish.site import paths

STEP = 12
_WEEKS = Calendar()

Step = tuple[int, int, int | None]
"""A heat level and the lowest and highest count it stands for; None is without end."""

Heat = tuple[tuple[int, str], ...]
"""The squares of a chart: each heat level in it and one SVG path of all its squares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A month as a small sheet of squares."""

    first: date
    folder: str
    total: int
    heat: Heat


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day in the table of a month; `on` is None for a day of another month."""

    on: date | None
    count: int = 0
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A year as bars and marks: two SVG paths, and the names under them."""

    width: int
    ink: str
    marks: str
    months: tuple[date, ...]


def steps(counts: Iterable[int]) -> tuple[Step, ...]:
    """Return up to four heat levels above none, as even as can be; the highest of `counts` is in the last."""
    top = max(counts, default=0)
    if top <= 4:
        return ((0, 0, 0), *((n, n, n) for n in range(1, top + 1)))
    ends = [-(-level * top // 4) for level in range(4)]
    return ((0, 0, 0), *((n, ends[n - 1] + 1, ends[n]) for n in range(1, 4)), (4, ends[3] + 1, None))


def level(count: int, scale: tuple[Step, ...]) -> int:
    """Return the heat level of `count`."""
    return max((number for number, low, _ in scale if count >= low), default=0)


def year_sheets(year: int, days: Mapping[date, int], base: str = paths.DAYS) -> tuple[Sheet, ...]:
    """Return the twelve sheets of a year; a sheet leads to its month's page if it has articles, else to the year's."""
    scale = steps(count for on, count in days.items() if on.year == year)
    return tuple(_sheet(date(year, month, 1), days, scale, base) for month in range(1, 13))


def _sheet(first: date, days: Mapping[date, int], scale: tuple[Step, ...], base: str) -> Sheet:
    start = first.weekday()
    length = monthrange(first.year, first.month)[1]
    counts = [days.get(first + timedelta(days=n), 0) for n in range(length)]
    heat = _heat(
        (((start + n) % 7 * STEP, (start + n) // 7 * STEP, level(count, scale)) for n, count in enumerate(counts)), 10
    )
    folder = paths.month(first, base) if sum(counts) else paths.year(first.year)
    return Sheet(first=first, folder=folder, total=sum(counts), heat=heat)


def month_grid(first: date, days: Mapping[date, int]) -> tuple[tuple[Cell, ...], ...]:
    """Return the weeks of a month, Monday first."""
    scale = steps(count for on, count in days.items() if (on.year, on.month) == (first.year, first.month))
    weeks = _WEEKS.monthdatescalendar(first.year, first.month)
    return tuple(tuple(_cell(on, first.month, days, scale) for on in week) for week in weeks)


def _cell(on: date, month: int, days: Mapping[date, int], scale: tuple[Step, ...]) -> Cell:
    if on.month != month:
        return Cell(on=None)
    count = days.get(on, 0)
    return Cell(on=on, count=count, level=level(count, scale))


def year_bars(year: int, days: Mapping[date, int], marked: frozenset[date]) -> Bars:
    """Return the days of `year` as bars 2 wide, the highest 56 high, with a mark under each day of `marked`."""
    length = 366 if monthrange(year, 2)[1] == 29 else 365
    all_days = [date(year, 1, 1) + timedelta(days=n) for n in range(length)]
    top = max((days.get(on, 0) for on in all_days), default=0) or 1
    ink = "".join(
        f"M{n * 3} {60 - max(2, round(56 * days[on] / top))}h2V60h-2z" for n, on in enumerate(all_days) if days.get(on)
    )
    marks = "".join(f"M{n * 3} 66h2v9h-2z" for n, on in enumerate(all_days) if on in marked)
    return Bars(width=length * 3, ink=ink, marks=marks, months=tuple(date(year, month, 1) for month in range(1, 13, 2)))


def rhythm_heat(rhythm: tuple[tuple[int, ...], ...]) -> Heat:
    """Return the squares of a week by hours."""
    scale = steps(count for row in rhythm for count in row)
    cells = (
        (hour * 20, weekday * 20, level(count, scale))
        for weekday, row in enumerate(rhythm)
        for hour, count in enumerate(row)
    )
    return _heat(cells, 17)


def _heat(cells: Iterable[tuple[int, int, int]], side: int) -> Heat:
    """Return squares, each at its (x, y) and of its level; a path holds them in a third of what an element each would take."""
    found = defaultdict[int, list[str]](list)
    for x, y, heat in cells:
        found[heat].append(f"M{x} {y}h{side}v{side}h-{side}z")
    return tuple((heat, "".join(squares)) for heat, squares in sorted(found.items()))
