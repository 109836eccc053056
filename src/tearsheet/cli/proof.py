"""`tearsheet proof`: a folder that proves one article to people who have no Tearsheet."""

from dataclasses import dataclass
from pathlib import Path

import click

from tearsheet.cli.console import Console, archive_option, console, quiet_option
from tearsheet.cli.options import gathered
from tearsheet.cli.screen import counted, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to prove, and where to write it."""

    article: str
    out: Path


@click.command("proof")
@click.argument("article", metavar="ARTICLE")
@click.argument("out", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path))
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Write a FOLDER with which a third party checks, without Tearsheet, what is kept of an ARTICLE.

    It holds every page as captured, every wording, their leaves in the ledger with the way to a signed
    checkpoint, the public key, and a README that says how to check it with openssl, minisign or Go, what
    that proves and what it does not.

    \b
    Examples:
      tearsheet proof k3vq7 proof-of-k3vq7
      cd proof-of-k3vq7 && sh verify.sh
    """
    from tearsheet.files import Folder
    from tearsheet.flow.proof import proof

    if asked.out.exists() and any(asked.out.iterdir()):
        raise click.UsageError(f"{asked.out} is not empty; name a new folder")
    with said.archive() as archive:
        folder, count = Folder(asked.out), 0
        for name, data in proof(archive, asked.article):
            folder.put(name, data, durable=False)
            count += 1
    said.report(one_line(f"{counted(count, 'file')} in {asked.out}; check them with: sh verify.sh"))
