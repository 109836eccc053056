"""`tearsheet edits`: what was changed in an article, word by word."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from tearsheet.cli.articles import ON_A_SCREEN, found, write_list
from tearsheet.cli.console import Console, archive_option, clock, console, json_option, write_json_rows
from tearsheet.cli.options import Filters, filter_options, gathered, limit_option
from tearsheet.cli.rows import Row, article_row, edit_row
from tearsheet.cli.screen import flowed, human_seconds, many_lines, measured, one_line
from tearsheet.cli.show import wording_of
from tearsheet.model import Article, Revision

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.revise import BlockChange, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which wordings of which article, and how much of them."""

    article: str | None
    older: int | None
    newer: int | None
    every: bool
    whole: bool
    limit: int | None
    filters: Filters

    def check(self) -> None:
        """Refuse what cannot be meant."""
        if self.article is None and (self.older or self.newer or self.every or self.whole):
            raise click.UsageError("--from, --to, --all and --whole need an ARTICLE.")
        if self.article is not None and (self.limit is not None or self.filters.given()):
            raise click.UsageError("--limit, --source, --category, --since, --until and --language go without ARTICLE.")


@dataclass(frozen=True, slots=True)
class Edit:
    """Two wordings of an article, and when the older one was seen last."""

    article: Article
    old: Revision
    new: Revision
    last_seen: datetime


@click.command("edits")
@click.argument("article", metavar="[ARTICLE]", required=False)
@click.option(
    "--from", "older", type=click.IntRange(min=1), metavar="N", help="The older wording.  [default: the one before]"
)
@click.option("--to", "newer", type=click.IntRange(min=1), metavar="N", help="The newer wording.  [default: the last]")
@click.option("--all", "every", is_flag=True, help="Every edit, one after the other.")
@click.option("--whole", is_flag=True, help="Also what did not change, and what is trivial.")
@limit_option
@filter_options
@json_option
@archive_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked, as_json: bool) -> None:
    """Show what was changed in ARTICLE: its last edit, another one, or all of them.

    Words are compared whole; Chinese, Japanese and Thai by the character. What was taken out is red and
    struck, what was put in is green and underlined; without colour [-taken out-] and {+put in+}.
    Paragraphs that did not change are left out. Without ARTICLE: the articles that were edited last, with
    the time at which that was seen; --since and --until go by it.

    \b
    Examples:
      tearsheet edits
      tearsheet edits --since yesterday --source courier
      tearsheet edits k3vq7
      tearsheet edits k3vq7 --from 1 --to 3
      tearsheet edits k3vq7 --all --whole
      tearsheet --color always edits k3vq7 | less -R
      tearsheet edits k3vq7 --json

    With --json: a JSON array of edits, oldest first; without ARTICLE an array of articles.
    """
    asked.check()
    with said.archive() as archive:
        if asked.article is None:
            _list(said, archive, asked, as_json)
            return
        article = archive.article(asked.article)
        edits = list(_edits(archive, article, asked))
        zone = archive.zone
    if as_json:
        write_json_rows(map(_json, edits))
        return
    if not edits:
        said.note(one_line(f"No edit was seen: {article.id} has one wording, “{article.title}”."))
    for edit in edits:
        click.echo("\n".join(_shown(said, edit, zone, whole=asked.whole)) + "\n", color=said.coloured())


def _list(said: Console, archive: "Archive", asked: Asked, as_json: bool) -> None:
    query = replace(asked.filters.query(archive, order="edited"), edited=True)
    if as_json:
        write_json_rows(map(article_row, found(archive, query, asked.limit or 0)))
        return
    usual = ON_A_SCREEN if sys.stdout.isatty() else 0
    limit = usual if asked.limit is None else asked.limit
    write_list(said, archive, query, limit)
    total = archive.count(query)
    if not total:
        said.note("No edit is like that." if asked.filters.given() else "No edit was seen yet.")
    elif limit and total > limit:
        said.note(f"{total - limit:,} more: --limit 0 shows all.")


def _edits(archive: "Archive", article: Article, asked: Asked) -> Iterator[Edit]:
    revisions = archive.revisions(article.id)
    seen = sorted(capture.at for capture in archive.captures(article.id))
    for old, new in _pairs(revisions, article.id, asked):
        last = max((at for at in seen if old.seen_at <= at < new.seen_at), default=old.seen_at)
        yield Edit(article, old, new, last)


def _pairs(revisions: Sequence[Revision], id: str, asked: Asked) -> list[tuple[Revision, Revision]]:
    if asked.every:
        return list(pairwise(revisions))
    if len(revisions) < 2 and asked.older is None and asked.newer is None:
        return []
    new = wording_of(revisions, id, asked.newer)
    old = wording_of(revisions, id, asked.older if asked.older is not None else new.number - 1)
    return [(old, new)]


def _kind(edit: Edit) -> str:
    from tearsheet.revise import kind_of

    if edit.new.number == edit.old.number + 1:
        return edit.new.kind
    return kind_of(edit.old.clipping, edit.new.clipping)


def _json(edit: Edit) -> Row:
    from tearsheet.revise import diff

    old, new = edit.old.clipping, edit.new.clipping
    return edit_row(
        edit.article,
        (edit.old, edit.new),
        last_seen=edit.last_seen,
        kind=_kind(edit),
        changes={
            "title": diff(old.title, new.title),
            "authors": diff(_byline(edit.old), _byline(edit.new)),
            "text": diff(old.text, new.text),
        },
    )


def _shown(said: Console, edit: Edit, zone: tzinfo, *, whole: bool) -> Iterator[str]:
    from tearsheet.revise import blocks, diff

    old, new = edit.old.clipping, edit.new.clipping
    yield flowed("".join(_marked(said, diff(old.title, new.title))), measured())
    yield flowed(said.style(_between(edit, zone), dim=True), measured())
    if old.authors != new.authors:
        yield "by " + "".join(_marked(said, diff(_byline(edit.old), _byline(edit.new))))
    if old.published != new.published:
        yield f"published {_taken(said, clock(old.published, zone))} {_put(said, clock(new.published, zone))}"
    yield from _rows(said, blocks(old, new), whole=whole)


def _between(edit: Edit, zone: tzinfo) -> str:
    earlier, later = sorted((edit.last_seen, edit.new.seen_at))  # --from may name the newer wording
    span = human_seconds((later - earlier).total_seconds())
    return one_line(
        f"{edit.article.id} · wording {edit.old.number} -> {edit.new.number} · {_kind(edit)} · "
        f"between {clock(earlier, zone)} and {clock(later, zone)} ({span})"
    )


def _rows(said: Console, rows: "Sequence[BlockChange]", *, whole: bool) -> Iterator[str]:
    """Yield the lines of all paragraphs that changed, and how many were left out between them."""
    left_out = 0
    for change in rows:
        if not whole and (change.op == "=" or change.trivial):
            left_out += 1
            continue
        if left_out:
            yield said.style(f"\n  … {left_out} unchanged", dim=True)
            left_out = 0
        yield "\n" + flowed("".join(_row(said, change)), measured())
    if left_out:
        yield said.style(f"\n  … {left_out} unchanged", dim=True)


def _row(said: Console, change: "BlockChange") -> Iterator[str]:
    old = change.old.text if change.old else ""
    new = change.new.text if change.new else ""
    if change.op == "=":
        yield many_lines(new)
    elif change.op == "~" and old == new:
        yield said.style("  (another picture)  ", dim=True) + many_lines(new)
    elif change.op == "~":
        yield from _marked(said, change.changes)
    elif change.op in "-<":
        yield (said.style("  (moved away)  ", dim=True) if change.op == "<" else "") + _taken(said, old)
    else:
        yield (said.style("  (moved here)  ", dim=True) if change.op == ">" else "") + _put(said, new)


def _marked(said: Console, changes: "Sequence[Change]") -> Iterator[str]:
    for change in changes:
        if change.op == "=":
            yield _stretch(change.text)
        else:
            yield _taken(said, change.text) if change.op == "-" else _put(said, change.text)


def _taken(said: Console, text: str) -> str:
    if not text:
        return ""
    shown = _stretch(text)
    return said.style(shown, fg="red", strikethrough=True) if said.coloured() else f"[-{shown}-]"


def _put(said: Console, text: str) -> str:
    if not text:
        return ""
    shown = _stretch(text)
    return said.style(shown, fg="green", underline=True) if said.coloured() else f"{{+{shown}+}}"


def _stretch(text: str) -> str:
    """Return `text` made printable, with the blanks at its end: the next stretch goes on right after them."""
    return many_lines(text) + text[len(text.rstrip(" ")) :]


def _byline(revision: Revision) -> str:
    return ", ".join(revision.clipping.authors)
