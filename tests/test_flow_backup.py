import shutil

import pytest
from tests.flow_archive import copied, followed, following_only, later, opened, ran
from tests.test_flow_rebuild import records

from tearsheet.archive import open_archive
from tearsheet.errors import ArchiveBusy, ArchiveExists, DiskTrouble, NoArchive, NoCatalog
from tearsheet.flow.backup import backup, restore
from tearsheet.flow.keys import signer_of
from tearsheet.flow.mending import mend
from tearsheet.flow.rebuild import rebuild
from tearsheet.flow.remove import remove
from tearsheet.flow.sealing import CHECKPOINT, FORMER, seal
from tearsheet.flow.verify import verify
from tearsheet.ledger import read_checkpoint
from tearsheet.model import Query


def titles(archive):
    return [(article.id, article.title, article.revisions) for article in archive.articles(Query(limit=0))]


def test_a_backup_restored_on_a_bare_machine_is_the_same_archive(press, tmp_path):
    backup(press, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")

    new = opened(tmp_path / "new")
    assert titles(press) == titles(new)
    assert verify(new).problems == ()
    assert press.sources()[0].source == new.sources()[0].source


def test_a_second_backup_copies_only_what_changed(press, tmp_path):
    first = backup(press, tmp_path / "copy")
    second = backup(press, tmp_path / "copy")

    assert first.copied > 5
    assert (second.copied, second.same) == (0, first.copied)


def test_what_was_removed_is_removed_from_the_backup_too(own_press, tmp_path):
    backup(own_press, tmp_path / "copy")
    article = own_press.articles(Query(limit=1))[0]
    remove(own_press, article.id, reason="asked for")

    backup(own_press, tmp_path / "copy")

    restore(tmp_path / "copy", tmp_path / "new")
    new = opened(tmp_path / "new")
    assert article.id not in {id for id, _, _ in titles(new)}
    assert verify(new).problems == ()


def test_a_backup_that_was_killed_goes_on(press, tmp_path):
    class Killed(BaseException):
        pass

    for after in (1, 3, 5):
        steps = []

        def kill(step, steps=steps, after=after):
            steps.append(step)
            if len(steps) > after:
                raise Killed

        with pytest.raises(Killed):
            backup(press, tmp_path / "copy", progress=kill)
        with pytest.raises(NoArchive):
            restore(tmp_path / "copy", tmp_path / f"too-early-{after}")

    backup(press, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    assert verify(opened(tmp_path / "new")).problems == ()


def test_a_first_backup_that_was_killed_is_no_empty_archive(press, tmp_path):
    class Killed(BaseException):
        pass

    def kill(step):
        if step.stage == "warc":
            raise Killed

    with pytest.raises(Killed):
        backup(press, tmp_path / "copy", progress=kill)

    with pytest.raises(NoCatalog, match="run `tearsheet backup` again"):
        open_archive(tmp_path / "copy")
    assert not (tmp_path / "copy" / "tearsheet.db").exists()


def test_what_a_killed_backup_left_of_a_removed_picture_is_swept_by_the_next(press, tmp_path):
    copy = tmp_path / "copy"
    backup(press, copy)
    half, catalog = copy / "media" / "ab" / "removed.jpg.part", copy / "tearsheet.db.new.4711.part"
    half.parent.mkdir(parents=True)
    for left in (half, catalog):
        left.write_bytes(b"half of it")

    backup(press, copy)

    assert not half.exists()
    assert not catalog.exists()


def test_a_restored_archive_never_signs_a_second_history(own_press, tmp_path):
    """The lost archive signed on after its backup; the restored one has other leaves then, under another name and key."""
    backup(own_press, tmp_path / "copy")
    articles = own_press.articles(Query(limit=2))
    remove(own_press, articles[0].id, reason="asked for")
    lost = (own_press.path / "ledger" / CHECKPOINT).read_bytes()
    (tmp_path / "printed").write_bytes(lost)
    kept = (tmp_path / "copy" / "ledger" / CHECKPOINT).read_bytes()

    restore(tmp_path / "copy", tmp_path / "new")
    new = opened(tmp_path / "new")
    remove(new, articles[1].id, reason="asked for too")

    signed = (new.path / "ledger" / CHECKPOINT).read_bytes()
    assert not signer_of(own_press).verifier.claims(signed)
    assert read_checkpoint(signed).origin.startswith(f"{read_checkpoint(lost).origin}/")
    assert [file.read_bytes() for file in (new.path / "ledger" / FORMER).iterdir()] == [kept]
    (new.path / "ledger" / FORMER / ".39.1-1.part").write_bytes(b"what a kill left of a file being written")
    assert verify(new).problems == ()
    assert "are not those it signed" in verify(new, against=tmp_path / "printed").problems[0][1]


def test_an_archive_restored_from_its_last_word_may_keep_its_name(own_press, tmp_path):
    backup(own_press, tmp_path / "copy")

    restore(tmp_path / "copy", tmp_path / "new", same_log=True)
    new = opened(tmp_path / "new")
    remove(new, new.articles(Query(limit=1))[0].id, reason="asked for")

    assert signer_of(own_press).verifier.claims((new.path / "ledger" / CHECKPOINT).read_bytes())
    assert verify(new, against=tmp_path / "copy" / "ledger" / CHECKPOINT).problems == ()


def test_a_restoring_that_was_killed_goes_on(press, tmp_path):
    class Killed(BaseException):
        pass

    def kill(step):
        if step.stage == "warc":
            raise Killed

    backup(press, tmp_path / "copy")
    with pytest.raises(Killed):
        restore(tmp_path / "copy", tmp_path / "new", progress=kill)

    restore(tmp_path / "copy", tmp_path / "new")
    new = opened(tmp_path / "new")
    assert titles(press) == titles(new)
    assert verify(new).problems == ()


def copied_later(archive, copy):
    """What a backup holds if `archive` went on after its catalog was copied and before its WARC files were."""
    archive.close_warc()
    for name in ("warc", "media"):
        shutil.copytree(archive.path / name, copy / name, dirs_exist_ok=True)


def held(archive):
    """Return all that the catalog says, but for what waits to be written down with the next change."""
    tables = ("article", "address", "listing", "filed", "capture", "blob", "revision", "picture", "removed", "journal")
    return {
        table: sorted(map(tuple, archive.store.db.execute(f"SELECT {columns(archive, table)} FROM {table}")))
        for table in tables
    }


def columns(archive, table):
    passing = {"worker", "due_at", "data", "dictionary", "base", "looks", "last_seen", "misses"}
    return ", ".join(
        row["name"] for row in archive.store.db.execute(f"PRAGMA table_info({table})") if row["name"] not in passing
    )


def test_what_came_while_the_backup_was_made_is_restored_too(newsroom, tmp_path):
    newsroom.turn_to(0)
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"]
    archive = following_only(tmp_path / "archive", newsroom, urls[:6])
    backup(archive, tmp_path / "copy")
    newsroom.turn_to(4)
    (archive.path / "list.txt").write_text("".join(f"{url}\n" for url in urls[:8]))
    ran(archive, at=later(days=3), force=True, again=True, pictures=True)
    copied_later(archive, tmp_path / "copy")

    report = restore(tmp_path / "copy", tmp_path / "new")

    new = opened(tmp_path / "new")
    assert report.pages > 0
    assert held(archive) == held(new)
    assert verify(new).problems == ()
    assert all(new.search(f'"{article.title}"')[0] for article in new.articles(Query(limit=0)))
    edited = [article.id for article in new.articles(Query(limit=0)) if article.revisions > 1]
    assert edited
    assert all(new.revisions(id) == archive.revisions(id) for id in edited)


def test_what_was_removed_while_the_backup_was_made_is_not_restored(own_press, tmp_path):
    backup(own_press, tmp_path / "copy")
    article = own_press.articles(Query(limit=1))[0]
    remove(own_press, article.id, reason="asked for")
    copied_later(own_press, tmp_path / "copy")

    restore(tmp_path / "copy", tmp_path / "new")

    new = opened(tmp_path / "new")
    assert held(own_press) == held(new)
    assert verify(new).problems == ()
    mend(new)
    assert not any(article.title.encode() in record.block for record in records(new.path))


def test_a_history_that_does_not_go_on_from_the_catalog_is_not_brought_in(own_press, tmp_path):
    other = copied(own_press, tmp_path / "other")
    for archive, copy in ((own_press, "copy"), (other, "later")):
        remove(archive, archive.articles(Query(limit=1))[0].id, reason="asked for")
        backup(archive, tmp_path / copy)
    remove(other, other.articles(Query(limit=1))[0].id, reason="asked for")
    other.close_warc()
    known = {path.name for path in own_press.warc_folder.rglob("*.warc.gz")}
    for path in other.warc_folder.rglob("*.warc.gz"):
        if path.name not in known:
            shutil.copy(path, tmp_path / "copy" / "warc")

    report = restore(tmp_path / "copy", tmp_path / "new")

    assert report.pages == 0
    assert titles(own_press) == titles(opened(tmp_path / "new"))


def test_another_archive_is_never_overwritten(press, own_press, tmp_path):
    with pytest.raises(ArchiveExists, match="inside the archive"):
        backup(press, press.path / "copy")
    with pytest.raises(ArchiveExists):
        backup(press, own_press.path)
    backup(press, tmp_path / "copy")
    with pytest.raises(ArchiveExists):
        restore(tmp_path / "copy", own_press.path)
    with pytest.raises(NoArchive):
        restore(own_press.path, tmp_path / "new")


@pytest.mark.parametrize("name", ["media/holiday.jpg", "sites/index.html", "tearsheet.db"])
def test_nothing_of_others_is_overwritten_or_removed(press, tmp_path, name):
    backup(press, tmp_path / "copy")
    theirs = tmp_path / "theirs" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"dear to somebody")

    with pytest.raises(ArchiveExists, match=theirs.relative_to(tmp_path / "theirs").parts[0]):
        backup(press, tmp_path / "theirs")
    with pytest.raises(ArchiveExists):
        restore(tmp_path / "copy", tmp_path / "theirs")

    assert theirs.read_bytes() == b"dear to somebody"


def test_captures_that_lie_on_another_disk_are_copied_checked_and_read_for_a_rebuild(own_press, tmp_path):
    (year,) = own_press.warc_folder.iterdir()
    year.rename(tmp_path / "another disk")
    year.symlink_to(tmp_path / "another disk")
    files = len(list((tmp_path / "another disk").rglob("*.warc.gz")))
    before = titles(own_press)

    backup(own_press, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")

    assert len(list((tmp_path / "new" / "warc").rglob("*.warc.gz"))) >= files
    assert verify(opened(tmp_path / "new")).problems == ()
    checked = []
    verify(own_press, progress=lambda step: checked.append(step.note) if step.stage == "records" else None)
    assert len(checked) == files
    own_press.close()
    rebuild(own_press.path)
    assert titles(opened(own_press.path)) == before


def test_a_backup_is_read_and_takes_no_change(press, newsroom, tmp_path):
    backup(press, tmp_path / "copy")
    copy = opened(tmp_path / "copy")

    # The next backup would take it away, and the key signs for the archive.
    with pytest.raises(DiskTrouble, match="restore"):
        ran(copy, at=later(days=2), force=True, again=True)
    with pytest.raises(DiskTrouble, match="restore"):
        followed(copy, newsroom.address("courier", "/"))

    assert titles(press) == titles(copy)
    assert verify(copy).problems == ()


def test_what_is_signed_while_a_backup_is_made_is_never_more_than_its_catalog_has(own_press, tmp_path):
    signed = []

    def sign(step):
        if step.stage == "warc" and not signed:  # the catalog is copied by now
            own_press.pause(own_press.sources()[0].source.url, True)
            signed.append(seal(own_press).size)

    backup(own_press, tmp_path / "copy", progress=sign)

    kept = read_checkpoint((tmp_path / "copy" / "ledger" / CHECKPOINT).read_bytes())
    assert signed[0] > kept.size
    assert verify(opened(tmp_path / "copy")).problems == ()


def test_two_never_copy_into_one_folder_at_once(press, tmp_path):
    refused = []

    def another(step):
        with pytest.raises(ArchiveBusy) as busy:
            backup(press, tmp_path / "copy")
        refused.append(busy.value)

    report = backup(press, tmp_path / "copy", progress=another)

    assert refused
    assert backup(press, tmp_path / "copy").same == report.copied
