"""What one leaf of the ledger says, as bytes that never change."""

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache

from tearsheet.errors import BadLedger
from tearsheet.model import Leaf


def subject(record: bytes, salt: bytes) -> bytes:
    """Return the 32 bytes that bind `record` without telling it: SHA-256 over the salt and the record.

    The salt (16 bytes or more, random, one per leaf) keeps anyone from guessing what a leaf stands for. When a record must be
    removed its salt goes too, and the leaf that stays says nothing any more.
    """
    return hashlib.sha256(salt + record).digest()


def leaf_record(leaf: Leaf) -> bytes:
    """Return the bytes of a leaf in the tree: canonical JSON (RFC 8785) of at, event, seq and subject in hexadecimal.

    `seq` counts from 0 and is the leaf's index in the tree. Times are UTC with milliseconds.
    """
    at = leaf.at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    # Written out because a million leaves are: the keys stand in the order that the standard asks for.
    return f'{{"at":"{at}Z","event":{_quoted(leaf.event)},"seq":{leaf.seq},"subject":"{leaf.subject.hex()}"}}'.encode()


def read_leaf(record: bytes) -> Leaf:
    """Return the leaf that `leaf_record` wrote.

    Raises:
        BadLedger: the bytes are not exactly those of a leaf.
    """
    try:
        fields = json.loads(record)
        leaf = Leaf(
            seq=int(fields["seq"]),
            at=datetime.fromisoformat(fields["at"]),
            event=str(fields["event"]),
            subject=bytes.fromhex(fields["subject"]),
        )
        same = leaf_record(leaf) == record
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise BadLedger("leaf", f"not a leaf: {error}") from error
    if not same or len(leaf.subject) != 32:
        raise BadLedger(f"leaf {leaf.seq}", "not written as leaves are")
    return leaf


@lru_cache(maxsize=256)
def _quoted(event: str) -> str:
    return json.dumps(event, ensure_ascii=False)
