"""Single bits of the catalog's own file turned over: what becomes of the archive, and which of its values read otherwise."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard
from tests.flow_archive import OPEN, following_only

from tearsheet.archive import CATALOG_FILE, open_archive
from tearsheet.errors import TearsheetError
from tearsheet.flow.verify import verify
from tearsheet.newsroom import Newsroom
from tearsheet.store import articles, packing

# What the ledger binds, or what is said twice.
EVIDENCE: dict[str, set[str]] = {
    "article": {"id", "url", "title", "authors", "language", "published", "moment", "revisions"},
    "blob": {"digest", "dictionary", "data"},
    "capture": {"kind", "url", "final_url", "at", "status", "digest", "file", "offset", "length"},
    "leaf": {"seq", "at", "event", "subject", "salt", "ref", "record"},
    "listing": {"said"},
    "recipe": {"text"},
    "revision": {"article", "number", "seen_at", "clipping", "recipe", "capture"},
    "warc_file": {"name"},
}


@dataclass(frozen=True, slots=True)
class Flip:
    """What became of one bit: whether it was found or refused; if not, which (table, column) read otherwise."""

    place: int
    is_found: bool
    changed: frozenset[tuple[str, str]] = frozenset()

    @property
    def evidence(self) -> set[tuple[str, str]]:
        """Return what of the evidence reads otherwise, and nobody noticed."""
        return {(table, column) for table, column in self.changed if column in EVIDENCE.get(table, ())}


def small_archive(path: Path, newsroom: Newsroom) -> Path:
    """Return the folder `path` with an archive of three articles."""
    newsroom.turn_to(0)
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:3]
    archive = following_only(path, newsroom, urls)
    assert len(archive.articles()) == 3
    with archive.store.transaction() as db:
        articles.add_address(db, 1, f"{urls[0]}?from=feed")
    archive.close()
    OPEN.remove(archive)
    return path


def turned_over(folder: Path, rng: random.Random, times: int) -> Iterator[Flip]:
    """Yield what became of `times` bits of the catalog, turned over one at a time in bytes that are not zero."""
    file = folder / CATALOG_FILE
    good = file.read_bytes()
    written = [place for place, byte in enumerate(good) if byte]  # most of a small file is empty
    assert not found_in(folder)
    good_rows = rows(file)
    for _ in range(times):
        place = rng.choice(written)
        data = bytearray(good)
        data[place] ^= 1 << rng.randrange(8)
        file.write_bytes(data)
        if found_in(folder):
            yield Flip(place, True)
            continue
        file.write_bytes(data)
        now = rows(file)
        yield Flip(place, False, frozenset(key for key, values in good_rows.items() if now.get(key) != values))


def rows(file: Path) -> dict[tuple[str, str], list[object]]:
    """Return every value of every table, by table and column."""
    db = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    db.row_factory = sqlite3.Row
    try:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {
            (name, column[1]): told(db, name, column[1])
            for name in names
            for column in db.execute(f'PRAGMA table_info("{name}")').fetchall()
        }
    finally:
        db.close()


def told(db: sqlite3.Connection, table: str, column: str) -> list[object]:
    """Return what a column says: of a packed text that is not all of its bits, and of a subject not what stands for none."""
    if (table, column) == ("blob", "data"):
        return [words_of(db, n) for (n,) in db.execute("SELECT n FROM blob").fetchall()]
    said = [row[0] for row in db.execute(f'SELECT "{column}" FROM "{table}"')]
    return [value or None for value in said] if (table, column) == ("leaf", "subject") else said


def words_of(db: sqlite3.Connection, n: int) -> bytes | None:
    """Return what blob `n` unpacks to, or None if it was damaged."""
    try:
        return packing.unpacked(db, n)
    except zstandard.ZstdError:
        return None


def found_in(folder: Path) -> bool:
    """Return whether opening or verifying the archive says that something is wrong."""
    for end in ("-wal", "-shm"):
        (folder / f"{CATALOG_FILE}{end}").unlink(missing_ok=True)
    try:
        with open_archive(folder) as archive:
            return bool(verify(archive).problems)
    except TearsheetError:
        return True
