"""What many tests share: the newsroom, an archive of its papers, and that what a test opens is closed after it."""

import os
import pkgutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests import flow_archive, store_samples
from tests.paper import Paper

import tearsheet
from tearsheet.archive import Archive
from tearsheet.newsroom import Newsroom

# Every host of the tests is on this machine; a proxy that the environment names would be asked for some of them.
for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)

# What a shell starts in the background ignores Ctrl-C, and so does all that it starts in turn. Tests send it: it is to be heard.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every machine and at every run; a machine that is busy is no failure.
settings.register_profile("tearsheet", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tearsheet")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Load the whole house if Hypothesis is to try it: its examples are made from the constants of what is loaded."""
    if any(item.get_closest_marker("hypothesis") for item in session.items):
        for module in pkgutil.walk_packages(tearsheet.__path__, "tearsheet."):
            if not module.name.endswith("__main__"):
                import_module(module.name)


@pytest.fixture(scope="session", autouse=True)
def _what_killed_programs_leave_lies_with_what_pytest_sweeps(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["TMPDIR"] = str(tmp_path_factory.mktemp("t"))


@pytest.fixture(autouse=True)
def _what_was_opened_is_closed() -> Iterator[None]:
    yield
    for shelf in (store_samples.OPEN, flow_archive.OPEN):
        while shelf:
            shelf.pop().close()


@pytest.fixture(scope="session")
def _running_newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


@pytest.fixture
def newsroom(_running_newsroom: Newsroom) -> Newsroom:
    """The newsroom at its first tick, having heard nothing yet."""
    _running_newsroom.turn_to(0)
    _running_newsroom.heard.clear()
    return _running_newsroom


@pytest.fixture(scope="session")
def _first_edition(_running_newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    _running_newsroom.turn_to(0)
    folder = tmp_path_factory.mktemp("press") / "archive"
    archive = flow_archive.new_archive(folder, _running_newsroom)
    flow_archive.followed(archive, _running_newsroom.address("newsroom", "/opml"))
    report = flow_archive.ran(archive)
    assert (report.sources, report.failures) == (5, {}), report
    archive.close()
    flow_archive.OPEN.remove(archive)
    return folder


@pytest.fixture
def press(newsroom: Newsroom, _first_edition: Path) -> Archive:
    """An archive of the five papers as they were at the first tick, pages only. Tests that share it do not change it."""
    return flow_archive.opened(_first_edition)


@pytest.fixture
def own_press(press: Archive, tmp_path: Path) -> Archive:
    """The same, to be changed at will."""
    return flow_archive.copied(press, tmp_path / "archive")


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A paper without a page."""
    server = Paper()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A function that returns the folder of a new file system, of so many bytes: "16m". Its tests are marked `needs.mounts`."""
    folder = tmp_path / "disk"

    def mounted(size: str) -> Path:
        folder.mkdir()
        options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        subprocess.run(["mount", *options], check=True)
        return folder

    yield mounted
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
