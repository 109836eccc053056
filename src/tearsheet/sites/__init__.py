"""What we know of a press site, as data: one TOML per site, checked when read."""

import datetime as dt
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
