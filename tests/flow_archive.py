"""An archive of the newsroom's papers, for the tests of the flow and for those from end to end."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tearsheet.archive import Archive, create_archive, open_archive
from tearsheet.flow.clock import now
from tearsheet.flow.follow import follow
from tearsheet.flow.update import UpdateOptions, UpdateReport, update
from tearsheet.model import Article, Query
from tearsheet.newsroom import Newsroom, Truth

OPEN: list[Archive] = []
"""Archives that a test has opened; `conftest.py` closes them after it."""

SETTINGS = """\
[site]
title = "Test"

[fetch]
allow = ["*.localhost"]
pause_s = 0
per_host = 4
connect_timeout_s = 30

[media]
keep = "lead"

[rsshub]
base = "{rsshub}"
"""
EVERYTHING = Query(limit=0, rejected=None)


def new_archive(folder: Path, newsroom: Newsroom, *, more: str = "") -> Archive:
    """Return a new archive that may fetch from the newsroom and knows its sites; `more` goes to the end of its settings."""
    create_archive(folder, title="Test").close()
    (folder / "tearsheet.toml").write_text(SETTINGS.format(rsshub=newsroom.address("rsshub", "")) + more)
    for name in ("orlecha", "luting"):
        (folder / "sites" / f"{name}.toml").write_text(newsroom.site_toml(name))
    return opened(folder)


def opened(folder: Path) -> Archive:
    """Return the archive in `folder`; it is closed when the test ends."""
    OPEN.append(open_archive(folder))
    return OPEN[-1]


def copied(archive: Archive, folder: Path) -> Archive:
    """Return a copy of `archive` that a test may change."""
    shutil.copytree(archive.path, folder, ignore=shutil.ignore_patterns("*-shm"))
    return opened(folder)


def followed(archive: Archive, *what: str) -> Archive:
    """Return `archive`, which now follows `what`."""
    follow(archive, what)
    return archive


def ran(archive: Archive, *, at: datetime | None = None, **options: object) -> UpdateReport:
    """Return the report of an update, in this process, with the clock at `at`."""
    clock: Callable[[], datetime] = now if at is None else lambda: at
    return update(archive, UpdateOptions(**{"workers": 0, "pictures": False, **options}), clock=clock)  # type: ignore[arg-type]


def later(*, days: float = 0, hours: float = 0) -> datetime:
    """Return the instant so long from now."""
    return now().astimezone(UTC) + timedelta(days=days, hours=hours)


def kept(archive: Archive) -> list[Article]:
    """Return every kept article, in order of arrival."""
    return archive.articles(Query(order="arrival", limit=0))


def truth_of(newsroom: Newsroom, slug: str, *, paper: str = "courier", tick: int | None = None) -> Truth:
    """Return what is true of one article; `slug` may be an earlier one."""
    return next(
        truth
        for truth in newsroom.at(newsroom.now if tick is None else tick)
        if truth.paper == paper and (truth.slug == slug or any(slug in old for old in truth.old_urls))
    )


def counted(things: Iterable[object]) -> dict[object, int]:
    """Return how often each thing comes."""
    found: dict[object, int] = {}
    for thing in things:
        found[thing] = found.get(thing, 0) + 1
    return found


def following_only(folder: Path, newsroom: Newsroom, urls: Iterable[str], *, more: str = "") -> Archive:
    """Return a new archive that follows a list of addresses on this machine, and has fetched them."""
    archive = new_archive(folder, newsroom, more=more)
    (folder / "list.txt").write_text("".join(f"{url}\n" for url in urls))
    followed(archive, str(folder / "list.txt"))
    ran(archive)
    return archive
