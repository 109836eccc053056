"""What the live server has counted over a whole archive: how long it serves."""

from tests.site_archive import PaperArchive
from tests.site_press import press

from tearsheet.flow.site.counted import Counted
from tearsheet.model import Query


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


def counted(seconds: float) -> tuple[Counted, Clock, Slow]:
    clock = Clock()
    archive = Slow(clock, seconds)
    found = Counted(archive, "first", clock=clock)
    assert found.states == {}
    return found, clock, archive


def test_each_count_is_made_once():
    found, _, archive = counted(0.0)

    assert found.states is found.states
    assert archive.asked == 1


def test_places_in_a_list_are_those_of_its_articles():
    archive = press()
    found = Counted(archive)

    assert list(found.arrivals(Query())) == sorted(archive.seqs(Query()))
    assert found.arrivals(Query()) is found.arrivals(Query())
    assert found.total == len(found.arrivals(Query()))


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
