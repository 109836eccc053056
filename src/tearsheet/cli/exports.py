"""`tearsheet export`: what the archive holds goes out."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
from tearsheet.cli.options import Filters, filter_options, gathered
from tearsheet.cli.rows import ARTICLE, article_row, article_with_wordings
from tearsheet.cli.screen import one_line
from tearsheet.model import Article, Revision

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.cli.progress import Progress

STANDARD_OUTPUT = Path("-")
CSV_COLUMNS = (*(key for key, _ in ARTICLE), "text")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to go out, and where to. One of `mode`, `opml`, `jsonl`, `csv`, `wacz` is given."""

    out: Path | None
    mode: str | None
    opml: bool
    jsonl: bool
    csv: bool
    wacz: bool
    article: str
    filters: Filters
    as_json: bool

    def check(self) -> None:
        """Refuse what cannot be meant."""
        if [bool(self.mode), self.opml, self.jsonl, self.csv, self.wacz].count(True) != 1:
            raise click.UsageError("Say one of --posts compat, --posts sound, --opml, --jsonl, --csv, --wacz.")
        self._check_choice()
        if self.wacz and self.to_standard_output:
            raise click.UsageError("Say which file is written: --wacz OUT.wacz.")
        if self.mode and self.to_standard_output:
            raise click.UsageError(f"Say which folder the posts are written to: --posts {self.mode} OUT.")
        if self.as_json and self.to_standard_output:
            raise click.UsageError("With --json say which file is written: standard output holds the JSON.")

    def _check_choice(self) -> None:
        if self.article and not self.wacz:
            raise click.UsageError("--article goes with --wacz.")
        if self.article and self.filters.source:
            raise click.UsageError("Say --article or --source, not both.")
        if self.opml and self.filters.given():
            raise click.UsageError("Say no filter with --opml: it holds all sources.")
        if self.wacz and replace(self.filters, source="").given():
            raise click.UsageError("Say --article or --source with --wacz, no other filter.")

    @property
    def to_standard_output(self) -> bool:
        """Whether no file or folder was named."""
        return self.out in (None, STANDARD_OUTPUT)


@click.command("export")
@click.argument("out", metavar="[OUT]", required=False, type=click.Path(path_type=Path))
@click.option("--posts", "mode", type=click.Choice(["compat", "sound"]), help="Posts, into the folder OUT.")
@click.option("--opml", is_flag=True, help="The sources, as OPML, for a feed reader.")
@click.option("--jsonl", is_flag=True, help="Every article with its last wording, one JSON object to a line.")
@click.option("--csv", is_flag=True, help="Every article with its text, one row each, for a spreadsheet.")
@click.option("--wacz", is_flag=True, help="The raw captures, as a WACZ file for players of web archives.")
@click.option("--article", metavar="ARTICLE", default="", help="With --wacz: only this article, with its pictures.")
@filter_options
@json_option
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Give out posts, sources, articles or raw captures.

    Posts go to the folder OUT, ready for Hexo and its like: in sound mode one for each article, with
    copies of its pictures; in compat mode one for each channel that lists it, in the bytes that the
    format's first writer would have given. OPML, JSON lines and CSV go to the file OUT, or to standard output
    if there is none. A WACZ file holds the records of the archive as they are, with an index and a page
    for each wording; ReplayWeb.page and other players open it, and `tearsheet verify FILE.wacz` checks it.

    \b
    Examples:
      tearsheet export --posts sound ~/blog
      tearsheet export --posts compat posts
      tearsheet export --opml sources.opml
      tearsheet export --jsonl | jq -r .title
      tearsheet export --csv --category Press/Harbour --since 2026-11 harbour.csv
      tearsheet export --wacz --article k3vq7 article.wacz

    With --jsonl: article objects with two more keys, `clipping` (the last wording's, or null) and `wordings`
    (each without its clipping).
    With --csv: the keys of an article as columns, lists joined by `; `, the path by `/`, of the lead image its address, and
    the `text`. A cell that a spreadsheet would take for a formula begins with an apostrophe.
    With --json: one object, with how many were written (`count`) and where to (`out`).
    """
    asked.check()
    with said.archive() as archive, said.progress() as progress:
        if asked.to_standard_output:
            for line in _lines(archive, asked, progress):
                said.aside()
                write_markup(line)
            return
        count, what = _write(archive, asked, progress)
    if asked.as_json:
        write_json({"out": str(asked.out), "count": count})
    else:
        said.report(f"{count:,} {what} in {asked.out}")


def _write(archive: "Archive", asked: Asked, progress: "Progress") -> tuple[int, str]:
    from tearsheet.flow.exports import export_lines, export_posts

    out = asked.out or STANDARD_OUTPUT
    if asked.wacz:
        return _wacz(archive, asked, progress), "records"
    query = asked.filters.query(archive)
    if asked.mode:
        return export_posts(archive, out, asked.mode, query=query, progress=progress), "posts"
    export_lines(out, _lines(archive, asked, progress))
    return (len(archive.sources()), "sources") if asked.opml else (archive.count(query), "articles")


def _lines(archive: "Archive", asked: Asked, progress: "Progress") -> Iterator[str]:
    """Yield what is written to a file or to standard output, a piece at a time, without the line end."""
    from tearsheet.flow.exports import chosen, opml_of

    if asked.opml:
        yield opml_of(archive).decode().rstrip("\n")
        return
    query = asked.filters.query(archive)
    if asked.csv:
        yield csv_line(CSV_COLUMNS)
    for article in chosen(archive, query, "articles", progress):
        revisions = archive.revisions(article.id)
        yield _row(article, revisions) if asked.csv else json_text(article_with_wordings(article, revisions))


def _row(article: Article, revisions: Sequence[Revision]) -> str:
    row = article_row(article)
    row["categories"] = "/".join(article.categories)
    row["authors"] = "; ".join(article.authors)
    row["lead"] = article.lead.url if article.lead else ""
    row["text"] = revisions[-1].clipping.text if revisions else ""
    return csv_line([cell(row[key]) for key in CSV_COLUMNS])


def cell(value: object) -> str:
    """Return a value as a cell; nobody's words become a formula where a spreadsheet opens them."""
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_line(cells: Iterable[str]) -> str:
    """Return one record of RFC 4180 without the line end."""
    record = io.StringIO()
    csv.writer(record).writerow(cells)
    return record.getvalue().removesuffix("\r\n")


def _wacz(archive: "Archive", asked: Asked, progress: "Progress") -> int:
    from tearsheet.flow.packages import export_wacz

    source = asked.filters.query(archive).source
    found = export_wacz(archive, asked.out or STANDARD_OUTPUT, article=asked.article, source=source, progress=progress)
    for _, what in found.troubles:
        complain(one_line(what))
    return found.records
