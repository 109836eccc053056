"""`tearsheet verify`: is everything there, and as it was?"""

from pathlib import Path

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.exits import IN_PART, complain
from tearsheet.cli.rows import VERIFY, report_row
from tearsheet.cli.screen import counted, one_line


@click.command("verify")
@click.argument("article", default="", metavar="[ARTICLE|FILE.wacz]")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere (a file, mail, feed, page or time stamp): all that it signed must still be there.",
)
@json_option
@archive_option
@quiet_option
@console
def command(said: Console, article: str, against: Path | None, as_json: bool) -> None:
    """Check catalog, WARC files, pictures and ledger against each other, for the whole archive or one article.

    Given the name of a WACZ file, that file alone is checked, and no archive is needed.

    Every capture is read back from its WARC record and its digest compared; every wording, picture and
    ledger leaf is derived anew. A checkpoint that was printed, mailed or published before shows with
    --against that nothing has been taken out, changed, reordered or back-dated since: FILE is checkpoint.txt,
    a mail or text that quotes it, a saved page or feed of the site, the number of leaves with the root hash typed
    from paper, or a time stamp (.tsr).

    \b
    Examples:
      tearsheet verify
      tearsheet verify k3vq7
      tearsheet verify article.wacz
      tearsheet verify --against ~/checkpoint-2026-11-22

    With --json: one object with the numbers of what was checked, and `problems`.
    Exit code 1 if anything is wrong; each thing is named on standard error.
    """
    if article.endswith(".wacz"):
        _wacz(said, Path(article), as_json=as_json)
        return
    from tearsheet.flow.verify import verify

    with said.archive() as archive, said.progress() as progress:
        found = verify(archive, article, against=against, progress=progress)
    for thing, what in found.problems:
        complain(one_line(f"{thing}: {what}"))
    if as_json:
        write_json(report_row(found, VERIFY))
    else:
        removed = f", {found.removed:,} of them removed or lost" if found.removed else ""
        stamps = f", {counted(found.stamps, 'time stamp')}" if found.stamps else ""
        said.report(
            f"checked {counted(found.captures, 'capture')}, {counted(found.revisions, 'wording')}, "
            f"{counted(found.pictures, 'picture file')}, "
            f"{counted(found.leaves, 'leaf', 'leaves')}{removed}{stamps}: "
            + (counted(len(found.problems), "problem") if found.problems else "all as it was")
        )
        if against is not None and str(against) not in dict(found.problems):
            said.report(one_line(f"{against}: all that it signed is still there, unchanged"))
    if found.problems:
        raise click.exceptions.Exit(IN_PART)


def _wacz(said: Console, file: Path, *, as_json: bool) -> None:
    """Check a WACZ file of anybody's."""
    from tearsheet.warc import check_wacz

    problems = check_wacz(file)
    for what in problems:
        complain(one_line(f"{file}: {what}"))
    if as_json:
        write_json({"problems": [{"thing": str(file), "problem": what} for what in problems]})
    else:
        said.report(f"{file}: " + (counted(len(problems), "problem") if problems else "all as it should be"))
    if problems:
        raise click.exceptions.Exit(IN_PART)
