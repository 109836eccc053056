"""Bits turned over in the catalog's own file, and in the values it holds: found, refused, or nothing that is evidence."""

import random
import shutil
import sqlite3

import pytest
from tests.flips import found_in, small_archive, told, turned_over

SEED = 20261123
FLIPS = 40


@pytest.fixture(scope="module")
def whole(_running_newsroom, tmp_path_factory):
    return small_archive(tmp_path_factory.mktemp("flips") / "archive", _running_newsroom)


@pytest.fixture
def folder(whole, tmp_path):
    """Return a copy of the archive, to be damaged."""
    return shutil.copytree(whole, tmp_path / "copy")


def test_a_bit_of_the_catalog_turned_over_anywhere_is_found_unless_it_changes_no_evidence(folder):
    flips = list(turned_over(folder, random.Random(SEED), FLIPS))

    assert [(flip.place, *flip.evidence) for flip in flips if flip.evidence] == [], f"seed {SEED}"
    assert sum(flip.is_found for flip in flips) > FLIPS // 2


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
