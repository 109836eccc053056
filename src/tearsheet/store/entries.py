"""How entries lie in the catalog: by themselves until their article has a wording, then as what differs from the first one.

A title, a teaser or the whole text of a feed stands in the wording too: an entry takes some 50 bytes so, not 300 or 3,000.
"""

import hashlib
import sqlite3
from contextlib import suppress
from dataclasses import dataclass

import zstandard

from tearsheet.model import Entry
from tearsheet.store import packing
from tearsheet.store.values import from_json, packed_text, unpacked_text

LEVEL = 3
SAID_BYTES = 8


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
    data = text.encode()
    settings = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, source_size=len(data), dict_size=len(first.words), write_checksum=False, write_dict_id=False
    )
    packer = zstandard.ZstdCompressor(dict_data=_prefix(first.words), compression_params=settings)
    return packer.compress(data), first.n


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
    return zstandard.ZstdDecompressor(dict_data=_prefix(packing.unpacked(db, base))).decompress(data).decode()


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


def _prefix(words: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
