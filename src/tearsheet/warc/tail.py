"""Finds what a crash left at the end of a WARC file, and cuts it off. Never touches a file that somebody is writing."""

import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tearsheet.errors import DiskTrouble
from tearsheet.warc.reader import read
from tearsheet.warc.records import Record
from tearsheet.warc.writer import OPEN_MARK, sync_folder


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A file that was not closed. `lost` bytes after `size` were cut off; none of them had been acknowledged."""

    file: str
    size: int
    lost: int

    def __str__(self) -> str:
        if not self.size:
            return f"{self.file}: held no whole record and was removed"
        return f"{self.file}: {self.lost:,} bytes of an unfinished record cut off after byte {self.size:,}"


def trim(folder: Path, *, acknowledged: Callable[[str], int] | None = None) -> list[Trimmed]:
    """Cut off the torn tails of files whose writer is gone, and return what was cut.

    Looks only at files that were not closed, and only behind what was synced: nothing acknowledged can be cut.
    `acknowledged` says of a file, by its name in `folder`, up to where its records are known elsewhere: with them everything from
    the first damage after that on is cut, sound or not, for a power cut may tear a hole into what was not synced.

    Raises:
        DiskTrouble: a file could not be cut.
    """
    trimmed: list[Trimmed] = []
    for path in sorted(_marked(folder)):
        try:
            found = _trim_one(
                folder, path, known=acknowledged(path.relative_to(folder).as_posix()) if acknowledged else None
            )
        except OSError as error:
            raise DiskTrouble(str(path), error.strerror or str(error)) from error
        trimmed += [found] if found else []
    return trimmed


def _marked(folder: Path) -> Iterator[Path]:
    """Yield the files that were not closed, behind links too; each folder is entered once, whatever leads back to it."""
    entered = set[Path]()
    for here, below, names in os.walk(folder, followlinks=True):
        if (place := Path(here).resolve()) in entered:
            below.clear()
            continue
        entered.add(place)
        yield from (Path(here) / name.removesuffix(OPEN_MARK) for name in names if name.endswith(OPEN_MARK))


def is_open(path: Path) -> bool:
    """Return whether the file at `path` is being written, or was when its writer died."""
    return path.with_name(path.name + OPEN_MARK).exists()


def _synced(path: Path) -> int:
    """Return the length that was safe when the mark was last written, 0 if it does not say."""
    try:
        text = path.with_name(path.name + OPEN_MARK).read_text(errors="replace").strip()
    except FileNotFoundError:
        return 0
    return int(text) if text.isdecimal() and len(text) == 20 else 0


def _trim_one(folder: Path, path: Path, *, known: int | None) -> Trimmed | None:
    mark = path.with_name(path.name + OPEN_MARK)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        mark.unlink(missing_ok=True)
        return None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        return _cut(folder, path, descriptor, known=known)
    finally:
        os.close(descriptor)


def _cut(folder: Path, path: Path, descriptor: int, *, known: int | None) -> Trimmed | None:
    size, synced = os.fstat(descriptor).st_size, _synced(path)
    start = synced if synced <= size else 0
    good = (
        _end_of_unbroken(path, max(start, known)) if known is not None and known <= size else _end_of_last(path, start)
    )
    name = path.relative_to(folder).as_posix()
    if good == 0:
        path.unlink()
    elif good < size:
        os.ftruncate(descriptor, good)
        os.fsync(descriptor)
    path.with_name(path.name + OPEN_MARK).unlink(missing_ok=True)
    sync_folder(path.parent)
    return Trimmed(name, good, size - good) if good < size or good == 0 else None


def _end_of_unbroken(path: Path, start: int) -> int:
    """Return where the sound records end that follow one another from `start` on."""
    end = start
    for record in read(path, verify=False, start=start):
        if record.offset != end:
            break
        end += record.length
    return end


def _end_of_last(path: Path, start: int) -> int:
    """Return where the last sound record ends. Damage before it is not a torn tail and stays, to be reported by others."""
    last: Record | None = None
    for record in read(path, verify=False, start=start):
        last = record
    return last.offset + last.length if last is not None else start
