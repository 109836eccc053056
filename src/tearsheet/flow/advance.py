"""How far an update has come: how much of what it found due is done, stage by stage."""

from collections import Counter
from collections.abc import Callable, Mapping

from tearsheet.model import Step


class Advance:
    """Counts what is claimed and done of each stage, and tells of each thing done.

    What else is due is counted once a stage, when its first lot is claimed: counting for each lot costs more than it tells.
    """

    def __init__(self, progress: Callable[[Step], None]) -> None:
        self._progress = progress
        self._claimed: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._rest: dict[str, int] = {}

    def claimed(self, lot: Mapping[str, int], rest: Callable[[str], int]) -> None:
        """Note how many things of each stage were claimed; `rest` counts those of a stage that are due besides."""
        for stage, number in lot.items():
            if number:
                left = self._rest[stage] - number if stage in self._rest else rest(stage)
                self._rest[stage] = max(0, left)
                self._claimed[stage] += number

    def done(self, stage: str, note: str) -> None:
        """Tell that one thing more is done, which `note` names."""
        self._done[stage] += 1
        total = max(self._claimed[stage] + self._rest.get(stage, 0), self._done[stage])
        self._progress(Step(stage=stage, done=self._done[stage], total=total, note=note))
