"""`tearsheet restore`: a working archive out of a backup."""

from pathlib import Path

import click

from tearsheet.cli.console import Console, console, quiet_option
from tearsheet.cli.exits import IN_PART, complain
from tearsheet.cli.screen import counted, human_bytes, one_line


@click.command("restore")
@click.argument("source", metavar="BACKUP", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("dest", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--same-log", is_flag=True, help="Keep the log's name and key: nothing was signed after this backup.")
@quiet_option
@console
def command(said: Console, source: Path, dest: Path, *, same_log: bool) -> None:
    """Make a working archive in FOLDER out of a BACKUP. Nothing else of the old machine is needed.

    The archive goes on from its newest backup. What the lost one signed after that nobody here can know,
    so the restored one signs as a log of another name and key, which begins with all leaves of the old one:
    a restored copy never signs a second history. If you know that nothing was signed since, say --same-log.

    \b
    Examples:
      tearsheet restore /mnt/usb/press ~/press
      tearsheet -C ~/press verify

    Exit code 1 if anything that came after the backup's catalog could not be brought in; each thing is named
    on standard error.
    """
    from tearsheet.flow.backup import restore

    with said.progress() as progress:
        report = restore(source, dest, same_log=same_log, progress=progress)
    for thing, what in report.problems:
        complain(one_line(f"{thing}: {what}"))
    if report.pages:
        said.report(f"{counted(report.pages, 'page')} of the journal brought in that the catalog lacked")
    said.report(
        f"{counted(report.copied, 'file')} restored ({human_bytes(report.bytes)}); check them: tearsheet -C {dest} verify"
    )
    if report.problems:
        raise click.exceptions.Exit(IN_PART)
