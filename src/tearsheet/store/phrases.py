"""Phrases that wordings share: of these alone dictionaries are made, so that none keeps what one article said."""

from collections.abc import Iterator, Sequence

SHARED_BY = 3
"""So many wordings at least hold each phrase. With five, wordings are 1 % larger, with all that zstd takes 4 to 5 % smaller."""
SHORTEST = 8
"""In bytes; shorter ones save nothing. Six or twelve make wordings 1 % larger."""
LOOKED_AT = 500
"""So many wordings at most are looked through, evenly chosen: up to 12 seconds of work. (All measured on 498 English pages.)"""
_TABLES = 3
_OFFSETS_BYTES = 12


def shared(dictionary: bytes, wordings: Sequence[bytes]) -> bytes:
    """Return `dictionary`, as zstd trained it on `wordings`, with those phrases alone that stand in `SHARED_BY` of them."""
    at = header_length(dictionary)
    looked_at = wordings[:: -(-len(wordings) // LOOKED_AT)]
    found = dict(_pieces(dictionary[at:], looked_at))
    by_saving = sorted((holders * len(phrase), phrase) for phrase, holders in found.items())
    return dictionary[:at] + b"".join(phrase for _, phrase in by_saving)  # what saves most is next to what is packed


def _pieces(words: bytes, wordings: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield the longest phrases of `words` that enough of `wordings` hold, one after the other, and how many do."""
    holders = _holders(words, wordings)
    start, last = 0, len(words) - SHORTEST + 1
    while start < last:
        having = holders[words[start : start + SHORTEST]]
        end = start + 1
        while end < last and (still := having & holders[words[end : end + SHORTEST]]).bit_count() >= SHARED_BY:
            having, end = still, end + 1
        phrase = words[start : end + SHORTEST - 1]
        # Those that hold all its parts may hold them apart.
        if having.bit_count() >= SHARED_BY and _is_held(phrase, having, wordings):
            yield phrase, having.bit_count()
            start = end + SHORTEST // 2 - 1  # the next one may begin with the end of this one
        start += 1


def _holders(words: bytes, wordings: Sequence[bytes]) -> dict[bytes, int]:
    """Return which of `wordings` hold each run of `SHORTEST` bytes of `words`, as the bits of a number."""
    found = dict.fromkeys(_runs(words), 0)
    for number, wording in enumerate(wordings):
        for run in found.keys() & _runs(wording):
            found[run] |= 1 << number
    return found


def _runs(data: bytes) -> set[bytes]:
    return {data[at : at + SHORTEST] for at in range(len(data) - SHORTEST + 1)}


def _is_held(phrase: bytes, having: int, wordings: Sequence[bytes]) -> bool:
    count = 0
    while having and count < SHARED_BY:
        number = having.bit_length() - 1
        count += phrase in wordings[number]
        having ^= 1 << number
    return count == SHARED_BY


def header_length(dictionary: bytes) -> int:
    """Return how many bytes of a trained dictionary stand before its words: tables of how often what comes, no words.

    Source: RFC 8878, sections 4.2.1 and 5.
    """
    at = 8  # a magic number and the dictionary's own
    weights = dictionary[at]
    at += 1 + (weights if weights < 128 else (weights - 126) // 2)
    for _ in range(_TABLES):
        at += _table_length(dictionary[at:])
    return at + _OFFSETS_BYTES


def _table_length(data: bytes) -> int:
    """Return how many bytes a table of probabilities takes at the beginning of `data`.

    Source: RFC 8878, section 4.1.1.
    """
    bits = int.from_bytes(data[:256], "little")
    left, at = 1 << (bits & 15) + 5, 4
    while left > 0:
        width = (left + 1).bit_length()
        few = (1 << width) - 2 - left  # so many values take a bit less
        value = bits >> at & (1 << width - 1) - 1
        at += width - 1
        if value >= few:
            value |= (bits >> at & 1) << width - 1
            at += 1
            value -= few if value >= 1 << width - 1 else 0
        left -= abs(value - 1)
        while value == 1:  # a symbol that never comes, and how many more after it
            value = 1 if (bits >> at & 3) == 3 else 0
            at += 2
    return -(-at // 8)
