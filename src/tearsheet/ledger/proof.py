"""A folder with which a third party checks, without Tearsheet, that something stands in the ledger."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files

from tearsheet.ledger.leaves import leaf_record
from tearsheet.ledger.note import Verifier, read_checkpoint
from tearsheet.model import Leaf

_SHIPPED = ("verify.sh", "verify.go")
_SLOT = re.compile("@([A-Z]+)@")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One leaf and what it stands for: the record's exact bytes, its salt, and the path from the leaf to the root.

    `record` and `salt` are empty if the record was removed: then the leaf proves only that there was one.
    """

    leaf: Leaf
    record: bytes
    salt: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What goes into the folder. `about` is one line that says what is proven, for the README.

    `checkpoint` is a signed note, `minisign` its `.minisig`, `token` the RFC 3161 reply for it, both empty if there is none.
    `files` are what the records name by digest (pages, wordings, pictures), by the name under which they are put.
    """

    about: str
    checkpoint: bytes
    key: Verifier
    evidence: tuple[Evidence, ...]
    minisign: bytes = b""
    token: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)


def proof_files(proof: Proof) -> Iterator[tuple[str, bytes]]:
    """Yield the (path, bytes) of a proof folder, `SHA256SUMS` over all the others last.

    Names of `files` are put below `files/`; whoever gives them keeps them plain.
    """
    sums = []
    for name, data in _files(proof):
        sums.append(f"{sha256(data).hexdigest()}  {name}\n")
        yield name, data
    yield "SHA256SUMS", "".join(sums).encode()


def tlog_proof(evidence: Evidence, checkpoint: bytes) -> bytes:
    """Return the path of one leaf and the checkpoint as one text. Source: c2sp.org/tlog-proof."""
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"index {evidence.leaf.seq}",
        *(b64encode(each).decode() for each in evidence.path),
    ]
    return "".join(line + "\n" for line in lines).encode() + b"\n" + checkpoint


def _files(proof: Proof) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", _readme(proof).encode()
    yield "checkpoint", proof.checkpoint
    if proof.minisign:
        yield "checkpoint.minisig", proof.minisign
    if proof.token:
        yield "checkpoint.tsr", proof.token
    yield "key.note", (proof.key.line() + "\n").encode()
    yield "key.pem", proof.key.pem().encode()
    yield "key.minisign", proof.key.minisign_key().encode()
    for evidence in proof.evidence:
        folder = folder_of(evidence.leaf)
        yield f"{folder}/leaf.json", leaf_record(evidence.leaf)
        yield f"{folder}/leaf.tlog-proof", tlog_proof(evidence, proof.checkpoint)
        if evidence.salt:
            yield f"{folder}/record", evidence.record
            yield f"{folder}/salt", evidence.salt
    for name, data in proof.files.items():
        yield f"files/{name}", data
    for name in _SHIPPED:
        yield name, files("tearsheet.ledger").joinpath("folder", f"{name}.txt").read_bytes()


def folder_of(leaf: Leaf) -> str:
    """Return the name of the folder in which one leaf's evidence stands."""
    event = "".join(character if character.isascii() and character.isalnum() else "-" for character in leaf.event)
    return f"leaves/{leaf.seq:09d}-{event}"


def _readme(proof: Proof) -> str:
    checkpoint = read_checkpoint(proof.checkpoint)
    template = files("tearsheet.ledger").joinpath("folder", "README.txt").read_text(encoding="utf-8")
    values = {
        "ABOUT": _plain(proof.about),
        "ORIGIN": checkpoint.origin,
        "SIZE": str(checkpoint.size),
        "ROOT": b64encode(checkpoint.root).decode(),
        "KEY": proof.key.line(),
        "LEAVES": str(len(proof.evidence)),
        "ENTRIES": "\n".join(_entries(proof)),
        "REMOVED": str(sum(1 for evidence in proof.evidence if not evidence.salt)),
        "STAMP": _STAMPED if proof.token else _NOT_STAMPED,
        "MINISIGN": _MINISIGN if proof.minisign else "",
    }
    return _SLOT.sub(lambda found: values[found[1]], template)


def _entries(proof: Proof) -> Iterator[str]:
    """Yield a line for each leaf: which file of the folder it stands for, or what its record says instead."""
    names = {sha256(data).hexdigest(): name for name, data in proof.files.items()}
    for evidence in proof.evidence:
        at = evidence.leaf.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        yield f"{folder_of(evidence.leaf).removeprefix('leaves/')}  {at}  {_meant(evidence, names)}".rstrip()


def _meant(evidence: Evidence, names: Mapping[str, str]) -> str:
    if not evidence.salt:
        return "removed by notice"
    try:
        said = json.loads(evidence.record)
    except ValueError:
        return ""
    if file := names.get(str(said.get("sha256", ""))):
        return f"files/{file}"
    if "number" in said:
        return _plain(f"wording {said['number']}, since cut anew from the same page")
    return _plain(str(said.get("reason", "")))


def _plain(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


_STAMPED = """\
5. When did the checkpoint exist at the latest? (openssl; CA.pem is the certificate of the time-stamping
   authority's root, got from the authority and not from us)

       openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile CA.pem
       openssl ts -reply -in checkpoint.tsr -text
"""
_NOT_STAMPED = """\
5. When did the checkpoint exist at the latest?

   No time-stamping authority was asked for this checkpoint. Its time rests on whoever kept a copy of it:
   compare it with one that was published, printed or mailed.
"""
_MINISIGN = """
       minisign -V -p key.minisign -m checkpoint -x checkpoint.minisig      # the same with minisign
"""
