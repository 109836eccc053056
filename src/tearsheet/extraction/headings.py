"""Which headings of a page may be its article's: not the paper's name, not a widget's below the article."""

import re
from collections.abc import Iterator, Sequence

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.names import is_cjk
from tearsheet.extraction.titles import ALIKE, alike, folded, one_line, says_nothing
from tearsheet.extraction.when import is_dated
from tearsheet.extraction.words import TITLE
from tearsheet.html import unescaped

_HOME = re.compile(r' href="(?:https?://[^/"]+)?/?"')
_SMALLER = ("h2", "h3", "h4")
_PROSE = 80  # letters of an alphabet
_ABOVE, _SHORTEST, _LONGEST = 10, 6, 180
# A line with a label or a date is none that is set as a headline.
_LABELLED = re.compile(r"[：:]\s*\S{0,12}$|(?:19|20)\d\d[-/.年]|^[\[【]|>|»")
_SET_OFF = ("<strong", "<b>", "<big", "<font ")
_STYLED = re.compile(r"font-weight:\s?(?:bold|[6-9]00)|font-size:\s?(?:1[6-9]|[2-9]\d|(?:x+-)?large)")
_KICKER = re.compile(
    r"(?i) class=\"[^\"]*(?:kicker|eyebrow|overline|dachzeile|spitzmarke|(?:top|roof)-?line|(?:over|pre|sup|super)-?title|"
    r"ante-?t[ií]tulo|sur-?titre|occhiello)"
)
_SORT = re.compile(r"[\[【][^\W\d_]{1,8}[\]】]\s*")  # of posts: [转帖], 【原创】
_STOP = re.compile(r"[.。！？!?؟।]")
_LONGEST_NAME = 24  # letters and digits of a paper's name with a section


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
        text = _without_kicker(walk, block, title)
        if found and found[-1][0] is block.box:
            head = found.pop()[1]
            text = head if is_dated(text) else f"{head} {text}".strip()
        found.append((block.box, _without_sort(text, title)))
    if len(found) == 1 and alike(found[0][1], title) < ALIKE and _is_below(walk.blocks, found[0][0]):
        found = []
    if found:
        return _below_masthead(walk, found[0], title) or [text for _, text in found]
    lesser = _lesser_heads(walk.blocks, title, masthead) or _line_of(walk.blocks, title)
    is_nothing = says_nothing(title, site) or says_nothing(title, masthead) or _is_of_paper(walk.blocks, title)
    return lesser or (_set_as_headline(walk) if is_nothing else [])


def _without_kicker(walk: Walk, block: Block, title: str) -> str:
    """Return a heading without what stands in it in an element called kicker, where `<title>` lacks that."""
    first = next((at for at in range(block.start, block.end) if at % 2 == 0 and walk.pieces[at].strip()), block.start)
    tag = walk.pieces[first - 1] if first else ""
    if tag.startswith("</") or not _KICKER.search(tag) or folded(walk.pieces[first]) in folded(title):
        return _as_written(walk, block)
    return " ".join(unescaped("".join(walk.pieces[first + 2 : block.end : 2])).split()).lstrip(" :|–—-")


def _without_sort(head: str, title: str) -> str:
    """Return a heading without what a forum puts before it in brackets, where `<title>` lacks that."""
    sort = _SORT.match(head)
    rest = head[sort.end() :] if sort else head
    return rest if sort and folded(rest) and folded(title).startswith(folded(rest)) else head


def _is_below(blocks: Sequence[Block], head: Box) -> bool:
    """Return whether prose stands above a heading and none below it: then it is that of a widget."""
    last = next((block for block in reversed(blocks) if block.box is head or _is_prose(block)), None)
    return last is not None and last.box is head and any(map(_is_prose, blocks))


def _is_prose(block: Block) -> bool:
    return block.size >= _PROSE and block.linked * 3 < block.chars


def _lesser_heads(blocks: Sequence[Block], title: str, masthead: str = "") -> list[str]:
    """Return the smaller headings that a `<title>` begins with, or ends with if it begins with the paper's name or most of it
    is that heading.
    """
    whole, name = folded(title), folded(masthead)
    found = [block.text for block in blocks if block.name in _SMALLER] if whole else []
    found = [head for head in found if len(folded(head)) >= 4]
    begins = [head for head in found if whole.startswith(folded(head)) and folded(head) != name]
    ends = [head for head in found if whole.endswith(folded(head))]
    return begins or [head for head in ends if (name and whole.startswith(name)) or _is_most_of(head, whole)]


def _is_most_of(text: str, title: str) -> bool:
    return len(folded(text)) >= _SHORTEST and 5 * len(folded(text)) >= 2 * len(title)


def _line_of(blocks: Sequence[Block], title: str) -> list[str]:
    """Return the line above the first paragraph that is most of a `<title>`, as on old pages: the rest of that is the paper's."""
    whole = folded(title)
    lines = [block.text for block in _above(blocks) if _is_most_of(block.text, whole)]
    above = [text for text in lines if folded(text) in whole and folded(text) != whole]
    return [max(above, key=len)] if above else []


def _is_of_paper(blocks: Sequence[Block], title: str) -> bool:
    """Return whether the `<title>` of a Chinese, Japanese or Korean page is short and like no line above its text."""
    if len(folded(title)) > _LONGEST_NAME or not is_cjk(title):
        return False
    return all(alike(title, block.text) < ALIKE for block in _above(blocks) if not _LABELLED.search(block.text))


def _above(blocks: Sequence[Block]) -> list[Block]:
    """Return the lines right above the first paragraph that may be a headline."""
    first = next((at for at, block in enumerate(blocks) if _is_prose(block) and _STOP.search(block.text)), 0)
    lines = blocks[max(first - _ABOVE, 0) : first]
    return [block for block in lines if _SHORTEST <= block.size <= _LONGEST and block.name != "title"]


def _below_masthead(walk: Walk, head: tuple[Box, str], title: str) -> list[str]:
    """Return the smaller headings that a `<title>` is made of besides the first main heading: that is the paper's name, as in
    old blogs; or that it begins with, if they have nothing in common with that.
    """
    box, name = head
    whole = folded(title)
    rest = whole.removesuffix(folded(name))
    below = walk.blocks[next(at for at, block in enumerate(walk.blocks) if block.box is box) :]
    if rest and len(rest) + len(folded(name)) == len(whole):
        return [text for text in _lesser_heads(below, title) if len(folded(text)) * 5 >= len(rest) * 4]
    if folded(name) in whole:
        return []
    begins = [text for text in _lesser_heads(below, title) if whole.startswith(folded(text))]
    return [text for text in begins if _is_most_of(text, whole) and alike(text, name) < ALIKE]


def _set_as_headline(walk: Walk) -> list[str]:
    """Return the line above the first paragraph that is most plainly set as its headline, as on old pages."""
    above = [block for block in _above(walk.blocks) if not _LABELLED.search(block.text)]
    ranks = [_prominence(walk, block) for block in above]
    best = max(ranks, default=0)
    return [_as_written(walk, above[ranks.index(best)])] if best else []


def _prominence(walk: Walk, block: Block) -> int:
    """Return how much a line is set as a headline: 3 for a heading, 2 for a name that says so, 1 for bold or coloured."""
    if block.name in _SMALLER:
        return 3
    if (block.bits | block.box.bits) & TITLE:
        return 2
    tags = (block.box.tag, *walk.pieces[block.start | 1 : block.end : 2])
    is_set_off = any(tag.startswith(_SET_OFF) or _STYLED.search(tag) for tag in tags)
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
