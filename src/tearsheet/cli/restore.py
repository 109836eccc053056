"""`tearsheet restore`: a working archive out of a backup."""

from pathlib import Path

import click

from tearsheet.cli.console import Console, console, quiet_option
from tearsheet.cli.screen import human_bytes


@click.command("restore")
@click.argument("source", metavar="BACKUP", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("dest", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@quiet_option
@console
def command(said: Console, source: Path, dest: Path) -> None:
    """Make a working archive in FOLDER out of a BACKUP. Nothing else of the old machine is needed.

    The archive goes on from its newest backup. If it signed checkpoints after that, it refuses to sign
    others over them: a restored copy never begins a second history.

    \b
    Examples:
      tearsheet restore /mnt/usb/press ~/press
      tearsheet -C ~/press verify
    """
    from tearsheet.flow.backup import restore

    with said.progress() as progress:
        report = restore(source, dest, progress=progress)
    said.report(
        f"{report.copied:,} files restored ({human_bytes(report.bytes)}); check them: tearsheet -C {dest} verify"
    )
