"""The journal: what every commit changed, written into the WARC before it is acknowledged, so that a catalog can be made anew.

Each page of it is one record of JSON lines: who it is and after whom, then the rows as they were after that commit. Rows are
taken up by triggers, never by hand. Accounts are not in it: a password has no place in a WARC file.
"""

import base64
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tearsheet.errors import ArchiveTooNew
from tearsheet.model import Place
from tearsheet.store import entries, packing, schema
from tearsheet.store.keeping import blob, warc_file
from tearsheet.store.values import from_ms, packed_text, to_ms

PAGE_TYPE = "application/vnd.tearsheet.journal+jsonl"
WHOLE_AT_ONCE = 2000
"""So many rows go into one page when everything is written down at once."""

SINCE = 4
"""The schema that brought the journal."""
LAST = 2**63 - 1

HEAD = ("journal", "id", "after", "at", "schema", "leaves", "edition")
"""What the first line of a page says; the edition only if the page was written again."""

Row = list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Columns of a table that are written down together when one of them changes; `key` finds the row.

    The part that bears the table's name holds all columns, and is written when a row is new. What is `lazy` alone makes no
    page: it waits in `unwritten` for the next one. What is lost with it is when we looked last, never what we saw.
    What many rows lean on, or must never be forgotten, is told `twice`, by the next page too: one page may be damaged.
    A `former` part is read, and written if it still waits, but nothing is taken up as it any more.
    """

    name: str
    key: tuple[str, ...] = ("n",)
    columns: tuple[str, ...]
    lazy: bool = False
    only: str = ""
    twice: bool = False
    former: bool = False

    @property
    def table(self) -> str:
        return self.name.partition(".")[0]

    @property
    def whole(self) -> bool:
        return "." not in self.name


def _part(name: str, columns: str, *, key: str = "n", lazy: bool = False, only: str = "") -> Part:
    return Part(name=name, key=tuple(key.split()), columns=tuple(columns.split()), lazy=lazy, only=only)


def _leaned_on(name: str, columns: str) -> Part:
    return replace(_part(name, f"n {columns}", lazy=True), twice=True)


_VISIT = "at next_at etag last_modified listed new trouble failures rhythm"
_WORDS = "title authors language excerpt lead published moment"
_MARKS = "seq change revisions edited_at copy_of gone gone_at rejected"
_LOOKED, _ANSWERED = "last_seen looks due_at", "misses failures trouble etag last_modified"
_WATCH = "last_seen misses looks due_at failures trouble etag last_modified"
PARTS: tuple[Part, ...] = (
    _leaned_on("source", f"url kind name categories language timezone homepage paused excerpt_only removed {_VISIT}"),
    _part("source.visit", _VISIT, lazy=True),
    _leaned_on("category", "path"),
    _part("article", f"n id url source category first_seen {_WORDS} {_MARKS} {_WATCH}"),
    _part("article.words", _WORDS),
    _part("article.marks", _MARKS),
    _part("article.looked", _LOOKED, lazy=True),
    _part("article.answered", _ANSWERED, lazy=True),
    replace(_part("article.watch", _WATCH, lazy=True), former=True),
    _part("address", "hash article further", key="hash"),
    _part("listing", "article source guid category first_seen last_seen said", key="article source"),
    _part("listing.seen", "last_seen", key="article source", lazy=True),
    _leaned_on("warc_file", "name"),
    _part("capture", "n kind url final_url at status digest article file offset length note"),
    _leaned_on("dictionary", "language at wordings"),
    _part("blob", "n digest"),
    _leaned_on("recipe", "text"),
    _part("revision", "article number seen_at digest clipping recipe capture kind", key="article number"),
    _part(
        "picture",
        "n url article is_lead digest media_type web thumb width height thumb_width thumb_height bytes"
        " web_digest thumb_digest capture due_at failures trouble",
    ),
    _part("picture.lead", "is_lead"),
    _part("picture.watch", "due_at failures trouble", lazy=True),
    # The leaf of a closed WARC file can be worked out from the file: it must not be why the next one is begun.
    _part("leaf", "seq at event subject salt ref number record", key="seq", only="event <> 'warc'"),
    _part("leaf.warc", "seq at event subject salt ref number record", key="seq", lazy=True, only="event = 'warc'"),
    _part("profile", "host data pages", key="host", lazy=True),
    _part("profile_page", "host article capture", key="host article", lazy=True),
    replace(_part("removed", "hash", key="hash"), twice=True),
    _part("erasure", "n file offset length", lazy=True),
    _part("state", "key value", key="key", lazy=True),
)
BY_NAME = {part.name: part for part in PARTS}
AGAIN = "again"
"""Stands in `unwritten` beside a row that the last page told and the next one tells again."""
NOT_WRITTEN = {
    "filed": "worked out from articles and listings",
    "piece": "packed anew with its wording",
    "account": "passwords have no place in a WARC file",
    "session": "ends by itself",
    "token": "secrets have no place in a WARC file",
    "journal": "found by reading the WARC files",
    "unwritten": "what this very room remembers",
}
"""Tables that are not in the journal, and why."""
ELSEWHERE = {"blob": ("data", "dictionary", "base"), "dictionary": ("data",), "listing": ("entry", "base")}
"""Columns that are not: a wording lies in a conversion record and is packed anew, a dictionary in a record of its own.

An entry stands in the page as it reads, not as it is packed.
"""
WORDS_OF = {"blob": ("text",), "listing": ("entry",)}
"""What stands in a line in their place, after the columns of the part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `after` is the id of the page before it, empty for the first; `edition` grows when it is written again.

    `leaves` is how many leaves the ledger had after it, `schema` the schema whose columns it has. A line is an object that names
    part, columns and rows; or a list of its part and its rows, which have the columns of that part but for nulls at their end, or
    of `-part` and the keys of rows that went. Where all are lists, so is the head.
    """

    number: int
    id: str
    after: str
    at: datetime
    schema: int
    leaves: int
    edition: int = 1
    lines: tuple[str, ...] = ()

    @property
    def record_id(self) -> str:
        """Return the id of its record in the WARC: neither one of its own nor an address would say more."""
        return f"<urn:tearsheet:journal:{self.number}:{self.id}:{self.edition}>"

    def data(self) -> bytes:
        """Return the page as it is written."""
        values = (self.number, self.id, self.after, to_ms(self.at), self.schema, self.leaves, self.edition)
        head = dict(zip(HEAD, values if self.edition > 1 else values[:-1], strict=False))
        is_plain = all(line.startswith("[") for line in self.lines)
        return "".join(f"{line}\n" for line in (as_json([*head.values()] if is_plain else head), *self.lines)).encode()

    def changes(self) -> list[dict[str, Any]]:  # Any: lines of JSON
        """Return what each line tells: of which part, its columns, and the rows as they were or the keys of those that went."""
        return [_change(json.loads(line)) for line in self.lines]


def _change(line: Any) -> dict[str, Any]:  # Any: a line of JSON
    if isinstance(line, dict):
        return {"columns": unsaid(line["part"], gone="gone" in line), **line}
    name, *rows = line
    part = name.removeprefix("-")
    columns = unsaid(part, gone=part != name)
    whole = [row + [None] * (len(columns) - len(row)) for row in rows]
    return {"columns": columns, "part": part, "rows" if part == name else "gone": whole}


def unsaid(part: str, *, gone: bool = False) -> tuple[str, ...]:
    """Return the columns of the lines of `part`, or of those that tell which rows went; a page need not name them.

    Pages of a schema stay readable as long as this answers for it as it did: see the frozen lists in `tests/catalogs`.
    """
    one = BY_NAME.get(part)
    if one is None:
        return ()
    return one.key if gone else (*dict.fromkeys((*one.key, *one.columns)), *WORDS_OF.get(part, ()))


def read_page(data: bytes) -> Page:
    """Return the page that `Page.data` wrote."""
    _, *lines = data.decode().rstrip("\n").split("\n")
    return replace(read_head(data), lines=tuple(lines))


def read_head(data: bytes) -> Page:
    """Return the page that `Page.data` wrote, without its lines."""
    head = json.loads(data.partition(b"\n")[0])
    if isinstance(head, list):
        head = dict(zip(HEAD, head, strict=False))
    return Page(
        number=int(head["journal"]),
        id=str(head["id"]),
        after=str(head["after"]),
        at=datetime.fromisoformat(head["at"]) if isinstance(head["at"], str) else from_ms(head["at"]),
        schema=int(head["schema"]),
        leaves=int(head["leaves"]),
        edition=int(head.get("edition", 1)),
    )


def leaves_on(page: Page) -> Iterator[tuple[int, datetime, str]]:
    """Yield (number, time, event) of each leaf that `page` tells of."""
    for change in page.changes():
        if change["part"].partition(".")[0] == "leaf":
            for row in change.get("rows", ()):
                value = dict(zip(change["columns"], row, strict=True))
                yield value["seq"], from_ms(value["at"]), value["event"]


# ---- taking up what changes


def watch(db: sqlite3.Connection) -> None:
    """Take up, from now on, which rows this connection changes. Done once; costs nothing where nothing is written."""
    if db.execute("SELECT 1 FROM sqlite_temp_master WHERE name = 'touched'").fetchone():
        return
    db.execute("PRAGMA temp_store = MEMORY")
    # Every touch is a line, also the third of one row: looking for it each time would cost more. They are `taken` once a page.
    db.execute("CREATE TEMP TABLE touched (part TEXT, a, b)")
    db.execute("CREATE TEMP TABLE taken (part TEXT, a, b, PRIMARY KEY (part, a, b)) WITHOUT ROWID")
    db.execute("CREATE TEMP TABLE conversion (digest BLOB PRIMARY KEY) WITHOUT ROWID")
    for part in PARTS:
        for statement in () if part.former else _triggers(part):
            db.execute(statement)


def _triggers(part: Part) -> Iterator[str]:
    others = [other for other in PARTS if other.table == part.table and not other.whole and not other.only]
    taken = {column for other in others for column in other.columns}
    columns = [column for column in part.columns if not part.whole or column not in taken]
    was, now = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    for event, row, wanted in (
        ("INSERT", "NEW", part.whole or bool(part.only)),
        ("DELETE", "OLD", part.whole),
        (f"UPDATE OF {', '.join(columns)}", "NEW", True),
    ):
        if wanted:
            keys = [f"{row}.{key}" for key in part.key] + ["''"]
            name = f"touch_{part.name.replace('.', '_')}_{event.partition(' ')[0].lower()}"
            claims = [f"NEW.{part.only}"] if part.only and row == "NEW" else []
            if event.startswith("UPDATE"):  # a statement that sets a column need not change it
                claims.append(f"({was}) IS NOT ({now})")
            when = f"WHEN {' AND '.join(claims)}" if claims else ""
            yield (
                f"CREATE TEMP TRIGGER {name} AFTER {event} ON main.{part.table} {when} BEGIN"
                f" INSERT INTO touched VALUES ('{part.name}', {keys[0]}, {keys[1]}); END"
            )


def is_due(db: sqlite3.Connection, *, open: bool) -> bool:
    """Return whether what was touched is to be written down now; `open` says that a WARC file is being written anyway."""
    if is_wanting(db):
        return True
    lazy = ", ".join(f"'{part.name}'" for part in PARTS if part.lazy)
    wanted = "" if open else f"WHERE part NOT IN ({lazy})"
    return db.execute(f"SELECT 1 FROM touched {wanted} LIMIT 1").fetchone() is not None


def is_wanting(db: sqlite3.Connection) -> bool:
    """Return whether the catalog is older than its journal: everything is to be written down at the next change."""
    return db.execute("SELECT 1 FROM state WHERE key = 'unjournaled'").fetchone() is not None


def put_off(db: sqlite3.Connection) -> None:
    """Remember in the catalog what was touched: it is written down with whatever is next."""
    db.execute("INSERT OR IGNORE INTO unwritten SELECT * FROM touched")
    db.execute("DELETE FROM touched")


def pages(db: sqlite3.Connection, *, at: datetime, explained: bool = True) -> Iterator[Page]:
    """Yield what is to be written down, in one page; in many where everything is, because there was no journal yet.

    A page that is not `explained` leaves unsaid which columns its lines have: see `unsaid`.
    """
    db.execute("DELETE FROM conversion")
    if is_wanting(db):
        db.execute("DELETE FROM state WHERE key = 'unjournaled'")
        db.execute("INSERT OR IGNORE INTO conversion SELECT digest FROM capture WHERE kind = 'clipping'")
        everything = list(_everything(db))
        _forget_touched(db)
        for part, keys in everything:
            db.executemany("INSERT INTO taken VALUES (?, ?, ?)", [(part.name, *key) for key in keys])
            yield _page(db, at, explained=explained)
    else:
        db.execute("INSERT OR IGNORE INTO taken SELECT * FROM touched")
        db.execute("INSERT OR IGNORE INTO taken SELECT * FROM unwritten")
        _forget_touched(db)
        db.execute(
            """INSERT OR IGNORE INTO conversion SELECT digest FROM taken CROSS JOIN capture ON capture.n = taken.a
            WHERE part = 'capture' AND kind = 'clipping'"""
        )
        yield _page(db, at, explained=explained)


def _forget_touched(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM touched")
    db.execute("DELETE FROM unwritten")


def written(db: sqlite3.Connection, page: Page, place: Place) -> None:
    """Note where `page` lies."""
    db.execute(
        "INSERT OR REPLACE INTO journal (number, id, edition, file, offset, length) VALUES (?, ?, ?, ?, ?, ?)",
        (page.number, page.id, page.edition, warc_file(db, place.file), place.offset, place.length),
    )


def places(db: sqlite3.Connection, *, after: int = 0, upto: int = LAST) -> Iterator[tuple[int, str, Place]]:
    """Yield (number, id, place) of every page, in order; only those `after` a number and `upto` another."""
    rows = db.execute(
        "SELECT journal.*, name FROM journal JOIN warc_file ON warc_file.n = journal.file"
        " WHERE number > ? AND number <= ? ORDER BY number",
        (after, upto),
    )
    for row in rows.fetchall():
        yield row["number"], row["id"], Place(file=row["name"], offset=row["offset"], length=row["length"])


# ---- making the catalog anew


class Replay:
    """Writes pages into an empty catalog, in their order, migrating it when a page is of a newer schema.

    Wordings have no text yet; that of those which no conversion record holds is put by, on the disk, for `homeless`.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        # One that is made anew from the first page on gets its words last, and at first has not all tables of today.
        has_tables = db.execute("SELECT 1 FROM main.sqlite_schema WHERE name = 'blob'").fetchone()
        self.has_words = bool(has_tables and db.execute("SELECT 1 FROM blob WHERE length(data) > 0 LIMIT 1").fetchone())
        db.execute("CREATE TEMP TABLE homeless (n INTEGER PRIMARY KEY, text TEXT NOT NULL)")

    def page(self, page: Page) -> None:
        """Make the rows what `page` says they were.

        Raises:
            ArchiveTooNew: a newer Tearsheet wrote it.
        """
        if page.schema > schema.version_of(self.db):
            schema.migrate(self.db, upto=min(page.schema, schema.VERSION))
        if page.schema > schema.VERSION:
            raise ArchiveTooNew(f"journal page {page.number}", f"schema {page.schema}, this one knows {schema.VERSION}")
        changes = page.changes()
        with in_one(self.db):
            # What went comes first: its id or its place may be another's now.
            for change in sorted(changes, key=lambda change: "gone" not in change):
                self._apply(change)

    def _apply(self, change: dict[str, Any]) -> None:  # Any: a line of JSON
        if change["part"] in NOT_WRITTEN:
            return  # what earlier versions wrote down is worked out
        part, names = BY_NAME[change["part"]], change["columns"]
        found = " AND ".join(f"{key} = :{key}" for key in part.key)
        if "gone" in change and part.name == "blob" and self.has_words:
            # Others may differ from those that go.
            for (n,) in change["gone"]:
                entries.free(self.db, n)
                packing.drop(self.db, [n])
        if "gone" in change:
            sql = f"DELETE FROM {part.table} WHERE {found}"
        elif part.whole or part.only:
            body, empty = (", data", ", ''") if "data" in ELSEWHERE.get(part.table, ()) else ("", "")
            written = [name for name in names if name != "text" or part.table != "blob"]
            values = ", ".join(f":{name}" for name in written)
            sql = f"INSERT OR REPLACE INTO {part.table} ({', '.join(written)}{body}) VALUES ({values}{empty})"
        else:
            sql = (
                f"UPDATE {part.table} SET {', '.join(f'{n} = :{n}' for n in names if n not in part.key)} WHERE {found}"
            )
        rows = change.get("gone") or change["rows"]
        self.db.executemany(sql, (dict(zip(change["columns"], map(decoded, row), strict=True)) for row in rows))
        if part.table == "blob" and "rows" in change:
            texts = ((n, text) for n, _, text in rows if text is not None)
            self.db.executemany("INSERT OR REPLACE INTO homeless (n, text) VALUES (?, ?)", texts)

    def homeless(self, n: int) -> str | None:
        """Return the text of blob `n` if the journal holds it."""
        row = self.db.execute("SELECT text FROM homeless WHERE n = ?", (n,)).fetchone()
        return str(row["text"]) if row else None


@contextmanager
def in_one(db: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one change of a catalog that nobody else has yet."""
    db.execute("BEGIN")
    yield
    db.execute("COMMIT")


# ---- how a page is made


def _everything(db: sqlite3.Connection) -> Iterator[tuple[Part, list[Row]]]:
    for part in PARTS:
        if part.whole or part.only:
            where = f"WHERE {part.only}" if part.only else ""
            keys = [
                [*row, ""][:2] for row in db.execute(f"SELECT {', '.join(part.key)} FROM main.{part.table} {where}")
            ]
            for start in range(0, len(keys), WHOLE_AT_ONCE):
                yield part, keys[start : start + WHOLE_AT_ONCE]


def _page(db: sqlite3.Connection, at: datetime, *, explained: bool) -> Page:
    last = db.execute("SELECT number, id FROM journal ORDER BY number DESC LIMIT 1").fetchone()
    touched = {part for (part,) in db.execute("SELECT DISTINCT part FROM taken")}
    changes = (change for part in PARTS if part.name in touched for change in _changes(db, part))
    lines = tuple(as_json(_explained(change) if explained else _plain(change)) for change in changes)
    twice = ", ".join(f"'{part.name}'" for part in PARTS if part.twice)
    db.execute(f"INSERT INTO unwritten SELECT part, a, '{AGAIN}' FROM taken WHERE b = '' AND part IN ({twice})")
    db.execute("DELETE FROM taken")
    return Page(
        number=last["number"] + 1 if last else 1,
        id=secrets.token_hex(6),
        after=last["id"] if last else "",
        at=at,
        schema=schema.VERSION,
        leaves=db.execute("SELECT coalesce(max(seq) + 1, 0) FROM leaf").fetchone()[0],
        lines=lines,
    )


def _explained(change: dict[str, Any]) -> dict[str, Any]:  # Any: a line of JSON
    return {"part": change["part"], "columns": unsaid(change["part"], gone="gone" in change), **change}


def _plain(change: dict[str, Any]) -> list[object]:  # Any: a line of JSON
    if "gone" in change:
        return [f"-{change['part']}", *change["gone"]]
    return [change["part"], *(_trimmed(row) for row in change["rows"])]


def _trimmed(row: Row) -> Row:
    return _trimmed(row[:-1]) if row and row[-1] is None else row


def _changes(db: sqlite3.Connection, part: Part) -> Iterator[dict[str, Any]]:  # Any: a line of JSON
    joined = " AND ".join(f"main.{part.table}.{key} = taken.{slot}" for key, slot in zip(part.key, "ab", strict=False))
    besides = ""
    if not part.whole and not part.only:  # a row that is written whole need not be written in part
        besides = f"""AND NOT EXISTS (SELECT 1 FROM taken AS other
            WHERE other.part = '{part.table}' AND other.a = taken.a AND other.b = taken.b)"""
    names = list(dict.fromkeys((*part.key, *part.columns)))
    rows = db.execute(
        f"""SELECT DISTINCT {", ".join(f"main.{part.table}.{name}" for name in names)} FROM taken
        CROSS JOIN main.{part.table} ON {joined} WHERE taken.part = '{part.name}' {besides}""",
    ).fetchall()
    if rows:
        values = [[_coded(value, name) for name, value in zip(names, row, strict=True)] for row in rows]
        if part.table == "blob":
            values = [[*row, _homeless(db, row[0], row[1])] for row in values]
        if part.name == "listing":
            values = [[*row, _entry(db, row)] for row in values]
        yield {"part": part.name, "rows": values}
    if part.whole or part.only:
        gone = db.execute(
            f"SELECT a, b FROM taken WHERE part = '{part.name}' AND NOT EXISTS"
            f" (SELECT 1 FROM main.{part.table} WHERE {joined})"
        ).fetchall()
        if gone:
            keys = [[_coded(value) for value in row][: len(part.key)] for row in gone]
            yield {"part": part.name, "gone": keys}


def _homeless(db: sqlite3.Connection, n: object, digest: object) -> str | None:
    """Return the text of blob `n` if no conversion record holds it: none is written for a wording that is cut again."""
    if db.execute("SELECT 1 FROM conversion WHERE digest = ?", (decoded(digest),)).fetchone():
        return None
    return blob(db, int(str(n))).decode()


def _entry(db: sqlite3.Connection, listing: Row) -> dict[str, str]:
    """Return the entry of a row of `listing`, coded."""
    row = db.execute("SELECT entry, base FROM listing WHERE article = ? AND source = ?", listing[:2]).fetchone()
    return {"zstd": entries.text_of(db, row["entry"], row["base"])}


def as_json(value: object) -> str:
    """Return a line of a page."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _coded(value: object, column: str = "") -> object:
    """Return a value as JSON holds it: bytes as a list with their base64, or as the text that they are."""
    if type(value) is not bytes:
        return value
    if column == "record":
        return {"text": value.decode()}
    return [base64.b64encode(value).decode()]


def decoded(value: object) -> object:
    """Return what `_coded` was given."""
    match value:
        case [str(text)] | {"base64": str(text)}:  # the latter in pages of the fifth schema and before
            return base64.b64decode(text)
        case {"text": str(text)}:
            return text.encode()
        case {"zstd": str(text)}:
            return packed_text(text)
    return value
