"""The desk at which pages are made up: one archive, one masthead, and the links and cards that every page uses."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from tearsheet.errors import BadLedger
from tearsheet.files import Folder
from tearsheet.flow.site.counted import Countable, Counted
from tearsheet.ledger import read_checkpoint
from tearsheet.model import (
    Article,
    Categories,
    Hit,
    Image,
    Listing,
    Picture,
    Place,
    Query,
    Revision,
    Source,
)
from tearsheet.publish.site import paths, wordings
from tearsheet.publish.site.render import language_of
from tearsheet.publish.site.views import Alteration, Card, Checkpoint, Link, Masthead, Pic
from tearsheet.publish.words import Words, words

MAX_DECK_CHARS = 180
_REMEMBERED = 64  # articles whose wordings are held; an article, its edits and its feeds are made one after the other


class CaptureSeen(wordings.Look, Protocol):
    """A capture as the archive lists it."""

    @property
    def digest(self) -> str: ...
    @property
    def place(self) -> Place | None: ...


class Shown(Countable, Protocol):
    """What the site asks of an archive."""

    @property
    def path(self) -> Path: ...
    def articles(self, query: Query) -> list[Article]: ...
    def article(self, key: str) -> Article: ...
    def revisions(self, id: str) -> list[Revision]: ...
    def listings(self, id: str) -> list[Listing]: ...
    def captures(self, id: str) -> Sequence[CaptureSeen]: ...
    def moves(self, id: str) -> Sequence[tuple[datetime, str, str]]: ...
    def pictures(self, addresses: Sequence[str]) -> Mapping[str, Picture]: ...
    def search(self, text: str, query: Query) -> tuple[int, list[Hit]]: ...
    def stats(self) -> dict[str, int]: ...
    def media(self, name: str) -> bytes: ...


class SiteSettings(Protocol):
    """The settings of a site, as `tearsheet.toml` says them."""

    @property
    def title(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def indexed(self) -> bool: ...
    @property
    def full_text(self) -> bool: ...


class Settings(Protocol):
    """The settings of an archive, as far as the site reads them."""

    @property
    def site(self) -> SiteSettings: ...


class SiteArchive(Shown, Protocol):
    """An archive with its settings."""

    @property
    def settings(self) -> Settings: ...


def masthead_of(archive: SiteArchive) -> Masthead:
    """Return what all pages of the archive's site share."""
    site = archive.settings.site
    return Masthead(
        title=site.title,
        language=site.language,
        timezone=site.timezone,
        url=site.base_url.rstrip("/") + "/" if site.base_url else "",
        indexed=site.indexed,
        excerpts=not site.full_text,
    )


class Desk:
    """One archive about to be shown. It remembers what it looked up, so make a new one when the archive may have changed.

    `whole` shows whole articles even of sources of which only excerpts are published: for their keeper's own eyes.
    `raw` makes the address of a raw capture of its digest, if such are served. `counted` may come from another desk of the
    same archive, if it still serves.
    """

    def __init__(
        self,
        archive: Shown,
        masthead: Masthead,
        *,
        whole: bool = False,
        raw: Callable[[str], str] | None = None,
        counted: Counted | None = None,
    ) -> None:
        self.archive = archive
        self.masthead = masthead
        self.whole = whole
        self.raw = raw
        self.counted = counted or Counted(archive)
        self.troubles: dict[str, str] = {}
        self._revisions: dict[tuple[str, int], list[Revision]] = {}
        self._alterations: dict[tuple[str, int], Alteration | None] = {}

    @cached_property
    def words(self) -> Words:
        """The words of the site's language."""
        return words(self.masthead.language, self.masthead.timezone)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which days are cut."""
        return ZoneInfo(self.masthead.timezone)

    def articles(self, query: Query) -> list[Article]:
        """Return the articles that `query` asks for.

        Those of a source are put in order once: the archive has no index for it and reads the rows of all of them.
        """
        if not query.source:
            return self.archive.articles(query)
        places = self.counted.places(query)
        return self.archive.by_seqs(places[query.offset : query.offset + query.limit if query.limit else None])

    @cached_property
    def languages(self) -> dict[Categories, str]:
        """The language of the first source under each category path, in which the path's name is most likely written."""
        found: dict[Categories, str] = {}
        for state in self.counted.states.values():
            for depth in range(1, len(state.source.categories) + 1):
                found.setdefault(state.source.categories[:depth], state.source.language)
        return found

    @cached_property
    def checkpoint_note(self) -> bytes:
        """The ledger's last checkpoint as it was signed; nothing if there is none yet."""
        folder = Folder(self.archive.path / "ledger")
        return folder.get("checkpoint") if folder.has("checkpoint") else b""

    @property
    def checkpoint(self) -> Checkpoint | None:
        """What the last checkpoint says; None if there is none, or it cannot be read."""
        try:
            said = read_checkpoint(self.checkpoint_note) if self.checkpoint_note else None
        except BadLedger:
            return None
        return Checkpoint(size=said.size, root=b64encode(said.root).decode()) if said else None

    # --- days

    def day_of(self, at: datetime) -> date:
        """Return the day of `at` on the site's clock."""
        return at.astimezone(self.zone).date()

    def midnight(self, on: date) -> datetime:
        """Return the instant at which the day `on` begins."""
        return datetime.combine(on, time(), self.zone).astimezone(UTC)

    def within(self, first: date, after: date) -> Query:
        """Return the query for all articles from the day `first` to before the day `after`, newest first."""
        return Query(since=self.midnight(first), until=self.midnight(after), limit=0)

    # --- links

    def source_link(self, url: str, name: str = "") -> Link:
        """Return the link to a source's page; under `name` and leading nowhere if it is followed no more."""
        state = self.counted.states.get(url)
        source = state.source if state else Source(url=url, name=name)
        label = source.name or name or url
        return Link(
            label=label,
            folder=paths.source(url) if state else "",
            language=language_of(label, source.language),
            count=state.articles if state else 0,
        )

    def path_links(self, categories: Categories) -> tuple[Link, ...]:
        """Return the links of a category path, outermost first; one without articles has no page and leads nowhere."""
        steps = (categories[:depth] for depth in range(1, len(categories) + 1))
        return tuple(
            Link(
                label=step[-1],
                folder=paths.category(step) if step in self.counted.categories else "",
                language=language_of(step[-1], self.languages.get(step, "")),
                count=self.counted.categories.get(step, 0),
            )
            for step in steps
        )

    # --- pictures

    def pics(self, images: Iterable[Image], *, small: bool = False) -> dict[str, Pic]:
        """Return our copies of those of `images` that we have, by address; `small` prefers the thumbnail."""
        wanted = {image.url: image for image in images if image.url}
        known = self.archive.pictures(list(wanted)) if wanted else {}
        found = {}
        for url, picture in known.items():
            pic = _pic(picture, wanted[url], small=small) if url in wanted else None
            if pic:
                found[url] = pic
        return found

    # --- cards

    def cards(self, articles: Sequence[Article], *, small: bool = True) -> tuple[Card, ...]:
        """Return `articles` as items of a list."""
        pics = self.pics((article.lead for article in articles if article.lead), small=small)
        return tuple(self._card(article, pics) for article in articles)

    def card(self, article: Article, *, small: bool = True) -> Card:
        """Return one article as an item of a list."""
        return self.cards([article], small=small)[0]

    def _card(self, article: Article, pics: Mapping[str, Pic]) -> Card:
        return Card(
            id=article.id,
            folder=paths.article(article.id),
            title=article.title,
            at=article.published or article.first_seen,
            undated=article.published is None,
            language=language_of(article.title, article.language),
            deck=shortened(article.excerpt, MAX_DECK_CHARS),
            authors=article.authors,
            source=self.source_link(article.source, article.source_name) if article.source else None,
            path=self.path_links(article.categories),
            picture=pics.get(article.lead.url) if article.lead else None,
            wordings=max(1, article.revisions),
            gone=article.gone,
            gone_at=article.gone_at,
        )

    # --- words

    def excerpt_only(self, article: Article) -> bool:
        """Tell whether no more than an excerpt of `article` may be shown."""
        return (article.excerpt_only or self.masthead.excerpts) and not self.whole

    def revisions(self, article: Article) -> list[Revision]:
        """Return the wordings of `article`; none, with a note in `troubles`, if the archive cannot give them.

        One damaged article must not take the lists down on which it stands.
        """
        key = (article.id, article.changed)
        if key in self._revisions and article.changed:
            return self._revisions[key]
        try:
            found = self.archive.revisions(article.id)
        except Exception as error:  # noqa: BLE001 whatever is wrong with one article is reported, not raised
            self.troubles[article.id] = f"{article.url}: {error or type(error).__name__}"
            return []
        if len(self._revisions) >= _REMEMBERED:
            del self._revisions[next(iter(self._revisions))]
        self._revisions[key] = found
        return found

    # --- changes

    def alteration(self, article: Article) -> Alteration | None:
        """Return the last edit of `article` that is more than typography; None if there is none."""
        key = (article.id, article.changed)
        if key not in self._alterations or not article.changed:
            self._alterations[key] = self._alteration(article)
        return self._alterations[key]

    def _alteration(self, article: Article) -> Alteration | None:
        revisions = self.revisions(article)
        step = next((at for at in range(len(revisions) - 1, 0, -1) if revisions[at].kind != "trivial"), 0)
        if not step:
            return None
        now = wordings.history(revisions, self.archive.captures(article.id))[step]
        return Alteration(
            card=replace(self.card(article), silent=now.silent),
            at=now.seen_at,
            number=now.number,
            kind=now.kind,
            title=wordings.headline(revisions[step - 1].clipping, revisions[step].clipping),
            silent=now.silent,
            since=now.since,
            delay_s=now.delay_s,
        )

    def disappearance(self, article: Article) -> Alteration:
        """Return the fact that `article` is gone from the web."""
        card = self.card(article)
        return Alteration(
            card=card,
            at=article.gone_at or article.last_seen,
            number=card.wordings,
            kind="gone",
            since=article.first_seen,
        )


def shortened(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` characters, cut between words where it has any."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ", limit // 2)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:，；：、") + "…"


def _pic(picture: Picture, image: Image, *, small: bool) -> Pic | None:
    name, width, height = picture.web, picture.width, picture.height
    if picture.thumb and (small or not name):
        name, width, height = picture.thumb, picture.thumb_width, picture.thumb_height
    if not name:
        return None
    return Pic(
        src=paths.media(name), width=width, height=height, alt=image.alt, caption=image.caption, credit=image.credit
    )
