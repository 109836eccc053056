"""Taking things out for good: rows, salts and records go, a notice stays. Bytes in WARC files are noted first, erased after."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tearsheet.model import Place
from tearsheet.store import leaves as leaf_rows
from tearsheet.store import packing
from tearsheet.store.articles import address_hash, addresses, last_change, next_change
from tearsheet.store.forgetting import Forgotten
from tearsheet.store.keeping import Event, add_leaf, canonical, warc_file

NOTICE = "removed by notice"
"""What stands in a WARC file in place of a record that was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken out of the catalog. `shown` are the addresses of its pictures and further pages, `media` the names under
    `media/` that nothing needs any more. `forgotten` says what the journal must tell no more.
    """

    captures: int
    pictures: int
    seqs: tuple[int, ...]
    shown: tuple[str, ...]
    media: tuple[str, ...]
    leaves: tuple[int, ...]
    forgotten: Forgotten


def article_ns(db: sqlite3.Connection, *, id: str = "", source: str = "") -> list[int]:
    """Return the row numbers of article `id`, or of every article that `source` alone lists."""
    if id:
        return [row[0] for row in db.execute("SELECT n FROM article WHERE id = ?", (id,))]
    rows = db.execute(
        """SELECT article FROM listing WHERE source = (SELECT n FROM source WHERE url = ?)
        AND (SELECT count(*) FROM listing AS other WHERE other.article = listing.article) = 1""",
        (source,),
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heirs:
    """By the address of a picture, the article that stays and shows it too; all wordings were read up to change `upto`."""

    articles: dict[str, int]
    upto: int


NO_HEIRS = Heirs(articles={}, upto=0)


def heirs(db: sqlite3.Connection, articles: Collection[int], *, known: Heirs = NO_HEIRS) -> Heirs:
    """Return who inherits the pictures of `articles`, which are to be taken out.

    Every wording that stays is read: removing is rare, and a list of who shows what would cost every article. Those that are
    `known` already save all but what has changed since.
    """
    going, upto = set(articles), last_change(db)
    found = dict(known.articles)
    if not all(db.execute("SELECT 1 FROM article WHERE n = ?", (n,)).fetchone() for n in found.values()):
        return heirs(db, articles)  # one was taken out meanwhile, and another may show the picture
    orphans = {
        url for article in going for (url,) in db.execute("SELECT url FROM picture WHERE article = ?", (article,))
    }
    # Who has a wording has changed; `change > 0` lets the index be used.
    rows = db.execute(
        """SELECT article, clipping FROM article CROSS JOIN revision ON revision.article = article.n
        WHERE change > ? AND change > 0 ORDER BY change, number""",
        (known.upto,),
    )
    for article, clipping in rows:
        if not orphans - found.keys():
            break
        if article not in going:
            for url in orphans & _shown(json.loads(packing.unpacked(db, clipping))):
                found.setdefault(url, article)
    return Heirs(articles=found, upto=upto)


def bequeath(db: sqlite3.Connection, articles: Collection[int], *, known: Heirs = NO_HEIRS) -> None:
    """Give the pictures of `articles`, which are to be taken out, to one that stays and shows them too, if there is one."""
    for url, heir in heirs(db, articles, known=known).articles.items():
        db.execute("UPDATE picture SET article = ? WHERE url = ?", (heir, url))


def take_out(db: sqlite3.Connection, article: int, *, reason: str, at: datetime) -> Taken:
    """Remove `article` with all that belongs to it; the ledger keeps its leaves and gets a notice of the removal.

    Pictures that others show are to be given away first. The places of its records are noted in `erasure`, to be overwritten
    once this is committed.
    """
    row = db.execute("SELECT id, seq FROM article WHERE n = ?", (article,)).fetchone()
    captures = [n for (n,) in db.execute("SELECT n FROM capture WHERE article = ?", (article,))]
    pictures = db.execute("SELECT * FROM picture WHERE article = ?", (article,)).fetchall()
    media = _media(db, pictures)
    captures += [row["capture"] for row in pictures if row["capture"]]
    further = [url for (url,) in db.execute("SELECT url FROM capture WHERE article = ? AND kind = 'part'", (article,))]
    words = _every_wording(db, article)
    leaves = _forget_leaves(db, article, captures)
    _note_erasures(db, captures)
    known_by = addresses(db, article)
    db.executemany("INSERT OR IGNORE INTO removed (hash) VALUES (?)", [(hash,) for hash in known_by])
    db.executemany("DELETE FROM address WHERE hash = ?", [(hash,) for hash in known_by])
    for sql in (
        "DELETE FROM revision WHERE article = ?",
        "DELETE FROM listing WHERE article = ?",
        "DELETE FROM profile_page WHERE article = ?",
        "DELETE FROM picture WHERE article = ?",
        "UPDATE article SET copy_of = NULL WHERE copy_of = ?",
    ):
        db.execute(sql, (article,))
    db.execute("DELETE FROM filed WHERE seq = ?", (row["seq"],))
    db.executemany("DELETE FROM capture WHERE n = ?", [(n,) for n in captures])
    gone = [digest for digest in words if not _is_shared(db, digest)]
    packing.drop(db, [n for digest in gone if (n := packing.find(db, digest)) is not None])
    db.execute("DELETE FROM article WHERE n = ?", (article,))
    notice = canonical(
        {"event": "removal", "at": at.isoformat(timespec="milliseconds"), "reason": reason, "leaves": list(leaves)}
    )
    add_leaf(db, Event(name="removal", at=at, record=notice))
    next_change(db)
    return Taken(
        captures=len(captures),
        pictures=len(pictures),
        seqs=(row["seq"],) if row["seq"] else (),
        shown=(*(row["url"] for row in pictures), *further),
        media=media,
        leaves=leaves,
        forgotten=Forgotten(
            ids=frozenset({row["id"]}),
            addresses=frozenset(known_by),
            captures=frozenset(captures),
            pictures=frozenset(row["n"] for row in pictures),
            words=frozenset(gone),
            leaves=frozenset(leaves),
        ),
    )


def is_removed(db: sqlite3.Connection, urls: Iterable[str]) -> bool:
    """Return whether an article with one of these addresses was taken out, and so is not to come in again."""
    return any(db.execute("SELECT 1 FROM removed WHERE hash = ?", (address_hash(url),)).fetchone() for url in urls)


def to_erase(db: sqlite3.Connection, place: Place) -> None:
    """Note that the record at `place` is to be overwritten."""
    db.execute(
        "INSERT INTO erasure (file, offset, length) VALUES (?, ?, ?)",
        (warc_file(db, place.file), place.offset, place.length),
    )


def offsets(db: sqlite3.Connection, file: str) -> frozenset[int]:
    """Return where the captures lie that the catalog has of the WARC file `file`."""
    rows = db.execute("SELECT offset FROM capture WHERE file = (SELECT n FROM warc_file WHERE name = ?)", (file,))
    return frozenset(offset for (offset,) in rows)


def erasures(db: sqlite3.Connection) -> list[tuple[int, Place]]:
    """Return (row number, place) of every record whose bytes are still to be overwritten."""
    rows = db.execute(
        "SELECT erasure.*, warc_file.name FROM erasure JOIN warc_file ON warc_file.n = erasure.file"
    ).fetchall()
    return [(row["n"], Place(file=row["name"], offset=row["offset"], length=row["length"])) for row in rows]


def erased(db: sqlite3.Connection, n: int) -> None:
    """Note that the bytes of erasure `n` are gone."""
    db.execute("DELETE FROM erasure WHERE n = ?", (n,))


def _shown(clipping: dict[str, Any]) -> set[str]:  # Any: JSON
    """Return the addresses of the pictures that a wording shows."""
    return {image["url"] for image in (*clipping.get("images", ()), clipping.get("lead")) if image}


def _media(db: sqlite3.Connection, pictures: list[sqlite3.Row]) -> tuple[str, ...]:
    """Return the names under `media/` of `pictures`, but for those that a picture of another article came out alike with."""
    names = []
    for row in pictures:
        shared = (
            row["digest"]
            and db.execute(
                "SELECT 1 FROM picture WHERE digest = ? AND article <> ?", (row["digest"], row["article"])
            ).fetchone()
        )
        if not shared:
            names += [name for name in (row["web"], row["thumb"]) if name]
    return tuple(dict.fromkeys(names))


def _forget_leaves(db: sqlite3.Connection, article: int, captures: list[int]) -> tuple[int, ...]:
    """Make it impossible to say what the leaves of these rows stood for; return their sequence numbers."""
    leaves = [
        seq for n in captures for (seq,) in db.execute("SELECT seq FROM leaf WHERE ref = ? AND event = 'capture'", (n,))
    ]
    leaves += [
        seq
        for (seq,) in db.execute(
            "SELECT seq FROM leaf WHERE ref = ? AND event IN ('revision', 'gone', 'returned')", (article,)
        )
    ]
    leaf_rows.forget(db, leaves)
    return tuple(sorted(leaves))


def _note_erasures(db: sqlite3.Connection, captures: list[int]) -> None:
    db.executemany(
        "INSERT INTO erasure (file, offset, length) SELECT file, offset, length FROM capture WHERE n = ?",
        [(n,) for n in captures],
    )


def _every_wording(db: sqlite3.Connection, article: int) -> set[bytes]:
    """Return the digests of all that `article` ever said, also of cuts that were improved since: their leaves name them."""
    rows = db.execute(
        "SELECT blob.digest FROM revision JOIN blob ON blob.n = revision.clipping WHERE article = ?", (article,)
    )
    records = db.execute(
        "SELECT record FROM leaf WHERE ref = ? AND event = 'revision' AND record IS NOT NULL", (article,)
    )
    return {digest for (digest,) in rows} | {bytes.fromhex(json.loads(record)["sha256"]) for (record,) in records}


def _is_shared(db: sqlite3.Connection, digest: bytes) -> bool:
    rows = db.execute("SELECT 1 FROM revision WHERE clipping = ? LIMIT 1", (packing.find(db, digest),))
    return rows.fetchone() is not None
