"""The Saltgate Courier: Atom with full text, JSON-LD, AMP pages, `srcset` and `figcaption`, tracking parameters, a paywall."""

import json
from datetime import UTC, datetime
from functools import partial

from tearsheet.newsroom import answers, desk, feeds, pictures
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, Style, escape
from tearsheet.newsroom.manuscript import PictureNote
from tearsheet.newsroom.press import Piece

_TRACKING = "utm_source=courier&utm_medium=feed&utm_campaign=all&cmpid=rss"


def path(piece: Piece, slug: str) -> str:
    """Return where `piece` stands: section, day, slug."""
    return f"/{piece.section}/{piece.published:%Y/%m/%d}/{slug}/"


def answer(at: Desk, asked: Asked) -> Answer | None:
    """Return what this host says to `asked`, or None if it knows no such address."""
    fixed = {
        "/": lambda: answers.page(_front(at)),
        "/style.css": lambda: desk.style_sheet("en"),
        "/feeds/all.atom": lambda: _feed(at),
        "/robots.txt": lambda: desk.robots(
            "User-agent: *", "Disallow: /private/", "Disallow: /search", "Crawl-delay: 0"
        ),
        "/private/minutes": lambda: answers.page("<p>Draft minutes of the editorial meeting.</p>"),
    }
    if asked.path in fixed:
        return fixed[asked.path]()
    if asked.path.strip("/") in at.paper.sections:
        return answers.page(_section(at, asked.path.strip("/")))
    if asked.path.startswith("/amp/"):
        plain = Asked(host=asked.host, path=asked.path.removeprefix("/amp"))
        return desk.article(at, plain, lambda piece: answers.page(_amp(at, piece)))
    return desk.article(at, asked, lambda piece: _tagged(at, piece))


def _tagged(at: Desk, piece: Piece) -> Answer:
    """Return the article's page under a tag that changes with the words, not with what surrounds them, as a cache would."""
    tag = f'W/"{piece.number}-{piece.changed:%y%m%d%H%M}-{piece.state}"'
    return answers.page(_page(at, piece), tag=tag)


def _page(at: Desk, piece: Piece) -> str:
    walled = piece.state == "paywall"
    return desk.template("en", "article.html").substitute(
        title=escape(piece.title),
        deck=escape(piece.deck),
        canonical=escape(at.url(piece)),
        amp=escape(f"{at.base}/amp{path(piece, piece.slug)}"),
        lead_address=at.base + pictures.address(piece.lead.name) if piece.lead else f"{at.base}/pictures/logo-600.jpg",
        published=piece.published.isoformat(),
        modified=(piece.modified or piece.published).isoformat(),
        section=escape(at.paper.sections[piece.section]),
        section_key=piece.section,
        ld=_linked_data(at, piece),
        byline=_byline(piece),
        dateline=f"{piece.published:%A} {piece.published.day} {piece.published:%B %Y, %H:%M}",
        lead=_figure("", piece.lead) if piece.lead else "",
        body=_stub(at, piece) if walled else _body(at, piece),
        token=f"{at.number:08x}",
        readers=at.counter(piece.slug),
        related=_cards(at, at.other(piece, 3)),
        trending=_links(at, at.other(piece, 5)),
        year=piece.published.year,
    )


def _body(at: Desk, piece: Piece) -> str:
    """Return the text with a newsletter box and a related link let in between, as such pages have it."""
    blocks = list(piece.blocks)
    half = max(2, len(blocks) // 2)
    promo = (
        '<aside class="newsletter"><h4>The Tide, every morning at six</h4><p>Sign up for our daily letter from the harbour.</p>'
        '<form><input type="email" placeholder="Your e-mail"><button>Sign up</button></form></aside>'
        f'<p class="inline-related"><b>Read more:</b> {_links(at, at.other(piece, 1))}</p>'
    )
    style = _style("")
    place = f'<span class="dateline">{escape(piece.place.upper())}</span> — ' if piece.place else ""
    first = desk.set_blocks(blocks[:1], style, at).replace("<p>", f"<p>{place}", 1)
    return "\n".join(
        [first, desk.set_blocks(blocks[1:half], style, at), promo, desk.set_blocks(blocks[half:], style, at)]
    )


def _stub(at: Desk, piece: Piece) -> str:
    return (
        f'<div class="fade">{desk.set_blocks(piece.blocks[:1], _style(""), at)}</div><div class="paywall" id="piano-offer">'
        '<h3>Continue reading with a subscription</h3><p>Already a subscriber? <a href="/login">Sign in</a>.</p></div>'
    )


def _figure(base: str, note: PictureNote) -> str:
    tall = pictures.height(note.name, 1200)
    sizes = ", ".join(f"{base}{pictures.address(note.name, width)} {width}w" for width in (400, 800, 1200))
    credit = f' <span class="credit">Photograph: {escape(note.credit)}</span>' if note.credit else ""
    said = f"<figcaption>{escape(note.caption)}{credit}</figcaption>" if note.caption else ""
    return (
        f'<figure><img src="{base}{pictures.address(note.name, 800)}" srcset="{sizes}" sizes="(max-width: 720px) 100vw, 720px" '
        f'width="1200" height="{tall}" alt="{escape(note.caption)}">{said}</figure>'
    )


def _style(base: str) -> Style:
    return Style(
        picture=partial(_figure, base), quote='<blockquote class="pull">{}{}</blockquote>', said="<cite>{}</cite>"
    )


def _byline(piece: Piece) -> str:
    if piece.agency:
        return f'<span class="agency">{escape(piece.agency)}</span>'
    names = [
        f'<a rel="author" href="/people/{name.lower().replace(" ", "-")}">{escape(name)}</a>' for name in piece.authors
    ]
    return "By " + " and ".join(names) if names else "Courier staff"


def _linked_data(at: Desk, piece: Piece) -> str:
    """Return the page's JSON-LD. A paywalled page says so, as search engines ask."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "description": piece.deck,
        "datePublished": piece.published.isoformat(),
        "dateModified": (piece.modified or piece.published).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in piece.authors]
        or [{"@type": "Organization", "name": piece.agency or at.paper.title}],
        "publisher": {"@type": "NewsMediaOrganization", "name": at.paper.title, "url": f"{at.base}/"},
        "articleSection": at.paper.sections[piece.section],
        "keywords": list(piece.tags),
        "mainEntityOfPage": at.url(piece),
        "inLanguage": piece.language,
        "isAccessibleForFree": piece.state != "paywall",
    }
    if piece.lead:
        data["image"] = [at.base + pictures.address(piece.lead.name)]
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _amp(at: Desk, piece: Piece) -> str:
    def picture(note: PictureNote) -> str:
        return (
            f'<figure><amp-img src="{at.base}{pictures.address(note.name)}" width="1200" '
            f'height="{pictures.height(note.name, 1200)}" layout="responsive"></amp-img>'
            f"<figcaption>{escape(note.caption)}</figcaption></figure>"
        )

    return desk.template("en", "amp.html").substitute(
        title=escape(piece.title),
        canonical=escape(at.url(piece)),
        byline=escape(" and ".join(piece.authors) or piece.agency),
        published=piece.published.isoformat(),
        lead=picture(piece.lead) if piece.lead else "",
        body=desk.set_blocks(
            piece.blocks[:1] if piece.state == "paywall" else piece.blocks, Style(picture=picture), at
        ),
    )


def _front(at: Desk) -> str:
    lead, *rest = at.front()
    return desk.template("en", "front.html").substitute(
        today=f"{at.now:%A} {at.now.day} {at.now:%B %Y}",
        lead=_card(at, lead, 1200),
        cards=_cards(at, rest[:9]),
        latest=_links(at, list(at.in_print()[:14])),
        opinion=_links(at, list(at.in_print("opinion"))),
        token=f"{at.number:08x}",
    )


def _section(at: Desk, key: str) -> str:
    return desk.template("en", "section.html").substitute(
        section=escape(at.paper.sections[key]), cards=_cards(at, list(at.in_print(key))), token=f"{at.number:08x}"
    )


def _card(at: Desk, piece: Piece, width: int) -> str:
    shown = f'<img src="{pictures.address(piece.lead.name, width)}" alt="" loading="lazy">' if piece.lead else ""
    return (
        f'<article class="card"><a href="{escape(path(piece, piece.slug))}">{shown}<h3>{escape(piece.title)}</h3></a>'
        f"<p>{escape(piece.deck)}</p>"
        f'<time datetime="{piece.published.isoformat()}">{piece.published:%d %b, %H:%M}</time></article>'
    )


def _cards(at: Desk, pieces: list[Piece]) -> str:
    return "\n".join(_card(at, piece, 400) for piece in pieces)


def _links(at: Desk, pieces: list[Piece]) -> str:
    return "".join(
        f'<li><a href="{escape(path(piece, piece.slug))}">{escape(piece.title)}</a></li>' for piece in pieces
    )


def _feed(at: Desk) -> Answer:
    changed: datetime = max(piece.changed for piece in at.pieces)
    body = feeds.atom(at, address="/feeds/all.atom", style=_style(at.base), tracking=_TRACKING)
    return answers.steady(body, "application/atom+xml; charset=utf-8", changed=changed.astimezone(UTC))
