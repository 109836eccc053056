"""One URL, one spelling: which addresses are the same page, the same host, the same site."""

import base64
import hashlib
import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_CHARS = 8_000
"""What is longer is no address: RFC 9110, section 4.1, asks servers for 8,000, and working out more takes seconds."""

_MAX_HOST = 253  # RFC 1035, section 2.3.4; one character of a longer name can stand for eighteen
_PORTS = {"http": 80, "https": 443}
# Parameters that say how a reader came, never what is read. A prefix ends in "*".
_TRACKING = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ymclid ysclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok "
    "_hsenc _hsmi __hstc __hssc __hsfp hsctatracking _openstat wt_mc wt.mc_id wt_zmc ito ocid cmpid cmp icid ncid "
    "ns_campaign ns_mchannel ns_source ns_linkname at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 "
    "smid partner xtor spm scm share_token share_source share_medium share_plat share_from share_tag sharefrom "
    "isappinstalled nsukey from_source fr_source wxshare_count wx_share ref_src ref_url __twitter_impression "
    "guccounter guce_referrer guce_referrer_sig soc_src soc_trk sr_share taid vero_id vero_conv oly_anon_id oly_enc_id "
    "rb_clickid s_cid mbid srnd sref ftag cndid esrc s_kwcid zanpid traffic_source _ga _gl campaign_id"
)
_TRACKING_NAMES = frozenset(_TRACKING.split())
_TRACKING_PREFIXES = ("utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "at_custom", "__s_", "stm_")
_FRONT_PAGES = re.compile(r"/(?:(?:index|default|home|main)(?:\.\w{2,5})?/?)?|/[a-z]{2}(?:[-_][a-z]{2,4})?/?", re.I)
_AMP_CACHE = re.compile(
    r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[cv]|(?:www\.)?google\.[a-z.]+/amp)/(s/)?(.+)", re.I | re.S
)
_OTHER_FORM = re.compile(
    r"(?:amp|print|mobile)(?:=(?:1|true|yes)?)?|m=1|outputtype=amp|(?:view|mode|output)=print", re.I
)
_PATH_SAFE = "!$&'()*+,;=:@/-._~"
_QUERY_SAFE = _PATH_SAFE + "?[]|"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]+")
# What no host holds in its wire form, nor would if its escapes were undone: much of it ends one (WHATWG URL, "forbidden host").
_NO_HOST = re.compile(r"[\s\x00-\x20<>\"^`{|}\\/?#@:%\[\]]")
# An absolute address without anything that would have to be worked out: most of those in feeds and pages.
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[^\s\\]*)?")
# A path from the root, without dot segments.
_ROOTED = re.compile(r"/(?!/)(?:(?!/\.)[^\s\\])*")
# An address in its one spelling already, but for dot segments: most of those that are asked for.
_SPELLED = re.compile(r"https?://[a-z0-9.-]{1,253}/[A-Za-z0-9!$&'()*+,;=:@/._~-]*")
# An address whose host is written in its wire form.
_HOSTED = re.compile(r"https?://([a-z0-9.-]{1,253})(?=[/?#]|\Z)")
# What a URL never holds at its ends (WHATWG URL, "C0 control or space"), and the no-break space that editors paste.
_EDGES = "".join(map(chr, range(33))) + "\u00a0\u3000\u200b\ufeff"


def canonical(url: str) -> str:
    """Return the one spelling of `url`: lower-case host in its wire form, no default port, fragment or tracking parameters.

    The order of the other parameters, a final slash, and http against https are kept, since they can matter.
    What is no http(s) address, or one that would be longer than `MAX_CHARS`, comes back only trimmed. Idempotent; raises nothing.

    Source: RFC 3986 section 6.2.2, WHATWG URL.
    """
    if len(url) <= MAX_CHARS and _SPELLED.fullmatch(url) and "/." not in url:
        return url
    parts = _split(url)
    if parts is None:
        return url.strip(_EDGES)
    path = _escaped(_dotless(parts.path.replace("\\", "/")), _PATH_SAFE) or "/"
    query = _escaped(_meaningful(parts.query), _QUERY_SAFE)
    # "#!" addresses name different pages of one script-driven site; every other fragment is a place in the page.
    fragment = _escaped(parts.fragment, _QUERY_SAFE) if parts.fragment.startswith("!") else ""
    spelled = urlunsplit((parts.scheme, _netloc(parts), path, query, fragment))
    return spelled if len(spelled) <= MAX_CHARS else url.strip(_EDGES)


def join(base: str, ref: str) -> str:
    """Return `ref` as an absolute http(s) address seen from `base`, or the empty string if it is none (or too long)."""
    if len(ref) > MAX_CHARS:
        return ""
    joined = _joined(base if len(base) <= MAX_CHARS else "", ref)
    return joined if len(joined) <= MAX_CHARS else ""


def _joined(base: str, ref: str) -> str:
    if _PLAIN.fullmatch(ref):
        return ref
    if _ROOTED.fullmatch(ref):
        return f"{origin}{ref}" if (origin := _origin(base)) else ""
    ref = _trimmed(ref)
    try:
        joined = urljoin(base, ref) if ref else base.strip(_EDGES)
        parts = urlsplit(joined)
        usable = parts.scheme.lower() in _PORTS and bool(parts.hostname)
    except ValueError:
        return ""
    return joined.replace(" ", "%20") if usable else ""


def _trimmed(url: str) -> str:
    return url.replace("\t", "").replace("\n", "").replace("\r", "").strip(_EDGES)


def host(url: str) -> str:
    """Return the host of `url` in its wire form (lower case, Punycode), without the port; empty if it has none."""
    if len(url) <= MAX_CHARS and (found := _HOSTED.match(url)):
        return found[1]
    parts = _split(url)
    return _host(parts) if parts else ""


def registrable(url: str) -> str:
    """Return the domain that someone registered to get this host: `paper.example` for `https://www.paper.example/a`.

    Hosts of a shared service (`a.github.io`) are domains of their own, as the Public Suffix List has it. An IP address or a
    bare name stands for itself.
    """
    return _registered(host(url))


def same_site(a: str, b: str) -> bool:
    """Return whether both addresses belong to one registrable domain."""
    one, other = host(a), host(b)
    return one != "" and (one == other or _registered(one) == _registered(other))


def is_front(url: str) -> bool:
    """Return whether `url` is the front page of its host, or of one of its languages."""
    parts = _split(url)
    return parts is not None and not _meaningful(parts.query) and bool(_FRONT_PAGES.fullmatch(parts.path or "/"))


def article_id(url: str) -> str:
    """Return the short id of the article at `url`: 13 characters of lower-case base32 of its canonical address's SHA-256."""
    return id_of(hashlib.sha256(canonical(url).encode("utf-8", "surrogatepass")).digest())


def id_of(digest: bytes) -> str:
    """Return the id of the article whose canonical address's SHA-256 begins with `digest`, ten bytes or more."""
    return base64.b32encode(digest[:10])[:13].decode("ascii").lower()


def plain(url: str) -> str:
    """Return the canonical address of the ordinary page behind an AMP, print or mobile address; of any other, its own."""
    start = canonical(url)
    return start if _split(start) is None else canonical(_plain(start))


def variants(url: str) -> tuple[str, ...]:
    """Return the other addresses under which the page at `url` may be known, canonical, most likely first.

    Known spellings are AMP, print and mobile pages, a final slash, `www.`, and http beside https. `url` itself is not among
    them. They are questions to ask ("do we have this one?"), not addresses to fetch.
    """
    start = canonical(url)
    if _split(start) is None:
        return ()
    plain = canonical(_plain(start))
    found = [plain, *_twins(plain), *_twins(start)]
    spellings = dict.fromkeys(map(canonical, dict.fromkeys(found)))
    return tuple(other for other in spellings if other != start)


@lru_cache(maxsize=1024)
def _registered(name: str) -> str:
    """Return the domain that someone registered to get the host `name`."""
    if not name or name.startswith("[") or _is_ip(name):
        return name
    return _suffixes().privatesuffix(name.rstrip(".")) or name


@lru_cache(maxsize=1)
def _suffixes() -> "PublicSuffixList":
    # Imported late: the list takes 80 ms to load and most commands never ask.
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_encoded_idn=True)


@lru_cache(maxsize=1024)
def _origin(base: str) -> str:
    """Return scheme, host and port of `base` as it is written, or the empty string if it is no http(s) address."""
    try:
        parts = urlsplit(base.strip(_EDGES))
        usable = parts.scheme in _PORTS and bool(parts.hostname)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if usable else ""


def _split(url: str) -> SplitResult | None:
    text = _trimmed(url)
    if "\\" in text:
        head, mark, tail = text.partition("?")
        text = head.replace("\\", "/") + mark + tail
    if len(text) > MAX_CHARS:
        return None
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 (raises ValueError for a port that is no number)
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and _has_host(parts) else None


def _has_host(parts: SplitResult) -> bool:
    name = parts.hostname or ""
    if not 0 < len(name) <= _MAX_HOST:
        return False
    if ":" in name:
        return _is_ip(name.partition("%")[0])
    # In its wire form, in which a full-width bracket has become a bracket.
    return bool(_PLAIN_HOST.fullmatch(name)) or not _NO_HOST.search(_host(parts))


def _netloc(parts: SplitResult) -> str:
    port = parts.port
    return _host(parts) if port is None or port == _PORTS[parts.scheme] else f"{_host(parts)}:{port}"


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name.partition('%')[0]).compressed}]"
    return ".".join(_label(label) for label in _unescaped_host(name).split("."))


def _unescaped_host(name: str) -> str:
    text = unquote(name) if "%" in name else name
    for dot in "\u3002\uff0e\uff61":
        text = text.replace(dot, ".")
    return text


def _label(label: str) -> str:
    """Return one host label in its wire form (UTS 46, non-transitional, without its validity checks)."""
    if label.isascii():
        return label.lower()
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    if text.isascii():
        return text
    return "xn--" + text.encode("punycode").decode("ascii")


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _dotless(path: str) -> str:
    """Return `path` with its "." and ".." segments worked out (RFC 3986, 5.2.4); escaped dots count as dots."""
    path = re.sub("%2e", ".", path, flags=re.I)
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str, safe: str) -> str:
    """Return `text` with one way of percent-encoding: capitals, nothing escaped that need not be, UTF-8 for the rest."""
    if text.isalnum() and text.isascii():
        return text
    out: list[str] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        out.append(_encoded(text[at : found.start()], safe))
        char = chr(int(found[1], 16))
        out.append(char if char in _UNRESERVED else found[0].upper())
        at = found.end()
    out.append(_encoded(text[at:], safe))
    return "".join(out)


def _encoded(text: str, safe: str) -> str:
    return quote(text, safe=safe, encoding="utf-8", errors="replace") if text else ""


def _meaningful(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair.partition("=")[0]))


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _plain(url: str) -> str:
    """Return the address of the ordinary page behind an AMP, print or mobile address."""
    cached = _AMP_CACHE.fullmatch(url)
    if cached:
        url = ("https://" if cached[1] else "http://") + cached[2]
    parts = urlsplit(url)
    path = re.sub(
        r"(?i)(?:/amp/?|/print/?|/amphtml/?)$", lambda found: "/" if found[0].endswith("/") else "", parts.path
    )
    path = re.sub(r"(?i)\.amp(\.s?html?)?$", lambda found: found[1] or "", path)
    path = re.sub(r"(?i)^/amp/(?=.)", "/", path)
    query = "&".join(pair for pair in parts.query.split("&") if not _OTHER_FORM.fullmatch(pair))
    netloc = re.sub(r"^(?:amp|m|mobile|wap|3g|print)\.(?=[^.]+\.[^.])", "www.", parts.netloc)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _twins(url: str) -> list[str]:
    """Return `url` with and without `www.` and the final slash, over http and https."""
    parts = urlsplit(url)
    bare = parts.netloc.removeprefix("www.")
    slash = parts.path[:-1] if parts.path.endswith("/") else parts.path + "/"
    paths = [parts.path] if parts.query or "." in parts.path.rsplit("/", 1)[-1] else [parts.path, slash]
    other = "http" if parts.scheme == "https" else "https"
    return [
        urlunsplit((scheme, netloc, path, parts.query, parts.fragment))
        for path in paths
        for netloc in (parts.netloc, bare if bare != parts.netloc else "www." + bare)
        for scheme in (parts.scheme, other)
        if ":" not in netloc or scheme == parts.scheme
    ]
