"""Verification: catalog, WARC files, pictures and ledger must tell one story, and the story that was told before."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from tearsheet import warc
from tearsheet.archive import CATALOG_FILE, Archive
from tearsheet.errors import BadWarc, FormatError, TearsheetError
from tearsheet.files import Folder, below
from tearsheet.flow import keys, published, stamping, witnessing
from tearsheet.flow.sealing import CHECKPOINT, FORMER, SIGNED, digest_of, reader
from tearsheet.ledger import Checkpoint, Edge, Tree, leaf_record, read_checkpoint, subject
from tearsheet.model import Capture, Leaf, Step
from tearsheet.store import checking, comparing, journal, leaves, rebuilding, removing, warcfiles
from tearsheet.store.values import raw_digest, to_ms
from tearsheet.warc.writer import uri

MOST_ROWS = 100
"""So many rows that are not as they were written are named; a catalog with more is not to be mended by hand."""
_NOT_IT = "is not what was captured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked. `problems` are (thing, what is wrong with it); `unsealed` leaves are newer than the last checkpoint."""

    captures: int = 0
    revisions: int = 0
    pictures: int = 0
    leaves: int = 0
    removed: int = 0
    unsealed: int = 0
    stamps: int = 0
    problems: tuple[tuple[str, str], ...] = ()


def verify(
    archive: Archive,
    key: str = "",
    *,
    against: Path | None = None,
    progress: Callable[[Step], None] = lambda step: None,
) -> Verified:
    """Return what holds and what does not, of the whole archive or of the article `key`.

    `against` is a checkpoint kept elsewhere, in any form that `witnessing` reads: everything it signed must still be there,
    unchanged and in its order.

    Raises:
        NoSuchArticle: there is none. FormatError: there is no checkpoint in `against`.
    """
    if against is not None and witnessing.is_none(against.read_bytes()):
        raise FormatError(
            str(against), "no checkpoint is in it: neither a signed one nor a root hash with a number of leaves"
        )
    return _Verification(archive, progress).run(archive.article(key).id if key else "", against)


class _Verification:
    def __init__(self, archive: Archive, progress: Callable[[Step], None]) -> None:
        self.archive = archive
        self.db = archive.store.db
        self.progress = progress
        self.problems: list[tuple[str, str]] = []
        self.count = dict.fromkeys(("captures", "revisions", "pictures", "leaves", "removed", "unsealed", "stamps"), 0)

    def run(self, id: str, against: Path | None) -> Verified:
        if not id:
            self._try(self._catalog)
            self._try(self._journal)
            self._try(self._ledger)
            self._try(self._stamps)
            self._try(self._files)
            self._try(self._published)
        if against is not None:
            self._try(partial(self._against, against))
        for check in (self._leaves, self._captures, self._revisions, self._pictures):
            self._try(partial(check, id))
        return Verified(**self.count, problems=tuple(self.problems))

    def _try(self, check: Callable[[], None]) -> None:
        """Run one check, once more if it finds anything: what is not found again was somebody's work that was not done yet."""
        counted = self.count.copy()
        found, stumbled = self._found(check)
        if found or stumbled:
            self.count = counted
            again, stumbled_again = self._found(check)
            found = [problem for problem in again if stumbled or problem in found] + stumbled_again
        self.problems += found

    def _found(self, check: Callable[[], None]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what a check finds, and what it stumbles over, if it does: that is a problem too, and the others still run."""
        before, self.problems = self.problems, []
        stumbled = []
        try:
            with checking.damage_is_trouble():
                check()
        except (TearsheetError, OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            stumbled.append(("catalog", f"cannot be read: {error}"))
        found, self.problems = self.problems, before
        return found, stumbled

    def _catalog(self) -> None:
        """Check that the catalog is sound, can be read to the last value, and does not contradict itself."""
        for check in (checking.integrity, checking.unreadable, checking.blobs, checking.contradictions):
            self.problems += [("catalog", said) for said in check(self.db)]

    def _journal(self) -> None:
        """Check that every row of the catalog is as the commit wrote it that changed it last."""
        store = self.archive.store
        with (
            tempfile.TemporaryDirectory(prefix="tearsheet-") as folder,
            closing(rebuilding.created(Path(folder) / CATALOG_FILE)) as fresh,
            store.snapshot() as db,
        ):
            if journal.is_wanting(db):
                return  # an archive from before there was a journal
            try:
                said = comparing.differences(db, fresh, self._pages())
                self.problems += [("catalog", each) for each in islice(said, MOST_ROWS)]
            except BadWarc as error:
                self.problems.append(("catalog", f"cannot be held against its journal: {error}"))

    def _pages(self) -> Iterator[journal.Page]:
        for number, _, place in journal.places(self.db):
            body = warc.get(self.archive.warc_folder, place).body
            if body.startswith(removing.NOTICE.encode()):
                what = "a removal of which this catalog does not know has written it anew: `tearsheet rebuild`"
                raise BadWarc(f"journal page {number}", what)
            yield journal.read_page(body)
            self._step("journal", number)

    def _ledger(self) -> None:
        """Check that tiles, checkpoint and the catalog's leaves are one log."""
        folder = Folder(self.archive.path / "ledger")
        if not folder.has(CHECKPOINT):
            self.count["unsealed"] = leaves.count(self.db)
            if self.archive.store.state(SIGNED):
                self.problems.append(("ledger/checkpoint", "is missing"))
            return
        try:
            checkpoint = keys.opened(self.archive, folder.get(CHECKPOINT))
            self._tiles(checkpoint, folder)
        except TearsheetError as error:
            self.problems.append(("ledger", str(error)))
        for file in sorted((self.archive.path / "ledger" / FORMER).glob("[0-9]*")):
            self._against(file)

    def _tiles(self, checkpoint: Checkpoint, folder: Folder) -> None:
        tree = Tree(checkpoint.size, reader(folder))
        rows = leaves.since(self.db, 0)
        for seq, record in enumerate(self._records(tree)):
            row = next(rows, None)
            if row is None:
                self.problems.append((f"leaf {seq}", "is signed, but the catalog has it no more"))
                return
            if leaf_record(row) != record:
                self.problems.append((f"leaf {seq}", "the catalog's is not the one that was signed"))
        self.count["unsealed"] = sum(1 for _ in rows)
        edge, files = Edge().grown(self._records(tree))
        for path, data in files:
            if not folder.has(path) or folder.get(path) != data:
                self.problems.append((f"ledger/{path}", "does not follow from the leaves"))
        if edge.root != checkpoint.root:
            self.problems.append(("ledger/checkpoint", "its root is not that of the leaves"))

    @staticmethod
    def _records(tree: Tree) -> Iterator[bytes]:
        for index in range(-(-tree.size // 256)):
            yield from tree.records(index)

    def _against(self, file: Path) -> None:
        try:
            self.problems += [(str(file), said) for said in witnessing.contradictions(self.archive, file.read_bytes())]
        except (OSError, TearsheetError) as error:
            self.problems.append((str(file), str(error)))

    def _stamps(self) -> None:
        """Check that each time stamp is as it came, and for a checkpoint of this log."""
        for one in stamping.stamps(self.archive):
            self.count["stamps"] += 1
            thing = f"ledger/{stamping.STAMPS}/{one.name}"
            if not one.note or not one.reply:
                self.problems.append((thing, "the checkpoint is missing" if one.reply else "the time stamp is missing"))
                continue
            if not one.is_as_it_came:
                self.problems.append((thing, "is not as it came: its digests are others, or missing"))
            try:
                stamping.told(self.archive, one.reply, one.note)
                self.problems += [(thing, said) for said in witnessing.contradictions(self.archive, one.note)]
            except TearsheetError as error:
                self.problems.append((thing, str(error)))

    def _leaves(self, id: str) -> None:
        """Check that every leaf stands for what the catalog says it does."""
        signed = self._signed()
        for kept in leaves.of_article(self.db, id) if id else leaves.kept(self.db):
            self.count["leaves"] += 1
            if not kept.salt:
                self.count["removed"] += 1
            elif subject(kept.record, kept.salt) != kept.leaf.subject or not signed(kept.leaf):
                self.problems.append(
                    (f"leaf {kept.leaf.seq}", f"the {kept.leaf.event} it stands for is missing or was changed")
                )
            self._step("leaves", self.count["leaves"])

    def _signed(self) -> Callable[[Leaf], bool]:
        """Return the function that says whether a leaf is the one that was signed, or newer than what was."""
        folder = Folder(self.archive.path / "ledger")
        size = read_checkpoint(folder.get(CHECKPOINT)).size if folder.has(CHECKPOINT) else 0
        bundle = lru_cache(maxsize=2)(Tree(size, reader(folder)).records)
        return lambda leaf: leaf.seq >= size or bundle(leaf.seq // 256)[leaf.seq % 256] == leaf_record(leaf)

    def _files(self) -> None:
        """Check every record of every WARC file, also those that the catalog does not point to: requests, redirects."""
        for noted in warcfiles.noted(self.db):
            path = self.archive.warc_folder / noted.name
            if not path.is_file():
                self.problems.append((f"warc/{noted.name}", "is missing"))
            elif (path.stat().st_size, digest_of(path)) != (noted.size, noted.digest):
                self.problems.append(
                    (f"warc/{noted.name}", "is not the file that was closed and entered in the ledger")
                )
        for file in sorted(file for file in below(self.archive.warc_folder) if file.name.endswith(".warc.gz")):
            name = file.relative_to(self.archive.warc_folder).as_posix()
            records, damages = warc.check(file, name=name)
            self.problems += [(f"warc/{name}", damage.told) for damage in damages]
            self.progress(Step(stage="records", done=records, note=name))

    def _published(self) -> None:
        """Check that the pages and posts in the archive's folders are as they were built."""
        self.problems += published.changed(self.archive)

    def _captures(self, id: str) -> None:
        """Check that every capture can be read at its place, and that its digests hold."""
        for kept in checking.captures(self.db, id):
            self.count["captures"] += 1
            try:
                said = _difference(kept, warc.get(self.archive.warc_folder, kept.place))
                if said:
                    self.problems.append((kept.url, f"the {said} at {kept.place.file}:{kept.place.offset} {_NOT_IT}"))
            except TearsheetError as error:
                self.problems.append((kept.url, str(error)))
            self._step("captures", self.count["captures"])

    def _revisions(self, id: str) -> None:
        for article, number, said in checking.wordings(self.db, id):
            self.count["revisions"] += 1
            if said:
                self.problems.append((f"{article} wording {number}", said))
            self._step("wordings", self.count["revisions"])

    def _pictures(self, id: str) -> None:
        folder = self.archive.media_folder
        for name, digest in checking.media(self.db, id):
            self.count["pictures"] += 1
            if not folder.has(name):
                self.problems.append((f"media/{name}", "is missing"))
            elif hashlib.sha256(folder.get(name)).digest() != digest:
                self.problems.append((f"media/{name}", "was changed"))

    def _step(self, stage: str, done: int) -> None:
        if done % 100 == 0:
            self.progress(Step(stage=stage, done=done))


def _difference(kept: checking.Kept, capture: Capture) -> str:
    """Return what of a capture is not as the catalog has it: its body, its date or its address; nothing if all is."""
    if raw_digest(capture.digest) != kept.digest:
        return "body"
    if to_ms(capture.captured_at) != to_ms(kept.at):
        return "date"
    return "" if capture.final_url == uri(kept.url).strip("<>") else "address"
