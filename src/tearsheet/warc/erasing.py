"""Taking a record out of a WARC file for good: its bytes are overwritten, every other record stays where it is."""

import os
import struct
import zlib
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from tearsheet.errors import BadWarc, DiskTrouble
from tearsheet.model import Place
from tearsheet.warc.members import HEADER
from tearsheet.warc.reader import read

_STORED_MAX = 65_535
_EXCHANGE = frozenset({"request", "response", "revisit"})


def erase(folder: Path, place: Place, *, notice: str) -> None:
    """Overwrite the record at `place` with one that says `notice`, of the same length to the byte, and fsync it.

    The new record is a gzip member of stored blocks, so offsets, indexes and readers of the file stay right. Erasing twice is
    erasing once.

    Raises:
        BadWarc: the place is too short to hold any record. DiskTrouble: the file cannot be written.
    """
    path = folder / place.file
    try:
        with path.open("r+b") as file:
            file.seek(place.offset)
            file.write(_member(place, notice))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DiskTrouble(str(path), error.strerror or str(error)) from error


def companions(folder: Path, name: str, offsets: Collection[int], *, is_theirs: Callable[[str], bool]) -> list[Place]:
    """Return what else the file `name` holds of the exchanges whose answers lie at `offsets`: their requests tell the address.

    `is_theirs` says of the address of a redirect, which no answer refers to, whether it led to one of them.
    """
    found, ids = [], set[str]()
    for record in read(folder / name, verify=False, name=name):
        if record.offset in offsets:
            ids.add(record.id)
        elif record.field("WARC-Concurrent-To") in ids or (record.type in _EXCHANGE and is_theirs(record.url)):
            ids.add(record.id)
            found.append(Place(file=name, offset=record.offset, length=record.length))
    return found


def _member(place: Place, notice: str) -> bytes:
    """Return a gzip member of exactly `place.length` bytes that holds one WARC record."""
    room = place.length - len(HEADER) - 8
    blocks = max(1, -(-room // (_STORED_MAX + 5)))
    size = room - 5 * blocks
    record = _record(notice, size, at=place)
    pieces = [record[number * _STORED_MAX :][:_STORED_MAX] for number in range(blocks)]  # the last one may be empty
    body = b"".join(
        struct.pack("<BHH", number == blocks, len(piece), len(piece) ^ 0xFFFF) + piece
        for number, piece in enumerate(pieces, start=1)
    )
    return HEADER + body + struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)


def _record(notice: str, size: int, *, at: Place) -> bytes:
    """Return a metadata record of `size` bytes: the notice, then spaces."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\nWARC-Date: {now}\r\n"
        "Content-Type: text/plain\r\nContent-Length: "
    )
    for digits in range(1, 12):
        length = size - len(head) - digits - 4 - 4
        if length >= 0 and len(str(length)) == digits:
            text = notice.encode()[:length]
            return f"{head}{length}\r\n\r\n".encode() + text + b" " * (length - len(text)) + b"\r\n\r\n"
        if length >= 0 and len(str(length)) < digits:
            # One digit too many for this length: write it with a leading zero, which every reader takes.
            text = notice.encode()[:length]
            return f"{head}{length:0{digits}d}\r\n\r\n".encode() + text + b" " * (length - len(text)) + b"\r\n\r\n"
    raise BadWarc(f"{at.file} at {at.offset}", f"{at.length} bytes are too few to stand in for a record")
