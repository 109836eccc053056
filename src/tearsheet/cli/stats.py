"""`tearsheet stats`: what the archive holds, and what it weighs."""

from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, write_json
from tearsheet.cli.screen import fitted, human_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

BYTES = "bytes_"
CALLED = {"revisions": "wordings", "due": "due for a look", "today": "new in 24 hours"}


@click.command("stats")
@click.option("--tables", is_flag=True, help="Also say what each table of the catalog weighs; reads all of it.")
@json_option
@archive_option
@console
def command(said: Console, tables: bool, as_json: bool) -> None:
    """Say how much of what the archive holds, and where its bytes go.

    \b
    Examples:
      tearsheet stats
      tearsheet stats --tables
      tearsheet stats --json

    With --json: one object of numbers; keys that begin with `bytes_` are bytes on disk, those that begin
    with `table_` parts of `bytes_catalog`: a table with its indexes, or `free` for pages not in use.
    """
    with said.archive() as archive:
        counts = archive.stats()
        weights_of = archive.table_bytes() if tables else {}
    if as_json:
        write_json(counts | {f"table_{name}": size for name, size in weights_of.items()})
        return
    held = {
        name: human_bytes(int(count)) if name.endswith("_bytes") else f"{count:,}"
        for name, count in counts.items()
        if not name.startswith(BYTES)
    }
    weighs = {name.removeprefix(BYTES): count for name, count in counts.items() if name.startswith(BYTES)}
    _write(said, "holds", {CALLED.get(name, name): count for name, count in held.items()})
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
