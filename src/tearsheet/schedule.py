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

from tearsheet.errors import AddressRefused, BadStatus, FetchError, RobotsRefused, TearsheetError, TooLarge

LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""The ages at which an article is looked at again."""
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=7)
EFFORT = 3.0
"""Hours between two visits to a source that publishes once a day, four times that often: twice as often, and so on."""

_HALF_LIFE_DAYS = 7.0
_PRIOR_ITEMS, _PRIOR_DAYS = 1.0, 0.5  # two items a day, worth half a day of watching
_BINS = 6
_BIN = timedelta(hours=24 / _BINS)
_BIN_PRIOR = 3.0  # items: with fewer seen, the day is taken to be flat
_JITTER = 0.1
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a source publishes, as far as its visits have shown.

    `items` in `days` of watching, both fading with a half-life of a week; `hours` are the items by the sixth of the UTC day in
    which they came. `at` is the last visit.
    """

    items: float = 0.0
    days: float = 0.0
    hours: tuple[float, ...] = (0.0,) * _BINS
    at: datetime | None = None

    @property
    def rate(self) -> float:
        """Items a day: the mean of the gamma posterior."""
        return (self.items + _PRIOR_ITEMS) / (self.days + _PRIOR_DAYS)

    def rate_at(self, at: datetime) -> float:
        """Return the items a day expected around `at`."""
        share = (self.hours[_bin(at)] + _BIN_PRIOR / _BINS) / (sum(self.hours) + _BIN_PRIOR)
        return self.rate * share * _BINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at an article: when, the HTTP status (0 if there was no answer), and whether it ended at the site's front page."""

    at: datetime
    status: int
    front: bool = False


def learn(rhythm: Rhythm, at: datetime, arrivals: Iterable[datetime]) -> Rhythm:
    """Return what a visit at `at` teaches; `arrivals` are the publication times of the items not seen before (`at` if not known).

    The first visit learns from the dates of what is listed, up to 30 days back.
    """
    came = [min(arrival, at) for arrival in arrivals]
    if rhythm.at is None:
        came = [arrival for arrival in came if at - arrival <= 30 * _DAY]
        watched = max((at - arrival for arrival in came), default=timedelta())
        # Dates that all say "now" are no dates: they were filled in because the source gives none.
        if watched < timedelta(hours=1):
            return Rhythm(at=at)
    else:
        watched = max(timedelta(), at - rhythm.at)
    fade = 0.5 ** (watched / _DAY / _HALF_LIFE_DAYS)
    hours = [count * fade for count in rhythm.hours]
    for arrival in came:
        hours[_bin(arrival)] += 1
    return Rhythm(
        items=rhythm.items * fade + len(came), days=rhythm.days * fade + watched / _DAY, hours=tuple(hours), at=at
    )


def next_visit(
    url: str, rhythm: Rhythm, *, at: datetime, not_before: datetime | None = None, listed: int = 0
) -> datetime:
    """Return when to visit the source at `url` again after a good visit at `at`.

    Between 5 minutes and 7 days, spread by up to a tenth by the address, and so soon that at most half of the `listed` items
    have scrolled away; never before `not_before`, which the server asked for.
    """
    interval = _interval(rhythm, at) * (1 + _JITTER * _spread(url))
    if listed:
        interval = min(interval, timedelta(days=0.5 * listed / rhythm.rate))
    due = at + min(max(interval, SHORTEST), LONGEST)
    return max(due, not_before) if not_before else due


def not_before(headers: Mapping[str, str], at: datetime, *, ttl_s: float = 0.0) -> datetime:
    """Return the earliest time at which the server wants to be asked again: at most 7 days after `at`.

    The latest of `Cache-Control: max-age` (less `Age`), or else `Expires`; `Retry-After`; and the `ttl` a feed names, in
    seconds. `headers` have lower-case names.
    """
    hints = [ttl_s, _retry_after(headers.get("retry-after", ""), at)]
    max_age = _max_age(headers.get("cache-control", ""))
    if max_age is None:
        expires = _http_date(headers.get("expires", ""))
        served = _http_date(headers.get("date", "")) or at
        hints.append((expires - served).total_seconds() if expires else 0.0)
    else:
        hints.append(max_age - _number(headers.get("age", "")))
    return at + min(timedelta(seconds=max(0.0, *hints)), LONGEST)


def next_try(url: str, error: TearsheetError, *, failures: int, at: datetime) -> datetime | None:
    """Return when to try the source at `url` again after its `failures`-th failure in a row; none after 410 Gone.

    `Retry-After` is obeyed exactly; else the wait doubles from a first one that depends on the kind of trouble.
    """
    if isinstance(error, BadStatus) and error.status == 410:
        return None
    if isinstance(error, BadStatus) and error.retry_after_s > 0:
        return at + min(timedelta(seconds=error.retry_after_s), LONGEST)
    return at + back_off(error, failures) * (1 + _JITTER * _spread(url))


def back_off(error: TearsheetError, failures: int) -> timedelta:
    """Return how long to wait after the `failures`-th failure in a row of this kind."""
    first, longest = _patience(error)
    doublings = min(max(failures, 1) - 1, 20)
    return min(first * (1 << doublings), longest)


def next_look(first_seen: datetime, look: int, now: datetime, *, missing: bool = False) -> datetime | None:
    """Return when to look again at an article of which `look` looks have been taken, the last one at `now`; none after the last.

    Looks whose time has passed while nobody was looking are not made up for. With `missing` (the last look got 404) there is one
    a day later at the latest, to be sure.
    """
    due = next((first_seen + age for age in LOOKS[look:] if first_seen + age > now), None)
    if missing:
        return min(due or now + _DAY, now + _DAY)
    return due


def gone_reason(history: Iterable[Look]) -> str:
    """Return why an article is gone after these looks, oldest first: `410`, `404`, `front page`, or nothing if it is there.

    410 once; 404 twice at least a day apart; a redirect to the front page. Server trouble in between says nothing. A good answer
    after that is a return.
    """
    gone = ""
    first_missing: datetime | None = None
    for look in history:
        if look.front and look.status < 400:
            gone = gone or "front page"
        elif 200 <= look.status < 400:
            gone, first_missing = "", None
        elif look.status == 410:
            gone = "410"
        elif look.status == 404:
            first_missing = first_missing or look.at
            if look.at - first_missing >= _DAY:
                gone = gone or "404"
    return gone


def dump(rhythm: Rhythm) -> str:
    """Return `rhythm` as one short line of JSON."""
    at = rhythm.at.timestamp() if rhythm.at else None
    parts = [round(rhythm.items, 4), round(rhythm.days, 4), [round(count, 3) for count in rhythm.hours], at]
    return json.dumps(parts, separators=(",", ":"))


def load(text: str) -> Rhythm:
    """Return the rhythm that `dump` wrote; one that knows nothing for an empty or unreadable text."""
    try:
        items, days, hours, at = json.loads(text)
        when = None if at is None else datetime.fromtimestamp(at, UTC)
        read = Rhythm(items=float(items), days=float(days), hours=tuple(map(float, hours)), at=when)
    except (ValueError, TypeError, OverflowError, OSError):
        return Rhythm()
    return read if len(read.hours) == _BINS else Rhythm()


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


def _patience(error: TearsheetError) -> tuple[timedelta, timedelta]:
    """Return the first wait and the longest one for a kind of trouble."""
    if isinstance(error, AddressRefused | RobotsRefused | TooLarge):
        return _DAY, LONGEST
    if isinstance(error, BadStatus):
        if error.status == 429:
            return timedelta(hours=1), _DAY
        return (timedelta(minutes=15), _DAY) if error.status >= 500 else (timedelta(hours=6), LONGEST)
    if isinstance(error, FetchError):
        return timedelta(minutes=15), _DAY
    return timedelta(hours=1), LONGEST


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
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
