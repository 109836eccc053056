"""WACZ files of an archive: all of it, what one source listed, or one article with its pictures, for players of web archives."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tearsheet.archive import Archive
from tearsheet.errors import BadWarc, NotFound
from tearsheet.files import disk, sync
from tearsheet.flow.clock import now
from tearsheet.flow.proof import proof
from tearsheet.model import Step
from tearsheet.store import packaging
from tearsheet.store.packaging import Choice
from tearsheet.warc import Label, Page, WaczWriter

PROOF = "proof"
"""Where an article's proof stands in its WACZ file."""


@dataclass(slots=True, kw_only=True)
class Packaged:
    """What went into a WACZ file. `troubles` are (thing, message) of records that could not, or not whole."""

    pages: int = 0
    records: int = 0
    bytes: int = 0
    troubles: list[tuple[str, str]] = field(default_factory=list)


def export_wacz(
    archive: Archive,
    out: Path,
    *,
    article: str = "",
    source: str = "",
    progress: Callable[[Step], None] = lambda step: None,
) -> Packaged:
    """Return what was written to the file `out`: records as they lie in the archive, their index, and a page for each wording.

    With `article` (an id) only what belongs to it: its captures and its pictures; with `source` (an address) the source's own
    answers and all articles that it listed. The file is there whole or not at all.

    Raises:
        NoSuchArticle, NoSuchSource: there is none. NotFound: there is nothing to write. DiskTrouble: it could not be written.
    """
    choice = Choice(article=archive.article(article).id if article else "", source=source)
    return _placed(archive, out, choice, progress=progress)


def proof_wacz(archive: Archive, out: Path, key: str) -> Packaged:
    """Return what was written to the file `out`: the article `key` as `export_wacz` does, and its proof under `proof/`.

    Players show the pages; unpacked, `proof/` is the folder that `tearsheet proof` writes.

    Raises:
        NoSuchArticle: there is none. BadLedger: the ledger is broken. DiskTrouble: it could not be written.
    """
    beside = [(f"{PROOF}/{name}", data) for name, data in proof(archive, key)]
    return _placed(archive, out, Choice(article=archive.article(key).id), beside=beside)


def _placed(
    archive: Archive,
    out: Path,
    choice: Choice,
    *,
    progress: Callable[[Step], None] = lambda step: None,
    beside: Iterable[tuple[str, bytes]] = (),
) -> Packaged:
    part = out.with_name(out.name + ".part")
    with disk(out):
        try:
            found = _written(archive, part, choice, progress=progress, beside=beside)
            sync(part)
            part.replace(out)
            sync(out.parent)
        finally:
            part.unlink(missing_ok=True)
        found.bytes = out.stat().st_size
    return found


def _written(
    archive: Archive,
    part: Path,
    choice: Choice,
    *,
    progress: Callable[[Step], None],
    beside: Iterable[tuple[str, bytes]],
) -> Packaged:
    db, at, found = archive.store.db, now(), Packaged()
    total = packaging.count(db, choice)
    lost: set[tuple[str, int]] = set()
    empty = 0
    with WaczWriter(part, archive.warc_folder, at=at) as writer:
        for done, place in enumerate(packaging.places(db, choice), start=1):
            progress(Step(stage="records", done=done, total=max(total, done), note=place.file))
            try:
                record = writer.keep(place)
                empty += record is not None and record.left_out
            except BadWarc as error:
                lost.add((place.file, place.offset))
                found.troubles.append((error.thing, str(error)))
        if not writer.records and not beside:
            raise NotFound(archive.path.name, "no capture is kept of what was asked for, so a package would be empty")
        pages = list(_pages(archive, choice, lost))
        writer.finish(pages, _label(archive, choice, at, pages), beside=beside)
        found.records, found.pages = writer.records, len(pages)
    if empty:
        found.troubles.append(
            (archive.path.name, f"{empty:,} records are without their bodies: players show empty pages")
        )
    if imported := packaging.posts(db, choice):
        found.troubles.append(
            (archive.path.name, f"{imported:,} of the articles came in as posts: there is no captured page to show")
        )
    return found


def _pages(archive: Archive, choice: Choice, lost: set[tuple[str, int]]) -> Iterator[Page]:
    for wording in packaging.wordings(archive.store.db, choice):
        if (wording.place.file, wording.place.offset) not in lost:
            yield Page(url=wording.url, at=wording.at, title=wording.title)


def _label(archive: Archive, choice: Choice, at: datetime, pages: list[Page]) -> Label:
    title = archive.settings.site.title
    what = f"{len(pages):,} pages"
    if choice.article and pages:
        return Label(title=pages[-1].title, description=f"{title}: one article", created=at, main=pages[-1])
    description = f"{what} of {choice.source}" if choice.source else what
    return Label(title=title, description=description, created=at)
