"""What a picture of an article shows and who took it: which lines of the page are its caption and credit."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from tearsheet import html
from tearsheet.extraction.blocks import Block, Box, Spot, Walk
from tearsheet.extraction.titles import folded
from tearsheet.extraction.when import WRITTEN, is_dated, is_only_posted
from tearsheet.extraction.words import BYLINE, CAPTION, COMMENT, CREDIT, DATE, MEDIA, NAV, SHARE, TAGS, TITLE

_CREDIT = re.compile(
    r"(?i)^\W*(?:foto|photo|image|picture|bild|credit|quelle|source|crédit|fuente|imagen|©|\(c\)|"
    r"图源|图片来源|来源|图|摄影|攝|写真|撮影|사진|фото|صورة)"
    r"[^:：\d]{0,20}[:：©]|^\W*©|^\W*(?:getty|reuters|afp|dpa|ap photo|picture alliance|imago|新华社|视觉中国)\b"
)
_LABEL = re.compile(
    r"(?i)\W*(?:bild\s*\d+|photo|foto|image|advertisement|anzeige|werbung|publicidad|read more|"
    r"\d+(?:\s*/\s*\d+)?(?: (?:photos?|fotos?|bilder)\b.{0,40})?|\d+ min\.? read|video loading.*|enlarge|zoom|play video)?\W*"
)
_CENTRED = re.compile(r'align="?center|text-align:\s*center|class="[^"]*(?:align|text|txt|\bf)[_-]?cent(?:er|re)\b')
# How a line under a picture says that it is told of one, in a paragraph of its own between those of the article.
_OF_PICTURE = re.compile(
    r"(?i)^\W{0,3}(?:图为|圖為|图[：:\d一二三四]|圖[：:／/]|[▲△↑▼↓]|写真[：:は]|사진[=:：])|"
    r"[（(\s|/.]\W?(?:fotos?|photos?|photograph|picture|image|bild(?:er)?|credits?|crédits?|quelle|zdj(?:ęcie|\.)|fot\.|fotoğraf|immagine|imagen|"
    r"ảnh|фото|valokuva|kuva|foto[: ]\w+|φωτο\w*|تصوير|صورة|फोटो|图片来源|图源|圖|撮影|写真|사진)\s?[:：/=／©].{2,60}$|©.{0,60}$|"
    r"(?:摄|攝|供图|供圖|资料图片?|資料照片?|撮影|제공|摄影报道)\W{0,2}$"
)
_COLOURED = re.compile(r"<(?:span|font)\b[^>]*\bcolor")
_LONGEST = 900
_SHORTEST, _LONGEST_LABEL = 12, 16
_LONGEST_LINE = 240
_TELLING_ALT = 20
_PLAIN = frozenset(("p", "div", "span", "center"))


def caption_blocks(walk: Walk, spot: Spot, *, kept: frozenset[int], alt: str) -> list[int]:
    """Return the blocks that say what a picture shows: in its figure, in its media box, in a small box of its own, or
    next to it.
    """
    around = spot.box.around(7)
    for box in [box for box in around if box.name == "figure"][:2]:
        found = _notes(walk, _inside(walk, box, spot), kept, strict=False) if _pictures_in(walk, box) <= 3 else []
        if found:
            return found
    for box in around:
        if box.chars > _LONGEST or box.parent is None:
            break
        is_media = bool(box.bits & (MEDIA | CAPTION)) and box.blocks <= 5
        # In old pages a table of its own holds a picture and, in the row below, what it shows.
        is_own = box.name == "table" and box.blocks <= 2
        if box.blocks and (is_media or box.blocks <= 3) and _pictures_in(walk, box) <= 2:
            numbers = _inside(walk, box, spot)
            if is_own:  # bare text after the table begins where that ends
                numbers = [at for at in numbers if walk.blocks[at].box.start >= box.start]
            found = _notes(walk, numbers, kept, strict=not (box.bits & CAPTION or is_own))
            if found:
                return found
    return _adjacent(walk, spot, kept, alt)


def _pictures_in(walk: Walk, box: Box) -> int:
    at = bisect_left(walk.pictures, box.start, key=_place)
    boxes: set[int] = set()
    while at < len(walk.pictures) and walk.pictures[at].place < box.end and len(boxes) < 5:
        boxes.add(id(walk.pictures[at].box))
        at += 1
    return len(boxes)


def _place(spot: Spot) -> int:
    return spot.place


def _inside(walk: Walk, box: Box, spot: Spot) -> list[int]:
    found = []
    for step in (range(spot.before - 1, -1, -1), range(spot.before, len(walk.blocks))):
        for at in step:
            if not box.start <= walk.blocks[at].start < box.end:
                break
            found.append(at)
    return sorted(found)


def _notes(walk: Walk, numbers: Sequence[int], kept: frozenset[int], *, strict: bool) -> list[int]:
    """Return those of a figure's blocks that are caption or credit: of `figcaption` or so named ones, if there are
    any, only those.
    """
    named = [at for at in numbers if is_caption(walk.blocks[at])]
    if strict and not named:
        numbers = [at for at in numbers if at not in kept and _may_be_caption(walk.blocks[at])]
    chosen = named or list(numbers)
    if not strict and named:
        chosen = [
            at
            for at in numbers
            if at in named or _CREDIT.search(walk.blocks[at].text) or walk.blocks[at].box.bits & CREDIT
        ]
    chosen = [at for at in chosen if not _LABEL.fullmatch(walk.blocks[at].text)]
    return _once(walk, chosen) if sum(walk.blocks[at].chars for at in chosen) <= _LONGEST else []


def _once(walk: Walk, numbers: Sequence[int]) -> list[int]:
    first: dict[str, int] = {}
    for at in numbers:
        first.setdefault(walk.blocks[at].text, at)
    return list(first.values())


def is_caption(block: Block) -> bool:
    """Return whether a line stands in an element named caption or credit."""
    if block.name in ("figcaption", "caption") or block.bits & (CAPTION | CREDIT):
        return True
    return any(box.name == "figcaption" or box.bits & (CAPTION | CREDIT) for box in block.box.around(3))


def _may_be_caption(block: Block) -> bool:
    """Return whether a line without a name of its own can be a caption: running text, no heading, no byline, no button."""
    if block.chars < _SHORTEST or block.linked * 2 > block.chars or block.name in ("h1", "h2", "h3", "li"):
        return False
    named = (block.bits | block.box.bits) & (BYLINE | DATE | SHARE | NAV | COMMENT | TAGS | TITLE)
    return not named and not _LABEL.fullmatch(block.text) and not _is_dateline(block)


def _is_dateline(block: Block) -> bool:
    """Return whether a line is a date and hardly more: `Feb 11, 2024 — 6 min read`."""
    return is_only_posted(block.text) or (is_dated(block.text) and len(WRITTEN.sub("", block.text)) < _LONGEST_LABEL)


def _adjacent(walk: Walk, spot: Spot, kept: frozenset[int], alt: str) -> list[int]:
    """Return the caption that only stands near: a named one, the picture's `alt` again, the rest of its own
    paragraph, a line centred under it.
    """
    at = spot.before
    said = folded(alt)
    if len(said) >= _TELLING_ALT:
        for near in range(max(at - 2, 0), min(at + 4, len(walk.blocks))):
            text = folded(walk.blocks[near].text) if walk.blocks[near].chars <= _LONGEST else ""
            is_same = text == said and near >= at and walk.blocks[near].name in _PLAIN
            if said[:60] in text and (near not in kept or is_same):
                return [near]
    if at >= len(walk.blocks):
        return []
    block = walk.blocks[at]
    if block.chars > 400 or block.start > spot.place + 20 or _LABEL.fullmatch(block.text):
        return []
    if is_caption(block):
        return [at]
    if block.size <= _LONGEST_LINE and not block.linked and _OF_PICTURE.search(block.text):
        return [at]
    pieces = walk.pieces[block.start : block.end]
    centred = _CENTRED.search(block.box.tag) is not None
    if centred and _is_alone(walk, spot, at):
        return [at]
    if centred and block.chars <= 260 and any(_COLOURED.search(piece) for piece in pieces if piece.startswith("<")):
        return [at]
    own = block.box is spot.box and (block.broken or block.start <= spot.place < block.end)
    if own and block.chars <= 160 and (_CREDIT.search(block.text) or centred):
        return [at]
    return [at] if at not in kept and block.chars <= 220 and block.linked == 0 and _may_be_caption(block) else []


def _is_alone(walk: Walk, spot: Spot, at: int) -> bool:
    """Return whether a centred line stands alone under a picture that is centred likewise, in a paragraph of its own."""
    block, after = walk.blocks[at], walk.blocks[at + 1] if at + 1 < len(walk.blocks) else None
    is_like = spot.box.kind == block.box.kind and not spot.box.chars and _CENTRED.search(spot.box.tag) is not None
    is_last = (after is None or not _CENTRED.search(after.box.tag)) and "left" not in block.box.tag
    return is_like and is_last and _SHORTEST <= block.size <= _LONGEST_LINE and _may_be_caption(block)


def parted(walk: Walk, block: Block) -> tuple[str, str]:
    """Return (caption, credit) of one line under a picture."""
    for spot in walk.marks if block.bits & CREDIT else ():
        if spot.bits & CREDIT and block.start <= spot.place < block.end:
            credit = walk.text_in(spot)
            if credit and block.text.endswith(credit):
                return block.text.removesuffix(credit).strip(), credit
    is_credit = block.box.bits & CREDIT and not block.box.bits & CAPTION
    return ("", block.text) if is_credit or _CREDIT.search(block.text) else (block.text, "")


def on_button(walk: Walk, spot: Spot) -> str:
    """Return the `figcaption` after a picture that opens a viewer: nothing else on a button is read."""
    parts: list[str] = []
    is_inside = False
    for place in range(spot.place + 2, min(spot.place + 120, len(walk.pieces)), 2):
        tag = walk.pieces[place]
        if tag.startswith(("</button", "<img ", "</figcaption")):
            break
        is_inside = is_inside or tag.startswith("<figcaption")
        if is_inside:
            parts.append(walk.pieces[place + 1])
    return " ".join(html.unescaped(" ".join(parts)).split())[:_LONGEST]
