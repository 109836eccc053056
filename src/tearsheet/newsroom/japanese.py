"""澪浜日報: no feed, a sitemap index with a Google News sitemap; pictures loaded lazily; an English section with wire copy."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from tearsheet.newsroom import answers, desk, feeds, pictures
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, Style, escape
from tearsheet.newsroom.manuscript import PictureNote
from tearsheet.newsroom.press import Piece

_BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def path(piece: Piece, slug: str) -> str:
    """Return where `piece` stands: its day and number, or a readable address in the English section."""
    if piece.section == "english":
        return f"/en/articles/{slug}"
    return f"/articles/MN{piece.published:%Y%m%d}{piece.number}.html"


def answer(at: Desk, asked: Asked) -> Answer | None:
    """Return what this host says to `asked`, or None if it knows no such address."""
    months = sorted({f"{piece.published:%Y-%m}" for piece in at.in_print()})
    maps = ("/sitemap-news.xml", *(f"/sitemap-{month}.xml" for month in months))
    changed: datetime = max(piece.changed for piece in at.pieces).astimezone(UTC)
    if asked.path == "/sitemap.xml":
        return answers.steady(feeds.sitemap_index(tuple(at.base + name for name in maps)), "application/xml")
    if asked.path == "/sitemap-news.xml":
        return answers.steady(feeds.news_sitemap(at), "application/xml", changed=changed)
    if asked.path in maps:
        month = asked.path.removeprefix("/sitemap-").removesuffix(".xml")
        chosen = tuple(piece for piece in at.in_print() if f"{piece.published:%Y-%m}" == month)
        return answers.steady(feeds.sitemap(at, chosen), "application/xml")
    fixed = {
        "/": lambda: answers.page(_list(at, at.paper.tagline, at.front()[:24])),
        "/style.css": lambda: desk.style_sheet("ja"),
        "/robots.txt": lambda: desk.robots("User-agent: *", "Allow: /", f"Sitemap: {at.base}/sitemap.xml"),
    }
    if asked.path in fixed:
        return fixed[asked.path]()
    if (key := asked.path.strip("/")) in at.paper.sections:
        return answers.page(_list(at, at.paper.sections[key], at.in_print(key)))
    return desk.article(at, asked, lambda piece: _tagged(at, piece))


def _tagged(at: Desk, piece: Piece) -> Answer:
    """Return the article's page with the date of its last change, silent ones too: servers are more honest than editors."""
    page = answers.page(_page(at, piece))
    return Answer(body=page.body, media_type=page.media_type, changed=piece.changed.astimezone(UTC))


def _page(at: Desk, piece: Piece) -> str:
    english = piece.section == "english"
    return desk.template("ja", "article-en.html" if english else "article.html").substitute(
        title=escape(piece.title),
        deck=escape(piece.deck),
        canonical=escape(at.url(piece)),
        image=at.base + pictures.address(piece.lead.name) if piece.lead else "",
        ld=_linked_data(at, piece),
        section=piece.section,
        section_name=escape(at.paper.sections[piece.section]),
        published=piece.published.isoformat(),
        written=f"{piece.published:%B} {piece.published.day}, {piece.published:%Y %H:%M} (JST)"
        if english
        else _written(piece.published),
        updated=f"（更新 {_written(piece.modified)}）" if piece.modified and not english else "",
        byline=_byline(piece),
        lead=_picture(piece.lead) if piece.lead else "",
        body=desk.set_blocks(piece.blocks, replace(_STYLE, paragraph="<p>{}</p>") if english else _STYLE, at),
        tags="".join(f'<li><a href="/tag/{index}">#{escape(tag)}</a></li>' for index, tag in enumerate(piece.tags)),
        ranking=_links(at, at.other(piece, 5)),
        related=_links(at, at.other(piece, 3)),
        likes=at.counter(piece.slug) // 60,
        request=at.number,
    )


def _byline(piece: Piece) -> str:
    if piece.agency:
        return escape(piece.agency)
    return "　".join(f"【{escape(name)}】" for name in piece.authors)


def _written(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at.hour}時{at.minute:02d}分"


def _picture(note: PictureNote) -> str:
    """Return a picture whose real address stands in `data-src`: a script would put it in place."""
    said = escape(note.caption) + (f"＝{escape(note.credit)}" if note.credit else "")
    sizes = ", ".join(f"{pictures.address(note.name, width)} {width}w" for width in (480, 1200))
    tall = pictures.height(note.name, 1200)
    return (
        f'<div class="photo"><img class="lazyload" src="{_BLANK}" data-src="{pictures.address(note.name, 480)}" '
        f'data-srcset="{sizes}" width="1200" height="{tall}" alt="">'
        f'<noscript><img src="{pictures.address(note.name)}" alt=""></noscript>'
        f'<p class="photo-caption">{said}</p></div>'
    )


_STYLE = Style(
    picture=_picture,
    paragraph="<p>　{}</p>",
    heading='<h2 class="midashi">{}</h2>',
    said="<p>{}</p>",
    embed='<div class="embed-sns"><blockquote class="sns-post"><a href="{0}">{1}</a></blockquote></div>',
)


def _linked_data(at: Desk, piece: Piece) -> str:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": at.paper.title, "url": f"{at.base}/"},
            {
                "@type": "NewsArticle",
                "headline": piece.title,
                "datePublished": piece.published.isoformat(),
                "dateModified": (piece.modified or piece.published).isoformat(),
                "author": {"@type": "Organization", "name": piece.agency or at.paper.title},
                "publisher": {"@type": "Organization", "name": at.paper.title},
                "image": at.base + pictures.address(piece.lead.name) if piece.lead else None,
            },
        ],
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _list(at: Desk, title: str, pieces: tuple[Piece, ...]) -> str:
    return desk.template("ja", "list.html").substitute(
        title=escape(title), items=_cards(pieces), ranking=_links(at, list(at.in_print()[:6])), request=at.number
    )


def _cards(pieces: tuple[Piece, ...]) -> str:
    return "".join(
        f'<li class="item"><a href="{path(piece, piece.slug)}">'
        + (
            f'<img class="lazyload" src="{_BLANK}" data-src="{pictures.address(piece.lead.name, 480)}" alt="">'
            if piece.lead
            else ""
        )
        + f'<span class="ttl">{escape(piece.title)}</span>'
        f'<time datetime="{piece.published.isoformat()}">{_written(piece.published)}</time></a></li>'
        for piece in pieces
    )


def _links(at: Desk, pieces: list[Piece]) -> str:
    return "".join(f'<li><a href="{path(piece, piece.slug)}">{escape(piece.title)}</a></li>' for piece in pieces)
