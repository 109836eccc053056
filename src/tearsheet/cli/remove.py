"""`tearsheet remove`: take articles out of the archive."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.options import gathered
from tearsheet.cli.rows import REMOVED, report_row
from tearsheet.cli.screen import counted, human_bytes, one_line
from tearsheet.model import Query

if TYPE_CHECKING:
    from tearsheet.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be removed, and how."""

    what: str
    whole_source: bool
    reason: str
    yes: bool


@click.command("remove")
@click.argument("what", metavar="ARTICLE|SOURCE")
@click.option("--source", "whole_source", is_flag=True, help="Remove all articles of this source.")
@click.option("--reason", default="", help="Why; kept with the notice that stays.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked, as_json: bool) -> None:
    """Take an article, or all articles of a source, out of the archive for good.

    Its wordings, captures and pictures are erased, on disk too. What stays is a notice in the ledger:
    that something was removed, when and why, but not what it said. It does not come in again. A source is
    still followed afterwards: `tearsheet sources remove` ends that.

    The published site, the posts and backups hold it until the next `tearsheet build` and `tearsheet backup`.

    \b
    Examples:
      tearsheet remove k3vq7 --reason "court order 12/26"
      tearsheet remove https://paper.example/2026/a-flood.html
      tearsheet remove --source harbour --yes

    Asks first; where nobody can answer, --yes is needed.
    With --json: one object with the numbers of what was removed, and `kept_as_proof`.
    """
    from tearsheet.flow.remove import remove

    with said.archive() as archive:
        key, meant = _meant(archive, asked)
        if not asked.yes:
            _ask(meant)
        removed = remove(archive, key, reason=asked.reason, source=asked.whole_source)
    if as_json:
        write_json(report_row(removed, REMOVED))
        return
    said.report(
        f"removed: {counted(removed.articles, 'article')}, {counted(removed.captures, 'capture')}, "
        f"{counted(removed.pictures, 'picture')}, {human_bytes(removed.bytes)}"
    )
    for kept in removed.kept_as_proof:
        said.report(one_line(f"stays as proof: {kept}"))
    said.report("What was published or copied before still holds it: tearsheet build, and tearsheet backup FOLDER.")


def _meant(archive: "Archive", asked: Asked) -> tuple[str, str]:
    """Return the key of what is meant, and how to name it to a person."""
    if not asked.whole_source:
        article = archive.article(asked.what)
        return article.id, one_line(f"“{article.title}” ({article.url})")
    source = archive.find_source(asked.what)
    count = archive.count(Query(source=source.url, rejected=None))
    return source.url, one_line(f"{counted(count, 'article')} of {source.name or source.url}")


def _ask(meant: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is here to answer: add --yes if you are sure.")
    click.confirm(f"Remove {meant} for good?", abort=True, err=True)
