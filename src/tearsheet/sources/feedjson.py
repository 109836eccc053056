"""JSON Feed 1.0 and 1.1 read into `Feed`."""

import json
from collections.abc import Iterator
from typing import Any

from tearsheet import charset, dates, urls
from tearsheet.errors import BadFeed, NotAFeed
from tearsheet.model import Enclosure
from tearsheet.sources import markup
from tearsheet.sources.items import MAX_ITEMS, Feed, FeedItem


def read(body: bytes, *, base: str, url: str, zone: str) -> Feed:
    """Return the feed in `body`.

    Raises:
        NotAFeed: it is JSON, but no feed.
        BadFeed: it is no JSON although it starts like it.
    """
    text, _ = charset.decode(body, content_type="application/json; charset=utf-8", markup="xml")
    try:
        top = json.loads(charset.paired(text))
    except (ValueError, RecursionError) as error:
        raise BadFeed(url, f"broken JSON: {str(error)[:120]}") from error
    if not isinstance(top, dict) or not isinstance(top.get("items"), list):
        raise NotAFeed(url, "it is JSON without a list of items")
    if "jsonfeed.org" not in _text(top.get("version")) and not (top.get("title") or top.get("feed_url")):
        raise NotAFeed(url, "it is JSON, but no JSON Feed")
    items = [item for item in top["items"] if isinstance(item, dict)]
    language = _text(top.get("language"))
    return Feed(
        title=_text(top.get("title")),
        link=_address(base, top.get("home_page_url")),
        subtitle=_text(top.get("description")),
        author=", ".join(_names(top)),
        id=_text(top.get("feed_url")),
        language=language,
        entries=tuple(_item(item, base=base, language=language, zone=zone) for item in items[:MAX_ITEMS]),
        trouble=f"only the first {MAX_ITEMS:,} items were read" if len(items) > MAX_ITEMS else "",
    )


# `Any`: what json.loads gives; every value is checked where it is used.
def _item(item: dict[str, Any], *, base: str, language: str, zone: str) -> FeedItem:
    written = _text(item.get("date_published"))
    modified = _text(item.get("date_modified"))
    own = _text(item.get("language"))
    html, plain = _text(item.get("content_html")), _text(item.get("content_text"))
    link = _address(base, item.get("url")) or _address(base, item.get("external_url"))
    identity = _text(item.get("id"))
    published = dates.read(written, language=own or language, zone=zone or "UTC")
    updated = dates.read(modified, language=own or language, zone=zone or "UTC")
    names = tuple(_names(item))
    return FeedItem(
        title=_text(item.get("title")),
        link=link or (identity if identity.startswith(("http://", "https://")) else ""),
        id=identity,
        author=", ".join(names),
        authors=names,
        published=published.at if published else None,
        published_text=written,
        updated=updated.at if updated else None,
        updated_text=modified,
        content=markup.absolute(html, link or base) or plain,
        summary=_text(item.get("summary")),
        plain=frozenset(["title", "summary"] if html else ["title", "summary", "content"]),
        tags=tuple(_text(tag) for tag in _list(item.get("tags")) if _text(tag)),
        enclosures=tuple(_enclosures(item, base)),
        language=own,
    )


def _enclosures(item: dict[str, Any], base: str) -> Iterator[Enclosure]:
    for name in ("image", "banner_image"):
        address = _address(base, item.get(name))
        if address:
            yield Enclosure(url=address, media_type="image/*")
    for file in _list(item.get("attachments")):
        if isinstance(file, dict) and _address(base, file.get("url")):
            size = file.get("size_in_bytes")
            length = int(size) if isinstance(size, int | float) and 0 <= size < 2**53 else 0
            yield Enclosure(url=_address(base, file["url"]), media_type=_text(file.get("mime_type")), length=length)


def _names(thing: dict[str, Any]) -> Iterator[str]:
    for author in [*_list(thing.get("authors")), thing.get("author")]:
        name = markup.line(_text(author.get("name") if isinstance(author, dict) else author))
        if name:
            yield name


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _address(base: str, value: object) -> str:
    text = _text(value)
    return urls.join(base, text) if text else ""
