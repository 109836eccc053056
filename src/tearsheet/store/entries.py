"""How entries lie in the catalog: by themselves until their article has a wording, then as what differs from the first one.

A title, a teaser or the whole text of a feed stands in the wording too: an entry takes some 30 bytes so, not 300 or 3,000.
"""

import hashlib
import sqlite3
import zlib
from contextlib import suppress
from dataclasses import dataclass

import zstandard

from tearsheet.model import Entry
from tearsheet.store import packing
from tearsheet.store.values import from_json, packed_text, unpacked_by, unpacked_text

SAID_BYTES = 8
WINDOW_BYTES = 32_768
"""So much of the first wording an entry can differ from."""
_ZSTD = b"\x28\xb5\x2f\xfd"
"""So begins what earlier versions wrote; no stream of bare deflate can: it would be a stored block of a wrong length."""


@dataclass(frozen=True, slots=True)
class First:
    """The first wording of an article: the blob that holds it, and the bytes that are packed there."""

    n: int
    words: bytes


def first_wording(db: sqlite3.Connection, article: int) -> First | None:
    """Return the first wording of `article`, or None if it has none yet."""
    row = db.execute("SELECT clipping FROM revision WHERE article = ? AND number = 1", (article,)).fetchone()
    return First(row["clipping"], packing.unpacked(db, row["clipping"])) if row else None


def said(text: str) -> bytes:
    """Return what tells the JSON `text` of an entry from any other that this source will ever list for this article."""
    return hashlib.sha256(text.encode()).digest()[:SAID_BYTES]


def packed(text: str, first: First | None) -> tuple[bytes, int | None]:
    """Return the JSON `text` of an entry packed, and the blob that it is a difference from, if any."""
    if first is None:
        return packed_text(text), None
    # Deflate, not zstd: of some bytes that differ, the latter's headers would be half, and a context for each takes its time.
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS, zdict=first.words[:WINDOW_BYTES])
    return packer.compress(text.encode()) + packer.flush(), first.n


def entry_of(db: sqlite3.Connection, row: sqlite3.Row) -> Entry:
    """Return the entry of a row with `entry` and `base` of `listing`.

    Raises:
        zstandard.ZstdError: it was damaged.
    """
    entry: Entry = from_json(Entry, text_of(db, row["entry"], row["base"]))
    return entry


def text_of(db: sqlite3.Connection, data: bytes, base: int | None) -> str:
    """Return the JSON of the entry that was packed into `data`, as a difference from blob `base` if there is one."""
    if base is None:
        return unpacked_text(data)
    words = packing.unpacked(db, base)
    if data.startswith(_ZSTD):
        prefix = zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return unpacked_by(zstandard.ZstdDecompressor(dict_data=prefix), data).decode()
    unpacker = zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=words[:WINDOW_BYTES])
    try:
        text = unpacker.decompress(data)
    except zlib.error as error:
        raise zstandard.ZstdError(str(error)) from error
    if not unpacker.eof:
        raise zstandard.ZstdError("its end is missing")
    return text.decode()


def pack_anew(db: sqlite3.Connection, article: int, first: First) -> None:
    """Pack the entries of `article` as differences from its first wording; before the wording goes that they differed from."""
    rows = db.execute("SELECT source, entry, base FROM listing WHERE article = ?", (article,)).fetchall()
    for row in rows:
        if row["base"] != first.n:
            text = text_of(db, row["entry"], row["base"])
            db.execute(
                "UPDATE listing SET entry = ?, base = ? WHERE article = ? AND source = ?",
                (*packed(text, first), article, row["source"]),
            )


def pack_all_anew(db: sqlite3.Connection) -> None:
    """Pack the entries of all articles that have a wording, in a catalog that is made anew."""
    rows = db.execute(
        """SELECT DISTINCT listing.article FROM listing JOIN revision ON revision.article = listing.article
        WHERE number = 1 AND listing.base IS NOT clipping"""
    ).fetchall()
    for (article,) in rows:
        with suppress(zstandard.ZstdError):  # words that were not found
            if first := first_wording(db, article):
                pack_anew(db, article, first)


def free(db: sqlite3.Connection, base: int) -> None:
    """Pack the entries that differ from blob `base` by themselves: it is about to go."""
    rows = db.execute(
        """SELECT listing.article, source, entry FROM revision JOIN listing ON listing.article = revision.article
        WHERE clipping = :base AND number = 1 AND listing.base = :base""",
        {"base": base},
    ).fetchall()
    for row in rows:
        db.execute(
            "UPDATE listing SET entry = ?, base = NULL WHERE article = ? AND source = ?",
            (packed_text(text_of(db, row["entry"], base)), row["article"], row["source"]),
        )
