"""A catalog's articles copied within its file: a million rows of every table without a million articles to make up and pack."""

import sqlite3

from tearsheet import urls
from tearsheet.store import Store

COPIED: dict[str, tuple[str, dict[str, str]]] = {
    "article": (
        "n <= :articles",
        {
            "n": "n + :k * :articles",
            "id": "article_id(copied(url, :k)) || substr(id, 14)",
            "url": "copied(url, :k)",
            "seq": "seq + :k * :articles",
            "change": "change + :k * :changes",
        },
    ),
    "blob": ("n <= :blobs", {"n": "n + :k * :blobs", "digest": "randomblob(32)"}),
    "piece": ("n < (:blobs + 1) * 16", {"n": "n + :k * :blobs * 16"}),
    "capture": (
        "n <= :captures",
        {"n": "n + :k * :captures", "article": "article + :k * :articles", "digest": "randomblob(32)"},
    ),
    "listing": ("article <= :articles", {"article": "article + :k * :articles", "base": "base + :k * :blobs"}),
    "filed": ("seq <= :articles", {"seq": "seq + :k * :articles"}),
    "revision": (
        "article <= :articles",
        {
            "article": "article + :k * :articles",
            "clipping": "clipping + :k * :blobs",
            "capture": "capture + :k * :captures",
        },
    ),
    "leaf": (
        "seq < :leaves",
        {"seq": "seq + :k * :leaves", "ref": "ref + :k * iif(event = 'revision', :articles, :captures)"},
    ),
}
"""Of each table: which rows are the first ones, and what differs in their copy number `:k`."""
TIMES = ("published", "first_seen", "last_seen", "moment", "due_at", "at", "seen_at")
"""Columns that are later in each copy."""


def multiply(store: Store, times: int) -> None:
    """Copy every article with all that belongs to it, so that there are `times` as many; a commit for each round."""
    db = store.db
    db.create_function("article_id", 1, urls.article_id)
    db.create_function("copied", 2, lambda url, k: url.replace(".example/", f".example/{k}/"))
    sizes = {
        "articles": "SELECT max(n) FROM article",
        "blobs": "SELECT max(n) FROM blob",
        "captures": "SELECT max(n) FROM capture",
        "leaves": "SELECT count(*) FROM leaf",
        "changes": "SELECT max(change) FROM article",
        "ms": "SELECT max(moment) - min(moment) + 30000 FROM article",
    }
    values = {name: db.execute(sql).fetchone()[0] for name, sql in sizes.items()}
    for k in range(1, times):
        with store.transaction():
            for table in COPIED:
                _copy(db, table, values | {"k": k})


def _copy(db: sqlite3.Connection, table: str, values: dict[str, int]) -> None:
    first, changed = COPIED[table]
    columns = [row["name"] for row in db.execute(f"PRAGMA table_info({table})")]
    later = {name: f"{name} + :k * :ms" for name in TIMES}
    made = [(later | changed).get(name, name) for name in columns]
    order = "ORDER BY seq" if table == "filed" else ""  # as they come, one article after the other
    db.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(made)} FROM {table} WHERE {first} {order}",
        values,
    )
