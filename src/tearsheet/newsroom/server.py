"""The newsroom's server: one loopback port, many hosts, a clock that moves when it is told to."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Self

from tearsheet.newsroom import (
    answers,
    arabic,
    chinese,
    english,
    extras,
    feeds,
    japanese,
    pictures,
    press,
    russian,
    troubles,
)
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, escape
from tearsheet.newsroom.press import START, Paper, Piece, Publication, Truth
from tearsheet.newsroom.sitefiles import site_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request that was answered, for tests that ask what was fetched."""

    host: str
    path: str
    query: str
    status: int
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    path: Callable[[Piece, str], str]
    answer: Callable[[Desk, Asked], Answer | None]


_HOUSES = {
    "luting": _House(path=chinese.path, answer=chinese.answer),
    "courier": _House(path=english.path, answer=english.answer),
    "miohama": _House(path=japanese.path, answer=japanese.answer),
    "sariya": _House(path=arabic.path, answer=arabic.answer),
    "orlecha": _House(path=russian.path, answer=russian.answer),
}


class Newsroom:
    """Five invented papers and some troublesome hosts at `http://NAME.localhost:PORT/`.

    What is in print depends on the tick alone; menus, counters and related links change at every request.
    `port` 0 takes a free one. `start` is the invented time of tick 0, `slow_s` how long the slow host waits.
    """

    def __init__(self, port: int = 0, *, start: datetime = START, slow_s: float = 0.2) -> None:
        self.port = port
        self.slow_s = slow_s
        self.heard: list[Heard] = []
        self._began = start
        self._now = 0
        self._numbers = count(1)
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on 127.0.0.1; afterwards `port` is the real one."""
        self._server = _Server(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Stop listening and break off what is still being sent."""
        if self._server:
            self._server.shutdown()
            self._server.break_off()
            self._server.server_close()
            self._server = None

    @property
    def now(self) -> int:
        """The tick that the clock shows."""
        return self._now

    @property
    def moment(self) -> datetime:
        """The invented time, in UTC."""
        return press.moment(self._now, self._began)

    def tick(self) -> datetime:
        """Move the clock one step and return the new invented time: articles appear, change, move and vanish."""
        return self.turn_to(self._now + 1)

    def turn_to(self, tick: int) -> datetime:
        """Set the clock to `tick`, forward or back, and return the invented time."""
        self._now = tick
        return self.moment

    def at(self, tick: int) -> tuple[Truth, ...]:
        """Return all that is or was in print at `tick`, without moving the clock: the same at every call."""
        return tuple(truth for paper in press.papers() for truth in self._truths(paper, tick))

    def address(self, host: str, path: str = "/") -> str:
        """Return the full address of `path` at `host` (its name without `.localhost`)."""
        return f"http://{host}.localhost:{self.port}{path}"

    @property
    def publications(self) -> tuple[Publication, ...]:
        """The five papers and how to follow them."""
        return tuple(self._publication(paper) for paper in press.papers())

    def opml(self) -> bytes:
        """Return an OPML file of the five papers."""
        return feeds.opml(self.publications)

    def site_toml(self, name: str = "orlecha") -> str:
        """Return the site definition that is needed to follow `name`, with this newsroom's port in it."""
        return site_toml(name, port=self.port)

    def paths_asked(self, host: str) -> list[str]:
        """Return the paths (with query) asked of `host` so far, in order."""
        return [heard.path + (f"?{heard.query}" if heard.query else "") for heard in self.heard if heard.host == host]

    def answer(self, asked: Asked) -> Answer:
        """Return what the newsroom says to `asked`. No network is needed for this."""
        if asked.host in _HOUSES:
            return self._paper_answer(asked)
        desks = {paper.name: self._desk(paper, asked.number) for paper in press.papers()}
        if asked.host == arabic.PICTURE_HOST:
            return arabic.picture(desks["sariya"], asked) or answers.refused(404, "no such picture")
        special: dict[str, Callable[[], Answer | None]] = {
            "newsroom": lambda: self._own(asked),
            "rsshub": lambda: extras.rsshub(desks, asked),
            "slow": lambda: extras.slow(desks["courier"], asked, self.slow_s),
            "busy": lambda: Answer(status=429, headers=(("Retry-After", "120"),), body=b"slow down"),
            "broken": lambda: extras.broken(desks["courier"], asked),
            "troubles": lambda: troubles.answer(asked, self.port),
        }
        found = special.get(asked.host, lambda: None)()
        return (
            found
            or pictures.answer(asked.path, "courier")
            or answers.refused(404, f"no such page at {escape(asked.host)}")
        )

    def next_number(self) -> int:
        """Return the number of the next request."""
        return next(self._numbers)

    def _paper_answer(self, asked: Asked) -> Answer:
        paper = next(paper for paper in press.papers() if paper.name == asked.host)
        at = self._desk(paper, asked.number)
        if paper.name != "sariya" and (picture := pictures.answer(asked.path, paper.name)):
            return picture
        return _HOUSES[paper.name].answer(at, asked) or answers.refused(404, escape(paper.words["missing"]))

    def _desk(self, paper: Paper, number: int, tick: int | None = None) -> Desk:
        tick = self._now if tick is None else tick
        return Desk(
            paper=paper,
            pieces=press.pieces(paper.name, tick, self._began),
            now=press.moment(tick, self._began),
            port=self.port,
            number=number,
            path=_HOUSES[paper.name].path,
        )

    def _publication(self, paper: Paper) -> Publication:
        home = self.address(paper.name)
        return Publication(
            name=paper.name,
            title=paper.title,
            homepage=home,
            follow=paper.follow if paper.follow.startswith("site:") else home.rstrip("/") + paper.follow,
            kind=paper.kind,
            language=paper.language,
            zone=paper.zone,
            categories=paper.categories,
        )

    def _truths(self, paper: Paper, tick: int) -> list[Truth]:
        at = self._desk(paper, 0, tick)
        return [extras.truth(at, piece, self._picture_base(paper)) for piece in at.pieces]

    def _picture_base(self, paper: Paper) -> str:
        return self.address(arabic.PICTURE_HOST if paper.name == "sariya" else paper.name, "")

    def _own(self, asked: Asked) -> Answer | None:
        """Return what the newsroom says in its own name. POST /tick moves the clock, for those who run it by hand."""
        if asked.path == "/opml":
            return answers.steady(self.opml(), "text/x-opml; charset=utf-8")
        if asked.path == "/truth.json":
            rows = [asdict(truth) for truth in self.at(self._now)]
            return answers.steady(json.dumps(rows, ensure_ascii=False, default=str).encode(), "application/json")
        if asked.path == "/tick" and asked.headers.get(":method") == "POST":
            return Answer(body=self.tick().isoformat().encode(), media_type="text/plain")
        if asked.path.startswith("/sites/"):
            return answers.steady(
                self.site_toml(asked.path[7:].removesuffix(".toml")).encode(), "text/plain; charset=utf-8"
            )
        return extras.welcome(self.publications, self.moment, self._now) if asked.path == "/" else None


class _Server(ThreadingHTTPServer):
    """A threading server that knows its open connections, so that it can close them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if isinstance(request, socket.socket):
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up halfway is part of what the newsroom is for."""

    def break_off(self) -> None:
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it was closed in the meantime
                continue


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with keep-alive, answered by the newsroom."""

    protocol_version = "HTTP/1.1"
    server_version = "Newsroom"
    sys_version = ""
    timeout = 30
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server
    raw_requestline: bytes

    def parse_request(self) -> bool:
        """Read the request line; bare letters in an address are encoded first, because the base class cuts at some of them."""
        self.raw_requestline = re.sub(rb"[\x80-\xff]", _encoded, self.raw_requestline)
        return super().parse_request()

    def do_GET(self) -> None:
        """Answer a GET, a HEAD or a POST; a body that came with it is read and forgotten."""
        self.rfile.read(int(self.headers.get("Content-Length", "0") or 0))
        newsroom = self.server.newsroom
        asked = self._asked(newsroom.next_number())
        answer = newsroom.answer(asked)
        if answer.pause_s:
            time.sleep(answer.pause_s)
        status = 304 if answers.unchanged(asked, answer) else answer.status
        known = {key: value for key, value in asked.headers.items() if key != ":method"}
        newsroom.heard.append(Heard(host=asked.host, path=asked.path, query=asked.query, status=status, headers=known))
        self._send(asked, answer, status)

    do_HEAD = do_GET
    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def _asked(self, number: int) -> Asked:
        path, _, query = self.path.partition("?")
        if path.startswith("http://"):  # asked as a proxy
            path = "/" + path.removeprefix("http://").partition("/")[2]
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        name = host.lower().removesuffix(".localhost")
        headers = {key.lower(): value for key, value in self.headers.items()} | {":method": self.command}
        own = "newsroom" if name in ("localhost", "127.0.0.1", "") else name
        return Asked(host=own, path=path, query=query, headers=headers, number=number)

    def _send(self, asked: Asked, answer: Answer, status: int) -> None:
        body, headers = answers.coded(asked, answer)
        # Not `send_response`, which adds a Date: by its own calendar the newsroom stands still until it is turned.
        self.send_response_only(status)
        self.send_header("Server", self.version_string())
        for name, value in headers:
            if status != 304 or name in ("ETag", "Last-Modified", "Vary"):
                self.send_header(name, value)
        if answer.stream is not None:
            self.close_connection = True
        elif status != 304:
            self.send_header("Content-Length", str(len(body) if answer.promised is None else answer.promised))
            self.close_connection = self.close_connection or answer.promised is not None
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            for chunk in answer.stream if answer.stream is not None else (body,):
                self.wfile.write(chunk)
                if answer.stream is not None:
                    self.wfile.flush()


def _encoded(letter: re.Match[bytes]) -> bytes:
    return b"%%%02X" % letter.group()[0]
