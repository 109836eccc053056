"""`tearsheet init`: make an archive."""

from pathlib import Path

import click

from tearsheet.cli.console import Console, console, quiet_option


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--title", default="", help="What the published site is called.  [default: the folder's name]")
@click.option(
    "--warc-body",
    type=click.Choice(["all", "none"]),
    default="all",
    help="none: keep no pages, only wordings.  [default: all]",
)
@quiet_option
@console
def command(said: Console, folder: Path, title: str, warc_body: str) -> None:
    """Make an archive in the folder DIR.

    The folder may exist already; nothing in it is touched. Settings are in its tearsheet.toml.

    --warc-body none is for those who must not keep pages: of each answer the header and the digest are kept, and
    the wordings. Pages can then not be shown as they came, nor cut anew by a later version.

    \b
    Examples:
      tearsheet init press
      tearsheet init /srv/press --title "The Harbour Archive"
      tearsheet init digest --warc-body none
    """
    from tearsheet.archive import create_archive

    with create_archive(folder, title=title, warc_body=warc_body) as archive:
        said.report(f"An archive in {archive.path}. Now: cd {folder}, tearsheet follow ADDRESS, tearsheet update.")
