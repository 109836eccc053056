"""Feeds, sitemaps and OPML as the papers write them."""

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from tearsheet.newsroom import pictures
from tearsheet.newsroom.desk import Desk, Style, inline, set_blocks
from tearsheet.newsroom.manuscript import PictureNote
from tearsheet.newsroom.press import Piece, Publication

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LISTED = 25


def rss(at: Desk, *, full: bool, address: str = "/rss.xml", style: Style | None = None) -> bytes:
    """Return the paper's RSS 2.0 feed: `full` has the whole text in `content:encoded`, else only a short description."""
    items = "".join(_rss_item(at, piece, style if full else None) for piece in at.in_print()[:_LISTED])
    built = max(piece.changed for piece in at.pieces)
    text = (
        f'{_HEAD}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(at.paper.title)}</title>\n<link>{at.base}/</link>\n"
        f"<description>{escape(at.paper.tagline)}</description>\n<language>{at.paper.language}</language>\n"
        f'<atom:link rel="self" type="application/rss+xml" href="{at.base}{address}"/>\n'
        f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>\n{items}</channel>\n</rss>\n"
    )
    return text.encode()


def _rss_item(at: Desk, piece: Piece, style: Style | None) -> str:
    body = ""
    if style:
        lead = style.picture(piece.lead) if piece.lead else ""
        body = f"<content:encoded><![CDATA[{lead}{set_blocks(piece.blocks, style, at)}]]></content:encoded>\n"
    creators = "".join(f"<dc:creator>{escape(name)}</dc:creator>\n" for name in piece.authors)
    tags = "".join(f"<category>{escape(tag)}</category>\n" for tag in (at.paper.sections[piece.section], *piece.tags))
    return (
        f"<item>\n<title><![CDATA[{piece.title}]]></title>\n<link>{escape(at.url(piece))}</link>\n"
        f'<guid isPermaLink="false">{at.paper.name}-{piece.number}</guid>\n'
        f"<description><![CDATA[{piece.deck or piece.title}]]></description>\n{body}{creators}{tags}"
        f"<pubDate>{format_datetime(piece.published)}</pubDate>\n</item>\n"
    )


def atom(at: Desk, *, address: str, style: Style, tracking: str = "") -> bytes:
    """Return the paper's Atom feed with full text; `tracking` is what its links carry behind the question mark."""
    entries = "".join(_atom_entry(at, piece, style, tracking) for piece in at.in_print()[:_LISTED])
    updated = _instant(max(piece.changed for piece in at.pieces))
    text = (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xml:lang="{at.paper.language}">\n<title>{escape(at.paper.title)}</title>\n'
        f"<subtitle>{escape(at.paper.tagline)}</subtitle>\n<id>tag:{at.paper.name}.localhost,2026:all</id>\n"
        f'<link rel="alternate" type="text/html" href="{at.base}/"/>\n<link rel="self" href="{at.base}{address}"/>\n'
        f"<updated>{updated}</updated>\n{entries}</feed>\n"
    )
    return text.encode()


def _atom_entry(at: Desk, piece: Piece, style: Style, tracking: str) -> str:
    link = at.url(piece) + (f"?{tracking}" if tracking else "")
    authors = "".join(f"<author><name>{escape(name)}</name></author>\n" for name in piece.authors or (at.paper.title,))
    lead, image = "", ""
    if piece.lead:
        image = f'<media:content url={quoteattr(at.base + pictures.address(piece.lead.name))} medium="image"/>\n'
        lead = style.picture(piece.lead)
    body = escape(lead + set_blocks(piece.blocks, style, at))
    content = "" if piece.state == "paywall" else f'<content type="html">{body}</content>\n'
    return (
        f'<entry>\n<title>{escape(piece.title)}</title>\n<link rel="alternate" href={quoteattr(link)}/>\n'
        f"<id>tag:{at.paper.name}.localhost,2026:{piece.number}</id>\n{authors}"
        f"<category term={quoteattr(at.paper.sections[piece.section])}/>\n"
        f"<published>{_instant(piece.published)}</published>\n<updated>{_instant(piece.modified or piece.published)}</updated>\n"
        f"<summary>{escape(piece.deck)}</summary>\n{content}{image}</entry>\n"
    )


def rsshub(at: Desk, section: str, *, title: str) -> bytes:
    """Return a feed as an RSSHub instance makes it: CDATA titles, whole article as description, dates in GMT."""
    style = Style(picture=partial(_bare_picture, at.base))
    items = "".join(
        f"<item>\n<title><![CDATA[{piece.title}]]></title>\n<description><![CDATA[{_bare(at, piece, style)}]]></description>\n"
        f"<pubDate>{format_datetime(piece.published.astimezone(UTC), usegmt=True)}</pubDate>\n"
        f'<guid isPermaLink="false">{escape(at.url(piece))}</guid>\n<link>{escape(at.url(piece))}</link>\n</item>\n'
        for piece in at.in_print(section)[:15]
    )
    return (
        f'{_HEAD}<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">\n<channel>\n<title><![CDATA[{title}]]></title>\n'
        f"<link>{at.base}/</link>\n<description><![CDATA[{title} - Made with love by RSSHub]]></description>\n"
        f"<generator>RSSHub</generator>\n<language>zh-cn</language>\n<ttl>5</ttl>\n{items}</channel>\n</rss>\n"
    ).encode()


def _bare(at: Desk, piece: Piece, style: Style) -> str:
    lead = style.picture(piece.lead) if piece.lead else ""
    return lead + set_blocks(piece.blocks, style, at)


def _bare_picture(base: str, note: PictureNote) -> str:
    return (
        f'<p><img src="{base}{pictures.address(note.name)}" referrerpolicy="no-referrer"></p>'
        f'<p><span style="color: #888888;">{escape(note.caption)}</span></p>'
    )


def news_sitemap(at: Desk) -> bytes:
    """Return a Google News sitemap of the pieces of the last two days, as that format asks.

    Source: the News sitemap protocol, namespace http://www.google.com/schemas/sitemap-news/0.9.
    """
    recent = [piece for piece in at.in_print() if (at.now - piece.published).total_seconds() < 48 * 3600]
    rows = "".join(
        f"<url><loc>{escape(at.url(piece))}</loc><lastmod>{piece.changed.isoformat()}</lastmod><news:news><news:publication>"
        f"<news:name>{escape(at.paper.title)}</news:name><news:language>{piece.language[:2]}</news:language></news:publication>"
        f"<news:publication_date>{piece.published.isoformat()}</news:publication_date><news:title>{escape(piece.title)}</news:title>"
        "</news:news></url>\n"
        for piece in recent
    )
    return (
        f'{_HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{rows}</urlset>\n'
    ).encode()


def sitemap(at: Desk, pieces: tuple[Piece, ...]) -> bytes:
    """Return an XML sitemap of `pieces`."""
    rows = "".join(
        f"<url><loc>{escape(at.url(piece))}</loc><lastmod>{piece.changed.isoformat()}</lastmod></url>\n"
        for piece in pieces
    )
    return f'{_HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'.encode()


def sitemap_index(addresses: tuple[str, ...]) -> bytes:
    """Return a sitemap index of `addresses`."""
    rows = "".join(f"<sitemap><loc>{escape(address)}</loc></sitemap>\n" for address in addresses)
    return (
        f'{_HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</sitemapindex>\n'.encode()
    )


def opml(publications: tuple[Publication, ...]) -> bytes:
    """Return an OPML file that follows every publication; its folders are their category paths.

    A publication without a feed stands with `type="sitemap"` or `type="site"` and what is to be followed as `xmlUrl`.
    """
    rows = "".join(_outline(one) for one in publications)
    return f'{_HEAD}<opml version="2.0">\n<head><title>The newsroom</title></head>\n<body>\n{rows}</body>\n</opml>\n'.encode()


def _outline(one: Publication) -> str:
    folders = "".join(f"<outline text={quoteattr(category)}>" for category in one.categories)
    kind = "rss" if one.kind == "feed" else one.kind
    return (
        f"{folders}<outline type={quoteattr(kind)} text={quoteattr(one.title)} title={quoteattr(one.title)} "
        f"language={quoteattr(one.language)} timezone={quoteattr(one.zone)} htmlUrl={quoteattr(one.homepage)} "
        f"xmlUrl={quoteattr(one.follow)}/>{'</outline>' * len(one.categories)}\n"
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def summary(at: Desk, piece: Piece) -> str:
    """Return the first paragraph of `piece` as HTML: what lists and stubs show."""
    first = next((block for block in piece.blocks if block.kind == "p"), None)
    return inline(first.lines[0], at) if first else ""
