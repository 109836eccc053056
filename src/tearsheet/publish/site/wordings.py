"""The edit history of an article: which wordings to set side by side, and what a program can know about each change."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from tearsheet import terms
from tearsheet.model import Clipping, Revision
from tearsheet.publish.site.views import Comparison, Incident, Piece, Row, Wording
from tearsheet.revise import ANSWERED, FRONT_PAGE, WORSE, Block, BlockChange, blocks, diff

MAX_PAIRS = 24
_ONE_LOOK = timedelta(minutes=5)
_MAX_UNCHANGED = 400  # characters of an unchanged block that are repeated; the whole text stands in the article
_NOTICE = re.compile(
    r"\bcorrections?\b|\bcorrected\b|\bclarification\b|\bupdated?\b|editor['’]s note|an earlier version|"
    r"更正|勘误|訂正|更新于|更新於|编者按|編者按|编者注|お詫び|追記|修正しました|정정|바로잡|"
    r"исправлен|уточнен|обновлен|от редакции|تصحيح|تصويب|تحديث|توضيح|تنويه|"
    r"berichtig|korrektur|aktualisiert|rectificatif|mis à jour|corrección|actualizad|rettifica|aggiornato|correção|atualizado",
    re.I,
)


def is_silent(old: Clipping, new: Clipping) -> bool:
    """Tell whether `new` says nothing of having been changed: no more words of correction than `old`, no newer time of change."""
    noticed = len(_NOTICE.findall(f"{new.title}\n{new.text}")) > len(_NOTICE.findall(f"{old.title}\n{old.text}"))
    later = new.modified is not None and (old.modified is None or new.modified > old.modified)
    return not noticed and not later


class Look(Protocol):
    """A capture of an article: when it came, and what is noted of it."""

    @property
    def at(self) -> datetime: ...
    @property
    def note(self) -> str: ...


def history(revisions: Sequence[Revision], looks: Iterable[Look]) -> tuple[Wording, ...]:
    """Return the wordings of an article. `looks` are its captures.

    An edit lies between the capture that showed the new wording and the last one before it that showed a wording at all.
    """
    looked = [look.at for look in looks if not _is_refused(look)]
    found: list[Wording] = []
    first = revisions[0].clipping.published if revisions else None
    for at, revision in enumerate(revisions):
        before = revisions[at - 1] if at else None
        seen = revision.seen_at
        found.append(
            Wording(
                number=revision.number,
                seen_at=seen,
                kind=revision.kind,
                digest=revision.digest,
                capture=revision.capture,
                since=max((time for time in looked if time < seen), default=None) if before else None,
                silent=is_silent(before.clipping, revision.clipping) if before else None,
                delay_s=(seen - first).total_seconds() if before and first and seen >= first else None,
                step_s=(seen - found[-1].seen_at).total_seconds() if before else None,
            )
        )
    return tuple(found)


def _is_refused(look: Look) -> bool:
    """Tell whether something else came in the article's place."""
    return look.note in WORSE or look.note == FRONT_PAGE or look.note.startswith(ANSWERED)


def incidents(looks: Iterable[Look], moves: Iterable[tuple[datetime, str, str]]) -> tuple[Incident, ...]:
    """Return what became of an article besides its wordings, in order of time.

    `looks` are its captures, of which some could not become its wording; `moves` say when it was found gone or back.
    """
    found = [Incident(kind=kind, at=at, until=at, detail=detail) for at, kind, detail in moves]
    told = [each.at for each in found if each.kind == "gone"]
    for look in filter(_is_refused, looks):
        kind, _, status = look.note.partition(" ") if look.note.startswith(ANSWERED) else (look.note, "", "")
        # The look at which an article was found gone says so already.
        if kind in WORSE or not any(abs(look.at - gone) < _ONE_LOOK for gone in told):
            found.append(Incident(kind=kind.replace(" ", "_"), at=look.at, until=look.at, detail=status))
    joined: list[Incident] = []
    for each in sorted(found, key=lambda incident: incident.at):
        if joined and (joined[-1].kind, joined[-1].detail) == (each.kind, each.detail):
            joined[-1] = replace(joined[-1], until=each.at, looks=joined[-1].looks + 1)
        else:
            joined.append(each)
    return tuple(joined)


def comparisons(
    revisions: Sequence[Revision], steps: Sequence[Wording], *, titles_only: bool = False
) -> tuple[Comparison, ...]:
    """Return each wording beside the one before it, and the first beside the last; the latest change is chosen.

    Of an article with more than 24 changes only the last 24 are set side by side. `titles_only` leaves out the texts.
    """
    pairs = [(at - 1, at) for at in range(1, len(revisions))][-MAX_PAIRS:]
    latest = len(revisions) - 1
    if len(revisions) > 2:
        pairs.append((0, latest))
    return tuple(
        _comparison(
            (revisions[a].clipping, revisions[b].clipping),
            (steps[a], steps[b]),
            titles_only=titles_only,
            chosen=(a, b) == (latest - 1, latest),
        )
        for a, b in pairs
    )


def headline(old: Clipping, new: Clipping) -> tuple[Piece, ...]:
    """Return the marked pieces of a headline that was changed, or nothing if it was not."""
    return _pieces(old.title, new.title) if old.title != new.title else ()


def _comparison(
    pair: tuple[Clipping, Clipping], steps: tuple[Wording, Wording], *, titles_only: bool, chosen: bool
) -> Comparison:
    old, new = pair
    rows = (*_field_rows(old, new), *(() if titles_only else _text_rows(blocks(old, new))))
    changed = [row for row in rows if row.kind != "same"]
    return Comparison(
        before=steps[0],
        after=steps[1],
        rows=rows,
        changes=len(changed),
        added=sum(size(row.after, "+") for row in changed),
        removed=sum(size(row.before, "-") for row in changed),
        chosen=chosen,
    )


def size(pieces: Sequence[Piece], op: str) -> int:
    """Return how many words (characters in scripts without spaces) of `pieces` carry the mark `op`."""
    return sum(
        1
        for piece in pieces
        if piece.op == op
        for word in terms.words(piece.text)
        if any(char.isalnum() for char in word)
    )


def by_character(language: str, text: str) -> bool:
    """Tell whether words of `text` are counted by the character."""
    return bool(_unspaced().search(text)) if text else language.split("-")[0].lower() in ("zh", "ja", "th")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{terms.UNSPACED}]")


def _field_rows(old: Clipping, new: Clipping) -> Iterator[Row]:
    for kind, before, after in (
        ("title", old.title, new.title),
        ("byline", ", ".join(old.authors), ", ".join(new.authors)),
        ("date", _date(old), _date(new)),
    ):
        if before != after:
            yield _row(kind, _pieces(before, after))


def _date(clipping: Clipping) -> str:
    return clipping.published.isoformat(sep=" ", timespec="minutes") if clipping.published else ""


def _text_rows(changes: Sequence[BlockChange]) -> Iterator[Row]:
    folded: list[str] = []
    for change in changes:
        if change.op == "=" or change.trivial:
            folded.append(change.new.text if change.new else "")
            continue
        if folded:
            yield _folded(folded)
            folded = []
        yield _changed(change)
    if folded:
        yield _folded(folded)


def _folded(texts: list[str]) -> Row:
    return Row(kind="same", count=len(texts), unchanged=tuple(_cut(text) for text in texts if text))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_UNCHANGED else text[:_MAX_UNCHANGED].rstrip() + " …"


def _changed(change: BlockChange) -> Row:
    kind = "picture" if any(block and block.picture for block in (change.old, change.new)) else "text"
    if change.op == "~":
        pieces = tuple(Piece(part.op, part.text) for part in change.changes)
        if not any(piece.op != "=" for piece in pieces):  # the caption stayed, the picture did not
            return Row(
                kind=kind, before=_whole("-", change.old), after=_whole("+", change.new), merged=_whole("+", change.new)
            )
        return _row(kind, pieces)
    if change.op in "-<":
        gone = _whole("-", change.old)
        return Row(kind=kind, before=gone, merged=gone)
    come = _whole("+", change.new)
    return Row(kind=kind, after=come, merged=come)


def _whole(op: str, block: Block | None) -> tuple[Piece, ...]:
    text = (block.text or block.picture) if block else ""
    return (Piece(op, text),) if text else ()


def _row(kind: str, pieces: tuple[Piece, ...]) -> Row:
    before = tuple(piece for piece in pieces if piece.op != "+")
    after = tuple(piece for piece in pieces if piece.op != "-")
    return Row(kind=kind, before=before, after=after, merged=pieces)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    return tuple(Piece(part.op, part.text) for part in diff(old, new))
