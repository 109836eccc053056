"""A catalog that is lost comes back, row by row, from WARC files, ledger and settings."""

import base64
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests import flow_archive
from tests.corruptions import hurt_in_the_middle
from tests.flow_archive import copied, followed, later, new_archive, opened, ran
from tests.paper import FOG, Paper

from tearsheet import warc
from tearsheet.archive import CATALOG_FILE, Archive, create_archive, open_archive
from tearsheet.errors import ArchiveBusy, BadLedger, NoCatalog, NoJournal
from tearsheet.files import Folder
from tearsheet.flow.build import build
from tearsheet.flow.imports import import_posts, import_warcs
from tearsheet.flow.pool import Pool
from tearsheet.flow.rebuild import BEFORE, Found, chained, rebuild, standing
from tearsheet.flow.remove import remove
from tearsheet.flow.sealing import CHECKPOINT, reader, seal
from tearsheet.flow.verify import verify
from tearsheet.ledger import Tree, read_checkpoint
from tearsheet.model import Capture, Place, Query
from tearsheet.newsroom import Newsroom
from tearsheet.store import articles, entries, journal, keeping, leaves, opening, schema
from tearsheet.store.forgetting import Forgetting, Forgotten
from tearsheet.store.journal import Page
from tearsheet.store.people import People
from tearsheet.store.values import from_ms
from tearsheet.warc.records import Record

CATALOGS = Path(__file__).parent / "catalogs"
POST = """
---
title: Post {n} from elsewhere
categories:
 - Elsewhere
headimg: 'https://pictures.example/{n}.jpg'
author: Elsewhere
comments: false
date: Mon, 06 May 2024 07:08:09 GMT
thumbnail: ''
---

<div>
<p>Post number {n} has words of its own, and enough of them to be kept for good.</p>
</div>
"""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, _running_newsroom: Newsroom) -> Path:
    """An archive with edits, disappearances, returns, removals, imports, pictures, several listings of one article."""
    folder = tmp_path_factory.mktemp("history")
    _running_newsroom.turn_to(0)
    archive = new_archive(folder / "archive", _running_newsroom)
    followed(archive, _running_newsroom.address("courier", "/"))
    _live(archive, _running_newsroom)
    archive.close()
    return folder / "archive"


def _live(archive: Archive, newsroom: Newsroom) -> None:
    ran(archive)
    also = archive.path / "list.txt"  # some articles are listed twice
    also.write_text("".join(f"{one.url}\n" for one in archive.articles(Query(limit=0))[::5]))
    followed(archive, str(also))
    ran(archive, pictures=True)
    for tick in (3, 5):
        newsroom.turn_to(tick)
        ran(archive, at=later(days=2 * tick), force=True, again=True)
    posts = archive.path.parent / "posts"
    posts.mkdir()
    for n in range(3):
        (posts / f"{n}.md").write_text(POST.format(n=n))
    assert import_posts(archive, [posts]).articles == 3
    foreign = sorted((archive.path / "warc").rglob("*.warc.gz"))[1]
    import_warcs(archive, [foreign], pool=Pool(0))
    shared = next(one for one in archive.articles(Query(limit=0)) if len(archive.listings(one.id)) > 1)
    pictured = next(one for one in archive.articles(Query(limit=0)) if one.lead and one.revisions > 1)
    for one in (shared, pictured):
        remove(archive, one.id, reason="asked for")
    newsroom.turn_to(6)
    ran(archive, at=later(days=12), force=True)
    People(archive.store.db).add("reader", "a long enough password", now=datetime.now(UTC))
    build(archive)


@pytest.fixture
def lost(history: Path, tmp_path: Path) -> Path:
    """The same archive without its catalog, its index and what is under `media/`."""
    folder = tmp_path / "lost"
    shutil.copytree(history, folder)
    (folder / CATALOG_FILE).unlink()
    for name in ("index", "media", "site"):
        shutil.rmtree(folder / name)
    return folder


def dump(path: Path, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return every row of every table, but what only an open catalog has."""
    db = sqlite3.connect(path)
    try:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        db.row_factory = sqlite3.Row
        rows = {
            table: sorted(repr(tuple(row)) for row in db.execute(f"SELECT * FROM {table}"))
            for table in tables
            if table not in ("unwritten", "account", "blob", "listing", *without)
        }
        listings = db.execute("SELECT * FROM listing ORDER BY article, source").fetchall()
        said = {"listing": [repr((*_but_for_the_packing(row), entries.entry_of(db, row))) for row in listings]}
        words = {"words": [repr(keeping.blob(db, n)) for (n,) in db.execute("SELECT n FROM blob ORDER BY n")]}
        return rows | said | words
    finally:
        db.close()


def _but_for_the_packing(row: sqlite3.Row) -> tuple[object, ...]:
    """Return the values of a listing; its entry may have been packed otherwise."""
    return tuple(row[name] for name in row.keys() if name not in ("entry", "base"))  # noqa: SIM118 (a Row iterates over values)


def files(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_every_row_comes_back(history, lost):
    report = rebuild(lost)

    assert dump(history / CATALOG_FILE) == dump(lost / CATALOG_FILE)
    assert [thing for thing, _ in report.problems] == ["accounts"]
    assert report.lost == 0
    assert report.developed > 0
    with open_archive(lost) as archive:
        assert verify(archive).problems == ()
        everything = archive.articles(flow_archive.EVERYTHING)
        assert {bool(one.gone) for one in everything} == {bool(one.edited_at) for one in everything} == {True, False}
        assert archive.search("a")[0] > 0


def test_what_is_published_is_the_same_to_the_byte(history, lost):
    rebuild(lost)
    with open_archive(lost) as archive:
        build(archive)

    assert files(history / "site") == files(lost / "site")
    assert files(history / "media") == files(lost / "media")


def test_the_next_update_fetches_nothing_again_and_goes_on_in_the_same_ledger(lost, newsroom):
    rebuild(lost)
    before = read_checkpoint(Folder(lost / "ledger").get(CHECKPOINT))
    newsroom.turn_to(6)

    with open_archive(lost) as archive:
        quiet = ran(archive, at=later(days=12), pictures=True)
        asked = [heard.path for heard in newsroom.heard]
        looked = ran(archive, at=later(days=12), force=True)
        newsroom.turn_to(7)
        ran(archive, at=later(days=16), force=True, again=True)
        after = read_checkpoint(Folder(lost / "ledger").get(CHECKPOINT))

        assert (quiet.kept, quiet.edits, quiet.sources) == (0, 0, 0), asked
        assert looked.sources > 0
        assert (looked.new, looked.kept, looked.edits) == (0, 0, 0)
        assert after.size > before.size
        assert Tree(after.size, reader(Folder(lost / "ledger"))).root(before.size) == before.root
        assert verify(archive).problems == ()


def test_accounts_are_taken_over_where_the_old_catalog_can_be_read(history, tmp_path):
    archive = copied(opened(history), tmp_path / "archive")
    archive.close()

    report = rebuild(tmp_path / "archive")

    assert (report.accounts, report.problems) == (1, [])
    with open_archive(tmp_path / "archive") as again:
        assert [one.name for one in People(again.store.db).accounts()] == ["reader"]
    assert dump(history / CATALOG_FILE) == dump(tmp_path / "archive" / BEFORE)


def test_a_catalog_that_is_damaged_is_replaced_and_kept(history, tmp_path):
    folder = tmp_path / "archive"
    shutil.copytree(history, folder)
    (folder / CATALOG_FILE).write_bytes(b"no database at all" * 1000)

    report = rebuild(folder)
    again = rebuild(folder)

    assert [thing for thing, _ in report.problems] == ["accounts"]
    assert (folder / BEFORE).read_bytes().startswith(b"no database")
    assert (folder / f"{BEFORE}-again").exists()
    assert again.articles == report.articles
    assert dump(history / CATALOG_FILE) == dump(folder / CATALOG_FILE)


def test_a_folder_in_the_catalog_s_place_is_no_catalog(lost):
    (lost / CATALOG_FILE).mkdir()

    assert rebuild(lost).articles > 0


def test_a_disk_without_links_keeps_the_old_catalog_too(history, tmp_path, monkeypatch):
    def refused(link, target):
        raise PermissionError(1, "Operation not permitted", str(target), None, str(link))

    folder = tmp_path / "archive"
    shutil.copytree(history, folder)
    monkeypatch.setattr(Path, "hardlink_to", refused)  # as exFAT does

    rebuild(folder)

    assert dump(history / CATALOG_FILE) == dump(folder / CATALOG_FILE) == dump(folder / BEFORE)


def test_a_rebuild_that_is_killed_changes_nothing_and_is_run_again(history, tmp_path):
    class Killed(BaseException):
        pass

    folder = tmp_path / "archive"
    shutil.copytree(history, folder)
    before = files(folder)

    def kill(step):
        if (step.stage, step.done) == ("pages", 3):
            raise Killed

    with pytest.raises(Killed):
        rebuild(folder, progress=kill)
    left = files(folder)
    assert {name: digest for name, digest in left.items() if name in before} | {CATALOG_FILE: ""} == (
        before | {CATALOG_FILE: ""}  # whose log may have been folded in
    )
    assert dump(history / CATALOG_FILE) == dump(folder / CATALOG_FILE)

    rebuild(folder)
    assert dump(history / CATALOG_FILE) == dump(folder / CATALOG_FILE)


@pytest.mark.parametrize("left", [None, b""])
def test_no_command_makes_an_empty_catalog_where_one_is_lost(lost, left):
    if left is not None:  # as a disk that was full, or lost its power, may leave it
        (lost / CATALOG_FILE).write_bytes(left)
    with pytest.raises(NoCatalog, match="rebuild"):
        open_archive(lost)


def test_nothing_is_rebuilt_beside_a_process_that_writes(history, tmp_path):
    folder = tmp_path / "archive"
    shutil.copytree(history, folder)
    with open_archive(folder) as archive:
        archive.writer.keep_resource("https://paper.example/x", "text/plain", b"x", datetime.now(UTC))
        with pytest.raises(ArchiveBusy):
            rebuild(folder)


def test_nothing_is_rebuilt_beside_a_process_that_has_the_catalog_open(history, tmp_path):
    folder = tmp_path / "archive"
    shutil.copytree(history, folder)
    with open_archive(folder), pytest.raises(ArchiveBusy, match="serve"):
        rebuild(folder)


def test_of_two_rebuilds_at_once_one_is_refused_though_the_catalog_is_lost(lost):
    refused = []

    def another(step):
        if step.stage == "pages":
            with pytest.raises(ArchiveBusy) as busy:
                rebuild(lost)
            refused.append(busy.value.cause)

    rebuild(lost, progress=another)

    assert set(refused) == {"it is being rebuilt or restored"}


def test_nobody_opens_the_catalog_while_it_is_made_anew(history, tmp_path):
    folder = tmp_path / "archive"
    shutil.copytree(history, folder)
    said = []

    def somebody_comes(step):
        if step.stage == "pages":  # an update that was started meanwhile would write into what is thrown away
            with pytest.raises(sqlite3.OperationalError) as refused:
                opening.writable(folder / CATALOG_FILE, busy_s=0)
            said.append(str(refused.value))

    rebuild(folder, progress=somebody_comes)

    assert set(said) == {"database is locked"}


def test_the_log_that_a_killed_process_left_is_folded_into_the_catalog_before_another_takes_its_place(
    history, tmp_path
):
    folder = tmp_path / "archive"
    shutil.copytree(history, tmp_path / "alive")
    with open_archive(tmp_path / "alive") as archive:
        archive.store.set_state("told", "last")
        shutil.copytree(archive.path, folder, ignore=shutil.ignore_patterns("*-shm"))
        assert (folder / f"{CATALOG_FILE}-wal").stat().st_size

    rebuild(folder)

    assert not list(folder.glob("*-wal"))
    with closing(sqlite3.connect(folder / BEFORE)) as old:
        assert old.execute("SELECT value FROM state WHERE key = 'told'").fetchall() == [("last",)]


def test_without_a_journal_it_is_said_what_to_do(newsroom, tmp_path):
    archive = new_archive(tmp_path / "archive", newsroom)
    archive.writer.keep_resource("https://paper.example/x", "text/plain", b"x", datetime.now(UTC))
    archive.close()

    with pytest.raises(NoJournal, match="migrate"):
        rebuild(archive.path)


@pytest.mark.parametrize("told", ["source", "capture", "revision", "settings", "removed"])
def test_a_page_that_is_damaged_costs_what_leaned_on_it_and_no_leaf(history, lost, told):
    with open_archive(history) as archive:
        size = leaves.count(archive.store.db)
        shared = _shared(archive)
    place, before = _damage_the_first_page_that_tells(told, history, lost)

    report = rebuild(lost)

    assert report.pages == before - 1
    assert any(thing == "journal" for thing, _ in report.problems)
    with open_archive(lost) as archive:
        assert (report.lost > 0, leaves.count(archive.store.db)) == (True, size)
        assert _shared(archive) == shared  # the next page told it too
        assert {thing for thing, _ in verify(archive).problems} <= {f"warc/{place.file}", "catalog"}
        ran(archive, at=later(days=13), force=True)
        assert _not_looked_at(archive) == 0  # the articles that lost their only wording
        assert {thing for thing, _ in verify(archive).problems} <= {f"warc/{place.file}", "catalog"}


def _damage_the_first_page_that_tells(told: str, history: Path, lost: Path) -> tuple[Place, int]:
    """Return the place of the page, with a byte changed, and how many pages there are."""
    with open_archive(history) as archive:
        places = [place for _, _, place in journal.places(archive.store.db)]
        pages = ["".join(journal.read_page(warc.get(archive.warc_folder, place).body).lines) for place in places]
    signs = (f'"part":"{told}"', f'["{told}",', f'"event":"{told}"')
    place = next(
        place
        for place, page in zip(places, pages, strict=True)
        if any(sign in page or sign in page.replace("\\", "") for sign in signs)
    )
    hurt_in_the_middle(lost / "warc" / place.file, place)
    return place, len(places)


def _shared(archive: Archive) -> list[tuple[object, ...]]:
    """Return the rows that very many others lean on, and those of what was removed."""
    db = archive.store.db
    return [
        tuple(row)
        for sql in (
            "SELECT n, url, name FROM source ORDER BY n",
            "SELECT n, path FROM category ORDER BY n",
            "SELECT n, text FROM recipe ORDER BY n",
            "SELECT n, name FROM warc_file ORDER BY n",
            "SELECT hash FROM removed ORDER BY hash",
        )
        for row in db.execute(sql)
    ]


def _not_looked_at(archive: Archive) -> int:
    sql = "SELECT count(*) FROM article WHERE revisions = 0 AND due_at = first_seen"
    return int(archive.store.db.execute(sql).fetchone()[0])


def test_a_history_that_is_not_the_one_that_was_signed_is_refused(lost, history):
    with open_archive(history) as archive:
        found = [
            (journal.read_page(warc.get(archive.warc_folder, place).body), place)
            for _, _, place in journal.places(archive.store.db)
        ]
    page, place = next((one, at) for one, at in found if any('"part":"leaf"' in line for line in one.lines))
    lines = tuple(line.replace('"capture",', '"tampered",') if '"leaf"' in line else line for line in page.lines)
    forged = replace(page, edition=9, lines=lines)
    warc.erase(lost / "warc", place, notice="forged")
    with warc.Writer(lost / "warc") as writer:
        writer.keep_metadata(forged.data(), journal.PAGE_TYPE, at=forged.at, id=forged.record_id)

    with pytest.raises(BadLedger, match=r"leaf \d+"):
        rebuild(lost)
    assert not (lost / CATALOG_FILE).exists()


def test_a_last_page_that_was_never_committed_is_passed_over_if_other_leaves_were_signed(history, tmp_path):
    with open_archive(history) as archive:
        copy = copied(archive, tmp_path / "copy")
    number, last, _ = list(journal.places(copy.store.db))[-1]
    seq = leaves.count(copy.store.db)
    columns = ["seq", "at", "event", "subject", "salt", "ref", "number", "record"]
    values = [seq, 0, "removal", {"base64": "AAAA"}, None, 0, 0, None]
    killed = Page(
        number=number + 1,
        id="killed before its commit",
        after=last,
        at=later(days=99),
        schema=schema.VERSION,
        leaves=seq + 1,
        lines=(json.dumps({"part": "leaf", "columns": columns, "rows": [values]}),),
    )
    with warc.Writer(copy.path / "warc") as writer:
        place = writer.keep_metadata(killed.data(), journal.PAGE_TYPE, at=killed.at, id=killed.record_id)
    with copy.store.transaction() as db:
        keeping.warc_file(db, place.file)
    assert seal(copy).size == seq + 1  # the leaf of that file waits for the next page
    before = dump(copy.path / CATALOG_FILE)
    copy.close()
    (copy.path / CATALOG_FILE).unlink()

    rebuild(copy.path)

    after = dump(copy.path / CATALOG_FILE)
    assert [table for table in before if after[table] != before[table]] == ["warc_file", "leaf"]


def with_pages(archive, *pages):
    """Close the archive, lose its catalog, and lay these pages of a journal into its WARC files; return its folder."""
    with warc.Writer(archive.path / "warc") as writer:
        for one in pages:
            writer.keep_metadata(one.data(), journal.PAGE_TYPE, at=one.at, id=one.record_id)
    archive.close()
    (archive.path / CATALOG_FILE).unlink()
    return archive.path


def rivals(archive):
    """Return the last page of the journal, where it lies, and two in its place: the same leaves with other salts."""
    _, _, place = list(journal.places(archive.store.db))[-1]
    last = journal.read_page(warc.get(archive.warc_folder, place).body)
    assert list(journal.leaves_on(last))
    changes = list(last.changes())
    for change in changes:
        for row in change.get("rows", ()) if change["part"] == "leaf" else ():
            row[list(change["columns"]).index("salt")] = {"base64": "AAAAAAAAAAAAAAAAAAAAAA=="}
    one = replace(last, id="never committed", at=later(days=98), lines=tuple(map(json.dumps, changes)))
    two = replace(one, id="nor this", number=one.number + 1, after=one.id, at=later(days=99), lines=())
    return last, place, (one, two)


@pytest.mark.parametrize("count", [1, 2])
def test_pages_that_were_never_committed_are_passed_over_though_their_clock_was_ahead(history, tmp_path, count):
    with open_archive(history) as archive:
        copy = copied(archive, tmp_path / "copy")
    before = dump(copy.path / CATALOG_FILE)
    last, _, others = rivals(copy)

    report = rebuild(with_pages(copy, *others[:count]))

    after = dump(copy.path / CATALOG_FILE)
    assert [table for table in before if after[table] != before[table]] == []
    assert report.pages == last.number


def test_of_two_histories_neither_is_believed_if_both_contradict_the_ledger(history, tmp_path):
    with open_archive(history) as archive:
        copy = copied(archive, tmp_path / "copy")
    last, place, (one, _) = rivals(copy)
    with (copy.warc_folder / place.file).open("r+b") as file:
        file.seek(place.offset + place.length // 2)
        file.write(bytes(20))

    with pytest.raises(BadLedger, match=r"leaf \d+"):
        rebuild(with_pages(copy, one, replace(last, id="empty", lines=())))
    assert not (copy.path / CATALOG_FILE).exists()


def test_a_removed_article_is_nowhere_in_the_warc_files(history):
    with open_archive(history) as archive:
        victim = next(one for one in archive.articles(Query(limit=0)) if one.revisions > 1)
        copy = copied(archive, history.parent / "to-remove-from")
    # Its address and its first words may stand in what others say; its id and its title are its own.
    said = [f'"{victim.id}"'.encode(), json.dumps(victim.title, ensure_ascii=False).encode()]
    assert told(copy.path, said)

    remove(copy, victim.id, reason="asked for")
    copy.close()

    assert not told(copy.path, said)
    before = dump(copy.path / CATALOG_FILE)
    (copy.path / CATALOG_FILE).unlink()
    rebuild(copy.path)
    assert dump(copy.path / CATALOG_FILE) == before
    with open_archive(copy.path) as again:
        assert articles.at_address(again.store.db, [victim.url]) is None
        assert again.store.db.execute("SELECT count(*) FROM removed").fetchone()[0] > 0


def told(folder: Path, said: list[bytes]) -> list[bytes]:
    """Return the lines of the journal in which any of `said` stands."""
    return [line for page in pages(folder) for line in page.split(b"\n") if any(part in line for part in said)]


def pages(folder: Path) -> list[bytes]:
    """Return the blocks of all journal pages."""
    return [record.block for record in records(folder) if record.field("Content-Type") == journal.PAGE_TYPE]


def records(folder: Path) -> Iterator[Record]:
    for file in sorted((folder / "warc").rglob("*.warc.gz")):
        yield from warc.read(file, verify=False)


# ---- which pages are the true ones


def page(number: int, id: str, after: str, *, minute: int = 0, leaves: int = 0, edition: int = 1) -> Found:
    return Found(
        page=Page(
            number=number,
            id=id,
            after=after,
            at=datetime(2026, 3, 2, 12, minute, tzinfo=UTC),
            schema=schema.VERSION,
            leaves=leaves,
            edition=edition,
        ),
        place=Place(file="a.warc.gz", offset=number * 100 + edition, length=100),
    )


def ids(found: list[Found]) -> str:
    return "".join(one.page.id for one in found)


def test_a_page_that_was_never_committed_is_passed_over():
    found = [page(1, "a", ""), page(2, "x", "a", minute=5), page(2, "b", "a", minute=6), page(3, "c", "b", minute=7)]

    assert ids(chained(found, signed=0)) == "abc"


def test_what_was_signed_decides_even_if_the_clock_was_set_back():
    found = [page(1, "a", "", leaves=5), page(2, "x", "a", minute=50, leaves=9), page(2, "b", "a", leaves=9)]
    found.append(page(3, "c", "b", minute=1, leaves=12))

    assert ids(chained(found, signed=12)) == "abc"


def test_a_history_that_goes_on_from_a_backup_is_the_true_one():
    found = [page(1, "a", ""), page(2, "x", "a", minute=1), page(3, "y", "x", minute=2), page(2, "b", "a", minute=9)]

    assert ids(chained(found, signed=0)) == "ab"


def test_where_a_page_is_missing_the_pages_before_it_still_count():
    found = [page(1, "a", ""), page(2, "b", "a"), page(4, "d", "c", minute=3), page(5, "e", "d", minute=4)]

    assert ids(chained(found, signed=0)) == "abde"


def test_a_page_written_anew_stands_once_the_former_is_to_be_erased():
    found = [page(1, "a", "", edition=2), page(1, "a", ""), page(2, "b", "a")]
    chain = chained(found, signed=0)

    assert [one.page.edition for one in chain] == [1, 1]
    assert [one.page.edition for one in standing(found, ["a", "b"], erased=frozenset())] == [1, 1]
    assert [one.page.edition for one in standing(found, ["a", "b"], erased=frozenset({found[1].place}))] == [2, 1]


# ---- every column is in the journal, or said not to be


def test_every_table_and_column_is_written_down_or_left_out_with_a_reason(press):
    db = press.store.db
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables - set(journal.NOT_WRITTEN) == {part.table for part in journal.PARTS}

    for table in tables - set(journal.NOT_WRITTEN):
        columns = {row["name"] for row in db.execute(f"PRAGMA table_info({table})")} - {"worker"}
        columns -= set(journal.ELSEWHERE.get(table, ()))
        assert columns == set(journal.BY_NAME[table].columns), table


@pytest.mark.parametrize("frozen", sorted(CATALOGS.glob("journal-*.json")), ids=lambda file: file.stem)
def test_what_a_page_of_a_released_schema_leaves_unsaid_is_known_for_ever(frozen):
    """Never change a frozen list: when a part gets other columns, `unsaid` has to tell the schemas apart."""
    lists = json.loads(frozen.read_text(encoding="utf-8"))

    assert {part: " ".join(journal.unsaid(part)) for part in lists} == lists
    assert set(lists) >= set(journal.BY_NAME) or frozen.stem != f"journal-{schema.VERSION}"


def test_the_first_page_in_a_file_names_its_columns_and_the_next_does_not(tmp_path):
    create_archive(tmp_path / "press").close()
    archive = opened(tmp_path / "press")
    for turn in range(2):
        for number in range(3):
            with archive.store.transaction() as db:
                db.execute("INSERT INTO removed (hash) VALUES (?)", (bytes([turn, number]) * 8,))
        archive.close_warc()

    found = [warc.get(archive.warc_folder, place) for _, _, place in journal.places(archive.store.db)]
    lines = [line for capture in found for line in journal.read_page(capture.body).lines if "removed" in line]
    assert [type(json.loads(line)) for line in lines] == [dict, list, list] * 2
    assert [json.loads(line)["columns"] for line in lines[::3]] == [["hash"]] * 2
    assert [type(json.loads(page.body.partition(b"\n")[0])) for page in found] == [dict, list, list] * 2
    assert all(change["columns"] for page in found for change in journal.read_page(page.body).changes())


def test_what_is_forgotten_goes_from_pages_of_every_version():
    words, other = b"w" * 32, b"o" * 32
    said = {digest: base64.b64encode(digest).decode() for digest in (words, other)}
    page = Page(number=1, id="a", after="", at=later(), schema=schema.VERSION, leaves=0, lines=())
    old = [[n, {"base64": said[digest]}, None] for n, digest in enumerate((words, other))]
    new = [[n, [said[digest]], None] for n, digest in enumerate((words, other))]
    lines = (
        json.dumps({"part": "blob", "columns": ["n", "digest", "text"], "rows": old}),
        json.dumps({"part": "filed", "columns": ["category", "seq"], "rows": [[1, 1]]}),
        json.dumps({"part": "blob", "rows": new}),
        json.dumps({"part": "blob", "gone": [[3]]}),
        json.dumps(["blob", *new]),
        json.dumps(["-blob", [3]]),
    )
    forgotten = Forgotten(words=frozenset({words}))

    left = Forgetting(forgotten).page(replace(page, lines=lines))

    assert left
    assert left.edition == 2
    assert [change.get("rows") for change in left.changes()] == [old[1:], [[1, 1]], new[1:], None, new[1:], None]
    assert [change.get("gone") for change in left.changes()] == [None, None, None, [[3]], None, [[3]]]
    assert left.lines[1::2] == lines[1::2]
    assert journal.read_page(left.data()) == left
    assert Forgetting(forgotten).page(left) is None


def test_a_change_of_any_column_is_taken_up(own_press):
    db = own_press.store.db
    journal.watch(db)
    for part in journal.PARTS:
        if not part.whole or part.table in journal.ELSEWHERE:
            continue
        for column in set(part.columns) - set(part.key):
            if db.execute(f"SELECT 1 FROM {part.table} LIMIT 1").fetchone():
                db.execute("BEGIN")
                db.execute("PRAGMA defer_foreign_keys = ON")
                db.execute("DELETE FROM touched")
                db.execute(f"UPDATE {part.table} SET {column} = {column}")
                same = db.execute("SELECT count(*) FROM touched").fetchone()[0]
                db.execute(f"UPDATE {part.table} SET {column} = coalesce({column}, '') || 'x'")
                changed = db.execute("SELECT count(*) FROM touched").fetchone()[0]
                db.execute("ROLLBACK")
                assert not same, (part.table, column)
                assert changed, (part.table, column)


def test_a_look_that_brought_nothing_new_is_told_without_what_stayed_as_it_was(own_press):
    db = own_press.store.db
    n, seen = db.execute("SELECT n, last_seen FROM article LIMIT 1").fetchone()
    answer = Capture(
        url="u", final_url="u", status=200, headers=(("ETag", '"a"'),), body=b"", captured_at=from_ms(seen), digest=""
    )
    for _ in range(2):
        with own_press.store.transaction():
            articles.looked(db, n, answer, due_at=later())
            db.execute("INSERT OR IGNORE INTO removed (hash) VALUES (randomblob(16))")
    found = [warc.get(own_press.warc_folder, place) for _, _, place in journal.places(db)][-2:]
    told = [{change["part"] for change in journal.read_page(page.body).changes()} for page in found]

    assert [{part for part in parts if part.startswith("article")} for parts in told] == [
        {"article.looked", "article.answered"},
        {"article.looked"},
    ]


def test_what_waited_as_a_part_of_before_is_written_down(own_press):
    db = own_press.store.db
    n, looks = db.execute("SELECT n, looks FROM article LIMIT 1").fetchone()
    with own_press.store.transaction():
        db.execute("INSERT INTO unwritten VALUES ('article.watch', ?, '')", (n,))
        db.execute("INSERT INTO removed (hash) VALUES (randomblob(16))")
    *_, (_, _, place) = journal.places(db)
    changes = journal.read_page(warc.get(own_press.warc_folder, place).body).changes()

    [(columns, [row])] = [(one["columns"], one["rows"]) for one in changes if one["part"] == "article.watch"]
    assert dict(zip(columns, row, strict=True))["looks"] == looks


def test_a_wording_that_was_cut_again_comes_back_though_no_conversion_record_holds_it(own_press, tmp_path):
    first = own_press.articles(Query(limit=1))[0]
    with own_press.store.transaction() as db:
        n = db.execute("SELECT n FROM article WHERE id = ?", (first.id,)).fetchone()[0]
        last = keeping.last_wording(db, n)
        assert last is not None
        better = own_press.revisions(first.id)[-1].clipping
        cause = keeping.Cause(capture=last.capture, kind="", digest=f"sha256:{'ab' * 32}", at=later())
        keeping.recut(db, n, last.number, better.__class__(url="u", title="Better", html="<p>So</p>", text="So"), cause)
    own_press.close()
    before = dump(own_press.path / CATALOG_FILE)
    (own_press.path / CATALOG_FILE).unlink()

    rebuild(own_press.path)

    assert dump(own_press.path / CATALOG_FILE) == before
    assert opened(own_press.path).revisions(first.id)[-1].clipping.title == "Better"


@pytest.fixture
def edited(newsroom: Newsroom, paper: Paper, tmp_path: Path) -> Archive:
    """An archive of one article with several wordings."""
    archive = None
    for days in range(4):
        parts = [
            f"The ferry waited at quay {number} of the harbour until the fog had gone. " * 4 for number in range(9)
        ]
        paper.pages[FOG] = (
            "<html><head><title>Fog closes the channel</title></head><body><article><h1>Fog closes the channel</h1>"
            + "".join(f"<p>{part}</p>" for part in parts[: 5 + days])
            + "</article></body></html>"
        )
        if archive is None:
            archive = flow_archive.following_only(tmp_path / "edited", newsroom, [paper.url(FOG)])
        else:
            ran(archive, at=later(days=3 * days), force=True, again=True)
        archive.close_warc()
    assert archive is not None
    return archive


def without_some_words(archive: Archive) -> str:
    """Overwrite the conversion record of a wording from which the next one differs; return its article's id."""
    [article] = archive.articles(Query())
    rows = archive.store.db.execute(
        """SELECT name, offset, length FROM capture JOIN warc_file ON warc_file.n = file
        WHERE kind = 'clipping' AND capture.digest = (SELECT blob.digest FROM blob JOIN revision ON clipping = blob.n
            WHERE article = (SELECT n FROM article WHERE id = ?) AND number = 2)""",
        (article.id,),
    ).fetchall()
    for name, offset, length in rows:
        with (archive.warc_folder / name).open("r+b") as file:
            file.seek(offset)
            file.write(bytes(length))
    assert rows
    return article.id


def test_words_that_the_captures_have_lost_are_taken_from_the_old_catalog(edited):
    before = {article.id: edited.revisions(article.id) for article in edited.articles(Query(limit=0))}
    without_some_words(edited)
    edited.close()

    report = rebuild(edited.path)

    assert [thing for thing, _ in report.problems if "wording" in thing] == []
    assert {id: opened(edited.path).revisions(id) for id in before} == before


def test_words_that_are_lost_stop_nothing_and_verify_says_so(edited):
    id = without_some_words(edited)
    before = edited.revisions(id)
    edited.close()
    (edited.path / CATALOG_FILE).unlink()

    report = rebuild(edited.path)

    archive = opened(edited.path)
    assert f"{id} wording 2" in [thing for thing, _ in report.problems]
    after = archive.revisions(id)
    assert after[1].clipping.text == ""
    assert [after[0], *after[2:]] == [before[0], *before[2:]]
    assert build(archive).troubles == ()
    assert any(id in thing for thing, _ in verify(archive).problems)
