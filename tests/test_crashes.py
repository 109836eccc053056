"""Commands killed at any call that changes the disk, or at any time: nothing acknowledged is lost, nothing comes twice."""

import random
import shutil

import pytest
from tests.crashing import STRACE, Job, Prepared
from tests.flow_archive import followed, later, new_archive, opened
from tests.surviving import assert_survived, content, files_of

from tearsheet.errors import NoArchive, NoSuchArticle
from tearsheet.flow.backup import restore
from tearsheet.flow.verify import verify

PAGES = ("ropewalk-rents", "pier-tender", "wire-design", "barrier-holds", "tides-0301-05", "choir-in-the-crane")
LATER = later(days=3).isoformat()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    with Prepared(tmp_path_factory.mktemp("prepared")) as one:
        yield one


@pytest.fixture(scope="module")
def stages(_running_newsroom, tmp_path_factory, prepared):
    """Archives of a few pages: `empty`, `first` after an update, `second` after another two days later. Not to be changed."""
    folder = tmp_path_factory.mktemp("stages")
    newsroom = _running_newsroom
    newsroom.turn_to(0)
    archive = new_archive(folder / "empty", newsroom)
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier" and truth.slug in PAGES]
    assert len(urls) == len(PAGES)
    (folder / "empty" / "list.txt").write_text("".join(f"{url}\n" for url in urls))
    followed(archive, str(folder / "empty" / "list.txt"))
    for before, after, tick, more in (("empty", "first", 0, ()), ("first", "second", 4, ("again",))):
        newsroom.turn_to(tick)
        shutil.copytree(folder / before, folder / after)
        ended = prepared.run(Job("update", folder / after, more, at=LATER if more else ""))
        assert ended.code == 0, ended.said
    newsroom.turn_to(0)
    return folder


class Killer:
    """Kills a job again and again, each time somewhere else; the dice fall the same at every run."""

    def __init__(self, prepared, job, folder, *, seed=0):
        self.prepared = prepared
        self.dice = random.Random(f"{job.do} {seed}")
        self.kills = 0
        if STRACE:
            self.calls = sorted(prepared.counted(Job(job.do, folder, job.more, job.at)).elements())

    def run(self, job, *, at_most_s=0.4):
        """Return how the job ended: killed at a call, or after a time, or not at all if it had less to do."""
        if STRACE and self.dice.random() < 0.8:
            place = self.dice.randrange(len(self.calls))
            call = self.calls[place]
            ended = self.prepared.killed_at(job, call, place - self.calls.index(call) + 1)
        else:
            ended = self.prepared.run(job, after_s=self.dice.random() * at_most_s)
        assert ended.killed or ended.code == 0, ended.said
        self.kills += ended.killed
        return ended

    def until_done(self, job, check):
        """Run the job until it is done, and check after every kill."""
        while (ended := self.run(job)).killed:
            check(ended)


def fresh(stages, name, tmp_path, number):
    return shutil.copytree(stages / name, tmp_path / f"{name}-{number}")


@pytest.mark.parametrize(("before", "after", "tick", "kills"), [("empty", "first", 0, 50), ("first", "second", 4, 30)])
def test_an_update_killed_anywhere_goes_on(stages, prepared, newsroom, tmp_path, before, after, tick, kills):
    newsroom.turn_to(tick)
    more, at = (("again",), LATER) if tick else ((), "")
    wanted = content(stages / after)
    killer = Killer(prepared, Job("update", stages, more, at), fresh(stages, before, tmp_path, "counted"))
    number = 0
    while killer.kills < kills:
        folder = fresh(stages, before, tmp_path, number)
        if before == "empty" and number % 2:
            (folder / "tearsheet.db").unlink()
        in_place = iter(lambda: killer.dice.random() < 0.5, None)
        killer.until_done(
            Job("update", folder, more, at),
            lambda ended, folder=folder, in_place=in_place: assert_survived(
                folder, ended.acknowledged, in_place=next(in_place)
            ),
        )
        assert_survived(folder, {"articles": {row[0]: row[3] for row in wanted["articles"]}})
        assert content(folder) == wanted
        number += 1
        shutil.rmtree(folder)


def test_an_import_killed_anywhere_goes_on(stages, prepared, newsroom, tmp_path):
    warcs = (str(stages / "second" / "warc"),)
    reference = fresh(stages, "empty", tmp_path, "counted")
    killer = Killer(prepared, Job("import", stages, warcs), reference)
    if not STRACE:
        assert prepared.run(Job("import", reference, warcs)).code == 0
    wanted = content(reference)
    number = 0
    while killer.kills < 40:
        folder = fresh(stages, "empty", tmp_path, number)
        killer.until_done(
            Job("import", folder, warcs),
            lambda ended, folder=folder: assert_survived(folder, ended.acknowledged),
        )
        assert content(folder) == wanted
        number += 1
        shutil.rmtree(folder)


@pytest.mark.parametrize(("built", "kills"), [(False, 30), (True, 15)], ids=["the first build", "a later build"])
def test_a_build_killed_anywhere_goes_on_to_the_same_site(stages, prepared, newsroom, tmp_path, built, kills):
    ready = fresh(stages, "first" if built else "second", tmp_path, "ready")
    if built:
        newsroom.turn_to(4)
        for job in (Job("build", ready), Job("update", ready, ("again",), LATER)):
            assert prepared.run(job).code == 0
    reference = shutil.copytree(ready, tmp_path / "reference")
    killer = Killer(prepared, Job("build", stages), reference)
    if not STRACE:
        assert prepared.run(Job("build", reference)).code == 0
    wanted = {name: files_of(reference / name) for name in ("site", "posts")}
    number = 0
    while killer.kills < kills:
        folder = shutil.copytree(ready, tmp_path / f"build-{number}")
        killer.until_done(Job("build", folder), lambda ended: None)
        for name, files in wanted.items():
            made = files_of(folder / name)
            assert made.keys() == files.keys()
            assert [path for path, data in made.items() if data != files[path]] == []
        number += 1
        shutil.rmtree(folder)


def test_a_backup_killed_anywhere_is_whole_or_not_taken_for_one(stages, prepared, newsroom, tmp_path):
    killer = Killer(
        prepared, Job("backup", stages, (str(tmp_path / "counted"),)), fresh(stages, "second", tmp_path, "counted")
    )
    number = 0
    while killer.kills < 40:
        copy = tmp_path / f"backup-{number}"
        if number % 2:  # a second backup: the first one stays good until it is done
            assert prepared.run(Job("backup", stages / "first", (str(copy),))).code == 0
        killer.until_done(
            Job("backup", stages / "second", (str(copy),)),
            lambda ended, copy=copy, had=number % 2: assert_backup_is_good(copy, tmp_path, must=had),
        )
        assert_backup_is_good(copy, tmp_path, must=True, wanted=content(stages / "second"))
        number += 1
        shutil.rmtree(copy)


def assert_backup_is_good(copy, tmp_path, *, must, wanted=None):
    """A backup restores to a sound archive, or says that it is not finished."""
    shutil.rmtree(tmp_path / "restored", ignore_errors=True)
    try:
        restore(copy, tmp_path / "restored")
    except NoArchive:
        assert not must
        return
    assert_survived(tmp_path / "restored", {})
    if wanted:
        assert content(tmp_path / "restored") == wanted


def test_a_restore_killed_anywhere_goes_on(stages, prepared, newsroom, tmp_path):
    copy = tmp_path / "backup"
    assert prepared.run(Job("backup", stages / "second", (str(copy),))).code == 0
    wanted = content(stages / "second")
    killer = Killer(prepared, Job("restore", stages, (str(copy),)), tmp_path / "counted")
    number = 0
    while killer.kills < 20:
        folder = tmp_path / f"restored-{number}"
        killer.until_done(Job("restore", folder, (str(copy),)), lambda ended: None)
        assert_survived(folder, {})
        assert content(folder) == wanted
        number += 1
        shutil.rmtree(folder)


def test_a_removal_killed_anywhere_is_finished_by_the_next_update(stages, prepared, newsroom, tmp_path):
    newsroom.turn_to(4)
    with_picture = next(row for row in content(stages / "second")["articles"] if "choir" in row[1])
    id, _, title, *_ = with_picture
    killer = Killer(prepared, Job("remove", stages, (id,)), fresh(stages, "second", tmp_path, "counted"))
    number = 0
    while killer.kills < 20:
        folder = fresh(stages, "second", tmp_path, number)
        killer.run(Job("remove", folder, (id,)), at_most_s=0.05)
        assert prepared.run(Job("update", folder, at=LATER)).code == 0
        archive = opened(folder)
        try:
            archive.article(id)
        except NoSuchArticle:
            assert_removed(archive, stages / "second", title)
        else:
            assert content(folder) == content(stages / "second")
        assert verify(archive).problems == ()
        number += 1


def assert_removed(archive, before, title):
    """Nothing of the article is left: no words in the index, no picture, no bytes in WARC files."""
    assert archive.search(f'"{title}"')[0] == 0
    known = {row[0] for row in archive.store.db.execute("SELECT web FROM picture UNION SELECT thumb FROM picture")}
    assert set(archive.media_folder.names()) <= known
    assert archive.store.db.execute("SELECT count(*) FROM erasure").fetchone()[0] == 0
