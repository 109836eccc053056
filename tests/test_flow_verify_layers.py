"""Each check by itself: what it alone can see is found, and said in its words."""

import json
import os
import shutil
import zipfile
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from tests.corruptions import hurt_in_the_middle
from tests.flow_archive import OPEN, followed, following_only, new_archive, opened, ran, truth_of
from tests.surviving import files_of

from tearsheet import warc
from tearsheet.errors import BadLedger
from tearsheet.flow.backup import backup
from tearsheet.flow.keys import signer_of
from tearsheet.flow.packages import export_wacz, proof_wacz
from tearsheet.flow.rebuild import rebuild
from tearsheet.flow.remove import remove
from tearsheet.flow.sealing import CHECKPOINT, seal
from tearsheet.flow.verify import verify
from tearsheet.ledger import Checkpoint, read_checkpoint
from tearsheet.model import Query
from tearsheet.store import keeping, leaves


def said(archive):
    return " | ".join(f"{thing}: {what}" for thing, what in verify(archive).problems)


def changed(archive, sql):
    with archive.store.transaction() as db:
        assert db.execute(sql).rowcount > 0


@pytest.fixture
def illustrated(newsroom, tmp_path):
    """An archive of one article with its picture."""
    archive = following_only(tmp_path / "illustrated", newsroom, [truth_of(newsroom, "choir-in-the-crane").url])
    ran(archive, pictures=True)
    assert len(list(archive.media_folder.names())) == 2
    return archive


@pytest.mark.parametrize(
    ("sql", "layer"),
    [
        ("UPDATE capture SET digest = zeroblob(32) WHERE n = 3", "the body at "),
        ("UPDATE capture SET at = at + 1000 WHERE n = 3", "the date at "),
        ("UPDATE capture SET final_url = 'https://paper.example/' WHERE n = 3", "the address at "),
    ],
)
def test_a_capture_is_compared_with_its_record(own_press, sql, layer):
    changed(own_press, sql)

    assert layer in said(own_press)


@pytest.mark.parametrize("column", ["title", "authors", "language", "excerpt", "lead"])
def test_the_list_of_articles_is_compared_with_their_newest_wordings(own_press, column):
    changed(own_press, f"UPDATE article SET {column} = 'other' WHERE revisions > 0")  # and its journal says so too

    assert f"its {column} is not that of its newest wording" in said(own_press)


def a_record(archive):
    """Return the place of a record, and its file."""
    place = archive.captures(archive.articles(Query(limit=1))[0].id)[0].place
    return place, archive.warc_folder / place.file


def test_a_closed_warc_file_may_not_even_grow_by_a_good_record(own_press):
    place, file = a_record(own_press)
    other = file.read_bytes()
    file.write_bytes(other + other[place.offset : place.offset + place.length])

    assert "is not the file that was closed and entered in the ledger" in said(own_press)


def test_a_damaged_record_that_nothing_points_to_is_found(own_press):
    place, file = a_record(own_press)
    extra = shutil.copy(file, file.with_name("extra.warc.gz"))
    hurt_in_the_middle(extra, place)

    assert "extra.warc.gz" in said(own_press)


def test_a_root_that_was_signed_with_the_key_itself_is_compared_with_the_leaves(own_press):
    folder = own_press.path / "ledger"
    true = read_checkpoint((folder / CHECKPOINT).read_bytes())
    forged = Checkpoint(origin=true.origin, size=true.size, root=bytes(32))
    (folder / CHECKPOINT).write_bytes(signer_of(own_press).signed(forged))

    assert "its root is not that of the leaves" in said(own_press)


@pytest.mark.parametrize("number", [0, 1])
def test_a_copy_of_a_picture_that_was_changed_is_found(illustrated, number):
    name = sorted(illustrated.media_folder.names())[number]
    data = bytearray(illustrated.media(name))
    data[-1] ^= 1
    (illustrated.path / "media" / name).write_bytes(data)

    assert f"media/{name}: was changed" in said(illustrated)


def test_a_picture_that_was_removed_is_removed_from_the_backup_too(illustrated, tmp_path):
    backup(illustrated, tmp_path / "copy")
    assert len(list((tmp_path / "copy" / "media").rglob("*.*"))) == 2
    remove(illustrated, illustrated.articles()[0].id, reason="asked for")

    backup(illustrated, tmp_path / "copy")

    assert [path for path in (tmp_path / "copy" / "media").rglob("*") if path.is_file()] == []


def test_no_two_leaves_have_one_salt(press):
    salts = [row[0] for row in press.store.db.execute("SELECT salt FROM leaf WHERE salt IS NOT NULL")]

    assert len(set(salts)) == len(salts) > 50
    assert {len(salt) for salt in salts} == {16}


def noted(archive):
    """Add a leaf, so that there is something to seal."""
    with archive.store.transaction() as db:
        event = keeping.Event(name="gone", at=datetime.now(UTC), record=b"{}")
        keeping.add_leaf(db, event)


def test_nothing_is_signed_over_another_last_leaf(own_press):
    changed(own_press, "UPDATE leaf SET subject = zeroblob(32) WHERE seq = (SELECT max(seq) FROM leaf)")
    noted(own_press)

    with pytest.raises(BadLedger, match="is not the one that was signed"):
        seal(own_press)


def last_tile(archive):
    full, rest = divmod(read_checkpoint((archive.path / "ledger" / CHECKPOINT).read_bytes()).size, 256)
    assert rest
    return archive.path / "ledger" / "tile" / "0" / f"{full:03}.p" / str(rest)


def flipped(file):
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)


def test_nothing_is_signed_over_tiles_that_are_not_those_of_the_checkpoint(own_press):
    flipped(last_tile(own_press))
    changed(own_press, "UPDATE leaf SET subject = zeroblob(32) WHERE seq = 1")  # nor has the catalog what was signed
    noted(own_press)
    before = files_of(own_press.path / "ledger")

    with pytest.raises(BadLedger, match="the tiles do not agree"):
        seal(own_press)
    assert files_of(own_press.path / "ledger") == before


def closed(archive):
    archive.close()
    OPEN.remove(archive)
    return archive.path


LOSSES = {
    "a changed tile": lambda folder: [flipped(file) for file in (folder / "tile" / "0").rglob("*") if file.is_file()],
    "a changed bundle": lambda folder: [
        flipped(file) for file in (folder / "tile" / "entries").rglob("*") if file.is_file()
    ],
    "a bundle that breaks off": lambda folder: [
        os.truncate(file, 33) for file in (folder / "tile" / "entries").rglob("*") if file.is_file()
    ],
    "no tiles": lambda folder: shutil.rmtree(folder / "tile"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_tiles_that_were_lost_are_made_anew_from_the_leaves_that_were_signed(own_press, loss):
    LOSSES[loss](own_press.path / "ledger")
    assert said(own_press) != ""

    assert rebuild(closed(own_press)).tiles > 0

    assert said(opened(own_press.path)) == ""


def test_whoever_signs_next_makes_lost_tiles_anew(own_press):
    shutil.rmtree(own_press.path / "ledger" / "tile")
    noted(own_press)

    seal(own_press)

    assert said(own_press) == ""


def test_lost_tiles_and_a_lost_catalog_together_are_told(own_press):
    shutil.rmtree(closed(own_press) / "ledger" / "tile")
    (own_press.path / "tearsheet.db").unlink()

    with pytest.raises(BadLedger, match="is missing"):
        rebuild(own_press.path)


def test_a_checkpoint_that_is_lost_is_signed_anew_over_the_same_leaves(own_press):
    was = read_checkpoint((own_press.path / "ledger" / CHECKPOINT).read_bytes())
    (own_press.path / "ledger" / CHECKPOINT).unlink()
    assert said(own_press) == "ledger/checkpoint: is missing"

    assert seal(own_press) == was


def test_without_a_checkpoint_nothing_is_signed_that_the_tiles_contradict(own_press, tmp_path):
    shutil.copy(closed(own_press) / "tearsheet.db", tmp_path)
    noted(archive := opened(own_press.path))
    seal(archive)
    (closed(archive) / "ledger" / CHECKPOINT).unlink()
    shutil.copy(tmp_path / "tearsheet.db", own_press.path)  # as it was before
    archive = opened(own_press.path)
    for _ in range(2):
        with pytest.raises(BadLedger, match="the checkpoint is missing, and the tiles are not those of the catalog"):
            seal(archive)
        noted(archive)


def test_a_rebuild_without_a_checkpoint_goes_by_the_tiles(own_press):
    size = read_checkpoint((own_press.path / "ledger" / CHECKPOINT).read_bytes()).size
    (closed(own_press) / "ledger" / CHECKPOINT).unlink()
    (own_press.path / "tearsheet.db").unlink()

    assert rebuild(own_press.path).leaves == size

    archive = opened(own_press.path)
    assert seal(archive).size == size
    assert said(archive) == ""


def test_a_rebuild_without_a_ledger_begins_another_log(own_press):
    was = read_checkpoint((own_press.path / "ledger" / CHECKPOINT).read_bytes())
    shutil.rmtree(closed(own_press) / "ledger")
    rebuild(own_press.path)

    archive = opened(own_press.path)
    assert seal(archive).origin.startswith(f"{was.origin}/")
    assert said(archive) == ""


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe" * 40, b"no checkpoint\n"])
def test_a_checkpoint_that_cannot_be_read_is_told_with_what_to_do(own_press, junk):
    (own_press.path / "ledger" / CHECKPOINT).write_bytes(junk)

    with pytest.raises(BadLedger, match="take it from a backup, or remove it"):
        seal(own_press)
    closed(own_press)
    with pytest.raises(BadLedger, match="take it from a backup, or remove it"):
        rebuild(own_press.path)


def test_an_archive_that_has_only_followed_something_holds(newsroom, tmp_path):
    archive = followed(new_archive(tmp_path / "archive", newsroom), newsroom.address("courier", "/"))

    assert said(archive) == ""


def held(data, salts):
    """Return those of `salts` that stand in `data`, in whatever way they are written."""
    return {
        salt
        for salt in salts
        if any(form in data for form in (salt, b64encode(salt), salt.hex().encode(), salt.hex().upper().encode()))
    }


def unpacked(package, folder):
    """Return all bytes of a WACZ file, those of its records unpacked."""
    with zipfile.ZipFile(package) as file:
        file.extractall(folder)
    others = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return others + records(folder)


def records(folder):
    return b"".join(record.block for file in folder.rglob("*.warc.gz") for record in warc.read(file))


def test_salts_stand_in_the_journal_and_leave_it_for_no_package_and_no_other_s_proof(press, tmp_path):
    """With a salt, whoever has a page can show that it was kept here, also after it had to be removed."""
    some = press.articles(Query(limit=1))[0]
    salts = {kept.salt for kept in leaves.kept(press.store.db)}
    own = {kept.salt for kept in leaves.kept(press.store.db) if json.loads(kept.record).get("url") == some.url}
    assert len(own) >= 2
    # Those of closed WARC files are worked out from the files, so they need not be written down.
    assert len(held(records(press.warc_folder), salts)) > 0.9 * len(salts)

    export_wacz(press, tmp_path / "all.wacz")
    export_wacz(press, tmp_path / "one.wacz", article=some.id)
    proof_wacz(press, tmp_path / "proof.wacz", some.id)

    assert held(unpacked(tmp_path / "all.wacz", tmp_path / "all"), salts) == set()
    assert held(unpacked(tmp_path / "one.wacz", tmp_path / "one"), salts) == set()
    assert held(unpacked(tmp_path / "proof.wacz", tmp_path / "proof"), salts) == own
