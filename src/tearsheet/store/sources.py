"""The catalog's sources: who is followed, who is due, what the last visit said."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearsheet.model import Source, SourceState, Visit
from tearsheet.store.values import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A source whose turn it is. `rhythm` is what `schedule` has learnt of it, as text."""

    n: int
    source: Source
    visit: Visit | None
    rhythm: str


def sync(db: sqlite3.Connection, sources: Sequence[Source]) -> None:
    """Make the table say what the person's list says. One that is gone from the list is kept as removed."""
    listed = {source.url for source in sources}
    gone = [
        (row["n"],) for row in db.execute("SELECT n, url FROM source WHERE NOT removed") if row["url"] not in listed
    ]
    db.executemany("UPDATE source SET removed = 1 WHERE n = ?", gone)
    db.executemany(
        """INSERT INTO source (url, kind, name, categories, language, timezone, homepage, paused, excerpt_only)
        VALUES (:url, :kind, :name, :categories, :language, :timezone, :homepage, :paused, :excerpt_only)
        ON CONFLICT (url) DO UPDATE SET kind = :kind, name = CASE :name WHEN '' THEN name ELSE :name END,
            categories = :categories, language = CASE :language WHEN '' THEN language ELSE :language END,
            timezone = :timezone, homepage = CASE :homepage WHEN '' THEN homepage ELSE :homepage END,
            paused = :paused, excerpt_only = :excerpt_only, removed = 0""",
        [_row(source) for source in sources],
    )


def unfollowed(db: sqlite3.Connection, source: Source) -> int:
    """Return the row number of a source that is only a name for where articles came from, and is never visited."""
    db.execute(
        """INSERT OR IGNORE INTO source
            (url, kind, name, categories, language, timezone, homepage, paused, excerpt_only, removed)
        VALUES (:url, :kind, :name, :categories, :language, :timezone, :homepage, :paused, :excerpt_only, 1)""",
        _row(source),
    )
    return int(db.execute("SELECT n FROM source WHERE url = ?", (source.url,)).fetchone()[0])


def states(db: sqlite3.Connection) -> list[SourceState]:
    """Return every followed source with its last visit and the number of its kept articles, in the order followed."""
    # An index alone counts all listings, and few are of articles that wait or were rejected.
    listed = dict(db.execute("SELECT source, count(*) FROM listing GROUP BY source").fetchall())
    not_kept = dict(
        db.execute(
            """SELECT listing.source, count(*) FROM article JOIN listing ON listing.article = article.n
            WHERE article.seq IS NULL GROUP BY listing.source"""
        ).fetchall()
    )
    counts = {n: count - not_kept.get(n, 0) for n, count in listed.items()}
    rows = db.execute("SELECT * FROM source WHERE NOT removed ORDER BY n")
    return [SourceState(source=source_of(row), visit=visit_of(row), articles=counts.get(row["n"], 0)) for row in rows]


def all_by_n(db: sqlite3.Connection) -> dict[int, Source]:
    """Return every source ever followed, by its row number."""
    return {row["n"]: source_of(row) for row in db.execute("SELECT * FROM source")}


def claim(
    db: sqlite3.Connection, *, worker: str, now: datetime, limit: int, only: Iterable[str] | None = None
) -> list[Due]:
    """Return due sources that are now `worker`'s, longest due first; with `only`, those addresses whether due or not."""
    if only is None:
        rows = db.execute(
            """UPDATE source SET worker = :worker WHERE n IN (
                SELECT n FROM source WHERE NOT paused AND NOT removed AND next_at <= :now AND worker = ''
                ORDER BY next_at LIMIT :limit) RETURNING *""",
            {"worker": worker, "now": to_ms(now), "limit": limit},
        ).fetchall()
    else:
        rows = []
        for url in only:
            rows += db.execute(
                "UPDATE source SET worker = ? WHERE url = ? AND NOT removed AND worker = '' RETURNING *", (worker, url)
            ).fetchall()
    rows.sort(key=lambda row: (row["next_at"], row["n"]))
    return [Due(n=row["n"], source=source_of(row), visit=visit_of(row), rhythm=row["rhythm"]) for row in rows]


def record_visit(db: sqlite3.Connection, n: int, visit: Visit, *, rhythm: str) -> None:
    """Write what a visit to source `n` found, and give the source free again."""
    db.execute(
        """UPDATE source SET at = ?, next_at = ?, etag = ?, last_modified = ?, listed = ?, new = ?, trouble = ?,
            failures = ?, rhythm = ?, worker = '' WHERE n = ?""",
        (
            to_ms(visit.at),
            to_ms(visit.next_at),
            visit.etag,
            visit.last_modified,
            visit.listed,
            visit.new,
            visit.trouble,
            visit.failures,
            rhythm,
            n,
        ),
    )


def describe(db: sqlite3.Connection, n: int, *, name: str, language: str, homepage: str) -> None:
    """Fill in what a source says of itself where the person said nothing."""
    db.execute(
        """UPDATE source SET name = CASE name WHEN '' THEN ? ELSE name END,
            language = CASE language WHEN '' THEN ? ELSE language END,
            homepage = CASE homepage WHEN '' THEN ? ELSE homepage END WHERE n = ?""",
        (name, language, homepage, n),
    )


def workers(db: sqlite3.Connection) -> set[str]:
    """Return the names of all processes that have claimed something."""
    rows = db.execute(
        "SELECT worker FROM source WHERE worker <> '' UNION SELECT worker FROM article WHERE worker <> ''"
        " UNION SELECT worker FROM picture WHERE worker <> ''"
    )
    return {row[0] for row in rows}


def release(db: sqlite3.Connection, worker: str) -> None:
    """Give free whatever `worker` had claimed: it is done, or dead."""
    for table in ("source", "article", "picture"):
        db.execute(f"UPDATE {table} SET worker = '' WHERE worker = ?", (worker,))


def source_of(row: sqlite3.Row) -> Source:
    """Return the source of a row."""
    return Source(
        url=row["url"],
        kind=row["kind"],
        name=row["name"],
        categories=tuple(json.loads(row["categories"])),
        language=row["language"],
        timezone=row["timezone"],
        homepage=row["homepage"],
        paused=bool(row["paused"]),
        excerpt_only=bool(row["excerpt_only"]),
    )


def visit_of(row: sqlite3.Row) -> Visit | None:
    """Return the last visit of a source's row, or None if there was none."""
    if row["at"] is None:
        return None
    return Visit(
        source=row["url"],
        at=from_ms(row["at"]),
        next_at=from_ms(row["next_at"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        listed=row["listed"],
        new=row["new"],
        trouble=row["trouble"],
        failures=row["failures"],
    )


def _row(source: Source) -> dict[str, object]:
    return {
        "url": source.url,
        "kind": source.kind,
        "name": source.name,
        "categories": json.dumps(source.categories, ensure_ascii=False),
        "language": source.language,
        "timezone": source.timezone,
        "homepage": source.homepage,
        "paused": source.paused,
        "excerpt_only": source.excerpt_only,
    }
