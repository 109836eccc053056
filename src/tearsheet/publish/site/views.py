"""What a page shows, as frozen values. A view knows no archive and no markup; `pages` turns it into bytes.

Folders are names from `paths`; times are aware UTC and shown in the masthead's time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from tearsheet.model import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What all pages of one site share. `url` is where the site stands, ending in `/`, or empty if that is not known.

    `indexed` lets search engines in; `excerpts` shows no more than excerpts, whatever the source.
    """

    title: str = "Tearsheet"
    language: str = "en"
    timezone: str = "UTC"
    url: str = ""
    indexed: bool = False
    excerpts: bool = False

    @property
    def top(self) -> str:
        """Return the path at which the site stands on its host, ending in `/`."""
        path = urlsplit(self.url).path
        return path if path.endswith("/") else path + "/"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and its part in a change: `=` in both wordings, `-` only before, `+` only after."""

    op: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A folder of the site under a name. `language` is the name's own, empty if not known; `count` of articles behind it."""

    label: str
    folder: str
    language: str = ""
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pic:
    """A picture we hold: `src` is its path in the site."""

    src: str
    width: int
    height: int
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An article as one item of a list. `at` is when it was published, or `undated` and that is when it was first seen.

    `silent` is None if it was never edited (or nobody looked).
    """

    id: str
    folder: str
    title: str
    at: datetime
    undated: bool = False
    language: str = ""
    deck: str = ""
    authors: tuple[str, ...] = ()
    source: Link | None = None
    path: tuple[Link, ...] = ()
    picture: Pic | None = None
    wordings: int = 1
    silent: bool | None = None
    gone: str = ""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """One change to an article: a new wording, or that it has gone. `title` are the marked pieces of its headline.

    The change lies between `since` (None if no capture came before) and `at`; `delay_s` runs from publication to `at`.
    Of an article that is gone (`kind` `gone`), `since` is when we first saw it.
    """

    card: Card
    at: datetime
    number: int
    kind: str
    title: tuple[Piece, ...] = ()
    silent: bool | None = None
    since: datetime | None = None
    delay_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The ledger's last sealed state: how many leaves, and the root hash over them in base64."""

    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A few articles under one category path, or of one source. `looked` is when a source was last visited."""

    path: tuple[Link, ...]
    cards: tuple[Card, ...]
    looked: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontView:
    """The front page. `today` is the day of the last update, not of the clock, so that a page is the same twice.

    `also_today` says that all of `also` are of that day; `issue` is the last day that has articles, `issue_count` how many.
    """

    today: date | None
    lead: Card | None = None
    beside: tuple[Card, ...] = ()
    changes: tuple[Alteration, ...] = ()
    also: tuple[Card, ...] = ()
    also_today: bool = False
    issue: date | None = None
    issue_count: int = 0
    sections: tuple[Shelf, ...] = ()
    sources: tuple[Shelf, ...] = ()
    source_count: int = 0
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One wording in an article's history."""

    number: int
    seen_at: datetime
    kind: str
    digest: str
    capture: str
    since: datetime | None = None
    silent: bool | None = None
    delay_s: float | None = None
    step_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What looks at an article found in its place: `gone` or `returned`, or what kept a capture from becoming its wording.

    Looks in a row that found the same are one: from `at` to `until`, `looks` of them. `detail` says
    what shows that it is gone, or with which status its address answered.
    """

    kind: str
    at: datetime
    until: datetime
    looks: int = 1
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where an article comes from and what proves it. `checked` is the last day it was seen at its source."""

    original: str
    first_seen: datetime
    captured_at: datetime
    checked: date
    number: int
    total: int
    digest: str
    capture: str
    place: Place | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """One article. `html` is in our small vocabulary, its pictures not yet pointed at our copies: `pictures` says how."""

    card: Card
    html: str
    evidence: Evidence
    history: tuple[Wording, ...]
    incidents: tuple[Incident, ...] = ()
    description: str = ""
    published: datetime | None = None
    published_how: str = ""
    modified: datetime | None = None
    pictures: Mapping[str, Pic] = field(default_factory=dict)
    lead: Pic | None = None
    blocked: str = ""
    excerpt_only: bool = False
    listed_in: tuple[tuple[Link, tuple[Link, ...]], ...] = ()
    same_copy: tuple[Card, ...] = ()
    older: Card | None = None
    newer: Card | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a comparison. `kind` is `same`, `title`, `byline`, `date`, `picture` or `text`.

    `before` or `after` is empty if the block stands in one wording only. `count` is how many blocks a `same` row folds,
    whose text is `unchanged`.
    """

    kind: str
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    merged: tuple[Piece, ...] = ()
    unchanged: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two wordings side by side."""

    before: Wording
    after: Wording
    rows: tuple[Row, ...]
    changes: int
    added: int
    removed: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsView:
    """The edit history of one article. `excerpt_only`: headlines are compared, texts are not shown."""

    card: Card
    history: tuple[Wording, ...]
    comparisons: tuple[Comparison, ...]
    checked: date
    incidents: tuple[Incident, ...] = ()
    published: datetime | None = None
    excerpt_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A category in the tree, with what stands below it."""

    link: Link
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayList:
    """Articles of one day."""

    on: date
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Numbered pages of a list, counted from the oldest; `current` 0 is the newest, unnumbered page."""

    folder: str
    current: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """A category path, or all of it (empty `path`). `days` counts articles on each day, for the year shown."""

    path: tuple[Link, ...]
    total: int
    tree: tuple[Node, ...]
    days: Mapping[date, int]
    lists: tuple[DayList, ...]
    pages: PageLinks
    since: date | None = None
    sources: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedView:
    """One numbered page of a list."""

    path: tuple[Link, ...]
    cards: tuple[Card, ...]
    pages: PageLinks
    of_source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source in the index of sources."""

    link: Link
    kind: str
    language: str
    path: tuple[Link, ...]
    looked: datetime | None
    trouble: str
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source. `rhythm` counts articles by weekday (Monday first) and local hour, 7 x 24."""

    row: SourceRow
    address: str
    homepage: str
    articles: int
    edited: int
    gone: int
    days: Mapping[date, int]
    edit_days: frozenset[date]
    rhythm: tuple[tuple[int, ...], ...]
    rhythm_of: int
    cards: tuple[Card, ...]
    edits: tuple[Alteration, ...]
    disappeared: tuple[Alteration, ...]
    pages: PageLinks
    since: datetime | None = None
    next_at: datetime | None = None
    excerpt_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """All articles of one day, by source. `before` and `after` are the nearest days that have any."""

    on: date
    total: int
    groups: tuple[tuple[Link, tuple[Card, ...]], ...]
    before: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """A year (month 0), one month of it, or all years (year 0), with the count of articles on each day."""

    year: int
    month: int
    days: Mapping[date, int]
    earlier: date | None = None
    later: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """Edits or disappearances, the latest first: of the whole archive or of one `source`, of all time, a month or a day.

    `folder` is that of all time. `month` (its first day) and `day` say which period it is. `periods` counts the months of all
    time or the days of the month; `total` is how many there are in the period, of which `items` are the latest.
    """

    gone: bool
    folder: str
    items: tuple[Alteration, ...]
    periods: tuple[tuple[date, int], ...]
    source: Link | None = None
    month: date | None = None
    day: date | None = None
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One search result: what matched is marked in the snippet, as (text, is it a match) pieces."""

    card: Card
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A way to narrow a search: the query it leads to, and how many articles that would leave."""

    label: str
    query: str
    count: int
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """The search page. `live` is whether something answers the form; `query` is what was asked, empty for the bare form."""

    live: bool = False
    query: str = ""
    total: int = 0
    found: tuple[Found, ...] = ()
    page: int = 1
    last: int = 1
    trouble: str = ""
    facets: tuple[tuple[str, tuple[Facet, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutView:
    """The colophon."""

    sources: int
    articles: int
    wordings: int
    version: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsView:
    """Every feed of the site."""

    sections: tuple[Link, ...]
    sources: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginView:
    """The form to sign in, or (with a `name`) to sign out. `trouble` is a key of the words; `after` where to go then."""

    csrf: str
    after: str = ""
    name: str = ""
    trouble: str = ""
