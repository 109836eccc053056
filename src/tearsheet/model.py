"""The nouns: what flows through the house, frozen. All times are aware UTC; digests are "sha256:<hex>"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
"""The form of a language tag (BCP 47, without what it reserves): what has another is not taken for one."""

SOURCE_KINDS = ("feed", "sitemap", "front", "rsshub", "site", "urls")

Categories = tuple[str, ...]
"""A category path, outermost first; any depth, empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something we follow, as the user said it.

    `url` identifies it: an http(s) address, `rsshub:/route`, or `site:NAME/CHANNEL` for a site described as data.
    `kind` is one of `SOURCE_KINDS`.
    """

    url: str
    kind: str = "feed"
    name: str = ""
    categories: Categories = ()
    language: str = ""
    timezone: str = ""
    homepage: str = ""
    paused: bool = False
    excerpt_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What we learnt the last time we looked at a source. `etag` and `last_modified` are kept verbatim."""

    source: str
    at: datetime
    next_at: datetime
    etag: str = ""
    last_modified: str = ""
    listed: int = 0
    new: int = 0
    trouble: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that a feed item points to."""

    url: str
    media_type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as a source lists it: a hint, never the article.

    `content` is full text as HTML, `summary` a stub as HTML; `lead` is a block of HTML that the list page shows
    above the article and the article page lacks. `published_text` is the date as it was written.
    `url` is empty only if the item has no link and its content is all there is.
    """

    url: str
    guid: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_text: str = ""
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    lead: str = ""
    categories: Categories = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a WARC record lies: file name relative to the archive's `warc/`, byte offset, length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One HTTP answer exactly as it came.

    `body` has its content coding undone (what a reader sees); `raw` is the payload as transferred (still gzip, br, ...),
    without the chunked framing. `head` and `request` are the header blocks as sent on the wire, ending in a blank line;
    empty if the answer was not fetched by us. `via` are the redirects that led here, oldest first.
    `digest` is the SHA-256 of `body`. `tls` is version and cipher suite, as in `TLSv1.3 TLS_AES_256_GCM_SHA384`.
    `truncated` is empty, or why the body is not whole: `length`, `time`, `disconnect` (the words of WARC-Truncated),
    or `unspecified`: pages are not to be kept.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    captured_at: datetime
    digest: str
    raw: bytes = b""
    head: bytes = b""
    request: bytes = b""
    ip: str = ""
    tls: str = ""
    truncated: str = ""
    via: tuple["Capture", ...] = ()
    place: Place | None = None

    def header(self, name: str) -> str:
        """Return the last value of header `name` (any case), or the empty string."""
        wanted = name.lower()
        return next((value for key, value in reversed(self.headers) if key.lower() == wanted), "")

    @property
    def left_out(self) -> bool:
        """Whether the body was not kept, by the archive's settings."""
        return self.truncated == "unspecified" and not self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of an article. `width` and `height` in pixels, 0 if not known."""

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """What extraction cut out of one capture; no identity, no history.

    `html` is in our small vocabulary (see `tearsheet.html`), `text` the same words in the same order, blocks separated by
    blank lines. `how` says for each field where it came from, and for dates what was written and in which zone it was read.
    `recipe` names extractor version, rule, profile and origin (`page` or `feed`): only clippings of one recipe compare.
    `parts` are the addresses of the article's further pages that were joined to the first, in order, `missing` those that it
    names and this clipping lacks.
    `article_probability` is 0..1: is the page an article at all. `blocked` is empty or says why this is not the whole
    article: `paywall`, `challenge`, `error`, `empty`.
    """

    url: str
    title: str
    html: str
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    published_text: str = ""
    language: str = ""
    lead: Image | None = None
    images: tuple[Image, ...] = ()
    canonical: str = ""
    description: str = ""
    site_name: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    article_probability: float = 1.0
    blocked: str = ""
    how: Mapping[str, str] = field(default_factory=dict)
    recipe: str = ""
    parts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published piece, whatever became of its words.

    `id` is the short public id, made from the first canonical address; `seq` counts arrivals from 1. `gone` is empty, or
    `410`, `404`, `front page`. Title, authors, dates, lead and excerpt are those of the last good revision; of the lead it is
    the address alone, for its caption stands in the revision.
    `source` and `categories` are those of the first listing.
    `changed` grows whenever anything that a page shows of the article changes (words, dates, listings, pictures, gone, back);
    0 if it is not counted, and then a build compares bytes instead. `trouble` is what went wrong at the last look, if anything.
    """

    id: str
    seq: int
    url: str
    title: str
    first_seen: datetime
    last_seen: datetime
    revisions: int
    source: str = ""
    source_name: str = ""
    categories: Categories = ()
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    language: str = ""
    excerpt: str = ""
    lead: Image | None = None
    copy_of: str = ""
    gone_at: datetime | None = None
    gone: str = ""
    rejected: bool = False
    excerpt_only: bool = False
    edited_at: datetime | None = None
    changed: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where an article was listed: it may be by several sources."""

    article: str
    source: str
    guid: str
    categories: Categories
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One wording, kept for good. `number` counts from 1; `capture` is the digest of the capture it was cut from, and
    `seen_at` when that came.

    `kind` says how it differs from the one before: `first`, `text`, `title`, `byline`, `date`, `pictures`, `trivial`, or several
    joined by `+`.
    """

    article: str
    number: int
    seen_at: datetime
    clipping: Clipping
    digest: str
    capture: str
    kind: str = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An article as a post file says it. Every text is as a reader of the file sees it, not as its bytes escape it.

    `date` is text on purpose: the format holds three forms of it. `extra` are the further keys after `thumbnail`, in order.
    `layout` is `G3`, or `G0`, `G1`, `G2` for the older ones, which are read but never written.
    """

    title: str
    categories: Categories
    headimg: str
    author: str
    date: str
    thumbnail: str
    html: str
    comments: bool = False
    extra: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    layout: str = "G3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One line of the ledger. `subject` is the salted SHA-256 of the record it stands for, 32 bytes."""

    seq: int
    at: datetime
    event: str
    subject: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source, what its last visit said, and how many articles it has listed."""

    source: Source
    visit: Visit | None = None
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which articles are asked for; every field narrows. `since` and `until` are about `published` or else `first_seen`.

    `source` is a source's address; `categories` a path prefix; `order` is `newest`, `oldest` (by that same time),
    `arrival` (by `seq`), `edited` or `gone` (last edit or disappearance first); `after` and `before` are exclusive bounds on
    `seq`. `altered_since` and `altered_until` are about the last edit, or in the order `gone` about the disappearance.
    `in_trouble` asks for those whose last look went wrong, also those that never came; what is gone is in none.
    """

    source: str = ""
    categories: Categories = ()
    since: datetime | None = None
    until: datetime | None = None
    altered_since: datetime | None = None
    altered_until: datetime | None = None
    language: str = ""
    edited: bool | None = None
    gone: bool | None = None
    rejected: bool | None = False
    in_trouble: bool = False
    order: str = "newest"
    after: int = 0
    before: int = 0
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One search result. `snippet` is plain text; `marks` are (start, end) code point spans of it that matched."""

    article: Article
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far a long piece of work has come. `total` is 0 if it is not known yet; `note` names the thing in hand."""

    stage: str
    done: int = 0
    total: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What became of a picture's address. `web` and `thumb` are names under `media/`, empty if there is none (yet).

    `width` and `height` are those of the web copy, in pixels; `digest` is the original's.
    """

    url: str
    digest: str = ""
    media_type: str = ""
    web: str = ""
    thumb: str = ""
    width: int = 0
    height: int = 0
    thumb_width: int = 0
    thumb_height: int = 0
    trouble: str = ""
