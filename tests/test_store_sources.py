"""The catalog's sources: what the person's list says, who is due, what a visit found."""

from dataclasses import replace

from tests.store_samples import FEED, HOUR, NOON, catalog, listed, worded

from tearsheet.model import Source, Visit
from tearsheet.store import sources

OTHER = "https://other.example/feed.xml"


def synced(store, *wanted):
    with store.transaction() as db:
        sources.sync(db, wanted)
    return [state.source for state in sources.states(store.db)]


def visited(store, n=1, **more):
    values = {"source": FEED, "at": NOON, "next_at": NOON + HOUR, "listed": 3, "new": 2, **more}
    with store.transaction() as db:
        sources.record_visit(db, n, Visit(**values), rhythm="[]")


def test_the_table_says_what_the_list_says():
    store = catalog()
    full = Source(
        url=OTHER,
        kind="sitemap",
        name="The Other",
        categories=("Press", "Other"),
        language="en",
        timezone="Europe/London",
        homepage="https://other.example/",
        paused=True,
        excerpt_only=True,
    )

    assert synced(store, Source(url=FEED), full) == [Source(url=FEED, name="Paper 1"), full]


def test_a_source_that_is_struck_off_the_list_keeps_its_articles_and_may_come_back():
    store = catalog()
    worded(store, listed(store))
    visited(store)

    assert synced(store) == []
    assert sources.all_by_n(store.db)[1].url == FEED
    assert synced(store, Source(url=FEED)) == [Source(url=FEED, name="Paper 1")]
    assert sources.states(store.db)[0].articles == 1
    assert sources.states(store.db)[0].visit is not None


def test_the_articles_of_a_source_are_counted_without_those_that_wait_or_were_rejected():
    store = catalog(FEED, OTHER)
    worded(store, listed(store))
    listed(store, "https://paper.example/waits")
    worded(store, listed(store, "https://paper.example/shop"), rejected=True)

    assert [state.articles for state in sources.states(store.db)] == [1, 0]


def test_what_a_source_says_of_itself_fills_in_what_the_person_left_open():
    store = catalog(FEED, OTHER)
    synced(store, Source(url=FEED, name="My name"), Source(url=OTHER, language="fr"))
    with store.transaction() as db:
        for n in (1, 2):
            sources.describe(db, n, name="Its name", language="en", homepage="https://paper.example/")
    first, second = [state.source for state in sources.states(store.db)]

    assert (first.name, first.language, first.homepage) == ("My name", "en", "https://paper.example/")
    assert (second.name, second.language) == ("Paper 2", "fr")


def test_a_source_is_due_when_its_time_has_come():
    store = catalog()
    visited(store)
    with store.transaction() as db:
        assert sources.claim(db, worker="a", now=NOON, limit=5) == []
        [due] = sources.claim(db, worker="a", now=NOON + HOUR, limit=5)

    assert due.visit == Visit(source=FEED, at=NOON, next_at=NOON + HOUR, listed=3, new=2)
    assert (due.source.url, due.rhythm) == (FEED, "[]")


def test_one_that_is_asked_for_by_name_need_not_be_due():
    store = catalog()
    visited(store)
    with store.transaction() as db:
        assert [due.source.url for due in sources.claim(db, worker="a", now=NOON, limit=5, only=[FEED, OTHER])] == [
            FEED
        ]


def test_one_that_is_not_followed_any_more_is_not_visited_by_name_either():
    store = catalog()
    synced(store, Source(url=FEED))
    synced(store)
    with store.transaction() as db:
        assert sources.claim(db, worker="a", now=NOON, limit=5, only=[FEED]) == []


def test_a_paused_source_is_not_visited():
    store = catalog()
    synced(store, replace(Source(url=FEED), paused=True))
    with store.transaction() as db:
        assert sources.claim(db, worker="a", now=NOON, limit=5) == []


def test_the_longest_due_comes_first():
    store = catalog(FEED, OTHER)
    visited(store, 1, next_at=NOON + 2 * HOUR)
    visited(store, 2, next_at=NOON + HOUR)
    with store.transaction() as db:
        assert [due.n for due in sources.claim(db, worker="a", now=NOON + 3 * HOUR, limit=5)] == [2, 1]


def test_a_visit_gives_its_source_free_again():
    store = catalog()
    with store.transaction() as db:
        sources.claim(db, worker="a", now=NOON, limit=5)
    visited(store, etag='"7"', last_modified="yesterday", trouble="slow", failures=2)

    [state] = sources.states(store.db)
    assert sources.workers(store.db) == set()
    assert state.visit is not None
    assert (state.visit.etag, state.visit.last_modified) == ('"7"', "yesterday")
    assert (state.visit.trouble, state.visit.failures) == ("slow", 2)
