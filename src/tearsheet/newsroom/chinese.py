"""鹭汀晚报: list pages and JSON lists, `x.shtml` in parts and `x_s.shtml` in one, captions in spans, one section in GBK."""

import json
from datetime import UTC, datetime

from tearsheet.newsroom import answers, desk, feeds, pictures
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.desk import Desk, Style, escape
from tearsheet.newsroom.manuscript import Block, PictureNote
from tearsheet.newsroom.press import Piece

GBK_SECTION = "gundong"
_BLOCKS_PER_PART = 5
_LONG = 9


def path(piece: Piece, slug: str) -> str:
    """Return where `piece` stands: section, day and number; the number outlives any change of title."""
    return f"/{piece.section}/{piece.published:%Y_%m_%d}_{piece.number}.shtml"


def answer(at: Desk, asked: Asked) -> Answer | None:
    """Return what this host says to `asked`, or None if it knows no such address."""
    fixed = {
        "/": lambda: answers.page(_front(at)),
        "/style.css": lambda: desk.style_sheet("zh"),
        "/rss.xml": lambda: answers.steady(feeds.rss(at, full=False), "application/xml"),
        "/api/gundong.json": lambda: _json(at, GBK_SECTION),
        "/api/redian.json": lambda: _json(at, ""),
        "/toutiao/list_1.shtml": lambda: answers.page(_headlines(at)),
        "/robots.txt": lambda: desk.robots("User-agent: *", "Disallow: /api/private/"),
    }
    if asked.path in fixed:
        return fixed[asked.path]()
    if asked.path.startswith("/list/"):
        return _section(at, asked.path.removeprefix("/list/").removesuffix(".shtml"))
    return _article(at, asked)


def _article(at: Desk, asked: Asked) -> Answer | None:
    """Return an article's page: part 1 at its address, further parts at `_2.shtml`, all of it at `_s.shtml`."""
    stem, mark, part = asked.path.removesuffix(".shtml").rpartition("_")
    parted = mark and part in {"s", "2", "3", "4"}
    plain = Asked(host=asked.host, path=f"{stem}.shtml") if parted else asked

    def page(piece: Piece) -> Answer:
        encoding = "gbk" if piece.section == GBK_SECTION else "utf-8"
        # This section's server says nothing and its pages say gb2312, of which the text needs more: as such sites do.
        media_type = "text/html" if encoding == "gbk" else ""
        return answers.page(_page(at, piece, part if parted else "1"), encoding=encoding, media_type=media_type)

    return desk.article(at, plain, page)


def _page(at: Desk, piece: Piece, part: str) -> str:
    parts = _parts(piece)
    shown = piece.blocks if part == "s" else parts[min(int(part), len(parts)) - 1]
    first = part in ("s", "1")
    lead = _picture(piece.lead) if first and piece.lead else ""
    gbk = piece.section == GBK_SECTION
    return desk.template("zh", "article.html").substitute(
        charset="gb2312" if gbk else "utf-8",
        title=escape(piece.title),
        section=piece.section,
        section_name=at.paper.sections[piece.section],
        keywords=escape(",".join(piece.tags)),
        deck=escape(piece.deck),
        written=f"{piece.published:%Y-%m-%d %H:%M:%S}",
        source=escape(piece.agency or at.paper.title),
        author=escape(" ".join(piece.authors)),
        readers=at.counter(piece.slug),
        comments=at.counter(piece.slug, "comments") // 90,
        body=lead + "\n" + desk.set_blocks(shown, _STYLE, at),
        body_class="content all-txt" if part == "s" else "content article-txt-content",
        pager=_pager(at, piece, len(parts)) if part != "s" else "",
        canonical=at.url(piece),
        hot=_links(at, at.other(piece, 6)),
        related=_links(at, at.other(piece, 4)),
        request=at.number,
    )


def _parts(piece: Piece) -> list[tuple[Block, ...]]:
    """Return the blocks of each part: long articles only are cut."""
    if len(piece.blocks) < _LONG:
        return [piece.blocks]
    return [piece.blocks[start : start + _BLOCKS_PER_PART] for start in range(0, len(piece.blocks), _BLOCKS_PER_PART)]


def _pager(at: Desk, piece: Piece, count: int) -> str:
    if count < 2:
        return ""
    stem = path(piece, piece.slug).removesuffix(".shtml")
    links = "".join(f'<a href="{stem}_{number}.shtml">{number}</a>' for number in range(2, count + 1))
    return f'<div class="page-nav"><span>1</span>{links}<a class="all" href="{stem}_s.shtml">余下全文</a></div>'


def _picture(note: PictureNote) -> str:
    """Return a picture as this paper sets it: centred, its caption in a coloured span of the next centred paragraph."""
    said = escape(note.caption) + (f"（{escape(note.credit)}）" if note.credit else "")
    shown = f'<p style="text-align: center;"><img src="{pictures.address(note.name)}" alt="" title="{escape(note.name)}"></p>'
    return f'{shown}\n<p style="text-align: center;"><span style="color: #888888;">{said}</span></p>' if said else shown


_STYLE = Style(picture=_picture, paragraph="<p>　　{}</p>", heading="<p><strong>{}</strong></p>", said="<p>——{}</p>")


def _links(at: Desk, pieces: list[Piece]) -> str:
    return "".join(f'<li><a href="{at.path(piece, piece.slug)}">{escape(piece.title)}</a></li>' for piece in pieces)


def _modules(at: Desk, pieces: tuple[Piece, ...]) -> str:
    return "".join(
        f'<li><h4 class="module-title"><a href="{at.path(piece, piece.slug)}" target="_blank">{escape(piece.title)}</a></h4>'
        f'<p class="module-artile">{escape(piece.deck[:60])}</p>'
        f'<span class="interact">{at.counter(piece.slug) // 80}评</span></li>'
        for piece in pieces
    )


def _front(at: Desk) -> str:
    front = [piece for piece in at.front() if piece.section != GBK_SECTION]
    lead = front[0]
    return desk.template("zh", "front.html").substitute(
        today=f"{at.now:%Y年%m月%d日}",
        lead_url=at.path(lead, lead.slug),
        lead_title=escape(lead.title),
        lead_deck=escape(lead.deck),
        lead_image=pictures.address(lead.lead.name, 970) if lead.lead else "",
        main=_modules(at, tuple(piece for piece in front[1:] if piece.section in ("yaowen", "minsheng"))[:14]),
        images=_modules(at, tuple(piece for piece in front[1:] if piece.section == "wenhua")[:8]),
        opinions=_modules(at, tuple(piece for piece in front if piece.section == "guandian")[:8]),
        rolling=_links(at, list(at.in_print(GBK_SECTION)[:12])),
        request=at.number,
    )


def _headlines(at: Desk) -> str:
    """Return the headline list: each item with a lead picture that the article page lacks, and its date without a zone."""
    items = "".join(
        f'<li><div class="content-headline"><span>{piece.published:%Y-%m-%d %H:%M:%S}</span>'
        f'<h3><a href="{at.path(piece, piece.slug)}">{escape(piece.title)}</a></h3>'
        f'<div class="fastRead-img"><img src="{pictures.address(piece.lead.name, 970)}" width="970"></div>'
        f"<p>{escape(piece.deck)}</p></div></li>"
        for piece in at.front()[:12]
        if piece.lead
    )
    return desk.template("zh", "list.html").substitute(title="头条", items=items, request=at.number)


def _section(at: Desk, key: str) -> Answer | None:
    if key not in at.paper.sections:
        return None
    text = desk.template("zh", "list.html").substitute(
        title=at.paper.sections[key], items=_modules(at, at.in_print(key)), request=at.number
    )
    return answers.page(text)


def _json(at: Desk, section: str) -> Answer:
    """Return a list of articles as the pages' own script asks for it; addresses are relative, times have no zone."""
    items = [
        {
            "ID": str(piece.number),
            "TITLE": piece.title,
            "SUMMARY": piece.deck,
            "HTTP_URL": at.path(piece, piece.slug),
            "CREATE_TIME": f"{piece.published:%Y-%m-%d %H:%M:%S}",
        }
        for piece in at.in_print(section)[:20]
    ]
    body = json.dumps({"status": 1, "items": items}, ensure_ascii=False).encode()
    return answers.steady(body, "application/json", changed=_newest(at))


def _newest(at: Desk) -> datetime:
    return max(piece.changed for piece in at.pieces).astimezone(UTC)
