"""Addresses and headers as they go on the wire, and the proxy they go through. No input or output."""

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from tearsheet import coding
from tearsheet.errors import AddressRefused
from tearsheet.fetch.guard import ascii_host, host_refusal, literal, plain_host
from tearsheet.fetch.request import Limits, Request

DEFAULT_PORTS = {"http": 80, "https": 443}

ACCEPT = {
    "source": "application/atom+xml, application/rss+xml, application/feed+json, text/xml;q=0.9, */*;q=0.8",
    "article": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
    "timestamp": "application/timestamp-reply",
    "picture": "image/webp, image/png, image/jpeg, image/*;q=0.8, */*;q=0.5",
}

_UNSAFE = re.compile(rb"[^\x21-\x7e]|[\"<>]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart and put together again from its parts, so that libcurl reads it exactly as the guard did."""

    scheme: str
    host: str
    port: int
    path: str
    login: str = ""

    @property
    def netloc(self) -> str:
        """Return host and port as the `Host` header has them."""
        return self.host if self.port == DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address without login and fragment."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def target(url: str, allow: tuple[str, ...]) -> Target:
    """Return the parts of `url`.

    Raises:
        AddressRefused: not http(s), malformed, or the guard refuses its host or port.
    """
    parts, port = _split(url, _as_browsers_read(url.strip()))
    why = host_refusal(parts.hostname or "", allow, port=port)
    if why:
        raise AddressRefused(shown(url), why)
    plain = plain_host(parts.hostname or "")
    address = literal(plain)
    host = ascii_host(address or plain)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Target(parts.scheme.lower(), host, port, _quoted(path), login)


def _split(url: str, clean: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(clean)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(shown(url), f"malformed: {error}") from error
    if parts.scheme.lower() not in DEFAULT_PORTS:
        raise AddressRefused(shown(url), f"not http or https, but {parts.scheme or 'no scheme'}")
    return parts, DEFAULT_PORTS[parts.scheme.lower()] if port is None else port


def _quoted(path: str) -> str:
    raw = path.encode("utf-8", errors="surrogateescape")
    return _UNSAFE.sub(lambda found: b"%%%02X" % found[0][0], raw).decode("ascii")


def without_login(url: str) -> str:
    """Return `url` fit to be kept: no login in it, no control characters, no fragment."""
    return re.sub(r"//[^/?#]*@", "//", _CONTROL.sub("", url)).partition("#")[0]


def shown(url: str) -> str:
    """Return `url` fit for a message: no login in it, no control characters, not endless."""
    return without_login(url)[:300]


def redirected(base: str, location: str) -> str:
    """Return where a `Location` header (read as latin-1) points, absolute, without fragment; empty if it cannot be read."""
    raw = location.strip().encode("latin-1", errors="replace")
    try:
        return urljoin(base, _as_browsers_read(_utf8_or_latin(raw))).partition("#")[0]
    except ValueError:
        return ""


def _as_browsers_read(url: str) -> str:
    """Return `url` without tabs and line ends inside it, and with slashes for backslashes before the query."""
    before, mark, query = _CONTROL.sub("", url).partition("?")
    return before.replace("\\", "/") + mark + query


def _utf8_or_latin(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in raw)


def headers(request: Request, to: Target, user_agent: str) -> list[tuple[str, str]]:
    """Return what is sent with a request, in order, `Host` first."""
    sent = [
        ("Host", to.netloc),
        ("User-Agent", user_agent),
        ("Accept", ACCEPT.get(request.purpose, "*/*")),
        ("Accept-Encoding", coding.ACCEPTED),
        ("Referer", _referer(request.referer, to)),
        ("If-None-Match", request.etag),
        ("If-Modified-Since", request.last_modified),
        ("Content-Type", request.media_type),
    ]
    return [(name, clean) for name, value in sent if (clean := _CONTROL.sub("", value).strip())]


def _referer(referer: str, to: Target) -> str:
    """Return the referring page as browsers send it: no fragment, no login, nothing from https to http."""
    bare = without_login(referer)
    if not bare.isascii():
        bare = _quoted(bare)
    return "" if bare.startswith("https:") and to.scheme == "http" else bare


def request_block(to: Target, sent: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """Return the request as the host receives it. Never with the login: it has no place in an archive."""
    method = "POST" if body else "GET"
    lines = [f"{method} {to.path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent), "", ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + body


def basic(login: str) -> str:
    """Return the `Authorization` header for a login written in an address."""
    return "Basic " + base64.b64encode(login.encode()).decode("ascii")


def has_proxy(limits: Limits, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether any address may go through a proxy."""
    env = os.environ if environment is None else environment
    keys = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    return bool(limits.proxy) or any(env.get(key) for key in keys)


def proxy_for(to: Target, limits: Limits, environment: Mapping[str, str] | None = None) -> str:
    """Return the proxy for this address, or the empty string: the named one, else the environment's.

    `no_proxy` holds for both. This machine itself is never asked through a proxy.
    """
    env = os.environ if environment is None else environment
    # `HTTP_PROXY` in capitals may come from a request header under CGI, so only the lower-case form is believed (as curl does).
    keys = ("http_proxy",) if to.scheme == "http" else ("https_proxy", "HTTPS_PROXY")
    named = limits.proxy or next((env[key] for key in (*keys, "all_proxy", "ALL_PROXY") if env.get(key)), "")
    if not named or _is_self(to.host) or _bypassed(to, env.get("no_proxy") or env.get("NO_PROXY") or ""):
        return ""
    # socks5:// would resolve names here, where a rebinding host could learn our resolver; socks5h:// lets the proxy do it.
    return re.sub(r"^socks5://", "socks5h://", named if "://" in named else f"http://{named}")


def _is_self(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = literal(plain_host(host))
    return bool(address) and ip_address(address).is_loopback


def _bypassed(to: Target, no_proxy: str) -> bool:
    return any(_matches(to, entry.strip().lower()) for entry in no_proxy.split(",") if entry.strip())


def _matches(to: Target, entry: str) -> bool:
    if entry == "*":
        return True
    name, _, port = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
    if port and port != str(to.port):
        return False
    address = literal(plain_host(to.host))
    if address:
        try:
            return ip_address(address) in ip_network(name.strip("[]"), strict=False)
        except ValueError:
            return False
    bare = name.removeprefix("*").removeprefix(".")
    return bool(bare) and (to.host == bare or to.host.endswith("." + bare))
