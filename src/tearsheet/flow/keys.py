"""The keys of the log: the one that signs, and all that signed before it."""

import re
import secrets
from datetime import datetime

from tearsheet.archive import Archive
from tearsheet.errors import BadLedger
from tearsheet.files import Folder
from tearsheet.ledger import Checkpoint, Signer, Verifier, origin_of

KEY = "ledger.key"
KEYS = "keys"
"""Under `ledger/`: the public keys of this log and of those that it goes on from, a line each, oldest first."""
_SUCCESSOR = re.compile(r"/\d{8}T\d{6}$")


def signer_of(archive: Archive) -> Signer:
    """Return the archive's signer; its key is drawn when it is first needed, and lies in `ledger.key`, readable by its owner.

    The log is named then, after the settings, and keeps that name: readers know it by its name and key together.

    Raises:
        BadLedger: the file holds no key.
    """
    file = archive.path / KEY
    if not file.exists():
        settings = archive.settings
        name = settings.ledger.origin or settings.site.base_url or settings.site.title
        return _drawn(archive, origin_of(name))
    try:
        name, seed = file.read_text(encoding="utf-8").split()
        return Signer(name, bytes.fromhex(seed))
    except ValueError as error:
        raise BadLedger(str(file), "not a name and a key of 32 bytes in hexadecimal") from error


def succeed(archive: Archive, *, at: datetime) -> Signer:
    """Return the signer of a new log, which begins with all leaves of the old one and goes on under a name and key of its own.

    So that one who cannot know what the old key signed last, never signs a second history with it.
    """
    old = signer_of(archive).verifier.name
    return _drawn(archive, f"{_SUCCESSOR.sub('', old)}/{at:%Y%m%dT%H%M%S}")


def opened(archive: Archive, note: bytes) -> Checkpoint:
    """Return the checkpoint of a note that a key of this archive has signed, the present one or an earlier.

    Raises:
        BadLedger: it is no checkpoint, or none of the keys signed it.
    """
    present = [signer_of(archive).verifier] if (archive.path / KEY).exists() else []
    for verifier in [*present, *_verifiers(archive)]:
        if verifier.claims(note):
            return verifier.opened(note)
    raise BadLedger("checkpoint", "not signed by a key of this archive")


def claims(archive: Archive, note: bytes) -> bool:
    """Return whether a note bears a signature of a key of this archive, right or wrong."""
    present = [signer_of(archive).verifier] if (archive.path / KEY).exists() else []
    return any(verifier.claims(note) for verifier in [*present, *_verifiers(archive)])


def _drawn(archive: Archive, name: str) -> Signer:
    seed = secrets.token_bytes(32)
    signer = Signer(name, seed)
    lines = [verifier.line() for verifier in _verifiers(archive)]
    Folder(archive.path / "ledger").put(
        KEYS, "".join(f"{line}\n" for line in [*lines, signer.verifier.line()]).encode()
    )
    Folder(archive.path).put(KEY, f"{name} {seed.hex()}\n".encode(), mode=0o600)
    return signer


def _verifiers(archive: Archive) -> list[Verifier]:
    folder = Folder(archive.path / "ledger")
    lines = folder.get(KEYS).decode("utf-8", "replace").splitlines() if folder.has(KEYS) else []
    return [Verifier.read(line) for line in lines]
