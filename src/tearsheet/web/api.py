"""The JSON API: articles and sources, paged by arrival, so that a page never shifts under its reader."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from tearsheet.errors import NotFound
from tearsheet.flow.site import searching
from tearsheet.flow.site.articles import article_view
from tearsheet.flow.site.desk import Desk
from tearsheet.model import Article, Query
from tearsheet.publish.site import paths

MAX_LIMIT = 200
USUAL_LIMIT = 50

Arguments = MultiDict[str, str]
Data = dict[str, Any]  # Any: JSON


class BadArgument(ValueError):
    """A query parameter that cannot be read; its text says which and why."""


def answer(desk: Desk, path: str, arguments: Arguments) -> Response | None:
    """Return the answer for `path` below `/api/`; None if there is nothing of that name."""
    name, _, rest = path.partition("/")
    make = _PLACES.get((name, bool(rest)))
    if make is None:
        return None
    try:
        data = make(desk, rest, arguments)
    except BadArgument as error:
        return as_json({"error": str(error)}, status=400)
    except NotFound:
        return as_json({"error": "no such thing"}, status=404)
    return as_json(data)


def as_json(data: Data, *, status: int = 200) -> Response:
    """Return `data` as a JSON answer."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Response(text.encode("utf-8", "replace"), status, content_type="application/json; charset=utf-8")


def _articles(desk: Desk, rest: str, arguments: Arguments) -> Data:
    limit = _number(arguments, "limit", USUAL_LIMIT, most=MAX_LIMIT)
    query = Query(
        source=arguments.get("source", ""),
        categories=tuple(part for part in arguments.get("path", "").split("/") if part),
        since=_instant(arguments, "since"),
        until=_instant(arguments, "until"),
        language=arguments.get("language", ""),
        edited=_flag(arguments, "edited"),
        gone=_flag(arguments, "gone"),
        after=_number(arguments, "after", 0, most=10**12),
        order="arrival",
        limit=limit,
    )
    found = desk.archive.articles(query)
    data: Data = {"articles": [row(desk, article) for article in found]}
    if len(found) == limit:
        kept = {key: value for key, value in arguments.items(multi=False) if key != "after"}
        data["next"] = f"{desk.masthead.top}api/articles?{urlencode({**kept, 'after': found[-1].seq})}"
    return data


def _article(desk: Desk, rest: str, arguments: Arguments) -> Data:
    article = desk.archive.article(rest)
    if article.rejected:
        raise NotFound(rest)
    view = article_view(desk, article)
    return {
        **row(desk, article),
        "html": view.html,
        "excerpt_only": view.excerpt_only,
        "digest": view.evidence.digest,
        "capture": view.evidence.capture,
        "wordings": [
            {
                "number": step.number,
                "seen_at": _iso(step.seen_at),
                "kind": step.kind,
                "digest": step.digest,
                "silent": step.silent,
            }
            for step in view.history
        ],
    }


def row(desk: Desk, article: Article) -> Data:
    """Return an article as a row of the API."""
    return {
        "id": article.id,
        "seq": article.seq,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "source_name": article.source_name,
        "categories": list(article.categories),
        "authors": list(article.authors),
        "published": _iso(article.published),
        "first_seen": _iso(article.first_seen),
        "language": article.language,
        "excerpt": article.excerpt,
        "revisions": article.revisions,
        "edited": _iso(article.edited_at),
        "gone": article.gone,
        "gone_at": _iso(article.gone_at),
        "page": desk.masthead.top + paths.quoted(paths.article(article.id)),
    }


def _search(desk: Desk, rest: str, arguments: Arguments) -> Data:
    question = searching.question_of(desk, arguments.get("q", "")[:400])
    if question.odd:
        raise BadArgument(f"q: cannot be read: {', '.join(question.odd)}")
    if not question.words:
        raise BadArgument("q: what to search for")
    limit = _number(arguments, "limit", 20, most=MAX_LIMIT)
    total, hits = desk.archive.search(question.words, _limited(question.query, limit, arguments))
    return {
        "total": total,
        "hits": [
            {"article": row(desk, hit.article), "snippet": hit.snippet, "marks": [list(mark) for mark in hit.marks]}
            for hit in hits
        ],
    }


def _limited(query: Query, limit: int, arguments: Arguments) -> Query:
    return replace(query, limit=limit, offset=_number(arguments, "offset", 0, most=10_000))


def _sources(desk: Desk, rest: str, arguments: Arguments) -> Data:
    rows = []
    for url, state in desk.counted.states.items():
        visit = state.visit
        rows.append(
            {
                "url": url,
                "kind": state.source.kind,
                "name": state.source.name,
                "categories": list(state.source.categories),
                "language": state.source.language,
                "articles": state.articles,
                "paused": state.source.paused,
                "visited": _iso(visit.at if visit else None),
                "trouble": visit.trouble if visit else "",
                "page": desk.masthead.top + paths.quoted(paths.source(url)),
            }
        )
    return {"sources": rows}


def _stats(desk: Desk, rest: str, arguments: Arguments) -> Data:
    return dict(desk.archive.stats())


_PLACES: dict[tuple[str, bool], Callable[[Desk, str, Arguments], Data]] = {
    ("articles", False): _articles,
    ("articles", True): _article,
    ("search", False): _search,
    ("sources", False): _sources,
    ("stats", False): _stats,
}

ADMIN_ONLY = frozenset({"stats"})
"""What tells of the machine and not of the archive."""


def _number(arguments: Arguments, name: str, default: int, *, most: int) -> int:
    text = arguments.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 15 or not int(text) <= most:
        raise BadArgument(f"{name}: a whole number from 0 to {most}")
    return int(text) or default


def _flag(arguments: Arguments, name: str) -> bool | None:
    text = arguments.get(name, "")
    if text not in ("", "yes", "no"):
        raise BadArgument(f"{name}: yes or no")
    return {"": None, "yes": True, "no": False}[text]


def _instant(arguments: Arguments, name: str) -> datetime | None:
    text = arguments.get(name, "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BadArgument(f"{name}: a date or an instant, like 2026-11-22 or 2026-11-22T08:00:00Z") from error


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
