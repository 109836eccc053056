import shutil
import subprocess
import tempfile
import zipfile

import pytest
from tests import needs
from tests.corruptions import hurt_in_the_middle
from tests.flow_archive import opened

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.errors import BadLedger, NoSuchArticle
from tearsheet.files import Folder
from tearsheet.flow.indexing import catch_up
from tearsheet.flow.packages import proof_wacz
from tearsheet.flow.proof import proof
from tearsheet.flow.remove import remove
from tearsheet.flow.sealing import CHECKPOINT, seal
from tearsheet.flow.verify import verify
from tearsheet.model import Query
from tearsheet.store import leaves, reading


def flipped(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def problems(archive: Archive, **more):
    return " | ".join(f"{thing}: {what}" for thing, what in verify(archive, **more).problems)


def changed(archive: Archive, sql: str, *values):
    with archive.store.transaction() as db:
        assert db.execute(sql, values).rowcount > 0


def test_an_archive_that_nobody_touched_verifies(press):
    found = verify(press)

    assert found.problems == ()
    assert found.captures > found.revisions > 50
    assert found.leaves == press.stats()["leaves"]
    assert found.unsealed == 0


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE capture SET at = at - 86400000 WHERE n = 3", "missing or was changed"),
        ("UPDATE capture SET url = url || 'x' WHERE n = 3", "missing or was changed"),
        (
            "UPDATE revision SET seen_at = seen_at + 1 WHERE article = (SELECT max(article) FROM revision)",
            "missing or was changed",
        ),
        ("UPDATE blob SET data = (SELECT data FROM blob WHERE n = 1) WHERE n = 2", "its words "),
        ("UPDATE blob SET digest = (SELECT digest FROM blob WHERE n = 1) WHERE n = 2", "its words were changed"),
        ("DELETE FROM piece WHERE n = (SELECT min(n) FROM piece)", "its words cannot be unpacked"),
        ("UPDATE leaf SET at = at + 1 WHERE seq = 4", "is not the one that was signed"),
        ("DELETE FROM leaf WHERE seq = (SELECT max(seq) FROM leaf)", "the catalog has it no more"),
        ("UPDATE leaf SET subject = zeroblob(32) WHERE seq = 5", "is not the one that was signed"),
    ],
)
def test_whatever_is_changed_in_the_catalog_is_found(own_press, sql, says):
    changed(own_press, sql)

    assert says in problems(own_press)


def test_a_row_that_was_deleted_is_found(own_press):
    own_press.store.db.execute("PRAGMA foreign_keys = OFF")
    changed(own_press, "DELETE FROM capture WHERE n = 3")

    assert "missing or was changed" in problems(own_press)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_flipped_bit_in_a_warc_file_is_found(own_press, share):
    file = max((own_press.path / "warc").rglob("*.warc.gz"), key=lambda path: path.stat().st_size)
    flipped(file, int(file.stat().st_size * share))

    assert problems(own_press)


def test_what_is_found_once_and_not_again_was_somebody_s_work(own_press):
    first, second, *_ = sorted(own_press.warc_folder.rglob("*.warc.gz"))
    whole = second.read_bytes()
    passes = []

    def somebody_works(step):
        if step.stage == "records" and step.note.endswith(first.name):
            passes.append(step)
            second.write_bytes(whole[:-9] if len(passes) == 1 else whole)

    assert verify(own_press, progress=somebody_works).problems == ()
    assert len(passes) == 2


def test_a_check_that_cannot_be_made_is_told_though_in_other_words_each_time(own_press, tmp_path, monkeypatch):
    no_folder = tmp_path / "file"
    no_folder.touch()
    monkeypatch.setattr(tempfile, "tempdir", str(no_folder))  # below it each try names another folder

    assert problems(own_press).startswith("catalog: cannot be read: ")


def test_a_changed_tile_and_a_changed_checkpoint_are_found(own_press):
    tile = next((own_press.path / "ledger" / "tile" / "0").rglob("*.p/*"), None) or next(
        path for path in (own_press.path / "ledger" / "tile" / "0").rglob("*") if path.is_file()
    )
    flipped(tile, 7)
    assert "does not follow from the leaves" in problems(own_press)
    flipped(tile, 7)
    assert not problems(own_press)

    flipped(own_press.path / "ledger" / CHECKPOINT, -10)
    assert "ledger" in problems(own_press)


def test_an_older_checkpoint_shows_a_history_that_was_written_anew(own_press, tmp_path):
    kept = tmp_path / "kept"
    shutil.copy(own_press.path / "ledger" / CHECKPOINT, kept)
    assert not problems(own_press, against=kept)

    with own_press.store.transaction() as db:
        db.execute("UPDATE leaf SET at = at + 1 WHERE seq = 0")
    shutil.rmtree(own_press.path / "ledger")
    (own_press.path / "ledger").mkdir()
    seal(own_press)

    assert "are not those it signed" in problems(own_press, against=kept)


def test_a_change_of_settings_or_sources_leaves_one_leaf(own_press):
    """Whoever claims later that a paper was always followed, or by another rule, is shown otherwise."""
    before = seal(own_press).size
    with (own_press.path / "sources.toml").open("a", encoding="utf-8") as file:
        file.write("# one more line\n")

    after = seal(own_press).size
    kinds = [each.leaf.event for each in leaves.kept(own_press.store.db) if each.leaf.seq >= before]
    assert kinds == ["settings", "warc"]  # the second is of the file whose journal tells of the first
    assert seal(own_press).size == after
    assert verify(own_press).problems == ()


def test_the_log_keeps_its_name_and_key_whatever_the_settings_say_later(own_press):
    seal(own_press)
    with (own_press.path / "tearsheet.toml").open("a", encoding="utf-8") as file:
        file.write('[ledger]\norigin = "another"\n')
    own_press.close()

    again = opened(own_press.path)
    seal(again)
    assert verify(again).problems == ()


def test_the_key_is_readable_by_its_owner_alone(own_press):
    seal(own_press)

    assert (own_press.path / "ledger.key").stat().st_mode & 0o077 == 0


def test_a_restored_copy_signs_no_second_history(own_press):
    with own_press.store.transaction() as db:
        db.execute("DELETE FROM leaf WHERE seq = (SELECT max(seq) FROM leaf)")

    with pytest.raises(BadLedger, match="were signed"):
        seal(own_press)


def test_a_removed_article_is_gone_from_everywhere_and_said_to_be_removed(own_press):
    article = next(one for one in own_press.articles(Query(limit=0)) if one.lead is not None)
    captures = reading.captures(own_press.store.db, article.id)
    text = own_press.revisions(article.id)[0].clipping.text[:40]

    done = remove(own_press, article.id, reason="a court said so")

    assert (done.articles, done.captures > 0, done.bytes > 0) == (1, True, True)
    with pytest.raises(NoSuchArticle):
        own_press.article(article.id)
    assert all("removed by notice" in warc_text(own_press, row.place) for row in captures)
    assert own_press.search(f'"{text}"')[0] == 0
    found = verify(own_press)
    assert found.problems == ()
    assert found.removed > 0
    assert b"a court said so" in next(
        row["record"] for row in own_press.store.db.execute("SELECT record FROM leaf WHERE event = 'removal'")
    )


def test_a_removed_article_s_address_stands_in_no_record_of_its_own(newsroom, tmp_path):
    """Not in the request for it either, nor in a redirect that led there."""
    from tests.flow_archive import following_only, ran

    renamed = next(one for one in newsroom.at(4) if one.old_urls and one.paper == "courier")
    newsroom.turn_to(3)
    archive = following_only(tmp_path / "archive", newsroom, renamed.old_urls)
    newsroom.turn_to(4)
    ran(archive, again=True)
    article = archive.article(renamed.url)
    slugs = {url.rstrip("/").rpartition("/")[2].encode() for url in (renamed.url, *renamed.old_urls)}

    def told():
        return {
            record.type
            for file in archive.warc_folder.rglob("*.warc.gz")
            for record in warc.read(file)
            for slug in slugs
            if slug in record.url.encode() or (record.type == "request" and slug in record.block)
        }

    assert told() == {"request", "response", "conversion"}

    remove(archive, article.id, reason="a court said so")

    assert told() == set()
    assert verify(archive).problems == ()


def test_no_byte_of_a_removed_article_stays_in_any_file(own_press):
    catch_up(own_press)
    article = next(one for one in own_press.articles(Query(limit=0)) if one.revisions)
    db = own_press.store.db
    salts = [row["salt"] for row in db.execute(LEAVES_OF, (article.id,))]
    words = [row["data"] for row in db.execute(WORDS_OF, (article.id,))]
    terms = bytes(own_press.index.connection.execute(TERMS_OF, (article.seq,)).fetchone()[0])
    (own_press.path / "tearsheet.db.before-3").write_bytes(words[0])
    own_press.store.fold()
    traces = [terms, *salts, *words]
    assert all(holders(own_press.path, trace) for trace in traces)

    remove(own_press, article.id, reason="asked for")

    assert {trace[:40]: found for trace in traces if (found := holders(own_press.path, trace))} == {}


LEAVES_OF = """SELECT salt FROM leaf JOIN capture ON capture.n = leaf.ref AND event = 'capture'
    WHERE capture.article = (SELECT n FROM article WHERE id = ?)"""
WORDS_OF = """SELECT data FROM blob JOIN revision ON revision.clipping = blob.n
    WHERE article = (SELECT n FROM article WHERE id = ?)"""
TERMS_OF = "SELECT terms FROM search_row WHERE seq = ?"


def holders(folder, trace):
    """Return the files in which these bytes stand."""
    return {file.name for file in folder.rglob("*") if file.is_file() and trace in file.read_bytes()}


def warc_text(archive: Archive, place) -> str:
    [record] = [one for one in warc.read(archive.warc_folder / place.file) if one.offset == place.offset]
    return record.block.decode("utf-8", "replace")


def test_a_picture_that_two_articles_show_outlives_the_first_removal(own_press):
    first, second = [one for one in own_press.articles(Query(limit=0)) if one.lead is not None][:2]
    changed(
        own_press,
        "UPDATE picture SET article = (SELECT n FROM article WHERE id = ?) WHERE url = ?",
        first.id,
        second.lead.url,
    )

    remove(own_press, first.id, reason="asked for")

    assert list(own_press.pictures([first.lead.url, second.lead.url])) == [second.lead.url]
    assert verify(own_press).problems == ()


def test_a_removed_article_does_not_come_back(own_press, newsroom):
    from tests.flow_archive import ran

    article = own_press.articles(Query(limit=1))[0]
    remove(own_press, article.id, reason="asked for")
    total = own_press.count()

    ran(own_press, force=True)

    assert own_press.count() == total


def written(archive, article, folder):
    out = Folder(folder)
    for name, data in proof(archive, article):
        out.put(name, data, durable=False)
    return folder


def run(command, folder):
    return subprocess.run(command, cwd=folder, shell=True, capture_output=True, text=True, timeout=60, check=False)


@needs.tools("openssl")
def test_a_proof_is_checked_without_us(press, tmp_path):
    folder = written(press, press.articles(Query(limit=1))[0].id, tmp_path / "proof")

    assert run("sha256sum -c SHA256SUMS", folder).returncode == 0
    good = run("sh verify.sh", folder)
    assert (good.returncode, "all good" in good.stdout) == (0, True), good.stderr

    flipped(next((folder / "files").iterdir()), 0)
    assert run("sh verify.sh", folder).returncode != 0


def test_a_proof_says_what_the_archive_could_not_read_and_accuses_nobody(own_press, tmp_path):
    article = own_press.articles(Query(limit=1))[0]
    place = own_press.captures(article.id)[0].place
    hurt_in_the_middle(own_press.warc_folder / place.file, place)
    folder = written(own_press, article.id, tmp_path / "proof")

    said = run("sh verify.sh", folder)
    assert (said.returncode, said.stderr) == (0, "")
    assert "could not read them when it wrote this" in said.stdout
    assert "1 missing, of which only the record is here" in said.stdout

    [note] = (folder / "files").glob("*.missing.txt")
    note.rename(note.with_name(f"{'0' * 64}.missing.txt"))
    assert "no record names it" in run("sh verify.sh", folder).stderr


@needs.tools("openssl")
def test_a_proof_in_a_wacz_file_is_checked_without_us_and_players_take_the_file(press, tmp_path):
    file = tmp_path / "proof.wacz"
    done = proof_wacz(press, file, press.articles(Query(limit=1))[0].id)
    assert done.pages > 0
    assert warc.check_wacz(file) == []
    with zipfile.ZipFile(file) as package:
        package.extractall(tmp_path / "out")
    folder = tmp_path / "out" / "proof"

    assert run("sha256sum -c SHA256SUMS", folder).returncode == 0
    good = run("sh verify.sh", folder)
    assert (good.returncode, "all good" in good.stdout) == (0, True), good.stderr


def test_a_proof_names_the_page_and_every_wording(press, tmp_path):
    article = press.articles(Query(limit=1))[0]
    folder = written(press, article.id, tmp_path / "proof")

    names = {path.name for path in (folder / "files").iterdir()}
    assert {f"wording-{one.number}.json" for one in press.revisions(article.id)} <= names
    page = press.captures(article.id)[0]
    assert f"{page.digest.removeprefix('sha256:')}.html" in names


def test_opening_again_changes_nothing(own_press):
    before = (own_press.path / "ledger" / CHECKPOINT).read_bytes()
    again = opened(own_press.path)

    seal(again)

    assert before == (own_press.path / "ledger" / CHECKPOINT).read_bytes()
