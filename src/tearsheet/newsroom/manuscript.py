"""Manuscripts: one text file per article, with the changes it will suffer, and what is in print at a given tick.

The file: header lines `key: value`, `---`, the body in a small markup, then sections `=== TICK WORD...` with what happens later.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

FATES = ("edit", "noted", "renamed", "gone", "back", "paywall")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureNote:
    """A picture as an article shows it: `name` is what is drawn."""

    name: str
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of the body. `kind`: p, h2, quote, list, table, picture, embed, live.

    `lines` are paragraphs of a quote, items of a list, `a | b` rows of a table; `note` is who said it, the table's caption,
    an embed's label or a live entry's time.
    """

    kind: str
    lines: tuple[str, ...] = ()
    note: str = ""
    picture: PictureNote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to a manuscript at `tick`: header fields set anew, replacements of body text, or a fate."""

    tick: int
    fate: str
    detail: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """An article as its author filed it, and everything that will become of it."""

    slug: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def tick(self) -> int:
        """The tick at which it appears; 0 if it was there before the clock began."""
        return int(self.headers.get("tick", "0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A manuscript at one tick. `state`: live, gone-410, gone-404, gone-front, paywall. `noted` and `edited` are ticks, or -1."""

    slug: str
    headers: dict[str, str]
    body: str
    state: str = "live"
    old_slugs: tuple[str, ...] = ()
    noted: int = -1
    edited: int = -1


def read(slug: str, text: str) -> Manuscript:
    """Return the manuscript that a file of name `slug` holds.

    Raises:
        ValueError: the file breaks a rule; the message names it.
    """
    head, _, rest = text.partition("\n---\n")
    body, *later = re.split(r"^=== ", rest, flags=re.MULTILINE)
    headers = dict(_header(slug, line) for line in head.splitlines() if line.strip())
    return Manuscript(
        slug=slug, headers=headers, body=body.strip(), changes=tuple(_change(slug, part) for part in later)
    )


def at_tick(manuscript: Manuscript, tick: int) -> Wording | None:
    """Return how `manuscript` stands at `tick`, or None if it has not appeared yet.

    Raises:
        ValueError: an edit names words that are not there exactly once.
    """
    if tick < manuscript.tick:
        return None
    now = Wording(slug=manuscript.slug, headers=dict(manuscript.headers), body=manuscript.body)
    for change in manuscript.changes:
        if change.tick <= tick:
            now = _applied(change, now)
    return now


def blocks(body: str) -> Iterator[Block]:
    """Yield the blocks of `body`: paragraphs are parted by empty lines, other kinds are told by their first characters."""
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = tuple(line.strip() for line in chunk.splitlines() if line.strip())
        if lines:
            yield _block(lines)


def plain(text: str) -> str:
    """Return `text` without the inline marks: what a reader sees."""
    text = re.sub(r"\[\[[^|\]]*\|([^\]]*)\]\]", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\(https?:[^)]*\)", r"\1", text)
    return re.sub(r"\*\*?([^*]+)\*\*?", r"\1", text)


def picture_note(text: str) -> PictureNote:
    """Return the picture that `NAME | caption | credit` names."""
    name, caption, credit = [part.strip() for part in (text + "||").split("|")[:3]]
    return PictureNote(name=name, caption=caption, credit=credit)


def _header(slug: str, line: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise ValueError(f"{slug}: header line without a colon: {line}")
    return key.strip(), value.strip()


def _change(slug: str, part: str) -> Change:
    first, *lines = part.strip("\n").splitlines()
    tick, fate, *detail = first.split()
    if fate not in FATES:
        raise ValueError(f"{slug}: no such fate: {fate}")
    headers: list[tuple[str, str]] = []
    swaps: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("- "):
            swaps.append((line[2:], ""))
        elif line.startswith("+ ") and swaps and not swaps[-1][1]:
            swaps[-1] = (swaps[-1][0], line[2:])
        elif line.startswith("+ "):
            swaps.append(("", line[2:]))
        elif line.strip():
            headers.append(_header(slug, line))
    return Change(tick=int(tick), fate=fate, detail=" ".join(detail), headers=tuple(headers), swaps=tuple(swaps))


def _applied(change: Change, now: Wording) -> Wording:
    """Return `now` after `change`. A swap with no old words adds a paragraph; one with no new words takes them away."""
    if change.fate in ("gone", "paywall"):
        return replace(now, state=f"gone-{change.detail}" if change.fate == "gone" else "paywall")
    if change.fate == "back":
        return replace(now, state="live")
    if change.fate == "renamed":
        now = replace(now, slug=change.detail, old_slugs=(*now.old_slugs, now.slug))
    body = now.body
    for old, new in change.swaps:
        if old and body.count(old) != 1:
            raise ValueError(f"{now.slug}: edit at tick {change.tick} finds its words {body.count(old)} times: {old}")
        body = body.replace(old, new) if old else f"{body}\n\n{new}"
    noted = change.tick if change.fate == "noted" else now.noted
    return replace(now, headers=now.headers | dict(change.headers), body=body, noted=noted, edited=change.tick)


def _block(lines: tuple[str, ...]) -> Block:
    first = lines[0]
    if first.startswith("## "):
        return Block(kind="h2", lines=(first[3:],))
    if first.startswith("> "):
        said = tuple(line.removeprefix("> ") for line in lines if not line.startswith("-- "))
        return Block(kind="quote", lines=said, note=next((line[3:] for line in lines if line.startswith("-- ")), ""))
    if first.startswith("- "):
        return Block(kind="list", lines=tuple(line.removeprefix("- ") for line in lines))
    if first.startswith("|"):
        note = lines[-1][1:].strip() if not lines[-1].endswith("|") else ""
        rows = tuple(line.strip("| ") for line in (lines[:-1] if note else lines))
        return Block(kind="table", lines=rows, note=note)
    if first.startswith("!"):
        return Block(kind="picture", picture=picture_note(first[1:]))
    if first.startswith("@embed "):
        address, _, label = first.removeprefix("@embed ").partition(" | ")
        return Block(kind="embed", lines=(address,), note=label)
    if first.startswith("@live "):
        return Block(kind="live", lines=lines[1:], note=first.removeprefix("@live "))
    return Block(kind="p", lines=(" ".join(lines),))
