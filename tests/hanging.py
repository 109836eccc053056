"""A guard against work that does not end: it measures nothing, and lets whatever ends be."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CPU_S = 60.0
"""What the tests that stand under it do takes three seconds of processor time at most; what is quadratic in it takes minutes."""


class _StillAtWork(BaseException):
    """What the guard raises wherever the work is; nothing in it takes that for an error of its own."""


@contextmanager
def ends(cpu_s: float = CPU_S) -> Iterator[None]:
    """Fail if the block is still at work after so much processor time; what else the machine does is not counted."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _StillAtWork

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    except _StillAtWork:
        # Anew: pytest ends with an error of its own over a traceback from an instruction that has no line.
        raise AssertionError(f"still at work after {cpu_s:.0f} CPU seconds") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
