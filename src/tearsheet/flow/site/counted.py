"""What is counted over a whole archive, for its pages: it holds as long as the archive stays as it is."""

from array import array
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from time import monotonic
from typing import Protocol, TypeVar

from tearsheet.model import Categories, Query, SourceState

_SLOW_S, _SHARE, _LONGEST_S = 0.25, 20, 60
_MOST_ARRIVALS = 2_000_000

T = TypeVar("T")


class Countable(Protocol):
    """What there is to count in an archive."""

    def sources(self) -> list[SourceState]: ...
    def count(self, query: Query) -> int: ...
    def seqs(self, query: Query) -> frozenset[int]: ...
    def days(self, query: Query) -> dict[date, int]: ...
    def category_counts(self) -> dict[Categories, int]: ...


class Counted:
    """The counts of one archive, each made when first asked for. `of` is what the archive's `generation` was."""

    def __init__(self, archive: Countable, of: object = None, *, clock: Callable[[], float] = monotonic) -> None:
        self.of = of
        self._clock = clock
        self._archive = archive
        self._arrivals: dict[Query, Sequence[int]] = {}
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
        return self._timed(lambda: dict(sorted(self._archive.days(Query(limit=0)).items())))

    def arrivals(self, query: Query) -> Sequence[int]:
        """Return the `seq` of every article that `query` asks for, in order: places in a list are counted on it."""
        if query not in self._arrivals:
            if sum(map(len, self._arrivals.values())) > _MOST_ARRIVALS:
                self._arrivals.clear()
            self._arrivals[query] = self._timed(lambda: array("q", sorted(self._archive.seqs(query))))
        return self._arrivals[query]

    def _timed(self, count: Callable[[], T]) -> T:
        begin = self._clock()
        found = count()
        self._spent += self._clock() - begin
        return found
