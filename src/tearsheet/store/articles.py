"""The catalog's articles before and between their wordings: addresses, listings, who is due, what went wrong."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tearsheet import urls
from tearsheet.model import Capture, Categories, Entry
from tearsheet.store import entries
from tearsheet.store.values import from_json, from_ms, to_json, to_ms, unpacked_text

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An article whose page is due. `entry` is its fullest listing, `source` that listing's row number.

    `zone` is the zone of times that its sources write without one, if any of them has one.
    """

    n: int
    id: str
    url: str
    source: int
    entry: Entry
    etag: str
    last_modified: str
    looks: int
    revisions: int
    first_seen: datetime
    failures: int
    misses: str
    gone: str
    rejected: bool
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Who lists something, under which category, and when: row numbers of `source` and `category`."""

    source: int
    category: int
    at: datetime


def category(db: sqlite3.Connection, path: Categories) -> int:
    """Return the row number of a category path, made if it is new."""
    return _category(db, json.dumps(path, ensure_ascii=False))


def _category(db: sqlite3.Connection, text: str) -> int:
    row = db.execute("SELECT n FROM category WHERE path = ?", (text,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO category (path) VALUES (?) RETURNING n", (text,)).fetchone()
    return int(row[0])


def at_address(db: sqlite3.Connection, addresses: Iterable[str]) -> int | None:
    """Return the article that one of `addresses` (each in its one spelling) belongs to, or None."""
    for url in addresses:
        hash = address_hash(url)
        row = db.execute(
            "SELECT article FROM address WHERE hash = ? UNION ALL SELECT n FROM article WHERE id = ? AND url = ?",
            (hash, urls.id_of(hash), url),
        ).fetchone()
        if row:
            return int(row[0])
    return None


def add_address(db: sqlite3.Connection, article: int, url: str) -> None:
    """Let `article` be known by `url` too, unless one is already."""
    if at_address(db, [url]) is None:
        db.execute("INSERT INTO address (hash, article, further) VALUES (?, ?, 1)", (address_hash(url), article))


def addresses(db: sqlite3.Connection, article: int) -> list[bytes]:
    """Return the hashes of every address that leads to `article`: its own, which is worked out, and further ones."""
    further = [hash for (hash,) in db.execute("SELECT hash FROM address WHERE article = ? AND further", (article,))]
    url = db.execute("SELECT url FROM article WHERE n = ?", (article,)).fetchone()["url"]
    own = address_hash(url)
    return [own, *further] if at_address(db, [url]) == article and own not in further else further


def addresses_lead_to(db: sqlite3.Connection, old: int, new: int) -> None:
    """Let every address of article `old` lead to `new` from now on."""
    hashes = [(hash, new) for hash in addresses(db, old)]
    db.executemany("INSERT OR REPLACE INTO address (hash, article, further) VALUES (?, ?, 1)", hashes)


def add_article(db: sqlite3.Connection, url: str, sighting: Sighting) -> int:
    """Return the row number of a new article at `url`, wanted at once."""
    id = urls.article_id(url)
    n = _insert(db, id, url, sighting)
    if id != urls.id_of(address_hash(url)):
        add_address(db, n, url)
    return n


def _insert(db: sqlite3.Connection, id: str, url: str, sighting: Sighting) -> int:
    """Return the row number of a new article; its id is lengthened in the case, never seen, that another has it."""
    ms = to_ms(sighting.at)
    try:
        n = db.execute(
            """INSERT INTO article (id, url, source, category, first_seen, last_seen, moment, due_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (id, url, sighting.source, sighting.category, ms, ms, ms, ms),
        ).lastrowid
    except sqlite3.IntegrityError as error:
        if "article.id" not in str(error):
            raise
        n = _insert(db, f"{id}x", url, sighting)
        add_address(db, n, url)
    assert n is not None  # a row was inserted
    return n


def list_article(db: sqlite3.Connection, article: int, entry: Entry, sighting: Sighting) -> str:
    """Note that `source` lists `article` as `entry`; return `new`, `same`, or `changed` if title or date of change differ."""
    ms, source = to_ms(sighting.at), sighting.source
    row = db.execute(
        "SELECT said, entry, base, last_seen FROM listing WHERE article = ? AND source = ?", (article, source)
    ).fetchone()
    text = to_json(entry)
    said = entries.said(text)
    if row is None:
        guid = "" if entry.guid == entry.url else entry.guid
        first = entries.first_wording(db, article)
        db.execute(
            """INSERT INTO listing (article, source, guid, category, first_seen, last_seen, said, entry, base)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (article, source, guid, sighting.category, ms, ms, said, *entries.packed(text, first)),
        )
        if first:
            file(db, article)
            db.execute("UPDATE article SET change = ? WHERE n = ?", (next_change(db), article))
        return "new"
    # A listing that says the same again is the common case: it costs one write a day.
    if row["said"] == said:
        if row["last_seen"] < ms - DAY_MS:
            db.execute("UPDATE listing SET last_seen = ? WHERE article = ? AND source = ?", (ms, article, source))
        return "same"
    old = entries.entry_of(db, row)
    db.execute(
        """UPDATE listing SET last_seen = max(last_seen, ?), said = ?, entry = ?, base = ?
        WHERE article = ? AND source = ?""",  # max: a clock may have been set back
        (ms, said, *entries.packed(text, entries.first_wording(db, article)), article, source),
    )
    return "same" if (old.title, old.updated) == (entry.title, entry.updated) else "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article as one source has listed it."""

    n: int
    published: datetime | None


def by_guid(db: sqlite3.Connection, source: int, guid: str) -> Known | None:
    """Return the one article that `source` has listed under `guid`, or None if there is none, or more than one."""
    rows = db.execute(
        "SELECT article, entry, base FROM listing WHERE source = ? AND guid = ? AND guid <> '' LIMIT 2", (source, guid)
    ).fetchall()
    if len(rows) != 1:
        return None
    return Known(n=rows[0]["article"], published=entries.entry_of(db, rows[0]).published)


def look_again(db: sqlite3.Connection, article: int, now: datetime) -> None:
    """Make `article` due now: its listing says that it has changed."""
    db.execute(
        "UPDATE article SET due_at = ?, failures = 0 WHERE n = ? AND revisions > 0 AND worker = ''",
        (to_ms(now), article),
    )


def make_due(db: sqlite3.Connection, now: datetime) -> None:
    """Make every kept article due now, whatever its schedule; what is due is not touched, for the journal takes up each row."""
    db.execute(
        """UPDATE article SET due_at = :now
            WHERE revisions > 0 AND worker = '' AND (due_at IS NULL OR due_at > :now)""",
        {"now": to_ms(now)},
    )


def rest(db: sqlite3.Connection, article: int) -> None:
    """Look at `article` no more: it did not come from the web."""
    db.execute("UPDATE article SET due_at = NULL, worker = '' WHERE n = ?", (article,))


def claim(db: sqlite3.Connection, *, worker: str, now: datetime, limit: int) -> list[Wanted]:
    """Return articles that are due and now `worker`'s: those never fetched first, then longest due first."""
    rows = db.execute(
        """UPDATE article SET worker = :worker WHERE n IN (
            SELECT n FROM article WHERE due_at <= :now AND worker = '' ORDER BY due_at LIMIT :limit)
        RETURNING *""",
        {"worker": worker, "now": to_ms(now), "limit": limit},
    ).fetchall()
    rows.sort(key=lambda row: (row["revisions"] > 0, row["due_at"], row["n"]))
    return [wanted_of(db, row) for row in rows]


def wanted(db: sqlite3.Connection, n: int) -> Wanted | None:
    """Return article `n` as it would be fetched, or None if it is no more."""
    row = db.execute("SELECT * FROM article WHERE n = ?", (n,)).fetchone()
    return wanted_of(db, row) if row else None


def wanted_of(db: sqlite3.Connection, row: sqlite3.Row) -> Wanted:
    """Return a row of `article` with its fullest listing."""
    listed = db.execute(
        "SELECT source, entry, base, timezone FROM listing JOIN source ON source.n = source WHERE article = ?",
        (row["n"],),
    ).fetchall()
    said = [(item["source"], entries.entry_of(db, item)) for item in listed]
    source, entry = max(
        said, key=lambda pair: (len(pair[1].content), pair[0] == row["source"]), default=(row["source"], None)
    )
    return Wanted(
        n=row["n"],
        id=row["id"],
        url=row["url"],
        source=source,
        entry=entry or Entry(url=row["url"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        looks=row["looks"],
        revisions=row["revisions"],
        first_seen=from_ms(row["first_seen"]),
        failures=row["failures"],
        misses=row["misses"],
        gone=row["gone"],
        rejected=bool(row["rejected"]),
        zone=next((item["timezone"] for item in listed if item["timezone"]), ""),
    )


def looked(db: sqlite3.Connection, n: int, capture: Capture, *, due_at: datetime | None) -> None:
    """Note that the page of article `n` came, as `capture`, and when to look again.

    A whole answer's validators take the place of those we had, also where it has none: older ones would be those of another
    wording. What says only that nothing has changed leaves standing what it does not name, and so does one without headers.
    """
    whole = capture.status != 304 and bool(capture.headers)
    db.execute(
        """UPDATE article SET looks = looks + 1, due_at = :due_at, worker = '', failures = 0, trouble = '', misses = '[]',
            etag = iif(:whole OR :etag <> '', :etag, etag),
            last_modified = iif(:whole OR :modified <> '', :modified, last_modified),
            last_seen = max(last_seen, :seen) WHERE n = :n""",
        {
            "n": n,
            "due_at": None if due_at is None else to_ms(due_at),
            "whole": whole,
            "etag": capture.header("etag"),
            "modified": capture.header("last-modified"),
            "seen": to_ms(capture.captured_at),
        },
    )


def failed(db: sqlite3.Connection, n: int, trouble: str, *, due_at: datetime | None, misses: str | None = None) -> None:
    """Note that the page of article `n` did not come, why, and when to try again."""
    db.execute(
        """UPDATE article SET failures = failures + 1, trouble = ?, due_at = ?, worker = '',
            misses = coalesce(?, misses) WHERE n = ?""",
        (trouble, None if due_at is None else to_ms(due_at), misses, n),
    )


def mark_gone(db: sqlite3.Connection, n: int, why: str, at: datetime | None) -> None:
    """Mark article `n` as gone from the web for reason `why`, or, with an empty `why`, as back."""
    db.execute(
        "UPDATE article SET gone = ?, gone_at = ?, change = ? WHERE n = ? AND gone <> ?",
        (why, None if at is None else to_ms(at), next_change(db), n, why),
    )


def neighbours(db: sqlite3.Connection, n: int, *, limit: int = 500) -> list[tuple[str, str, str]]:
    """Return (title, excerpt, address of the lead picture) of other articles that article `n`'s source lists, newest first.

    Of one that is not fetched yet it is what its listing says.
    """
    rows = db.execute(
        """SELECT title, excerpt, lead, iif(revisions, NULL, entry) AS entry FROM listing
            CROSS JOIN article ON article.n = listing.article
        WHERE listing.source = (SELECT source FROM article WHERE n = :n) AND listing.article <> :n
        ORDER BY listing.article DESC LIMIT :limit""",
        {"n": n, "limit": limit},
    )
    return [_teaser(row) for row in rows]


def _teaser(row: sqlite3.Row) -> tuple[str, str, str]:
    if row["entry"]:
        entry: Entry = from_json(Entry, unpacked_text(row["entry"]))
        return entry.title, entry.summary, ""
    return row["title"], row["excerpt"], row["lead"]


def merge(db: sqlite3.Connection, old: int, new: int) -> None:
    """Let article `old`, which has no wording yet, become a further listing of article `new`."""
    for row in db.execute("SELECT * FROM listing WHERE article = ?", (old,)).fetchall():
        db.execute(
            "INSERT OR IGNORE INTO listing (article, source, guid, category, first_seen, last_seen, said, entry)"
            " VALUES (:new, :source, :guid, :category, :first_seen, :last_seen, :said, :entry)",
            {"new": new, **dict(row)},
        )
    if first := entries.first_wording(db, new):
        entries.pack_anew(db, new, first)
    file(db, new)
    db.execute("DELETE FROM listing WHERE article = ?", (old,))
    db.execute(
        """UPDATE capture SET article = :new, url = CASE url WHEN '' THEN (SELECT url FROM article WHERE n = :old) ELSE url END
        WHERE article = :old""",
        {"new": new, "old": old},
    )
    db.execute("UPDATE picture SET article = ? WHERE article = ?", (new, old))
    db.execute("DELETE FROM profile_page WHERE article = ?", (old,))
    db.execute("UPDATE article SET copy_of = nullif(?, n) WHERE copy_of = ?", (new, old))
    db.execute("UPDATE article SET change = ? WHERE n = ?", (next_change(db), new))
    addresses_lead_to(db, old, new)
    db.execute("DELETE FROM article WHERE n = ?", (old,))


def remarked(db: sqlite3.Connection, n: int) -> None:
    """Note that the pages of article `n` have something new to say, though its wording is as it was."""
    db.execute("UPDATE article SET change = ? WHERE n = ? AND revisions > 0", (next_change(db), n))


def mark_copy(db: sqlite3.Connection, n: int, original: int) -> None:
    """Note that article `n` says that it is a copy of `original`."""
    db.execute(
        "UPDATE article SET copy_of = ?, change = ? WHERE n = ? AND copy_of IS NULL AND n <> ?",
        (original, next_change(db), n, original),
    )


def next_change(db: sqlite3.Connection) -> int:
    """Return the next number of a visible change; they only grow."""
    return int(
        db.execute(
            """INSERT INTO state (key, value) VALUES ('change', '1')
            ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value"""
        ).fetchone()[0]
    )


def last_change(db: sqlite3.Connection) -> int:
    """Return the number of the last visible change; 0 if there was none."""
    row = db.execute("SELECT value FROM state WHERE key = 'change'").fetchone()
    return int(row[0]) if row else 0


def file(db: sqlite3.Connection, article: int) -> None:
    """File an article that has its place among the arrivals under the categories of its listings and those above them."""
    rows = db.execute(
        """SELECT seq, moment, path FROM article JOIN listing ON listing.article = article.n
        JOIN category ON category.n = listing.category WHERE article.n = ? AND seq IS NOT NULL AND NOT rejected""",
        (article,),
    ).fetchall()
    if rows:
        seq, moment, _ = rows[0]
        db.executemany(
            """INSERT INTO filed (category, seq, moment) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET moment = excluded.moment WHERE moment <> excluded.moment""",
            [(n, seq, moment) for n in _ways_to(db, {path for _, _, path in rows})],
        )


def _ways_to(db: sqlite3.Connection, paths: set[str]) -> list[int]:
    """Return the row numbers of the categories `paths` and of those above them, made if they are new."""
    nodes = dict.fromkeys(node for path in sorted(paths) for node in _path_to(path))
    return [_category(db, node) for node in nodes]


def file_all(db: sqlite3.Connection) -> None:
    """File every article anew."""
    paths = db.execute(
        """SELECT path FROM category WHERE n IN (SELECT category FROM listing WHERE EXISTS
            (SELECT 1 FROM article WHERE article.n = listing.article AND seq IS NOT NULL AND NOT rejected))"""
    )
    _ways_to(db, {path for (path,) in paths.fetchall()})
    db.execute("DELETE FROM filed")
    db.execute(f"INSERT INTO filed (category, seq, moment) {FILING}", {"nodes": nodes(db)})


FILING = """
SELECT DISTINCT node AS category, seq, moment FROM listing
    JOIN (SELECT json_extract(value, '$[0]') AS leaf, json_extract(value, '$[1]') AS node FROM json_each(:nodes))
        ON leaf = listing.category
    JOIN article ON article.n = listing.article WHERE seq IS NOT NULL AND NOT rejected
"""
"""All that is to be filed; `nodes` is what the function of this name returns."""


def nodes(db: sqlite3.Connection) -> str:
    """Return the JSON of [row number of a category, that of itself or one above it]; 0 for one that is missing."""
    known = {path: n for n, path in db.execute("SELECT n, path FROM category")}
    return json.dumps([(n, known.get(node, 0)) for path, n in known.items() for node in _path_to(path)])


@lru_cache(maxsize=10_000)
def _path_to(path: str) -> tuple[str, ...]:
    """Return the path of a category and those above it, outermost first."""
    names = json.loads(path)
    return tuple(json.dumps(names[:depth], ensure_ascii=False) for depth in range(1, len(names) + 1))


def address_hash(url: str) -> bytes:
    """Return what stands for the address `url` (in its one spelling) in the catalog: 16 bytes of its SHA-256."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()[:16]
