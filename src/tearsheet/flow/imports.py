"""What exists already comes in: posts in the post format, and WARC files of any maker. The bytes are kept as they came."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from tearsheet import revise, sites, urls, warc
from tearsheet.archive import Archive
from tearsheet.errors import BadPost, BadWarc, TearsheetError
from tearsheet.extraction import clip
from tearsheet.files import below
from tearsheet.flow.clock import now
from tearsheet.flow.dictionaries import learn_words
from tearsheet.flow.indexing import catch_up
from tearsheet.flow.mending import mend
from tearsheet.flow.pool import Pool
from tearsheet.flow.records import Keeper
from tearsheet.flow.sealing import seal
from tearsheet.flow.settle import Cut, Settler, Tally
from tearsheet.model import Capture, Clipping, Entry, Post, Source, Step
from tearsheet.publish.posts import clipping_of, entry_of, read_post
from tearsheet.sites import ArticleRule
from tearsheet.store import articles, journal, keeping, removing
from tearsheet.store import sources as source_rows
from tearsheet.store.articles import Sighting

LOT = 50
MAX_POST = 50_000_000
MAX_HELD = 64_000_000
"""Bytes of pages that are under way at once; one more may be."""
POST_TYPE = "text/markdown; charset=utf-8"
POST_ENDS, WARC_ENDS, PACKAGE_END = (".md",), (".warc", ".warc.gz", ".warc.zst"), ".wacz"
HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What came in.

    `known` were here already; `passed_over` hold no article, or one that was removed; `troubles` are (thing, message).
    """

    read: int = 0
    articles: int = 0
    edits: int = 0
    known: int = 0
    passed_over: int = 0
    troubles: list[tuple[str, str]] = field(default_factory=list)


def import_posts(
    archive: Archive, paths: Sequence[Path], *, progress: Callable[[Step], None] = lambda step: None
) -> ImportReport:
    """Return what came in from post files, and from all `.md` files in the folders among `paths`.

    A file that is no post costs itself alone. Importing a file twice is importing it once.
    """
    report = ImportReport()
    report.troubles += [(trimmed.file, str(trimmed)) for trimmed in mend(archive)]
    files = list(_files(paths, POST_ENDS, report))
    with Keeper(archive) as keeper:
        importer = _Posts(archive, keeper, report)
        for start in range(0, len(files), LOT):
            with archive.store.transaction():
                for at, file in enumerate(files[start : start + LOT], start=start + 1):
                    progress(Step(stage="posts", done=at, total=len(files), note=str(file)))
                    importer.take(file)
    learn_words(archive, clock=now)
    catch_up(archive)
    seal(archive)
    return report


def import_warcs(
    archive: Archive,
    paths: Sequence[Path],
    *,
    pool: Pool | None = None,
    progress: Callable[[Step], None] = lambda step: None,
) -> ImportReport:
    """Return what came in from WARC and WACZ files, and from all of them in the folders among `paths`.

    Pages that were captured with status 200 are cut, in processes of its own unless a `pool` is given; those that are articles
    become articles, their records are copied. Damaged records, and pages larger than those that would be fetched, are reported
    and passed over.
    """
    report = ImportReport()
    largest = archive.settings.fetch.max_bytes
    report.troubles += [(trimmed.file, str(trimmed)) for trimmed in mend(archive)]
    files = list(_files(paths, (*WARC_ENDS, PACKAGE_END), report))
    with Keeper(archive) as keeper, pool or Pool() as pool:
        importer = _Warcs(archive, keeper, report)
        for at, file in enumerate(_unpacked(files, report), start=1):
            before = (report.read, len(report.troubles))
            for capture in warc.captures(
                file, report=lambda damage: report.troubles.append((damage.file, damage.told)), max_body=largest
            ):
                progress(Step(stage="records", done=report.read, note=f"{file.name} ({at} of {max(at, len(files))})"))
                report.read += 1
                if not importer.is_page(capture):
                    report.passed_over += 1
                elif not capture.body:
                    report.troubles.append((capture.url, f"larger than {largest:,} bytes, `max_bytes` in [fetch]"))
                else:
                    importer.give(pool, capture)
                importer.settle(pool, most=4 * LOT)
            if before == (report.read, len(report.troubles)) and not _is_journal(file):
                report.troubles.append((str(file), "holds no page"))
        importer.settle(pool, most=0)
    learn_words(archive, clock=now)
    catch_up(archive)
    seal(archive)
    return report


def _unpacked(files: Sequence[Path], report: ImportReport) -> Iterator[Path]:
    """Yield WARC files, in the place of a WACZ file those that it holds."""
    for file in files:
        try:
            yield from warc.warcs_in(file) if file.name.endswith(PACKAGE_END) else (file,)
        except BadWarc as error:
            report.troubles.append((str(file), str(error)))


def _is_journal(file: Path) -> bool:
    """Return whether an archive of ours wrote `file` and noted only its own doings in it."""
    return any(record.field("Content-Type") == journal.PAGE_TYPE for record in warc.read(file, verify=False))


def _cut(page: tuple[Capture, ArticleRule | None]) -> Clipping:
    """Return the clipping of a page, cut by the rule of its site if there is one (run in the pool)."""
    capture, rule = page
    return clip(capture, rule=rule)


class _Posts:
    def __init__(self, archive: Archive, keeper: Keeper, report: ImportReport) -> None:
        self.db = archive.store.db
        self.keeper = keeper
        self.report = report
        self.settler = Settler(archive, keeper, Tally(), clock=now)

    def take(self, file: Path) -> None:
        """Bring one post file in."""
        self.report.read += 1
        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_POST + 1)
            if len(data) > MAX_POST:
                raise BadPost("", f"it is larger than {MAX_POST:,} bytes")
            post = read_post(data)
        except (OSError, BadPost) as error:
            self.report.troubles.append((str(file), str(error)))
            return
        entry = entry_of(post)
        source = source_of(post)
        url = urls.canonical(entry.url) if entry.url else _address(source, entry)
        addresses = [url, *(urls.variants(url) if entry.url else ())]
        if articles.at_address(self.db, addresses):
            self.report.known += 1
            return
        if removing.is_removed(self.db, addresses):
            self.report.passed_over += 1
            return
        at = now()
        sighting = Sighting(
            source=source_rows.unfollowed(self.db, source),
            category=articles.category(self.db, source.categories),
            at=at,
        )
        n = articles.add_article(self.db, url, sighting)
        articles.list_article(self.db, n, entry, sighting)
        capture = keeping.add_capture(
            self.db, self.keeper.resource(file.resolve().as_uri(), POST_TYPE, data, at=at), kind="file", article=n
        )
        clipping = clipping_of(post)
        cause = keeping.Cause(capture=capture, kind="first", digest=revise.edit_digest(clipping), at=at)
        self.settler.revise(n, clipping, cause, url=url)
        articles.rest(self.db, n)
        self.report.articles += 1


_Done = tuple[Capture, Clipping | TearsheetError]


class _Warcs:
    def __init__(self, archive: Archive, keeper: Keeper, report: ImportReport) -> None:
        self.archive = archive
        self.db = archive.store.db
        self.keeper = keeper
        self.report = report
        self.tally = Tally()
        self.at = now()
        # A wording was seen when its page was captured, not when that is read here.
        self.settler = Settler(archive, keeper, self.tally, clock=lambda: self.at)
        self.given = self.turn = self.held = 0
        self.cut: dict[int, _Done] = {}
        self.done: list[_Done] = []

    def is_page(self, capture: Capture) -> bool:
        """Return whether `capture` may be an article: HTML, not empty though it may be too large, and not a front page."""
        kind = capture.header("content-type").partition(";")[0].strip().lower()
        is_empty = not capture.body and capture.truncated != "length"
        return capture.status == 200 and kind in HTML_TYPES and not is_empty and not urls.is_front(capture.final_url)

    def give(self, pool: Pool, capture: Capture) -> None:
        """Have a page cut."""
        pool.give((self.given, capture), _cut, (capture, self._rule(capture)))
        self.given += 1
        self.held += len(capture.body)

    def settle(self, pool: Pool, *, most: int) -> None:
        """Settle what the pool has cut, until at most `most` pieces are under way.

        In the order in which it was given: after a later capture of an article an earlier one would not be taken any more.
        """
        if self.held > MAX_HELD:
            most = 0
        while True:
            for tag, result in pool.done():
                match tag:
                    case (int() as number, Capture() as capture):
                        self.cut[number] = (capture, result)
            while self.turn in self.cut:
                self.done.append(self.cut.pop(self.turn))
                self.turn += 1
            if len(self.done) >= LOT or (self.done and pool.pending <= most == 0):
                self._commit()
            if pool.pending + len(self.cut) <= most:
                return
            pool.wait()

    def _commit(self) -> None:
        with self.archive.store.transaction():
            for capture, clipping in self.done:
                self._take(capture, clipping)
                self.held -= len(capture.body)
        self.done.clear()
        self.report.articles, self.report.edits = self.tally.kept, self.tally.edits

    def _take(self, capture: Capture, clipping: Clipping | TearsheetError) -> None:
        if isinstance(clipping, TearsheetError):
            self.report.troubles.append((capture.url, str(clipping)))
            return
        url = urls.canonical(capture.final_url)
        addresses = [url, urls.canonical(capture.url), *urls.variants(url)]
        n = articles.at_address(self.db, addresses)
        no_article = clipping.article_probability < 0.5 or not clipping.text.strip()
        if n is None and (no_article or removing.is_removed(self.db, addresses)):
            self.report.passed_over += 1
            return
        if n is not None and self._is_older(n, capture):
            self.report.known += 1
            return
        self.at = min(capture.captured_at.astimezone(UTC), now())
        if n is None:
            host = urls.host(url)
            sighting = Sighting(
                source=source_rows.unfollowed(self.db, Source(url=f"warc:{host}", kind="urls", name=host)),
                category=articles.category(self.db, (host,)),
                at=self.at,
            )
            n = articles.add_article(self.db, url, sighting)
            articles.list_article(self.db, n, Entry(url=url), sighting)
        wanted = articles.wanted(self.db, n)
        if wanted is not None:
            before = (self.tally.kept, self.tally.edits, self.tally.rejected)
            kept = self.keeper.keep(capture)
            self.settler.page(Cut(wanted=wanted, capture=kept, clipping=clipping, rule=self._rule(capture)))
            articles.rest(self.db, n)
            self.report.known += before == (self.tally.kept, self.tally.edits, self.tally.rejected)

    def _rule(self, capture: Capture) -> ArticleRule | None:
        return sites.rule_for(self.archive.sites, capture.final_url, on=capture.captured_at.date())

    def _is_older(self, n: int, capture: Capture) -> bool:
        """Return whether the article was captured at this capture's time or later: history is not rewritten."""
        return keeping.captured_at(self.db, n) >= capture.captured_at


def source_of(post: Post) -> Source:
    """Return the source that a post stands for: its category path."""
    return Source(
        url="posts:" + "/".join(post.categories), kind="urls", name=post.author or "posts", categories=post.categories
    )


def _address(source: Source, entry: Entry) -> str:
    """Return what stands for the address of a post that names none: the same in the archive that exported it and elsewhere."""
    return entry.guid if entry.guid.startswith("posts:") else f"{source.url}#{entry.guid}"


def _files(paths: Sequence[Path], ends: tuple[str, ...], report: ImportReport) -> Iterator[Path]:
    """Yield the files among `paths`, whatever they are called, and those in folders that are called so."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in below(path) if file.name.endswith(ends) and file.is_file())
        if not found:
            report.troubles.append((str(path), f"no file in it is called {' or '.join(f'*{end}' for end in ends)}"))
        yield from found
