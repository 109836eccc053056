"""A kept article as a post of sound mode."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping
from html import escape

from tearsheet import urls
from tearsheet.model import Article, Post, Revision, Source

from .body import with_local_pictures, with_source_link
from .levels import three_levels
from .texts import gmt_text, one_line

_MARKUP = str.maketrans("<>", "＜＞")

Extra = tuple[str, str | tuple[str, ...]]


def sound_post(
    article: Article, revision: Revision, source: Source, *, pictures: Mapping[str, str] | None = None
) -> Post:
    """Return the post of an article in the wording of `revision`, the last one as a rule.

    `pictures` maps the addresses of its pictures to those of their local copies; one that it does not name stays where it is.
    The date is that of publication, or else of first sight, which `date_source` then says. If the article or its source is
    open as an excerpt only, the body is that excerpt and the link to the source.
    """
    copies = pictures or {}
    name = one_line(source.name or article.source_name) or urls.host(article.url)
    section, publisher, channel = (
        level.translate(_MARKUP) for level in three_levels(article.categories, source_name=name)
    )
    lead = (article.lead or revision.clipping.lead) if not _excerpt_only(article, source) else None
    image = copies.get(lead.url, lead.url) if lead else ""
    return Post(
        title=one_line(article.title or revision.clipping.title),
        categories=(section, publisher, channel),
        headimg=image,
        author=publisher,
        date=gmt_text(article.published or article.first_seen),
        thumbnail=image,
        html=with_source_link(_body(article, revision, source, copies), article.url, name),
        extra=tuple((key, value) for key, value in _further(article, revision, source, name) if value),
    )


def _excerpt_only(article: Article, source: Source) -> bool:
    return article.excerpt_only or source.excerpt_only


def _body(article: Article, revision: Revision, source: Source, copies: Mapping[str, str]) -> str:
    if _excerpt_only(article, source) or not revision.clipping.html:
        return f"<p>{escape(article.excerpt, quote=False)}</p>" if article.excerpt else ""
    return with_local_pictures(revision.clipping.html, copies)


def _further(article: Article, revision: Revision, source: Source, name: str) -> Iterator[Extra]:
    """Yield the further keys in their order, some of them empty.

    Themes print tags and categories without escaping them (hexo 8.1.2, `list_categories.js`), and an excerpt is HTML to
    Hexo: both are outside text, so angle brackets become their fullwidth twins there, and references here. `published` would
    be Hexo's own switch for drafts and `source` its own path, hence the longer names.
    """
    clipping = revision.clipping
    zone = _zone(source.timezone) if article.published else None
    yield "id", article.id
    is_known = article.url.startswith(("http://", "https://"))  # of an imported post there may be no address
    yield "source_url", article.url if is_known else ""
    yield "guid", "" if is_known else article.url
    yield "source_name", name
    yield "authors", article.authors or clipping.authors
    yield "published_utc", _utc(article.published)
    yield "published_local", article.published.astimezone(zone).isoformat() if article.published and zone else ""
    yield "timezone", source.timezone if zone else ""
    yield "date_source", (clipping.how.get("published") or "the page") if article.published else "first seen"
    yield "first_seen", _utc(article.first_seen)
    yield "revision", str(revision.number)
    yield "edited_at", _utc(article.edited_at)
    yield "gone", article.gone
    yield "gone_at", _utc(article.gone_at)
    yield "language", article.language or clipping.language or source.language
    yield "excerpt", escape(article.excerpt, quote=False)
    yield "tags", tuple(tag.translate(_MARKUP) for tag in map(one_line, clipping.tags) if tag)
    yield "rights", f"© {name}"


def _utc(at: dt.datetime | None) -> str:
    return f"{at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z" if at else ""


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
