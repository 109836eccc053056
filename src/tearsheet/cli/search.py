"""`tearsheet search`: find articles by their words."""

from collections.abc import Iterator
from dataclasses import replace

import click

from tearsheet.cli.articles import dated
from tearsheet.cli.console import Console, archive_option, console, json_option, write_json
from tearsheet.cli.options import Filters, filter_options, limit_option
from tearsheet.cli.rows import hit_row
from tearsheet.cli.screen import cut, one_line, terminal_width
from tearsheet.model import Hit

USUALLY = 20


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@limit_option
@filter_options
@json_option
@archive_option
@console
def command(said: Console, words: tuple[str, ...], filters: Filters, limit: int | None, as_json: bool) -> None:
    """Find articles that hold all WORDS, best first; 20 of them unless --limit says otherwise.

    A phrase stands in quotes of its own: '"harbour wall"'. `crane OR ferry`, `crane NOT mayor`, `title:crane` and
    `har*` are understood too. Chinese, Japanese and Thai need no spaces.

    \b
    Examples:
      tearsheet search harbour flood
      tearsheet search '"harbour wall"' --since 2026-01-01
      tearsheet search 'crane NOT mayor' --source courier
      tearsheet search 海堤 --language zh --limit 5
      tearsheet search harbour --json

    With --json: an object with `total` (how many there are) and `hits`, an array.
    """
    from tearsheet.terms import terms  # only a search pays for the tables

    if not terms(" ".join(words)):
        raise click.BadParameter(f"{' '.join(words)!r} holds no word to look for.", param_hint="WORDS")
    with said.archive() as archive:
        query = replace(filters.query(archive), limit=USUALLY if limit is None else limit)
        total, hits = archive.search(" ".join(words), query)
        zone = archive.zone
        if not archive.is_indexed():
            said.note("Not everything is indexed yet: tearsheet update.")
    if as_json:
        write_json({"total": total, "hits": [hit_row(hit) for hit in hits]})
        return
    for hit in hits:
        article = hit.article
        where = one_line(f"{article.id} · {article.source_name or article.source} · {dated(article, zone)}")
        width = terminal_width() or 10_000
        head = cut(one_line(article.title or article.url), width)
        click.echo(said.style(head, bold=True), color=said.coloured())
        click.echo(said.style(cut(f"  {where}", width), dim=True), color=said.coloured())
        click.echo("  " + "".join(_marked(said, hit)) + "\n", color=said.coloured())
    said.note(f"{total:,} found{f', {len(hits):,} shown' if len(hits) < total else ''}.")


def _marked(said: Console, hit: Hit) -> Iterator[str]:
    """Yield the snippet, what matched in bold: or between asterisks where there is no colour."""
    at = 0
    for start, end in hit.marks:
        yield _plain(hit.snippet[at:start])
        matched = _plain(hit.snippet[start:end])
        yield said.style(matched, bold=True, fg="blue") if said.coloured() else f"*{matched}*"
        at = end
    yield _plain(hit.snippet[at:])


def _plain(text: str) -> str:
    """Return a piece of a line made harmless, with the spaces at its ends kept."""
    inner = one_line(text)
    before = " " if text[:1].isspace() and inner else ""
    after = " " if text[-1:].isspace() else ""
    return before + inner + after
