"""Each command killed again and again, and what must hold after each kill: for the tests a little, for `bench/crash` a lot."""

import random
import shutil

from tests import counting
from tests.crashing import Job
from tests.flow_archive import OPEN, followed, later, new_archive
from tests.surviving import assert_same, assert_survived, content, files_of
from tests.test_flow_migrate import FROZEN, archive_of

from tearsheet.archive import open_archive
from tearsheet.errors import NoArchive, NoSuchArticle
from tearsheet.flow.backup import restore
from tearsheet.flow.mending import mend
from tearsheet.flow.migrate import schema_of
from tearsheet.flow.rebuild import rebuild
from tearsheet.flow.verify import verify
from tearsheet.store import schema

PAGES = ("ropewalk-rents", "pier-tender", "wire-design", "barrier-holds", "tides-0301-05", "choir-in-the-crane")
LATER = later(days=3).isoformat()


class Killing:
    """A prepared process, archives of a few pages to begin with, and how each command is killed.

    The archives: `empty`, `first` after an update, `second` after another two days later. Copies of them are killed in `folder`.
    `built` is the second with its site and posts, `imported` an empty one into which the second was imported.
    """

    def __init__(self, prepared, newsroom, folder, *, seed=0):
        self.prepared = prepared
        self.newsroom = newsroom
        self.stages = folder / "stages"
        self.folder = folder / "copies"
        self.seed = seed
        self.number = 0
        self.recoveries = []
        self.kills = 0
        self._make()

    def _make(self):
        self.newsroom.turn_to(0)
        archive = new_archive(self.stages / "empty", self.newsroom)
        urls = [truth.url for truth in self.newsroom.at(0) if truth.paper == "courier" and truth.slug in PAGES]
        assert len(urls) == len(PAGES)
        (self.stages / "empty" / "list.txt").write_text("".join(f"{url}\n" for url in urls))
        followed(archive, str(self.stages / "empty" / "list.txt"))
        archive.close()
        OPEN.remove(archive)
        for before, after, tick, more in (("empty", "first", 0, ()), ("first", "second", 4, ("again",))):
            self.newsroom.turn_to(tick)
            shutil.copytree(self.stages / before, self.stages / after)
            self.prepared.here(Job("update", self.stages / after, more, at=LATER if more else ""))
        self.built = self._copy("second")
        self.prepared.here(Job("build", self.built))
        self.imported = self._copy("empty")
        self.prepared.here(Job("import", self.imported, (str(self.stages / "second" / "warc"),)))

    # ---- the commands

    def update(self, kills, *, first=True):
        before, after, tick = ("empty", "first", 0) if first else ("first", "second", 4)
        self.newsroom.turn_to(tick)
        more, at = ((), "") if first else (("again",), LATER)
        wanted = content(self.stages / after)
        killer = Killer(self, Job("update", self._copy(before), more, at))
        while killer.kills < kills:
            folder = self._copy(before)
            if first and self.number % 2:
                (folder / "tearsheet.db").unlink()
            for ended in killer.until_done(Job("update", folder, more, at)):
                self._survived(folder, ended, in_place=killer.dice.random() < 0.5)
            assert_survived(folder, {"articles": {row[0]: row[3] for row in wanted["articles"]}})
            assert_same(content(folder), wanted)
            rebuild(folder)  # however often it was killed, the WARC tells the same
            assert_same(content(folder), wanted)
            shutil.rmtree(folder)

    def import_(self, kills):
        warcs = (str(self.stages / "second" / "warc"),)
        reference = self._copy("empty")
        killer = Killer(self, Job("import", reference, warcs))
        wanted = content(reference)
        while killer.kills < kills:
            folder = self._copy("empty")
            for ended in killer.until_done(Job("import", folder, warcs)):
                self._survived(folder, ended, in_place=killer.dice.random() < 0.5)
            assert_same(content(folder), wanted)
            rebuild(folder)
            assert_same(content(folder), wanted)
            shutil.rmtree(folder)

    def build(self, kills, *, first=True):
        ready = self._copy("second" if first else "first")
        if not first:
            self.newsroom.turn_to(4)
            self.done(Job("build", ready))
            self.done(Job("update", ready, ("again",), LATER))
        reference = shutil.copytree(ready, self._new("reference"))
        killer = Killer(self, Job("build", reference))
        wanted = {name: files_of(reference / name) for name in ("site", "posts")}
        while killer.kills < kills:
            folder = shutil.copytree(ready, self._new("build"))
            for _ in killer.until_done(Job("build", folder)):
                pass
            for name, files in wanted.items():
                made = files_of(folder / name)
                assert made.keys() == files.keys(), made.keys() ^ files.keys()
                differ = [path for path, data in made.items() if data != files[path]]
                assert differ == [], differ
            shutil.rmtree(folder)

    def backup(self, kills):
        killer = Killer(self, Job("backup", self.stages / "second", (str(self._new("counted")),)))
        while killer.kills < kills:
            copy = self._new("backup")
            is_second = bool(self.number % 2)
            if is_second:  # the first one stays good until the second one is done
                self.done(Job("backup", self.stages / "first", (str(copy),)))
            for _ in killer.until_done(Job("backup", self.stages / "second", (str(copy),))):
                self.assert_restorable(copy, must=is_second)
            self.assert_restorable(copy, must=True, wanted=content(self.stages / "second"))
            shutil.rmtree(copy)

    def second_backup(self, call):
        """Kill a second backup at its first, second, ... and last `call`: each time there is a good one."""
        first = self._new("backup")
        self.done(Job("backup", self.stages / "first", (str(first),)))
        number = 0
        while True:
            number += 1
            copy = shutil.copytree(first, self._new("backup"))
            ended = self.prepared.killed_at(Job("backup", self.stages / "second", (str(copy),)), call, number)
            self.assert_restorable(copy, must=True)
            shutil.rmtree(copy)
            if not ended.killed:
                return

    def restore(self, kills):
        copy = self._new("backup")
        self.done(Job("backup", self.stages / "second", (str(copy),)))
        wanted = content(self.stages / "second")
        killer = Killer(self, Job("restore", self._new("counted"), (str(copy),)))
        while killer.kills < kills:
            folder = self._new("restored")
            for _ in killer.until_done(Job("restore", folder, (str(copy),))):
                pass
            assert_survived(folder, {})
            assert_same(content(folder), wanted)
            shutil.rmtree(folder)

    def rebuild(self, kills):
        wanted = content(self.stages / "second")
        killer = Killer(self, Job("rebuild", self._copy("second")))
        while killer.kills < kills:
            folder = self._copy("second")
            for ended in killer.until_done(Job("rebuild", folder)):
                self._survived(folder, ended, in_place=killer.dice.random() < 0.5)
            assert_survived(folder, {})
            assert_same(content(folder), wanted)
            shutil.rmtree(folder)

    def remove(self, kills):
        self.newsroom.turn_to(4)
        wanted = content(self.stages / "second")
        id = next(row[0] for row in wanted["articles"] if "choir" in row[1])
        with open_archive(self.stages / "second") as archive:
            seq = archive.article(id).seq
        killer = Killer(self, Job("remove", self._copy("second"), (id,)))
        while killer.kills < kills:
            folder = self._copy("second")
            killer.run(Job("remove", folder, (id,)), at_most_s=0.05)
            self.done(Job("update", folder, at=LATER))
            is_there = self.removed_or_not(folder, id, seq)
            before = content(folder)
            assert before == wanted or not is_there
            rebuild(folder)
            # Killed between its page of the journal and the commit, it is done by a rebuild, but then wholly.
            if self.removed_or_not(folder, id, seq) == is_there:
                assert_same(content(folder), before)
            shutil.rmtree(folder)

    def migrate(self, kills):
        killer = Killer(self, Job("migrate", self._frozen()))
        while killer.kills < kills:
            folder = self._frozen()
            for _ in killer.until_done(Job("migrate", folder)):
                pass
            assert schema_of(folder) == schema.VERSION
            migrated = {
                key: value for key, value in content(folder).items() if key in ("articles", "wordings", "listings")
            }
            assert len(migrated["articles"]) == 2
            rebuild(folder)  # its journal was begun, and from one beginning only
            assert_same(content(folder), migrated)
            shutil.rmtree(folder)

    def _frozen(self):
        folder = self._new("frozen")
        archive_of(FROZEN[0], folder)
        return folder

    def removed_or_not(self, folder, id, seq):
        """Return whether the article `id` is still there; if not, nothing of it is, and the ledger says that it was removed."""
        with open_archive(folder) as archive:
            mend(archive)
            problems = verify(archive).problems
            assert problems == (), problems
            notices = archive.store.db.execute("SELECT count(*) FROM leaf WHERE event = 'removal'").fetchone()[0]
            try:
                archive.article(id)
            except NoSuchArticle:
                assert notices == 1
                assert_removed(archive, seq)
                return False
            assert notices == 0
            return True

    # ---- what they share

    def _survived(self, folder, ended, *, in_place):
        self.recoveries.append(assert_survived(folder, ended.acknowledged, in_place=in_place))

    def assert_restorable(self, copy, *, must, wanted=None):
        """A backup restores to a sound archive, or says that it is not finished."""
        new = self._new("again")
        try:
            restore(copy, new)
        except NoArchive:
            assert not must
            return
        assert_survived(new, {})
        if wanted:
            assert_same(content(new), wanted)
        shutil.rmtree(new)

    def done(self, job):
        ended = self.prepared.run(job)
        assert ended.code == 0, ended.said

    def _new(self, name):
        self.number += 1
        self.folder.mkdir(exist_ok=True)
        return self.folder / f"{name}-{self.number}"

    def _copy(self, stage):
        return shutil.copytree(self.stages / stage, self._new(stage))


class Killer:
    """Kills one kind of job, each time somewhere else; the dice fall the same at every run of the same seed.

    The job that it is made with is run to its end first, to count the calls at which it may be killed.
    """

    def __init__(self, killing, job):
        self.killing = killing
        self.dice = random.Random(f"{job.do} {killing.seed}")
        self.kills = 0
        if counting.IS_POSSIBLE:
            self.calls = sorted(killing.prepared.counted(job).elements())
        else:
            killing.done(job)

    def run(self, job, *, at_most_s=0.4):
        """Return how the job ended: killed at a call, or after a time, or not at all if it had less to do."""
        prepared = self.killing.prepared
        if counting.IS_POSSIBLE and self.dice.random() < 0.8:
            place = self.dice.randrange(len(self.calls))
            call = self.calls[place]
            ended = prepared.killed_at(job, call, place - self.calls.index(call) + 1)
        else:
            ended = prepared.run(job, after_s=self.dice.random() * at_most_s)
        # Killed after its last step, a restore is done: asked for again, it says that there is an archive.
        is_done = job.do == "restore" and "there is an archive already" in ended.said
        assert ended.killed or ended.code == 0 or is_done, ended.said
        self.kills += ended.killed
        self.killing.kills += ended.killed
        return ended

    def until_done(self, job):
        """Run the job again and again until it is done; yield how it ended after every kill."""
        while (ended := self.run(job)).killed:
            yield ended


def assert_removed(archive, seq):
    """Nothing of the article is left: no words in the index, no picture, no record that is still to be overwritten."""
    assert not archive.index.remove(seq)
    known = {row[0] for row in archive.store.db.execute("SELECT web FROM picture UNION SELECT thumb FROM picture")}
    assert set(archive.media_folder.names()) <= known
    assert archive.store.db.execute("SELECT count(*) FROM erasure").fetchone()[0] == 0
