"""One pass over a page: its lines of text (blocks) and the elements they stand in (boxes).

Nothing is judged here and nothing but scripts, styles and form parts is left out; hidden elements stay, because
streamed bodies live there.
"""

import re
from collections.abc import Iterator
from itertools import islice

from tearsheet.extraction.hints import hold_hint, is_hint
from tearsheet.extraction.words import BYLINE, CAPTION, CREDIT, DATE, bits_of, names_in
from tearsheet.html import unescaped

_HINTS = re.compile(r' (?:class|id|role|itemprop|data-testid|data-component|data-type|data-qa)="([^"]*)"')
_LINK_HINTS = re.compile(r' (?:class|rel|itemprop)="([^"]*(?:author|byline|autor|writer|date|time|credit|tag)[^"]*)"')

# Their order is relied on: the first four end a line of text, the fifth is passed over, the next two begin a piece of a line.
(
    BLOCK_START,
    BLOCK_END,
    RULE,
    BREAK,
    NOTHING,
    INLINE_START,
    LINK_START,
    LINK_END,
    PICTURE,
    SKIP_START,
    SKIP_END,
    EMBED,
) = range(12)

_INLINE = (
    "abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark math nobr q rb rp rt ruby s "
    "samp small span strike strong "
    "sub sup time tt u var wbr picture mi mn mo mrow msup msub mfrac source track param o:p annotation semantics "
    "mjx-container mjx-assistive-mml"
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
MARKED = BYLINE | DATE | CAPTION | CREDIT
Known = tuple[int, str, int, str, tuple[str, ...]]
"""What a tag says: its kind, name, the bits of what its class and id say, name and class, the names that those give."""
MAX_BLOCKS = 12_000


class Box:
    """An element that holds blocks. `chars` and the other sums are over everything inside it.

    `number` is its place among the boxes of the page, `kind` its name with its class, `names` are those in its class, id, role
    and the like; `is_page` says whether the page's main heading is inside.
    """

    __slots__ = (
        "all_bits",
        "bits",
        "blocks",
        "chars",
        "depth",
        "end",
        "is_page",
        "kind",
        "linked",
        "name",
        "names",
        "number",
        "paragraphs",
        "parent",
        "prose",
        "start",
        "tag",
    )

    def __init__(self, parent: "Box | None", tag: str, start: int, said: Known, number: int) -> None:
        self.parent = parent
        self.tag = tag
        self.start = self.end = start
        _, self.name, bits, self.kind, self.names = said
        self.bits = bits
        self.chars = self.linked = self.blocks = self.prose = self.paragraphs = 0
        self.is_page = False
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.all_bits: int = bits if parent is None else parent.all_bits | bits
        self.number = number

    def nearest(self, name: str) -> "Box | None":
        """Return the nearest box of that name that it stands in or is."""
        box: Box | None = self
        while box is not None and box.name != name:
            box = box.parent
        return box

    def around(self, most: int) -> "list[Box]":
        """Return this box and those around it, from the inside, up to `most` in all."""
        found = [self]
        while len(found) < most and found[-1].parent is not None:
            found.append(found[-1].parent)
        return found

    def arranges(self) -> bool:
        """Return whether this table holds no data but arranges the page."""
        return self.is_page or self.paragraphs >= 3 or self.linked * 2 > self.chars

    def kinds(self) -> tuple[str, str]:
        """Return the kind of the box around it and its own."""
        return (self.parent.kind if self.parent is not None else ""), self.kind

    def closed(self, end: int) -> "Box":
        """Close it, add its sums to those of the box around it, and return that one; the outermost stays open."""
        parent = self.parent
        if parent is None:
            return self
        self.end = end
        if self.blocks:
            parent.chars += self.chars
            parent.linked += self.linked
            parent.blocks += self.blocks
            parent.prose += self.prose
            parent.paragraphs += self.paragraphs
            parent.is_page = parent.is_page or self.is_page or self.name == "h1"
        return parent


_Line = tuple[str, int, int, int, bool]
"""What is known of a line when its text has been read: its first link if it begins in one, characters in links, links, bits,
whether a `<br>` parts it from the one before."""


class Block:
    """A line or paragraph of text: the pieces `start` to `end` of the stream, in `box`, under the tag `name`.

    `linked` are the characters inside links; `size` is how many letters of an alphabet say as much as its characters;
    `broken` says that only a `<br>` parts it from the block before it;
    `link` is the tag of the link that was open already when it began.
    """

    __slots__ = (
        "_low",
        "bits",
        "box",
        "broken",
        "chars",
        "end",
        "link",
        "linked",
        "links",
        "name",
        "size",
        "start",
        "text",
    )

    def __init__(self, start: int, box: Box, read: "_Line") -> None:
        self.start = self.end = start
        self.box = box
        self.name = box.name
        self.text = ""
        self.link, self.linked, self.links, self.bits, self.broken = read
        self._low = ""
        self.chars = self.size = 0

    @property
    def low(self) -> str:
        """Its text in lower case."""
        if not self._low:
            self._low = self.text.lower()
        return self._low

    def take(self, text: str, end: int) -> None:
        """Take up the text that was read for it, and count it in its box."""
        box = self.box
        chars = len(text)
        linked = self.linked if self.linked < chars else chars
        self.text = text
        self.end = end
        self.chars = chars
        self.size = chars if text.isascii() else size_of(text)
        self.linked = linked
        box.blocks += 1
        box.chars += chars
        box.linked += linked
        if (chars >= 80 or self.size >= 150) and linked * 3 < chars:
            box.paragraphs += 1
            box.prose += chars if chars >= 80 else 0  # what the forest has learnt to read


def size_of(text: str) -> int:
    """Return how many letters of an alphabet say as much as `text`: three for each Chinese, Japanese or Korean character.

    That is their length in UTF-8; of letters that take three bytes there too, as Hindi's and Thai's, one says no more than one.
    """
    chars, written = len(text), text.encode()
    size = len(written)
    return size if size > 2 * chars and 3 * (written.count(0xE0) + written.count(0xE1)) < chars else chars


class Spot:
    """Something in the stream that is no text: a picture, an embed, or a tag whose class says byline, date, caption or
    credit.
    """

    __slots__ = ("before", "bits", "box", "link", "name", "place", "tag")

    def __init__(self, place: int, tag: str, box: Box, before: int, said: Known) -> None:
        self.place = place
        self.tag = tag
        self.box = box
        self.before = before
        _, self.name, self.bits, _, _ = said
        self.link = ""


class Walk:
    """What one pass over a stream found; `before` in a spot is the number of blocks that begin before it."""

    __slots__ = ("_link", "_unread", "blocks", "box", "boxes", "embeds", "marks", "pictures", "pieces")

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        self.blocks: list[Block] = []
        self.box = Box(None, "", 0, _ROOT, 0)
        self.boxes: list[Box] = [self.box]
        self.pictures: list[Spot] = []
        self.embeds: list[Spot] = []
        self.marks: list[Spot] = []
        self._unread: set[int] = set()
        self._link = ""
        self._run()

    def _run(self) -> None:
        # The innermost loop of a cutting, some two thousand tags a page: what is known of a line is kept in locals.
        pieces, blocks, boxes, box = self.pieces, self.blocks, self.boxes, self.box
        start = links = linked = marked = 0
        around, link, first_link, is_broken = box, "", "", False
        parts: list[str] = []
        tags, texts = islice(pieces, 1, None, 2), islice(pieces, 2, None, 2)
        said_by = map(_known.__getitem__, islice(pieces, 1, None, 2))
        read = zip(range(1, len(pieces), 2), tags, texts, said_by, strict=True)
        for place, tag, text, said in read:
            kind, name, bits, _, _ = said
            if kind < BREAK or (kind == BREAK and parts):
                if parts:
                    self._keep(Block(start, around, (first_link, linked, links, marked, is_broken)), parts, place)
                    parts, first_link, linked = [], "", 0
                    if len(blocks) > MAX_BLOCKS:
                        break
                if kind == BLOCK_START:
                    self.box = box = Box(box, tag, place, said, len(boxes))
                    boxes.append(box)
                    if bits & MARKED:
                        self._spot(self.marks, place, tag, said)
                elif kind == BLOCK_END and box.name == name:
                    self.box = box = box.closed(place + 1)
                start, around, links, marked, is_broken = place, box, 0, 0, kind == BREAK
            elif kind <= NOTHING:
                pass
            elif kind <= LINK_START:
                if kind == LINK_START:
                    self._link = link = tag
                    links += 1
                marked |= bits
                if bits & MARKED or name == "time":
                    self._spot(self.marks, place, tag, said)
            elif kind == LINK_END:
                self._link = link = ""
            elif kind == SKIP_START:
                text = self._past(read, place, name)
            elif kind == PICTURE:
                self._spot(self.pictures, place, tag, said)
                if not parts:
                    _name_caption(pieces, place)
            elif kind == EMBED:
                self._spot(self.embeds, place, tag, said)
            if text and (parts or not text.isspace()):
                if link:
                    first_link = first_link if parts else link
                    linked += len(text)
                parts.append(text)
        self._keep(Block(start, around, (first_link, linked, links, marked, is_broken)), parts, len(pieces))
        while box.parent is not None:
            box = box.closed(len(pieces) + 1)
        self.box = box
        box.end = len(pieces)

    def _past(self, read: Iterator[tuple[int, str, str, Known]], start: int, name: str) -> str:
        """Go past what is not read, such as a form part or a drawing, and return the text after its end tag."""
        self._unread.add(start + 1)
        depth = 1
        for place, tag, text, said in read:
            kind, other = said[:2]
            if other == name:
                depth += 1 if kind == SKIP_START else -1
                if not depth:
                    return text
            elif kind == PICTURE and name in _WITH_PICTURES:
                self._spot(self.pictures, place, tag, said)
            elif name == "noscript" and kind == EMBED:
                self._spot(self.embeds, place, tag, said)
            self._unread.add(place + 1)
        return ""

    def _spot(self, kept: list[Spot], place: int, tag: str, said: Known) -> None:
        spot = Spot(place, tag, self.box, len(self.blocks), said)
        spot.link = self._link
        kept.append(spot)

    def _keep(self, line: Block, parts: list[str], end: int) -> None:
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if line.links and (line.box.name in _HEADINGS or (len(parts) > 1 and hold_hint(parts))):
            text = self._without_asides(line, text, end)
        text = " ".join((unescaped(text) if "&" in text else text).split())
        if text:
            line.take(text, end)
            self.blocks.append(line)

    def _without_asides(self, line: Block, text: str, end: int) -> str:
        """Return the text of a line without what its links hold besides: the hint that one opens elsewhere, and in a heading
        the link to itself, `#`, `¶` or `#spring`, which many systems put there.
        """
        pieces = self.pieces
        places = range(line.start + line.start % 2, min(end, len(pieces)), 2)
        aside = [at for at in places if is_hint(pieces[at])]
        for at in places if line.box.name in _HEADINGS else ():
            tag = pieces[at - 1] if at else ""
            if tag.startswith("<a ") and "#" in tag:
                inside = range(at, min(at + _LONGEST_ANCHOR, places.stop), 2)
                inside = inside[
                    : next((n for n, place in enumerate(inside) if pieces[place - 1] == "</a>"), len(inside))
                ]
                words = "".join([pieces[place] for place in inside]).strip()
                if words in _ANCHORS or (words[:1] == "#" and f'{words}"' in tag):
                    aside += inside
                    line.link = "" if line.link == tag else line.link
        if not aside:
            return text
        self._unread.update(aside)
        line.linked -= sum([len(pieces[at]) for at in aside])
        return "".join([pieces[at] for at in places if self.is_shown(at)])

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

    def properties(self, pattern: re.Pattern[str], low: int, high: int) -> list[Spot]:
        """Return the tags in and right before the blocks `low` to `high` whose RDFa or microdata `pattern` finds; not those
        that hold no text.
        """
        found: list[Spot] = []
        for at in range(max(low, 0), min(high + 1, len(self.blocks))):
            start = self.blocks[at - 1].end if at else 0
            for place in range(start | 1, min(self.blocks[at].end, len(self.pieces)), 2):
                tag = self.pieces[place]
                if "prop" in tag and not tag.startswith(("<meta ", "<link ", "<img ")) and pattern.search(tag):
                    found.append(Spot(place, tag, self.blocks[at].box, at, _known[tag]))
        return found

    def is_shown(self, place: int) -> bool:
        """Return whether the text at `place` of the stream was read, not skipped with a form part or a drawing."""
        return place not in self._unread


def _name_caption(pieces: list[str], place: int) -> None:
    """Make the inline element right after the picture at `place` that is called its caption a `figcaption`, so that it
    does not run into the line that follows.
    """
    start = place + 2
    while start < len(pieces) and pieces[start] in _AFTER_PICTURE and not pieces[start - 1].strip():
        start += 2
    tag = pieces[start] if start < len(pieces) and not pieces[start - 1].strip() else ""
    name = tag[1:-1].partition(" ")[0]
    if name not in _CAPTIONED or not _CAPTION.search(tag) or "credit" in tag:
        return
    inside = range(start + 2, min(start + _LONGEST_CAPTION, len(pieces)), 2)
    end = next((at for at in inside if pieces[at] == f"</{name}>"), 0)
    if end and not any(pieces[at].startswith(f"<{name}") for at in inside if at < end):
        pieces[start] = "<figcaption" + tag[len(name) + 1 :]
        pieces[end] = "</figcaption>"


def tag_is(tag: str, name: str) -> bool:
    """Return whether a start tag is one of element `name`."""
    return tag.startswith(name, 1) and tag[len(name) + 1 : len(name) + 2] in (">", " ")


_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ANCHORS = frozenset(("#", "##", "¶", "§", "🔗", "⚓", "∞", "Link", "Permalink", "Anchor"))
_LONGEST_ANCHOR = 12  # pieces
_LONGEST_CAPTION = 40  # pieces
_AFTER_PICTURE = frozenset(("</a>", "</span>", "</div>", "</picture>", "<br>"))
_CAPTIONED = frozenset(("em", "i", "span", "small", "cite", "font"))
_CAPTION = re.compile(r' class="[^"]*(?:caption|cutline|legend|(?:img|image|photo|pic(?:ture)?)[-_]?desc)')
_MOST_KNOWN, _LONGEST_KNOWN = 4_000, 400


class _Tags(dict[str, Known]):
    """What each tag says. It is remembered, for pages of one site have most of their tags in common, but for links."""

    def __missing__(self, tag: str) -> Known:
        name, has_more, _ = tag[1:-1].partition(" ")
        if name == "a":
            bits = _link_bits(tag)
            return (LINK_START, "a", bits, "a", ()) if bits else _LINK
        if name in _SAYING_NOTHING or name[:1] in _MARKS:
            return _PICTURE if name == "img" else _NOTHING
        found = _said(tag, name, bool(has_more))
        if len(tag) <= _LONGEST_KNOWN:
            if len(self) >= _MOST_KNOWN:
                self.clear()
            self[tag] = found
        return found


_known = _Tags()
_SAYING_NOTHING = frozenset(("img", "meta", "link", "input"))
_MARKS = ("!", "?")
_LINK: Known = (LINK_START, "a", 0, "a", ())
_PICTURE: Known = (PICTURE, "img", 0, "img", ())
_ROOT: Known = (BLOCK_START, "body", 0, "", ())
_NOTHING: Known = (NOTHING, "", 0, "", ())


def _said(tag: str, name: str, has_more: bool) -> Known:
    if name[:1] == "/":
        name = tag[2:-1]
        return _ENDS.get(_KIND.get(name, BLOCK_START), NOTHING), name, 0, "", ()
    kind = _KIND.get(name, BLOCK_START)
    if not has_more or kind in (NOTHING, SKIP_START, EMBED):
        return (NOTHING if kind == INLINE_START and name != "time" else kind), name, 0, name, ()
    names = names_in(_HINTS.findall(tag))
    bits = bits_of(names)
    if kind == INLINE_START and not bits and name != "time":
        kind = NOTHING
    _, has_class, classes = tag.partition(' class="')
    named = f"{name}.{classes.partition(_QUOTE)[0]}" if has_class else name
    return kind, name, bits, named, tuple(names)


def _link_bits(tag: str) -> int:
    """Return what a link's class says; only a byline, a date or the like matters, and most links are told without
    looking closer: a chain of `in` is many times as fast as a pattern.
    """
    if not (
        "utho" in tag
        or "ylin" in tag
        or "utor" in tag
        or "rite" in tag
        or "date" in tag
        or "time" in tag
        or "cred" in tag
        or "tag" in tag
    ):
        return 0
    found = _LINK_HINTS.search(tag)
    return (bits_of(names_in(found.groups())) if found else 0) | (BYLINE if "/author" in tag else 0)


_ENDS = {BLOCK_START: BLOCK_END, LINK_START: LINK_END, SKIP_START: SKIP_END}
_QUOTE = '"'
