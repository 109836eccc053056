"""The page `docs/commands.md`, made from the commands themselves: `python -m tearsheet.cli.reference > docs/commands.md`."""

import inspect
import re
from collections.abc import Iterator

import click

from tearsheet.cli import rows
from tearsheet.cli.exits import MEANINGS
from tearsheet.cli.front import SECTIONS, tearsheet

SHAPES: tuple[tuple[str, rows.Shape, str], ...] = (
    ("article", rows.ARTICLE, "`articles`, `show`, `search`, `edits` without an article, `export --jsonl`."),
    ("image", rows.IMAGE, "`lead` and `images` of articles and clippings."),
    ("clipping", rows.CLIPPING, "`extract`, and inside a wording."),
    ("block", rows.BLOCK, "`blocks` of `extract --why`."),
    ("wording", rows.REVISION, "`wordings` of `show`."),
    ("listing", rows.LISTING, "`listings` of `show`."),
    ("source", rows.SOURCE, "`sources`."),
    ("followed source", rows.FOLLOWED, "`follow`."),
    ("update", rows.UPDATE, "`update`."),
    ("edit", rows.EDIT, "`edits` of an article."),
    ("change", rows.CHANGE, "`title`, `authors` and `text` of an edit."),
    ("hit", rows.HIT, "`hits` of `search`."),
    ("removal", rows.REMOVED, "`remove`."),
    ("build", rows.BUILD, "`build`."),
    ("verification", rows.VERIFY, "`verify`."),
    ("backup", rows.BACKUP, "`backup`."),
    ("rebuild", rows.REBUILT, "`rebuild`."),
    ("migration", rows.MIGRATED, "`migrate`."),
    ("import", rows.IMPORTED, "`import`."),
    ("export", rows.EXPORTED, "`export`."),
    ("count", rows.COUNTED, "`stats --by`."),
    ("figures", rows.STATS, "`stats`, and at `/api/stats` of the live server."),
    ("account", rows.ACCOUNT, "`account list`."),
    ("token", rows.TOKEN, "`account tokens`."),
)

INTRODUCTION = """# Commands

This page is made from the commands themselves; `tearsheet COMMAND --help` says the same.

A command works on the archive in the current folder or in the nearest folder above it.
`--archive DIR` (before or after the command) or the variable `TEARSHEET_ARCHIVE` names another one.

Results go to standard output, progress and complaints to standard error.
On a terminal lists are aligned and cut to its width; in a pipe their columns are whole and separated by tabs.
Output and the names of files are UTF-8 whatever the locale says.
Control characters in what strangers wrote never reach the terminal.
Colour is used on a terminal only; `NO_COLOR` or `--color never` turns it off, `--color always` forces it.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    yield "## For all commands\n"
    with click.Context(tearsheet, info_name="tearsheet", **tearsheet.context_settings) as context:
        yield from _options(context)
        for section, names in SECTIONS.items():
            yield f"## {section}\n"
            for name in names:
                command = tearsheet.get_command(context, name)
                if command is not None:
                    yield from _command(command, context, name, depth=3)
    yield from _exit_codes()
    yield from _shapes()


def _command(command: click.Command, above: click.Context, name: str, *, depth: int) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=above)
    yield f"{'#' * depth} {context.command_path}\n"
    yield "    " + " ".join([context.command_path, *command.collect_usage_pieces(context)]) + "\n"
    yield from _help(command.help or "")
    yield from _options(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _command(found, context, inner, depth=depth + 1)


def _help(text: str) -> Iterator[str]:
    """Yield the help text, a sentence to a line; blocks marked `\\b` as they are."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            heading, *lines = paragraph.removeprefix("\b\n").split("\n")
            yield f"{heading}\n"
            yield from (f"    {line.strip()}" for line in lines)
        else:
            yield from _sentences(" ".join(paragraph.split("\n")))
        yield ""


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", " ".join(text.split()))


def _options(context: click.Context) -> Iterator[str]:
    options = [option for option in context.command.params if isinstance(option, click.Option) and not option.hidden]
    if not options:
        return
    yield "| option | meaning |"
    yield "|---|---|"
    for option in options:
        record = option.get_help_record(context)
        if record:
            yield "| " + " | ".join(_cell(part) for part in (f"`{record[0]}`", record[1])) + " |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes\n"
    yield "| code | meaning |"
    yield "|---|---|"
    yield from (f"| {code} | {meaning} |" for code, meaning in MEANINGS)
    yield ""


def _shapes() -> Iterator[str]:
    yield "## JSON\n"
    yield "Every command that a script might read takes `--json`."
    yield "Keys come in the order given here; a later version may add keys, but renames none without a line in the changelog."
    yield "Times are `2026-11-22T14:05:00Z`, always UTC, or null.\n"
    for name, shape, where in SHAPES:
        yield f"### {name}\n"
        yield f"In {where}\n"
        yield "| key | value |"
        yield "|---|---|"
        yield from (f"| `{key}` | {_cell(meaning)} |" for key, meaning in shape)
        yield ""


if __name__ == "__main__":
    click.echo(page(), nl=False)
