"""What a person asked of every command alike: which archive, how much to say, colour or not; and where words go."""

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tearsheet.cli.screen import Column, many_lines, table, terminal_width

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.cli.progress import Progress

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: whatever the decorated command takes

COLOURS = ("auto", "always", "never")


@dataclass(slots=True)
class Console:
    """The choices made before and after the command's name, the latter winning."""

    where: Path = Path()
    quiet: bool = False
    debug: bool = False
    colour: str = "auto"
    _shown: "Progress | None" = None

    def archive(self) -> "Archive":
        """Return the archive that was named, or the one around this folder, open.

        Raises:
            NoArchive: there is none.
        """
        from tearsheet.archive import open_archive

        return open_archive(self.where)

    def progress(self) -> "Progress":
        """Return a progress display on standard error, silent if that was asked for."""
        from tearsheet.cli.progress import Progress

        self._shown = Progress(quiet=self.quiet)
        return self._shown

    def aside(self) -> None:
        """Take the progress display off its line: something else is about to be written there."""
        if self._shown:
            self._shown.clear()

    def note(self, text: str) -> None:
        """Write a line about the work to standard error, unless silence was asked for."""
        if not self.quiet:
            self.aside()
            click.echo(text, err=True)

    def report(self, text: str) -> None:
        """Write a line of a result that only people read to standard output, unless silence was asked for."""
        if not self.quiet:
            self.aside()
            click.echo(text)

    def coloured(self) -> bool:
        """Return whether standard output may be coloured: asked for, or a terminal whose user did not say NO_COLOR."""
        if self.colour != "auto":
            return self.colour == "always"
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def style(self, text: str, **how: Any) -> str:  # Any: click's own keywords
        """Return `text` in the style `how` (as in `click.style`), or as it is where there is no colour."""
        return click.style(text, **how) if self.coloured() else text

    def write_table(self, columns: list[Column], rows: Iterable[list[str]]) -> None:
        """Write a table, headings dimmed; tab separated and whole where standard output is no terminal."""
        width = terminal_width()
        lines = list(table(columns, rows, width=width))
        if width and lines:
            lines[0] = self.style(lines[0], dim=True)
        if lines:
            click.echo("\n".join(lines), color=self.coloured())


console = click.make_pass_decorator(Console, ensure=True)


# JSON lets these stand as they are, terminals and editors may obey them: C1 controls, line separators, turning marks.
UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return `value` as JSON in UTF-8, with what could disturb a terminal written as `\\uXXXX`."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def write_json(value: object) -> None:
    """Write one JSON value to standard output, indented."""
    click.echo(json_text(value, indent=2))


def write_json_line(row: dict[str, object]) -> None:
    """Write one JSON object on a line of its own to standard output, at once."""
    click.echo(json_text(row))


def write_json_rows(rows: Iterable[dict[str, object]]) -> None:
    """Write a JSON array to standard output, one row to a line, as the rows come."""
    before = "["
    for row in rows:
        click.echo(before + "\n" + json_text(row), nl=False)
        before = ","
    click.echo("\n]" if before == "," else "[]")


def write_markup(text: str) -> None:
    """Write HTML or Markdown to standard output: as it is to a file or pipe, made harmless on a terminal."""
    click.echo(many_lines(text) if sys.stdout.isatty() else text)


def clock(at: datetime | None, zone: tzinfo) -> str:
    """Return an instant as people read it, `2026-11-22 14:05`, in `zone`; empty for none."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""


def _remembered(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """Return a callback that stores an option's value (if it was given) in the Console."""

    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value is not None and value is not False:
            setattr(context.ensure_object(Console), name, value)

    return keep


def _option(*names: str, keeps: str, **how: Any) -> Callable[[Function], Function]:
    return click.option(*names, expose_value=False, callback=_remembered(keeps), **how)


archive_option = _option(
    "-C",
    "--archive",
    keeps="where",
    metavar="DIR",
    type=click.Path(path_type=Path),
    envvar="TEARSHEET_ARCHIVE",
    help="The archive, or a folder inside it.  [default: here]",
)
quiet_option = _option("-q", "--quiet", keeps="quiet", is_flag=True, help="Say nothing but errors.")
colour_option = _option(
    "--color", keeps="colour", type=click.Choice(COLOURS), help="Colour on standard output.  [default: auto]"
)
debug_option = _option("--debug", keeps="debug", is_flag=True, help="Show where an error came from.")
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for scripts.")
