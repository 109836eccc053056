"""Did the publisher change something, or did the extractor waver? Two captures decide, not two cuts of them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tearsheet import charset, html, revise
from tearsheet.model import Capture, Clipping

_WORD = re.compile(r"\w+")
_CAN_WAVER = {"text", "pictures", "trivial"}
TELLING = 20
"""So many letters are found again wherever spaces and marks stand; fewer must stand there as words of their own."""


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
    gone = [row.old for row in rows if row.old and not elsewhere.shows(row.old) and not before.links(row.old)]
    come = [row.new for row in rows if row.new and not elsewhere.shows(row.new) and not after.links(row.new)]
    moved = any(row.op in "<>" for row in rows if row.old in gone or row.new in come)
    pictures_gone, pictures_come = _pictures(old, new, elsewhere), _pictures(new, old, elsewhere)
    if moved or not (rows or pictures_gone or pictures_come):
        return False
    return (
        all(map(after.says, gone))
        and all(map(before.says, come))
        and (all(map(after.pictures, pictures_gone)) and all(map(before.pictures, pictures_come)))
    )


def _pictures(one: Clipping, other: Clipping, elsewhere: revise.Elsewhere) -> list[str]:
    """Return the addresses of the pictures that `one` has and `other` has not."""
    had, has = _addresses(one), _addresses(other)
    return [url for key, url in had.items() if key not in has and key not in elsewhere.pictures]


def _addresses(clipping: Clipping) -> dict[str, str]:
    lead = [clipping.lead.url] if clipping.lead else []
    found = [*lead, *(block.picture for block in revise.blocks_of(clipping)), *(image.url for image in clipping.images)]
    return {revise.picture_key(url): url for url in found if url}


class _Page:
    """All that a page shows, whatever it is."""

    def __init__(self, capture: Capture) -> None:
        self.markup, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
        pieces = html.stream(self.markup).pieces
        rows = list(_texts(pieces, within="tr"))
        text = "".join(rows)
        self.letters = _letters(text)
        self.words = f" {' '.join(_words(text))} "
        self.rows = [_words(row) for row in rows]
        self.linked = {_letters(row) for row in list(_texts(pieces, within="a"))[1::2]}

    def links(self, block: revise.Block) -> bool:
        """Return whether the page shows the text of `block` as a link and nothing but a link."""
        return bool(block.text) and _letters(block.text) in self.linked

    def pictures(self, url: str) -> bool:
        """Return whether the page names the picture at `url`, wherever."""
        return urlsplit(url).path.rpartition("/")[2] in self.markup

    def says(self, block: revise.Block) -> bool:
        """Return whether the page holds the words of `block`; of the row of a table, some cells may be missing."""
        words = _words(block.text)
        if block.kind == "tr":
            # Figure by figure: a 7 that became an 8 is an edit, though there is an 8 elsewhere.
            return any(_is_part(words, row) for row in self.rows)
        letters = _letters(block.text)
        return letters in self.letters if len(letters) >= TELLING else f" {' '.join(words)} " in self.words


def _texts(pieces: list[str], *, within: str) -> Iterator[str]:
    """Yield the text of a page, parted where an element `within` begins or ends; elements of a text are words apart."""
    kept: list[str] = []
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            kept.append(html.unescaped(piece))
        elif (name := html.tag_name(piece)) == within:
            yield "".join(kept)
            kept = [" "]
        elif name not in html.INLINE:
            kept.append(" ")
    yield "".join(kept)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _is_part(words: list[str], row: list[str]) -> bool:
    """Return whether `words` stand in `row`, in that order."""
    rest = iter(row)
    return all(word in rest for word in words)
