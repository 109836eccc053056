"""From chosen blocks and pictures to the clean HTML and the text of a clipping."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tearsheet import html
from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.model import Image

_STRUCTURE = frozenset(
    ["ul", "ol", "li", "dl", "dd", "dt", "blockquote", "table", "thead", "tbody", "tfoot", "tr", "td", "th"]
)
_TEXT = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "caption"])
_INLINE = html.INLINE - {"img", "picture", "source"}
_LISTS = frozenset(("ul", "ol", "dl"))
_PROSE = 80
_VERSE = 70
_STANZA = 3  # lines
_TABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture or embed and where it stands: the place of its tag in the stream, and what is to be written there."""

    place: int
    markup: tuple[str, ...]
    image: Image | None = None


def markup_of(walk: Walk, kept: Sequence[int], placed: Iterable[Placed], base: str) -> str:
    """Return the kept blocks and the placed pictures, in the order of the page, as HTML in our vocabulary."""
    tokens: list[str] = []
    path: list[Box] = []
    waiting = sorted(placed, key=lambda item: item.place)
    verse = _verse(walk, kept)
    for number, inside in zip(kept, _structures(walk, kept), strict=True):
        block = walk.blocks[number]
        while waiting and waiting[0].place < block.start:
            _write(waiting.pop(0), path, tokens, inside=inside)
        if number in verse:
            tokens.pop()
            tokens.append("<br>")
        else:
            path = _moved(path, inside, tokens)
            tokens.append(f"<{_text_name(block)}>")
            if block.link:
                tokens.append(block.link)
        waiting = _span(walk, block, waiting, tokens)
        if block.link:
            tokens.append("</a>")
        tokens.append(f"</{_text_name(block)}>")
    _moved(path, [], tokens)
    for item in waiting:
        tokens.extend(item.markup)
    return html.rewrite(tokens, base)


def text_of(walk: Walk, kept: Sequence[int]) -> str:
    """Return the kept blocks as text: a blank line between blocks, a line end where only a `<br>` parts two lines of verse."""
    verse = _verse(walk, kept)
    out: list[str] = []
    for number in kept:
        out.append(("\n" if number in verse else "\n\n") if out else "")
        out.append(_text(walk, walk.blocks[number]))
    return "".join(out)


def _text(walk: Walk, block: Block) -> str:
    """Return a block's text; of preformatted text and poems the line ends stay."""
    if block.name != "pre":
        return block.text
    pieces = [walk.pieces[at] for at in range(block.start, min(block.end, len(walk.pieces))) if at % 2 == 0]
    lines = html.unescaped("".join(pieces)).strip("\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") or block.text


def whole_tables(walk: Walk, kept: Sequence[int]) -> list[int]:
    """Return `kept` with every other block of the tables of which most is kept, so that no cell goes missing."""
    tables: dict[int, Box] = {}
    chars: dict[int, int] = {}
    for number in kept:
        table = walk.blocks[number].box.nearest("table")
        if table is not None:
            tables[id(table)] = table
            chars[id(table)] = chars.get(id(table), 0) + walk.blocks[number].chars
    whole = [
        box
        for key, box in tables.items()
        if box.blocks >= 4 and chars[key] >= _TABLE_SHARE * box.chars and not box.arranges()
    ]
    if not whole:
        return list(kept)
    spans = [(box.start, box.end) for box in whole]
    have = set(kept)
    return [
        at
        for at, block in enumerate(walk.blocks)
        if at in have or any(start <= block.start < end for start, end in spans)
    ]


def whole_verses(walk: Walk, kept: Sequence[int]) -> list[int]:
    """Return `kept` with the other lines of the stanzas of which half is kept: a poem's last line is short, and is its point."""
    lines: dict[int, list[int]] = {}
    for number, block in enumerate(walk.blocks):
        if block.broken and number and walk.blocks[number - 1].box is block.box:
            lines.setdefault(id(block.box), [number - 1]).append(number)
    have = set(kept)
    for stanza in lines.values():
        short = all(walk.blocks[at].chars < _VERSE and not walk.blocks[at].links for at in stanza)
        if len(stanza) >= _STANZA and short and 2 * sum(at in have for at in stanza) >= len(stanza):
            have.update(stanza)
    return sorted(have)


def _verse(walk: Walk, kept: Sequence[int]) -> frozenset[int]:
    """Return the blocks that go on in the line block before them: short lines parted by a `<br>`."""
    found, before = set(), -2
    for number in kept:
        block = walk.blocks[number]
        goes_on = block.broken and before == number - 1 and not block.link
        line_before = walk.blocks[before] if goes_on else block
        if goes_on and line_before.box is block.box and max(block.chars, line_before.chars) < _VERSE:
            found.add(number)
        before = number
    return frozenset(found)


def _text_name(block: Block) -> str:
    return block.name if block.name in _TEXT else "p"


def _structures(walk: Walk, kept: Sequence[int]) -> list[list[Box]]:
    """Return for each kept block the lists, quotes and tables that it stands in, from the outermost, without mere frames."""
    found = [_structure(walk.blocks[number].box) for number in kept]
    frames = _frames([walk.blocks[number].size >= _PROSE for number in kept], found)
    return [[box for box in chain if id(box) not in frames] for chain in found] if frames else found


def _structure(box: Box | None) -> list[Box]:
    chain: list[Box] = []
    while box is not None:
        if box.name in _STRUCTURE:
            chain.append(box)
        box = box.parent
    chain.reverse()
    return chain


def _frames(are_prose: Sequence[bool], structures: Sequence[list[Box]]) -> frozenset[int]:
    """Return the lists, with their items, that only arrange the page: one item holds all that is kept of them, and that is
    paragraphs. Old portals lay out whole articles so.
    """
    items: dict[int, dict[int, Box]] = {}
    prose: dict[int, int] = {}
    for is_prose, chain in zip(are_prose, structures, strict=True):
        for around, item in pairwise(chain):
            if around.name in _LISTS:
                items.setdefault(id(around), {})[id(item)] = item
                prose[id(item)] = prose.get(id(item), 0) + is_prose
    lone = {key: next(iter(held.values())) for key, held in items.items() if len(held) == 1}
    arranging = {key: item for key, item in lone.items() if prose[id(item)] >= 2}
    return frozenset((*arranging, *(id(item) for item in arranging.values())))


def _moved(path: list[Box], wanted: list[Box], tokens: list[str]) -> list[Box]:
    """Write the end and start tags that lead from inside `path` to inside `wanted`."""
    common = 0
    while common < len(path) and common < len(wanted) and path[common] is wanted[common]:
        common += 1
    tokens.extend(f"</{box.name}>" for box in reversed(path[common:]))
    tokens.extend(box.tag for box in wanted[common:])
    return wanted


def _write(item: Placed, path: list[Box], tokens: list[str], *, inside: list[Box]) -> None:
    """Write a picture between blocks: outside of the lists and quotes that the next block is not in."""
    while path and path[-1] not in inside:
        tokens.append(f"</{path.pop().name}>")
    tokens.extend(item.markup)


def _span(walk: Walk, block: Block, waiting: list[Placed], tokens: list[str]) -> list[Placed]:
    """Write one block's own pieces, with the pictures that stand inside it; return those still to come."""
    for place, piece in enumerate(walk.pieces[block.start : block.end], block.start):
        if place % 2 == 0:
            if walk.is_shown(place):
                tokens.append(piece)
        elif waiting and waiting[0].place <= place:
            tokens.extend(waiting.pop(0).markup)
        elif html.tag_name(piece) in _INLINE:
            tokens.append(piece)
    return waiting


def figure(image: Image) -> tuple[str, ...]:
    """Return the pieces of a figure with its caption and credit."""
    size = "".join(f' {key}="{value}"' for key, value in (("width", image.width), ("height", image.height)) if value)
    tag = f'<img src="{html.escape(image.url)}" alt="{html.escape(image.alt)}"{size}>'
    if not image.caption and not image.credit:
        return "<figure>", tag, "</figure>"
    note = html.escape(image.caption)
    if image.credit:
        note += (" " if note else "") + f"<small>{html.escape(image.credit)}</small>"
    return "<figure>", tag, "<figcaption>", *_split(note), "</figcaption>", "</figure>"


def _split(note: str) -> list[str]:
    return [piece for piece in html.pieces_of(note) if piece]
