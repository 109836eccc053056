"""What becomes of an answer: which article it belongs to, whether it is a new wording, a worse one, or the sign that it is gone.

Everything here runs inside one transaction of the catalog, before it is acknowledged.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tearsheet import dates, revise, schedule, terms, urls
from tearsheet.archive import Archive
from tearsheet.errors import BadWarc
from tearsheet.extraction import Profile, clip
from tearsheet.flow.records import Keeper, further_of
from tearsheet.flow.wavering import steadied, wavered
from tearsheet.model import Capture, Clipping, Entry
from tearsheet.sites import ArticleRule
from tearsheet.store import articles, keeping, profiles, reading, removing
from tearsheet.store.articles import Wanted
from tearsheet.store.keeping import Cause, Wording
from tearsheet.store.reading import CaptureRow
from tearsheet.store.values import raw_digest

# What a feed lists is taken for an article unless the page clearly says otherwise; in a list of addresses sections may stand
# among articles, and a link on a front page has to prove that it leads to one.
LISTED_IS_ARTICLE = 0.1
NAMED_IS_ARTICLE = 0.3
LINKED_IS_ARTICLE = 0.5
GIVE_UP_AFTER = 8
# Answers that say something of the article itself; those of a host in trouble say nothing worth keeping.
TELLING_STATUS = frozenset({401, 402, 403, 404, 410, 451})
EASTERNMOST, WESTERNMOST, DAY = timedelta(hours=14), timedelta(hours=12), timedelta(days=1)
TELLING = 20
"""So many letters say enough to be known again inside a longer text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A page that came, where it is kept, and what was cut out of it. `kept_as` is the catalog's kind of capture.

    `digest` is the edit digest of `clipping`, if it is known already; `further` are the pages that go on with this one.
    """

    wanted: Wanted
    capture: Capture
    clipping: Clipping
    rule: ArticleRule | None
    profile: Profile | None = None
    digest: str = ""
    kept_as: str = "page"
    trouble: str = ""
    further: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A page that did not come. `never` says that asking again would bring nothing; `answer` is what came instead, kept."""

    trouble: str
    status: int = 0
    to_front: bool = False
    never: bool = False
    answer: Capture | None = None


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    sources: int = 0
    listed: int = 0
    new: int = 0
    kept: int = 0
    edits: int = 0
    gone: int = 0
    returned: int = 0
    rejected: int = 0
    pictures: int = 0


class Settler:
    """Applies outcomes to the catalog of `archive`, counting them in `tally`."""

    def __init__(self, archive: Archive, keeper: Keeper, tally: Tally, *, clock: Callable[[], datetime]) -> None:
        self.archive = archive
        self.db = archive.store.db
        self.keeper = keeper
        self.tally = tally
        self.clock = clock

    def page(self, cut: Cut) -> None:
        """Settle a page that came and was cut."""
        row = articles.wanted(self.db, cut.wanted.n)
        if row is None:
            self._too_late(cut.wanted, cut.capture, *cut.further)
            return
        clipping = completed(cut.clipping, row.entry, zone=row.zone)
        n = self._identity(row, cut.capture, clipping)
        last = keeping.last_wording(self.db, n)
        note = self._note(last, clipping)
        capture = keeping.add_capture(self.db, cut.capture, kind=cut.kept_as, article=n, note=note or cut.trouble)
        for further in cut.further:
            keeping.add_capture(self.db, further, kind="part", article=n)
        if note:
            articles.remarked(self.db, n)
        elif cut.kept_as == "page":
            profiles.add_page(self.db, urls.host(cut.capture.final_url), article=n, capture=capture)
        if n == row.n and row.gone and not note:
            self._back(row)
        if last is None:
            self._first(n, cut, clipping, capture=capture)
        elif not note:
            self._again(n, last, cut, clipping, capture=capture)
        # A page that was not taken must not be what "not modified" refers to next time; nor is the feed's text that page.
        taken = not note and cut.kept_as == "page"
        self._next_look(row, n, cut if taken else replace(cut, capture=replace(cut.capture, headers=())))

    def unchanged(self, wanted: Wanted, capture: Capture) -> None:
        """Settle a page of which the host says, or its bytes show, that it is as before."""
        row = articles.wanted(self.db, wanted.n)
        if row is None:
            return
        if row.gone:
            self._back(row)
        now = self.clock()
        due_at = schedule.next_look(row.first_seen, row.looks + 1, now)
        articles.looked(self.db, row.n, capture, due_at=due_at)

    def missed(self, wanted: Wanted, miss: Miss) -> None:
        """Settle a page that did not come."""
        row = articles.wanted(self.db, wanted.n)
        if row is None:
            self._too_late(wanted, *filter(None, [miss.answer]))
            return
        now = self.clock()
        if miss.answer:
            note = revise.FRONT_PAGE if miss.to_front else f"{revise.ANSWERED}{miss.status}"
            keeping.add_capture(self.db, miss.answer, kind="error", article=row.n, note=note)
            articles.remarked(self.db, row.n)
        date = miss.answer.header("date") if miss.answer else ""
        misses = schedule.Misses.read(row.misses).add(now, status=miss.status, to_front=miss.to_front, date=date)
        reason = misses.reason() if row.revisions else ""
        if reason and not row.gone:
            articles.mark_gone(self.db, row.n, reason, now)
            self._leaf("gone", row, reason)
            self.tally.gone += 1
        due_at: datetime | None = now + schedule.back_off(row.failures + 1)
        if miss.never or row.failures + 1 >= GIVE_UP_AFTER:
            due_at = schedule.next_look(row.first_seen, row.looks + 1, now) if row.revisions else None
        elif row.gone or reason:
            due_at = schedule.next_look(row.first_seen, row.looks + 1, now)
        elif miss.status == 404 and row.revisions:
            due_at = now + timedelta(days=1, minutes=5)
        articles.failed(self.db, row.n, miss.trouble, due_at=due_at, misses=misses.text())

    def _too_late(self, wanted: Wanted, *kept: Capture) -> None:
        """Have the records erased that came when their article was removed already; if it was merged into another, they stay."""
        if removing.is_removed(self.db, [wanted.url]):
            for capture in kept:
                if capture.place:
                    removing.to_erase(self.db, capture.place)

    # --- which article is it

    def _identity(self, row: Wanted, capture: Capture, clipping: Clipping) -> int:
        """Return the article that the page of `row` belongs to: itself, or the one whose address it gives as its own."""
        if clipping.blocked or clipping.article_probability < LISTED_IS_ARTICLE:
            return row.n  # a login page to which every article leads is none of them
        for url in own_addresses(row.url, capture, clipping):
            # Spellings that can be worked out are asked for, not kept: they would be eight rows an article.
            other = articles.at_address(self.db, [url]) or articles.at_address(self.db, urls.variants(url))
            if other is None:
                articles.add_address(self.db, row.n, url)
            elif other != row.n and self._same_piece(other, clipping, led=url == urls.canonical(capture.final_url)):
                if row.revisions == 0:
                    articles.merge(self.db, row.n, other)
                    return other
                if keeping.last_wording(self.db, other) is None:
                    articles.merge(self.db, other, row.n)  # renamed, and listed by its new address already
                else:
                    articles.mark_copy(self.db, row.n, other)
        foreign = urls.canonical(clipping.canonical) if clipping.canonical else ""
        if foreign and not urls.same_site(foreign, capture.final_url) and not urls.is_front(foreign):
            original = articles.at_address(self.db, [foreign, *urls.variants(foreign)])
            if original:
                articles.mark_copy(self.db, row.n, original)
        return row.n

    def _same_piece(self, other: int, clipping: Clipping, *, led: bool) -> bool:
        """Return whether title or text agree: a page may claim an address that is not its own.

        Of an article that was listed without a title, and is not fetched yet, an address that `led` there is proof enough.
        """
        wording = keeping.last_wording(self.db, other)
        if wording is None:
            found = articles.wanted(self.db, other)
            return found is not None and (agree(found.entry.title, clipping.title) or (led and not found.entry.title))
        return agree(wording.clipping.title, clipping.title) or agree(
            wording.clipping.text[:2000], clipping.text[:2000]
        )

    # --- is it a new wording

    def _note(self, last: Wording | None, clipping: Clipping) -> str:
        """Return why this capture cannot become the article's wording, or the empty string."""
        if last is None:
            return ""
        if clipping.missing and last.clipping.parts and not last.clipping.missing:
            return "part"
        return revise.worse(last.clipping, clipping)

    def _first(self, n: int, cut: Cut, clipping: Clipping, *, capture: int) -> None:
        rejected = self._rejected(cut.wanted, clipping)
        digest = self._digest(cut, clipping)
        self.revise(
            n, clipping, Cause(capture=capture, kind="first", digest=digest, at=self.clock(), rejected=rejected)
        )
        self.tally.rejected += rejected
        self.tally.kept += not rejected

    def _improve(self, n: int, number: int, better: Clipping, cause: Cause) -> None:
        keeping.recut(self.db, n, number, better, cause)
        self._pictures(n, better, now=cause.at)

    def _again(self, n: int, last: Wording, cut: Cut, clipping: Clipping, *, capture: int) -> None:
        """Compare with the wording we have, both cut by one recipe: an edit is a difference between captures."""
        old = last.clipping
        if last.recipe != clipping.recipe:
            old = self._recut(n, last, cut, clipping, capture=capture)
            if old.recipe != clipping.recipe:
                return  # page against feed text: two texts of the same wording, not an edit
        digest = self._digest(cut, clipping)
        rejected = cut.wanted.rejected and self._rejected(cut.wanted, clipping)
        if cut.wanted.rejected and not rejected:
            # The page, the extractor or a site definition of one's own has changed: it is judged anew at every look.
            keeping.accept(self.db, n, old)
            self.tally.kept += 1
        if old.missing and not clipping.missing:
            # The wording we have lacks pages that were there: now it is whole, and nobody has written a word.
            self._improve(n, last.number, clipping, Cause(capture=capture, kind="", digest=digest, at=self.clock()))
            return
        if old is last.clipping and raw_digest(digest) == last.digest:
            return
        kind, steady = self._edit(n, old, last, replace(cut, clipping=clipping))
        if steady is not clipping:
            clipping, digest = steady, revise.edit_digest(steady)
        if kind:
            # What was judged no article stays so until a wording of it is one: front pages change all the time.
            self.revise(
                n, clipping, Cause(capture=capture, kind=kind, digest=digest, at=self.clock(), rejected=rejected)
            )
            self.tally.edits += kind != "trivial" and not cut.wanted.rejected

    def _edit(self, n: int, old: Clipping, last: Wording, cut: Cut) -> tuple[str, Clipping]:
        """Return what kind of edit makes `old` into what `cut` holds, and what it makes it into.

        The kind is empty for what goes by, and if only the extractor wavered.
        """
        new = cut.clipping
        if not revise.kind_of(old, new) or revise.is_passing(old, new):
            return "", new
        # Boxes of teasers change with every look; an archive knows what the other articles are called.
        elsewhere = revise.Elsewhere.of(articles.neighbours(self.db, n))
        kind = revise.kind_of(old, new, elsewhere)
        if kind == "trivial" and revise.is_passing(old, new, elsewhere):
            return "", new
        row = reading.capture_by_n(self.db, last.capture)
        page = self._page(row) if row and row.kind == cut.kept_as == "page" else None
        if page and wavered(old, new, kind, pages=(page, cut.capture), elsewhere=elsewhere):
            return "", new
        steady = steadied(old, new, pages=(page, cut.capture)) if page else new
        return kind if steady is new else revise.kind_of(old, steady, elsewhere), steady

    def _page(self, row: CaptureRow) -> Capture | None:
        """Return a capture from the WARC, or None if its body is damaged or was not kept: that costs a comparison only."""
        try:
            page = self.keeper.get(row.place)
        except BadWarc:
            return None
        return None if page.left_out else page

    def _recut(self, n: int, last: Wording, cut: Cut, clipping: Clipping, *, capture: int) -> Clipping:
        """Return the last wording cut anew from its own capture by today's recipe; the better cut replaces it in place."""
        row = reading.capture_by_n(self.db, last.capture)
        if row is None or row.kind == "entry":
            if origin(clipping) == "feed":
                return last.clipping
            better = clipping  # the page itself, where we had only the feed's text
        else:
            page = self._page(row)
            if page is None:
                # It cannot be cut again: one edit too many is better than none from now on.
                return replace(last.clipping, recipe=clipping.recipe)
            capture = last.capture
            better = completed(
                clip(
                    page,
                    entry=cut.wanted.entry,
                    rule=cut.rule,
                    profile=cut.profile,
                    further=further_of(self.archive, capture),
                ),
                cut.wanted.entry,
                zone=cut.wanted.zone,
            )
            if better.recipe != clipping.recipe or revise.worse(last.clipping, better):
                return last.clipping
        cause = Cause(capture=capture, kind="", digest=self._digest(cut, better), at=self.clock())
        keeping.recut(self.db, n, last.number, better, cause)
        return better

    def revise(self, n: int, clipping: Clipping, cause: Cause, *, url: str = "") -> None:
        """Make `clipping` the next wording of article `n`, whose address `url` names it if it has none of its own."""
        keeping.add_revision(self.db, n, clipping, cause)
        of = keeping.digest_of_capture(self.db, cause.capture)
        kept = self.keeper.conversion(clipping, of=of, at=cause.at, url=url)
        keeping.add_capture(self.db, kept, kind="clipping", article=n)
        self._pictures(n, clipping, now=cause.at)

    @staticmethod
    def _digest(cut: Cut, clipping: Clipping) -> str:
        return cut.digest if cut.digest and clipping is cut.clipping else revise.edit_digest(clipping)

    def _rejected(self, row: Wanted, clipping: Clipping) -> bool:
        if not clipping.text.strip() and not clipping.images:
            return True
        if clipping.how.get("body") == "site rule":
            return False  # who says where the article stands on a page says that it is one
        kind = self.keeper.kinds.get(row.source, "")
        least = {"front": LINKED_IS_ARTICLE, "sitemap": LINKED_IS_ARTICLE, "urls": NAMED_IS_ARTICLE}
        return urls.is_front(row.url) or clipping.article_probability < least.get(kind, LISTED_IS_ARTICLE)

    def _pictures(self, n: int, clipping: Clipping, *, now: datetime) -> None:
        settings = self.archive.settings.media
        lead = clipping.lead.url if clipping.lead else ""
        wanted = [lead] if settings.keep == "lead" else [lead, *(image.url for image in clipping.images)]
        for url in list(dict.fromkeys(filter(None, wanted)))[: settings.max_per_article]:
            if settings.keep != "none" and url.startswith(("http://", "https://")):
                keeping.want_picture(self.db, url, article=n, is_lead=url == lead, now=now)

    # --- coming and going

    def _back(self, row: Wanted) -> None:
        articles.mark_gone(self.db, row.n, "", None)
        self._leaf("returned", row, row.gone)
        self.tally.returned += 1

    def _leaf(self, event: str, row: Wanted, reason: str) -> None:
        at = self.clock()
        record = keeping.canonical(
            {
                "event": event,
                "article": row.id,
                "url": row.url,
                "reason": reason,
                "at": at.isoformat(timespec="milliseconds"),
            }
        )
        keeping.add_leaf(self.db, keeping.Event(name=event, at=at, record=record, ref=row.n))

    def _next_look(self, row: Wanted, n: int, cut: Cut) -> None:
        now = self.clock()
        if cut.trouble and row.failures + 1 < GIVE_UP_AFTER:
            # Only the feed's text could be kept: the page itself is still wanted.
            articles.failed(self.db, n, cut.trouble, due_at=now + schedule.back_off(row.failures + 1))
            return
        articles.looked(self.db, n, cut.capture, due_at=schedule.next_look(row.first_seen, row.looks + 1, now))


def own_addresses(url: str, capture: Capture, clipping: Clipping) -> list[str]:
    """Return the addresses, in one spelling, that the page may rightly call its own.

    `rel=canonical` is believed within the registrable domain only, and never for a front page.
    """
    found = [urls.canonical(url)]
    for own in dict.fromkeys(urls.canonical(given) for given in (capture.final_url, clipping.canonical) if given):
        if own and not urls.is_front(own) and urls.same_site(own, url):
            found += [own, urls.plain(own)]
    return list(dict.fromkeys(found))


def agree(one: str, other: str) -> bool:
    """Return whether two titles or texts are the same but for small differences."""
    first, second = sorted((terms.letters(one), terms.letters(other)), key=len)
    if not first:
        return False
    if first in second:
        # "News" stands in "News from the harbour", but they are not the same.
        return len(first) >= TELLING or 2 * len(first) >= len(second)
    pairs = {first[at : at + 3] for at in range(len(first) - 2)}
    others = {second[at : at + 3] for at in range(len(second) - 2)}
    return len(pairs & others) > 0.7 * min(len(pairs), len(others)) > 0


def completed(clipping: Clipping, entry: Entry, *, zone: str = "") -> Clipping:
    """Return `clipping` with what the page does not say filled in from its listing, and from the `zone` of its source."""
    clipping = _placed(clipping, entry, zone)
    changes: dict[str, object] = {}
    how = dict(clipping.how)
    for name, value in (
        ("title", entry.title),
        ("authors", entry.authors),
        ("published", entry.published),
        ("language", entry.language),
        ("tags", entry.tags),
    ):
        if value and not getattr(clipping, name):
            changes[name] = value
            how[name] = "listing"
    if "published" in changes:
        changes["published_text"] = entry.published_text
        how["published"] = f"listing: {entry.published_text}"
    return replace(clipping, **changes, how=how) if changes else clipping  # type: ignore[arg-type]


def _placed(clipping: Clipping, entry: Entry, zone: str) -> Clipping:
    """Return `clipping` with a date that names no zone read in `zone`, or else as the instant that its listing names."""
    text, language = clipping.published_text, clipping.language
    written = dates.read(text, language=language) if clipping.published else None
    if written is None or written.zone or written.at != clipping.published:
        return clipping
    there = dates.read(text, language=language, zone=zone) if zone else None
    listed = dates.read(entry.published_text) if entry.published else None
    if listed and listed.zone and _may_be_one(there or written, listed):
        at, where = listed.at, f"listing: {entry.published_text}"
    elif there:
        at, where = there.at, zone
    else:
        return clipping
    how = clipping.how.get("published", text).partition(" (no zone written")[0]
    return replace(clipping, published=at, how={**clipping.how, "published": f"{how} (no zone written; {where})"})


def _may_be_one(written: dates.Reading, listed: dates.Reading) -> bool:
    """Return whether an instant can be the time that was written: within its day, or a whole zone away from its hour."""
    ahead = listed.at - written.at
    if written.precision == "day":
        first, last = (timedelta(), DAY) if written.zone else (-EASTERNMOST, DAY + WESTERNMOST)
        return first <= ahead < last
    half_hours = ahead / timedelta(minutes=30)
    return not written.zone and -EASTERNMOST <= ahead <= WESTERNMOST and abs(half_hours - round(half_hours)) < 1 / 30


def origin(clipping: Clipping) -> str:
    """Return `page` or `feed`: where the words came from."""
    return clipping.recipe.rpartition(" ")[2]
