"""What a site's profile takes out of a page: lines that stand on many of its pages, unless they hold the article together.

A sub-headline such as "What we like" repeats as surely as a sign-up box does; what tells them apart is where they stand.
"""

from collections.abc import Callable, Sequence

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.profile import Profile, text_key

_LONG = 60
_MOST_OF_IT = 0.5
_HEADS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_ITEMS = frozenset(["li", "dd", "dt", "td", "th"])


def without_repeats(
    walk: Walk, found: Sequence[float], kept: Sequence[int], profile: Profile, *, is_sure: Callable[[], bool]
) -> list[float]:
    """Return the chances `found`, with none for what repeats on the site; `kept` are the blocks that they would keep.

    If it is not sure that the page is an article, which is asked only where that matters, only long lines before and after its
    own are taken out: on the pages of a shop what repeats is what they are about.

    Untouched where that would take half of the article: bulletins and live pages say again what other pages say, and that is
    their article.
    """
    asked = {*kept, *(at for at, chance in enumerate(found) if chance)}
    repeated = {at for at in asked if text_key(walk.blocks[at].text) in profile.texts}
    own = [at for at in kept if at not in repeated]
    chars = sum(walk.blocks[at].chars for at in kept)
    if sum(walk.blocks[at].chars for at in own) < _MOST_OF_IT * chars or not own:
        return list(found)
    if len(own) < len(kept):
        firm = _Firm(walk, own, sure=is_sure())
        following = dict(zip(kept, [*kept[1:], -1], strict=True))
        repeated -= {at for at in kept if at in repeated and firm.holds(at, following[at])}
    return [0.0 if at in repeated else chance for at, chance in enumerate(found)]


class _Firm:
    """The blocks of a page that are its own, and what they hold in place."""

    def __init__(self, walk: Walk, own: Sequence[int], *, sure: bool) -> None:
        self.sure = sure
        self.blocks = walk.blocks
        self.own = frozenset(own)
        self.first, self.last = own[0], own[-1]
        self.around = {id(_frame(walk.blocks[at])) for at in own}

    def holds(self, at: int, following: int) -> bool:
        """Return whether the repeated block `at`, before the kept block `following`, is part of the article all the same."""
        block = self.blocks[at]
        if block.name in _ITEMS:
            return id(_frame(block)) in self.around  # one item of a list of which others are the page's own
        inside = self.first < at < self.last
        if not self.sure:
            return inside or block.chars < _LONG
        if not inside or block.chars >= _LONG:
            return False
        if block.name in _HEADS:
            return following in self.own or self.blocks[following].name in (_HEADS | _ITEMS)
        return id(_frame(block)) in self.around


def _frame(block: Block) -> Box:
    """Return the box in which a block has its neighbours: of a cell the table."""
    box = block.box
    if block.name in ("td", "th"):
        while box.parent is not None and box.name != "table":
            box = box.parent
        return box
    return box.parent or box
