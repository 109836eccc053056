"""What killed commands wrote and never committed: files under `media/` that no row names, records of which no row tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.files import below
from tearsheet.model import Place
from tearsheet.store import journal, keeping, warcfiles
from tearsheet.store import sources as source_rows
from tearsheet.store.worker import is_held
from tearsheet.warc import Record
from tearsheet.warc.records import CONVERSION_OF

_OURS = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})(?:-400)?\.\w+")


def sweep_media(archive: Archive) -> None:
    """Remove what killed updates have left under `media/`: half files, and whole ones that no picture of the catalog has.

    Whole ones stay while an update lives that has claimed something: it writes pictures before it commits their rows.
    """
    archive.media_folder.sweep()
    # Found first and looked at again once nobody claims: others are not to wait while all of `media/` is walked.
    nobodys = [name for name in archive.media_folder.names() if _is_nobodys(archive, name)]
    if not nobodys:
        return
    with archive.store.transaction() as db:  # in which nobody claims
        if any(is_held(archive.path / "run" / f"{name}.lock") for name in source_rows.workers(db)):
            return
        for name in nobodys:
            if _is_nobodys(archive, name):
                archive.media_folder.remove(name)


def _is_nobodys(archive: Archive, name: str) -> bool:
    found = _OURS.fullmatch(name)
    return found is not None and not keeping.has_media(archive.store.db, name, digest=bytes.fromhex(found[1]))


@dataclass(frozen=True, slots=True)
class Stray:
    """A record of which the catalog does not tell: of the address `url`, or a page of our journal that was never committed."""

    place: Place
    url: str = ""


def strays(archive: Archive) -> Iterator[Stray]:
    """Yield every such record, but for the request of an answer of which the catalog tells.

    Only what lies between the records that the catalog knows is unpacked. Files that a living process writes are left to it,
    and so is what another archive's journal tells. What is found may be committed meanwhile: ask again before it is touched.
    """
    pages = {id for _, id, _ in journal.places(archive.store.db)}
    known = set()
    for name, gaps in warcfiles.gaps(archive.store.db):
        known.add(name)
        yield from _strays_in(archive, name, gaps, pages)
    for file in below(archive.warc_folder):
        name = file.relative_to(archive.warc_folder).as_posix()
        if name.endswith(".warc.gz") and name not in known:
            yield from _strays_in(archive, name, [(0, None)], pages)


def _strays_in(archive: Archive, name: str, gaps: warcfiles.Gaps, pages: set[str]) -> Iterator[Stray]:
    file = archive.warc_folder / name
    if not file.exists() or (warc.is_open(file) and is_held(file)):
        return
    for record, follows in warc.read_gaps(file, gaps, name=name):
        place = Place(file=name, offset=record.offset, length=record.length)
        if _is_page(record):
            page = journal.read_head(record.block)
            if page.id in pages or page.after in pages:
                yield Stray(place)
        elif record.url and not (record.type == "request" and follows):
            yield Stray(place, record.url.removeprefix(CONVERSION_OF))


def _is_page(record: Record) -> bool:
    return record.type == "metadata" and record.field("Content-Type") == journal.PAGE_TYPE
