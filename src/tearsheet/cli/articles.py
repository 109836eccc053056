"""`tearsheet articles`: list articles."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, clock, console, json_option, write_json_rows
from tearsheet.cli.options import Filters, filter_options, gathered, limit_option
from tearsheet.cli.screen import Column
from tearsheet.model import Article, Query

if TYPE_CHECKING:
    from tearsheet.archive import Archive

PAGE = 2000
ON_A_SCREEN = 50
ORDERS = ("newest", "oldest", "arrival", "edited", "gone")

NONE = "No article is like that."
ALTERED = ("edited", "gone")
"""Lists of these orders show the time of the alteration, all others that of publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which articles, in what order, and how many."""

    which: str | None
    order: str | None
    limit: int | None

    def query(self, filters: Filters, archive: "Archive") -> Query:
        """Return what is asked for of `archive`; the limit is left alone."""
        edited = True if self.which == "edited" else None
        gone = True if self.which == "gone" else None
        order = self.order or (self.which if self.which in ALTERED else "newest")
        rejected = None if self.which == "trouble" else self.which == "rejected"
        in_trouble = self.which == "trouble"
        query = filters.query(archive, order=order)
        return replace(query, edited=edited, gone=gone, rejected=rejected, in_trouble=in_trouble)


@click.command("articles")
@click.option("--rejected", "which", flag_value="rejected", help="Only what was judged to be no article.")
@click.option("--gone", "which", flag_value="gone", help="Only what has vanished from the web.")
@click.option("--edited", "which", flag_value="edited", help="Only what was edited after it was first seen.")
@click.option("--trouble", "which", flag_value="trouble", help="Only those whose page did not come at the last look.")
@click.option(
    "--order", type=click.Choice(ORDERS), help="What comes first.  [default: newest; edited or gone with these]"
)
@limit_option
@filter_options
@json_option
@archive_option
@gathered(Choice, into="choice")
@console
def command(said: Console, filters: Filters, choice: Choice, as_json: bool) -> None:
    """List articles, newest first.

    On a terminal the first 50; all of them with --json or in a pipe, where columns are separated by tabs.
    What --since and --until narrow is the publication, with --edited or --gone the last edit or the disappearance;
    that time is shown then.

    \b
    Examples:
      tearsheet articles
      tearsheet articles --source harbour --since 7d
      tearsheet articles --category Press/Harbour --edited
      tearsheet articles --gone --since 2026-11 --json
      tearsheet articles --rejected
      tearsheet articles --trouble
      tearsheet articles | cut -f 1,4

    What was judged to be no article is kept and listed by --rejected. It is judged anew at each look; a site definition
    that says where the text stands overrules the judgement. Those in trouble include what never came yet; they are tried again.

    With --json: a JSON array of articles, one to a line.
    """
    with said.archive() as archive:
        query = choice.query(filters, archive)
        if as_json:
            from tearsheet.cli.rows import article_row  # a table for a person needs none of its shapes

            write_json_rows(map(article_row, found(archive, query, choice.limit or 0)))
            return
        usual = ON_A_SCREEN if sys.stdout.isatty() else 0
        limit = usual if choice.limit is None else choice.limit
        write_list(said, archive, query, limit)
        total = archive.count(query)
        kept = total or archive.count(Query(rejected=None))
    if not total:
        said.note(NONE if kept else "No article is kept yet: tearsheet update.")
        if kept and filters.category:
            said.note("`tearsheet stats --by category` lists the category paths that there are.")
    elif limit and total > limit:
        said.note(f"{total - limit:,} more: --limit 0 shows all.")


def found(archive: "Archive", query: Query, limit: int) -> Iterator[Article]:
    """Yield the articles of `query`, at most `limit` (0 for all), asking for a page of them at a time."""
    given = 0
    while not limit or given < limit:
        page = min(PAGE, limit - given) if limit else PAGE
        articles = archive.articles(replace(query, limit=page, offset=given))
        yield from articles
        given += len(articles)
        if len(articles) < page:
            return


def write_list(said: Console, archive: "Archive", query: Query, limit: int) -> None:
    """Write a table of the articles of `query`, at most `limit` (0 for all)."""
    columns = [
        Column("id"),
        Column(query.order if query.order in ALTERED else "published"),
        Column("source", flexible=True),
        Column("title", flexible=True, share=2),
        Column("state", flexible=True),
    ]
    articles = found(archive, query, limit)
    said.write_table(columns, [row(article, archive.zone, order=query.order) for article in articles])


def row(article: Article, zone: tzinfo, *, order: str = "newest") -> list[str]:
    """Return the cells of one article in a list of that order."""
    altered = {"edited": article.edited_at, "gone": article.gone_at}.get(order)
    return [
        article.id,
        clock(altered, zone) or dated(article, zone),
        article.source_name or article.source,
        article.title or article.url,
        state(article),
    ]


def dated(article: Article, zone: tzinfo) -> str:
    """Return when an article was published, or else when it was first seen, which is said."""
    return clock(article.published, zone) or f"seen {clock(article.first_seen, zone)}"


def state(article: Article) -> str:
    """Return in a few words how often an article was rewritten, and what became of it."""
    wordings = f"{article.revisions} wordings" if article.revisions > 1 else ""
    return ", ".join(part for part in (wordings, fate(article)) if part)


def fate(article: Article) -> str:
    """Return in a few words what became of an article; empty for most."""
    gone = "" if not article.gone_at else f"gone ({article.gone})" if article.gone else "gone"
    copy = f"copy of {article.copy_of}" if article.copy_of else ""
    trouble = "" if article.gone_at else article.trouble.replace(f"{article.url}: ", "")
    return ", ".join(part for part in (gone, copy, trouble) if part)
