"""A disk that is full when something is made for others: told on one line, nothing half made, done when there is room."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests import needs

from tearsheet.model import Query

KIB = (0, 64)


def asked(archive: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "tearsheet.cli", "--archive", *map(str, (archive, *words))]
    return subprocess.run(line, capture_output=True, text=True, timeout=100, check=False)


def things(archive_id: str, out: Path) -> dict[str, tuple[str | Path, ...]]:
    return {
        "wacz": ("export", "--wacz", out / "all.wacz"),
        "jsonl": ("export", "--jsonl", out / "all.jsonl"),
        "opml": ("export", "--opml", out / "all.opml"),
        "proof": ("proof", archive_id, out / "proof"),
        "init": ("init", out / "new"),
    }


@needs.mounts
@pytest.mark.parametrize("thing", ["wacz", "jsonl", "opml", "proof", "init"])
def test_what_does_not_fit_on_a_disk_is_told_and_made_when_there_is_room(press, small_disk, thing):
    disk = small_disk("16m")
    words = things(press.articles(Query(limit=1))[0].id, disk)[thing]
    for kib in KIB:
        filled(disk, but_kib=kib)
        done = asked(press.path, *words)
        (disk / "filler").unlink()
        if kib and done.returncode == 0:
            return

        assert (done.returncode, done.stderr.count("\n")) == (7, 1), done.stderr
        assert done.stderr.startswith(f"tearsheet: cannot write: {disk}")
        assert [file for file in disk.rglob("*") if file.is_file() and "new" not in file.parts] == []

    done = asked(press.path, *words)
    assert (done.returncode, done.stderr) == (0, "")


@needs.mounts
def test_an_archive_on_a_full_disk_can_be_read_checked_and_copied(press, small_disk, tmp_path):
    disk = small_disk("64m")
    folder = Path(shutil.copytree(press.path, disk / "press", ignore=shutil.ignore_patterns("site", "posts", "*-shm")))
    filled(disk)

    for words in (["articles"], ["show", press.articles(Query(limit=1))[0].id], ["stats"], ["verify"]):
        done = asked(folder, *words)
        assert (done.returncode, done.stderr) == (0, ""), words
    assert asked(folder, "backup", tmp_path / "copy").returncode == 0
    assert asked(tmp_path / "copy", "verify").returncode == 0

    done = asked(folder, "update", "--again")
    assert (done.returncode, done.stderr.count("\n")) == (7, 1)
    assert "the disk is full or failing" in done.stderr

    (disk / "filler").unlink()
    assert asked(folder, "update", "--again").returncode == 0
    assert asked(folder, "verify").returncode == 0


def filled(disk: Path, *, but_kib: int = 0) -> None:
    with (disk / "filler").open("wb") as filler:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write(bytes(max(0, free - but_kib * 1024)))
