"""`tearsheet backup`: a second copy of the archive, brought level."""

from pathlib import Path

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.rows import BACKUP, report_row
from tearsheet.cli.screen import counted, human_bytes


@click.command("backup")
@click.argument("dest", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@json_option
@archive_option
@quiet_option
@console
def command(said: Console, dest: Path, as_json: bool) -> None:
    """Bring the copy of the archive in FOLDER level. It may be on another disk; updates may run meanwhile.

    Only what changed since the last backup is copied; what was removed from the archive is removed from
    the copy. Interrupted, run it again: it goes on. The folder holds the signing key too, so keep it as
    safe as the archive. The published site, posts and the index are not copied: they are made anew.

    \b
    Examples:
      tearsheet backup /mnt/usb/press
      tearsheet restore /mnt/usb/press ~/press

    With --json: one object with the numbers of files and bytes.
    """
    from tearsheet.flow.backup import backup

    with said.archive() as archive, said.progress() as progress:
        report = backup(archive, dest, progress=progress)
    if as_json:
        write_json(report_row(report, BACKUP))
        return
    said.report(
        f"{counted(report.copied, 'file')} copied ({human_bytes(report.bytes)}), {report.same:,} were there already"
    )
