"""What changed between two texts, in pieces that a reader takes in; near-linear in their length, whatever they are.

Runs of pieces that occur once in both texts are anchors (patience diff); only what lies between anchors and is small is compared
by brute force. A text made of one repeated word cannot cost quadratic time.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tearsheet import terms

_RUN_LENGTHS = (16, 6, 3, 1, 1)
_MAX_CELLS = 40_000  # of one comparison by brute force: about 5 ms
_MAX_CELLS_IN_ALL = 1_000_000
_MAX_ISLAND_WORDS = 3
_MAX_ISLAND_CHARACTERS = 6
_WORD = re.compile(r"\w")
_UNSPACED = re.compile(f"[{terms.UNSPACED}]")

Match = tuple[int, int, int]
"""Where a common run starts in the first sequence and in the second, and its length."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text: `=` stands in both, `-` only in the old, `+` only in the new."""

    op: str
    text: str


def diff(old: str, new: str) -> tuple[Change, ...]:
    """Return how `old` becomes `new`: words are compared whole, Chinese, Japanese and Thai by the character.

    All `=` and `-` put together are `old`, all `=` and `+` are `new`. A `-` stands before the `+` that replaces it. Short
    unchanged islands between changes are drawn into them, so that one reads phrases and not confetti.
    """
    a, b = terms.words(old), terms.words(new)
    return tuple(_changes(_without_islands(_stretches(a, b, matches(a, b)))))


def matches(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """Return the runs that `a` and `b` have in common, in order and not overlapping; equal neighbours are joined."""
    return _joined(_Comparison(a, b).between(0, len(a), 0, len(b), 0))


class _Comparison:
    """Two sequences and what may still be spent on comparing them by brute force."""

    def __init__(self, a: Sequence[str], b: Sequence[str]) -> None:
        self.a = a
        self.b = b
        self.cells = _MAX_CELLS_IN_ALL

    def between(self, low_a: int, high_a: int, low_b: int, high_b: int, depth: int) -> Iterator[Match]:
        """Yield the common runs of a[low_a:high_a] and b[low_b:high_b]."""
        head = self._common(low_a, high_a, low_b, high_b, step=1)
        if head:
            yield low_a, low_b, head
        low_a, low_b = low_a + head, low_b + head
        tail = self._common(low_a, high_a, low_b, high_b, step=-1)
        high_a, high_b = high_a - tail, high_b - tail
        if low_a < high_a and low_b < high_b:
            yield from self._middle((low_a, high_a, low_b, high_b), depth)
        if tail:
            yield high_a, high_b, tail

    def _common(self, low_a: int, high_a: int, low_b: int, high_b: int, *, step: int) -> int:
        room = min(high_a - low_a, high_b - low_b)
        at_a, at_b = (low_a, low_b) if step > 0 else (high_a - 1, high_b - 1)
        count = 0
        while count < room and self.a[at_a] == self.b[at_b]:
            count, at_a, at_b = count + 1, at_a + step, at_b + step
        return count

    def _middle(self, span: tuple[int, int, int, int], depth: int) -> Iterator[Match]:
        low_a, high_a, low_b, high_b = span
        cells = (high_a - low_a) * (high_b - low_b)
        if cells <= min(_MAX_CELLS, self.cells) and (cells <= 400 or depth == len(_RUN_LENGTHS)):
            self.cells -= cells
            yield from self._by_force(span)
        elif depth < len(_RUN_LENGTHS):
            yield from self._by_anchors(span, depth)

    def _by_anchors(self, span: tuple[int, int, int, int], depth: int) -> Iterator[Match]:
        at_a, high_a, at_b, high_b = span
        for anchor_a, anchor_b in self._anchors(span, _RUN_LENGTHS[depth]):
            if anchor_a >= at_a and anchor_b >= at_b:
                yield from self.between(at_a, anchor_a, at_b, anchor_b, depth + 1)
                size = self._common(anchor_a, high_a, anchor_b, high_b, step=1)
                yield anchor_a, anchor_b, size
                at_a, at_b = anchor_a + size, anchor_b + size
        yield from self.between(at_a, high_a, at_b, high_b, depth + 1)

    def _anchors(self, span: tuple[int, int, int, int], size: int) -> list[tuple[int, int]]:
        low_a, high_a, low_b, high_b = span
        in_a, in_b = _once(self.a, low_a, high_a, size), _once(self.b, low_b, high_b, size)
        pairs = [(at, in_b[key]) for key, at in in_a.items() if at >= 0 and in_b.get(key, -1) >= 0]
        return _longest_rising(sorted(pairs))

    def _by_force(self, span: tuple[int, int, int, int]) -> Iterator[Match]:
        low_a, high_a, low_b, high_b = span
        a, b = self.a[low_a:high_a], self.b[low_b:high_b]
        width = len(b) + 1
        rows = [[0] * width]
        for piece in reversed(a):
            below, row = rows[-1], [0] * width
            for at in range(len(b) - 1, -1, -1):
                row[at] = below[at + 1] + 1 if piece == b[at] else max(below[at], row[at + 1])
            rows.append(row)
        rows.reverse()
        at_a = at_b = 0
        while at_a < len(a) and at_b < len(b):
            if a[at_a] == b[at_b]:
                yield low_a + at_a, low_b + at_b, 1
                at_a, at_b = at_a + 1, at_b + 1
            elif rows[at_a + 1][at_b] >= rows[at_a][at_b + 1]:
                at_a += 1
            else:
                at_b += 1


def _once(pieces: Sequence[str], low: int, high: int, size: int) -> dict[str | tuple[str, ...], int]:
    """Return where each run of `size` pieces stands that occurs once; -1 for those that occur again."""
    found: dict[str | tuple[str, ...], int] = {}
    for at in range(low, high - size + 1):
        key = pieces[at] if size == 1 else tuple(pieces[at : at + size])
        found[key] = -1 if key in found else at
    return found


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of `pairs` (sorted by the first number) in which the second number rises too."""
    ends: list[int] = []
    holders: list[int] = []
    before = [-1] * len(pairs)
    for number, (_, value) in enumerate(pairs):
        rank = bisect_left(ends, value)
        before[number] = holders[rank - 1] if rank else -1
        ends[rank : rank + 1] = [value]
        holders[rank : rank + 1] = [number]
    chain = []
    number = holders[-1] if holders else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _joined(found: Iterator[Match]) -> list[Match]:
    joined: list[Match] = []
    for at_a, at_b, size in found:
        if joined and joined[-1][0] + joined[-1][2] == at_a and joined[-1][1] + joined[-1][2] == at_b:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + size)
        else:
            joined.append((at_a, at_b, size))
    return joined


@dataclass(slots=True)
class _Stretch:
    """What was removed and added at one place, and the unchanged text after it."""

    removed: str
    added: str
    same: str


def _stretches(a: list[str], b: list[str], found: list[Match]) -> list[_Stretch]:
    stretches = []
    end_a = end_b = 0
    for at_a, at_b, size in [*found, (len(a), len(b), 0)]:
        gap = _Stretch("".join(a[end_a:at_a]), "".join(b[end_b:at_b]), "".join(a[at_a : at_a + size]))
        stretches.append(gap)
        end_a, end_b = at_a + size, at_b + size
    return stretches


def _without_islands(stretches: list[_Stretch]) -> list[_Stretch]:
    kept: list[_Stretch] = []
    for stretch in stretches:
        if kept and _is_island(kept[-1], stretch):
            last = kept[-1]
            last.removed += last.same + stretch.removed
            last.added += last.same + stretch.added
            last.same = stretch.same
        else:
            kept.append(stretch)
    return kept


def _is_island(before: _Stretch, after: _Stretch) -> bool:
    """Tell whether the unchanged text between two changes is too little to be worth the reader's attention."""
    island = before.same
    changed = [max(len(side.removed), len(side.added)) for side in (before, after)]
    if not all(changed):
        return False
    if not _WORD.search(island):
        return "\n" not in island
    limit = _MAX_ISLAND_CHARACTERS if _UNSPACED.search(island) else 24
    few = len(island.split()) <= _MAX_ISLAND_WORDS and len(island) <= limit
    return few and len(island) <= min(changed)


def _changes(stretches: list[_Stretch]) -> Iterator[Change]:
    for stretch in stretches:
        if stretch.removed:
            yield Change("-", stretch.removed)
        if stretch.added:
            yield Change("+", stretch.added)
        if stretch.same:
            yield Change("=", stretch.same)
