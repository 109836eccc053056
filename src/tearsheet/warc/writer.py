"""Writes captures into WARC/1.1 files of its own, one gzip member for each record. Never changes what it has written."""

import contextlib
import fcntl
import itertools
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tearsheet.errors import BadWarc, DiskTrouble
from tearsheet.model import Capture, Place
from tearsheet.version import VERSION
from tearsheet.warc.members import packed
from tearsheet.warc.reader import first, one
from tearsheet.warc.records import (
    BODY_DIGEST,
    CONVERSION_OF,
    END,
    OF_CAPTURE,
    REQUEST_TYPE,
    RESPONSE_TYPE,
    SAME_PAYLOAD,
    Record,
    changed_lines,
    digest,
    http_field,
    http_fields,
    kept_head,
    new_id,
    record_bytes,
)

SOFTWARE = f"Tearsheet/{VERSION}"
OPEN_MARK = ".open"
"""A file of this name beside a WARC says that its writer has not closed it; it holds the length that is synced."""

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """The earlier capture whose body came again: its final address, its time, and where its record lies."""

    url: str
    at: datetime
    place: Place


class Writer:
    """Appends to one file at a time, which no other process writes. Opened at the first record, closed by `close`.

    Nothing is safe from a power cut before `sync` has returned. With `bodies` off, pages are recorded without their body.
    """

    def __init__(self, folder: Path, *, max_bytes: int = 10**9, bodies: bool = True) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._bodies = bodies
        self._file: _File | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def keep(self, capture: Capture, *, revisit: Revisit | None = None) -> Place:
        """Write a capture, the redirects that led to it and the requests; return where its answer lies.

        If the body is that of an earlier capture, `revisit` names it, and only a reference is written; if that record
        cannot be read, or another content coding was used, the capture is written in full.

        Raises:
            DiskTrouble: it could not be written, and nothing of it is kept.
        """
        records = [record for hop in capture.via for record in self._pair(hop, None)]
        at = len(records)
        records += self._pair(capture, self._original(capture, revisit) if revisit else None)
        return self._append(records)[at]

    def keep_resource(self, url: str, media_type: str, data: bytes, at: datetime) -> Place:
        """Write bytes that did not come over HTTP (an imported file, the text of a feed entry); return where they lie.

        Raises:
            DiskTrouble: they could not be written.
        """
        fields = [("WARC-Target-URI", uri(url)), ("Content-Type", media_type)]
        return self._append([self._record("resource", fields, data, at=at)])[0]

    def keep_conversion(self, url: str, data: bytes, media_type: str, *, of: str, at: datetime) -> Place:
        """Write something made from a capture of `url` (a clipping); return where it lies.

        `of` is the digest of that capture's body, or its record id. Under the address itself pywb would show it for the page.

        Raises:
            DiskTrouble: it could not be written.
        """
        origin = ("WARC-Refers-To" if of.startswith("<urn:") else OF_CAPTURE, of)
        fields = [("WARC-Target-URI", CONVERSION_OF + uri(url)), origin, ("Content-Type", media_type)]
        return self._append([self._record("conversion", fields, data, at=at)])[0]

    def keep_metadata(self, data: bytes, media_type: str, *, at: datetime, id: str) -> Place:
        """Write a note of our own, which is no capture; return where it lies. `id` is that of its record.

        Raises:
            DiskTrouble: it could not be written.
        """
        record = packed(record_bytes("metadata", [("Content-Type", media_type)], data, at=at, id=id))
        self._open()
        return self._append([record])[0]

    @property
    def file_name(self) -> str:
        """The name of the file that is being written now; empty if none is."""
        return self._file.name if self._file else ""

    def sync(self) -> None:
        """Make everything written so far survive a power cut.

        Raises:
            DiskTrouble: the disk did not take it. What was written since the last `sync` must not be relied on.
        """
        if self._file is not None:
            with self._given_up():
                self._file.sync()

    def close(self) -> None:
        """Sync and close the file. The writer can be used again, and will then begin another."""
        if self._file is None:
            return
        with self._given_up():
            self._file.close()
        self._file = None

    # ---- what is written

    def _pair(self, capture: Capture, original: "_Original | None") -> list[bytes]:
        """Return the records of one exchange: the answer, and the request if we sent it.

        A reference goes without its request, which says nothing that the original's does not: it is to stay under 1 kB.
        """
        if original:
            return [self._revisit(capture, original)]
        id = new_id()
        answer = self._response(capture, id=id)
        if not capture.request:
            return [answer]
        fields = [
            ("WARC-Target-URI", uri(capture.final_url)),
            ("WARC-Concurrent-To", id),
            ("WARC-IP-Address", capture.ip),
            ("Content-Type", REQUEST_TYPE),
        ]
        return [answer, self._record("request", fields, capture.request, at=capture.captured_at)]

    def _response(self, capture: Capture, *, id: str) -> bytes:
        payload = capture.raw or capture.body
        head = kept_head(_head(capture), len(payload))
        fields = [("WARC-Target-URI", uri(capture.final_url)), *_connection(capture), ("Content-Type", RESPONSE_TYPE)]
        if self._bodies or not payload:
            fields += [("WARC-Truncated", capture.truncated), ("WARC-Payload-Digest", digest(payload))]
            return self._record("response", fields, head + payload, at=capture.captured_at, id=id)
        fields += [("WARC-Truncated", "unspecified"), (BODY_DIGEST, capture.digest)]
        return self._record("response", fields, head, at=capture.captured_at, id=id)

    def _revisit(self, capture: Capture, original: "_Original") -> bytes:
        """Return a reference. What it does not say of the header block and the connection was as in the original."""
        head = kept_head(_head(capture), len(capture.raw or capture.body))
        changes = changed_lines(head, original.head, at=capture.captured_at)
        connection = _connection(capture)
        fields = [
            ("WARC-Target-URI", uri(capture.final_url)),
            *(connection if connection != original.connection else ()),
            ("WARC-Profile", SAME_PAYLOAD),
            # pywb and wabac.js find the original by these two and nothing else.
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.date),
            ("WARC-Refers-To", original.id),
            ("WARC-Refers-To-Filename", original.place.file),
            ("WARC-Refers-To-File-Offset", str(original.place.offset)),
            ("WARC-Payload-Digest", original.payload_digest),
            *(changes if changes is not None else (("Content-Type", RESPONSE_TYPE), ("WARC-Truncated", "length"))),
        ]
        return self._record("revisit", fields, b"" if changes is not None else head, at=capture.captured_at)

    def _original(self, capture: Capture, revisit: Revisit) -> "_Original | None":
        """Return the record that holds the body, if a reference to it will do: readable, packed as this one is.

        What a reference leaves unsaid of the connection is read there, so one about which nothing is known must be so there too.
        """
        try:
            record = record_at(self._folder, revisit.place)
            place = revisit.place
            if record.type == "revisit":
                place = referred(record)
                record = record_at(self._folder, place)
        except (BadWarc, OSError):
            return None
        there = http_field(http_fields(record.http_head), "content-encoding").lower()
        here = http_field(http_fields(_head(capture)), "content-encoding").lower()
        if record.type != "response" or record.field("WARC-Truncated") or there != here:
            return None
        if record.connection and not _connection(capture):
            return None
        return _Original(
            url=record.url,
            date=record.field("WARC-Date"),
            id=record.id,
            payload_digest=record.field("WARC-Payload-Digest"),
            head=record.http_head,
            connection=list(record.connection),
            place=place,
        )

    def _record(self, kind: str, fields: list[tuple[str, str]], block: bytes, *, at: datetime, id: str = "") -> bytes:
        info = ("WARC-Warcinfo-ID", self._open().info_id)
        return packed(record_bytes(kind, [*fields, info] if kind != "revisit" else fields, block, at=at, id=id))

    # ---- where it goes

    def _open(self) -> "_File":
        if self._file is not None and self._file.size >= self._max_bytes:
            self.close()
        if self._file is None:
            self._file = _File.create(self._folder)
        return self._file

    def _append(self, records: list[bytes]) -> list[Place]:
        file = self._file or self._open()
        with self._given_up(broken_only=True):
            start = file.append(b"".join(records))
        places = []
        for record in records:
            places.append(Place(file=file.name, offset=start, length=len(record)))
            start += len(record)
        return places

    @contextlib.contextmanager
    def _given_up(self, *, broken_only: bool = False) -> Iterator[None]:
        """Never use a file again whose sync failed: the next one may report success for pages that are gone."""
        try:
            yield
        except DiskTrouble:
            file = self._file
            if file is not None and (file.broken or not broken_only):
                file.abandon()
                self._file = None
            raise


@dataclass(frozen=True, slots=True)
class _Original:
    url: str
    date: str
    id: str
    payload_digest: str
    head: bytes
    connection: list[tuple[str, str]]
    place: Place


class _File:
    """One WARC file being written, locked for as long."""

    def __init__(self, folder: Path, name: str, descriptor: int, info_id: str) -> None:
        self.name = name
        self.size = 0
        self.broken = False
        self.info_id = info_id
        self._path = folder / name
        self._mark = self._path.with_name(self._path.name + OPEN_MARK)
        self._descriptor = descriptor
        self._synced = 0

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Return a new file with its warcinfo record, its name and its mark safe on the disk."""
        now = datetime.now(UTC)
        try:
            below = folder / f"{now:%Y}" / f"{now:%m}"
            below.mkdir(parents=True, exist_ok=True)
            name, descriptor = _new_file(below, now)
            file = cls(folder, f"{now:%Y}/{now:%m}/{name}", descriptor, new_id())
            _write_mark(file._mark, 0)
            # All of them, new or not: whoever made one may have been killed before he synced the one above.
            for parent in (below, below.parent, folder, folder.parent):
                sync_folder(parent)
        except OSError as error:
            raise DiskTrouble(str(folder), error.strerror or str(error)) from error
        try:
            file.append(packed(_warcinfo(name, now, file.info_id)))
        except DiskTrouble:
            file.abandon()
            raise
        return file

    def append(self, data: bytes) -> int:
        """Write all of `data` and return where it begins; or nothing of it."""
        start = self.size
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            self._cut_back(start)
            raise DiskTrouble(str(self._path), error.strerror or str(error)) from error
        self.size += len(data)
        return start

    def _cut_back(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
            os.lseek(self._descriptor, size, os.SEEK_SET)
        except OSError:
            self.broken = True

    def sync(self) -> None:
        if self._synced == self.size:
            return
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise DiskTrouble(str(self._path), error.strerror or str(error)) from error
        self._synced = self.size
        # Only a hint where to begin when looking for a torn tail, so it need not be synced itself.
        with contextlib.suppress(OSError):
            _write_mark(self._mark, self._synced)

    def close(self) -> None:
        self.sync()
        try:
            os.close(self._descriptor)
            self._mark.unlink(missing_ok=True)
        except OSError as error:
            raise DiskTrouble(str(self._path), error.strerror or str(error)) from error

    def abandon(self) -> None:
        """Let go of the file as it is; its mark stays, so that its tail is looked at."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


def record_at(folder: Path, place: Place) -> Record:
    """Return the record at `place`, not verified against its digests (its checksum always is).

    Raises:
        BadWarc: there is none, or it is damaged.
        OSError: the file cannot be read.
    """
    if not place.length:
        return first(folder / place.file, place.offset, name=place.file)
    return one(stored_at(folder, place), file=place.file, offset=place.offset, verify=False)


def stored_at(folder: Path, place: Place) -> bytes:
    """Return the stored bytes at `place`.

    Raises:
        BadWarc: the file is shorter.
        OSError: the file cannot be read.
    """
    descriptor = os.open(f"{folder}/{place.file}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        stored = os.pread(descriptor, place.length, place.offset)
    finally:
        os.close(descriptor)
    if len(stored) < place.length or not stored:
        raise BadWarc(f"{place.file} at byte {place.offset:,}", "the file ends before the record does")
    return stored


def referred(record: Record) -> Place:
    """Return where the record lies that a revisit record refers to.

    Raises:
        BadWarc: it does not say.
    """
    file, offset = record.field("WARC-Refers-To-Filename"), record.field("WARC-Refers-To-File-Offset")
    inside = file and not file.startswith("/") and ".." not in Path(file).parts
    if not inside or not offset.isdecimal():
        raise BadWarc(f"{record.file} at byte {record.offset:,}", "refers to a record without saying where it lies")
    return Place(file=file, offset=int(offset), length=0)


def uri(url: str) -> str:
    """Return an address as it may stand in a header."""
    return re.sub(r"[\x00-\x20\x7f]", lambda found: f"%{ord(found[0]):02X}", url)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_file(folder: Path, now: datetime) -> tuple[str, int]:
    """Return name and descriptor of a file that was not there before, locked."""
    host = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())[:40] or "host"
    while True:
        name = f"tearsheet-{now:%Y%m%dT%H%M%SZ}-{host}-{os.getpid()}-{next(_numbers):05d}.warc.gz"
        try:
            descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)  # somebody trimming was quicker; he may take it away
            continue
        if os.fstat(descriptor).st_nlink:
            return name, descriptor
        os.close(descriptor)


def _write_mark(path: Path, synced: int) -> None:
    """Note how much of a file is safe. Always of one length and written in place, so that it cannot end up half."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.write(descriptor, b"%020d\n" % synced)
    finally:
        os.close(descriptor)


def info_record(name: str, at: datetime) -> bytes:
    """Return the stored record that begins the WARC file `name`."""
    return packed(_warcinfo(name, at, new_id()))


def _warcinfo(name: str, now: datetime, id: str) -> bytes:
    lines = (
        f"software: {SOFTWARE}",
        "format: WARC File Format 1.1",
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots: classic",
        "http-payload: without chunked framing; the original field is kept as X-Orig-Transfer-Encoding",
    )
    block = "".join(f"{line}\r\n" for line in lines).encode()
    fields = [("WARC-Filename", name), ("Content-Type", "application/warc-fields")]
    return record_bytes("warcinfo", fields, block, at=now, id=id)


def _head(capture: Capture) -> bytes:
    """Return the header block of the answer; made from the fields if it was not fetched by us."""
    if capture.head:
        return capture.head if capture.head.endswith((END, b"\n\n")) else capture.head.rstrip(b"\r\n") + END
    lines = [f"HTTP/1.1 {capture.status} {_REASONS.get(capture.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in capture.headers]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + END


_REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found", 410: "Gone"}


def _connection(capture: Capture) -> list[tuple[str, str]]:
    """Return what is known of the connection: address, protocols, cipher suite."""
    if not capture.head:
        return []
    version, _, cipher = capture.tls.partition(" ")
    fields = [("WARC-IP-Address", capture.ip), ("WARC-Protocol", capture.head[:8].decode("latin-1").lower())]
    if version:
        fields += [("WARC-Protocol", version.lower().replace("tlsv", "tls/")), ("WARC-Cipher-Suite", cipher)]
    return [(name, value) for name, value in fields if value]
