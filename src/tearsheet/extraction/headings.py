"""Which headings of a page may be its article's: not the paper's name, not a widget's below the article."""

import re
from collections.abc import Iterator, Sequence

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.titles import ALIKE, alike, folded, one_line, says_nothing
from tearsheet.extraction.words import TITLE
from tearsheet.html import unescaped

_HOME = re.compile(r' href="(?:https?://[^/"]+)?/?"')
_SMALLER = ("h2", "h3", "h4")
_PROSE = 80  # letters of an alphabet
_ABOVE, _SHORTEST, _LONGEST = 10, 6, 180
# A line with a label or a date is none that is set as a headline.
_LABELLED = re.compile(r"[：:]\s*\S{0,12}$|(?:19|20)\d\d[-/.年]|^[\[【]|>|»")
_SET_OFF = ("<strong", "<b>", "<big", "<font ")


def heads(walk: Walk, title: str, *, site: str = "") -> list[str]:
    """Return the page's main headings, each on one line, without the paper's name that links to its front page.

    A page without main headings of its own has the smaller ones that its `<title>` begins with; where that says nothing,
    the line above the text that is set as a headline.
    """
    found: list[tuple[Box, str]] = []
    masthead = ""
    for block in walk.blocks:
        if block.name != "h1":
            continue
        if _leads_home(walk, block):
            masthead = masthead or block.text
            continue
        text = _as_written(walk, block)
        if found and found[-1][0] is block.box:
            text = f"{found.pop()[1]} {text}"
        found.append((block.box, text))
    if len(found) == 1 and alike(found[0][1], title) < ALIKE and _is_below(walk.blocks, found[0][0]):
        found = []
    if found:
        return _below_masthead(walk, found[0], title) or [text for _, text in found]
    lesser = _lesser_heads(walk.blocks, title, masthead)
    return lesser or (_set_as_headline(walk) if (says_nothing(title, site) or says_nothing(title, masthead)) else [])


def _is_below(blocks: Sequence[Block], head: Box) -> bool:
    """Return whether prose stands above a heading and none below it: then it is that of a widget."""
    last = next((block for block in reversed(blocks) if block.box is head or _is_prose(block)), None)
    return last is not None and last.box is head and any(map(_is_prose, blocks))


def _is_prose(block: Block) -> bool:
    return block.size >= _PROSE and block.linked * 3 < block.chars


def _lesser_heads(blocks: Sequence[Block], title: str, masthead: str = "") -> list[str]:
    """Return the smaller headings that a `<title>` begins with, or ends with if it begins with the paper's name."""
    whole, name = folded(title), folded(masthead)
    found = [block.text for block in blocks if block.name in _SMALLER] if whole else []
    found = [head for head in found if len(folded(head)) >= 4]
    begins = [head for head in found if whole.startswith(folded(head)) and folded(head) != name]
    return begins or [head for head in found if name and whole.startswith(name) and whole.endswith(folded(head))]


def _below_masthead(walk: Walk, head: tuple[Box, str], title: str) -> list[str]:
    """Return the smaller headings that are the rest of a `<title>` which ends with the first main heading: that is the
    paper's name, as in old blogs.
    """
    box, name = head
    rest = folded(title).removesuffix(folded(name))
    if not rest or len(rest) + len(folded(name)) != len(folded(title)):
        return []
    below = walk.blocks[next(at for at, block in enumerate(walk.blocks) if block.box is box) :]
    return [text for text in _lesser_heads(below, title) if len(folded(text)) * 5 >= len(rest) * 4]


def _set_as_headline(walk: Walk) -> list[str]:
    """Return the line above the first paragraph that is most plainly set as its headline, as on old pages."""
    first = next((at for at, block in enumerate(walk.blocks) if _is_prose(block)), 0)
    above = [
        block
        for block in walk.blocks[max(first - _ABOVE, 0) : first]
        if _SHORTEST <= block.size <= _LONGEST and block.name != "title" and not _LABELLED.search(block.text)
    ]
    ranks = [_prominence(walk, block) for block in above]
    best = max(ranks, default=0)
    return [_as_written(walk, above[ranks.index(best)])] if best else []


def _prominence(walk: Walk, block: Block) -> int:
    """Return how much a line is set as a headline: 3 for a heading, 2 for a name that says so, 1 for bold or coloured."""
    if block.name in _SMALLER:
        return 3
    if (block.bits | block.box.bits) & TITLE:
        return 2
    is_set_off = any(tag.startswith(_SET_OFF) for tag in walk.pieces[block.start | 1 : block.end : 2])
    return int(is_set_off and block.linked * 2 < block.chars)


def _leads_home(walk: Walk, block: Block) -> bool:
    if block.linked * 10 < block.chars * 9:
        return False
    tag = block.link or next((tag for tag in walk.pieces[block.start : block.end] if tag.startswith("<a ")), "")
    return _HOME.search(tag) is not None


def _as_written(walk: Walk, block: Block) -> str:
    """Return a heading with its ideographic spaces, which blocks do not keep, and without the readings beside its characters."""
    pieces = walk.pieces[block.start : block.end]
    if any(piece.startswith("<rt") or "\u3000" in piece or "#12288" in piece or "#x3000" in piece for piece in pieces):
        return one_line(unescaped("".join(_without_readings(walk.pieces, block))))
    return block.text


def _without_readings(pieces: Sequence[str], block: Block) -> Iterator[str]:
    """Yield the texts of a block, but for those in `<rt>` and `<rp>`."""
    for place in range(block.start + block.start % 2, block.end, 2):
        if not (place and pieces[place - 1].startswith(("<rt", "<rp"))):
            yield pieces[place]
