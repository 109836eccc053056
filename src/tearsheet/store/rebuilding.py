"""What a rebuild asks of the new catalog and writes into it, besides the pages of the journal."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import zstandard

from tearsheet.errors import ArchiveBusy
from tearsheet.model import Clipping, Leaf, Place
from tearsheet.store import leaves, packing, schema, warcfiles
from tearsheet.store.checking import integrity
from tearsheet.store.journal import BY_NAME, NOT_WRITTEN
from tearsheet.store.keeping import blob
from tearsheet.store.opening import PAGE_BYTES
from tearsheet.store.values import to_json, to_ms
from tearsheet.store.warcfiles import WarcFile

SEIZE_S = 1.0
"""How long is waited for who reads a little."""
PEOPLE = [table for table in ("account", "session", "token") if table in NOT_WRITTEN]


def created(path: Path) -> sqlite3.Connection:
    """Return a new catalog that only this process knows: nothing of it is safe before it is closed and fsynced."""
    db = sqlite3.connect(path, isolation_level=None)
    db.row_factory = sqlite3.Row
    for pragma in (
        f"page_size = {PAGE_BYTES}",
        "journal_mode = OFF",
        "synchronous = OFF",
        "foreign_keys = OFF",
        "cache_size = -64000",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


def seized(old: Path) -> sqlite3.Connection | None:
    """Return the catalog `old`, which nobody else can open until it is closed; None if it is not there or cannot be read.

    Its log is folded in, so that another file may take its place. Where others had it open, they and those who open the other
    would share one log under one name, and both catalogs would be damaged.

    Source: https://sqlite.org/howtocorrupt.html, section 2.4; https://sqlite.org/wal.html, section 8.

    Raises:
        ArchiveBusy: another process has it open.
    """
    if not old.exists():
        return None
    try:
        db = sqlite3.connect(old, isolation_level=None, timeout=SEIZE_S)
    except sqlite3.OperationalError:  # a folder, or not ours to read
        return None
    try:
        db.row_factory = sqlite3.Row
        for sql in ("PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"):
            db.execute(sql).fetchall()
    except sqlite3.Error as error:
        db.close()
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise ArchiveBusy(str(old), "another process has it open: stop `serve` and updates first") from error
        return None
    return db


def leaf(db: sqlite3.Connection, seq: int) -> leaves.Kept | None:
    """Return leaf `seq` with what it stands for, or None."""
    row = db.execute("SELECT * FROM leaf WHERE seq = ?", (seq,)).fetchone()
    return leaves.kept_of(db, row) if row else None


def set_state(db: sqlite3.Connection, key: str, value: str) -> None:
    """Remember `value` under `key`."""
    db.execute("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", (key, value))


def add_blank(db: sqlite3.Connection, leaf: Leaf) -> None:
    """Write down a leaf of which nothing is known (any more) but that it was signed."""
    db.execute(
        "INSERT OR REPLACE INTO leaf (seq, at, event, subject) VALUES (?, ?, ?, ?)",
        (leaf.seq, to_ms(leaf.at), leaf.event, leaf.subject),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What is done to the rows of `table` that are `lost`: their columns are set to `values`, or else they are taken out."""

    table: str
    lost: str
    values: str = ""

    def run(self, db: sqlite3.Connection) -> int:
        """Return how many rows it was done to; the next page of the journal will tell it."""
        part = BY_NAME[self.table]
        a, b = [*part.key, "''"][:2]
        db.execute(
            f"INSERT OR IGNORE INTO unwritten SELECT '{part.name}', {a}, {b} FROM {self.table} WHERE {self.lost}"
        )
        done = f"UPDATE {self.table} SET {self.values}" if self.values else f"DELETE FROM {self.table}"
        return db.execute(f"{done} WHERE {self.lost}").rowcount


def mend(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows of which table were taken out or altered, because what they lean on was lost with its page."""
    mended: dict[str, int] = {}
    mends = [*_leaning(db), *_LEFT_OVER]
    while found := [(one.table, rows) for one in mends if (rows := one.run(db))]:
        for table, rows in found:
            mended[table] = mended.get(table, 0) + rows
    return mended


_LEFT_OVER = (
    # An article without any wording is looked at again, as one that was just listed.
    Mend(
        table="article",
        lost="revisions > 0 AND n NOT IN (SELECT article FROM revision)",
        values="revisions = 0, seq = NULL, rejected = 0, due_at = first_seen",
    ),
    Mend(table="capture", lost="typeof(digest) = 'integer' AND digest NOT IN (SELECT n FROM capture)"),
    Mend(table="blob", lost="data = '' AND n NOT IN (SELECT clipping FROM revision)"),
)


def _leaning(db: sqlite3.Connection) -> Iterator[Mend]:
    """Yield what becomes of the rows that refer to a row which is not there."""
    tables = [row["name"] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
    for table in tables:
        for key in db.execute(f"PRAGMA foreign_key_list({table})").fetchall() if table in BY_NAME else ():
            column = key["from"]
            yield Mend(
                table=table,
                lost=f"{column} IS NOT NULL AND {column} NOT IN (SELECT n FROM {key['table']})",
                # A capture without its article would have no address.
                values=f"{column} = NULL"
                if (table, column) in (("article", "copy_of"), ("picture", "capture"))
                else "",
            )


def file_names(db: sqlite3.Connection) -> list[str]:
    """Return the names of all WARC files."""
    return [name for (name,) in db.execute("SELECT name FROM warc_file ORDER BY n")]


def is_leaf_of(db: sqlite3.Connection, leaf: Leaf, name: str, size: int, digest: bytes) -> bool:
    """Return whether `leaf` says that the WARC file `name` was closed as it is now; it is written down then."""
    record = warcfiles.record_of(WarcFile(name=name, size=size, digest=digest), at=leaf.at)
    salt = warcfiles.salt_of(record)
    if leaves.subject_of(record, salt) != leaf.subject:
        return False
    db.execute(
        """INSERT OR REPLACE INTO leaf (seq, at, event, subject, salt, ref, record)
        VALUES (?, ?, ?, x'', ?, (SELECT n FROM warc_file WHERE name = ?), ?)""",
        (leaf.seq, to_ms(leaf.at), leaf.event, salt, name, record),
    )
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordless:
    """A blob without its text, and where conversion records with its digest lie. `thing` is whose words it is.

    `base` is the wording before it, if it is an edit.
    """

    n: int
    digest: bytes
    places: tuple[Place, ...]
    thing: str
    base: int | None


def wordless(db: sqlite3.Connection) -> Iterator[Wordless]:
    """Yield the blobs whose text is still to be read from the WARC, earlier wordings first."""
    db.execute("CREATE TEMP TABLE conversion AS SELECT digest, n FROM capture WHERE kind = 'clipping'")
    db.execute("CREATE INDEX temp.conversion_digest ON conversion (digest)")
    rows = db.execute(
        """SELECT blob.n, blob.digest, article.id, min(number) AS number,
            (SELECT clipping FROM revision AS before WHERE before.article = revision.article
                AND before.number = revision.number - 1) AS base
        FROM blob LEFT JOIN revision ON revision.clipping = blob.n LEFT JOIN article ON article.n = revision.article
        WHERE data = '' GROUP BY blob.n ORDER BY number, blob.n"""
    ).fetchall()
    for row in rows:
        places = db.execute(
            """SELECT name, offset, length FROM conversion JOIN capture ON capture.n = conversion.n
            JOIN warc_file ON warc_file.n = capture.file WHERE conversion.digest = ? ORDER BY capture.n""",
            (row["digest"],),
        )
        yield Wordless(
            n=row["n"],
            digest=row["digest"],
            places=tuple(Place(file=name, offset=offset, length=length) for name, offset, length in places),
            thing=f"{row['id']} wording {row['number']}" if row["id"] else "a wording of no article",
            base=row["base"] if row["base"] != row["n"] else None,
        )


NO_WORDS = to_json(Clipping(url="", title="", html="", text=""))
"""What stands for words that are lost: everything goes on, and `verify` says that these are not those that were signed."""


def words_in(old: sqlite3.Connection, digest: bytes) -> str | None:
    """Return the words with this digest that the catalog `old` holds, or None if it does not, or cannot be read."""
    with suppress(sqlite3.Error, zstandard.ZstdError, ValueError, LookupError):
        if schema.version_of(old) == schema.VERSION and (n := packing.find(old, digest)) is not None:
            return blob(old, n).decode()
    return None


def dictionaries(db: sqlite3.Connection) -> list[tuple[int, str, Place]]:
    """Return (number, language, place) of each dictionary whose bytes are still to be read from the WARC."""
    rows = db.execute(
        """SELECT dictionary.n, language, name, offset, length FROM dictionary JOIN capture
            ON capture.url = 'urn:tearsheet:dictionary:' || language || ':' || dictionary.n
        JOIN warc_file ON warc_file.n = capture.file WHERE dictionary.data = ''"""
    )
    return [(n, language, Place(file=name, offset=offset, length=length)) for n, language, name, offset, length in rows]


def fill_dictionary(db: sqlite3.Connection, n: int, data: bytes) -> None:
    """Write the bytes of dictionary `n`; they must be its own."""
    if packing.words_of(data).n == n:
        db.execute("UPDATE dictionary SET data = ? WHERE n = ?", (data, n))


def forget_empty(db: sqlite3.Connection) -> None:
    """Take out the dictionaries whose bytes were not found: what they would have packed is packed without."""
    db.execute("DELETE FROM dictionary WHERE data = ''")


def take_accounts(db: sqlite3.Connection, old: sqlite3.Connection) -> int:
    """Return how many accounts were taken over from the catalog `old`, with their sessions and tokens.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    rows = {table: [tuple(row) for row in old.execute(f"SELECT * FROM {table}")] for table in PEOPLE}
    for table, values in rows.items():
        if values:
            db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)
    return len(rows["account"])


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Return how much there is."""
    return {
        f"{table}s": int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        for table in ("article", "revision", "capture", "picture")
    } | {"leaves": int(db.execute("SELECT count(*) FROM leaf").fetchone()[0])}


def wrong(db: sqlite3.Connection) -> list[str]:
    """Return what does not hold together."""
    return integrity(db)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture that is kept: where the original lies, and (name, digest) of its web copy and thumbnail."""

    n: int
    url: str
    place: Place
    files: tuple[tuple[str, bytes], ...]


def pictures(db: sqlite3.Connection) -> list[Kept]:
    """Return every picture that is kept."""
    rows = db.execute(
        """SELECT picture.*, name, offset, length FROM picture JOIN capture ON capture.n = picture.capture
        JOIN warc_file ON warc_file.n = capture.file ORDER BY picture.n"""
    )
    return [
        Kept(
            n=row["n"],
            url=row["url"],
            place=Place(file=row["name"], offset=row["offset"], length=row["length"]),
            files=((row["web"], row["web_digest"]), (row["thumb"], row["thumb_digest"])),
        )
        for row in rows
    ]


def redeveloped(db: sqlite3.Connection, n: int, digests: Sequence[bytes], *, size: int) -> None:
    """Note that the files of picture `n` are others now."""
    db.execute(
        "UPDATE picture SET web_digest = ?, thumb_digest = ?, bytes = ? WHERE n = ?", (digests[0], digests[1], size, n)
    )
