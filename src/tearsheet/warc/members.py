"""Compressed members of a WARC file, one at a time: gzip and zstd. Finds the next one after damage."""

import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, cast

import zstandard
from isal import igzip_lib

from tearsheet.errors import BadWarc

GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
LEVEL = 3
"""ISA-L's best. Plain gzip that every tool reads, twice as fast as zlib 6 at 10 % more bytes."""

# The stubs of `isal` call its exception class an instance.
_ISAL_ERROR = cast("type[Exception]", igzip_lib.IsalError)

SMALL = 4096
"""Up to this many bytes zlib 9 makes a fifth less of a record, and its time does not count: requests and references."""

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

MAX_MEMBER = 512_000_000
"""A member that unpacks to more is read as a stream."""

MAX_BUFFER = 64_000_000
"""The largest length that is believed before it is seen; a member that unpacks to more is unpacked step by step."""

SEARCHED = 1_000_000
"""Bytes looked through at a time for the next record, and the most that is read ahead."""

STEP = 65_536
"""Stored bytes that are unpacked in one call: they might be a bomb of a thousand times as many. Most pages are no longer."""


def packed(record: bytes) -> bytes:
    """Return one gzip member that holds `record`. Its header is always the same."""
    if len(record) <= SMALL:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        return HEADER + (packer.compress(record) + packer.flush())[len(HEADER) :]
    stored = bytes(igzip_lib.compress(record, LEVEL, igzip_lib.COMP_GZIP))
    _settle()
    return stored


def _settle() -> None:
    """Let the processor hash at its full speed again.

    ISA-L leaves the upper halves of its vector registers in use, with which SHA-256 takes 1.35 times as long (measured on an AMD
    EPYC; `bench/warc/run.py` shows it). SHA-512 in OpenSSL clears them before it begins. It costs a microsecond.
    """
    hashlib.sha512(b"").digest()


class Stored:
    """The bytes of a file, or some at hand, read by slices with both ends. What was read last is held.

    Not mapped into memory: page faults would cost a tenth of the time of reading, and a file that shrinks would kill the process.
    """

    def __init__(self, source: int | bytes) -> None:
        self._descriptor = source if isinstance(source, int) else -1
        self._size = os.fstat(source).st_size if isinstance(source, int) else len(source)
        self._held = source if isinstance(source, bytes) else b""
        self._from = 0
        self._ahead = STEP

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop = self._reach(part)
        return self._held[start:stop]

    def step(self, place: int) -> memoryview:
        """Return the next bytes from `place` on, uncopied; none at the end."""
        start, stop = self._reach(slice(place, place + STEP))
        return memoryview(self._held)[start:stop]

    def _reach(self, part: slice) -> tuple[int, int]:
        """Return where in what is held the slice begins and ends, after reading more if need be."""
        start, stop = part.start, min(part.stop, self._size)
        if start < self._from or stop > self._from + len(self._held):
            self._held, self._from = os.pread(self._descriptor, max(stop - start, self._ahead), start), start
            self._ahead = min(2 * self._ahead, SEARCHED)
        return start - self._from, max(start, stop) - self._from


@dataclass(frozen=True, slots=True)
class Member:
    """One member unpacked. `length` is that of its stored bytes."""

    data: bytes
    length: int
    skippable: bool = False


def unpacked(stored: bytes) -> bytes:
    """Return what one stored member holds, its checksum right. Quicker than `Unpacking` where the length is known.

    Raises:
        BadWarc: it is damaged, or its length is another.
    """
    announced = int.from_bytes(stored[-4:], "little")
    if stored[:3] != GZIP_MAGIC or announced > MAX_BUFFER:
        return Unpacking(Stored(stored), 0).whole().data
    try:
        data = bytes(igzip_lib.decompress(stored, igzip_lib.DECOMP_GZIP, 15, max(announced, 1)))
    except (_ISAL_ERROR, EOFError) as error:
        raise BadWarc("", f"the compressed member is damaged: {error}") from error
    _settle()
    if len(data) != announced:
        raise BadWarc("", "the compressed member is damaged: its length does not fit")
    return data


def opened(data: Stored, place: int) -> bool:
    """Return whether a compressed member seems to begin at `place`."""
    head = data[place : place + 4]
    return head[:3] == GZIP_MAGIC or head == ZSTD_MAGIC or _is_skippable(head)


def _is_skippable(head: bytes) -> bool:
    return len(head) == 4 and head[1:] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes | memoryview, /) -> bytes: ...


class Unpacking:
    """One member being unpacked, from `place` in `data`."""

    def __init__(self, data: Stored, place: int) -> None:
        self._data = data
        self._place = place
        self._at = place
        self._parts: list[bytes] = []
        self._size = 0
        self._ended = False
        self._head = data[place : place + 8]
        self._engine: _Engine = (
            _zstd_engine(data)
            if self._head[:4] == ZSTD_MAGIC
            else igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP, 15)
        )

    @property
    def so_far(self) -> bytes:
        """Return what has been unpacked and not yet drawn as pieces."""
        return b"".join(self._parts)

    def drawn(self) -> bytearray:
        """Return what has been unpacked; it is not held here any more."""
        data = bytearray()
        for at, part in enumerate(self._parts):
            data += part
            self._parts[at] = b""
        self._parts.clear()
        return data

    @property
    def consumed(self) -> int:
        """Return the length of the stored bytes, once the member has ended."""
        return self._at - self._place

    def whole(self, *, at_most: int = MAX_MEMBER) -> Member:
        """Return the whole member, its checksum right.

        Raises:
            BadWarc: it is damaged or breaks off; or (`larger than one step`) it is more than `at_most` bytes.
        """
        if _is_skippable(self._head[:4]):
            length = 8 + int.from_bytes(self._head[4:8], "little")
            return Member(b"", min(length, len(self._data) - self._place), skippable=True)
        while not self._ended:
            piece = self._next()
            self._parts.append(piece)
            self._size += len(piece)
            if self._size > at_most:
                raise BadWarc("", "larger than one step")
        return Member(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts), self.consumed)

    def pieces(self) -> Iterator[bytes]:
        """Yield the rest of the member.

        Raises:
            BadWarc: it is damaged or breaks off.
        """
        self._parts.clear()
        while not self._ended:
            yield self._next()

    def _next(self) -> bytes:
        chunk = self._data.step(self._at)
        if not chunk:
            raise BadWarc("", "the compressed member breaks off at the end of the file")
        try:
            piece = self._engine.decompress(chunk)
        except (_ISAL_ERROR, zlib.error, zstandard.ZstdError) as error:
            raise BadWarc("", f"the compressed member is damaged: {error}") from error
        self._at += len(chunk)
        if self._engine.eof:
            self._at -= len(self._engine.unused_data)
            self._ended = True
            _settle()
        return bytes(piece)


def _zstd_engine(data: Stored) -> _Engine:
    """Return a decoder, with the dictionary that may stand in a skippable frame at the start of the file.

    Source: https://iipc.github.io/warc-specifications/specifications/warc-zstd/
    """
    words = None
    if data[0:4] == b"\x5d\x2a\x4d\x18":
        stored = data[8 : 8 + int.from_bytes(data[4:8], "little")]
        with suppress(zstandard.ZstdError, MemoryError):  # damaged: then every record says that it cannot be unpacked
            plain = zstandard.ZstdDecompressor().decompress(stored, 64_000_000) if stored[:4] == ZSTD_MAGIC else stored
            words = zstandard.ZstdCompressionDict(plain)
    return zstandard.ZstdDecompressor(dict_data=words).decompressobj()


_START = re.compile(rb"\nWARC/1\.|\x1f\x8b\x08|\x28\xb5\x2f\xfd")


def next_start(data: Stored, place: int) -> int:
    """Return where the next record seems to begin, at `place` or after; the end of the data if there is none."""
    at, ahead = place - 1, STEP  # little at first: it is mostly near, and what is searched is copied
    while at < len(data):
        for found in _START.finditer(data[at : at + ahead + len(b"WARC/1.")]):
            start = at + found.start()
            if found[0][:1] == b"\n":
                return start + 1
            if start >= place and _begins_record(data, start):
                return start
        at, ahead = at + ahead, SEARCHED
    return len(data)


def _begins_record(data: Stored, place: int) -> bool:
    engine: _Engine = _zstd_engine(data) if data[place : place + 4] == ZSTD_MAGIC else zlib.decompressobj(31)
    try:
        return bytes(engine.decompress(data[place : place + 4096])[:5]) == b"WARC/"
    except (zlib.error, zstandard.ZstdError):
        return False
