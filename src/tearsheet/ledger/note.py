"""Checkpoints of the log as C2SP signed notes, and the same key and signature as openssl and minisign want them."""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tearsheet.errors import BadLedger

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"
_DASH = "— "
_MAX_BYTES = 100_000
# DER of SubjectPublicKeyInfo for Ed25519 (RFC 8410) up to the 32 bytes of the key.
_PUBLIC_DER = bytes.fromhex("302a300506032b6570032100")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: which log, how many leaves, the root hash over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> bytes:
        """Return the text that is signed. Source: c2sp.org/tlog-checkpoint."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(line + "\n" for line in lines).encode()


def origin_of(name: str) -> str:
    """Return `name` as the name of a log and its key: no blanks, plus signs or controls; `tearsheet` if nothing is left."""
    words = name.split("://")[-1].strip("/ ").split()
    return "".join(mark if mark.isprintable() and mark != "+" else "-" for mark in "-".join(words)) or "tearsheet"


def read_checkpoint(note: bytes) -> Checkpoint:
    """Return what a signed note says, WITHOUT checking any signature: for `Verifier.opened` that does.

    Raises:
        BadLedger: it is no checkpoint.
    """
    return _checkpoint(_split(note)[0])


class Verifier:
    """A log's public key and name; what a reader keeps."""

    def __init__(self, name: str, public: bytes) -> None:
        if not name or "+" in name or any(character.isspace() for character in name) or len(public) != 32:
            raise BadLedger(f"key {name!r}", "needs a name without blanks or plus signs, and 32 bytes")
        self.name = name
        self.public = public

    @classmethod
    def read(cls, line: str) -> "Verifier":
        """Return the key that `line()` wrote.

        Raises:
            BadLedger: it is no Ed25519 verifier key, or damaged.
        """
        name, _, rest = line.strip().partition("+")
        identifier, _, key = rest.partition("+")
        data = _decoded(key)
        if data[:1] != _ED25519:
            raise BadLedger(f"key {name!r}", "is not an Ed25519 key")
        verifier = cls(name, data[1:])
        if verifier.key_id.hex() != identifier:
            raise BadLedger(f"key {name!r}", "its id does not fit")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The four bytes that name the key in a note. Source: c2sp.org/signed-note."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def line(self) -> str:
        """Return the key as Go's `sumdb/note` reads it: name, id and key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    def pem(self) -> str:
        """Return the key as openssl reads it."""
        return (
            f"-----BEGIN PUBLIC KEY-----\n{b64encode(_PUBLIC_DER + self.public).decode()}\n-----END PUBLIC KEY-----\n"
        )

    def minisign_key(self) -> str:
        """Return the key as `minisign -p` reads it."""
        data = b64encode(b"Ed" + self.minisign_id + self.public).decode()
        return f"untrusted comment: minisign public key {self.minisign_id[::-1].hex().upper()} of {self.name}\n{data}\n"

    @property
    def minisign_id(self) -> bytes:
        """The eight bytes by which minisign knows the key."""
        return hashlib.sha256(self.public).digest()[:8]

    def opened(self, note: bytes) -> Checkpoint:
        """Return the checkpoint of a note that this key has signed. Signatures of other keys are passed over.

        Raises:
            BadLedger: it is no checkpoint, or this key's signature is missing or wrong.
        """
        body = _split(note)[0]
        mine = self._signatures(note)
        if not mine:
            raise BadLedger("checkpoint", f"not signed by {self.name}+{self.key_id.hex()}")
        if not all(self.verifies(signature, body) for signature in mine):
            raise BadLedger("checkpoint", f"the signature of {self.name} is wrong")
        return _checkpoint(body)

    def claims(self, note: bytes) -> bool:
        """Tell whether a note bears a signature of this key, right or wrong.

        Raises:
            BadLedger: it is no signed note.
        """
        return bool(self._signatures(note))

    def _signatures(self, note: bytes) -> list[bytes]:
        return [data[4:] for name, data in _split(note)[1] if name == self.name and data[:4] == self.key_id]

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` is this key's over `data`."""
        # Imported here: it costs 30 ms, and most commands never sign or verify.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A log's private key: 32 random bytes, kept as secret as anything on the archive's disk can be."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._seed = seed
        self.verifier = Verifier(name, self._public())

    def signed(self, checkpoint: Checkpoint) -> bytes:
        """Return `checkpoint` as a signed note."""
        body = checkpoint.body()
        signature = b64encode(self.verifier.key_id + self._sign(body)).decode()
        return body + f"\n{_DASH}{self.verifier.name} {signature}\n".encode()

    def minisign(self, data: bytes, comment: str) -> bytes:
        """Return a `.minisig` for `data`, prehashed as minisign does by default; `comment` is signed too.

        Raises:
            BadLedger: the comment is longer than one line.
        """
        if not comment.isprintable():
            raise BadLedger("signature", "a trusted comment is one line")
        signature = self._sign(hashlib.blake2b(data).digest())
        whole = self._sign(signature + comment.encode())
        lines = (
            f"untrusted comment: signature of {self.verifier.name}",
            b64encode(b"ED" + self.verifier.minisign_id + signature).decode(),
            f"trusted comment: {comment}",
            b64encode(whole).decode(),
        )
        return "".join(line + "\n" for line in lines).encode()

    @cached_property
    def _key(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._seed)

    def _public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def _sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def _split(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return the signed text of a note, and its signatures by key name."""
    if len(note) > _MAX_BYTES:
        raise BadLedger("checkpoint", "too long")
    try:
        text = note.decode()
    except UnicodeDecodeError as error:
        raise BadLedger("checkpoint", "not UTF-8") from error
    body, blank, rest = text.rpartition("\n\n")
    if not blank or not rest.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise BadLedger("checkpoint", "not a signed note")
    return (body + "\n").encode(), [_signature(line) for line in rest[:-1].split("\n")]


def _signature(line: str) -> tuple[str, bytes]:
    name, blank, data = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not blank or not name:
        raise BadLedger("checkpoint", "a line after the blank one is no signature")
    return name, _decoded(data)


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise BadLedger("checkpoint", "not base64") from error


def _checkpoint(body: bytes) -> Checkpoint:
    lines = body.decode().split("\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise BadLedger("checkpoint", "needs a name, a number of leaves and a root hash")
    origin, size, root, *extensions = lines
    hashed = _decoded(root)
    if not (size.isascii() and size.isdigit() and len(size) < 19 and str(int(size)) == size):
        raise BadLedger("checkpoint", "the number of leaves is not a number")
    if len(hashed) != 32 or b64encode(hashed).decode() != root:
        raise BadLedger("checkpoint", "the root hash is not 32 bytes")
    return Checkpoint(origin, int(size), hashed, tuple(extensions))
