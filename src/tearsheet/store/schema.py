"""The catalog's tables, as ordered migrations. Times are integer milliseconds since 1970 UTC, digests 32 raw bytes."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import suppress

import zstandard

from tearsheet.errors import ArchiveTooNew
from tearsheet.store.values import unpacked_text

FIRST = """
CREATE TABLE source (
    n INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    categories TEXT NOT NULL,           -- JSON list, outermost first
    language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    homepage TEXT NOT NULL,
    paused INTEGER NOT NULL,
    excerpt_only INTEGER NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0, -- no longer followed; its articles stay
    at INTEGER,                         -- last visit
    next_at INTEGER NOT NULL DEFAULT 0,
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    listed INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,
    rhythm TEXT NOT NULL DEFAULT '',
    worker TEXT NOT NULL DEFAULT ''     -- who is visiting it now
);
-- "which sources are due": the start of every update
CREATE INDEX source_due ON source (next_at) WHERE NOT paused AND NOT removed;

CREATE TABLE category (
    n INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE           -- JSON list, outermost first
);

CREATE TABLE article (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    seq INTEGER UNIQUE,                 -- order of arrival among kept articles; null until the first revision
    source INTEGER NOT NULL REFERENCES source,
    category INTEGER NOT NULL REFERENCES category,
    title TEXT NOT NULL DEFAULT '',
    authors TEXT NOT NULL DEFAULT '[]',
    language TEXT NOT NULL DEFAULT '',
    excerpt TEXT NOT NULL DEFAULT '',
    lead TEXT NOT NULL DEFAULT '',      -- JSON of the lead image, or empty
    published INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    moment INTEGER NOT NULL,            -- published, or else first_seen: what lists sort by
    revisions INTEGER NOT NULL DEFAULT 0,
    edited_at INTEGER,
    copy_of INTEGER REFERENCES article,
    gone TEXT NOT NULL DEFAULT '',
    gone_at INTEGER,
    misses TEXT NOT NULL DEFAULT '[]',  -- JSON: the answers that may mean it is gone
    rejected INTEGER NOT NULL DEFAULT 0,
    change INTEGER NOT NULL DEFAULT 0,  -- number of its last visible change
    looks INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,                     -- when to look (again); null: no more
    failures INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    worker TEXT NOT NULL DEFAULT ''
);
-- "which pages are due": the middle of every update
CREATE INDEX article_due ON article (due_at) WHERE due_at IS NOT NULL;
-- "who has claimed something": the start of every update
CREATE INDEX source_worker ON source (worker) WHERE worker <> '';
CREATE INDEX article_worker ON article (worker) WHERE worker <> '';
-- "the other articles of this source": is a changed block one of their teasers
CREATE INDEX article_source ON article (source, n);
-- lists by time, calendars
CREATE INDEX article_moment ON article (moment, seq) WHERE seq IS NOT NULL;
-- "what has changed since the last build"
CREATE INDEX article_change ON article (change) WHERE change > 0;
-- the lists of edits and of disappearances
CREATE INDEX article_edited ON article (edited_at) WHERE edited_at IS NOT NULL;
CREATE INDEX article_gone ON article (gone_at) WHERE gone_at IS NOT NULL;
-- "what was judged no article"
CREATE INDEX article_rejected ON article (n) WHERE rejected;

-- every address an article is known by, as the first 16 bytes of the SHA-256 of its one spelling
CREATE TABLE address (
    hash BLOB PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES article
) WITHOUT ROWID;
-- "all addresses of an article": merging and removing
CREATE INDEX address_article ON address (article);

CREATE TABLE listing (
    article INTEGER NOT NULL REFERENCES article,
    source INTEGER NOT NULL REFERENCES source,
    guid TEXT NOT NULL,                 -- empty if it is the article's address
    category INTEGER NOT NULL REFERENCES category,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    entry BLOB NOT NULL,                -- the entry as listed last: zstd JSON
    PRIMARY KEY (article, source)
) WITHOUT ROWID;
-- "articles of a source"
CREATE INDEX listing_source ON listing (source, article);
-- "has this source listed it under another address"
CREATE INDEX listing_guid ON listing (source, guid) WHERE guid <> '';

-- an article under each category it is listed in and under each one above
CREATE TABLE filed (
    category INTEGER NOT NULL REFERENCES category,
    seq INTEGER NOT NULL,
    PRIMARY KEY (category, seq)
) WITHOUT ROWID;

CREATE TABLE warc_file (
    n INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE capture (
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                 -- page, feed, entry, picture, clipping, file
    url TEXT NOT NULL,
    final_url TEXT NOT NULL,            -- empty if it is url
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    digest BLOB NOT NULL,
    article INTEGER REFERENCES article,
    file INTEGER NOT NULL REFERENCES warc_file,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT ''       -- why it made no revision: unchanged, paywall, error, ...
);
-- the captures of an article, in order
CREATE INDEX capture_article ON capture (article, at) WHERE article IS NOT NULL;
-- "have we got these bytes already": revisit records
CREATE INDEX capture_digest ON capture (digest);

CREATE TABLE dictionary (
    n INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    data BLOB NOT NULL
);

CREATE TABLE blob (
    n INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,        -- of the text as it was before compression
    dictionary INTEGER NOT NULL DEFAULT 0,
    data BLOB NOT NULL
);

CREATE TABLE recipe (
    n INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);

CREATE TABLE revision (
    article INTEGER NOT NULL REFERENCES article,
    number INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    digest BLOB NOT NULL,               -- of what counts for an edit
    clipping INTEGER NOT NULL REFERENCES blob,
    recipe INTEGER NOT NULL REFERENCES recipe,
    capture INTEGER NOT NULL REFERENCES capture,
    kind TEXT NOT NULL,
    PRIMARY KEY (article, number)
) WITHOUT ROWID;

-- "who else has this wording": removing
CREATE INDEX revision_clipping ON revision (clipping);

CREATE TABLE picture (
    n INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    article INTEGER NOT NULL REFERENCES article, -- the one it was first seen in: its Referer
    is_lead INTEGER NOT NULL DEFAULT 0,
    digest BLOB,
    media_type TEXT NOT NULL DEFAULT '',
    web TEXT NOT NULL DEFAULT '',
    thumb TEXT NOT NULL DEFAULT '',
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    thumb_width INTEGER NOT NULL DEFAULT 0,
    thumb_height INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    web_digest BLOB,                    -- of the files under media/
    thumb_digest BLOB,
    capture INTEGER REFERENCES capture,
    due_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    worker TEXT NOT NULL DEFAULT ''
);
-- "which pictures are due": the end of every update
CREATE INDEX picture_due ON picture (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX picture_worker ON picture (worker) WHERE worker <> '';
-- the pictures of an article: removing
CREATE INDEX picture_article ON picture (article);
-- "is this file still needed by another": removing
CREATE INDEX picture_digest ON picture (digest) WHERE digest IS NOT NULL;

CREATE TABLE leaf (
    seq INTEGER PRIMARY KEY,            -- from 0, as in the ledger
    at INTEGER NOT NULL,
    event TEXT NOT NULL,                -- capture, revision, picture, removal, settings
    subject BLOB NOT NULL,
    salt BLOB,                          -- null once the record was removed
    ref INTEGER NOT NULL DEFAULT 0,     -- the row its record is made from: capture.n, or article.n of a revision
    number INTEGER NOT NULL DEFAULT 0,  -- of the revision
    record BLOB                         -- the record itself, where no row holds it
);
-- "the leaves of this row": verifying one article, removing
CREATE INDEX leaf_ref ON leaf (ref, event);

-- what was learnt of each host's pages: derived, made anew at will
CREATE TABLE profile (
    host TEXT PRIMARY KEY,
    data TEXT NOT NULL,
    pages INTEGER NOT NULL
) WITHOUT ROWID;

-- the newest pages of each host, to learn from
CREATE TABLE profile_page (
    host TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES article,
    capture INTEGER NOT NULL REFERENCES capture,
    PRIMARY KEY (host, article)
) WITHOUT ROWID;
-- "the page of this article": merging and removing
CREATE INDEX profile_page_article ON profile_page (article);

-- addresses of articles that were taken out: they are not to come in again
CREATE TABLE removed (
    hash BLOB PRIMARY KEY
) WITHOUT ROWID;

-- records whose bytes are still to be overwritten
CREATE TABLE erasure (
    n INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES warc_file,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL
);

CREATE TABLE state (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""

PEOPLE = """
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL,             -- argon2id, with its salt and parameters
    admin INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
    secret BLOB PRIMARY KEY,            -- SHA-256 of what the cookie holds
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) WITHOUT ROWID;
-- "sign this account out everywhere": a changed password, a removed account
CREATE INDEX session_account ON session (account);

CREATE TABLE token (
    secret BLOB PRIMARY KEY,            -- SHA-256 of what the client sends
    id TEXT NOT NULL UNIQUE,            -- what people call it by
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    scope TEXT NOT NULL,                -- read, admin
    label TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER                     -- to the hour, so that reading seldom writes
) WITHOUT ROWID;
-- "the tokens of this account"
CREATE INDEX token_account ON token (account);
"""

COMPACT = """
-- the wording that this one is a difference from
ALTER TABLE blob ADD COLUMN base INTEGER;
-- "what is a difference from this": removing
CREATE INDEX blob_base ON blob (base) WHERE base IS NOT NULL;

ALTER TABLE dictionary ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dictionary ADD COLUMN wordings INTEGER NOT NULL DEFAULT 0; -- it was made of
-- "the newest dictionary of this language": every new wording
CREATE INDEX dictionary_language ON dictionary (language, at);

-- Eight bytes of a digest find it as well as 32, and nobody asks for a clipping's record by its digest.
DROP INDEX capture_digest;
-- "have we got these bytes already": revisit records
CREATE INDEX capture_digest ON capture (substr(digest, 1, 8)) WHERE kind <> 'clipping';

-- The sources of an article's listings are its neighbourhood, so that this one serves nobody.
DROP INDEX article_source;

-- Two or three events have one number between them, so that their names need not be in the index.
DROP INDEX leaf_ref;
-- "the leaves of this row": verifying one article, removing
CREATE INDEX leaf_ref ON leaf (ref);
"""

JOURNAL = """
-- where each page of the journal lies in the WARC
CREATE TABLE journal (
    number INTEGER PRIMARY KEY,         -- from 1
    id TEXT NOT NULL,                   -- the next page names it
    edition INTEGER NOT NULL,           -- grows when a removal writes the page anew
    file INTEGER NOT NULL REFERENCES warc_file,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL
);

-- rows that were changed and wait for the next page
CREATE TABLE unwritten (
    part TEXT NOT NULL,
    a NOT NULL,
    b NOT NULL,
    PRIMARY KEY (part, a, b)
) WITHOUT ROWID;

-- what was there before there was a journal is written down with its first page
INSERT INTO state (key, value) SELECT 'unjournaled', '1' WHERE EXISTS (SELECT 1 FROM source);
"""

LISTINGS = """
ALTER TABLE listing ADD COLUMN said BLOB NOT NULL DEFAULT x''; -- the first 8 bytes of the SHA-256 of the entry's JSON
ALTER TABLE listing ADD COLUMN base INTEGER;                   -- the wording that the entry is a difference from

-- The captures of an article come in the order of their numbers, so that their times need not be in the index.
DROP INDEX capture_article;
-- the captures of an article, in order
CREATE INDEX capture_article ON capture (article) WHERE article IS NOT NULL;
"""


def _smaller_listings(db: sqlite3.Connection) -> None:
    for statement in statements(LISTINGS):
        db.execute(statement)
    for article, source, entry in db.execute("SELECT article, source, entry FROM listing").fetchall():
        with suppress(zstandard.ZstdError, ValueError):  # one that is damaged stays so, and `verify` says it
            said = hashlib.sha256(unpacked_text(entry).encode()).digest()[:8]
            db.execute("UPDATE listing SET said = ? WHERE article = ? AND source = ?", (said, article, source))


LISTS = """
-- What lists sort by stands beside the place of an article in each category; a list shows a lead picture, not its caption.
ALTER TABLE filed ADD COLUMN moment INTEGER NOT NULL DEFAULT 0;
UPDATE filed SET moment = article.moment FROM article WHERE article.seq = filed.seq;
-- "the newest of this category"
CREATE INDEX filed_moment ON filed (category, moment);
UPDATE article SET lead = iif(json_valid(lead), json_extract(lead, '$.url'), '') WHERE lead <> '';

-- not the address that the article bears itself, which can be worked out
ALTER TABLE address ADD COLUMN further INTEGER NOT NULL DEFAULT 0;
UPDATE address SET further = 1 FROM article WHERE article.n = address.article AND hash <> address_hash(url);
DROP INDEX address_article;
-- "all addresses of an article": merging and removing
CREATE INDEX address_article ON address (article) WHERE further;
"""


def _quicker_lists(db: sqlite3.Connection) -> None:
    from tearsheet.store.articles import address_hash  # few migrate

    db.create_function("address_hash", 1, address_hash, deterministic=True)
    for statement in statements(LISTS):
        db.execute(statement)


PIECES = """
-- what does not fit into the first piece of a packed wording, in rows of blob.n * 16 + 0 to 15
CREATE TABLE piece (
    n INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
INSERT INTO piece
    WITH RECURSIVE place (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM place WHERE k < 15)
    SELECT n * 16 + k, iif(k = 15, substr(data, 800 * 16 + 1), substr(data, 800 * (k + 1) + 1, 800))
    FROM blob CROSS JOIN place WHERE length(data) > 800 * (k + 1);

-- Four bytes of a digest find it as well as 32; an index over all of them, as a UNIQUE has it, goes only with its table.
CREATE TABLE blob_in_pieces (
    n INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,               -- of the text as it was before compression
    dictionary INTEGER NOT NULL DEFAULT 0,
    base INTEGER,                       -- the wording that this one is a difference from
    data BLOB NOT NULL                  -- its first piece
);
INSERT INTO blob_in_pieces SELECT n, digest, dictionary, base, substr(data, 1, 800) FROM blob;
DROP TABLE blob;
ALTER TABLE blob_in_pieces RENAME TO blob;
-- "what is a difference from this": removing
CREATE INDEX blob_base ON blob (base) WHERE base IS NOT NULL;
-- "have we got these words already": every new wording
CREATE INDEX blob_digest ON blob (substr(digest, 1, 4));
"""

ADDRESSES = """
-- The address that an article's id was made from is found by that id.
DELETE FROM address WHERE EXISTS (
    SELECT 1 FROM article WHERE article.n = address.article AND id = id_of(hash) AND hash = address_hash(url)
);
UPDATE address SET further = 1;
"""

AGAIN = """
-- A capture with the bytes of an earlier one of its article names that one's row in place of their digest.
UPDATE capture SET digest = first.n FROM (
    SELECT min(n) AS n, article, digest FROM capture WHERE kind <> 'clipping' AND article IS NOT NULL
    GROUP BY article, digest HAVING count(*) > 1
) AS first WHERE capture.article = first.article AND kind <> 'clipping' AND capture.digest = first.digest AND capture.n > first.n;
DROP INDEX capture_digest;
-- "have we got these bytes already": revisit records
CREATE INDEX capture_digest ON capture (substr(digest, 1, 4)) WHERE kind <> 'clipping' AND typeof(digest) = 'blob';
"""

FILED = """
-- What has no category is filed nowhere: so it was not always in the fourth schema.
DELETE FROM filed WHERE category IN (SELECT n FROM category WHERE path = '[]');
"""


def _smaller_rows(db: sqlite3.Connection) -> None:
    from tearsheet.store.articles import address_hash  # few migrate
    from tearsheet.urls import id_of

    db.create_function("id_of", 1, id_of, deterministic=True)
    db.create_function("address_hash", 1, address_hash, deterministic=True)
    for statement in statements(PIECES + ADDRESSES + AGAIN + FILED):
        db.execute(statement)


Migration = tuple[int, str, str | Callable[[sqlite3.Connection], None]]
MIGRATIONS: tuple[Migration, ...] = (
    (1, "the catalog", FIRST),
    (2, "accounts", PEOPLE),
    (3, "smaller wordings", COMPACT),
    (4, "the journal", JOURNAL),
    (5, "smaller listings", _smaller_listings),
    (6, "quicker lists", _quicker_lists),
    (7, "smaller rows", _smaller_rows),
)
VERSION = MIGRATIONS[-1][0]


def version_of(db: sqlite3.Connection) -> int:
    """Return the number of the last migration that `db` has seen; 0 for an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, *, upto: int = VERSION) -> list[str]:
    """Write the tables that `db` lacks up to schema `upto`, each migration in one transaction; return their names.

    Raises:
        ArchiveTooNew: a newer Tearsheet has been here.
    """
    have = version_of(db)
    if have > VERSION:
        raise ArchiveTooNew(f"schema {have}", f"this Tearsheet knows {VERSION}")
    ran = []
    for number, name, change in MIGRATIONS:
        if have < number <= upto:
            _run(db, number, change)
            ran.append(name)
    return ran


def _run(db: sqlite3.Connection, number: int, change: str | Callable[[sqlite3.Connection], None]) -> None:
    db.execute("BEGIN EXCLUSIVE")
    try:
        if version_of(db) < number:  # or another process was quicker
            if callable(change):
                change(db)
            else:
                for statement in statements(change):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {number:d}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def statements(script: str) -> list[str]:
    """Return the single statements of `script`, so that they can run inside one transaction."""
    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found
