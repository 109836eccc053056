"""One visit to a source: what was fetched for it, and how it is settled in the catalog."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tearsheet import schedule, urls
from tearsheet.archive import Archive
from tearsheet.errors import BadStatus, NoSuchSource, TearsheetError
from tearsheet.flow.records import Keeper
from tearsheet.flow.settle import Tally
from tearsheet.model import Capture, Entry, Source, Visit
from tearsheet.sources import Listed
from tearsheet.store import articles, keeping, reading, removing
from tearsheet.store import sources as source_rows


@dataclass(slots=True, kw_only=True)
class Visiting:
    """A visit under way. `open` counts answers that are still to come, `asked` holds every address asked for."""

    due: source_rows.Due
    open: int = 0
    asked: set[str] = field(default_factory=set)
    captures: list[Capture] = field(default_factory=list)
    errors: list[TearsheetError] = field(default_factory=list)
    listed: Listed | None = None
    failure: TearsheetError | None = None


def on_disk(source: Source, now: datetime) -> Capture:
    """Return the file that `source`, a list of addresses on this machine, names, as if it had been fetched.

    Raises:
        NoSuchSource: there is no such file, or it cannot be read.
    """
    try:
        body = Path(url2pathname(urlsplit(source.url).path)).read_bytes()
    except OSError as error:
        raise NoSuchSource(source.url, error.strerror or str(error)) from error
    return Capture(
        url=source.url,
        final_url=source.url,
        status=200,
        headers=(("Content-Type", "text/plain; charset=utf-8"),),
        body=body,
        captured_at=now,
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


def settle_visit(archive: Archive, keeper: Keeper, tally: Tally, visiting: Visiting, now: datetime) -> None:
    """Write what a visit found: its captures, its entries as articles to fetch, and when to come again."""
    db = archive.store.db
    due = visiting.due
    entries = list(visiting.listed.entries) if visiting.listed else []
    new = sum(_list_entry(archive, entry, source=due, now=now) for entry in reversed(entries))
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
    last = visiting.captures[-1] if visiting.captures else None
    rhythm = schedule.Rhythm.read(due.rhythm).visited(now, listed=len(entries), new=new)
    failures = (due.visit.failures if due.visit else 0) + 1 if visiting.failure else 0
    source_rows.record_visit(
        db,
        due.n,
        Visit(
            source=due.source.url,
            at=now,
            next_at=_next_at(visiting, rhythm, failures, now),
            etag=(last.header("etag") if last else "") or (due.visit.etag if due.visit else ""),
            last_modified=(last.header("last-modified") if last else "")
            or (due.visit.last_modified if due.visit else ""),
            listed=len(entries) or (due.visit.listed if due.visit else 0),
            new=new,
            trouble=_trouble(visiting),
            failures=failures,
        ),
        rhythm=rhythm.text(),
    )
    tally.sources += 1
    tally.listed += len(entries)
    tally.new += new


def _list_entry(archive: Archive, entry: Entry, *, source: source_rows.Due, now: datetime) -> bool:
    """Note that a source lists `entry`; return whether it is an article we did not know."""
    db = archive.store.db
    url = urls.canonical(entry.url) if entry.url else f"{source.source.url}#{entry.guid}"
    spellings = [url, *(urls.variants(url) if entry.url else ())]
    if any(removing.is_removed(db, articles.address_hash(spelling)) for spelling in spellings):
        return False
    n = articles.at_address(db, spellings)
    sighting = articles.Sighting(source=source.n, category=articles.category(db, source.source.categories), at=now)
    is_new = n is None
    if n is None:
        n = articles.add_article(db, url, sighting)
    if articles.list_article(db, n, entry, sighting) == "changed":
        articles.look_again(db, n, now)
    return is_new


def _next_at(visiting: Visiting, rhythm: schedule.Rhythm, failures: int, now: datetime) -> datetime:
    url = visiting.due.source.url
    if isinstance(visiting.failure, BadStatus) and visiting.failure.status == 410:
        return now + schedule.STOPPED
    if visiting.failure:
        wait = schedule.back_off(failures)
        if isinstance(visiting.failure, BadStatus) and visiting.failure.retry_after_s:
            wait = max(wait, schedule.seconds(visiting.failure.retry_after_s))
        return now + wait
    hints = {key.lower(): value for capture in visiting.captures for key, value in capture.headers}
    return schedule.next_visit(rhythm, now, url=url, headers=hints)


def _trouble(visiting: Visiting) -> str:
    if visiting.failure:
        return str(visiting.failure)
    if visiting.errors:
        return f"in part: {visiting.errors[0]}"
    return visiting.listed.trouble if visiting.listed else ""
