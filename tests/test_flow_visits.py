"""What a visit to a source leaves for the next one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.flow_archive import OPEN
from tests.store_samples import FEED, NOON, capture

from tearsheet.archive import create_archive
from tearsheet.errors import BadStatus, FormatError, NoSuchSource, NotAFeed, Unreachable
from tearsheet.flow.advance import Advance
from tearsheet.flow.hand import Hand
from tearsheet.flow.records import Keeper
from tearsheet.flow.settle import Tally
from tearsheet.flow.visits import Visiting, Visits, on_disk, settle_visit
from tearsheet.model import Entry, Source
from tearsheet.schedule import Rhythm
from tearsheet.sources import Listed
from tearsheet.store import sources
from tearsheet.store.values import to_ms


def test_what_came_is_read_in_the_order_in_which_it_was_asked_for(tmp_path):
    """Which of two lists names an article first does not hang by which was there sooner."""
    archive = create_archive(tmp_path / "archive", title="Test")
    OPEN.append(archive)
    archive.add_sources([Source(url="https://paper.example/sitemap.xml", kind="sitemap")])
    index = "".join(f"<sitemap><loc>https://paper.example/{n}.xml</loc></sitemap>" for n in (1, 2, 3))
    part = "<urlset><url><loc>https://paper.example/2026/{}/fog</loc></url></urlset>"
    with archive.store.transaction() as db, Keeper(archive) as keeper:
        [due] = sources.claim(db, worker="a", now=NOON, limit=1)
        visits = Visits(archive, keeper, Hand(Advance(lambda step: None)), clock=lambda: NOON, force=False)
        visits.begin(due)
        first = visits.hand.queue.popleft()
        visits.take(first.tag, first.url, capture(f"<sitemapindex>{index}</sitemapindex>".encode(), url=first.url))
        for request in reversed(visits.hand.queue):
            visits.take(request.tag, request.url, capture(part.format(request.url[-5]).encode(), url=request.url))
        [settle] = visits.hand.settled
        settle()

    asked = [request.url for request in visits.hand.queue]
    assert len(asked) == 3
    assert [entry.url[-5] for entry in first.tag.listed.entries] == [url[-5] for url in asked]


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "words:/etc/hosts", "file:///etc/%00", "file:///no/such/list"]
)
def test_a_source_that_is_no_address_costs_only_itself_and_names_no_other_file(url):
    with pytest.raises(NoSuchSource):
        on_disk(Source(url=url, kind="urls"), NOON)


def test_the_next_visit_asks_with_the_validators_of_the_answer_that_was_read_last(tmp_path):
    archive = create_archive(tmp_path / "archive", title="Test")
    OPEN.append(archive)
    archive.add_sources([Source(url=FEED)])
    visits = iter(range(99))

    def after(status, headers, *, broken=False):
        now = NOON + timedelta(days=next(visits))
        body = str(now).encode()
        answer = replace(
            capture(body, url=FEED, at=now),
            status=status,
            headers=tuple(headers.items()),
            head=b"HTTP/1.1 200 OK\r\n\r\n",
            raw=body,
            place=None,
        )
        with archive.store.transaction() as db, Keeper(archive) as keeper:
            [due] = sources.claim(db, worker="a", now=now, limit=1, only=[FEED])
            visiting = Visiting(
                due=due, asked=[FEED], came={FEED: answer}, failure=FormatError(FEED, "is a page") if broken else None
            )
            settle_visit(archive, keeper, Tally(), visiting, now)
        [state] = archive.sources()
        return state.visit.etag, state.visit.last_modified

    assert after(200, {"ETag": '"1"', "Last-Modified": "Monday"}) == ('"1"', "Monday")
    assert after(304, {"ETag": '"1b"'}) == ('"1b"', "Monday")
    assert after(200, {"ETag": '"error page"'}, broken=True) == ('"1b"', "Monday")
    assert after(200, {"Last-Modified": "Tuesday"}) == ("", "Tuesday")
    assert after(200, {}) == ("", "")


def visited(folder, entries=(), *, failure=None):
    """Return the row of a source after a first visit that listed `entries`, or failed."""
    archive = create_archive(folder, title="Test")
    OPEN.append(archive)
    archive.add_sources([Source(url=FEED)])
    listed = None if failure else Listed(entries=tuple(entries))
    with archive.store.transaction() as db, Keeper(archive) as keeper:
        [due] = sources.claim(db, worker="a", now=NOON, limit=1)
        settle_visit(archive, keeper, Tally(), Visiting(due=due, listed=listed, failure=failure), NOON)
        return db.execute("SELECT rhythm, next_at FROM source").fetchone()


def test_how_often_a_source_publishes_is_learnt_from_the_times_of_what_it_lists(tmp_path):
    times = [NOON - timedelta(hours=6 * n) for n in range(1, 9)]
    entries = [Entry(url=f"https://paper.example/{at:%d-%H}", published=at, published_text=str(at)) for at in times]

    rhythm = Rhythm.read(visited(tmp_path / "times", entries)["rhythm"])
    days = [replace(entry, published_text=f"{entry.published:%Y-%m-%d}") for entry in entries]

    assert (rhythm.items, rhythm.days) == (8, 2)
    assert Rhythm.read(visited(tmp_path / "days", days)["rhythm"]).items == 0, "a day does not say at what hour"


@pytest.mark.parametrize(
    ("failure", "hours"), [(Unreachable(FEED), 0.25), (NotAFeed(FEED), 1), (BadStatus(FEED, status=404), 6)]
)
def test_how_soon_a_source_is_visited_again_depends_on_its_trouble(tmp_path, failure, hours):
    assert visited(tmp_path / "archive", failure=failure)["next_at"] == to_ms(NOON + timedelta(hours=hours))
