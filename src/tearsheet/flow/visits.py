"""One visit to a source: what was fetched for it, and how it is settled in the catalog."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tearsheet import schedule, sources, urls
from tearsheet.archive import Archive
from tearsheet.errors import FetchError, FormatError, NoSuchSource, TearsheetError
from tearsheet.fetch import Request
from tearsheet.flow.hand import Hand
from tearsheet.flow.records import Keeper
from tearsheet.flow.settle import Tally
from tearsheet.model import Capture, Entry, Source, Visit
from tearsheet.sources import Listed
from tearsheet.store import articles, keeping, reading, removing
from tearsheet.store import sources as source_rows

MAX_PAGES_PER_VISIT = 60


@dataclass(slots=True, kw_only=True)
class Visiting:
    """A visit under way. `open` counts answers still to come, `asked` holds every address asked for, `came` what it gave."""

    due: source_rows.Due
    open: int = 0
    asked: list[str] = field(default_factory=list)
    came: dict[str, Capture] = field(default_factory=dict)
    errors: list[TearsheetError] = field(default_factory=list)
    listed: Listed | None = None
    failure: TearsheetError | None = None

    @property
    def captures(self) -> list[Capture]:
        """What came, in the order in which it was asked for: of two lists that name an article the first one counts."""
        return [self.came[url] for url in self.asked if url in self.came]


def on_disk(source: Source, now: datetime) -> Capture:
    """Return the file that `source`, a list of addresses on this machine, names, as if it had been fetched.

    Raises:
        NoSuchSource: there is no such file, or it cannot be read.
    """
    if not source.url.startswith("file:///"):
        raise NoSuchSource(source.url, "no address that can be read")
    try:
        body = Path(url2pathname(urlsplit(source.url).path)).read_bytes()
    except (OSError, ValueError) as error:
        raise NoSuchSource(source.url, getattr(error, "strerror", "") or str(error)) from error
    return Capture(
        url=source.url,
        final_url=source.url,
        status=200,
        headers=(("Content-Type", "text/plain; charset=utf-8"),),
        body=body,
        captured_at=now,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


class Visits:
    """The visits of one update: asks for what each of them needs, and leaves its outcome to be settled."""

    def __init__(
        self, archive: Archive, keeper: Keeper, hand: Hand, *, clock: Callable[[], datetime], force: bool
    ) -> None:
        self.archive = archive
        self.keeper = keeper
        self.hand = hand
        self.clock = clock
        self.force = force

    def begin(self, due: source_rows.Due) -> None:
        """Ask for what must be fetched to list a source."""
        try:
            wants = sources.addresses(
                due.source, sites=self.archive.sites, rsshub_base=self.archive.settings.rsshub.base
            )
            here = {} if wants else {due.source.url: on_disk(due.source, self.clock())}
        except TearsheetError as error:
            self._fail(Visiting(due=due), error)
            return
        visiting = Visiting(due=due, open=len(wants), asked=[*wants, *here], came=here)
        single = len(wants) == 1 and due.visit is not None and not self.force
        for url in wants:
            request = Request(
                url=url,
                purpose="source",
                tag=visiting,
                etag=due.visit.etag if single and due.visit else "",
                last_modified=due.visit.last_modified if single and due.visit else "",
            )
            self.hand.queue.append(request)
        if not wants:
            self._read(visiting)

    def take(self, visiting: Visiting, url: str, answer: Capture | FetchError) -> None:
        """Take what came from `url` for a visit; with the last answer it is read."""
        visiting.open -= 1
        if isinstance(answer, FetchError):
            visiting.errors.append(answer)
        else:
            visiting.came[url] = answer
        if visiting.open == 0:
            self._read(visiting)

    def _read(self, visiting: Visiting) -> None:
        """Read what was fetched; ask for more if the source needs it, settle the visit if not."""
        fresh = [capture for capture in visiting.captures if capture.status != 304]
        if not visiting.captures or (visiting.errors and not fresh):
            self._fail(visiting, visiting.errors[0] if visiting.errors else FormatError(visiting.due.source.url))
            return
        if fresh:
            try:
                visiting.listed = sources.read(visiting.due.source, fresh, sites=self.archive.sites, now=self.clock())
            except TearsheetError as error:
                self._fail(visiting, error)
                return
            more = [url for url in visiting.listed.wants if url not in visiting.asked][:MAX_PAGES_PER_VISIT]
            if more and len(visiting.asked) < MAX_PAGES_PER_VISIT:
                visiting.asked += more
                visiting.open = len(more)
                self.hand.queue.extend(Request(url=url, purpose="source", tag=visiting) for url in more)
                return
        self._finish(visiting)

    def _fail(self, visiting: Visiting, error: TearsheetError) -> None:
        visiting.failure = error
        self.hand.trouble(visiting.due.source.url, error)
        self._finish(visiting)

    def _finish(self, visiting: Visiting) -> None:
        self.hand.settled.append(
            lambda: settle_visit(self.archive, self.keeper, self.hand.tally, visiting, self.clock())
        )
        self.hand.advance.done("sources", visiting.due.source.url)


def settle_visit(archive: Archive, keeper: Keeper, tally: Tally, visiting: Visiting, now: datetime) -> None:
    """Write what a visit found: its captures, its entries as articles to fetch, and when to come again."""
    db = archive.store.db
    due = visiting.due
    entries = list(visiting.listed.entries) if visiting.listed else []
    new = _list(db, due, entries, now=now)
    for capture in visiting.captures:
        if capture.status != 304 and reading.capture_by_digest(db, capture.digest) is None:
            keeping.add_capture(db, keeper.keep(capture), kind="feed")
    if visiting.listed:
        source_rows.describe(
            db,
            due.n,
            name=visiting.listed.title,
            language=visiting.listed.language,
            homepage=visiting.listed.homepage,
        )
    etag, last_modified = _validators(visiting)
    # A day alone does not say at what hour it came.
    arrivals = [entry.published for entry in new if entry.published and ":" in entry.published_text]
    rhythm = schedule.Rhythm.read(due.rhythm).visited(now, listed=len(entries), new=len(new), arrivals=arrivals)
    failures = (due.visit.failures if due.visit else 0) + 1 if visiting.failure else 0
    source_rows.record_visit(
        db,
        due.n,
        Visit(
            source=due.source.url,
            at=now,
            next_at=_next_at(visiting, rhythm, failures, now),
            etag=etag,
            last_modified=last_modified,
            listed=len(entries) or (due.visit.listed if due.visit else 0),
            new=len(new),
            trouble=_trouble(visiting),
            failures=failures,
        ),
        rhythm=rhythm.text(),
    )
    tally.sources += 1
    tally.listed += len(entries)
    tally.new += len(new)


def _validators(visiting: Visiting) -> tuple[str, str]:
    """Return the ETag and Last-Modified to ask with next time: those of a whole answer, none where it has none.

    What says only that nothing has changed leaves standing what it does not name. So does an answer that could not be read:
    asked with its validators, a broken feed would say "not modified" from then on, and seem sound.
    """
    before = visiting.due.visit
    had = (before.etag, before.last_modified) if before else ("", "")
    if visiting.failure or not visiting.captures:
        return had
    last = visiting.captures[-1]
    given = last.header("etag"), last.header("last-modified")
    return given if last.status != 304 else (given[0] or had[0], given[1] or had[1])


def _list(db: sqlite3.Connection, due: source_rows.Due, entries: Sequence[Entry], *, now: datetime) -> list[Entry]:
    """Note that a source lists `entries`; return those that are articles we did not know."""
    sighting = articles.Sighting(source=due.n, category=articles.category(db, due.source.categories), at=now)
    guids = Counter(entry.guid for entry in entries if entry.guid and entry.guid != entry.url)
    addresses = [urls.canonical(entry.url) if entry.url else f"{due.source.url}#{entry.guid}" for entry in entries]
    listed = {articles.at_address(db, [address]) for address in addresses}
    new, heard = [], set[int]()
    for address, entry in zip(reversed(addresses), reversed(entries), strict=True):
        n = articles.at_address(db, [address])
        if n is None and entry.url:
            spellings = urls.variants(address)
            if removing.is_removed(db, [address, *spellings]):
                continue
            n = articles.at_address(db, spellings)
        if n is None and guids[entry.guid] == 1:
            n = _renamed(db, entry, sighting, address=address, but_not=listed)
        if n is None:
            n = articles.add_article(db, address, sighting)
            new.append(entry)
        if n in heard:
            continue  # listed twice, say by two addresses; each in turn would seem to have changed
        heard.add(n)
        if articles.list_article(db, n, entry, sighting) == "changed":
            articles.look_again(db, n, now)
    return new


def _renamed(
    db: sqlite3.Connection, entry: Entry, sighting: articles.Sighting, *, address: str, but_not: set[int | None]
) -> int | None:
    """Return the article that has got another address, by which it is known from now on; None if `entry` is none we know.

    It is one if this source lists it by the guid and the date that it always had, and no longer by the address. Guids alone
    are not believed: there are feeds whose items all have the same.
    """
    known = articles.by_guid(db, sighting.source, entry.guid)
    if known is None or known.n in but_not or not entry.published or known.published != entry.published:
        return None
    articles.add_address(db, known.n, address)
    articles.look_again(db, known.n, sighting.at)
    return known.n


def _next_at(visiting: Visiting, rhythm: schedule.Rhythm, failures: int, now: datetime) -> datetime:
    if visiting.failure:
        return now + schedule.back_off(failures, visiting.failure)
    hints = {key.lower(): value for capture in visiting.captures for key, value in capture.headers}
    return schedule.next_visit(rhythm, now, url=visiting.due.source.url, headers=hints)


def _trouble(visiting: Visiting) -> str:
    if visiting.failure:
        return str(visiting.failure)
    if visiting.errors:
        return f"in part: {visiting.errors[0]}"
    return visiting.listed.trouble if visiting.listed else ""
