"""One request and its answer on one libcurl handle: what is asked, what came, and what went wrong."""

import hashlib
import os
import re
import socket
import ssl
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pycurl

from tearsheet.coding import Unpacker
from tearsheet.errors import AddressRefused, BadCoding, FetchError, TooLarge, TooSlow, Unreachable
from tearsheet.fetch import guard
from tearsheet.fetch.request import Limits, Request
from tearsheet.fetch.wire import Target, basic, headers, proxy_for, request_block
from tearsheet.model import Capture

_TLS_LINE = re.compile(rb"SSL connection using (\S+) / (\S+)")
_SLOW_S = 15

# Failures that a second try may cure: the connection broke, not the host or its name.
_BROKEN_OFF = frozenset({pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_GOT_NOTHING, pycurl.E_PARTIAL_FILE})
NO_HOST = "no such host"
_NO_HOST = frozenset({pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY})


class _Lent:
    """A socket for libcurl, which makes a duplicate of its descriptor at once; ours is closed as soon as it has."""

    def __init__(self, made: socket.socket) -> None:
        self._made = made

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._made.fileno()

    def __del__(self) -> None:
        self._made.close()


class Exchange:
    """One hop. Made for one request to one target, run by the loop, asked for its `outcome` in the end."""

    def __init__(self, request: Request, to: Target, limits: Limits, *, time_s: float) -> None:
        self.request = request
        self.to = to
        self.started_at = datetime.now(UTC)
        self.transient = False
        self.tls = ""
        self._limits = limits
        self._time_s = time_s
        self._max_bytes = min(limits.max_bytes, request.max_bytes or limits.max_bytes)
        self._sent = headers(request, to, limits.user_agent)
        self._proxy = proxy_for(to, limits)
        self._named = guard.passes(to.host, limits.allow, port=to.port)
        self._head = bytearray()
        self._head_bytes = 0
        self._head_done = False
        self._raw: list[bytes] = []
        self._raw_bytes = 0
        self._unpacker: Unpacker | None = None
        self._trouble: FetchError | None = None
        self._ip = ""

    # ---- setting up

    def prepare(self, handle: pycurl.Curl) -> None:
        """Set a clean handle up for this exchange."""
        limits = self._limits
        sent = [f"{name}: {value}".encode("latin-1", errors="replace") for name, value in self._sent]
        if self.to.login:
            sent.append(f"Authorization: {basic(self.to.login)}".encode("latin-1"))
        handle.setopt(pycurl.URL, self.to.url)
        handle.setopt(pycurl.HTTPHEADER, sent)
        if self.request.body:
            handle.setopt(pycurl.POST, 1)
            handle.setopt(pycurl.POSTFIELDS, self.request.body)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.PATH_AS_IS, 1)
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.PROXY, self._proxy)
        handle.setopt(pycurl.NOPROXY, "")
        handle.setopt(pycurl.CONNECTTIMEOUT_MS, int(limits.connect_timeout_s * 1000))
        handle.setopt(pycurl.TIMEOUT_MS, max(1, int(self._time_s * 1000)))
        handle.setopt(pycurl.LOW_SPEED_LIMIT, limits.min_bytes_s)
        handle.setopt(pycurl.LOW_SPEED_TIME, _SLOW_S)
        handle.setopt(pycurl.HEADERFUNCTION, self._on_header)
        handle.setopt(pycurl.WRITEFUNCTION, self._on_body)
        if not self._proxy:
            handle.setopt(pycurl.OPENSOCKETFUNCTION, self._on_open)
        if self.to.scheme == "https" or self._proxy.startswith("https:"):
            self._prepare_tls(handle)

    def _prepare_tls(self, handle: pycurl.Curl) -> None:
        authorities = os.fsencode(self._limits.ca_file or _authorities())  # pycurl takes text in ASCII alone
        if authorities:
            handle.setopt(pycurl.CAINFO, authorities)
            handle.setopt(pycurl.PROXY_CAINFO, authorities)
        # libcurl tells the cipher suite nowhere but here.
        handle.setopt(pycurl.VERBOSE, 1)
        handle.setopt(pycurl.DEBUGFUNCTION, self._on_debug)

    # ---- called by libcurl

    def _on_open(self, _purpose: int, address: tuple[int, int, int, tuple[object, ...]]) -> _Lent | int:
        family, kind, protocol, where = address
        reached = str(where[0])
        why = "" if self._named else guard.connection_refusal(reached, self._limits.allow, port=self.to.port)
        if why:
            self._trouble = AddressRefused(
                self.to.url, f"{self.to.host} is {reached}: {why}" if reached != self.to.host else why
            )
            return int(pycurl.SOCKET_BAD)
        self._trouble = None
        return _Lent(socket.socket(family, kind, protocol))

    def _on_debug(self, kind: int, text: bytes) -> None:
        if kind == pycurl.INFOTYPE_TEXT and not self.tls:
            found = _TLS_LINE.search(text)
            if found:
                self.tls = f"{found[1].decode('ascii', 'replace')} {found[2].decode('ascii', 'replace')}"

    def _on_header(self, line: bytes) -> int | None:
        self._head_bytes += len(line)
        if self._head_bytes > self._limits.max_header_bytes:
            self._trouble = TooLarge(self.to.url, f"headers of more than {self._limits.max_header_bytes:,} bytes")
            return -1
        if self._raw:
            return None  # a trailer, after a chunked body
        if self._head_done:
            self._head.clear()  # an interim answer (1xx), or the proxy's own
            self._head_done = False
        self._head += line
        self._head_done = line in (b"\r\n", b"\n")
        return None

    def _on_body(self, data: bytes) -> int | None:
        try:
            if self._unpacker is None:
                self._unpacker = self._open_body()
            self._raw_bytes += len(data)
            if self._raw_bytes > self._max_bytes:
                raise TooLarge("body", f"more than {self._max_bytes:,} bytes")
            self._raw.append(data)
            self._unpacker.feed(data)
        except TooLarge as error:
            self._trouble = TooLarge(self.to.url, error.cause)
            return -1
        except BadCoding as error:
            self._trouble = Unreachable(self.to.url, error.cause)
            return -1
        return None

    def _open_body(self) -> Unpacker:
        fields = parse_head(bytes(self._head))
        length = _last(fields, "content-length")
        announced = int(length[:15]) if length.isdecimal() else 0  # Python reads no number of thousands of digits
        if announced > self._max_bytes and self.request.purpose != "robots":
            raise TooLarge("body", f"{announced:,} bytes announced, more than {self._max_bytes:,}")
        codings = ", ".join(value for name, value in fields if name.lower() == "content-encoding")
        return Unpacker(codings, max_bytes=self._max_bytes, max_ratio=self._limits.max_ratio)

    # ---- the end

    def outcome(self, handle: pycurl.Curl, code: int, message: str) -> Capture | FetchError:
        """Return the answer, whatever its status, or why there is none. The one place where libcurl's errors become ours."""
        self._ip = "" if self._proxy else str(handle.getinfo(pycurl.PRIMARY_IP) or "")
        if self._trouble is not None:
            return self._trouble
        if code:
            return self._translated(code, message)
        try:
            return self._capture(self._unpacker.body() if self._unpacker else b"")
        except BadCoding as error:
            self.transient = True
            return Unreachable(self.to.url, error.cause)

    def beginning(self) -> bytes:
        """Return what had been unpacked of the body when a limit was reached."""
        return self._unpacker.so_far() if self._unpacker else b""

    @property
    def status(self) -> int:
        """Return the status of the answer, 0 if there was none."""
        return status_of(bytes(self._head))

    def _translated(self, code: int, message: str) -> FetchError:
        self.transient = code in _BROKEN_OFF
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return TooSlow(self.to.url, message)
        if code == getattr(pycurl, "E_TOO_LARGE", 100):
            return TooLarge(self.to.url, message or "a header beyond what libcurl takes")
        if code in _NO_HOST:
            return Unreachable(self.to.url, NO_HOST)
        return Unreachable(self.to.url, message or pycurl.easy_strerror(code))

    def _capture(self, body: bytes) -> Capture:
        head = bytes(self._head)
        return Capture(
            url=self.to.url,
            final_url=self.to.url,
            status=status_of(head),
            headers=tuple(parse_head(head)),
            body=body,
            captured_at=self.started_at,
            digest="sha256:" + hashlib.sha256(body).hexdigest(),
            raw=b"".join(self._raw),
            head=head,
            request=request_block(self.to, self._sent, self.request.body),
            ip=self._ip,
            tls=self.tls,
        )


def status_of(head: bytes) -> int:
    """Return the status code of a header block, 0 if it has none."""
    found = re.match(rb"HTTP/[\d.]+ +(\d{3})", head)
    return int(found[1]) if found else 0


def parse_head(head: bytes) -> list[tuple[str, str]]:
    """Return the fields of a header block, read as latin-1; folded lines are joined (obsolete, but sent)."""
    fields: list[tuple[str, str]] = []
    for line in head.decode("latin-1").replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    return fields


def _last(fields: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in reversed(fields) if key.lower() == name), "")


@cache
def _authorities() -> str:
    """Return the file of the system's certificate authorities: libcurl from a wheel does not know where this system has it."""
    named = ssl.get_default_verify_paths().cafile
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    return next((name for name in (named, *usual) if name and Path(name).exists()), "")
