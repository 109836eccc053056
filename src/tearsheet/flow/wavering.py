"""Did the publisher change something, or did the extractor waver? Two captures decide, not two cuts of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tearsheet import charset, html, revise, terms
from tearsheet.model import Capture, Clipping

_NOTHING = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CAN_WAVER = {"text", "pictures", "trivial"}
_EMPTY = {"br", "hr", "img"}
_GAP = "\n\n"
"""Between the paragraphs of a text."""
TELLING = 20
"""So many letters are found again wherever blanks stand; fewer must stand there as words of their own."""
LEAST_HEADLINE = 8
"""A link with so many letters is a headline, and not a button."""


def wavered(
    old: Clipping, new: Clipping, kind: str, *, pages: tuple[Capture, Capture], elsewhere: revise.Elsewhere
) -> bool:
    """Return whether all that one of two wordings has and the other lacks stands in both of the pages they were cut from.

    Whether a row of a table belongs to an article may hang by a hair, and by what else the page shows that day. Then one cut has
    it and the next has not, though nobody wrote a word. `kind` is how they differ; a title, byline or date is never a wavering.
    Teasers do not count: those known from `elsewhere`, and what is a link from its first word to its last.
    """
    if not set(kind.split("+")) <= _CAN_WAVER:
        return False
    before, after = _Page(pages[0]), _Page(pages[1])
    rows = [row for row in revise.blocks(old, new) if row.op != "="]
    lost, won = _pictures(old, new), _pictures(new, old)
    if not (rows or lost or won):
        return False
    gone = [row.old for row in rows if row.old and not elsewhere.shows(row.old) and not before.teases(row.old)]
    come = [row.new for row in rows if row.new and not elsewhere.shows(row.new) and not after.teases(row.new)]
    if any(row.op in "<>" for row in rows if row.old in gone or row.new in come):
        return False
    return (
        all(map(after.says, gone))
        and all(map(before.says, come))
        and all(elsewhere.pictures_at(url) or before.teases_with(url) or after.names(url) for url in lost)
        and all(elsewhere.pictures_at(url) or after.teases_with(url) or before.names(url) for url in won)
    )


def steadied(old: Clipping, new: Clipping, *, pages: tuple[Capture, Capture]) -> Clipping:
    """Return `new` as it is beside `old` where the publisher did write something: without what else wavers, tables.

    A table that only one of the two has, though both pages show all of its rows, stands or is missing in `new` as in `old`; so
    does a line right above or below a table: what it is called, or where its figures come from.
    """
    if "<table" not in old.html + new.html:
        return new
    before, after = _Page(pages[0]), _Page(pages[1])
    for parts in (_tables, _lines_at_tables):
        for part in parts(old, but_not_of=new):
            if all(map(after.says, _rows_of(part))):
                new = _with(new, part, of=old) or new
        for part in parts(new, but_not_of=old):
            if all(map(before.says, _rows_of(part))):
                new = _without(new, part) or new
    return new


def _tables(one: Clipping, *, but_not_of: Clipping) -> list[str]:
    """Return the tables of `one` of which the other clipping has no row."""
    others = {block.text for block in revise.blocks_of(but_not_of)}
    tables = [element for element in _elements(one.html) if element.startswith("<table")]
    return [table for table in tables if (rows := _rows_of(table)) and not any(row.text in others for row in rows)]


def _lines_at_tables(one: Clipping, *, but_not_of: Clipping) -> list[str]:
    """Return the paragraphs of `one` right above or below a table whose words the other clipping has nowhere."""
    others = "".join(but_not_of.text.split())
    beside = ["", *_elements(one.html), ""]
    return [
        line
        for above, line, below in zip(beside, beside[1:], beside[2:], strict=False)
        if "<table" in (above[:6], below[:6])
        and line.startswith("<p>")
        and (words := "".join("".join(row.text.split()) for row in _rows_of(line)))
        and words not in others
    ]


def _rows_of(table: str) -> tuple[revise.Block, ...]:
    return revise.blocks_of(Clipping(url="", title="", html=table, text=""))


def _with(new: Clipping, table: str, *, of: Clipping) -> Clipping | None:
    """Return `new` with a table that `of` has, in its place; None if there is no telling where that is."""
    markup, text = _elements(of.html), of.text.split(_GAP)
    at, told = markup.index(table), _told(text, table)
    elements = _put(markup, slice(at, at + 1), into=_elements(new.html))
    parts = _put(text, told, into=new.text.split(_GAP)) if told else None
    return replace(new, html="".join(elements), text=_GAP.join(parts)) if elements and parts else None


def _without(new: Clipping, table: str) -> Clipping | None:
    """Return `new` without one of its tables; None if there is no telling which of its words are those."""
    elements, parts = _elements(new.html), new.text.split(_GAP)
    told = _told(parts, table)
    if told is None:
        return None
    elements.remove(table)
    del parts[told]
    return replace(new, html="".join(elements), text=_GAP.join(parts))


def _put(pieces: list[str], which: slice, *, into: list[str]) -> list[str] | None:
    """Return `into` with some of `pieces` behind the nearest one before them, or before the nearest behind, that it has too."""
    for piece in reversed(pieces[: which.start]):
        if piece in into:
            at = into.index(piece) + 1
            return [*into[:at], *pieces[which], *into[at:]]
    for piece in pieces[which.stop :]:
        if piece in into:
            at = into.index(piece)
            return [*into[:at], *pieces[which], *into[at:]]
    return None


def _told(parts: list[str], table: str) -> slice | None:
    """Return which of the `parts` of a text are the words of `table`, and nothing else."""
    wanted = "".join("".join(row.text.split()) for row in _rows_of(table))
    bare = ["".join(part.split()) for part in parts]
    for first in range(len(bare)):
        said = ""
        for last in range(first, len(bare)):
            said += bare[last]
            if said == wanted:
                return slice(first, last + 1)
            if not wanted.startswith(said):
                break
    return None


def _elements(markup: str) -> list[str]:
    """Return what stands side by side in our clean HTML, each with all that is in it."""
    found, here, depth = [], "", 0
    for at, piece in enumerate(html.pieces_of(markup)):
        here += piece
        if at % 2 and html.tag_name(piece) not in _EMPTY:
            depth += -1 if piece.startswith("</") else 1
        if depth == 0 and here:
            found.append(here)
            here = ""
    return [*found, here] if here else found


def _pictures(one: Clipping, other: Clipping) -> list[str]:
    """Return the addresses of the pictures that `one` has and `other` has not."""
    had, has = _addresses(one), _addresses(other)
    return [url for key, url in had.items() if key not in has]


def _addresses(clipping: Clipping) -> dict[str, str]:
    lead = [clipping.lead.url] if clipping.lead else []
    found = [*lead, *(block.picture for block in revise.blocks_of(clipping)), *(image.url for image in clipping.images)]
    return {revise.picture_key(url): url for url in found if url}


class _Page:
    """All that a page shows, whatever it is."""

    def __init__(self, capture: Capture) -> None:
        self.markup, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
        pieces = html.stream(self.markup).pieces
        rows = list(_rows(pieces))
        text = "".join(rows)
        self.bare = "".join(_words(text))
        self.words = f" {' '.join(_words(text))} "
        self.rows = [_words(row) for row in rows]
        links = list(_links(pieces))
        self.linked = {terms.letters(link.text) for link in links if link.to}
        told = {link.to for link in links if link.to and len(terms.letters(link.text)) >= LEAST_HEADLINE}
        self.teasing = "".join(link.pictures for link in links if link.to in told)
        self.pictures = "".join(link.pictures for link in links if link.to not in told)

    def teases(self, block: revise.Block) -> bool:
        """Return whether the page shows `block` as a link to another page, or the picture of one."""
        if block.picture:
            return self.teases_with(block.picture)
        return bool(block.text) and terms.letters(block.text) in self.linked

    def teases_with(self, url: str) -> bool:
        """Return whether the picture at `url` stands in links that are some headline's too, and nowhere else."""
        name = _file(url)
        return bool(name) and name in self.teasing and name not in self.pictures

    def names(self, url: str) -> bool:
        """Return whether the page names the picture at `url`, wherever."""
        return _file(url) in self.markup

    def says(self, block: revise.Block) -> bool:
        """Return whether the page holds the words of `block`; of the row of a table, some cells may be missing."""
        words = _words(block.text)
        bare = "".join(words)
        if block.kind == "tr":
            # Figure by figure: a 7 that became an 8 is an edit, though there is an 8 elsewhere.
            return any(_is_part(words, row) for row in self.rows)
        return bare in self.bare if len(bare) >= TELLING else f" {' '.join(words)} " in self.words


@dataclass(slots=True)
class _Link:
    """A stretch of a page within one link, or between links (then `to` is empty), with the tags of its pictures."""

    to: str = ""
    text: str = ""
    pictures: str = ""


def _links(pieces: list[str]) -> Iterator[_Link]:
    here = _Link()
    for at, piece in enumerate(pieces):
        name = "" if at % 2 == 0 else html.tag_name(piece)
        if at % 2 == 0:
            here.text += html.unescaped(piece)
        elif name == "a":
            yield here
            here = _Link(to=html.attributes(piece).get("href", ""))
        elif name in ("img", "source"):
            here.pictures += piece
    yield here


def _rows(pieces: list[str]) -> Iterator[str]:
    """Yield the text of a page, parted where a row of a table begins or ends; elements of a text are words apart."""
    kept: list[str] = []
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            kept.append(html.unescaped(piece))
        elif (name := html.tag_name(piece)) == "tr":
            yield "".join(kept)
            kept = [" "]
        elif name not in html.INLINE:
            kept.append(" ")
    yield "".join(kept)


def _file(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _words(text: str) -> list[str]:
    """Return what stands between blanks, with its marks: 3.14 and 31.4 are not the same."""
    return _NOTHING.sub("", text).split()


def _is_part(words: list[str], row: list[str]) -> bool:
    """Return whether `words` stand in `row`, in that order."""
    rest = iter(row)
    return all(word in rest for word in words)
