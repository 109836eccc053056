"""The replay server, which belongs to nobody's package, run in this process so that what it is asked can be counted."""

import importlib.util
import sys
import threading
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

ANSWERED = ("/feed.xml", "/robots.txt", "/", "/opml", "/truth.jsonl")


def module(path: Path) -> ModuleType:
    """Return the Python file at `path` as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = found
    spec.loader.exec_module(found)
    return found


class Press:
    """The recorded pages behind an http proxy on 127.0.0.1; `pages` counts how often each of them was sent whole."""

    def __init__(self, script: Path, *, hosts: int) -> None:
        replay = module(script)
        press = self

        class Counting(replay.Press):  # type: ignore[misc, name-defined]
            def answer(self, status: int, *rest: Any) -> None:  # Any: the replay's own arguments, passed on
                press.heard(self.path, status, self.headers.get("If-None-Match"))
                super().answer(status, *rest)

        Counting.press = replay.load(sorted(path.stem for path in replay.BENCH.glob("*.jsonl")), hosts)
        self.truth: str = replay.truth(Counting.press)
        self.hosts = len(Counting.press)
        self.count = sum(map(len, Counting.press.values()))
        self.lock = threading.Lock()
        self.forget()
        self._server = replay.ThreadingHTTPServer(("127.0.0.1", 0), Counting)
        self.proxy = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def heard(self, url: str, status: int, tag: str | None) -> None:
        """Note one request."""
        path = "/" + url.removeprefix("http://").partition("/")[2]
        with self.lock:
            self.requests += 1
            if path not in ANSWERED:
                self.pages[url] += 1
                self.conditional += tag is not None

    def forget(self) -> None:
        """Begin to count anew."""
        self.requests = 0
        self.conditional = 0
        self.pages: Counter[str] = Counter()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
