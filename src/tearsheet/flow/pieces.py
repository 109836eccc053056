"""What an update hands to the pool, and the work that is done there: nothing here touches the net or the catalog."""

from dataclasses import dataclass

from tearsheet import media, revise
from tearsheet.extraction import Profile, clip
from tearsheet.flow.settle import completed
from tearsheet.model import Capture, Clipping, Entry
from tearsheet.sites import ArticleRule
from tearsheet.store.articles import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A page on its way: what is wanted, by which rule, which address is asked for instead of its own.

    `trouble` is why the page did not come and the feed's text is taken. `further` are the pages that go on with it, `asked`
    all that were asked for, `lacks` why one of them did not come.
    """

    wanted: Wanted
    rule: ArticleRule | None = None
    instead: str = ""
    jumps: int = 0
    trouble: str = ""
    further: tuple[Capture, ...] = ()
    asked: frozenset[str] = frozenset()
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What the pool needs to cut a page."""

    capture: Capture
    entry: Entry
    rule: ArticleRule | None
    profile: Profile | None = None
    further: tuple[Capture, ...] = ()


def piece_of(job: Job, page: Capture, profile: Profile | None) -> Piece:
    """Return what the pool needs to cut the page of a job, and what goes on with it."""
    return Piece(capture=page, entry=job.wanted.entry, rule=job.rule, profile=profile, further=job.further)


def cut(piece: Piece) -> tuple[Clipping, str]:
    """Return the clipping of a page and its edit digest (run in the pool)."""
    cutting = clip(piece.capture, entry=piece.entry, rule=piece.rule, profile=piece.profile, further=piece.further)
    clipping = completed(cutting, piece.entry)
    return clipping, revise.edit_digest(clipping)


def develop(data: bytes) -> tuple[media.Copy, media.Copy]:
    """Return the web copy and the thumbnail of a picture (run in the pool).

    Raises:
        BadPicture: it is none, or cannot be opened.
    """
    return media.web_copy(data), media.thumbnail(data)
