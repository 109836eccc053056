"""What no XML parser can read: the last resort, `feedparser`, behind limits that keep it from hostile input.

Measured: 100,000 attributes on one tag, or 200,000 unclosed tags, cost it 25 s and more; so such input never reaches it.
"""

import re
import warnings
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from tearsheet import charset, dates, urls
from tearsheet.sources import markup
from tearsheet.sources.feedxml import person
from tearsheet.sources.items import MAX_ITEMS, Feed, FeedItem

_MAX_BYTES = 1_000_000
_MAX_TAGS = 20_000
# What its handlers let out when the tags of a broken feed come in an order they do not expect (seen with altered feeds).
_ITS_BUGS = (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)
_LONG_TAG = re.compile(r"<[^<>]{8000}")
_LIKE_A_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel|item|entry)\b", re.I)


def read(body: bytes, headers: Mapping[str, str], *, base: str, zone: str) -> Feed | None:
    """Return what can be saved of a broken feed, or None if there are no items with a title or a link in it."""
    if len(body) > _MAX_BYTES or body.count(b"<") > _MAX_TAGS:
        return None
    text, _ = charset.decode(body, content_type=headers.get("content-type", ""), markup="xml")
    if not _LIKE_A_FEED.search(text) or _LONG_TAG.search(text) or "<!ENTITY" in text:
        return None
    parsed = _parsed(text, base)
    if parsed is None:
        return None
    items = tuple(_item(entry, base=base, zone=zone) for entry in parsed.entries[:MAX_ITEMS])
    if not any(item.title or item.link for item in items):
        return None
    top = parsed.feed
    return Feed(
        title=_text(top.get("title")),
        link=urls.join(base, _text(top.get("link"))),
        subtitle=_text(top.get("subtitle")),
        author=_text(top.get("author")),
        id=_text(top.get("id")),
        language=_text(top.get("language")),
        updated=_date(_text(dict.get(top, "updated")), zone),
        entries=items,
        trouble="broken beyond XML, read loosely",
    )


# `Any`: feedparser's dictionaries are untyped.
def _parsed(text: str, base: str) -> Any:
    import feedparser

    given = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    data = BytesIO(text.encode("utf-8", "replace"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return feedparser.parse(data, response_headers=given, resolve_relative_uris=False, sanitize_html=False)
        except _ITS_BUGS:
            return None


def _item(entry: Any, *, base: str, zone: str) -> FeedItem:
    contents = entry.get("content") or [{}]
    author = _text(entry.get("author"))
    # Past feedparser's own `get`, which puts one date for the other and warns of it.
    written, modified = _text(dict.get(entry, "published")), _text(dict.get(entry, "updated"))
    link = _text(entry.get("link"))
    return FeedItem(
        title=_text(entry.get("title")),
        link=(urls.join(base, link) or link) if link else "",
        id=_text(entry.get("id")),
        author=author,
        authors=(person(author),) if person(author) else (),
        published=_date(written, zone),
        published_text=written,
        updated=_date(modified, zone),
        updated_text=modified,
        content=markup.absolute(_text(contents[0].get("value")), base),
        summary=markup.absolute(_text(entry.get("summary")), base),
    )


def _date(text: str, zone: str) -> datetime | None:
    reading = dates.read(text, zone=zone or "UTC")
    return reading.at if reading else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
