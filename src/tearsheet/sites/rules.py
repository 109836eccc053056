"""The nouns of a site definition: rules for articles, channels and the lists they are read from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRule:
    """Where a page says when it was published: a `regex` with one group over the source, or a `css` selector.

    `zone` is the IANA zone of a time written without one; `relative` allows "3 hours ago".
    """

    regex: str = ""
    css: str = ""
    zone: str = ""
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRule:
    """How to cut an article of one site, in CSS selectors; the first selector of a tuple that matches wins.

    `single_page` are (regex, replacement) pairs that turn a page's address into that of the whole article on one page;
    `follow_jump` likewise turn a script's jump found in the page into the address to take instead.
    `raw_body` is what a compat post holds byte for byte (empty: the same as `body`), `date_as` how it writes its date:
    `local-labelled-GMT` prints the source's local clock and calls it GMT. The rule holds from `valid_from` to `valid_until`,
    both days included.
    """

    site: str
    zone: str = ""
    language: str = ""
    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    date: tuple[DateRule, ...] = ()
    single_page: tuple[tuple[str, str], ...] = ()
    follow_jump: tuple[tuple[str, str], ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    digest: str = ""
    hosts: tuple[str, ...] = field(default=())
    raw_body: tuple[str, ...] = ()
    date_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRule:
    """One list of a channel: a web `page` or a `json` document, and where its items are.

    Of a page, `items` selects the element of each item; inside it `link` (empty: the item itself), `title` (empty: the link's
    words), `date`, `summary`, `author` and `lead` select further. Of a JSON document, `items` is the path of a list
    (`data.list`, empty for the document itself), and the others are paths inside an item. `drop` is a regex of addresses that
    are no articles; `limit` is the most items taken, 0 for all; `tag` marks the entries.
    """

    page: str = ""
    json: str = ""
    items: str = ""
    link: str = ""
    title: str = ""
    url: str = ""
    date: str = ""
    summary: str = ""
    author: str = ""
    lead: str = ""
    drop: str = ""
    limit: int = 0
    tag: str = ""

    @property
    def address(self) -> str:
        """Return what has to be fetched."""
        return self.page or self.json


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A part of a site that can be followed: `site:NAME/CHANNEL`."""

    name: str
    title: str = ""
    categories: tuple[str, ...] = ()
    homepage: str = ""
    lists: tuple[ListRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A press site as data. `hosts` cover their subdomains; `compat` is kept for those who write compat posts."""

    name: str
    title: str
    homepage: str = ""
    language: str = ""
    zone: str = ""
    categories: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    rules: tuple[ArticleRule, ...] = ()
    compat: Mapping[str, str] = field(default_factory=dict)

    def channel(self, name: str) -> Channel | None:
        """Return the channel `name`, or None."""
        return next((one for one in self.channels if one.name == name), None)
