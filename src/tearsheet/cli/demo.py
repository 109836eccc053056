"""`tearsheet demo`: everything at once, on a small invented press, without the network."""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, console, quiet_option
from tearsheet.cli.exits import heeding_sigterm
from tearsheet.cli.options import gathered, span_s
from tearsheet.cli.screen import counted, human_seconds, one_line
from tearsheet.errors import CannotListen
from tearsheet.model import Query

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.flow.update import UpdateReport
    from tearsheet.newsroom import Newsroom
    from tearsheet.web.serving import Server

TITLE = "The Bay Archive"
SETTINGS = """[fetch]
allow = ["*.localhost"]    # the newsroom lives on this machine
pause_s = 0.0
per_host = 8
"""
NEWS_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the demo was asked for."""

    port: int | None
    keep: Path | None
    every: float
    once: bool
    browser: bool


@click.command("demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Where to serve; 0 takes a free one.  [default: 8710 if it is free]",
)
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Keep the archive in DIR."
)
@click.option(
    "--every", type=span_s, default="20s", metavar="SPAN", show_default=True, help="Let the press move on this often."
)
@click.option("--once", is_flag=True, help="One round of everything, then end; for scripts.")
@click.option(
    "--browser/--no-browser", default=True, help="Whether to open the browser, if there is one.  [default: yes]"
)
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """See it all work: a small invented press on this machine, an archive that follows it, its pages.

    Five papers in Chinese, English, Japanese, Arabic and Russian are served on this machine. The demo
    makes an archive, follows them, updates, builds the site and serves it. Then the press moves on:
    articles appear, are rewritten without a word, vanish; the archive notices and says so, and its pages
    show it. Ctrl-C ends it, and everything is taken away again unless --keep is given.

    \b
    Examples:
      tearsheet demo
      tearsheet demo --every 5s --port 9000
      tearsheet demo --keep bay       (then: cd bay; tearsheet articles)
      tearsheet demo --once
    """
    from tearsheet.newsroom import Newsroom, start_for

    with ExitStack() as stack:
        stack.enter_context(heeding_sigterm())
        folder = stack.enter_context(_folder(asked.keep))
        newsroom = stack.enter_context(Newsroom(_port_of(folder), start=start_for(datetime.now(UTC)), slow_s=0.2))
        said.report(f"The newsroom is open: five invented papers at {newsroom.address('newsroom')}")
        archive = stack.enter_context(_archive(folder))
        try:
            _begin(said, archive, newsroom)
            serving = stack.enter_context(_server(folder, asked.port))
            _invite(said, archive, serving, asked)
            _go_on(said, archive, newsroom, asked)
        except KeyboardInterrupt:
            if asked.once:
                raise
    said.report(f"The archive stays in {folder}." if asked.keep else "Everything is taken away again.")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="tearsheet-demo-", ignore_cleanup_errors=True) as name:
        yield Path(name) / "bay"


def _port_of(folder: Path) -> int:
    """Return the port at which an archive that was kept knows the papers; 0, any, for a new one."""
    file = folder / "sources.toml"
    known = re.search(r"\.localhost:(\d+)/", file.read_text(encoding="utf-8")) if file.is_file() else None
    return int(known[1]) if known else 0


def _archive(folder: Path) -> "Archive":
    """Return the demo's archive, made if there is none, with settings that let it fetch from this machine."""
    from tearsheet.archive import create_archive, open_archive

    settings = folder / "tearsheet.toml"
    if not settings.exists():
        create_archive(folder, title=TITLE).close()
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("[fetch]\n", SETTINGS, 1), encoding="utf-8")
    return open_archive(folder)


def _begin(said: Console, archive: "Archive", newsroom: "Newsroom") -> None:
    """Follow the papers, archive what they have in print, and build the site."""
    from tearsheet.flow.follow import FollowOptions, follow

    for paper in newsroom.publications:
        if paper.kind == "site":
            definition = archive.path / "sites" / f"{paper.name}.toml"
            definition.write_text(newsroom.site_toml(paper.name), encoding="utf-8")
    with said.progress() as progress:
        found = follow(archive, [newsroom.address("newsroom", "/opml")], FollowOptions(), progress=progress)
    for each in found:
        name, path = each.source.name or each.source.url, " / ".join(each.source.categories)
        said.report(f"  following {one_line(f'{name} ({path})')}")
    report = _update(said, archive)
    said.report(
        f"  {counted(report.kept, 'article')} and {counted(report.pictures, 'picture')} archived"
        f" in {human_seconds(report.seconds)}"
    )
    _build(said, archive)


def _update(said: Console, archive: "Archive") -> "UpdateReport":
    """Update as if everything were due: a demo has no hour to wait."""
    from tearsheet.flow.update import UpdateOptions, update

    with said.progress() as progress:
        report = update(archive, UpdateOptions(force=True, again=True), progress=progress)
    if report.interrupted:
        raise KeyboardInterrupt
    return report


def _build(said: Console, archive: "Archive") -> None:
    from tearsheet.flow.build import build

    with said.progress() as progress:
        report = build(archive, progress=progress)
    said.report(
        f"  {counted(report.pages, 'page')} in {archive.path / 'site'}, {counted(report.written, 'file')} written"
    )


def _server(folder: Path, port: int | None) -> "Server":
    from tearsheet.web.serving import server

    try:
        return server(folder, port=port)
    except CannotListen:
        if port is not None:
            raise
        return server(folder, port=0)  # another demo has the usual port


def _invite(said: Console, archive: "Archive", serving: "Server", asked: Asked) -> None:
    click.echo(f"\n  Read it at {said.style(serving.address, bold=True)}\n", color=said.coloured())
    if not asked.keep:
        said.report(f"  The archive is in {archive.path} while this runs. Ctrl-C ends it.")
    if asked.browser and not asked.once and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        import webbrowser

        webbrowser.open(serving.address)


def _go_on(said: Console, archive: "Archive", newsroom: "Newsroom", asked: Asked) -> None:
    """Let the press move on, again and again, and say what the archive saw; `--once` goes on till something was edited."""
    from tearsheet.newsroom import LAST_TICK

    while True:
        if not asked.once:
            time.sleep(asked.every)
        at = newsroom.tick()
        began = datetime.now(UTC)
        said.report(f"The press moves on: it is {at:%Y-%m-%d %H:%M} UTC there")
        report = _update(said, archive)
        said.report(f"  {report.new:,} new, {report.edits:,} edited, {report.gone:,} gone, {report.returned:,} back")
        for line in _news(archive, began):
            said.report(f"    {line}")
        if max(report.edits, report.gone) > NEWS_SHOWN:
            said.report("    …")
        _build(said, archive)
        if asked.once and (report.edits or newsroom.now >= LAST_TICK):
            return


def _news(archive: "Archive", since: datetime) -> Iterator[str]:
    """Yield what happened to articles since then, a few of each kind."""
    for article in archive.articles(Query(edited=True, order="edited", limit=NEWS_SHOWN)):
        if article.edited_at and article.edited_at >= since:
            yield one_line(f"edited: {article.title}  (tearsheet edits {article.id[:6]})")
    for article in archive.articles(Query(gone=True, order="gone", limit=NEWS_SHOWN)):
        if article.gone_at and article.gone_at >= since:
            yield one_line(f"gone: {article.title}  (tearsheet show {article.id[:6]})")
