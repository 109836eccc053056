"""The loop that moves bytes and does nothing else: libcurl's multi interface over epoll, in this thread.

`socket_action` and not `select`: the latter counts no file descriptor above 1,023.
"""

import contextlib
import selectors
import signal
import time
from collections.abc import Iterator

import pycurl

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_WATCH = {pycurl.POLL_IN: READ, pycurl.POLL_OUT: WRITE, pycurl.POLL_INOUT: READ | WRITE}


class Loop:
    """Runs transfers side by side. What ends is given back as (handle, error code, message); code 0 is success."""

    def __init__(self, *, connections: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._due: float | None = None
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)
        self._handles: set[pycurl.Curl] = set()

    def add(self, handle: pycurl.Curl) -> None:
        """Start a transfer."""
        with _undisturbed():
            self._handles.add(handle)
            self._multi.add_handle(handle)

    def run(self, timeout_s: float) -> list[tuple[pycurl.Curl, int, str]]:
        """Move bytes for at most `timeout_s`, less as soon as something happens, and return what has ended."""
        now = time.monotonic()
        if self._due is not None:
            timeout_s = min(timeout_s, max(0.0, self._due - now))
        ready = self._ready(timeout_s)
        with _undisturbed():
            for key, mask in ready:
                flags = (pycurl.CSELECT_IN if mask & READ else 0) | (pycurl.CSELECT_OUT if mask & WRITE else 0)
                self._multi.socket_action(key.fd, flags)
            if self._due is not None and self._due <= time.monotonic():
                self._due = None
                self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            return self._ended()

    def close(self) -> None:
        """Break off what is still running."""
        for handle in self._handles:
            self._multi.remove_handle(handle)
            handle.close()
        self._handles.clear()
        self._multi.close()
        self._selector.close()

    def _ready(self, timeout_s: float) -> list[tuple[selectors.SelectorKey, int]]:
        if not self._selector.get_map():
            # Nothing to watch: epoll would still wait, but not every selector does.
            time.sleep(timeout_s)
            return []
        return self._selector.select(timeout_s)

    def _ended(self) -> list[tuple[pycurl.Curl, int, str]]:
        ended: list[tuple[pycurl.Curl, int, str]] = []
        more = 1
        while more:
            more, fine, failed = self._multi.info_read()
            ended += [(handle, 0, "") for handle in fine]
            ended += [(handle, code, message) for handle, code, message in failed]
        for handle, _, _ in ended:
            self._multi.remove_handle(handle)
            self._handles.discard(handle)
        return ended

    def _on_timer(self, timeout_ms: int) -> None:
        self._due = None if timeout_ms < 0 else time.monotonic() + timeout_ms / 1000

    def _on_socket(self, event: int, descriptor: int, _multi: object, _data: object) -> None:
        known = descriptor in self._selector.get_map()
        if event == pycurl.POLL_REMOVE:
            if known:
                self._selector.unregister(descriptor)
        elif known:
            self._selector.modify(descriptor, _WATCH[event])
        elif event in _WATCH:
            self._selector.register(descriptor, _WATCH[event])


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait: pycurl prints what is raised inside its callbacks, and forgets it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
