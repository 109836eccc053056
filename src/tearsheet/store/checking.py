"""What a verification asks of the catalog: itself, and what must lie in the other places."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import zstandard

from tearsheet.errors import DiskTrouble
from tearsheet.model import Place
from tearsheet.store import entries, packing, schema
from tearsheet.store.articles import FILING, nodes
from tearsheet.store.keeping import blob, clipping_of, shown_of
from tearsheet.store.values import ADDRESS, SHA256, from_ms


@contextmanager
def damage_is_trouble() -> Iterator[None]:
    """Turn whatever SQLite says into our error: in a file that was changed anything may be wrong."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError, zstandard.ZstdError) as error:
        raise DiskTrouble("the catalog", str(error)) from error


def integrity(db: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with its own file; nothing if all is well."""
    said = [row[0] for row in db.execute("PRAGMA integrity_check(20)")]
    lost = [f"{row[0]} refers to a {row[2]} that is not there" for row in db.execute("PRAGMA foreign_key_check")]
    return [line for line in said if line != "ok"] + lost[:20] + _other_schema(db)


def unreadable(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what cannot be read, of every value of every row: SQLite itself does not look whether text is text."""
    for table in sorted(name for kind, name in _schema(db) if kind == "table"):
        try:
            for _ in db.execute(f'SELECT * FROM "{table}"'):
                pass
        except (sqlite3.Error, UnicodeDecodeError) as error:
            yield f"{table}: {error}"
    try:
        for row in db.execute("SELECT article, source, said, entry, base FROM listing"):
            if entries.said(entries.text_of(db, row["entry"], row["base"])) != row["said"]:
                yield f"listing of article {row['article']} by source {row['source']}: was changed"
    except (zstandard.ZstdError, ValueError, TypeError, LookupError) as error:
        yield f"listing of article {row['article']} by source {row['source']}: {error}"


def contradictions(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what the catalog says twice and not alike: the list of articles and their newest wordings, counts, times."""
    for said, sql in _NEVER.items():
        for row in db.execute(f"{sql} LIMIT 20"):
            yield f"{row[0]}: {said}"
    yield from misfiled(db)
    rows = db.execute(
        """SELECT article.*, revision.clipping FROM article JOIN revision ON revision.article = article.n
        AND revision.number = article.revisions ORDER BY article.n"""
    )
    for row in rows:
        try:
            shown = shown_of(clipping_of(db, row["clipping"]))
        except (zstandard.ZstdError, ValueError, TypeError, LookupError) as error:
            yield f"{row['id']}: its newest wording cannot be read: {error}"
            continue
        for name, value in zip(_SHOWN, shown, strict=True):
            if row[name] != value:
                yield f"{row['id']}: its {name} is not that of its newest wording"


def misfiled(db: sqlite3.Connection) -> Iterator[str]:
    """Yield which articles are not filed under the categories of their listings and those above, or at another moment."""
    there = "SELECT category, seq, moment FROM filed"
    try:
        rows = db.execute(
            f"SELECT DISTINCT seq FROM ({FILING} EXCEPT {there}) UNION SELECT seq FROM ({there} EXCEPT {FILING}) LIMIT 20",
            {"nodes": nodes(db)},
        ).fetchall()
    except ValueError as error:  # a category that is none
        yield f"category: {error}"
        return
    for row in rows:
        yield f"article number {row['seq']}: is not filed as its listings say"


def blobs(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong with texts that no wording refers to (any more), and with the dictionaries they are packed by."""
    for row in db.execute("SELECT * FROM blob WHERE n NOT IN (SELECT clipping FROM revision) ORDER BY n"):
        if said := _wrong(db, row["n"], row["digest"]):
            yield f"text {row['n']}: {said}"
    for row in db.execute("SELECT * FROM dictionary ORDER BY n"):
        if packing.words_of(row["data"]).n != row["n"]:
            yield f"dictionary {row['n']}: was changed"


_SHOWN = ("title", "authors", "language", "excerpt", "lead", "published")
_NEVER = {
    "has more or fewer wordings than it says": "SELECT id FROM article WHERE revisions <> "
    "(SELECT count(*) FROM revision WHERE article = n)",
    "stands at another moment than it was published": "SELECT id FROM article WHERE revisions > 0 "
    "AND moment <> coalesce(published, first_seen)",
    "was seen last before it was seen first": "SELECT id FROM article WHERE last_seen < first_seen",
    "was listed last before it was listed first": "SELECT id FROM listing JOIN article ON n = listing.article "
    "WHERE listing.last_seen < listing.first_seen",
    "is a capture of no kind that there is": "SELECT url FROM capture WHERE kind NOT IN "
    "('page', 'part', 'error', 'feed', 'entry', 'picture', 'clipping', 'file')",
    "is packed by a dictionary that is not there": "SELECT 'text ' || n FROM blob WHERE dictionary <> 0 "
    "AND dictionary NOT IN (SELECT n FROM dictionary)",
    "is neither rejected nor not": "SELECT id FROM article WHERE rejected NOT IN (0, 1)",
    "is rejected and has a place among the articles, or neither": "SELECT id FROM article WHERE revisions > 0 "
    "AND rejected = (seq IS NOT NULL)",
}


def _schema(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    return {(row["type"], row["name"]): row["sql"] for row in db.execute("SELECT * FROM sqlite_schema")}


def _other_schema(db: sqlite3.Connection) -> list[str]:
    """Return which tables and indexes are not as the migrations make them."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        fresh.row_factory = sqlite3.Row
        schema.migrate(fresh)
        wanted, here = _schema(fresh), _schema(db)
    finally:
        fresh.close()
    return [
        f"{kind} {name} is not as it was made" for (kind, name), sql in wanted.items() if here.get((kind, name)) != sql
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the catalog says of a capture: where it was found in the end, when, the digest of its body, and its place."""

    url: str
    at: datetime
    digest: bytes
    place: Place


def captures(db: sqlite3.Connection, id: str) -> Iterator[Kept]:
    """Yield every capture, or those of article `id`."""
    narrowed = "WHERE article = (SELECT n FROM article WHERE id = :id)" if id else ""
    rows = db.execute(
        f"""SELECT capture.*, {ADDRESS}, {SHA256}, warc_file.name FROM capture JOIN warc_file ON warc_file.n = capture.file
        {narrowed} ORDER BY capture.n""",
        {"id": id},
    )
    for row in rows:
        yield Kept(
            url=row["final_url"] or row["address"],
            at=from_ms(row["at"]),
            digest=row["sha256"],
            place=Place(file=row["name"], offset=row["offset"], length=row["length"]),
        )


def wordings(db: sqlite3.Connection, id: str) -> Iterator[tuple[str, int, str]]:
    """Yield (article id, number, what is wrong or nothing) of every revision, or of those of article `id`."""
    narrowed = "WHERE article.id = :id" if id else ""
    rows = db.execute(
        f"""SELECT article.id, article.revisions, revision.number, revision.clipping, blob.digest FROM revision
        JOIN article ON article.n = revision.article LEFT JOIN blob ON blob.n = revision.clipping {narrowed}
        ORDER BY article.n, revision.number""",
        {"id": id},
    )
    for row in rows:
        yield row["id"], row["number"], _wrong(db, row["clipping"], row["digest"])


def media(db: sqlite3.Connection, id: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name under `media/`, digest) of every picture's files, or of those of article `id`."""
    narrowed = "AND article = (SELECT n FROM article WHERE id = :id)" if id else ""
    for row in db.execute(f"SELECT * FROM picture WHERE digest IS NOT NULL {narrowed} ORDER BY n", {"id": id}):
        for name, digest in ((row["web"], row["web_digest"]), (row["thumb"], row["thumb_digest"])):
            if name:
                yield name, digest


def _wrong(db: sqlite3.Connection, n: int, digest: bytes | None) -> str:
    """Return what is wrong with blob `n`, of which `digest` is said; nothing if all is well."""
    if digest is None:
        return "its words are missing"
    try:
        text = blob(db, n)
    except (zstandard.ZstdError, ValueError, LookupError) as error:
        return f"its words cannot be unpacked: {error}"
    return "" if hashlib.sha256(text).digest() == digest else "its words were changed"
