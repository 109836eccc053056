"""What a site's rule says of a page: body, title, authors, lead image and date by selector."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tearsheet import dates, html
from tearsheet.extraction.authors import split_names
from tearsheet.extraction.when import Dated
from tearsheet.sites import ArticleRule


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the selectors of a rule found; empty where they found nothing. `body` and `lead` are markup."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    lead: str = ""
    published: Dated = field(default_factory=Dated)


def ruled(rule: ArticleRule, text: str, *, now: datetime | None = None) -> Ruled:
    """Return what `rule` finds in the page `text`; `now` is the time of the capture, for dates told from it."""
    tree = html.parse(text)
    for selector in rule.drop:
        for node in html.select(tree, selector):
            node.decompose()
    return Ruled(
        body=_first(tree, rule.body, whole=False),
        title=_line(_first(tree, rule.title, whole=True)),
        authors=tuple(name for name in split_names(_line(_first(tree, rule.author, whole=True)))),
        lead=_first(tree, rule.lead, whole=True),
        published=_dated(rule, tree, text, now),
    )


def _first(tree: html.Tree, selectors: Sequence[str], *, whole: bool) -> str:
    """Return the markup of everything that the first matching selector finds: the elements themselves, or what is in them."""
    for selector in selectors:
        found = [(node.html if whole else node.inner_html) or "" for node in html.select(tree, selector)]
        markup = "".join(found)
        if markup.strip():
            return markup
    return ""


def _line(markup: str) -> str:
    return " ".join(html.text_of(markup).split()) if markup else ""


def _dated(rule: ArticleRule, tree: html.Tree, text: str, now: datetime | None) -> Dated:
    for written, zone, relative in _written(rule, tree, text):
        reading = dates.read(written, language=rule.language, zone=zone or rule.zone, now=now if relative else None)
        if reading is not None:
            return Dated(
                reading.at,
                written[:120],
                f"site rule: {written[:60]} ({reading.zone or 'no zone written, taken as UTC'})",
            )
    return Dated()


def _written(rule: ArticleRule, tree: html.Tree, text: str) -> Iterator[tuple[str, str, bool]]:
    for date in rule.date:
        if date.regex:
            found = re.search(date.regex, text)
            if found:
                yield found.group(1 if found.re.groups else 0).strip(), date.zone, date.relative
        for node in html.select(tree, date.css)[:5] if date.css else ():
            given = node.attributes
            for value in (given.get("datetime"), given.get("content"), " ".join(node.text(deep=True).split())):
                if value:
                    yield value.strip(), date.zone, date.relative
