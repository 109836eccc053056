"""A checkpoint that was kept elsewhere, in whatever form, against the ledger as it is now."""

from collections.abc import Iterator
from hashlib import sha256

from tearsheet.archive import Archive
from tearsheet.errors import BadLedger
from tearsheet.files import Folder
from tearsheet.flow import keys
from tearsheet.flow.sealing import CHECKPOINT, reader
from tearsheet.flow.stamping import stamps, told
from tearsheet.ledger import Checkpoint, Tree, imprint_of, notes_in, printed_in


def contradictions(archive: Archive, data: bytes) -> Iterator[str]:
    """Yield what the ledger no longer says of all that a kept checkpoint in `data` says.

    `data` is a checkpoint as it was signed, or a mail, feed or page that holds one, or the number of leaves and the root hash as
    they are printed, or the reply of a time-stamping authority.

    Raises:
        BadLedger: it holds no checkpoint of this archive, or the ledger has none.
    """
    folder = Folder(archive.path / "ledger")
    now = keys.opened(archive, folder.get(CHECKPOINT))
    tree = Tree(now.size, reader(folder))
    if data[:1] == b"\x30":
        yield from _compared(tree, _stamped(archive, data))
    elif notes := notes_in(data):
        for note in _ours(archive, notes):
            yield from _compared(tree, note)
    else:
        yield from _printed(tree, data)


def is_none(data: bytes) -> bool:
    """Return whether there is no checkpoint in `data`, in none of the forms in which one may be kept."""
    return data[:1] != b"\x30" and not notes_in(data) and not printed_in(data)


def _compared(tree: Tree, old: Checkpoint) -> Iterator[str]:
    if old.size > tree.size:
        yield f"signed {old.size} leaves, the ledger has {tree.size}"
    elif tree.root(old.size) != old.root:
        yield f"the first {old.size} leaves are not those it signed"


def _ours(archive: Archive, notes: list[bytes]) -> Iterator[Checkpoint]:
    """Yield the checkpoints that a key of this archive has signed; a mail may hold those of other logs too."""
    ours = [note for note in notes if keys.claims(archive, note)]
    if not ours:
        raise BadLedger("checkpoint", "not signed by a key of this archive")
    for note in ours:
        yield keys.opened(archive, note)


def _printed(tree: Tree, data: bytes) -> Iterator[str]:
    """Compare what is printed without a signature. Beside a root may stand other numbers than that of its leaves."""
    sizes: dict[bytes, list[int]] = {}
    for one in printed_in(data):
        sizes.setdefault(one.root, []).append(one.size)
    for root, found in sizes.items():
        if not any(size <= tree.size and tree.root(size) == root for size in found):
            most = max(found)
            yield (
                f"says {most} leaves, the ledger has {tree.size}"
                if min(found) > tree.size
                else f"the first {found[0]} leaves are not those it names"
            )


def _stamped(archive: Archive, reply: bytes) -> Checkpoint:
    """Return the checkpoint that a time stamp is for; the archive keeps a copy of each that was stamped."""
    imprint = imprint_of(reply)
    for stamped in stamps(archive):
        if sha256(stamped.note).digest() == imprint:
            told(archive, reply, stamped.note)
            return keys.opened(archive, stamped.note)
    raise BadLedger("time stamp", "the checkpoint that it is for is not in this archive")
