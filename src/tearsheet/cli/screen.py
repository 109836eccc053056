"""What a terminal may be shown: strangers' words made harmless, columns that know wide characters, marks without colour."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TextIO

ELLIPSIS = "…"
GAP = "  "
LEAST_FLEXIBLE = (12, 6)
"""So wide a flexible column stays, and on a very narrow terminal."""
USUAL_WIDTH = 80
MEASURE = 88

COLOUR = re.compile("\x1b\\[[0-9;]*m")
JOINER = (
    "\N{WORD JOINER}"  # stands for a colour while lines are broken: it has no width, and no printable text holds it
)

# Joiners (Persian and Hindi need them) and the marks of direction stay. All other format characters go: overrides and
# isolates can hide what follows a title, or borrow the order of the next column.
KEPT_FORMATS = frozenset("\u200c\u200d\u200e\u200f\u061c")


def counted(number: int, one: str, many: str = "") -> str:
    """Return `number` with what is counted: "1 entry", "2 entries"; `many` is needed only where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def one_line(text: str) -> str:
    """Return `text` as one printable line: no control, no turning mark, white space as single spaces. Idempotent."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(map(_harmless, text)).split())


def many_lines(text: str) -> str:
    """Return `text` made printable like `one_line`, but with its line ends kept (as `\\n`)."""
    return "\n".join("".join(map(_harmless, line)).rstrip() for line in text.split("\n"))


def brief(text: str) -> str:
    """Return `text`, or its beginning and its end where it is very long: a stranger's address may be as long as a book."""
    return text if len(text) <= 1000 else f"{text[:700]} … {text[-250:]}"


def _harmless(char: str) -> str:
    if char.isprintable() or char in KEPT_FORMATS:
        return char
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    # Unassigned and private characters may be from a newer Unicode than Python's; they do no harm.
    return "" if category == "Cf" else char


def cells(text: str) -> int:
    """Return how many terminal cells `text` takes: two for wide East Asian characters and emoji, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 1


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` cells; what is too long ends in an ellipsis."""
    if cells(text) <= width:
        return text
    kept, used = [], cells(ELLIPSIS)
    for char in text:
        used += _cells(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + ELLIPSIS if width > 0 else ""


def fitted(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, cut or filled with spaces."""
    short = cut(text, width)
    return short + " " * (width - cells(short))


def wrapped(text: str, width: int, *, indent: str = "") -> Iterator[str]:
    """Yield the lines of one paragraph, broken at spaces and between wide characters, each in at most `width` cells."""
    line = indent
    for piece in _pieces(text):
        if cells(line) + cells(piece.rstrip()) > width and line.strip():
            yield line.rstrip()
            line = indent
        line += piece if line.strip() else piece.lstrip()
    if line.strip():
        yield line.rstrip()


def measured() -> int:
    """Return how many cells a line of running text takes on standard output: 0, as long as it is, if that is no terminal."""
    return min(terminal_width(), MEASURE)


def paragraphs(text: str, width: int) -> Iterator[str]:
    """Yield the lines of `text` made printable, each broken into lines of at most `width` cells; 0 breaks none."""
    for line in many_lines(text).split("\n"):
        yield from wrapped(line, width) if width and line else [line]


def flowed(text: str, width: int) -> str:
    """Return `text`, printable but for our own colours, in lines of at most `width` cells; 0 breaks none."""
    if not width:
        return text
    colours = iter(COLOUR.findall(text))
    plain = COLOUR.sub(JOINER, text)
    lines = (line for whole in plain.split("\n") for line in (wrapped(whole, width) if whole else [whole]))
    return re.sub(JOINER, lambda _: next(colours), "\n".join(lines))


# No line may begin with these (JIS X 4051 and CLREQ call it kinsoku), none may end with those.
NOT_FIRST = frozenset("，。、；：？！）】》」』”’…—・ー々）,.;:?!)]}%")
NOT_LAST = frozenset("（【《「『“‘([{")


def _pieces(text: str) -> Iterator[str]:
    """Yield pieces of `text` that must not be broken; spaces stay at the end of their piece."""
    piece = ""
    for char in text:
        may_break = piece and char != " " and char not in NOT_FIRST and piece[-1] not in NOT_LAST
        if may_break and (piece[-1] == " " or 2 in (_cells(char), _cells(piece[-1]))):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. A flexible one gives way when the terminal is narrow, and keeps by its `share` of what there is."""

    name: str
    flexible: bool = False
    right: bool = False
    share: int = 1


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, width: int) -> Iterator[str]:
    """Yield the lines of a table: aligned and cut under headings if `width` cells are given, tab separated if it is 0.

    On a terminal a column that says nothing in any row is left out.
    """
    clean = [[one_line(value) for value in row] for row in rows]
    if not width:
        yield from ("\t".join(row) for row in clean)
        return
    if not clean:
        return
    told = [any(cells) for cells in zip(*clean, strict=True)]
    columns = list(compress(columns, told))
    clean = [list(compress(row, told)) for row in clean]
    natural = [max(cells(row[at]) for row in [*clean, [c.name for c in columns]]) for at in range(len(columns))]
    widths = _shared(columns, natural, width)
    for row in [[column.name for column in columns], *clean]:
        yield _aligned(columns, row, widths)


def _shared(columns: Sequence[Column], natural: list[int], width: int) -> list[int]:
    over = sum(natural) + len(GAP) * (len(columns) - 1) - width
    widths = list(natural)
    flexible = [at for at, column in enumerate(columns) if column.flexible]
    for least in LEAST_FLEXIBLE:
        while over > 0 and (able := [at for at in flexible if widths[at] > least]):
            widest = max(able, key=lambda at: widths[at] / columns[at].share)
            widths[widest] -= 1
            over -= 1
    return widths


def _aligned(columns: Sequence[Column], row: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for column, value, width in zip(columns, row, widths, strict=True):
        short = cut(value, width)
        blank = " " * (width - cells(short))
        parts.append(blank + short if column.right else short + blank)
    return GAP.join(parts).rstrip()


def terminal_width() -> int:
    """Return how many cells a line of standard output has; 0 if it is no terminal."""
    return width_of(sys.stdout) if sys.stdout.isatty() else 0


def width_of(stream: TextIO) -> int:
    """Return how many cells a line of the terminal behind `stream` has, 80 if nobody knows; COLUMNS overrules."""
    # Not shutil's: importing that costs more than all of this file.
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):
        return USUAL_WIDTH


def human_bytes(count: int) -> str:
    """Return a number of bytes as people read it: `512 B`, `3.4 kB`, `1.2 GB` (powers of 1000)."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(size) < 1000 or unit == "TB":
            return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{count} B"


def human_seconds(seconds: float) -> str:
    """Return a duration as people read it: `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`, `9 d 4 h`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, name, part, part_name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{whole} s"
