"""Which blocks of a page are its article."""

import re

from tearsheet.extraction import features
from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.forest import forest, lexicon
from tearsheet.extraction.structured import Declared
from tearsheet.extraction.words import ADVERT, ARTICLE, BODY, NAV, RELATED, SHARE, SIGNUP

KEPT_FROM = 0.5
_RESCUED_FROM = 0.15
_LITTLE = 140


def chances(walk: Walk, said: Declared, title: str) -> list[float]:
    """Return for each block how likely it is part of the article; 0 for links far from any running text."""
    rows = features.rows(walk, said, title, lexicon=lexicon())
    judged = [(at, row) for at, row in enumerate(rows) if row is not None]
    found = [0.0] * len(walk.blocks)
    for (at, _), chance in zip(judged, forest("first")([row for _, row in judged]), strict=True):
        found[at] = chance
    return found


def chosen(walk: Walk, found: list[float]) -> list[int]:
    """Return the numbers of the blocks to keep; on a page where that is next to nothing, the best of the doubtful ones too."""
    kept = [at for at, chance in enumerate(found) if chance > KEPT_FROM and not _is_furniture(walk.blocks[at], chance)]
    if sum(walk.blocks[at].chars for at in kept) >= _LITTLE or not found:
        return kept
    top = max(found)
    more = [
        at
        for at, chance in enumerate(found)
        if chance > max(_RESCUED_FROM, top / 3) and _is_running_text(walk.blocks[at])
    ]
    if more:
        return sorted({*kept, *more})
    return kept or [at for at, block in enumerate(walk.blocks) if _is_running_text(block) and block.chars >= _LITTLE]


def _is_furniture(block: Block, chance: float) -> bool:
    """Return whether a short line is none of the article's, whatever stands around it: an advert's label, a sign-up box."""
    if block.chars > 240:
        return False
    if block.name in ("title", "head") or _LABEL.fullmatch(block.text):
        return True
    box = block.box
    own = box.bits | (box.parent.bits if box.parent is not None and box.parent.blocks <= 4 else 0)
    # The word "newsletter" holds "news", so that a sign-up box counts as article too.
    if own & BODY or (own & ARTICLE and not own & SIGNUP):
        return False
    if (
        own & (RELATED | SHARE | NAV) or box.name in ("aside", "nav", "footer")
    ) and block.linked * 10 >= block.chars * 9:
        return True
    return bool(own & SIGNUP) or (bool(own & ADVERT) and chance < _SURE)


_SURE = 0.97
_LABEL = re.compile(
    r"(?i)\W*(?:advertisements?|sponsored|anzeige|werbung|publicité|publicidad|pubblicità|advertentie|"
    r"annons|annonse|reklama?|реклама|广告|廣告|広告|광고|إعلان|"
    r"article continues (?:after|below).{0,30}|story continues below.{0,30}|read (?:more|also|next)|share this|share)\W*"
)


def _is_running_text(block: Block) -> bool:
    return block.chars >= 25 and block.linked * 2 < block.chars
