"""The further pages of an article: asked for when its first page has named them."""

from dataclasses import dataclass, replace

from tearsheet.errors import FetchError
from tearsheet.extraction import MOST_PAGES
from tearsheet.fetch import Request
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


def further_pages(job: Job, page: Capture, clipping: Clipping) -> list[Request]:
    """Return requests for the further pages that `clipping`, cut from `page`, names and that nobody has asked for yet.

    The first goes alone: it may be the page on which the article stands whole, and then no other is needed.
    """
    left = max(MOST_PAGES - 1 - len(job.asked), 0)
    wants = [url for url in clipping.missing if url not in job.asked][: left if job.asked else 1]
    parting = Parting(job=replace(job, asked=job.asked | frozenset(wants)), page=page, open=len(wants))
    return [Request(url=url, tag=parting, referer=page.final_url) for url in wants]
