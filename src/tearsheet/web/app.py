"""The WSGI application: from a request to the page it asks for. No page holds a traceback, no log a secret."""

import hashlib
import logging
import mimetypes
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from tearsheet.errors import ArchiveBusy, ArchiveError, NotFound, SettingsError, TearsheetError
from tearsheet.flow.site import searching
from tearsheet.flow.site.counted import Counted, Counts
from tearsheet.flow.site.desk import Desk, SiteArchive, masthead_of
from tearsheet.flow.site.pages import Site
from tearsheet.model import Capture
from tearsheet.publish.site import opensearch, pages, paths
from tearsheet.publish.site.views import LoginView, Masthead
from tearsheet.store.people import Account, People
from tearsheet.web import api, security

_LOG = logging.getLogger("tearsheet.web")
_MAX_FORM_BYTES = 64 * 1024
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
_UNREADABLE = "The archive cannot be read just now; whoever runs this server finds the reason in its log."
_OPEN = frozenset({"login", "healthz", paths.ROBOTS, paths.OPENSEARCH})

Start = Callable[..., Any]  # Any: what a WSGI server hands in


class LiveArchive(SiteArchive, Protocol):
    """An archive that also gives raw captures."""

    def capture(self, digest: str) -> Capture: ...

    def is_current(self) -> bool: ...

    def generation(self) -> object: ...

    def counted_of(self) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the application works with: how to open the archive and its accounts in one thread, and how it is reached."""

    archive: Callable[[], LiveArchive]
    people: Callable[[LiveArchive], People | None]
    own_machine: bool = True
    raw_origin: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks: an account (through a session or a token) or nobody. `secret` is the cookie's; `scope` a token's."""

    account: Account | None = None
    secret: str = ""
    scope: str = ""
    needs_login: bool = False


class App:
    """The live server as a WSGI application. It may be called from many threads; each opens the archive for itself."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.raw = security.RawLinks(doors.raw_origin) if doors.raw_origin else None
        self.by_address = security.Throttle(20, 900)
        self.by_account = security.Throttle(8, 900)
        self._local = threading.local()
        self._counting = threading.Lock()
        self._counts = Counts(clock=doors.clock)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = _MAX_FORM_BYTES
        try:
            response = self.answer(request)
        except ArchiveBusy:
            response = Response("The archive is busy; try again in a moment.\n", 503, {"Retry-After": "5"})
        except (ArchiveError, SettingsError) as error:
            _LOG.warning("no answer, for the archive cannot be opened: %s", error)
            response = Response(f"{_UNREADABLE}\n", 503, {"Retry-After": "30"})
        except RequestEntityTooLarge:
            response = Response("Too large.\n", 413)
        except HTTPException as error:
            response = Response(f"{error.name}.\n", error.code or 400)
        except Exception:  # noqa: BLE001 a bug must not show its insides to strangers
            # The path may be logged; cookies, forms and query strings may hold secrets.
            _LOG.exception("%s %s", request.method, request.path)
            response = Response("Something went wrong here. It has been noted.\n", 500)
            self.leave()  # whatever is wrong with what this thread has open: the next request opens it anew
        return security.harden(response)(environ, start)

    # --- one request

    def answer(self, request: Request) -> Response:
        """Return the answer to one request."""
        archive = self._archive()
        masthead = masthead_of(archive)
        if self.raw and request.host == urlsplit(self.raw.origin).netloc:
            return self._raw(request, archive)
        if not security.known_host(request.host, own_machine=self.doors.own_machine, base_url=masthead.url):
            return Response("This server does not go by that name: base_url in [site] gives it one.\n", 421)
        people = self.doors.people(archive)
        visitor = self._visitor(request, people, secure=security.is_secure(request, masthead.url))
        response = self._routed(request, archive, masthead, visitor, people)
        return _with_etag(request, response)

    def _archive(self) -> LiveArchive:
        """Return the archive that this thread has open; opened anew if another one was put in its place, as by a restore."""
        if hasattr(self._local, "archive") and not self._local.archive.is_current():
            _LOG.warning("the archive was replaced or migrated: it is opened anew")
            self.leave()
        if not hasattr(self._local, "archive"):
            self._local.archive = self.doors.archive()
        found: LiveArchive = self._local.archive
        return found

    def _counted(self, archive: LiveArchive) -> Counted:
        """Return what was counted over the whole archive, by whichever thread and for whichever request, if it still holds."""
        here, generation = self._local.__dict__, archive.generation()
        if here.get("generation") != generation:
            here["counted_of"], here["generation"] = archive.counted_of(), generation
        with self._counting:
            if not self._counts.serves(here["counted_of"]):
                self._counts = Counts(here["counted_of"], clock=self.doors.clock)
            return Counted(archive, self._counts)

    def leave(self) -> None:
        """Close what this thread opened; its server calls this when the thread ends."""
        self._local.__dict__.pop("generation", None)
        archive = self._local.__dict__.pop("archive", None)
        if hasattr(archive, "close"):
            archive.close()

    def _routed(
        self, request: Request, archive: LiveArchive, masthead: Masthead, visitor: Visitor, people: People | None
    ) -> Response:
        path = request.path.lstrip("/")
        if path in ("login", "logout"):
            return Forms(self, request, visitor, people, masthead).answer(path)
        if request.method not in ("GET", "HEAD"):
            return Response("Only GET here.\n", 405, {"Allow": "GET, HEAD"})
        if path == "healthz":
            return Response("ok\n", content_type="text/plain; charset=utf-8")
        if not visitor.needs_login or visitor.account or path in _OPEN or path.startswith("static/"):
            return self._read(request, archive, masthead, visitor)
        if path.startswith("api/"):
            denied = api.as_json({"error": "an account or a token is needed"}, status=401)
            denied.headers["WWW-Authenticate"] = "Bearer"
            return denied
        return _redirect(f"{masthead.top}login?next={quote(request.path)}")

    def _read(self, request: Request, archive: LiveArchive, masthead: Masthead, visitor: Visitor) -> Response:
        path = request.path.lstrip("/")
        desk = Desk(
            archive,
            _located(masthead, request, path),
            whole=visitor.account is not None,
            raw=self.raw.address if self.raw else None,
            counted=self._counted(archive),
        )
        if path.startswith("api/"):
            return self._api(desk, path[4:], request, visitor)
        if path == paths.OPENSEARCH:
            return Response(opensearch.description(desk.masthead), content_type=opensearch.MEDIA_TYPE)
        if path.startswith("media/"):
            return _media(archive, path[6:]) or self._missing(masthead)
        if path in ("search", "search/"):
            page = request.args.get("page", "1")
            number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
            view = searching.search_view(desk, request.args.get("q", ""), number)
            return _page(paths.SEARCH, pages.search(masthead, view)[1])
        try:
            data = self._page_at(desk, path)
        except ArchiveBusy:
            raise
        except TearsheetError as error:
            _LOG.warning("%s: %s", request.path, error)
            return _page("a/", pages.unreadable(masthead, path)[1], status=500)
        if data is None or path == paths.MISSING:
            return self._elsewhere(desk, path) or self._missing(masthead)
        return _for_a_browser(request, _page(path, data)) if path.endswith(paths.ATOM) else _page(path, data)

    def _page_at(self, desk: Desk, path: str) -> bytes | None:
        """Return the page at `path`; None if there is none, or nothing yet that it could show."""
        try:
            return Site(desk).page(path)
        except NotFound:
            return None

    def _elsewhere(self, desk: Desk, path: str) -> Response | None:
        """Return the way to a page whose address was written a little differently."""
        wanted = path.removesuffix("index.html") if path.endswith("index.html") else f"{path}/"
        plain = path and not path.endswith("/") and "." not in path.rpartition("/")[2]
        if (plain or path.endswith("/index.html") or path == "index.html") and self._page_at(desk, wanted) is not None:
            return _redirect(desk.masthead.top + paths.quoted(wanted), status=308)
        return None

    def _missing(self, masthead: Masthead) -> Response:
        return _page(paths.MISSING, pages.missing(masthead)[1], status=404)

    def _api(self, desk: Desk, path: str, request: Request, visitor: Visitor) -> Response:
        if path in api.ADMIN_ONLY and visitor.needs_login and not _is_admin(visitor):
            return api.as_json({"error": "this needs an admin"}, status=403)
        return api.answer(desk, path, request.args) or api.as_json({"error": "no such thing"}, status=404)

    # --- who asks

    def _visitor(self, request: Request, people: People | None, *, secure: bool) -> Visitor:
        needs_login = not self.doors.own_machine or (people is not None and people.any())
        secret = request.cookies.get(cookie_name(secure=secure), "")
        if people is None:
            return Visitor(secret=secret, needs_login=needs_login)
        sent = request.headers.get("Authorization", "")
        if sent.startswith("Bearer "):
            token = people.token(sent[7:].strip(), now=self.doors.now())
            account = people.account(token.account) if token else None
            return Visitor(account=account, scope=token.scope if token else "", needs_login=needs_login)
        account = people.session(secret, now=self.doors.now()) if secret else None
        return Visitor(account=account, secret=secret, needs_login=needs_login)

    # --- raw captures

    def _raw(self, request: Request, archive: LiveArchive) -> Response:
        digest = request.path.removeprefix("/raw/")
        plain = len(digest) == 64 and all(char in "0123456789abcdef" for char in digest)
        until, key = request.args.get("until", ""), request.args.get("key", "")
        if (
            request.method not in ("GET", "HEAD")
            or not plain
            or not self.raw
            or not self.raw.is_valid(digest, until, key)
        ):
            return security.harden(Response("Nothing here.\n", 404), raw=True)
        try:
            capture = archive.capture(f"sha256:{digest}")
        except TearsheetError:
            return security.harden(Response("Nothing here.\n", 404), raw=True)
        headers = {
            "Content-Disposition": f'attachment; filename="{digest[:16]}.bin"',
            "Cache-Control": "private, no-store",
        }
        return security.harden(Response(capture.body, 200, headers, content_type="application/octet-stream"), raw=True)


class Forms:
    """Signing in and out: the only two forms, each accepted only from a page that this browser got from us."""

    def __init__(self, app: App, request: Request, visitor: Visitor, people: People | None, masthead: Masthead) -> None:
        self.app = app
        self.request = request
        self.visitor = visitor
        self.people = people
        self.masthead = masthead
        self.secure = security.is_secure(request, masthead.url)

    def answer(self, path: str) -> Response:
        """Return the answer to `/login` or `/logout`."""
        if self.people is None:
            return self.app._missing(self.masthead)
        if self.request.method in ("GET", "HEAD") and path == "login":
            return self._form()
        if self.request.method != "POST":
            return Response("Only POST here.\n", 405, {"Allow": "POST" if path == "logout" else "GET, HEAD, POST"})
        if not security.is_own_form(self.request, self.visitor.secret):
            return self._form(trouble="login_stale", status=403)
        return self._log_in(self.people) if path == "login" else self._log_out(self.people)

    def _log_in(self, people: People) -> Response:
        name, password = (self.request.form.get(field, "")[:2048] for field in ("name", "password"))
        address = security.network_of(self.request.remote_addr or "")
        keys = ((self.app.by_address, address), (self.app.by_account, f"{address} {name}"))
        if not all(throttle.is_open(key) for throttle, key in keys):
            return self._form(trouble="login_slow", status=429)
        account = people.check(name, password)
        if account is None:
            for throttle, key in keys:
                throttle.failed(key)
            return self._form(trouble="login_wrong", status=403)
        self.app.by_account.clear(f"{address} {name}")
        response = _redirect(self.masthead.top + _local_path(self.request.form.get("next", "")), status=303)
        # A new secret with every sign-in: one that somebody planted before is worth nothing after it.
        return self._with_cookie(response, people.open_session(account, now=self.app.doors.now()))

    def _log_out(self, people: People) -> Response:
        people.close_session(self.visitor.secret)
        response = _redirect(f"{self.masthead.top}login", status=303)
        response.delete_cookie(
            cookie_name(secure=self.secure), path="/", secure=self.secure, httponly=True, samesite="Lax"
        )
        return response

    def _form(self, *, trouble: str = "", status: int = 200) -> Response:
        secret = self.visitor.secret or security.new_secret()
        view = LoginView(
            csrf=security.form_token(secret),
            after=_local_path(self.request.values.get("next", "")),
            name=self.visitor.account.name if self.visitor.account else "",
            trouble=trouble,
        )
        response = _page("login", pages.login(self.masthead, view)[1], status=status)
        response.headers["Cache-Control"] = "no-store"
        return response if self.visitor.secret else self._with_cookie(response, secret)

    def _with_cookie(self, response: Response, secret: str) -> Response:
        response.set_cookie(
            cookie_name(secure=self.secure),
            secret,
            max_age=30 * 86_400,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def cookie_name(*, secure: bool) -> str:
    """Return the name of the session's cookie; over TLS one that only this very host can set."""
    return "__Host-tearsheet" if secure else "tearsheet"


def _is_admin(visitor: Visitor) -> bool:
    if visitor.account is None or not visitor.account.admin:
        return False
    return visitor.scope in ("", "admin")  # a session has no scope, a token must have this one


def _located(masthead: Masthead, request: Request, path: str) -> Masthead:
    """Return the masthead with the address that the reader used, for files that need one and a site that names none."""
    if masthead.url or not path.endswith((".xml", ".json", "robots.txt")):
        return masthead
    return replace(masthead, url=request.root_url)


def _local_path(text: str) -> str:
    """Return `text` as a path below the site's top, without its slash; nothing if it leads elsewhere."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return ""
    try:
        parts = urlsplit(text)  # which drops tabs and line ends, so that a host may begin all the same
    except ValueError:
        return ""
    return quote(parts.path.lstrip("/"), safe="/~%") if not parts.netloc else ""


def _redirect(location: str, *, status: int = 302) -> Response:
    return Response("", status, {"Location": location})


def _page(path: str, data: bytes, *, status: int = 200) -> Response:
    name = paths.file_of(path)
    suffix = name[name.rfind(".") :] if "." in name.rpartition("/")[2] else ".html"
    kind = "application/atom+xml; charset=utf-8" if name.endswith(paths.ATOM) else _TYPES.get(suffix, _TYPES[".html"])
    return Response(data, status, {"Cache-Control": "no-cache"}, content_type=kind)


def _for_a_browser(request: Request, feed: Response) -> Response:
    """Return `feed` as XML if a browser asks: under the type of a feed it shows the bytes, and not their style sheet."""
    feed.headers["Vary"] = "Accept"
    if "text/html" in request.headers.get("Accept", ""):
        feed.content_type = _TYPES[".xml"]
    return feed


def _media(archive: LiveArchive, name: str) -> Response | None:
    """Return a picture's copy: its name is its content, so it may be kept for ever. Nothing in it may run."""
    try:
        data = archive.media(name)
    except TearsheetError:
        return None
    suffix = name[name.rfind(".") :]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if not kind.startswith("image/"):
        return None
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": security.MEDIA_POLICY,
    }
    return Response(data, 200, headers, content_type=kind)


def _with_etag(request: Request, response: Response) -> Response:
    """Return `response` with its ETag, or the short answer if the reader has it already."""
    if (
        response.status_code != 200
        or request.method not in ("GET", "HEAD")
        or "no-store" in response.headers.get("Cache-Control", "")
    ):
        return response
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response
