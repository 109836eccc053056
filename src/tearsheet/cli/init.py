"""`tearsheet init`: make an archive."""

from pathlib import Path

import click

from tearsheet.cli.console import Console, console, quiet_option


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", default="", help="What the published site is called.  [default: the folder's name]")
@quiet_option
@console
def command(said: Console, folder: Path, title: str) -> None:
    """Make an archive in the folder DIR.

    The folder may exist already; nothing in it is touched. Settings are in its tearsheet.toml.

    \b
    Examples:
      tearsheet init press
      tearsheet init /srv/press --title "The Harbour Archive"
    """
    from tearsheet.archive import create_archive

    with create_archive(folder, title=title) as archive:
        said.report(f"An archive in {archive.path}. Now: cd {folder}, tearsheet follow ADDRESS, tearsheet update.")
