"""What an update has in hand: what it still asks for, what it settles with the next commit, and what it has to tell."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tearsheet.errors import BadStatus, FetchError, TearsheetError
from tearsheet.fetch import Request
from tearsheet.flow.advance import Advance
from tearsheet.flow.settle import Tally


@dataclass(slots=True)
class Hand:
    """Filled by every step. `settled` holds outcomes to write, `failures` counts causes, `troubles` are (thing, message)."""

    advance: Advance
    tally: Tally = field(default_factory=Tally)
    queue: deque[Request] = field(default_factory=deque)
    settled: list[Callable[[], None]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    troubles: list[tuple[str, str]] = field(default_factory=list)

    def trouble(self, thing: str, error: TearsheetError) -> None:
        """Count a failure, and tell it at the end."""
        cause = error.cause if type(error) is FetchError else error.what  # of no kind of its own: it has only its cause
        self.failures[f"HTTP {error.status}" if isinstance(error, BadStatus) else cause] += 1
        self.troubles.append((thing, str(error)))
