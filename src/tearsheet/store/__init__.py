"""The catalog: one SQLite file that knows where everything is. All SQL of the house is in this room (and in `search/`)."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tearsheet.errors import ArchiveBusy, DiskTrouble
from tearsheet.store import opening, schema

BUSY_S = 30.0


class Store:
    """An open catalog. `db` is in autocommit mode; everything that writes does so inside `transaction()`.

    `before` and `sealed` frame every change: the one is called before it begins, the other before it is committed.
    On a disk that cannot be written to, or `frozen`, it is `read_only`: it answers, and refuses every change.
    """

    def __init__(self, path: Path | str, *, frozen: bool = False) -> None:
        self.before: Callable[[], None] = lambda: None
        self.sealed: Callable[[], None] = lambda: None
        self.path = str(path)
        self._copy: Path | None = None
        self.read_only = isinstance(path, Path) and path.exists() and (frozen or not opening.can_write(path))
        self._why = "it is on a read-only disk, not yours to write, or a backup: `tearsheet restore` that"
        with translated(self.path):
            if self.read_only:
                self.db, self._copy = opening.readable(Path(path))
            else:
                self._open(path)
        self.identity = opening.identity(path)

    def _open(self, path: Path | str) -> None:
        """Open the catalog for writing; where the disk has no room for its log, for reading: that is when a backup is wanted."""
        try:
            self.db = opening.writable(path, busy_s=BUSY_S)
        except sqlite3.OperationalError as error:
            if not isinstance(path, Path) or not path.exists() or not _is_full(error):
                raise
            try:
                self.db, self._copy = opening.readable(path)
            except OSError:  # nor is there room for a copy of it
                raise error from None
            self.read_only, self._why = True, f"{error}: the disk is full or failing{_limit()}"

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in if nobody else has it open."""
        self.db.close()
        if self._copy:
            import shutil  # takes its time, and few need it

            shutil.rmtree(self._copy, ignore_errors=True)

    def is_current(self) -> bool:
        """Return whether it still is the catalog of that path, with the tables of today: a newer Tearsheet may migrate it."""
        with translated(self.path):
            return self._is_in_place() and schema.version_of(self.db) == schema.VERSION

    def generation(self) -> tuple[int, int]:
        """Return what is another one whenever the catalog has changed: through another connection, or through this one."""
        with translated(self.path):
            return int(self.db.execute("PRAGMA data_version").fetchone()[0]), self.db.total_changes

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one durable change: all of it, or nothing of it.

        Raises:
            DiskTrouble: the catalog cannot be written. ArchiveBusy: another process holds it, or put another in its place.
        """
        self._refuse_if_read_only()
        with translated("the catalog"):
            self.before()
            self.db.execute("BEGIN IMMEDIATE")
            try:
                if not self._is_in_place():
                    raise ArchiveBusy(
                        self.path, "it was moved, or another took its place; nothing more is written to it"
                    )
                yield self.db
                self.sealed()
            except BaseException:
                self._roll_back()
                raise
            self._commit()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Run a block that reads the catalog as it is now, whatever others write meanwhile."""
        with translated("the catalog"):
            self.db.execute("BEGIN")
            try:
                yield self.db
            finally:
                self._roll_back()

    @contextmanager
    def rehearsal(self) -> Iterator[sqlite3.Connection]:
        """Run a block whose changes are undone at its end: to know what they would be, before others have to wait for them.

        Raises:
            DiskTrouble: the catalog cannot be written. ArchiveBusy: another process holds it.
        """
        self._refuse_if_read_only()
        with translated("the catalog"):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            finally:
                self._roll_back()

    def copy_to(self, file: Path) -> None:
        """Write the catalog as it is now into a new file, while others go on writing."""
        with translated(str(file)):
            opening.copy_to(self.db, file)

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

    def _refuse_if_read_only(self) -> None:
        if self.read_only:
            raise DiskTrouble(self.path, self._why)

    def _is_in_place(self) -> bool:
        return opening.identity(self.path) == self.identity

    def _commit(self) -> None:
        try:
            self.db.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self.db.in_transaction:  # SQLite has done so already where the disk is full or fails
            self.db.execute("ROLLBACK")


def _is_full(error: sqlite3.OperationalError) -> bool:
    return "full" in str(error) or "disk I/O" in str(error)


def _limit() -> str:
    """Return what SQLite does not say of a file that may not grow, if there is such a limit."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return "" if most == resource.RLIM_INFINITY else f"; no file may be larger than {most:,} bytes here (`ulimit -f`)"


@contextmanager
def translated(thing: str) -> Iterator[None]:
    """Turn SQLite's complaints about the world into our errors; bugs pass untouched."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = str(error)
        if "locked" in said or "busy" in said:
            raise ArchiveBusy(thing, f"another process has held it for {BUSY_S:.0f} s") from error
        if "unable to open" in said:
            raise DiskTrouble(thing, "it is on a read-only disk, not yours to write, or not there") from error
        if _is_full(error) or "readonly" in said:
            raise DiskTrouble(thing, said + _limit()) from error
        if "Could not decode" in said:
            raise DiskTrouble(thing, said) from error
        raise
    except UnicodeDecodeError as error:  # SQLite's own words, about a damaged file
        raise DiskTrouble(thing, str(error)) from error
    except sqlite3.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise DiskTrouble(thing, f"{error}; see `tearsheet rebuild`") from error
        raise
