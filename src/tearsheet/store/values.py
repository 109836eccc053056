"""How values stand in the catalog: instants as milliseconds, digests as bytes, nouns as JSON."""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import zstandard

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


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
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[Any], text: str) -> Any:  # Any: the caller names the kind
    """Return the noun of class `kind` that `to_json` wrote."""
    return _noun(kind, json.loads(text))


def packed(value: object) -> bytes:
    """Return `to_json` of `value`, zstd-compressed."""
    return _packer().compress(to_json(value).encode())


def unpacked(kind: type[Any], data: bytes) -> Any:
    """Return the noun of class `kind` that `packed` wrote."""
    return from_json(kind, _unpacker().decompress(data).decode())


@cache
def _packer() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=3, write_checksum=True, write_content_size=True)


@cache
def _unpacker() -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {
            part.name: _plain(getattr(value, part.name))
            for part in fields(value)
            if getattr(value, part.name) not in ("", 0, None, (), {}) or isinstance(getattr(value, part.name), bool)
        }
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _noun(kind: Any, row: dict[str, Any]) -> Any:
    hints = _hints(kind)
    required = {part.name: _empty(hints[part.name]) for part in fields(kind) if part.name not in row}
    defaults = {part.name for part in fields(kind) if part.default is part.default_factory}
    blanks = {name: value for name, value in required.items() if name in defaults or value in ("", 0)}
    return kind(**blanks, **{key: _read(hints[key], value) for key, value in row.items() if key in hints})


def _empty(hint: Any) -> object:
    return {str: "", int: 0, float: 0.0}.get(hint)


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if hint is datetime:
        return datetime.fromisoformat(value)
    if is_dataclass(hint):
        return _noun(hint, value)
    if typing.get_origin(hint) is tuple:
        part = typing.get_args(hint)[0]
        return tuple(_read(part, item) for item in value)
    return value
