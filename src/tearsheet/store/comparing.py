"""The catalog held against its own journal: what no commit wrote was changed behind its back."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tearsheet.store import schema
from tearsheet.store.journal import PARTS, Page, Part, Replay

_OTHERWISE = {
    "leaf": "held against the ledger, value by value",
    "dictionary": "held against its own number, and each wording that it packs against its digest",
    "erasure": "what is still to be done",
    "state": "what is still to be done",
    "warc_file": "named by the leaves of its captures; that of a page is written after the page",
}
"""Tables that are not compared, and why."""

Row = tuple[Any, ...]  # Any: SQLite's values


def differences(db: sqlite3.Connection, fresh: sqlite3.Connection, pages: Iterable[Page]) -> Iterator[str]:
    """Yield which rows of the catalog `db` are not as `pages`, all of its journal, say; `fresh` is an empty catalog.

    What `db` has changed since the last page is not compared.
    """
    replay = Replay(fresh)
    for page in pages:
        replay.page(page)
    schema.migrate(fresh)  # a journal that has no page yet, or none of today's schema
    unwritten: dict[str, set[Row]] = defaultdict(set)
    for part, *key in db.execute("SELECT part, a, b FROM unwritten"):
        unwritten[part].add(tuple(key))
    for part in PARTS:
        if part.whole and part.table not in _OTHERWISE:
            yield from _unlike(part, db, fresh, unwritten)


def _unlike(
    part: Part, db: sqlite3.Connection, fresh: sqlite3.Connection, unwritten: dict[str, set[Row]]
) -> Iterator[str]:
    columns = tuple(dict.fromkeys((*part.key, *part.columns)))
    sql = f"SELECT {', '.join(columns)} FROM {part.table} ORDER BY {', '.join(part.key)}"
    waiting = [other for other in PARTS if other.table == part.table and unwritten[other.name]]
    for key, here, written in _paired(db.execute(sql), fresh.execute(sql), width=len(part.key)):
        pending = {name for other in waiting if (*key, "")[:2] in unwritten[other.name] for name in other.columns}
        thing = f"{part.table} {' '.join(value.hex() if isinstance(value, bytes) else str(value) for value in key)}"
        if here is None or written is None:
            if not pending >= set(part.columns):
                yield f"{thing}: is {'not there' if here is None else 'there'}, and no commit says so"
        elif here != written:
            names = [
                name
                for name, mine, its in zip(columns, here, written, strict=True)
                if name not in pending and mine != its
            ]
            if names:
                yield f"{thing}: its {', '.join(names)} is not what was written"


def _paired(
    one: Iterator[sqlite3.Row], other: Iterator[sqlite3.Row], *, width: int
) -> Iterator[tuple[Row, Row | None, Row | None]]:
    """Yield (key, row of the one, row of the other) of two runs of rows in the order of their keys."""
    mine, its = next(one, None), next(other, None)
    while mine is not None or its is not None:
        ahead = its is None or (mine is not None and tuple(mine[:width]) <= tuple(its[:width]))
        behind = mine is None or (its is not None and tuple(its[:width]) <= tuple(mine[:width]))
        row = mine if ahead else its
        assert row is not None
        yield tuple(row[:width]), tuple(mine) if ahead and mine else None, tuple(its) if behind and its else None
        mine = next(one, None) if ahead else mine
        its = next(other, None) if behind else its
