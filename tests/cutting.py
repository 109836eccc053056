"""A power cut at any moment of a real run: what `strace` saw of it is replayed on a disk that forgets what was not synced.

Strict on purpose. Bytes survive only from the last fsync of their file (fdatasync is the same here), a name only from the last
fsync of its folder; the rest is dropped, or torn, or kept, whichever hurts most. Real file systems forget less.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crashing import Ended, Job, Prepared

SYNCS = ("fsync", "fdatasync", "syncfs", "sync")
NAMING = ("rename", "unlink", "unlinkat", "rmdir", "mkdir")
TRACED = ("openat", "close", "lseek", "write", "writev", "pwrite64", "ftruncate", "sendfile", *SYNCS, *NAMING)
SECTOR = 512
KINDS = ("dropped", "names kept, bytes dropped", "bytes kept, names dropped", "torn", "part kept", "kept")

_LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """One call that succeeded: its name, its arguments as strace wrote them (strings decoded), and what it returned."""

    name: str
    words: tuple[str, ...]
    texts: tuple[bytes, ...]
    result: int


@dataclass
class Bytes:
    """The content of one file: as programs see it, as the disk has it, and what was done to it since."""

    seen: bytearray = field(default_factory=bytearray)
    safe: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)


@dataclass
class Opened:
    """An open file: where it lies, its content (None for a folder), and where the next write goes."""

    path: str
    content: Bytes | None
    at: int = 0
    appends: bool = False


def recorded(prepared: Prepared, job: Job) -> tuple[Ended, list[Call]]:
    """Return how `job` ended, and every call of it that concerns a disk."""
    log = prepared.folder / "recorded"
    ended = prepared.run(
        job,
        strace=(f"--trace={','.join(TRACED)}", f"--output={log}", "--strings-in-hex=all", "--string-limit=99999999"),
    )
    with log.open() as lines:
        calls = [call for line in lines if (call := _read(line)) is not None]
    log.unlink()
    return ended, calls


def _read(line: str) -> Call | None:
    found = _LINE.match(line)
    if not found or int(found[3]) < 0:
        return None
    texts = tuple(bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(found[2]))
    words = tuple(word.strip() for word in _TEXT.sub('""', found[2]).split(","))
    return Call(found[1], words, texts, int(found[3]))


class Disk:
    """What a disk holds below `root` while calls are made; `acks` is the file outside of it in which promises are written."""

    def __init__(self, root: Path, acks: Path) -> None:
        self.root = str(root)
        self.acks = str(acks)
        self.promised = b""
        self.opened: dict[int, Opened] = {}
        self.seen: dict[str, Bytes | None] = {self.root: None}
        for path in sorted(root.rglob("*")):
            data = None if path.is_dir() else path.read_bytes()
            self.seen[str(path)] = None if data is None else Bytes(bytearray(data), data)
        self.safe = dict(self.seen)

    def make(self, call: Call) -> bool:
        """Make one call; return whether it changed what a power cut would leave, or what was promised."""
        act = getattr(self, f"_{call.name}")
        return bool(act(call))

    # ---- the calls

    def _openat(self, call: Call) -> bool:
        path, flags = call.texts[0].decode(), call.words[2]
        inside = self._inside(path)
        new = inside and "O_CREAT" in flags and path not in self.seen
        if new:
            self.seen[path] = Bytes()
        content = self.seen.get(path) if inside else None
        if content is not None and "O_TRUNC" in flags:
            self._cut(content, 0)
        self.opened[call.result] = Opened(path, content, appends="O_APPEND" in flags)
        return bool(new)

    def _close(self, call: Call) -> bool:
        self.opened.pop(int(call.words[0]), None)
        return False

    def _lseek(self, call: Call) -> bool:
        if file := self.opened.get(int(call.words[0])):
            file.at = call.result
        return False

    def _write(self, call: Call) -> bool:
        file = self.opened.get(int(call.words[0]))
        if file is None:
            return False
        if file.content is None:
            return False
        data = call.texts[0][: call.result]
        at = len(file.content.seen) if file.appends else file.at
        file.at = at + len(data)
        return self._put(file.content, at, data)

    def _writev(self, call: Call) -> bool:
        file = self.opened.get(int(call.words[0]))
        if file is None or file.path != self.acks:
            return False
        self.promised = call.texts[0]
        return True

    def _pwrite64(self, call: Call) -> bool:
        file = self.opened.get(int(call.words[0]))
        if file is None or file.content is None:
            return False
        return self._put(file.content, int(call.words[-1]), call.texts[0][: call.result])

    def _sendfile(self, call: Call) -> bool:
        target, source = self.opened[int(call.words[0])], self.opened[int(call.words[1])]
        assert target.content is not None
        offset = call.words[2].strip("[]")
        start = source.at if offset == "NULL" else int(re.findall(r"\d+", offset)[0])
        with Path(source.path).open("rb") as file:
            file.seek(start)
            data = file.read(call.result)
        source.at, at = start + len(data), target.at
        target.at = at + len(data)
        return self._put(target.content, at, data)

    def _put(self, content: Bytes, at: int, data: bytes) -> bool:
        if at > len(content.seen):
            content.seen.extend(bytes(at - len(content.seen)))
        content.seen[at : at + len(data)] = data
        content.since.append((at, data))
        return True

    def _cut(self, content: Bytes, length: int) -> None:
        del content.seen[length:]
        content.seen.extend(bytes(length - len(content.seen)))
        content.since.append((length, None))

    def _ftruncate(self, call: Call) -> bool:
        file = self.opened.get(int(call.words[0]))
        if file is None or file.content is None:
            return False
        self._cut(file.content, int(call.words[1]))
        return True

    def _fsync(self, call: Call) -> bool:
        file = self.opened.get(int(call.words[0]))
        if file is None or not self._inside(file.path):
            return False
        if file.content is not None:
            file.content.safe, file.content.since = bytes(file.content.seen), []
        else:
            self._settle(path for path in {*self.seen, *self.safe} if str(Path(path).parent) == file.path)
        return True

    _fdatasync = _fsync

    def _syncfs(self, call: Call) -> bool:
        for content in self.seen.values():
            if content is not None:
                content.safe, content.since = bytes(content.seen), []
        self._settle({*self.seen, *self.safe})
        return True

    _sync = _syncfs

    def _settle(self, paths: "Iterator[str] | set[str]") -> None:
        for path in list(paths):
            if path in self.seen:
                self.safe[path] = self.seen[path]
            else:
                self.safe.pop(path, None)

    def _rename(self, call: Call) -> bool:
        source, target = (text.decode() for text in call.texts)
        if not self._inside(target):
            return False
        self.seen[target] = self.seen.pop(source)
        return True

    def _unlink(self, call: Call) -> bool:
        return self.seen.pop(call.texts[0].decode(), self) is not self

    _unlinkat = _rmdir = _unlink

    def _mkdir(self, call: Call) -> bool:
        path = call.texts[0].decode()
        if self._inside(path):
            self.seen[path] = None
        return self._inside(path)

    def _inside(self, path: str) -> bool:
        return (path == self.root or path.startswith(self.root + "/")) and not path.endswith("-shm")

    # ---- after the cut

    def left(self, kind: str, dice: random.Random, folder: Path) -> Path:
        """Write into `folder` what a power cut would leave now, and return it."""
        names = self.safe if kind in ("dropped", "bytes kept, names dropped") else self.seen
        for path, content in sorted(names.items()):
            above = [str(parent) for parent in (Path(path), *Path(path).parents)]
            if any(parent not in names for parent in above[: above.index(self.root)]):
                continue
            place = folder / Path(path).relative_to(self.root)
            if content is None:
                place.mkdir(parents=True, exist_ok=True)
            else:
                place.write_bytes(_kept(content, kind, dice))
        return folder


def _kept(content: Bytes, kind: str, dice: random.Random) -> bytes:
    """Return what of a file is there: what was synced, or all, or (part kept) the first writes since, or (torn) any of them."""
    if kind in ("dropped", "names kept, bytes dropped"):
        return content.safe
    if kind in ("kept", "bytes kept, names dropped"):
        return bytes(content.seen)
    data = bytearray(content.safe)
    since = content.since
    if kind == "part kept":
        since = since[: dice.randrange(len(since) + 1)]
    for at, written in since:
        if written is None:
            del data[at:]
            data.extend(bytes(at - len(data)))
        else:
            _tear(data, at, written, whole=kind == "part kept", dice=dice)
    return bytes(data)


def _tear(data: bytearray, at: int, written: bytes, *, whole: bool, dice: random.Random) -> None:
    """Put `written` into `data`; unless `whole`, any of its sectors may not have arrived, and read as they were, or as zeros."""
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    arrives = dice.random()
    for start in range(0, len(written), SECTOR):
        if whole or dice.random() < arrives:
            piece = written[start : start + SECTOR]
            end = at + start + len(piece)
            data.extend(bytes(max(0, end - len(data))))
            data[at + start : end] = piece
