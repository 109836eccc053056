"""صحيفة السارية: right to left, RSS with the whole text, addresses in Arabic, Eastern digits, pictures only for its own pages."""

from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote, unquote

from tearsheet.newsroom import answers, desk, feeds, pictures
from tearsheet.newsroom.almanac import WEEKDAYS, day_and_month, eastern
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, Style, escape
from tearsheet.newsroom.manuscript import PictureNote
from tearsheet.newsroom.press import Piece

PICTURE_HOST = "img.sariya"


def path(piece: Piece, slug: str) -> str:
    """Return where `piece` stands, percent-encoded: the Arabic name of a section, number and slug."""
    return f"/{quote(_SECTION_PATHS[piece.section])}/{piece.number}-{slug}"


_SECTION_PATHS = {"city": "المدينة", "port": "الميناء", "economy": "اقتصاد", "culture": "ثقافة", "opinion": "رأي"}


def answer(at: Desk, asked: Asked) -> Answer | None:
    """Return what this host says to `asked`, or None if it knows no such address."""
    changed: datetime = max(piece.changed for piece in at.pieces).astimezone(UTC)
    fixed = {
        "/": lambda: answers.page(_list(at, at.paper.tagline, at.front()[:20])),
        "/style.css": lambda: desk.style_sheet("ar"),
        "/feed/": lambda: answers.steady(
            feeds.rss(at, full=True, address="/feed/", style=_style(at)),
            "application/rss+xml; charset=utf-8",
            changed=changed,
        ),
        "/robots.txt": lambda: desk.robots("User-agent: *", "Disallow: /wp-admin/"),
    }
    if asked.path in fixed:
        return fixed[asked.path]()
    for key, name in _SECTION_PATHS.items():
        if unquote(asked.path).strip("/") == name:
            return answers.page(_list(at, name, at.in_print(key)))
    # A client may leave the letters as they are or encode them; one spelling is enough to find the page.
    plain = Asked(host=asked.host, path=quote(unquote(asked.path)))
    return desk.article(at, plain, lambda piece: answers.page(_page(at, piece)))


def picture(at: Desk, asked: Asked) -> Answer | None:
    """Return a picture from the picture host: only to those who come from one of the paper's own pages."""
    if not asked.headers.get("referer", "").startswith(f"{at.base}/"):
        return answers.refused(403, "Hot-linking is not allowed.")
    return pictures.answer(asked.path, at.paper.name)


def _page(at: Desk, piece: Piece) -> str:
    style = _style(at)
    return desk.template("ar", "article.html").substitute(
        title=escape(piece.title),
        deck=escape(piece.deck),
        canonical=escape(at.url(piece)),
        image=_address(at, piece.lead) if piece.lead else "",
        published=piece.published.isoformat(),
        modified=(piece.modified or piece.published).isoformat(),
        written=_written(piece.published),
        section=escape(at.paper.sections[piece.section]),
        section_path=quote(_SECTION_PATHS[piece.section]),
        byline=escape("، ".join(piece.authors) or piece.agency or at.paper.title),
        lead=style.picture(piece.lead) if piece.lead else "",
        body=_place(piece) + desk.set_blocks(piece.blocks, style, at),
        tags="".join(f'<a rel="tag" href="/tag/{quote(tag)}">{escape(tag)}</a>' for tag in piece.tags),
        related=_links(at, at.other(piece, 4)),
        most=_links(at, at.other(piece, 5)),
        readers=eastern(str(at.counter(piece.slug))),
        nonce=f"{at.number:010d}",
    )


def _place(piece: Piece) -> str:
    return f'<span class="place">{escape(piece.place)} - </span>' if piece.place else ""


def _written(at: datetime) -> str:
    hour = eastern(f"{at:%H:%M}")
    return f"{WEEKDAYS['ar'][at.weekday()]}، {day_and_month(at, 'ar')} {eastern(str(at.year))}، {hour}"


def _address(at: Desk, note: PictureNote) -> str:
    return f"http://{PICTURE_HOST}.localhost:{at.port}{pictures.address(note.name)}"


def _picture(at: Desk, note: PictureNote) -> str:
    credit = f' <span class="wp-credit">({escape(note.credit)})</span>' if note.credit else ""
    return (
        f'<div class="wp-caption aligncenter"><img class="wp-image size-full" src="{_address(at, note)}" width="1200" '
        f'height="{pictures.height(note.name, 1200)}" alt="{escape(note.caption)}">'
        f'<p class="wp-caption-text">{escape(note.caption)}{credit}</p></div>'
    )


def _style(at: Desk) -> Style:
    return Style(picture=partial(_picture, at), heading="<h3>{}</h3>", said="<p><cite>{}</cite></p>")


def _list(at: Desk, title: str, pieces: tuple[Piece, ...]) -> str:
    return desk.template("ar", "list.html").substitute(
        title=escape(title),
        items="".join(_card(at, piece) for piece in pieces),
        most=_links(at, list(at.in_print()[:6])),
        nonce=at.number,
    )


def _card(at: Desk, piece: Piece) -> str:
    # The letters stand bare in the page and encoded in the feed, as this kind of site does.
    shown = f'<img src="{_address(at, piece.lead)}" alt="">' if piece.lead else ""
    return (
        f'<article class="post"><a href="{unquote(path(piece, piece.slug))}">{shown}<h2>{escape(piece.title)}</h2></a>'
        f'<p>{escape(piece.deck)}</p><span class="when">{_written(piece.published)}</span></article>'
    )


def _links(at: Desk, pieces: list[Piece]) -> str:
    return "".join(
        f'<li><a href="{unquote(path(piece, piece.slug))}">{escape(piece.title)}</a></li>' for piece in pieces
    )
