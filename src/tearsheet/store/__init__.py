"""The catalog: one SQLite file that knows where everything is. All SQL of the house is in this room (and in `search/`)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tearsheet.errors import ArchiveBusy, DiskTrouble
from tearsheet.store import schema

BUSY_S = 30.0
PAGE_BYTES = 16_384


class Store:
    """An open catalog. `db` is in autocommit mode; everything that writes does so inside `transaction()`."""

    def __init__(self, path: Path | str) -> None:
        with translated(str(path)):
            self.db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self.db.row_factory = sqlite3.Row
            # Wordings take 2 kB and more: in pages of 4 kB a quarter of the room is left over. Counts for a new file only.
            self.db.execute(f"PRAGMA page_size = {PAGE_BYTES:d}")
            self.db.execute("PRAGMA journal_mode = WAL")
            # FULL, not NORMAL: with NORMAL a power cut loses rows that were acknowledged.
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("PRAGMA foreign_keys = ON")
            # What is deleted is overwritten with zeros: otherwise a removed article's words and salts stay in unused pages.
            self.db.execute("PRAGMA secure_delete = ON")
            self.db.execute("PRAGMA cache_size = -32000")
            have = schema.version_of(self.db)
            if 0 < have < schema.VERSION:
                self.copy_to(Path(f"{path}.before-{schema.VERSION}"))
            if have != schema.VERSION:
                schema.migrate(self.db)

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in if nobody else has it open."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one durable change: all of it, or nothing of it."""
        with translated("the catalog"):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
            self._commit()

    def copy_to(self, file: Path) -> None:
        """Write the catalog as it is now into a new file, while others go on writing."""
        with translated(str(file)):
            self.db.execute("VACUUM INTO ?", (str(file),))

    def fold(self) -> None:
        """Fold the write-ahead log into the file and empty it: it holds pages as they were before a removal.

        While another process reads, what it needs of the log stays, and the next time it is folded takes it away.
        """
        with translated("the catalog"):
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def state(self, key: str) -> str:
        """Return what is remembered under `key`; the empty string for nothing."""
        try:
            with translated("the catalog"):
                row = self.db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        except sqlite3.OperationalError as error:  # this is asked first of all: a table that is missing here is damage
            raise DiskTrouble("the catalog", f"{error}; see `tearsheet rebuild`") from error
        return str(row["value"]) if row else ""

    def set_state(self, key: str, value: str) -> None:
        """Remember `value` under `key`; inside a transaction."""
        self.db.execute("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", (key, value))

    def _commit(self) -> None:
        try:
            self.db.execute("COMMIT")
        except sqlite3.Error:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise


@contextmanager
def translated(thing: str) -> Iterator[None]:
    """Turn SQLite's complaints about the world into our errors; bugs pass untouched."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = str(error)
        if "locked" in said or "busy" in said:
            raise ArchiveBusy(thing, f"another process has held it for {BUSY_S:.0f} s") from error
        if "full" in said or "disk I/O" in said or "readonly" in said or "unable to open" in said:
            raise DiskTrouble(thing, said) from error
        if "Could not decode" in said:
            raise DiskTrouble(thing, said) from error
        raise
    except UnicodeDecodeError as error:  # SQLite's own words, about a damaged file
        raise DiskTrouble(thing, str(error)) from error
    except sqlite3.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise DiskTrouble(thing, f"{error}; see `tearsheet rebuild`") from error
        raise
