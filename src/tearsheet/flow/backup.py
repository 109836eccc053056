"""Backup: a second folder that is an archive itself. Incremental, resumable, consistent while the first one is at work."""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tearsheet.archive import BACKUP, CATALOG_FILE, RESTORING, Archive
from tearsheet.config import SETTINGS_FILE, SOURCES_FILE, settings_of
from tearsheet.errors import ArchiveBusy, ArchiveExists, DiskTrouble, NoArchive
from tearsheet.files import Folder, below, disk, held, sync
from tearsheet.flow.clock import now
from tearsheet.flow.indexing import catch_up
from tearsheet.flow.keys import KEY, succeed
from tearsheet.flow.rebuild import go_on
from tearsheet.flow.sealing import CHECKPOINT, seal
from tearsheet.model import Step
from tearsheet.warc.writer import OPEN_MARK

NEW = ".new"
"""How the catalog and the checkpoint are called in a backup until all that they speak of is there."""

# The ledger is read before the catalog, which may then hold more than was signed, never less; what the catalog points to is
# read last, and may be more than it knows of.
SMALL = (SOURCES_FILE, KEY, SETTINGS_FILE)
BEFORE, AFTER = ("ledger", "sites"), ("warc", "media")
SIGNED = f"ledger/{CHECKPOINT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What was done: files copied, files that were there already, bytes written.

    Of a restore also how many `pages` of the journal were newer than the catalog that it was made from, and as `problems`
    (thing, what of them could not be brought in).
    """

    copied: int = 0
    same: int = 0
    removed: int = 0
    bytes: int = 0
    pages: int = 0
    problems: tuple[tuple[str, str], ...] = ()


def backup(archive: Archive, dest: Path, *, progress: Callable[[Step], None] = lambda step: None) -> BackupReport:
    """Return what was copied to bring the folder `dest` level with `archive`.

    A file that has not changed since the last backup is not read. Removed pictures go from the backup too, and so do the bytes
    of removed records. Interrupted, it goes on where it was, and until it is done the backup before it stays whole.

    Raises:
        ArchiveExists: `dest` is another archive, or inside this one. DiskTrouble: it cannot be written.
        ArchiveBusy: another backup is being written there.
    """
    if archive.path.resolve() in Path(os.path.realpath(dest)).parents:
        raise ArchiveExists(str(dest), "a copy inside the archive would be lost with it")
    with _alone(dest, BACKUP):
        return _Copying(archive.path, dest, BACKUP, progress).run(archive.store.copy_to)


def restore(
    source: Path, dest: Path, *, same_log: bool = False, progress: Callable[[Step], None] = lambda step: None
) -> BackupReport:
    """Return what was copied to make a working archive in the folder `dest` out of the backup in `source`.

    Nobody here knows what the lost archive signed after its backup, so the restored one goes on as a log of another name and key,
    which begins with all leaves of the old one. With `same_log` it keeps them, because the old one signed nothing since.
    What an update wrote down while the backup was made comes in from the journal. Interrupted, it goes on where it was.

    Raises:
        NoArchive: `source` is no backup. ArchiveExists: there is an archive in `dest`, or what is left of one.
        ArchiveBusy: another restore is at work there.
    """
    if not (source / BACKUP).exists() or not (source / CATALOG_FILE).exists():
        raise NoArchive(str(source), "not a finished backup: made by `tearsheet backup`")
    with _alone(dest, RESTORING):
        copying = _Copying(source, dest, RESTORING, progress)
        for name in (*SMALL, SIGNED):  # a restore that was killed may have written another key and checkpoint over them
            copying.seen.pop(name, None)
        report = copying.run(lambda file: _copy(source / CATALOG_FILE, file))
        newer = go_on(dest, progress=progress)  # an update was running when the backup was made
        with Archive(dest, settings_of(dest)) as archive:
            catch_up(archive)
            if not same_log and (dest / KEY).exists():
                succeed(archive, at=now())
                seal(archive)
        with disk(dest):
            (dest / RESTORING).unlink()  # last: until then it is known for a copy that is not finished
            sync(dest)
    return replace(report, pages=newer.pages, problems=tuple(newer.problems))


@contextlib.contextmanager
def _alone(dest: Path, manifest: str) -> Iterator[None]:
    """Keep others from copying into the folder `dest`, where its file system knows locks.

    Raises:
        ArchiveExists: there is something that the copy would overwrite or remove, and it is not of this `manifest`.
        ArchiveBusy: another process is copying.
    """
    with disk(dest):
        dest.mkdir(parents=True, exist_ok=True)
    with held(dest) as is_ours:
        if not is_ours:
            raise ArchiveBusy(str(dest), "another process is copying into it")
        for name in () if (dest / manifest).exists() else (CATALOG_FILE, *SMALL, *BEFORE, *AFTER):
            if (dest / name).exists():
                raise ArchiveExists(str(dest), f"it has {name} already, and is no copy to go on with")
        yield


class _Copying:
    """Brings one folder level with another; `manifest`, in the former, says what of it is there already."""

    def __init__(self, source: Path, dest: Path, manifest: str, progress: Callable[[Step], None]) -> None:
        self.source = source
        self.dest = dest
        self.manifest = manifest
        self.progress = progress
        self.copied = self.same = self.removed = self.bytes = 0
        self.later: list[str] = []
        self.unsafe: list[Path] = []
        self.seen: dict[str, list[int]] = self._manifest()

    def run(self, copy_catalog: Callable[[Path], None]) -> BackupReport:
        """Copy everything, in the order that makes any interruption harmless."""
        self._save()  # from here on the folder is known for a copy, though not yet a whole one
        fresh, signed = self.dest / f"{CATALOG_FILE}{NEW}", self.dest / f"{SIGNED}{NEW}"
        signed.unlink(missing_ok=True)
        if (self.source / SIGNED).exists():
            self._file(self.source / SIGNED, under=signed)
        for folder in BEFORE:
            self._folder(folder)
        for name in (*SMALL, *self._certificates()):
            if (self.source / name).is_file():
                self._file(self.source / name)
        with disk(self.dest):
            for left in self.dest.glob(f"{fresh.name}*"):  # by a copying that was killed
                left.unlink()
            copy_catalog(fresh)
        self.unsafe.append(fresh)
        for folder in AFTER:
            self._folder(folder)
        self._settle()
        # The catalog never has less than was signed; without one the copy is not taken for a backup.
        is_first = not (self.dest / CATALOG_FILE).exists()
        if is_first:
            self._switch_checkpoint(signed)
        self._switch_catalog(fresh)
        if not is_first:
            self._switch_checkpoint(signed)
        self._tidy()
        self._settle()
        self._save()
        return BackupReport(copied=self.copied, same=self.same, removed=self.removed, bytes=self.bytes)

    def _certificates(self) -> tuple[str, ...]:
        """Return the name of the file under which time stamps are checked, if it lies in the archive's folder."""
        named = Path(settings_of(self.source).ledger.timestamp_ca)
        is_inside = named.name and not named.is_absolute() and ".." not in named.parts
        return (named.as_posix(),) if is_inside else ()

    def _settle(self) -> None:
        """Make what was copied survive a power cut: only then may anything speak of it."""
        Folder(self.dest).settle(self.unsafe)
        self.unsafe.clear()

    def _switch_catalog(self, fresh: Path) -> None:
        with disk(self.dest):
            for end in ("-wal", "-shm"):  # of somebody who looked into the copy: they are not those of the new catalog
                (self.dest / f"{CATALOG_FILE}{end}").unlink(missing_ok=True)
            fresh.replace(self.dest / CATALOG_FILE)
            sync(self.dest)

    def _switch_checkpoint(self, signed: Path) -> None:
        with disk(self.dest):
            if signed.exists():
                signed.replace(self.dest / SIGNED)
                sync(signed.parent)

    def _folder(self, name: str) -> None:
        """Copy what is new in a folder; what was changed in place or removed waits until the catalog is that of today."""
        here = [file.relative_to(self.source).as_posix() for file in _files(self.source / name)]
        # The mark of a WARC file that is being written before the file: a copy with half a record is to have its mark.
        here.sort(key=lambda relative: (not relative.endswith(OPEN_MARK), relative))
        for at, relative in enumerate(here):
            self.progress(Step(stage=name, done=at, total=len(here), note=relative))
            if relative == SIGNED:
                continue
            with contextlib.suppress(FileNotFoundError):  # a mark, or a picture that was removed: gone meanwhile
                if self._is_changed_in_place(relative):
                    self.later.append(relative)
                else:
                    self._file(self.source / relative)

    def _is_changed_in_place(self, relative: str) -> bool:
        """Return whether records of a file were erased since it was copied: its size stays the same."""
        mark, size = self.seen.get(relative), (self.source / relative).stat().st_size
        return bool(relative.startswith("warc/") and mark and mark[0] == size and (self.dest / relative).exists())

    def _tidy(self) -> None:
        """Copy what was changed in place, and remove what is no more, or was left half by a copying that was killed."""
        for relative in self.later:
            with contextlib.suppress(FileNotFoundError):
                self._file(self.source / relative)
        for name in (*BEFORE, *AFTER):
            for file in list(below(self.dest / name)):
                if not (self.source / file.relative_to(self.dest)).exists():
                    self._closed(file)
                    with disk(file):
                        file.unlink()
                    self.removed += 1

    def _closed(self, mark: Path) -> None:
        """Copy a WARC file once more that was closed since, if `mark` is that of one: then it needs none."""
        whole = self.source / mark.relative_to(self.dest).with_name(mark.name.removesuffix(OPEN_MARK))
        if mark.name.endswith(OPEN_MARK) and whole.exists():
            self._file(whole)

    def _file(self, file: Path, *, under: Path | None = None) -> None:
        relative = file.relative_to(self.source).as_posix()
        now = file.stat()
        mark = [now.st_size, now.st_mtime_ns]
        target = under or self.dest / relative
        if self.seen.get(relative) == mark and (self.dest / relative).exists():
            self.same += 1
            return
        try:
            with disk(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy(file, target.with_name(target.name + ".part"))
                target.with_name(target.name + ".part").replace(target)
        except DiskTrouble:
            file.stat()  # raises what is expected of a file that is gone meanwhile
            raise
        self.unsafe.append(target)
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


def _files(folder: Path) -> Iterator[Path]:
    for file in below(folder):
        if file.is_file() and not file.name.endswith((".part", ".lock", NEW)):
            yield file


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    shutil.copymode(source, target)
