"""`tearsheet stats`: what the archive holds, and what it weighs."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tearsheet.cli.articles import NONE
from tearsheet.cli.console import Console, archive_option, console, json_option, write_json, write_json_rows
from tearsheet.cli.exits import complain_of_lacking
from tearsheet.cli.options import Filters, filter_options, gathered
from tearsheet.cli.rows import COUNTED, Row
from tearsheet.cli.screen import Column, fitted, human_bytes, terminal_width
from tearsheet.model import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tearsheet.archive import Archive

BYTES = "bytes_"
CALLED = {"revisions": "wordings", "due": "due for a look", "today": "new in 24 hours"}

COUNTED_KEYS = tuple(key for key, _ in COUNTED)
BAR_CELLS = 24
TIMES = ("day", "month", "year")
GROUPS = (*TIMES, "source", "category", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be counted."""

    tables: bool
    by: str | None
    filters: Filters
    as_json: bool

    def check(self) -> None:
        """Refuse what cannot be meant."""
        if self.by and self.tables:
            raise click.UsageError("--by and --tables are asked for one after the other.")
        if self.filters.given() and not self.by:
            raise click.UsageError("Say what is counted: --by day, month, year, source, category or language.")


@click.command("stats")
@click.option("--by", type=click.Choice(GROUPS), help="Count articles for each of these.")
@filter_options
@click.option("--tables", is_flag=True, help="Also say what each table of the catalog weighs; reads all of it.")
@json_option
@archive_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Say how much of what the archive holds, and where its bytes go; with --by how many articles there are of what.

    Days are those of publication in the archive's zone; an article counts for the source that listed it first, and for
    the path under which that source is filed.

    \b
    Examples:
      tearsheet stats
      tearsheet stats --by day --since 2026-11 --language zh
      tearsheet stats --by category --json
      tearsheet stats --tables

    With --json: one object of numbers; keys that begin with `bytes_` are bytes on disk, those that begin
    with `table_` parts of `bytes_catalog`: a table with its indexes, or `free` for pages not in use.
    With --by a JSON array of counts.
    """
    asked.check()
    with said.archive() as archive:
        if asked.by:
            counts = _counted(archive, asked.filters.query(archive), asked.by)
            names = {state.source.url: state.source.name for state in archive.sources()} if asked.by == "source" else {}
        else:
            _whole(said, archive, asked)
            return
    if asked.as_json:
        write_json_rows(counts)
        return
    _write_counts(said, asked.by, counts, names)
    if not counts:
        said.note(NONE)


def _counted(archive: "Archive", query: Query, by: str) -> list[Row]:
    """Return the counts of every group: days, months and years in their order, of all others the largest first."""
    counts = archive.tally(by, query)
    order = sorted(counts) if by in TIMES else sorted(counts, key=lambda group: (-counts[group][0], group))
    return [dict(zip(COUNTED_KEYS, (group, *counts[group]), strict=True)) for group in order]


def _write_counts(said: Console, by: str, counts: list[Row], names: "Mapping[str, str]") -> None:
    """Write a table; on a terminal with a bar to each group."""
    columns = [Column(by, flexible=True), *(Column(key, right=True) for key in COUNTED_KEYS[1:]), Column("")]
    most = max((int(str(row["articles"])) for row in counts), default=1)
    wide = min(BAR_CELLS, terminal_width() // 4)
    lines = []
    for row in counts:
        group, *numbers = map(str, row.values())
        bar = ["━" * math.ceil(wide * int(numbers[0]) / most)] if wide else []
        lines.append([names.get(group) or group or "(none)", *numbers, *bar])
    said.write_table(columns, lines)


def _whole(said: Console, archive: "Archive", asked: Asked) -> None:
    """Write what the archive holds and weighs."""
    counts = archive.stats()
    complain_of_lacking(archive)
    weights_of = archive.table_bytes() if asked.tables else {}
    if asked.as_json:
        write_json(counts | {f"table_{name}": size for name, size in weights_of.items()})
        return
    held = {
        CALLED.get(name, name): human_bytes(int(count)) if name.endswith("_bytes") else f"{count:,}"
        for name, count in counts.items()
        if not name.startswith(BYTES)
    }
    weighs = {name.removeprefix(BYTES): count for name, count in counts.items() if name.startswith(BYTES)}
    _write(said, "holds", held)
    weights = {name: human_bytes(int(count)) for name, count in weighs.items()}
    weights["together"] = human_bytes(int(sum(weighs.values())))
    if articles := counts.get("articles"):
        weights["an article"] = human_bytes(round(sum(weighs.values()) / articles))
    _write(said, "weighs", weights)
    if weights_of:
        _write(said, "of the catalog", {name: human_bytes(size) for name, size in weights_of.items()})


def _write(said: Console, heading: str, rows: "Mapping[str, str]") -> None:
    click.echo(said.style(heading, bold=True), color=said.coloured())
    wide = max(map(len, rows), default=0)
    right = max(map(len, rows.values()), default=0)
    for name, value in rows.items():
        click.echo(f"  {fitted(name.replace('_', ' '), wide)}  {value:>{right}}")
