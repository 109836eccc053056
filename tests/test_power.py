"""The power is cut while a command runs, at any moment of it: what was promised by then is there, and work goes on."""

import json
import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from tests import needs
from tests.crashing import Job, Prepared
from tests.cutting import KINDS, Disk, recorded
from tests.killing import LATER, Killing
from tests.surviving import assert_same, assert_survived, content, files_of
from tests.test_flow_migrate import FROZEN, archive_of

from tearsheet.archive import CATALOG_FILE
from tearsheet.flow.migrate import schema_of
from tearsheet.store import schema

pytestmark = needs.tools("strace")
CUTS = 30


@pytest.fixture(scope="module")
def killing(_running_newsroom, tmp_path_factory):
    folder = tmp_path_factory.mktemp("power")
    with Prepared(folder) as prepared:
        yield Killing(prepared, _running_newsroom, folder)


def cut(killing, folder, job, tmp_path, *, kinds=KINDS, cuts=CUTS):
    """Yield (what a power cut left, what was promised by then) for every promise, and for `cuts` other moments."""
    disk = Disk(folder, killing.prepared.acks)
    ended, calls = recorded(killing.prepared, job)
    assert ended.code == 0, ended.said
    dice = random.Random(job.do + job.at)
    chosen = set(dice.sample(range(len(calls)), min(cuts, len(calls))))
    number = 0
    for at, call in enumerate(calls):
        before = disk.promised
        disk.make(call)
        if at in chosen or disk.promised is not before:
            number += 1
            kind = dice.choice(kinds) if at in chosen else dice.choice(("dropped", "torn"))
            yield disk.left(kind, dice, tmp_path / f"cut-{number}"), json.loads(disk.promised or b"{}")
    assert disk.promised != b"" or job.do == "build"
    for path, held in disk.seen.items():  # the replay knows all that was done
        assert held is None or path.endswith("-shm") or bytes(held.seen) == (folder / path).read_bytes(), path


@pytest.mark.parametrize("begun", ["a new catalog", "a catalog", "a later update"])
def test_what_an_update_promised_survives_a_power_cut(killing, tmp_path, begun):
    stage, wanted, tick = ("first", "second", 4) if begun == "a later update" else ("empty", "first", 0)
    killing.newsroom.turn_to(tick)
    more, at = (("again",), LATER) if tick else ((), "")
    folder = shutil.copytree(killing.stages / stage, tmp_path / "archive")
    if begun == "a new catalog":
        (folder / "tearsheet.db").unlink()
    for number, (left, promised) in enumerate(cut(killing, folder, Job("update", folder, more, at), tmp_path)):
        assert_survived(left, promised)
        if number % 12 == 6:
            ended = killing.prepared.run(Job("update", left, more, at))
            assert ended.code == 0, ended.said
            assert_same(content(left), content(killing.stages / wanted))
        shutil.rmtree(left)


def test_what_an_import_promised_survives_a_power_cut(killing, tmp_path):
    folder = shutil.copytree(killing.stages / "empty", tmp_path / "archive")
    job = Job("import", folder, (str(killing.stages / "second" / "warc"),))
    for left, promised in cut(killing, folder, job, tmp_path):
        assert_survived(left, promised)
        shutil.rmtree(left)


def test_a_source_that_was_followed_survives_a_power_cut(killing, tmp_path):
    folder = shutil.copytree(killing.stages / "empty", tmp_path / "archive")
    for left, promised in cut(killing, folder, Job("follow", folder, ("https://paper.example/",)), tmp_path):
        assert_survived(left, promised)
        shutil.rmtree(left)


@pytest.fixture(params=["a disk", pytest.param("a file system that no one call writes out", marks=needs.memory)])
def elsewhere(request, tmp_path):
    """Return an empty folder, on tmpfs the second time: like FUSE and network disks it is synced file by file."""
    if request.param == "a disk":
        yield tmp_path / "copy"
    else:
        with tempfile.TemporaryDirectory(dir=needs.MEMORY) as name:
            yield Path(name) / "copy"


def test_a_backup_that_was_reported_survives_a_power_cut(killing, elsewhere, tmp_path):
    elsewhere.mkdir()
    disk = Disk(elsewhere, killing.prepared.acks)
    ended, calls = recorded(killing.prepared, Job("backup", killing.stages / "second", (str(elsewhere),)))
    assert ended.code == 0, ended.said
    for call in calls:
        disk.make(call)
    in_one_call = [call for call in calls if call.name == "syncfs"]
    assert not in_one_call or not elsewhere.is_relative_to(needs.MEMORY)
    for kind in KINDS:
        left = disk.left(kind, random.Random(kind), tmp_path / kind)
        killing.assert_restorable(left, must=True, wanted=content(killing.stages / "second"))


def test_a_build_after_a_power_cut_mends_every_page(killing, tmp_path):
    folder = shutil.copytree(killing.stages / "second", tmp_path / "archive")
    lost = list(
        cut(killing, folder, Job("build", folder), tmp_path, cuts=8, kinds=("names kept, bytes dropped", "torn"))
    )
    wanted = {name: files_of(folder / name) for name in ("site", "posts")}
    for left, _ in lost:
        manifest = left / "site" / ".manifest.json"
        if manifest.exists():  # the machine has started anew since
            manifest.write_text(manifest.read_text().replace('"boot":"', '"boot":"before '))
        ended = killing.prepared.run(Job("build", left))
        assert ended.code == 0, ended.said
        for name, files in wanted.items():
            made = files_of(left / name)
            assert [path for path, data in files.items() if made.get(path) != data] == []


def test_a_migration_has_its_copy_of_the_catalog_whenever_the_power_is_cut(killing, tmp_path):
    had = archive_of(FROZEN[0], tmp_path / "running")
    dice = random.Random("migrate")
    with closing(sqlite3.connect(tmp_path / "running" / CATALOG_FILE, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO state (key, value) VALUES ('anything', '1')")
        shutil.copytree(tmp_path / "running", tmp_path / "press")  # as a kill leaves it, with its log
    disk = Disk(tmp_path / "press", killing.prepared.acks)
    ended, calls = recorded(killing.prepared, Job("follow", tmp_path / "press"))
    assert ended.code == 0, ended.said
    migrated = 0
    for call in calls:
        if disk.make(call):
            for kind in ("dropped", "torn", "kept"):
                left = disk.left(kind, dice, tmp_path / "left")
                if schema_of(left) > had:
                    migrated += 1
                    with closing(sqlite3.connect(left / f"{CATALOG_FILE}.before-{schema.VERSION}")) as copy:
                        assert schema.version_of(copy) == had
                        assert copy.execute("SELECT count(*) FROM article").fetchone()[0] == 2
                shutil.rmtree(left)
    assert migrated
