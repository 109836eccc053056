"""Write the static site: only what changed since the last build is made again, and only what differs is written.

An incremental build gives the bytes of a full one: a page is made again if an article on it has changed (`Article.changed`), if
something stands on it that is not an article's, or if it is not there. The front page comes last, so that a build that was broken
off links to nothing that is missing.
"""

import hashlib
import json
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Protocol

from tearsheet.errors import NotFound, TearsheetError
from tearsheet.files import Folder, boot_id
from tearsheet.flow.site import lists
from tearsheet.flow.site.changes import change_folders
from tearsheet.flow.site.desk import Desk, SiteArchive, masthead_of
from tearsheet.flow.site.pages import Site
from tearsheet.model import Article, Query, Step
from tearsheet.publish.site import assets, pages, paths, sitemaps
from tearsheet.publish.site.views import Masthead
from tearsheet.version import VERSION

MANIFEST = ".manifest.json"
UNDER_WAY = ".building.json"
"""A file of this name says that a build has not ended: what lies in the folder may not be what the manifest says.

It holds the names that the manifest does not know yet.
"""
_SCAN = 2_000
_FEEDS = (paths.ATOM, paths.JSON_FEED)
_ALWAYS = (
    paths.SEARCH,
    paths.ABOUT,
    paths.FEEDS,
    paths.SOURCES,
    paths.EDITS,
    paths.GONE,
    paths.DAYS,
    paths.MISSING,
    paths.OPML,
    paths.CHECKPOINT,
    paths.ROBOTS,
    *(f"{folder}{name}" for folder in (paths.EDITS, paths.GONE, paths.FRONT) for name in _FEEDS),
    paths.FRONT,
)


class Output(Protocol):
    """Where a site is written: `tearsheet.files.Folder`, or anything like it."""

    def put(self, name: str, data: bytes, *, durable: bool = True) -> None: ...
    def get(self, name: str) -> bytes: ...
    def has(self, name: str) -> bool: ...
    def remove(self, name: str) -> None: ...
    def names(self) -> Iterable[str]: ...
    def sweep(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did. `troubles` name articles whose pages could not be made; a placeholder stands there."""

    pages: int = 0
    rendered: int = 0
    written: int = 0
    removed: int = 0
    media: int = 0
    troubles: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """What the manifest says of an article: its mark, arrival, wordings, the lists it stands on, its pictures' names,
    and the addresses of pictures that it waits for."""

    mark: str
    seq: int
    wordings: int
    folders: Sequence[str]
    media: Sequence[str] = ()
    waiting: Sequence[str] = ()
    copy_of: str = ""

    def __post_init__(self) -> None:
        # There are as many of these as there are articles: an article's lists are those of many others, and most have no picture.
        self.folders = tuple(sys.intern(folder) for folder in self.folders)
        self.media, self.waiting = tuple(self.media), tuple(self.waiting)


@dataclass(slots=True)
class _Manifest:
    """The state of the last build, kept beside what it wrote. `boot` is the machine's run in which that was."""

    recipe: str = ""
    boot: str = ""
    files: dict[str, str] = field(default_factory=dict)
    articles: dict[str, _Known] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    categories: str = ""


def build(
    archive: SiteArchive,
    *,
    progress: Callable[[Step], None] = lambda step: None,
    out: Output | None = None,
    full: bool = False,
) -> BuildReport:
    """Write the site of `archive` into `out` (its own `site/` if none is given) and return what was done.

    `full` makes every page again and removes files that no build wrote.

    Raises:
        DiskTrouble: the disk is full, read-only or failing.
    """
    target: Output = out if out is not None else Folder(archive.path / "site")
    return _Build(archive, masthead_of(archive), target, progress=progress).run(full=full)


class _Build:
    """One build: what was there, what there is now, and what follows from the difference."""

    def __init__(
        self,
        archive: SiteArchive,
        masthead: Masthead,
        out: Output,
        *,
        progress: Callable[[Step], None],
    ) -> None:
        self.archive = archive
        self.desk = Desk(archive, masthead)
        self.site = Site(self.desk)
        self.out = out
        self.progress = progress
        self.rendered = self.written = self.removed = self.copied = 0
        self.full = False
        self.before = _Manifest()
        self.now = _Manifest(boot=boot_id())
        self.was: dict[str, list[tuple[int, str]]] = {}
        self.left: set[str] = set()

    def run(self, *, full: bool) -> BuildReport:
        recipe = _recipe(self.desk)
        before = _read_manifest(self.out)
        if self.out.has(UNDER_WAY):
            try:
                self.left = set(json.loads(self.out.get(UNDER_WAY)))
            except (ValueError, TypeError):
                full = True  # nobody knows what was left behind
        if self.left or before.boot != self.now.boot:
            before.files = self._true_files(before.files)
        full = self.full = full or before.recipe != recipe
        self.before = _Manifest(files=before.files) if full else before
        self.now.recipe = recipe
        dirty_articles = self._scan()
        plan = self._plan(dirty_articles)
        self._set_out(plan)
        self._copy_media()
        self._render(plan)
        self._remove(full=full)
        self.out.put(MANIFEST, _manifest_bytes(self.now))
        self.out.remove(UNDER_WAY)
        return BuildReport(
            pages=sum(1 for name in self.now.files if name.endswith(".html")),
            rendered=self.rendered,
            written=self.written,
            removed=self.removed,
            media=self.copied,
            troubles=tuple(self.desk.troubles.values()),
        )

    def _true_files(self, files: dict[str, str]) -> dict[str, str]:
        """Return those of `files` that are what the manifest says.

        A build that was broken off made others anew; and pages are not synced, so a power cut may have emptied some.
        """
        return {
            name: digest
            for name, digest in files.items()
            if self.out.has(name) and hashlib.sha256(self.out.get(name)).hexdigest() == digest
        }

    def _set_out(self, plan: Iterable[tuple[str, bool]]) -> None:
        """Note that a build is under way, and which files it may leave behind that no manifest knows."""
        media = {paths.media(name) for known in self.now.articles.values() for name in known.media}
        names = sorted({paths.file_of(path) for path, _ in plan} | media | self.left)
        self.out.put(UNDER_WAY, json.dumps(names, ensure_ascii=False).encode())

    # --- what has changed

    def _scan(self) -> set[str]:
        """Read every article's mark; return the ids of those that are new, changed, or no more."""
        dirty: set[str] = set()
        for article in all_articles(self.archive):
            mark = _mark(self.desk, article)
            known = self.before.articles.get(article.id)
            if known is None or not mark or known.mark != mark:
                dirty.add(article.id)
                known = self._known(article, mark)
            self.now.articles[article.id] = known
        for article_id in self._illustrated(dirty):
            article = self.archive.article(article_id)
            self.now.articles[article_id] = self._known(article, _mark(self.desk, article))
            dirty.add(article_id)
        return dirty | (self.before.articles.keys() - self.now.articles.keys())

    def _illustrated(self, dirty: set[str]) -> list[str]:
        """Return the articles, but for `dirty` ones, for which a picture has come: it was fetched for another, maybe."""
        waiting = {key: known.waiting for key, known in self.now.articles.items() if known.waiting and key not in dirty}
        known = self.archive.pictures(sorted({url for urls in waiting.values() for url in urls}))
        come = {url for url, picture in known.items() if picture.web or picture.thumb}
        return [key for key, urls in waiting.items() if not come.isdisjoint(urls)]

    def _known(self, article: Article, mark: str) -> _Known:
        media, waiting = _media_of(self.desk, article)
        return _Known(
            mark=mark,
            seq=article.seq,
            wordings=article.revisions,
            folders=sorted(_folders_of(self.desk, article)),
            media=media,
            waiting=waiting,
            copy_of=article.copy_of,
        )

    def _plan(self, dirty: set[str]) -> list[tuple[str, bool]]:
        """Return every path of the site with whether it must be made again, in the order of writing."""
        members, self.was = _members(self.now.articles), _members(self.before.articles)
        folders = _changed_folders(self.before.articles, self.now.articles, dirty)
        again = dirty | self._neighbours(members, dirty) | self._copies(dirty)
        sources = {paths.source(url): mark for url, mark in self._source_marks().items()}
        self.now.sources = sources
        folders |= {folder for folder, mark in sources.items() if self.before.sources.get(folder) != mark}
        counts = {paths.category(path): count for path, count in self.desk.counted.categories.items()}
        self.now.categories = _digest(json.dumps(counts, ensure_ascii=False).encode())
        tree_moved = self.now.categories != self.before.categories
        plan = [(name, True) for name in assets.assets()]
        plan += [(path, key in again) for key, path in self._article_paths()]
        for folder in (*sources, *counts, paths.CATEGORIES):
            touched = folder in folders or (tree_moved and folder.startswith(paths.CATEGORIES))
            plan += self._list_paths(folder, members.get(folder, []), dirty, touched=touched)
        altered = {paths.changes_of(folder) for folder in folders}
        for folder in sources:
            for base in (folder + paths.EDITS, folder + paths.GONE):
                touched = base in altered or folder not in self.before.sources
                plan += [(path, touched) for path in (base, *(base + name for name in _FEEDS))]
        plan += [(folder, folder in folders) for folder in _dated(members, paths.DAYS)]
        plan += [(folder, folder in folders) for folder in sorted(members) if paths.changes_of(folder)]
        if self.desk.masthead.url:
            numbers = sorted({sitemaps.range_of(known.seq) for known in self.now.articles.values()})
            plan += [(paths.sitemap(number), True) for number in numbers] + [(paths.SITEMAP_INDEX, True)]
        return plan + [(path, True) for path in _ALWAYS]

    def _article_paths(self) -> Iterator[tuple[str, str]]:
        for key, known in self.now.articles.items():
            yield key, paths.article(key)
            if known.wordings > 1:
                yield key, paths.edits_of(key)

    def _source_marks(self) -> dict[str, str]:
        """Return what a source's page shows beside its articles; visits by the day, or every update would touch them all."""
        marks = {}
        for url, state in self.desk.counted.states.items():
            visit = state.visit
            seen = (self.desk.day_of(visit.at).isoformat(), visit.trouble) if visit else ("", "")
            marks[url] = _digest(repr((state.source, seen)).encode())
        return marks

    def _neighbours(self, members: Mapping[str, list[tuple[int, str]]], dirty: set[str]) -> set[str]:
        """Return the articles whose pages name one of `dirty` as the one before or after."""
        found: set[str] = set()
        for key in dirty:
            for known in (self.before.articles.get(key), self.now.articles.get(key)):
                for folder in known.folders if known else ():
                    if known and folder.startswith(paths.SOURCES) and not paths.changes_of(folder):
                        row = members.get(folder, [])
                        at = bisect_left(row, (known.seq, key))
                        found.update(other for _, other in row[max(0, at - 1) : at + 2])
        return found

    def _copies(self, dirty: set[str]) -> set[str]:
        return {key for key, known in self.now.articles.items() if known.copy_of in dirty}

    def _list_paths(
        self, folder: str, row: list[tuple[int, str]], dirty: set[str], *, touched: bool
    ) -> Iterator[tuple[str, bool]]:
        """Yield a list's own page, its feeds and its numbered pages, and which of these must be made again."""
        yield folder, touched
        yield from ((folder + name, touched) for name in _FEEDS)
        last = lists.full_pages(len(row))
        was = self.was.get(folder, [])
        shifted = _first_difference([key for _, key in was], [key for _, key in row]) // lists.PER_PAGE + 1
        for number in range(1, last + 1):
            page = row[(number - 1) * lists.PER_PAGE : number * lists.PER_PAGE]
            # The last page before this build gets a link to the one after it.
            moved = touched and number >= min(shifted, lists.full_pages(len(was)))
            yield paths.numbered(folder, number), moved or any(key in dirty for _, key in page)

    # --- what is written

    def _copy_media(self) -> None:
        wanted = dict.fromkeys(name for known in self.now.articles.values() for name in known.media)
        for name in wanted:
            path = paths.media(name)
            if path in self.before.files and self.out.has(path) and not self.full:
                self.now.files[path] = self.before.files[path]
                continue
            try:
                data = self.archive.media(name)
            except NotFound:
                continue
            self._put(path, data)
            self.copied += 1

    def _render(self, plan: list[tuple[str, bool]]) -> None:
        for done, (path, again) in enumerate(plan):
            name = paths.file_of(path)
            if not again and name in self.before.files:
                self.now.files[name] = self.before.files[name]
                continue
            if done % 25 == 0:
                self.progress(Step(stage="build", done=done, total=len(plan), note=path or "front page"))
            data = self._article_page(path) if path.startswith("a/") else self.site.page(path)
            self.rendered += 1
            if data is not None:
                self._put(name, data)
        self.progress(Step(stage="build", done=len(plan), total=len(plan)))

    def _article_page(self, path: str) -> bytes | None:
        """Return an article's page, or a placeholder if it cannot be made: one bad article never stops the build."""
        key = path.split("/")[1]
        try:
            return self.site.page(path)
        except TearsheetError as error:
            self.desk.troubles.setdefault(key, str(error))
        except Exception as error:  # noqa: BLE001 a bug that one article's content wakes must not take the site down
            self.desk.troubles.setdefault(key, f"{key}: {type(error).__name__}: {error}")
        self.now.articles[key].mark = ""  # try again next time
        return pages.unreadable(self.desk.masthead, path)[1]

    def _put(self, name: str, data: bytes) -> None:
        digest = hashlib.sha256(data).hexdigest()
        self.now.files[name] = digest
        if self.before.files.get(name) != digest or not self._stands(name, data):
            self.out.put(name, data, durable=False)
            self.written += 1

    def _stands(self, name: str, data: bytes) -> bool:
        """Return whether a file is there; in a full build, whether it is still what was written."""
        return self.out.has(name) and (not self.full or self.out.get(name) == data)

    def _remove(self, *, full: bool) -> None:
        stale = (self.before.files.keys() | self.left) - self.now.files.keys()
        if full:
            stale |= set(self.out.names()) - self.now.files.keys() - {MANIFEST, UNDER_WAY}
        if full or self.left:
            self.removed += self.out.sweep()
        for name in sorted(stale):
            if self.out.has(name):
                self.out.remove(name)
                self.removed += 1


def all_articles(archive: SiteArchive, query: Query | None = None) -> Iterator[Article]:
    """Yield every kept article, or all that `query` narrows to, in order of arrival."""
    after = 0
    while found := archive.articles(replace(query or Query(), order="arrival", after=after, limit=_SCAN)):
        yield from found
        after = found[-1].seq


def _mark(desk: Desk, article: Article) -> str:
    """Return what changes when the pages of `article` must; empty if the archive does not count changes."""
    if not article.changed:
        return ""
    return f"{article.changed}/{desk.day_of(article.last_seen).isoformat()}"


def _folders_of(desk: Desk, article: Article) -> set[str]:
    """Return the folders of all lists on which `article` stands."""
    listings = desk.archive.listings(article.id)
    found = {paths.CATEGORIES, *change_folders(desk, article, {listing.source for listing in listings})}
    for listing in listings:
        found.add(paths.source(listing.source))
        found.update(paths.category(listing.categories[:depth]) for depth in range(1, len(listing.categories) + 1))
    day = desk.day_of(article.published or article.first_seen)
    return found | {paths.day(day), paths.month(day), paths.year(day.year)}


def _media_of(desk: Desk, article: Article) -> tuple[list[str], list[str]]:
    """Return the names of the pictures' copies that the pages of `article` show, and the addresses of those without a copy."""
    revisions = desk.revisions(article)
    images = list(revisions[-1].clipping.images) if revisions and not desk.excerpt_only(article) else []
    leads = [article.lead, revisions[-1].clipping.lead if revisions else None]
    addresses = {image.url for image in [*images, *leads] if image and image.url}
    known = desk.archive.pictures(sorted(addresses)) if addresses else {}
    names = {url: {picture.web, picture.thumb} - {""} for url, picture in known.items()}
    return sorted(set().union(*names.values())), sorted(url for url in addresses if not names.get(url))


def _members(articles: Mapping[str, _Known]) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for key, known in articles.items():
        place = (known.seq, key)  # one for all of its lists: there are a dozen
        for folder in known.folders:
            found.setdefault(folder, []).append(place)
    for row in found.values():
        row.sort()
    return found


def _changed_folders(before: Mapping[str, _Known], now: Mapping[str, _Known], dirty: set[str]) -> set[str]:
    """Return the folders of lists that a dirty article stands on or stood on, and the days around days that come or go."""
    found = {folder for key in dirty for known in (before.get(key), now.get(key)) if known for folder in known.folders}
    days_before, days_now = (_days(articles) for articles in (before, now))
    ordered = sorted(days_now, key=_by_length)
    for folder in days_before ^ days_now:
        at = bisect_left(ordered, _by_length(folder), key=_by_length)
        found.update(ordered[max(0, at - 1) : at + 2])
    return found


def _by_length(folder: str) -> tuple[int, str]:
    """Return what puts years before months, and months before days."""
    return len(folder), folder


def _days(articles: Mapping[str, _Known]) -> set[str]:
    return {folder for known in articles.values() for folder in known.folders if folder.startswith(paths.DAYS)}


def _dated(members: Mapping[str, object], base: str) -> list[str]:
    return sorted(folder for folder in members if folder.startswith(base))


def _first_difference(old: list[str], new: list[str]) -> int:
    """Return the place of the first member in which two lists differ."""
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


# --- the manifest


def _read_manifest(out: Output) -> _Manifest:
    """Return the state of the last build; an empty one if there was none or it cannot be read, and then everything is made."""
    if not out.has(MANIFEST):
        return _Manifest()
    try:
        return _Manifest(**json.loads(out.get(MANIFEST), object_hook=_noun))
    except (ValueError, TypeError, KeyError, AttributeError):
        return _Manifest()


def _noun(value: dict[str, Any]) -> object:  # Any: JSON
    """Return what one object of the manifest says: of an article what is known, of everything else the object itself."""
    return _Known(**value) if "wordings" in value else value


def _manifest_bytes(manifest: _Manifest) -> bytes:
    parts = _parts(manifest)
    return json.dumps(parts, default=_parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _parts(noun: _Manifest | _Known) -> dict[str, object]:
    """Return the fields of one noun; those in it follow one by one, so that there is never a second copy of all."""
    return {part.name: getattr(noun, part.name) for part in fields(noun)}


def _recipe(desk: Desk) -> str:
    """Return the digest of all that every page depends on: our code and templates, the masthead, names of sources."""
    sources = [
        (state.source.url, state.source.name, state.source.language, state.source.categories, state.source.excerpt_only)
        for state in desk.counted.states.values()
    ]
    return _digest(f"{VERSION}\n{_own_digest()}\n{desk.masthead!r}\n{sources!r}".encode())


@cache
def _own_digest() -> str:
    digest = hashlib.sha256()
    for package in ("tearsheet.publish", "tearsheet.flow.site"):
        for file in sorted(_files_below(files(package)), key=str):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files_below(folder: Traversable) -> Iterator[Traversable]:
    for child in folder.iterdir():
        if child.is_dir():
            if child.name != "__pycache__":
                yield from _files_below(child)
        else:
            yield child


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
