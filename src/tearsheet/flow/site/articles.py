"""Articles, their edit histories, and their entries in feeds, gathered from the archive."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from tearsheet import html, terms
from tearsheet.errors import NoSuchRevision, NotFound
from tearsheet.flow.site.desk import CaptureSeen, Desk, shortened
from tearsheet.model import Article, Clipping, Query, Revision
from tearsheet.publish.feeds import FeedEntry
from tearsheet.publish.site import paths, render, wordings
from tearsheet.publish.site.views import ArticleView, Card, EditsView, Evidence, Incident, Link, Pic, Piece, Wording

MAX_PICTURE_LEAD = 320
"""A lead picture narrower than this stands in the text or not at all, not above it."""


def article_view(desk: Desk, article: Article) -> ArticleView:
    """Return the page of `article`.

    Raises:
        NoSuchRevision: nothing of it was ever kept.
    """
    revisions = _revisions(desk, article)
    captures = desk.archive.captures(article.id)
    history = wordings.history(revisions, captures)
    clipping = revisions[-1].clipping
    excerpt_only = desk.excerpt_only(article)
    pics = desk.pics([*clipping.images, *([clipping.lead] if clipping.lead else [])])
    return ArticleView(
        card=_card(desk, article, clipping, history),
        html=_excerpt(article) if excerpt_only else _body(clipping),
        evidence=_evidence(desk, article, revisions, captures),
        history=history,
        incidents=_incidents(desk, article, captures),
        description=shortened(clipping.description or article.excerpt, 300),
        published=clipping.published,
        published_how=_how(clipping),
        modified=clipping.modified,
        pictures=pics,
        lead=_lead(clipping, pics),
        blocked=clipping.blocked,
        excerpt_only=excerpt_only,
        listed_in=_listed_in(desk, article),
        same_copy=_same_copy(desk, article),
        older=neighbour(desk, article, newer=False),
        newer=neighbour(desk, article, newer=True),
    )


def edits_view(desk: Desk, article: Article) -> EditsView:
    """Return the edit history of `article`.

    Raises:
        NoSuchRevision: nothing of it was ever kept.
    """
    revisions = _revisions(desk, article)
    captures = desk.archive.captures(article.id)
    history = wordings.history(revisions, captures)
    excerpt_only = desk.excerpt_only(article)
    return EditsView(
        card=_card(desk, article, revisions[-1].clipping, history),
        history=history,
        comparisons=wordings.comparisons(revisions, history, titles_only=excerpt_only),
        checked=desk.day_of(article.last_seen),
        incidents=_incidents(desk, article, captures),
        published=revisions[-1].clipping.published,
        excerpt_only=excerpt_only,
    )


def _incidents(desk: Desk, article: Article, captures: Sequence[CaptureSeen]) -> tuple[Incident, ...]:
    found = wordings.incidents(captures, desk.archive.moves(article.id))
    # That it is gone now stands at the end of its history.
    return found[:-1] if article.gone and found and found[-1].kind == "gone" else found


def neighbour(desk: Desk, article: Article, *, newer: bool) -> Card | None:
    """Return the article of the same source that arrived after `article` (or before it), or None."""
    arrived = desk.counted.arrivals(Query(source=article.source))
    at = bisect_right(arrived, article.seq) if newer else bisect_left(arrived, article.seq) - 1
    found = desk.archive.by_seqs(arrived[at : at + 1]) if at >= 0 else []
    return desk.card(found[0]) if found else None


def feed_entry(desk: Desk, article: Article) -> FeedEntry:
    """Return `article` as an entry of a feed: whole, or an excerpt if no more is published."""
    card = desk.card(article)
    content = ""
    revisions = desk.revisions(article)
    if revisions and not desk.excerpt_only(article):
        content = _feed_body(desk, revisions[-1].clipping)
    return FeedEntry(
        key=article.url,
        title=article.title or desk.words("untitled"),
        folder=card.folder,
        original=render.outside(article.url),
        updated=article.edited_at or article.first_seen,
        published=article.published or article.first_seen,
        authors=article.authors,
        source=card.source.label if card.source else "",
        categories=article.categories,
        language=card.language,
        summary=card.deck,
        content=content,
    )


def change_entry(desk: Desk, article: Article, *, gone: bool) -> FeedEntry | None:
    """Return the last edit of `article`, or its disappearance, as an entry of a feed; None if it had only typography changed."""
    change = desk.disappearance(article) if gone else desk.alteration(article)
    if change is None:
        return None
    own = desk.words
    card = change.card
    source = card.source.label if card.source else ""
    if gone:
        what = own("answers", card.gone) if card.gone.isdigit() else own("to_front")
    else:
        kinds = [own(f"kind_{part}") for part in change.kind.split("+") if own.has(f"kind_{part}")]
        what = own("list_comma").join(kinds) + own("comma") + own("no_notice" if change.silent else "noticed")
    return FeedEntry(
        key=f"{article.url}#{change.kind if gone else change.number}@{change.at.isoformat()}",
        title=own("feed_changed", article.title)
        if not gone
        else f"{own('gone_from_web')}{own('colon')}{article.title}",
        folder=card.folder if gone else paths.edits_of(article.id),
        original=render.outside(article.url),
        updated=change.at,
        published=change.at,
        source=source,
        categories=article.categories,
        language=card.language,
        summary=f"{source}{own('comma')}{what}" if source else what,
        content=_marked(change.title) if change.title else "",
    )


def _marked(pieces: Sequence[Piece]) -> str:
    # Feed readers know no ins and del; our vocabulary has s and em.
    tags = {"-": "s", "+": "em"}
    texts = (
        f"<{tags[piece.op]}>{html.escape(piece.text)}</{tags[piece.op]}>"
        if piece.op in tags
        else html.escape(piece.text)
        for piece in pieces
    )
    return f"<p>{''.join(texts)}</p>"


def _revisions(desk: Desk, article: Article) -> list[Revision]:
    revisions = desk.revisions(article)
    if not revisions:
        raise NoSuchRevision(article.url, "no wording of it was kept")
    return revisions


def _card(desk: Desk, article: Article, clipping: Clipping, history: Sequence[Wording]) -> Card:
    silent = history[-1].silent if len(history) > 1 else None
    return replace(desk.card(article), deck=_standfirst(clipping), silent=silent)


def _standfirst(clipping: Clipping) -> str:
    """Return the description of an article unless its text begins with the same words."""
    words = terms.letters(clipping.description)
    start = terms.letters(clipping.text[: 4 * len(clipping.description) + 400])
    return "" if not words or words[:60] in start else shortened(clipping.description, 300)


def _excerpt(article: Article) -> str:
    return f"<p>{html.escape(article.excerpt)}</p>" if article.excerpt else ""


def _body(clipping: Clipping) -> str:
    if clipping.html.strip():
        return clipping.html
    return "".join(f"<p>{html.escape(part)}</p>" for part in clipping.text.split("\n\n") if part.strip())


def _feed_body(desk: Desk, clipping: Clipping) -> str:
    """Return the text with its pictures at our own absolute addresses; without pictures if the site's is not known."""
    pics = desk.pics(clipping.images) if desk.masthead.url else {}
    words_ = desk.words
    shown = render.text_markup(_body(clipping), shown=pics, root=desk.masthead.url, words_=words_)
    return html.sanitised(str(shown))


def _lead(clipping: Clipping, pics: dict[str, Pic]) -> Pic | None:
    pic = pics.get(clipping.lead.url) if clipping.lead else None
    if pic is None or pic.width < MAX_PICTURE_LEAD:
        return None
    in_text = next((image for image in clipping.images if clipping.lead and image.url == clipping.lead.url), None)
    caption = pic.caption or (in_text.caption if in_text else "")
    credit = pic.credit or (in_text.credit if in_text else "")
    return Pic(src=pic.src, width=pic.width, height=pic.height, alt=pic.alt, caption=caption, credit=credit)


def _how(clipping: Clipping) -> str:
    how, written = clipping.how.get("published", ""), clipping.published_text
    return shortened(how if written in how else f"{how}: {written}" if how else written, 160)


def _evidence(desk: Desk, article: Article, revisions: Sequence[Revision], captures: Sequence[CaptureSeen]) -> Evidence:
    last = revisions[-1]
    row = next((capture for capture in captures if capture.digest == last.capture), None)
    return Evidence(
        original=article.url,
        first_seen=article.first_seen,
        captured_at=row.at if row else last.seen_at,
        checked=desk.day_of(article.last_seen),
        number=last.number,
        total=len(revisions),
        digest=last.digest,
        capture=last.capture,
        place=row.place if row else None,
        raw=desk.raw(last.capture) if desk.raw and row else "",
    )


def _listed_in(desk: Desk, article: Article) -> tuple[tuple[Link, tuple[Link, ...]], ...]:
    listings = desk.archive.listings(article.id)
    if len(listings) < 2:
        return ()
    return tuple((desk.source_link(listing.source), desk.path_links(listing.categories)) for listing in listings)


def _same_copy(desk: Desk, article: Article) -> tuple[Card, ...]:
    if not article.copy_of:
        return ()
    try:
        return (desk.card(desk.archive.article(article.copy_of)),)
    except NotFound:
        return ()
