"""Whose turn it is: a queue for each host, a pause after each answer, retries that wait apart. Time is an argument."""

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Job = TypeVar("Job")

FORGET_ABOVE = 50_000
"""Hosts remembered for their pause alone; above this, those whose pause is over are forgotten."""


@dataclass(slots=True)
class _Line(Generic[Job]):
    """The queue before one host. `listed` says that it stands in the heap."""

    pause_s: float
    waiting: deque[Job] = field(default_factory=deque)
    running: int = 0
    free_at: float = 0.0
    listed: bool = False


class Turns(Generic[Job]):
    """Gives out jobs so that a host has at most `per_host` at once and a pause from the end of the last."""

    def __init__(self, *, per_host: int, pause_s: float) -> None:
        self._per_host = max(1, per_host)
        self._pause_s = pause_s
        self._lines: dict[str, _Line[Job]] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._late: list[tuple[float, int, str, Job]] = []
        self._count = 0
        self.waiting = 0

    def add(self, host: str, job: Job, *, first: bool = False) -> None:
        """Put a job in the line of its host; `first` if it goes on with something begun (a redirect)."""
        line = self._line(host)
        if first:
            line.waiting.appendleft(job)
        else:
            line.waiting.append(job)
        self.waiting += 1
        self._list(host, line)

    def add_later(self, host: str, job: Job, *, at: float) -> None:
        """Put a job at the head of its line, but not before `at`. The line goes on meanwhile."""
        self._count += 1
        self.waiting += 1
        heapq.heappush(self._late, (at, self._count, host, job))

    def take(self, now: float) -> Job | None:
        """Return a job that may start now, or nothing."""
        self._admit_late(now)
        while self._heap and self._heap[0][0] <= now:
            host = heapq.heappop(self._heap)[2]
            line = self._lines[host]
            line.listed = False
            if not line.waiting or line.running >= self._per_host:
                continue
            if line.free_at > now:
                self._list(host, line)
                continue
            line.running += 1
            self.waiting -= 1
            job = line.waiting.popleft()
            self._list(host, line)
            return job
        return None

    def done(self, host: str, now: float) -> None:
        """Say that a job given out for `host` has ended; its pause begins."""
        line = self._line(host)
        line.running -= 1
        line.free_at = max(line.free_at, now + line.pause_s)
        self._list(host, line)
        if len(self._lines) > FORGET_ABOVE:
            self._forget(now)

    def hold(self, host: str, *, until: float) -> None:
        """Give out nothing for `host` before `until`."""
        line = self._line(host)
        line.free_at = max(line.free_at, until)

    def slow_down(self, host: str, *, pause_s: float) -> None:
        """Set the pause of one host."""
        self._line(host).pause_s = pause_s

    def wait_s(self, now: float) -> float | None:
        """Return the seconds until `take` may give something, or nothing if that does not depend on time."""
        times = [heap[0][0] for heap in (self._heap, self._late) if heap]
        return max(0.0, min(times) - now) if times else None

    def drain(self) -> None:
        """Forget all jobs, but not when the hosts were last asked."""
        for line in self._lines.values():
            line.waiting.clear()
            line.running = 0
            line.listed = False
        self._heap.clear()
        self._late.clear()
        self.waiting = 0

    def _line(self, host: str) -> _Line[Job]:
        line = self._lines.get(host)
        if line is None:
            line = self._lines[host] = _Line(self._pause_s)
        return line

    def _list(self, host: str, line: _Line[Job]) -> None:
        if line.waiting and not line.listed and line.running < self._per_host:
            self._count += 1
            heapq.heappush(self._heap, (line.free_at, self._count, host))
            line.listed = True

    def _admit_late(self, now: float) -> None:
        while self._late and self._late[0][0] <= now:
            _, _, host, job = heapq.heappop(self._late)
            self.waiting -= 1
            self.add(host, job, first=True)

    def _forget(self, now: float) -> None:
        idle = [
            host
            for host, line in self._lines.items()
            if not line.waiting and not line.running and not line.listed and line.free_at <= now
        ]
        for host in idle:
            del self._lines[host]
