"""Text to search terms and to pieces for comparing, in any script; no dictionaries, no language detection.

Scripts that write without spaces (Han, kana, Hangul, Thai, Lao, Khmer, Burmese) become overlapping pairs of characters:
the only way with full recall (dictionary segmentation lost up to 23 of 100 words). Everything else becomes whole words.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, pairwise

VERSION = "1"
"""Changes whenever the same text would give other terms: an index made by another version must be made anew."""

# Characters that stand in runs without spaces; written as ranges for a character class. Thai and Lao digits and
# punctuation are left out. Hangul is among them because Korean glues endings to words: 대통령은 must be found by 대통령.
_HAN_KANA = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U000323af"
)
_SOUTH_EAST = (
    "\u0e01-\u0e2e\u0e30-\u0e45\u0e47-\u0e4e\u0e80-\u0eaf\u0eb0-\u0ecf\u0edc-\u0eff"
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u1000-\u103f\u1050-\u108f"
)
_HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb"
UNSPACED = _HAN_KANA + _SOUTH_EAST + _HANGUL
"""The characters of scripts written without spaces (and Hangul), as the inside of a character class."""
# Python's \w leaves out combining marks, and with them the vowels of the Indic scripts: those blocks count whole,
# without their punctuation (danda and its like).
_INDIC = (
    "\u0900-\u0963\u0966-\u096f\u0971-\u0df3\u0f18-\u0f39\u0f3e-\u0f84\u0f86-\u0fbc\u135d-\u135f\u1380-\u139f"
    "\u1712-\u1734\u1752\u1772\u180b-\u180d\u1885\u18a9\u1920-\u193b\u1a17-\u1a1b\u1a55-\u1a7f\u1ab0-\u1aff"
    "\u1b00-\u1b59\u1b80-\u1bf3\u1c00-\u1c37\u1cd0-\u1cfa\ua802-\ua827\ua880-\ua8cd\ua8e0-\ua8f7\ua926-\ua92d\ua947-\ua953"
    "\ua980-\ua9c0\uaa29-\uaa36\uabe3-\uabed\U00011000-\U00011fff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3"
    "\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)

_COMMON, _RARE = f"[^\\W_{UNSPACED}]", f"[{_INDIC}{_MARKS}\ue000-\uf8ff]"
LETTER = f"(?:{_COMMON}|{_RARE})"
"""The pattern of one letter, digit or mark of a word in all other scripts."""
# A word is as many letters as follow one another, written so that one repeat of one class takes nearly all of them.
_TERM = re.compile(f"({_COMMON}+(?:{_RARE}+{_COMMON}*)*|{_RARE}+(?:{_COMMON}+{_RARE}*)*)|([{UNSPACED}]+)")
_ASCII_TERM = re.compile("[a-z0-9]+")
_WORD = f"(?:[^\\W_{UNSPACED}]|[{_INDIC}{_MARKS}])"
_PIECE = re.compile(
    r"\s+"
    r"|\d+(?:[.,:]\d+)*"
    f"|(?:(?!\\d){_WORD}|[{_HANGUL}])(?:{_WORD}|[{_HANGUL}])*(?:['’](?:{_WORD}|[{_HANGUL}])+)*"
    r"|."
    f"[{_MARKS}\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u3099\u309a\ufe00-\ufe0f\u200d]*",
    re.DOTALL,
)

_CLUSTER = re.compile(f".[{_MARKS}\u3099\u309a\ufe00-\ufe0f]*", re.DOTALL)

_STRIPPED = (
    *range(0x0300, 0x0370), *range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7,
    *range(0x0610, 0x061B), 0x0640, *range(0x064B, 0x0660), 0x0670,
    *range(0x06D6, 0x06DD), *range(0x06DF, 0x06E9), *range(0x06EA, 0x06EE),
    0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
    *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),
)  # fmt: skip
_LETTERS: dict[str | int, str | None] = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ى": "ي", "ئ": "ي", "ی": "ي", "ے": "ي",
    "ؤ": "و", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ک": "ك", "ё": "е", "ѐ": "е", "ѝ": "и",
    "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t",
    "æ": "ae", "œ": "oe", "þ": "th", "ŀ": "l", "ŋ": "n", "ə": "e",
}  # fmt: skip
# Letters that folding takes away or makes two of; without them a folded text is as long as the text.
_UNEVEN = re.compile(f"[{re.escape(''.join(map(chr, _STRIPPED)))}æœþŀÆŒÞĿ]")
_ASCII = bytes(range(128))
_FEW = 40
"""So many different characters are replaced one by one; a text of more is looked up character by character."""
_PLAIN_BASE = re.compile("[a-z\u0370-\u03ff]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must follow one another; with `prefix`, the last is only the beginning of a term."""

    terms: tuple[str, ...]
    prefix: bool = False


def letters(text: str) -> str:
    """Return the letters and digits of `text` and nothing between them, in one case: by these a headline is known again."""
    return "".join(char for char in text.casefold() if char.isalnum())


def fold(text: str) -> str:
    """Return `text` as search sees it: compatibility forms, case, accents and script variants made one. Idempotent.

    Marks go from Latin, Greek, Hebrew and Arabic letters (Cyrillic й stays й, but ё is е); alef, yeh, heh and kaf have one form
    each; digits are 0-9; traditional Chinese characters become simplified ones. Never for text that is kept or shown.
    """
    if text.isascii():
        return text.lower()
    folded = _fold_once(text)
    while not folded.isascii() and (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def fold_with_origins(text: str) -> tuple[str, Sequence[int]]:
    """Return `text` folded, and for each of its characters (and the end) where in `text` it comes from.

    For finding in a text as written what was found in its folded form; slow beside `fold` if letters come or go.
    """
    even = unicodedata.is_normalized("NFKC", text) and len(text.casefold()) == len(text) and not _UNEVEN.search(text)
    if even and len(whole := fold(text)) == len(text):
        return whole, range(len(text) + 1)
    folded: list[str] = []
    origins: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        piece = _fold_cluster(cluster.group())
        folded.append(piece)
        origins.extend([cluster.start()] * len(piece))
    origins.append(len(text))
    return "".join(folded), origins


def terms(text: str) -> list[str]:
    """Return the search terms of `text`, in order; the position in the list is the position for phrases.

    A run without spaces gives its pairs of characters and then its last character alone, so that a single character is
    found as the prefix of some term wherever it stands.
    """
    folded = fold(text)
    if folded.isascii():
        return _ASCII_TERM.findall(folded)
    found: list[str] = []
    for word, run in _TERM.findall(folded):
        if word:
            found.append(word)
        else:
            found += _run_terms(run, run)
    return found


def runs(text: str) -> list[tuple[str, bool]]:
    """Return the words and unspaced runs of `text`, folded, in order; true for a run."""
    return [(found.group(), found.group(2) is not None) for found in _TERM.finditer(fold(text))]


def phrase(text: str) -> Phrase:
    """Return what the index must hold if it holds `text`, wherever that begins and ends inside a run."""
    spans = [found.group(0, 2) for found in _TERM.finditer(fold(text))]
    found = [list(_run_terms(*span)) for span in spans]
    if found and spans[-1][1] is not None:
        if len(spans[-1][1]) == 1:
            return Phrase(tuple(chain.from_iterable(found)), prefix=True)
        found[-1].pop()
    return Phrase(tuple(chain.from_iterable(found)))


def query(text: str) -> tuple[Phrase, ...]:
    """Return one phrase for each blank-separated word of `text` that holds anything to search for."""
    return tuple(made for word in text.split() if (made := phrase(word)).terms)


def words(text: str) -> list[str]:
    """Return `text` cut into pieces for comparing, losing nothing: `"".join(words(t)) == t`.

    Words, numbers, runs of blanks and single punctuation marks; single characters, with the marks above and below them, in Han,
    kana, Thai, Lao, Khmer and Burmese: the script says it all.
    """
    return _PIECE.findall(text)


@lru_cache(maxsize=8192)
def _fold_cluster(cluster: str) -> str:
    return fold(cluster)


def _fold_once(text: str) -> str:
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return normal if normal.isascii() else _turned(normal)


def _turned(text: str) -> str:
    """Return `text` by the table. To look up every character takes five times as long as the few that are not ASCII."""
    turns = [char for char in set(_others(text)) if ord(char) in _table()]
    if len(turns) > _FEW:
        return text.translate(_table())
    for char in turns:  # what comes out of the table is not in it
        text = text.replace(char, _table()[ord(char)] or "")
    return text


def _others(text: str) -> str:
    """Return the characters of `text` that are not ASCII."""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def _run_terms(text: str, run: str | None) -> list[str]:
    if run is None:
        return [text]
    return [*map("".join, pairwise(run)), run[-1]]


@cache
def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {**_accented(), **_digits(), **_han()}
    table.update(str.maketrans(_LETTERS))
    table.update(dict.fromkeys(_STRIPPED))
    return table


def _accented() -> dict[int, str | None]:
    spans = (range(0xC0, 0x250), range(0x386, 0x400), range(0x1E00, 0x2000))
    found: dict[int, str | None] = {}
    for character in map(chr, chain.from_iterable(spans)):
        base = unicodedata.normalize("NFD", character)[0]
        if base != character and _PLAIN_BASE.match(base):
            found[ord(character)] = base
    return found


def _digits() -> dict[int, str | None]:
    # Every decimal digit of the basic plane stands in a block of ten that starts with its zero.
    zeros = (
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
        0x1040, 0x1090, 0x17E0, 0x1810,
    )  # fmt: skip
    return {zero + value: str(value) for zero in zeros for value in range(10)}


def _han() -> dict[int, str | None]:
    lines = files("tearsheet").joinpath("han.txt").read_text(encoding="utf-8").splitlines()
    old, new = (line for line in lines if not line.startswith("#"))
    return dict(zip(map(ord, old), new, strict=True))
