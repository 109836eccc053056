"""`tearsheet import`: what exists already comes in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.exits import IN_PART, complain
from tearsheet.cli.groups import Group
from tearsheet.cli.rows import IMPORTED, report_row
from tearsheet.cli.screen import counted, one_line

if TYPE_CHECKING:
    from tearsheet.flow.imports import ImportReport

TROUBLES_SHOWN = 100

paths_argument = click.argument(
    "paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)


@click.group("import", cls=Group)
def command() -> None:
    """Take in posts, WARC or WACZ files; the bytes are kept as they came.

    Importing a file twice is importing it once. One that is no post, or damaged, costs only itself.

    \b
    Examples:
      tearsheet import posts ~/blog/source/_posts
      tearsheet import warc crawl.warc.gz
    """


@command.command("posts")
@paths_argument
@json_option
@archive_option
@quiet_option
@console
def posts(said: Console, paths: tuple[Path, ...], as_json: bool) -> None:
    """Take in post files, and all .md files in folders, older layouts too.

    \b
    Examples:
      tearsheet import posts ~/blog/source/_posts
      tearsheet import posts 000.md 001.md --json

    With --json: one object. Exit code 1 if some files could not be read.
    """
    from tearsheet.flow.imports import import_posts

    with said.archive() as archive, said.progress() as progress:
        report = import_posts(archive, paths, progress=progress)
    _tell(said, report, as_json=as_json)


@command.command("warc")
@paths_argument
@json_option
@archive_option
@quiet_option
@console
def warc(said: Console, paths: tuple[Path, ...], as_json: bool) -> None:
    """Take in WARC and WACZ files of any maker, and all of them in folders.

    Every page that is an article becomes one, cut by the definition of its site if there is one; damaged
    records are named and passed over.

    \b
    Examples:
      tearsheet import warc crawl.warc.gz
      tearsheet import warc page.wacz
      tearsheet import warc /srv/cc-news/2026/11

    With --json: one object. Exit code 1 if some records could not be read.
    """
    from tearsheet.flow.imports import import_warcs

    with said.archive() as archive, said.progress() as progress:
        report = import_warcs(archive, paths, progress=progress)
    _tell(said, report, as_json=as_json)


def _tell(said: Console, report: "ImportReport", *, as_json: bool) -> None:
    for thing, message in report.troubles[:TROUBLES_SHOWN]:
        complain(one_line(message if thing in message else f"{thing}: {message}"))
    if len(report.troubles) > TROUBLES_SHOWN:
        complain(f"… {len(report.troubles) - TROUBLES_SHOWN:,} more; --json names them all")
    if as_json:
        write_json(report_row(report, IMPORTED))
    else:
        said.report(
            f"{report.read:,} read: {counted(report.articles, 'article')}, {counted(report.edits, 'edit')}; "
            f"{report.known:,} known already, {report.passed_over:,} passed over"
        )
    if report.troubles:
        raise click.exceptions.Exit(IN_PART)
