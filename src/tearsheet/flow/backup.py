"""Backup: a second folder that is an archive itself. Incremental, resumable, consistent while the first one is at work."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tearsheet.archive import CATALOG_FILE, Archive, open_archive
from tearsheet.config import SETTINGS_FILE, SOURCES_FILE
from tearsheet.errors import ArchiveExists, DiskTrouble, NoArchive
from tearsheet.files import Folder
from tearsheet.flow.clock import now
from tearsheet.flow.keys import KEY, succeed
from tearsheet.flow.sealing import seal
from tearsheet.model import Step

MANIFEST, RESTORING = ".backup.json", ".restoring.json"
# The ledger before the catalog, which may then hold more than was signed, never less; what the catalog points to comes last,
# and may be more than it knows of.
SMALL = (SETTINGS_FILE, SOURCES_FILE, KEY)
BEFORE, AFTER = ("ledger", "sites"), ("warc", "media")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup did: files copied, files that were there already, bytes written."""

    copied: int = 0
    same: int = 0
    removed: int = 0
    bytes: int = 0


def backup(archive: Archive, dest: Path, *, progress: Callable[[Step], None] = lambda step: None) -> BackupReport:
    """Return what was copied to bring the folder `dest` level with `archive`.

    A file that has not changed since the last backup is not read. Removed pictures go from the backup too, and so do the bytes
    of removed records. Interrupted, it goes on where it was.

    Raises:
        ArchiveExists: `dest` is another archive. DiskTrouble: it cannot be written.
    """
    if (dest / SETTINGS_FILE).exists() and not (dest / MANIFEST).exists():
        raise ArchiveExists(str(dest), "it is not a backup; choose an empty folder")
    return _Backup(archive.path, dest, progress).run(archive.store.copy_to)


def restore(
    source: Path, dest: Path, *, same_log: bool = False, progress: Callable[[Step], None] = lambda step: None
) -> BackupReport:
    """Return what was copied to make a working archive in the folder `dest` out of the backup in `source`.

    Nobody here knows what the lost archive signed after its backup, so the restored one goes on as a log of another name and key,
    which begins with all leaves of the old one. With `same_log` it keeps them, because the old one signed nothing since.
    Interrupted, it goes on where it was.

    Raises:
        NoArchive: `source` is no backup. ArchiveExists: there is an archive in `dest`.
    """
    if not (source / MANIFEST).exists() or not (source / CATALOG_FILE).exists():
        raise NoArchive(str(source), "not a finished backup: made by `tearsheet backup`")
    if (dest / SETTINGS_FILE).exists() and not (dest / RESTORING).exists():
        raise ArchiveExists(str(dest))
    copying = _Backup(source, dest, progress, manifest=RESTORING)
    report = copying.run(lambda file: _copy(source / CATALOG_FILE, file))
    archive = open_archive(dest)
    try:
        if not same_log and (dest / KEY).exists():
            succeed(archive, at=now())
            seal(archive)
    finally:
        archive.close()
    (dest / RESTORING).unlink()
    return report


class _Backup:
    def __init__(self, source: Path, dest: Path, progress: Callable[[Step], None], *, manifest: str = MANIFEST) -> None:
        self.source = source
        self.dest = dest
        self.progress = progress
        self.manifest = manifest
        self.copied = self.same = self.removed = self.bytes = 0
        dest.mkdir(parents=True, exist_ok=True)
        self.seen: dict[str, list[int]] = self._manifest()

    def run(self, copy_catalog: Callable[[Path], None]) -> BackupReport:
        """Copy everything, in the order that makes any interruption harmless."""
        self._save()  # from here on the folder is known as a backup, though not yet a whole one
        for folder in BEFORE:
            self._folder(folder)
        for name in SMALL:
            if (self.source / name).exists():
                self._file(self.source / name)
        fresh = self.dest / f"{CATALOG_FILE}.new"
        fresh.unlink(missing_ok=True)
        with _disk(self.dest):
            copy_catalog(fresh)
            _sync(fresh)
        for folder in AFTER:
            self._folder(folder)
        with _disk(self.dest):
            fresh.replace(self.dest / CATALOG_FILE)
            _sync(self.dest)
        self._save()
        return BackupReport(copied=self.copied, same=self.same, removed=self.removed, bytes=self.bytes)

    def _folder(self, name: str) -> None:
        here = {file.relative_to(self.source).as_posix() for file in _files(self.source / name)}
        for at, relative in enumerate(sorted(here)):
            self.progress(Step(stage=name, done=at, total=len(here), note=relative))
            self._file(self.source / relative)
        for file in list(_files(self.dest / name)):
            if file.relative_to(self.dest).as_posix() not in here:
                file.unlink()
                self.removed += 1

    def _file(self, file: Path) -> None:
        relative = file.relative_to(self.source).as_posix()
        now = file.stat()
        mark = [now.st_size, now.st_mtime_ns]
        target = self.dest / relative
        if self.seen.get(relative) == mark and target.exists():
            self.same += 1
            return
        with _disk(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(file, target.with_name(target.name + ".part"))
            target.with_name(target.name + ".part").replace(target)
            _sync(target.parent)
        self.seen[relative] = mark
        self.copied += 1
        self.bytes += now.st_size

    def _manifest(self) -> dict[str, list[int]]:
        file = self.dest / self.manifest
        try:
            return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}
        except ValueError:
            return {}  # torn by a kill: everything is compared anew, that is copied once more

    def _save(self) -> None:
        Folder(self.dest).put(self.manifest, json.dumps(self.seen, indent=0, sort_keys=True).encode())


class _disk:
    """Translate what the system says of a disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise DiskTrouble(str(self.path), str(error)) from error


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (file for file in folder.rglob("*") if file.is_file() and not file.name.endswith((".part", ".lock")))


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    shutil.copymode(source, target)
    _sync(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
