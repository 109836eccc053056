"""`tearsheet export`: what the archive holds goes out."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import (
    Console,
    archive_option,
    console,
    json_option,
    json_text,
    quiet_option,
    write_json,
    write_markup,
)
from tearsheet.cli.exits import complain
from tearsheet.cli.options import gathered
from tearsheet.cli.rows import article_with_wordings
from tearsheet.cli.screen import one_line
from tearsheet.model import Article

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.cli.progress import Progress

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to go out, and where to. One of `mode`, `opml`, `jsonl`, `wacz` is given."""

    out: Path | None
    mode: str | None
    opml: bool
    jsonl: bool
    wacz: bool
    article: str
    source: str
    as_json: bool

    def check(self) -> None:
        """Refuse what cannot be meant."""
        if [bool(self.mode), self.opml, self.jsonl, self.wacz].count(True) != 1:
            raise click.UsageError("Say one of --posts compat, --posts sound, --opml, --jsonl, --wacz.")
        if (self.article or self.source) and not self.wacz:
            raise click.UsageError("--article and --source go with --wacz.")
        if self.article and self.source:
            raise click.UsageError("Say --article or --source, not both.")
        if self.wacz and self.out in (None, STANDARD_OUTPUT):
            raise click.UsageError("Say which file is written: --wacz OUT.wacz.")
        if self.mode and self.out in (None, STANDARD_OUTPUT):
            raise click.UsageError(f"Say which folder the posts are written to: --posts {self.mode} OUT.")
        if self.as_json and self.out in (None, STANDARD_OUTPUT):
            raise click.UsageError("With --json say which file is written: standard output holds the JSON.")


@click.command("export")
@click.argument("out", metavar="[OUT]", required=False, type=click.Path(path_type=Path))
@click.option("--posts", "mode", type=click.Choice(["compat", "sound"]), help="Posts, into the folder OUT.")
@click.option("--opml", is_flag=True, help="The sources, as OPML, for a feed reader.")
@click.option("--jsonl", is_flag=True, help="Every article with its last wording, one JSON object to a line.")
@click.option("--wacz", is_flag=True, help="The raw captures, as a WACZ file for players of web archives.")
@click.option("--article", metavar="ARTICLE", default="", help="With --wacz: only this article, with its pictures.")
@click.option("--source", metavar="SOURCE", default="", help="With --wacz: only what this source listed.")
@json_option
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Give out posts, sources, articles or raw captures.

    Posts go to the folder OUT, ready for Hexo and its like: in sound mode one for each article, with
    copies of its pictures; in compat mode one for each channel that lists it, in the bytes that the
    format's first writer would have given. OPML and JSON lines go to the file OUT, or to standard output
    if there is none. A WACZ file holds the records of the archive as they are, with an index and a page
    for each wording; ReplayWeb.page and other players open it, and `tearsheet verify FILE.wacz` checks it.

    \b
    Examples:
      tearsheet export --posts sound ~/blog
      tearsheet export --posts compat posts
      tearsheet export --opml sources.opml
      tearsheet export --jsonl | jq -r .title
      tearsheet export --wacz --article k3vq7 article.wacz

    With --jsonl: article objects with two more keys, `clipping` (the last wording's, or null) and `wordings`
    (each without its clipping).
    With --json: one object, with how many were written (`count`) and where to (`out`).
    """
    asked.check()
    with said.archive() as archive:
        if asked.out in (None, STANDARD_OUTPUT):
            _print(archive, asked)
            return
        with said.progress() as progress:
            count, what = _write(archive, asked, progress)
    if asked.as_json:
        write_json({"out": str(asked.out), "count": count})
    else:
        said.report(f"{count:,} {what} in {asked.out}")


def _write(archive: "Archive", asked: Asked, progress: "Progress") -> tuple[int, str]:
    from tearsheet.files import Folder
    from tearsheet.flow.exports import export_lines, export_posts, opml_of

    out = asked.out or STANDARD_OUTPUT
    if asked.wacz:
        return _wacz(archive, asked, progress), "records"
    if asked.mode:
        return export_posts(archive, out, asked.mode, progress=progress), "posts"
    if asked.opml:
        Folder(out.parent).put(out.name, opml_of(archive))
        return len(archive.sources()), "sources"
    return export_lines(archive, out, partial(_line, archive), progress=progress), "articles"


def _line(archive: "Archive", article: Article) -> str:
    return json_text(article_with_wordings(article, archive.revisions(article.id)))


def _wacz(archive: "Archive", asked: Asked, progress: "Progress") -> int:
    from tearsheet.flow.packages import export_wacz

    source = archive.find_source(asked.source).url if asked.source else ""
    found = export_wacz(archive, asked.out or STANDARD_OUTPUT, article=asked.article, source=source, progress=progress)
    for _, what in found.troubles:
        complain(one_line(what))
    return found.records


def _print(archive: "Archive", asked: Asked) -> None:
    """Write to standard output: articles as they come, OPML whole."""
    from tearsheet.flow.build import all_articles
    from tearsheet.flow.exports import opml_of

    if asked.jsonl:
        for article in all_articles(archive):
            click.echo(_line(archive, article))
    else:
        write_markup(opml_of(archive).decode().rstrip("\n"))
