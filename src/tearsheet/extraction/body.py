"""Which blocks of a page are its article."""

from itertools import pairwise

from tearsheet.extraction import alike, features, furniture
from tearsheet.extraction.appeals import is_pointed_at
from tearsheet.extraction.blocks import Block, Box, Walk
from tearsheet.extraction.forest import forest, lexicon
from tearsheet.extraction.structured import Declared
from tearsheet.extraction.titles import folded

KEPT_FROM = 0.5
_RESCUED_FROM = 0.15
_LITTLE, _LINE = 140, 25
_NO_RECORD = frozenset(("html", "body", "form"))
_TABLE_FROM, _TABLE_WITHIN_FROM = 0.35, 0.15
_FILLED_FROM, _MOST_FILLED = 0.3, 3
_CODE_WRAPPED = 7  # boxes: what colours code puts it into tables and frames
_PARAGRAPH = 80
_LITTLE_DESCRIBED, _LONG_LINE, _HEAD = 20, 600, 12
_WHOLE_AGAIN, _FEW = 1_000, 3
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_TOP = frozenset(("h1", "h2", "h3"))


def chances(walk: Walk, said: Declared) -> list[float]:
    """Return for each block how likely it is part of the article; 0 for links far from any running text."""
    rows = features.rows(walk, said, lexicon=lexicon())
    judged = [(at, row) for at, row in enumerate(rows) if row is not None]
    found = [0.0] * len(walk.blocks)
    for (at, _), chance in zip(judged, forest("first")([row for _, row in judged]), strict=True):
        found[at] = chance
    even = _with_whole_tables(walk, found)
    return _with_standfirst(walk, said, even)


def chosen(walk: Walk, found: list[float], title: str = "") -> tuple[list[int], frozenset[int]]:
    """Return (the numbers of the blocks to keep, those that are kept only for what is like them).

    On a page where that is next to nothing, the best of the doubtful ones are kept too.

    The headline of that `title` may be among them, for pictures are looked for around it: see `openings.without_openings`.
    """
    blocks, cards, consent = walk.blocks, furniture.cards_of(walk), furniture.consent_boxes(walk)
    others = furniture.next_articles(walk, title)
    left = [
        0.0
        if chance <= _FILLED_FROM / 2 or block.box.number in consent or furniture.is_teaser(block, cards)
        else chance
        for chance, block in zip(found, blocks, strict=False)
    ]
    kept = [
        at
        for at, chance in enumerate(left)
        if chance > KEPT_FROM and not furniture.is_furniture(blocks[at], chance) and not is_pointed_at(blocks, at)
    ]
    if sum(blocks[at].size for at in kept) < _LITTLE and left:
        kept = _rescued(walk, left, kept) or _record(walk, title)
    alikes = frozenset(alike.doubtful(walk, _doubts(found, left), kept))
    kept = sorted({*kept, *alikes})
    kept = [at for at in kept if not any(box.start <= blocks[at].start < box.end for box in others)]
    kept = alike.without_teasers_below(walk, left, _without_comments(walk, kept), cards)
    kept = alike.with_whole_lists(walk, _doubts(found, left), kept)
    return _without_last_headings(walk, _once(walk, left, _filled(walk, left, kept))), alikes


def _doubts(found: list[float], left: list[float]) -> list[float]:
    """Return the chances that keep no block, 0 where it was kept or is no part of any article."""
    pairs = zip(found, left, strict=False)
    return [chance if chance <= KEPT_FROM and (own or chance <= _FILLED_FROM / 2) else 0.0 for chance, own in pairs]


def _without_comments(walk: Walk, kept: list[int]) -> list[int]:
    """Return `kept` up to the heading over what readers wrote, if a paragraph of the article stands above it.

    On the 68 of 877 pages of the benchmark that have such a heading, 6 in 1,000 characters below it are the article's.
    """
    end = features.comments_from(walk.blocks)
    above = [at for at in kept if at < end]
    is_article = any(walk.blocks[at].size >= _PARAGRAPH for at in above)
    return above if is_article else kept


def _with_standfirst(walk: Walk, said: Declared, found: list[float]) -> list[float]:
    """Return the chances with one for the line between headline and body that the page also gives as its description.

    In news it is the article's own; in half of the guides and adverts that are written like articles it is counted to the head.
    """
    about, head = features.described(said), features.headline(walk.blocks)
    if head < 0:
        return found
    above = range(head + 1, min(head + _HEAD, len(found)))
    first = next((at for at in above if found[at] > KEPT_FROM or says(walk.blocks[at], about)), -1)
    # On a page of doubts alone it would be the whole body.
    if first < 0 or found[first] > KEPT_FROM or max(found[first:]) <= KEPT_FROM:
        return found
    return [*found[:first], KEPT_FROM + 0.01, *found[first + 1 :]]


def says(block: Block, about: str) -> bool:
    """Return whether a line that is no link says what its page is `about`, folded, at its beginning; a label may go before."""
    is_line = len(about.encode()) >= _LITTLE_DESCRIBED and block.linked * 2 < block.chars < _LONG_LINE
    return is_line and about in folded(block.text[: 2 * features.DESCRIBED + _LINE])


def _with_whole_tables(walk: Walk, found: list[float]) -> list[float]:
    """Return the chances with one for the whole of each table: the mean of its cells, by length.

    Cells that are judged one by one come and go with a word in them, and half a table says something else. Text stands
    around most tables of articles, so doubtful ones are kept, and sooner those between two paragraphs.
    """
    if not any(box.name == "table" for box in walk.boxes):
        return found
    tables: dict[int, tuple[Box, list[int]]] = {}
    for number, block in enumerate(walk.blocks[: len(found)]):
        table = block.box.nearest("table")
        if table is not None and not table.arranges():
            tables.setdefault(id(table), (table, []))[1].append(number)
    even = list(found)
    for table, numbers in tables.values():
        mean = alike.mean(walk, numbers, [found[at] for at in numbers])
        least = _TABLE_WITHIN_FROM if _is_within(walk, found, table, numbers) else _TABLE_FROM
        for at in numbers if len(numbers) > 1 else ():
            even[at] = max(mean, KEPT_FROM + 0.01) if mean > least else mean
    return even


def _is_within(walk: Walk, found: list[float], table: Box, numbers: list[int]) -> bool:
    """Return whether a table stands between two blocks of the article that stand in the same box, or next to it."""
    near, ends = table.around(3), (numbers[0] - 1, numbers[-1] + 1)
    return ends[0] >= 0 and ends[1] < len(found) and all(_is_kept_in(walk.blocks[at], found[at], near) for at in ends)


def _is_kept_in(block: Block, chance: float, near: list[Box]) -> bool:
    return chance > KEPT_FROM and (block.box in near or block.box.parent in near)


def _rescued(walk: Walk, found: list[float], kept: list[int]) -> list[int]:
    top = max(found)
    more = [
        at
        for at, chance in enumerate(found)
        if chance > max(_RESCUED_FROM, top / 3) and _is_running_text(walk.blocks[at], chance)
    ]
    if more:
        return sorted({*kept, *more})
    return kept or [
        at for at, block in enumerate(walk.blocks) if _is_running_text(block, found[at]) and block.size >= _LITTLE
    ]


def _record(walk: Walk, title: str) -> list[int]:
    """Return the blocks beside the headline of a page on which nothing reads like an article: better than nothing.

    Records of databases are so: labels and values under a heading, in an element that holds them all.
    """
    key = folded(title)
    heading = next((block for block in walk.blocks if block.name in _TOP and key and folded(block.text) == key), None)
    box = heading.box.parent if heading is not None else None
    while box is not None and box.chars - box.linked < _LITTLE + len(title):
        box = box.parent
    if box is None or box.name in _NO_RECORD:
        return []
    blocks = enumerate(walk.blocks)
    return [at for at, block in blocks if box.start <= block.start < box.end and _is_running_text(block, 0.0, size=1)]


def _is_running_text(block: Block, chance: float, *, size: int = _LINE) -> bool:
    return block.size >= size and block.linked * 2 < block.chars and not furniture.is_furniture(block, chance)


def _filled(walk: Walk, found: list[float], kept: list[int]) -> list[int]:
    """Return `kept` with the doubtful blocks between two kept ones of the same box, and all code there."""
    more: list[int] = []
    for before, after in pairwise(kept):
        if 1 < after - before <= _MOST_FILLED + 1:
            ends = (walk.blocks[before].box, walk.blocks[after].box)
            more += [at for at in range(before + 1, after) if _is_between(walk.blocks[at], found[at], ends)]
        if after - before == 2 and _is_heading(walk.blocks[before + 1], found[before + 1]):
            more.append(before + 1)
    return sorted({*kept, *more})


def _is_heading(block: Block, chance: float) -> bool:
    """Return whether a doubtful block between two kept ones is a heading; those stand in boxes of their own."""
    return block.name in _HEADINGS and chance > _FILLED_FROM and not furniture.is_furniture(block, 0.0)


def _is_between(block: Block, chance: float, ends: tuple[Box, Box]) -> bool:
    """Return whether a doubtful block is no link and stands in the same box as both ends, or next to theirs.

    Code is short, without full stops and wrapped, so that it is doubted wherever it stands; what is next to nothing has
    the chance 0.
    """
    is_code = block.name == "pre"
    if chance <= (0.0 if is_code else _FILLED_FROM) or block.linked * 2 >= block.chars:
        return False
    near = block.box.around(_CODE_WRAPPED if is_code else 2)
    ends = (_as_a_whole(ends[0]), _as_a_whole(ends[1])) if is_code else ends
    return all(end in near or end.parent in near for end in ends) and not furniture.is_furniture(block, 0.0)


def _as_a_whole(box: Box) -> Box:
    """Return the table of data that a cell belongs to, for what stands beside it stands beside no cell; else the box."""
    table = box.nearest("table")
    return box if table is None or table.arranges() else table


def _once(walk: Walk, found: list[float], kept: list[int]) -> list[int]:
    """Return `kept` without paragraphs that the page holds in two boxes, as for small screens: the likeliest stays.

    What stands twice in one box is a refrain. A block that says all of the page's paragraphs again goes too.
    """
    blocks, best = walk.blocks, dict[str, int]()
    long = max(_WHOLE_AGAIN, sum(blocks[at].size for at in kept) // 3)
    kept = [at for at in kept if blocks[at].size < long or not _says_again(walk, at, kept)]
    for at in kept:
        text = blocks[at].text
        if blocks[at].size >= _PARAGRAPH and (text not in best or found[at] > found[best[text]]):
            best[text] = at
    return [at for at in kept if blocks[best.get(blocks[at].text, at)].box.parent is blocks[at].box.parent]


def _says_again(walk: Walk, whole: int, kept: list[int]) -> bool:
    """Return whether a long block holds the texts of most other paragraphs, as what waits behind a wall does."""
    text = walk.blocks[whole].text
    others = [walk.blocks[at].text for at in kept if at != whole and walk.blocks[at].size >= _PARAGRAPH]
    return len(others) >= _FEW and 2 * sum(other in text for other in others) > len(others)


def _without_last_headings(walk: Walk, kept: list[int]) -> list[int]:
    """Return `kept` without the headings at its end: they head what was left out."""
    end = len(kept)
    while end and walk.blocks[kept[end - 1]].name in _HEADINGS:
        end -= 1
    return kept[:end] or kept
