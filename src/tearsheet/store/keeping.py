"""The catalog's evidence: captures, wordings, pictures and the ledger's leaves. What is written here is acknowledged."""

import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from tearsheet.model import Capture, Clipping, Picture
from tearsheet.store import articles, entries, packing
from tearsheet.store.values import (
    ADDRESS,
    SHA256,
    WITH_DIGEST,
    from_json,
    from_ms,
    ms_or_none,
    named_digest,
    noun,
    raw_digest,
    to_json,
    to_ms,
)

EXCERPT_CHARS = 220
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPicture:
    """A picture that is due. `referer` is the address of the article it stands in."""

    n: int
    url: str
    referer: str
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something the ledger is to hold. `ref` and `number` say which row the record is made from that its leaf stands for.

    `record` is the record itself, for events that no row holds. `salt` is drawn if none is given.
    """

    name: str
    at: datetime
    ref: int = 0
    number: int = 0
    record: bytes | None = None
    salt: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why there is a new revision: the capture it was cut from, how it differs, its edit digest, when it was seen."""

    capture: int
    kind: str
    digest: str
    at: datetime
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The last wording of an article as the catalog holds it."""

    number: int
    digest: bytes
    recipe: str
    clipping: Clipping
    capture: int


def add_capture(
    db: sqlite3.Connection, capture: Capture, *, kind: str, article: int | None = None, note: str = ""
) -> int:
    """Return the row number of `capture`, whose record lies at its place; its leaf is added to the ledger.

    The record of a clipping gets none: its words are bound by the leaf of their revision.
    """
    place = capture.place
    if place is None:
        raise ValueError("a capture is kept in the WARC before it is in the catalog")
    n = db.execute(
        """INSERT INTO capture (kind, url, final_url, at, status, digest, article, file, offset, length, note)
        VALUES (?, iif(? = (SELECT url FROM article WHERE n = ?), '', ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            kind,
            capture.url,
            article,
            capture.url,
            "" if capture.final_url == capture.url else capture.final_url,
            to_ms(capture.captured_at),
            capture.status,
            _digest_or_first(db, raw_digest(capture.digest), article if kind != "clipping" else None),
            article,
            warc_file(db, place.file),
            place.offset,
            place.length,
            note,
        ),
    ).lastrowid
    assert n is not None  # a row was inserted
    if kind != "clipping":
        add_leaf(db, Event(name="capture", at=capture.captured_at, ref=n))
    return n


def _digest_or_first(db: sqlite3.Connection, digest: bytes, article: int | None) -> bytes | int:
    """Return `digest`, or the first capture of `article` that has it: they stay, and go, together."""
    if article is None:
        return digest
    row = db.execute(
        f"SELECT n FROM capture WHERE {WITH_DIGEST} AND article = :article", {"digest": digest, "article": article}
    ).fetchone()
    return int(row["n"]) if row else digest


def warc_file(db: sqlite3.Connection, name: str) -> int:
    """Return the row number of the WARC file `name`, made if it is new."""
    row = db.execute("SELECT n FROM warc_file WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO warc_file (name) VALUES (?) RETURNING n", (name,)).fetchone()
    return int(row["n"])


def capture_record(db: sqlite3.Connection, n: int) -> bytes:
    """Return the bytes that the leaf of capture `n` stands for: canonical JSON, made from its row; nothing without one."""
    row = db.execute(
        f"""SELECT capture.*, {ADDRESS}, {SHA256}, warc_file.name FROM capture JOIN warc_file ON warc_file.n = file
        WHERE capture.n = ?""",
        (n,),
    ).fetchone()
    if row is None:
        return b""
    return canonical(
        {
            "event": "capture",
            "url": row["address"],
            "final_url": row["final_url"] or row["address"],
            "at": from_ms(row["at"]).isoformat(timespec="milliseconds"),
            "status": row["status"],
            "sha256": row["sha256"].hex(),
            "warc": [row["name"], row["offset"], row["length"]],
        }
    )


def revision_record(db: sqlite3.Connection, article: int, number: int) -> bytes:
    """Return the bytes that the leaf of a revision stands for: canonical JSON, made from its row; nothing without one."""
    row = db.execute(
        f"""SELECT article.id, article.url, revision.*, blob.digest AS words, {SHA256}, recipe.text AS cut
        FROM revision JOIN article ON article.n = revision.article JOIN blob ON blob.n = revision.clipping
        JOIN capture ON capture.n = revision.capture JOIN recipe ON recipe.n = revision.recipe
        WHERE revision.article = ? AND revision.number = ?""",
        (article, number),
    ).fetchone()
    if row is None:
        return b""
    return canonical(
        {
            "event": "revision",
            "article": row["id"],
            "url": row["url"],
            "number": number,
            "at": from_ms(row["seen_at"]).isoformat(timespec="milliseconds"),
            "sha256": row["words"].hex(),
            "recipe": row["cut"],
            "capture": row["sha256"].hex(),
        }
    )


def canonical(record: dict[str, object]) -> bytes:
    """Return `record` as canonical JSON: sorted keys, no spaces, UTF-8."""
    return _encoder.encode(record).encode()


def add_leaf(db: sqlite3.Connection, event: Event) -> int:
    """Return the sequence number of a new leaf, from 0.

    Its subject is not stored: salt and record give it, until they are removed (see `leaves.leaf_of`).
    """
    salt = event.salt or os.urandom(16)
    seq = db.execute(
        """INSERT INTO leaf (seq, at, event, subject, salt, ref, number, record)
        VALUES ((SELECT coalesce(max(seq) + 1, 0) FROM leaf), ?, ?, x'', ?, ?, ?, ?)""",
        (to_ms(event.at), event.name, salt, event.ref, event.number, event.record),
    ).lastrowid
    assert seq is not None  # a row was inserted
    return seq


def add_words(db: sqlite3.Connection, clipping: Clipping, *, base: int | None = None) -> entries.First:
    """Return the blob that holds `clipping`, and what is packed in it; stored once however often it is given.

    `base` is the blob that holds the wording before it.
    """
    whole = to_json(clipping)
    digest = hashlib.sha256(whole.encode()).digest()
    if (had := packing.find(db, digest)) is not None:
        return entries.First(had, packing.unpacked(db, had))
    slim = _slim(whole, clipping)
    return entries.First(packing.add(db, digest, packing.pack(db, slim, language=clipping.language, base=base)), slim)


def fill_blob(db: sqlite3.Connection, n: int, whole: str, *, base: int | None = None) -> None:
    """Store a clipping's JSON as blob `n`, whose digest it has."""
    clipping: Clipping = from_json(Clipping, whole)
    packing.put(db, n, packing.pack(db, _slim(whole, clipping), language=clipping.language, base=base))


def _slim(whole: str, clipping: Clipping) -> bytes:
    return packing.slimmed(whole, html=clipping.html, text=clipping.text).encode()


def blob(db: sqlite3.Connection, n: int) -> bytes:
    """Return the bytes that blob `n` stands for: those that its digest, and so the ledger, is made from."""
    return packing.restored(packing.unpacked(db, n).decode()).encode()


def clipping_of(db: sqlite3.Connection, n: int) -> Clipping:
    """Return the clipping that blob `n` holds."""
    fields = json.loads(packing.unpacked(db, n).decode())
    if "html" in fields:
        fields["text"] = packing.text_in(fields)
    clipping: Clipping = noun(Clipping, fields)
    return clipping


def last_wording(db: sqlite3.Connection, article: int) -> Wording | None:
    """Return the newest revision of `article`, or None if it has none."""
    row = db.execute(
        """SELECT revision.*, recipe.text AS cut FROM revision JOIN recipe ON recipe.n = revision.recipe
        WHERE article = ? ORDER BY number DESC LIMIT 1""",
        (article,),
    ).fetchone()
    if row is None:
        return None
    return Wording(
        number=row["number"],
        digest=row["digest"],
        recipe=row["cut"],
        clipping=clipping_of(db, row["clipping"]),
        capture=row["capture"],
    )


def digest_of_capture(db: sqlite3.Connection, n: int) -> str:
    """Return the digest of capture `n`'s body, as "sha256:<hex>"."""
    return named_digest(db.execute(f"SELECT {SHA256} FROM capture WHERE n = ?", (n,)).fetchone()[0])


def article_of_capture(db: sqlite3.Connection, n: int) -> int | None:
    """Return the article whose page capture `n` is, or None."""
    row = db.execute("SELECT article FROM capture WHERE n = ?", (n,)).fetchone()
    return row["article"] if row else None


def captured_at(db: sqlite3.Connection, article: int) -> datetime:
    """Return when `article` was captured last; 1970 if it never was."""
    row = db.execute("SELECT max(at) FROM capture WHERE article = ?", (article,)).fetchone()
    return from_ms(row[0] or 0)


def add_revision(db: sqlite3.Connection, article: int, clipping: Clipping, cause: Cause) -> int:
    """Return the number of a new revision of `article`; the article shows it from now on."""
    last = db.execute(
        "SELECT number, clipping FROM revision WHERE article = ? ORDER BY number DESC LIMIT 1", (article,)
    ).fetchone()
    number = last["number"] + 1 if last else 1
    words = add_words(db, clipping, base=last["clipping"] if last else None)
    db.execute(
        """INSERT INTO revision (article, number, seen_at, digest, clipping, recipe, capture, kind)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            article,
            number,
            to_ms(cause.at),
            raw_digest(cause.digest),
            words.n,
            _recipe(db, clipping.recipe),
            cause.capture,
            cause.kind,
        ),
    )
    _add_revision_leaf(db, article, number, cause.at)
    if number == 1:
        entries.pack_anew(db, article, words)
    if number > 1 and cause.kind != "trivial":
        db.execute("UPDATE article SET edited_at = ? WHERE n = ?", (to_ms(cause.at), article))
    show(db, article, clipping, rejected=cause.rejected, revisions=number)
    return number


def recut(db: sqlite3.Connection, article: int, number: int, clipping: Clipping, cause: Cause) -> None:
    """Improve revision `number` in place: a better cut is no edit. The ledger gets a leaf for it."""
    # The earlier leaf's record can no longer be made from the row, so it is kept whole from now on.
    db.execute(
        "UPDATE leaf SET record = ? WHERE event = 'revision' AND ref = ? AND number = ? AND record IS NULL",
        (revision_record(db, article, number), article, number),
    )
    old = db.execute("SELECT clipping FROM revision WHERE article = ? AND number = ?", (article, number)).fetchone()[0]
    words = add_words(db, clipping)
    db.execute(
        "UPDATE revision SET clipping = ?, recipe = ?, digest = ?, capture = ? WHERE article = ? AND number = ?",
        (
            words.n,
            _recipe(db, clipping.recipe),
            raw_digest(cause.digest),
            cause.capture,
            article,
            number,
        ),
    )
    if number == 1:
        entries.pack_anew(db, article, words)
    if db.execute("SELECT 1 FROM revision WHERE clipping = ?", (old,)).fetchone() is None:
        packing.drop(db, [old])  # its conversion record stays
    _add_revision_leaf(db, article, number, cause.at)
    show(db, article, clipping)


def accept(db: sqlite3.Connection, article: int, clipping: Clipping) -> None:
    """Let `article`, which was judged to be none, be one after all, with the wording it has."""
    show(db, article, clipping, rejected=False)


def show(
    db: sqlite3.Connection,
    article: int,
    clipping: Clipping,
    *,
    rejected: bool | None = None,
    revisions: int | None = None,
) -> None:
    """Let the article's row say what its newest wording says; give it its place among the arrivals if it has none.

    Whether it is rejected, and how many revisions it has, stays as it was if it is not said.
    """
    db.execute(
        """UPDATE article SET title = ?, authors = ?, language = ?, excerpt = ?, lead = ?, published = ?,
            moment = coalesce(?, first_seen), change = ?, rejected = coalesce(?, rejected),
            revisions = coalesce(?, revisions), seq = CASE WHEN seq IS NULL AND NOT coalesce(?, rejected)
                THEN (SELECT coalesce(max(seq), 0) + 1 FROM article) ELSE seq END
        WHERE n = ?""",
        (
            *shown_of(clipping),
            ms_or_none(clipping.published),
            articles.next_change(db),
            rejected,
            revisions,
            rejected,
            article,
        ),
    )
    articles.file(db, article)


def shown_of(clipping: Clipping) -> tuple[str, str, str, str, str, int | None]:
    """Return what an article's row says of its newest wording: title, authors, language, excerpt, lead's address, published."""
    text = " ".join(clipping.description.split() or clipping.text.split())
    return (
        clipping.title,
        json.dumps(clipping.authors, ensure_ascii=False),
        clipping.language,
        text if len(text) <= EXCERPT_CHARS else text[: EXCERPT_CHARS - 1].rstrip() + "…",
        clipping.lead.url if clipping.lead else "",
        ms_or_none(clipping.published),
    )


def want_picture(db: sqlite3.Connection, url: str, *, article: int, is_lead: bool, now: datetime) -> None:
    """Note that the picture at `url` is to be fetched, unless it is known."""
    db.execute(
        """INSERT INTO picture (url, article, is_lead, due_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (url) DO UPDATE SET is_lead = max(is_lead, excluded.is_lead)""",
        (url, article, is_lead, to_ms(now)),
    )


def has_media(db: sqlite3.Connection, name: str, *, digest: bytes) -> bool:
    """Return whether a picture of which `digest` was fetched has the file `name` under `media/`."""
    sql = "SELECT 1 FROM picture WHERE digest = :digest AND :name IN (web, thumb)"
    return db.execute(sql, {"digest": digest, "name": name}).fetchone() is not None


def claim_pictures(db: sqlite3.Connection, *, worker: str, now: datetime, limit: int) -> list[WantedPicture]:
    """Return pictures that are due and now `worker`'s."""
    rows = db.execute(
        """UPDATE picture SET worker = :worker WHERE n IN (
            SELECT n FROM picture WHERE due_at <= :now AND worker = '' ORDER BY due_at LIMIT :limit)
        RETURNING n, url, failures, (SELECT url FROM article WHERE article.n = picture.article) AS referer""",
        {"worker": worker, "now": to_ms(now), "limit": limit},
    ).fetchall()
    return [
        WantedPicture(n=row["n"], url=row["url"], referer=row["referer"] or "", failures=row["failures"])
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The bytes of a picture's files under `media/`."""

    web: bytes
    thumb: bytes


def is_wanted(db: sqlite3.Connection, n: int) -> bool:
    """Return whether picture `n` still belongs to an article."""
    return db.execute("SELECT 1 FROM picture WHERE n = ?", (n,)).fetchone() is not None


def picture_kept(db: sqlite3.Connection, n: int, picture: Picture, copies: Copies, *, capture: int) -> None:
    """Note that picture `n` is here: its original in the WARC, its web copies under `media/`."""
    db.execute(
        """UPDATE picture SET digest = ?, media_type = ?, web = ?, thumb = ?, width = ?, height = ?, thumb_width = ?,
            thumb_height = ?, bytes = ?, web_digest = ?, thumb_digest = ?, capture = ?, due_at = NULL, worker = '',
            trouble = '' WHERE n = ?""",
        (
            raw_digest(picture.digest),
            picture.media_type,
            picture.web,
            picture.thumb,
            picture.width,
            picture.height,
            picture.thumb_width,
            picture.thumb_height,
            len(copies.web) + len(copies.thumb),
            hashlib.sha256(copies.web).digest(),
            hashlib.sha256(copies.thumb).digest(),
            capture,
            n,
        ),
    )
    # Whoever shows this picture looks different now.
    db.execute(
        "UPDATE article SET change = ? WHERE n = (SELECT article FROM picture WHERE n = ?) AND revisions > 0",
        (articles.next_change(db), n),
    )


def picture_failed(db: sqlite3.Connection, n: int, trouble: str, *, due_at: datetime | None) -> None:
    """Note that picture `n` did not come, why, and when to try again."""
    db.execute(
        "UPDATE picture SET failures = failures + 1, trouble = ?, due_at = ?, worker = '' WHERE n = ?",
        (trouble, None if due_at is None else to_ms(due_at), n),
    )


def pictures(db: sqlite3.Connection, urls: list[str]) -> dict[str, Picture]:
    """Return what is known of the pictures at `urls`."""
    found = {}
    for url in urls:
        row = db.execute("SELECT * FROM picture WHERE url = ?", (url,)).fetchone()
        if row:
            found[url] = Picture(
                url=url,
                digest=named_digest(row["digest"]),
                media_type=row["media_type"],
                web=row["web"],
                thumb=row["thumb"],
                width=row["width"],
                height=row["height"],
                thumb_width=row["thumb_width"],
                thumb_height=row["thumb_height"],
                trouble=row["trouble"],
            )
    return found


def _add_revision_leaf(db: sqlite3.Connection, article: int, number: int, at: datetime) -> None:
    add_leaf(db, Event(name="revision", at=at, ref=article, number=number))


def _recipe(db: sqlite3.Connection, text: str) -> int:
    row = db.execute("SELECT n FROM recipe WHERE text = ?", (text,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO recipe (text) VALUES (?) RETURNING n", (text,)).fetchone()
    return int(row["n"])
