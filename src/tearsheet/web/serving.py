"""Listen, and answer until told to stop."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from waitress.server import create_server

from tearsheet.errors import DiskTrouble
from tearsheet.store.people import People
from tearsheet.web import security
from tearsheet.web.app import App, Doors, LiveArchive

_THREADS = 8


class Server:
    """A listening server. `run()` answers until `stop()`; as a context manager it answers in a thread of its own."""

    def __init__(self, app: App, host: str, port: int) -> None:
        try:
            self._server: Any = create_server(  # Any: waitress has no types
                app,
                host=host.strip("[]"),
                port=port,
                threads=_THREADS,
                ident="",
                expose_tracebacks=False,
                max_request_body_size=1_000_000,
                max_request_header_size=32_768,
                channel_timeout=60,
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            raise DiskTrouble(
                f"{host}:{port}", f"cannot listen there: {error.strerror}; choose another with --port"
            ) from error
        self.host = host
        self.port: int = self._server.effective_port

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        name = "localhost" if self.host in ("127.0.0.1", "::1") else self.host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}/"

    def run(self) -> None:
        """Answer requests until `stop()` or Ctrl-C."""
        self._server.run()

    def stop(self) -> None:
        """Stop answering."""
        self._server.close()
        self._server.task_dispatcher.shutdown()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join(5)


def server(path: Path, *, host: str = "", port: int | None = None, version: str = "") -> Server:
    """Return a server for the archive in `path`, listening where its settings say unless told otherwise.

    Raises:
        AccessError: other machines can reach the address, and there is no account.
        ArchiveError: there is no archive, or the address cannot be listened at.
    """
    from tearsheet.archive import open_archive

    with open_archive(path) as archive:
        settings = archive.settings.serve
        where = host or settings.host
        own_machine = security.check_address(where, has_accounts=People(archive.store.db).any())
    doors = Doors(
        archive=lambda: open_archive(path),
        people=_people_of,
        own_machine=own_machine,
        raw_origin=settings.raw_origin,
        version=version,
    )
    return Server(App(doors), where, settings.port if port is None else port)


def _people_of(archive: LiveArchive) -> People | None:
    store = getattr(archive, "store", None)
    return People(store.db) if store is not None else None
