"""WACZ files: records of an archive in one ZIP with an index and a list of pages, as web archive players read them.

Source: https://specs.webrecorder.net/wacz/1.1.1/
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tearsheet.errors import BadWarc
from tearsheet.model import Place
from tearsheet.warc.captures import cdxj_line
from tearsheet.warc.reader import first, one
from tearsheet.warc.records import Record
from tearsheet.warc.writer import SOFTWARE, info_record, referred, stored_at

VERSION = "1.1.1"
ARCHIVE, INDEX, BLOCKS, PAGES = "archive/", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
FILE_BYTES = 10**9
LINES = 1024
"""Lines of the index in one block."""
REPLAYED = ("response", "revisit", "resource")
WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that a reader of the file is offered; `at` is the date of its record."""

    url: str
    at: datetime
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a WACZ file says of itself. `main` is the page it opens at, if any."""

    title: str
    description: str
    created: datetime
    main: Page | None = None


class WaczWriter:
    """Writes one WACZ file, first the records of `folder` at the places given to `keep`, then the rest in `finish`.

    Members are copied byte for byte, so that a record is here what it is in the archive. What is under `path` before `finish`
    has returned is no WACZ file yet. Whatever cannot be written is an `OSError`.
    """

    def __init__(self, path: Path, folder: Path, *, at: datetime, file_bytes: int = FILE_BYTES) -> None:
        self.records = 0
        self._folder = folder
        self._at = at
        self._file_bytes = file_bytes
        self._lines: list[str] = []
        self._resources: list[dict[str, str | int]] = []
        self._held: set[tuple[str, int]] = set()
        self._part: _Part | None = None
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._zip.close()
            return
        # What went wrong is told already; left open, Python would complain about it once more.
        if self._part is not None:
            with suppress(OSError):
                self._part.close()
        with suppress(OSError):
            self._zip.close()

    def keep(self, place: Place) -> Record | None:
        """Return the record at `place`, which is in the file now, with its request, and with what it refers to; None if it
        was in it already.

        Raises:
            BadWarc: it is damaged, or what it refers to.
        """
        if (place.file, place.offset) in self._held:
            return None
        try:
            stored = stored_at(self._folder, place) if place.length else self._stored(place)
        except OSError as error:
            raise BadWarc(f"{place.file} at byte {place.offset:,}", error.strerror or str(error)) from error
        record = one(stored, file=place.file, offset=place.offset)
        if record.type == "revisit":
            self.keep(referred(record))
        self._held.add((place.file, place.offset))
        self._write(record, stored)
        self._keep_request(record)
        return record

    def finish(self, pages: Iterable[Page], label: Label, *, beside: Iterable[tuple[str, bytes]] = ()) -> None:
        """Write index, pages, the files (path, bytes) that go beside them, and the description; nothing can be kept after it."""
        if self._part is not None:
            self._part.close()
            self._resources.append(self._part.resource())
            self._part = None
        self._index()
        self._add(PAGES, "".join(_page_lines(pages)).encode())
        for name, data in beside:
            self._add(name, data)
        data = json.dumps(self._package(label), indent=2, ensure_ascii=False).encode()
        self._put(PACKAGE, data)
        digest = {"path": PACKAGE, "hash": "sha256:" + hashlib.sha256(data).hexdigest()}
        self._put(DIGEST, json.dumps(digest, indent=2).encode())

    def _stored(self, place: Place) -> bytes:
        length = first(self._folder / place.file, place.offset, name=place.file).length
        return stored_at(self._folder, replace(place, length=length))

    def _keep_request(self, record: Record) -> None:
        """Keep the request that was written after `record`, if there is one."""
        place = Place(file=record.file, offset=record.offset + record.length, length=0)
        if record.type != "response":
            return
        try:
            stored = self._stored(place)
        except (BadWarc, OSError):
            return  # the file ends here
        follower = one(stored, file=place.file, offset=place.offset)
        if follower.type == "request" and follower.field("WARC-Concurrent-To") == record.id:
            self._write(follower, stored)

    def _write(self, record: Record, stored: bytes) -> None:
        if self._part is not None and self._part.size + len(stored) > self._file_bytes:
            self._part.close()
            self._resources.append(self._part.resource())
            self._part = None
        if self._part is None:
            self._part = _Part(self._zip, f"tearsheet-{len(self._resources) + 1:05d}.warc.gz", at=self._at)
        offset = self._part.append(stored)
        self.records += 1
        # Not a list that lay on this machine: ReplayWeb.page takes an index that begins with it for one of another kind.
        if record.type in REPLAYED and record.url.startswith(WEB):
            self._lines.append(cdxj_line(replace(record, file=self._part.name, offset=offset)))

    def _index(self) -> None:
        self._lines.sort()
        blocks = [self._lines[start : start + LINES] for start in range(0, len(self._lines), LINES)]
        heads = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}\n"]
        data, offset = [], 0
        for lines in blocks:
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            packed = packer.compress("".join(f"{line}\n" for line in lines).encode()) + packer.flush()
            where = {"offset": offset, "length": len(packed), "digest": "sha256:" + hashlib.sha256(packed).hexdigest()}
            heads.append(f"{lines[0].partition('{')[0].strip()} {json.dumps(where)}\n")
            data.append(packed)
            offset += len(packed)
        self._add(INDEX, b"".join(data))
        self._add(BLOCKS, "".join(heads).encode())

    def _package(self, label: Label) -> dict[str, object]:
        opens = {"mainPageUrl": label.main.url, "mainPageDate": _stamp(label.main.at)} if label.main else {}
        return {
            "profile": "data-package",
            "wacz_version": VERSION,
            "software": SOFTWARE,
            "created": _stamp(label.created),
            "title": label.title,
            "description": label.description,
            **opens,
            "resources": self._resources,
        }

    def _add(self, name: str, data: bytes) -> None:
        self._put(name, data)
        self._resources.append(_resource(name, hashlib.sha256(data).hexdigest(), len(data)))

    def _put(self, name: str, data: bytes) -> None:
        self._zip.writestr(_entry(name, self._at), data)


class _Part:
    """One WARC file inside the ZIP, being written."""

    def __init__(self, package: zipfile.ZipFile, name: str, *, at: datetime) -> None:
        self.name = name
        self.size = 0
        self._digest = hashlib.sha256()
        # Not `force_zip64`: it makes the header before the file longer than the ZIP's table tells, which players believe.
        self._out: IO[bytes] = package.open(_entry(ARCHIVE + name, at), "w")
        self.append(info_record(name, at))

    def append(self, data: bytes) -> int:
        """Write `data` and return where it begins."""
        start = self.size
        self._out.write(data)
        self._digest.update(data)
        self.size += len(data)
        return start

    def close(self) -> None:
        self._out.close()

    def resource(self) -> dict[str, str | int]:
        return _resource(ARCHIVE + self.name, self._digest.hexdigest(), self.size)


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    utc = at.astimezone(UTC)
    info = zipfile.ZipInfo(name, (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second))
    info.external_attr = 0o644 << 16
    return info


def _resource(path: str, digest: str, size: int) -> dict[str, str | int]:
    name = path.partition("/")[2].lower()  # a data package has no capitals in a name, and no name twice
    return {"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _page_lines(pages: Iterable[Page]) -> Iterator[str]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "All pages"}) + "\n"
    for page in pages:
        id = hashlib.sha256(f"{_stamp(page.at)} {page.url}".encode()).hexdigest()[:22]
        row = {"id": id, "url": page.url, "ts": _stamp(page.at), "title": page.title}
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _stamp(at: datetime) -> str:
    """Return an instant as WACZ files have it: whole seconds, as in the index."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
