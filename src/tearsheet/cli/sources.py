"""`tearsheet sources`: list, pause, resume and remove what is followed."""

import click

from tearsheet.cli.console import (
    Console,
    archive_option,
    clock,
    console,
    json_option,
    quiet_option,
    write_json_rows,
)
from tearsheet.cli.groups import Group
from tearsheet.cli.rows import source_row
from tearsheet.cli.screen import Column, one_line
from tearsheet.model import Source, SourceState

COLUMNS = [
    Column("name", flexible=True),
    Column("address", flexible=True),
    Column("kind"),
    Column("articles", right=True),
    Column("last visit"),
    Column("trouble", flexible=True),
]


@click.group("sources", cls=Group, invoke_without_command=True)
@json_option
@archive_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List, pause, resume or remove sources.

    Without a further word: the list, as `tearsheet sources list`. SOURCE is an address, a name, or a part
    that only one source has.

    \b
    Examples:
      tearsheet sources
      tearsheet sources --json
      tearsheet sources list --trouble
      tearsheet sources pause harbour
      tearsheet sources remove https://paper.example/feed.xml
    """
    if context.invoked_subcommand is None:
        context.invoke(listed, as_json=as_json, trouble=False)


@command.command("list")
@click.option("--trouble", is_flag=True, help="Only those whose last visit went wrong.")
@json_option
@archive_option
@console
def listed(said: Console, trouble: bool, as_json: bool) -> None:
    """List what is followed, with the last visit and its trouble.

    \b
    Examples:
      tearsheet sources list
      tearsheet sources list --trouble --json

    With --json: a JSON array of sources.
    """
    with said.archive() as archive:
        states = [state for state in archive.sources() if not trouble or (state.visit and state.visit.trouble)]
        zone = archive.zone
    if as_json:
        write_json_rows(map(source_row, states))
        return
    said.write_table(
        COLUMNS, [_cells_of(state, clock(state.visit.at, zone) if state.visit else "") for state in states]
    )
    if not states:
        said.note("No source has trouble." if trouble else "Nothing is followed yet: tearsheet follow ADDRESS.")


def _cells_of(state: SourceState, visited: str) -> list[str]:
    source, visit = state.source, state.visit
    when = "paused" if source.paused else visited or "not yet"
    trouble = visit.trouble if visit else ""
    return [source.name or source.url, source.url, source.kind, f"{state.articles:,}", when, trouble]


@command.command("pause")
@click.argument("source", metavar="SOURCE")
@archive_option
@quiet_option
@console
def pause(said: Console, source: str) -> None:
    """Visit SOURCE no more for now; its articles stay and are still looked at.

    \b
    Example:
      tearsheet sources pause "The Harbour Post"
    """
    _set_paused(said, source, paused=True)


@command.command("resume")
@click.argument("source", metavar="SOURCE")
@archive_option
@quiet_option
@console
def resume(said: Console, source: str) -> None:
    """Visit SOURCE again.

    \b
    Example:
      tearsheet sources resume "The Harbour Post"
    """
    _set_paused(said, source, paused=False)


def _set_paused(said: Console, text: str, *, paused: bool) -> None:
    with said.archive() as archive:
        found = archive.find_source(text)
        archive.pause(found.url, paused)
    said.report(one_line(f"{'paused' if paused else 'resumed'}: {_called(found)}"))


def _called(source: Source) -> str:
    """Return a source's name and address, or its address once."""
    return f"{source.name}  {source.url}" if source.name not in ("", source.url) else source.url


@command.command("remove")
@click.argument("source", metavar="SOURCE")
@archive_option
@quiet_option
@console
def remove(said: Console, source: str) -> None:
    """Follow SOURCE no more; its articles stay.

    To take its articles out as well, use `tearsheet remove --source SOURCE`.

    \b
    Example:
      tearsheet sources remove https://paper.example/feed.xml
    """
    with said.archive() as archive:
        found = archive.find_source(source)
        archive.unfollow(found.url)
    said.report(one_line(f"no longer followed: {_called(found)}; its articles stay"))
