"""Footnotes: the lines to which the article's own note marks lead, wherever they stand."""

import re
from collections.abc import Iterator, Sequence

from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.parts import words_of_links
from tearsheet.extraction.words import COMMENT

_MARK = re.compile(r"[\[(]?\s?(?:\d{1,3}|[*†‡§]{1,3}|[ivxlc]{1,6}|[a-z])\s?[\])]?")
_TARGET = re.compile(r' href="#([^"]{1,80})"')
_NAMED = re.compile(r' (?:id|name)="([^"]{1,80})"')
_BOXES, _LONGEST = 4, 2_000  # boxes of a note that may have its name, and their characters


def with_notes(walk: Walk, kept: Sequence[int]) -> list[int]:
    """Return the kept blocks with those that are notes to them."""
    wanted = {name for at in kept if walk.blocks[at].links for name in _marked(walk, walk.blocks[at])}
    if not wanted:
        return list(kept)
    held = frozenset(kept)
    later = range(kept[0] + 1, len(walk.blocks))
    return sorted(held.union(at for at in later if at not in held and _is_note(walk, walk.blocks[at], wanted)))


def _marked(walk: Walk, block: Block) -> Iterator[str]:
    """Yield the names to which the note marks of a block lead."""
    for words, tag in words_of_links(walk, block):
        target = _TARGET.search(tag)
        if target and _MARK.fullmatch(words):
            yield target[1]


def _is_note(walk: Walk, block: Block, wanted: set[str]) -> bool:
    if block.box.all_bits & COMMENT or block.name in ("h1", "h2", "h3", "h4"):
        return False
    box, tags = block.box, [tag for tag in walk.pieces[block.start | 1 : block.end : 2] if tag.startswith("<a ")]
    for _ in range(_BOXES):
        if box.parent is None or box.chars > _LONGEST:
            break
        tags.append(box.tag)
        # The mark may stand beside the note, in a box with it: `<div><a id="note-1">1</a><div>..`.
        tags += [tag for tag in walk.pieces[box.start | 1 : box.start + 4 : 2] if tag.startswith("<a ")]
        box = box.parent
    return any(name[1] in wanted for tag in tags for name in _NAMED.finditer(tag))
