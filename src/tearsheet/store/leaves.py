"""The ledger's leaves as the catalog holds them, and the records they stand for, made from the rows."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tearsheet.model import Leaf
from tearsheet.store.keeping import Event, add_leaf, canonical, capture_record, revision_record
from tearsheet.store.values import from_ms

LOT = 2000
SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A leaf with its record and salt; both empty once the record was removed, or lost with its page of the journal."""

    leaf: Leaf
    record: bytes
    salt: bytes

    @property
    def is_baseless(self) -> bool:
        """Return whether the row is lost that the record is made from, or the subject of one that was removed."""
        return not self.record and (bool(self.salt) or not self.leaf.subject)


def since(db: sqlite3.Connection, seq: int) -> Iterator[Leaf]:
    """Yield every leaf from number `seq` on."""
    while rows := db.execute("SELECT * FROM leaf WHERE seq >= ? ORDER BY seq LIMIT ?", (seq, LOT)).fetchall():
        yield from (leaf_of(db, row) for row in rows)
        seq = rows[-1]["seq"] + 1


def count(db: sqlite3.Connection) -> int:
    """Return how many leaves there are."""
    return int(db.execute("SELECT count(*) FROM leaf").fetchone()[0])


def kept(db: sqlite3.Connection) -> Iterator[Kept]:
    """Yield every leaf with what it stands for."""
    seq = 0
    while rows := db.execute("SELECT * FROM leaf WHERE seq >= ? ORDER BY seq LIMIT ?", (seq, LOT)).fetchall():
        yield from (kept_of(db, row) for row in rows)
        seq = rows[-1]["seq"] + 1


def of_article(db: sqlite3.Connection, id: str) -> list[Kept]:
    """Return the leaves of article `id`: its captures, its wordings, its disappearances, in order."""
    rows = db.execute(
        """SELECT leaf.* FROM leaf JOIN capture ON capture.n = leaf.ref AND leaf.event = 'capture'
        WHERE capture.article = (SELECT n FROM article WHERE id = :id)
        UNION SELECT leaf.* FROM leaf WHERE event IN ('revision', 'gone', 'returned')
            AND ref = (SELECT n FROM article WHERE id = :id) ORDER BY seq""",
        {"id": id},
    ).fetchall()
    return [kept_of(db, row) for row in rows]


def moves(db: sqlite3.Connection, id: str) -> list[tuple[datetime, str, str]]:
    """Return when article `id` was found gone and when back: time, event and the reason for it, in order."""
    rows = db.execute(
        """SELECT at, event, record FROM leaf WHERE event IN ('gone', 'returned') AND record IS NOT NULL
        AND ref = (SELECT n FROM article WHERE id = ?) ORDER BY seq""",
        (id,),
    )
    return [(from_ms(row["at"]), row["event"], str(json.loads(row["record"])["reason"])) for row in rows]


def kept_of(db: sqlite3.Connection, row: sqlite3.Row) -> Kept:
    """Return the leaf of a row with the record it stands for."""
    if row["salt"] is None:
        return Kept(leaf=_leaf(row, row["subject"]), record=b"", salt=b"")
    record = row["record"] or _made(db, row)
    return Kept(leaf=_leaf(row, row["subject"] or subject_of(record, row["salt"])), record=record, salt=row["salt"])


def note_settings(db: sqlite3.Connection, digests: Mapping[str, str], *, at: datetime) -> None:
    """Add a leaf with the SHA-256 of each settings file, in hexadecimal by name, unless the last such leaf says the same.

    A leaf whose record was lost with its page of the journal says nothing.
    """
    row = db.execute(
        "SELECT record FROM leaf WHERE ref = 0 AND event = ? ORDER BY seq DESC LIMIT 1", (SETTINGS,)
    ).fetchone()
    if row is None or row["record"] is None or json.loads(row["record"])["files"] != dict(digests):
        record = canonical({"event": SETTINGS, "files": dict(digests), "at": at.isoformat()})
        add_leaf(db, Event(name=SETTINGS, at=at, record=record))


def leaf_of(db: sqlite3.Connection, row: sqlite3.Row) -> Leaf:
    """Return the leaf of a row. A subject stands there only if salt and record do not (any more), or from an earlier version."""
    return _leaf(row, row["subject"]) if row["subject"] else kept_of(db, row).leaf


def subject_of(record: bytes, salt: bytes) -> bytes:
    """Return the subject of the leaf with this record and salt."""
    return hashlib.sha256(salt + record).digest()


def forget(db: sqlite3.Connection, seqs: Iterable[int]) -> None:
    """Make it impossible to say what these leaves stand for. Their subjects stay; while the rows are there they are known."""
    for seq in seqs:
        leaf = leaf_of(db, db.execute("SELECT * FROM leaf WHERE seq = ?", (seq,)).fetchone())
        db.execute("UPDATE leaf SET subject = ? WHERE seq = ?", (leaf.subject, seq))
        db.execute("UPDATE leaf SET salt = NULL, record = NULL, ref = 0 WHERE seq = ?", (seq,))


def _leaf(row: sqlite3.Row, subject: bytes) -> Leaf:
    return Leaf(seq=row["seq"], at=from_ms(row["at"]), event=row["event"], subject=subject)


def _made(db: sqlite3.Connection, row: sqlite3.Row) -> bytes:
    """Return the record made from its row; nothing if that row is no more, which a check will not fail to notice."""
    if row["event"] == "capture":
        return capture_record(db, row["ref"])
    if row["event"] == "revision":
        return revision_record(db, row["ref"], row["number"])
    return b""
