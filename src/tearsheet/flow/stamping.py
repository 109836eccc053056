"""Time stamps: an RFC 3161 token for each checkpoint, got from the server that the settings name, kept with a copy of it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tearsheet.archive import Archive
from tearsheet.config import SETTINGS_FILE
from tearsheet.errors import BadSettings, TearsheetError
from tearsheet.fetch import Fetcher, Request
from tearsheet.files import Folder
from tearsheet.flow.sealing import CHECKPOINT
from tearsheet.ledger import REQUEST_TYPE, claimed_at, read_checkpoint, stamp_request, stamped_at

STAMPS = "stamps"
"""Under `ledger/`: `SIZE-HASH.checkpoint`, a checkpoint as it was signed, `SIZE-HASH.tsr`, the reply for it, and
`SIZE-HASH.sha256`, the digests of both for `sha256sum -c`."""
MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Stamped:
    """A checkpoint that was time-stamped: its name under `ledger/stamps/`, its bytes, the reply for it, the digests of both."""

    name: str
    note: bytes
    reply: bytes
    digests: bytes

    @property
    def size(self) -> int:
        """How many leaves the checkpoint signs."""
        return read_checkpoint(self.note).size

    @property
    def is_as_it_came(self) -> bool:
        """Return whether every byte is as it was kept: most of a reply is a signature, and not everyone can check that."""
        return self.digests == _digests(self.name, self.note, self.reply)


def stamp(archive: Archive, fetcher: Fetcher) -> TearsheetError | None:
    """Ask for a time stamp of the newest checkpoint, if a server is named and it has none; return what kept it from coming.

    A checkpoint that got none is not asked for again once there is a newer one, which covers all that it did.
    """
    folder = Folder(archive.path / "ledger")
    server = archive.settings.ledger.timestamp_server
    if not server or not folder.has(CHECKPOINT):
        return None
    note = folder.get(CHECKPOINT)
    name = _name(note)
    if folder.has(f"{STAMPS}/{name}.tsr"):
        return None
    try:
        reply = _asked(archive, fetcher, note)
        folder.put(f"{STAMPS}/{name}.sha256", _digests(name, note, reply))
        folder.put(f"{STAMPS}/{name}.checkpoint", note)
        folder.put(f"{STAMPS}/{name}.tsr", reply)
    except TearsheetError as error:
        return error
    return None


def stamps(archive: Archive) -> Iterator[Stamped]:
    """Yield every time-stamped checkpoint, the smallest log first. A copy or a reply that is missing is empty."""
    folder = Folder(archive.path / "ledger")
    names = {file.stem for file in (folder.root / STAMPS).glob("*.*") if not file.name.startswith(".")}
    for name in sorted(names, key=lambda each: (len(each.partition("-")[0]), each)):
        parts = [f"{STAMPS}/{name}{end}" for end in (".checkpoint", ".tsr", ".sha256")]
        note, reply, digests = (folder.get(part) if folder.has(part) else b"" for part in parts)
        yield Stamped(name, note, reply, digests)


def told(archive: Archive, reply: bytes, note: bytes, *, nonce: int | None = None) -> datetime:
    """Return the time that a reply gives for the checkpoint `note`; signed under `timestamp_ca`, if the settings name one.

    Raises:
        BadLedger: it is for something else, or was not signed so. BadSettings: `timestamp_ca` is no file of certificates.
    """
    named = archive.settings.ledger.timestamp_ca
    if not named:
        return claimed_at(reply, note, nonce=nonce)
    try:
        roots = (archive.path / named).read_bytes()
    except OSError as error:
        raise BadSettings(SETTINGS_FILE, f"[ledger] timestamp_ca: {named}: {error.strerror}") from error
    if b"-----BEGIN CERTIFICATE-----" not in roots:
        raise BadSettings(SETTINGS_FILE, f"[ledger] timestamp_ca: {named} holds no certificate in the form PEM")
    return stamped_at(reply, note, roots=roots, nonce=nonce)


def _asked(archive: Archive, fetcher: Fetcher, note: bytes) -> bytes:
    nonce = secrets.randbits(63) | 1
    request = Request(
        url=archive.settings.ledger.timestamp_server,
        purpose="timestamp",
        body=stamp_request(note, nonce),
        media_type=REQUEST_TYPE,
        max_bytes=MAX_BYTES,
    )
    [(_, answer)] = fetcher.fetch(iter([request]))
    if isinstance(answer, TearsheetError):
        raise answer
    told(archive, answer.body, note, nonce=nonce)
    return answer.body


def _digests(name: str, note: bytes, reply: bytes) -> bytes:
    files = ((f"{name}.checkpoint", note), (f"{name}.tsr", reply))
    return "".join(f"{sha256(data).hexdigest()}  {file}\n" for file, data in files).encode()


def _name(note: bytes) -> str:
    return f"{read_checkpoint(note).size}-{sha256(note).hexdigest()[:16]}"
