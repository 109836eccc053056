"""What the archive holds goes out: posts for site generators, OPML for readers, JSON lines for analysis."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from tearsheet import charset, sites
from tearsheet.archive import Archive
from tearsheet.errors import NotFound, TearsheetError
from tearsheet.files import Folder
from tearsheet.flow import published
from tearsheet.flow.build import MANIFEST, all_articles
from tearsheet.model import Article, Capture, Clipping, Entry, Listing, Post, Query, Source, Step
from tearsheet.publish import opml
from tearsheet.publish.posts import (
    PLACEHOLDERS,
    Item,
    compat_date,
    compat_post,
    post_path,
    raw_body,
    rsshub_description,
    sound_post,
    three_levels,
    write_post,
)
from tearsheet.store import reading

MEDIA = "source/media"


def export_posts(
    archive: Archive,
    out: Path,
    mode: str,
    *,
    query: Query | None = None,
    progress: Callable[[Step], None] = lambda step: None,
) -> int:
    """Return how many posts of `query` (all if there is none) stand in `out` now; one with the same bytes is not written again.

    `compat` writes one post for each channel that lists an article, cut from the raw capture; `sound` one for each article, with
    copies of its pictures under `source/media`.
    """
    return _posts(archive, _Output(Folder(out)), mode, chosen(archive, query or Query(), "posts", progress))


def build_posts(archive: Archive, *, progress: Callable[[Step], None] = lambda step: None, full: bool = False) -> int:
    """Return how many posts stand in the archive's own `posts/` now, one for each article.

    What belonged to an article that is gone from the archive goes too, and what was written is noted, so that a verification
    sees a change. `full` also looks into the copies of pictures, which the last build noted.
    """
    folder = Folder(archive.path / published.POSTS)
    try:
        before = published.noted(folder)
    except (ValueError, TypeError, AttributeError):  # damaged: everything is compared
        before = {}
    out = _Output(folder, trusted={} if full else before)
    count = _posts(archive, out, "sound", chosen(archive, Query(), "posts", progress))
    for name in before.keys() - out.files.keys():
        folder.remove(name)
    folder.sweep()
    folder.put(MANIFEST, json.dumps({"files": out.files}, sort_keys=True, separators=(",", ":")).encode())
    return count


class _Output:
    """A folder of posts, the SHA-256 of all that was put there, and of what stood there before and is `trusted`."""

    def __init__(self, folder: Folder, *, trusted: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.trusted = trusted or {}
        self.files: dict[str, str] = {}

    def put(self, name: str, data: bytes, *, durable: bool = False) -> None:
        """Write `data` under `name`, unless it stands there already."""
        if not self.folder.has(name) or self.folder.get(name) != data:
            self.folder.put(name, data, durable=durable)
        self.files[name] = hashlib.sha256(data).hexdigest()

    def copy(self, name: str, read: Callable[[], bytes]) -> bool:
        """Return whether a copy of what `read` gives stands under `name` now: not if there is no such picture any more."""
        if name in self.trusted and self.folder.has(name):
            self.files[name] = self.trusted[name]
        elif name not in self.files:
            try:
                self.put(name, read(), durable=True)  # trusted from the next time on, so it must last
            except NotFound:
                return False
        return True


def _posts(archive: Archive, out: _Output, mode: str, articles: Iterable[Article]) -> int:
    """Write every post of `articles` that is not there yet as it should be; return how many there are."""
    sources = {source.url: source for source in reading.sources(archive.store.db)}
    names: set[str] = set()
    for article in articles:
        made = _compat(archive, article, sources) if mode == "compat" else _sound(archive, article, sources, out)
        for post in made:
            name = post_path(post, mode)
            out.put(name, write_post(post, mode))
            names.add(name)
    return len(names)


def opml_of(archive: Archive) -> bytes:
    """Return the sources as OPML, category paths as folders."""
    return opml.opml([state.source for state in archive.sources()], title=archive.settings.site.title)


def chosen(archive: Archive, query: Query, stage: str, progress: Callable[[Step], None]) -> Iterator[Article]:
    """Yield the articles that `query` narrows to, in order of arrival, and tell of each as a step of `stage`."""
    total = archive.count(replace(query, order="arrival"))
    for at, article in enumerate(all_articles(archive, query), start=1):
        progress(Step(stage=stage, done=at, total=total, note=article.title))
        yield article


def export_lines(out: Path, lines: Iterable[str]) -> None:
    """Write `lines` to the file `out`; all or nothing."""
    Folder(out.parent).put_pieces(out.name, (f"{line}\n".encode() for line in lines))


def _sound(archive: Archive, article: Article, sources: dict[str, Source], out: _Output) -> Iterator[Post]:
    revisions = archive.revisions(article.id)
    if not revisions:
        return
    clipping = revisions[-1].clipping
    addresses = [image.url for image in clipping.images] + ([clipping.lead.url] if clipping.lead else [])
    local = {}
    for url, picture in archive.pictures(addresses).items():
        name = f"{MEDIA}/{picture.web}"
        if picture.web and out.copy(name, partial(archive.media, picture.web)):
            local[url] = "/" + name.removeprefix("source/")
    source = sources.get(article.source, Source(url=article.source))
    yield sound_post(article, revisions[-1], source, pictures=local)


def _compat(archive: Archive, article: Article, sources: dict[str, Source]) -> Iterator[Post]:
    revisions = archive.revisions(article.id)
    if not revisions:
        return
    last = revisions[-1]
    page = _page(archive, last.capture)
    for listing, entry in archive.entries(article.id):
        source = sources.get(listing.source, Source(url=listing.source))
        levels = three_levels(listing.categories, source_name=source.name or article.source_name)
        yield compat_post(
            _item(archive, last.clipping, entry, page=page, source=source),
            levels,
            number=_number(article, listing),
            clock=listing.first_seen,
        )


def _item(archive: Archive, clipping: Clipping, entry: Entry, *, page: Capture | None, source: Source) -> Item:
    """Return the feed item that the format's first producer would have been given for this listing."""
    title = entry.title or clipping.title
    rule = sites.rule_for(archive.sites, page.final_url, on=page.captured_at.date()) if page else None
    if page and rule and rule.body:
        markup, _ = charset.decode(page.body, content_type=page.header("content-type"))
        body = rsshub_description(raw_body(markup, replace(rule, body=rule.raw_body or rule.body)), page.final_url)
        lead = rsshub_description(entry.lead, page.final_url) if entry.lead else ""
        when = compat_date(clipping.published, rule.zone, date_as=rule.date_as) if clipping.published else ""
        return Item(title=title, description=lead + body, date=when)
    if source.kind == "rsshub":
        return Item(title=title, description=entry.content or entry.summary, date=entry.published_text)
    published = clipping.published or entry.published
    when = compat_date(published, source.timezone or "UTC", date_as="") if published else ""
    return Item(title=title, description=rsshub_description(entry.content or clipping.html, clipping.url), date=when)


def _page(archive: Archive, digest: str) -> Capture | None:
    """Return the raw page of a wording, or None where no page was kept or its record is damaged."""
    try:
        return archive.capture(digest)
    except TearsheetError:
        return None


def _number(article: Article, listing: Listing) -> int:
    """Return the placeholder's number: always the same for one listing, where the first producer drew it anew."""
    digest = hashlib.sha256(f"{article.id} {listing.source}".encode()).digest()
    return int.from_bytes(digest[:4]) % PLACEHOLDERS
