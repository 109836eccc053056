"""What many tests share: the newsroom, an archive of its papers, and that what a test opens is closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests import flow_archive, store_samples

from tearsheet.archive import Archive
from tearsheet.newsroom import Newsroom

# The same examples on every machine and at every run; a machine that is busy is no failure.
settings.register_profile("tearsheet", deadline=None, derandomize=True)
settings.load_profile("tearsheet")


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
