"""Which blocks of an annotated page belong to its body: the truth that the classifier learns from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tearsheet.extraction.blocks import Block

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SIZE = 3


def tokens(text: str) -> list[str]:
    """Return words in lower case; characters of scripts without spaces count as words."""
    out: list[str] = []
    for word in _WORD.findall(text.lower()):
        if _UNSPACED.search(word):
            out.extend(word)
        else:
            out.append(word)
    return out


def labels(blocks: Sequence[Block], body: str) -> list[float]:
    """Return for each block the share of it that stands in `body`: 0 to 1.

    Long blocks are compared by runs of three words; short ones must be a line of the truth, or stand inside it next
    to a block that does. A text
    that the page shows more often than the truth holds it counts only where its neighbours do too.
    """
    truth = tokens(body)
    grams = {tuple(truth[at : at + _SIZE]) for at in range(len(truth) - _SIZE + 1)}
    lines = {" ".join(tokens(line)) for line in body.splitlines()}
    whole = f" {' '.join(truth)} "
    shares: list[float] = []
    maybe: list[int] = []
    for number, block in enumerate(blocks):
        words = tokens(block.text)
        key = " ".join(words)
        if len(words) < 6:
            shares.append(1.0 if words and key in lines else 0.0)
            if words and not shares[-1] and f" {key} " in whole:
                maybe.append(number)
            continue
        runs = len(words) - _SIZE + 1
        shares.append(sum(tuple(words[at : at + _SIZE]) in grams for at in range(runs)) / runs)
    for number in maybe:
        near = [shares[at] for at in (number - 1, number + 1) if 0 <= at < len(shares)]
        shares[number] = 1.0 if near and max(near) > 0.6 and sum(near) > 0.9 else 0.0
    _thin_out_repeats(blocks, shares, whole)
    return shares


def _thin_out_repeats(blocks: Sequence[Block], shares: list[float], whole: str) -> None:
    keys = [" ".join(tokens(block.text)) for block in blocks]
    for key, count in Counter(keys).items():
        if count < 2 or not key:
            continue
        wanted = max(whole.count(f" {key} "), 1)
        places = [at for at, other in enumerate(keys) if other == key and shares[at] > 0.5]
        ranked = sorted(places, key=lambda at: -sum(shares[max(at - 4, 0) : at + 5]))
        for at in ranked[wanted:]:
            shares[at] = 0.0


def snippet_labels(blocks: Sequence[Block], wanted: Sequence[str], unwanted: Sequence[str]) -> list[float]:
    """Return 1, 0 or -1 (not known) for each block of a page of which only a few snippets are known."""
    fold = [" ".join(tokens(block.text)) for block in blocks]
    good = [" ".join(tokens(snippet)) for snippet in wanted]
    bad = [" ".join(tokens(snippet)) for snippet in unwanted]
    out = []
    for text in fold:
        is_good = any(snippet and snippet in text for snippet in good)
        is_bad = any(snippet and snippet in text for snippet in bad)
        out.append(-1.0 if is_good == is_bad else float(is_good))
    return out
