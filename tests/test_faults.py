"""Calls that fail, a disk that may not be written, a catalog that is held, a clock that jumps: told clearly, and work goes on."""

import random
import shutil
import sqlite3
import subprocess
import threading
import time
from datetime import datetime, timedelta

import pytest
from tests.crashing import STRACE, Job, Prepared
from tests.flow_archive import later, opened
from tests.killing import LATER, Killing
from tests.surviving import assert_same, assert_survived, content, files_of

from tearsheet.flow.backup import backup, restore
from tearsheet.flow.verify import verify

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


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
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


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.parametrize("do", ["import", "build", "backup"])
def test_a_command_whose_calls_fail_says_so_and_goes_on_later(killing, tmp_path, do):
    def job(name):
        stage = {"import": "empty", "build": "second", "backup": "second"}[do]
        folder = shutil.copytree(killing.stages / stage, tmp_path / name)
        more = {
            "import": str(killing.stages / "second" / "warc"),
            "backup": str(tmp_path / f"copy-{name}"),
            "build": "",
        }
        return Job(do, folder, (more[do],))

    counted = job("counted")
    found = list(faults(killing, counted, 7))
    for number, (call, fault) in enumerate(found):
        one = job(str(number))
        ended = failing(killing, one, call, fault)
        assert_survived(one.archive, ended.acknowledged)
        ended = killing.prepared.run(one)
        assert ended.code == 0, f"{fault}: {ended.said}"
        if do == "import":
            assert_same(content(one.archive), content(counted.archive))
        elif do == "build":
            made, wanted = files_of(one.archive / "site"), files_of(counted.archive / "site")
            assert [name for name, data in wanted.items() if made.get(name) != data] == [], fault
        else:
            killing.assert_restorable(tmp_path / f"copy-{number}", must=True, wanted=content(counted.archive))


@pytest.fixture
def small_disk(tmp_path):
    """A file system that can be made read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("do", ["update", "build", "import"])
def test_a_read_only_disk_is_told_and_work_goes_on_when_it_is_writable(killing, small_disk, tmp_path, do):
    killing.newsroom.turn_to(0)
    folder = shutil.copytree(killing.stages / "first", small_disk / "archive")
    job = Job(do, folder, (str(killing.stages / "second" / "warc"),) if do == "import" else ())
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    ended = killing.prepared.run(job)

    assert ended.code == 7, ended.said
    assert "Traceback" not in ended.said
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert_survived(folder, ended.acknowledged)
    ended = killing.prepared.run(job)
    assert ended.code == 0, ended.said


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
