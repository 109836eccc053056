"""Sealing: committed leaves become tiles, and a signed checkpoint says how many there are. Never a second history."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.errors import BadLedger
from tearsheet.files import Folder
from tearsheet.flow.clock import now
from tearsheet.ledger import (
    EMPTY_ROOT,
    Checkpoint,
    Edge,
    Signer,
    Tree,
    leaf_record,
    load_edge,
    origin_of,
    read_checkpoint,
)
from tearsheet.store import leaves, warcfiles
from tearsheet.store.warcfiles import WarcFile

CHECKPOINT = "checkpoint"
STAMP = "checkpoint.tsr"
KEY = "ledger.key"
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
    note_files(archive, warcfiles.unnoted(archive.store.db))
    with archive.store.transaction() as db:
        last = _last(archive, folder)
        size = last.size if last else 0
        if last and leaves.count(db) == size:
            return last
        edge = load_edge(size, reader(folder))
        if (edge.root if size else EMPTY_ROOT) != (last.root if last else EMPTY_ROOT):
            raise BadLedger(str(archive.path), "the tiles do not agree with the last checkpoint")
        edge = _grow(archive, folder, edge)
        signer = signer_of(archive)
        checkpoint = Checkpoint(origin=signer.verifier.name, size=edge.size, root=edge.root)
        folder.put(CHECKPOINT, signer.signed(checkpoint))
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
    files = [
        WarcFile(name=name, size=path.stat().st_size, digest=digest_of(path))
        for name in names
        if (path := archive.warc_folder / name).is_file() and not warc.is_open(path)
    ]
    if files:
        with archive.store.transaction() as db:
            warcfiles.note(db, files, at=now())


def digest_of(path: Path) -> bytes:
    """Return the SHA-256 of the file at `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def signer_of(archive: Archive) -> Signer:
    """Return the archive's signer; its key is drawn when it is first needed, and lies in `ledger.key`, readable by its owner."""
    file = archive.path / KEY
    if not file.exists():
        Folder(archive.path).put(KEY, secrets.token_bytes(32).hex().encode() + b"\n")
        file.chmod(0o600)
    settings = archive.settings
    name = settings.ledger.origin or settings.site.base_url or settings.site.title
    try:
        return Signer(origin_of(name), bytes.fromhex(file.read_text(encoding="ascii").strip()))
    except ValueError as error:
        raise BadLedger(str(file), "not a key of 32 bytes in hexadecimal") from error


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
