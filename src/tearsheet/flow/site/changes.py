"""Edits and disappearances as lists: of the whole archive and of each source, the latest, and by month and by day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from tearsheet.flow.site.desk import Desk
from tearsheet.model import Article, Query
from tearsheet.publish.site import paths
from tearsheet.publish.site.views import Alteration, ChangesView

LATEST = 60
"""So many are shown of all time and of a month; a day shows all of its own."""


def changes_view(
    desk: Desk, *, gone: bool, source: str = "", month: date | None = None, day: date | None = None
) -> ChangesView | None:
    """Return the latest edits (or disappearances), or those of a `month` or a `day`; None if that period has none."""
    query = _within(desk, altered(source, gone=gone), month, day)
    if month or day:
        days = desk.archive.days(query)
        if not days:
            return None
        found = desk.archive.articles(replace(query, limit=0 if day else LATEST))
    else:
        days = desk.counted.days_of(query)
        found = desk.articles(replace(query, limit=LATEST))
    periods = days if month else Counter[date]()
    for on, number in days.items() if not (month or day) else ():
        periods[on.replace(day=1)] += number
    return ChangesView(
        gone=gone,
        folder=paths.changes(source, gone=gone),
        items=tuple(_items(desk, found, gone=gone)),
        periods=tuple(sorted(periods.items(), reverse=True)),
        source=desk.source_link(source) if source else None,
        month=month,
        day=day,
        total=sum(days.values()),
    )


def altered(source: str = "", *, gone: bool) -> Query:
    """Return the query for what was edited (or is gone), the latest first."""
    return Query(source=source, gone=True, order="gone") if gone else Query(source=source, edited=True, order="edited")


def change_folders(desk: Desk, article: Article, sources: set[str]) -> Iterator[str]:
    """Yield the folders of the months and days of changes on which `article`, which is listed by `sources`, stands."""
    for gone, at in ((False, article.edited_at), (True, article.gone_at)):
        for source in ("", *sources) if at else ():
            base = paths.changes(source, gone=gone)
            on = desk.day_of(at or article.last_seen)
            yield paths.month(on, base)
            yield paths.day(on, base)


def _within(desk: Desk, query: Query, month: date | None, day: date | None) -> Query:
    if day:
        return replace(query, altered_since=desk.midnight(day), altered_until=desk.midnight(day + timedelta(days=1)))
    if month:
        after = (month + timedelta(days=31)).replace(day=1)
        return replace(query, altered_since=desk.midnight(month), altered_until=desk.midnight(after))
    return query


def _items(desk: Desk, articles: list[Article], *, gone: bool) -> Iterator[Alteration]:
    for article in articles:
        change = desk.disappearance(article) if gone else desk.alteration(article)
        if change:
            yield change
