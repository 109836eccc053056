"""Sixty invented sources polled for two weeks, at a learned rhythm and every hour: requests, and how late articles are found."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tearsheet.schedule import Rhythm, next_visit

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://paper.example/feed"
SOURCES, DAYS = 60, 14


@dataclass(slots=True)
class Polling:
    """What was asked and found in the second half of the time."""

    requests: int = 0
    delay: timedelta = timedelta()
    found: int = 0

    @property
    def a_day(self) -> float:
        """Requests a day and source."""
        return self.requests / (SOURCES * DAYS / 2)

    @property
    def mean_delay(self) -> timedelta:
        """How late an article was found."""
        return self.delay / self.found

    @property
    def cost(self) -> float:
        """Requests times delay: the less of either the better."""
        return self.requests * self.mean_delay.total_seconds()


def simulated() -> tuple[Polling, Polling]:
    """Return what comes of the learned rhythm, and of asking every hour."""
    rng = random.Random(7)
    learned, hourly = Polling(), Polling()
    for _ in range(SOURCES):
        items = arrivals(rng, min(rng.lognormvariate(0.26, 1.9), 150))
        for total, interval in ((learned, None), (hourly, HOUR)):
            requests, delays = polled(items, interval)
            total.requests += requests
            total.delay += sum(delays, timedelta())
            total.found += len(delays)
    return learned, hourly


def arrivals(rng: random.Random, per_day: float) -> list[datetime]:
    """Return Poisson arrivals, six times as dense by day as by night."""
    found = []
    at = AT
    while at < AT + DAYS * DAY:
        at += timedelta(days=rng.expovariate(per_day * 1.7))
        if rng.random() < (1.0 if 6 <= at.hour < 18 else 0.17):
            found.append(at)
    return found


def polled(items: list[datetime], interval: timedelta | None) -> tuple[int, list[timedelta]]:
    """Return requests and delays of the items of the second half, at a fixed or a learned interval."""
    at, known, requests, delays = AT, 0, 0, []
    rhythm = Rhythm()
    half = AT + DAYS / 2 * DAY
    while at < AT + DAYS * DAY:
        fresh = [item for item in items[known:] if item <= at]
        known += len(fresh)
        requests += at >= half
        delays += [at - item for item in fresh if item >= half]
        rhythm = rhythm.visited(at, listed=0, new=len(fresh), arrivals=fresh)
        at = at + interval if interval else next_visit(rhythm, at, url=URL)
    return requests, delays
