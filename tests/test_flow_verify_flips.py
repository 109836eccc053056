"""Bits turned over in the catalog's own file, and in the values it holds: found, refused, or nothing that is evidence."""

import random
import shutil
import sqlite3

import pytest
import zstandard
from tests.flow_archive import OPEN, following_only, opened

from tearsheet.errors import TearsheetError
from tearsheet.flow.verify import verify
from tearsheet.store import packing

SEED = 20261123
FLIPS = 40
# What the ledger binds, or what is said twice.
EVIDENCE = {
    "article": {"id", "url", "title", "authors", "language", "published", "moment", "revisions"},
    "blob": {"digest", "dictionary", "data"},
    "capture": {"kind", "url", "final_url", "at", "status", "digest", "file", "offset", "length"},
    "leaf": {"seq", "at", "event", "subject", "salt", "ref", "record"},
    "listing": {"said"},
    "recipe": {"text"},
    "revision": {"article", "number", "seen_at", "clipping", "recipe", "capture"},
    "warc_file": {"name"},
}


@pytest.fixture(scope="module")
def whole(_running_newsroom, tmp_path_factory):
    _running_newsroom.turn_to(0)
    truths = [truth for truth in _running_newsroom.at(0) if truth.paper == "courier"][:3]
    path = tmp_path_factory.mktemp("flips") / "archive"
    archive = following_only(path, _running_newsroom, [truth.url for truth in truths])
    assert len(archive.articles()) == 3
    archive.close()
    OPEN.remove(archive)
    return path


@pytest.fixture
def folder(whole, tmp_path):
    """Return a copy of the archive, to be damaged."""
    return shutil.copytree(whole, tmp_path / "copy")


def rows(file):
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


def told(db, table, column):
    """Return what a column says: of a packed text that is not all of its bits, and of a subject not what stands for none."""
    if (table, column) == ("blob", "data"):
        return [words_of(db, n) for (n,) in db.execute("SELECT n FROM blob").fetchall()]
    said = [row[0] for row in db.execute(f'SELECT "{column}" FROM "{table}"')]
    return [value or None for value in said] if (table, column) == ("leaf", "subject") else said


def words_of(db, n):
    """Return what blob `n` unpacks to, or None if it was damaged."""
    try:
        return packing.unpacked(db, n)
    except zstandard.ZstdError:
        return None


def found_in(folder):
    """Return whether opening or verifying the archive says that something is wrong."""
    for end in ("-wal", "-shm"):
        (folder / f"tearsheet.db{end}").unlink(missing_ok=True)
    try:
        archive = opened(folder)
    except TearsheetError:
        return True
    try:
        return bool(verify(archive).problems)
    finally:
        archive.close()
        OPEN.remove(archive)


def test_a_bit_of_the_catalog_turned_over_anywhere_is_found_unless_it_changes_no_evidence(folder):
    rng = random.Random(SEED)
    file = folder / "tearsheet.db"
    good = file.read_bytes()
    written = [place for place, byte in enumerate(good) if byte]  # most of a small file is empty
    assert not found_in(folder)
    good_rows = rows(file)
    found, silent = 0, []
    for _ in range(FLIPS):
        place = rng.choice(written)
        data = bytearray(good)
        data[place] ^= 1 << rng.randrange(8)
        file.write_bytes(data)
        if found_in(folder):
            found += 1
            continue
        file.write_bytes(data)
        now = rows(file)
        changed = {key for key, values in good_rows.items() if now.get(key) != values}
        silent += [(place, *key) for key in changed if key[1] in EVIDENCE.get(key[0], ())]

    assert silent == [], f"seed {SEED}"
    assert found > FLIPS // 2


VALUES = [
    ("article", "title"),
    ("article", "authors"),
    ("article", "language"),
    ("article", "published"),
    ("article", "rejected"),
    ("article", "moment"),
    ("article", "revisions"),
    ("blob", "data"),
    ("blob", "digest"),
    ("capture", "at"),
    ("capture", "digest"),
    ("capture", "kind"),
    ("capture", "length"),
    ("capture", "offset"),
    ("capture", "status"),
    ("capture", "url"),
    ("leaf", "at"),
    ("leaf", "event"),
    ("leaf", "salt"),
    ("listing", "said"),
    ("recipe", "text"),
    ("revision", "seen_at"),
    ("warc_file", "name"),
]
# What decides when and how the archive looks again: a wrong one may hide an edit, or a source for years. The journal has it.
HOUSEKEEPING = [
    ("address", "hash"),
    ("article", "due_at"),
    ("article", "etag"),
    ("article", "looks"),
    ("category", "path"),
    ("listing", "last_seen"),
    ("picture", "url"),
    ("profile_page", "host"),
    ("revision", "digest"),
    ("source", "next_at"),
    ("source", "paused"),
    ("source", "url"),
]


@pytest.mark.parametrize(("table", "column"), VALUES + HOUSEKEEPING)
def test_one_bit_of_any_value_that_is_evidence_or_decides_when_to_look_is_found(folder, table, column):
    rng = random.Random(f"{SEED} {table} {column}")
    db = sqlite3.connect(folder / "tearsheet.db")
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = OFF")
    key = {"address": "hash", "leaf": "seq"}.get(table, "n")
    key = "article" if table in ("listing", "profile_page", "revision") else key
    waiting = {part for (part,) in db.execute("SELECT part FROM unwritten")}
    assert waiting <= {"leaf.warc", "state", "warc_file"}, "what the journal has not got yet is not compared"
    held = db.execute(f"SELECT {key}, {column} FROM {table} WHERE length({column}) > 0").fetchall()
    row, value = rng.choice(held)
    good = told(db, table, column)
    while told(db, table, column) == good:
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (with_a_bit_turned(value, rng), row))
    db.commit()
    db.close()

    assert found_in(folder), f"seed {SEED}"


def with_a_bit_turned(value, rng):
    """Return `value` with one bit changed; of a text, one of a letter's, so that it stays a text."""
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(3)
    if isinstance(value, str):
        at = rng.randrange(len(value))
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    at = rng.randrange(len(value))
    return value[:at] + bytes([value[at] ^ 1 << rng.randrange(8)]) + value[at + 1 :]
