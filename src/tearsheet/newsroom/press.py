"""The press: papers, their pieces at a tick of the invented clock, and what a perfect reader would know about them.

Everything here is a function of (paper, tick, start): no randomness, no real clock.
"""

import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from tearsheet.newsroom import almanac, manuscript
from tearsheet.newsroom.manuscript import Block, Manuscript, PictureNote, Wording

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
STEP = timedelta(days=1)
LAST_TICK = 10
"""The last tick with news of its own; the clock may go on, and then only bulletins appear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One of the five papers, for those who follow it.

    `follow` is what a user would type: a feed, a sitemap, or `site:NAME/CHANNEL` if a site definition is needed (`kind`
    tells which: `feed`, `sitemap`, `site`). `name` is its host without `.localhost`.
    """

    name: str
    title: str
    homepage: str
    follow: str
    kind: str
    language: str
    zone: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a perfect reader knows about an article at a tick. `text` has blocks parted by empty lines; times are UTC.

    `state` is `live`, `paywall`, `gone-410`, `gone-404` or `gone-front`; the words are always those of the whole article.
    `pictures` are (address, caption, credit), the lead first.
    """

    paper: str
    slug: str
    url: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime | None
    language: str
    section: str
    text: str
    pictures: tuple[tuple[str, str, str], ...]
    state: str
    old_urls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as its `paper.toml` describes it."""

    name: str
    title: str
    tagline: str
    language: str
    tongue: str
    zone: str
    kind: str
    follow: str
    categories: tuple[str, ...]
    sections: dict[str, str]
    words: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article as it stands in print at one tick. `number` is a stable number for papers that count their articles."""

    slug: str
    old_slugs: tuple[str, ...]
    number: int
    section: str
    title: str
    deck: str
    authors: tuple[str, ...]
    agency: str
    place: str
    published: datetime
    modified: datetime | None
    changed: datetime
    tags: tuple[str, ...]
    lead: PictureNote | None
    blocks: tuple[Block, ...]
    state: str
    rank: int
    layout: str
    language: str
    file: str

    @property
    def text(self) -> str:
        """The words of the body as a reader sees them, blocks parted by empty lines."""
        return "\n\n".join(part for block in self.blocks if (part := _block_text(block)))

    @property
    def pictures(self) -> tuple[PictureNote, ...]:
        """All pictures, the lead first."""
        inner = tuple(block.picture for block in self.blocks if block.picture)
        return (self.lead, *inner) if self.lead else inner


def start_for(now: datetime) -> datetime:
    """Return the start at which the last tick with news falls on `now`, to the full hour: for a demo that looks like today."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - LAST_TICK * STEP


def moment(tick: int, start: datetime = START) -> datetime:
    """Return the invented time at `tick`."""
    return start + tick * STEP


@cache
def papers() -> tuple[Paper, ...]:
    """Return the five papers, in the order of their folders' names in `copy/`."""
    root = resources.files(__package__) / "copy"
    found = []
    for tongue in ("zh", "en", "ja", "ar", "ru"):
        table = tomllib.loads((root / tongue / "paper.toml").read_text(encoding="utf-8"))
        found.append(Paper(**(table | {"tongue": tongue, "categories": tuple(table["categories"])})))
    return tuple(found)


@cache
def manuscripts(tongue: str) -> tuple[Manuscript, ...]:
    """Return everything that the paper of `tongue` has on file, by file name."""
    folder = resources.files(__package__) / "copy" / tongue
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".txt"))
    return tuple(manuscript.read(name[:-4], (folder / name).read_text(encoding="utf-8")) for name in names)


@cache
def pieces(paper_name: str, tick: int, start: datetime = START) -> tuple[Piece, ...]:
    """Return all that the paper has printed by `tick`, newest first, gone ones included (see `state`)."""
    paper = next(paper for paper in papers() if paper.name == paper_name)
    printed = [piece for script in manuscripts(paper.tongue) for piece in _printed(paper, script, tick, start)]
    return tuple(sorted(printed, key=lambda piece: (piece.published, piece.slug), reverse=True))


def _printed(paper: Paper, script: Manuscript, tick: int, start: datetime) -> Iterator[Piece]:
    wording = manuscript.at_tick(script, tick)
    if wording is None:
        return
    if "series" not in script.headers:
        yield _piece(paper, wording, _published(paper, script, start), start)
        return
    zone = ZoneInfo(paper.zone)
    hour, minute = map(int, script.headers["hour"].split(":"))
    for days in range(1, int(script.headers.get("back", "0")) + 1):
        day = (start - timedelta(days=days)).astimezone(zone).replace(hour=hour, minute=minute)
        yield _piece(paper, _instance(wording, day), day, start)
    for shown in range(0, tick + 1, int(script.headers["series"])):
        at = _appeared(moment(shown, start), script.slug).astimezone(zone)
        yield _piece(paper, _instance(wording, at), at, start)


def _instance(wording: Wording, at: datetime) -> Wording:
    """Return one number of a series: the same words, filled with its own date and figures."""
    return replace(wording, slug=f"{wording.slug}-{at:%m%d-%H}")


def _published(paper: Paper, script: Manuscript, start: datetime) -> datetime:
    """Return when the piece was published: `at: DAYS HH:MM` counts local days from the start; later ones follow their tick."""
    zone = ZoneInfo(paper.zone)
    if "at" not in script.headers:
        return _appeared(moment(script.tick, start), script.slug).astimezone(zone)
    days, _, clock = script.headers["at"].partition(" ")
    hour, minute = map(int, clock.split(":"))
    local = (start.astimezone(zone) + timedelta(days=int(days))).replace(hour=hour, minute=minute, second=0)
    return local if local <= start else local - timedelta(days=1)


def _appeared(at: datetime, slug: str) -> datetime:
    return at - timedelta(minutes=4 + zlib.crc32(slug.encode()) % 900)


def _piece(paper: Paper, wording: Wording, published: datetime, start: datetime) -> Piece:
    """Return the piece that `wording` is, its tokens filled."""
    headers = wording.headers
    seed = wording.old_slugs[0] if wording.old_slugs else wording.slug
    tongue = headers.get("language", paper.tongue)

    def fill(text: str) -> str:
        return almanac.filled(text, published, tongue, seed=seed)

    def later(tick: int) -> datetime:
        return (moment(tick, start) - timedelta(minutes=2)).astimezone(published.tzinfo)

    return Piece(
        slug=wording.slug,
        old_slugs=wording.old_slugs,
        number=zlib.crc32(f"{paper.name}/{seed}".encode()) % 900_000 + 100_000,
        section=headers["section"],
        title=fill(headers["title"]),
        deck=fill(headers.get("deck", "")),
        authors=_split(headers.get("by", "")),
        agency=headers.get("agency", ""),
        place=headers.get("place", ""),
        published=published,
        modified=later(wording.noted) if wording.noted >= 0 else None,
        changed=later(wording.edited) if wording.edited >= 0 else published,
        tags=_split(headers.get("tags", "")),
        lead=manuscript.picture_note(fill(headers["lead"])) if headers.get("lead") else None,
        blocks=tuple(manuscript.blocks(fill(wording.body))),
        state=wording.state,
        rank=int(headers.get("rank", "5")),
        layout=headers.get("layout", ""),
        language=headers.get("language", paper.language),
        file=f"{paper.tongue}/{seed}",
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _block_text(block: Block) -> str:
    lines = [manuscript.plain(line) for line in block.lines]
    if block.kind in ("picture", "embed"):
        return ""
    if block.kind == "table":
        return "\n".join(" ".join(cell.strip() for cell in line.split("|")) for line in lines)
    if block.kind == "quote" and block.note:
        return "\n".join([*lines, block.note])
    return "\n".join([block.note, *lines] if block.kind == "live" else lines)
