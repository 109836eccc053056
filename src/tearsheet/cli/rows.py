"""The JSON shapes that scripts may rely on: keys in a fixed order, times as `2026-11-22T14:05:00Z` or null.

Each shape is a literal table of key and meaning, which is also what `docs/commands.md` prints; the function under it
fills it. A key is added at the end of its table, never renamed or removed without a line in the changelog.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tearsheet.model import Article, Clipping, Hit, Image, Listing, Revision, SourceState

if TYPE_CHECKING:
    from tearsheet.extraction import Verdict
    from tearsheet.flow.build import BuildReport
    from tearsheet.flow.follow import Followed
    from tearsheet.flow.update import UpdateReport
    from tearsheet.revise import Change
    from tearsheet.store.people import Account, Token

Shape = tuple[tuple[str, str], ...]
Row = dict[str, object]

ARTICLE: Shape = (
    ("id", "short public id"),
    ("url", "first canonical address"),
    ("title", "title of the last good wording"),
    ("published", "when the publisher says it was published, or null"),
    ("source", "address of the source that listed it first"),
    ("source_name", "that source's name"),
    ("categories", "category path, outermost first"),
    ("authors", "bylines"),
    ("language", "language tag of the text, or empty"),
    ("first_seen", "when this archive saw it first"),
    ("last_seen", "when a source listed it, or its page was seen, last"),
    ("revisions", "how many wordings are kept"),
    ("edited", "when the last edit was seen, or null"),
    ("gone", "empty, or why it is gone from the web: `410`, `404`, `front page`"),
    ("gone_at", "since when, or null"),
    ("rejected", "true if it was judged to be no article"),
    ("copy_of", "id of the article that this is a copy of, or empty"),
    ("trouble", "what went wrong when it was looked at last, or empty"),
    ("lead", "the lead image (see there), or null"),
    ("excerpt", "the first words"),
)

IMAGE: Shape = (
    ("url", "address of the picture"),
    ("caption", "caption"),
    ("credit", "who made it"),
    ("alt", "text for those who cannot see it"),
    ("width", "pixels, 0 if not known"),
    ("height", "pixels, 0 if not known"),
)

CLIPPING: Shape = (
    ("url", "address of the page"),
    ("title", "title"),
    ("authors", "bylines"),
    ("published", "instant, or null"),
    ("modified", "instant, or null"),
    ("published_text", "the date as it is written in the page"),
    ("language", "language tag, or empty"),
    ("canonical", "the address the page calls its own"),
    ("site_name", "what the site calls itself"),
    ("section", "section"),
    ("tags", "tags"),
    ("description", "standfirst or description"),
    ("lead", "the lead image, or null"),
    ("images", "all pictures, in order"),
    ("html", "the body in our small vocabulary"),
    ("text", "the same words, blocks separated by blank lines"),
    ("article_probability", "0 to 1: is the page an article at all"),
    ("blocked", "empty, or why this is not the whole article: `paywall`, `challenge`, `error`, `empty`"),
    ("how", "field -> where it came from"),
    ("recipe", "extractor, rule, profile and origin"),
    ("parts", "addresses of the article's further pages that were joined to the first"),
    ("missing", "addresses of further pages that this clipping lacks"),
)

BLOCK: Shape = (
    ("kept", "true if it is part of the article"),
    ("score", "0 to 1: how likely it is part of the article, or null if it was not judged by itself"),
    ("tag", "the element it stands in"),
    ("text", "its words"),
    ("why", "what weighed most in its score, or what decided instead"),
)

REVISION: Shape = (
    ("number", "1 for the first wording"),
    ("seen_at", "when it was captured"),
    ("kind", "how it differs from the one before: `first`, `text`, `title`, `byline`, `date`, `pictures`, `trivial`"),
    ("digest", "digest of the wording"),
    ("capture", "digest of the capture it was cut from"),
    ("clipping", "the wording (see there)"),
)

LISTING: Shape = (
    ("source", "address of the source"),
    ("guid", "how the source names the item"),
    ("categories", "category path"),
    ("first_seen", "when the source listed it first"),
    ("last_seen", "when the source listed it last"),
)

SOURCE_KEYS: Shape = (
    ("url", "address, which identifies the source"),
    ("kind", "`feed`, `sitemap`, `front`, `rsshub`, `site` or `urls`"),
    ("name", "name"),
    ("categories", "category path, outermost first"),
    ("language", "language tag, or empty"),
    ("timezone", "zone of times written without one, or empty"),
    ("homepage", "address of the site"),
    ("paused", "true if it is not visited"),
    ("excerpt_only", "true if its articles are published as excerpts only"),
)

SOURCE: Shape = (
    *SOURCE_KEYS,
    ("articles", "how many articles it has listed"),
    ("visited", "when we looked last, or null"),
    ("next_visit", "when we look next, or null"),
    ("listed", "how many entries it listed the last time"),
    ("trouble", "what was wrong the last time, or empty"),
    ("failures", "how many visits in a row went wrong"),
)

FOLLOWED: Shape = (
    *SOURCE_KEYS,
    ("how", "how it was found"),
    ("known", "true if it was followed before"),
)

UPDATE: Shape = (
    ("sources", "sources visited"),
    ("listed", "entries they listed"),
    ("new", "articles not seen before"),
    ("kept", "articles of which a first wording was kept"),
    ("edits", "edits seen"),
    ("gone", "articles that vanished from the web"),
    ("returned", "articles that came back"),
    ("rejected", "pages judged to be no article"),
    ("pictures", "pictures kept"),
    ("waiting", "articles that are due and were not fetched: more than `--limit`, or it was interrupted"),
    ("failures", "cause -> how many addresses failed for it"),
    ("troubles", "array of `thing` and `message`: what went wrong, named; a thousand at most"),
    ("untold", "how many more there were"),
    ("seconds", "how long it took"),
)

BUILD: Shape = (
    ("pages", "pages the site has now"),
    ("rendered", "pages, feeds and other files that were made again"),
    ("written", "files that differ from before and were written"),
    ("removed", "files removed"),
    ("media", "pictures copied"),
    ("troubles", "articles whose page could not be made, as texts"),
    ("posts", "posts written"),
)

VERIFY: Shape = (
    ("captures", "captures read back and compared"),
    ("revisions", "wordings derived anew"),
    ("pictures", "picture files compared"),
    ("leaves", "leaves of the ledger checked"),
    (
        "removed",
        "how many of them no longer tell what they stand for: it was removed by notice, or lost with its page of the journal",
    ),
    ("unsealed", "leaves that no checkpoint covers yet"),
    ("stamps", "time stamps of checkpoints checked"),
    ("problems", "array of `thing` and `problem`: what is not as it was"),
)

STATS: Shape = (
    ("articles", "articles kept"),
    ("rejected", "pages that were judged to be no article"),
    ("revisions", "wordings kept"),
    ("gone", "articles that have vanished from the web"),
    ("edited", "articles that were edited after they were first seen"),
    ("waiting", "articles that are listed and not fetched yet"),
    ("due", "articles whose page is to be looked at now"),
    ("today", "articles that were seen first in the last 24 hours"),
    ("sources", "sources followed"),
    ("sources_in_trouble", "sources whose last visit went wrong"),
    ("captures", "captures kept"),
    ("pictures", "pictures kept"),
    ("picture_bytes", "bytes of their web copies"),
    ("pictures_waiting", "pictures that are not fetched yet"),
    ("leaves", "leaves of the ledger"),
    ("bytes_catalog", "`tearsheet.db` with its log"),
    ("bytes_warc", "`warc/`"),
    ("bytes_media", "`media/`"),
    ("bytes_ledger", "`ledger/`"),
    ("bytes_index", "`index/`"),
    ("bytes_site", "`site/`"),
    ("bytes_posts", "`posts/`"),
    ("bytes_other", "all else in the archive's folder: settings, keys, former catalogs"),
)

REBUILT: Shape = (
    ("pages", "pages of the journal that were read"),
    ("articles", "articles that came back"),
    ("revisions", "wordings that came back"),
    ("captures", "captures that came back"),
    ("leaves", "leaves of the ledger that came back"),
    ("pictures", "pictures that came back"),
    ("developed", "how many of them had to be made anew from their captures"),
    ("accounts", "accounts taken from the old catalog"),
    ("tiles", "files of the ledger that were missing or changed, and made anew"),
    ("lost", "leaves of which nobody can tell any more what they stand for"),
    ("problems", "array of `thing` and `problem`: what could not be brought back"),
)

MIGRATED: Shape = (
    ("before", "the schema before"),
    ("now", "the schema now"),
    ("ran", "names of the migrations, in order"),
    ("copy", "name of the copy of the catalog as it was, or empty"),
    ("pages", "pages of the journal that were written because there was none"),
)

COUNTED: Shape = (
    ("group", "the day, month, year, address of the source, category path (`A/B`) or language"),
    ("articles", "articles of it"),
    ("edited", "how many of them were edited after they were first seen"),
    ("gone", "how many of them have vanished from the web"),
)

EXPORTED: Shape = (
    ("out", "the file or folder that was written"),
    ("count", "posts, sources, articles or records in it"),
)

BACKUP: Shape = (
    ("copied", "files copied"),
    ("same", "files that were there already"),
    ("removed", "files removed from the copy"),
    ("bytes", "bytes copied"),
)

IMPORTED: Shape = (
    ("read", "files or records read"),
    ("articles", "articles that came in"),
    ("edits", "wordings that came in for articles that were there"),
    ("known", "articles that were here already"),
    ("passed_over", "what holds no article, or one that was removed by notice"),
    ("troubles", "array of `thing` and `message`: what could not be read"),
)

ACCOUNT: Shape = (
    ("name", "the name to sign in with"),
    ("admin", "true if it may hold tokens that change things"),
    ("created_at", "since when"),
)

TOKEN: Shape = (
    ("id", "the token's public id"),
    ("account", "in whose name it asks"),
    ("scope", "`read` or `admin`"),
    ("label", "what it is for"),
    ("created_at", "since when"),
    ("used_at", "when it was used last, or null"),
)

REMOVED: Shape = (
    ("articles", "articles removed"),
    ("captures", "captures erased"),
    ("pictures", "pictures erased"),
    ("bytes", "bytes freed"),
    ("kept_as_proof", "what stays, as texts"),
)

EDIT: Shape = (
    ("article", "id of the article"),
    ("url", "its address"),
    ("from", "number of the older wording"),
    ("to", "number of the newer one"),
    ("from_seen", "when the older one was captured last before the newer"),
    ("to_seen", "when the newer one was captured first: the edit lies between the two"),
    ("kind", "what differs, as in a wording"),
    ("title", "changes of the title, in order (see there)"),
    ("authors", "changes of the bylines"),
    ("text", "changes of the text"),
)

CHANGE: Shape = (
    ("op", "`=` in both, `-` only in the older, `+` only in the newer wording"),
    ("text", "the stretch of text"),
)

HIT: Shape = (
    ("article", "the article (see there)"),
    ("snippet", "a piece of its text"),
    ("marks", "pairs of start and end, in code points: what matched in the snippet"),
)


def stamp(at: datetime | None) -> str | None:
    """Return an instant as JSON says it, in UTC and whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def article_row(article: Article) -> Row:
    """Return the ARTICLE shape."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "published": stamp(article.published),
        "source": article.source,
        "source_name": article.source_name,
        "categories": article.categories,
        "authors": article.authors,
        "language": article.language,
        "first_seen": stamp(article.first_seen),
        "last_seen": stamp(article.last_seen),
        "revisions": article.revisions,
        "edited": stamp(article.edited_at),
        "gone": article.gone,
        "gone_at": stamp(article.gone_at),
        "rejected": article.rejected,
        "copy_of": article.copy_of,
        "trouble": article.trouble,
        "lead": image_row(article.lead),
        "excerpt": article.excerpt,
    }


def image_row(image: Image | None) -> Row | None:
    """Return the IMAGE shape, or None for no image."""
    return {key: getattr(image, key) for key, _ in IMAGE} if image else None


def clipping_row(clipping: Clipping) -> Row:
    """Return the CLIPPING shape."""
    row: Row = {key: getattr(clipping, key) for key, _ in CLIPPING}
    row["published"] = stamp(clipping.published)
    row["modified"] = stamp(clipping.modified)
    row["lead"] = image_row(clipping.lead)
    row["images"] = [image_row(image) for image in clipping.images]
    row["how"] = dict(sorted(clipping.how.items()))
    return row


def block_row(block: "Verdict") -> Row:
    """Return the BLOCK shape."""
    return {key: getattr(block, key) for key, _ in BLOCK}


def revision_row(revision: Revision) -> Row:
    """Return the REVISION shape."""
    return _revision(revision) | {"clipping": clipping_row(revision.clipping)}


def _revision(revision: Revision) -> Row:
    return {
        "number": revision.number,
        "seen_at": stamp(revision.seen_at),
        "kind": revision.kind,
        "digest": revision.digest,
        "capture": revision.capture,
    }


def listing_row(listing: Listing) -> Row:
    """Return the LISTING shape."""
    return {
        "source": listing.source,
        "guid": listing.guid,
        "categories": listing.categories,
        "first_seen": stamp(listing.first_seen),
        "last_seen": stamp(listing.last_seen),
    }


def source_row(state: SourceState) -> Row:
    """Return the SOURCE shape."""
    row: Row = {key: getattr(state.source, key) for key, _ in SOURCE_KEYS}
    visit = state.visit
    row["articles"] = state.articles
    row["visited"] = stamp(visit.at) if visit else None
    row["next_visit"] = stamp(visit.next_at) if visit else None
    row["listed"] = visit.listed if visit else 0
    row["trouble"] = visit.trouble if visit else ""
    row["failures"] = visit.failures if visit else 0
    return row


def hit_row(hit: Hit) -> Row:
    """Return the HIT shape."""
    return {"article": article_row(hit.article), "snippet": hit.snippet, "marks": hit.marks}


def article_with_history(article: Article, revisions: Sequence[Revision], listings: Sequence[Listing]) -> Row:
    """Return the ARTICLE shape with two more keys, `listings` and `wordings`."""
    row = article_row(article)
    row["listings"] = [listing_row(listing) for listing in listings]
    row["wordings"] = [revision_row(revision) for revision in revisions]
    return row


def article_with_wordings(article: Article, revisions: Sequence[Revision]) -> Row:
    """Return the ARTICLE shape with two more keys: `clipping`, the last wording's, and `wordings`, without theirs."""
    row = article_row(article)
    row["clipping"] = clipping_row(revisions[-1].clipping) if revisions else None
    row["wordings"] = [_revision(revision) for revision in revisions]
    return row


def followed_row(followed: "Followed") -> Row:
    """Return the FOLLOWED shape."""
    source = followed.source
    return {key: getattr(source, key) for key, _ in SOURCE_KEYS} | {"how": followed.how, "known": followed.known}


def report_row(report: object, shape: Shape) -> Row:
    """Return the fields of `report` that `shape` names; of its troubles or problems, which are pairs, an object each."""
    row: Row = {key: getattr(report, key) for key, _ in shape}
    for key, says in (("troubles", "message"), ("problems", "problem")):
        if key in row:
            row[key] = [{"thing": thing, says: said} for thing, said in getattr(report, key)]
    return row


def update_row(report: "UpdateReport") -> Row:
    """Return the UPDATE shape."""
    row = report_row(report, UPDATE)
    row["failures"] = dict(sorted(report.failures.items()))
    row["seconds"] = round(report.seconds, 3)
    return row


def edit_row(
    article: Article,
    wordings: tuple[Revision, Revision],
    *,
    last_seen: datetime,
    kind: str,
    changes: Mapping[str, "Sequence[Change]"],
) -> Row:
    """Return the EDIT shape. `changes` has the keys `title`, `authors` and `text`."""
    old, new = wordings
    row: Row = {
        "article": article.id,
        "url": article.url,
        "from": old.number,
        "to": new.number,
        "from_seen": stamp(last_seen),
        "to_seen": stamp(new.seen_at),
        "kind": kind,
    }
    for key in ("title", "authors", "text"):
        row[key] = [{"op": change.op, "text": change.text} for change in changes[key]]
    return row


def build_row(report: "BuildReport", *, posts: int) -> Row:
    """Return the BUILD shape."""
    return {key: getattr(report, key) for key, _ in BUILD[:-1]} | {"posts": posts}


def account_row(account: "Account") -> Row:
    """Return the ACCOUNT shape."""
    return {"name": account.name, "admin": account.admin, "created_at": stamp(account.created_at)}


def token_row(token: "Token") -> Row:
    """Return the TOKEN shape."""
    row: Row = {key: getattr(token, key) for key, _ in TOKEN}
    row["created_at"] = stamp(token.created_at)
    row["used_at"] = stamp(token.used_at)
    return row
