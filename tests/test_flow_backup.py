import pytest
from tests.flow_archive import opened

from tearsheet.errors import ArchiveExists, NoArchive
from tearsheet.flow.backup import backup, restore
from tearsheet.flow.remove import remove
from tearsheet.flow.verify import verify
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


def test_another_archive_is_never_overwritten(press, own_press, tmp_path):
    with pytest.raises(ArchiveExists):
        backup(press, own_press.path)
    backup(press, tmp_path / "copy")
    with pytest.raises(ArchiveExists):
        restore(tmp_path / "copy", own_press.path)
    with pytest.raises(NoArchive):
        restore(own_press.path, tmp_path / "new")
