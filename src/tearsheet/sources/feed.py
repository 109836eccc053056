"""Feeds of every kind, as one shape: RSS 0.9x, 1.0, 2.0, Atom 0.3 and 1.0, CDF, JSON Feed.

What is HTML in a feed stays as it was sent, with its addresses made absolute: it is not cleaned here.
"""

from collections.abc import Mapping

from tearsheet import urls
from tearsheet.errors import BadFeed, NotAFeed
from tearsheet.sources import feedjson, feedloose, feedxml, xmltree
from tearsheet.sources.items import Feed, FeedItem

__all__ = ["Feed", "FeedItem", "parse"]


MAX_BYTES = 16 * 1024 * 1024


def parse(body: bytes, *, headers: Mapping[str, str] | None = None, url: str = "", zone: str = "") -> Feed:
    """Return the feed in `body`.

    `headers` are those of the answer (`Content-Type`, `Content-Location`, `Content-Language` matter), `url` its address;
    `zone` is the source's IANA zone for dates that name none, UTC by default.

    Raises:
        NotAFeed: nothing came, or a page, a picture, something else.
        BadFeed: too large, or broken beyond repair.
    """
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if len(body) > MAX_BYTES:
        raise BadFeed(url, f"{len(body):,} bytes, the limit is {MAX_BYTES:,}")
    start = body[:512].lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n\x00")
    if not start:
        raise NotAFeed(url, "the answer is empty")
    base = _document_base(given, url)
    if start[:1] in (b"{", b"["):
        return feedjson.read(body, base=base, url=url, zone=zone)
    unlike = _unlike_a_feed(start)
    if unlike:
        raise NotAFeed(url, unlike)
    tree = xmltree.parse(body, content_type=given.get("content-type", ""))
    language = given.get("content-language", "").split(",")[0].strip()
    found = feedxml.read(tree, base=base, language=language, zone=zone) if tree.root is not None else None
    # Of a feed whose tags do not match, lxml may put every later element inside the first: a loose reader does better.
    if found is None or (tree.trouble and not any(item.link for item in found.entries)):
        found = feedloose.read(body, given, base=base, zone=zone) or found
    if found is None:
        raise _refusal(tree, url)
    return found


def _refusal(tree: xmltree.Tree, url: str) -> NotAFeed | BadFeed:
    if tree.root is None:
        return BadFeed(url, tree.trouble or "no XML in it")
    return NotAFeed(url, f"it is a <{feedxml.local_name(tree.root)}> document")


def _document_base(headers: Mapping[str, str], url: str) -> str:
    location = headers.get("content-location", "")
    return (urls.join(url, location) if location else "") or url


_PICTURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
)


def _unlike_a_feed(start: bytes) -> str:
    """Return what the first bytes show this to be, if that is surely no feed."""
    for mark, kind in (*_PICTURES, (b"\x1f\x8b", "a gzip file"), (b"PK\x03\x04", "a ZIP file")):
        if start.startswith(mark):
            return f"it is {kind}"
    low = start.lower()
    if low.startswith((b"<!doctype html", b"<html")):
        return "it is a web page"
    return "" if b"<" in start or b"\x00" in start else "it is text without any markup"
