"""`tearsheet rebuild`: the catalog, made anew from the WARC files."""

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.exits import IN_PART, complain
from tearsheet.cli.rows import REBUILT, report_row
from tearsheet.cli.screen import counted, one_line


@click.command("rebuild")
@json_option
@archive_option
@quiet_option
@console
def command(said: Console, as_json: bool) -> None:
    """Make the catalog anew from WARC files, ledger and settings, and with it the index and the pictures' web copies.

    For when the catalog is lost or damaged. Nothing is fetched and no article is cut again: articles, listings,
    wordings and ledger are as they were. Accounts and tokens are taken from the old catalog if it can be read.
    The old one stays beside the new as tearsheet.db.before-rebuild. Stop `serve` and updates first. Interrupted,
    run it again.

    \b
    Examples:
      tearsheet rebuild
      tearsheet verify

    With --json: one object with the numbers of what was made anew, and `problems`.
    Exit code 1 if anything could not be brought back; each thing is named on standard error.
    """
    from tearsheet.archive import archive_folder
    from tearsheet.flow.rebuild import rebuild

    with said.progress() as progress:
        report = rebuild(archive_folder(said.where), progress=progress)
    for thing, what in report.problems:
        complain(one_line(f"{thing}: {what}"))
    if as_json:
        write_json(report_row(report, REBUILT))
    else:
        lost = f", {report.lost:,} of them without what they tell" if report.lost else ""
        said.report(
            f"rebuilt from {counted(report.pages, 'journal page')}: {counted(report.articles, 'article')}, "
            f"{counted(report.revisions, 'wording')}, {counted(report.captures, 'capture')}, "
            f"{counted(report.pictures, 'picture')} ({report.developed:,} developed anew), "
            f"{counted(report.leaves, 'leaf', 'leaves')}{lost}; check it: tearsheet verify"
        )
    if report.problems:
        raise click.exceptions.Exit(IN_PART)
