"""Small invented values for the tests of the catalog."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tearsheet.model import Capture, Clipping, Entry, Place, Source
from tearsheet.store import Store, articles, keeping, sources
from tearsheet.store.articles import Sighting
from tearsheet.store.keeping import Cause

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "https://paper.example/feed.xml"
PAGE = "https://paper.example/2026/fog"
OPEN: list[Store] = []
"""Catalogs that a test has opened; `conftest.py` closes them after it."""


def catalog(*urls: str) -> Store:
    """Return a catalog in memory that follows `urls` (one feed if none are given)."""
    store = opened(":memory:")
    with store.transaction() as db:
        sources.sync(db, [Source(url=url, name=f"Paper {n}") for n, url in enumerate(urls or (FEED,), start=1)])
    return store


def opened(path: Path | str) -> Store:
    """Return the catalog in the file `path`; it is closed when the test ends."""
    OPEN.append(Store(path))
    return OPEN[-1]


def sighting(store: Store, *, source: int = 1, path: tuple[str, ...] = ("Press",), at: datetime = NOON) -> Sighting:
    return Sighting(source=source, category=articles.category(store.db, path), at=at)


def listed(store: Store, url: str = PAGE, *, title: str = "Fog closes the channel", at: datetime = NOON) -> int:
    """Return the row number of a new article at `url`, listed by the first source."""
    with store.transaction() as db:
        seen = sighting(store, at=at)
        n = articles.add_article(db, url, seen)
        articles.list_article(db, n, Entry(url=url, title=title), seen)
    return n


def clipping(title: str = "Fog closes the channel", *, text: str = "The ferry waited.", **more: object) -> Clipping:
    html = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    values = {"url": PAGE, "title": title, "html": html, "text": text, "recipe": "cut 1 page", **more}
    return Clipping(**values)  # type: ignore[arg-type]


def capture(body: bytes = b"<p>The ferry waited.</p>", *, url: str = PAGE, at: datetime = NOON) -> Capture:
    return Capture(
        url=url,
        final_url=url,
        status=200,
        headers=(("ETag", '"1"'), ("Last-Modified", "Mon, 02 Mar 2026 12:00:00 GMT")),
        body=body,
        captured_at=at,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
        place=Place(file="2026/03/a.warc.gz", offset=int(at.timestamp()) % 1_000_000, length=len(body)),
    )


def worded(store: Store, n: int, words: Clipping | None = None, *, at: datetime = NOON, **more: object) -> int:
    """Return the number of a new revision of article `n`."""
    words = words or clipping()
    with store.transaction() as db:
        row = keeping.add_capture(db, capture(words.html.encode(), at=at), kind="page", article=n)
        digest = "sha256:" + hashlib.sha256(words.text.encode()).hexdigest()
        return keeping.add_revision(
            db,
            n,
            words,
            Cause(**{"capture": row, "kind": "first", "digest": digest, "at": at, **more}),  # type: ignore[arg-type]
        )
