"""An update that is interrupted at any moment and run again: nothing twice, nothing lost."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from io import BytesIO

import pytest
from PIL import Image
from tests import needs
from tests.flow_archive import counted, followed, following_only, kept, new_archive, opened, ran

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.errors import DiskTrouble
from tearsheet.flow.verify import verify
from tearsheet.store import reading

UPDATE = [sys.executable, "-m", "tearsheet.cli", "update", "--quiet", "--archive"]
KILLS = 12


@pytest.fixture
def fresh(newsroom, tmp_path):
    """An archive that follows the five papers and has fetched nothing; it keeps the lead pictures."""
    archive = new_archive(tmp_path / "archive", newsroom)
    return followed(archive, newsroom.address("newsroom", "/opml"))


@contextmanager
def updating(archive, *more):
    """Run an update in another process, in a group of its own as a terminal would have it."""
    with subprocess.Popen(
        [*UPDATE, str(archive.path), *more], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        try:
            yield run
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)


def heard_more(newsroom, count, run, *, within_s=60.0):
    """Wait until the newsroom has been asked `count` times more; return whether `run` still runs then."""
    wanted, until = len(newsroom.heard) + count, time.monotonic() + within_s
    while len(newsroom.heard) < wanted and run.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    return run.poll() is None


def assert_sound(archive: Archive) -> None:
    """Everything that was acknowledged is there, once."""
    db = archive.store.db
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    for row in map(reading.capture_of, db.execute(reading.CAPTURES).fetchall()):
        capture = warc.get(archive.warc_folder, row.place)
        assert (capture.url, capture.digest) == (row.url, row.digest)
    pages = db.execute("SELECT article, count(*) FROM capture WHERE kind = 'page' GROUP BY article").fetchall()
    assert [tuple(row) for row in pages if row[1] != 1] == []
    for row in db.execute("SELECT * FROM picture WHERE digest IS NOT NULL").fetchall():
        for name in (row["web"], row["thumb"]):
            Image.open(BytesIO(archive.media(name))).load()
    numbers = [row[0] for row in db.execute("SELECT seq FROM leaf ORDER BY seq")]
    assert numbers == list(range(len(numbers)))
    assert verify(archive).problems == ()


def assert_complete(archive: Archive, press: Archive) -> None:
    """What an update that was never interrupted keeps is kept, each article once and found by its words."""
    assert counted(article.url for article in kept(archive)) == {article.url: 1 for article in kept(press)}
    assert {article.revisions for article in kept(archive)} == {1}
    stats = archive.stats()
    assert (stats["waiting"], stats["due"], stats["pictures_waiting"]) == (0, 0, 0)
    claimed = archive.store.db.execute("SELECT count(*) FROM article WHERE worker <> ''").fetchone()[0]
    assert claimed == 0
    for article in kept(archive):
        assert archive.search(f'"{article.title}"')[0] >= 1, article.title


def test_killed_and_interrupted_again_and_again_it_goes_on(fresh, press, newsroom):
    dice = random.Random(20260302)
    stopped = 0
    for number in range(KILLS):
        with updating(fresh) as run:
            if heard_more(newsroom, dice.randrange(1, 30), run):
                time.sleep(dice.random() * 0.05)
                os.killpg(run.pid, signal.SIGINT if number % 3 == 2 else signal.SIGKILL)
                stopped += 1
            assert run.stderr is not None
            said = run.stderr.read()
        assert "Traceback" not in said, said
        # Interrupted when its work is done and only Python is still ending, a process dies of the signal itself.
        assert run.returncode in (0, -signal.SIGKILL, 130, -signal.SIGINT)
        assert_sound(opened(fresh.path))
    assert stopped >= KILLS // 2

    report = ran(fresh, pictures=True)

    assert not report.interrupted
    assert_sound(fresh)
    assert_complete(fresh, press)
    newsroom.heard.clear()
    ran(fresh, pictures=True)
    assert newsroom.heard == []


WRITING = """
import sys
from contextlib import closing
from tearsheet.archive import open_archive
from tearsheet.flow.clock import now
from tearsheet.store import keeping
from tearsheet.store.worker import Worker

def pieces():
    yield b"half of it"
    print("half", flush=True)
    yield sys.stdin.buffer.read()

with open_archive(sys.argv[1]) as archive, closing(Worker(archive.path / "run")) as worker:
    with archive.store.transaction() as db:
        claimed = keeping.claim_pictures(db, worker=worker.name, now=now(), limit=1)
    assert len(claimed) == 1
    archive.media_folder.put_pieces("ab/half.jpg", pieces())
"""


def test_a_picture_that_was_being_written_when_an_update_was_killed_is_swept_by_the_next(newsroom, tmp_path):
    illustrated = next(truth.url for truth in newsroom.at(0) if truth.paper == "courier" and truth.pictures)
    archive = following_only(tmp_path / "archive", newsroom, [illustrated])
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, str(archive.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"half\n"
            ran(archive, limit=1)
            assert [path.suffix for path in (archive.path / "media" / "ab").iterdir()] == [".part"]
        finally:
            writer.kill()

    ran(archive, limit=1)

    assert list((archive.path / "media").rglob("*.part")) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_settles_what_is_in_hand_and_says_so(fresh, newsroom, number, code):
    with updating(fresh, "--no-pictures") as run:
        assert heard_more(newsroom, 40, run)
        run.send_signal(number)
        assert run.stderr is not None
        said = run.stderr.read()

    assert run.returncode == code, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert len(kept(fresh)) >= 1
    assert fresh.store.db.execute("SELECT count(*) FROM article WHERE worker <> ''").fetchone()[0] == 0
    assert list((fresh.path / "run").iterdir()) == []
    assert_sound(fresh)


def test_two_updates_at_once_share_the_work(fresh, press, newsroom):
    with updating(fresh, "--no-pictures") as one, updating(fresh, "--no-pictures") as other:
        assert one.stderr is not None
        assert other.stderr is not None
        said = one.stderr.read() + other.stderr.read()

    assert (one.returncode, other.returncode) == (0, 0), said
    ran(fresh)  # what one of them listed while the other had stopped looking
    assert_sound(fresh)
    assert counted(article.url for article in kept(fresh)) == {article.url: 1 for article in kept(press)}
    pages = counted(f"{heard.host} {heard.path}?{heard.query}" for heard in newsroom.heard if heard.status == 200)
    twice = {page for page, times in pages.items() if times > 1 and "robots.txt" not in str(page)}
    assert twice == set()


# ---- a disk that takes no more


def limited(archive, *, bytes):
    """Run an update whose files may not grow beyond `bytes`."""
    return subprocess.run(
        [*UPDATE, str(archive.path), "--no-pictures"],
        check=False,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, bytes)),
    )


def test_a_file_that_may_not_grow_is_told_and_the_update_goes_on_later(fresh, press):
    run = limited(fresh, bytes=400_000)

    assert run.returncode == 7, run.stderr
    assert "cannot write" in run.stderr
    assert "Traceback" not in run.stderr
    assert_sound(fresh)
    ran(fresh)
    assert_sound(fresh)
    assert counted(article.url for article in kept(fresh)) == {article.url: 1 for article in kept(press)}


@needs.mounts
def test_a_full_disk_is_told_and_the_update_goes_on_when_there_is_room_again(small_disk, press, newsroom):
    disk = small_disk("2560k")
    archive = new_archive(disk / "archive", newsroom)
    followed(archive, newsroom.address("newsroom", "/opml"))

    with pytest.raises(DiskTrouble, match=r"full|No space"):
        ran(archive)
    archive.close()

    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    again = opened(disk / "archive")
    assert_sound(again)
    ran(again)
    assert_sound(again)
    assert counted(article.url for article in kept(again)) == {article.url: 1 for article in kept(press)}
