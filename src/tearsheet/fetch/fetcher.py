"""Fetches politely: requests in, captures or errors out, each host in its turn. No page is understood here."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pycurl

from tearsheet.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    RobotsRefused,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tearsheet.fetch import robots, wire
from tearsheet.fetch.exchange import NO_HOST, Exchange
from tearsheet.fetch.loop import Loop
from tearsheet.fetch.request import Limits, Request
from tearsheet.fetch.turns import Turns
from tearsheet.model import Capture

Outcome = Capture | FetchError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
REDIRECTS_OF_A_BODY = frozenset({307, 308})
ASK_AGAIN_S = 0.05
GIVE_UP_AFTER = 3
"""Requests to one host that may fail to connect, one after the other, before the rest is not tried in this run."""


@dataclass(slots=True, eq=False)
class _Job:
    """One request on its way. `asks` is the robots.txt it fetches, if it does that; `failed` says how the last try ended."""

    request: Request
    to: wire.Target
    asks: str = ""
    via: list[Capture] = field(default_factory=list)
    attempts: int = 0
    failed: FetchError | None = None
    spent_s: float = 0.0

    @property
    def host(self) -> str:
        """Return the host whose turn this job waits for."""
        return self.to.host


class _Window:
    """How many transfers may run at once.

    Directly, as many as allowed. Through a proxy all connections go to one machine, and a small one has a short queue for
    those it has not accepted yet (5, with Python's own server); what overflows is dropped without a word and found out
    15 s later. So there the number grows from 4, by one for each answer and not faster than one in 10 ms.
    """

    START = 4
    PACE_S = 0.01

    def __init__(self, limits: Limits) -> None:
        self._most = max(1, limits.parallel)
        self.size = min(self._most, self.START) if wire.has_proxy(limits) else self._most
        self._grown_at = 0.0

    def answered(self, now: float) -> None:
        if self.size < self._most and now - self._grown_at >= self.PACE_S:
            self.size += 1
            self._grown_at = now


class Fetcher:
    """Holds what outlives one run: robots.txt files, TLS sessions, names, and when each host was last asked."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._robots = robots.Kept()
        self._turns: Turns[_Job] = Turns(per_host=limits.per_host, pause_s=limits.pause_s)
        self._share = pycurl.CurlShare()
        for kind in (pycurl.LOCK_DATA_SSL_SESSION, pycurl.LOCK_DATA_DNS):
            self._share.setopt(pycurl.SH_SHARE, kind)

    def fetch(self, requests: Iterator[Request | None]) -> Iterator[tuple[Request, Outcome]]:
        """Yield each request with its capture, or the error it met, as they finish.

        Requests are drawn as there is room for them; nothing (None) from the iterator means "none now, ask again soon".
        Ends when the iterator has ended and everything drawn from it is answered. One run at a time.
        A 304 is a capture. Any other status but 2xx is a `BadStatus` that carries the capture.
        """
        run = _Run(self.limits, requests, robots_kept=self._robots, turns=self._turns, share=self._share)
        try:
            yield from run.results()
        finally:
            run.close()


class _Run:
    """One call of `fetch`."""

    def __init__(
        self,
        limits: Limits,
        requests: Iterator[Request | None],
        *,
        robots_kept: robots.Kept,
        turns: Turns[_Job],
        share: pycurl.CurlShare,
    ) -> None:
        self._limits = limits
        self._requests = requests
        self._robots = robots_kept
        self._turns = turns
        self._share = share
        self._loop = Loop(connections=max(16, limits.parallel))
        self._spare: list[pycurl.Curl] = []
        self._running: dict[pycurl.Curl, tuple[_Job, Exchange]] = {}
        self._parked: dict[str, list[_Job]] = {}
        self._parked_count = 0
        self._finished: deque[tuple[Request, Outcome]] = deque()
        self._window = _Window(limits)
        self._exhausted = False
        self._ask_at = 0.0
        self._closed_until: dict[str, tuple[float, int]] = {}
        self._failures: dict[str, int] = {}
        self._tls: dict[str, str] = {}

    # ---- the loop

    def results(self) -> Iterator[tuple[Request, Outcome]]:
        while True:
            self._launch()
            for handle, code, message in self._loop.run(self._patience()):
                self._ended(handle, code, message)
            while self._finished and len(self._finished) >= min(8, self._limits.parallel):
                yield self._finished.popleft()
            if self._finished:
                yield self._finished.popleft()
            elif self._exhausted and not (self._running or self._turns.waiting or self._parked_count):
                return

    def close(self) -> None:
        self._running.clear()
        self._loop.close()
        for handle in self._spare:
            handle.close()
        self._turns.drain()

    def _patience(self) -> float:
        """Return how long nothing can be done but wait for bytes."""
        now = time.monotonic()
        waits = [1.0]
        if self._finished or (self._exhausted and not (self._running or self._turns.waiting)):
            return 0.0
        if len(self._running) < self._window.size:
            turn = self._turns.wait_s(now)
            waits += [turn] if turn is not None else []
            waits += [] if self._exhausted else [max(0.0, self._ask_at - now)] if self._may_draw() else []
        return min(waits)

    def _launch(self) -> None:
        while len(self._running) < self._window.size and len(self._finished) <= self._limits.parallel:
            job = self._turns.take(time.monotonic())
            if job is not None:
                self._start(job)
            elif not self._draw():
                return

    def _may_draw(self) -> bool:
        return not self._exhausted and self._turns.waiting + self._parked_count < self._limits.ahead

    def _draw(self) -> bool:
        """Take one request from the iterator; say whether there was one."""
        if not self._may_draw() or time.monotonic() < self._ask_at:
            return False
        try:
            request = next(self._requests)
        except StopIteration:
            self._exhausted = True
            return False
        if request is None:
            self._ask_at = time.monotonic() + ASK_AGAIN_S
            return False
        try:
            self._admit(_Job(request, wire.target(request.url, self._limits.allow)), new=True)
        except FetchError as error:
            self._finished.append((request, error))
        return True

    # ---- a job's way

    def _admit(self, job: _Job, *, new: bool) -> None:
        """Let a job stand in line, after robots.txt has been asked."""
        if job.asks or job.request.body or not self._limits.robots:
            self._turns.add(job.host, job, first=not new)
            return
        where = robots.address(job.to.url)
        rules = self._robots.get(where, time.monotonic())
        if rules is None:
            self._ask_robots(where, job)
            return
        # RFC 9309 lets a crawler take a failing robots.txt for a no. A source is no crawl: a person named its address,
        # and what the file says is obeyed there too, but not its absence.
        why = (
            ""
            if rules.barred and job.request.purpose == "source"
            else rules.refusal(job.to.url, self._limits.user_agent)
        )
        if why:
            self._finish(job, RobotsRefused(job.to.url, why))
            return
        asked_s = min(rules.delay_s(self._limits.user_agent), self._limits.max_delay_s)
        self._turns.slow_down(job.host, pause_s=max(self._limits.pause_s, asked_s))
        self._turns.add(job.host, job, first=not new)

    def _ask_robots(self, where: str, job: _Job) -> None:
        self._parked_count += 1
        if where in self._parked:
            self._parked[where].append(job)
            return
        self._parked[where] = [job]
        request = Request(url=where, purpose="robots", max_bytes=robots.MAX_BYTES)
        self._turns.add(job.host, _Job(request, wire.target(where, self._limits.allow), asks=where), first=True)

    def _start(self, job: _Job) -> None:
        now = time.monotonic()
        until, status = self._closed_until.get(job.host, (0.0, 0))
        if until > now:
            self._turn_over(job)
            self._end(job, _told_to_wait(job.to.url, status, until - now))
            return
        if self._failures.get(job.host, 0) >= GIVE_UP_AFTER:
            self._turn_over(job)
            why = f"{job.host} failed {GIVE_UP_AFTER} times in a row and is left alone for now"
            self._end(job, job.failed or Unreachable(job.to.url, why))
            return
        handle = self._spare.pop() if self._spare else self._new_handle()
        exchange = Exchange(job.request, job.to, self._limits, time_s=self._limits.timeout_s - job.spent_s)
        exchange.prepare(handle)
        self._running[handle] = (job, exchange)
        self._loop.add(handle)

    def _new_handle(self) -> pycurl.Curl:
        handle = pycurl.Curl()
        handle.setopt(pycurl.SHARE, self._share)  # survives `reset`
        return handle

    def _turn_over(self, job: _Job) -> None:
        """Give back a turn that was not used: no pause is due for it."""
        self._turns.done(job.host, time.monotonic() - self._limits.pause_s)

    def _ended(self, handle: pycurl.Curl, code: int, message: str) -> None:
        job, exchange = self._running.pop(handle)
        # A connection used again was negotiated for an earlier request to the same host and port.
        exchange.tls = self._tls[job.to.netloc] = exchange.tls or self._tls.get(job.to.netloc, "")
        outcome = exchange.outcome(handle, code, message)
        job.spent_s += float(handle.getinfo(pycurl.TOTAL_TIME))
        handle.reset()
        self._spare.append(handle)
        self._turns.done(job.host, time.monotonic())
        self._window.answered(time.monotonic())
        self._count_failures(job, outcome)
        if isinstance(outcome, TooLarge) and job.asks and exchange.status == 200:
            self._learn(job, robots.rules(200, exchange.beginning()))
        elif not self._retried(job, exchange, outcome):
            self._settle(job, outcome)

    def _count_failures(self, job: _Job, outcome: Outcome) -> None:
        if isinstance(outcome, Unreachable | TooSlow):
            self._failures[job.host] = self._failures.get(job.host, 0) + 1
        else:
            self._failures.pop(job.host, None)

    def _retried(self, job: _Job, exchange: Exchange, outcome: Outcome) -> bool:
        """Put a job back in line if another try may cure it."""
        now = time.monotonic()
        limits = self._limits
        wait_s = 0.0
        if isinstance(outcome, Capture) and outcome.status in (429, 503):
            wait_s = retry_after_s(outcome, datetime.now(UTC))
            if wait_s > limits.max_wait_s:
                self._closed_until[job.host] = (now + wait_s, outcome.status)
            if not 0 < wait_s <= limits.max_wait_s:
                return False
            # Whoever asks us to wait means all of us, so the whole host is held.
            self._turns.hold(job.host, until=now + wait_s)
        elif not exchange.transient:
            return False
        # A picture is asked for again by a later run; the words of an article are worth waiting for.
        if job.attempts >= (0 if job.request.purpose == "picture" else limits.retries):
            return False
        job.attempts += 1
        job.failed = None if isinstance(outcome, Capture) else outcome
        self._turns.add_later(job.host, job, at=now + max(wait_s, limits.back_off_s * 2 ** (job.attempts - 1)))
        return True

    def _settle(self, job: _Job, outcome: Outcome) -> None:
        """Follow a redirect, or end."""
        followed = REDIRECTS_OF_A_BODY if job.request.body else REDIRECTS
        location = outcome.header("location") if isinstance(outcome, Capture) and outcome.status in followed else ""
        if not isinstance(outcome, Capture) or not location:
            self._end(job, outcome)
            return
        job.via.append(outcome)
        try:
            if len(job.via) > self._limits.max_redirects:
                raise TooManyRedirects(wire.shown(job.request.url), f"more than {self._limits.max_redirects}")
            job.to = self._next(job, location)
            job.attempts, job.failed = 0, None
            self._admit(job, new=False)
        except FetchError as error:
            self._end(job, error)

    def _next(self, job: _Job, location: str) -> wire.Target:
        address = wire.redirected(job.to.url, location)
        if not address:
            raise AddressRefused(
                wire.shown(job.to.url), f"redirects to something that is no address: {location[:100]!r}"
            )
        to = wire.target(address, self._limits.allow)
        # A login written in an address goes on to the same host only.
        same = (to.scheme, to.host, to.port) == (job.to.scheme, job.to.host, job.to.port)
        return replace(to, login=to.login or job.to.login) if same else to

    def _end(self, job: _Job, outcome: Outcome) -> None:
        if job.asks:
            self._robots_came(job, outcome)
        else:
            self._finish(job, outcome)

    def _finish(self, job: _Job, outcome: Outcome) -> None:
        if isinstance(outcome, Capture):
            whole = replace(outcome, url=wire.without_login(job.request.url), via=tuple(job.via))
            good = 200 <= whole.status < 300 or whole.status == 304
            self._finished.append((job.request, whole if good else _bad_status(whole)))
        else:
            self._finished.append((job.request, outcome))

    # ---- robots.txt

    def _robots_came(self, job: _Job, outcome: Outcome) -> None:
        if isinstance(outcome, Capture):
            self._learn(job, robots.rules(outcome.status, outcome.body))
        elif isinstance(outcome, TooManyRedirects):
            self._learn(job, robots.Rules())
        else:
            self._fail_parked(job, outcome)

    def _learn(self, job: _Job, rules: robots.Rules) -> None:
        self._robots.keep(job.asks, rules, time.monotonic())
        for waiting in self._unpark(job.asks):
            self._admit(waiting, new=not waiting.via)

    def _fail_parked(self, job: _Job, error: FetchError) -> None:
        """What kept robots.txt from coming keeps its pages from coming (RFC 9309, 2.3.1.4), and is the truer message."""
        for waiting in self._unpark(job.asks):
            cause = f"robots.txt: {error.cause}" if error.cause else "robots.txt"
            if error.cause == NO_HOST:  # which has nothing to do with robots.txt
                cause = NO_HOST
            failed = type(error)(wire.shown(waiting.to.url), cause)
            if isinstance(error, BadStatus) and isinstance(failed, BadStatus):
                failed.status, failed.retry_after_s = error.status, error.retry_after_s
            self._finish(waiting, failed)

    def _unpark(self, where: str) -> list[_Job]:
        jobs = self._parked.pop(where, [])
        self._parked_count -= len(jobs)
        return jobs


def retry_after_s(capture: Capture, now: datetime) -> float:
    """Return how many seconds a host asks us to wait, 0 if it does not say (RFC 9110, 10.2.3)."""
    text = capture.header("retry-after")
    if text.isdecimal():
        return float(min(int(text[:9]), 30 * 24 * 3600))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _bad_status(capture: Capture) -> BadStatus:
    wait_s = retry_after_s(capture, datetime.now(UTC))
    error = BadStatus(capture.final_url, status=capture.status, retry_after_s=wait_s)
    error.capture = capture
    return error


def _told_to_wait(url: str, status: int, wait_s: float) -> BadStatus:
    return BadStatus(
        url,
        f"HTTP {status}: the host asked to be left alone for {wait_s:.0f} s more",
        status=status,
        retry_after_s=wait_s,
    )
