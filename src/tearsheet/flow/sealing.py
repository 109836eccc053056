"""Sealing: committed leaves become tiles, and a signed checkpoint says how many there are. Never a second history."""

import secrets
from collections.abc import Callable

from tearsheet.archive import Archive
from tearsheet.errors import BadLedger
from tearsheet.files import Folder
from tearsheet.ledger import (
    EMPTY_ROOT,
    Checkpoint,
    Edge,
    Signer,
    leaf_record,
    load_edge,
    origin_of,
    read_checkpoint,
)
from tearsheet.store import leaves

CHECKPOINT = "checkpoint"
STAMP = "checkpoint.tsr"
KEY = "ledger.key"
LOT = 20_000


def seal(archive: Archive) -> Checkpoint:
    """Return the newest checkpoint, signed if there was anything new to sign.

    Tiles are written and fsynced first, the checkpoint last: killed in between, the next run writes the same tiles again. One
    lock guards it, so that two updates never sign beside each other.

    Raises:
        BadLedger: the catalog holds fewer leaves than were signed, as a restored backup does: it must not sign another history.
    """
    with archive.store.transaction() as db:
        folder = Folder(archive.path / "ledger")
        last = read_checkpoint(folder.get(CHECKPOINT)) if folder.has(CHECKPOINT) else None
        size = last.size if last else 0
        total = leaves.count(db)
        if total < size:
            raise BadLedger(
                str(archive.path),
                f"{size} leaves were signed, {total} are here: restore the newest backup, or begin a new log",
            )
        if last and total == size:
            return last
        edge = load_edge(size, reader(folder))
        if (edge.root if size else EMPTY_ROOT) != (last.root if last else EMPTY_ROOT):
            raise BadLedger(str(archive.path), "the tiles do not agree with the last checkpoint")
        edge = _grow(archive, folder, edge)
        signer = signer_of(archive)
        checkpoint = Checkpoint(origin=signer.verifier.name, size=edge.size, root=edge.root)
        folder.put(CHECKPOINT, signer.signed(checkpoint))
        return checkpoint


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
