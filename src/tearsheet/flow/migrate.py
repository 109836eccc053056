"""Migrating: an archive of an earlier version brought to this one's schema, its journal begun if it had none."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from tearsheet.archive import CATALOG_FILE, open_archive
from tearsheet.store import journal, schema, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was done: the schema before and now, the names of the migrations, where the catalog as it was lies (or nothing).

    `pages` of the journal were written because there was none yet.
    """

    before: int
    now: int
    ran: tuple[str, ...] = ()
    copy: str = ""
    pages: int = 0


def migrate(path: Path) -> Migrated:
    """Return what was done to bring the archive in the folder `path` to today's schema.

    Each migration is one transaction, and a copy of the catalog is made before the first. Killed anywhere, run it again.

    Raises:
        ArchiveTooNew: a newer Tearsheet has been here. ArchiveBusy: another process is at work.
    """
    before = schema_of(path)
    with open_archive(path) as archive:
        db = archive.store.db
        begun = before < journal.SINCE or journal.is_wanting(db)
        with archive.store.transaction():
            pass  # with any commit what was not written down yet is
        return Migrated(
            before=before,
            now=schema.version_of(db),
            ran=tuple(name for number, name, _ in schema.MIGRATIONS if number > before),
            copy=f"{CATALOG_FILE}.before-{schema.VERSION}" if 0 < before < schema.VERSION else "",
            pages=sum(1 for _ in journal.places(db)) if begun else 0,
        )


def schema_of(path: Path) -> int:
    """Return the number of the schema that the catalog of the archive in the folder `path` has; 0 if there is none."""
    file = path / CATALOG_FILE
    if not file.exists():
        return 0
    with translated(str(file)):
        db = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)
        try:
            return schema.version_of(db)
        finally:
            db.close()
