"""The further pages of an article: asked for when its first page has named them."""

from dataclasses import dataclass, replace

from tearsheet.errors import FetchError
from tearsheet.extraction import MOST_PAGES
from tearsheet.flow.pieces import Job
from tearsheet.flow.records import Keeper
from tearsheet.model import Capture, Clipping


@dataclass(slots=True, kw_only=True)
class Parting:
    """An article's first page, whose further pages are on their way; `open` counts those that are still to come."""

    job: Job
    page: Capture
    open: int

    def take(self, answer: Capture | FetchError, keeper: Keeper) -> bool:
        """Take one page that came, or why it did not; return whether it was the last."""
        self.open -= 1
        if isinstance(answer, FetchError):
            self.job = replace(self.job, lacks=str(answer))
        else:
            self.job = replace(self.job, further=(*self.job.further, keeper.keep(answer)))
        return self.open == 0


def wanted_pages(job: Job, clipping: Clipping) -> list[str]:
    """Return the further pages that `clipping` names and that nobody has asked for yet."""
    left = MOST_PAGES - 1 - len(job.asked)
    return [url for url in clipping.missing if url not in job.asked][: max(left, 0)]


def parted(job: Job, page: Capture, wants: list[str]) -> Parting:
    """Return the state of a first page while `wants` are asked for."""
    return Parting(job=replace(job, asked=job.asked | frozenset(wants)), page=page, open=len(wants))
