"""What the faces ask the catalog: lists, one article with all that belongs to it, counts. Rows leave as nouns."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from tearsheet.model import Article, Categories, Clipping, Entry, Image, Listing, Place, Query, Revision, Source
from tearsheet.store import sources as source_rows
from tearsheet.store.values import (
    ADDRESS,
    SHA256,
    WITH_DIGEST,
    from_ms,
    from_ms_or_none,
    named_digest,
    raw_digest,
    to_ms,
)

# In the order of an article's fields. Few are copies, and to ask for the original of nothing takes time too.
COLUMNS = """
SELECT article.id, article.seq, article.url, title, first_seen, last_seen, revisions, source.url, source.name, path, authors,
    published, article.language, excerpt, lead,
    iif(copy_of IS NULL, NULL, (SELECT id FROM article AS original WHERE original.n = article.copy_of)), gone_at, gone, rejected,
    excerpt_only, edited_at, change, article.trouble
"""
BESIDE = "CROSS JOIN source ON source.n = article.source CROSS JOIN category ON category.n = article.category"
ARTICLES = f"{COLUMNS} FROM article {BESIDE}"
FILED = f"{COLUMNS} FROM filed CROSS JOIN article ON article.seq = filed.seq {BESIDE}"
_CATEGORY = "(SELECT n FROM category WHERE path = :path)"
# Three ways to read a category: in the order in which it is filed, by arrival or by moment; or, in another order, all of it, or
# article by article, looking each up.
_ALONG = f"filed.category = {_CATEGORY}"
_AMONG = f"article.seq IN (SELECT seq FROM filed WHERE category = {_CATEGORY})"
_EACH = f"EXISTS (SELECT 1 FROM filed WHERE filed.category = {_CATEGORY} AND filed.seq = article.seq)"
FEW = 2000
"""A category of fewer articles is read as a whole, and sorted."""
ORDERS = {
    "newest": "article.moment DESC, article.seq DESC",
    "oldest": "article.moment, article.seq",
    "arrival": "article.seq",
    "edited": "article.edited_at DESC, article.seq DESC",
    "gone": "article.gone_at DESC, article.seq DESC",
}
FILED_ORDERS = {
    "newest": "filed.moment DESC, filed.seq DESC",
    "oldest": "filed.moment, filed.seq",
    "arrival": "filed.seq",
}
ALTERED = {"edited": "article.edited_at", "gone": "article.gone_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """A capture as the catalog lists it: the bytes lie at `place`. `note` says why it made no new wording."""

    url: str
    final_url: str
    kind: str
    status: int
    at: datetime
    digest: str
    place: Place
    note: str


def find(db: sqlite3.Connection, query: Query) -> list[Article]:
    """Return the articles that `query` asks for, in its order."""
    way = _way(db, query) if query.categories else _AMONG
    where, values = conditions(query, way)
    values |= {"limit": query.limit or -1, "offset": query.offset}
    if way == _ALONG and query.offset and _is_filed_alone(where):
        # What is skipped is skipped in the index; whole rows are read of those that are shown.
        shown = f"SELECT * FROM filed WHERE {where} ORDER BY {FILED_ORDERS[query.order]} LIMIT :limit OFFSET :offset"
        sql = f"{FILED.replace('FROM filed', f'FROM ({shown}) AS filed')} ORDER BY {FILED_ORDERS[query.order]}"
    elif way == _ALONG:
        sql = f"{FILED} WHERE {where} ORDER BY {FILED_ORDERS[query.order]} LIMIT :limit OFFSET :offset"
    elif way == _AMONG and query.categories and query.limit:
        # Whole rows are read of those that are shown; of the others only what they are sorted by.
        order = ORDERS[query.order]
        chosen = f"SELECT article.n FROM article WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"
        sql = f"{ARTICLES} WHERE article.n IN ({chosen}) ORDER BY {order}"
    else:
        sql = f"{ARTICLES} WHERE {where} ORDER BY {ORDERS[query.order]} LIMIT :limit OFFSET :offset"
    return [article_of(row) for row in db.execute(sql, values)]


def _way(db: sqlite3.Connection, query: Query) -> str:
    """Return how a category is best read for `query`."""
    if query.order in FILED_ORDERS:
        return _ALONG
    path = {"path": json.dumps(query.categories, ensure_ascii=False)}
    many = db.execute(f"SELECT 1 FROM filed WHERE category = {_CATEGORY} LIMIT 1 OFFSET {FEW}", path).fetchone()
    return _EACH if many and query.limit else _AMONG


def count(db: sqlite3.Connection, query: Query) -> int:
    """Return how many articles `query` asks for, whatever its limit."""
    table, where, values = _table(query)
    return int(db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0])


def _table(query: Query) -> tuple[str, str, dict[str, object]]:
    """Return the table whose rows alone tell which articles `query` asks for, and its clause and values over that table."""
    if query.categories and query.order in FILED_ORDERS:
        where, values = conditions(query, _ALONG)
        if _is_filed_alone(where):
            return "filed", where, values
    return "article", *conditions(query)


def _is_filed_alone(where: str) -> bool:
    """Return whether the conditions `where` ask nothing that only an article's own row can answer."""
    return "article." not in where


def conditions(query: Query, path: str = _AMONG) -> tuple[str, dict[str, object]]:
    """Return the WHERE clause of `query` over `article`, and its values; `path` is how its category is narrowed to."""
    place = "filed" if path == _ALONG else "article"  # either has its moment and its number, and an index over them
    # Who has a place among the arrivals has a wording and is not rejected, and only such articles are filed.
    parts = [] if query.rejected is False or query.in_trouble else ["article.revisions > 0"]
    if query.in_trouble:
        parts += ["article.trouble <> ''", "article.gone_at IS NULL"]
    elif query.rejected is False and path != _ALONG:
        parts.append("article.seq IS NOT NULL")
    if query.rejected:
        parts.append("article.rejected")
    values: dict[str, object] = {}
    altered = ALTERED.get(query.order, "article.edited_at")
    for name, clause, value in (
        ("since", f"{place}.moment >= :since", query.since and to_ms(query.since)),
        ("until", f"{place}.moment < :until", query.until and to_ms(query.until)),
        ("altered_since", f"{altered} >= :altered_since", query.altered_since and to_ms(query.altered_since)),
        ("altered_until", f"{altered} < :altered_until", query.altered_until and to_ms(query.altered_until)),
        # A language is asked for with all that is spoken of it: zh finds zh-CN.
        ("language", "(article.language = :language OR article.language LIKE :language || '-%')", query.language),
        ("after", f"{place}.seq > :after", query.after),
        ("before", f"{place}.seq < :before", query.before),
        (
            "source",
            "article.n IN (SELECT article FROM listing WHERE source = (SELECT n FROM source WHERE url = :source))",
            query.source,
        ),
        (
            "path",
            path,
            query.categories and json.dumps(query.categories, ensure_ascii=False),
        ),
    ):
        if value:
            parts.append(clause)
            values[name] = value
    for claim, clause in (
        (query.edited, "article.edited_at IS {}NULL"),
        (query.gone, "article.gone_at IS {}NULL"),
    ):
        if claim is not None:
            parts.append(clause.format("NOT " if claim else ""))
    return " AND ".join(parts), values


def by_key(db: sqlite3.Connection, key: str, *, at: int | None = None) -> list[Article]:
    """Return the articles whose id is or begins with `key`; the one with row number `at` if none has that id."""
    rows = db.execute(f"{ARTICLES} WHERE article.id = ?", (key,)).fetchall()
    rows = rows or db.execute(f"{ARTICLES} WHERE article.n = ?", (at,)).fetchall()
    if not rows and key.isalnum():
        rows = db.execute(f"{ARTICLES} WHERE article.id >= ? AND article.id < ? LIMIT 5", (key, key + "{")).fetchall()
    return [article_of(row) for row in rows]


def by_seqs(db: sqlite3.Connection, seqs: Iterable[int]) -> list[Article]:
    """Return the articles with these `seq` numbers, in the order given; those that are no more are left out."""
    wanted = list(seqs)
    rows = db.execute(f"{ARTICLES} WHERE article.seq IN (SELECT value FROM json_each(?))", (json.dumps(wanted),))
    found = {row["seq"]: row for row in rows}
    return [article_of(found[seq]) for seq in wanted if seq in found]


def seqs(db: sqlite3.Connection, query: Query) -> list[int]:
    """Return the `seq` of every article that `query` asks for, in its order, whatever its limit."""
    table, where, values = _table(query)
    order = (FILED_ORDERS if table == "filed" else ORDERS)[query.order]
    rows = db.execute(f"SELECT seq FROM {table} WHERE {where} AND seq IS NOT NULL ORDER BY {order}", values)
    return [seq for (seq,) in rows]


def last_text(db: sqlite3.Connection, seq: int) -> str:
    """Return the text of the newest wording of the article with this `seq`."""
    row = db.execute(
        """SELECT clipping FROM revision WHERE article = (SELECT n FROM article WHERE seq = ?)
        ORDER BY number DESC LIMIT 1""",
        (seq,),
    ).fetchone()
    return _clipping(db, row["clipping"]).text if row else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An article as the index needs it. `kept` is false if it is no article (any more)."""

    seq: int
    change: int
    title: str
    text: str
    moment: datetime
    kept: bool


def changed_since(db: sqlite3.Connection, change: int, *, limit: int) -> list[Changed]:
    """Return articles whose last visible change is after number `change`, in the order of those changes."""
    rows = db.execute(
        """SELECT n, seq, change, title, moment, rejected,
            (SELECT clipping FROM revision WHERE article = article.n ORDER BY number DESC LIMIT 1) AS clipping
        FROM article WHERE change > ? AND change > 0 AND seq IS NOT NULL ORDER BY change LIMIT ?""",
        (change, limit),
    ).fetchall()
    return [
        Changed(
            seq=row["seq"],
            change=row["change"],
            title=row["title"],
            text=_clipping(db, row["clipping"]).text if row["clipping"] else "",
            moment=from_ms(row["moment"]),
            kept=not row["rejected"] and row["clipping"] is not None,
        )
        for row in rows
    ]


def revisions(db: sqlite3.Connection, id: str) -> list[Revision]:
    """Return every wording of article `id`, first to last."""
    # A wording is cut a little after its page came, and may be cut anew from a later capture.
    rows = db.execute(
        f"""SELECT revision.*, {SHA256}, min(capture.at, revision.seen_at) AS captured
        FROM revision JOIN capture ON capture.n = revision.capture
        WHERE revision.article = (SELECT n FROM article WHERE id = ?) ORDER BY number""",
        (id,),
    ).fetchall()
    return [
        Revision(
            article=id,
            number=row["number"],
            seen_at=from_ms(row["captured"]),
            clipping=_clipping(db, row["clipping"]),
            digest=named_digest(row["digest"]),
            capture=named_digest(row["sha256"]),
            kind=row["kind"],
        )
        for row in rows
    ]


def wording_bytes(db: sqlite3.Connection, id: str) -> list[tuple[int, bytes]]:
    """Return (number, JSON bytes) of every wording of article `id`: the bytes that the ledger's records name by digest."""
    rows = db.execute(
        "SELECT number, clipping FROM revision WHERE article = (SELECT n FROM article WHERE id = ?) ORDER BY number",
        (id,),
    ).fetchall()
    return [(row["number"], _words(db, row["clipping"])) for row in rows]


def listings(db: sqlite3.Connection, id: str) -> list[tuple[Listing, Entry]]:
    """Return where article `id` was listed, with the entry as it stood there last, first listing first."""
    from tearsheet.store import entries  # lists and counts unpack nothing

    rows = db.execute(
        """SELECT listing.*, article.url, source.url AS source_url, category.path FROM listing
        JOIN article ON article.n = listing.article JOIN source ON source.n = listing.source
        JOIN category ON category.n = listing.category WHERE article.id = ? ORDER BY listing.first_seen, listing.source""",
        (id,),
    )
    found = []
    for row in rows:
        entry = entries.entry_of(db, row)
        listing = Listing(
            article=id,
            source=row["source_url"],
            guid=row["guid"] or entry.url,
            categories=tuple(json.loads(row["path"])),
            first_seen=from_ms(row["first_seen"]),
            last_seen=from_ms(row["last_seen"]),
        )
        found.append((listing, entry))
    return found


CAPTURES = (
    f"SELECT capture.*, {ADDRESS}, {SHA256}, warc_file.name FROM capture JOIN warc_file ON warc_file.n = capture.file"
)


def captures(db: sqlite3.Connection, id: str) -> list[CaptureRow]:
    """Return the captures of article `id`'s page, oldest first; the records of its clippings are left out."""
    rows = db.execute(
        f"""{CAPTURES} WHERE article = (SELECT n FROM article WHERE id = ?) AND kind <> 'clipping'
        ORDER BY at, capture.n""",
        (id,),
    )
    return [capture_of(row) for row in rows]


def capture_by_digest(db: sqlite3.Connection, digest: str) -> CaptureRow | None:
    """Return the first capture whose body has `digest`, or None."""
    row = db.execute(
        f"""{CAPTURES} WHERE {WITH_DIGEST} ORDER BY capture.n LIMIT 1""",
        {"digest": raw_digest(digest)},
    ).fetchone()
    return capture_of(row) if row else None


def capture_by_n(db: sqlite3.Connection, n: int) -> CaptureRow | None:
    """Return capture `n`, or None."""
    row = db.execute(f"{CAPTURES} WHERE capture.n = ?", (n,)).fetchone()
    return capture_of(row) if row else None


def further_pages(db: sqlite3.Connection, n: int) -> list[CaptureRow]:
    """Return the further pages of an article that were fetched for its page, capture `n`, in order."""
    rows = db.execute(
        f"""{CAPTURES} WHERE capture.kind = 'part' AND capture.n > :n
        AND capture.article = (SELECT article FROM capture WHERE n = :n)
        AND capture.n < coalesce((SELECT min(later.n) FROM capture AS later
            WHERE later.article = capture.article AND later.kind = 'page' AND later.n > :n), capture.n + 1)
        ORDER BY capture.n""",
        {"n": n},
    )
    return [capture_of(row) for row in rows]


def days(db: sqlite3.Connection, query: Query) -> list[tuple[datetime, int]]:
    """Return (start of a quarter of an hour, number of articles) for every quarter that has some.

    Quarters, because every zone's midnight falls on one: the caller cuts them into days. In the orders `edited` and `gone` they
    are those of the last edit and of the disappearance.
    """
    table, where, values = _table(query)
    at = ALTERED.get(query.order, f"{table}.moment")
    rows = db.execute(
        f"SELECT {at} / 900000 AS quarter, count(*) FROM {table} WHERE {where} AND {at} IS NOT NULL"
        " GROUP BY quarter ORDER BY quarter",
        values,
    )
    return [(from_ms(quarter * 900_000), number) for quarter, number in rows]


_QUARTER = "article.moment / 900000"
# What articles are grouped by, and what a group is called. Days, months and years begin in every zone with a quarter of an hour.
_GROUPS = {
    "source": ("article.source", "(SELECT url FROM source WHERE n = article.source)"),
    "category": (
        "article.category",
        "(SELECT coalesce(group_concat(value, '/'), '') FROM category, json_each(category.path) WHERE n = article.category)",
    ),
    "language": ("article.language", "article.language"),
}
_DATE_CHARS = {"day": 10, "month": 7, "year": 4}


def tally(db: sqlite3.Connection, query: Query, by: str, *, zone: tzinfo) -> dict[str, tuple[int, int, int]]:
    """Return how many articles that `query` asks for there are, were edited and are gone, for each group of them.

    Groups are the `day`, `month` or `year` of publication in `zone` (`2026-11`), or the article's own `source` (address),
    `category` (path, joined by `/`) or `language`.
    """
    where, values = conditions(query)
    group, name = _GROUPS.get(by, (_QUARTER, _QUARTER))
    rows = db.execute(
        f"SELECT {name}, count(*), count(edited_at), count(gone_at) FROM article WHERE {where} GROUP BY {group}", values
    )
    found: dict[str, tuple[int, int, int]] = {}
    for of, articles, edited, gone in rows:
        of = from_ms(of * 900_000).astimezone(zone).isoformat()[: _DATE_CHARS[by]] if by in _DATE_CHARS else of
        before = found.get(of, (0, 0, 0))
        found[of] = (before[0] + articles, before[1] + edited, before[2] + gone)
    return found


def sources(db: sqlite3.Connection) -> list[Source]:
    """Return every source that articles came from, followed or not."""
    return list(source_rows.all_by_n(db).values())


def category_counts(db: sqlite3.Connection) -> dict[Categories, int]:
    """Return every category path, those above included, with the number of articles filed under it."""
    rows = db.execute(
        """SELECT category.path, count(*) FROM filed JOIN category ON category.n = filed.category
        GROUP BY filed.category ORDER BY min(filed.seq), category.n"""
    )
    return {tuple(json.loads(path)): number for path, number in rows}


def counted_of(db: sqlite3.Connection) -> tuple[int, int]:
    """Return what is another one whenever sources, articles or listings have changed.

    Whatever changes of articles and listings makes a page of the journal; of sources it may wait, so that they are looked at.
    """
    page = db.execute("SELECT coalesce(max(number), 0) FROM journal").fetchone()[0]
    return page, hash(tuple(map(tuple, db.execute("SELECT * FROM source ORDER BY n"))))


def stats(db: sqlite3.Connection, now: datetime) -> dict[str, int]:
    """Return counts of what is kept, and bytes by part of the catalog."""
    counts = db.execute(
        """SELECT sum(seq IS NOT NULL AND NOT rejected) AS articles, sum(rejected AND revisions > 0) AS rejected,
            sum(revisions) AS revisions, sum(gone <> '') AS gone, sum(edited_at IS NOT NULL) AS edited,
            sum(revisions = 0) AS waiting, sum(due_at <= :now) AS due, sum(first_seen > :now - 86400000) AS today
        FROM article""",
        {"now": to_ms(now)},
    ).fetchone()
    found = {key: int(counts[key] or 0) for key in counts.keys()}  # noqa: SIM118 (a Row iterates over values)
    for key, sql in (
        ("sources", "SELECT count(*) FROM source WHERE NOT removed"),
        ("sources_in_trouble", "SELECT count(*) FROM source WHERE NOT removed AND trouble <> ''"),
        ("captures", "SELECT count(*) FROM capture"),
        ("pictures", "SELECT count(*) FROM picture WHERE digest IS NOT NULL"),
        ("picture_bytes", "SELECT coalesce(sum(bytes), 0) FROM picture"),
        ("pictures_waiting", "SELECT count(*) FROM picture WHERE due_at IS NOT NULL"),
        ("leaves", "SELECT count(*) FROM leaf"),
    ):
        found[key] = int(db.execute(sql).fetchone()[0])
    return found


_DUE = {
    "sources": "SELECT count(*) FROM source WHERE NOT paused AND NOT removed AND next_at <= :now AND worker = ''",
    "articles": "SELECT count(*) FROM article WHERE due_at <= :now AND worker = ''",
    "pictures": "SELECT count(*) FROM picture WHERE due_at <= :now AND worker = ''",
}


def due(db: sqlite3.Connection, what: str, now: datetime) -> int:
    """Return how many `sources`, `articles` or `pictures` are due and nobody's yet."""
    return int(db.execute(_DUE[what], {"now": to_ms(now)}).fetchone()[0])


def table_bytes(db: sqlite3.Connection) -> dict[str, int]:
    """Return the bytes of every table of the catalog with its indexes, largest first, and of its `free` pages; reads all of it.

    Nothing if this SQLite was built without what counts them.
    """
    try:
        rows = db.execute(
            """SELECT coalesce(tbl_name, dbstat.name), sum(pgsize) AS bytes FROM dbstat
            LEFT JOIN sqlite_schema AS made ON made.name = dbstat.name GROUP BY 1
            UNION ALL SELECT 'free', freelist_count * page_size FROM pragma_freelist_count, pragma_page_size
            ORDER BY 2 DESC"""
        ).fetchall()
    except sqlite3.OperationalError:
        return {}
    return {str(row[0]): int(row[1]) for row in rows}


class Listed(Article):
    """An article whose fields are made when one of them is asked for: a list may be long, and few of it looked at.

    In all else it is an `Article`, and equal to one with the same fields.
    """

    __slots__ = ("_row",)
    _row: sqlite3.Row

    def __getattr__(self, name: str) -> Any:  # Any: of the field that was asked for; called while it is not made yet
        if name == "_row" or name not in Article.__slots__:
            raise AttributeError(name)
        for put, value in zip(_PUT, _made(self._row), strict=True):
            put(self, value)
        return getattr(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Article):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Article.__slots__)

    __hash__ = Article.__hash__


def article_of(row: sqlite3.Row) -> Article:
    """Return the article of a row of `ARTICLES`."""
    article = _new(Listed)
    _set_row(article, row)
    return article


_PUT: tuple[Callable[[Article, object], None], ...] = tuple(
    Article.__dict__[name].__set__ for name in Article.__slots__
)
_new: Callable[[type[Listed]], Listed] = object.__new__
_set_row: Callable[[Listed, sqlite3.Row], None] = Listed.__dict__["_row"].__set__


def _made(row: sqlite3.Row) -> Iterator[object]:
    """Yield the values of an article's fields, in their order."""
    # By place: a name is looked up from column to column.
    id, seq, url, title, first_seen, last_seen, revisions, source, name, path, authors, published, language, *rest = row
    excerpt, lead, original, gone_at, gone, rejected, excerpt_only, edited_at, change, trouble = rest
    yield from (id, seq or 0, url, title, from_ms(first_seen), from_ms(last_seen), revisions, source, name)
    yield from (_texts(path), _texts(authors), from_ms_or_none(published), language, excerpt)
    yield from (Image(url=lead) if lead else None, original or "", from_ms_or_none(gone_at), gone)
    yield from (bool(rejected), bool(excerpt_only), from_ms_or_none(edited_at), change, trouble)


def _clipping(db: sqlite3.Connection, n: int) -> Clipping:
    from tearsheet.store.keeping import clipping_of  # lists and counts unpack no wording

    return clipping_of(db, n)


def _words(db: sqlite3.Connection, n: int) -> bytes:
    from tearsheet.store.keeping import blob

    return blob(db, n)


@lru_cache(maxsize=10_000)
def _texts(given: str) -> tuple[str, ...]:
    return tuple(json.loads(given))


def capture_of(row: sqlite3.Row) -> CaptureRow:
    """Return the capture of a row of `CAPTURES`."""
    return CaptureRow(
        url=row["address"],
        final_url=row["final_url"] or row["address"],
        kind=row["kind"],
        status=row["status"],
        at=from_ms(row["at"]),
        digest=named_digest(row["sha256"]),
        place=Place(file=row["name"], offset=row["offset"], length=row["length"]),
        note=row["note"],
    )
