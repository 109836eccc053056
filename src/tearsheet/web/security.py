"""What keeps strangers out and pages harmless: headers, forms that only our pages can send, limits on guessing."""

import hashlib
import hmac
import ipaddress
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from tearsheet.errors import AccessError
from tearsheet.publish.site.render import CONTENT_SECURITY_POLICY

HEADERS = {
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=(), browsing-topics=()",
}
"""On every answer."""

RAW_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}
"""On raw captures: nothing in them runs, loads or is shown in place."""

MEDIA_POLICY = "default-src 'none'; sandbox"
"""On pictures: opened by themselves they are a page too."""


def harden(response: Response, *, raw: bool = False) -> Response:
    """Return `response` with the headers that every answer carries."""
    for name, value in (RAW_HEADERS if raw else HEADERS).items():
        response.headers.setdefault(name, value)
    return response


def check_address(host: str, *, has_accounts: bool) -> bool:
    """Return whether `host` is reached from this machine only.

    Raises:
        AccessError: it is reached from elsewhere, and there is no account to keep strangers out.
    """
    own = is_loopback(host)
    if not own and not has_accounts:
        raise AccessError(
            host,
            "other machines can reach this address, and anyone there could read the archive; "
            "make an account first: tearsheet account add NAME",
        )
    return own


def is_loopback(host: str) -> bool:
    """Tell whether every address of `host` is this machine's own."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host.strip("[]") or "0.0.0.0", None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(address.split("%")[0]).is_loopback for address in found)


def known_host(request_host: str, *, own_machine: bool, base_url: str) -> bool:
    """Tell whether a request was meant for us.

    A stranger's page whose name suddenly resolves to our address (DNS rebinding) must not read the archive: on loopback only
    names of loopback count, elsewhere the site's own name and bare addresses, or any name if the settings give the site none.
    """
    name = _host_name(request_host)
    if base_url and name == (urlsplit(base_url).hostname or ""):
        return True
    address = _address(name)
    if not own_machine:
        return address is not None or not base_url
    if address is not None:
        return address.is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_secure(request: Request, base_url: str) -> bool:
    """Tell whether the reader came over TLS: to us, or to a proxy of the site's own https address that stands before us."""
    return request.is_secure or (base_url.startswith("https://") and request.host == urlsplit(base_url).netloc)


# --- forms


def form_token(secret: str) -> str:
    """Return what a form must send back to show that it comes from a page of ours; `secret` is the cookie's."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_own_form(request: Request, secret: str) -> bool:
    """Tell whether a posted form comes from a page that we gave to this very browser."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin and origin != "null" and _netloc(origin) != request.host:
        return False
    sent = request.form.get("csrf", "")
    return bool(secret) and hmac.compare_digest(sent.encode(), form_token(secret).encode())


def new_secret() -> str:
    """Return 256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


# --- raw captures


class RawLinks:
    """Addresses of raw captures that work for a while and cannot be guessed: their origin has no cookies."""

    def __init__(self, origin: str, *, lifetime_s: int = 3_600, now: Callable[[], float] = time.time) -> None:
        self.origin = origin.rstrip("/")
        self.lifetime_s = lifetime_s
        self._now = now
        self._key = secrets.token_bytes(32)

    def address(self, digest: str) -> str:
        """Return the address of the capture with `digest`."""
        # Rounded, so that a page is the same for a while and can be answered from a cache.
        until = (int(self._now()) // self.lifetime_s + 2) * self.lifetime_s
        plain = digest.removeprefix("sha256:")
        return f"{self.origin}/raw/{plain}?until={until}&key={self._seal(plain, until)}"

    def is_valid(self, digest: str, until: str, key: str) -> bool:
        """Tell whether we made this address, and it has not run out."""
        if not until.isascii() or not until.isdigit() or len(until) > 12 or int(until) < self._now():
            return False
        return hmac.compare_digest(self._seal(digest, int(until)).encode(), key.encode("utf-8", "replace"))

    def _seal(self, digest: str, until: int) -> str:
        return hmac.new(self._key, f"{digest} {until}".encode(), hashlib.sha256).hexdigest()[:32]


# --- limits


def network_of(address: str) -> str:
    """Return by what a guesser is known: an IPv4 address, or the network of an IPv6 one, as whoever has one has 2**64 of them."""
    found = _address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found.ipv4_mapped) if isinstance(found, ipaddress.IPv6Address) else address


class Throttle:
    """How often something may fail under one key within a span of time; kept in memory, for at most 10,000 keys."""

    def __init__(self, limit: int, span_s: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.span_s = span_s
        self._now = now
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def is_open(self, key: str) -> bool:
        """Tell whether another try is allowed."""
        with self._lock:
            return len(self._recent(key)) < self.limit

    def failed(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            if len(self._failures) >= 10_000 and key not in self._failures:
                self._failures.pop(next(iter(self._failures)))
            self._failures.setdefault(key, deque()).append(self._now())
            self._recent(key)

    def clear(self, key: str) -> None:
        """Forget the failures of `key`."""
        with self._lock:
            self._failures.pop(key, None)

    def _recent(self, key: str) -> deque[float]:
        found = self._failures.get(key, deque())
        while found and found[0] <= self._now() - self.span_s:
            found.popleft()
        if not found:
            self._failures.pop(key, None)
        return found
