"""Records as captures: ours by their place, other people's file by file, and the CDXJ index of either."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from tearsheet import coding
from tearsheet.errors import BadCoding, BadWarc, TooLarge
from tearsheet.model import Capture, Place
from tearsheet.warc.reader import Damage, one, read, read_within
from tearsheet.warc.records import (
    BODY_DIGEST,
    CONNECTION,
    CONVERSION_OF,
    RESPONSE_TYPE,
    Fields,
    Record,
    by_name,
    http_field,
    http_fields,
    http_status,
    unchunked,
    wire_head,
    with_lines,
)
from tearsheet.warc.writer import record_at, referred, stored_at

MAX_BODY = 256_000_000
MAX_RATIO = 2_000
"""Wider than when fetching: what was let in once must come out again."""

_PRIVATE_TLS = {"tls/1": "TLSv1", "tls/1.0": "TLSv1", "tls/1.1": "TLSv1.1", "tls/1.2": "TLSv1.2", "tls/1.3": "TLSv1.3"}


def get(folder: Path, place: Place, *, verify: bool = True) -> Capture:
    """Return the capture whose record lies at `place` under `folder`; a revisit gets its body from the record it refers to.

    Raises:
        BadWarc: the record, or the one it refers to, is damaged or not there.
    """
    where = f"{place.file} at byte {place.offset:,}"
    try:
        record = one(stored_at(folder, place), file=place.file, offset=place.offset, verify=verify)
        original = record_at(folder, referred(record)) if record.type == "revisit" else None
    except OSError as error:
        raise BadWarc(where, error.strerror or str(error)) from error
    if original is not None and original.field("WARC-Payload-Digest") != record.field("WARC-Payload-Digest"):
        raise BadWarc(where, "refers to a record that holds something else")
    payload = original.payload if original else record.payload
    whole = _completed(record, original, connection=record.connection or original.connection) if original else record
    return capture_of(whole, place=place, payload=payload, max_body=max(MAX_BODY, len(payload)))


def captures(
    path: Path, *, report: Callable[[Damage], None] = lambda damage: None, max_body: int = MAX_BODY
) -> Iterator[Capture]:
    """Yield what any WARC file holds as captures: its responses and resources, chunked framing undone.

    Revisit records whose original stands earlier in the same file are resolved; others are passed over, as is damage.
    A body of more than `max_body` bytes, packed or unpacked, is left out, and the capture `truncated` for its length.
    """
    seen: dict[str, Place] = {}
    for record in read_within(path, max_body, report=report):
        if record.type == "response" and http_status(record.http_head):
            if record.length:
                seen[record.id] = Place(file=path.name, offset=record.offset, length=record.length)
            yield capture_of(record, max_body=max_body)
        elif record.type == "resource":
            yield capture_of(record, max_body=max_body)
        elif record.type == "revisit" and record.field("WARC-Refers-To") in seen:
            original = record_at(path.parent, seen[record.field("WARC-Refers-To")])
            try:  # others leave out what they do not know of the connection
                whole = _completed(record, original, connection=record.connection)
            except BadWarc as error:
                report(Damage(path.name, record.offset, record.length, error.cause))
                continue
            yield capture_of(whole, payload=original.payload, max_body=max_body)


def _completed(revisit: Record, original: Record, *, connection: Fields) -> Record:
    """Return a revisit record as the answer that it stands for, which was not cut short and came over `connection`."""
    said = CONNECTION | {"warc-truncated", "content-type"}
    others = (field for field in revisit.fields if field[0].lower() not in said)
    fields = (*others, *connection, ("Content-Type", RESPONSE_TYPE))
    head = revisit.http_head or with_lines(original.http_head, revisit.fields, at=revisit.at)
    return replace(revisit, fields=fields, named=by_name(fields), data=head, span=(0, len(head)))


def capture_of(
    record: Record, *, place: Place | None = None, payload: bytes | None = None, max_body: int = MAX_BODY
) -> Capture:
    """Return a response, revisit, resource or conversion record as a capture. `payload` replaces the record's own."""
    head = wire_head(record.http_head)
    fields = http_fields(head) if head else (("Content-Type", record.field("Content-Type")),)
    raw = record.payload if payload is None else payload
    if b"transfer-encoding" in record.http_head.lower() and b"X-Orig-" not in record.http_head:
        bare = unchunked(raw)
        raw = raw if bare is None else bare
    body = _unpacked(fields, raw, max_body)
    is_too_large = record.omitted or body is None
    url = record.url.removeprefix(CONVERSION_OF)
    return Capture(
        url=url,
        final_url=url,
        status=http_status(head) or 200,
        headers=fields,
        body=body or b"",
        captured_at=record.at,
        digest=_body_digest(record, body or b""),
        raw=raw if head and not is_too_large else b"",
        head=head,
        ip=record.field("WARC-IP-Address"),
        tls=_tls(record),
        truncated="length" if is_too_large else record.field("WARC-Truncated"),
        place=place,
    )


def _body_digest(record: Record, body: bytes) -> str:
    named = record.field(BODY_DIGEST)
    return named if named and not body else "sha256:" + hashlib.sha256(body).hexdigest()


def _unpacked(fields: Fields, raw: bytes, max_bytes: int) -> bytes | None:
    """Return the body with its content coding undone; None if it is too large."""
    codings = http_field(fields, "content-encoding")
    if not codings or not raw:
        return raw if len(raw) <= max_bytes else None
    try:
        return coding.unpacked(codings, raw, max_bytes=max_bytes, max_ratio=MAX_RATIO)
    except TooLarge:
        return None
    except BadCoding:
        return raw if len(raw) <= max_bytes else None  # many writers unpack the body and leave the header


def _tls(record: Record) -> str:
    protocols = [value.lower() for name, value in record.fields if name.lower() == "warc-protocol"]
    version = next((_PRIVATE_TLS[value] for value in protocols if value in _PRIVATE_TLS), "")
    return f"{version} {record.field('WARC-Cipher-Suite')}".strip()


# ---- index


def cdxj(path: Path, *, name: str = "") -> Iterator[str]:
    """Yield one CDXJ line for each response, revisit and resource in a WARC file, in the file's order (an index is sorted)."""
    for record in read(path, verify=False, name=name or path.name):
        if record.type in ("response", "revisit", "resource") and record.url:
            yield cdxj_line(record)


def cdxj_line(record: Record) -> str:
    """Return the CDXJ line of a record, without a line end."""
    fields = http_fields(record.http_head)
    mime = http_field(fields, "content-type") if record.http_head else record.field("Content-Type")
    row = {
        "url": record.url,
        "mime": "warc/revisit" if record.type == "revisit" else mime.partition(";")[0].strip().lower() or "unk",
        "status": str(http_status(record.http_head) or 200),
        "digest": record.field("WARC-Payload-Digest") or record.field("WARC-Block-Digest"),
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": record.file,
    }
    return f"{surt(record.url)} {record.at:%Y%m%d%H%M%S} {json.dumps(row, ensure_ascii=False)}"


def surt(url: str) -> str:
    """Return the sort key of an address: the host from its end, the path in lower case, the query in order.

    Source: the "Sort-friendly URI Reordering Transform" as pywb and the Wayback Machine use it.
    """
    try:
        parts = urlsplit(url.lower())
        port = parts.port
    except ValueError:
        return url.lower().replace(" ", "%20")
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    turned = host if ":" in host or re.fullmatch(r"[\d.]+", host) else ",".join(reversed(host.split(".")))
    shown = f":{port}" if port and port != {"http": 80, "https": 443}.get(parts.scheme) else ""
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    path = parts.path.rstrip("/") or "/"
    return f"{turned}{shown}){path}{'?' + query if query else ''}".replace(" ", "%20")
