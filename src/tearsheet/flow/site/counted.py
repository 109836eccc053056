"""What is counted over a whole archive, for its pages: it holds as long as the archive stays as it is."""

from array import array
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from time import monotonic
from typing import Protocol, TypeVar

from tearsheet.model import Article, Categories, Query, SourceState

_SLOW_S, _SHARE, _LONGEST_S = 0.25, 20, 60
_MOST_PLACES, _MOST_DAYS = 2_000_000, 100_000
_RHYTHM = 600

T = TypeVar("T")
C = TypeVar("C", bound=Sized)


class Countable(Protocol):
    """What there is to count in an archive."""

    def sources(self) -> list[SourceState]: ...
    def count(self, query: Query) -> int: ...
    def seqs(self, query: Query) -> Sequence[int]: ...
    def by_seqs(self, seqs: Iterable[int]) -> list[Article]: ...
    def days(self, query: Query) -> dict[date, int]: ...
    def category_counts(self) -> dict[Categories, int]: ...


class Counted:
    """The counts of one archive, each made when first asked for. `of` is what the archive's `generation` was."""

    def __init__(self, archive: Countable, of: object = None, *, clock: Callable[[], float] = monotonic) -> None:
        self.of = of
        self._clock = clock
        self._archive = archive
        self._places: dict[Query, Sequence[int]] = {}
        self._days: dict[Query, dict[date, int]] = {}
        self._published: dict[Query, list[datetime]] = {}
        self._made = clock()
        self._spent = 0.0

    def serves(self, generation: object) -> bool:
        """Return whether it still serves: the archive is the same, or counting takes so long that it must not be done all
        the time while an update goes on. No more than a twentieth of the time goes to it; what is told is a minute old at most.
        """
        if self.of == generation:
            return True
        return self._spent > _SLOW_S and self._clock() - self._made < min(_SHARE * self._spent, _LONGEST_S)

    @cached_property
    def states(self) -> dict[str, SourceState]:
        """Every followed source by its address."""
        return self._timed(lambda: {state.source.url: state for state in self._archive.sources()})

    @cached_property
    def categories(self) -> dict[Categories, int]:
        """Every category path with the number of its articles."""
        return self._timed(self._archive.category_counts)

    @cached_property
    def total(self) -> int:
        """How many articles there are."""
        return self._timed(lambda: self._archive.count(Query()))

    @cached_property
    def days(self) -> dict[date, int]:
        """Every day that has articles, with their number, in order."""
        return dict(sorted(self.days_of(Query()).items()))

    def days_of(self, query: Query) -> dict[date, int]:
        """Return every day that has articles that `query` asks for, with their number."""
        return self._held(self._days, _all_of(query), self._archive.days, most=_MOST_DAYS)

    def places(self, query: Query) -> Sequence[int]:
        """Return the `seq` of every article that `query` asks for, in its order: a place in a list is counted on it."""
        return self._held(
            self._places, _all_of(query), lambda all: array("q", self._archive.seqs(all)), most=_MOST_PLACES
        )

    def arrivals(self, query: Query) -> Sequence[int]:
        """Return those `places` in order of arrival: numbered pages are cut from it."""
        return self.places(replace(query, order="arrival"))

    def published(self, query: Query) -> Sequence[datetime]:
        """Return when the first of those `places` were published, as far as it is known: when of the day, and on which days."""
        first = self.places(query)[:_RHYTHM]
        return self._held(
            self._published,
            _all_of(query),
            lambda _: [article.published for article in self._archive.by_seqs(first) if article.published],
            most=_MOST_DAYS,
        )

    def _held(self, held: dict[Query, C], query: Query, count: Callable[[Query], C], *, most: int) -> C:
        """Return what `count` gives for `query`, and hold it; of more than `most` items those go asked for least lately."""
        found = held.pop(query, None)
        if found is None:
            while sum(map(len, held.values())) > most:
                del held[next(iter(held))]
            found = self._timed(lambda: count(query))
        held[query] = found
        return found

    def _timed(self, count: Callable[[], T]) -> T:
        begin = self._clock()
        found = count()
        self._spent += self._clock() - begin
        return found


def _all_of(query: Query) -> Query:
    return replace(query, limit=0, offset=0)
