"""What is measured of each block before it is judged: its own text, its surroundings, its place in the page.

`NAMES` gives the columns in order; the model file names the ones that it was trained on, so a change here needs a new model.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log1p

from tearsheet.extraction.blocks import HIDDEN, HINTS, Block, Box, Walk
from tearsheet.extraction.forest import Lexicon
from tearsheet.extraction.structured import Declared, plain
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import GROUPS, words_of

_STOPS = re.compile(r"[.!?。！？…؟।]")
_COMMAS = re.compile(r"[,;:，；：、،·]")
_DIGIT = re.compile(r"\d")
_UPPER = re.compile(r"[A-ZÀ-ÞА-Я]")
_ENDS = frozenset(".!?。！？…؟।”\"»」’'")
_WHEN = re.compile(
    r"\d{1,2}:\d\d|(?:19|20)\d\d[-/.年]\d{1,2}|\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+(?:19|20)\d\d|"
    r"[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d"
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKS = re.compile(r"[|>›»•·/]")

_KINDS = {
    name: number
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
_OTHER_KIND = len(_KINDS) + 1

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
MOST_JUDGED = 6_000
_PAD = (0.0, 0.0, -1.0, 0.0)


def rows(walk: Walk, said: Declared, title: str = "", *, lexicon: Lexicon, every: bool = False) -> list[Row | None]:
    """Return one row of `NAMES` for each block of the page, or of its first 6,000.

    A link far from any running text gets no row, unless `every` is asked for: on news pages that is half of the
    blocks, and next to none of
    them is article (measured: 0.15 % of the words).
    """
    blocks = walk.blocks[:MOST_JUDGED]
    if not blocks:
        return []
    page = _Page(walk, said, title)
    own = [_own(block, page) if every or not _is_far_link(block, page) else None for block in blocks]
    near = [
        _PAD,
        _PAD,
        *(
            _brief(block) if row is None else (row[0], row[2], row[14], row[4])
            for row, block in zip(own, blocks, strict=True)
        ),
        _PAD,
        _PAD,
    ]
    boxes: list[Box | None] = [None, None, *(block.box.parent for block in blocks), None, None]
    total = max(len(blocks) - 1, 1)
    prose_before, chars_before = 0, 0
    for number, block in enumerate(blocks):
        row, box = own[number], block.box
        is_prose = block.chars if block.chars > 80 and block.linked * 20 < block.chars * 7 else 0
        if row is not None:
            row += box.row or _box_row(box, page)
            row += (
                number / total,
                chars_before / page.chars,
                min(max(number - page.head, -40), 400),
                page.last - number,
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
            for other in (number, number + 1, number + 3, number + 4):
                row += near[other]
                row.append(1.0 if boxes[other] is not None and boxes[other] is box.parent else 0.0)
            row += tilt(box, lexicon.tags)
            row += text_tilt(text_words(block.text), lexicon.texts)
        prose_before += is_prose
        chars_before += block.chars
    return own


def tilt(box: Box, tags: Mapping[str, float]) -> tuple[float, float, float, float]:
    """Return what the names on a box and around it say: its own leaning, the lowest and highest around it, their sum."""
    if box.tilt is None:
        above: list[Box] = []
        at: Box | None = box
        while at is not None and at.tilt is None:
            above.append(at)
            at = at.parent
        _, low, high, total = at.tilt if at is not None and at.tilt is not None else (0.0, 0.0, 0.0, 0.0)
        for at in reversed(above):
            own = own_tilt(tag_words(at.tag), tags)
            low, high, total = min(low, own), max(high, own), total + own
            at.tilt = (own, low, high, total)
    return box.tilt or (0.0, 0.0, 0.0, 0.0)


def own_tilt(words: Sequence[str], tags: Mapping[str, float]) -> float:
    """Return the leaning of one element: of its names, the one that says most for the article and the one that says
    most against it.
    """
    known = [tags[word] for word in words if word in tags]
    return max(known) + min(known) if known else 0.0


@lru_cache(maxsize=20_000)
def tag_words(tag: str) -> tuple[str, ...]:
    """Return the names on an element that a lexicon can know: the words of its class, id, role and the like."""
    return tuple(dict.fromkeys(word for hints in HINTS.findall(tag) for word in words_of(hints))) if " " in tag else ()


def text_words(text: str) -> list[str]:
    """Return the first words of a text, for the lexicon."""
    start = text[:90].lower()
    return (_ASCII_LETTERS if start.isascii() else _LETTERS).findall(start)[:10]


def text_tilt(words: Sequence[str], texts: Mapping[str, float]) -> tuple[float, float, float]:
    """Return the mean, lowest and highest leaning of a text's first words."""
    known = [texts[word] for word in words if word in texts]
    return (sum(known) / len(words), min(known), max(known)) if known else _FLAT


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


def _brief(block: Block) -> tuple[float, float, float, float]:
    return (
        log1p(block.chars),
        block.linked / block.chars,
        _KINDS.get(block.name, _OTHER_KIND),
        len(_STOPS.findall(block.text)),
    )


class _Page:
    """Sums over the whole page that every row needs."""

    def __init__(self, walk: Walk, said: Declared, title: str) -> None:
        blocks = walk.blocks
        self.chars = max(walk.box.chars, sum(block.chars for block in blocks), 1)
        self.prose = max(walk.box.prose, 1)
        self.links = walk.box.linked / self.chars
        self.log_chars, self.log_blocks, self.log_prose = log1p(self.chars), log1p(len(blocks)), log1p(walk.box.prose)
        self.title = folded(title)
        self.description = folded(plain(said.first("og:description", "description")))[:80]
        body = said.article.get("articleBody")
        self.body = folded(plain(body)) if isinstance(body, str) and len(body) > 200 else ""
        self.body_known = 1.0 if self.body else 0.0
        self.best = _best_box(walk)
        self.best_share = self.best.prose / self.prose
        self.chain = _chain(self.best)
        self.head = next((n for n, block in enumerate(blocks) if block.name == "h1"), -1)
        self.last = max(
            (n for n, block in enumerate(blocks) if block.chars >= 80 and block.linked * 3 < block.chars),
            default=len(blocks),
        )
        self.few = walk.box.prose < 1_000
        self.groups: dict[int, tuple[float, ...]] = {}
        self.meets: dict[int, tuple[int, int]] = {}
        self.texts: dict[str, int] = {}
        self.kinds: dict[tuple[str, str], list[int]] = {}
        for block in blocks:
            self.texts[block.text] = self.texts.get(block.text, 0) + 1
            key = (block.box.parent.kind if block.box.parent is not None else "", block.box.kind)
            sums = self.kinds.setdefault(key, [0, 0, 0])
            sums[0] += 1
            sums[1] += block.chars
            sums[2] += block.linked

    def body_has(self, block: Block) -> float:
        """Return whether the text stands in the page's JSON-LD `articleBody`."""
        if not self.body or block.chars < 12:
            return 0.0
        return 1.0 if folded(block.text[:100]) in self.body else -1.0


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


def _own(block: Block, page: _Page) -> Row:
    text, chars = block.text, block.chars
    wide = len(_WIDE.findall(text[:200])) / min(chars, 200)
    words = chars * 0.6 if wide > 0.4 else text.count(" ") + 1
    key = (block.box.parent.kind if block.box.parent is not None else "", block.box.kind)
    count, sig_chars, sig_linked = page.kinds[key]
    short = folded(text[:160]) if chars < 400 and (page.title or page.description) else ""
    return [
        log1p(chars),
        log1p(words),
        block.linked / chars,
        min(block.links, 50) / words,
        len(_STOPS.findall(text)),
        len(_COMMAS.findall(text)) / words,
        len(_DIGIT.findall(text)) / chars,
        len(_UPPER.findall(text)) / chars,
        chars / words,
        text[-1] in _ENDS,
        wide,
        bool(_DIGIT.search(text, 0, 120) and _WHEN.search(text[:120])),
        _is_legal(text),
        len(_MARKS.findall(text)) / words,
        _KINDS.get(block.name, _OTHER_KIND),
        text[0].islower(),
        block.broken,
        bool(block.link),
        page.texts[text],
        log1p(count),
        log1p(sig_chars / count),
        sig_linked / sig_chars,
        _overlap(short, page.title),
        bool(short) and short == page.title,
        bool(page.description) and short[:60] == page.description[:60] != "",
    ]


def _is_legal(text: str) -> bool:
    """Return whether a text speaks of rights or cookies; a chain of `in` is twenty times as fast as a pattern."""
    low = text.lower()
    return (
        "©" in low
        or "(c)" in low
        or "copyright" in low
        or "all rights" in low
        or "cookie" in low
        or "javascript" in low
        or "privacy" in low
        or "datenschutz" in low
        or (not low.isascii() and ("版权" in low or "版權" in low or "無断" in low))
    )


def _overlap(short: str, title: str) -> float:
    if not short or not title or len(short) < 8:
        return 0.0
    return 1.0 if short in title or title in short else 0.0


def _box_row(box: Box, page: _Page) -> tuple[float, ...]:
    """Return the columns that all blocks of one box share, and keep them in the box."""
    up1 = box.parent or box
    up2 = up1.parent or up1
    up3 = up2.parent or up2
    up4 = up3.parent or up3
    steps, meeting = _meeting(box, page)
    bits = box.all_bits
    box.row = (
        1.0 if bits & HIDDEN else 0.0,
        box.depth,
        log1p(box.chars),
        _share(box),
        log1p(box.blocks),
        box.prose / page.prose,
        _share(up1),
        log1p(up1.chars),
        up1.prose / page.prose,
        _share(up2),
        log1p(up2.chars),
        up2.prose / page.prose,
        _share(up4),
        up4.prose / page.prose,
        steps + 0.1 * meeting,
        1.0 if meeting == 0 else 0.0,
        box.articles,
        box.mains,
        box.paragraph_inside,
        *_groups(bits, page),
        *_groups(box.bits | (box.parent.bits if box.parent is not None else 0), page),
    )
    return box.row


def _meeting(box: Box, page: _Page) -> tuple[int, int]:
    """Return how far up from `box` the line of ancestors of the best box is met, and how far that is from the best box."""
    above: list[int] = []
    at: Box | None = box
    known = (0, 0)
    while at is not None:
        key = id(at)
        if key in page.meets or key in page.chain:
            known = page.meets.get(key) or (0, page.chain[key])
            break
        above.append(key)
        at = at.parent
    for steps, key in enumerate(reversed(above), 1):
        page.meets[key] = (known[0] + steps, known[1])
    return page.meets.get(id(box), known)


def _groups(bits: int, page: _Page) -> tuple[float, ...]:
    found = page.groups.get(bits)
    if found is None:
        found = page.groups[bits] = tuple(1.0 if bits & mask else 0.0 for mask in _MASKS)
    return found


_MASKS = tuple(1 << number for number in range(GROUPS))


def _share(box: Box) -> float:
    return box.linked / box.chars if box.chars else 0.0
