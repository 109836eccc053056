"""The update: visit what is due, fetch what is new, look again at what is old, keep it. Interrupt it anywhere; run it again.

Sources, then articles, then pictures: each is claimed from the catalog in small lots, fetched, worked on, and settled together
with others in one commit. What was claimed and not settled when a process dies is simply due again.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tearsheet import media, schedule, sites, urls
from tearsheet.archive import Archive, disk_bytes
from tearsheet.errors import (
    AddressRefused,
    BadPicture,
    BadStatus,
    DiskTrouble,
    FetchError,
    FormatError,
    RobotsRefused,
    TearsheetError,
    TooSlow,
    Unreachable,
)
from tearsheet.fetch import Fetcher, Request
from tearsheet.flow.advance import Advance
from tearsheet.flow.clock import now
from tearsheet.flow.dictionaries import learn_words
from tearsheet.flow.hand import Hand
from tearsheet.flow.indexing import catch_up
from tearsheet.flow.learning import Profiles, learn_anew
from tearsheet.flow.leftovers import sweep_media
from tearsheet.flow.limits import limits_of
from tearsheet.flow.mending import mend
from tearsheet.flow.parting import Parting, further_pages
from tearsheet.flow.pieces import Job, Piece, cut, develop, piece_of
from tearsheet.flow.pool import Pool, undisturbed
from tearsheet.flow.records import Keeper
from tearsheet.flow.sealing import seal
from tearsheet.flow.settle import TELLING_STATUS, Cut, Miss, Settler, Tally
from tearsheet.flow.stamping import stamp
from tearsheet.flow.visits import Visiting, Visits
from tearsheet.model import Capture, Clipping, Picture, Step
from tearsheet.store import articles, keeping, reading, removing
from tearsheet.store import sources as source_rows
from tearsheet.store.articles import Wanted
from tearsheet.store.keeping import WantedPicture
from tearsheet.store.worker import Worker

LOT = 400
MOST_TROUBLES = 1000
COMMIT_AFTER = 100
COMMIT_AFTER_S = 0.25
MOST_WAITING = 64
MOST_WAITING_BYTES = 64_000_000
"""Pages and pictures that wait for a processor are held in memory: above this, none is asked for."""
PICTURE_TRIES = 4
PATIENCE_S = 1.0
"""So long an interrupted update goes on with the pages that were to be cut."""
SILENT_AFTER = 2
"""So many pictures of one host in vain, and the rest of them wait for another run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOptions:
    """`sources` are the only addresses to visit (all that are due if empty); `force` visits them though they are not due.
    `again` looks again at every article, due or not.

    `limit` is the most articles to fetch in this run, 0 for all; `pictures` says whether to fetch pictures.
    """

    sources: tuple[str, ...] = ()
    force: bool = False
    again: bool = False
    pictures: bool = True
    limit: int = 0
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """What an update did. `failures` counts causes; `troubles` are (thing, message), `untold` how many beyond a thousand.

    `waiting` are articles that were due and not fetched: more than the limit, or when it was interrupted.
    """

    sources: int = 0
    listed: int = 0
    new: int = 0
    kept: int = 0
    edits: int = 0
    gone: int = 0
    returned: int = 0
    rejected: int = 0
    pictures: int = 0
    waiting: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    troubles: tuple[tuple[str, str], ...] = ()
    untold: int = 0
    seconds: float = 0.0
    interrupted: bool = False


def update(
    archive: Archive,
    options: UpdateOptions | None = None,
    *,
    progress: Callable[[Step], None] = lambda step: None,
    clock: Callable[[], datetime] = now,
) -> UpdateReport:
    """Return what was done, once everything that is due by `clock` has been seen to.

    A `KeyboardInterrupt` stops it: what is in hand is settled in about a second, the rest stays due, the report says so.

    Raises:
        BadSite: a site definition is not usable; nothing was visited, or every source would seem to have failed.
        DiskTrouble: what was fetched can no longer be written. What was acknowledged before is there.
    """
    _ = archive.sites
    return Update(archive, options or UpdateOptions(), progress, clock=clock).run()


def watch(
    archive: Archive,
    options: UpdateOptions | None = None,
    *,
    on_round: Callable[[UpdateReport], None],
    progress: Callable[[Step], None] = lambda step: None,
    every_s: float = 60.0,
) -> None:
    """Update again and again, `every_s` apart, until interrupted; `on_round` is given each round's report."""
    while True:
        report = update(archive, options, progress=progress)
        on_round(report)
        if report.interrupted:
            return
        time.sleep(every_s)


class Update:
    """One run. Its methods are the steps; `run` says their order."""

    def __init__(
        self,
        archive: Archive,
        options: UpdateOptions,
        progress: Callable[[Step], None],
        *,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.archive = archive
        self.db = archive.store.db
        self.options = options
        self.hand = Hand(Advance(progress))
        self.clock = clock
        self.settled_at = time.monotonic()
        self.profiles = Profiles(archive)
        self.silent: Counter[str] = Counter()
        self.flying = 0
        self.heavy = 0
        self.fetched = 0
        self.only: list[str] | None = list(options.sources) or None
        self.all_forced = options.force and not options.sources
        self.warc_full = self._over(archive.warc_folder, archive.settings.warc.max_gb)
        self.media_full = self._over(archive.path / "media", archive.settings.media.max_gb)
        if self.warc_full:
            self.hand.trouble(
                "warc", DiskTrouble("warc", "[warc] max_gb is reached: no page is fetched until it is raised")
            )

    def run(self) -> UpdateReport:
        """Do everything that is due, and report."""
        began = time.monotonic()
        interrupted = False
        self.worker = Worker(self.archive.path / "run")
        try:
            self._mend()
            with (
                Keeper(self.archive) as self.keeper,
                Pool(self.options.workers) as self.pool,
            ):
                fetcher = Fetcher(limits_of(self.archive))
                self.settler = Settler(self.archive, self.keeper, self.hand.tally, clock=self.clock)
                self.visits = Visits(self.archive, self.keeper, self.hand, clock=self.clock, force=self.options.force)
                try:
                    for request, answer in fetcher.fetch(self._requests()):
                        # Interrupted between two steps of ours, a place in the WARC could be told wrongly.
                        with undisturbed():
                            self._take(request, answer)
                except KeyboardInterrupt:
                    interrupted = True
                self._finish(patience_s=PATIENCE_S if interrupted else math.inf)
                if not interrupted:
                    learn_anew(self.archive, clock=self.clock)
        finally:
            try:
                with self.archive.store.transaction() as db:
                    source_rows.release(db, self.worker.name)
            finally:
                self.worker.close()  # or, on a full disk, its claims would be held as long as this process lives
        if not interrupted:
            learn_words(self.archive, clock=self.clock)
            catch_up(self.archive)  # of a long first update this alone takes a while; the next one does it
        seal(self.archive)
        if not interrupted and (trouble := stamp(self.archive, fetcher)):
            self.hand.trouble(self.archive.settings.ledger.timestamp_server, trouble)
        return UpdateReport(
            **{name: getattr(self.hand.tally, name) for name in Tally.__slots__},
            failures=dict(self.hand.failures.most_common()),
            troubles=tuple(self.hand.troubles[:MOST_TROUBLES]),
            untold=max(0, len(self.hand.troubles) - MOST_TROUBLES),
            waiting=reading.due(self.db, "articles", self.clock()),
            seconds=time.monotonic() - began,
            interrupted=interrupted,
        )

    # --- what is due

    def _requests(self) -> Iterator[Request | None]:
        """Yield requests as long as anything is due or under way; None while there is nothing to give."""
        while self._has_work():
            yield self._next()

    def _has_work(self) -> bool:
        """Return whether anything is due or under way; what is done is settled and what is due claimed on the way."""
        with undisturbed():
            self._collect()
            self._commit_if_due()
            if self.hand.queue or self._refill() or self.flying or self.pool.pending:
                return True
            self._commit()  # which may list articles that are due now
            return self._refill()

    def _next(self) -> Request | None:
        """Return a request, if there is one and the pages that wait to be cut are not too many."""
        if not self.hand.queue or self.pool.pending > MOST_WAITING or self.heavy > MOST_WAITING_BYTES:
            return None
        request = self.hand.queue.popleft()
        if isinstance(request.tag, WantedPicture) and self.silent[urls.host(request.url)] >= SILENT_AFTER:
            self._picture_failed(request.tag, Unreachable(request.url, "its host did not answer in this run"))
            return None
        self.flying += 1
        return request

    def _refill(self) -> bool:
        """Claim another lot; return whether there was one."""
        with self.archive.store.transaction() as db:
            due = self._claim_sources()
            wanted = [] if due else self._claim_articles()
            pictures: list[WantedPicture] = []
            if not due and not wanted and self.options.pictures and not (self.media_full or self.warc_full):
                pictures = keeping.claim_pictures(db, worker=self.worker.name, now=self.clock(), limit=LOT)
            self.hand.advance.claimed(
                {"sources": len(due), "articles": len(wanted), "pictures": len(pictures)}, self._rest
            )
        for source in due:
            self.visits.begin(source)
        for one in wanted:
            self._ask(one)
        for picture in pictures:
            request = Request(
                url=picture.url,
                purpose="picture",
                tag=picture,
                referer=picture.referer,
                max_bytes=self.archive.settings.media.max_bytes,
            )
            self.hand.queue.append(request)
        return bool(due or wanted or pictures)

    def _rest(self, stage: str) -> int:
        """Return how many are due besides those that are claimed already."""
        if stage == "sources" and self.only is not None:
            return len(self.only)
        rest = reading.due(self.db, stage, self.clock())
        left = self.options.limit - self.fetched
        return min(rest, left) if stage == "articles" and self.options.limit else rest

    def _claim_sources(self) -> list[source_rows.Due]:
        if self.all_forced:
            self.all_forced = False
            self.only = [state.source.url for state in self.archive.sources() if not state.source.paused]
        if self.only is not None:
            lot, self.only = self.only[:LOT], self.only[LOT:]
            return source_rows.claim(self.db, worker=self.worker.name, now=self.clock(), limit=LOT, only=lot)
        return source_rows.claim(self.db, worker=self.worker.name, now=self.clock(), limit=LOT)

    def _claim_articles(self) -> list[Wanted]:
        left = self.options.limit - self.fetched if self.options.limit else LOT
        if left <= 0 or self.warc_full:
            return []
        found = articles.claim(self.db, worker=self.worker.name, now=self.clock(), limit=min(LOT, left))
        self.fetched += len(found)
        return found

    def _ask(self, wanted: Wanted) -> None:
        """Ask for the page of an article; an entry without one is cut as it is."""
        if not wanted.entry.url:
            self._cut_entry(wanted, "")
            return
        rule = sites.rule_for(self.archive.sites, wanted.url, on=self.clock().date())
        instead = sites.single_page(rule, wanted.url) if rule else ""
        again = wanted.revisions > 0 and not wanted.rejected  # which is judged anew at every look
        request = Request(
            url=instead or wanted.url,
            tag=Job(wanted=wanted, rule=rule, instead=instead),
            etag=wanted.etag if again else "",
            last_modified=wanted.last_modified if again else "",
        )
        self.hand.queue.append(request)

    # --- what came

    def _take(self, request: Request, answer: Capture | FetchError) -> None:
        self.flying -= 1
        tag = request.tag
        if isinstance(tag, Visiting):
            self.visits.take(tag, request.url, answer)
        elif isinstance(tag, Job):
            self._take_page(tag, answer)
        elif isinstance(tag, Parting):
            self._take_further(tag, answer)
        elif isinstance(tag, WantedPicture):
            self._take_picture(tag, answer)
        self._collect()
        self._commit_if_due()

    def _take_page(self, job: Job, answer: Capture | FetchError) -> None:
        wanted = job.wanted
        if isinstance(answer, FetchError):
            self._page_failed(job, answer)
            return
        if answer.status == 304:
            self.hand.settled.append(lambda: self.settler.unchanged(wanted, answer))
            self.hand.advance.done("articles", wanted.url)
            return
        if job.rule and job.jumps < 2 and (jump := sites.jump(job.rule, answer)):
            self.keeper.keep(answer)
            self.hand.queue.append(Request(url=jump, tag=replace(job, instead=jump, jumps=job.jumps + 1)))
            return
        to_front = urls.is_front(answer.final_url) and not urls.is_front(wanted.url)
        if to_front:
            moved = FetchError(wanted.url, "redirected to the front page")
            self._page_missed(job, moved, to_front=True, answer=answer)
            return
        kept = self.keeper.keep(answer)
        self._cut_page(job, kept)

    def _cut_page(self, job: Job, page: Capture) -> None:
        profile = self.profiles.of(urls.host(page.final_url))
        self._give((job, page), cut, piece_of(job, page, profile))

    def _take_further(self, parting: Parting, answer: Capture | FetchError) -> None:
        if isinstance(answer, FetchError):
            self.hand.trouble(parting.job.wanted.url, answer)
        if parting.take(answer, self.keeper):
            self._cut_page(parting.job, parting.page)

    def _page_failed(self, job: Job, error: FetchError) -> None:
        if job.instead and not job.jumps and isinstance(error, BadStatus):
            # The whole-article-on-one-page form is a guess: the address as listed is the one that counts.
            self.hand.queue.append(Request(url=job.wanted.url, tag=replace(job, instead="")))
            return
        listed = job.wanted.entry.url
        if isinstance(error, BadStatus) and error.status in (404, 410) and not job.instead and listed != job.wanted.url:
            # It has moved, and its source lists it by the new address; or its host knows only the very spelling it lists.
            self.hand.queue.append(Request(url=listed, tag=replace(job, instead=listed, jumps=1)))
            return
        self._page_missed(job, error)

    def _page_missed(
        self, job: Job, error: FetchError, *, to_front: bool = False, answer: Capture | None = None
    ) -> None:
        wanted = job.wanted
        status = error.status if isinstance(error, BadStatus) else 0
        if not (wanted.gone and (to_front or status in (404, 410))):  # that it is gone was told when it went
            self.hand.trouble(wanted.url, error)
        if wanted.revisions == 0 and len(wanted.entry.content or wanted.entry.summary) > 200:
            self._cut_entry(wanted, str(error))
            return
        if status in TELLING_STATUS and isinstance(error, BadStatus):
            answer = error.capture
        miss = Miss(
            trouble=str(error),
            status=status,
            to_front=to_front,
            never=isinstance(error, RobotsRefused | AddressRefused),
            answer=self.keeper.keep(answer) if answer and wanted.revisions else None,
        )
        self.hand.settled.append(lambda: self.settler.missed(wanted, miss))
        self.hand.advance.done("articles", wanted.url)

    def _cut_entry(self, wanted: Wanted, trouble: str) -> None:
        """Cut the text that the listing gave: there is no page, or it did not come."""
        kept = self.keeper.entry(wanted.entry, source=wanted.url, at=self.clock())
        self._give((Job(wanted=wanted, trouble=trouble), kept), cut, Piece(capture=kept, entry=wanted.entry, rule=None))

    def _take_picture(self, wanted: WantedPicture, answer: Capture | FetchError) -> None:
        if isinstance(answer, FetchError):
            self.silent[urls.host(wanted.url)] += isinstance(answer, Unreachable | TooSlow)
            self._picture_failed(wanted, answer)
        elif answer.status == 304 or not answer.body:
            self._picture_failed(wanted, BadPicture(wanted.url, "an empty answer"))
        else:
            self._give((wanted, answer), develop, answer.body)

    def _picture_failed(self, wanted: WantedPicture, error: TearsheetError) -> None:
        self.hand.failures[f"picture {error.what}"] += 1
        self.hand.advance.done("pictures", wanted.url)
        hopeless = isinstance(error, FormatError | AddressRefused | RobotsRefused) or wanted.failures >= PICTURE_TRIES
        due_at = None if hopeless else self.clock() + schedule.back_off(wanted.failures + 1, error)
        self.hand.settled.append(lambda: keeping.picture_failed(self.db, wanted.n, str(error), due_at=due_at))

    # --- what was worked on

    def _give(self, tag: tuple[Job | WantedPicture, Capture], work: Callable[[Any], Any], piece: object) -> None:
        self.heavy += len(tag[1].body)
        self.pool.give(tag, work, piece)

    def _collect(self) -> None:
        for tag, result in self.pool.done():
            match tag:
                case (Job() as job, Capture() as capture):
                    self.heavy -= len(capture.body)
                    self._collect_page(job, capture, result)
                case (WantedPicture() as wanted, Capture() as capture):
                    self.heavy -= len(capture.body)
                    self._collect_picture(wanted, capture, result)

    def _collect_page(self, job: Job, capture: Capture, result: tuple[Clipping, str] | TearsheetError) -> None:
        wanted = job.wanted
        if isinstance(result, TearsheetError):
            self.hand.trouble(wanted.url, result)
            self.hand.settled.append(lambda: self.settler.missed(wanted, Miss(trouble=str(result))))
            return
        clipping, digest = result
        if further := further_pages(job, capture, clipping):
            self.hand.queue.extend(further)
            return
        if not clipping.text.strip():
            self.hand.failures["no words found on the page"] += 1
        done = Cut(
            wanted=wanted,
            capture=capture,
            clipping=clipping,
            rule=job.rule,
            profile=self.profiles.of(urls.host(capture.final_url)),
            digest=digest,
            kept_as="entry" if job.trouble or not wanted.entry.url else "page",
            trouble=job.trouble or (job.lacks if clipping.missing else ""),
            further=job.further,
        )
        self.hand.settled.append(lambda: self.settler.page(done))
        self.hand.advance.done("articles", wanted.url)

    def _collect_picture(
        self, wanted: WantedPicture, capture: Capture, result: tuple[media.Copy, media.Copy] | TearsheetError
    ) -> None:
        if isinstance(result, TearsheetError):
            self._picture_failed(wanted, result)
            return
        web, thumb = result
        name = capture.digest.removeprefix("sha256:")
        picture = Picture(
            url=wanted.url,
            digest=capture.digest,
            media_type=web.media_type,
            web=f"{name[:2]}/{name}{web.extension}",
            thumb=f"{name[:2]}/{name}-400{thumb.extension}",
            width=web.width,
            height=web.height,
            thumb_width=thumb.width,
            thumb_height=thumb.height,
        )
        kept = self.keeper.keep(capture)
        folder = self.archive.media_folder
        for file, copy in ((picture.web, web), (picture.thumb, thumb)):
            if not folder.has(file):
                folder.put(file, copy.data)

        def settle() -> None:
            if kept.place and not keeping.is_wanted(self.db, wanted.n):  # it was removed with its article meanwhile
                removing.to_erase(self.db, kept.place)
                return
            row = keeping.add_capture(self.db, kept, kind="picture")
            copies = keeping.Copies(web=web.data, thumb=thumb.data)
            keeping.picture_kept(self.db, wanted.n, picture, copies, capture=row)
            self.hand.tally.pictures += 1

        self.hand.settled.append(settle)
        self.hand.advance.done("pictures", wanted.url)

    # --- commits

    def _commit_if_due(self) -> None:
        if len(self.hand.settled) >= COMMIT_AFTER or (
            self.hand.settled and time.monotonic() - self.settled_at > COMMIT_AFTER_S
        ):
            self._commit()

    def _finish(self, *, patience_s: float) -> None:
        """Settle what is in hand. What the pool has not done within `patience_s` is left; it stays due."""
        until = time.monotonic() + patience_s
        while self.pool.pending and time.monotonic() < until:
            self.pool.wait(min(patience_s, 60.0))
            with undisturbed():
                self._collect()
                self._commit_if_due()
        self.pool.give_up()
        with undisturbed():
            self._commit()

    def _commit(self) -> None:
        """Settle what is in hand in one commit, before which the archive fsyncs what was captured; then it counts as done."""
        self._collect()
        settled, self.hand.settled = self.hand.settled, []
        if settled:
            with self.archive.store.transaction():
                for outcome in settled:
                    outcome()
        self.settled_at = time.monotonic()

    def _mend(self) -> None:
        """Put right what an earlier run left behind when it was killed: torn tails, half a removal, pictures, claims."""
        self.hand.troubles += [(trimmed.file, str(trimmed)) for trimmed in mend(self.archive, clock=self.clock)]
        killed = self.worker.dead(source_rows.workers(self.db))
        if killed:  # each had claimed the picture that it was writing
            sweep_media(self.archive)
        with self.archive.store.transaction() as db:
            for name in killed:
                source_rows.release(db, name)
            if self.options.again:
                articles.make_due(db, self.clock())

    @staticmethod
    def _over(folder: Path, max_gb: float) -> bool:
        return bool(max_gb) and disk_bytes(folder) > max_gb * 1e9
