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
@click.argument("out", metavar="FOLDER|FILE.wacz", type=click.Path(path_type=Path))
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Write a FOLDER with which a third party checks, without Tearsheet, what is kept of an ARTICLE.

    It holds every page as captured, every wording, their leaves in the ledger with the way to a signed
    checkpoint, the public key, and a README that says how to check it with openssl, minisign or Go, what
    that proves and what it does not. Given the name of a WACZ file, the same stands in its `proof/`, and
    players of web archives show the pages.

    \b
    Examples:
      tearsheet proof k3vq7 proof-of-k3vq7
      cd proof-of-k3vq7 && sh verify.sh
      tearsheet proof k3vq7 k3vq7.wacz && unzip k3vq7.wacz "proof/*" && cd proof && sh verify.sh
    """
    from tearsheet.files import Folder
    from tearsheet.flow.proof import proof

    if asked.out.suffix == ".wacz":
        _package(said, asked)
        return
    if asked.out.is_file():
        raise click.UsageError(f"{asked.out} is a file; name a new folder, or a file that ends in .wacz")
    if asked.out.exists() and any(asked.out.iterdir()):
        raise click.UsageError(f"{asked.out} is not empty; name a new folder")
    with said.archive() as archive:
        folder, count = Folder(asked.out), 0
        for name, data in proof(archive, asked.article):
            folder.put(name, data, durable=False)
            count += 1
    said.report(one_line(f"{counted(count, 'file')} in {asked.out}; check them with: sh verify.sh"))


def _package(said: Console, asked: Asked) -> None:
    from tearsheet.flow.packages import proof_wacz

    with said.archive() as archive:
        done = proof_wacz(archive, asked.out, asked.article)
    said.report(
        one_line(f"{counted(done.records, 'record')} and their proof in {asked.out}; unpack it to check the proof")
    )
