"""A page with those that go on with it: what is asked for one by one, and what lies in one WARC file."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tearsheet.errors import BadWarc
from tearsheet.model import Capture, Place

if TYPE_CHECKING:
    from tearsheet.extraction import Profile
    from tearsheet.sites import ArticleRule

HTTP_OK = "200"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to cut; `name` is what the person called it, or its address. The archive around us adds rule and profile.

    `further` are the pages that go on with it.
    """

    name: str
    capture: Capture
    rule: "ArticleRule | None" = None
    profile: "Profile | None" = None
    further: tuple[Capture, ...] = ()


def joined(page: Page, get: Callable[[str], Capture | None]) -> Page:
    """Return the page with those that go on with it, as far as `get` has them."""
    from tearsheet.extraction import MOST_PAGES, clip

    asked: list[str] = []
    while len(asked) < MOST_PAGES - 1:
        clipping = clip(page.capture, rule=page.rule, profile=page.profile, further=page.further)
        wanted = next((one for one in clipping.missing if one not in asked), None)
        if wanted is None:
            break
        asked.append(wanted)
        found = get(wanted)
        page = replace(page, further=(*page.further, found)) if found is not None else page
    return page


class Series:
    """The articles over several pages in the WARC file at `path`; `known` adds to a page what is known of its site."""

    def __init__(self, path: Path, known: Callable[[Page], Page]) -> None:
        self._path = path
        self._known = known
        self._places = dict(_index(path))
        self._groups = _grouped(self._places)
        self._further: dict[str, tuple[Capture, ...]] = {}
        self._taken: set[str] = set()

    def whole(self, page: Page) -> Page | None:
        """Return the page with those that go on with it; None if it goes on with another one itself."""
        from tearsheet import urls

        own = urls.canonical(page.capture.url)
        if first := self._groups.get(own):
            self._read(first)
        return None if own in self._taken else replace(self._known(page), further=self._further.get(own, ()))

    def _read(self, first: str) -> None:
        from tearsheet import urls

        if first in self._further:
            return
        capture = self._get(first)
        page = Page(name=first, capture=capture) if capture is not None else None
        self._further[first] = joined(self._known(page), self._get).further if page is not None else ()
        self._taken |= {urls.canonical(capture.url) for capture in self._further[first]}

    def _get(self, url: str) -> Capture | None:
        from tearsheet import urls, warc

        place = self._places.get(urls.canonical(url))
        try:
            return warc.get(self._path.parent, place) if place is not None else None
        except BadWarc:
            return None  # it is told when its turn comes


def _index(path: Path) -> Iterator[tuple[str, Place]]:
    from tearsheet import urls, warc

    try:
        for line in warc.cdxj(path):
            row = json.loads(line.split(" ", 2)[2])
            if row["status"] == HTTP_OK and row["mime"] in ("text/html", "application/xhtml+xml", "unk"):
                place = Place(file=path.name, offset=int(row["offset"]), length=int(row["length"]))
                yield urls.canonical(row["url"]), place
    except BadWarc:
        return  # it is told when the file is read


def _grouped(places: dict[str, Place]) -> dict[str, str]:
    """Return for the address of each page that may be one of several that of the first."""
    from tearsheet.extraction import MOST_PAGES, series

    groups: dict[str, dict[int, str]] = {}
    for url in places:
        key, number = series(url)
        if key and number <= MOST_PAGES:
            groups.setdefault(key, {}).setdefault(number, url)
    several = (pages for pages in groups.values() if 1 in pages and len(pages) > 1)
    return {url: pages[1] for pages in several for url in pages.values()}
