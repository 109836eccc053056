"""What killed commands wrote and never committed: nobody needs it, and nothing of a removed article may stay in it."""

import base64
import hashlib
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from tests.flow_archive import followed, following_only, new_archive, opened, ran

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.files import Folder
from tearsheet.flow.clock import now
from tearsheet.flow.leftovers import strays, sweep_media
from tearsheet.flow.rebuild import rebuild
from tearsheet.flow.remove import remove
from tearsheet.flow.update import UpdateOptions, update
from tearsheet.flow.verify import verify
from tearsheet.model import Place, Query
from tearsheet.store import Store, journal, keeping, removing, warcfiles
from tearsheet.store.keeping import Cause
from tearsheet.store.values import to_json
from tearsheet.store.worker import Worker

# Writes everything of its first commit with such a capture, as far as the journal's page, and dies.
KILLED = """
import os, sys
from tearsheet.archive import open_archive
from tearsheet.flow.update import UpdateOptions, update

archive = open_archive(sys.argv[1])
write_down = archive.store.sealed

def die():
    write_down()
    if archive.store.db.execute("SELECT 1 FROM capture WHERE kind = ? AND n > ?", sys.argv[2:]).fetchone():
        os._exit(7)

archive.store.sealed = die
update(archive, UpdateOptions(workers=0, again=True))
"""


def killed_update(archive, kind, *, after=0):
    died = subprocess.run([sys.executable, "-c", KILLED, str(archive.path), kind, str(after)], check=False, timeout=120)
    assert died.returncode == 7


@pytest.fixture
def illustrated(newsroom):
    return next(truth for truth in newsroom.at(0) if truth.paper == "courier" and truth.pictures)


@pytest.fixture
def waiting(newsroom, tmp_path, illustrated):
    """An archive that follows one article with pictures, and has fetched nothing of it."""
    archive = new_archive(tmp_path / "archive", newsroom)
    (archive.path / "list.txt").write_text(f"{illustrated.url}\n")
    return followed(archive, str(archive.path / "list.txt"))


def records(archive):
    """Return every record that any WARC file holds: its type, its address and its bytes."""
    return [
        (record.type, record.url, record.block)
        for file in sorted(archive.warc_folder.rglob("*.warc.gz"))
        for record in warc.read(file)
    ]


def telling_of(archive, article):
    """Return the types of the records of which address, bytes or words tell of an article, but for the list that was followed."""
    words = (article.title.encode(), article.url.encode())
    return {
        kind
        for kind, url, block in records(archive)
        if kind != "resource" and (article.url in url or any(word in block for word in words))
    }


def media_of(archive):
    return set(archive.media_folder.names())


@pytest.mark.parametrize("meanwhile", [True, False], ids=["an update went on", "nothing ran"])
def test_of_a_removed_article_nothing_stays_in_what_a_killed_update_wrote_and_did_not_commit(
    waiting, illustrated, meanwhile
):
    killed_update(waiting, "page")
    archive = opened(waiting.path)
    if meanwhile:
        ran(archive, pictures=True)
    assert telling_of(archive, illustrated) == {"response", "request", "conversion", "metadata"}

    remove(archive, illustrated.url, reason="asked for")

    assert telling_of(archive, illustrated) == set()
    assert verify(archive).problems == ()


def test_a_picture_that_was_written_whole_when_an_update_was_killed_goes_with_its_article(waiting):
    killed_update(waiting, "picture")
    archive = opened(waiting.path)
    assert media_of(archive) != set()
    assert archive.store.db.execute("SELECT count(*) FROM picture WHERE digest IS NOT NULL").fetchone()[0] == 0
    [article] = archive.articles(Query())

    remove(archive, article.id, reason="asked for")

    assert media_of(archive) == set()
    assert [url for kind, url, _ in records(archive) if kind == "response" and "/pictures/" in url] == []


def test_whole_pictures_that_no_article_has_are_swept_by_the_next_update_and_others_are_not(waiting):
    killed_update(waiting, "picture")
    archive = opened(waiting.path)
    (archive.path / "media" / "aa").mkdir(exist_ok=True)
    nobodys = archive.path / "media" / "aa" / f"{'a' * 64}.jpg"
    nobodys.write_bytes(b"of an article that was removed before")
    mine = archive.path / "media" / "aa" / "my-notes.txt"
    mine.write_text("whatever its owner has put here")

    ran(archive, pictures=True)

    assert not nobodys.exists()
    assert mine.exists()
    kept = {name for row in archive.store.db.execute("SELECT web, thumb FROM picture") for name in row if name}
    assert media_of(archive) == {*kept, "aa/my-notes.txt"}
    assert len(kept) > 0


def test_nothing_is_swept_while_a_living_update_may_be_writing_pictures(newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier" and truth.pictures][:2]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    written = archive.path / "media" / "aa" / f"{'a' * 64}.jpg"
    written.parent.mkdir(parents=True)
    written.write_bytes(b"its row is not committed yet")
    with closing(Worker(archive.path / "run")) as other:
        with archive.store.transaction() as db:
            [claimed] = keeping.claim_pictures(db, worker=other.name, now=now(), limit=1)
        [article] = (one for one in archive.articles(Query()) if one.url != claimed.referer)

        remove(archive, article.id, reason="asked for")

        assert written.exists()


@pytest.mark.parametrize("stage", ["articles", "pictures"])
def test_what_comes_in_for_an_article_while_it_is_removed_goes_with_the_next_update(waiting, illustrated, stage):
    removed = []

    def remove_once(step):
        if step.stage == stage and step.done and not removed:
            other = opened(waiting.path)
            removed.append(remove(other, illustrated.url, reason="asked for"))

    update(waiting, UpdateOptions(workers=0), progress=remove_once)
    assert len(removed) == 1
    ran(waiting)

    assert telling_of(waiting, illustrated) == set()
    assert media_of(waiting) == set()
    assert [url for kind, url, _ in records(waiting) if kind == "response" and "robots" not in url] == []
    assert verify(waiting).problems == ()


def test_files_of_another_archive_in_the_same_folder_are_left_alone(waiting, newsroom, tmp_path, illustrated):
    ran(waiting)
    [article] = waiting.articles(Query())
    others = [truth.url for truth in newsroom.at(0) if truth.paper == "courier" and truth.url != illustrated.url][:2]
    other = following_only(tmp_path / "other", newsroom, others)
    other.close()
    theirs = {file.name: file.read_bytes() for file in other.warc_folder.rglob("*.warc.gz")}
    for name, data in theirs.items():
        (waiting.warc_folder / name).write_bytes(data)

    remove(waiting, article.id, reason="asked for")

    assert {name: (waiting.warc_folder / name).read_bytes() for name in theirs} == theirs


def written_again(archive, article):
    """Write an article's page and wording into a file of which only what comes after is committed; it holds no more of it."""
    for row in archive.captures(article.id):
        again = warc.get(archive.warc_folder, row.place)
        archive.writer.keep(again)
        archive.writer.keep_conversion(article.url, article.title.encode(), "text/plain", of=again.digest, at=now())
    with archive.store.transaction():
        archive.store.set_state("a test", "goes on")
    archive.close_warc()


def test_of_a_removed_article_nothing_stays_in_front_of_what_was_committed_in_a_file_without_it(newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:2]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    article, other = archive.articles(Query())
    kept = telling_of(archive, other)
    written_again(archive, article)

    remove(archive, article.id, reason="asked for")

    assert telling_of(archive, article) == set()
    assert telling_of(archive, other) == kept == {"response", "request", "conversion", "metadata"}
    assert verify(archive).problems == ()


def test_a_page_that_a_removal_wrote_anew_and_did_not_commit_goes_with_whatever_it_tells_of(newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:2]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    article, other = archive.articles(Query())
    write_down = archive.store.sealed

    def killed():
        write_down()
        raise KeyboardInterrupt

    archive.store.sealed = killed
    with pytest.raises(KeyboardInterrupt):
        remove(archive, other.id, reason="asked for and then not")
    archive.close()
    archive = opened(archive.path)

    remove(archive, article.id, reason="asked for")

    assert telling_of(archive, article) == set()
    assert telling_of(archive, other) == {"response", "request", "conversion", "metadata"}
    assert verify(archive).problems == ()


def test_what_is_committed_while_strays_are_looked_for_is_none(newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:1]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    [article] = archive.articles(Query())
    [first, *_] = archive.captures(article.id)
    again = archive.writer.keep(warc.get(archive.warc_folder, first.place))
    archive.close_warc()
    assert next(one.place for one in strays(archive) if one.url == article.url) == again

    with archive.store.transaction() as db:
        removing.to_erase(db, again)

    assert warcfiles.told_at(archive.store.db, {again.file}) == {again}


class Watching(Archive):
    """An archive that counts how often it looks into the WARC files while others wait for the catalog."""

    looks = 0

    @property
    def warc_folder(self):
        self.looks += self.store.db.in_transaction
        return super().warc_folder


def test_others_wait_for_no_page_of_the_journal_that_tells_of_others(newsroom, tmp_path):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"]
    archive = following_only(tmp_path / "archive", newsroom, urls[:1])
    for number in range(30):
        with archive.store.transaction() as db:
            removing.to_erase(db, Place(file=f"none-{number}.warc.gz", offset=0, length=1))
        with archive.store.transaction() as db:
            db.execute("DELETE FROM erasure")
            db.execute("INSERT INTO removed (hash) VALUES (?)", (f"hash {number}".encode(),))
    [article] = archive.articles(Query())
    archive.__class__ = Watching

    remove(archive, article.id, reason="asked for")

    assert telling_of(archive, article) == set()
    assert archive.looks < 30 < len(list(journal.places(archive.store.db)))


class Interrupted(Store):
    """A catalog in which something happens between the preparation of a change and the change itself."""

    @contextmanager
    def transaction(self):
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        with super().transaction() as db:
            yield db


@pytest.mark.parametrize("many", [False, True], ids=["little", "much"])
def test_what_came_since_the_journal_was_read_is_forgotten_too(newsroom, tmp_path, many):
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:3]
    archive = following_only(tmp_path / "archive", newsroom, urls)
    article, neighbour, other = archive.articles(Query())
    second = opened(archive.path)

    def said(by, clipping):
        with second.store.transaction() as db:
            n = db.execute("SELECT n FROM article WHERE id = ?", (by.id,)).fetchone()["n"]
            capture = keeping.last_wording(db, n).capture
            cause = Cause(capture=capture, kind="title", digest=f"sha256:{'ab' * 32}", at=now())
            keeping.add_revision(db, n, clipping, cause)

    def meanwhile():
        said(article, replace(theirs, title=f"{article.title} again"))
        if many:
            remove(second, neighbour.id, reason="asked for, too")

    theirs = archive.revisions(article.id)[-1].clipping
    both = replace(theirs, title="Of both")
    if many:  # as long as the neighbour is there, its words are to stay
        said(neighbour, both)
        said(article, both)
    archive.store.__class__ = Interrupted
    archive.store.meanwhile = meanwhile
    remove(archive, article.id, reason="asked for")
    second.close()

    assert telling_of(archive, article) == set()
    assert bool(telling_of(archive, neighbour)) is not many
    digest = base64.b64encode(hashlib.sha256(to_json(both).encode()).digest())
    assert not any(digest in block for _, _, block in records(archive))
    assert telling_of(archive, other) == {"response", "request", "conversion", "metadata"}
    assert verify(archive).problems == ()
    archive.close()
    rebuild(archive.path)
    assert len(opened(archive.path).articles(Query())) == 1 + (not many)


class Walked(Folder):
    """A folder that says whether others could write to the catalog while it was walked."""

    def names(self):
        for name in super().names():
            self.held = getattr(self, "held", False) or self.archive.store.db.in_transaction
            yield name


def test_others_may_write_while_media_is_walked(waiting):
    ran(waiting, pictures=True)
    nobodys = waiting.path / "media" / "aa" / f"{'a' * 64}.jpg"
    nobodys.parent.mkdir(exist_ok=True)
    nobodys.write_bytes(b"of an article that was removed before")
    walked = waiting.__dict__["media_folder"] = Walked(waiting.path / "media")
    walked.archive = waiting

    sweep_media(waiting)

    assert not nobodys.exists()
    assert not walked.held
