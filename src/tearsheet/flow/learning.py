"""Learning: what repeats on a host's pages is no article. The pages at hand teach it, and are cut again at once."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tearsheet import revise, sites, warc
from tearsheet.archive import Archive
from tearsheet.errors import TearsheetError
from tearsheet.extraction import Profile, clip, learn, read_profile
from tearsheet.flow.records import further_of
from tearsheet.flow.settle import completed
from tearsheet.model import Capture, Clipping
from tearsheet.store import articles, keeping, profiles, reading
from tearsheet.store.keeping import Wording

LEAST_PAGES = 6


class Profiles:
    """The profiles of one archive, each read once."""

    def __init__(self, archive: Archive) -> None:
        self.db = archive.store.db
        self._known: dict[str, Profile | None] = {}

    def of(self, host: str) -> Profile | None:
        """Return what was learnt of `host`, or None."""
        if host not in self._known:
            text = profiles.profile(self.db, host)
            self._known[host] = read_profile(text) if text else None
        return self._known[host]


def learn_anew(archive: Archive, *, clock: Callable[[], datetime]) -> int:
    """Return how many wordings were improved by learning from the pages of hosts that have enough new ones.

    Each host is one commit. A wording is improved in place only if nothing of the article is lost by it.
    """
    improved = 0
    for host in profiles.teachable(archive.store.db, least=LEAST_PAGES):
        pages = [(n, page) for n in host.captures if (page := _page(archive, n)) is not None]
        profile = learn(page for _, page in pages)
        # Cut before: others are not to wait for twenty pages, which take a fifth of a second and more.
        found = [_cut(archive, n, page, profile) for n, page in pages] if profile.digest else []
        with archive.store.transaction() as db:
            profiles.keep(db, host.host, profile.dumped(), pages=len(host.captures))
            improved += sum(_improved(db, cut, at=clock()) for cut in found if cut)
    return improved


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """What the newest wording of `article`, which was cut from `capture`, is when cut again."""

    article: int
    capture: int
    last: Wording
    better: Clipping


def _page(archive: Archive, n: int) -> Capture | None:
    row = reading.capture_by_n(archive.store.db, n)
    try:
        return warc.get(archive.warc_folder, row.place) if row else None
    except TearsheetError:
        return None  # a damaged record teaches nothing; `verify` names it


def _cut(archive: Archive, n: int, page: Capture, profile: Profile) -> _Cut | None:
    """Return the newest wording cut again if it was cut from capture `n`, and nothing is lost by it."""
    db = archive.store.db
    article = keeping.article_of_capture(db, n)
    last = keeping.last_wording(db, article) if article else None
    wanted = articles.wanted(db, article) if article else None
    if not article or last is None or wanted is None or last.capture != n:
        return None
    rule = sites.rule_for(archive.sites, wanted.url, on=page.captured_at.date())
    further = further_of(archive, n)
    cutting = clip(page, entry=wanted.entry, rule=rule, profile=profile, further=further)
    better = completed(cutting, wanted.entry, zone=wanted.zone)
    return None if revise.worse(last.clipping, better) else _Cut(article=article, capture=n, last=last, better=better)


def _improved(db: sqlite3.Connection, cut: _Cut, *, at: datetime) -> bool:
    """Put a cut in the place of its wording unless that is another by now; return whether it became better."""
    last, better = keeping.last_wording(db, cut.article), cut.better
    if last != cut.last:
        return False
    cause = keeping.Cause(capture=cut.capture, kind="", digest=revise.edit_digest(better), at=at)
    keeping.recut(db, cut.article, last.number, better, cause)
    return replace(better, recipe=last.clipping.recipe, how=last.clipping.how) != last.clipping
