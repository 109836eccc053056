"""`tearsheet show`: one article."""

import sys
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from tearsheet.cli.articles import fate
from tearsheet.cli.console import Console, archive_option, clock, console, write_json, write_markup
from tearsheet.cli.exits import complain_of_lacking
from tearsheet.cli.rows import article_with_history
from tearsheet.cli.screen import measured, one_line, paragraphs
from tearsheet.errors import NoSuchRevision, NotFound
from tearsheet.model import Article, Revision

if TYPE_CHECKING:
    from tearsheet.archive import Archive


@click.command("show")
@click.argument("article", metavar="ARTICLE")
@click.option(
    "--wording",
    "--revision",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Which, from 1.  [default: the last]",
)
@click.option("--text", "form", flag_value="text", default="text", help="As text (the default).")
@click.option("--html", "form", flag_value="html", help="The body, in our small clean vocabulary.")
@click.option("--markdown", "form", flag_value="markdown", help="As Markdown, with lists and tables.")
@click.option("--raw", "form", flag_value="raw", help="The page exactly as it was captured, byte for byte.")
@click.option("--json", "form", flag_value="json", help="Everything, as JSON.")
@archive_option
@console
def command(said: Console, article: str, number: int | None, form: str) -> None:
    """Show one article. ARTICLE is its id, the beginning of its id, or its address.

    \b
    Examples:
      tearsheet show k3v
      tearsheet show https://paper.example/2026/a-flood.html
      tearsheet show k3v --wording 1
      tearsheet show k3v --html > article.html
      tearsheet show k3v --markdown > article.md
      tearsheet show k3v --raw > page.html
      tearsheet show k3v --json

    With --json: one article object with two more keys, `listings` (where it was listed) and `wordings`
    (each with its number and clipping).
    """
    with said.archive() as archive:
        found = archive.article(article)
        complain_of_lacking(archive, found.id)
        revisions = archive.revisions(found.id)
        if form == "json":
            write_json(article_with_history(found, revisions, archive.listings(found.id)))
            return
        wording = wording_of(revisions, found.id, number)
        if form == "raw":
            _write_bytes(_page(archive, wording.capture))
        elif form == "html":
            write_markup(wording.clipping.html)
        elif form == "markdown":
            from tearsheet.cli.markdown import markdown

            write_markup(markdown(wording.clipping))
        else:
            click.echo("\n".join(_lines(said, archive, found, wording)), color=said.coloured())


def _page(archive: "Archive", digest: str) -> bytes:
    capture = archive.capture(digest)
    if capture.left_out:
        raise NotFound(capture.url, 'its page was not kept, only its wordings: [warc] body = "none"')
    return capture.body


def wording_of(revisions: Sequence[Revision], id: str, number: int | None) -> Revision:
    """Return the wording of that number, the last one for None.

    Raises:
        NoSuchRevision: there is none.
    """
    for revision in reversed(revisions):
        if number in (None, revision.number):
            return revision
    raise NoSuchRevision(f"{id} {number or ''}".strip(), f"it has {len(revisions)}")


def _write_bytes(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _lines(said: Console, archive: "Archive", article: Article, wording: Revision) -> Iterator[str]:
    clipping = wording.clipping
    width = measured()
    for line in paragraphs(one_line(clipping.title), width):
        yield said.style(line, bold=True)
    for line in _facts(article, wording, archive.zone):
        yield said.style(line, dim=True)
    yield ""
    yield from paragraphs(clipping.text, width)


def _facts(article: Article, wording: Revision, zone: tzinfo) -> Iterator[str]:
    clipping = wording.clipping
    byline = ", ".join(clipping.authors)
    published = clock(clipping.published, zone) or "date not known"
    yield one_line(" · ".join(part for part in (byline, article.source_name or article.source, published) if part))
    yield one_line(clipping.url or article.url)
    seen = f"wording {wording.number} of {article.revisions}, seen {clock(wording.seen_at, zone)}"
    yield one_line(" · ".join(part for part in (article.id, seen, fate(article)) if part))
    if clipping.blocked:
        yield one_line(f"not the whole article: {clipping.blocked}")
