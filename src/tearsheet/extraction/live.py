"""Live blogs: every update with its time, as the page shows them or, where it does not, as it declares them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tearsheet import html
from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.structured import Declared, as_markup, listed, plain, types
from tearsheet.extraction.titles import folded

_LEAST = 3  # updates that make a page a live one
_LONGEST_STAMP, _LONGEST_CLOCK = 40, 24
_FOLLOWED = 0.7  # share of the stamps that kept words follow
_SHOWN = 0.5  # share of the declared updates that stand on the page
_MOST_UPDATES = 1_000
_MOST_SHOWN = 400_000  # letters and digits in which each update is looked for
_MOST_BOXES = 5  # that an entry has around its time
_CLOCK = re.compile(
    r"(?:[^\W\d]{1,12}\.?,? )?(?:[01]?\d|2[0-4]) ?(?:[:.hH：時时点]|시) ?[0-5]\d(?::[0-5]\d)?\s*"
    r"(?:[Uu]hr|h|hrs?|[aApP]\.? ?[mM]\.?|分|분|[A-Z]{2,4})?"
)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Update:
    """One declared update: its time as it is written, its headline, its words as text or markup."""

    at: str
    headline: str
    body: str

    def markup(self) -> str:
        """Return the update with its time above it."""
        written = _ISO.search(self.at)
        time = f"{written[1]} {written[2]}" if written else self.at
        stamp = f'<time datetime="{html.escape(self.at)}">{html.escape(time)}</time>' if time else ""
        head = " ".join(filter(None, (stamp, html.escape(self.headline))))
        marked = re.search(r"<(?:p|br|div|ul)\b", self.body)
        words = self.body if marked else "".join(f"<p>{part}</p>" for part in re.split(r"\s*\n\s*", self.body) if part)
        return (f"<h3>{head}</h3>" if head else "") + words


def stamps(walk: Walk, kept: Sequence[int]) -> frozenset[int]:
    """Return the blocks that say when an update was made: times in boxes of one kind, each before words that are kept."""
    if not kept:
        return frozenset()
    groups: dict[tuple[str, str], list[int]] = {}
    timed = set(_timed(walk))
    for number in range(max(kept[0] - 2, 0), kept[-1]):
        block = walk.blocks[number]
        if block.chars <= _LONGEST_STAMP and (number in timed or _is_clock(block)):
            groups.setdefault(block.box.kinds(), []).append(number)
    return frozenset(at for group in groups.values() if _are_updates(walk, group, kept) for at in group)


def _timed(walk: Walk) -> Iterator[int]:
    """Yield the blocks that hold a `time` element."""
    places = [spot.place for spot in walk.marks if spot.name == "time"]
    if len(places) < _LEAST:
        return
    starts = [block.start for block in walk.blocks]
    for place in places:
        at = bisect_right(starts, place) - 1
        if at >= 0 and place < walk.blocks[at].end:
            yield at


def _is_clock(block: Block) -> bool:
    return block.chars <= _LONGEST_CLOCK and _CLOCK.fullmatch(block.text) is not None


def _are_updates(walk: Walk, group: Sequence[int], kept: Sequence[int]) -> bool:
    if len(group) < _LEAST:
        return False
    stamped = frozenset(group)
    words = [at for at in kept if at not in stamped]
    followed = 0
    for at, after in zip(group, [*group[1:], kept[-1] + 1], strict=True):
        place = bisect_right(words, at)
        if place < len(words) and words[place] < after:
            ends = walk.blocks[after].start if after in stamped else len(walk.pieces)
            followed += _go_together(walk.blocks[at], walk.blocks[words[place]], ends)
    return followed >= _FOLLOWED * len(group)


def _go_together(stamp: Block, words: Block, ends: int) -> bool:
    """Return whether a time and the words after it are one entry: side by side, or alone in a box that ends before `ends`."""
    if stamp.box.parent is words.box.parent or stamp.box is words.box:
        return True
    box = stamp.box
    for _ in range(_MOST_BOXES):
        if box.parent is None or box.end > ends:
            return False
        if box.start <= words.start < box.end:
            return True
        box = box.parent
    return False


def updates(said: Declared) -> list[Update]:
    """Return the updates that a page declares, in its order."""
    found: list[Update] = []
    for node in said.nodes:
        if "LiveBlogPosting" in types(node):
            found += [
                update for item in listed(node.get("liveBlogUpdate"))[:_MOST_UPDATES] if (update := _update(item))
            ]
    return found


def _update(item: Any) -> Update | None:
    if not isinstance(item, dict):
        return None
    body = item.get("articleBody") or item.get("text") or item.get("description")
    at = item.get("datePublished") or item.get("dateModified") or item.get("dateCreated")
    if not isinstance(body, str) or not body.strip():
        return None
    headline = plain(item.get("headline") or item.get("name"))
    words = body.strip() if "<" in body else as_markup(body.strip())
    said_again = folded(plain(body)).startswith(folded(headline))
    return Update(at if isinstance(at, str) else "", "" if said_again else headline, words)


def lacking(said: Declared, texts: Sequence[str]) -> tuple[int, str]:
    """Return (how many of `texts` come before the updates, all updates as markup) if the page shows next to none of them.

    Without declared updates, or if the page shows some itself, the markup is empty: a page that declares a hundred and shows the
    last twenty is kept as it shows itself; what it showed before stands in earlier captures.
    """
    found = updates(said)
    if len(found) < _LEAST:
        return 0, ""
    beginnings = [folded(plain(update.body))[:60] for update in found]
    shown = "\n".join(map(folded, texts))[:_MOST_SHOWN]
    if sum(begin in shown for begin in beginnings) >= min(_LEAST, _SHOWN * len(found)):
        return 0, ""
    places = [place for begin in beginnings if (place := shown.find(begin[:40])) >= 0]
    first = shown.count("\n", 0, min(places)) if places else len(texts)
    return first, "".join(update.markup() for update in found)
