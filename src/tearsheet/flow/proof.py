"""A proof of one article: its leaves, their paths to a signed checkpoint, and the bytes they stand for, as files."""

from collections.abc import Iterator

from tearsheet import warc
from tearsheet.archive import Archive
from tearsheet.errors import NotFound, TearsheetError
from tearsheet.files import Folder
from tearsheet.flow.keys import signer_of
from tearsheet.flow.sealing import CHECKPOINT, reader, seal
from tearsheet.flow.stamping import stamps
from tearsheet.ledger import Evidence, Proof, Tree, Verifier, proof_files, read_checkpoint
from tearsheet.model import Article
from tearsheet.store import leaves, reading


def proof(archive: Archive, key: str) -> Iterator[tuple[str, bytes]]:
    """Yield the (path, bytes) of a folder with which anyone checks, without Tearsheet, what is kept of the article `key`.

    Raises:
        NoSuchArticle: there is none. BadLedger: the ledger is broken; see `tearsheet verify`.
    """
    article = archive.article(key)
    if not archive.store.read_only:  # what is not signed there cannot be proved from there
        seal(archive)
    folder = Folder(archive.path / "ledger")
    tree = Tree(read_checkpoint(folder.get(CHECKPOINT)).size, reader(folder))
    signer = signer_of(archive)
    kept = [each for each in leaves.of_article(archive.store.db, article.id) if each.leaf.seq < tree.size]
    if not kept:
        raise NotFound(article.id, "nothing of it stands in the ledger")
    note, token = _checkpoint(archive, signer.verifier, last=kept[-1].leaf.seq)
    size = read_checkpoint(note).size
    evidence = tuple(
        Evidence(leaf=each.leaf, record=each.record, salt=each.salt, path=tree.inclusion(each.leaf.seq, size))
        for each in kept
    )
    yield from proof_files(
        Proof(
            about=f"{article.title} ({article.url}), {article.revisions} wording{'' if article.revisions == 1 else 's'}",
            checkpoint=note,
            key=signer.verifier,
            evidence=evidence,
            minisign=signer.minisign(note, f"checkpoint of {signer.verifier.name}"),
            token=token,
            files=dict(_bytes(archive, article)),
        )
    )


def _checkpoint(archive: Archive, key: Verifier, *, last: int) -> tuple[bytes, bytes]:
    """Return the checkpoint to prove by and its time stamp: the first stamped one after leaf `last`, or the newest without."""
    for stamped in stamps(archive):
        if stamped.note and stamped.reply and stamped.size > last and key.claims(stamped.note):
            return stamped.note, stamped.reply
    return Folder(archive.path / "ledger").get(CHECKPOINT), b""


def _bytes(archive: Archive, article: Article) -> Iterator[tuple[str, bytes]]:
    """Yield what the records name by digest: every page as it came, every wording as JSON."""
    for row in reading.captures(archive.store.db, article.id):
        name = row.digest.removeprefix("sha256:")
        try:
            capture = warc.get(archive.warc_folder, row.place)
            if capture.left_out:
                yield f"{name}.missing.txt", b'This archive keeps no pages: [warc] body = "none".\n'
            else:
                yield f"{name}.html", capture.body
        except TearsheetError as error:
            yield f"{name}.missing.txt", f"{error}\n".encode()
    for number, data in reading.wording_bytes(archive.store.db, article.id):
        yield f"wording-{number}.json", data
