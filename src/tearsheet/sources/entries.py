"""Feed items as entries: what is full text and what a stub, titles as lines, addresses absolute."""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tearsheet import urls
from tearsheet.model import Entry
from tearsheet.sources import markup
from tearsheet.sources.items import Feed, FeedItem

_BLOCK = re.compile(r"<(?:p|br|div|h[1-6]|li|figure|blockquote|img)\b", re.I)
_FULL_TEXT_CHARS = 600


def from_feed(feed: Feed, *, base: str) -> tuple[Entry, ...]:
    """Return the feed's items as entries in its order; an item with neither address nor text is left out."""
    home = feed.link or base
    return without_repeats(filter(None, (_entry(item, feed, base=base, home=home) for item in feed.entries)))


def without_repeats(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return entries with each address once, at its first place, the longest title of it kept."""
    found: dict[str, Entry] = {}
    for entry in entries:
        key = urls.canonical(entry.url) if entry.url else f"guid:{entry.guid}"
        known = found.get(key)
        if known is None:
            found[key] = entry
        elif len(entry.title) > len(known.title) and not known.guid:
            found[key] = replace(known, title=entry.title)
    return tuple(found.values())


def _entry(item: FeedItem, feed: Feed, *, base: str, home: str) -> Entry | None:
    url = urls.join(base or home, item.link) if item.link else ""
    # A feed of known address has its links absolute already; else the item's own page is the next best base.
    content, summary = _texts(item, home="" if base else url or home)
    if not url and not content and not summary:
        return None
    title = " ".join(item.title.split()) if "title" in item.plain else markup.line(item.title)
    return Entry(
        url=url,
        guid=item.id or url or hashlib.sha256(f"{title}\n{content or summary}".encode()).hexdigest()[:32],
        title=title,
        authors=item.authors,
        # RSS 1.0 and many others have one date only, whatever it is called.
        published=item.published or (item.updated if not item.published_text else None),
        published_text=item.published_text or item.updated_text,
        updated=item.updated,
        summary=summary,
        content=content,
        tags=item.tags,
        language=markup.language(item.language) or markup.language(feed.language),
        enclosures=item.enclosures,
    )


def _texts(item: FeedItem, *, home: str) -> tuple[str, str]:
    """Return full text and stub as HTML. A description can be either: length and blocks tell which."""
    content, summary = (_as_html(item, name, home) for name in ("content", "summary"))
    if not content and _is_full(summary):
        return summary, ""
    if content and len(summary) > 2 * len(content) and _is_full(summary):
        return summary, content
    return content, "" if summary == content else summary


def _is_full(text: str) -> bool:
    return len(text) > _FULL_TEXT_CHARS and len(_BLOCK.findall(text)) >= 3


def _as_html(item: FeedItem, name: str, home: str) -> str:
    text: str = item.content if name == "content" else item.summary
    if name not in item.plain:
        return markup.absolute(text, home) if home else text
    return "".join(
        f"<p>{'<br>'.join(_lines(block))}</p>" for block in re.split(r"\n\s*\n", text.strip()) if block.strip()
    )


def _lines(block: str) -> Iterator[str]:
    return (html.escape(line.strip(), quote=False) for line in block.strip().split("\n"))
