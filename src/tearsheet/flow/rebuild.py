"""Rebuilding: catalog, web copies of pictures and index made anew from WARC files, ledger and settings. Nothing is cut again.

The catalog is made in a file of its own beside the old one, and takes its place once it is whole. Killed before that, nothing has
happened: run it again.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from tearsheet import media, warc
from tearsheet.archive import CATALOG_FILE, Archive, open_archive
from tearsheet.config import settings_of
from tearsheet.errors import ArchiveBusy, BadLedger, BadPicture, NoJournal, TearsheetError
from tearsheet.files import Folder, below, disk, held, sync
from tearsheet.flow.clock import now
from tearsheet.flow.indexing import catch_up
from tearsheet.flow.keys import KEY, succeed
from tearsheet.flow.sealing import SIGNED, digest_of, last_checkpoint, mend_tiles, reader
from tearsheet.ledger import Tree, leaf_record, read_leaf, told_by
from tearsheet.model import Leaf, Place, Step
from tearsheet.store import articles, entries, journal, keeping, rebuilding, removing, schema, translated, warcfiles
from tearsheet.store.journal import Page
from tearsheet.store.worker import is_held

FRESH = f"{CATALOG_FILE}.rebuilt"
BEFORE = f"{CATALOG_FILE}.before-rebuild"


@dataclass(slots=True, kw_only=True)
class RebuildReport:
    """What was made anew. `lost` leaves stand in the ledger, what they tell is lost.

    The old catalog gave `accounts`, and the leaves for those `tiles`, files of the ledger, that were missing or changed.
    `problems` are (thing, what could not be brought back).
    """

    pages: int = 0
    articles: int = 0
    revisions: int = 0
    captures: int = 0
    leaves: int = 0
    pictures: int = 0
    developed: int = 0
    accounts: int = 0
    tiles: int = 0
    lost: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of the journal and where its record lies; `page` is without its lines."""

    page: Page
    place: Place


def rebuild(path: Path, *, progress: Callable[[Step], None] = lambda step: None) -> RebuildReport:
    """Return what was made anew of the archive in the folder `path`. Its old catalog stays beside it, as `BEFORE`.

    Articles, listings, wordings, digests, ids, leaves, marks of what is gone and of what was removed are as they were at the last
    commit that captured or changed anything. When sources were visited since, and answers that said "not modified", may be
    forgotten: they are asked for again. Accounts and tokens are taken over if the old catalog can be read.

    Raises:
        NoJournal: the WARC files hold no journal: they were written before there was one.
        ArchiveBusy: another process is at work on the archive. BadLedger: what was found is not what was signed.
        DiskTrouble: something could not be read or written; the old catalog is in its place.
    """
    with disk(path), _alone(path) as old:
        report = RebuildReport()
        trimmed = warc.trim(path / "warc")
        report.problems += [(one.file, str(one)) for one in trimmed]
        with suppress(sqlite3.Error, TearsheetError):
            if old and schema.version_of(old) == schema.VERSION:
                report.tiles = mend_tiles(Folder(path / "ledger"), old)
        try:
            _Rebuilding(path, report, progress, old=old).run()
            _swap(path)
        finally:
            _clear(path / FRESH)  # of one that failed: its half catalog may be all that fills the disk
    with closing(open_archive(path)) as archive:
        _develop_all(archive, report, progress)
        _index_anew(archive, progress)
        if (path / KEY).exists() and not (path / "ledger" / "tile").exists():
            succeed(archive, at=now())  # nobody knows any more what the old log has signed
    return report


def go_on(path: Path, *, progress: Callable[[Step], None] = lambda step: None) -> RebuildReport:
    """Return what the journal told beyond the catalog of the archive in the folder `path`: the catalog has it now.

    For a catalog that was copied before its WARC files. Nobody else may have it open, and it is not safe from a kill: whoever
    calls must be able to copy it once more.
    """
    report = RebuildReport()
    with disk(path):
        _Rebuilding(path, report, progress).go_on()
    if report.pages:
        with closing(Archive(path, settings_of(path))) as archive:
            _develop_all(archive, report, progress)
    return report


class _Rebuilding:
    def __init__(
        self,
        path: Path,
        report: RebuildReport,
        progress: Callable[[Step], None],
        *,
        old: sqlite3.Connection | None = None,
    ) -> None:
        self.path = path
        self.report = report
        self.progress = progress
        self.old = old
        self.ledger = Folder(path / "ledger")

    def run(self) -> None:
        """Make the new catalog, whole and fsynced, in the file `FRESH`."""
        found = self._found(lambda name: 0)
        if not found:
            raise NoJournal(str(self.path / "warc"), "run `tearsheet migrate` while the catalog is still there")
        problems = list(self.report.problems)
        first: BadLedger | None = None
        while True:
            chain = self._history(found)
            try:
                self._make(found, chain)
            except BadLedger as error:
                first = first or error
                if not _is_forked(found, chain):
                    raise first from None
                # Where two pages follow the same one, those that were never committed are the later ones if a clock was ahead,
                # or if an old catalog was put back and went on.
                found = [one for one in found if one.page.id != chain[-1].page.id]
                self.report.problems, self.report.pages, self.report.lost = problems.copy(), 0, 0
                continue
            if first and self.report.lost:
                raise first
            return

    def _make(self, found: list[Found], chain: list[Found]) -> None:
        fresh = self.path / FRESH
        _clear(fresh)
        with translated(str(fresh)), closing(rebuilding.created(fresh)) as db:
            replay = self._replay(db, chain, after=0)
            schema.migrate(db)
            self._mend(db)
            self._note(db, standing(found, [one.page.id for one in chain], erased=_erased(db)))
            with journal.in_one(db):
                self._leaves(db)
            self._words(db, replay)
            self._accounts(db)
            self._count(db)
        sync(fresh)

    def go_on(self) -> None:
        """Bring into the catalog what pages tell that lie behind all it knows of, if they go on from its last.

        One of an earlier schema is made anew from the whole journal, as a removal in it needs the tables of today.
        """
        file = self.path / CATALOG_FILE
        with translated(str(file)), closing(rebuilding.created(file)) as db:
            is_of_today = schema.version_of(db) == schema.VERSION
            has_journal = schema.version_of(db) >= journal.SINCE
            known = list(journal.places(db)) if has_journal else []
            told = partial(warcfiles.told, db) if has_journal else lambda name: 0
            warc.trim(self.path / "warc", acknowledged=told)  # half a record of who was writing it is no loss
            found = self._found(told)
            last = known[-1][1] if known else ""
            chain = following(found, last=last, signed=self._signed())
            if chain and is_of_today:
                self._continue(db, known, found, chain)
        if chain and not is_of_today:
            self._anew(file)
        elif chain:
            sync(file)

    def _continue(
        self, db: sqlite3.Connection, known: list[tuple[int, str, Place]], found: list[Found], chain: list[Found]
    ) -> None:
        replay = self._replay(db, chain, after=known[-1][0] if known else 0)
        self._mend(db)
        new = {one.page.id for one in found}
        before = [one for _, id, place in known if id in new and (one := self._page_at(place))]
        ids = [*(id for _, id, _ in known if id in new), *(one.page.id for one in chain)]
        self._note(db, standing([*before, *found], ids, erased=_erased(db)))
        self._words(db, replay)
        self._count(db)

    def _anew(self, file: Path) -> None:
        """Let a catalog made from the whole journal take the place of the one in `file`, and have its accounts."""
        with translated(str(file)), closing(rebuilding.created(file)) as self.old:
            schema.migrate(self.old)
            self.run()
        (self.path / FRESH).replace(file)
        sync(self.path)

    # --- the journal

    def _found(self, known: Callable[[str], int]) -> list[Found]:
        """Return every page that any WARC file holds behind what is `known` of it, in bytes."""
        found = []
        files = sorted(file for file in below(self.path / "warc") if file.name.endswith(".warc.gz"))
        for at, file in enumerate(files, start=1):
            name = file.relative_to(self.path / "warc").as_posix()
            self.progress(Step(stage="files", done=at, total=len(files), note=name))
            for record in warc.read(file, verify=False, start=known(name), name=name, report=self._damaged):
                if record.type == "metadata" and record.field("Content-Type") == journal.PAGE_TYPE:
                    place = Place(file=name, offset=record.offset, length=record.length)
                    found.append(Found(page=journal.read_head(record.block), place=place))
        return found

    def _history(self, found: list[Found]) -> list[Found]:
        """Return the pages of the true history, in order. A last one that contradicts the ledger was never committed."""
        chain = chained(found, signed=self._signed())
        while len(chain) > 1 and self._is_contradicted(chain[-1]):
            found = [one for one in found if one.page.id != chain[-1].page.id]
            chain = chained(found, signed=self._signed())
        return chain

    def _is_contradicted(self, last: Found) -> bool:
        """Return whether other leaves were signed than the page tells of."""
        signed = self._signed()
        tree = Tree(signed, reader(self.ledger))
        try:
            page = journal.read_page(warc.get(self.path / "warc", last.place).body)
        except TearsheetError:
            return False
        for seq, at, event in journal.leaves_on(page):
            if seq < signed:
                leaf = read_leaf(tree.records(seq // 256)[seq % 256])
                if (leaf.at, leaf.event) != (at, event):
                    return True
        return False

    def _page_at(self, place: Place) -> Found | None:
        """Return the page that lies at `place`, or None if a removal has overwritten it."""
        try:
            return Found(page=journal.read_head(warc.get(self.path / "warc", place).body), place=place)
        except (TearsheetError, ValueError):
            return None

    def _note(self, db: sqlite3.Connection, found: list[Found]) -> None:
        """Write down where each page of the journal lies."""
        with journal.in_one(db):
            for one in found:
                journal.written(db, one.page, one.place)

    def _damaged(self, damage: warc.Damage) -> None:
        if damage.lost:
            self.report.problems.append((f"warc/{damage.file}", damage.told))

    def _replay(self, db: sqlite3.Connection, chain: list[Found], *, after: int) -> journal.Replay:
        replay = journal.Replay(db)
        expected = after + 1
        for one in chain:
            if one.page.number != expected:
                missing = f"pages {expected} to {one.page.number - 1} are missing or damaged"
                self.report.problems.append(("journal", missing))
            expected = one.page.number + 1
            try:
                page = journal.read_page(warc.get(self.path / "warc", one.place).body)
            except TearsheetError as error:
                self.report.problems.append((f"journal page {one.page.number}", str(error)))
                continue
            replay.page(page)
            self.report.pages += 1
            self.progress(Step(stage="pages", done=one.page.number, total=chain[-1].page.number))
        return replay

    def _mend(self, db: sqlite3.Connection) -> None:
        """Take out what leans on rows that stood on a page which is lost."""
        with journal.in_one(db):
            for table, count in rebuilding.mend(db).items():
                self.report.problems.append((table, f"{count} rows leaned on others that were lost with their page"))

    # --- the ledger

    def _signed(self) -> int:
        """Return how many leaves the last checkpoint signed; without one, of how many the tiles tell."""
        last = last_checkpoint(self.ledger)
        return last.size if last else told_by(self.ledger.names())

    def _leaves(self, db: sqlite3.Connection) -> None:
        """Hold the leaves against those that were signed, and write down those that the journal does not tell (whole).

        Raises:
            BadLedger: a leaf is not the one that was signed.
        """
        signed = self._signed()
        if not signed:
            return
        tree = Tree(signed, reader(self.ledger))
        files: dict[str, tuple[int, bytes]] = {}
        for index in range(-(-signed // 256)):
            for place, record in enumerate(tree.records(index)):
                leaf = read_leaf(record)
                kept = rebuilding.leaf(db, index * 256 + place)
                if kept is None or (kept.is_baseless and (kept.leaf.at, kept.leaf.event) == (leaf.at, leaf.event)):
                    self._unknown(db, leaf, files)
                elif leaf_record(kept.leaf) != record:
                    raise BadLedger(f"leaf {leaf.seq}", "the journal's is not the one that was signed")
        rebuilding.set_state(db, SIGNED, str(signed))

    def _unknown(self, db: sqlite3.Connection, leaf: Leaf, files: dict[str, tuple[int, bytes]]) -> None:
        """Bring back a leaf of a closed WARC file by working it out; of any other only that it stood there."""
        if leaf.event == warcfiles.EVENT:
            for name in rebuilding.file_names(db):
                path = self.path / "warc" / name
                if name not in files and path.is_file():
                    files[name] = (path.stat().st_size, digest_of(path))
                if name in files and rebuilding.is_leaf_of(db, leaf, name, *files[name]):
                    return
        rebuilding.add_blank(db, leaf)
        self.report.lost += 1

    # --- what the rows point to

    def _words(self, db: sqlite3.Connection, replay: journal.Replay) -> None:
        """Read every wording from its conversion record, and pack it."""
        with journal.in_one(db):
            for n, _, place in rebuilding.dictionaries(db):
                with suppress(TearsheetError):
                    rebuilding.fill_dictionary(db, n, warc.get(self.path / "warc", place).body)
            rebuilding.forget_empty(db)
            for at, one in enumerate(rebuilding.wordless(db), start=1):
                self.progress(Step(stage="wordings", done=at))
                text = replay.homeless(one.n) or self._text(one.places, one.digest)
                if text is None and self.old:
                    text = rebuilding.words_in(self.old, one.digest)
                if text is None or hashlib.sha256(text.encode()).digest() != one.digest:
                    self.report.problems.append((one.thing, "its words are in no conversion record that can be read"))
                    text = rebuilding.NO_WORDS
                keeping.fill_blob(db, one.n, text, base=one.base)
            entries.pack_all_anew(db)
            articles.file_all(db)

    def _text(self, places: tuple[Place, ...], digest: bytes) -> str | None:
        for place in places:
            try:
                body = warc.get(self.path / "warc", place).body
            except TearsheetError:
                continue
            if hashlib.sha256(body).digest() == digest:
                return body.decode()
        return None

    def _accounts(self, db: sqlite3.Connection) -> None:
        """Take accounts, sessions and tokens over from the old catalog, if it can be read."""
        if self.old is None:
            self.report.problems.append(("accounts", "there is no old catalog that can be read: make them anew"))
            return
        try:
            self.report.accounts = rebuilding.take_accounts(db, self.old)
        except sqlite3.Error as error:
            self.report.problems.append(("accounts", f"the old catalog cannot be read, make them anew: {error}"))

    def _count(self, db: sqlite3.Connection) -> None:
        for name, number in rebuilding.counts(db).items():
            setattr(self.report, name, number)
        self.report.problems += [("catalog", said) for said in rebuilding.wrong(db)]


def chained(found: list[Found], *, signed: int) -> list[Found]:
    """Return the pages of the true history, in order: each names the one before it.

    A page may stand there twice (a removal wrote it again, and was perhaps killed before it was committed: the first edition
    counts, and the page of the removal takes out what it took out), or never have been committed (killed in between; or it was
    written after the backup from which another history goes on). Of several ends the true one is that which holds what was
    signed, and was written last.
    """
    by_id: dict[str, Found] = {}
    for one in sorted(found, key=lambda one: one.page.edition):
        by_id.setdefault(one.page.id, one)

    def truth(one: Found) -> tuple[int, datetime, int]:
        return min(one.page.leaves, signed), one.page.at, one.page.number

    followed = {one.page.after for one in by_id.values()}
    ends = [one for one in by_id.values() if one.page.id not in followed]
    chain = [max(ends, key=truth)]
    while (last := chain[-1]).page.after:
        before = by_id.get(last.page.after)
        if before is None:  # where a page is missing, the history goes on from the last that is there
            earlier = [one for one in ends if one.page.number < last.page.number]
            before = max(earlier, key=lambda one: (one.page.number, truth(one)), default=None)
        if before is None:
            break
        chain.append(before)
    return chain[::-1]


def _is_forked(found: list[Found], chain: list[Found]) -> bool:
    """Return whether there is a page beside `chain` that follows one of its pages."""
    ids = {one.page.id for one in chain}
    others = {one.page.after for one in found if one.page.id not in ids}
    return any(one.page.after in others for one in chain)


def following(found: list[Found], *, last: str, signed: int) -> list[Found]:
    """Return the pages that go on from the page with the id `last`, in order; `found` may hold others."""
    followers: dict[str, list[Found]] = {}
    for one in found:
        followers.setdefault(one.page.after, []).append(one)
    theirs: list[Found] = []
    ids = [last]
    while ids:
        more = followers.pop(ids.pop(), [])
        theirs += more
        ids += [one.page.id for one in more]
    return chained(theirs, signed=signed) if theirs else []


def standing(found: list[Found], ids: list[str], *, erased: AbstractSet[Place]) -> list[Found]:
    """Return the pages of these `ids` as they stand: of several editions the first that is not to be overwritten.

    A removal writes pages anew before it is committed; with the commit the earlier editions are `erased`, or will be.
    """
    best: dict[str, Found] = {}
    for one in sorted(found, key=lambda one: (one.place in erased, one.page.edition)):
        best.setdefault(one.page.id, one)
    return [best[id] for id in ids]


def _erased(db: sqlite3.Connection) -> frozenset[Place]:
    return frozenset(place for _, place in removing.erasures(db))


# ---- the place of the old one


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Keep other processes from the archive, and give the old catalog, if it can be read; or find out that one is at work.

    Raises:
        ArchiveBusy: one is.
    """
    for lock in (path / "run").glob("*.lock"):
        if is_held(lock):
            raise ArchiveBusy(str(path), "an update is running")
    for file in below(path / "warc"):
        if file.name.endswith(warc.OPEN_MARK) and is_held(file.with_name(file.name.removesuffix(warc.OPEN_MARK))):
            raise ArchiveBusy(str(path), "another process is writing")
    with held(path) as is_ours:
        if not is_ours:
            raise ArchiveBusy(str(path), "it is being rebuilt or restored")
        old = rebuilding.seized(path / CATALOG_FILE)
        try:
            yield old
        finally:
            if old:
                old.close()


def _clear(fresh: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)


def _swap(path: Path) -> None:
    """Put the new catalog in the place of the old one, which stays beside it. On a disk with links there always is one."""
    old, before = path / CATALOG_FILE, path / BEFORE
    if old.exists():
        while before.exists():  # of an earlier rebuild: never lost to this one
            before = before.with_name(f"{before.name}-again")
        for ending in ("-wal", "-shm"):  # of one that could not be read: the new one must not find its log
            if old.with_name(CATALOG_FILE + ending).exists():
                old.with_name(CATALOG_FILE + ending).replace(before.with_name(before.name + ending))
        try:
            before.hardlink_to(old)
        except (
            OSError
        ):  # as on exFAT; to copy it would let go of the lock, for SQLite's goes with any descriptor of the file
            old.replace(before)
    (path / FRESH).replace(old)
    sync(path)


# ---- what is derived from the catalog


def _develop_all(archive: Archive, report: RebuildReport, progress: Callable[[Step], None]) -> None:
    """Make the web copies that are missing or changed anew from the pictures as they were fetched."""
    archive.media_folder.sweep()
    pictures = rebuilding.pictures(archive.store.db)
    for at, picture in enumerate(pictures, start=1):
        progress(Step(stage="pictures", done=at, total=len(pictures)))
        if not all(_is_there(archive.media_folder, name, digest) for name, digest in picture.files):
            try:
                _develop(archive, picture)
                report.developed += 1
            except TearsheetError as error:
                report.problems.append((picture.url, str(error)))


def _is_there(folder: Folder, name: str, digest: bytes) -> bool:
    return folder.has(name) and hashlib.sha256(folder.get(name)).digest() == digest


def _develop(archive: Archive, picture: rebuilding.Kept) -> None:
    kept = warc.get(archive.warc_folder, picture.place)
    if kept.left_out:
        raise BadPicture(picture.url, "the picture itself was not kept: take `media/` from a backup")
    copies = (media.web_copy(kept.body), media.thumbnail(kept.body))
    for (name, _), copy in zip(picture.files, copies, strict=True):
        archive.media_folder.put(name, copy.data)
    digests = [hashlib.sha256(copy.data).digest() for copy in copies]
    if digests != [digest for _, digest in picture.files]:  # another version of the encoder
        with archive.store.transaction() as db:
            rebuilding.redeveloped(db, picture.n, digests, size=sum(len(copy.data) for copy in copies))


def _index_anew(archive: Archive, progress: Callable[[Step], None]) -> None:
    shutil.rmtree(archive.path / "index", ignore_errors=True)
    progress(Step(stage="index", done=catch_up(archive)))
