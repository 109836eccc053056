"""Bytes under names in a folder: whole, or not at all. Knows nothing of what they are."""

import contextlib
import fcntl
import itertools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tearsheet.errors import BadName, DiskTrouble, NotFound

PART = re.compile(r"\.[^/]*\.\d+-\d+\.part\Z")
"""How a file is called while it is being written."""

MAX_PIECE = 255
"""Bytes of one piece of a name, the usual limit of file systems; an unfinished file has 50 characters of it in its name."""

SYNCED_WHOLE = {
    0xEF53,  # ext2, ext3, ext4
    0x58465342,  # XFS
    0x9123683E,  # Btrfs
    0xF2F52010,  # F2FS
    0x2FC12FC1,  # ZFS
    0x794C7630,  # overlayfs
}
"""File systems of Linux that `syncfs` writes to their disk, by the numbers of statfs(2)."""

_numbers = itertools.count(1)


class Folder:
    """A folder of files. Names are relative, their pieces joined by `/`; nothing outside can be named."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: set[Path] = set()

    def put(self, name: str, data: bytes, *, durable: bool = True, mode: int = 0o644) -> None:
        """Write `data` under `name` as `put_pieces` does."""
        self.put_pieces(name, (data,), durable=durable, mode=mode)

    def put_pieces(self, name: str, pieces: Iterable[bytes], *, durable: bool = True, mode: int = 0o644) -> None:
        """Write `pieces`, one after the other, under `name`, in place of what was there. Readers see the old bytes or the
        new, never a part.

        With `durable` it survives a power cut once this returns; without, it may be lost then, but not torn
        unless the file system itself tears what it renames. `mode` is the file's, less the umask.

        Raises:
            BadName: the name is not one that may be used.
            DiskTrouble: it could not be written; what was there is still there.
        """
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part, descriptor = _new_part(path, mode)
            try:
                _write(descriptor, pieces, durable=durable)
                part.replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise
            finally:
                os.close(descriptor)  # and with it the lock: not before the part has its name
            if durable:
                self._sync_folders(path.parent)
        except OSError as error:
            raise DiskTrouble(str(path), error.strerror or str(error)) from error

    def get(self, name: str) -> bytes:
        """Return the bytes under `name`.

        Raises:
            NotFound: there are none.
            DiskTrouble: they cannot be read.
        """
        path = self._path(name)
        try:
            return path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFound(str(path)) from error
        except OSError as error:
            raise DiskTrouble(str(path), error.strerror or str(error)) from error

    def has(self, name: str) -> bool:
        """Return whether there are bytes under `name`."""
        return self._path(name).is_file()

    def remove(self, name: str) -> None:
        """Remove `name` for good, and the folders that are empty without it. What is not there is removed already.

        Raises:
            DiskTrouble: it could not be removed.
        """
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync(path.parent)
            for folder in path.parents:
                if folder == self.root or not folder.is_relative_to(self.root) or _prune(folder):
                    break
        except NotADirectoryError:
            return
        except OSError as error:
            raise DiskTrouble(str(path), error.strerror or str(error)) from error

    def names(self) -> Iterator[str]:
        """Yield all names, in order. Unfinished files have none."""
        for folder, below, files in os.walk(self.root):
            below.sort()
            for file in sorted(files):
                if not PART.match(file):
                    yield (Path(folder) / file).relative_to(self.root).as_posix()

    def sweep(self) -> int:
        """Remove what killed writers left unfinished; return how many files that were. What a living one writes stays."""
        count = 0
        for folder, _, files in os.walk(self.root):
            for part in (Path(folder) / file for file in files if PART.match(file)):
                with contextlib.suppress(OSError):
                    descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC)
                    try:
                        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        part.unlink()
                        count += 1
                    finally:
                        os.close(descriptor)
        return count

    def settle(self, paths: Iterable[Path]) -> None:
        """Make the files at `paths`, which were written below this folder and not synced, survive a power cut.

        Raises:
            DiskTrouble: the disk did not take it.
        """
        try:
            if _sync_whole(self.root):
                return
            folders = set()
            for path in paths:
                sync(path)
                folders.add(path.parent)
            for folder in folders:
                self._sync_folders(folder)
        except OSError as error:
            raise DiskTrouble(str(self.root), error.strerror or str(error)) from error

    def _sync_folders(self, folder: Path) -> None:
        """Make the names in `folder` last, and its own.

        That it is there already says nothing: whoever made it may have been killed before he synced the folder above.
        """
        sync(folder)
        while folder != self.root.parent and folder not in self._known:
            self._known.add(folder)
            folder = folder.parent
            sync(folder)

    def _path(self, name: str) -> Path:
        why = _unusable(name)
        if why:
            raise BadName(name[:200], why)
        return self.root / name


def below(folder: Path) -> Iterator[Path]:
    """Yield every file below `folder`, behind links too: a year of captures may lie on another disk. None if it is not there.

    A link back to a folder in which it lies is passed over.
    """
    waiting: list[tuple[Path, frozenset[tuple[int, int]]]] = [(folder, frozenset())]
    while waiting:
        here, above = waiting.pop()
        try:
            found = here.stat()
            entries = list(os.scandir(here))
        except OSError:  # taken away meanwhile, or not ours to read
            continue
        mark = (found.st_dev, found.st_ino)
        if mark not in above:
            waiting += [(Path(entry), above | {mark}) for entry in entries if entry.is_dir()]
            yield from (Path(entry) for entry in entries if not entry.is_dir())


@contextlib.contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Hold a folder, and give whether that is so: False if somebody else does. Where the file system has no locks, all do.

    Raises:
        DiskTrouble: it cannot be opened.
    """
    with disk(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


def boot_id() -> str:
    """Return what names this run of the machine, empty where it has no name: what was not synced before it may be lost."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def _unusable(name: str) -> str:
    """Return why `name` may not be used, or the empty string."""
    if not name:
        return "empty"
    if name.startswith("/") or "\\" in name:
        return "not a relative name with forward slashes"
    try:
        pieces = [(piece, len(piece.encode())) for piece in name.split("/")]
    except UnicodeEncodeError:
        return "not text"
    for piece, length in pieces:
        if piece in ("", ".", ".."):
            return "a piece of it is empty or leads elsewhere"
        if any(ord(char) < 32 or ord(char) == 127 for char in piece):
            return "control characters in it"
        if length > MAX_PIECE:
            return f"a piece of it is longer than {MAX_PIECE} bytes"
    return "kept for unfinished files" if PART.match(name.rpartition("/")[2]) else ""


def _new_part(path: Path, mode: int) -> tuple[Path, int]:
    """Return name and descriptor of a file that was not there before, in which `path` is to be written.

    It is locked as long as it is open, where the file system knows locks: `sweep` tells by that whether its writer lives.
    """
    while True:
        part = path.with_name(f".{path.name[:50]}.{os.getpid()}-{next(_numbers)}.part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        except FileExistsError:  # of one that was killed and had this number: in a container every process may have it
            continue
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return part, descriptor
        os.close(descriptor)  # somebody sweeping was quicker


def _write(descriptor: int, pieces: Iterable[bytes], *, durable: bool) -> None:
    for piece in pieces:
        left = memoryview(piece)
        while left:
            left = left[os.write(descriptor, left) :]
    if durable:
        os.fsync(descriptor)
    else:
        os.close(os.dup(descriptor))  # network file systems may say only when a file is closed that it did not fit


def _prune(folder: Path) -> bool:
    """Remove a folder if it is empty; return whether it stays."""
    try:
        folder.rmdir()
    except OSError:
        return True
    return False


def _sync_whole(folder: Path) -> bool:
    """Write out the file system on which `folder` lies, where one call can; return whether it did.

    That is much faster, but FUSE and network file systems are only handed what is to be written, and not asked to write it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        import ctypes  # hardly ever needed, and 3 ms of every start

        libc = ctypes.CDLL(None, use_errno=True)
        kind = (ctypes.c_long * 32)()  # a `struct statfs`, which begins with it
        if not hasattr(libc, "syncfs") or libc.fstatfs(descriptor, kind) or kind[0] not in SYNCED_WHOLE:
            return False
        if libc.syncfs(descriptor):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def disk(path: Path) -> Iterator[None]:
    """Turn what the system says of a disk, about `path` or what lies below it, into our error."""
    try:
        yield
    except OSError as error:
        # Of a copy both its source and its target.
        named = " -> ".join(str(name) for name in (error.filename, error.filename2) if name)
        raise DiskTrouble(named or str(path), error.strerror or str(error)) from error


def sync(path: Path) -> None:
    """Make the bytes of a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
