"""The progress display: a bar on a terminal, now and then a plain line elsewhere; on standard error only."""

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from tearsheet.cli.screen import cut, one_line, width_of
from tearsheet.model import Step

BAR_CELLS = 24
REDRAW_S = 0.1
PLAIN_EVERY_S = 10.0
CLEAR = "\r\x1b[K"


class Progress:
    """Takes steps (it is the `progress` of every flow) and shows them; leaves a terminal's line empty when it ends.

    Off a terminal, work that is done within ten seconds is not worth a line.
    """

    def __init__(
        self, *, quiet: bool = False, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._clock = clock
        self._moving = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._every_s = REDRAW_S if self._moving else PLAIN_EVERY_S
        self._drawn_at = 0.0 if self._moving else clock()
        self._last: dict[str, Step] = {}  # of each stage; stages may take turns
        self._drawn: dict[str, Step] = {}

    def __call__(self, step: Step) -> None:
        """Show `step`, unless one was shown a moment ago."""
        if self._quiet:
            return
        self._last[step.stage] = step
        now = self._clock()
        if now - self._drawn_at >= self._every_s and (self._moving or step.done):
            self._drawn_at = now
            self._draw(step)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._moving:
            self.clear()
        elif self._drawn:
            for stage, step in self._last.items():
                if step != self._drawn.get(stage):
                    self._draw(step)
        self._last.clear()
        self._drawn.clear()

    def clear(self) -> None:
        """Leave a terminal's line empty for other words; the next step draws it again."""
        if self._moving and self._drawn:
            self._write(CLEAR)

    def _draw(self, step: Step) -> None:
        self._drawn[step.stage] = step
        if self._moving:
            self._write(CLEAR + cut(bar(step), width_of(self._stream) - 1))
        else:
            self._write(plain(step) + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def bar(step: Step) -> str:
    """Return `step` as the line of a moving display."""
    share = min(step.done / step.total, 1.0) if step.total else 0.0
    full = int(share * BAR_CELLS)
    drawn = f" {'━' * full}{'╌' * (BAR_CELLS - full)}" if step.total else ""
    return f"{one_line(step.stage)}{drawn} {_count(step)}  {one_line(step.note)}".rstrip()


def plain(step: Step) -> str:
    """Return `step` as a line of a log. The thing in hand is left out: it would be an arbitrary one."""
    return f"{one_line(step.stage)} {_count(step)}".rstrip()


def _count(step: Step) -> str:
    if step.total:
        return f"{step.done:,}/{step.total:,}"
    return f"{step.done:,}" if step.done else ""
