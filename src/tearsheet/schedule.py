"""When to look again: at a source, by how often it publishes; at an article, at fixed ages; after trouble, by its kind.

The interval between two visits is c / sqrt(rate): that minimises the summed delay of all items under a given number of
requests (Sia, Cho and Cho). It is learned online from what each visit found, by the hour of the day.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from tearsheet.errors import BadStatus, FormatError, RobotsRefused, TearsheetError, TooLarge

LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""The ages at which an article is looked at again."""
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=7)
STOPPED = timedelta(days=36_500)
"""The wait after 410 Gone: nobody will be there to see its end."""
EFFORT = 3.0
"""Hours between two visits to a source that publishes once a day, four times that often: twice as often, and so on."""

_HALF_LIFE_DAYS = 7.0
_PRIOR_ITEMS, _PRIOR_DAYS = 1.0, 0.5  # two items a day, worth half a day of watching
_BINS = 6
_BIN = timedelta(hours=24 / _BINS)
_BIN_PRIOR = 3.0  # items: with fewer seen, the day is taken to be flat
_JITTER = 0.1
_MAX_MISSES = 20
_DAY = timedelta(days=1)
_DAYS_ENOUGH = 4  # looks, each a day after the one before by our clock: it does not jump ahead between all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a source publishes, as far as its visits have shown.

    `items` in `days` of watching, both fading with a half-life of a week; `hours` are the items by the sixth of the UTC day in
    which they came. `at` is the last visit, `listed` the number of items it listed.
    """

    items: float = 0.0
    days: float = 0.0
    hours: tuple[float, ...] = (0.0,) * _BINS
    at: datetime | None = None
    listed: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the rhythm that `text()` wrote; one that knows nothing for an empty or unreadable text."""
        try:
            items, days, hours, at, listed = json.loads(text)
            when = None if at is None else datetime.fromtimestamp(at, UTC)
            read = cls(
                items=float(items), days=float(days), hours=tuple(map(float, hours)), at=when, listed=int(listed)
            )
        except (ValueError, TypeError, OverflowError, OSError):
            return cls()
        return read if len(read.hours) == _BINS else cls()

    def text(self) -> str:
        """Return one short line of JSON."""
        at = self.at.timestamp() if self.at else None
        hours = [round(count, 3) for count in self.hours]
        return json.dumps([round(self.items, 4), round(self.days, 4), hours, at, self.listed], separators=(",", ":"))

    def visited(self, at: datetime, *, listed: int, new: int, arrivals: Iterable[datetime] = ()) -> "Rhythm":
        """Return what a good visit at `at` teaches that listed so many items, so many of them not seen before.

        `arrivals` are the publication times of the new ones as far as they are known. Those not in the time since the last visit
        are no arrivals: such items count, as those without a time do, as spread evenly over it. The first visit learns from
        dates only, up to 30 days back.
        """
        dated = [min(arrival, at) for arrival in arrivals][:new]
        if self.at is None:
            return self._first(at, listed, [arrival for arrival in dated if at - arrival <= 30 * _DAY])
        watched = max(timedelta(), at - self.at)
        dated = [arrival for arrival in dated if at - arrival < watched]
        undated = new - len(dated)
        came = [*dated, *(at - watched * (n + 0.5) / undated for n in range(undated))]
        return self._learnt(at, watched, came, listed)

    def _first(self, at: datetime, listed: int, came: list[datetime]) -> "Rhythm":
        watched = max((at - arrival for arrival in came), default=timedelta())
        # Dates that all say "now" are no dates: they were filled in because the source gives none.
        if watched < timedelta(hours=1):
            return Rhythm(at=at, listed=listed)
        return self._learnt(at, watched, came, listed)

    def _learnt(self, at: datetime, watched: timedelta, came: list[datetime], listed: int) -> "Rhythm":
        fade = 0.5 ** (watched / _DAY / _HALF_LIFE_DAYS)
        hours = [count * fade for count in self.hours]
        for arrival in came:
            hours[_bin(arrival)] += 1
        days = self.days * fade + watched / _DAY
        return Rhythm(items=self.items * fade + len(came), days=days, hours=tuple(hours), at=at, listed=listed)

    @property
    def rate(self) -> float:
        """Items a day: the mean of the gamma posterior."""
        return (self.items + _PRIOR_ITEMS) / (self.days + _PRIOR_DAYS)

    def rate_at(self, at: datetime) -> float:
        """Return the items a day expected around `at`."""
        share = (self.hours[_bin(at)] + _BIN_PRIOR / _BINS) / (sum(self.hours) + _BIN_PRIOR)
        return self.rate * share * _BINS


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an article: when, the HTTP status (0 if there was no answer), and whether it ended at the site's front page.

    `served` is when it was by the clock of the host, if the answer says so.
    """

    at: datetime
    status: int
    front: bool = False
    served: datetime | None = None

    def since(self, earlier: "Look") -> timedelta:
        """Return the time between two looks, by the slower of two clocks: ours may have jumped ahead in between.

        A host whose clock stands still has none.
        """
        ours = self.at - earlier.at
        if self.served and earlier.served and self.served > earlier.served:
            return min(ours, self.served - earlier.served)
        return ours

    @classmethod
    def read(cls, at: float, status: int, front: bool, served: float | None = None) -> Self:
        """Return the look that `row()` gave."""
        told = None if served is None else datetime.fromtimestamp(served, UTC)
        return cls(datetime.fromtimestamp(at, UTC), int(status), bool(front), told)

    def row(self) -> list[float | int | bool]:
        """Return the look as it stands in JSON."""
        told = [self.served.timestamp()] if self.served else []
        return [self.at.timestamp(), self.status, self.front, *told]


@dataclass(frozen=True, slots=True)
class Misses:
    """The looks since an article last answered, all of them without it."""

    looks: tuple[Look, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what `text()` wrote; no misses for an empty or unreadable text."""
        try:
            return cls(tuple(Look.read(*row) for row in json.loads(text)))
        except (ValueError, TypeError, OverflowError, OSError):
            return cls()

    def add(self, at: datetime, *, status: int, to_front: bool = False, date: str = "") -> "Misses":
        """Return these misses and one more, with the `date` of its answer; of very many the first ones and the last are kept."""
        looks = (*self.looks, Look(at, status, to_front, _http_date(date)))
        return Misses(looks if len(looks) <= _MAX_MISSES else (*looks[: _MAX_MISSES - 1], looks[-1]))

    def reason(self) -> str:
        """Return why the article is gone, or nothing."""
        return gone_reason(self.looks)

    def text(self) -> str:
        """Return one line of JSON."""
        return json.dumps([look.row() for look in self.looks], separators=(",", ":"))


def next_visit(rhythm: Rhythm, now: datetime, *, url: str, headers: Mapping[str, str] | None = None) -> datetime:
    """Return when to visit the source at `url` again after a good visit at `now`.

    Between 5 minutes and 7 days, spread by up to a tenth by the address, and so soon that at most half of the listed items
    have scrolled away; never before the server wants it, which its `headers` (lower-case names) say.
    """
    interval = _interval(rhythm, now) * (1 + _JITTER * _spread(url))
    if rhythm.listed:
        interval = min(interval, timedelta(days=0.5 * rhythm.listed / rhythm.rate))
    due = now + min(max(interval, SHORTEST), LONGEST)
    return max(due, not_before(headers or {}, now))


def not_before(headers: Mapping[str, str], at: datetime) -> datetime:
    """Return the earliest time at which the server wants to be asked again: at most 7 days after `at`.

    The later of `Cache-Control: max-age` (less `Age`), or else `Expires`, and of `Retry-After`. `headers` have lower-case names.
    """
    hints = [0.0, _retry_after(headers.get("retry-after", ""), at)]
    max_age = _max_age(headers.get("cache-control", ""))
    if max_age is None:
        expires = _http_date(headers.get("expires", ""))
        served = _http_date(headers.get("date", "")) or at
        hints.append((expires - served).total_seconds() if expires else 0.0)
    else:
        hints.append(max_age - _number(headers.get("age", "")))
    return at + seconds(max(hints))


def back_off(failures: int, error: TearsheetError | None = None) -> timedelta:
    """Return how long to wait after the `failures`-th failure in a row: a first wait by the kind of trouble, then doubled.

    410 Gone stops for good; `Retry-After` is the least.
    """
    first, longest = _patience(error)
    doublings = min(max(failures, 1) - 1, 20)
    wait = min(first * (1 << doublings), longest)
    if isinstance(error, BadStatus):
        return STOPPED if error.status == 410 else max(wait, seconds(error.retry_after_s))
    return wait


def seconds(asked: float) -> timedelta:
    """Return a wait that a server asked for, in seconds: 7 days at most."""
    return min(timedelta(seconds=min(max(0.0, asked), 1e9)), LONGEST)


def next_look(first_seen: datetime, look: int, now: datetime) -> datetime | None:
    """Return when to look again at an article of which `look` looks have been taken, the last one at `now`; none after the last.

    Looks whose time has passed while nobody was looking are not made up for.
    """
    return next((first_seen + age for age in LOOKS[look:] if first_seen + age > now), None)


def gone_reason(history: Iterable[Look]) -> str:
    """Return why an article is gone after these looks, oldest first: `410`, `404`, `front page`, or nothing if it is there.

    410 once; 404 twice at least a day apart, by our clock and by that of the host, or on four days by ours alone: the host's may
    crawl; a redirect to the front page. Server trouble in between says nothing. A good answer after that is a return.
    """
    gone = ""
    missing: list[Look] = []  # one a day
    for look in history:
        if look.front and look.status < 400:
            gone = gone or "front page"
        elif 200 <= look.status < 400:
            gone, missing = "", []
        elif look.status == 410:
            gone = "410"
        elif look.status == 404:
            if not missing or look.at - missing[-1].at >= _DAY:
                missing.append(look)
            if look.since(missing[0]) >= _DAY or len(missing) >= _DAYS_ENOUGH:
                gone = gone or "404"
    return gone


def _interval(rhythm: Rhythm, at: datetime) -> timedelta:
    """Return the time after `at` in which the source earns one visit: the integral of sqrt(rate) reaches `EFFORT` hours."""
    owed = EFFORT
    moment = at
    while owed > 0 and moment - at < LONGEST:
        midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        until = midnight + (_bin(moment) + 1) * _BIN
        earned_per_hour = math.sqrt(rhythm.rate_at(moment))
        hours = min((until - moment) / timedelta(hours=1), owed / earned_per_hour)
        owed -= hours * earned_per_hour
        moment = until if owed > 1e-9 else moment + timedelta(hours=hours)
        owed = owed if owed > 1e-9 else 0.0
    return moment - at


def _bin(at: datetime) -> int:
    moment = at.astimezone(UTC)
    return (moment.hour * 60 + moment.minute) * _BINS // (24 * 60)


def _spread(url: str) -> float:
    """Return a number from 0 to 1 that is always the same for one address."""
    return int.from_bytes(hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()[:4]) / 2**32


def _patience(error: TearsheetError | None) -> tuple[timedelta, timedelta]:
    """Return the first wait and the longest one for a kind of trouble."""
    if isinstance(error, RobotsRefused | TooLarge):
        return _DAY, LONGEST
    if isinstance(error, FormatError):
        return timedelta(hours=1), LONGEST
    if isinstance(error, BadStatus) and error.status < 500:
        return (timedelta(hours=1), _DAY) if error.status == 429 else (timedelta(hours=6), LONGEST)
    # A host in trouble, or what a person mends: a setting, a site definition, a host that is not allowed yet.
    return timedelta(minutes=15), _DAY


def _max_age(cache_control: str) -> float | None:
    for directive in cache_control.lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name in {"no-cache", "no-store"}:
            return 0.0
        if name == "max-age":
            return _number(value.strip('" '))
    return None


def _retry_after(value: str, at: datetime) -> float:
    when = _http_date(value)
    return (when - at).total_seconds() if when else _number(value)


def _number(value: str) -> float:
    text = value.strip()
    return float(min(int(text), 10**9)) if text.isascii() and text.isdigit() and len(text) < 20 else 0.0


def _http_date(value: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(value)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
