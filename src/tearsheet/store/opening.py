"""Opening the catalog's file: for writing, or, where nothing can be written, for reading alone."""

import contextlib
import fcntl
import os
import sqlite3
from pathlib import Path

from tearsheet.errors import ArchiveTooNew, DiskTrouble
from tearsheet.store import schema
from tearsheet.store.worker import is_held

ENDINGS = ("", "-wal", "-shm")
PAGE_BYTES = 16_384


def can_write(path: Path) -> bool:
    """Return whether the catalog at `path` can be written: the file, and its folder, where its log must lie."""
    return os.access(path.parent, os.W_OK | os.X_OK) and (not path.exists() or os.access(path, os.W_OK))


def writable(path: Path | str, *, busy_s: float) -> sqlite3.Connection:
    """Return a connection that writes durably. The tables that the file lacks are made, after a copy of it was."""
    db = _waited_for(path, busy_s=busy_s)
    try:
        db.row_factory = sqlite3.Row
        # Wordings take 2 kB and more: in pages of 4 kB a quarter of the room is left over. Counts for a new file only.
        db.execute(f"PRAGMA page_size = {PAGE_BYTES:d}")
        db.execute("PRAGMA journal_mode = WAL")
        # FULL, not NORMAL: with NORMAL a power cut loses rows that were acknowledged.
        db.execute("PRAGMA synchronous = FULL")
        # What is deleted is overwritten with zeros: otherwise a removed article's words and salts stay in unused pages.
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA cache_size = -32000")
        have = schema.version_of(db)
        if 0 < have < schema.VERSION:
            copy_to(db, Path(f"{path}.before-{schema.VERSION}"))
        if have != schema.VERSION:
            schema.migrate(db)
            _sweep(Path(path))
        # Not before: a table that a migration makes anew is dropped first, and others refer to it.
        db.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        db.close()
        raise
    return db


def _waited_for(path: Path | str, *, busy_s: float) -> sqlite3.Connection:
    """Return a connection to the file that is called `path` now: a rebuild may have put another in its place meanwhile."""
    while True:
        had = identity(path)
        # The house has more statements than the 128 that Python keeps prepared.
        db = sqlite3.connect(path, timeout=busy_s, isolation_level=None, cached_statements=500)
        try:
            schema.version_of(db)  # waits, if it must
        except BaseException:
            db.close()
            raise
        if identity(path) == had:
            return db
        db.close()


def identity(path: Path | str) -> tuple[int, int] | None:
    """Return what tells a file from another that was put in its place; None if it is not there."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def copy_to(db: sqlite3.Connection, file: Path) -> None:
    """Write the catalog as it is now into `file`, whole or not at all, while others go on writing.

    It survives a power cut once this returns: what comes after may rely on it.

    Raises:
        DiskTrouble: it could not be written.
    """
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    only_reads = db.execute("PRAGMA query_only").fetchone()[0]
    try:
        db.execute("PRAGMA query_only = OFF")  # which forbids writing to another file too
        with part.open("wb") as held:  # as long as it is, nobody takes it for what a killed process has left
            with contextlib.suppress(OSError):
                fcntl.flock(held, fcntl.LOCK_EX)
            db.execute("VACUUM INTO ?", (str(part),))
        _sync(part)
        part.replace(file)
        _sync(file.parent)
    except OSError as error:
        raise DiskTrouble(str(file), error.strerror or str(error)) from error
    finally:
        db.execute(f"PRAGMA query_only = {only_reads:d}")
        with contextlib.suppress(OSError):
            part.unlink()


def _sweep(path: Path) -> None:
    """Remove the half copies of the catalog at `path` that killed migrations have left."""
    for part in path.parent.glob(f"{path.name}.before-*.part"):
        if not is_held(part):
            part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def readable(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Return a connection that writes nothing anywhere, and a folder to remove after it if it reads a copy.

    A log that was left behind by a crash, or belongs to a process that is at work elsewhere, is read with it. Where SQLite
    cannot do that without writing, or tables are missing, it is done in a copy.

    Source: https://sqlite.org/wal.html, "Read-Only Databases".
    """
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        db = _try(f"{path.absolute().as_uri()}?mode=ro")
    else:
        db = _try(f"{path.absolute().as_uri()}?immutable=1")
    if db is not None:
        version = schema.version_of(db)
        if version == schema.VERSION:
            return db, None
        db.close()
        if version > schema.VERSION:
            raise ArchiveTooNew(f"schema {version}", f"this Tearsheet knows {schema.VERSION}")
    return _copied(path)


def _try(uri: str) -> sqlite3.Connection | None:
    db = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        schema.version_of(db)
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        db.execute("PRAGMA query_only = ON")
    except sqlite3.OperationalError:
        db.close()
        return None
    except BaseException:
        db.close()
        raise
    return db


def _copied(path: Path) -> tuple[sqlite3.Connection, Path]:
    import shutil  # these two take their time, and few need them
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="tearsheet-"))
    try:
        for ending in ENDINGS[:2]:
            if path.with_name(path.name + ending).exists():
                shutil.copyfile(path.with_name(path.name + ending), folder / (path.name + ending))
        db = sqlite3.connect(folder / path.name, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            schema.migrate(db)
            db.execute("PRAGMA query_only = ON")
        except BaseException:
            db.close()
            raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return db, folder
