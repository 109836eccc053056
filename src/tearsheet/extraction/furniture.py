"""What is never an article's, however much it reads like one: labels, sign-up boxes, teasers of other pages."""

import re
from collections import Counter
from collections.abc import Mapping

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.titles import folded
from tearsheet.extraction.words import ADVERT, ARTICLE, BODY, BYLINE, NAV, RELATED, SHARE, SIGNUP

_SURE = 0.97
_LABEL = re.compile(
    r"(?i)\W*(?:advertisements?|sponsored|anzeige|werbung|publicité|publicidad|pubblicità|advertentie|"
    r"annons|annonse|reklama?|реклама|广告|廣告|広告|광고|إعلان|"
    r"article continues (?:after|below).{0,30}|story continues below.{0,30}|read (?:more|also|next)|share this|share|"
    r"(?:loading|wird geladen|chargement|cargando|carregando|caricamento|laden|laddar|загрузка|加载中|"
    r"載入中|読み込み中|불러오는 중)"
    r"\W*(?:\.{3}|…)\W*|"
    r"(?:©.{0,120}(?:19|20)\d\d|(?:copyright|\(c\))\W*(?:©\W*|\(c\)\W*)?(?:19|20)\d\d).{0,120})\W*"
)
_COUNTER = re.compile(
    r"(?i)(?:\W*[\d.,]+\s?[km万]?\s?(?:shares?|comments?|views?|likes?|reads?|kommentare?|aufrufe|commentaires?|comentarios?|"
    r"commenti|reacties|комментари\w+|просмотр\w+|评论|阅读|浏览|点赞|コメント|댓글))+\W*"
)
_BY = re.compile(r"(?i)(?:by|von|par|por|door|av|af|di|de)\b|作者|记者|記者|文[/／]")
_LINE_CHARS = 80
# Only names that mean other pages and nothing else: "more" and "next" stand on articles too.
_OTHERS = re.compile(
    r"relat|recommend|recirc|teaser|outbrain|taboola|read-?(?:more|also|next)|side-?bar|most-?(?:read|popular)|trending|"
    r"xiangguan|tuijian"
)
_DEPTH = 4
_LINE_BYTES = 12  # bytes, because a Chinese character says more

Cards = Mapping[tuple[int, str], bool]
"""Rows of like boxes by what they stand in and their kind, each with whether it is named for other pages."""


def is_furniture(block: Block, chance: float) -> bool:
    """Return whether a short line is none of the article's, whatever stands around it: an advert's label, a sign-up box."""
    if block.chars > 240:
        return False
    if (
        block.name in ("title", "head")
        or is_lost_caption(block)
        or _LABEL.fullmatch(block.text)
        or _COUNTER.fullmatch(block.text)
    ):
        return True
    box = block.box
    if block.chars < _LINE_CHARS and (box.bits | block.bits) & BYLINE and _BY.match(block.text):
        return True
    own = box.bits | (box.parent.bits if box.parent is not None and box.parent.blocks <= 4 else 0)
    # The word "newsletter" holds "news", so that a sign-up box counts as article too.
    if own & BODY or (own & ARTICLE and not own & SIGNUP):
        return False
    if (
        own & (RELATED | SHARE | NAV) or box.name in ("aside", "nav", "footer")
    ) and block.linked * 10 >= block.chars * 9:
        return True
    return bool(own & SIGNUP) or (bool(own & ADVERT) and chance < _SURE)


def is_lost_caption(block: Block) -> bool:
    """Return whether a block is all the text of a figure and its caption: what it captions is no text."""
    around = block.box.parent
    return block.name == "figcaption" and around is not None and around.name == "figure" and around.blocks == 1


def cards_of(walk: Walk) -> Cards:
    """Return the rows of two or more like boxes that hold a line that is all link each."""
    boxes: dict[int, Box] = {}
    for block in walk.blocks:
        chars = block.chars
        if block.linked * 10 < chars * 9 or (chars < _LINE_BYTES and len(block.text.encode()) < _LINE_BYTES):
            continue
        box: Box | None = block.box
        for _ in range(_DEPTH):
            if box is None or box.parent is None or id(box) in boxes:
                break
            boxes[id(box)] = box
            box = box.parent
    counts = Counter([(id(box.parent), box.kind) for box in boxes.values()])
    rows = {id(box.parent): box.parent for box in boxes.values() if counts[id(box.parent), box.kind] >= 2}
    named = {key: box is not None and _is_named_for_others(box) for key, box in rows.items()}
    return {key: named[key[0]] for key, count in counts.items() if count >= 2}


def _is_named_for_others(row: Box) -> bool:
    return any(box.name == "aside" or _OTHERS.search(box.tag.lower()) for box in (row, row.parent or row))


def next_articles(walk: Walk, title: str) -> tuple[Box, ...]:
    """Return the `<article>` elements that are other articles, as pages without an end load them below the own one.

    They have a main heading of their own, and so has the one that the page is about.
    """
    if sum(box.name == "article" for box in walk.boxes) < 2:
        return ()
    heads = [(block, block.box.nearest("article")) for block in walk.blocks if block.name == "h1"]
    key = folded(title)
    own = next((box for block, box in heads if box is not None and folded(block.text) == key), None)
    if own is None:
        return ()
    others = {id(box): box for _, box in heads if box is not None and box is not own}
    return tuple(box for box in others.values() if not _is_around(box, own) and not _is_around(own, box))


def _is_around(outer: Box, inner: Box) -> bool:
    return outer.start <= inner.start < outer.end


def is_teaser(block: Block, cards: Cards) -> bool:
    """Return whether a block is another page's teaser: one of several like boxes with a linked line, in an `aside` or in a
    row named for other pages.

    The words of a teaser change with every capture, so they are not asked.
    """
    at: Box | None = block.box
    for _ in range(_DEPTH):
        if at is None or at.parent is None:
            return False
        named = cards.get((id(at.parent), at.kind))
        if named is not None:
            return named and at.linked > 0
        at = at.parent
    return False
