"""What of the catalog goes into a package of captures: which records, and which pages to open."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tearsheet.model import Place
from tearsheet.store.keeping import clipping_of
from tearsheet.store.values import ADDRESS, from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One article by its id, one source by its address, or, if both are empty, everything."""

    article: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingPage:
    """The page that a wording was cut from."""

    url: str
    at: datetime
    title: str
    place: Place
    pictures: tuple[str, ...]


_ARTICLES = {
    "article": "SELECT n FROM article WHERE id = :article",
    "source": "SELECT article FROM listing WHERE source = (SELECT n FROM source WHERE url = :source)",
    "": "SELECT n FROM article",
}
# What was made of captures is left out, and so is what only this program reads: a list that lies on this machine too.
_KINDS = "capture.kind IN ('page', 'part', 'error', 'entry', 'feed', 'picture') AND capture.url NOT LIKE 'file:%'"


def places(db: sqlite3.Connection, choice: Choice) -> Iterator[Place]:
    """Yield where the records of `choice` lie, in the order they came; those of pictures may come twice."""
    rows = db.execute(
        f"SELECT name, offset, length FROM capture JOIN warc_file ON warc_file.n = file"
        f" WHERE {_where(choice)} ORDER BY capture.n",
        {"article": choice.article, "source": choice.source},
    )
    yield from map(_place, rows)
    if choice.article or choice.source:
        for wording in wordings(db, choice):
            yield from _pictures(db, wording.pictures)


def _pictures(db: sqlite3.Connection, urls: tuple[str, ...]) -> Iterator[Place]:
    for url in urls:
        row = db.execute(
            """SELECT name, offset, length FROM picture JOIN capture ON capture.n = picture.capture
            JOIN warc_file ON warc_file.n = capture.file WHERE picture.url = ?""",
            (url,),
        ).fetchone()
        if row:
            yield _place(row)


def count(db: sqlite3.Connection, choice: Choice) -> int:
    """Return how many records `choice` has."""
    values = {"article": choice.article, "source": choice.source}
    return int(db.execute(f"SELECT count(*) FROM capture WHERE {_where(choice)}", values).fetchone()[0])


def posts(db: sqlite3.Connection, choice: Choice) -> int:
    """Return how many articles of `choice` came in as post files, of which there is no page."""
    row = db.execute(
        f"""SELECT count(DISTINCT revision.article) FROM revision JOIN capture ON capture.n = revision.capture
        WHERE revision.article IN ({_articles(choice)}) AND capture.kind = 'file'""",
        {"article": choice.article, "source": choice.source},
    ).fetchone()
    return int(row[0])


def wordings(db: sqlite3.Connection, choice: Choice) -> Iterator[WordingPage]:
    """Yield the page of every wording of `choice`, article by article."""
    rows = db.execute(
        f"""SELECT revision.clipping, capture.at, capture.final_url, {ADDRESS}, name, offset, length FROM revision
        JOIN capture ON capture.n = revision.capture JOIN warc_file ON warc_file.n = capture.file
        WHERE revision.article IN ({_articles(choice)}) AND {_KINDS} ORDER BY revision.article, revision.number""",
        {"article": choice.article, "source": choice.source},
    )
    for row in rows:
        clipping = clipping_of(db, row["clipping"])
        images = (clipping.lead, *clipping.images) if clipping.lead else clipping.images
        yield WordingPage(
            url=row["final_url"] or row["address"],
            at=from_ms(row["at"]),
            title=clipping.title,
            place=_place(row),
            pictures=tuple(dict.fromkeys(image.url for image in images)),
        )


def _place(row: sqlite3.Row) -> Place:
    return Place(file=row["name"], offset=row["offset"], length=row["length"])


def _articles(choice: Choice) -> str:
    return _ARTICLES["article" if choice.article else "source" if choice.source else ""]


def _where(choice: Choice) -> str:
    if not choice.article and not choice.source:
        return _KINDS
    chosen = _articles(choice)
    own = "OR (capture.kind = 'feed' AND capture.url = :source)" if choice.source else ""
    return f"{_KINDS} AND (capture.article IN ({chosen}) {own})"
