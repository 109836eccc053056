"""What is no paper of its own: an RSSHub instance, a slow host, a broken feed, the newsroom's own page, and the truth."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from tearsheet.newsroom import answers, chinese, feeds, pictures
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, escape
from tearsheet.newsroom.press import Piece, Publication, Truth

ROUTES = """# 新媒体

## 鹭汀晚报

### 首页

/luting/home

### 滚动

/luting/gundong
"""
"""A route list as RSSHub's own documents are cut: section, publisher, channel, route."""


def rsshub(desks: Mapping[str, Desk], asked: Asked) -> Answer | None:
    """Return what an RSSHub instance says: feeds made of the Chinese paper's lists, and the route list at `/routes.md`."""
    luting = desks["luting"]
    if asked.path == "/routes.md":
        return answers.steady(ROUTES.encode(), "text/markdown; charset=utf-8")
    channels = {"/luting/home": ("", "鹭汀晚报 - 首页"), "/luting/gundong": (chinese.GBK_SECTION, "鹭汀晚报 - 滚动")}
    if asked.path not in channels:
        return None
    section, title = channels[asked.path]
    return answers.steady(feeds.rsshub(luting, section, title=title), "application/xml; charset=utf-8")


def slow(at: Desk, asked: Asked, pause_s: float) -> Answer | None:
    """Return a small feed and its pages, each after a pause."""
    pages = {f"/slow/{index}": piece for index, piece in enumerate(at.in_print("harbour")[:4], start=1)}
    if asked.path == "/feed.xml":
        return Answer(
            body=_small_feed("The Slow Post", f"http://slow.localhost:{at.port}", pages),
            media_type="application/rss+xml",
            pause_s=pause_s,
        )
    if asked.path not in pages:
        return None
    text = _small_page("The Slow Post", pages[asked.path])
    return Answer(body=text.encode(), pause_s=pause_s)


def broken(at: Desk, asked: Asked) -> Answer | None:
    """Return a feed with faults that strict parsers die of, and its pages, which are sound.

    The faults: a bare ampersand, an unclosed tag, an entity of HTML, a control character, and an end that is missing.
    """
    pages = {f"/story-{index}.html": piece for index, piece in enumerate(at.in_print("city")[:4], start=1)}
    if asked.path in pages:
        return answers.page(_small_page("Broken Arrow Gazette", pages[asked.path]))
    if asked.path == "/":
        link = '<link rel="alternate" type="application/rss+xml" title="Broken Arrow Gazette" href="/feed.xml">'
        return answers.page(
            f"<!DOCTYPE html><html><head><title>Broken Arrow Gazette</title>{link}</head><body><p>News.</p></body></html>"
        )
    if asked.path != "/feed.xml":
        return None
    text = _small_feed("Broken Arrow Gazette", f"http://broken.localhost:{at.port}", pages).decode()
    text = text.replace("<title>", "<title>Fish & chips &nbsp;\x0b ", 1).replace("</description>", "", 1)
    return answers.steady(text.partition("</channel>")[0].encode(), "application/rss+xml")


def _small_feed(title: str, base: str, pages: Mapping[str, Piece]) -> bytes:
    items = "".join(
        f"<item><title>{escape(piece.title)}</title><link>{base}{path}</link><guid>{base}{path}</guid>"
        f"<description>{escape(piece.deck)}</description><pubDate>{format_datetime(piece.published)}</pubDate></item>\n"
        for path, piece in pages.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{title}</title><link>{base}/</link>'
        f"<description>{title}</description>\n{items}</channel></rss>\n"
    ).encode()


def _small_page(title: str, piece: Piece) -> str:
    words = "\n".join(f"<p>{escape(part)}</p>" for part in piece.text.split("\n\n"))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(piece.title)} - {title}</title></head><body>'
        f'<nav><a href="/">{title}</a></nav><article><h1>{escape(piece.title)}</h1>'
        f'<p class="byline">By {escape(" and ".join(piece.authors))}</p>'
        f'<time datetime="{piece.published.isoformat()}">{piece.published:%d %B %Y}</time>{words}</article></body></html>'
    )


def truth(at: Desk, piece: Piece, picture_base: str) -> Truth:
    """Return what a perfect reader knows about `piece`."""
    return Truth(
        paper=at.paper.name,
        slug=piece.slug,
        url=at.url(piece),
        title=piece.title,
        authors=piece.authors,
        published=piece.published.astimezone(UTC),
        modified=piece.modified.astimezone(UTC) if piece.modified else None,
        language=piece.language,
        section=at.paper.sections[piece.section],
        text=piece.text,
        pictures=tuple(
            (picture_base + pictures.address(note.name), note.caption, note.credit) for note in piece.pictures
        ),
        state=piece.state,
        old_urls=tuple(at.base + at.path(piece, slug) for slug in piece.old_slugs),
    )


def welcome(publications: tuple[Publication, ...], moment: datetime, tick: int) -> Answer:
    """Return the newsroom's own page: who prints here, and what time it is."""
    rows = "".join(
        f'<li><a lang="{one.language}" href="{one.homepage}">{escape(one.title)}</a>: '
        f"follow <code>{escape(one.follow)}</code></li>"
        for one in publications
    )
    return answers.page(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The newsroom</title></head><body><h1>The newsroom</h1>'
        f"<p>Five invented papers. It is {moment:%d %B %Y, %H:%M} UTC here, tick {tick}.</p><ul>{rows}</ul>"
        '<p><a href="/opml">OPML</a> <a href="/truth.json">Truth</a></p></body></html>'
    )
