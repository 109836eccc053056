"""Checks WACZ files, stricter than the validator that exists: it also takes a file without pages, or without its own digest."""

import hashlib
import json
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from tearsheet import coding
from tearsheet.errors import BadCoding, TooLarge
from tearsheet.warc.captures import cdxj_line
from tearsheet.warc.reader import Damage, read
from tearsheet.warc.records import Record
from tearsheet.warc.wacz import ARCHIVE, BLOCKS, DIGEST, INDEX, PACKAGE, PAGES, REPLAYED, WEB
from tearsheet.warc.waczread import MAX_RATIO, UNSOUND, copied, is_bomb, warc_names

VERSIONS = ("1.0.0", "1.1.0", "1.1.1")
NAME = re.compile(r"[-a-z0-9._/]+")  # specs.frictionlessdata.io/data-package, 1.0: of a resource


def check_wacz(path: Path) -> list[str]:
    """Return all that is wrong with the WACZ file at `path`; nothing if all is well.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as package, tempfile.TemporaryDirectory() as folder:
            return list(_Check(package, Path(folder)).said())
    except UNSOUND as error:
        return [f"is no sound ZIP file: {error}"]


class _Check:
    def __init__(self, package: zipfile.ZipFile, folder: Path) -> None:
        self.package = package
        self.folder = folder
        self.originals: set[str] = set()
        self.revisits: list[Record] = []
        self.warcs = warc_names(package)
        self.names = Counter(info.filename for info in package.infolist() if not info.is_dir())

    def said(self) -> Iterator[str]:
        """Yield what is wrong."""
        wrong = list(self._entries())
        yield from wrong
        if wrong:
            return
        yield from self._package()
        lines: list[str] = []
        for name in self.warcs:
            yield from self._warc(name, lines)
        yield from self._revisits()
        yield from self._index(sorted(lines))
        yield from self._pages(lines)

    def _entries(self) -> Iterator[str]:
        """Yield what is wrong with the ZIP's own table, before anything is read."""
        yield from (f"{name} is in it twice" for name, count in sorted(self.names.items()) if count > 1)
        for name in self.names:
            if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts:
                yield f"{name!r} leads out of it"
        for name in (PACKAGE, DIGEST, INDEX, BLOCKS, PAGES):
            if name not in self.names:
                yield f"{name} is missing"
            elif is_bomb(self.package.getinfo(name)):
                yield f"{name} unpacks to more than {MAX_RATIO} times its size"
        if not self.warcs:
            yield f"{ARCHIVE} holds no WARC file"
        for name in (*self.warcs, INDEX):
            if name in self.names and self.package.getinfo(name).compress_type != zipfile.ZIP_STORED:
                yield f"{name} is compressed once more, so that nothing can be read out of its middle"
        yield from self._misplaced()

    def _misplaced(self) -> Iterator[str]:
        """Yield what ReplayWeb.page looks for in the wrong place: it takes a file's own header to be as the table says."""
        with Path(self.package.filename or "").open("rb") as file:
            for info in self.package.infolist():
                file.seek(info.header_offset + 28)
                if not info.extra and file.read(2) != b"\0\0":
                    yield f"{info.filename} does not begin where players look: its own header is longer than the table tells"

    def _package(self) -> Iterator[str]:
        """Yield what is wrong with the description, and which files are not those that it describes."""
        data = self.package.read(PACKAGE)
        try:
            said, digest = json.loads(data), json.loads(self.package.read(DIGEST))
            listed = {one["path"]: (one["hash"], one["bytes"]) for one in said["resources"]}
            names = [one["path"] for one in said["resources"] if not NAME.fullmatch(one["name"])]
            wanted, profile, version = digest["hash"], said["profile"], said["wacz_version"]
        except (ValueError, KeyError, TypeError) as error:
            yield f"{PACKAGE} or {DIGEST} does not say what it has to: {error!r}"
            return
        if wanted != "sha256:" + hashlib.sha256(data).hexdigest():
            yield f"{PACKAGE} is not the one of {DIGEST}"
        if profile != "data-package" or version not in VERSIONS:
            yield f"{PACKAGE} is of profile {profile!r} and WACZ version {version!r}"
        yield from (f"{path} is described under a name that no data package may have" for path in names)
        for name in sorted({*listed, *self.names} - {PACKAGE, DIGEST}):
            if name not in self.names:
                yield f"{name} is described, but not in it"
            elif name not in listed:
                yield f"{name} is in it, but not described"
            elif listed[name] != self._digest(name):
                yield f"{name} is not the file that is described"

    def _digest(self, name: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self.package.open(name) as file:
            while piece := file.read(1_000_000):
                digest.update(piece)
                size += len(piece)
        return f"sha256:{digest.hexdigest()}", size

    def _warc(self, name: str, lines: list[str]) -> Iterator[str]:
        """Yield what is damaged in a WARC file; its index lines go to `lines`."""
        damages: list[Damage] = []
        copy = copied(self.package, name, self.folder)
        for record in read(copy, report=damages.append, name=name.removeprefix(ARCHIVE)):
            if record.type in REPLAYED and record.url:
                lines.append(cdxj_line(record))
            if record.type == "response":
                self.originals.add(record.id)
            elif record.type == "revisit":
                self.revisits.append(record)
        yield from (f"{ARCHIVE}{damage}" for damage in damages)

    def _revisits(self) -> Iterator[str]:
        for record in self.revisits:
            if record.field("WARC-Refers-To") not in self.originals:
                yield f"{record.url} of {record.at:%Y-%m-%d %H:%M:%S} refers to a record that is not in it"

    def _index(self, lines: list[str]) -> Iterator[str]:
        """Yield in what the index is not that of the records."""
        data = self.package.read(INDEX)
        try:
            listed = self._unpacked(data)
        except (BadCoding, TooLarge, UnicodeDecodeError) as error:
            yield f"{INDEX} cannot be unpacked: {error}"
            return
        if listed != sorted(listed):
            yield f"{INDEX} is not sorted"
        here, there = ({_where(line) for line in table} for table in (lines, listed))
        for what, found in (
            ("is not in the index", {one for one in here - there if one[0].startswith(WEB)}),
            ("is in the index, but not in a WARC file", there - here),
        ):
            for url, at, file, offset in sorted(found)[:20]:
                yield f"{url} of {at} ({file} at byte {offset}) {what}"
        yield from self._blocks(data)

    @staticmethod
    def _unpacked(data: bytes) -> list[str]:
        plain = coding.unpacked("gzip", data, max_bytes=coding.RATIO_FLOOR + MAX_RATIO * len(data), max_ratio=MAX_RATIO)
        return plain.decode().splitlines()

    def _blocks(self, data: bytes) -> Iterator[str]:
        """Yield which blocks of the index are not where the table of blocks says."""
        offset = 0
        for line in self.package.read(BLOCKS).decode("utf-8", errors="replace").splitlines():
            if line.startswith("!meta"):
                continue
            try:
                head, _, rest = line.partition("{")
                said = json.loads("{" + rest)
                block = data[said["offset"] : said["offset"] + said["length"]]
                begins = self._unpacked(block)[0].startswith(head.strip() + " ") and said["offset"] == offset
                offset += len(block)
            except (ValueError, KeyError, TypeError, IndexError, BadCoding, TooLarge):
                begins = False
            if not begins:
                yield f"{BLOCKS} names a block that does not begin so: {line[:100]}"
                return
        if offset != len(data):
            yield f"{BLOCKS} names {offset:,} of {len(data):,} bytes of the index"

    def _pages(self, lines: list[str]) -> Iterator[str]:
        """Yield which pages are not among the records."""
        known = {_where(line)[:2] for line in lines}
        head, *pages = self.package.read(PAGES).decode("utf-8", errors="replace").splitlines() or [""]
        try:
            if json.loads(head)["format"] != "json-pages-1.0":
                yield f"{PAGES} is of another format"
            if not pages:
                yield f"{PAGES} names no page"
            for line in pages:
                page = json.loads(line)
                if (page["url"], _digits(page["ts"])) not in known:
                    yield f"{page['url']} of {page['ts']} is listed as a page, but no record of it is there"
        except (ValueError, KeyError, TypeError) as error:
            yield f"{PAGES} does not say what it has to: {error!r}"


def _where(line: str) -> tuple[str, str, str, str]:
    """Return address, date, file and offset of an index line; empty ones if it is none."""
    try:
        _, at, rest = line.split(" ", 2)
        row = json.loads(rest)
        return str(row["url"]), at, str(row["filename"]), str(row["offset"])
    except (ValueError, KeyError, TypeError):
        return "", "", "", line[:80]


def _digits(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(UTC):%Y%m%d%H%M%S}"
