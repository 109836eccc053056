"""What killed commands wrote and never committed: files under `media/` that no row names, records behind the last one known."""

import re
from collections.abc import Callable, Iterator

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
    with archive.store.transaction() as db:  # in which nobody claims
        if any(is_held(archive.path / "run" / f"{name}.lock") for name in source_rows.workers(db)):
            return
        for name in archive.media_folder.names():
            if (found := _OURS.fullmatch(name)) and not keeping.has_media(db, name, digest=bytes.fromhex(found[1])):
                archive.media_folder.remove(name)


def uncommitted(archive: Archive, *, is_theirs: Callable[[str], bool]) -> Iterator[Place]:
    """Yield the places of records that were never committed and tell of what `is_theirs`, by its address, or of who knows what.

    That are pages of the journal that follow one of ours. Files that a living process writes are left to it, and so is all that
    another archive has written.
    """
    ends = warcfiles.ends(archive.store.db)
    pages = {id for _, id, _ in journal.places(archive.store.db)}
    for file in below(archive.warc_folder):
        name = file.relative_to(archive.warc_folder).as_posix()
        if not name.endswith(".warc.gz") or (warc.is_open(file) and is_held(file)):
            continue
        if file.stat().st_size > (end := ends.get(name, 0)):
            for record in warc.read(file, verify=False, start=end, name=name):
                if is_theirs(record.url.removeprefix(CONVERSION_OF)) or _follows(record, pages):
                    yield Place(file=name, offset=record.offset, length=record.length)


def _follows(record: Record, pages: set[str]) -> bool:
    """Return whether a record is a page of the journal that was to follow one of `pages`."""
    if record.type != "metadata" or record.field("Content-Type") != journal.PAGE_TYPE:
        return False
    page = journal.read_head(record.block)
    return page.id not in pages and page.after in pages
