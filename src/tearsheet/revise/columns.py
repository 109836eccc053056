"""Two wordings side by side: which paragraph became which, for the two-column page of an edit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tearsheet import terms
from tearsheet.model import Clipping
from tearsheet.revise.difference import Change, diff, matches
from tearsheet.revise.wording import Block, blocks_of, is_noise, picture_key, skeleton

_ALIKE = 0.4  # share of common terms above which two paragraphs are one that was changed
_MAX_PAIRS = 900
_MAX_COMPARED = 20_000  # characters of a paragraph, for telling whether it is alike another
_MIN_MOVED = 20  # characters: shorter lines repeat by chance


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One row of the two columns.

    `op` is `=` unchanged, `~` changed (`changes` says where), `-` removed, `+` added, `<` moved away, `>` moved to here.
    A changed picture with a caption that was kept is `~` too.
    `trivial` rows differ only in typography, counters, related links or the encoding of a picture.
    """

    op: str
    old: Block | None
    new: Block | None
    changes: tuple[Change, ...] = ()
    trivial: bool = False


def blocks(old: Clipping, new: Clipping) -> tuple[BlockChange, ...]:
    """Return the rows in which the paragraphs of `old` and `new` stand side by side, in reading order.

    The old blocks of the rows, in order, are those of `old`; the new ones those of `new`.
    """
    before, after = blocks_of(old), blocks_of(new)
    return tuple(_with_moves(list(_rows(before, after))))


def _rows(before: Sequence[Block], after: Sequence[Block]) -> Iterator[BlockChange]:
    at_a = at_b = 0
    for start_a, start_b, size in [*matches(_keys(before), _keys(after)), (len(before), len(after), 0)]:
        yield from _gap(before[at_a:start_a], after[at_b:start_b])
        yield from (BlockChange("=", before[start_a + n], after[start_b + n]) for n in range(size))
        at_a, at_b = start_a + size, start_b + size


def _keys(found: Sequence[Block]) -> list[str]:
    return [f"{picture_key(block.picture) if block.picture else ''}\x00{block.text}" for block in found]


def _gap(before: Sequence[Block], after: Sequence[Block]) -> Iterator[BlockChange]:
    """Yield the rows of a stretch in which no paragraph is the same."""
    at_a = at_b = 0
    for a, b in [*_pairs(before, after), (len(before), len(after))]:
        yield from (BlockChange("-", block, None, trivial=is_noise(block)) for block in before[at_a:a])
        yield from (BlockChange("+", None, block, trivial=is_noise(block)) for block in after[at_b:b])
        if a < len(before) and b < len(after):
            yield _changed(before[a], after[b])
        at_a, at_b = a + 1, b + 1


def _changed(old: Block, new: Block) -> BlockChange:
    same_words = skeleton(old.text) == skeleton(new.text) or (is_noise(old) and is_noise(new))
    trivial = same_words and picture_key(old.picture) == picture_key(new.picture)
    return BlockChange("~", old, new, diff(old.text, new.text), trivial)


def _pairs(before: Sequence[Block], after: Sequence[Block]) -> list[tuple[int, int]]:
    """Return which old block became which new one: the order-keeping pairing with the most in common."""
    if not before or not after:
        return []
    if len(before) * len(after) > _MAX_PAIRS:
        return _pairs_nearby(before, after)
    likeness = _likeness(before, after)
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for a in range(len(before) - 1, -1, -1):
        for b in range(len(after) - 1, -1, -1):
            best[a][b] = max(best[a + 1][b], best[a][b + 1], best[a + 1][b + 1] + likeness[a][b])
    pairs = []
    a = b = 0
    while a < len(before) and b < len(after):
        if likeness[a][b] and best[a][b] == best[a + 1][b + 1] + likeness[a][b]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _pairs_nearby(before: Sequence[Block], after: Sequence[Block]) -> list[tuple[int, int]]:
    """Return pairs within a window that moves on, where comparing all with all would cost too much."""
    window = 8
    pairs: list[tuple[int, int]] = []
    low = 0
    for a, block in enumerate(before):
        high = min(len(after), low + window)
        row = _likeness([block], after[low:high])[0]
        best = max(row, default=0.0)
        if best:
            low += row.index(best) + 1
            pairs.append((a, low - 1))
    return pairs


def _likeness(before: Sequence[Block], after: Sequence[Block]) -> list[list[float]]:
    old, new = [_bag(block) for block in before], [_bag(block) for block in after]
    return [
        [_alike(a, b, old_bag, new_bag) for b, new_bag in zip(after, new, strict=True)]
        for a, old_bag in zip(before, old, strict=True)
    ]


def _bag(block: Block) -> Counter[str]:
    return Counter(terms.terms(block.text[:_MAX_COMPARED]))


def _alike(old: Block, new: Block, old_bag: Counter[str], new_bag: Counter[str]) -> float:
    """Return how alike two blocks are, 0 if they are not one block changed."""
    if bool(old.picture) != bool(new.picture):
        return 0.0
    if old.picture and picture_key(old.picture) == picture_key(new.picture):
        return 1.0
    size = old_bag.total() + new_bag.total()
    share = 2 * (old_bag & new_bag).total() / size if size else 0.0
    return share if share >= _ALIKE else 0.0


def _with_moves(rows: list[BlockChange]) -> Iterator[BlockChange]:
    """Mark what was removed in one place and added in another as moved, each removal with one addition."""
    away = Counter(row.old.text for row in rows if row.op == "-" and row.old and len(row.old.text) >= _MIN_MOVED)
    come = Counter(row.new.text for row in rows if row.op == "+" and row.new and len(row.new.text) >= _MIN_MOVED)
    moved = {"-": away & come, "+": away & come}
    for row in rows:
        block = row.old if row.op == "-" else row.new
        if row.op in moved and block and moved[row.op][block.text] > 0:
            moved[row.op][block.text] -= 1
            yield replace(row, op="<" if row.op == "-" else ">")
        else:
            yield row
