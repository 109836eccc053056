"""Learning: what repeats on a host's pages is no article. The pages at hand teach it, and are cut again at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tearsheet import revise, sites, warc
from tearsheet.archive import Archive
from tearsheet.errors import TearsheetError
from tearsheet.extraction import Profile, clip, learn, read_profile
from tearsheet.flow.records import further_of
from tearsheet.flow.settle import completed
from tearsheet.model import Capture
from tearsheet.store import articles, keeping, profiles, reading

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
        with archive.store.transaction() as db:
            profiles.keep(db, host.host, profile.dumped(), pages=len(host.captures))
            if profile.digest:
                improved += sum(_recut(archive, n, page, profile, at=clock()) for n, page in pages)
    return improved


def _page(archive: Archive, n: int) -> Capture | None:
    row = reading.capture_by_n(archive.store.db, n)
    try:
        return warc.get(archive.warc_folder, row.place) if row else None
    except TearsheetError:
        return None  # a damaged record teaches nothing; `verify` names it


def _recut(archive: Archive, n: int, page: Capture, profile: Profile, *, at: datetime) -> bool:
    """Cut the newest wording again if it was cut from capture `n`; return whether it became better."""
    db = archive.store.db
    article = keeping.article_of_capture(db, n)
    last = keeping.last_wording(db, article) if article else None
    wanted = articles.wanted(db, article) if article else None
    if not article or last is None or wanted is None or last.capture != n:
        return False
    rule = sites.rule_for(archive.sites, wanted.url, on=page.captured_at.date())
    further = further_of(archive, n)
    cutting = clip(page, entry=wanted.entry, rule=rule, profile=profile, further=further)
    better = completed(cutting, wanted.entry, zone=wanted.zone)
    if revise.worse(last.clipping, better):
        return False
    cause = keeping.Cause(capture=n, kind="", digest=revise.edit_digest(better), at=at)
    same = replace(better, recipe=last.clipping.recipe, how=last.clipping.how) == last.clipping
    keeping.recut(db, article, last.number, better, cause)
    return not same
