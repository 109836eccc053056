"""Compressed members of a WARC file, one at a time: gzip and zstd. Finds the next one after damage."""

import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, cast

import zstandard
from isal import igzip_lib, isal_zlib

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

MAX_AT_ONCE = 4_000_000
"""Stored bytes that are unpacked in one call."""

MAX_MEMBER = 512_000_000
"""A member that unpacks to more is read as a stream."""

MAX_BUFFER = 64_000_000
"""The largest length that is believed before it is seen; a member that unpacks to more is unpacked step by step."""

STEP = 65_536


def packed(record: bytes) -> bytes:
    """Return one gzip member that holds `record`. Its header is always the same."""
    if len(record) <= SMALL:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        return HEADER + (packer.compress(record) + packer.flush())[len(HEADER) :]
    return bytes(igzip_lib.compress(record, LEVEL, igzip_lib.COMP_GZIP))


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
        return Unpacking(stored, 0).whole().data
    try:
        data = bytes(igzip_lib.decompress(stored, igzip_lib.DECOMP_GZIP, 15, max(announced, 1)))
    except (_ISAL_ERROR, EOFError) as error:
        raise BadWarc("", f"the compressed member is damaged: {error}") from error
    if len(data) != announced:
        raise BadWarc("", "the compressed member is damaged: its length does not fit")
    return data


def opened(data: bytes | mmap.mmap, place: int) -> bool:
    """Return whether a compressed member seems to begin at `place`."""
    head = data[place : place + 4]
    return head[:3] == GZIP_MAGIC or head == ZSTD_MAGIC or _is_skippable(head)


def _is_skippable(head: bytes) -> bool:
    return len(head) == 4 and head[1:] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50


def _alone(ahead: bytes, end: int) -> Member | None:
    """Return the member that the first `end` bytes are, if they are just one."""
    engine = isal_zlib.decompressobj(wbits=31)
    try:
        data = engine.decompress(memoryview(ahead)[:end], MAX_BUFFER)
    except _ISAL_ERROR:
        return None
    return Member(data, end) if engine.eof and not engine.unused_data else None


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class Unpacking:
    """One member being unpacked, from `place` in `data`."""

    def __init__(self, data: bytes | mmap.mmap, place: int) -> None:
        self._data = data
        self._place = place
        self._at = place
        self._parts: list[bytes] = []
        self._size = 0
        self._ended = False
        self._is_zstd = data[place : place + 4] == ZSTD_MAGIC
        self._engine: _Engine = _zstd_engine(data) if self._is_zstd else isal_zlib.decompressobj(wbits=31)

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

    def at_once(self) -> Member | None:
        """Return the whole member if it ends where the next one with the same header begins, which is nearly always.

        Nothing if it does not, or is damaged: `whole` finds out.
        """
        if self._is_zstd:
            return None
        size = STEP
        while True:
            # Looked for in a copy: `mmap.find` goes byte by byte before Python 3.12.
            ahead = self._data[self._place : self._place + size]
            found = ahead.find(ahead[: len(HEADER)], len(HEADER))
            if found >= 0 or len(ahead) < size:
                break
            if size >= MAX_AT_ONCE:
                return None
            size *= 4
        return _alone(ahead, found if found >= 0 else len(ahead))

    def whole(self, *, at_most: int = MAX_MEMBER) -> Member:
        """Return the whole member, its checksum right.

        Raises:
            BadWarc: it is damaged or breaks off; or (`larger than one step`) it is more than `at_most` bytes.
        """
        head = self._data[self._place : self._place + 8]
        if _is_skippable(head[:4]):
            length = 8 + int.from_bytes(head[4:8], "little")
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
        chunk = self._data[self._at : self._at + STEP]
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
        return bytes(piece)


def _zstd_engine(data: bytes | mmap.mmap) -> _Engine:
    """Return a decoder, with the dictionary that may stand in a skippable frame at the start of the file.

    Source: https://iipc.github.io/warc-specifications/specifications/warc-zstd/
    """
    words = None
    if data[:4] == b"\x5d\x2a\x4d\x18":
        stored = data[8 : 8 + int.from_bytes(data[4:8], "little")]
        plain = zstandard.ZstdDecompressor().decompress(stored, 64_000_000) if stored[:4] == ZSTD_MAGIC else stored
        words = zstandard.ZstdCompressionDict(plain)
    return zstandard.ZstdDecompressor(dict_data=words).decompressobj()


def next_start(data: mmap.mmap, place: int) -> int:
    """Return where the next record seems to begin, at `place` or after; the end of the data if there is none."""
    plain = data.find(b"\nWARC/1.", place - 1)
    found = plain + 1 if plain >= 0 else len(data)
    for magic in (GZIP_MAGIC, ZSTD_MAGIC):
        candidate = data.find(magic, place, found)
        while candidate >= 0:
            if _begins_record(data, candidate):
                found = candidate
                break
            candidate = data.find(magic, candidate + 1, found)
    return found


def _begins_record(data: mmap.mmap, place: int) -> bool:
    engine: _Engine = _zstd_engine(data) if data[place : place + 4] == ZSTD_MAGIC else zlib.decompressobj(31)
    try:
        return bytes(engine.decompress(data[place : place + 4096])[:5]) == b"WARC/"
    except (zlib.error, zstandard.ZstdError):
        return False
