"""The last lines of an article's own box that are none of it: who its author is, where it was printed, what its links earn."""

import re
from collections.abc import Sequence

from tearsheet.extraction.blocks import Block, Walk
from tearsheet.extraction.names import is_cjk
from tearsheet.extraction.titles import folded
from tearsheet.extraction.when import is_dated

_MOST, _LEAST_LEFT, _LONGEST = 3, 3, 600
_LONGEST_NAME, _LONGEST_IMPRINT = 40, 60
# In which number of which paper it stood, with its date: 《海岛日报》（2007-05-08 第05版）, 【2007/05/08 海島報】.
_IMPRINT = re.compile(r"\W{0,3}(?:[《【（(][^，。！？]*|(?:原[载載]|[摘转轉]自|[载載刊][于於])[^，。！？]*)")
# On 877 pages of the benchmark truth lacks 11 of the 12 last lines that begin with an author's name or say this.
_OF_PAPER = re.compile(
    r"(?i)\baffiliate (?:links?|commissions?|program|partner)|\bas an amazon associate|"
    r"\b(?:views|opinions)(?: and opinions)? expressed|contributed to this (?:report|story|article)|"
    r"^\W*(?:contact|reach) [^.]{0,60}(?:@|reporter|writer|editor)|\breported from\b.{2,80}\bwriters?\b"
)


def without_endings(walk: Walk, kept: Sequence[int], authors: Sequence[str]) -> list[int]:
    """Return `kept` without the last lines that tell of the `authors` or of the paper; the greater part always stays."""
    names = [folded(name) for name in authors if " " in name and len(name) < _LONGEST_NAME]
    end = len(kept)
    while end > max(_LEAST_LEFT, len(kept) - _MOST) and _is_ending(walk.blocks[kept[end - 1]], names):
        end -= 1
    return list(kept[:end])


def _is_ending(block: Block, names: Sequence[str]) -> bool:
    if (
        block.chars <= _LONGEST_IMPRINT
        and is_cjk(block.text)
        and _IMPRINT.fullmatch(block.text)
        and is_dated(block.text)
    ):
        return True
    if block.chars > _LONGEST or block.name in ("td", "th", "blockquote"):
        return False
    said = folded(block.text[: 2 * _LONGEST_NAME])
    return any(said.startswith(name) for name in names) or _OF_PAPER.search(block.text) is not None
