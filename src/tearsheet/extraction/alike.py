"""What stands in boxes of one kind and is judged together: much doubtful prose stays, a row of teasers below the article goes."""

from collections.abc import Sequence
from math import sqrt

from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.furniture import Cards, card_of, is_furniture, sort_of
from tearsheet.extraction.words import COMMENT

_PARAGRAPH, _LINE = 80, 60
_IN_LISTS = frozenset(("li", "p", "div", "span"))
# Measured on 877 pages of the benchmark: with a mean from .2 to .35 and a share from .3 to 1.2, pages of two to five domains are
# cut better, and of one at most worse.
_MEAN_FROM, _SHARE, _MANY, _BESIDE_FROM = 0.25, 0.3, 4, 0.2
_LIST_FROM, _LIST_WITHIN = 0.2, 5
_SURE, _LONGEST_TEASER, _MOST_OF_ROW = 0.9, 1_200, 0.8


def doubtful(walk: Walk, doubts: Sequence[float], kept: Sequence[int]) -> list[int]:
    """Return the further blocks to keep of a page whose prose stands in many doubtful boxes of one kind.

    `doubts` are the chances of the blocks that were doubted, 0 of all others. Guides that rank products and lists that say a
    paragraph of each thing look like teasers to the forest; where those paragraphs are as long as a third of what was
    kept, and at a quarter in the mean, more is lost without them.
    """
    blocks = walk.blocks
    seen = {blocks[at].text for at in kept}
    kinds: dict[tuple[str, str], list[int]] = {}
    for at, chance in enumerate(doubts):
        if chance and _is_prose(blocks[at], _PARAGRAPH) and blocks[at].text not in seen:
            seen.add(blocks[at].text)
            kinds.setdefault(blocks[at].box.kinds(), []).append(at)
    least = _SHARE * sum([blocks[at].size for at in kept if blocks[at].size >= _PARAGRAPH])
    found = {at for numbers in kinds.values() if _weighs(walk, doubts, numbers, least) for at in numbers}
    if not found:
        return []
    beside = range(min(found), max(found) + 1)
    return [at for at in beside if doubts[at] > _BESIDE_FROM and _is_line(blocks[at], doubts[at])]


def mean(walk: Walk, numbers: Sequence[int], chances: Sequence[float]) -> float:
    """Return the mean of the `chances` of the blocks `numbers`, each weighed by the root of its size."""
    weights = [sqrt(walk.blocks[at].size) for at in numbers]
    total = sum([chance * weight for chance, weight in zip(chances, weights, strict=True)], 0.0)
    return total / sum(weights, 0.0)


def _weighs(walk: Walk, doubts: Sequence[float], numbers: Sequence[int], least: float) -> bool:
    if len(numbers) < _MANY or sum([walk.blocks[at].size for at in numbers]) <= least:
        return False
    return mean(walk, numbers, [doubts[at] for at in numbers]) > _MEAN_FROM


def _is_prose(block: Block, least: int) -> bool:
    return block.size >= least and block.linked * 3 < block.chars and not block.box.all_bits & COMMENT


def _is_line(block: Block, chance: float) -> bool:
    return block.linked * 2 < block.chars and not is_furniture(block, chance)


def with_whole_lists(walk: Walk, doubts: Sequence[float], kept: Sequence[int]) -> list[int]:
    """Return `kept` with the whole of each little doubted list after a kept line: half a list says something else.

    Measured on 877 pages of the benchmark: 38 domains are cut better, 22 worse.
    """
    held = set(kept)
    for at in kept:
        items = _items_after(walk, at)
        doubted = [item for item in items if item not in held]
        if doubted and _is_likely(walk, doubts, items, held):
            held.update(item for item in doubted if doubts[item] and not is_furniture(walk.blocks[item], 0.0))
    return sorted(held)


def _items_after(walk: Walk, at: int) -> range:
    """Return the blocks of the list that begins right after a block; few lists are told from none by their first item."""
    first = at + 1
    if first >= len(walk.blocks) or walk.blocks[first].name not in _IN_LISTS:
        return range(0)
    around = walk.blocks[first].box.around(_LIST_WITHIN)
    box = next((box for box in around if box.name in ("ul", "ol")), None)
    if box is None or walk.blocks[at].start >= box.start:
        return range(0)
    end = next((n for n in range(first, len(walk.blocks)) if walk.blocks[n].start >= box.end), len(walk.blocks))
    return range(first, end) if box.linked * 2 <= box.chars else range(0)


def _is_likely(walk: Walk, doubts: Sequence[float], items: Sequence[int], held: set[int]) -> bool:
    return len(items) > 1 and mean(walk, items, [1.0 if at in held else doubts[at] for at in items]) > _LIST_FROM


def without_teasers_below(walk: Walk, found: Sequence[float], kept: list[int], cards: Cards) -> list[int]:
    """Return `kept` without rows of like boxes with a linked line and a paragraph each that stand below the article.

    Below its last sure paragraph, that is, and on a page that holds at least as much of such.
    """
    rows = [row for row in _rows(walk, kept, cards) if _is_row_of_teasers(walk, row)]
    held = {at for row in rows for numbers in row.values() for at in numbers}
    sure = [at for at in kept if found[at] > _SURE and at not in held and walk.blocks[at].size >= _PARAGRAPH]
    if not held or not sure:
        return kept
    own = [walk.blocks[at].size for at in kept if at not in held and at <= sure[-1]]
    enough, gone = sum(own), set[int]()
    for row in rows:
        numbers = [at for some in row.values() for at in some]
        if min(numbers) > sure[-1] and sum([walk.blocks[at].size for at in numbers]) <= enough:
            gone.update(numbers)
    return [at for at in kept if at not in gone]


def _rows(walk: Walk, kept: Sequence[int], cards: Cards) -> list[dict[Box, list[int]]]:
    """Return the kept blocks that stand in rows of like boxes, by row and by box."""
    rows: dict[tuple[int, str], dict[Box, list[int]]] = {}
    for at in kept if cards else ():
        card = card_of(walk.blocks[at], cards)
        if card is not None:
            rows.setdefault((id(card.parent), sort_of(card.kind)), {}).setdefault(card, []).append(at)
    return list(rows.values())


def _is_row_of_teasers(walk: Walk, row: dict[Box, list[int]]) -> bool:
    paragraphs = [sum(_is_prose(walk.blocks[at], _LINE) for at in numbers) for numbers in row.values()]
    return (
        len(row) >= 2
        and max(paragraphs) == 1
        and sum(paragraphs) >= _MOST_OF_ROW * len(row)
        and all(box.chars <= _LONGEST_TEASER and box.linked for box in row)
    )
