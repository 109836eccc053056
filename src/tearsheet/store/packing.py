"""How wordings lie in the catalog: packed with a dictionary of their language, or as what differs from the wording before.

What is packed is the clipping's JSON, less the text that its HTML gives again. It is never the only copy: the WARC has the whole
JSON as a conversion record, and that is what a wording's digest is made from.
"""

import hashlib
import json
import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import zstandard

from tearsheet.store.phrases import shared
from tearsheet.store.values import unpacked_by

LEVEL = 6
"""A tenth smaller than level 3 in three times its time, 0.2 ms; level 9 takes twice as long again for 2 %."""
WORDS_BYTES = 400_000
"""Size of a dictionary, less what few wordings hold. With 110 kB they are 6 % larger, with 1 MB 2 % smaller. (On other hosts.)"""
TRAINED_ON = 4_000
"""So many wordings at most make a dictionary: about a second of work."""
FEW = 200
"""From fewer wordings of a language no dictionary is made."""
GROWTH = 8
"""A dictionary is made anew when there are so many times the wordings, up to `TRAINED_ON`."""
LONGEST_CHAIN = 16
"""So many differences at most are undone to read one wording."""
PIECE_BYTES = 800
"""A packed wording lies in pieces of so many bytes: half a piece is left over of a page of the catalog, not half a wording."""
MOST_PIECES = 16
"""The last one holds all the rest, however long."""
LOT = 200

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strong|sub|sup|time|u|var)"
    r"(?: [^>]*)?>"
)
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_TEXT = ',"text":'
_LEFT_OUT = re.compile(r',"text":(\[[\d,]*\])')


@dataclass(frozen=True, slots=True)
class Packed:
    """A wording's bytes as a row of `blob` holds them; `dictionary` and `base` are the rows needed to unpack them."""

    data: bytes
    dictionary: int = 0
    base: int | None = None


# ---- the text that is not stored twice


def slimmed(whole: str, *, html: str, text: str) -> str:
    """Return a clipping's JSON `whole` with its text replaced by the numbers of those blocks of its HTML that are not in it.

    If the text is none of the HTML's, `whole` itself.
    """
    if not html:
        return whole
    if not text:  # an HTML of pictures alone; without the key, the text would be taken for the HTML's
        return whole.replace('"html":', '"text":0,"html":', 1) if '"text":' not in whole else whole
    missing = _left_out(_blocks(html), text.split("\n\n"))
    if missing is None:
        return whole
    # A quote inside a string is escaped, and no field before the text has fields of its own: the first one is it.
    start = whole.index(_TEXT) + len(_TEXT)
    return f"{whole[:start]}{_encoder.encode(missing)}{whole[start + len(_encoder.encode(text)) :]}"


def restored(slim: str) -> str:
    """Return the JSON that `slimmed` was given."""
    found = _LEFT_OUT.search(slim)
    if found is None:
        return slim.replace('"text":0,"html":', '"html":', 1)
    text = text_left(json.loads(slim)["html"], json.loads(found[1]))
    return f'{slim[: found.start()]},"text":{_encoder.encode(text)}{slim[found.end() :]}'


def text_in(fields: Mapping[str, Any]) -> str:  # Any: what JSON holds
    """Return the text of a clipping with HTML whose `slimmed` JSON was read as `fields`; quicker than to restore it whole."""
    match fields.get("text"):
        case str(text):
            return text
        case None:  # wordings of the first schema; lists and counts need no parser
            from tearsheet.html import text_of

            return text_of(fields["html"])
        case 0:
            return ""
        case missing:
            return text_left(fields["html"], missing)


def text_left(html: str, missing: Sequence[int]) -> str:
    """Return the text of `html` without the blocks of these numbers."""
    left_out = set(missing)
    return "\n\n".join(block for number, block in enumerate(_blocks(html)) if number not in left_out)


def _blocks(html: str) -> list[str]:
    """Return the text of our clean HTML, block by block. A quick cut of it: whoever uses it compares first."""
    bare = _INLINE.sub("", html)
    if "\n" in bare or "  " in bare:
        bare = _SPACES.sub(" ", bare)
    pieces = _TAG.split(bare.replace("<br>", "\n"))
    found = [piece.strip() for piece in pieces if piece and not piece.isspace()]
    return [_unescaped(_lines(piece)) if "&" in piece or "\n" in piece else piece for piece in found]


def _unescaped(piece: str) -> str:
    """Return a text as it reads, of which only these are escaped; the standard library's way costs every command 10 ms."""
    for name, char in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", "\xa0"),
        ("&quot;", '"'),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ):
        piece = piece.replace(name, char)
    return piece


def _lines(piece: str) -> str:
    return "\n".join(line.strip(" ") for line in piece.split("\n"))


def _left_out(blocks: list[str], wanted: list[str]) -> list[int] | None:
    """Return the numbers of the `blocks` that have to go so that `wanted` is left, or None if that cannot be."""
    missing, at = [], 0
    for number, block in enumerate(blocks):
        if at < len(wanted) and block == wanted[at]:
            at += 1
        else:
            missing.append(number)
    return missing if at == len(wanted) else None


# ---- packing


def pack(db: sqlite3.Connection, data: bytes, *, language: str, base: int | None = None) -> Packed:
    """Return `data` packed with the newest dictionary of `language`, or as a difference from blob `base` if that is smaller."""
    words = newest(db, language)
    plain = _own.packer(words).compress(data)
    found = Packed(plain, words.n if words else 0)
    if base is None:
        return found
    before, depth = _unpacked(db, base)
    if depth >= LONGEST_CHAIN:
        return found
    prefix = zstandard.ZstdCompressionDict(before, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    # A window over both wordings: the default one may be too short to see the earlier of two long ones.
    settings = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, source_size=len(data), dict_size=len(before), write_checksum=False, write_dict_id=False
    )
    difference = zstandard.ZstdCompressor(dict_data=prefix, compression_params=settings).compress(data)
    return Packed(difference, base=base) if len(difference) < len(plain) else found


def put(db: sqlite3.Connection, n: int, packed: Packed) -> None:
    """Let blob `n` hold `packed`: its first piece lies in its row, the others in rows of `piece`."""
    db.execute(
        "UPDATE blob SET dictionary = ?, base = ?, data = ? WHERE n = ?",
        (packed.dictionary, packed.base, packed.data[:PIECE_BYTES], n),
    )
    db.execute(f"DELETE FROM piece WHERE {_PIECES_OF}", {"n": n})
    _put_rest(db, n, packed.data)


def add(db: sqlite3.Connection, digest: bytes, packed: Packed) -> int:
    """Return the number of a new blob that holds `packed`, the words with this digest."""
    n = db.execute(
        "INSERT INTO blob (digest, dictionary, base, data) VALUES (?, ?, ?, ?)",
        (digest, packed.dictionary, packed.base, packed.data[:PIECE_BYTES]),
    ).lastrowid
    assert n is not None  # a row was inserted
    _put_rest(db, n, packed.data)
    return n


def find(db: sqlite3.Connection, digest: bytes) -> int | None:
    """Return the number of the blob that holds the words with this digest, or None."""
    row = db.execute(
        "SELECT n FROM blob WHERE substr(digest, 1, 4) = substr(:digest, 1, 4) AND digest = :digest", {"digest": digest}
    ).fetchone()
    return int(row[0]) if row else None


def _put_rest(db: sqlite3.Connection, n: int, data: bytes) -> None:
    starts = list(range(PIECE_BYTES, len(data), PIECE_BYTES))[:MOST_PIECES]
    ends = [*starts[1:], len(data)]
    db.executemany(
        "INSERT INTO piece (n, data) VALUES (?, ?)",
        [(n * MOST_PIECES + k, data[start:end]) for k, (start, end) in enumerate(zip(starts, ends, strict=False))],
    )


_PIECES_OF = f"n >= :n * {MOST_PIECES} AND n < (:n + 1) * {MOST_PIECES}"


def _data(db: sqlite3.Connection, row: sqlite3.Row) -> bytes:
    """Return all the bytes of a row of `blob`."""
    data: bytes = row["data"]
    if len(data) < PIECE_BYTES:
        return data
    rest = db.execute(f"SELECT data FROM piece WHERE {_PIECES_OF} ORDER BY n", {"n": row["n"]})
    return b"".join((data, *(piece for (piece,) in rest)))


def unpacked(db: sqlite3.Connection, n: int) -> bytes:
    """Return what was packed into blob `n`.

    Raises:
        zstandard.ZstdError: it was damaged.
    """
    return _unpacked(db, n)[0]


def _unpacked(db: sqlite3.Connection, n: int) -> tuple[bytes, int]:
    """Return what blob `n` holds, and how many others it took to read it."""
    chain: list[sqlite3.Row] = []
    at: int | None = n
    while at is not None:
        row = db.execute("SELECT n, data, dictionary, base FROM blob WHERE n = ?", (at,)).fetchone()
        if row is None or len(chain) > 2 * LONGEST_CHAIN:
            raise zstandard.ZstdError(f"text {at}, which it is a difference from, is missing")
        chain.append(row)
        at = row["base"]
    first = chain.pop()
    data = unpacked_by(_own.unpacker(_words(db, first["dictionary"])), _data(db, first))
    for row in reversed(chain):
        prefix = zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        data = unpacked_by(zstandard.ZstdDecompressor(dict_data=prefix), _data(db, row))
    return data, len(chain)


def drop(db: sqlite3.Connection, ns: Sequence[int]) -> None:
    """Delete the blobs `ns`; others that are differences from them are packed anew first."""
    going = set(ns)
    for n in ns:
        for (other,) in db.execute("SELECT n FROM blob WHERE base = ?", (n,)).fetchall():
            if other not in going:
                repack(db, other, language="")
    for n in ns:
        db.execute("DELETE FROM blob WHERE n = ?", (n,))
        db.execute(f"DELETE FROM piece WHERE {_PIECES_OF}", {"n": n})


def repack(db: sqlite3.Connection, n: int, *, language: str) -> None:
    """Pack blob `n` anew, by itself."""
    put(db, n, pack(db, unpacked(db, n), language=language))


# ---- dictionaries


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A dictionary. `n` comes from its bytes, so that it is the same wherever it is kept."""

    n: int
    data: bytes

    def __hash__(self) -> int:
        return self.n

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and other.n == self.n


_known: dict[int, Words] = {}
"""Dictionaries that were read already, by number: the bytes decide the number, so this holds for every archive."""


def words_of(data: bytes) -> Words:
    """Return the dictionary made of `data`."""
    return Words(int.from_bytes(hashlib.sha256(data).digest()[:4], "big") >> 1 or 1, data)


def add_dictionary(db: sqlite3.Connection, language: str, data: bytes, *, at: int, wordings: int) -> Words:
    """Return the dictionary `data`, with which wordings of `language` are packed from now on.

    `at`, in ms, says which of a language is the newest; `wordings` how many it was made of.
    """
    words = words_of(data)
    db.execute(
        """INSERT INTO dictionary (n, language, data, at, wordings) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (n) DO UPDATE SET at = max(at, excluded.at)""",
        (words.n, primary(language), data, at, wordings),
    )
    return words


def newest(db: sqlite3.Connection, language: str) -> Words | None:
    """Return the dictionary that wordings of `language` are packed with, or None if there is none yet."""
    row = db.execute(
        "SELECT n FROM dictionary WHERE language = ? ORDER BY at DESC LIMIT 1", (primary(language),)
    ).fetchone()
    return _words(db, row["n"]) if row else None


def primary(language: str) -> str:
    """Return the language itself of a tag: `zh` of `zh-Hant-TW`."""
    return language.partition("-")[0].lower()


def _words(db: sqlite3.Connection, n: int) -> Words | None:
    if not n:
        return None
    if n not in _known:
        row = db.execute("SELECT data FROM dictionary WHERE n = ?", (n,)).fetchone()
        if row is None:
            raise zstandard.ZstdError(f"dictionary {n} is missing")
        _known[n] = Words(n, row["data"])
    return _known[n]


def _packer(words: Words | None) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(
        level=LEVEL, dict_data=_loaded(words), write_checksum=False, write_dict_id=False, write_content_size=True
    )


def _unpacker(words: Words | None) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_loaded(words))


def _loaded(words: Words | None) -> zstandard.ZstdCompressionDict | None:
    if words is None:
        return None
    loaded = zstandard.ZstdCompressionDict(words.data)
    loaded.precompute_compress(level=LEVEL)
    return loaded


class _Own(threading.local):
    """What packs and unpacks with a dictionary, made for each thread: one that two use at once ends the process."""

    def __init__(self) -> None:
        self.packer = lru_cache(maxsize=128)(_packer)
        self.unpacker = lru_cache(maxsize=128)(_unpacker)


_own = _Own()


def lacking(db: sqlite3.Connection) -> list[str]:
    """Return the languages that want a dictionary: enough wordings, and none yet, or one made of far fewer."""
    seen = int(db.execute("SELECT coalesce(max(seq), 0) FROM article").fetchone()[0])
    looked = db.execute("SELECT value FROM state WHERE key = 'dictionaries'").fetchone()
    if seen < max(FEW, 2 * int(looked["value"] if looked else 0)):
        return []  # counting reads every article, so it is done when their number has doubled
    db.execute("INSERT OR REPLACE INTO state (key, value) VALUES ('dictionaries', ?)", (str(seen),))
    counts: dict[str, int] = {}
    for row in db.execute("SELECT language, count(*) FROM article WHERE revisions > 0 GROUP BY language"):
        counts[primary(row[0])] = counts.get(primary(row[0]), 0) + row[1]
    had = {row[0]: row[1] for row in db.execute("SELECT language, max(wordings) FROM dictionary GROUP BY language")}
    return [
        language
        for language, count in counts.items()
        if language and count >= FEW and min(count, TRAINED_ON) >= GROWTH * had.get(language, 0)
    ]


def trained(db: sqlite3.Connection, language: str) -> tuple[bytes, int]:
    """Return a dictionary made of wordings of `language`, and of how many; nothing if they have nothing in common."""
    rows = [
        row[0]
        for row in db.execute(
            """SELECT clipping FROM revision JOIN article ON article.n = revision.article
            WHERE number = 1 AND (language = :language OR language LIKE :language || '-%') ORDER BY article.n""",
            {"language": language},
        )
    ]
    chosen = rows[:: max(1, len(rows) // TRAINED_ON)][:TRAINED_ON]
    data = dictionary_of([unpacked(db, n) for n in chosen])
    return data, len(chosen)


def dictionary_of(samples: Sequence[bytes]) -> bytes:
    """Return a dictionary made of what `samples` share; nothing if there are too few, or they have nothing in common."""
    size = min(WORDS_BYTES, sum(map(len, samples)) // 10)
    try:
        made = shared(zstandard.train_dictionary(size, list(samples), level=LEVEL).as_bytes(), samples)
        zstandard.ZstdCompressionDict(made).precompute_compress(level=LEVEL)
    except zstandard.ZstdError:
        return b""
    return made


def unpacked_without(db: sqlite3.Connection, language: str, *, after: int) -> list[int]:
    """Return the next blobs of `language` that are packed with no dictionary, from number `after` on; none at the end."""
    rows = db.execute(
        """SELECT blob.n FROM blob CROSS JOIN revision ON revision.clipping = blob.n
        CROSS JOIN article ON article.n = revision.article
        WHERE blob.n > :after AND blob.dictionary = 0 AND blob.base IS NULL
        AND (language = :language OR language LIKE :language || '-%') ORDER BY blob.n LIMIT :limit""",
        {"language": language, "after": after, "limit": LOT},
    )
    return [row[0] for row in rows]
