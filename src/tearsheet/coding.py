"""Content codings undone as the bytes come in, within caps. gzip, deflate, br and zstd, stacked as the header says.

Ground for the two rooms that meet coded bodies: `fetch` as they arrive, `warc` as they were kept.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

from tearsheet.errors import BadCoding, TooLarge

ACCEPTED = "gzip, deflate, br, zstd"

MOST = 5
"""Codings one in the other, as many as libcurl undoes: a header has room for thousands, and each costs memory and depth."""

RATIO_FLOOR = 1_000_000
"""Bytes below which a high ratio is no sign of a bomb: a page of blanks packs 1000 to 1."""

STEP = 65_536
ZSTD_SLICE = 512
"""A zstd block of 4 bytes may stand for 128 kB; so little is fed at a time that one step stays within 16 MB."""

ZSTD_WINDOW = 8 * 1024 * 1024
"""The largest window that may be asked of a receiver (RFC 9659)."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None: ...


class Unpacker:
    """Unpacks one body. `feed` it the bytes as transferred; `body()` is what they say.

    Raises:
        BadCoding: one of `codings` is not known, or there are too many.
    """

    def __init__(self, codings: str, *, max_bytes: int, max_ratio: int) -> None:
        self._decoders = [_decoder(name) for name in _names(codings)]
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._parts: list[bytes] = []
        self._in = 0
        self._out = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            BadCoding: they are not in the coding they claim.
            TooLarge: together they unpack to too much.
        """
        self._in += len(data)
        for piece in self._run(data, 0):
            self._out += len(piece)
            self._check(self._out)
            self._parts.append(piece)

    def body(self) -> bytes:
        """Return the whole body, unpacked.

        Raises:
            BadCoding: it broke off.
        """
        if self._in:
            for decoder in self._decoders:
                decoder.finish()
        return b"".join(self._parts)

    def so_far(self) -> bytes:
        """Return what has been unpacked up to now."""
        return b"".join(self._parts)

    def _run(self, data: bytes, stage: int) -> Iterator[bytes]:
        if stage == len(self._decoders):
            yield data
            return
        inner = 0
        for piece in self._decoders[stage].feed(data):
            # Stacked codings: the middle stage is capped too, or 1 kB of br could feed gigabytes to gzip.
            inner += len(piece)
            self._check(inner)
            yield from self._run(piece, stage + 1)

    def _check(self, out: int) -> None:
        if out > self._max_bytes:
            raise TooLarge("body", f"unpacks to more than {self._max_bytes:,} bytes")
        if out > RATIO_FLOOR and out > self._in * self._max_ratio:
            raise TooLarge("body", f"unpacks to more than {self._max_ratio} times its size")


def unpacked(codings: str, data: bytes, *, max_bytes: int, max_ratio: int) -> bytes:
    """Return a whole body unpacked.

    Raises:
        BadCoding: it is not in the coding it claims, or broke off.
        TooLarge: it unpacks to too much.
    """
    unpacker = Unpacker(codings, max_bytes=max_bytes, max_ratio=max_ratio)
    for start in range(0, len(data), STEP):
        unpacker.feed(data[start : start + STEP])
    return unpacker.body()


def _names(codings: str) -> list[str]:
    """Return the codings in the order in which they are to be undone: the last applied comes first."""
    named = [name.strip().lower() for name in codings.split(",")]
    found = [name for name in reversed(named) if name not in ("", "identity")]
    if len(found) > MOST:
        raise BadCoding("body", f"{len(found)} codings one in the other")
    return found


def _decoder(name: str) -> _Decoder:
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise BadCoding("body", f"unknown coding {name!r}")


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unconsumed_tail(self) -> bytes: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes: ...


def _inflated(engine: _Inflater, data: bytes) -> Iterator[bytes]:
    """Yield what `data` adds, in steps. A full step may leave output inside the engine even when all input is used up."""
    while not engine.eof:
        piece = engine.decompress(data, STEP)
        yield piece
        data = engine.unconsumed_tail
        if not data and len(piece) < STEP:
            return


class _Gzip:
    """gzip, any number of members, padding after the last."""

    def __init__(self) -> None:
        self._engine: _Inflater = zlib.decompressobj(31)
        self._started = False
        self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._ended:
            yield from self._member(data)
            data = self._engine.unused_data
            if self._engine.eof:
                self._next(data)

    def _member(self, data: bytes) -> Iterator[bytes]:
        self._started = True
        try:
            yield from _inflated(self._engine, data)
        except zlib.error as error:
            raise BadCoding("body", f"says gzip, but is not: {error}") from error

    def _next(self, rest: bytes) -> None:
        # Bytes after the last member that start no new one are padding; browsers and gzip itself skip them.
        if rest and not rest.startswith(b"\x1f"):
            self._ended = True
        else:
            self._engine = zlib.decompressobj(31)
            self._started = bool(rest)

    def finish(self) -> None:
        if self._started and not self._engine.eof and not self._ended:
            raise BadCoding("body", "the gzip stream broke off")


class _Deflate:
    """`deflate`: zlib by the standard, raw deflate by the habit of some servers. The first bytes tell."""

    def __init__(self) -> None:
        self._engine: _Inflater = zlib.decompressobj(15)
        self._head = b""
        self._chosen = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._chosen:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            self._chosen = True
            if data[0] & 0x0F != 8 or (data[0] * 256 + data[1]) % 31:
                self._engine = zlib.decompressobj(-15)
        try:
            yield from _inflated(self._engine, data)
        except zlib.error as error:
            raise BadCoding("body", f"says deflate, but is not: {error}") from error

    def finish(self) -> None:
        if not self._engine.eof:
            raise BadCoding("body", "the deflate stream broke off")


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._engine.is_finished():
            return
        try:
            piece = self._engine.process(data, output_buffer_limit=STEP)
            yield piece
            while len(piece) >= STEP or not self._engine.can_accept_more_data():
                piece = self._engine.process(b"", output_buffer_limit=STEP)
                yield piece
        except brotli.error as error:
            raise BadCoding("body", "says br, but is not") from error

    def finish(self) -> None:
        if not self._engine.is_finished():
            raise BadCoding("body", "the br stream broke off")


class _Zstd:
    def __init__(self) -> None:
        self._context = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
        self._engine = self._context.decompressobj()
        self._fresh = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), ZSTD_SLICE):
            yield from self._slice(data[start : start + ZSTD_SLICE])

    def _slice(self, data: bytes) -> Iterator[bytes]:
        while data:
            try:
                yield self._engine.decompress(data)
            except zstandard.ZstdError as error:
                raise BadCoding("body", f"says zstd, but is not: {error}") from error
            self._fresh = self._engine.eof
            if not self._engine.eof:
                return
            data = self._engine.unused_data
            self._engine = self._context.decompressobj()

    def finish(self) -> None:
        if not self._fresh:
            raise BadCoding("body", "the zstd stream broke off")
