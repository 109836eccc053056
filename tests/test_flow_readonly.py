"""An archive on a disk that cannot be written to, or that belongs to somebody else, is read all the same."""

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import needs

from tearsheet.archive import CATALOG_FILE, Archive, open_archive
from tearsheet.errors import DiskTrouble
from tearsheet.flow.indexing import catch_up
from tearsheet.model import Query

LINUX_CAPABILITY_VERSION_3 = 0x20080522

READ_IT = """
import json, subprocess, sys, urllib.request
from pathlib import Path
from click.testing import CliRunner
from tearsheet.cli.front import tearsheet
from tearsheet.web.serving import server
folder, out, id = sys.argv[1:]
subprocess.run(["mount", "--bind", folder, folder], check=True)
subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
said = {}
for words in (["articles"], ["search", "harbour"], ["show", id], ["edits", id], ["stats"], ["sources"], ["verify"],
              ["export", "--jsonl", out + "/lines"], ["backup", out + "/copy"], ["proof", id, out + "/proof"],
              ["update"], ["remove", id, "--reason", "x", "--yes"], ["rebuild"], ["migrate"]):
    done = CliRunner().invoke(tearsheet, ["-C", folder, *words])
    said[words[0]] = [done.exit_code, done.stderr, len(done.stdout)]
with server(Path(folder), port=0) as running, urllib.request.urlopen(running.address, timeout=60) as page:
    said["serve"] = [page.status, "", len(page.read())]
print(json.dumps(said))
"""


@needs.mounts
def test_every_command_that_only_reads_works_on_a_read_only_disk(own_press, tmp_path):
    catch_up(own_press)
    article = next(one for one in own_press.articles(Query(limit=0)) if one.revisions)
    own_press.close()
    before = sorted(file.name for file in own_press.path.iterdir())

    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", READ_IT, str(own_press.path), str(tmp_path), article.id],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for command in ("articles", "search", "show", "edits", "stats", "sources", "verify", "export", "backup", "proof"):
        assert said[command][0] == 0, (command, said[command])
    assert said["serve"][0] == 200
    for command in ("update", "remove", "rebuild", "migrate"):
        assert said[command][0] == 7, (command, said[command])
        assert re.search(r"(?i)tearsheet: .*read-only[^\[\]]*$", said[command][1]), said[command]
    assert sorted(file.name for file in own_press.path.iterdir()) == before
    with open_archive(tmp_path / "copy") as copy:
        assert copy.count() > 0


@pytest.fixture
def somebody_elses(own_press: Archive) -> Iterator[Path]:
    """An archive in which this process may read everything and write nothing, once it has no rights of root's."""
    catch_up(own_press)
    own_press.close()
    folder = own_press.path
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o555 if each.is_dir() else 0o444)
    yield folder
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o755)


def without_privileges(look: Callable[[], str]) -> str:
    """Return what `look` finds, run in a child for which modes of files count, whoever runs the tests."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            # Still the same user, who alone may be able to reach the folder of temporary files.
            none = (ctypes.c_uint32 * 6)()
            assert ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0), none) == 0
            found = look()
        except BaseException as error:  # noqa: BLE001 - it is told to the parent
            found = f"{type(error).__name__}: {error}"
        os.write(writing, found.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def test_somebody_elses_archive_is_read_and_not_written(somebody_elses):
    def look() -> str:
        with open_archive(somebody_elses) as archive:
            found = archive.articles(Query(limit=3))
            hits, _ = archive.search("the")
            try:
                with archive.store.transaction():
                    return "written"
            except DiskTrouble as error:
                return f"{len(found)} {hits > 0} {archive.revisions(found[0].id)[0].number} {error.what}"

    assert without_privileges(look) == "3 True 1 cannot write"


def test_a_log_that_a_crash_left_behind_is_read_too(somebody_elses):
    for each in (somebody_elses, somebody_elses / CATALOG_FILE):
        each.chmod(0o755)
    writer = open_archive(somebody_elses)
    with writer.store.transaction() as db:
        db.execute("UPDATE article SET title = 'Only in the log'")
    for ending in ("-wal", "-shm"):
        shutil.copy(somebody_elses / f"{CATALOG_FILE}{ending}", somebody_elses / f"kept{ending}")
    writer.store.db.execute("PRAGMA wal_autocheckpoint = 0")
    shutil.copy(somebody_elses / CATALOG_FILE, somebody_elses / "kept")
    writer.close()
    for ending in ("", "-wal"):
        (somebody_elses / f"kept{ending}").replace(somebody_elses / f"{CATALOG_FILE}{ending}")
        (somebody_elses / f"{CATALOG_FILE}{ending}").chmod(0o444)
    (somebody_elses / "kept-shm").unlink()
    somebody_elses.chmod(0o555)

    def look() -> str:
        with open_archive(somebody_elses) as archive:
            return archive.articles(Query(limit=1))[0].title

    assert without_privileges(look) == "Only in the log"
