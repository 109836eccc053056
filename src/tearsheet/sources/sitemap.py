"""Sitemaps: XML, Google News, plain text, packed or not, and their indexes."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from lxml import etree

from tearsheet import dates, urls
from tearsheet.errors import BadFeed, NotAFeed
from tearsheet.model import Capture, Enclosure, Entry, Source
from tearsheet.sources import markup, xmltree
from tearsheet.sources.frontpage import is_section

MAX_ENTRIES = 1_000
_MAX_LISTED = 50_000  # in one file: sitemaps.org, "Sitemap file requirements"
_LONGEST_DATE = 60
MAX_CHILDREN = 12
MAX_BYTES = 60 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """One sitemap file: addresses of pages, or, if it is an index, of further sitemaps, newest first."""

    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()
    trouble: str = ""


def read(capture: Capture, source: Source) -> Sitemap:
    """Return what one fetched sitemap lists; of pages, at most the newest thousand.

    Raises:
        NotAFeed: it is no sitemap.
        BadFeed: it unpacks to more than 60 MB, or to nothing.
    """
    url = capture.final_url or capture.url
    body = unpacked(capture.body, url)
    if not body.strip():
        raise NotAFeed(url, "the answer is empty")
    if b"<" not in body[:2000]:
        return _newest(_text_entries(body))
    tree = xmltree.parse(body, content_type=capture.header("content-type"))
    kind = name_of(tree.root)
    if kind == "sitemapindex" and tree.root is not None:
        return Sitemap(children=_children(tree.root, url, source), trouble=tree.trouble)
    if kind != "urlset" or tree.root is None:
        raise NotAFeed(url, f"it is no sitemap but a <{kind}> document" if kind else "it is no sitemap")
    found = _newest(list(_pages(tree.root, url, source)))
    return Sitemap(entries=found.entries, trouble=tree.trouble or found.trouble)


def unpacked(body: bytes, url: str) -> bytes:
    """Return `body`, gunzipped if it is a gzip file.

    Raises:
        BadFeed: it is damaged, or unpacks to too much.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    work = zlib.decompressobj(wbits=31)
    try:
        data = work.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise BadFeed(url, f"damaged gzip file: {error}") from error
    if work.unconsumed_tail:
        raise BadFeed(url, f"unpacks to more than {MAX_BYTES:,} bytes")
    return data


def name_of(root: etree._Element | None) -> str:
    """Return the local name of a root element in lower case, empty if there is none."""
    return str(root.tag).rpartition("}")[2].lower() if root is not None else ""


def _children(root: etree._Element, base: str, source: Source) -> tuple[str, ...]:
    """Return the sitemaps of an index worth asking for: those of news, then those changed last, then the last listed."""
    listed = []
    for place, element in enumerate(islice(root.iterchildren(tag=etree.Element), _MAX_LISTED)):
        fields = _fields(element)
        url = urls.join(base, fields["loc"]) if fields.get("loc") else ""
        if url:
            changed = _when(fields.get("lastmod", ""), source.language, source.timezone)
            listed.append((-("news" in url.lower()), -(changed.timestamp() if changed else 0.0), -place, url))
    return tuple(dict.fromkeys(url for *_, url in sorted(listed)))[:MAX_CHILDREN]


def _pages(root: etree._Element, base: str, source: Source) -> Iterator[Entry]:
    for element in islice(root.iterchildren(tag=etree.Element), _MAX_LISTED):
        fields = _fields(element)
        url = urls.join(base, fields["loc"]) if fields.get("loc") else ""
        if not url or urls.is_front(url) or ("news:title" not in fields and is_section(url)):
            continue
        written = fields.get("news:publication_date", "")
        yield Entry(
            url=url,
            title=fields.get("news:title", ""),
            published=_when(written, source.language, source.timezone),
            published_text=written,
            updated=_when(fields.get("lastmod", ""), source.language, source.timezone),
            language=markup.language(fields.get("news:language", "")),
            tags=tuple(word.strip() for word in fields.get("news:keywords", "").split(",") if word.strip()),
            enclosures=(Enclosure(url=fields["image:loc"], media_type="image/*"),) if fields.get("image:loc") else (),
        )


def _fields(element: etree._Element) -> dict[str, str]:
    """Return the texts of a <url> or <sitemap> by name; those of an extension under its usual prefix."""
    found: dict[str, str] = {}
    for part in element.iter(etree.Element):
        namespace, _, name = str(part.tag).rpartition("}")
        prefix = next((f"{known}:" for known in ("news", "image", "video") if known in namespace), "")
        text = " ".join((part.text or "").split())
        if text:
            found.setdefault(prefix + name.lower().removeprefix("news:"), text)
    return found


# Thousands of pages were changed on the same days.
@lru_cache(maxsize=4096)
def _when(text: str, language: str, zone: str) -> datetime | None:
    reading = dates.read(text, language=language, zone=zone or "UTC") if 0 < len(text) <= _LONGEST_DATE else None
    return reading.at if reading else None


def _text_entries(body: bytes) -> list[Entry]:
    lines = map(str.strip, body.decode("utf-8", "replace").splitlines()[:_MAX_LISTED])
    return [Entry(url=line) for line in lines if line.startswith(("http://", "https://")) and urls.host(line)]


def _newest(entries: list[Entry]) -> Sitemap:
    if not entries:
        return Sitemap(trouble="the sitemap lists no pages that could be articles")
    if len(entries) <= MAX_ENTRIES:
        return Sitemap(entries=tuple(entries))
    changed = [entry.published or entry.updated for entry in entries]
    order = sorted(range(len(entries)), key=lambda at: -(when.timestamp() if (when := changed[at]) else 0.0))
    kept = tuple(entries[at] for at in order[:MAX_ENTRIES])
    return Sitemap(entries=kept, trouble=f"only the newest {MAX_ENTRIES:,} of {len(entries):,} pages were taken")
