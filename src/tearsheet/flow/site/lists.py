"""The front page and the lists: categories, sources, days, changes, feeds, gathered from the archive."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from tearsheet.flow.site.changes import altered
from tearsheet.flow.site.desk import Desk
from tearsheet.model import Article, Categories, Query, SourceState
from tearsheet.publish.site import paths
from tearsheet.publish.site.views import (
    AboutView,
    Alteration,
    CalendarView,
    Card,
    CategoryView,
    DayList,
    DayView,
    FeedsView,
    FrontView,
    Link,
    Node,
    NumberedView,
    PageLinks,
    Shelf,
    SourceRow,
    SourceView,
)
from tearsheet.version import VERSION

T = TypeVar("T")

PER_PAGE = 20
_FRONT_POOL = 160
_PICTURE_POOL = 60


def front_view(desk: Desk) -> FrontView:
    """Return the front page of the last update's day."""
    looked = [state.visit.at for state in desk.counted.states.values() if state.visit]
    latest = desk.archive.articles(Query(limit=_FRONT_POOL))
    if not latest:
        return FrontView(today=desk.day_of(max(looked)) if looked else None, checkpoint=desk.checkpoint)
    now = max([*looked, max(article.first_seen for article in latest)])
    # What claims to come from the future would stay on top for ever.
    present = [article for article in latest if (article.published or article.first_seen) <= now + timedelta(hours=1)]
    pool = present or latest
    today = desk.day_of(now)
    issue = max((day for day in desk.counted.days if day <= today), default=None)
    pictured = _pictured(desk, pool[:_PICTURE_POOL])
    lead = _lead(pool, pictured)
    beside = _spread((article for article in pool if article.id != lead.id), 5, of=_source)
    used = {lead.id, *(article.id for article in beside)}
    also = _spread((article for article in pool if article.id not in used and article.id in pictured), 3, of=_source)
    also = also or _spread((article for article in pool if article.id not in used), 3, of=_source)
    used.update(article.id for article in also)
    return FrontView(
        today=today,
        lead=desk.card(lead, small=False),
        beside=desk.cards(beside),
        changes=_front_changes(desk),
        also=desk.cards(also, small=False),
        also_today=all(desk.day_of(article.published or article.first_seen) == today for article in also),
        issue=issue,
        issue_count=desk.counted.days.get(issue, 0) if issue else 0,
        sections=_front_sections(desk, pool, used),
        sources=_front_sources(desk, pool),
        source_count=len(desk.counted.states),
        checkpoint=desk.checkpoint,
    )


def _pictured(desk: Desk, articles: Sequence[Article]) -> set[str]:
    """Return the ids of those of `articles` of whose lead picture we have a copy."""
    pics = desk.pics(article.lead for article in articles if article.lead)
    return {article.id for article in articles if article.lead and article.lead.url in pics}


def _lead(pool: Sequence[Article], pictured: set[str]) -> Article:
    """Return the story to lead with: of the freshest dozen, one with a picture, and of those the one with most to say."""
    return max(pool[:12], key=lambda article: (article.id in pictured, len(article.excerpt)))


def _spread(items: Iterable[T], wanted: int, *, of: Callable[[T], str]) -> list[T]:
    """Return the first `wanted` of `items`, as few as possible of one source, which `of` names."""
    rest = list(items)
    found: list[T] = []
    while rest and len(found) < wanted:
        turn: set[str] = set()
        later: list[T] = []
        for item in rest:
            if of(item) in turn or len(found) >= wanted:
                later.append(item)
            else:
                turn.add(of(item))
                found.append(item)
        rest = later
    return found


def _front_changes(desk: Desk) -> tuple[Alteration, ...]:
    """Return the last few edits and disappearances; of the edits, those of a headline first: they can be seen at a glance."""
    gone = [desk.disappearance(article) for article in desk.archive.articles(Query(gone=True, order="gone", limit=2))]
    edited = map(desk.alteration, desk.archive.articles(Query(edited=True, order="edited", limit=16)))
    ranked = sorted((change for change in edited if change), key=lambda change: not change.title)
    found = [*_spread(ranked, 5 - len(gone), of=_paper), *gone]
    return tuple(sorted(found, key=lambda change: (change.at, change.card.id), reverse=True))


def _source(article: Article) -> str:
    return article.source


def _paper(change: Alteration) -> str:
    return change.card.source.label if change.card.source else ""


def _front_sections(desk: Desk, pool: Sequence[Article], used: set[str]) -> tuple[Shelf, ...]:
    """Return the freshest articles of some sections, of each one with a picture first if there is any among its dozen."""
    wanted = list(dict.fromkeys(article.categories for article in pool if article.categories))
    shelves = []
    for path in wanted[:12]:
        found = desk.archive.articles(Query(categories=path, limit=12))
        fresh = [article for article in found if article.id not in used]
        if fresh:
            pictured = _pictured(desk, fresh)
            lead = next((article for article in fresh if article.id in pictured), fresh[0])
            fresh = [lead, *(article for article in fresh if article is not lead)][:3]
            used.update(article.id for article in fresh)
            shelves.append(Shelf(path=desk.path_links(path), cards=desk.cards(fresh)))
    return tuple(shelves[: 8 if len(shelves) >= 8 else 4])


def _front_sources(desk: Desk, pool: Sequence[Article]) -> tuple[Shelf, ...]:
    wanted = [url for url in dict.fromkeys(article.source for article in pool) if url in desk.counted.states][:5]
    shelves = []
    for url in wanted:
        visit = desk.counted.states[url].visit
        shelves.append(
            Shelf(
                path=(desk.source_link(url),),
                cards=desk.cards(desk.articles(Query(source=url, limit=3))),
                looked=visit.at if visit else None,
                trouble=visit.trouble if visit else "",
            )
        )
    return tuple(shelves)


# --- categories


def category_view(desk: Desk, path: Categories) -> CategoryView:
    """Return the page of a category path; of everything if it is empty."""
    query = Query(categories=path)
    total = len(desk.counted.arrivals(query))
    pages = PageLinks(folder=paths.category(path), current=0, last=full_pages(total))
    days = desk.counted.days_of(query) if path else desk.counted.days
    return CategoryView(
        path=desk.path_links(path),
        total=total,
        tree=tree(desk, path),
        days=days,
        lists=_by_day(desk, newest_of(desk, query)),
        pages=pages,
        since=min(days, default=None),
        sources=_sources_of(desk, path),
    )


def category_page(desk: Desk, path: Categories, number: int) -> NumberedView | None:
    """Return numbered page `number` of a category, or None if there is none."""
    query = Query(categories=path)
    return _numbered(desk, query, desk.path_links(path), PageLinks(folder=paths.category(path), current=number, last=0))


def full_pages(total: int) -> int:
    """Return how many numbered pages a list of `total` articles has: full ones only, so that none ever changes its members."""
    return total // PER_PAGE


def newest_of(desk: Desk, query: Query) -> list[Article]:
    """Return what the unnumbered page of a list shows: the last full page and what came after it, newest first."""
    arrived = desk.counted.arrivals(query)
    found = desk.archive.by_seqs(arrived[max(0, full_pages(len(arrived)) - 1) * PER_PAGE :])
    return sorted(found, key=lambda article: (article.published or article.first_seen, article.seq), reverse=True)


def _numbered(desk: Desk, query: Query, links: tuple[Link, ...], wanted: PageLinks) -> NumberedView | None:
    arrived = desk.counted.arrivals(query)
    last = full_pages(len(arrived))
    if not 1 <= wanted.current <= last:
        return None
    found = desk.archive.by_seqs(arrived[(wanted.current - 1) * PER_PAGE : wanted.current * PER_PAGE])
    return NumberedView(
        path=links, cards=desk.cards(found[::-1]), pages=replace(wanted, last=min(last, wanted.current + 1))
    )


def _by_day(desk: Desk, articles: Sequence[Article]) -> tuple[DayList, ...]:
    cards: dict[date, list[Card]] = {}
    for card in desk.cards(articles):
        cards.setdefault(desk.day_of(card.at), []).append(card)
    return tuple(DayList(on=on, cards=tuple(found)) for on, found in cards.items())


def _sources_of(desk: Desk, path: Categories) -> tuple[Link, ...]:
    urls = [url for url, state in desk.counted.states.items() if path and state.source.categories == path]
    return tuple(desk.source_link(url) for url in urls[:3])


def tree(desk: Desk, current: Categories) -> tuple[Node, ...]:
    """Return the category tree as it stands open at `current`: its own branch, and the siblings along the way."""
    children: dict[Categories, list[Categories]] = {}
    for path in desk.counted.categories:
        children.setdefault(path[:-1], []).append(path)

    def node(path: Categories) -> Node:
        link = replace(desk.path_links(path)[-1], current=path == current)
        is_open = path == current[: len(path)]
        return Node(link=link, children=tuple(node(child) for child in children.get(path, [])) if is_open else ())

    top = sorted((path for path in children.get((), []) if path), key=lambda path: -desk.counted.categories[path])
    everything = Link(
        label=desk.words("everything"),
        folder=paths.CATEGORIES,
        language=desk.words("html_lang"),
        count=desk.counted.total,
        current=not current,
    )
    return (Node(link=everything, children=tuple(node(path) for path in top)),)


# --- sources


def source_row(desk: Desk, state: SourceState) -> SourceRow:
    """Return a source as a row of their index."""
    source, visit = state.source, state.visit
    return SourceRow(
        link=desk.source_link(source.url),
        kind=source.kind,
        language=source.language,
        path=desk.path_links(source.categories),
        looked=visit.at if visit else None,
        trouble=visit.trouble if visit else "",
        paused=source.paused,
    )


def source_rows(desk: Desk) -> tuple[SourceRow, ...]:
    """Return the index of sources."""
    return tuple(source_row(desk, state) for state in desk.counted.states.values())


def source_view(desk: Desk, state: SourceState) -> SourceView:
    """Return the page of a source."""
    url = state.source.url
    query = Query(source=url)
    arrived = desk.counted.arrivals(query)
    edited, gone = altered(url, gone=False), altered(url, gone=True)
    first = desk.archive.by_seqs(arrived[:1])
    published = desk.counted.published(query)
    return SourceView(
        row=source_row(desk, state),
        address=url,
        homepage=state.source.homepage,
        articles=len(arrived),
        edited=len(desk.counted.places(edited)),
        gone=len(desk.counted.places(gone)),
        days=desk.counted.days_of(query),
        edit_days=frozenset(desk.counted.days_of(edited)),
        rhythm=_rhythm(desk, published),
        rhythm_of=len(published),
        cards=desk.cards(newest_of(desk, query)),
        edits=tuple(change for change in map(desk.alteration, desk.articles(replace(edited, limit=10))) if change),
        disappeared=tuple(map(desk.disappearance, desk.articles(replace(gone, limit=5)))),
        pages=PageLinks(folder=paths.source(url), current=0, last=full_pages(len(arrived))),
        since=first[0].first_seen if first else None,
        excerpt_only=state.source.excerpt_only,
    )


def source_page(desk: Desk, state: SourceState, number: int) -> NumberedView | None:
    """Return numbered page `number` of a source's articles, or None if there is none."""
    link = desk.source_link(state.source.url)
    found = _numbered(
        desk, Query(source=state.source.url), (link,), PageLinks(folder=link.folder, current=number, last=0)
    )
    return replace(found, of_source=True) if found else None


def _rhythm(desk: Desk, times: Iterable[datetime]) -> tuple[tuple[int, ...], ...]:
    local = (at.astimezone(desk.zone) for at in times)
    counts = Counter((at.weekday(), at.hour) for at in local)
    return tuple(tuple(counts[weekday, hour] for hour in range(24)) for weekday in range(7))


# --- days


def day_view(desk: Desk, on: date) -> DayView | None:
    """Return the page of a day, or None if it has no articles."""
    found = desk.archive.articles(desk.within(on, on + timedelta(days=1)))
    if not found:
        return None
    groups: dict[tuple[str, str], list[Article]] = {}
    for article in found:
        groups.setdefault((article.source, article.source_name), []).append(article)
    days = list(desk.counted.days)
    at = bisect_left(days, on)
    return DayView(
        on=on,
        total=len(found),
        groups=tuple((desk.source_link(*key), desk.cards(group)) for key, group in groups.items()),
        before=days[at - 1] if at else None,
        after=next((day for day in days[at : at + 2] if day > on), None),
    )


def calendar_view(desk: Desk, year: int = 0, month: int = 0) -> CalendarView | None:
    """Return the page of a month, of a year (month 0) or of all years (year 0); None if it has no articles."""
    days = {on: count for on, count in desk.counted.days.items() if year in (0, on.year) and month in (0, on.month)}
    if year and not days:
        return None
    outside = [on for on in desk.counted.days if on not in days] if year else []
    first, last = (min(days), max(days)) if days else (date.max, date.min)
    earlier = max((on for on in outside if on < first), default=None)
    later = min((on for on in outside if on > last), default=None)
    return CalendarView(year=year, month=month, days=days, earlier=earlier, later=later)


# --- the rest


def about_view(desk: Desk) -> AboutView:
    """Return the colophon."""
    stats = desk.archive.stats()
    first = desk.archive.articles(Query(order="arrival", limit=1))
    return AboutView(
        sources=len(desk.counted.states),
        articles=desk.counted.total,
        wordings=stats.get("revisions", 0),
        version=VERSION,
        since=desk.day_of(first[0].first_seen) if first else None,
    )


def feeds_view(desk: Desk) -> FeedsView:
    """Return the list of all feeds."""
    sections = []
    for path in sorted(path for path in desk.counted.categories if path):
        links = desk.path_links(path)
        sections.append(replace(links[-1], label=" / ".join(link.label for link in links)))
    return FeedsView(sections=tuple(sections), sources=tuple(desk.source_link(url) for url in desk.counted.states))
