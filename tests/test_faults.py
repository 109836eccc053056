"""Calls that fail, a disk that may not be written, a catalog that is held, a clock that jumps: told clearly, and work goes on."""

import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests import needs
from tests.crashing import Job, Prepared
from tests.flow_archive import later, opened
from tests.killing import LATER, Killing
from tests.surviving import assert_same, assert_survived, content, files_of
from tests.test_flow_migrate import FROZEN, archive_of

from tearsheet.archive import open_archive
from tearsheet.errors import NoSuchArticle
from tearsheet.flow.backup import backup, restore
from tearsheet.flow.migrate import schema_of
from tearsheet.flow.verify import verify
from tearsheet.store import schema

WRITES = ("write", "pwrite64", "ftruncate", "rename", "mkdir", "unlink", "sendfile")
SYNCS = ("fsync", "fdatasync")


@pytest.fixture(scope="module")
def killing(_running_newsroom, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    with Prepared(folder) as prepared:
        yield Killing(prepared, _running_newsroom, folder)


def faults(killing, job, count):
    """Yield strace's word for `count` faults: a call of the job, from then on always or once only, fails with EIO or ENOSPC."""
    calls = killing.prepared.counted(job)
    dice = random.Random(job.do)
    possible = [call for call in (*WRITES, *SYNCS) if calls[call]]
    for number in range(count):
        call = possible[number % len(possible)]
        error = "EIO" if call in SYNCS or dice.random() < 0.5 else "ENOSPC"
        yield call, f"--inject={call}:error={error}:when={dice.randrange(calls[call]) + 1}{dice.choice(('', '+'))}"


def failing(killing, job, call, fault):
    """Return how `job` ended while a call failed: with an error of ours, or as if nothing were, never with a bug."""
    ended = killing.prepared.run(job, strace=(f"--trace={call}", "--output=/dev/null", fault))
    assert not ended.killed
    assert ended.code in (0, 7), f"{fault}: {ended.said}"
    assert "Traceback" not in ended.said, f"{fault}: {ended.said}"
    if ended.code == 7:
        assert any(word in ended.said for word in ("cannot write", "busy", "No space", "Input/output")), ended.said
    return ended


@needs.tools("strace")
@pytest.mark.parametrize("begun", ["a new catalog", "a later update"])
def test_an_update_whose_calls_fail_says_so_and_goes_on_later(killing, tmp_path, begun):
    stage, wanted, tick = ("first", "second", 4) if begun == "a later update" else ("empty", "first", 0)
    killing.newsroom.turn_to(tick)
    more, at = (("again",), LATER) if tick else ((), "")
    counted = shutil.copytree(killing.stages / stage, tmp_path / "counted")
    for number, (call, fault) in enumerate(faults(killing, Job("update", counted, more, at), 12)):
        folder = shutil.copytree(killing.stages / stage, tmp_path / f"{number}")
        ended = failing(killing, Job("update", folder, more, at), call, fault)
        assert_survived(folder, ended.acknowledged)
        ended = killing.prepared.run(Job("update", folder, more, at))
        assert ended.code == 0, f"{fault}: {ended.said}"
        assert_survived(folder, {})
        held = content(folder)
        assert {row[1] for row in held["articles"]} == {row[1] for row in content(killing.stages / wanted)["articles"]}
        shutil.rmtree(folder)


class Trial:
    """One command, ready to run; what it writes lies in `folder`."""

    def __init__(self, killing, do, folder):
        self.killing, self.do, self.folder = killing, do, folder
        self.second = content(killing.stages / "second")
        archive, more, at = folder / "archive", (), ""
        folder.mkdir(exist_ok=True)
        if do == "update":
            killing.newsroom.turn_to(4)
            more, at = ("again",), LATER
        elif do == "import":
            more = (str(killing.stages / "second" / "warc"),)
        elif do == "remove":
            more = (next(row[0] for row in self.second["articles"] if "choir" in row[1]),)
            with open_archive(killing.stages / "second") as opened:
                self.seq = opened.article(*more).seq
        elif do == "backup":
            archive, more = killing.stages / "second", (str(folder / "copy"),)
        elif do == "restore":
            more = (str(folder.parent / "to-restore"),)
            if not Path(*more).exists():
                killing.done(Job("backup", killing.stages / "second", more))
        if do == "migrate":
            archive_of(FROZEN[0], archive)
        elif do not in ("backup", "restore"):
            shutil.copytree(killing.stages / {"update": "first", "import": "empty"}.get(do, "second"), archive)
        self.job = Job(do, archive, more, at)

    def assert_sound(self, acknowledged):
        """Nothing is lost that was there."""
        if self.do not in ("restore", "migrate"):
            assert_survived(self.job.archive, acknowledged)
        if self.do == "remove":
            self.killing.removed_or_not(self.job.archive, self.job.more[0], self.seq)

    def assert_done(self):
        """All is as after an undisturbed run."""
        archive = self.job.archive
        if self.do in ("update", "import", "restore", "rebuild"):
            assert_same(content(archive), content(self.killing.imported) if self.do == "import" else self.second)
        elif self.do == "build":
            made, wanted = files_of(archive / "site"), files_of(self.killing.built / "site")
            assert [name for name, data in wanted.items() if made.get(name) != data] == []
        elif self.do == "backup":
            self.killing.assert_restorable(self.folder / "copy", must=True, wanted=self.second)
        elif self.do == "remove":
            with open_archive(archive) as opened, pytest.raises(NoSuchArticle):
                opened.article(self.job.more[0])
        else:
            assert schema_of(archive) == schema.VERSION
            with open_archive(archive) as opened:
                assert opened.count() == 2

    def goes_on(self, ended):
        """What was acknowledged is there, and the same command does what is left to do."""
        assert "Traceback" not in ended.said, ended.said
        self.assert_sound(ended.acknowledged)
        again = self.killing.prepared.run(self.job)
        finished = self.do == "restore" and "there is an archive already" in again.said
        assert again.code == 0 or finished or (self.do == "remove" and "NoSuchArticle" in again.said), again.said
        self.assert_done()


COMMANDS = ("update", "import", "build", "backup", "restore", "rebuild", "remove", "migrate")


@needs.tools("strace")
@pytest.mark.parametrize("do", COMMANDS[1:])
def test_a_command_whose_calls_fail_says_so_and_goes_on_later(killing, tmp_path, do):
    for number, (call, fault) in enumerate(faults(killing, Trial(killing, do, tmp_path / "counted").job, 7)):
        trial = Trial(killing, do, tmp_path / str(number))
        trial.goes_on(failing(killing, trial.job, call, fault))


@needs.mounts
@pytest.mark.parametrize("do", COMMANDS)
def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(killing, small_disk, do):
    disk = small_disk("16m")
    for kib in (16, 400):
        trial = Trial(killing, do, disk / str(kib))
        with (disk / "filler").open("wb") as filler:
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            filler.write(bytes(max(0, free - kib * 1024)))
        ended = killing.prepared.run(trial.job)
        (disk / "filler").unlink()
        assert ended.code == 7 or kib == 400, ended.said
        assert list(trial.folder.rglob("tearsheet.db.rebuilt*")) == []
        trial.goes_on(ended)
        shutil.rmtree(trial.folder)


@pytest.mark.parametrize("do", COMMANDS)
def test_a_file_that_may_not_grow_is_told_and_work_goes_on_when_it_may(killing, tmp_path, do):
    trial = Trial(killing, do, tmp_path / "limited")

    ended = killing.prepared.run(replace(trial.job, max_file=20_000))

    assert ended.code == 7, ended.said
    assert "File too large" in ended.said or "no file may be larger than 20,000 bytes" in ended.said
    trial.goes_on(ended)


@needs.mounts
@pytest.mark.parametrize("do", COMMANDS)
def test_a_read_only_disk_is_told_and_work_goes_on_when_it_is_writable(killing, small_disk, do):
    disk = small_disk("16m")
    trial = Trial(killing, do, disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    ended = killing.prepared.run(trial.job)

    assert ended.code == 7, ended.said
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    trial.goes_on(ended)


def test_a_catalog_that_is_held_for_a_while_is_waited_for(killing, tmp_path):
    killing.newsroom.turn_to(0)
    folder = shutil.copytree(killing.stages / "empty", tmp_path / "archive")
    holder = sqlite3.connect(folder / "tearsheet.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")

    def let_go():
        time.sleep(0.3)
        holder.execute("ROLLBACK")

    release = threading.Thread(target=let_go)
    release.start()
    ended = killing.prepared.run(Job("update", folder))
    release.join()
    holder.close()

    assert ended.code == 0, ended.said
    assert_same(content(folder), content(killing.stages / "first"))


def test_a_backup_made_while_an_update_writes_is_an_archive_of_one_moment(killing, tmp_path):
    killing.newsroom.turn_to(0)
    folder = shutil.copytree(killing.stages / "empty", tmp_path / "archive")
    ended = []
    update = threading.Thread(target=lambda: ended.append(killing.prepared.run(Job("update", folder))))
    archive = opened(folder)
    update.start()
    number = 0
    while update.is_alive() or not number:
        number += 1
        backup(archive, tmp_path / "copy")
        restore(tmp_path / "copy", tmp_path / f"restored-{number}")
        assert_survived(tmp_path / f"restored-{number}", {})
    update.join()

    assert ended[0].code == 0, ended[0].said
    backup(archive, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "restored")
    assert_same(content(tmp_path / "restored"), content(folder))


@pytest.mark.parametrize("years", [10, -5])
def test_a_clock_that_jumped_leaves_a_sound_archive_that_goes_on(killing, tmp_path, years):
    killing.newsroom.turn_to(0)
    folder = shutil.copytree(killing.stages / "empty", tmp_path / "archive")
    wrong = later(days=365 * years).isoformat()
    assert killing.prepared.run(Job("update", folder, at=wrong)).code == 0
    assert_survived(folder, {})

    killing.newsroom.turn_to(4)
    killing.newsroom.heard.clear()
    right = datetime.now().astimezone() + timedelta(minutes=1)
    ended = killing.prepared.run(Job("update", folder, ("again",), at=right.isoformat()))

    assert ended.code == 0, ended.said
    assert_survived(folder, ended.acknowledged)
    archive = opened(folder)
    assert verify(archive).problems == ()
    states = [state.visit for state in archive.sources() if state.visit]
    assert [visit.at for visit in states if abs(visit.at - right) > timedelta(hours=1)] == []
    due = archive.store.db.execute("SELECT max(due_at) FROM article").fetchone()[0]
    assert due is None or due / 1000 < (right + timedelta(days=31)).timestamp()
