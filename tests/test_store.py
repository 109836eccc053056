"""The catalog's file: transactions are whole, trouble is told in our words, migrations run once."""

import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing

import pytest
import zstandard
from tests.store_samples import PAGE, catalog, listed, opened, sighting, worded

from tearsheet.errors import ArchiveBusy, ArchiveTooNew, DiskTrouble
from tearsheet.model import Query, Source
from tearsheet.store import Store, articles, checking, packing, reading, schema, sources, translated
from tearsheet.urls import article_id


def tables(db):
    return {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_a_new_file_gets_every_table(tmp_path):
    store = opened(tmp_path / "tearsheet.db")

    assert schema.version_of(store.db) == schema.VERSION
    assert {"source", "article", "listing", "capture", "revision", "picture", "leaf", "account"} <= tables(store.db)
    assert schema.migrate(store.db) == []


def test_what_is_acknowledged_survives_a_power_cut(tmp_path):
    db = opened(tmp_path / "tearsheet.db").db

    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2, "NORMAL loses acknowledged rows"
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_newer_catalog_is_refused(tmp_path):
    path = tmp_path / "tearsheet.db"
    store = opened(path)
    store.db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    store.close()

    with pytest.raises(ArchiveTooNew, match=f"schema {schema.VERSION + 1}"):
        Store(path)


def test_a_newer_catalog_is_refused_where_it_is_only_read_too_and_not_copied_before(tmp_path, monkeypatch):
    path = tmp_path / "tearsheet.db"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema.migrate(db)
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")

    with pytest.raises(ArchiveTooNew, match=f"schema {schema.VERSION + 1}"):
        Store(path, frozen=True)


def test_an_older_catalog_that_is_only_read_is_read_as_a_copy_that_goes_with_it(tmp_path, monkeypatch):
    path = tmp_path / "tearsheet.db"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema._run(db, *schema.MIGRATIONS[0][::2])
    before = path.read_bytes()

    store = Store(path, frozen=True)
    assert (schema.version_of(store.db), sources.states(store.db)) == (schema.VERSION, [])
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.db.execute("DELETE FROM source")
    store.close()

    assert ([file.name for file in tmp_path.iterdir()], path.read_bytes()) == (["tearsheet.db"], before)


def test_what_is_no_catalog_leaves_nothing_behind_where_it_is_only_read(tmp_path, monkeypatch):
    path = tmp_path / "tearsheet.db"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE source (n)")  # no migration of ours goes on from this

    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Store(path, frozen=True)
    path.write_bytes(b"not a database, but long enough to be read as one" * 40)
    with pytest.raises(DiskTrouble, match="not a database"):
        Store(path, frozen=True)

    assert [file.name for file in tmp_path.iterdir()] == ["tearsheet.db"]


def test_the_log_beside_a_catalog_that_is_only_read_is_read_too(tmp_path):
    writer = opened(tmp_path / "tearsheet.db")
    with writer.transaction() as db:
        sources.sync(db, [Source(url="https://paper.example/feed.xml")])

    reader = Store(tmp_path / "tearsheet.db", frozen=True)

    assert len(sources.states(reader.db)) == 1
    reader.close()


@pytest.mark.parametrize("had", range(schema.VERSION))
def test_a_catalog_of_any_earlier_version_opens_with_what_it_holds(tmp_path, had):
    path = tmp_path / "tearsheet.db"
    db = sqlite3.connect(path, isolation_level=None)
    for number, _, change in schema.MIGRATIONS[:had]:
        schema._run(db, number, change)
    if had:
        db.execute(
            "INSERT INTO source (url, kind, name, categories, language, timezone, homepage, paused, excerpt_only)"
            " VALUES ('https://paper.example/feed.xml', 'feed', 'The Paper', '[]', '', '', '', 0, 0)"
        )
    db.close()

    store = opened(path)

    assert schema.version_of(store.db) == schema.VERSION
    assert [state.source.name for state in sources.states(store.db)] == (["The Paper"] if had else [])


def test_a_catalog_is_copied_before_it_is_migrated(tmp_path):
    path = tmp_path / "tearsheet.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema._run(db, *schema.MIGRATIONS[0][::2])

    opened(path)

    with closing(sqlite3.connect(path.with_name(f"{path.name}.before-{schema.VERSION}"))) as copy:
        assert schema.version_of(copy) == 1


def test_a_migration_that_fails_leaves_the_catalog_as_it_was(tmp_path):
    with closing(sqlite3.connect(tmp_path / "tearsheet.db", isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError):
            schema._run(db, 1, "CREATE TABLE one (n INTEGER);\nCREATE TABLE one (n INTEGER);\n")

        assert schema.version_of(db) == 0
        assert tables(db) == set()


def test_a_script_is_cut_into_statements_that_can_run_in_one_transaction():
    assert schema.statements("CREATE TABLE a (n);\nCREATE INDEX b\n    ON a (n);\n") == [
        "CREATE TABLE a (n);\n",
        "CREATE INDEX b\n    ON a (n);\n",
    ]


def test_migrations_are_numbered_without_gaps():
    assert [number for number, _, _ in schema.MIGRATIONS] == list(range(1, schema.VERSION + 1))


def test_nothing_of_a_group_is_kept_if_one_of_it_fails():
    store = catalog()

    def group():
        with store.transaction() as db:
            n = articles.add_article(db, PAGE, sighting(store))
            db.execute("UPDATE article SET title = 'half' WHERE n = ?", (n,))
            raise RuntimeError("the third of the group")

    with pytest.raises(RuntimeError):
        group()

    assert reading.stats(store.db, sighting(store).at)["waiting"] == 0
    assert not store.db.in_transaction
    assert listed(store) == 1


def test_an_interruption_inside_a_group_keeps_nothing_of_it():
    store = catalog()

    def group():
        with store.transaction() as db:
            articles.add_article(db, PAGE, sighting(store))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        group()

    assert store.db.execute("SELECT count(*) FROM article").fetchone()[0] == 0


def test_a_row_that_points_nowhere_is_refused():
    store = catalog()

    def group():
        with store.transaction() as db:
            db.execute("INSERT INTO address (hash, article) VALUES (x'00', 99)")

    with pytest.raises(sqlite3.IntegrityError):
        group()


def test_a_reader_sees_what_was_committed_while_another_writes(tmp_path):
    store, other = opened(tmp_path / "tearsheet.db"), opened(tmp_path / "tearsheet.db")
    with store.transaction() as db:
        sources.sync(db, [Source(url="https://paper.example/feed.xml")])

        assert sources.states(other.db) == []

    store.db.execute("PRAGMA busy_timeout = 50")  # who reads holds up nobody who writes
    with other.snapshot() as reader:
        assert len(sources.states(reader)) == 1
        with store.transaction() as db:
            sources.sync(db, [])
        assert len(sources.states(reader)) == 1
    assert sources.states(other.db) == []


def test_a_catalog_that_somebody_else_holds_says_so(tmp_path):
    store = opened(tmp_path / "tearsheet.db")
    store.db.execute("PRAGMA busy_timeout = 50")
    held, done = threading.Event(), threading.Event()

    def hold():
        with closing(Store(tmp_path / "tearsheet.db")) as other, other.transaction():
            held.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    try:
        with pytest.raises(ArchiveBusy, match="another process"), store.transaction():
            pass
    finally:
        done.set()
        thread.join()
    with store.transaction() as db:
        sources.sync(db, [])


@pytest.mark.parametrize("instead", [True, False])
def test_a_catalog_that_was_moved_away_takes_no_change(tmp_path, instead):
    path = tmp_path / "tearsheet.db"
    store = opened(path)
    path.rename(tmp_path / "elsewhere.db")
    if instead:
        path.write_bytes(b"")

    with pytest.raises(ArchiveBusy, match="moved"), store.transaction() as db:
        db.execute("INSERT INTO state (key, value) VALUES ('told', 'to nobody')")

    assert store.state("told") == ""


SWAPPED = """
import sqlite3, sys
from pathlib import Path
from tearsheet.store import Store

path = Path(sys.argv[1])
for name in ("first", "second"):
    store = Store(path.with_name(name))
    with store.transaction():
        store.set_state("name", name)
    store.close()
path.with_name("first").rename(path)

def swap(event, given):
    if event == "sqlite3.connect/handle" and path.with_name("second").exists():
        path.with_name("second").replace(path)  # in the very moment after the file was opened

sys.addaudithook(swap)
assert Store(path).state("name") == "second"
"""


def test_a_catalog_that_is_replaced_while_it_is_opened_is_opened_anew(tmp_path):
    command = [
        sys.executable,
        "-c",
        SWAPPED,
        str(tmp_path / "tearsheet.db"),
    ]  # for an audit hook stays as long as its process

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_catalog_that_cannot_be_opened_says_so(tmp_path):
    with pytest.raises(DiskTrouble, match="not there"):
        Store(tmp_path / "nowhere" / "tearsheet.db")


def test_a_file_that_is_no_catalog_says_so(tmp_path):
    path = tmp_path / "tearsheet.db"
    path.write_bytes(b"not a database, but long enough to be read as one" * 40)

    with pytest.raises(DiskTrouble, match="not a database"):
        Store(path)


def test_a_mistake_of_ours_is_not_dressed_up_as_the_world_s():
    with pytest.raises(sqlite3.OperationalError, match="no such table"), translated("the catalog"):
        catalog().db.execute("SELECT * FROM nowhere")


def test_damage_that_shows_as_a_missing_table_or_as_no_text_is_told_as_such():
    store = catalog()
    store.db.execute("DROP TABLE state")
    store.db.execute("UPDATE source SET name = CAST(x'ff' AS TEXT)")

    with pytest.raises(DiskTrouble, match="tearsheet rebuild"):
        store.state("sources")
    with pytest.raises(DiskTrouble, match="decode"), translated("the catalog"):
        store.db.execute("SELECT name FROM source").fetchall()


def test_the_tables_say_what_they_weigh():
    sizes = reading.table_bytes(catalog().db)

    assert sizes == {} or (sizes["article"] > 0 and list(sizes.values()) == sorted(sizes.values(), reverse=True))


def test_articles_whose_last_look_went_wrong_are_found_also_those_that_never_came():
    store = catalog()
    for trouble, url in (("too slow", "a"), ("too slow", "b"), ("", "c")):
        n = listed(store, f"https://paper.example/{url}")
        store.db.execute("UPDATE article SET trouble = ?, gone_at = ? WHERE n = ?", (trouble, {"b": 1}.get(url), n))

    assert [one.url for one in reading.find(store.db, Query(in_trouble=True))] == ["https://paper.example/a"]


@pytest.mark.parametrize("how", [Store.transaction, Store.rehearsal], ids=["done", "rehearsed"])
def test_a_full_disk_is_told_and_nothing_of_the_group_is_there(tmp_path, how):
    store = opened(tmp_path / "tearsheet.db")
    store.db.execute(f"PRAGMA max_page_count = {store.db.execute('PRAGMA page_count').fetchone()[0] + 2}")

    def group():
        with how(store) as db:
            for number in range(5000):
                db.execute("INSERT INTO state (key, value) VALUES (?, ?)", (str(number), "x" * 100))

    with pytest.raises(DiskTrouble, match="full"):
        group()

    store.db.execute("PRAGMA max_page_count = 100000")
    assert store.state("1") == ""
    group()
    assert store.state("4999") == ("x" * 100 if how is Store.transaction else "")


def test_a_rehearsal_whose_change_the_disk_has_undone_says_so(tmp_path):
    store = opened(tmp_path / "tearsheet.db")

    def fails(db):
        db.execute("ROLLBACK")  # as SQLite does by itself
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(DiskTrouble, match="disk I/O"), store.rehearsal() as db:
        fails(db)


def test_what_is_remembered_can_be_asked_for():
    store = catalog()
    with store.transaction():
        store.set_state("sources", "a")
        store.set_state("sources", "b")

    assert (store.state("sources"), store.state("nothing")) == ("b", "")


def test_an_article_is_found_by_what_narrows_it():
    store = catalog()
    worded(store, listed(store))

    assert [article.title for article in reading.find(store.db, Query(categories=("Press",)))] == [
        "Fog closes the channel"
    ]
    assert reading.find(store.db, Query(categories=("Sport",))) == []
    assert reading.count(store.db, Query(edited=True)) == 0


def test_rows_of_the_sixth_schema_become_smaller_and_say_the_same(tmp_path):
    path, url = tmp_path / "tearsheet.db", "https://paper.example/fog"
    hashes = [articles.address_hash(one) for one in (url, "https://paper.example/fog?from=feed")]
    words = [random.Random(length).randbytes(length) for length in (0, *range(786, 802), 5000, 13_600, 40_000)]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        schema.migrate(db, upto=6)
        db.executescript(
            f"""INSERT INTO source (n, url, kind, name, categories, language, timezone, homepage, paused, excerpt_only)
                VALUES (1, 'https://paper.example/feed.xml', 'feed', '', '[]', '', '', '', 0, 0);
            INSERT INTO category (n, path) VALUES (1, '["Press"]');
            INSERT INTO warc_file (n, name) VALUES (1, 'a.warc.gz');
            INSERT INTO article (n, id, url, source, category, first_seen, last_seen, moment)
                VALUES (1, '{article_id(url)}', '{url}', 1, 1, 0, 0, 0), (2, 'other', '{url}/2', 1, 1, 0, 0, 0);"""
        )
        db.executemany(
            "INSERT INTO address (hash, article, further) VALUES (?, 1, ?)", zip(hashes, (0, 1), strict=True)
        )
        db.execute("INSERT INTO address (hash, article, further) VALUES (?, 2, 0)", (b"of no id here...",))
        for n, article in enumerate((1, 1, 2, 1, None), start=1):
            db.execute(
                """INSERT INTO capture (n, kind, url, final_url, at, status, digest, article, file, offset, length)
                VALUES (?, 'page', '', '', 0, 200, ?, ?, 1, 0, 1)""",
                (n, b"d" * 32, article),
            )
        rows = [(n, bytes([n]) * 32, zstandard.compress(one)) for n, one in enumerate(words, start=1)]
        db.executemany("INSERT INTO blob (n, digest, data) VALUES (?, ?, ?)", rows)

    db = opened(path).db

    assert articles.addresses(db, 1) == hashes
    assert {row["hash"] for row in db.execute("SELECT hash FROM address")} == {hashes[1], b"of no id here..."}
    assert [row["digest"] for row in db.execute("SELECT digest FROM capture")] == [
        b"d" * 32,
        1,
        b"d" * 32,
        1,
        b"d" * 32,
    ]
    assert [packing.unpacked(db, n) for n in range(1, len(words) + 1)] == words
    assert packing.find(db, bytes([len(words)]) * 32) == len(words)
    assert checking.integrity(db) == []
