"""Did the publisher change something, or did the extractor waver? Two captures decide, not two cuts of them."""

import re
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
    Teasers known from `elsewhere` do not count.
    """
    if not set(kind.split("+")) <= _CAN_WAVER:
        return False
    rows = [
        row
        for row in revise.blocks(old, new)
        if row.op != "=" and not all(elsewhere.shows(block) for block in (row.old, row.new) if block)
    ]
    if not rows or any(row.op not in "+-~" for row in rows):
        return False
    before, after = _Page(pages[0]), _Page(pages[1])
    gone = [row.old for row in rows if row.old]
    come = [row.new for row in rows if row.new]
    return all(after.shows(block) for block in gone) and all(before.shows(block) for block in come)


class _Page:
    """All that a page shows, whatever it is."""

    def __init__(self, capture: Capture) -> None:
        self.markup, _ = charset.decode(capture.body, content_type=capture.header("content-type"))
        rows = _rows(self.markup)
        text = "".join(rows)
        self.letters = _letters(text)
        self.words = f" {' '.join(_words(text))} "
        self.rows = [_words(row) for row in rows]

    def shows(self, block: revise.Block) -> bool:
        """Return whether the page holds what `block` holds; of the row of a table, some cells may be missing."""
        name = urlsplit(block.picture).path.rpartition("/")[2]
        return name in self.markup and self._says(block)

    def _says(self, block: revise.Block) -> bool:
        words = _words(block.text)
        if block.kind == "tr":
            # Figure by figure: a 7 that became an 8 is an edit, though there is an 8 elsewhere.
            return any(_is_part(words, row) for row in self.rows)
        letters = _letters(block.text)
        return letters in self.letters if len(letters) >= TELLING else f" {' '.join(words)} " in self.words


def _rows(markup: str) -> list[str]:
    """Return the text of a page, parted where a row of a table begins or ends."""
    rows = [""]
    pieces: list[str] = []
    for at, piece in enumerate(html.stream(markup).pieces):
        if at % 2 == 0:
            pieces.append(html.unescaped(piece))
        elif html.tag_name(piece).strip("/") == "tr":
            rows.append("".join(pieces))
            pieces = [" "]
        elif html.tag_name(piece).strip("/") not in html.INLINE:
            pieces.append(" ")
    return [*rows, "".join(pieces)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _is_part(words: list[str], row: list[str]) -> bool:
    """Return whether `words` stand in `row`, in that order."""
    rest = iter(row)
    return all(word in rest for word in words)
