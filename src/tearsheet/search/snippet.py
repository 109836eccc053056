"""Where in a text the words of a question stand, found again in the text as it is written."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from tearsheet import terms
from tearsheet.search.question import Item, read

Span = tuple[int, int]

_MAX_CHARACTERS = 200_000
_CHUNK = re.compile(r"[^\n]{1,400}(?:\s|(?=\n)|$)|[^\n]{1,400}|\n+")
_UNSPACED = re.compile(f"[{terms.UNSPACED}]")


def marks(text: str, question: str) -> tuple[Span, ...]:
    """Return the spans of `text` (code points) that the wanted words of `question` match; sorted, not overlapping."""
    pattern = _pattern(question)
    if pattern is None:
        return ()
    return tuple(_joined(span for start, chunk in _chunks(text) for span in _found(pattern, chunk, start)))


def snippet(text: str, question: str, *, width: int = 160) -> tuple[str, tuple[Span, ...]]:
    """Return the part of `text` that answers `question` best, as one line, and the spans of it that match.

    `width` in columns: a Chinese character takes two. The beginning of the text, unmarked, if nothing matches (the hit was
    in the title).
    """
    pattern = _pattern(question)
    found = [] if pattern is None else _joined(
        span for start, chunk in _chunks(text[:_MAX_CHARACTERS]) for span in _found(pattern, chunk, start)
    )  # fmt: skip
    room = width // 2 if _is_wide(text[:200]) else width
    start, end = _window(text, _densest(text, found, room), room)
    return _line(text, start, end, [span for span in found if start <= span[0] and span[1] <= end])


def _pattern(question: str) -> re.Pattern[str] | None:
    items = [item for group in read(question).wanted for item in group]
    sources = dict.fromkeys(map(_source, items))
    return re.compile("|".join(sorted(sources, key=len, reverse=True))) if sources else None


def _source(item: Item) -> str:
    """Return the pattern of one phrase in folded text: whole words, anything but words between them."""
    pieces = terms.runs(item.text)
    head = "" if pieces[0][1] else f"(?<!{terms.LETTER})"
    tail = "" if pieces[-1][1] or item.phrase.prefix else f"(?!{terms.LETTER})"
    return head + r"[\W_]{0,3}".join(re.escape(text) for text, _ in pieces) + tail


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    return ((found.start(), found.group()) for found in _CHUNK.finditer(text))


def _found(pattern: re.Pattern[str], chunk: str, start: int) -> Iterator[Span]:
    # Folding a whole chunk is fast, and most chunks hold nothing; only the others are folded letter by letter.
    if not pattern.search(terms.fold(chunk)):
        return
    folded, origin = terms.fold_with_origins(chunk)
    for found in pattern.finditer(folded):
        # A letter that folds into several is marked whole, whichever of them matched.
        end = bisect_right(origin, origin[found.end() - 1])
        yield start + origin[found.start()], start + origin[min(end, len(origin) - 1)]


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _densest(text: str, spans: list[Span], room: int) -> Span | None:
    """Return the first span of the window that shows the most different matches."""
    best: tuple[int, Span] | None = None
    for number, span in enumerate(spans):
        shown = {text[low:high].lower() for low, high in spans[number : number + 20] if high - span[0] <= room * 3 // 4}
        if best is None or len(shown) > best[0]:
            best = (len(shown), span)
    return best[1] if best else None


def _window(text: str, span: Span | None, room: int) -> Span:
    if span is None:
        return 0, _word_end(text, min(len(text), room))
    start = max(0, span[0] - room // 4)
    if start and not _UNSPACED.match(text[start]):
        while start < span[0] and (text[start].isspace() or not text[start - 1].isspace()):
            start += 1
    return start, max(span[1], _word_end(text, min(len(text), start + room)))


def _word_end(text: str, end: int) -> int:
    """Return `end` moved back to the end of a word, if one ends nearby."""
    if end >= len(text) or _UNSPACED.match(text[end]):
        return end
    return next((at for at in range(end, max(0, end - 30), -1) if text[at].isspace()), end)


def _line(text: str, start: int, end: int, spans: list[Span]) -> tuple[str, tuple[Span, ...]]:
    """Return text[start:end] with blanks made single spaces and dots where it was cut, and `spans` moved along."""
    moved: list[int] = []
    line = ["…"] if start else []
    for at in range(start, end):
        character = " " if text[at].isspace() else text[at]
        moved.append(len(line))
        if character != " " or (line and line[-1] != " "):
            line.append(character)
    moved.append(len(line))
    if end < len(text):
        line.append("…")
    return "".join(line), tuple((moved[low - start], moved[high - start]) for low, high in spans)


def _is_wide(text: str) -> bool:
    return len(_UNSPACED.findall(text)) * 3 > len(text)
