"""The archive: opens the doors of one folder and answers questions. It fetches nothing and decides nothing."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property, reduce
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from tearsheet import config, urls
from tearsheet.config import SETTINGS_FILE, SOURCES_FILE, Settings
from tearsheet.errors import (
    ArchiveBusy,
    ArchiveExists,
    BadSettings,
    BadSite,
    NoArchive,
    NoCatalog,
    NoSuchArticle,
    NoSuchSource,
    NotFound,
    TearsheetError,
)
from tearsheet.files import Folder, below
from tearsheet.model import (
    Article,
    Capture,
    Categories,
    Entry,
    Hit,
    Listing,
    Picture,
    Query,
    Revision,
    Source,
    SourceState,
)
from tearsheet.store import Store, reading, translated
from tearsheet.store import sources as source_rows
from tearsheet.store.opening import identity
from tearsheet.store.reading import CaptureRow

if TYPE_CHECKING:
    from tearsheet.search import Index
    from tearsheet.sites import Site
    from tearsheet.warc import Writer

CATALOG_FILE = "tearsheet.db"
PARTS = ("warc", "media", "ledger", "index", "site", "posts")
_FIRST_LINE = b"# What this archive follows. `tearsheet follow` adds to it; it may be edited by hand.\n\n"
MOST_HITS = 1_000_000
"""What a search finds beyond these is counted, and not shown."""
RESTORING = ".restoring.json"
"""Stands in an archive that is not yet wholly restored."""
BACKUP = ".backup.json"
"""Stands in a folder that is a backup: what was written to it would be lost at the next one."""

# Some rooms are imported where they are needed: most commands list or count, and need neither pages nor search.


class Archive:
    """An open archive. Use it as a context manager, or call `close()`."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self.store = Store(path / CATALOG_FILE, frozen=(path / BACKUP).exists())
        self._index_was: tuple[int, int] | None = None
        self.store.before = self._watch
        self.store.sealed = self._write_down
        self._explained_in = ""
        try:
            self._sync_sources()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every door that was opened."""
        if "index" in self.__dict__:
            self.index.close()
        self.close_warc()
        self.store.close()

    def is_current(self) -> bool:
        """Return whether what is open still is the archive on disk: nothing was put in its place, and nobody migrated it."""
        index_is = "index" not in self.__dict__ or identity(self._index_file) == self._index_was
        return index_is and self.store.is_current()

    def generation(self) -> object:
        """Return what is another one whenever the catalog has changed; it says nothing to who opened the archive elsewhere."""
        return self.store.generation()

    def counted_of(self) -> object:
        """Return what is another one whenever sources, articles or listings have changed, whoever has the archive open."""
        return self.store.identity, reading.counted_of(self.store.db)

    # --- the doors

    @property
    def warc_folder(self) -> Path:
        """Where captures lie."""
        return self.path / "warc"

    @cached_property
    def writer(self) -> "Writer":
        """What this process writes into the WARC, into files of its own."""
        from tearsheet.warc import Writer

        settings = self.settings.warc
        return Writer(self.warc_folder, max_bytes=settings.file_mb * 1_000_000, bodies=settings.body != "none")

    def close_warc(self) -> None:
        """Close the WARC file that this process is writing, if any; the next record begins another."""
        if "writer" in self.__dict__:
            self.writer.close()

    def _watch(self) -> None:
        from tearsheet.store import journal  # who only reads needs none

        journal.watch(self.store.db)

    def _write_down(self) -> None:
        """Write what the change in hand touched into the WARC and fsync it: only then may it be committed."""
        from tearsheet.store import journal

        db = self.store.db
        file = self.writer.file_name if "writer" in self.__dict__ else ""
        if journal.is_due(db, open=bool(file)):
            # The first page in a file names its columns, for who has nothing but that file.
            for page in journal.pages(db, at=datetime.now(UTC), explained=not file or file != self._explained_in):
                place = self.writer.keep_metadata(page.data(), journal.PAGE_TYPE, at=page.at, id=page.record_id)
                journal.written(db, page, place)
                self._explained_in = place.file
        else:
            journal.put_off(db)
        if "writer" in self.__dict__:
            self.writer.sync()

    @cached_property
    def media_folder(self) -> Folder:
        """Where web copies and thumbnails of pictures lie."""
        return Folder(self.path / "media")

    @cached_property
    def index(self) -> "Index":
        """The full-text index; derived, so it may be thrown away."""
        from tearsheet.search import Index

        with translated("the index"):
            index = Index.open(self._index_file, read_only=self.store.read_only)
        self._index_was = identity(self._index_file)
        return index

    @property
    def _index_file(self) -> Path:
        return self.path / "index" / "search.db"

    @cached_property
    def sites(self) -> "Mapping[str, Site]":
        """Site definitions by name: the shipped ones, overridden by those in the archive's `sites/`.

        Raises:
            BadSite: one of the archive's own cannot be used; `thing` is `file:line`.
        """
        from tearsheet import sites

        found = dict(sites.shipped())
        for file in sorted((self.path / "sites").glob("*.toml")):
            name = f"sites/{file.name}"
            try:
                text = config.text_of(file)
            except BadSettings as error:
                raise BadSite(f"sites/{error.thing}", error.cause) from error
            found[file.stem] = sites.load(text, name=name)
        return found

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days are cut."""
        return ZoneInfo(self.settings.site.timezone)

    # --- sources

    def sources(self) -> list[SourceState]:
        """Return every followed source with its last visit, in the order followed."""
        return source_rows.states(self.store.db)

    def find_source(self, text: str) -> Source:
        """Return the one source that `text` means: its address, its name, or a part that only it has.

        Raises:
            NoSuchSource: none, or several.
        """
        known = [state.source for state in self.sources()]
        exact = [source for source in known if text in (source.url, source.name)]
        found = exact or [source for source in known if text.casefold() in f"{source.url}\n{source.name}".casefold()]
        if len(found) == 1:
            return found[0]
        some = ", ".join(source.url for source in found[:3])
        raise NoSuchSource(text, f"several have it, say which: {some}" if found else _near(text, known))

    def add_sources(self, new: Sequence[Source]) -> list[Source]:
        """Return those of `new` that were not followed yet; they are, from now on, in `sources.toml`."""
        fresh: list[Source] = []

        def longer(text: str, known: list[Source]) -> str:
            urls = {source.url for source in known}
            first = {source.url: source for source in reversed(new) if source.url not in urls}
            fresh.extend(source for source in new if first.get(source.url) is source)
            text += "\n" if text and not text.endswith("\n") else ""
            return text + "".join(map(config.source_table, fresh))

        self._write_sources(longer)
        return fresh

    def change_sources(self, changed: Sequence[Source]) -> None:
        """Write each of `changed` over the one of the same address in `sources.toml`."""
        self._write_sources(
            lambda text, known: reduce(lambda text, one: config.with_source(text, one, known=known), changed, text)
        )

    def pause(self, url: str, paused: bool) -> None:
        """Stop visiting a source, or go on; its articles stay and are still looked at."""
        self._write_sources(
            lambda text, known: config.with_source(text, replace(_listed(known, url), paused=paused), known=known)
        )

    def unfollow(self, url: str) -> None:
        """Follow a source no more; its articles stay."""
        self._write_sources(lambda text, known: config.without_source(text, _listed(known, url).url, known=known))

    # --- articles

    def articles(self, query: Query | None = None) -> list[Article]:
        """Return the articles that `query` asks for."""
        return reading.find(self.store.db, query or Query())

    def count(self, query: Query | None = None) -> int:
        """Return how many articles `query` asks for, whatever its limit."""
        return reading.count(self.store.db, query or Query())

    def seqs(self, query: Query) -> list[int]:
        """Return the `seq` of every article that `query` asks for, in its order, whatever its limit."""
        return reading.seqs(self.store.db, query)

    def by_seqs(self, seqs: Iterable[int]) -> list[Article]:
        """Return the articles with these `seq` numbers, in the order given; those that are no more are left out."""
        return reading.by_seqs(self.store.db, seqs)

    def article(self, key: str) -> Article:
        """Return the article with this id, beginning of an id, or address.

        Raises:
            NoSuchArticle: none, or several begin so.
        """
        from tearsheet.store.articles import at_address

        spellings = [urls.canonical(key), *urls.variants(key)] if "/" in key else []
        found = reading.by_key(self.store.db, key, at=at_address(self.store.db, spellings))
        if len(found) == 1:
            return found[0]
        raise NoSuchArticle(key, "several begin so; write more of the id" if found else "see `tearsheet articles`")

    def revisions(self, id: str) -> list[Revision]:
        """Return every wording of article `id`, first to last."""
        return reading.revisions(self.store.db, id)

    def listings(self, id: str) -> list[Listing]:
        """Return where article `id` was listed."""
        return [listing for listing, _ in reading.listings(self.store.db, id)]

    def entries(self, id: str) -> list[tuple[Listing, Entry]]:
        """Return where article `id` was listed, and as what."""
        return reading.listings(self.store.db, id)

    def captures(self, id: str) -> list[CaptureRow]:
        """Return the captures of article `id`, oldest first."""
        return reading.captures(self.store.db, id)

    def lacking(self, id: str = "") -> list[tuple[str, str]]:
        """Return the WARC files, of all or of article `id`, that are `missing` or `cut short`, as (name, which of both).

        Their lengths alone are asked for: what they hold is checked by `verify`.
        """
        from tearsheet.store import warcfiles

        ends: dict[str, int] = {}
        places = [row.place for row in self.captures(id)] if id else []
        for place in places:
            ends[place.file] = max(ends.get(place.file, 0), place.offset + place.length)
        found = []
        for name, size in ends.items() if id else warcfiles.lengths(self.store.db):
            file = self.warc_folder / name
            if not file.exists():
                found.append((name, "missing"))
            elif _bytes(file) < size:
                found.append((name, "cut short"))
        return found

    def moves(self, id: str) -> list[tuple[datetime, str, str]]:
        """Return when article `id` was found gone and when back, as (time, `gone` or `returned`, what shows it), in order."""
        from tearsheet.store import leaves

        return leaves.moves(self.store.db, id)

    def capture(self, digest: str) -> Capture:
        """Return the capture whose body has `digest`, whole, from the WARC.

        Raises:
            NotFound: there is none. BadWarc: its record is damaged.
        """
        from tearsheet import warc

        row = reading.capture_by_digest(self.store.db, digest)
        if row is None:
            raise NotFound(digest, "no capture has this digest")
        return warc.get(self.warc_folder, row.place)

    def pictures(self, addresses: Sequence[str]) -> dict[str, Picture]:
        """Return what is known of the pictures at `addresses`."""
        from tearsheet.store import keeping

        return keeping.pictures(self.store.db, list(addresses))

    def media(self, name: str) -> bytes:
        """Return a file of `media/`.

        Raises:
            NotFound: there is none of that name.
        """
        if not self.media_folder.has(name):
            raise NotFound(name, "no such picture")
        return self.media_folder.get(name)

    def search(self, text: str, query: Query | None = None) -> tuple[int, list[Hit]]:
        """Return how many articles hold `text`, and those that `query` asks for, best first."""
        from tearsheet import search

        query = query or Query()
        wanted = search.Wanted(
            text=text,
            since=query.since,
            until=query.until,
            among=self._among(query),
            order=query.order if query.order in ("newest", "oldest") else "rank",
            limit=min(query.limit or MOST_HITS, MOST_HITS),
            offset=query.offset,
        )
        with translated("the index"):
            total, seqs = self.index.count(wanted), self.index.find(wanted)
        hits = []
        for article in self.by_seqs(seqs):
            body = reading.last_text(self.store.db, article.seq)
            snippet, spans = search.snippet(body, text)
            hits.append(Hit(article=article, snippet=snippet, marks=spans))
        return total, hits

    def is_indexed(self) -> bool:
        """Return whether the index has all that is kept; else the next update brings it level."""
        return not reading.changed_since(self.store.db, int(self.index.mark() or 0), limit=1)

    def _among(self, query: Query) -> frozenset[int] | None:
        """Return the only articles that may be found, where `query` narrows by what the index does not know."""
        if query.source or query.categories or query.language or query.edited is not None or query.gone is not None:
            return frozenset(self.seqs(query))
        return None

    # --- counts

    def days(self, query: Query | None = None) -> dict[date, int]:
        """Return the number of articles on every day that has some, days cut in the site's zone."""
        found: dict[date, int] = {}
        for at, number in reading.days(self.store.db, query or Query()):
            day = at.astimezone(self.zone).date()
            found[day] = found.get(day, 0) + number
        return found

    def tally(self, by: str, query: Query | None = None) -> dict[str, tuple[int, int, int]]:
        """Return how many articles there are, were edited and are gone, for each `day`, `source`, ...: see `reading.tally`."""
        return reading.tally(self.store.db, query or Query(), by, zone=self.zone)

    def category_counts(self) -> dict[Categories, int]:
        """Return every category path, those above included, with the number of its articles."""
        return reading.category_counts(self.store.db)

    def table_bytes(self) -> dict[str, int]:
        """Return the bytes of each table of the catalog, largest first; nothing if this SQLite cannot say."""
        return reading.table_bytes(self.store.db)

    def stats(self) -> dict[str, int]:
        """Return counts of what is kept, and bytes on disk by part."""
        counts = reading.stats(self.store.db, datetime.now(UTC))
        catalog = (CATALOG_FILE, f"{CATALOG_FILE}-wal")
        counts["bytes_catalog"] = sum(disk_bytes(self.path / name) for name in catalog)
        for part in PARTS:
            counts[f"bytes_{part}"] = disk_bytes(self.path / part)
        others = (path for path in self.path.iterdir() if path.name not in (*catalog, *PARTS))
        counts["bytes_other"] = sum(map(disk_bytes, others))
        return counts

    # --- what stands in sources.toml

    def _sources_text(self) -> str:
        """Return the text of `sources.toml`; where it is lost, what it would say, so that nothing is unfollowed by its loss."""
        file = self.path / SOURCES_FILE
        if file.exists():
            return config.text_of(file)
        return "".join(config.source_table(state.source) for state in source_rows.states(self.store.db))

    def _write_sources(self, changed: Callable[[str, list[Source]], str]) -> None:
        """Write the text of `sources.toml` as it is `changed`; who does so at the same time changes what was written here.

        `changed` is handed the text and its sources: reading ten thousand takes half a second.
        """
        with self.store.transaction():
            before = self._sources_text()
            text = changed(before, known := config.read_sources(before))
            if text != before:
                known = config.read_sources(text)  # never write what cannot be read
            if text != before or not (self.path / SOURCES_FILE).exists():
                Folder(self.path).put(SOURCES_FILE, text.encode())
            self._take_over(text, known)

    def _sync_sources(self) -> None:
        """Take `sources.toml` over into the catalog if it has changed since the last time."""
        if self.store.read_only:
            return
        if not (self.path / SOURCES_FILE).exists():
            self._write_sources(lambda text, known: text)
        elif self.store.state("sources") != _digest(self._sources_text()):
            with self.store.transaction():
                self._take_over(text := self._sources_text(), config.read_sources(text))

    def _take_over(self, text: str, known: list[Source]) -> None:
        source_rows.sync(self.store.db, known)
        self.store.set_state("sources", _digest(text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _listed(known: list[Source], url: str) -> Source:
    for source in known:
        if source.url == url:
            return source
    raise NoSuchSource(url)


def create_archive(path: str | Path, *, title: str = "", warc_body: str = "all") -> Archive:
    """Return a new archive in the folder `path`, which is made if there is none; with `warc_body` "none" it keeps no pages.

    Raises:
        ArchiveExists: there is one in it already.
    """
    folder = Path(os.path.realpath(path))  # not `resolve`, which raises where links lead in a circle
    if (folder / SETTINGS_FILE).exists():
        raise ArchiveExists(str(folder))
    for name in ("", "sites", "warc", "media", "ledger", "index"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    here = Folder(folder)
    if not any((folder / name).exists() for name in (SOURCES_FILE, CATALOG_FILE)):  # else only the settings were lost
        here.put(SOURCES_FILE, _FIRST_LINE)
    name = os.fsencode(folder.name).decode("utf-8", errors="replace")  # a folder may be called by any bytes
    settings = config.first_settings(title or name or "Tearsheet", warc_body=warc_body)
    here.put(SETTINGS_FILE, settings.encode())
    try:
        return open_archive(folder)
    except TearsheetError:
        here.remove(SETTINGS_FILE)  # or making it once more would be refused
        raise


def open_archive(path: str | Path = ".") -> Archive:
    """Return the archive in the folder `path`, or in the nearest folder above it that has one.

    Raises:
        NoArchive: neither it nor any folder above it is an archive.
        BadSettings: its settings cannot be used; `thing` is `file:line`.
        NoCatalog: its catalog is lost: an empty one would fetch everything again.
        ArchiveBusy: it is being restored.
    """
    folder = archive_folder(path)
    if (folder / RESTORING).exists():
        raise ArchiveBusy(str(folder), "it is being restored; if that was interrupted, run `tearsheet restore` again")
    _look_for_catalog(folder)
    return Archive(folder, config.settings_of(folder))


def archive_folder(path: str | Path = ".") -> Path:
    """Return the folder `path`, or the nearest above it, that is an archive.

    Raises:
        NoArchive: neither it nor any folder above it is one.
    """
    start = Path(os.path.realpath(path))
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise NoArchive(str(start), f"make one with `tearsheet init {path}`")


def _look_for_catalog(folder: Path) -> None:
    file = folder / CATALOG_FILE
    if file.exists() and file.stat().st_size:
        return
    if (folder / BACKUP).exists():
        raise NoCatalog(str(file), "this backup was not finished: run `tearsheet backup` again")
    if (folder / "ledger" / "checkpoint").exists() or any(
        file.name.endswith(".warc.gz") for file in below(folder / "warc")
    ):
        raise NoCatalog(str(file), "make it anew from the WARC files with `tearsheet rebuild`")


def _near(text: str, known: Sequence[Source]) -> str:
    """Return which source was probably meant by a mistyped name, and where all of them stand."""
    import difflib  # only who mistypes pays for it

    names = {
        word.casefold(): source.name or source.url
        for source in known
        for word in (source.name, *source.name.split(), urls.host(source.url))
    }
    near = difflib.get_close_matches(text.casefold(), names, n=1)
    return f"did you mean {names[near[0]]!r}? See `tearsheet sources`" if near else "see `tearsheet sources`"


def disk_bytes(path: Path) -> int:
    """Return the bytes of a file or of all files in a folder."""
    if path.is_dir():
        return sum(map(_bytes, below(path)))
    return _bytes(path)


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # as it may well be: others take files away while these are counted
        return 0
