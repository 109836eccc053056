"""Views to pages: each function returns the file name and the bytes of one page. Same view, same bytes."""

from collections.abc import Iterable, Sequence
from datetime import date

from tearsheet.publish.site import charts, linked, opensearch, paths, pictures, render, wordings
from tearsheet.publish.site.render import Head, HeadLink
from tearsheet.publish.site.views import (
    AboutView,
    ArticleView,
    CalendarView,
    CategoryView,
    ChangesView,
    DayView,
    EditsView,
    FeedsView,
    FrontView,
    LoginView,
    Masthead,
    NumberedView,
    SearchView,
    SourceRow,
    SourceView,
)
from tearsheet.publish.words import Words, words
from tearsheet.revise import picture_key

Page = tuple[str, bytes]
_MAX_DESCRIPTION = 200


def front(masthead: Masthead, view: FrontView) -> Page:
    """Return the front page."""
    own = _words(masthead)
    title = f"{masthead.title}{own('colon')}{own.day(view.today)}" if view.today else masthead.title
    head = Head(
        title=title,
        description=own("tagline"),
        indexed=masthead.indexed,
        current="front",
        exact=True,
        nameplate=True,
        links=(*_canonical(masthead, ""), *_feeds(paths.FRONT, paths.FRONT, own("feed_all"))),
    )
    return render.page(masthead, paths.FRONT, "front.html", {"head": head, "v": view})


def article(masthead: Masthead, view: ArticleView) -> Page:
    """Return the page of an article."""
    own = _words(masthead)
    card, path = view.card, view.card.folder
    title = card.title or own("untitled")
    turn = [("prev", view.older), ("next", view.newer)]
    head = Head(
        title=f"{title} — {card.source.label}" if card.source else title,
        description=_short(view.description),
        indexed=masthead.indexed,
        links=(
            *_original(masthead, view.evidence.original),
            *(HeadLink(rel=rel, href=_to(path, other.folder)) for rel, other in turn if other),
        ),
        properties=linked.open_graph(masthead, view),
        data=(linked.news_article(masthead, view), *linked.breadcrumbs(masthead, card.path, title)),
    )
    markup = view.html
    if view.lead:
        # The same picture in other sizes is no other picture.
        keys = {picture_key(url) for url, pic in view.pictures.items() if pic.src == view.lead.src}
        leads = frozenset(url for url in view.pictures if picture_key(url) in keys)
        markup = pictures.without_lead(markup, leads)
    text = render.text_markup(markup, shown=view.pictures, root=paths.root_of(path), words_=own)
    return render.page(masthead, path, "article.html", {"head": head, "v": view, "text": text})


def edits(masthead: Masthead, view: EditsView) -> Page:
    """Return the edit history of an article. Old wordings are for readers, never for search engines."""
    own = _words(masthead)
    title = own("edits_of", view.card.title or own("untitled"))
    head = Head(title=title, description=edit_summary(own, view), current="edits")
    cjk = wordings.by_character(view.card.language, view.card.title)
    return render.page(
        masthead,
        view.card.folder + "edits/",
        "edits.html",
        {"head": head, "v": view, "cjk": cjk, "summary": edit_summary(own, view)},
    )


def edit_summary(own: Words, view: EditsView) -> str:
    """Return in one sentence how often an article was changed, and whether it says so."""
    changed = list(view.history[1:])
    silent = sum(1 for step in changed if step.silent)
    if not changed:
        return own("edits_none")
    if silent == len(changed):
        return own.count("edits_silent", len(changed))
    return own.count("edits_some", len(changed), own.number(silent))


def category(masthead: Masthead, view: CategoryView) -> Page:
    """Return the page of a category path, or of the whole tree."""
    own = _words(masthead)
    folder = view.pages.folder
    name = " / ".join(link.label for link in view.path) or own("nav_sections")
    year = max((on.year for on in view.days), default=0)
    counts = [count for on, count in view.days.items() if on.year == year]
    head = Head(
        title=f"{name} — {masthead.title}",
        description=f"{name}{own('colon')}{own.count('articles', view.total)}",
        indexed=masthead.indexed,
        current="sections",
        exact=not view.path,
        links=(*_canonical(masthead, folder), *_feeds(folder, folder, name)),
        data=linked.breadcrumbs(masthead, view.path[:-1], view.path[-1].label) if view.path else (),
    )
    return render.page(
        masthead,
        folder,
        "category.html",
        {
            "head": head,
            "v": view,
            "year": year,
            "sheets": charts.year_sheets(year, view.days) if year else (),
            "steps": charts.steps(counts),
        },
    )


def numbered(masthead: Masthead, view: NumberedView) -> Page:
    """Return one numbered page of a list."""
    own = _words(masthead)
    path = paths.numbered(view.pages.folder, view.pages.current)
    name = " / ".join(link.label for link in view.path) or own("nav_sections")
    head = Head(
        title=f"{name}{own('colon')}{own('page_of', own.bare(view.pages.current))} — {masthead.title}",
        indexed=masthead.indexed,
        current="sources" if view.of_source else "sections",
        links=_canonical(masthead, path),
    )
    return render.page(masthead, path, "numbered.html", {"head": head, "v": view})


def sources(masthead: Masthead, rows: Sequence[SourceRow]) -> Page:
    """Return the index of sources."""
    own = _words(masthead)
    head = Head(
        title=f"{own('nav_sources')} — {masthead.title}",
        description=own.count("sources", len(rows)),
        indexed=masthead.indexed,
        current="sources",
        exact=True,
        links=_canonical(masthead, paths.SOURCES),
    )
    return render.page(masthead, paths.SOURCES, "sources.html", {"head": head, "v": tuple(rows)})


def source(masthead: Masthead, view: SourceView) -> Page:
    """Return the page of a source."""
    own = _words(masthead)
    link = view.row.link
    year = max((on.year for on in view.days), default=0)
    bars = charts.year_bars(year, view.days, view.edit_days) if year else None
    head = Head(
        title=f"{link.label} — {masthead.title}",
        description=f"{link.label}{own('colon')}{own.count('articles', view.articles)}",
        indexed=masthead.indexed,
        current="sources",
        links=(*_canonical(masthead, link.folder), *_feeds(link.folder, link.folder, link.label)),
    )
    return render.page(
        masthead,
        link.folder,
        "source.html",
        {
            "head": head,
            "v": view,
            "rhythm": charts.rhythm_heat(view.rhythm),
            "rhythm_words": _rhythm_words(own, view) if view.rhythm_of else "",
            "year": year,
            "bars": {
                "width": bars.width,
                "ink": bars.ink,
                "marks": bars.marks,
                "months": [own.short_month(first) for first in bars.months],
                "words": _year_words(own, view, year),
            }
            if bars
            else None,
        },
    )


def _rhythm_words(own: Words, view: SourceView) -> str:
    by_hour = [sum(row[hour] for row in view.rhythm) for hour in range(24)]
    by_day = [sum(row) for row in view.rhythm]
    weekdays: list[str] = own.table["weekdays"]
    hour = by_hour.index(max(by_hour))
    span = own.digits(f"{hour:02}:00–{(hour + 1) % 24:02}:00")
    return own("rhythm_words", span, weekdays[by_day.index(max(by_day))])


def _year_words(own: Words, view: SourceView, year: int) -> str:
    counts = {on: count for on, count in view.days.items() if on.year == year}
    best = max(sorted(counts), key=lambda on: counts[on])
    return own(
        "year_words",
        own.count("articles", sum(counts.values())),
        own.count("days", len(counts)),
        own.day(best),
        counts[best],
    )


def day(masthead: Masthead, view: DayView) -> Page:
    """Return the page of a day."""
    own = _words(masthead)
    path = paths.day(view.on)
    turn = [("prev", view.before), ("next", view.after)]
    head = Head(
        title=f"{own.day(view.on)} — {masthead.title}",
        description=f"{own.day(view.on, 'day_long')}{own('colon')}{own.count('articles', view.total)}",
        indexed=masthead.indexed,
        links=(
            *_canonical(masthead, path),
            *(HeadLink(rel=rel, href=_to(path, paths.day(on))) for rel, on in turn if on),
        ),
    )
    return render.page(masthead, path, "day.html", {"head": head, "v": view})


def calendar(masthead: Masthead, view: CalendarView) -> Page:
    """Return the page of a month, of a year, or of all years."""
    own = _words(masthead)
    first = date(view.year, view.month or 1, 1) if view.year else None
    path, heading = paths.DAYS, own("foot_days")
    if first:
        path = paths.month(first) if view.month else paths.year(view.year)
        heading = own.month(first) if view.month else own.bare(view.year)
    years = sorted({on.year for on in view.days}, reverse=True) if not view.year else [view.year]
    sheets = [] if view.month else [(year, charts.year_sheets(year, view.days)) for year in years]
    head = Head(
        title=f"{heading} — {masthead.title}",
        description=f"{heading}{own('colon')}{own.count('articles', sum(view.days.values()))}",
        indexed=masthead.indexed,
        links=_canonical(masthead, path),
    )
    return render.page(
        masthead,
        path,
        "calendar.html",
        {
            "head": head,
            "v": view,
            "heading": heading,
            "grid": charts.month_grid(first, view.days) if first and view.month else (),
            "years": sheets,
            "steps": charts.steps(view.days.values()) if view.days and view.year else (),
        },
    )


def changes(masthead: Masthead, view: ChangesView) -> Page:
    """Return the page of edits or of disappearances: the latest, or those of a month."""
    own = _words(masthead)
    name = "gone" if view.gone else "edits"
    heading, path = own(f"{name}_title"), view.folder
    if view.month:
        heading, path = own(f"{name}_month", own.month(view.month)), paths.month(view.month, view.folder)
    elif view.day:
        heading, path = own(f"{name}_month", own.day(view.day)), paths.day(view.day, view.folder)
    of = f"{view.source.label}{own('colon')}" if view.source else ""
    head = Head(
        title=f"{of}{heading} — {masthead.title}",
        description=own(f"{name}_intro"),
        current="sources" if view.source else "edits",
        exact=path == paths.EDITS,
        links=_feeds(view.folder, path, f"{of}{own(f'{name}_title')}"),
    )
    return render.page(masthead, path, "changes.html", {"head": head, "v": view, "heading": heading})


def search(masthead: Masthead, view: SearchView) -> Page:
    """Return the search page: the bare form, or results."""
    own = _words(masthead)
    title = f"{own('nav_search')}{own('colon')}{view.query}" if view.query else own("nav_search")
    description = HeadLink(
        rel="search",
        media_type=opensearch.MEDIA_TYPE,
        title=masthead.title,
        href=_to(paths.SEARCH, paths.OPENSEARCH),
    )
    head = Head(
        title=f"{title} — {masthead.title}", current="search", exact=True, links=(description,) if view.live else ()
    )
    return render.page(masthead, paths.SEARCH, "search.html", {"head": head, "v": view})


def about(masthead: Masthead, view: AboutView) -> Page:
    """Return the colophon."""
    own = _words(masthead)
    head = Head(
        title=f"{own('foot_about')} — {masthead.title}",
        description=own("about_1"),
        indexed=masthead.indexed,
        links=_canonical(masthead, paths.ABOUT),
    )
    return render.page(masthead, paths.ABOUT, "about.html", {"head": head, "v": view})


def feeds(masthead: Masthead, view: FeedsView) -> Page:
    """Return the list of all feeds."""
    own = _words(masthead)
    head = Head(
        title=f"{own('foot_feeds')} — {masthead.title}",
        description=own("feeds_intro"),
        links=_canonical(masthead, paths.FEEDS),
    )
    return render.page(masthead, paths.FEEDS, "feeds.html", {"head": head, "v": view})


def missing(masthead: Masthead) -> Page:
    """Return the page that stands where there is none. It is shown at any depth, so its links begin at the site's top."""
    own = _words(masthead)
    head = Head(title=f"{own('missing_title')} — {masthead.title}")
    return render.page(masthead, paths.MISSING, "missing.html", {"head": head, "v": None}, root=masthead.top)


def login(masthead: Masthead, view: LoginView) -> Page:
    """Return the page to sign in or out; its links begin at the site's top."""
    head = Head(title=f"{_words(masthead)('login_title')} — {masthead.title}")
    return render.page(masthead, "login", "login.html", {"head": head, "v": view}, root=masthead.top)


def unreadable(masthead: Masthead, path: str) -> Page:
    """Return the page that stands at `path` while what belongs there cannot be read."""
    head = Head(title=f"{_words(masthead)('unreadable_title')} — {masthead.title}")
    return render.page(masthead, path, "unreadable.html", {"head": head, "v": None})


def _words(masthead: Masthead) -> Words:
    return words(masthead.language, masthead.timezone)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DESCRIPTION else line[: _MAX_DESCRIPTION - 1].rstrip() + "…"


def _to(path: str, folder: str) -> str:
    return paths.root_of(path) + paths.quoted(folder)


def _canonical(masthead: Masthead, path: str) -> tuple[HeadLink, ...]:
    return (HeadLink(rel="canonical", href=masthead.url + paths.quoted(path)),) if masthead.url else ()


def _original(masthead: Masthead, original: str) -> Iterable[HeadLink]:
    # A page that is not indexed needs no canonical one; an indexed copy must give the credit to its publisher.
    href = render.outside(original)
    return (HeadLink(rel="canonical", href=href),) if masthead.indexed and href else ()


def _feeds(folder: str, path: str, title: str) -> tuple[HeadLink, ...]:
    return tuple(
        HeadLink(rel="alternate", media_type=kind, title=title, href=_to(path, folder + name))
        for kind, name in (("application/atom+xml", paths.ATOM), ("application/feed+json", paths.JSON_FEED))
    )
