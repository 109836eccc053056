"""RSS, Atom, RDF and CDF trees read into `Feed`."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from lxml import etree

from tearsheet import dates, urls
from tearsheet.model import Enclosure
from tearsheet.sources import markup, xmltree
from tearsheet.sources.items import MAX_ITEMS, Feed, FeedItem

_XML = "{http://www.w3.org/XML/1998/namespace}"
_CORE = (
    "http://backend.userland.com/rss", "http://blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/", "http://purl.org/net/rss1.1#",
    "http://example.com/newformat#", "http://example.com/necho", "http://purl.org/echo/", "uri/of/echo/namespace#",
    "http://purl.org/pie/", "http://purl.org/atom/ns#", "http://www.w3.org/2005/atom",
    "http://purl.org/rss/1.0/modules/rss091#",
)  # fmt: skip
_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes", "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media", "http://search.yahoo.com/mrss/": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
}  # fmt: skip
_ROOTS = frozenset(["rss", "feed", "rdf:rdf", "channel", "xml", "entry", "rss2", "rdf", "newspaper"])
_ITEMS = frozenset(["item", "entry"])
_HTML_TYPES = frozenset(["html", "text/html", "xhtml", "application/xhtml+xml", "text/xml", "application/xml", ""])
_WRAPPING_DIV = re.compile(r"\s*<div>(.*)</div>\s*", re.S)
_LABEL = re.compile(r"^\s*(?:来源|來源|作者|责编|責編|编辑|編輯|文|出典|By|By line)\s*[:：]\s*|^\s*By\s+(?=[A-Z])")
_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"


@dataclass(slots=True)
class _Draft:
    """An item, or the feed itself, while it is being read."""

    base: str
    language: str
    title: str = ""
    title_rank: int = 0
    link: str = ""
    link_rank: int = 0
    id: str = ""
    permalink: bool = False
    summary: str = ""
    summary_rank: int = 0
    content: str = ""
    content_rank: int = 0
    plain: set[str] = field(default_factory=set)
    author: str = ""
    author_rank: int = 0
    authors: list[str] = field(default_factory=list)
    published: str = ""
    published_rank: int = 0
    updated: str = ""
    updated_rank: int = 0
    tags: list[str] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)


def read(tree: xmltree.Tree, *, base: str, language: str, zone: str) -> Feed | None:
    """Return the feed in the tree, or None if it holds none."""
    root = tree.root
    if root is None or _key(root.tag) not in _ROOTS:
        return None
    top = _Draft(_base(root, base), root.get(_XML + "lang") or "")
    items: list[FeedItem] = []
    trouble = tree.trouble
    for element, scope_base in _feed_level(root, top):
        key = _key(element.tag)
        if key not in _ITEMS:
            _take(top, element, key, scope_base)
        elif len(items) < MAX_ITEMS:
            items.append(_item(element, base=scope_base, top=top, zone=zone))
        else:
            trouble = trouble or f"only the first {MAX_ITEMS:,} items were read"
            break
    if not items and _key(root.tag) not in ("rss", "feed", "rdf:rdf", "channel"):
        return None
    updated, _ = _date(top.updated or top.published, top.language, zone)
    return Feed(
        title=top.title,
        link=top.link or (top.id if top.id.startswith("http") else ""),
        subtitle=top.summary,
        author=top.author,
        id=top.id,
        language=top.language or language,
        updated=updated,
        entries=tuple(items),
        trouble=trouble,
    )


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _feed_level(root: etree._Element, top: _Draft) -> Iterator[tuple[etree._Element, str]]:
    """Yield the elements that say something about the feed, and its items, each with the base that holds there."""
    if _key(root.tag) in _ITEMS:
        yield root, top.base
        return
    _attributes_of_channel(root, top)
    for element in root.iterchildren(tag=etree.Element):
        key = _key(element.tag)
        if key in ("channel", "feed", "items", "rdf:seq"):
            base = _base(element, top.base)
            top.language = top.language or element.get(_XML + "lang") or ""
            _attributes_of_channel(element, top)
            for child in element.iterchildren(tag=etree.Element):
                if _key(child.tag) == "items" and len(child):
                    yield from ((grandchild, base) for grandchild in child.iterchildren(tag=etree.Element))
                else:
                    yield child, base
        else:
            yield element, top.base


def _attributes_of_channel(element: etree._Element, top: _Draft) -> None:
    """Take what CDF says in attributes."""
    href = element.get("HREF") or element.get("href")
    if href:
        top.link, top.link_rank = urls.join(top.base, href) or href, 2


def _item(element: etree._Element, *, base: str, top: _Draft, zone: str) -> FeedItem:
    draft = _Draft(_base(element, base), element.get(_XML + "lang") or "")
    if element.get("HREF"):
        draft.link, draft.link_rank = urls.join(draft.base, element.get("HREF", "")), 2
    draft.updated = element.get("LASTMOD", "")
    for child in element:
        if taker := _TAKERS.get(_key(child.tag)):
            taker(draft, child, _base(child, draft.base) if child.attrib else draft.base)
    language = draft.language or top.language
    published, published_text = _date(draft.published, language, zone)
    updated, updated_text = _date(draft.updated, language, zone)
    link = draft.link or (draft.id if draft.permalink and draft.id.startswith(("http:", "https:")) else "")
    return FeedItem(
        title=draft.title,
        link=link,
        id=draft.id or element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or "",
        author=draft.author,
        authors=tuple(dict.fromkeys(name for name in draft.authors if name)),
        published=published,
        published_text=published_text,
        updated=updated,
        updated_text=updated_text,
        content=draft.content,
        summary=draft.summary,
        plain=frozenset(draft.plain),
        tags=tuple(dict.fromkeys(tag for tag in draft.tags if tag)),
        enclosures=tuple(draft.enclosures),
        language=draft.language,
    )


def _date(text: str, language: str, zone: str) -> tuple[datetime | None, str]:
    reading = dates.read(text, language=language, zone=zone or "UTC") if text else None
    return (reading.at if reading else None), text


@lru_cache(maxsize=4096)
def _key(tag: object) -> str:
    """Return the name under which a tag is known here: `title`, `dc:creator`; empty for a namespace that is not."""
    if not isinstance(tag, str):
        return ""
    if tag[0] != "{":
        return tag.lower()
    namespace, _, name = tag[1:].rpartition("}")
    namespace, name = namespace.lower(), name.lower()
    if namespace.startswith(_CORE):
        prefix = next((_NAMESPACES[known] for known in _NAMESPACES if known == namespace), "")
        return (
            f"{prefix}:{name}" if prefix else name if namespace.count("modules") == 0 or "rss091" in namespace else ""
        )
    prefix = _NAMESPACES.get(namespace, "")
    return f"{prefix}:{name}" if prefix else ""


def _base(element: etree._Element, base: str) -> str:
    own = element.get(_XML + "base")
    return (urls.join(base, own) or base) if own else base


def _take(draft: _Draft, element: etree._Element, key: str, base: str) -> None:
    taker = _TAKERS.get(key)
    if taker:
        taker(draft, element, _base(element, base))


def _words(element: etree._Element) -> str:
    """Return the text of an element that should hold nothing else."""
    if not len(element):
        return (element.text or "").strip()
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _value(element: etree._Element, base: str) -> tuple[str, bool]:
    """Return what an element that may hold HTML holds, and whether that is plain text instead."""
    kind = (element.get("type") or "").strip().lower()
    mode = (element.get("mode") or "").strip().lower()
    if len(element):
        inside = markup.inner(element, base)
        wrapped = _WRAPPING_DIV.fullmatch(inside)
        only = wrapped and len(element) == 1 and not (element.text or "").strip()
        return (wrapped[1] if wrapped and only and "<div" not in wrapped[1] else inside).strip(), False
    text = (element.text or "").strip()
    if mode == "base64" or (
        kind and "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))
    ):
        text = _unpacked(text)
    plain = kind in ("text", "text/plain") and not markup.looks_like_html(text)
    return (text if plain else markup.absolute(text, base)), plain


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return text


def _title(rank: int) -> "_Taker":
    def take(draft: _Draft, element: etree._Element, base: str) -> None:
        if rank >= draft.title_rank:
            value, plain = _value(element, base)
            if value:
                draft.title, draft.title_rank = value, rank + 1
                (draft.plain.add if plain else draft.plain.discard)("title")

    return take


def _summary(rank: int) -> "_Taker":
    def take(draft: _Draft, element: etree._Element, base: str) -> None:
        if rank > draft.summary_rank:
            value, plain = _value(element, base)
            if value:
                draft.summary, draft.summary_rank = value, rank
                (draft.plain.add if plain else draft.plain.discard)("summary")

    return take


def _content(rank: int) -> "_Taker":
    def take(draft: _Draft, element: etree._Element, base: str) -> None:
        source = element.get("src")
        if source and not len(element) and not (element.text or "").strip():
            draft.enclosures.append(Enclosure(url=urls.join(base, source), media_type=element.get("type") or ""))
            return
        value, plain = _value(element, base)
        if value and (
            rank > draft.content_rank or (rank == draft.content_rank and not plain and "content" in draft.plain)
        ):
            draft.content, draft.content_rank = value, rank
            (draft.plain.add if plain else draft.plain.discard)("content")

    return take


def _link(draft: _Draft, element: etree._Element, base: str) -> None:
    href = element.get("href")
    if href is None:
        text = _words(element)
        if text and draft.link_rank <= 3:
            draft.link, draft.link_rank = urls.join(base, text) or text, 3
        return
    rel = (element.get("rel") or "alternate").lower().removeprefix("http://www.iana.org/assignments/relation/")
    address = urls.join(base, href) or href.strip()
    kind = (element.get("type") or "").lower()
    if rel == "enclosure":
        draft.enclosures.append(Enclosure(url=address, media_type=kind, length=_number(element.get("length"))))
    rank = 4 if rel == "alternate" and kind in _HTML_TYPES else 2 if rel == "alternate" else 1 if rel == "via" else 0
    if rank > draft.link_rank:
        draft.link, draft.link_rank = address, rank


def _original_link(draft: _Draft, element: etree._Element, base: str) -> None:
    text = _words(element)
    if text and (address := urls.join(base, text)):
        draft.link, draft.link_rank = address, 9


def _id(draft: _Draft, element: etree._Element, base: str) -> None:
    text = _words(element)
    draft.permalink = (element.get("isPermaLink") or element.get("ispermalink") or "true").lower() != "false"
    relative = text and ":" not in text.split("/")[0] and base and local_name(element) == "id"
    draft.id = (urls.join(base, text) or text) if relative else text


def _author(rank: int) -> "_Taker":
    def take(draft: _Draft, element: etree._Element, base: str) -> None:
        parts = {_key(child.tag).rpartition(":")[2]: _words(child) for child in element.iterchildren(tag=etree.Element)}
        name, email = parts.get("name", ""), parts.get("email", "")
        text = (f"{name} ({email})" if name and email else name or email) if parts else _words(element)
        if not text:
            return
        if rank > draft.author_rank:
            draft.author, draft.author_rank, draft.authors = text, rank, []
        if rank == draft.author_rank:
            draft.authors.append(name or person(text))

    return take


def person(text: str) -> str:
    """Return the name in what a feed says of an author: without a label, without an address beside it."""
    text = _LABEL.sub("", " ".join(text.split()))
    both = re.fullmatch(rf"{_EMAIL}\s*\((.+)\)|(.+?)\s*[(<]\s*(?:mailto:)?{_EMAIL}\s*[)>]", text)
    name = (both[1] or both[2]).strip() if both else text
    return "" if re.fullmatch(_EMAIL, name) else markup.line(name)


def _published(rank: int) -> "_Taker":
    def take(draft: _Draft, element: etree._Element, base: str) -> None:
        text = _words(element)
        if text and rank >= draft.published_rank:
            draft.published, draft.published_rank = text, rank

    return take


def _updated(rank: int) -> "_Taker":
    def take(draft: _Draft, element: etree._Element, base: str) -> None:
        text = _words(element)
        if text and rank >= draft.updated_rank:
            draft.updated, draft.updated_rank = text, rank

    return take


def _language(draft: _Draft, element: etree._Element, base: str) -> None:
    draft.language = _words(element) or draft.language


def _tag(draft: _Draft, element: etree._Element, base: str) -> None:
    draft.tags.append(
        markup.line(element.get("label") or element.get("term") or element.get("text") or _words(element))
    )


def _keywords(draft: _Draft, element: etree._Element, base: str) -> None:
    draft.tags.extend(word.strip() for word in _words(element).split(","))


def _enclosure(draft: _Draft, element: etree._Element, base: str) -> None:
    address = (
        urls.join(base, element.get("url") or element.get("href") or "")
        if element.get("url") or element.get("href")
        else ""
    )
    if address:
        kind = element.get("type") or (f"{element.get('medium')}/*" if element.get("medium") else "")
        length = _number(element.get("length") or element.get("fileSize"))
        draft.enclosures.append(Enclosure(url=address, media_type=kind, length=length))


def _thumbnail(draft: _Draft, element: etree._Element, base: str) -> None:
    address = element.get("url") or element.get("href")
    if address and urls.join(base, address):
        draft.enclosures.append(Enclosure(url=urls.join(base, address), media_type="image/*"))


def _group(draft: _Draft, element: etree._Element, base: str) -> None:
    for child in element.iterchildren(tag=etree.Element):
        key = _key(child.tag)
        if key != "media:group":
            _take(draft, child, key, base)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


_Taker = Callable[[_Draft, etree._Element, str], None]
_TAKERS: dict[str, _Taker] = {
    "title": _title(3),
    "dc:title": _title(2),
    "media:title": _title(1),
    "link": _link,
    "feedburner:origlink": _original_link,
    "id": _id,
    "guid": _id,
    "dc:identifier": _id,
    "description": _summary(9),
    "summary": _summary(8),
    "tagline": _summary(9),
    "subtitle": _summary(9),
    "abstract": _summary(9),
    "dc:description": _summary(5),
    "itunes:summary": _summary(4),
    "itunes:subtitle": _summary(3),
    "media:description": _summary(2),
    "content:encoded": _content(9),
    "content": _content(9),
    "fullitem": _content(8),
    "xhtml:body": _content(8),
    "body": _content(8),
    "author": _author(9),
    "dc:creator": _author(8),
    "dc:author": _author(8),
    "managingeditor": _author(9),
    "itunes:author": _author(7),
    "dc:publisher": _author(2),
    "webmaster": _author(1),
    "published": _published(9),
    "pubdate": _published(9),
    "issued": _published(9),
    "dcterms:issued": _published(8),
    "created": _published(2),
    "dcterms:created": _published(2),
    "updated": _updated(9),
    "modified": _updated(9),
    "lastbuilddate": _updated(9),
    "dcterms:modified": _updated(8),
    "dc:date": _updated(7),
    "language": _language,
    "dc:language": _language,
    "category": _tag,
    "dc:subject": _tag,
    "itunes:category": _tag,
    "media:category": _tag,
    "keywords": _keywords,
    "itunes:keywords": _keywords,
    "media:keywords": _keywords,
    "enclosure": _enclosure,
    "media:content": _enclosure,
    "media:thumbnail": _thumbnail,
    "media:group": _group,
}
