"""What is measured of each block before it is judged: its own text, its surroundings, its place in the page.

`NAMES` gives the columns in order; the model file names the ones that it was trained on, so a change here needs a new model.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log1p

from tearsheet.extraction.blocks import HIDDEN, Block, Box, Walk
from tearsheet.extraction.forest import Lexicon
from tearsheet.extraction.structured import Declared, plain
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import GROUPS

_STOPS = re.compile(r"[.!?。！？…؟।]")
_COMMAS = re.compile(r"[,;:，；：、،·]")
_DIGIT = re.compile(r"\d")
_UPPER = re.compile(r"[A-ZÀ-ÞА-Я]")
_MARKS = re.compile(r"[|>›»•·/]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FIRST_WIDE = "\u3040"
# The same of ASCII in one step: each character becomes the sign of its kind.
_SIGNS = bytes.maketrans(b"!?;:123456789BCDEFGHIJKLMNOPQRSTUVWXYZ>/", b"..,,000000000" + b"A" * 25 + b"||")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ENDS = frozenset(".!?。！？…؟।”\"»」’'")
# Each begins with a set of characters, which is looked for many times as fast as one of several patterns.
_NUMBERS = re.compile(
    r"\d(?:\d?:\d\d|(?<=1)9\d\d[-/.年]\d|(?<=2)0\d\d[-/.年]\d|\d?[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+(?:19|20)\d\d)"
)
_MONTH = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d")

_KINDS = {
    name: float(number)
    for number, names in enumerate(
        (
            "p",
            "h1",
            "h2",
            "h3",
            "h4 h5 h6",
            "li",
            "td th",
            "dd dt",
            "blockquote",
            "pre",
            "figcaption caption",
            "article section main",
            "nav header footer aside",
            "summary details",
        )
    )
    for name in names.split()
}
_OTHER_KIND = len(_KINDS) + 1.0

_BLOCK = [
    "chars",
    "words",
    "link_share",
    "links",
    "stops",
    "commas",
    "digits",
    "upper",
    "word_chars",
    "ends_well",
    "wide",
    "when",
    "legal",
    "marks",
    "kind",
    "starts_lower",
    "broken",
    "in_link",
    "text_repeats",
    "sig_count",
    "sig_chars",
    "sig_links",
    "near_title",
    "is_title",
    "in_description",
]
_BOX = [
    "hidden",
    "depth",
    "box_chars",
    "box_links",
    "box_blocks",
    "box_prose",
    "up1_links",
    "up1_chars",
    "up1_prose",
    "up2_links",
    "up2_chars",
    "up2_prose",
    "up4_links",
    "up4_prose",
    "steps_to_best",
    "inside_best",
    "in_article_tag",
    "in_main_tag",
    "in_p_like",
]
_PLACE = [
    "place",
    "place_chars",
    "after_head",
    "before_last",
    "page_chars",
    "page_blocks",
    "page_links",
    "page_prose",
    "best_share",
    "prose_before",
    "prose_after",
    "body_here",
    "body_known",
]
_LEARNT = ["tag_own", "tag_low", "tag_high", "tag_sum", "text_mean", "text_low", "text_high"]
_NEAR = [
    f"{what}_{where}" for where in ("b2", "b1", "a1", "a2") for what in ("chars", "links", "kind", "stops", "same")
]
NAMES: tuple[str, ...] = (
    *_BLOCK,
    *_BOX,
    *(f"group_{number}" for number in range(GROUPS)),
    *(f"own_{number}" for number in range(GROUPS)),
    *_PLACE,
    *_NEAR,
    *_LEARNT,
)
Row = list[float]
Brief = tuple[float, float, float, float]
"""What a row says of a neighbour: its length, links, kind and stops."""
MOST_JUDGED = 6_000
_PAD: Brief = (0.0, 0.0, -1.0, 0.0)


def rows(walk: Walk, said: Declared, title: str = "", *, lexicon: Lexicon, every: bool = False) -> list[Row | None]:
    """Return one row of `NAMES` for each block of the page, or of its first 6,000.

    A link far from any running text gets no row, unless `every` is asked for: on news pages that is half of the
    blocks, and next to none of
    them is article (measured: 0.15 % of the words).
    """
    blocks = walk.blocks[:MOST_JUDGED]
    if not blocks:
        return []
    page = _Page(walk, said, title, lexicon)
    own = [_own(block, page) if every or not _is_far_link(block, page) else None for block in blocks]
    near: list[Brief] = [
        _PAD,
        _PAD,
        *[
            _brief(block) if row is None else (row[0], row[2], row[14], row[4])
            for row, block in zip(own, blocks, strict=True)
        ],
        _PAD,
        _PAD,
    ]
    homes: list[object] = [page, page, *[block.box.parent or page for block in blocks], page, page]
    known, total = page.known, max(len(blocks) - 1, 1)
    prose_before, chars_before = 0, 0
    for number, block in enumerate(blocks):
        row, box = own[number], block.box
        is_prose = block.chars if block.chars > 80 and block.linked * 20 < block.chars * 7 else 0
        if row is not None:
            around = known.get(id(box)) or page.around(box)
            row += around.row or _box_row(box, around, page)
            row += (
                number / total,
                chars_before / page.chars,
                float(min(max(number - page.head, -40), 400)),
                float(page.last - number),
                page.log_chars,
                page.log_blocks,
                page.links,
                page.log_prose,
                page.best_share,
                prose_before / page.prose,
                (page.prose - prose_before - is_prose) / page.prose,
                page.body_has(block),
                page.body_known,
            )
            home = box.parent
            for other in (number, number + 1, number + 3, number + 4):
                row += near[other]
                row.append(1.0 if homes[other] is home else 0.0)
            row += around.tilt
            row += text_tilt(text_words(block.text), lexicon.texts)
        prose_before += is_prose
        chars_before += block.chars
    return own


def own_tilt(words: Sequence[str], tags: Mapping[str, float]) -> float:
    """Return the leaning of one element: of its names, the one that says most for the article and the one that says
    most against it.
    """
    known = [tags[word] for word in words if word in tags]
    if len(known) < 2:
        return 2 * known[0] if known else 0.0
    return max(known) + min(known)


def text_words(text: str) -> list[str]:
    """Return the first words of a text, for the lexicon."""
    start = text[:90].lower()
    return (_ASCII_LETTERS if start.isascii() else _LETTERS).findall(start)[:10]


def text_tilt(words: Sequence[str], texts: Mapping[str, float]) -> tuple[float, float, float]:
    """Return the mean, lowest and highest leaning of a text's first words."""
    known = [texts[word] for word in words if word in texts]
    return (sum(known, 0.0) / len(words), min(known), max(known)) if known else _FLAT


_FLAT = (0.0, 0.0, 0.0)
_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS = re.compile("[a-z]+")


def _is_far_link(block: Block, page: "_Page") -> bool:
    if block.linked * 5 <= block.chars * 4 or page.few:
        return False
    box = block.box
    for _ in range(4):
        if box.parent is None:
            break
        box = box.parent
    return box.prose == 0


def _brief(block: Block) -> Brief:
    kind = _KINDS.get(block.name, _OTHER_KIND)
    return log1p(block.chars), block.linked / block.chars, kind, float(_signs(block.text)[0])


class _Around:
    """What stands around a box, itself included, and what the names on all that say."""

    __slots__ = ("articles", "log_chars", "mains", "meeting", "paragraphs", "prose", "row", "share", "steps", "tilt")

    def __init__(self, box: Box, above: "_Around | None", page: "_Page") -> None:
        self.articles = self.mains = self.paragraphs = 0.0
        self.tilt = (0.0, 0.0, 0.0, 0.0)
        self.steps = self.meeting = 0
        if above is None:
            above = self
        chars = box.chars
        self.share = box.linked / chars if chars else 0.0
        self.log_chars = log1p(chars)
        self.prose = box.prose / page.prose
        self.row: tuple[float, ...] | None = None
        name = box.parent.name if box.parent is not None else ""
        self.articles = above.articles + 1.0 if box.name == "article" else above.articles
        self.mains = 1.0 if name == "main" else above.mains
        self.paragraphs = 1.0 if name == "p" or name == "blockquote" else above.paragraphs
        own, (_, low, high, total) = own_tilt(box.names, page.tags) if box.names else 0.0, above.tilt
        self.tilt = (own, own if own < low else low, own if own > high else high, total + own)
        # How far up the line of ancestors of the best box is met, and how far that is from the best box.
        met = page.chain.get(id(box))
        self.steps, self.meeting = (above.steps + 1, above.meeting) if met is None else (0, met)


class _Page:
    """Sums over the whole page that every row needs."""

    def __init__(self, walk: Walk, said: Declared, title: str, lexicon: Lexicon) -> None:
        blocks = walk.blocks
        self.tags = lexicon.tags
        self.chars = max(walk.box.chars, sum([block.chars for block in blocks]), 1)
        self.prose = max(walk.box.prose, 1)
        self.links = walk.box.linked / self.chars
        self.log_chars, self.log_blocks, self.log_prose = log1p(self.chars), log1p(len(blocks)), log1p(walk.box.prose)
        self.title = folded(title)
        self.description = folded(plain(said.first("og:description", "description")))[:80]
        body = said.article.get("articleBody")
        self.body = folded(plain(body)) if isinstance(body, str) and len(body) > 200 else ""
        self.body_known = 1.0 if self.body else 0.0
        best = _best_box(walk)
        self.best_share = best.prose / self.prose
        self.chain = _chain(best)
        self.head = next((n for n, block in enumerate(blocks) if block.name == "h1"), -1)
        self.last = len(blocks)
        for number in range(len(blocks) - 1, -1, -1):
            if blocks[number].chars >= 80 and blocks[number].linked * 3 < blocks[number].chars:
                self.last = number
                break
        self.few = walk.box.prose < 1_000
        self.groups: dict[int, tuple[float, ...]] = {}
        self.known: dict[int, _Around] = {}
        self.texts = Counter([block.text for block in blocks])
        self.kinds: dict[tuple[str, str], list[int]] = {}
        for block in blocks:
            sums = self.kinds.setdefault(_kind(block.box), [0, 0, 0])
            sums[0] += 1
            sums[1] += block.chars
            sums[2] += block.linked

    def around(self, box: Box) -> _Around:
        """Return what stands around a box."""
        found = self.known.get(id(box))
        if found is not None:
            return found
        waiting: list[Box] = []
        at: Box | None = box
        while at is not None and found is None:
            waiting.append(at)
            at = at.parent
            found = self.known.get(id(at))
        while waiting:
            at = waiting.pop()
            found = self.known[id(at)] = _Around(at, found, self)
        return found or self.known[id(box)]

    def body_has(self, block: Block) -> float:
        """Return whether the text stands in the page's JSON-LD `articleBody`."""
        if not self.body or block.chars < 12:
            return 0.0
        return 1.0 if folded(block.text[:100]) in self.body else -1.0


def _kind(box: Box) -> tuple[str, str]:
    return box.parent.kind if box.parent is not None else "", box.kind


def _best_box(walk: Walk) -> Box:
    """Return the box whose own children hold most running text; what is a level deeper counts half."""
    scores: dict[int, float] = {}
    best, best_score = walk.box, -1.0
    for block in walk.blocks:
        if block.chars < 60 or block.linked * 3 > block.chars:
            continue
        box: Box | None = block.box
        share = float(block.chars)
        for _ in range(5):
            if box is None:
                break
            key = id(box)
            score = scores[key] = scores.get(key, 0.0) + share
            if score > best_score:
                best, best_score = box, score
            box = box.parent
            share *= 0.7 if box is not None and box.name in ("p", "span", "li") else 0.5
    if best.name in ("p", "li") and best.parent is not None:
        best = best.parent
    return best


def _chain(box: Box | None) -> dict[int, int]:
    steps: dict[int, int] = {}
    while box is not None:
        steps[id(box)] = len(steps)
        box = box.parent
    return steps


def _signs(text: str) -> tuple[int, int, int, int, int, str]:
    """Return how many stops, commas, digits, capitals and separating marks a text has, and its characters beyond ASCII."""
    signs = text.encode("ascii", "ignore").translate(_SIGNS)
    stops, commas, digits = signs.count(b"."), signs.count(b","), signs.count(b"0")
    upper, marks = signs.count(b"A"), signs.count(b"|")
    if len(signs) == len(text):
        return stops, commas, digits, upper, marks, ""
    foreign = "".join(_FOREIGN.findall(text))
    return (
        stops + len(_STOPS.findall(foreign)),
        commas + len(_COMMAS.findall(foreign)),
        digits + len(_DIGIT.findall(foreign)),
        upper + len(_UPPER.findall(foreign)),
        marks + len(_MARKS.findall(foreign)),
        foreign,
    )


def _own(block: Block, page: _Page) -> Row:
    text, chars = block.text, block.chars
    stops, commas, digits, upper, marks, foreign = _signs(text)
    is_wide = foreign and max(foreign) >= _FIRST_WIDE
    wide = len(_WIDE.findall(text[:200])) / min(chars, 200) if is_wide else 0.0
    words = chars * 0.6 if wide > 0.4 else text.count(" ") + 1.0
    count, sig_chars, sig_linked = page.kinds[_kind(block.box)]
    short = folded(text[:160]) if chars < 400 and (page.title or page.description) else ""
    return [
        log1p(chars),
        log1p(words),
        block.linked / chars,
        min(block.links, 50) / words,
        float(stops),
        commas / words,
        digits / chars,
        upper / chars,
        chars / words,
        1.0 if text[-1] in _ENDS else 0.0,
        wide,
        1.0 if digits and _has_date(text[:120]) else 0.0,
        1.0 if _is_legal(text) else 0.0,
        marks / words,
        _KINDS.get(block.name, _OTHER_KIND),
        1.0 if text[0].islower() else 0.0,
        1.0 if block.broken else 0.0,
        1.0 if block.link else 0.0,
        float(page.texts[text]),
        log1p(count),
        log1p(sig_chars / count),
        sig_linked / sig_chars,
        _overlap(short, page.title),
        1.0 if short and short == page.title else 0.0,
        1.0 if page.description and short[:60] == page.description[:60] != "" else 0.0,
    ]


def _has_date(head: str) -> bool:
    return _NUMBERS.search(head) is not None or (("19" in head or "20" in head) and _MONTH.search(head) is not None)


def _is_legal(text: str) -> bool:
    """Return whether a text speaks of rights or cookies; a chain of `in` is twenty times as fast as a pattern."""
    low = text.lower()
    return (
        "(c)" in low
        or "copyright" in low
        or "all rights" in low
        or "cookie" in low
        or "javascript" in low
        or "privacy" in low
        or "datenschutz" in low
        or (not low.isascii() and ("©" in low or "版权" in low or "版權" in low or "無断" in low))
    )


def _overlap(short: str, title: str) -> float:
    if not short or not title or len(short) < 8:
        return 0.0
    return 1.0 if short in title or title in short else 0.0


def _box_row(box: Box, around: _Around, page: _Page) -> tuple[float, ...]:
    """Return the columns that all blocks of one box share, and keep them."""
    up1 = box.parent or box
    up2 = up1.parent or up1
    up3 = up2.parent or up2
    up4 = up3.parent or up3
    one, two, four = page.around(up1), page.around(up2), page.around(up4)
    bits = box.all_bits
    around.row = (
        1.0 if bits & HIDDEN else 0.0,
        float(box.depth),
        around.log_chars,
        around.share,
        log1p(box.blocks),
        around.prose,
        one.share,
        one.log_chars,
        one.prose,
        two.share,
        two.log_chars,
        two.prose,
        four.share,
        four.prose,
        around.steps + 0.1 * around.meeting,
        1.0 if around.meeting == 0 else 0.0,
        around.articles,
        around.mains,
        around.paragraphs,
        *_groups(bits, page),
        *_groups(box.bits | (box.parent.bits if box.parent is not None else 0), page),
    )
    return around.row


def _groups(bits: int, page: _Page) -> tuple[float, ...]:
    found = page.groups.get(bits)
    if found is None:
        found = page.groups[bits] = tuple([1.0 if bits & mask else 0.0 for mask in _MASKS])
    return found


_MASKS = tuple(1 << number for number in range(GROUPS))
