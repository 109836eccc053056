"""`tearsheet extract`: cut the article out of pages, files and WARCs, without an archive."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, console, quiet_option, write_json_line, write_markup
from tearsheet.cli.exits import IN_PART, complain, exit_code, told
from tearsheet.cli.options import gathered
from tearsheet.cli.rows import clipping_row
from tearsheet.cli.screen import many_lines, one_line
from tearsheet.errors import BadWarc, FetchError, FormatError, NoArchive, TearsheetError
from tearsheet.model import Capture, Clipping, Step

if TYPE_CHECKING:
    from tearsheet.fetch import Fetcher
    from tearsheet.flow.pool import Pool

AHEAD = 16  # pages on their way to each process
STANDARD_INPUT = "-"
HTTP_OK = 200
BEGINNING = 4096  # bytes that say whether a file is text


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one page; `name` is what the person called it, or its address."""

    name: str
    url: str
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to cut, and how to show it."""

    what: tuple[str, ...]
    url: str
    form: str
    why: bool
    workers: int


@click.command("extract")
@click.argument("what", metavar="URL|FILE...", nargs=-1, required=True)
@click.option("--text", "form", flag_value="text", default="text", help="Title, byline and words (the default).")
@click.option("--html", "form", flag_value="html", help="The body, in our small clean vocabulary.")
@click.option("--json", "form", flag_value="json", help="Everything, one JSON object to a line and page.")
@click.option("--markdown", "form", flag_value="markdown", help="As Markdown.")
@click.option("--why", is_flag=True, help="Say where each field came from.")
@click.option("--url", default="", metavar="URL", help="The address that the files come from, for links and dates.")
@click.option("-j", "--workers", type=click.IntRange(min=0), default=0, help="Processes.  [default: one per core]")
@quiet_option
@archive_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Cut the article out of pages: title, authors, date, body, pictures.

    Takes addresses, files of HTML, WARC files (every page in them), and - for standard input. Many
    pages are cut in parallel; they come out in the order they went in. No archive is needed; inside
    one, its [fetch] settings hold.

    \b
    Examples:
      tearsheet extract https://paper.example/2026/a-flood.html
      tearsheet extract page.html --url https://paper.example/2026/a-flood.html --markdown
      tearsheet extract --json *.html > articles.jsonl
      tearsheet extract --json crawl.warc.gz | jq -r .title
      curl -s https://paper.example/x | tearsheet extract - --html
      tearsheet extract page.html --why

    With --json: one clipping object to a line and page, with one more key, `file`, what was cut.
    Exit code 1 if some of what was given could not be read.
    """
    several = len(asked.what) > 1 or any(map(is_warc, asked.what))
    failures: list[int] = []

    def failed(error: TearsheetError | OSError) -> None:
        complain(told(error))
        failures.append(exit_code(error))

    show = _shower(said, asked, several=several)
    with said.progress() as progress:
        for done, (name, clipping) in enumerate(_cuttings(_pages(said, asked, failed), asked.workers), start=1):
            if isinstance(clipping, TearsheetError):
                failed(FormatError(name, clipping.cause))
                continue
            show(name, clipping)
            if several:
                progress(Step(stage="pages", done=done, note=name))
    if failures:
        raise click.exceptions.Exit(IN_PART if several else failures[0])


def is_warc(name: str) -> bool:
    """Return whether a file's name says that it is a WARC."""
    return name.endswith((".warc", ".warc.gz"))


def cut(page: Page) -> Clipping:
    """Return the clipping of a page (run in a pool of processes)."""
    from tearsheet.extraction import extract

    return extract(page.body, page.url, content_type=page.content_type)


def _cuttings(pages: Iterable[Page], workers: int) -> Iterator[tuple[str, Clipping | TearsheetError]]:
    """Yield clippings under the names of their pages, in order; in parallel if there are more than a few."""
    from tearsheet.flow.pool import Pool

    workers = workers or os.cpu_count() or 1
    names: deque[str] = deque()
    done: dict[int, Clipping | TearsheetError] = {}
    first = 0
    with Pool(workers if workers > 1 else 0) as pool:
        for page in pages:
            pool.give(first + len(names), cut, page)
            names.append(page.name)
            while first in done or len(names) >= workers * AHEAD:
                _gather(pool, done, first)
                yield names.popleft(), done.pop(first)
                first += 1
        while names:
            _gather(pool, done, first)
            yield names.popleft(), done.pop(first)
            first += 1


def _gather(pool: "Pool", done: dict[int, Clipping | TearsheetError], wanted: int) -> None:
    """Move what the pool has done to `done`, and wait until `wanted` is there."""
    while wanted not in done:
        done.update({tag: result for tag, result in pool.done() if isinstance(tag, int)})
        if wanted not in done:
            pool.wait()


def _pages(said: Console, asked: Asked, failed: Callable[[TearsheetError | OSError], None]) -> Iterator[Page]:
    """Yield every page that was asked for; what cannot be read is told and left out."""
    web = _Web(said)
    for name in asked.what:
        try:
            if is_warc(name) and "://" not in name:
                yield from _in_warc(Path(name), failed)
            else:
                yield _readable(web.page(name) if "://" in name else _at_hand(name, asked.url))
        except (TearsheetError, OSError) as error:
            failed(error)


def _at_hand(name: str, url: str) -> Page:
    """Return the page in a file, or on standard input."""
    if name == STANDARD_INPUT:
        return Page(name="standard input", url=url, body=sys.stdin.buffer.read())
    return Page(name=name, url=url, body=Path(name).read_bytes())


def _readable(page: Page) -> Page:
    """Return `page` if it may be HTML.

    Raises:
        FormatError: it is empty, or a picture, an archive and the like.
    """
    begin = page.body[:BEGINNING]
    if not begin.strip():
        raise FormatError(page.name, "it is empty")
    if b"\0" in begin and not begin.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"<\0", b"\0<")):
        raise FormatError(page.name, "it is no HTML, but binary")
    return page


class _Web:
    """Fetches pages one by one, politely, as the archive around us would, or by our defaults if there is none."""

    def __init__(self, said: Console) -> None:
        self._said = said

    @cached_property
    def _fetcher(self) -> "Fetcher":
        from tearsheet.fetch import Fetcher, Limits
        from tearsheet.flow.update import limits_of

        try:
            with self._said.archive() as archive:
                return Fetcher(limits_of(archive))
        except NoArchive:
            return Fetcher(Limits())

    def page(self, url: str) -> Page:
        """Return the page at `url`.

        Raises:
            FetchError: it did not come.
        """
        from tearsheet.fetch import Request

        for _, answer in self._fetcher.fetch(iter([Request(url=url)])):
            if not isinstance(answer, Capture):
                raise answer
            return _page_of(answer, url)
        raise FetchError(url, "no answer")


def _in_warc(path: Path, failed: Callable[[TearsheetError | OSError], None]) -> Iterator[Page]:
    """Yield the pages of a WARC file; damaged records are told and passed over."""
    from tearsheet import warc

    for capture in warc.captures(path, report=lambda damage: failed(BadWarc(str(damage)))):
        if capture.status == HTTP_OK and _is_page(capture):
            yield _page_of(capture, capture.url)


def _is_page(capture: Capture) -> bool:
    said = capture.header("content-type").lower()
    return "html" in said if said else capture.body[:500].lstrip().startswith(b"<")


def _page_of(capture: Capture, name: str) -> Page:
    return Page(
        name=name,
        url=capture.final_url,
        body=capture.body,
        content_type=capture.header("content-type"),
    )


def _shower(said: Console, asked: Asked, *, several: bool) -> Callable[[str, Clipping], None]:
    """Return what writes one clipping to standard output in the form that was asked for."""

    def show(name: str, clipping: Clipping) -> None:
        if asked.form == "json":
            write_json_line({**clipping_row(clipping), "file": name})
            return
        if several:
            click.echo(said.style(f"==> {one_line(name)} <==", bold=True), color=said.coloured())
        if asked.why:
            click.echo("\n".join(_reasons(said, clipping)), color=said.coloured())
        elif asked.form == "html":
            write_markup(clipping.html)
        elif asked.form == "markdown":
            from tearsheet.cli.markdown import markdown

            write_markup(markdown(clipping))
        else:
            click.echo("\n".join(_words(said, clipping)), color=said.coloured())

    return show


def _words(said: Console, clipping: Clipping) -> Iterator[str]:
    yield said.style(one_line(clipping.title), bold=True)
    published = clipping.published.strftime("%Y-%m-%d %H:%M UTC") if clipping.published else ""
    if byline := "  ·  ".join(part for part in (", ".join(clipping.authors), published) if part):
        yield said.style(one_line(byline), dim=True)
    yield "\n" + many_lines(clipping.text) + "\n"


def _reasons(said: Console, clipping: Clipping) -> Iterator[str]:
    row = clipping_row(clipping)
    yield f"is it an article: {clipping.article_probability:.2f}" + (
        f", {clipping.blocked}" if clipping.blocked else ""
    )
    yield f"recipe: {one_line(clipping.recipe)}"
    for field, where in sorted(clipping.how.items()):
        value = one_line(str(row.get(field) or ""))
        yield f"{said.style(field, bold=True)}: {value}  {said.style('from ' + one_line(where), dim=True)}"
