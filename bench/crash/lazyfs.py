"""Kill commands on a mounted LazyFS, drop all that was not synced, and look at what is left.

    PYTHONPATH=src:. python bench/crash/lazyfs.py MOUNT --fifo FIFO --completed FIFO [--cuts 100] [--seed 1] [--remount COMMAND]

MOUNT is where LazyFS (https://github.com/dsrhaslab/lazyfs) is mounted; the FIFOs are `fifo_path` and `fifo_path_completed` of its
settings. LazyFS waits when it is mounted until somebody reads the second, as this script does. Each command is killed at a call
that changes the disk; then `lazyfs::clear-cache` is written to the first FIFO, and `finished::clear-cache` awaited from the
second. What was acknowledged by then must be there, with its records and pictures, and `verify` clean, also when the power fails
once more right after; a backup must be whole or not taken for one; a build must go on to the same site, and every fourth time all
others to what they do undisturbed. With --remount a shell command is run before every cut, for a LazyFS that hangs after some.
Nothing but what this script makes is touched below MOUNT.
"""

import argparse
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.crashing import Job, Prepared, acknowledged
from tests.killing import LATER, Killer, Killing
from tests.surviving import assert_same, assert_survived, content, files_of

from tearsheet.archive import open_archive
from tearsheet.newsroom import Newsroom

CLEAR, CLEARED = b"lazyfs::clear-cache\n", b"finished::clear-cache\n"
PATIENCE_S = 30.0


class NoLazyFS(Exception):
    """There is no LazyFS, or it does not answer; the text says what to do."""


def mounted(folder: Path, mounts: str) -> bool:
    """Return whether a FUSE file system is mounted at `folder`, as `mounts` (/proc/self/mounts) says."""
    lines = [line.split(" ") for line in mounts.splitlines()]
    return any(at == str(folder.resolve()) and kind.startswith("fuse") for _, at, kind, *_ in lines)


def mount(folder: Path, command: str) -> None:
    """Run the command that mounts LazyFS at `folder` anew, if there is one, and look whether it is there.

    Raises:
        NoLazyFS: it is not.
    """
    if command:
        subprocess.run(command, shell=True, check=True)
    if not mounted(folder, Path("/proc/self/mounts").read_text()):
        raise NoLazyFS(f"no LazyFS is mounted at {folder}: see https://github.com/dsrhaslab/lazyfs")


@contextmanager
def forgetting(fifo: Path, completed: Path) -> Iterator[Callable[[], None]]:
    """Give a function that makes LazyFS forget what was not synced, and returns when it has.

    Raises:
        NoLazyFS: nobody reads the one FIFO or writes to the other.
    """
    for path in (fifo, completed):
        if not path.is_fifo():
            raise NoLazyFS(f"{path} is no FIFO: name fifo_path and fifo_path_completed as in LazyFS's settings")
    answers = os.open(completed, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield lambda: _forget(fifo, answers)
    finally:
        os.close(answers)


def _forget(fifo: Path, answers: int) -> None:
    until = time.monotonic() + PATIENCE_S
    try:
        commands = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        raise NoLazyFS(f"nobody reads {fifo}: is LazyFS running?") from error
    try:
        os.write(commands, CLEAR)
    finally:
        os.close(commands)
    said = b""
    while CLEARED not in said:
        if time.monotonic() > until:
            raise NoLazyFS(f"LazyFS has not answered for {PATIENCE_S:.0f} s: mount it anew for every cut (--remount)")
        select.select([answers], [], [], 0.1)
        with suppress(BlockingIOError):
            said += os.read(answers, 4096)
        time.sleep(0.01)  # while nobody has opened the other end it reads as ended


def safe_copy(source: Path, target: Path) -> Path:
    """Return `target`, a copy of `source` that is synced file by file."""
    shutil.copytree(source, target)
    for path in (target, *target.rglob("*")):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    return target


class Cutter:
    """Kills commands whose files lie on LazyFS, makes it forget, and looks."""

    def __init__(self, killing: Killing, forget: Callable[[], None]) -> None:
        self.killing = killing
        self.forget = forget
        self.killers: dict[str, Killer] = {}

    def cut(self, do: str, home: Path, *, goes_on: bool = True) -> float:
        """Cut the power once during `do`, below `home`, and once after; return the seconds of the first recovery."""
        stage, wanted, tick, more, at = {
            "update": ("empty", "first", 0, (), ""),
            "update, later": ("first", "second", 4, ("again",), LATER),
            "import": ("empty", "", 4, (str(self.killing.stages / "second" / "warc"),), ""),
            "build": ("second", "second", 4, (), ""),
            "backup": ("second", "second", 4, (str(home / "copy"),), ""),
            "rebuild": ("second", "second", 4, (), ""),
        }[do]
        self.killing.newsroom.turn_to(tick)
        folder = safe_copy(self.killing.stages / stage, home / "archive")
        job = Job(do.partition(",")[0], folder, more, at)
        ended = self._killer(do, job, stage).run(job)
        self.forget()
        held = {} if do in ("update", "update, later", "import") else self._promise(stage)
        if do == "build":  # what a build writes may be lost: the next one mends it
            _build_again(self.killing, folder)
        took_s = assert_survived(folder, ended.acknowledged or held)
        if do != "build":
            self.forget()
            assert_survived(folder, ended.acknowledged or held)
        if do == "backup":
            self.killing.assert_restorable(home / "copy", must=not ended.killed)
        elif do != "build" and goes_on:
            self.killing.done(job)
            assert_same(content(folder), content(self.killing.stages / wanted if wanted else self._imported()))
        return took_s

    def _killer(self, do: str, job: Job, stage: str) -> Killer:
        """Return what kills this command, made by a run of it on an ordinary disk."""
        if do not in self.killers:
            counted = shutil.copytree(self.killing.stages / stage, self.killing.folder / f"counted {do}")
            more = (str(self.killing.folder / "counted copy"),) if do == "backup" else job.more
            self.killers[do] = Killer(self.killing, Job(job.do, counted, more, job.at))
        return self.killers[do]

    def _imported(self) -> Path:
        return self.killing.folder / "counted import"

    def _promise(self, stage: str) -> dict[str, object]:
        with open_archive(self.killing.stages / stage) as archive:
            return dict(acknowledged(archive.store.db))


def _build_again(killing: Killing, folder: Path) -> None:
    manifest = folder / "site" / ".manifest.json"
    if manifest.exists():  # the machine has started anew since
        manifest.write_text(manifest.read_text().replace('"boot":"', '"boot":"before '))
    killing.done(Job("build", folder))
    made, wanted = files_of(folder / "site"), files_of(killing.built / "site")
    assert [name for name, data in wanted.items() if made.get(name) != data] == []


COMMANDS = ("update", "update, later", "import", "build", "backup", "rebuild")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mount", type=Path)
    parser.add_argument("--fifo", type=Path, required=True)
    parser.add_argument("--completed", type=Path, required=True)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="where the commands are killed")
    parser.add_argument("--remount", default="", help="a shell command that mounts LazyFS anew, run before every cut")
    args = parser.parse_args(arguments)
    done: Counter[str] = Counter()
    recoveries: list[float] = []
    mount(args.mount, args.remount)
    with tempfile.TemporaryDirectory() as name, Newsroom() as newsroom, Prepared(Path(name)) as prepared:
        killing = Killing(prepared, newsroom, Path(name), seed=args.seed)
        with forgetting(args.fifo, args.completed) as forget:
            cutter = Cutter(killing, forget)
            for number in range(args.cuts):
                if number:
                    mount(args.mount, args.remount)
                do = COMMANDS[number % len(COMMANDS)]
                home = args.mount / f"tearsheet-{os.getpid()}-{number}"
                home.mkdir()
                recoveries.append(cutter.cut(do, home, goes_on=number // len(COMMANDS) % 4 == 0))
                shutil.rmtree(home)
                done[do] += 1
    print("| command | cuts |\n|---|---|")
    print("".join(f"| {do} | {count:,} |\n" for do, count in done.items()))
    print(
        f"{killing.kills:,} of the commands were killed. Nothing acknowledged was lost; recovery at most {max(recoveries):.3f} s."
    )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NoLazyFS as error:
        sys.exit(str(error))
