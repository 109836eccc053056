"""Atom and JSON Feed from the same entries. Deterministic: nothing in a feed depends on when it was written."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tearsheet import html
from tearsheet.publish.site import paths

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry. `key` makes its id; `folder` is its page in the site, `original` where it came from; `content` is clean HTML."""

    key: str
    title: str
    folder: str
    original: str
    updated: datetime
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    source: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed: its title and language, and the folder of the list it stands for. `url` is where the site stands, if known.

    `note` is a line for the feed's readers.
    """

    title: str
    folder: str
    url: str = ""
    language: str = ""
    note: str = ""


def atom(channel: Channel, entries: Sequence[FeedEntry]) -> tuple[str, bytes]:
    """Return the Atom feed of `channel`: file name and bytes. Source: RFC 4287."""
    updated = max((entry.updated for entry in entries), default=_EPOCH)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<?xml-stylesheet type="text/css" href="{paths.root_of(channel.folder)}{paths.FEED_SHEET}"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom"{_lang(channel.language)}>',
        f"<id>{_feed_id(channel)}</id>",
        f"<title>{_text(channel.title)}</title>",
        f"<subtitle>{_text(channel.note)}</subtitle>" if channel.note else "",
        f"<updated>{_at(updated)}</updated>",
        "<generator>Tearsheet</generator>",
    ]
    if channel.url:
        lines.append(f'<link rel="self" type="application/atom+xml" href="{_text(_absolute(channel, paths.ATOM))}"/>')
        lines.append(f'<link rel="alternate" type="text/html" href="{_text(_absolute(channel, ""))}"/>')
    lines.extend(_entry(channel, entry) for entry in entries)
    lines.append("</feed>\n")
    return channel.folder + paths.ATOM, "\n".join(lines).encode("utf-8", "replace")


def _entry(channel: Channel, entry: FeedEntry) -> str:
    link, via = _links(channel, entry)
    parts = [
        f"<entry{_lang(entry.language)}>",
        f"<id>{entry_id(entry.key)}</id>",
        f"<title>{_text(entry.title)}</title>",
        f"<updated>{_at(entry.updated)}</updated>",
        f"<published>{_at(entry.published)}</published>" if entry.published else "",
        *(f"<author><name>{_text(name)}</name></author>" for name in entry.authors or (entry.source or "?",)),
        *(f'<category term="{_text(name)}"/>' for name in entry.categories),
        f'<link rel="alternate" type="text/html" href="{_text(link)}"/>' if link else "",
        f'<link rel="via" href="{_text(via)}"/>' if via else "",
        f"<summary>{_text(entry.summary)}</summary>" if entry.summary else "",
        f'<content type="html">{_text(_safe(entry.content))}</content>' if entry.content else "",
        "</entry>",
    ]
    return "".join(parts)


def json_feed(channel: Channel, entries: Sequence[FeedEntry]) -> tuple[str, bytes]:
    """Return the JSON Feed of `channel`: file name and bytes. Source: jsonfeed.org, version 1.1."""
    data: dict[str, Any] = {  # Any: JSON
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.note,
        "home_page_url": _absolute(channel, ""),
        "feed_url": _absolute(channel, paths.JSON_FEED),
        "language": channel.language,
        "items": [_item(channel, entry) for entry in entries],
    }
    text = json.dumps({key: value for key, value in data.items() if value != ""}, ensure_ascii=False, indent=1)
    return channel.folder + paths.JSON_FEED, (text + "\n").encode("utf-8", "replace")


def _item(channel: Channel, entry: FeedEntry) -> dict[str, Any]:
    link, via = _links(channel, entry)
    item = {
        "id": entry_id(entry.key),
        "url": link,
        "external_url": via,
        "title": entry.title,
        "content_html": _safe(entry.content),
        # An item needs some content; a summary is text, and stands in for it.
        "content_text": "" if entry.content else entry.summary or entry.title,
        "summary": entry.summary,
        "date_published": _at(entry.published) if entry.published else "",
        "date_modified": _at(entry.updated),
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.categories),
        "language": entry.language,
    }
    return {key: value for key, value in item.items() if value not in ("", [])}


@lru_cache(maxsize=512)
def _safe(content: str) -> str:
    """Return `content` sanitised at this door; one entry stands in several feeds."""
    return html.sanitised(content) if content else ""


def entry_id(key: str) -> str:
    """Return the id of an entry, the same wherever the site stands."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, key)}"


def _feed_id(channel: Channel) -> str:
    return entry_id(f"{channel.url}#{channel.folder}")


def _links(channel: Channel, entry: FeedEntry) -> tuple[str, str]:
    """Return the entry's page (its original while the site does not know where it stands) and its original."""
    ours = channel.url + paths.quoted(entry.folder) if channel.url else ""
    return ours or entry.original, entry.original


def _absolute(channel: Channel, name: str) -> str:
    return channel.url + paths.quoted(channel.folder + name) if channel.url else ""


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lang(language: str) -> str:
    return f' xml:lang="{_text(language)}"' if language else ""


def _text(text: str) -> str:
    return html.escape(_NOT_XML.sub("", text))
