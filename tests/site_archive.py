"""An archive in memory with an invented press, for tests of the site: what `tearsheet.archive` answers, without disk or SQL."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tearsheet.errors import NoSuchArticle, NotFound
from tearsheet.model import (
    Article,
    Categories,
    Clipping,
    Hit,
    Image,
    Listing,
    Picture,
    Place,
    Query,
    Revision,
    Source,
    SourceState,
    Visit,
)
from tearsheet.revise import edit_digest, kind_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A capture as the archive lists it."""

    at: datetime
    digest: str
    place: Place
    note: str = ""


@dataclass(slots=True)
class Kept:
    """One article with all that belongs to it."""

    article: Article
    revisions: list[Revision] = field(default_factory=list)
    captures: list[Seen] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    moves: list[tuple[datetime, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSite:
    """The `[site]` table of settings."""

    title: str = "Tearsheet"
    language: str = "en"
    timezone: str = "UTC"
    base_url: str = ""
    indexed: bool = False
    full_text: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperServe:
    """The `[serve]` table of settings."""

    host: str = "127.0.0.1"
    port: int = 8710
    raw_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSettings:
    """The settings of an archive, as far as the site reads them."""

    site: PaperSite = PaperSite()
    serve: PaperServe = PaperServe()


class PaperArchive:
    """Answers the questions that the site asks."""

    def __init__(self, path: Path = Path("none"), *, timezone: str = "UTC") -> None:
        self.settings = PaperSettings(site=PaperSite(timezone=timezone))
        self.path = path
        self.zone = ZoneInfo(timezone)
        self.states: dict[str, SourceState] = {}
        self.kept: dict[str, Kept] = {}
        self.files: dict[str, bytes] = {}
        self.known: dict[str, Picture] = {}
        self.arrivals = 0
        self.changes = 0

    def generation(self) -> object:
        return object()

    def counted_of(self) -> object:
        return object()

    def is_current(self) -> bool:
        return True

    # --- what happens to it

    def follow(self, source: Source, *, at: datetime = NOON, trouble: str = "") -> None:
        visit = Visit(source=source.url, at=at, next_at=at + timedelta(hours=1), trouble=trouble)
        self.states[source.url] = SourceState(source=source, visit=visit)

    def keep(self, clipping: Clipping, source: Source, *, seen: datetime, categories: Categories | None = None) -> str:
        """Keep a new article and return its id."""
        self.arrivals += 1
        key = hashlib.sha256(clipping.url.encode()).hexdigest()[:13]
        path = source.categories if categories is None else categories
        article = Article(
            id=key,
            seq=self.arrivals,
            url=clipping.url,
            title=clipping.title,
            first_seen=seen,
            last_seen=seen,
            revisions=0,
            source=source.url,
            source_name=source.name,
            categories=path,
            excerpt_only=source.excerpt_only,
        )
        listing = Listing(
            article=key, source=source.url, guid=clipping.url, categories=path, first_seen=seen, last_seen=seen
        )
        self.kept[key] = Kept(article, listings=[listing])
        self.reword(key, clipping, seen=seen)
        state = self.states[source.url]
        self.states[source.url] = replace(state, articles=state.articles + 1)
        return key

    def reword(self, key: str, clipping: Clipping, *, seen: datetime) -> None:
        """Keep a further wording."""
        kept = self.kept[key]
        before = kept.revisions[-1].clipping if kept.revisions else None
        kind = kind_of(before, clipping) if before else "first"
        body = "sha256:" + hashlib.sha256(f"{key}{seen}".encode()).hexdigest()
        self.look(key, at=seen, digest=body)
        kept.revisions.append(
            Revision(
                article=key,
                number=len(kept.revisions) + 1,
                seen_at=seen,
                clipping=clipping,
                digest=edit_digest(clipping),
                capture=body,
                kind=kind,
            )
        )
        kept.article = replace(
            kept.article,
            title=clipping.title,
            authors=clipping.authors,
            published=clipping.published,
            language=clipping.language,
            excerpt=(clipping.description or clipping.text)[:220],
            lead=clipping.lead,
            revisions=len(kept.revisions),
            last_seen=seen,
            edited_at=seen if before and kind != "trivial" else kept.article.edited_at,
        )
        self._touch(key)

    def look(self, key: str, *, at: datetime, digest: str = "sha256:" + "0" * 64, note: str = "") -> None:
        """Note a capture; `note` says why it became no wording."""
        kept = self.kept[key]
        place = Place(file="2026/11/20261122-120000-1.warc.gz", offset=4096 * len(kept.captures) + 512, length=2048)
        kept.captures.append(Seen(at=at, digest=digest, place=place, note=note))
        self._touch(key)

    def lose(self, key: str, *, at: datetime, why: str = "404") -> None:
        """Mark an article as gone from the web."""
        kept = self.kept[key]
        kept.article = replace(kept.article, gone=why, gone_at=at if why else None)
        kept.moves.append((at, "gone" if why else "returned", why))
        self._touch(key)

    def remove(self, key: str) -> None:
        """Take an article out of the archive."""
        kept = self.kept.pop(key)
        state = self.states[kept.article.source]
        self.states[kept.article.source] = replace(state, articles=state.articles - 1)

    def picture(self, url: str, name: str, data: bytes, *, size: tuple[int, int] = (1600, 1000)) -> Image:
        """Keep a picture's copy and return the picture."""
        self.files[name] = data
        width, height = size
        self.known[url] = Picture(
            url=url,
            web=name,
            thumb=name,
            width=width,
            height=height,
            thumb_width=400,
            thumb_height=400 * height // width,
        )
        return Image(url=url, width=width, height=height)

    def _touch(self, key: str) -> None:
        self.changes += 1
        kept = self.kept[key]
        kept.article = replace(kept.article, changed=self.changes)

    # --- what it answers

    def sources(self) -> list[SourceState]:
        return list(self.states.values())

    def articles(self, query: Query) -> list[Article]:
        found = self._matching(query)
        end = query.offset + query.limit if query.limit else None
        return found[query.offset : end]

    def count(self, query: Query) -> int:
        return len(self._matching(query))

    def seqs(self, query: Query) -> list[int]:
        return [article.seq for article in self._matching(query)]

    def by_seqs(self, seqs: Iterable[int]) -> list[Article]:
        articles = {kept.article.seq: kept.article for kept in self.kept.values()}
        return [articles[seq] for seq in seqs if seq in articles]

    def article(self, key: str) -> Article:
        if key not in self.kept:
            raise NoSuchArticle(key)
        return self.kept[key].article

    def revisions(self, id: str) -> list[Revision]:
        return list(self.kept[id].revisions)

    def listings(self, id: str) -> list[Listing]:
        return list(self.kept[id].listings)

    def captures(self, id: str) -> list[Seen]:
        return list(self.kept[id].captures)

    def moves(self, id: str) -> list[tuple[datetime, str, str]]:
        return list(self.kept[id].moves)

    def pictures(self, addresses: Sequence[str]) -> dict[str, Picture]:
        return {url: self.known[url] for url in addresses if url in self.known}

    def search(self, text: str, query: Query) -> tuple[int, list[Hit]]:
        words = text.casefold().split()
        found = []
        for article in self._matching(query):
            body = self.kept[article.id].revisions[-1].clipping.text
            at = [body.casefold().find(word) for word in words]
            if all(place >= 0 or word in article.title.casefold() for word, place in zip(words, at, strict=True)):
                first = max(0, min((place for place in at if place >= 0), default=0) - 20)
                snippet = body[first : first + 120]
                marks = tuple(
                    (place, place + len(word)) for word in words if (place := snippet.casefold().find(word)) >= 0
                )
                found.append(Hit(article=article, snippet=snippet, marks=tuple(sorted(marks))))
        end = query.offset + query.limit if query.limit else None
        return len(found), found[query.offset : end]

    def days(self, query: Query) -> dict[date, int]:
        found: dict[date, int] = {}
        for article in self._matching(query):
            at = {"edited": article.edited_at, "gone": article.gone_at}.get(query.order, _moment(article))
            on = (at or _moment(article)).astimezone(self.zone).date()
            found[on] = found.get(on, 0) + 1
        return found

    def category_counts(self) -> dict[Categories, int]:
        found: dict[Categories, int] = {}
        for kept in sorted(self.kept.values(), key=lambda kept: kept.article.seq):
            if not kept.article.rejected:
                for path in {
                    listing.categories[:n] for listing in kept.listings for n in range(len(listing.categories))
                }:
                    found.setdefault(path, 0)
                steps = dict.fromkeys(
                    listing.categories[: n + 1] for listing in kept.listings for n in range(len(listing.categories))
                )
                for path in steps:
                    found[path] = found.get(path, 0) + 1
        found.pop((), None)
        return found

    def stats(self) -> dict[str, int]:
        return {"revisions": sum(len(kept.revisions) for kept in self.kept.values())}

    def media(self, name: str) -> bytes:
        if name not in self.files:
            raise NotFound(name)
        return self.files[name]

    def _matching(self, query: Query) -> list[Article]:
        rows = [kept.article for kept in self.kept.values() if _wanted(kept, query)]
        orders = {
            "newest": lambda a: (-_moment(a).timestamp(), -a.seq),
            "oldest": lambda a: (_moment(a).timestamp(), a.seq),
            "arrival": lambda a: a.seq,
            "edited": lambda a: (-a.edited_at.timestamp() if a.edited_at else 0, -a.seq),
            "gone": lambda a: (-a.gone_at.timestamp() if a.gone_at else 0, -a.seq),
        }
        return sorted(rows, key=orders[query.order])


def _moment(article: Article) -> datetime:
    return article.published or article.first_seen


def _altered(article: Article, query: Query) -> datetime:
    return (article.gone_at if query.order == "gone" else article.edited_at) or datetime.max.replace(tzinfo=UTC)


def _wanted(kept: Kept, query: Query) -> bool:
    article = kept.article
    paths = [listing.categories[: len(query.categories)] for listing in kept.listings]
    return all(
        (
            not query.source or query.source in {listing.source for listing in kept.listings},
            not query.categories or query.categories in paths,
            not query.since or _moment(article) >= query.since,
            not query.until or _moment(article) < query.until,
            not query.altered_since or _altered(article, query) >= query.altered_since,
            not query.altered_until or _altered(article, query) < query.altered_until,
            not query.language or article.language == query.language,
            query.edited is None or query.edited == (article.edited_at is not None),
            query.gone is None or query.gone == (article.gone_at is not None),
            query.rejected is None or query.rejected == article.rejected,
            not query.after or article.seq > query.after,
            not query.before or article.seq < query.before,
        )
    )


class MemoryFolder:
    """Bytes under names, in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.puts: list[str] = []

    def put(self, name: str, data: bytes, *, durable: bool = True) -> None:
        self.held[name] = data
        self.puts.append(name)

    def get(self, name: str) -> bytes:
        return self.held[name]

    def has(self, name: str) -> bool:
        return name in self.held

    def remove(self, name: str) -> None:
        del self.held[name]

    def names(self) -> list[str]:
        return list(self.held)

    def sweep(self) -> int:
        return 0
