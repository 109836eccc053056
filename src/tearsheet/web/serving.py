"""Listen, and answer until told to stop."""

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher

from tearsheet.archive import CATALOG_FILE, Archive, archive_folder, open_archive
from tearsheet.errors import CannotListen, NoCatalog
from tearsheet.store.people import People
from tearsheet.web import security
from tearsheet.web.app import App, Doors, LiveArchive

_THREADS = 8
_LIMITS = {
    "max_request_body_size": 1_000_000,
    "max_request_header_size": 32_768,
    # Who opens connections and says nothing must not keep the others out; poll, for select knows no more than 1,024.
    "connection_limit": 500,
    "asyncore_use_poll": True,
    "channel_timeout": 30,
    "cleanup_interval": 10,
    "clear_untrusted_proxy_headers": True,
    "expose_tracebacks": False,
    "ident": "",
}


class _Workers(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Threads that answer; each closes what it opened when it ends."""

    def __init__(self, leave: Callable[[], None]) -> None:
        super().__init__()
        self._leave = leave
        self._started: list[threading.Thread] = []

    def start_new_thread(self, target: Callable[[int], None], thread_no: int) -> None:
        thread = threading.Thread(target=target, name=f"waitress-{thread_no}", args=(thread_no,), daemon=True)
        thread.start()
        self._started.append(thread)

    def handler_thread(self, thread_no: int) -> None:
        try:
            super().handler_thread(thread_no)
        finally:
            self._leave()

    def shutdown(self) -> None:
        super().shutdown()  # waits for answers, and not for what a thread closes after its last one
        for thread in self._started:
            thread.join(1.0)


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads a request; what is no address is the reader's mistake, which waitress takes for its own and logs at length."""

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError("no address") from error


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    parser_class = _Parser


class Server:
    """A listening server. `run()` answers until `stop()`; as a context manager it answers in a thread of its own.

    Raises:
        CannotListen: the address is taken, or is not this machine's.
    """

    def __init__(self, app: App, host: str, port: int) -> None:
        self.host = host
        listening = _listening(host, port)
        self.port = int(listening.getsockname()[1])
        # Waitress warns when more readers wait than threads are free; that is what its queue is for.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._sockets: dict[int, Any] = {}  # Any: waitress has no types
        self._workers = _Workers(app.leave)
        self._server: Any = create_server(
            app, map=self._sockets, _dispatcher=self._workers, sockets=[listening], **_LIMITS
        )
        self._server.channel_class = _Channel
        self._stopping = threading.Event()
        self._ended = False

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        name = "localhost" if self.host in ("127.0.0.1", "::1") else self.host or "localhost"
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}/"

    def run(self) -> None:
        """Answer requests until `stop()` or Ctrl-C."""
        self._workers.set_thread_count(_THREADS)
        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1.0, use_poll=True, map=self._sockets, count=1)
        finally:
            self._ended = True
            self._workers.shutdown()
            wasyncore.close_all(self._sockets, ignore_all=True)

    def stop(self) -> None:
        """Stop answering; requests in hand are finished first."""
        self._stopping.set()
        if not self._ended:
            self._server.pull_trigger()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join(10)


def server(path: Path, *, host: str = "", port: int | None = None) -> Server:
    """Return a server for the archive in `path`, listening where its settings say unless told otherwise.

    Raises:
        AccessError: other machines can reach the address, and there is no account.
        NoArchive: there is none.
        CannotListen: the address is taken, or is not this machine's.
    """
    with open_archive(path) as archive:
        settings = archive.settings.serve
        where = host or settings.host
        own_machine = security.check_address(where, has_accounts=People(archive.store.db).any())
    app = App(doors_of(path, own_machine=own_machine, raw_origin=settings.raw_origin))
    return Server(app, where, settings.port if port is None else port)


def doors_of(path: Path, *, own_machine: bool = True, raw_origin: str = "") -> Doors:
    """Return what the application needs to serve the archive in `path`."""
    return Doors(
        archive=lambda: _opened(path),
        people=_people_of,
        own_machine=own_machine,
        raw_origin=raw_origin,
    )


def _opened(path: Path) -> Archive:
    """Return the archive in `path`. Where the catalog is gone none is begun: somebody may be bringing it back just now."""
    if not (archive_folder(path) / CATALOG_FILE).exists():
        raise NoCatalog(str(path), "it was taken away while it was being served")
    return open_archive(path)


def _people_of(archive: LiveArchive) -> People | None:
    return People(archive.store.db) if isinstance(archive, Archive) else None


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the first address of `host`."""
    name = host.strip("[]")
    try:
        family, kind, _, _, address = socket.getaddrinfo(name or "0.0.0.0", port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(128)
        except OSError:
            made.close()
            raise
    except OSError as error:
        raise CannotListen(f"{host}:{port}", f"{error.strerror or error}; choose another with --port") from error
    return made
