"""A disk that forgets: records what is done to it, and shows what a power cut would have left at any moment.

Strict on purpose. A file's bytes survive only from its last fsync, a name only from the last fsync of its folder; what was
not synced is dropped, or kept in part, or kept whole, whichever hurts most. Real file systems forget less.
"""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

CALLS = ("open", "write", "fsync", "close", "replace", "unlink", "mkdir", "rmdir", "ftruncate")


@dataclass
class Bytes:
    """The content of one file: as programs see it, and as the disk has it."""

    seen: bytearray = field(default_factory=bytearray)
    safe: bytes = b""


@dataclass
class Moment:
    """What a disk may hold after a power cut: names and what stands under them; folders are None."""

    seen: dict[str, Bytes | None] = field(default_factory=dict)
    safe: dict[str, Bytes | None] = field(default_factory=dict)


class Disk:
    """Records the calls of `os` on everything below `root`, while it is in use as a context."""

    def __init__(self, root):
        self.root = str(root)
        self.now = Moment()
        self.moments = []
        self.acknowledged = []
        self._files = {}
        self._real = {name: getattr(os, name) for name in CALLS}

    def __enter__(self):
        for name in CALLS:
            setattr(os, name, getattr(self, "on_" + name))
        return self

    def __exit__(self, *error):
        for name, call in self._real.items():
            setattr(os, name, call)

    def acknowledge(self, what):
        """Say that `what` has been promised to be safe, from this moment on."""
        self.acknowledged.append(what)
        self._remember()

    # ---- the calls

    def on_open(self, path, flags, mode=0o777, **more):
        descriptor = self._real["open"](path, flags, mode, **more)
        name = os.fspath(path)
        if isinstance(name, str) and self._inside(name):
            if flags & os.O_CREAT and name not in self.now.seen:
                self.now.seen[name] = Bytes()
                self._remember()
            self._files[descriptor] = (name, self.now.seen.get(name), [0])
        return descriptor

    def on_write(self, descriptor, data):
        count = self._real["write"](descriptor, data)
        if descriptor in self._files:
            _, content, place = self._files[descriptor]
            content.seen[place[0] : place[0] + count] = bytes(data[:count])
            place[0] += count
            self._remember()
        return count

    def on_ftruncate(self, descriptor, length):
        self._real["ftruncate"](descriptor, length)
        if descriptor in self._files:
            _, content, place = self._files[descriptor]
            del content.seen[length:]
            place[0] = length
            self._remember()

    def on_fsync(self, descriptor):
        self._real["fsync"](descriptor)
        if descriptor not in self._files:
            return
        name, content, _ = self._files[descriptor]
        if content is not None:
            content.safe = bytes(content.seen)
        else:
            for where in {*self.now.seen, *self.now.safe}:
                if str(Path(where).parent) == name:
                    self._settle(where)
        self._remember()

    def _settle(self, where):
        if where in self.now.seen:
            self.now.safe[where] = self.now.seen[where]
        else:
            self.now.safe.pop(where, None)

    def on_close(self, descriptor):
        self._real["close"](descriptor)
        self._files.pop(descriptor, None)

    def on_replace(self, source, target, **more):
        self._real["replace"](source, target, **more)
        if self._inside(os.fspath(target)):
            self.now.seen[os.fspath(target)] = self.now.seen.pop(os.fspath(source))
            self._remember()

    def on_unlink(self, path, **more):
        self._real["unlink"](path, **more)
        if self.now.seen.pop(os.fspath(path), self) is not self:
            self._remember()

    def on_mkdir(self, path, *args, **more):
        self._real["mkdir"](path, *args, **more)
        if self._inside(os.fspath(path)):
            self.now.seen[os.fspath(path)] = None
            self._remember()

    def on_rmdir(self, path, **more):
        self._real["rmdir"](path, **more)
        if self.now.seen.pop(os.fspath(path), self) is not self:
            self._remember()

    def _inside(self, name):
        return name == self.root or name.startswith(self.root + "/")

    def _remember(self):
        """Keep a copy of this moment: the power may be cut at it."""
        twins = {}
        for content in [*self.now.seen.values(), *self.now.safe.values()]:
            if content is not None:
                twins[id(content)] = Bytes(bytearray(content.seen), content.safe)
        copy = Moment(
            {name: content and twins[id(content)] for name, content in self.now.seen.items()},
            {name: content and twins[id(content)] for name, content in self.now.safe.items()},
        )
        self.moments.append((copy, len(self.acknowledged)))

    # ---- after the cut

    def cuts(self, seed=0):
        """Yield (kind, number acknowledged, {path: bytes}) for every moment, each with several ways to forget."""
        for number, (moment, acknowledged) in enumerate(self.moments):
            rng = random.Random(f"{seed} {number}")
            yield "dropped", acknowledged, self._left(moment.safe, lambda content: content.safe)
            yield "names kept, bytes dropped", acknowledged, self._left(moment.seen, lambda content: content.safe)
            yield (
                "bytes kept, names dropped",
                acknowledged,
                self._left(moment.safe, lambda content: bytes(content.seen)),
            )
            yield "torn", acknowledged, self._left(moment.seen, lambda content, rng=rng: torn(content, rng))
            yield "kept", acknowledged, self._left(moment.seen, lambda content: bytes(content.seen))

    def _left(self, names, content_of):
        left = {}
        for name, content in names.items():
            folders = [str(parent) for parent in Path(name).parents]
            above = folders[: folders.index(self.root)] if self.root in folders else []
            if content is not None and all(folder in names for folder in above):
                left[os.path.relpath(name, self.root)] = content_of(content)
        return left


def torn(content, rng):
    """Return what is safe of a file, and a part of what is not: cut anywhere, or with a block that never arrived."""
    seen = bytes(content.seen)
    pairs = zip(seen, content.safe, strict=False)
    common = next((at for at, (new, old) in enumerate(pairs) if new != old), min(len(seen), len(content.safe)))
    end = rng.randrange(common, len(seen) + 1)
    part = bytearray(seen[:end])
    if rng.random() < 0.3 and end - common > 8:
        hole = rng.randrange(common, end - 4)
        part[hole : hole + 4096] = bytes(len(part[hole : hole + 4096]))
    return bytes(part)
