"""One pass over a page: its lines of text (blocks) and the elements they stand in (boxes).

Nothing is judged here and nothing but scripts, styles and form parts is left out; hidden elements stay, because
streamed bodies live there.
"""

import re
from collections.abc import Sequence

from tearsheet.extraction.words import BYLINE, CAPTION, CREDIT, DATE, bits_of
from tearsheet.html import unescaped

_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
HINTS = re.compile(r' (?:class|id|role|itemprop|data-testid|data-component|data-type|data-qa)="([^"]*)"')
_LINK_HINTS = re.compile(r' (?:class|rel|itemprop)="([^"]*(?:author|byline|autor|writer|date|time|credit|tag)[^"]*)"')

(
    INLINE_START,
    BLOCK_START,
    BLOCK_END,
    LINK_START,
    LINK_END,
    BREAK,
    PICTURE,
    SKIP_START,
    SKIP_END,
    EMBED,
    NOTHING,
    RULE,
) = range(12)

_INLINE = (
    "abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark math nobr q rb rp rt ruby s "
    "samp small span strike strong "
    "sub sup time tt u var wbr picture mi mn mo mrow msup msub mfrac source track param o:p annotation semantics"
)
_SKIPPED = "svg select textarea button noscript object canvas template datalist dialog"
_KIND: dict[str, int] = {
    **dict.fromkeys(_INLINE.split(), INLINE_START),
    **dict.fromkeys(_SKIPPED.split(), SKIP_START),
    **dict.fromkeys(("iframe", "video", "audio", "embed"), EMBED),
    **dict.fromkeys(
        ("script", "style", "xmp", "noembed", "noframes", "plaintext", "link", "meta", "base", "input"), NOTHING
    ),
    "a": LINK_START,
    "br": BREAK,
    "img": PICTURE,
    "amp-img": PICTURE,
    "hr": RULE,
}
# What is written on a button is no article, but the picture that it opens is; `noscript` has those that scripts show later.
_WITH_PICTURES = ("noscript", "button")
_GROUPS = frozenset(("ul", "ol", "dl", "table"))
MARKED = BYLINE | DATE | CAPTION | CREDIT
HIDDEN = 1 << 30
MAX_BLOCKS = 12_000


class Box:
    """An element that holds blocks. `chars` and the other sums are over everything inside it.

    `group` is the nearest list or table that it stands in or is, `article` the nearest `<article>`.
    """

    __slots__ = (
        "all_bits",
        "article",
        "articles",
        "bits",
        "blocks",
        "chars",
        "depth",
        "end",
        "group",
        "kind",
        "linked",
        "mains",
        "name",
        "paragraph_inside",
        "paragraphs",
        "parent",
        "prose",
        "row",
        "start",
        "tag",
        "tilt",
    )

    def __init__(self, parent: "Box | None", name: str, tag: str, start: int) -> None:
        self.parent = parent
        self.name = name
        self.tag = tag
        self.start = start
        self.end = start
        self.group: Box | None
        self.article: Box | None
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.kind = ""
        self.articles = self.mains = self.paragraph_inside = 0.0
        self.group = self if name in _GROUPS else parent.group if parent is not None else None
        self.article = self if name == "article" else parent.article if parent is not None else None
        if parent is not None:
            self.articles = parent.articles + (name == "article")
            self.mains = 1.0 if parent.name == "main" else parent.mains
            self.paragraph_inside = 1.0 if parent.name in ("p", "blockquote") else parent.paragraph_inside
        self.row: tuple[float, ...] | None = None
        self.bits = 0
        self.all_bits = 0
        self.chars = self.linked = self.blocks = self.prose = self.paragraphs = 0
        self.tilt: tuple[float, float, float, float] | None = None


class Block:
    """A line or paragraph of text: the pieces `start` to `end` of the stream, in `box`, under the tag `name`.

    `linked` are the characters inside links; `broken` says that only a `<br>` parts it from the block before it;
    `link` is the tag of the link
    that was open already when it began.
    """

    __slots__ = (
        "bits",
        "box",
        "broken",
        "chars",
        "end",
        "link",
        "linked",
        "links",
        "name",
        "pictures",
        "start",
        "text",
    )

    def __init__(self, start: int, text: str, box: Box, name: str) -> None:
        self.start = start
        self.end = start
        self.text = text
        self.chars = len(text)
        self.box = box
        self.name = name
        self.linked = self.links = self.bits = self.pictures = 0
        self.broken = False
        self.link = ""


class Spot:
    """Something in the stream that is no text: a picture, an embed, a rule, or a tag whose class says byline, date,
    caption or credit.
    """

    __slots__ = ("before", "bits", "box", "link", "name", "place", "tag")

    def __init__(self, place: int, tag: str, box: Box, before: int, name: str) -> None:
        self.place = place
        self.tag = tag
        self.box = box
        self.before = before
        self.name = name
        self.bits = 0
        self.link = ""


class Walk:
    """What one pass over a stream found; `before` in a spot is the number of blocks that begin before it."""

    __slots__ = (
        "_begin",
        "_bits",
        "_broken",
        "_held",
        "_link",
        "_linked",
        "_links",
        "_parts",
        "_seen",
        "_unread",
        "blocks",
        "box",
        "boxes",
        "embeds",
        "marks",
        "pictures",
        "pieces",
    )

    def __init__(self, pieces: Sequence[str], start: int = 0) -> None:
        self.pieces = pieces
        self.blocks: list[Block] = []
        self.box = Box(None, "body", "", start)
        self.boxes: list[Box] = [self.box]
        self.pictures: list[Spot] = []
        self.embeds: list[Spot] = []
        self.marks: list[Spot] = []
        self._seen: dict[str, tuple[int, str, int, str]] = {}
        self._unread: set[int] = set()
        self._begin = start
        self._parts: list[str] = []
        self._linked = self._links = self._bits = 0
        self._link = self._held = ""
        self._broken = False
        self._run(start)

    def _run(self, start: int) -> None:
        pieces, seen, parts = self.pieces, self._seen, self._parts
        skip, depth = "", 0
        for place in range(start | 1, len(pieces), 2):
            tag = pieces[place]
            known = seen.get(tag)
            if known is None:
                known = seen[tag] = _known(tag)
            kind, name, bits, look = known
            if skip:
                if name == skip:
                    depth += 1 if kind == SKIP_START else -1
                    skip = skip if depth else ""
                elif kind == PICTURE and skip in _WITH_PICTURES:
                    self._spot(self.pictures, place, tag, name).bits = bits
                elif skip == "noscript" and kind == EMBED:
                    self._spot(self.embeds, place, tag, name)
                if skip:
                    self._unread.add(place + 1)
                    continue
            elif kind == BLOCK_START:
                self._flush(place)
                self._open(name, tag, bits, place).kind = look
            elif kind == BLOCK_END:
                self._flush(place)
                self._close(name, place)
            elif kind == LINK_START:
                self._link = tag
                self._links += 1
                if bits:
                    self._mark(place, tag, bits, name)
            elif kind == LINK_END:
                self._link = ""
            elif kind == INLINE_START:
                if bits or name == "time":
                    self._mark(place, tag, bits, name)
            elif kind == SKIP_START:
                skip, depth = name, 1
                self._unread.add(place + 1)
                continue
            else:
                self._other(kind, name, tag, place, bits)
            text = pieces[place + 1]
            if text and (parts or not text.isspace()):
                if not parts:
                    self._held = self._link
                parts.append(text)
                if self._link:
                    self._linked += len(text)
            if len(self.blocks) > MAX_BLOCKS:
                break
        self._flush(len(pieces))
        while self.box.parent is not None:
            self._close(self.box.name, len(pieces))
        self.box.end = len(pieces)

    def text_in(self, spot: Spot, *, most: int = 400) -> str:
        """Return the text of the element whose start tag is at `spot`, up to `most` characters."""
        parts: list[str] = []
        depth, size = 0, 0
        for place in range(spot.place, min(spot.place + 400, len(self.pieces)), 2):
            tag = self.pieces[place]
            if tag.startswith(f"<{spot.name}") and tag_is(tag, spot.name):
                depth += 1
            elif tag == f"</{spot.name}>":
                depth -= 1
                if depth <= 0:
                    break
            if self.is_shown(place + 1):
                parts.append(self.pieces[place + 1])
                size += len(parts[-1])
            parts.append(" ")
            if size > most:
                break
        return " ".join(unescaped("".join(parts)).split())

    def is_shown(self, place: int) -> bool:
        """Return whether the text at `place` of the stream was read, not skipped with a form part or a drawing."""
        return place not in self._unread

    def _other(self, kind: int, name: str, tag: str, place: int, bits: int) -> None:
        if kind == PICTURE:
            self._spot(self.pictures, place, tag, name).bits = bits
        elif kind == BREAK:
            if self._parts:
                self._flush(place)
                self._broken = True
        elif kind == RULE:
            self._flush(place)
        elif kind == EMBED and not tag.startswith("</"):
            self._spot(self.embeds, place, tag, name)

    def _spot(self, kept: list[Spot], place: int, tag: str, name: str) -> Spot:
        spot = Spot(place, tag, self.box, len(self.blocks), name)
        spot.link = self._link
        kept.append(spot)
        return spot

    def _mark(self, place: int, tag: str, bits: int, name: str) -> None:
        self._bits |= bits
        if bits & MARKED or name == "time":
            self._spot(self.marks, place, tag, name).bits = bits

    def _open(self, name: str, tag: str, bits: int, place: int) -> Box:
        parent = self.box
        box = Box(parent, name, tag, place)
        box.bits = bits
        box.all_bits = parent.all_bits | bits
        self.box = box
        self.boxes.append(box)
        if bits & MARKED:
            self._spot(self.marks, place, tag, name).bits = bits
        return box

    def _close(self, name: str, place: int) -> None:
        box = self.box
        if box.parent is None or box.name != name:
            return
        box.end = place + 1
        parent = self.box = box.parent
        parent.chars += box.chars
        parent.linked += box.linked
        parent.blocks += box.blocks
        parent.prose += box.prose
        parent.paragraphs += box.paragraphs

    def _flush(self, place: int) -> None:
        parts = self._parts
        if parts:
            text = "".join(parts)
            text = " ".join(unescaped(text).split())
            if text:
                self._keep(text, place)
            parts.clear()
        self._begin = place
        self._linked = self._links = self._bits = 0
        self._broken = False

    def _keep(self, text: str, place: int) -> None:
        box = self.box
        block = Block(self._begin, text, box, box.name)
        block.end = place
        chars = block.chars
        block.linked = linked = min(self._linked, chars)
        block.links = self._links
        block.bits = self._bits
        block.broken = self._broken
        block.link = self._held
        box.blocks += 1
        box.chars += chars
        box.linked += linked
        if chars >= 80 and linked * 3 < chars:
            box.prose += chars
            box.paragraphs += 1
        self.blocks.append(block)


def tag_is(tag: str, name: str) -> bool:
    """Return whether a start tag is one of element `name`."""
    return tag.startswith(name, 1) and tag[len(name) + 1 : len(name) + 2] in (">", " ")


def _known(tag: str) -> tuple[int, str, int, str]:
    """Return (kind, name, bits of what its class and id say, name and class) of a tag."""
    if tag.startswith("<a "):
        return LINK_START, "a", _link_bits(tag), "a"
    if tag.startswith("<img "):
        return PICTURE, "img", 0, "img"
    found: re.Match[str] | None = _NAME.match(tag)
    if found is None:
        return NOTHING, "", 0, ""
    name = found.group(1)
    kind = _KIND.get(name, BLOCK_START)
    if tag.startswith("</"):
        return _ENDS.get(kind, NOTHING), name, 0, ""
    if kind in (NOTHING, SKIP_START, EMBED) or " " not in tag:
        return kind, name, 0, name
    bits = 0
    for hints in HINTS.findall(tag):
        bits |= bits_of(hints)
    if "hidden" in tag or "display:" in tag:
        bits |= HIDDEN * (_HIDDEN.search(tag) is not None)
    found = _CLASS.search(tag)
    return kind, name, bits, f"{name}.{found.group(1)}" if found else name


def _link_bits(tag: str) -> int:
    """Return what a link's class says; only a byline, a date or the like matters, and most links are told without
    looking closer.
    """
    if _LINK_WORDS.search(tag) is None:
        return 0
    found = _LINK_HINTS.search(tag)
    return (bits_of(found.group(1)) if found else 0) | (BYLINE if "/author" in tag else 0)


_LINK_WORDS = re.compile("utho|ylin|utor|rite|date|time|cred|tag")
_ENDS = {BLOCK_START: BLOCK_END, LINK_START: LINK_END, SKIP_START: SKIP_END}
_CLASS = re.compile(r' class="([^"]*)"')
_HIDDEN = re.compile(r"""\shidden(?:=|[\s>])|display:\s*none|aria-hidden="true\"""")
