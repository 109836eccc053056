"""Did the publisher change something, or did the extractor waver? Two captures decide, not two cuts of them."""

import re
from html import unescape
from urllib.parse import urlsplit

from tearsheet import charset, revise
from tearsheet.model import Capture, Clipping

_TAGS = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_CAN_WAVER = {"text", "pictures", "trivial"}


def wavered(old: Clipping, new: Clipping, kind: str, *, pages: tuple[Capture, Capture]) -> bool:
    """Return whether all that one of two wordings has and the other lacks stands in both of the pages they were cut from.

    Whether a row of a table belongs to an article may hang by a hair, and by what else the page shows that day. Then one cut has
    it and the next has not, though nobody wrote a word. `kind` is how they differ; a title, byline or date is never a wavering.
    """
    if not set(kind.split("+")) <= _CAN_WAVER:
        return False
    rows = [row for row in revise.blocks(old, new) if row.op != "="]
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
        self.letters = _letters(unescape(_TAGS.sub(" ", self.markup)))

    def shows(self, block: revise.Block) -> bool:
        name = urlsplit(block.picture).path.rpartition("/")[2]
        return _letters(block.text) in self.letters and name in self.markup


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
