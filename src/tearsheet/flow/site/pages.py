"""From a path of the site to its bytes: the one table of pages, which the build walks and the live server looks up."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property

from tearsheet.errors import NotFound
from tearsheet.flow.site import articles, changes, lists
from tearsheet.flow.site.desk import Desk
from tearsheet.model import Article, Categories, Query
from tearsheet.publish import feeds
from tearsheet.publish.feeds import Channel, FeedEntry
from tearsheet.publish.opml import opml
from tearsheet.publish.site import assets, pages, paths, sitemaps
from tearsheet.publish.site.views import SearchView

FEED_ENTRIES = 30
_ENTRIES_HELD = 500

_ARTICLE = re.compile(r"a/([^/]+)/(edits/)?")
_NUMBERED = re.compile(r"(.+/)page/([1-9][0-9]{0,8})/")
_DAY = re.compile(r"d/(?:([1-9][0-9]{3})/(?:(0[1-9]|1[0-2])/(?:(0[1-9]|[12][0-9]|3[01])/)?)?)?")
_CHANGES = re.compile(r"(s/[^/]+/)?(edits|gone)/(?:([1-9][0-9]{3})/(0[1-9]|1[0-2])/(?:(0[1-9]|[12][0-9]|3[01])/)?)?")
_SITEMAP = re.compile(r"sitemap-([0-9]{1,6})\.xml")
_FEED = re.compile(r"(.*?)(feed\.xml|feed\.json)")


class Site:
    """The pages of one archive. Make a new one when the archive may have changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._made: dict[tuple[str, int], FeedEntry] = {}

    def page(self, path: str) -> bytes | None:
        """Return the bytes of the page at `path` (a folder ends in `/`, the front page is empty); None if there is none.

        Raises:
            TearsheetError: the archive cannot give what the page shows.
        """
        fixed = self._fixed.get(path)
        if fixed:
            return fixed()
        for pattern, make in self._patterns:
            found = pattern.fullmatch(path)
            if found:
                return make(found)
        return self._listed(path)

    # --- what has one address

    @cached_property
    def _fixed(self) -> dict[str, Callable[[], bytes | None]]:
        desk, masthead = self.desk, self.desk.masthead
        static = {path: (lambda data=data: data) for path, data in assets.assets().items()}
        return {
            **static,
            paths.FRONT: lambda: pages.front(masthead, lists.front_view(desk))[1],
            paths.SOURCES: lambda: pages.sources(masthead, lists.source_rows(desk))[1],
            paths.SEARCH: lambda: pages.search(masthead, SearchView())[1],
            paths.ABOUT: lambda: pages.about(masthead, lists.about_view(desk))[1],
            paths.FEEDS: lambda: pages.feeds(masthead, lists.feeds_view(desk))[1],
            paths.MISSING: lambda: pages.missing(masthead)[1],
            paths.OPML: self._opml,
            paths.CHECKPOINT: lambda: desk.checkpoint_note or None,
            paths.ROBOTS: lambda: sitemaps.robots(masthead)[1],
            paths.SITEMAP_INDEX: self._sitemap_index,
        }

    def _opml(self) -> bytes:
        return opml([state.source for state in self.desk.counted.states.values()], title=self.desk.masthead.title)

    # --- what is found by a pattern

    @property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bytes | None]], ...]:
        return (
            (_ARTICLE, self._article),
            (_DAY, self._day),
            (_CHANGES, self._changes),
            (_SITEMAP, self._sitemap),
            (_FEED, self._feed),
            (_NUMBERED, self._numbered),
        )

    def _article(self, found: re.Match[str]) -> bytes | None:
        try:
            article = self.desk.archive.article(found[1])
        except NotFound:
            return None
        if article.id != found[1] or article.rejected:
            return None
        return self.edits(article) if found[2] else self.article(article)

    def article(self, article: Article) -> bytes:
        """Return the page of `article`."""
        return pages.article(self.desk.masthead, articles.article_view(self.desk, article))[1]

    def edits(self, article: Article) -> bytes:
        """Return the edit history of `article`."""
        return pages.edits(self.desk.masthead, articles.edits_view(self.desk, article))[1]

    def _day(self, found: re.Match[str]) -> bytes | None:
        year, month, day = (int(text or 0) for text in found.groups())
        if day:
            view = lists.day_view(self.desk, date(year, month, day)) if _is_day(year, month, day) else None
            return pages.day(self.desk.masthead, view)[1] if view else None
        calendar = lists.calendar_view(self.desk, year, month)
        return pages.calendar(self.desk.masthead, calendar)[1] if calendar else None

    def _changes(self, found: re.Match[str]) -> bytes | None:
        folder, year, month, day = found[1], *(int(text or 0) for text in found.groups()[2:])
        if (folder and folder not in self.sources) or (year and not _is_day(year, month, day or 1)):
            return None
        view = changes.changes_view(
            self.desk,
            gone=found[2] == "gone",
            source=self.sources[folder] if folder else "",
            month=date(year, month, 1) if year and not day else None,
            day=date(year, month, day) if day else None,
        )
        return pages.changes(self.desk.masthead, view)[1] if view else None

    def _numbered(self, found: re.Match[str]) -> bytes | None:
        folder, number = found[1], int(found[2])
        if folder in self.sources:
            view = lists.source_page(self.desk, self.desk.counted.states[self.sources[folder]], number)
        elif folder in self.categories:
            view = lists.category_page(self.desk, self.categories[folder], number)
        else:
            return None
        return pages.numbered(self.desk.masthead, view)[1] if view else None

    def _listed(self, folder: str) -> bytes | None:
        masthead = self.desk.masthead
        if folder in self.sources:
            state = self.desk.counted.states[self.sources[folder]]
            return pages.source(masthead, lists.source_view(self.desk, state))[1]
        if folder in self.categories:
            return pages.category(masthead, lists.category_view(self.desk, self.categories[folder]))[1]
        return None

    @cached_property
    def sources(self) -> dict[str, str]:
        """Addresses of sources by their folders."""
        return {paths.source(url): url for url in self.desk.counted.states}

    @cached_property
    def categories(self) -> dict[str, Categories]:
        """Category paths by their folders, the whole tree included."""
        return {paths.category(path): path for path in ((), *self.desk.counted.categories)}

    # --- feeds and sitemaps

    def _feed(self, found: re.Match[str]) -> bytes | None:
        folder = found[1]
        own = self.desk.words
        altered = _CHANGES.fullmatch(folder)
        if altered and not altered[3] and (not altered[1] or altered[1] in self.sources):
            source = self.sources[altered[1]] if altered[1] else ""
            title, entries = self._changes_feed(source, gone=altered[2] == "gone")
        elif folder == paths.FRONT:
            title, entries = own("feed_all"), self._entries(Query())
        elif folder in self.sources:
            title = self.desk.source_link(self.sources[folder]).label
            entries = self._entries(Query(source=self.sources[folder]))
        elif folder in self.categories:
            path = self.categories[folder]
            title, entries = " / ".join(path) or own("feed_all"), self._entries(Query(categories=path))
        else:
            return None
        masthead = self.desk.masthead
        channel = Channel(
            title=own("feed_of", masthead.title, title),
            folder=folder,
            url=masthead.url,
            language=own("html_lang"),
            note=self._checkpoint_line() if folder in (paths.FRONT, paths.EDITS, paths.GONE) else "",
        )
        make = feeds.atom if found[2] == paths.ATOM else feeds.json_feed
        return make(channel, entries)[1]

    def _checkpoint_line(self) -> str:
        """Return the ledger's state in one line: who reads the feed keeps it, and so becomes a witness."""
        sealed = self.desk.checkpoint
        return f"{self.desk.words('checkpoint', sealed.size)} {sealed.root}" if sealed else ""

    def _entries(self, query: Query) -> list[FeedEntry]:
        found = self.desk.articles(Query(source=query.source, categories=query.categories, limit=FEED_ENTRIES))
        return [self._entry(article) for article in found]

    def _entry(self, article: Article) -> FeedEntry:
        """Return the entry of an article, made once for all feeds in which it stands."""
        key = (article.id, article.changed)
        if key not in self._made or not article.changed:
            if len(self._made) >= _ENTRIES_HELD:
                del self._made[next(iter(self._made))]
            self._made[key] = articles.feed_entry(self.desk, article)
        return self._made[key]

    def _changes_feed(self, source: str, *, gone: bool) -> tuple[str, list[FeedEntry]]:
        """Return title and entries of the feed of edits or disappearances, of one source if one is named."""
        title = self.desk.words("gone_title" if gone else "edits_title")
        if source:
            title = f"{self.desk.source_link(source).label}{self.desk.words('colon')}{title}"
        rows = self.desk.articles(replace(changes.altered(source, gone=gone), limit=FEED_ENTRIES))
        found = (articles.change_entry(self.desk, article, gone=gone) for article in rows)
        return title, [entry for entry in found if entry]

    def _sitemap_index(self) -> bytes | None:
        if not self.desk.masthead.url:
            return None
        last = self.desk.archive.count(Query(limit=0))
        newest = self.desk.archive.articles(Query(order="arrival", offset=max(0, last - 1), limit=1))
        numbers = range(sitemaps.range_of(newest[0].seq) + 1) if newest else range(0)
        return sitemaps.index(self.desk.masthead, tuple(numbers))[1]

    def _sitemap(self, found: re.Match[str]) -> bytes | None:
        number = int(found[1])
        after = number * sitemaps.RANGE
        query = Query(after=after, before=after + sitemaps.RANGE + 1, order="arrival", limit=0)
        rows = self.desk.archive.articles(query) if self.desk.masthead.url else []
        if not rows:
            return None
        listed = [(paths.article(article.id), article.edited_at or article.first_seen) for article in rows]
        return sitemaps.sitemap(self.desk.masthead, number, listed)[1]


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1000 <= year < 9999  # midnight of the very first and last days has no UTC
