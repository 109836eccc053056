"""The nouns of feeds."""

from dataclasses import dataclass
from datetime import datetime

from tearsheet.model import Enclosure

MAX_ITEMS = 5_000
"""How many items of one feed are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item as the feed has it. `title` may be HTML; `summary` and `content` are HTML unless named in `plain`.

    `author` is as written, `authors` are names only. A date that cannot be told is None; `published_text` keeps its words.
    """

    title: str = ""
    link: str = ""
    id: str = ""
    author: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_text: str = ""
    updated: datetime | None = None
    updated_text: str = ""
    content: str = ""
    summary: str = ""
    plain: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed and its items in the order it lists them. `trouble` says what was wrong with it, empty if nothing.

    `subtitle` is what it says of itself; nothing here shows it, but a reader of feeds is measured by it too.
    """

    title: str = ""
    link: str = ""
    subtitle: str = ""
    author: str = ""
    id: str = ""
    language: str = ""
    updated: datetime | None = None
    entries: tuple[FeedItem, ...] = ()
    trouble: str = ""
