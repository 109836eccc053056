"""Lists of sources that people keep: OPML, lists of RSSHub routes under headings, plain lists of addresses."""

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from tearsheet import charset, urls
from tearsheet.errors import NotAFeed
from tearsheet.model import Categories, Source
from tearsheet.sources import markup, rsshub, xmltree

_KINDS = frozenset({"feed", "sitemap", "front", "urls"})
_HEADING = re.compile(r"(#{1,6})\s*(?![-/!#])(\S.*)")
_ROUTE = re.compile(
    r"""^\s*(?:[-*+]\s+)?(?:[\w-]+\s*:\s+)?["'`<]?(/[^\s"'`<>#]+|rsshub:[^\s"'`<>]+|https?://[^\s"'`<>]+)["'`>]?\s*(?:#.*)?$"""
)
_BARE_ROUTE = re.compile(r"/[\w@%.~:+-]+(?:/[^\s/]*)*")
_MAX_SOURCES = 50_000
_MAX_LINE = 60


def read_opml(data: bytes) -> list[Source]:
    """Return the feeds of an OPML file in order; the folders around each are its category path.

    Raises:
        NotAFeed: it is no OPML.
    """
    tree = xmltree.parse(data)
    if tree.root is None or str(tree.root.tag).rpartition("}")[2].lower() != "opml":
        raise NotAFeed("", "it is no OPML file")
    found: dict[str, Source] = {}
    for body in tree.root.iterchildren("body", "{*}body"):
        for source in _outlines(body, ()):
            found.setdefault(source.url, source)
    return list(found.values())[:_MAX_SOURCES]


def _outlines(element: etree._Element, path: Categories) -> Iterator[Source]:
    for outline in element.iterchildren(tag=etree.Element):
        given = {str(name).rpartition("}")[2].lower(): str(value).strip() for name, value in outline.attrib.items()}
        name = " ".join((given.get("text") or given.get("title") or "").split())
        source = _from_outline(given, name, path)
        if source:
            yield source
        if len(outline):
            yield from _outlines(outline, path if source or not name else (*path, name))


def _from_outline(given: dict[str, str], name: str, path: Categories) -> Source | None:
    address = given.get("xmlurl", "")
    # Our own export says in `type` what is no feed; other programs write `rss` there, or anything.
    kind = given.get("type", "") if given.get("type", "") in _KINDS else "feed"
    if address.startswith("rsshub:"):
        kind, url = "rsshub", rsshub.route(address)
    elif address.startswith("site:"):
        kind, url = "site", address
    else:
        url = urls.canonical(address) if urls.host(address) else ""
    if not url:
        return None
    return Source(
        url=url,
        kind=kind,
        name=name,
        categories=path or _first_category(given.get("category", "")),
        language=markup.language(given.get("language", "")),  # feed readers write "unknown" too
        timezone=given.get("timezone", ""),
        homepage=given.get("htmlurl", "") if urls.host(given.get("htmlurl", "")) else "",
    )


def _first_category(text: str) -> Categories:
    """Return the path in OPML 2.0's `category`: "/Boston/Weather,other"."""
    return tuple(name.strip() for name in text.split(",")[0].split("/") if name.strip())


def read_routes(text: str) -> list[Source]:
    """Return the sources of a route list: routes (or feeds) under headings `#` section, `##` publisher, `###` channel.

    Empty if the text is no such list: it needs a route, or else an address under a `##` heading.
    """
    path: list[str] = []
    found: dict[str, Source] = {}
    is_list = False
    for line in map(str.strip, text.lstrip("\ufeff").splitlines()):
        heading = _HEADING.fullmatch(line)
        if heading:
            level = len(heading[1])
            path = [*path[: level - 1], *[""] * (level - 1 - len(path)), heading[2].rstrip("#").rstrip()]
            is_list = is_list or level == 2
            continue
        written = _ROUTE.match(line)
        if written is None:
            continue
        source = _from_route(written[1], tuple(name for name in path if name))
        if source:
            is_list = is_list or source.kind == "rsshub"
            found.setdefault(source.url, source)
    return list(found.values())[:_MAX_SOURCES] if is_list else []


def _from_route(written: str, path: Categories) -> Source | None:
    name = " ".join(path[-2:]) if len(path) >= 2 else path[-1] if path else ""
    if written.startswith(("http://", "https://")):
        return Source(url=urls.canonical(written), name=name, categories=path) if urls.host(written) else None
    if written.startswith("/") and not _BARE_ROUTE.fullmatch(written):
        return None
    return Source(url=rsshub.route(written), kind="rsshub", name=name or written, categories=path)


def read_url_list(text: str) -> tuple[list[str], list[str]]:
    """Return the addresses of a text that has one on each line, each once, and its lines that are none; `#` starts a comment.

    No addresses if most lines are something else: then it is no such list.
    """
    lines = [line.strip().lstrip("-*").strip() for line in text.lstrip("\ufeff").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    found = [_address(line) for line in lines]
    others = [line for line, address in zip(lines, found, strict=True) if not address]
    return list(dict.fromkeys(filter(None, found))) if len(others) * 2 < len(lines) else [], others


def without_address(others: Sequence[str]) -> str:
    """Return in words which lines of a list are no address; nothing if all are."""
    shown = ", ".join(repr(line if len(line) <= _MAX_LINE else f"{line[:_MAX_LINE]}…") for line in others[:3])
    more = ", …" if len(others) > 3 else ""
    return f"{len(others)} line{'s are' if len(others) > 1 else ' is'} no address: {shown}{more}" if others else ""


def _address(line: str) -> str:
    """Return the address that a line begins with, or nothing."""
    if not line.startswith(("http://", "https://", "<http", '"http')):
        return ""
    address = line.split()[0].strip("<>\"'")
    return address if urls.host(address) else ""


def text_of(data: bytes, content_type: str = "") -> str:
    """Return a list's bytes as text."""
    return charset.decode(data, content_type=content_type, markup="xml")[0]
