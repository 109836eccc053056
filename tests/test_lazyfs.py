"""The bench that cuts the power with LazyFS, tried with a stand-in for it: only its FIFOs, and a disk that forgets nothing."""

import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.crashing import Prepared
from tests.killing import Killing

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def lazyfs():
    spec = importlib.util.spec_from_file_location("lazyfs_bench", ROOT / "bench" / "crash" / "lazyfs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fifos(tmp_path):
    for name in ("faults", "completed"):
        os.mkfifo(tmp_path / name)
    return tmp_path / "faults", tmp_path / "completed"


@pytest.fixture
def stand_in(fifos):
    """What LazyFS does with its two FIFOs; the commands that it was given."""
    fifo, completed = fifos
    heard = []
    commands = os.open(fifo, os.O_RDWR)

    def work():
        answers = os.open(completed, os.O_WRONLY)
        while (command := os.read(commands, 100)) != b"end\n":
            heard.append(command)
            os.write(answers, b"finished::clear-cache\n")
        os.close(answers)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield heard
    os.write(commands, b"end\n")
    thread.join(timeout=60)
    os.close(commands)


def test_what_was_not_synced_is_forgotten_by_the_command_that_lazyfs_documents(lazyfs, fifos, stand_in):
    with lazyfs.forgetting(*fifos) as forget:
        forget()
        forget()

    assert stand_in == [b"lazyfs::clear-cache\n"] * 2


def test_a_lazyfs_that_does_not_run_is_told(lazyfs, fifos, tmp_path):
    with pytest.raises(lazyfs.NoLazyFS, match="nobody reads"), lazyfs.forgetting(*fifos) as forget:
        forget()
    with pytest.raises(lazyfs.NoLazyFS, match="no FIFO"), lazyfs.forgetting(tmp_path, fifos[1]):
        pass


def test_an_ordinary_folder_is_not_taken_for_a_lazyfs(lazyfs, fifos, tmp_path):
    run = subprocess.run(
        [sys.executable, ROOT / "bench/crash/lazyfs.py", tmp_path, "--fifo", fifos[0], "--completed", fifos[1]],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == 1
    assert run.stderr == f"no LazyFS is mounted at {tmp_path}: see https://github.com/dsrhaslab/lazyfs\n"
    assert not lazyfs.mounted(tmp_path, f"tmpfs {tmp_path} tmpfs rw 0 0\n")
    assert lazyfs.mounted(tmp_path, f"proc /proc proc rw 0 0\nlazyfs {tmp_path} fuse.lazyfs rw 0 0\n")


def test_every_command_is_killed_and_looked_at(lazyfs, fifos, stand_in, newsroom, tmp_path):
    with Prepared(tmp_path) as prepared, lazyfs.forgetting(*fifos) as forget:
        cutter = lazyfs.Cutter(Killing(prepared, newsroom, tmp_path), forget)
        for do in lazyfs.COMMANDS:
            home = tmp_path / f"home of {do}"
            home.mkdir()
            cutter.cut(do, home)

    assert len(stand_in) == 2 * len(lazyfs.COMMANDS) - 1  # what a build wrote is not cut off again
