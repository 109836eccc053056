"""What the live server has counted over a whole archive: how long it serves."""

import pytest
from tests.site_archive import PaperArchive
from tests.site_press import LEDGER, press

from tearsheet.flow.site.changes import altered
from tearsheet.flow.site.counted import Counted, Counts
from tearsheet.flow.site.desk import Desk
from tearsheet.flow.site.pages import Site
from tearsheet.model import Article, Query
from tearsheet.publish.site import paths
from tearsheet.publish.site.views import Masthead


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Slow(PaperArchive):
    """An archive in which it takes a while to list the sources."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self.clock, self.seconds, self.asked = clock, seconds, 0

    def sources(self):
        self.clock.now += self.seconds
        self.asked += 1
        return super().sources()


def counted(seconds: float) -> tuple[Counts, Clock, Slow]:
    clock = Clock()
    archive = Slow(clock, seconds)
    counts = Counts("first", clock=clock)
    assert Counted(archive, counts).states == {}
    return counts, clock, archive


def test_each_count_is_made_once():
    counts, _, archive = counted(0.0)

    assert Counted(archive, counts).states is Counted(archive, counts).states
    assert archive.asked == 1


def test_places_in_a_list_are_those_of_its_articles():
    archive = press()
    found = Counted(archive)

    assert list(found.places(Query())) == [article.seq for article in archive.articles(Query(limit=0))]
    assert list(found.arrivals(Query())) == sorted(found.places(Query()))
    assert found.places(Query(limit=3)) is found.places(Query(offset=5))
    assert found.total == len(found.arrivals(Query()))


class Asked:
    """An archive, and what its articles were asked for by."""

    def __init__(self) -> None:
        self.archive = press()
        self.queries: list[Query] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)

    def articles(self, query: Query) -> list[Article]:
        self.queries.append(query)
        return self.archive.articles(query)

    def seqs(self, query: Query) -> list[int]:
        self.queries.append(query)
        return self.archive.seqs(query)


@pytest.mark.parametrize("path", ["", paths.source(LEDGER.url), paths.changes(LEDGER.url, gone=False)])
def test_the_articles_of_a_source_are_put_in_order_once_for_all_pages(path):
    archive = Asked()
    counted = Counted(archive)
    first, second = (Site(Desk(archive, Masthead(), counted=counted)).page(path) for _ in range(2))
    asked = [query for query in archive.queries if query.source]

    assert first
    assert first == second
    assert asked
    assert len(asked) == len(set(asked))


def test_of_too_many_places_those_go_that_were_not_asked_for_longest():
    class Many(Asked):
        def seqs(self, query: Query) -> range:
            self.queries.append(query)
            return range(1_500_000)

    archive = Many()
    found = Counted(archive)
    for source in "abacab":
        found.places(Query(source=source))

    assert [query.source for query in archive.queries] == ["a", "b", "c", "b"]


@pytest.mark.parametrize("query", [Query(limit=3, offset=1), altered(LEDGER.url, gone=True), Query(source=LEDGER.url)])
def test_the_desk_gives_the_articles_that_the_archive_gives(query):
    archive = press()

    assert Desk(archive, Masthead()).articles(query) == archive.articles(query)
    assert archive.articles(query)


def test_counts_serve_as_long_as_the_archive_stays_the_same():
    found, clock, _ = counted(0.0)
    clock.now += 10_000

    assert found.serves("first")


def test_counts_that_are_quickly_made_do_not_outlive_a_change():
    found, _, _ = counted(0.2)

    assert not found.serves("second")


def test_counts_that_take_long_outlive_a_change_for_a_while():
    found, clock, _ = counted(2.0)

    assert found.serves("second")
    clock.now += 37
    assert found.serves("second")
    clock.now += 2
    assert not found.serves("second")


def test_no_count_outlives_a_change_by_more_than_a_minute():
    found, clock, _ = counted(30.0)

    assert found.serves("second")
    clock.now += 61
    assert not found.serves("second")
