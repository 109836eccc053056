"""Sealing: committed leaves become tiles, and a signed checkpoint says how many there are. Never a second history."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.config import SETTINGS_FILE, SOURCES_FILE
from tearsheet.errors import BadLedger
from tearsheet.files import Folder
from tearsheet.flow.clock import now
from tearsheet.flow.keys import signer_of
from tearsheet.ledger import (
    EMPTY_ROOT,
    Checkpoint,
    Edge,
    Tree,
    leaf_record,
    load_edge,
    read_checkpoint,
)
from tearsheet.store import leaves, warcfiles
from tearsheet.store.warcfiles import WarcFile

CHECKPOINT = "checkpoint"
FORMER = "former"
"""Under `ledger/`: the last checkpoint of each log that this one goes on from, by its size."""
SIGNED = "signed"
"""Under this key the catalog remembers how many leaves were signed: without, tiles alone are those of a run that was killed."""
LOT = 20_000


def seal(archive: Archive) -> Checkpoint:
    """Return the newest checkpoint, signed if there was anything new to sign; WARC files that were closed are new.

    Tiles are written and fsynced first, the checkpoint last: killed in between, the next run writes the same tiles again. One
    lock guards it, so that two updates never sign beside each other.

    Raises:
        BadLedger: the catalog lacks leaves that were signed, as a restored backup does: it must not sign another history.
    """
    folder = Folder(archive.path / "ledger")
    _last(archive, folder)
    note_settings(archive)
    archive.close_warc()
    note_files(archive, warcfiles.unnoted(archive.store.db))
    with archive.store.transaction() as db:
        last = _last(archive, folder)
        size = last.size if last else 0
        signer = signer_of(archive)
        if last and leaves.count(db) == size and signer.verifier.claims(folder.get(CHECKPOINT)):
            if archive.store.state(SIGNED) != str(size):
                archive.store.set_state(SIGNED, str(size))
            return last
        edge = load_edge(size, reader(folder))
        if (edge.root if size else EMPTY_ROOT) != (last.root if last else EMPTY_ROOT):
            raise BadLedger(str(archive.path), "the tiles do not agree with the last checkpoint")
        edge = _grow(archive, folder, edge)
        if last and not signer.verifier.claims(folder.get(CHECKPOINT)):
            folder.put(f"{FORMER}/{last.size}", folder.get(CHECKPOINT))
        checkpoint = Checkpoint(origin=signer.verifier.name, size=edge.size, root=edge.root)
        folder.put(CHECKPOINT, signer.signed(checkpoint))
        archive.store.set_state(SIGNED, str(edge.size))
        return checkpoint


def _last(archive: Archive, folder: Folder) -> Checkpoint | None:
    """Return the last checkpoint, if there is one, after a look whether the catalog goes on from it."""
    last = read_checkpoint(folder.get(CHECKPOINT)) if folder.has(CHECKPOINT) else None
    total = leaves.count(archive.store.db)
    if last and total < last.size:
        raise BadLedger(
            str(archive.path),
            f"{last.size} leaves were signed, {total} are here: restore the newest backup, or begin a new log",
        )
    if last and last.size:
        signed = Tree(last.size, reader(folder)).records((last.size - 1) // 256)[-1]
        if signed != leaf_record(next(leaves.since(archive.store.db, last.size - 1))):
            raise BadLedger(
                str(archive.path),
                f"leaf {last.size - 1} is not the one that was signed: restore the newest backup, or begin a new log",
            )
    return last


def note_files(archive: Archive, names: Iterable[str]) -> None:
    """Put the WARC files of these names into the ledger as they are now, but for those that are missing or being written.

    So a change to any byte of them can be seen, also in records that the catalog does not point to.
    """
    files = closed_files(archive, names)
    if files:
        with archive.store.transaction() as db:
            warcfiles.note(db, files, at=now())


def closed_files(archive: Archive, names: Iterable[str]) -> list[WarcFile]:
    """Return the WARC files of these names as they are now, but for those that are missing or being written."""
    return [
        WarcFile(name=name, size=path.stat().st_size, digest=digest_of(path))
        for name in names
        if (path := archive.warc_folder / name).is_file() and not warc.is_open(path)
    ]


def note_settings(archive: Archive) -> None:
    """Put the digests of the settings, the sources and the site definitions into the ledger, if they are not as they were.

    What is followed, and by which rules, is part of the record. Their text is not: it may hold passwords.
    """
    files = [archive.path / SETTINGS_FILE, archive.path / SOURCES_FILE, *(archive.path / "sites").glob("*.toml")]
    digests = {
        file.relative_to(archive.path).as_posix(): digest_of(file).hex() for file in sorted(files) if file.is_file()
    }
    with archive.store.transaction() as db:
        leaves.note_settings(db, digests, at=now())


def digest_of(path: Path) -> bytes:
    """Return the SHA-256 of the file at `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _grow(archive: Archive, folder: Folder, edge: Edge) -> Edge:
    lot: list[bytes] = []
    for leaf in leaves.since(archive.store.db, edge.size):
        lot.append(leaf_record(leaf))
        if len(lot) == LOT:
            edge = _written(folder, edge, lot)
            lot = []
    return _written(folder, edge, lot)


def _written(folder: Folder, edge: Edge, records: list[bytes]) -> Edge:
    grown, files = edge.grown(records)
    for path, data in files:
        folder.put(path, data)
    return grown


def reader(folder: Folder) -> Callable[[str], bytes | None]:
    """Return the function by which a tree reads the tiles in `folder`."""
    return lambda path: folder.get(path) if folder.has(path) else None
