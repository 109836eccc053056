"""Ctrl-C at any moment: one line and 130, never a traceback.

An exception in the middle of an import comes out as another one (`RuntimeError: Error calling __set_name__`), or leaves
a module half made; so a signal that falls into an import waits until that is done.
Until this file is read Ctrl-C is Python's, so it imports nothing that Python has not imported by then: `signal` and
`typing` take longer than all before them.
"""

import _signal as signal  # type: ignore[import-not-found]  # what `signal` itself is made of
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

INTERRUPTED = 130
AGAIN_S = 0.001


def heed_ctrl_c(act: "Callable[[], None]") -> None:
    """Let Ctrl-C call `act`, between imports; where it is ignored (`nohup`, `&`), it stays so."""
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, between_imports(act))


def between_imports(act: "Callable[[], None]") -> "Callable[[int, FrameType | None], None]":
    """Return a signal handler that calls `act`; a signal that falls into an import is sent again until that is done."""

    def heard(number: int, frame: "FrameType | None") -> None:
        if not _importing(frame):
            act()
        else:
            signal.signal(signal.SIGALRM, lambda *now: signal.raise_signal(number))
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)

    return heard


def interrupt() -> "NoReturn":
    """Raise what Ctrl-C raises in Python."""
    raise KeyboardInterrupt


def leave() -> "NoReturn":
    """End the process here, as interrupted."""
    try:
        os.write(2, b"tearsheet: interrupted\n")
    finally:
        os._exit(INTERRUPTED)


def _importing(frame: "FrameType | None") -> bool:
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
