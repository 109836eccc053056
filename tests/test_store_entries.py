"""How entries are packed: as what differs from the wording, and the same when read again."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
import zstandard
from tests.store_samples import HOUR, NOON, PAGE, catalog, clipping, listed, sighting, worded

from tearsheet.model import Entry
from tearsheet.store import articles, checking, entries, journal, keeping, reading, removing, schema
from tearsheet.store.keeping import Cause
from tearsheet.store.values import packed_text, to_json

FULL = "".join(f"<p>Paragraph {n} says what the ferry did at {n} o'clock, and why.</p>" for n in range(60))
WORDS = clipping(text="\n\n".join(f"Paragraph {n} says what the ferry did at {n} o'clock, and why." for n in range(60)))
ENTRY = Entry(url=PAGE, title=WORDS.title, summary="What the ferry did.", content=FULL)


def stored(store, article: int = 1):
    return store.db.execute("SELECT * FROM listing WHERE article = ? ORDER BY source", (article,)).fetchall()


def told(store):
    article = store.db.execute("SELECT id FROM article").fetchone()[0]
    return [entry for _, entry in reading.listings(store.db, article)]


def test_an_entry_whose_text_is_the_wording_s_costs_next_to_nothing_once_there_is_one():
    store = catalog()
    n = listed(store)
    with store.transaction() as db:
        articles.list_article(db, n, ENTRY, sighting(store))
    before = len(stored(store)[0]["entry"])
    worded(store, n, WORDS)
    [row] = stored(store)

    assert row["base"] == 1
    assert len(row["entry"]) < 120 < before
    assert told(store) == [ENTRY]


def test_an_entry_that_comes_after_the_wording_is_packed_against_it_at_once():
    store = catalog("https://paper.example/a.xml", "https://paper.example/b.xml")
    n = listed(store)
    worded(store, n, WORDS)
    with store.transaction() as db:
        said = [articles.list_article(db, n, ENTRY, sighting(store, source=2)) for _ in range(2)]
        said += [
            articles.list_article(db, n, replace(ENTRY, summary="More."), sighting(store, source=2)),
            articles.list_article(db, n, replace(ENTRY, title="Other"), sighting(store, source=2)),
        ]

    assert said == ["new", "same", "same", "changed"]
    assert {row["base"] for row in stored(store)} == {1}
    assert told(store)[1] == replace(ENTRY, title="Other")


def test_a_listing_that_says_the_same_is_noted_once_a_day():
    store = catalog()
    n = listed(store)
    worded(store, n, WORDS)
    seen = []
    for hours in (1, 25):
        with store.transaction() as db:
            again = sighting(store, at=NOON + timedelta(hours=hours))
            articles.list_article(db, n, Entry(url=PAGE, title="Fog closes the channel"), again)
        seen.append(stored(store)[0]["last_seen"] - stored(store)[0]["first_seen"])

    assert seen == [0, 25 * 3600 * 1000]


def test_a_better_cut_of_the_first_wording_takes_no_entry_with_it():
    store = catalog()
    n = listed(store)
    worded(store, n, WORDS)
    cause = Cause(capture=1, kind="", digest="sha256:" + "ab" * 32, at=NOON + HOUR)
    with store.transaction() as db:
        keeping.recut(db, n, 1, replace(WORDS, title="Cut anew"), cause)

    assert [row["base"] for row in stored(store)] == [2]
    assert store.db.execute("SELECT count(*) FROM blob").fetchone()[0] == 1
    assert [entry.title for entry in told(store)] == ["Fog closes the channel"]


def test_what_is_merged_into_an_article_is_packed_against_its_wording():
    store = catalog("https://paper.example/a.xml", "https://paper.example/b.xml")
    n = listed(store)
    worded(store, n, WORDS)
    with store.transaction() as db:
        seen = sighting(store, source=2)
        other = articles.add_article(db, PAGE + "?b", seen)
        articles.list_article(db, other, ENTRY, seen)
        articles.merge(db, other, n)

    assert [row["base"] for row in stored(store)] == [1, 1]
    assert told(store)[1] == ENTRY


def test_a_removed_article_leaves_no_entry():
    store = catalog()
    n = listed(store)
    worded(store, n, WORDS)
    with store.transaction() as db:
        removing.take_out(db, n, reason="asked to", at=NOON + HOUR)

    assert stored(store) == []


@pytest.mark.parametrize("damage", ["entry = zeroblob(30)", "said = zeroblob(8)", "base = NULL"])
def test_a_check_tells_an_entry_that_was_changed(damage):
    store = catalog()
    worded(store, listed(store), WORDS)
    assert list(checking.unreadable(store.db)) == []
    store.db.execute(f"UPDATE listing SET {damage}")

    assert [said.partition(":")[0] for said in checking.unreadable(store.db)] == ["listing of article 1 by source 1"]


def test_a_journal_of_the_schema_before_gives_the_same_entries():
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    text = to_json(ENTRY)
    row = [1, 1, "", 1, 5, 5, {"zstd": text}]
    names = ["article", "source", "guid", "category", "first_seen", "last_seen", "entry"]
    line = json.dumps({"part": "listing", "columns": names, "rows": [row]})
    journal.Replay(db).page(journal.Page(number=1, id="a", after="", at=NOON, schema=4, leaves=0, lines=(line,)))
    assert schema.version_of(db) == 4
    schema.migrate(db)

    [row] = db.execute("SELECT * FROM listing")
    assert (row["said"], row["entry"], row["base"]) == (entries.said(text), packed_text(text), None)
    db.close()


@pytest.mark.parametrize("schema_then", range(journal.SINCE, schema.VERSION + 1))
def test_a_page_of_any_schema_takes_a_wording_out_of_a_catalog_that_is_made_anew(schema_then):
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    came = json.dumps({"part": "blob", "columns": ["n", "digest", "text"], "rows": [[1, {"base64": "qrs="}, None]]})
    went = json.dumps({"part": "blob", "columns": ["n"], "gone": [[1]]})
    replay = journal.Replay(db)
    for number, line in enumerate((came, went), start=1):
        page = journal.Page(
            number=number, id=f"{number}", after="", at=NOON, schema=schema_then, leaves=0, lines=(line,)
        )
        replay.page(page)
        assert db.execute("SELECT count(*) FROM blob").fetchone()[0] == 2 - number
    db.close()


def test_a_page_that_takes_a_wording_out_of_a_living_catalog_takes_no_entry_and_no_edit_with_it():
    store = catalog()
    n = listed(store)
    with store.transaction() as db:
        articles.list_article(db, n, ENTRY, sighting(store))
    worded(store, n, WORDS)
    edit = replace(WORDS, text=WORDS.text + "\n\nIt sailed.", html=WORDS.html + "<p>It sailed.</p>")
    with store.transaction() as db:
        cause = Cause(capture=1, kind="text", digest="sha256:" + "ab" * 32, at=NOON + HOUR)
        keeping.add_revision(db, n, edit, cause)
    line = json.dumps({"part": "blob", "columns": ["n"], "gone": [[1]]})
    store.db.execute("PRAGMA foreign_keys = OFF")
    page = journal.Page(number=2, id="b", after="a", at=NOON, schema=schema.VERSION, leaves=0, lines=(line,))
    journal.Replay(store.db).page(page)

    assert told(store) == [ENTRY]
    assert keeping.clipping_of(store.db, 2) == edit


def test_an_entry_that_an_earlier_version_packed_is_read():
    store = catalog()
    worded(store, listed(store), WORDS)
    words = entries.first_wording(store.db, 1).words
    prefix = zstandard.ZstdCompressionDict(words, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    settings = zstandard.ZstdCompressionParameters.from_level(3, write_checksum=False, write_dict_id=False)
    packed = zstandard.ZstdCompressor(dict_data=prefix, compression_params=settings).compress(to_json(ENTRY).encode())

    assert entries.text_of(store.db, packed, stored(store)[0]["base"]) == to_json(ENTRY)


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: b"\xff" + data])
def test_an_entry_that_was_damaged_is_not_read(damage):
    store = catalog()
    worded(store, listed(store), WORDS)
    row = stored(store)[0]

    with pytest.raises(zstandard.ZstdError):
        entries.text_of(store.db, damage(row["entry"]), row["base"])
