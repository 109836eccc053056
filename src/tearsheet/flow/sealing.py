"""Sealing: committed leaves become tiles, and a signed checkpoint says how many there are. Never a second history."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.config import SETTINGS_FILE, SOURCES_FILE
from tearsheet.errors import BadLedger, NotFound
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
    told_by,
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
    lock guards it, so that two updates never sign beside each other. Tiles that are lost are made anew.

    Raises:
        BadLedger: the catalog lacks leaves that were signed, as a restored backup does: it must not sign another history.
    """
    try:
        return _sealed(archive)
    except BadLedger:
        if not mend_tiles(Folder(archive.path / "ledger"), archive.store.db):
            raise
        return _sealed(archive)


def mend_tiles(folder: Folder, db: sqlite3.Connection) -> int:
    """Return how many missing or changed files of the ledger in `folder` were made anew from the leaves of the catalog `db`.

    Only if these have the very root that was signed: then there is no other history that the files could have told.
    """
    signed = last_checkpoint(folder)
    if signed is None:
        return 0
    edge, files = Edge().grown(map(leaf_record, islice(leaves.since(db, 0), signed.size)))
    if edge.root != signed.root:
        return 0
    lost = [file for file in files if not folder.has(file.path) or folder.get(file.path) != file.data]
    for path, data in lost:
        folder.put(path, data)
    return len(lost)


def _sealed(archive: Archive) -> Checkpoint:
    folder = Folder(archive.path / "ledger")
    _last(archive, folder)
    note_settings(archive)
    archive.close_warc()
    note_files(archive, warcfiles.unnoted(archive.store.db))
    with archive.store.transaction() as db:
        last = _last(archive, folder)
        if last is None and _are_others(folder, db):
            raise BadLedger(
                str(archive.path),
                "the checkpoint is missing, and the tiles are not those of the catalog: restore the newest backup",
            )
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


def last_checkpoint(folder: Folder) -> Checkpoint | None:
    """Return the newest checkpoint of the ledger in `folder`, or None if there is none.

    Raises:
        BadLedger: it cannot be read.
    """
    try:
        return read_checkpoint(folder.get(CHECKPOINT))
    except NotFound:
        return None
    except BadLedger as error:
        raise BadLedger(str(folder.root / CHECKPOINT), f"{error}; take it from a backup, or remove it") from error


def _last(archive: Archive, folder: Folder) -> Checkpoint | None:
    """Return the last checkpoint, if there is one, after a look whether the catalog goes on from it."""
    last = last_checkpoint(folder)
    total = leaves.count(archive.store.db)
    if last and total < last.size:
        raise BadLedger(
            str(archive.path),
            f"{last.size} leaves were signed, {total} are here: run `tearsheet rebuild`, or restore the newest backup",
        )
    if last and last.size:
        signed = Tree(last.size, reader(folder)).records((last.size - 1) // 256)[-1]
        if signed != leaf_record(next(leaves.since(archive.store.db, last.size - 1))):
            raise BadLedger(
                str(archive.path),
                f"leaf {last.size - 1} is not the one that was signed: run `tearsheet rebuild`, or restore the newest backup",
            )
    return last


def _are_others(folder: Folder, db: sqlite3.Connection) -> bool:
    """Return whether tiles that no checkpoint sums up tell of other leaves than the catalog `db` has."""
    told = told_by(folder.names())
    edge, files = Edge().grown(map(leaf_record, islice(leaves.since(db, 0), told)))
    return edge.size < told or any(folder.has(path) and folder.get(path) != data for path, data in files)


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
