"""The WARC files as the ledger knows them: how long each was when it was closed, and its SHA-256."""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from tearsheet.model import Place
from tearsheet.store.keeping import Event, add_leaf, canonical

EVENT = "warc"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcFile:
    """A file nobody writes to any more: its name under `warc/`, its length, its SHA-256."""

    name: str
    size: int
    digest: bytes


def unnoted(db: sqlite3.Connection) -> list[str]:
    """Return the names of the files for which the ledger holds no leaf."""
    rows = db.execute(
        "SELECT name FROM warc_file WHERE NOT EXISTS (SELECT 1 FROM leaf WHERE ref = warc_file.n AND event = ?)",
        (EVENT,),
    )
    return [row["name"] for row in rows]


def lengths(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return the name of every file and how long it was when it was closed; 0 if that is not in the ledger yet."""
    rows = db.execute(
        """SELECT name, (SELECT record FROM leaf WHERE ref = warc_file.n AND event = ? AND record IS NOT NULL
            ORDER BY seq DESC LIMIT 1) AS record FROM warc_file ORDER BY name""",
        (EVENT,),
    )
    return [(name, _file(json.loads(record)).size if record else 0) for name, record in rows]


def told(db: sqlite3.Connection, name: str) -> int:
    """Return where the last record ends of which the catalog tells in the file `name`; 0 if it tells of none."""
    row = db.execute(
        """SELECT max((SELECT coalesce(max(offset + length), 0) FROM capture WHERE file = warc_file.n),
            (SELECT coalesce(max(offset + length), 0) FROM journal WHERE file = warc_file.n))
        FROM warc_file WHERE name = ?""",
        (name,),
    ).fetchone()
    return int(row[0]) if row else 0


_TOLD = """(SELECT file, offset, length FROM capture UNION ALL SELECT file, offset, length FROM journal
    UNION ALL SELECT file, offset, length FROM erasure)"""
"""Where the records lie of which the catalog tells, also those that are to be overwritten."""

Gaps = list[tuple[int, int | None]]


def gaps(db: sqlite3.Connection) -> Iterator[tuple[str, Gaps]]:
    """Yield from where to where each file holds records of which the catalog does not tell; the last gap has no end."""
    rows = db.execute(
        f"""SELECT name, offset, offset + length FROM warc_file LEFT JOIN {_TOLD} AS told ON told.file = warc_file.n
        ORDER BY warc_file.n, offset"""
    )
    for name, of_file in groupby(rows, key=itemgetter(0)):
        found: Gaps = []
        end = 0
        for _, start, after in of_file:
            if start is not None and start > end:
                found.append((end, start))
            end = max(end, after or 0)
        yield name, [*found, (end, None)]


def told_at(db: sqlite3.Connection, names: Collection[str]) -> set[Place]:
    """Return where the records of the files `names` lie of which the catalog tells."""
    rows = db.execute(
        f"""SELECT name, offset, length FROM {_TOLD} AS told JOIN warc_file ON warc_file.n = told.file
        WHERE name IN (SELECT value FROM json_each(?))""",
        (json.dumps([*names]),),
    )
    return {Place(file=name, offset=offset, length=length) for name, offset, length in rows}


def note(db: sqlite3.Connection, files: Iterable[WarcFile], *, at: datetime) -> None:
    """Add a leaf for each of `files` that is not noted as it is now."""
    known = {file.name: file for file in noted(db)}
    for file in files:
        row = db.execute("SELECT n FROM warc_file WHERE name = ?", (file.name,)).fetchone()
        if row is None or known.get(file.name) == file:
            continue
        record = record_of(file, at=at)
        add_leaf(db, Event(name=EVENT, at=at, record=record, ref=row["n"], salt=salt_of(record)))


def record_of(file: WarcFile, *, at: datetime) -> bytes:
    """Return the bytes that the leaf of `file` stands for."""
    return canonical(
        {"event": EVENT, "file": file.name, "bytes": file.size, "sha256": file.digest.hex(), "at": at.isoformat()}
    )


def salt_of(record: bytes) -> bytes:
    """Return the salt of a file's leaf. It is no secret: who has the file can work it out again, nobody else can guess it."""
    return hashlib.sha256(record).digest()[:16]


def noted(db: sqlite3.Connection) -> list[WarcFile]:
    """Return every file as its last leaf has it, but for those with a record that is still to be overwritten."""
    rows = db.execute(
        """SELECT record FROM leaf WHERE event = :event AND record IS NOT NULL AND seq IN
            (SELECT max(seq) FROM leaf WHERE event = :event GROUP BY ref)
        AND NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.file = leaf.ref) ORDER BY seq""",
        {"event": EVENT},
    )
    return [_file(json.loads(row["record"])) for row in rows]


def _file(record: dict[str, str | int]) -> WarcFile:
    return WarcFile(name=str(record["file"]), size=int(record["bytes"]), digest=bytes.fromhex(str(record["sha256"])))
