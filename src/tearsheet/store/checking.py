"""What a verification asks of the catalog: itself, and what must lie in the other places."""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import zstandard

from tearsheet.model import Place
from tearsheet.store.keeping import ADDRESS, blob
from tearsheet.store.values import from_ms


def integrity(db: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with its own file; nothing if all is well."""
    said = [row[0] for row in db.execute("PRAGMA integrity_check(20)")]
    lost = [f"{row[0]} refers to a {row[2]} that is not there" for row in db.execute("PRAGMA foreign_key_check")]
    return [line for line in said if line != "ok"] + lost[:20]


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
        f"""SELECT capture.*, {ADDRESS}, warc_file.name FROM capture JOIN warc_file ON warc_file.n = capture.file
        {narrowed} ORDER BY capture.n""",
        {"id": id},
    )
    for row in rows:
        yield Kept(
            url=row["final_url"] or row["address"],
            at=from_ms(row["at"]),
            digest=row["digest"],
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
