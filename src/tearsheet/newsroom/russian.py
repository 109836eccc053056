"""Орлечские ведомости: no feed and no sitemap, only lists; windows-1251 and koi8-r, and a section whose declaration is wrong."""

from datetime import datetime

from tearsheet.newsroom import answers, desk, pictures
from tearsheet.newsroom.almanac import day_and_month
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, Style, escape
from tearsheet.newsroom.manuscript import PictureNote
from tearsheet.newsroom.press import Piece

_PER_LIST = 12
LYING_SECTION = "proisshestviya"
"""Its pages say utf-8 and are windows-1251."""
KOI8_SECTION = "kultura"


def path(piece: Piece, slug: str) -> str:
    """Return where `piece` stands: the number is in the query, as on many old sites."""
    return f"/article.php?id={piece.number}"


def answer(at: Desk, asked: Asked) -> Answer | None:
    """Return what this host says to `asked`, or None if it knows no such address."""
    if asked.path == "/article.php":
        return desk.article(at, asked, lambda piece: _coded(_page(at, piece), piece.section))
    if asked.path == "/lenta/":
        return _lenta(at, asked.query)
    fixed = {
        "/": lambda: _coded(_front(at), ""),
        "/style.css": lambda: desk.style_sheet("ru"),
        "/robots.txt": lambda: desk.robots("User-agent: *", "Disallow: /cgi-bin/"),
    }
    if asked.path in fixed:
        return fixed[asked.path]()
    key = asked.path.strip("/")
    return _coded(_list(at, at.paper.sections[key], at.in_print(key), ""), "") if key in at.paper.sections else None


def _coded(text: str, section: str) -> Answer:
    """Return a page in the encoding of its section; only some pages tell the truth about it, and none does in the header."""
    encoding = "koi8-r" if section == KOI8_SECTION else "windows-1251"
    said = {LYING_SECTION: "utf-8", KOI8_SECTION: "koi8-r"}.get(section, "windows-1251")
    return answers.page(text.replace("@charset@", said), encoding=encoding, media_type="text/html")


def _page(at: Desk, piece: Piece) -> str:
    lead = _picture(piece.lead) if piece.lead else ""
    return desk.template("ru", "article.html").substitute(
        title=escape(piece.title),
        section=piece.section,
        section_name=escape(at.paper.sections[piece.section]),
        deck=escape(piece.deck),
        written=_written(piece.published),
        byline=escape(", ".join(piece.authors) or piece.agency),
        lead=lead,
        body=desk.set_blocks(piece.blocks, _STYLE, at),
        readers=at.counter(piece.slug),
        related=_links(at, at.other(piece, 4)),
        latest=_lines(at, at.in_print()[:8]),
        number=piece.number,
        request=at.number,
    )


def _written(at: datetime) -> str:
    return f"{day_and_month(at, 'ru')} {at.year}, {at:%H:%M}"


def _picture(note: PictureNote) -> str:
    credit = f"Фото: {escape(note.credit)}" if note.credit else ""
    return (
        f'<div class="pic"><a href="{pictures.address(note.name)}"><img src="{pictures.address(note.name, 600)}" border="0" '
        f'alt="{escape(note.caption)}"></a>'
        f'<div class="pic-sign">{escape(note.caption)}</div><i class="pic-author">{credit}</i></div>'
    )


_STYLE = Style(picture=_picture, heading="<h4>{}</h4>", said="<p><i>{}</i></p>", quote='<div class="quote">{}{}</div>')


def _front(at: Desk) -> str:
    lead, *rest = at.front()
    return desk.template("ru", "front.html").substitute(
        today=_written(at.now.astimezone(lead.published.tzinfo)),
        lead_url=path(lead, lead.slug),
        lead_title=escape(lead.title),
        lead_deck=escape(lead.deck),
        lead_image=pictures.address(lead.lead.name, 600) if lead.lead else "",
        main=_links(at, rest[:10]),
        lenta=_lines(at, at.in_print()[:16]),
        request=at.number,
    )


def _lenta(at: Desk, query: str) -> Answer:
    """Return a page of the news line, newest first: `page=2` and so on."""
    number = query.removeprefix("page=")
    first = (int(number) - 1) * _PER_LIST if number.isdigit() and int(number) else 0
    shown = at.in_print()[first : first + _PER_LIST]
    more = f'<a class="next" href="/lenta/?page={first // _PER_LIST + 2}">Ранее</a>' if len(shown) == _PER_LIST else ""
    return _coded(_list(at, "Лента новостей", shown, more), "")


def _list(at: Desk, title: str, pieces: tuple[Piece, ...], more: str) -> str:
    items = "".join(
        f'<div class="news-item"><span class="news-date">{_written(piece.published)}</span> '
        f'<a class="news-title" href="{path(piece, piece.slug)}">{escape(piece.title)}</a>'
        f'<div class="news-anons">{escape(piece.deck)}</div></div>'
        for piece in pieces
    )
    return desk.template("ru", "list.html").substitute(title=escape(title), items=items, more=more, request=at.number)


def _lines(at: Desk, pieces: tuple[Piece, ...]) -> str:
    return "".join(
        f'<li><b>{piece.published:%H:%M}</b> <a href="{path(piece, piece.slug)}">{escape(piece.title)}</a></li>'
        for piece in pieces
    )


def _links(at: Desk, pieces: list[Piece]) -> str:
    return "".join(f'<li><a href="{path(piece, piece.slug)}">{escape(piece.title)}</a></li>' for piece in pieces)
