"""Where `extract` gets its pages from: addresses, files of HTML, WARC files, folders of both, standard input."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tearsheet.cli.console import Console
from tearsheet.cli.series import Page, Series, joined
from tearsheet.errors import BadCoding, BadWarc, FetchError, FormatError, NoArchive, TearsheetError, TooLarge
from tearsheet.model import Capture

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.fetch import Fetcher
    from tearsheet.flow.learning import Profiles

STANDARD_INPUT = "-"
WARC_ENDS = (".warc", ".warc.gz", ".warc.zst")
PAGE_ENDS = (".html", ".htm", ".xhtml", ".shtml", ".html.gz", ".htm.gz")
HTTP_OK = 200
BEGINNING = 4096  # bytes that say whether a file is text
GZIP = b"\x1f\x8b"
MAX_BYTES, MAX_RATIO = 100_000_000, 2_000

Failed = Callable[[TearsheetError | OSError], None]


def is_warc(name: str) -> bool:
    """Return whether a file's name says that it is a WARC."""
    return name.endswith(WARC_ENDS) and "://" not in name


def are_many(what: tuple[str, ...]) -> bool:
    """Return whether more than one page may come out of what was named."""
    return len(what) > 1 or any(is_warc(name) or Path(name).is_dir() for name in what)


def pages(said: Console, what: tuple[str, ...], url: str, failed: Failed) -> Iterator[Page]:
    """Yield every page that was named; `failed` is told what cannot be read, and the others go on."""
    with ExitStack() as opened:
        desk = _Desk(said, opened)
        for name in _spread(what, failed):
            try:
                if is_warc(name):
                    yield from _whole_ones(Path(name), desk, failed)
                else:
                    yield desk.whole(name) if "://" in name else desk.known(_readable(_at_hand(name, url)))
            except FileNotFoundError as error:
                failed(desk.mistaken(name) or error)
            except (TearsheetError, OSError) as error:
                failed(error)


def _whole_ones(path: Path, desk: "_Desk", failed: Failed) -> Iterator[Page]:
    """Yield the pages of a WARC file, those that go on with another one joined to it."""
    series = Series(path, desk.known)
    yield from filter(None, map(series.whole, _in_warc(path, failed)))


def _spread(what: tuple[str, ...], failed: Failed) -> Iterator[str]:
    """Yield the names, a folder's files in its place, in order."""
    for name in what:
        folder = Path(name)
        if "://" in name or not folder.is_dir():
            yield name
            continue
        found = sorted(
            str(file) for file in folder.rglob("*") if file.name.endswith(WARC_ENDS + PAGE_ENDS) and file.is_file()
        )
        if not found:
            failed(FormatError(name, "no page and no WARC file is in it"))
        yield from found


def _at_hand(name: str, url: str) -> Page:
    """Return the page in a file, or on standard input."""
    from tearsheet import coding

    said = "standard input" if name == STANDARD_INPUT else name
    with nullcontext(sys.stdin.buffer) if name == STANDARD_INPUT else Path(name).open("rb") as file:
        body = file.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise FormatError(said, f"it is larger than {MAX_BYTES:,} bytes")
    if body.startswith(GZIP):
        try:
            body = coding.unpacked("gzip", body, max_bytes=MAX_BYTES, max_ratio=MAX_RATIO)
        except (BadCoding, TooLarge) as error:
            raise FormatError(said, f"its gzip is damaged: {error.cause}") from error
    return _page(said, url, body)


def _page(name: str, url: str, body: bytes) -> Page:
    from tearsheet.flow.clock import now

    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    capture = Capture(url=url, final_url=url, status=HTTP_OK, headers=(), body=body, captured_at=now(), digest=digest)
    return Page(name=name, capture=capture)


def _readable(page: Page) -> Page:
    """Return `page` if it may be HTML.

    Raises:
        FormatError: it is empty, or a picture, an archive and the like.
    """
    begin = page.capture.body[:BEGINNING]
    if not begin.strip():
        raise FormatError(page.name, "it is empty")
    if b"\0" in begin and not begin.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"<\0", b"\0<")):
        raise FormatError(page.name, "it is no HTML, but binary")
    return page


def _in_warc(path: Path, failed: Failed) -> Iterator[Page]:
    """Yield the pages of a WARC file; damaged records are told and passed over."""
    from tearsheet import warc

    troubles: list[FormatError] = []
    found = 0

    def damaged(damage: object) -> None:
        troubles.append(BadWarc(str(damage)))
        failed(troubles[-1])

    for capture in warc.captures(path, report=damaged, max_body=MAX_BYTES):
        if capture.status == HTTP_OK and _is_page(capture) and not capture.body and capture.truncated == "length":
            troubles.append(FormatError(capture.url, f"it is larger than {MAX_BYTES:,} bytes"))
            failed(troubles[-1])
        elif capture.status == HTTP_OK and _is_page(capture):
            found += 1
            yield Page(name=capture.url, capture=capture)
    if not found and not troubles:
        failed(FormatError(str(path), "no page is in it"))


def _is_page(capture: Capture) -> bool:
    said = capture.header("content-type").lower()
    return "html" in said if said else capture.body[:500].lstrip().startswith(b"<")


class _Desk:
    """Fetches pages politely, and knows the rule and the profile of a site, as the archive around us would.

    Without an archive pages are fetched by our defaults, and nothing is known but the pages themselves.
    """

    def __init__(self, said: Console, opened: ExitStack) -> None:
        self._said = said
        self._opened = opened

    @cached_property
    def _fetcher(self) -> "Fetcher":
        from tearsheet.fetch import Fetcher, Limits
        from tearsheet.flow.limits import limits_of

        return Fetcher(limits_of(self._archive) if self._archive else Limits())

    @cached_property
    def _archive(self) -> "Archive | None":
        try:
            return self._opened.enter_context(self._said.archive())
        except NoArchive:
            return None

    @cached_property
    def _profiles(self) -> "Profiles | None":
        from tearsheet.flow.learning import Profiles

        return Profiles(self._archive) if self._archive else None

    def mistaken(self, name: str) -> FormatError | None:
        """Return what to say of `name`, which is no file, if it is an article of the archive around us."""
        try:
            article = self._archive.article(name) if self._archive else None
        except TearsheetError:
            return None
        wanted = f"extract takes files and addresses, and this is an article: `tearsheet show {name}`"
        return FormatError(name, wanted) if article else None

    def whole(self, url: str) -> Page:
        """Return the page at `url`, with the pages that go on with it as far as they come.

        Raises:
            FetchError: the page itself did not come. FormatError: it is no HTML.
        """
        return joined(self.known(_readable(Page(name=url, capture=self._fetched(url)))), self._further)

    def _further(self, url: str) -> Capture | None:
        try:
            return self._fetched(url)
        except FetchError as error:
            self._said.note(str(error))
            return None

    def _fetched(self, url: str) -> Capture:
        from tearsheet.fetch import Request

        for _, answer in self._fetcher.fetch(iter([Request(url=url)])):
            if isinstance(answer, Capture):
                return answer
            raise answer
        raise FetchError(url, "no answer")

    def known(self, page: Page) -> Page:
        """Return `page` with what is known of its site."""
        from tearsheet import sites, urls

        url = page.capture.final_url
        if not url or not self._archive or not self._profiles:
            return page
        rule = sites.rule_for(self._archive.sites, url, on=page.capture.captured_at.date())
        return replace(page, rule=rule, profile=self._profiles.of(urls.host(url)))
