"""`tearsheet proof`: a folder that proves one article to people who have no Tearsheet."""

from pathlib import Path

import click

from tearsheet.cli.console import Console, archive_option, console, quiet_option
from tearsheet.cli.exits import complain
from tearsheet.cli.screen import counted, one_line


@click.command("proof")
@click.argument("article", metavar="ARTICLE")
@click.argument("out", metavar="FOLDER|FILE.wacz", type=click.Path(path_type=Path))
@archive_option
@quiet_option
@console
def command(said: Console, article: str, out: Path) -> None:
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

    if out.suffix == ".wacz":
        _package(said, article, out)
        return
    if out.is_file():
        raise click.UsageError(f"{out} is a file; name a new folder, or a file that ends in .wacz")
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty; name a new folder")
    with said.archive() as archive:
        folder, written = Folder(out), []
        try:
            for name, data in proof(archive, article):
                written.append(name)
                folder.put(name, data, durable=False)
        except BaseException:  # half a proof proves nothing, and would be in the way of a whole one
            for name in written:
                folder.remove(name)
            raise
    said.report(one_line(f"{counted(len(written), 'file')} in {out}; check them with: sh verify.sh"))


def _package(said: Console, article: str, out: Path) -> None:
    from tearsheet.flow.packages import proof_wacz

    with said.archive() as archive:
        done = proof_wacz(archive, out, article)
    for _, what in done.troubles:
        complain(one_line(what))
    said.report(one_line(f"{counted(done.records, 'record')} and their proof in {out}; unpack it to check the proof"))
