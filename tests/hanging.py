"""A guard against work that does not end: it measures nothing, and lets whatever ends be."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CPU_S = 60.0
"""What the tests that stand under it do takes three seconds of processor time at most; what is quadratic in it takes minutes."""


@contextmanager
def ends(cpu_s: float = CPU_S) -> Iterator[None]:
    """Fail if the block is still at work after so much processor time; what else the machine does is not counted."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"still at work after {cpu_s:.0f} CPU seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
