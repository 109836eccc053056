"""A post file as something that can be archived: what its entry and its clipping would have been."""

from datetime import datetime
from html import unescape

from tearsheet import dates, html
from tearsheet.model import LANGUAGE, Clipping, Entry, Image, Post

from .body import as_published, extra_text, extra_texts, without_proxy
from .levels import three_levels
from .names import post_path
from .texts import is_wall_text, one_line, sound_address

RECIPE = "post"


def entry_of(post: Post) -> Entry:
    """Return the entry a source would have listed for this post.

    Posts of compat mode hold no address of their article: then `url` is empty, and `guid` names the path the format gives to
    the post, which is its identity there. A post of sound mode made from such a one says that identity itself.
    """
    clipping = clipping_of(post)
    return Entry(
        url=clipping.url,
        guid=extra_text(post, "guid") or extra_text(post, "id") or f"post:{post_path(post, 'compat')}",
        title=clipping.title,
        authors=clipping.authors,
        published=clipping.published,
        published_text=clipping.published_text,
        content=clipping.html,
        categories=three_levels(post.categories, source_name=post.author),
        tags=clipping.tags,
        language=clipping.language,
    )


def clipping_of(post: Post) -> Clipping:
    """Return what this post keeps of an article, cleaned.

    A wall clock tells when the post was written, so it is no publication date. A post that calls its time GMT without naming
    the true instant may mean a local clock; `how` says so.
    """
    address, language = extra_text(post, "source_url"), extra_text(post, "language")
    if not address.startswith(("http://", "https://")):
        address = ""
    body, sources = as_published(without_proxy(post.html))
    markup = html.clean(body, address)
    published, how = _published(post)
    image = sound_address(post.headimg or post.thumbnail)
    lead = sources.get(image, image)
    section, publisher, channel = three_levels(post.categories, source_name=post.author)
    return Clipping(
        url=address,
        title=one_line(post.title),
        html=markup,
        text=html.text_of(markup),
        authors=extra_texts(post, "authors"),
        published=published,
        published_text=post.date,
        language=language if LANGUAGE.fullmatch(language) else "",
        lead=Image(url=lead) if lead.startswith(("http://", "https://")) else None,
        images=_images(markup),
        canonical=address,
        description=unescape(extra_text(post, "excerpt")),
        site_name=extra_text(post, "source_name") or publisher,
        section=channel or section,
        tags=extra_texts(post, "tags"),
        how={"title": "post", "html": "post", **({"published": how} if how else {})},
        recipe=RECIPE,
    )


def _published(post: Post) -> tuple[datetime | None, str]:
    if instant := extra_text(post, "published_utc"):
        reading = dates.read(instant)
        return (reading.at, "post: published_utc") if reading else (None, f"post: {instant!r} is no time")
    if extra_text(post, "date_source") == "first seen":
        return None, "post: its date is that of first sight"
    if is_wall_text(post.date):
        return None, "post: its date is that of writing"
    reading = dates.read(post.date, zone="UTC")
    if reading is None:
        return None, f"post: {post.date!r} is no date"
    return reading.at, "post: date, called GMT; may be a local clock"


def _images(markup: str) -> tuple[Image, ...]:
    """Return the pictures of a clean body, in order, each address once."""
    found: dict[str, Image] = {}
    for node in html.parse(markup).css("img[src]"):
        given = node.attributes
        url = given.get("src") or ""
        figure = node.parent
        caption = figure.css_first("figcaption") if figure is not None and figure.tag == "figure" else None
        words = " ".join(caption.text().split()) if caption is not None else ""
        sizes = (int(text) if text.isdecimal() else 0 for text in (given.get("width") or "", given.get("height") or ""))
        found.setdefault(
            url, Image(url=url, caption=words, alt=given.get("alt") or "", width=next(sizes), height=next(sizes))
        )
    return tuple(found.values())
