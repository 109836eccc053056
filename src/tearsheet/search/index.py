"""The index itself: FTS5 tables in a database handed in. Derived: it can be thrown away and made anew.

FTS5 gets terms that are cut already and separated by spaces, so its `ascii` tokenizer is right: it takes every character
beyond ASCII for a letter, where `unicode61` would drop what Unicode gained since version 6.1.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from tearsheet import terms
from tearsheet.errors import DiskTrouble
from tearsheet.search.question import read

SCHEMA = """
CREATE VIRTUAL TABLE IF NOT EXISTS search_terms USING fts5(title, body, content='', tokenize='ascii');
-- What was indexed, compressed: a contentless index can only forget a document if it is told its terms again.
CREATE TABLE IF NOT EXISTS search_row (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, terms BLOB NOT NULL
);
-- Serves the newest moment for ranking, and searches ordered or narrowed by time.
CREATE INDEX IF NOT EXISTS search_row_at ON search_row (at);
CREATE TABLE IF NOT EXISTS search_made (terms_version TEXT NOT NULL, mark TEXT NOT NULL DEFAULT '');
"""
_VERSION = f"{terms.VERSION} in tables 2"
"""By which rules and into which tables was indexed: an index of another version must be made anew."""

_ORDERS = {
    # bm25 is negative, and the more so the better: up to twice as good for the newest, half of that gone after a month.
    "rank": (
        "bm25(search_terms, 2.0, 1.0) * (1.0 + 1.0 / (1.0 + (:newest - search_row.at) / 2592000.0)), search_row.seq DESC"
    ),
    "newest": "search_row.at DESC, search_row.seq DESC",
    "oldest": "search_row.at, search_row.seq",
}
_TITLE_END = "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article as the index takes it: terms in order, separated by spaces; `at` in seconds since 1970, for ranking."""

    seq: int
    title: str
    body: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; every field narrows. `among` are the only `seq` allowed; `order` is `rank`, `newest` or `oldest`."""

    text: str
    since: datetime | None = None
    until: datetime | None = None
    among: frozenset[int] | None = None
    order: str = "rank"
    limit: int = 50
    offset: int = 0


def document(seq: int, title: str, *, body: str, at: datetime) -> Document:
    """Return an article cut into terms; pure, so that it can be done in another process than the writing."""
    return Document(
        seq=seq, title=" ".join(terms.terms(title)), body=" ".join(terms.terms(body)), at=int(at.timestamp())
    )


class Index:
    """The index in `connection`; whoever hands that in begins, commits and closes."""

    @classmethod
    def open(cls, file: Path, *, read_only: bool = False) -> Self:
        """Return the index in a database file of its own, made if there is none; anew if it is no database any more.

        With `read_only` nothing is written: what is not indexed yet is not found, and without a file nothing is.

        Raises:
            DiskTrouble: its folder cannot be made.
        """
        if read_only:
            return cls._for_reading(file)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskTrouble(str(file.parent), error.strerror or str(error)) from error
        try:
            return cls._opened(file)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # Derived: nothing is lost with it but the time to make it again.
            for name in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
                name.unlink(missing_ok=True)
            return cls._opened(file)

    @classmethod
    def _opened(cls, file: Path) -> Self:
        connection = sqlite3.connect(file, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL, not NORMAL: the words of what was removed must not come back with a power cut.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            index = cls(connection)
            index.create()
            connection.commit()
        except sqlite3.Error:
            connection.close()
            raise
        return index

    @classmethod
    def _for_reading(cls, file: Path) -> Self:
        for how in ("mode=ro", "immutable=1"):  # the first reads a log that was left behind, the second needs none
            if file.exists():
                connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)
                try:
                    connection.execute("SELECT 1 FROM search_made").fetchone()
                except sqlite3.Error:
                    connection.close()
                else:
                    return cls(connection)
        index = cls(sqlite3.connect(":memory:"))
        index.create()
        return index

    def commit(self) -> None:
        """Keep what was added and removed since the last time."""
        self.connection.commit()

    def close(self) -> None:
        """Close the connection; what was not committed is forgotten."""
        self.connection.close()

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def create(self) -> None:
        """Make the tables if there are none."""
        for statement in filter(str.strip, SCHEMA.split(";\n")):
            self.connection.execute(statement)
        if not self.connection.execute("SELECT 1 FROM search_made").fetchone():
            self.connection.execute("INSERT INTO search_made (terms_version) VALUES (?)", (_VERSION,))

    def is_current(self) -> bool:
        """Tell whether all was indexed by today's rules, into today's tables; if not, `clear` it and add everything anew."""
        row = self.connection.execute("SELECT terms_version FROM search_made").fetchone()
        return row is not None and bool(row[0] == _VERSION)

    def mark(self) -> str:
        """Return how far the catalog has been read, in the words of whoever reads it; empty for not at all."""
        return str(self.connection.execute("SELECT mark FROM search_made").fetchone()[0])

    def set_mark(self, mark: str) -> None:
        """Note how far the catalog has been read; in the same transaction as the documents."""
        self.connection.execute("UPDATE search_made SET mark = ?", (mark,))

    def clear(self) -> None:
        """Forget everything."""
        for table in ("search_terms", "search_row", "search_made"):
            self.connection.execute(f"DROP TABLE {table}")
        self.create()

    def add(self, documents: Iterable[Document]) -> None:
        """Index `documents`; one that is there already is replaced, and left alone if it is the same."""
        for each in documents:
            packed = zlib.compress((each.title + _TITLE_END + each.body).encode(), 6)
            # An article changes visibly when a picture of it comes, and no word of it has.
            row = self.connection.execute("SELECT at, terms FROM search_row WHERE seq = ?", (each.seq,)).fetchone()
            if row == (each.at, packed):
                continue
            self.remove(each.seq)
            self.connection.execute(
                "INSERT INTO search_terms (rowid, title, body) VALUES (?, ?, ?)", (each.seq, each.title, each.body)
            )
            self.connection.execute(
                "INSERT INTO search_row (seq, at, terms) VALUES (?, ?, ?)", (each.seq, each.at, packed)
            )

    def remove(self, seq: int) -> bool:
        """Forget one document, terms and all; tell whether it was there."""
        row = self.connection.execute("SELECT terms FROM search_row WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            return False
        title, _, body = zlib.decompress(row[0]).decode().partition(_TITLE_END)
        self.connection.execute(
            "INSERT INTO search_terms (search_terms, rowid, title, body) VALUES ('delete', ?, ?, ?)", (seq, title, body)
        )
        self.connection.execute("DELETE FROM search_row WHERE seq = ?", (seq,))
        return True

    def find(self, wanted: Wanted) -> tuple[int, ...]:
        """Return the `seq` of what matches, in the order wanted; nothing if the question holds no word."""
        match = read(wanted.text).match
        if not match:
            return ()
        where, values = _narrowed(wanted)
        newest = self.connection.execute("SELECT max(at) FROM search_row").fetchone()[0] or 0
        values.update(match=match, newest=newest, limit=wanted.limit, offset=wanted.offset)
        # CROSS JOIN: left to itself the planner walks search_row first, a thousand times slower.
        rows = self.connection.execute(
            "SELECT search_row.seq FROM search_terms CROSS JOIN search_row ON search_row.seq = search_terms.rowid "
            f"WHERE search_terms MATCH :match{where} ORDER BY {_ORDERS[wanted.order]} LIMIT :limit OFFSET :offset",
            values,
        )
        return tuple(seq for (seq,) in rows)

    def count(self, wanted: Wanted) -> int:
        """Return how many documents match, all pages together."""
        match = read(wanted.text).match
        if not match:
            return 0
        where, values = _narrowed(wanted)
        row = self.connection.execute(
            "SELECT count(*) FROM search_terms CROSS JOIN search_row ON search_row.seq = search_terms.rowid "
            f"WHERE search_terms MATCH :match{where}",
            {**values, "match": match},
        ).fetchone()
        return int(row[0])

    def forget(self) -> None:
        """Leave no trace of what was removed: a deleted word stays in its segment until that is merged, and in the log."""
        self.merge()
        self.commit()
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def merge(self) -> None:
        """Make the index as small and fast as it gets; for after a large import."""
        self.connection.execute("INSERT INTO search_terms (search_terms) VALUES ('optimize')")


def _narrowed(wanted: Wanted) -> tuple[str, dict[str, str | int]]:
    values: dict[str, str | int] = {}
    clauses = []
    if wanted.since:
        clauses.append("search_row.at >= :since")
        values["since"] = int(wanted.since.timestamp())
    if wanted.until:
        clauses.append("search_row.at < :until")
        values["until"] = int(wanted.until.timestamp())
    if wanted.among is not None:
        clauses.append("search_row.seq IN (SELECT value FROM json_each(:among))")
        values["among"] = json.dumps(sorted(wanted.among))
    return "".join(f" AND {clause}" for clause in clauses), values
