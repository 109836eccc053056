"""What machines read in a page: JSON-LD and OpenGraph. Values only; `render` writes them."""

from datetime import datetime
from typing import Any

from tearsheet.publish.site import paths
from tearsheet.publish.site.views import ArticleView, Link, Masthead

Data = dict[str, Any]  # Any: JSON


def news_article(masthead: Masthead, view: ArticleView) -> Data:
    """Return the schema.org NewsArticle of an article. Empty fields are left out."""
    card = view.card
    url = _absolute(masthead, card.folder)
    picture = _absolute(masthead, view.lead.src) if view.lead else ""
    data: Data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": card.title[:110],
        "inLanguage": card.language,
        "datePublished": _iso(view.published),
        "dateModified": _iso(view.modified or view.published),
        "author": [{"@type": "Person", "name": name} for name in card.authors],
        "publisher": {"@type": "Organization", "name": card.source.label} if card.source else None,
        "image": [picture] if picture else None,
        "url": url,
        "mainEntityOfPage": url,
        "isBasedOn": view.evidence.original,
        "archivedAt": url,
        "isAccessibleForFree": not view.excerpt_only,
    }
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def breadcrumbs(masthead: Masthead, path: tuple[Link, ...], last: str) -> tuple[Data, ...]:
    """Return the schema.org BreadcrumbList of a page, its category path and then itself; none without addresses for its steps."""
    if not masthead.url:
        return ()
    steps = [{"name": link.label, "item": _absolute(masthead, link.folder)} for link in path] + [{"name": last}]
    items = [{"@type": "ListItem", "position": place, **step} for place, step in enumerate(steps, start=1)]
    return ({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items},)


def open_graph(masthead: Masthead, view: ArticleView) -> tuple[tuple[str, str], ...]:
    """Return the OpenGraph properties of an article, by name; addresses only if the site knows where it stands."""
    card = view.card
    picture = _absolute(masthead, view.lead.src) if view.lead else ""
    rows = [
        ("og:type", "article"),
        ("og:title", card.title),
        ("og:description", view.description),
        ("og:site_name", masthead.title),
        ("og:locale", card.language.replace("-", "_") if "-" in card.language else ""),
        ("og:url", _absolute(masthead, card.folder)),
        ("og:image", picture),
        ("og:image:alt", view.lead.alt if view.lead and picture else ""),
        ("twitter:card", "summary_large_image" if picture else ""),
        ("article:published_time", _iso(view.published)),
        ("article:modified_time", _iso(view.modified)),
        ("article:section", card.path[-1].label if card.path else ""),
    ]
    return tuple((name, text) for name, text in rows if text)


def _absolute(masthead: Masthead, path: str) -> str:
    return masthead.url + paths.quoted(path) if masthead.url else ""


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
