"""What can be followed at an address: the thing itself, what its page names, well-known places to try, the page's own links."""

import re
from collections.abc import Iterator

from tearsheet import charset, html, urls
from tearsheet.errors import FormatError
from tearsheet.model import Capture
from tearsheet.sources import feed, frontpage, lists, markup, sitemap, xmltree
from tearsheet.sources.finds import Found

_FEED_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/x-rss+xml",
    "text/rss+xml", "application/rss", "application/atom", "text/rss",
})  # fmt: skip
_MAYBE_TYPES = frozenset({"application/json", "text/xml", "application/xml"})
_GUESSES = (
    "/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/rss", "/index.xml", "/feed.json", "/sitemap_news.xml", "/news-sitemap.xml",
    "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml",
)  # fmt: skip
_FEED_ADDRESS = re.compile(
    r"(?:/(?:rss|feed|atom)(?:\.xml|\.php|\.aspx)?/?|\.rss|[/_-](?:rss|feed|atom)[\w-]*\.xml|\.rdf)$", re.I
)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|评论|評論", re.I)
_ENOUGH_ARTICLES = 3
_MAX_GUESSES = 16


def discover(capture: Capture) -> tuple[Found, ...]:
    """Return what could be followed on or at this address, best first; nothing if nothing is known to be there."""
    url = capture.final_url or capture.url
    own = _itself(capture, url)
    if own:
        return (own,)
    text, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
    if "<" not in text:
        return ()
    found = [*_named(text, url), *_guessed(text, url)]
    front = _front(capture, url)
    if front:
        found.append(front)
    return tuple({(one.url, one.kind): one for one in reversed(found)}.values())[::-1]


def _itself(capture: Capture, url: str) -> Found | None:
    """Return what the body itself is, if it is something to follow."""
    body = capture.body
    try:
        body = sitemap.unpacked(body, url)
        start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if b"<html" in start or start.startswith(b"<!doctype html"):
            return None
        if b"<" not in start and not start.startswith((b"{", b"[")):
            return _text_list(body, capture, url)
        parsed = feed.parse(body, headers=dict(capture.headers), url=url)
        return Found(url=url, kind="feed", title=markup.line(parsed.title))
    except FormatError:
        return _other_xml(body, capture, url)


def _other_xml(body: bytes, capture: Capture, url: str) -> Found | None:
    if b"<" not in body[:2000]:
        return None
    name = sitemap.name_of(xmltree.parse(body[:2_000_000], content_type=capture.header("content-type")).root)
    kind = {"opml": "opml", "urlset": "sitemap", "sitemapindex": "sitemap"}.get(name, "")
    return Found(url=url, kind=kind) if kind else None


def _text_list(body: bytes, capture: Capture, url: str) -> Found | None:
    text = lists.text_of(body, capture.header("content-type"))
    if lists.read_routes(text):
        return Found(url=url, kind="routes")
    # A sitemap may be plain text as well; its name tells.
    kind = "sitemap" if "sitemap" in url.rsplit("/", 1)[-1].lower() else "urls"
    return Found(url=url, kind=kind) if lists.read_url_list(text)[0] else None


def _named(text: str, url: str) -> Iterator[Found]:
    """Yield the feeds that a page names in its head: those of the site before those of comments."""
    tree = html.parse(text)
    own = tree.css_first("base[href]")
    base = (urls.join(url, own.attributes.get("href") or "") if own else "") or url
    found = []
    for node in tree.css("link[href]"):
        given = node.attributes
        rel = (given.get("rel") or "").lower().split()
        kind = (given.get("type") or "").split(";")[0].strip().lower()
        address = urls.join(base, given.get("href") or "")
        title = markup.line(given.get("title") or "")
        is_feed = kind in _FEED_TYPES or "feed" in rel or (kind in _MAYBE_TYPES and _FEED_ADDRESS.search(address))
        if address and is_feed and {"alternate", "feed"} & set(rel):
            found.append(Found(url=address, kind="feed", title=title))
        elif address and "sitemap" in rel:
            found.append(Found(url=address, kind="sitemap", title=title))
    yield from sorted(found, key=lambda one: (one.kind != "feed", bool(_COMMENTS.search(f"{one.url} {one.title}"))))


def _guessed(text: str, url: str) -> Iterator[Found]:
    """Yield addresses worth trying: links that look like feeds, then the well-known places."""
    tree = html.parse(text)
    links = (link.url for link in html.links(tree, url) if urls.same_site(link.url, url))
    likely = [link for link in links if _FEED_ADDRESS.search(link.partition("?")[0]) and not _COMMENTS.search(link)]
    known = [urls.join(url, path) for path in _GUESSES]
    for address in list(dict.fromkeys([*likely[:4], *known]))[:_MAX_GUESSES]:
        yield Found(url=address, kind="guess")


def _front(capture: Capture, url: str) -> Found | None:
    page = frontpage.read(capture)
    enough = len(page.entries) >= _ENOUGH_ARTICLES
    return Found(url=url, kind="front", title=page.title) if enough else None
