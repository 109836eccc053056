"""The desk at which a paper makes up its pages: pieces in print, addresses, small HTML parts, what changes per request."""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from string import Template

from tearsheet.newsroom import answers
from tearsheet.newsroom.almanac import chance
from tearsheet.newsroom.answers import Answer, Asked
from tearsheet.newsroom.manuscript import Block, PictureNote
from tearsheet.newsroom.press import Paper, Piece

escape = html.escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A paper at a moment, asked for the `number`-th time. `path` gives the address path of a piece (under one of its slugs)."""

    paper: Paper
    pieces: tuple[Piece, ...]
    now: datetime
    port: int
    number: int
    path: Callable[[Piece, str], str]

    @property
    def base(self) -> str:
        """The paper's origin, without a closing slash."""
        return f"http://{self.paper.name}.localhost:{self.port}"

    def url(self, piece: Piece) -> str:
        """Return the full address of `piece` as it is now."""
        return self.base + self.path(piece, piece.slug)

    def in_print(self, section: str = "") -> tuple[Piece, ...]:
        """Return what lists still show, newest first."""
        return tuple(
            piece
            for piece in self.pieces
            if not piece.state.startswith("gone") and piece.layout != "unlisted" and section in ("", piece.section)
        )

    def front(self) -> tuple[Piece, ...]:
        """Return what is in print with the pieces that the editors put on top first."""
        return tuple(sorted(self.in_print(), key=lambda piece: piece.rank))

    def other(self, piece: Piece, count: int) -> list[Piece]:
        """Return `count` further pieces: another choice at every request, as on real sites."""
        rest = [other for other in self.in_print() if other.slug != piece.slug]
        return chance(piece.slug, self.number).sample(rest, min(count, len(rest)))

    def counter(self, *seed: object) -> int:
        """Return a number of readers that grows with every request."""
        return chance(self.paper.name, *seed).randrange(900, 48_000) + 7 * self.number

    def named(self, slug: str) -> str:
        """Return the address of the piece that was filed as `slug`, or the front page if it is not in print yet."""
        found = next((piece for piece in self.pieces if slug in (piece.slug, *piece.old_slugs)), None)
        return self.url(found) if found else f"{self.base}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a paper sets its blocks."""

    picture: Callable[[PictureNote], str]
    paragraph: str = "<p>{}</p>"
    heading: str = "<h2>{}</h2>"
    quote: str = "<blockquote>{}{}</blockquote>"
    said: str = "<footer>{}</footer>"
    embed: str = '<div class="embed"><iframe src="{0}" title="{1}" loading="lazy"></iframe></div>'


@cache
def template(tongue: str, name: str) -> Template:
    """Return the page pattern `pages/TONGUE/NAME`."""
    return Template((resources.files(__package__) / "pages" / tongue / name).read_text(encoding="utf-8"))


def style_sheet(tongue: str) -> Answer:
    """Return a paper's style sheet."""
    return answers.steady(template(tongue, "style.css").template.encode(), "text/css; charset=utf-8")


def set_blocks(blocks: Iterable[Block], style: Style, desk: Desk) -> str:
    """Return `blocks` as HTML in a paper's `style`."""
    return "\n".join(_set(block, style, desk) for block in blocks)


def inline(text: str, desk: Desk) -> str:
    """Return a line of a manuscript as HTML: `[[slug|words]]`, `[words](address)`, `*stress*`, `**strong**`."""
    text = escape(text, quote=False)
    text = re.sub(r"\[\[([^|\]]*)\|([^\]]*)\]\]", lambda m: f'<a href="{escape(desk.named(m[1]))}">{m[2]}</a>', text)
    text = re.sub(r"\[([^\]]*)\]\((https?:[^)]*)\)", r'<a href="\2">\1</a>', text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def article(desk: Desk, asked: Asked, page: Callable[[Piece], Answer]) -> Answer | None:
    """Return what stands at the asked path, if it is or was an article's: its page, a redirect, or a notice that it is gone."""
    path = asked.path + (f"?{asked.query}" if asked.query.startswith("id=") else "")
    for piece in desk.pieces:
        if path in {desk.path(piece, slug) for slug in piece.old_slugs}:
            return answers.moved(desk.url(piece))
        if path == desk.path(piece, piece.slug):
            return _by_state(piece, desk, page)
    return None


def _by_state(piece: Piece, desk: Desk, page: Callable[[Piece], Answer]) -> Answer:
    if piece.state == "gone-410":
        return answers.refused(410, escape(desk.paper.words["gone"]))
    if piece.state == "gone-404":
        return missing(desk)
    if piece.state == "gone-front":
        return answers.moved(f"{desk.base}/", status=302)
    return page(piece)


def missing(desk: Desk) -> Answer:
    """Return the paper's page for an address it does not know."""
    return answers.refused(404, escape(desk.paper.words["missing"]))


def robots(*lines: str) -> Answer:
    """Return a robots.txt of `lines`."""
    return answers.steady(("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8")


def _set(block: Block, style: Style, desk: Desk) -> str:
    lines = [inline(line, desk) for line in block.lines]
    note = inline(block.note, desk)
    match block.kind:
        case "h2":
            return style.heading.format(lines[0])
        case "quote":
            said = style.said.format(note) if note else ""
            return style.quote.format("".join(f"<p>{line}</p>" for line in lines), said)
        case "list":
            return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
        case "table":
            return _table(lines, note)
        case "picture":
            assert block.picture
            return style.picture(block.picture)
        case "embed":
            return style.embed.format(escape(block.lines[0]), escape(block.note))
        case "live":
            words = "".join(f"<p>{line}</p>" for line in lines)
            return f'<section class="live-entry"><h3><time>{note}</time></h3>{words}</section>'
    return style.paragraph.format(lines[0])


def _table(lines: list[str], caption: str) -> str:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    named = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{named}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
