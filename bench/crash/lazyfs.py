"""Kill `update`, `import`, `build` and `backup` on a mounted LazyFS, drop all that was not synced, and look at what is left.

    PYTHONPATH=src:. python bench/crash/lazyfs.py MOUNT --fifo FIFO --completed FIFO [--cuts 100] [--remount COMMAND]

MOUNT is where LazyFS (https://github.com/dsrhaslab/lazyfs) is mounted; the FIFOs are `fifo_path` and `fifo_path_completed` of its
settings. LazyFS waits when it is mounted until somebody reads the second, as this script does. Each command is killed at a call
that changes the disk; then `lazyfs::clear-cache` is written to the first FIFO, and `finished::clear-cache` awaited from the
second. What was acknowledged by then must be there, with its records and pictures, and `verify` clean; a backup must be whole or
not taken for one; a build must go on to the same site. With --remount a shell command is run before every cut: some versions of
LazyFS hang at the third. Nothing but what this script makes is touched below MOUNT.
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

from tests.crashing import Job, Prepared
from tests.killing import LATER, Killer, Killing
from tests.surviving import assert_survived, files_of

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


def cut(killing: Killing, do: str, home: Path, forget: Callable[[], None]) -> float:
    """Kill one command whose files lie below `home`, forget, and look; return the seconds of the recovery."""
    stage, tick, more, at = {
        "update": ("empty", 0, (), ""),
        "update, later": ("first", 4, ("again",), LATER),
        "import": ("empty", 4, (str(killing.stages / "second" / "warc"),), ""),
        "build": ("second", 4, (), ""),
        "backup": ("second", 4, (str(home / "copy"),), ""),
    }[do]
    killing.newsroom.turn_to(tick)
    command = do.partition(",")[0]
    folder = safe_copy(killing.stages / stage, home / "archive")
    counted = shutil.copytree(killing.stages / stage, killing.folder / "counted")
    rehearsed = (str(killing.folder / "counted-copy"),) if do == "backup" else more
    killer = Killer(killing, Job(command, counted, rehearsed, at))
    ended = killer.run(Job(command, folder, more, at))
    forget()
    took_s = assert_survived(folder, ended.acknowledged)
    if do == "backup":
        killing.assert_restorable(home / "copy", must=not ended.killed)
    if do == "build":
        _build_again(killing, folder)
    for path in (folder, home / "copy", counted, killing.folder / "counted-copy"):
        shutil.rmtree(path, ignore_errors=True)
    return took_s


def _build_again(killing: Killing, folder: Path) -> None:
    manifest = folder / "site" / ".manifest.json"
    if manifest.exists():  # the machine has started anew since
        manifest.write_text(manifest.read_text().replace('"boot":"', '"boot":"before '))
    killing.done(Job("build", folder))
    made, wanted = files_of(folder / "site"), files_of(killing.built / "site")
    assert [name for name, data in wanted.items() if made.get(name) != data] == []


COMMANDS = ("update", "update, later", "import", "build", "backup")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mount", type=Path)
    parser.add_argument("--fifo", type=Path, required=True)
    parser.add_argument("--completed", type=Path, required=True)
    parser.add_argument("--cuts", type=int, default=100)
    parser.add_argument("--remount", default="", help="a shell command that mounts LazyFS anew, run before every cut")
    args = parser.parse_args(arguments)
    done: Counter[str] = Counter()
    recoveries: list[float] = []
    mount(args.mount, args.remount)
    with tempfile.TemporaryDirectory() as name, Newsroom() as newsroom, Prepared(Path(name)) as prepared:
        killing = Killing(prepared, newsroom, Path(name))
        for number in range(args.cuts):
            if number:
                mount(args.mount, args.remount)
            killing.seed = number
            do = COMMANDS[number % len(COMMANDS)]
            home = args.mount / f"tearsheet-{os.getpid()}-{number}"
            home.mkdir()
            with forgetting(args.fifo, args.completed) as forget:
                recoveries.append(cut(killing, do, home, forget))
            shutil.rmtree(home)
            done[do] += 1
    print("| command | cuts |\n|---|---|")
    print("".join(f"| {do} | {count:,} |\n" for do, count in done.items()))
    print(f"Nothing acknowledged was lost; recovery at most {max(recoveries):.3f} s.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NoLazyFS as error:
        sys.exit(str(error))
