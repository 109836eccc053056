"""Archives of every released schema open, keep what they hold, and get a journal from which they can be rebuilt."""

import fcntl
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.test_flow_rebuild import dump

from tearsheet.archive import CATALOG_FILE, create_archive, open_archive
from tearsheet.cli.front import tearsheet
from tearsheet.errors import ArchiveTooNew
from tearsheet.flow.migrate import migrate, schema_of
from tearsheet.flow.rebuild import rebuild
from tearsheet.model import Query
from tearsheet.store import journal, schema
from tearsheet.store.people import People

FROZEN = sorted((Path(__file__).parent / "catalogs").glob("schema-*.sql"))


def archive_of(frozen: Path, folder: Path) -> int:
    """Make an archive whose catalog is the frozen one; return its schema."""
    create_archive(folder).close()
    for file in folder.glob(f"{CATALOG_FILE}*"):
        file.unlink()
    with closing(sqlite3.connect(folder / CATALOG_FILE, isolation_level=None)) as db:
        db.executescript(frozen.read_text(encoding="utf-8"))
    (folder / "sources.toml").write_text(
        '[[source]]\nurl = "https://paper.example/feed.xml"\n\n[[source]]\nurl = "https://paper.example/all.xml"\n'
    )
    return int(re.findall(r"\d+", frozen.stem)[0])


def test_there_is_a_frozen_catalog_of_every_schema_but_the_newest():
    assert [file.stem for file in FROZEN] == [f"schema-{number}" for number in range(1, schema.VERSION)]


@pytest.mark.parametrize("frozen", FROZEN, ids=lambda file: file.stem)
def test_a_released_catalog_opens_with_all_it_holds(frozen, tmp_path):
    had = archive_of(frozen, tmp_path / "press")

    done = migrate(tmp_path / "press")

    assert (done.before, done.now) == (had, schema.VERSION)
    assert done.ran == tuple(name for number, name, _ in schema.MIGRATIONS if number > had)
    assert schema_of(tmp_path / "press") == schema.VERSION
    with closing(sqlite3.connect(tmp_path / "press" / done.copy)) as copy:
        assert schema.version_of(copy) == had
        assert copy.execute("SELECT count(*) FROM article").fetchone()[0] == 2
    with open_archive(tmp_path / "press") as archive:
        lamp, fog = sorted(archive.articles(Query(limit=0)), key=lambda article: article.url, reverse=True)
        assert [each.clipping.text for each in archive.revisions(fog.id)] == [
            "The ferry waited.",
            "The ferry waited.\n\nIt waits still.",
        ]
        assert [each.kind for each in archive.revisions(fog.id)] == ["first", "title+text"]
        assert [each.source for each in archive.listings(fog.id)] == [
            "https://paper.example/feed.xml",
            "https://paper.example/all.xml",
        ]
        assert (lamp.title, lamp.gone, fog.gone) == ("The lamp is lit", "410", "")
        assert [one.name for one in People(archive.store.db).accounts()] == (["reader"] if had > 1 else [])


def test_what_a_killed_migration_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path):
    archive_of(FROZEN[-1], tmp_path / "press")
    left, writing = (tmp_path / "press" / f"{CATALOG_FILE}.before-{schema.VERSION}.{pid}.part" for pid in (1, 2))
    left.write_bytes(b"half a catalog")
    with writing.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        done = migrate(tmp_path / "press")

        assert (left.exists(), writing.exists()) == (False, True)
    assert (tmp_path / "press" / done.copy).exists()


@pytest.mark.parametrize("frozen", FROZEN, ids=lambda file: file.stem)
def test_a_migrated_archive_can_be_rebuilt(frozen, tmp_path):
    had = archive_of(frozen, tmp_path / "press")
    done = migrate(tmp_path / "press")
    assert (done.pages > 0) == (had < journal.SINCE)  # since then they are written when the archive is opened
    before = dump(tmp_path / "press" / CATALOG_FILE)
    (tmp_path / "press" / CATALOG_FILE).unlink()

    report = rebuild(tmp_path / "press")

    assert [thing for thing, _ in report.problems] == ["accounts"]
    assert dump(tmp_path / "press" / CATALOG_FILE) == before


def test_migrating_again_does_nothing(tmp_path):
    archive_of(FROZEN[0], tmp_path / "press")
    migrate(tmp_path / "press")

    again = migrate(tmp_path / "press")

    assert (again.ran, again.copy, again.pages) == ((), "", 0)


def test_a_migration_killed_between_two_steps_goes_on(tmp_path):
    archive_of(FROZEN[0], tmp_path / "press")
    with closing(sqlite3.connect(tmp_path / "press" / CATALOG_FILE, isolation_level=None)) as db:
        schema.migrate(db, upto=2)  # killed here
    (tmp_path / "press" / f"{CATALOG_FILE}.before-{schema.VERSION}").write_bytes(b"an earlier copy")

    assert migrate(tmp_path / "press").before == 2
    with open_archive(tmp_path / "press") as archive:
        assert archive.count() == 2
        assert not journal.is_wanting(archive.store.db)


def test_a_step_that_another_process_took_is_not_taken_twice(tmp_path):
    archive_of(FROZEN[0], tmp_path / "press")
    with closing(sqlite3.connect(tmp_path / "press" / CATALOG_FILE, isolation_level=None)) as db:
        schema.migrate(db)
        for number, _, change in schema.MIGRATIONS:
            schema._run(db, number, change)

        assert schema.version_of(db) == schema.VERSION


def test_a_newer_archive_is_refused_and_not_touched(tmp_path):
    create_archive(tmp_path / "press").close()
    with closing(sqlite3.connect(tmp_path / "press" / CATALOG_FILE)) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = (tmp_path / "press" / CATALOG_FILE).read_bytes()

    with pytest.raises(ArchiveTooNew, match=f"schema {schema.VERSION + 1}"):
        migrate(tmp_path / "press")
    said = CliRunner().invoke(tearsheet, ["-C", str(tmp_path / "press"), "migrate"])

    assert said.exit_code == 3
    assert "newer version" in said.stderr
    assert (tmp_path / "press" / CATALOG_FILE).read_bytes() == before


def test_the_commands_tell_what_they_did(tmp_path):
    archive_of(FROZEN[1], tmp_path / "press")

    migrated = CliRunner().invoke(tearsheet, ["-C", str(tmp_path / "press"), "migrate", "--json"])
    told = CliRunner().invoke(tearsheet, ["-C", str(tmp_path / "press"), "migrate"])
    (tmp_path / "press" / CATALOG_FILE).unlink()
    rebuilt = CliRunner().invoke(tearsheet, ["-C", str(tmp_path / "press"), "rebuild", "--json"])
    again = CliRunner().invoke(tearsheet, ["-C", str(tmp_path / "press"), "rebuild"])

    assert json.loads(migrated.stdout)["ran"] == [
        "smaller wordings",
        "the journal",
        "smaller listings",
        "quicker lists",
        "smaller rows",
    ]
    assert told.stdout == f"nothing to migrate: schema {schema.VERSION}\n"
    assert rebuilt.exit_code == 1, "the accounts are lost"
    assert json.loads(rebuilt.stdout)["articles"] == 2
    assert "rebuilt from" in again.stdout
    assert again.exit_code == 0
