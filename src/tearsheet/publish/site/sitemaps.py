"""Sitemaps and robots.txt: fixed ranges of arrivals, so that a new article touches one file."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tearsheet import html
from tearsheet.publish.site import paths
from tearsheet.publish.site.views import Masthead

RANGE = 10_000
"""Articles per sitemap; the protocol allows 50,000 addresses or 50 MB."""

_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def range_of(seq: int) -> int:
    """Return the number of the sitemap that holds the article with the arrival number `seq`, from 0."""
    return max(0, seq - 1) // RANGE


def sitemap(masthead: Masthead, number: int, rows: Sequence[tuple[str, datetime]]) -> tuple[str, bytes]:
    """Return sitemap `number`: one (folder, last change) a row."""
    lines = [f"<url><loc>{_loc(masthead, folder)}</loc><lastmod>{_at(at)}</lastmod></url>" for folder, at in rows]
    return paths.sitemap(number), _file("urlset", lines)


def index(masthead: Masthead, numbers: Sequence[int]) -> tuple[str, bytes]:
    """Return the index of all sitemaps."""
    lines = [f"<sitemap><loc>{_loc(masthead, paths.sitemap(number))}</loc></sitemap>" for number in numbers]
    return paths.SITEMAP_INDEX, _file("sitemapindex", lines)


def robots(masthead: Masthead) -> tuple[str, bytes]:
    """Return robots.txt. Only searching is forbidden: a page that must not be indexed has to be read to be able to say so."""
    lines = ["User-agent: *", f"Disallow: {masthead.top}{paths.SEARCH}"]
    if masthead.url:
        lines.append(f"Sitemap: {_loc(masthead, paths.SITEMAP_INDEX)}")
    return paths.ROBOTS, ("\n".join(lines) + "\n").encode()


def _file(tag: str, lines: Sequence[str]) -> bytes:
    body = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="{_XMLNS}">\n{body}\n</{tag}>\n'.encode()


def _loc(masthead: Masthead, folder: str) -> str:
    return html.escape(masthead.url + paths.quoted(folder))


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
