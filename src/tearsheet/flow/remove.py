"""Removal: an article, or all that one source alone listed, taken out of catalog, index, pictures and WARC files for good."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce
from operator import or_

from tearsheet import urls, warc
from tearsheet.archive import CATALOG_FILE, Archive
from tearsheet.errors import BadWarc, NoSuchArticle
from tearsheet.files import disk
from tearsheet.flow.clock import now
from tearsheet.flow.leftovers import strays, sweep_media
from tearsheet.flow.sealing import closed_files, seal
from tearsheet.model import Place
from tearsheet.store import journal, removing, translated, warcfiles
from tearsheet.store.forgetting import Forgetting, Forgotten
from tearsheet.store.journal import Page
from tearsheet.store.removing import Heirs, Taken

PENDING = "removal"
"""Under this key the catalog remembers what of a removal is still to be done outside of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was removed. `bytes` were overwritten in WARC files or deleted; `kept_as_proof` says what stays."""

    articles: int = 0
    captures: int = 0
    pictures: int = 0
    bytes: int = 0
    kept_as_proof: tuple[str, ...] = ()


def remove(archive: Archive, key: str, *, reason: str, source: bool = False) -> Removed:
    """Take out the article `key` or, with `source`, every article that the source `key` alone lists.

    Words, raw captures and pictures are erased, and the addresses do not come in again. The ledger keeps the leaves, which no
    longer say of what, and a notice with `reason`. Interrupted, it goes on with the next command that opens the archive to write.

    Raises:
        NoSuchArticle, NoSuchSource: there is none.
    """
    ns = _wanted(archive, key, source=source)
    if not ns:
        raise NoSuchArticle(key, "nothing to remove")
    done = []
    warc.trim(archive.warc_folder, acknowledged=partial(warcfiles.told, archive.store.db))
    # All that is read is read before: others are not to wait meanwhile.
    found = list(strays(archive))
    heirs = removing.heirs(archive.store.db, ns)
    read = _read(archive, _rehearsed(archive, ns, heirs))
    with archive.store.transaction() as db:
        at: datetime = now()
        removing.bequeath(db, ns, known=heirs)
        done = [removing.take_out(db, n, reason=reason, at=at) for n in ns]
        shown = {url for taken in done for url in taken.shown}
        told = warcfiles.told_at(db, {stray.place.file for stray in found}) if found else set()
        for stray in found:
            if stray.place not in told and (not stray.url or stray.url in shown or _is_removed(archive, stray.url)):
                removing.to_erase(db, stray.place)
        _forget_pages(archive, _together(done), read)
        media, seqs = _pending(archive)
        media += [name for taken in done for name in taken.media]
        seqs += [seq for taken in done for seq in taken.seqs]
        archive.store.set_state(PENDING, json.dumps([media, seqs]))
    freed = finish_removals(archive)
    seal(archive)
    leaves = sum(len(taken.leaves) for taken in done)
    return Removed(
        articles=len(done),
        captures=sum(taken.captures for taken in done),
        pictures=sum(taken.pictures for taken in done),
        bytes=freed,
        kept_as_proof=(
            f"{leaves} {'leaf' if leaves == 1 else 'leaves'} of the ledger, unreadable now",
            f"{len(done)} notice{'s' if len(done) != 1 else ''} of removal{reason and f': {reason}'}",
        ),
    )


def finish_removals(archive: Archive) -> int:
    """Do what removals, also interrupted ones, have left to do; return how many bytes were overwritten or deleted.

    Pictures, words in the index, and last the records in WARC files; each may be done again.
    """
    media, seqs = _pending(archive)
    freed = _forget_media(archive, media)
    if seqs:
        with translated("the index"):
            for seq in seqs:
                archive.index.remove(seq)
            archive.index.commit()
            archive.index.forget()
    freed += erase_pending(archive)
    if media or seqs or freed:
        sweep_media(archive)
        # The catalog as it was before a migration or a rebuild, and what a killed rebuild left.
        for old in (*archive.path.glob(f"{CATALOG_FILE}.before-*"), *archive.path.glob(f"{CATALOG_FILE}.rebuilt*")):
            with disk(old):
                old.unlink()
        with archive.store.transaction():
            archive.store.set_state(PENDING, "")
        archive.store.fold()
    return freed


def _pending(archive: Archive) -> tuple[list[str], list[int]]:
    """Return the names of pictures and the numbers in the index that are still to be forgotten."""
    media, seqs = json.loads(archive.store.state(PENDING) or "[[], []]")
    return media, seqs


def erase_pending(archive: Archive) -> int:
    """Overwrite every record that a removal has noted; return how many bytes that were."""
    pending = removing.erasures(archive.store.db)
    places: dict[str, list[Place]] = {}
    for _, place in pending:
        places.setdefault(place.file, []).append(place)
    for name, answers in places.items():
        # The answers last: they are what leads to the rest, should this be interrupted.
        answers[:0] = _companions(archive, name, {place.offset for place in answers})
        for place in answers:
            warc.erase(archive.warc_folder, place, notice=removing.NOTICE)
    if pending:
        files = closed_files(archive, places)
        with archive.store.transaction() as db:
            for n, _ in pending:
                removing.erased(db, n)
            warcfiles.note(db, files, at=now())
    return sum(place.length for found in places.values() for place in found)


def _companions(archive: Archive, name: str, offsets: set[int]) -> list[Place]:
    """Return the places of requests and redirects that belong to the answers at `offsets`, but for what the catalog lists."""
    listed = removing.offsets(archive.store.db, name)
    found = warc.companions(archive.warc_folder, name, offsets, is_theirs=partial(_is_removed, archive))
    return [place for place in found if place.offset not in listed]


def _is_removed(archive: Archive, url: str) -> bool:
    address = urls.canonical(url)
    return removing.is_removed(archive.store.db, [address, *urls.variants(address)])


def _together(done: Iterable[Taken]) -> Forgotten:
    return reduce(or_, (taken.forgotten for taken in done))


def _rehearsed(archive: Archive, ns: list[int], heirs: Heirs) -> Forgotten:
    """Return what the journal would have to forget if the articles `ns` were taken out now."""
    with archive.store.rehearsal() as db:
        removing.bequeath(db, ns, known=heirs)
        return _together([removing.take_out(db, n, reason="", at=now()) for n in ns])


@dataclass(slots=True)
class Read:
    """What reading the journal up to its page `upto` has shown: the numbers of the `pages` that matter to what is `forgotten`.

    `articles` are the numbers that its articles have at the end.
    """

    forgotten: Forgotten
    pages: list[int] = field(default_factory=list)
    upto: int = 0
    articles: frozenset[object] = frozenset()


def _read(archive: Archive, forgotten: Forgotten, had: Read | None = None) -> Read:
    """Return which pages matter to what is `forgotten`, going on from what was read before.

    Pages are read from the first on: removing is rare, and an index of who stands on which page would cost every article.
    """
    read = had or Read(forgotten)
    forgetting = Forgetting(forgotten, read.articles)
    for number, _, place in journal.places(archive.store.db, after=read.upto):
        turns = forgetting.turns
        page, _ = _page(archive, number, place)
        if page and (forgetting.page(page) or forgetting.turns > turns):
            read.pages.append(number)
        read.upto = number
    read.articles = frozenset(forgetting.articles)
    return read


def _page(archive: Archive, number: int, place: Place | None = None) -> tuple[Page | None, Place]:
    """Return page `number` and where it lies now: another removal may have written it anew since it was at `place`."""
    now_at = place or next(found for _, _, found in journal.places(archive.store.db, after=number - 1, upto=number))
    try:
        return journal.read_page(warc.get(archive.warc_folder, now_at).body), now_at
    except (BadWarc, ValueError):
        # Damaged where it is said to lie now, too: `verify` names it, and a rebuild cannot read it either.
        return _page(archive, number) if place else (None, now_at)


def _forget_pages(archive: Archive, forgotten: Forgotten, read: Read) -> None:
    """Write each page of the journal that tells of what is `forgotten` anew, without it; the old one is to be overwritten.

    What was `read` before saves reading any but these and those that came since, unless more is to be forgotten now.
    """
    db = archive.store.db
    read = _read(archive, forgotten, read if forgotten <= read.forgotten else None)
    forgetting = Forgetting(forgotten)
    for number in read.pages:
        page, place = _page(archive, number)
        if page and (fresh := forgetting.page(page)):
            removing.to_erase(db, place)
            written = archive.writer.keep_metadata(fresh.data(), journal.PAGE_TYPE, at=page.at, id=fresh.record_id)
            journal.written(db, fresh, written)


def _wanted(archive: Archive, key: str, *, source: bool) -> list[int]:
    if source:
        return removing.article_ns(archive.store.db, source=archive.find_source(key).url)
    return removing.article_ns(archive.store.db, id=archive.article(key).id)


def _forget_media(archive: Archive, names: Iterable[str]) -> int:
    freed = 0
    for name in names:
        if archive.media_folder.has(name):
            freed += len(archive.media_folder.get(name))
            archive.media_folder.remove(name)
    return freed
