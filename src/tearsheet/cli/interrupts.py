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


def between_imports(act: "Callable[[], None]") -> "Callable[[int, FrameType | None], None]":
    """Return a signal handler that calls `act` at once, or when the import that the signal fell into is done."""

    def heard(number: int, frame: "FrameType | None") -> None:
        if not _importing(frame):
            act()
        else:
            signal.signal(signal.SIGALRM, heard)
            signal.setitimer(signal.ITIMER_REAL, AGAIN_S)

    return heard


def heed_ctrl_c() -> None:
    """Let Ctrl-C raise `KeyboardInterrupt` between imports only; where it is ignored (`nohup`, `&`), it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, between_imports(_interrupt))


def ended() -> None:
    """Let Ctrl-C end the process at once: from here on only Python's own end remains, which would show a traceback."""
    if signal.setitimer(signal.ITIMER_REAL, 0)[0]:
        leave()  # it came while the last import was on
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda number, frame: leave())


def leave() -> "NoReturn":
    """End the process here, as interrupted."""
    try:
        os.write(2, b"tearsheet: interrupted\n")
    finally:
        os._exit(INTERRUPTED)


def _interrupt() -> "NoReturn":
    raise KeyboardInterrupt


def _importing(frame: "FrameType | None") -> bool:
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
