"""How values stand in the catalog: instants as milliseconds, digests as bytes, nouns as JSON."""

import json
import threading
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import zstandard

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
ADDRESS = (
    """coalesce(nullif(capture.url, ''), (SELECT url FROM article WHERE article.n = capture.article)) AS address"""
)
"""The address of a capture: the row leaves it out where it is the article's."""

SHA256 = """coalesce((SELECT digest FROM capture AS first WHERE first.n = capture.digest AND typeof(digest) = 'blob'),
    capture.digest) AS sha256"""
"""The digest of a capture: where the same bytes were captured for its article before, the row names that row instead."""
WITH_DIGEST = """substr(digest, 1, 4) = substr(:digest, 1, 4) AND kind <> 'clipping' AND typeof(digest) = 'blob'
    AND digest = :digest"""
"""Says of a capture that it was the first one of its article with this digest."""


def to_ms(at: datetime) -> int:
    """Return milliseconds since 1970, rounded down."""
    return (at - EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """Return the aware UTC instant of `ms` milliseconds since 1970."""
    return EPOCH + ms * _MS


def ms_or_none(at: datetime | None) -> int | None:
    """Return `to_ms`, or None for None."""
    return None if at is None else to_ms(at)


def from_ms_or_none(ms: int | None) -> datetime | None:
    """Return `from_ms`, or None for None."""
    return None if ms is None else from_ms(ms)


def raw_digest(digest: str) -> bytes:
    """Return the 32 bytes of a "sha256:<hex>" digest; b"" for an empty one."""
    return bytes.fromhex(digest.removeprefix("sha256:"))


def named_digest(raw: bytes | None) -> str:
    """Return "sha256:<hex>" of 32 bytes; the empty string for none."""
    return f"sha256:{raw.hex()}" if raw else ""


def to_json(value: object) -> str:
    """Return `value`, a noun of the model, as compact JSON; fields that hold their default are left out."""
    noun, text = _last[0]
    if noun is not value:
        text = _encoder.encode(value)
        if is_dataclass(value):  # the model's never change
            _last[0] = value, text
    return text


_last: list[tuple[object, str]] = [(object(), "")]
"""The noun that was written last: a clipping is asked for by its row and by its record in the WARC."""


def from_json(kind: type[Any], text: str) -> Any:  # Any: the caller names the kind
    """Return the noun of class `kind` that `to_json` wrote."""
    return noun(kind, json.loads(text))


def packed_text(text: str) -> bytes:
    """Return `text`, zstd-compressed."""
    return _own.packer.compress(text.encode())


def unpacked_text(data: bytes) -> str:
    """Return the text that `packed_text` wrote."""
    return unpacked_by(_own.unpacker, data).decode()


def unpacked_by(unpacker: zstandard.ZstdDecompressor, data: bytes) -> bytes:
    """Return what `data` unpacks to.

    Raises:
        zstandard.ZstdError: it was damaged.
    """
    try:
        return unpacker.decompress(data)
    except MemoryError as error:  # one bit of its first bytes is enough
        raise zstandard.ZstdError("it says that it unpacks to more than the memory can hold") from error


class _Own(threading.local):
    """What packs and unpacks, made for each thread: one of zstandard's that two use at once ends the process."""

    def __init__(self) -> None:
        self.packer = zstandard.ZstdCompressor(level=3, write_checksum=True, write_content_size=True)
        self.unpacker = zstandard.ZstdDecompressor()


_own = _Own()


def _plain(value: object) -> object:
    """Return what JSON has no form for as something that it has one for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    kind: Any = type(value)  # mypy takes no class for hashable
    parts = ((name, getattr(value, name)) for name in _names(kind))
    return {name: part for name, part in parts if part or part is False}


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_plain)


@cache
def _names(kind: Any) -> tuple[str, ...]:  # Any: a class of the model
    return tuple(part.name for part in fields(kind))


Reader = Callable[[Any], Any]  # Any: what JSON holds, and the noun's field


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a noun is read: a reader for each field that is not taken as it is, and what stands for a field left out."""

    names: frozenset[str]
    readers: dict[str, Reader]
    blanks: dict[str, object]


@cache
def _plan(kind: Any) -> _Plan:
    hints = typing.get_type_hints(kind)
    readers = {name: reader for name, hint in hints.items() if (reader := _reader(hint))}
    # Left out was what is empty, also where the default is not.
    empty = {part.name: {str: "", int: 0, float: 0.0}.get(hints[part.name]) for part in fields(kind)}
    required = {part.name for part in fields(kind) if part.default is part.default_factory}
    blanks = {name: value for name, value in empty.items() if value is not None or name in required}
    return _Plan(frozenset(hints), readers, blanks)


def noun(kind: Any, row: dict[str, Any]) -> Any:  # Any: a class of the model, and one of it
    """Return the noun of class `kind` whose JSON was read as `row`."""
    plan = _plan(kind)
    values = dict(plan.blanks)
    for name, value in row.items():
        if name in plan.names:
            reader = plan.readers.get(name)
            values[name] = value if reader is None or value is None else reader(value)
    return kind(**values)


def _reader(hint: Any) -> Reader | None:
    """Return what turns JSON's value into that of a field of type `hint`; None if it is that already."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if hint is datetime:
        return datetime.fromisoformat
    if is_dataclass(hint):
        return partial(noun, hint)
    if typing.get_origin(hint) is tuple:
        part = _reader(typing.get_args(hint)[0])
        return tuple if part is None else partial(_tuple, part)
    return None


def _tuple(part: Reader, values: list[Any]) -> tuple[Any, ...]:
    return tuple(map(part, values))
