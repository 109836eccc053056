"""The address guard: which hosts, addresses and ports may be connected to at all.

Pure decisions. A name is judged by its spelling before anything is resolved, and every address is judged again
at the moment of connecting, so a name that resolves differently the second time gains nothing.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import unquote

IPv4 = ipaddress.IPv4Address
IPv6 = ipaddress.IPv6Address

# Every range of the IANA IPv4 Special-Purpose Address Registry, with multicast and the reserved class E.
# The standard library's `is_global` calls several of these public (and changed its mind between 3.11 and 3.13).
V4_REFUSED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this host"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local, cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "IETF protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112 service"),
    ("192.52.193.0/24", "automatic multicast tunnelling"),
    ("192.88.99.0/24", "6to4 relay anycast"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112 service"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)

# What the IANA IPv6 registries set apart inside 2000::/3, the only block of global unicast. Whatever lies outside
# that block is refused as a whole (see `_refused_v6`), so these are the exceptions within it.
V6_REFUSED: tuple[tuple[str, str], ...] = (
    ("2001::/32", "Teredo tunnel"),
    ("2001:2::/48", "benchmarking"),
    ("2001:db8::/32", "documentation"),
    ("2001::/23", "IETF protocol assignments"),
    ("2002::/16", "6to4 tunnel"),
    ("2620:4f:8000::/48", "AS112 service"),
    ("3ffe::/16", "6bone, returned"),
    ("3fff::/20", "documentation"),
)

# Names for what lies outside 2000::/3, so that the message says more than "not global unicast".
V6_NAMES: tuple[tuple[str, str], ...] = (
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("::/96", "IPv4-compatible"),
    ("64:ff9b:1::/48", "local-use NAT64"),
    ("100::/64", "discard-only"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "unique local, cloud metadata"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)

# Names that mean this machine or its network wherever they are resolved (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`).
LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "home.arpa", "ip6-localhost", "ip6-loopback")

# Ports of services that would take an HTTP request for something of their own (WHATWG Fetch, "port blocking"), and 0.
# fmt: off
BAD_PORTS = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
    531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
    5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
))
# fmt: on

_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\Z")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\Z")


def refusal(address: str) -> str:
    """Return why no connection may be made to this IP address, or the empty string if it is an ordinary public one.

    IPv4 addresses inside IPv6 ones are decoded and judged themselves. What is no address at all is refused too.
    """
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return "not an IP address"
    if isinstance(parsed, IPv4):
        return _refused_v4(parsed)
    return _refused_v6(parsed)


def host_refusal(host: str, allow: Iterable[str] = (), *, port: int = 80) -> str:
    """Return why `host` may not be asked, judged by its spelling alone, or the empty string.

    Every spelling that a resolver would read as an address (integer, octal, hexadecimal, short, full-width and circled
    digits, percent-encoding, a trailing dot, a zone) is read as that address. A plain name passes here and is judged by
    `refusal` when connecting.
    `allow` holds names, `*.name` for all below a name, addresses and networks, each with or without `:port`.
    """
    spelled = plain_host(host)
    if passes(spelled, tuple(allow), port=port):
        return ""
    if port in BAD_PORTS or not 0 < port < 65536:
        return f"port {port} is not for the web"
    address = literal(spelled)
    if address:
        return refusal(address)
    return _refused_name(spelled)


def passes(host: str, allow: tuple[str, ...], *, port: int) -> bool:
    """Return whether a pattern in `allow` names this host, so that whatever address it resolves to is let pass."""
    address = literal(plain_host(host))
    return any(_names(pattern, plain_host(host), address, port) for pattern in _patterns(allow))


def connection_refusal(address: str, allow: tuple[str, ...], *, port: int) -> str:
    """Return why the connection to `address` is refused; networks in `allow` let their addresses pass for any name."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an IP address"
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6) else None
    for pattern in _patterns(allow):
        if (
            pattern.network is not None
            and pattern.slash
            and pattern.port in (0, port)
            and (mapped or parsed) in pattern.network
        ):
            return ""
    return refusal(address)


def plain_host(host: str) -> str:
    """Return `host` as a resolver would see it: no brackets, decoded, full-width forms folded, lower case, no trailing dot."""
    folded = unicodedata.normalize("NFKC", unquote(host.strip())).replace("。", ".").replace("\u00ad", "")
    bare = folded[1:-1] if folded.startswith("[") and folded.endswith("]") else folded
    return bare.lower().removesuffix(".")


def ascii_host(host: str) -> str:
    """Return the host as it goes on the wire (IDN as punycode, IPv6 in brackets), or the empty string if it cannot be."""
    plain = plain_host(host)
    if ":" in plain:
        return f"[{plain}]"
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@lru_cache(maxsize=4096)
def literal(host: str) -> str:
    """Return the address that a plain host spells, or the empty string if it is a name (or broken).

    A last label that is a number makes the whole host an IPv4 address, in any notation of `inet_aton`.

    Source: WHATWG URL, "ends in a number checker" and "IPv4 parser".
    """
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            return ""
    parts = host.split(".")
    if not _NUMBER.match(parts[-1]):
        return ""
    value = _v4_value(parts)
    return str(IPv4(value)) if value is not None else ""


def _v4_value(parts: list[str]) -> int | None:
    if len(parts) > 4 or not all(_NUMBER.match(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return None
    return last + sum(number << (8 * (3 - place)) for place, number in enumerate(leading))


def _number(part: str) -> int:
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)


def _refused_name(host: str) -> str:
    if not host:
        return "no host"
    if ":" in host:
        return "malformed IPv6 address, or one with a zone"
    try:
        wire = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return "malformed host name"
    labels = wire.split(".")
    if len(wire) > 253 or not all(len(label) < 64 and _NAME.match(label) for label in labels):
        return "malformed host name"
    if _NUMBER.match(labels[-1]):
        return "malformed IPv4 address"
    if any(wire == name or wire.endswith("." + name) for name in LOCAL_NAMES):
        return "a local name"
    return ""


def _refused_v4(address: IPv4) -> str:
    return next((why for network, why in _networks(V4_REFUSED) if address in network), "")


def _refused_v6(address: IPv6) -> str:
    if address.scope_id is not None:
        return "an address with a zone"
    if address.ipv4_mapped is not None:
        return _inside("IPv4-mapped", address.ipv4_mapped)
    if address in _network("64:ff9b::/96"):
        return _inside("NAT64", IPv4(int(address) & 0xFFFFFFFF))
    if address not in _network("2000::/3"):
        return next((why for network, why in _networks(V6_NAMES) if address in network), "not global unicast")
    # ISATAP (RFC 5214) puts the IPv4 address of the far end behind 0:5efe or 200:5efe, under any prefix.
    if (int(address) >> 32) & 0xFDFFFFFF == 0x00005EFE:
        inner = _inside("ISATAP", IPv4(int(address) & 0xFFFFFFFF))
        if inner:
            return inner
    return next((why for network, why in _networks(V6_REFUSED) if address in network), "")


def _inside(form: str, address: IPv4) -> str:
    why = _refused_v4(address)
    return f"{form} {address}: {why}" if why else ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One entry of `allow`, taken apart. `slash` says that it was written as a network."""

    name: str
    below: bool
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None
    slash: bool
    port: int


@cache
def _patterns(allow: tuple[str, ...]) -> tuple[_Pattern, ...]:
    return tuple(_pattern(text) for text in allow)


def _pattern(text: str) -> _Pattern:
    bare, port = text.strip(), 0
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*):(\d{1,5}|\*)", bare)
    if found:
        bare, port = found[1], 0 if found[2] == "*" else int(found[2])
    try:
        network = ipaddress.ip_network(bare.strip("[]"), strict=False)
    except ValueError:
        network = None
    below = bare.startswith("*.")
    return _Pattern(plain_host(bare[2:] if below else bare), below, network, "/" in bare, port)


def _names(pattern: _Pattern, host: str, address: str, port: int) -> bool:
    if pattern.port not in (0, port):
        return False
    if pattern.network is not None:
        return bool(address) and ipaddress.ip_address(address) in pattern.network
    if address:
        return False
    return host.endswith("." + pattern.name) if pattern.below else host == pattern.name


@cache
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text)


@cache
def _networks(
    table: tuple[tuple[str, str], ...],
) -> tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...]:
    return tuple((_network(text), why) for text, why in table)
