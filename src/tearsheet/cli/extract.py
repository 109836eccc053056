"""`tearsheet extract`: cut the article out of pages, files and WARCs, without an archive."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, console, quiet_option, write_json_line, write_markup
from tearsheet.cli.exits import IN_PART, complain, exit_code, told
from tearsheet.cli.options import address, gathered
from tearsheet.cli.pages import are_many, pages
from tearsheet.cli.rows import block_row, clipping_row
from tearsheet.cli.screen import Column, measured, one_line, paragraphs
from tearsheet.cli.series import Page
from tearsheet.errors import FormatError, TearsheetError
from tearsheet.model import Clipping, Step

if TYPE_CHECKING:
    from tearsheet.extraction import Verdict
    from tearsheet.flow.pool import Pool

AHEAD = 16  # pages on their way to each process
LIKELY = 0.5  # below this a page is said to be no article; an import judges so too
FEW = 3  # so many blocks in a row that were not looked at are shown one by one
COLUMNS = [Column(""), Column("score"), Column("in"), Column("words", flexible=True), Column("why", flexible=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to cut, and how to show it."""

    what: tuple[str, ...]
    url: str
    form: str
    why: bool
    comments: bool
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """A clipping, and what became of each block of its page if that was asked for."""

    clipping: Clipping
    blocks: "tuple[Verdict, ...]" = ()
    comments: tuple[str, ...] = ()


@click.command("extract")
@click.argument("what", metavar="URL|FILE|DIR...", nargs=-1, required=True)
@click.option("--text", "form", flag_value="text", default="text", help="Title, byline and words (the default).")
@click.option("--html", "form", flag_value="html", help="The body, in our small clean vocabulary.")
@click.option("--json", "form", flag_value="json", help="Everything, one JSON object to a line and page.")
@click.option("--markdown", "form", flag_value="markdown", help="As Markdown.")
@click.option("--why", is_flag=True, help="Say where each field came from, and why each block was kept or dropped.")
@click.option("--comments", is_flag=True, help="Give the readers' comments too, apart from the article.")
@click.option(
    "--url",
    type=address,
    default="",
    metavar="URL",
    help="Where the files come from.  [default: for links and pictures the canonical address that each page declares]",
)
@click.option(
    "-j", "--workers", type=click.IntRange(min=0), default=0, metavar="N", help="Processes.  [default: one per core]"
)
@quiet_option
@archive_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Cut the article out of pages: title, authors, date, body, pictures.

    Takes addresses, files of HTML (also gzipped), WARC files (every page in them), folders of both, and - for a page on
    standard input. Many pages are cut in parallel; they come out in the order they went in, and what cannot be read
    costs only itself. An article over several pages is fetched whole from an address, and joined where its pages lie in
    one WARC file; of a file only its page is there, and `missing` names the others. No archive is needed; inside one, its
    [fetch] settings, its site definitions and what it has learnt of a site hold.

    With --why each block of the page is shown with its score from 0 to 1 (a block is kept from 0.5), and what weighed
    most in it or the rule, profile or declared data that decided.

    \b
    Examples:
      tearsheet extract https://paper.example/2026/a-flood.html
      tearsheet extract page.html --url https://paper.example/2026/a-flood.html --markdown
      tearsheet extract --json *.html > articles.jsonl
      tearsheet extract --json crawl.warc.gz | jq -r .title
      tearsheet extract --json crawls/ > articles.jsonl
      curl -s https://paper.example/x | tearsheet extract - --html
      tearsheet extract page.html --why

    With --json: one clipping object to a line and page, with one more key, `file`, what was cut; with --why one more,
    `blocks`, with --comments one more, `comments`, an array of paragraphs. Exit code 1 if some of what was given could
    not be read.
    """
    from tearsheet.flow.pool import undisturbed

    if asked.why and asked.comments:
        raise click.UsageError("--why and --comments are asked for one after the other.")
    several = are_many(asked.what)
    failures: list[int] = []

    def failed(error: TearsheetError | OSError) -> None:
        said.aside()
        complain(told(error))
        failures.append(exit_code(error))

    show = _shower(said, asked, several=several)
    with said.progress() as progress:
        found = _cuttings(pages(said, asked.what, asked.url, failed), asked)
        for done, (name, cutting) in enumerate(found, start=1):
            if isinstance(cutting, TearsheetError):
                failed(FormatError(name, cutting.cause))
                continue
            with undisturbed():  # interrupted half-way through a line, a reader would find half an object
                show(name, cutting)
            if several:
                progress(Step(stage="pages", done=done, note=name))
    if failures:
        raise click.exceptions.Exit(IN_PART if several else failures[0])


def cut(page: Page) -> Cutting:
    """Return the clipping of a page (run in a pool of processes)."""
    from tearsheet.extraction import clip

    return Cutting(clipping=clip(page.capture, rule=page.rule, profile=page.profile, further=page.further))


def cut_with_reasons(page: Page) -> Cutting:
    """Return the clipping of a page and why it is so (run in a pool of processes)."""
    from tearsheet.extraction import explained

    clipping, blocks = explained(page.capture, rule=page.rule, profile=page.profile, further=page.further)
    return Cutting(clipping=clipping, blocks=blocks)


def cut_with_comments(page: Page) -> Cutting:
    """Return the clipping of a page and what readers wrote under it (run in a pool of processes)."""
    from tearsheet.extraction import comments

    return replace(cut(page), comments=comments(page.capture))


def _work(asked: Asked) -> Callable[[Page], Cutting]:
    return cut_with_reasons if asked.why else cut_with_comments if asked.comments else cut


def _cuttings(given: Iterable[Page], asked: Asked) -> Iterator[tuple[str, Cutting | TearsheetError]]:
    """Yield clippings under the names of their pages, in order; in parallel if there are more than a few."""
    from tearsheet.flow.pool import Pool

    workers = asked.workers or os.cpu_count() or 1
    work = _work(asked)
    names: deque[str] = deque()
    done: dict[int, Cutting | TearsheetError] = {}
    first = 0
    with Pool(workers if workers > 1 else 0) as pool:
        for page in given:
            pool.give(first + len(names), work, page)
            names.append(page.name)
            while first in done or len(names) >= workers * AHEAD:
                _gather(pool, done, first)
                yield names.popleft(), done.pop(first)
                first += 1
        while names:
            _gather(pool, done, first)
            yield names.popleft(), done.pop(first)
            first += 1


def _gather(pool: "Pool", done: dict[int, Cutting | TearsheetError], wanted: int) -> None:
    """Move what the pool has done to `done`, and wait until `wanted` is there."""
    while wanted not in done:
        done.update({tag: result for tag, result in pool.done() if isinstance(tag, int)})
        if wanted not in done:
            pool.wait()


def _shower(said: Console, asked: Asked, *, several: bool) -> Callable[[str, Cutting], None]:
    """Return what writes one clipping to standard output in the form that was asked for."""

    def show(name: str, cutting: Cutting) -> None:
        said.aside()
        clipping = cutting.clipping
        if asked.form == "json":
            blocks = {"blocks": [block_row(block) for block in cutting.blocks]} if asked.why else {}
            comments = {"comments": list(cutting.comments)} if asked.comments else {}
            write_json_line({**clipping_row(clipping), "file": name, **blocks, **comments})
            return
        if several:
            click.echo(said.style(f"==> {one_line(name)} <==", bold=True), color=said.coloured())
        if asked.why:
            click.echo("\n".join(_reasons(said, clipping)) + "\n", color=said.coloured())
            said.write_table(COLUMNS, _block_lines(cutting.blocks))
        elif asked.form == "html":
            write_markup(clipping.html)
        elif asked.form == "markdown":
            from tearsheet.cli.markdown import markdown

            write_markup(markdown(clipping))
        else:
            click.echo("\n".join(_words(said, clipping)), color=said.coloured())
            if cutting.comments:
                click.echo(said.style("Comments", bold=True) + "\n", color=said.coloured())
                click.echo("\n".join(paragraphs("\n\n".join(cutting.comments), measured())) + "\n")
        if not asked.why and (doubt := _doubt(clipping)):
            said.note(one_line(f"{name}: {doubt}"))

    return show


def _words(said: Console, clipping: Clipping) -> Iterator[str]:
    width = measured()
    for line in paragraphs(one_line(clipping.title), width):
        yield said.style(line, bold=True)
    published = clipping.published.strftime("%Y-%m-%d %H:%M UTC") if clipping.published else ""
    if byline := " · ".join(part for part in (", ".join(clipping.authors), published) if part):
        yield said.style(one_line(byline), dim=True)
    yield ""
    yield from paragraphs(clipping.text, width)
    yield ""


def _doubt(clipping: Clipping) -> str:
    """Return in a few words why what was cut may not be what was wanted; empty if there is no reason."""
    if clipping.blocked:
        return "no article's words were found" if not clipping.text else f"not the whole article: {clipping.blocked}"
    chance = clipping.article_probability
    return f"probably no article ({chance:.2f} of 1)" if chance < LIKELY else ""


def _reasons(said: Console, clipping: Clipping) -> Iterator[str]:
    row = clipping_row(clipping)
    yield f"is it an article: {clipping.article_probability:.2f}" + (
        f", {clipping.blocked}" if clipping.blocked else ""
    )
    yield f"recipe: {one_line(clipping.recipe)}"
    for field, where in sorted(clipping.how.items()):
        value = one_line(_value(row.get(field)))
        source = said.style("from " + one_line(where), dim=True)
        yield f"{said.style(field, bold=True)}: {value}  {source}" if value else f"{field}: {source}"


def _value(value: object) -> str:
    """Return a field as a line shows it: names joined, of a picture its address."""
    if isinstance(value, dict):
        return str(value.get("url", ""))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")


def _block_lines(blocks: "tuple[Verdict, ...]") -> Iterator[list[str]]:
    """Yield the cells of each block; a row of links that were not looked at is one line, and says how many."""
    for unseen, run in groupby(blocks, key=lambda block: not block.kept and block.score is None):
        row = list(run)
        if unseen and len(row) > FEW:
            yield ["-", "", "", f"({len(row)} blocks: {row[0].text}, …)", row[0].why]
            continue
        for block in row:
            score = "" if block.score is None else f"{block.score:.2f}"
            yield ["+" if block.kept else "-", score, block.tag, block.text, block.why]
