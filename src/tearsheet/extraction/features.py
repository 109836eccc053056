"""What is measured of each block before it is judged: its own text, its surroundings, its place in the page.

`NAMES` gives the columns in order; the model file names the ones that it was trained on, so a change here needs a new model.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from math import log1p

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.forest import Lexicon
from tearsheet.extraction.structured import Declared, plain
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import BYLINE, CAPTION, COMMENT, FOOTER, MEDIA, META, NOTE, POPUP, words_of

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = frozenset(".!?。！？…؟।”\"»」’'")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
# A heading over what readers wrote, folded (which takes the vowel signs off Hindi): "Comments (3)", "3 Comments on “Tea”".
_READERS = (
    r"(?:comments?|responses|replies|kommentare?r?|commentaires?|comentarios?|comentários?|commenti|reacties|komentarze|"
    r"komentáře|комментари(?:и|й|ев|я)|коментарі|评论|評論|留言|跟帖|コメント|댓글|yorumlar|bìnhluận|تعليقات|टपपणय)"
)
_COMMENTS = re.compile(
    rf"(?:user|reader|latest|recent|all|最新|网友|網友|精彩|热门|全部|发表|读者|讀者)?{_READERS}\d*|"
    rf"\d+(?:{_READERS}|thoughts?)(?:(?:on|to|zu|sur|su|en).*)?|"
    r"(?:leavea|posta|adda)(?:comment|reply)|jointhe(?:conversation|discussion)"
)

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

# Of what could be measured, the columns that the forest asks; without the others it is as good (see the model's card).
_BLOCK = [
    "chars",
    "words",
    "link_share",
    "ends_well",
    "kind",
    "text_repeats",
    "in_description",
]
_BOX = [
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
    "sig_count",
    "sig_chars",
    "sig_links",
    "sig_prose",
    "sig_prose_up",
    "beside_head",
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
    "after_comments",
    "body_here",
]
_NEAR = ["links_b1", "kind_b1", "links_a1", "kind_a1", "links_a2", "links_near"]
_LEARNT = ["tag_own", "tag_low", "tag_sum", "text_mean", "text_low", "text_high"]
_AROUND = (COMMENT, FOOTER, BYLINE, META)
_HERE = (COMMENT, CAPTION, MEDIA, NOTE, POPUP)
_ALL_AROUND, _ALL_HERE = sum(_AROUND), sum(_HERE)
NAMES: tuple[str, ...] = (
    *_BLOCK,
    *_BOX,
    *(f"group_{bit.bit_length() - 1}" for bit in _AROUND),
    *(f"own_{bit.bit_length() - 1}" for bit in _HERE),
    *_PLACE,
    *_NEAR,
    *_LEARNT,
)
Row = list[float]
MOST_JUDGED = 6_000
_LONGEST_BODY = 100_000  # characters; each block is looked for in it
_NOBODY = (0.0, -1.0)
DESCRIBED = 60
_NEIGHBOURS = 5
_NEAR_BLOCKS = 2 * _NEIGHBOURS + 1


def rows(walk: Walk, said: Declared, *, lexicon: Lexicon) -> list[Row | None]:
    """Return one row of `NAMES` for each block of the page, or of its first 6,000.

    A link far from any running text gets no row: on news pages that is half of the blocks, and next to none of
    them is article (measured: 0.15 % of the words).
    """
    blocks = walk.blocks[:MOST_JUDGED]
    if not blocks:
        return []
    page = _Page(walk, said, lexicon)
    near = [_NOBODY, *[(block.linked / block.chars, _KINDS.get(block.name, _OTHER_KIND)) for block in blocks]]
    near += _NOBODY, _NOBODY
    known, total = page.known, max(len(blocks) - 1, 1)
    linked, sizes = _summed([block.linked for block in blocks]), _summed([block.chars for block in blocks])
    prose_before, chars_before = 0, 0
    found: list[Row | None] = []
    for number, block in enumerate(blocks):
        box, chars, running = block.box, block.chars, _running(block)
        if block.linked * 5 > chars * 4 and _is_far(block, page):
            found.append(None)
        else:
            around = known[box.number] or page.around(box)
            after_head = number - page.head
            found.append(
                [
                    *_own(block, page, near[number + 1]),
                    *(around.row or _box_row(box, around, page)),
                    number / total,
                    chars_before / page.chars,
                    400.0 if after_head > 400 else float(after_head) if after_head > -40 else -40.0,
                    float(page.last - number),
                    page.log_chars,
                    page.log_blocks,
                    page.links,
                    page.log_prose,
                    page.best_share,
                    prose_before / page.prose,
                    (page.prose - prose_before - running) / page.prose,
                    1.0 if number > page.comments else 0.0,
                    page.body_has(block) if page.body else 0.0,
                    *near[number],
                    *near[number + 2],
                    near[number + 3][0],
                    (linked[number + _NEAR_BLOCKS] - linked[number]) / (sizes[number + _NEAR_BLOCKS] - sizes[number]),
                    *around.tilt,
                    *text_tilt(text_words(block.text), lexicon.texts),
                ]
            )
        prose_before += running
        chars_before += chars
    return found


def own_tilt(words: Sequence[str], tags: Mapping[str, float]) -> float:
    """Return the leaning of one element: of the words in its names, the one that says most for the article and the one that
    says most against it.
    """
    known = [tags[word] for word in words if word in tags]
    return max(known) + min(known) if known else 0.0


def text_words(text: str) -> list[str]:
    """Return the first words of a text, for the lexicon."""
    start = text[:90]
    if start.isascii():
        return start.encode().translate(_ASCII_LETTERS).decode().split(None, 10)[:10]
    found: list[str] = []
    for word in start.lower().split():
        found += (word,) if word.isalpha() else _LETTERS.findall(word)
        if len(found) >= 10:
            break
    return found[:10]


def text_tilt(words: Sequence[str], texts: Mapping[str, float]) -> tuple[float, float, float]:
    """Return the mean, lowest and highest leaning of a text's first words."""
    known = [lean for word in words if (lean := texts.get(word)) is not None]
    return (sum(known) / len(words), min(known), max(known)) if known else _FLAT


_FLAT = (0.0, 0.0, 0.0)
_LETTERS = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS = bytes(ord(chr(code).lower()) if chr(code).isalpha() else 32 for code in range(128)) + bytes(128)


def _is_far(block: Block, page: "_Page") -> bool:
    """Return whether a link stands far from any running text."""
    if page.few:
        return False
    box = block.box
    for _ in range(4):
        if box.parent is None:
            break
        box = box.parent
    return box.prose == 0


class _Around:
    """What stands around a box, itself included, and what the names on all that say."""

    __slots__ = (
        "above",
        "articles",
        "beside",
        "log_chars",
        "mains",
        "meeting",
        "paragraphs",
        "prose",
        "row",
        "share",
        "steps",
        "tilt",
    )

    def __init__(self, box: Box, above: "_Around | None", page: "_Page") -> None:
        page.known[box.number] = self
        self.above = above
        if above is None:
            self.articles = self.mains = self.paragraphs = 0.0
            self.tilt = _FLAT
            self.steps = self.meeting = 0
            self.beside = -1.0
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
        own, (_, low, total) = page.tilt_of(box), above.tilt
        self.tilt = (own, own if own < low else low, total + own)
        # The share of the prose in the smallest element that holds both this box and the main heading.
        self.beside = self.prose if box.number in page.heading else above.beside
        # How far up the line of ancestors of the best box is met, and how far that is from the best box.
        met = page.chain.get(box.number)
        if met is None:
            self.steps, self.meeting = above.steps + 1, above.meeting
        else:
            self.steps, self.meeting = 0, met


class _Page:
    """Sums over the whole page that every row needs."""

    def __init__(self, walk: Walk, said: Declared, lexicon: Lexicon) -> None:
        blocks = walk.blocks
        self.tags = lexicon.tags
        self.tilts: dict[str, float] = {}
        self.chars = max(walk.box.chars, sum([block.chars for block in blocks]), 1)
        self.prose = max(walk.box.prose, 1)
        self.links = walk.box.linked / self.chars
        self.log_chars, self.log_blocks, self.log_prose = log1p(self.chars), log1p(len(blocks)), log1p(walk.box.prose)
        self.description = described(said)
        body = said.article.get("articleBody")
        self.body = folded(plain(body)) if isinstance(body, str) and 200 < len(body) <= _LONGEST_BODY else ""
        self.comments = comments_from(blocks)
        best = _best_box(blocks[: self.comments]) or _best_box(blocks) or walk.box
        self.best_share = best.prose / self.prose
        self.chain = _chain(best)
        self.head = headline(blocks)
        self.heading = _chain(blocks[self.head].box) if self.head >= 0 else {}
        self.last = len(blocks)
        for number in range(len(blocks) - 1, -1, -1):
            if blocks[number].chars >= 80 and blocks[number].linked * 3 < blocks[number].chars:
                self.last = number
                break
        self.few = walk.box.prose < 1_000
        self.known: list[_Around | None] = [None] * len(walk.boxes)
        self.texts = Counter([block.text for block in blocks])
        self.kinds, self.wholes = _alike(blocks, self.prose)

    def around(self, box: Box) -> _Around:
        """Return what stands around a box that was not yet asked for; what stands around those around it is known then."""
        waiting = [box]
        parent = box.parent
        while parent is not None and self.known[parent.number] is None:
            waiting.append(parent)
            parent = parent.parent
        around = _Around(waiting.pop(), self.known[parent.number] if parent is not None else None, self)
        while waiting:
            around = _Around(waiting.pop(), around, self)
        return around

    def tilt_of(self, box: Box) -> float:
        """Return the leaning of one element; those with the same tag have the same."""
        found = self.tilts.get(box.tag)
        if found is None:
            found = self.tilts[box.tag] = own_tilt(words_of(box.names), self.tags)
        return found

    def body_has(self, block: Block) -> float:
        """Return whether the text stands in the page's JSON-LD `articleBody`."""
        if block.chars < 12:
            return 0.0
        return 1.0 if folded(block.text[:100]) in self.body else -1.0


def _running(block: Block) -> int:
    """Return the characters of a block that is running text, else none."""
    return block.chars if block.chars > 80 and block.linked * 20 < block.chars * 7 else 0


def _alike(blocks: Sequence[Block], prose: int) -> tuple[dict[tuple[str, str], Row], Counter[tuple[str, str, str]]]:
    """Return for each kind of box how many blocks are in such, how long, how linked, and their share of the running text;
    and the characters of running text for each kind in boxes of one kind.
    """
    sums: dict[tuple[str, str], list[int]] = {}
    wholes: Counter[tuple[str, str, str]] = Counter()
    for block in blocks:
        of_kind = sums.setdefault(block.box.kinds(), [0, 0, 0, 0])
        of_kind[0] += 1
        of_kind[1] += block.chars
        of_kind[2] += block.linked
        if running := _running(block):
            of_kind[3] += running
            wholes[_more_kinds(block.box)] += running
    kinds = {
        kind: [log1p(count), log1p(chars / count), linked / chars, running / prose]
        for kind, (count, chars, linked, running) in sums.items()
    }
    return kinds, wholes


def _more_kinds(box: Box) -> tuple[str, str, str]:
    """Return the kinds of the two boxes around a box and its own."""
    around = box.parent.parent if box.parent is not None else None
    return around.kind if around is not None else "", *box.kinds()


def _summed(counts: list[int]) -> list[int]:
    """Return sums of which two, `_NEAR_BLOCKS` apart, tell that of a block and of its neighbours on both sides."""
    sums = [0, *accumulate(counts)]
    return [*[0] * _NEIGHBOURS, *sums, *[sums[-1]] * _NEIGHBOURS]


def described(said: Declared) -> str:
    """Return the first letters and digits, folded, of what a page says that it is about."""
    return folded(plain(said.first("og:description", "description")))[:DESCRIBED]


def headline(blocks: Sequence[Block]) -> int:
    """Return the number of the first main heading; -1 if there is none."""
    return next((number for number, block in enumerate(blocks) if block.name == "h1"), -1)


def comments_from(blocks: Sequence[Block]) -> int:
    """Return the number of the block that heads what readers wrote; that of blocks if none does."""
    for number, block in enumerate(blocks):
        if block.name in _HEADINGS and block.chars < 200 and _COMMENTS.fullmatch(folded(block.text)):
            return number
    return len(blocks)


def _best_box(blocks: Sequence[Block]) -> Box | None:
    """Return the box whose own children hold most running text of `blocks`; what is a level deeper counts half."""
    scores: dict[int, float] = {}
    best, best_score = None, -1.0
    for block in blocks:
        if block.chars < 60 or block.linked * 3 > block.chars:
            continue
        box: Box | None = block.box
        share = float(block.chars)
        for _ in range(5):
            if box is None:
                break
            key = box.number
            score = scores[key] = scores.get(key, 0.0) + share
            if score > best_score:
                best, best_score = box, score
            box = box.parent
            share *= 0.7 if box is not None and box.name in ("p", "span", "li") else 0.5
    if best is not None and best.name in ("p", "li") and best.parent is not None:
        best = best.parent
    return best


def _chain(box: Box | None) -> dict[int, int]:
    steps: dict[int, int] = {}
    while box is not None:
        steps[box.number] = len(steps)
        box = box.parent
    return steps


def _own(block: Block, page: _Page, here: tuple[float, float]) -> tuple[float, ...]:
    text, chars = block.text, block.chars
    links, kind = here
    is_wide = not text.isascii() and _is_wide(text[:200])
    return (
        log1p(chars),
        log1p(chars * 0.6 if is_wide else text.count(" ") + 1.0),
        links,
        1.0 if text[-1] in _ENDS else 0.0,
        kind,
        float(page.texts[text]),
        1.0 if page.description and chars < 400 and _begins(text, page.description) else 0.0,
    )


def _begins(text: str, words: str) -> bool:
    """Return whether the folded `words` are what a text begins with; nearly always its first letter tells."""
    if text[:2].isascii() and text[0].isalnum() and text[0].lower() != words[0]:
        return False
    return folded(text[:160])[:DESCRIBED] == words


def _is_wide(text: str) -> bool:
    """Return whether a text is Chinese, Japanese or Korean, whose characters have three bytes each."""
    size = len(text)
    return len(text.encode()) > 1.8 * size and len(_WIDE.findall(text)) > 0.4 * size


def _box_row(box: Box, around: _Around, page: _Page) -> tuple[float, ...]:
    """Return the columns that all blocks of one box share, and keep them."""
    one = around.above or around
    two = one.above or one
    three = two.above or two
    four = three.above or three
    kinds = box.kinds()
    here = box.bits | (box.parent.bits if box.parent is not None else 0)
    around.row = (
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
        *page.kinds[kinds],
        page.wholes[_more_kinds(box)] / page.prose,
        around.beside,
        *_flags(box.all_bits & _ALL_AROUND, _AROUND),
        *_flags(here & _ALL_HERE, _HERE),
    )
    return around.row


@cache
def _flags(bits: int, masks: tuple[int, ...]) -> tuple[float, ...]:
    return tuple([1.0 if bits & mask else 0.0 for mask in masks])
