"""What is counted over a whole archive, for its pages: it holds as long as the archive stays as it is."""

from array import array
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from sys import maxsize
from threading import Lock, RLock
from time import monotonic
from typing import Protocol, TypeVar, cast

from tearsheet.model import Article, Categories, Query, SourceState

_SLOW_S, _SHARE, _LONGEST_S = 0.25, 20, 60
_MOST_PLACES, _MOST_DAYS = 2_000_000, 100_000
_RHYTHM = 600

K = TypeVar("K")
C = TypeVar("C", bound=Sized)


class Countable(Protocol):
    """What there is to count in an archive."""

    def sources(self) -> list[SourceState]: ...
    def count(self, query: Query) -> int: ...
    def seqs(self, query: Query) -> Sequence[int]: ...
    def by_seqs(self, seqs: Iterable[int]) -> list[Article]: ...
    def days(self, query: Query) -> dict[date, int]: ...
    def category_counts(self) -> dict[Categories, int]: ...


class Counts:
    """What was counted over an archive in one state, which `of` names. Many threads may use it: each count is made by one."""

    def __init__(self, of: object = None, *, clock: Callable[[], float] = monotonic) -> None:
        self.of = of
        self.whole: dict[str, Sized] = {}
        self.places: dict[Query, Sequence[int]] = {}
        self.days: dict[Query, dict[date, int]] = {}
        self.published: dict[Query, list[datetime]] = {}
        self._clock = clock
        self._made = clock()
        self._spent = 0.0
        self._holding = Lock()
        self._counting = RLock()  # one count may need another

    def serves(self, of: object) -> bool:
        """Return whether it still serves: the archive is the same, or counting takes so long that it must not be done all
        the time while an update goes on. No more than a twentieth of the time goes to it; what is told is a minute old at most.
        """
        if self.of == of:
            return True
        return self._spent > _SLOW_S and self._clock() - self._made < min(_SHARE * self._spent, _LONGEST_S)

    def held(self, held: dict[K, C], key: K, count: Callable[[], C], *, most: int) -> C:
        """Return what `held` has under `key`, or what `count` gives, which it has then; of more than `most` items those go
        asked for least lately. Who asks while another thread counts waits for that.
        """
        found = self._found(held, key)
        if found is None:
            with self._counting:
                found = self._found(held, key)
                if found is None:
                    began = self._clock()
                    found = count()
                    self._spent += self._clock() - began
                    self._hold(held, key, found, most=most)
        return found

    def _found(self, held: dict[K, C], key: K) -> C | None:
        with self._holding:
            found = held.pop(key, None)
            if found is not None:
                held[key] = found
            return found

    def _hold(self, held: dict[K, C], key: K, found: C, *, most: int) -> None:
        with self._holding:
            while sum(map(len, held.values())) > most:
                del held[next(iter(held))]
            held[key] = found


class Counted:
    """The counts of one archive, each made when first asked for, if another of the same `counts` has not made it already."""

    def __init__(self, archive: Countable, counts: Counts | None = None) -> None:
        self._archive = archive
        self._counts = counts or Counts()

    @cached_property
    def states(self) -> dict[str, SourceState]:
        """Every followed source by its address."""
        return self._whole("states", lambda: {state.source.url: state for state in self._archive.sources()})

    @cached_property
    def categories(self) -> dict[Categories, int]:
        """Every category path with the number of its articles."""
        return self._whole("categories", self._archive.category_counts)

    @cached_property
    def total(self) -> int:
        """How many articles there are."""
        return self._whole("total", lambda: (self._archive.count(Query()),))[0]

    @cached_property
    def days(self) -> dict[date, int]:
        """Every day that has articles, with their number, in order."""
        return self._whole("days", lambda: dict(sorted(self.days_of(Query()).items())))

    def days_of(self, query: Query) -> dict[date, int]:
        """Return every day that has articles that `query` asks for, with their number."""
        query = _all_of(query)
        return self._counts.held(self._counts.days, query, lambda: self._archive.days(query), most=_MOST_DAYS)

    def places(self, query: Query) -> Sequence[int]:
        """Return the `seq` of every article that `query` asks for, in its order: a place in a list is counted on it."""
        query = _all_of(query)
        return self._counts.held(
            self._counts.places, query, lambda: array("q", self._archive.seqs(query)), most=_MOST_PLACES
        )

    def arrivals(self, query: Query) -> Sequence[int]:
        """Return those `places` in order of arrival: numbered pages are cut from it."""
        return self.places(replace(query, order="arrival"))

    def published(self, query: Query) -> Sequence[datetime]:
        """Return when the first of those `places` were published, as far as it is known: when of the day, and on which days."""
        first = self.places(query)[:_RHYTHM]
        return self._counts.held(
            self._counts.published,
            _all_of(query),
            lambda: [article.published for article in self._archive.by_seqs(first) if article.published],
            most=_MOST_DAYS,
        )

    def _whole(self, name: str, count: Callable[[], C]) -> C:
        return cast(C, self._counts.held(self._counts.whole, name, count, most=maxsize))


def _all_of(query: Query) -> Query:
    return replace(query, limit=0, offset=0)
