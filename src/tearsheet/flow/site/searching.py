"""The search page: a question with fields, read and answered."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from tearsheet.errors import TearsheetError
from tearsheet.flow.site.desk import Desk
from tearsheet.model import Hit, Query
from tearsheet.publish.site.views import Facet, Found, SearchView

PER_PAGE = 20
_MAX_CHARS = 400
_MAX_PAGES = 50
_SOURCES = 8
_FIELD = re.compile(r'(?<!\S)(source|path|after|before|lang|edited|gone):(?:"([^"]*)"|(\S+))', re.I)
_DATE = re.compile(r"([12]\d{3})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_YES = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: words, what narrows them, and which of the fields could not be understood."""

    words: str
    query: Query
    odd: tuple[str, ...] = ()


def search_view(desk: Desk, text: str, page: int = 1) -> SearchView:
    """Return the search page for `text`; the bare form if it is empty."""
    asked = " ".join(text[:_MAX_CHARS].split())
    if not asked:
        return SearchView(live=True)
    question = question_of(desk, asked)
    if question.odd:
        return SearchView(live=True, query=asked, trouble=desk.words("odd_field", ", ".join(question.odd)))
    at = min(max(1, page), _MAX_PAGES)
    query = replace(question.query, limit=PER_PAGE, offset=(at - 1) * PER_PAGE)
    try:
        total, hits = _ask(desk, question.words, query)
    except TearsheetError:
        return SearchView(live=True, query=asked, trouble=desk.words("search_failed"))
    cards = desk.cards([hit.article for hit in hits])
    return SearchView(
        live=True,
        query=asked,
        total=total,
        found=tuple(Found(card=card, snippet=pieces(hit)) for card, hit in zip(cards, hits, strict=True)),
        page=at,
        last=min(_MAX_PAGES, -(-total // PER_PAGE)),
        facets=_facets(desk, asked, question, hits) if total > 1 else (),
    )


def question_of(desk: Desk, text: str) -> Question:
    """Return `text` taken apart: fields narrow, the rest are words."""
    query, odd = Query(), []
    for found in _FIELD.finditer(text):
        narrowed = _NARROW[found[1].lower()](desk, query, found[2] if found[2] is not None else found[3])
        if narrowed is None:
            odd.append(found[0])
        else:
            query = narrowed
    return Question(words=" ".join(_FIELD.sub(" ", text).split()), query=query, odd=tuple(odd))


def pieces(hit: Hit) -> tuple[tuple[str, bool], ...]:
    """Return a snippet in pieces, each with whether it matched."""
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in hit.marks:
        if at <= start < end <= len(hit.snippet):
            found += [(hit.snippet[at:start], False), (hit.snippet[start:end], True)]
            at = end
    found.append((hit.snippet[at:], False))
    return tuple(piece for piece in found if piece[0])


def _ask(desk: Desk, words: str, query: Query) -> tuple[int, list[Hit]]:
    """Return what was found: by words, or by fields alone."""
    if words:
        return desk.archive.search(words, query)
    found = desk.archive.articles(query)
    return desk.archive.count(query), [Hit(article=article, snippet=article.excerpt) for article in found]


def _facets(desk: Desk, asked: str, question: Question, hits: list[Hit]) -> tuple[tuple[str, tuple[Facet, ...]], ...]:
    """Return ways to narrow: by what became of the articles, and by source: those of the articles found first, then others."""
    one = replace(question.query, limit=1)

    def count(query: Query) -> int:
        return _ask(desk, question.words, query)[0]

    found = []
    if question.query.edited is None and question.query.gone is None:
        record = (
            Facet(label="facet_edited", query=f"{asked} edited:yes", count=count(replace(one, edited=True))),
            Facet(label="facet_gone", query=f"{asked} gone:yes", count=count(replace(one, gone=True))),
        )
        found.append(("facet_record", tuple(facet for facet in record if facet.count)))
    if not question.query.source:
        first = [url for url, _ in Counter(hit.article.source for hit in hits).most_common(_SOURCES)]
        urls = dict.fromkeys(url for url in (*first, *desk.counted.states) if url in desk.counted.states)
        links = [(desk.source_link(url), count(replace(one, source=url))) for url in [*urls][:_SOURCES]]
        sources = [
            Facet(
                label=link.label, query=f'{asked} source:"{link.label}"', count=number, language=link.language or "und"
            )
            for link, number in links
            if number
        ]
        found.append(("facet_source", tuple(sorted(sources, key=lambda facet: -facet.count))))
    return tuple((heading, facets) for heading, facets in found if facets)


def _source(desk: Desk, query: Query, value: str) -> Query | None:
    wanted = value.casefold()
    named = {url: (state.source.name.casefold(), url.casefold()) for url, state in desk.counted.states.items()}
    exact = [url for url, names in named.items() if wanted in names]
    found = exact or [url for url, names in named.items() if any(wanted in name for name in names)]
    return replace(query, source=found[0]) if found else None


def _path(desk: Desk, query: Query, value: str) -> Query | None:
    wanted = [part.casefold() for part in value.strip("/*").split("/") if part]
    for path in sorted(desk.counted.categories, key=len):
        folded = [part.casefold() for part in path]
        # "新媒体/首页" finds 新媒体 / 望潮晚报 / 首页: the names in this order, others may stand between.
        if wanted and folded[-1] == wanted[-1] and _in_order(wanted, folded):
            return replace(query, categories=path)
    return None


def _in_order(wanted: list[str], path: list[str]) -> bool:
    rest = iter(path)
    return all(part in rest for part in wanted)


def _after(desk: Desk, query: Query, value: str) -> Query | None:
    first = _first_day(value)
    return replace(query, since=desk.midnight(first)) if first else None


def _before(desk: Desk, query: Query, value: str) -> Query | None:
    first = _first_day(value)
    return replace(query, until=desk.midnight(first)) if first else None


def _first_day(value: str) -> date | None:
    """Return the first day of a year, month or day as written; None if it is none."""
    found = _DATE.fullmatch(value)
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def _language(desk: Desk, query: Query, value: str) -> Query | None:
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
        return None
    known = [state.source.language for state in desk.counted.states.values()]
    longer = [language for language in known if language.lower().startswith(f"{value.lower()}-")]
    return replace(query, language=longer[0] if longer and value not in known else value)


def _edited(desk: Desk, query: Query, value: str) -> Query | None:
    return replace(query, edited=_YES[value.lower()]) if value.lower() in _YES else None


def _gone(desk: Desk, query: Query, value: str) -> Query | None:
    return replace(query, gone=_YES[value.lower()]) if value.lower() in _YES else None


_NARROW: Mapping[str, Callable[[Desk, Query, str], Query | None]] = {
    "source": _source,
    "path": _path,
    "after": _after,
    "before": _before,
    "lang": _language,
    "edited": _edited,
    "gone": _gone,
}
