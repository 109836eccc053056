"""Ctrl-C at any moment of a command: one line and 130."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tearsheet.archive import create_archive

# Runs the command line and sends itself SIGINT when a certain function of a certain file is called; the body of a module
# is the function `<module>`.
AT_A_CALL = """
import os, sys
file, function, *words = sys.argv[1:]
def watch(frame, event, argument):
    if event == "call" and frame.f_code.co_name == function and frame.f_code.co_filename.endswith(file):
        sys.setprofile(None)
        os.kill(os.getpid(), 2)
sys.argv[1:] = words
from tearsheet.cli import main
sys.setprofile(watch)
main()
"""


def interrupted_at(file: str, function: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AT_A_CALL, file, function, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with create_archive(tmp_path_factory.mktemp("interrupted") / "press") as archive:
        return archive.path


@pytest.mark.parametrize(
    ("file", "function"),
    [
        ("cli/front.py", "<module>"),
        ("click/core.py", "<module>"),
        ("cli/front.py", "run"),
        ("click/core.py", "_main_shell_completion"),  # click itself would say `Aborted!` and end with 1
        ("click/core.py", "make_context"),
        ("cli/articles.py", "<module>"),
        ("dataclasses.py", "__set_name__"),  # an exception in here comes out as `RuntimeError`
        ("tearsheet/archive.py", "<module>"),
        ("tearsheet/archive.py", "open_archive"),
        ("threading.py", "_shutdown"),  # Python's own end
    ],
)
def test_ctrl_c_at_any_moment_is_one_line_and_130(press: Path, file: str, function: str) -> None:
    done = interrupted_at(file, function, "--archive", str(press), "articles", "--json")

    assert (done.returncode, done.stderr.strip()) == (130, "tearsheet: interrupted")


def test_ctrl_c_is_ignored_where_the_caller_ignores_it(press: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = interrupted_at("tearsheet/archive.py", "open_archive", "--archive", str(press), "articles", "--json")
    finally:
        signal.signal(signal.SIGINT, before)

    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
