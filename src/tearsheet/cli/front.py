"""The group of all commands. Only the command that is asked for is imported, so that every command starts fast."""

import io
import os
import sys
from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import Any, NoReturn

import click

from tearsheet.cli.console import Console, archive_option, colour_option, debug_option, quiet_option
from tearsheet.cli.exits import BUG, complain, explained
from tearsheet.cli.groups import Group
from tearsheet.cli.interrupts import INTERRUPTED
from tearsheet.version import VERSION

# Section -> command -> (module of this room, what it does). The module holds a click command of that name in `command`.
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Begin": {
        "init": ("init", "Make an archive."),
        "follow": ("follow", "Follow feeds, sites, sitemaps, OPML files."),
        "update": ("update", "Fetch what is new, look again at what is kept."),
        "demo": ("demo", "See it all work on a small invented press."),
    },
    "Read": {
        "articles": ("articles", "List articles."),
        "show": ("show", "Show one article."),
        "edits": ("edits", "Show what was changed in an article."),
        "search": ("search", "Find articles by their words."),
        "stats": ("stats", "Say what the archive holds, and what it weighs."),
    },
    "Publish": {
        "build": ("build", "Write the static site and the posts."),
        "serve": ("serve", "Serve the archive's pages, live, with search."),
        "account": ("account", "Manage the accounts of the live server."),
    },
    "Keep": {
        "sources": ("sources", "List, pause, resume or remove sources."),
        "remove": ("remove", "Take an article out of the archive."),
        "verify": ("verify", "Check that everything is there and unchanged."),
        "proof": ("proof", "Write a folder that proves one article to others."),
        "backup": ("backup", "Bring a second copy of the archive level."),
        "restore": ("restore", "Make a working archive out of a backup."),
        "rebuild": ("rebuild", "Make the catalog anew from the WARC files."),
        "migrate": ("migrate", "Bring an archive of an earlier version level."),
        "import": ("imports", "Take in posts or WARC files."),
        "export": ("exports", "Give out posts, OPML, JSON lines, CSV or WACZ."),
        "extract": ("extract", "Cut the article out of any page, without an archive."),
    },
}


class Front(Group):
    """The group of all commands: looks them up when asked for, lists them by section, explains what goes wrong."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for commands in SECTIONS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for commands in SECTIONS.values():
            if cmd_name in commands:
                module = import_module(f"tearsheet.cli.{commands[cmd_name][0]}")
                found: click.Command = module.command
                return found
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, says) for name, (_, says) in commands.items()])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:  # Any: click's signature, here and below
        with explained():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with explained(debug=ctx.ensure_object(Console).debug):
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result

    def main(self, *words: Any, **how: Any) -> NoReturn:
        """Run the command that is asked for and end, as click does; only that it would say `Aborted!` and end with 1."""
        try:
            code = super().main(*words, **{**how, "standalone_mode": False})
        except click.ClickException as error:
            with suppress(OSError):
                error.show()
            code = error.exit_code
        except click.Abort:
            complain("interrupted")
            code = INTERRUPTED
        sys.exit(code)


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, message="tearsheet %(version)s")
@archive_option
@quiet_option
@colour_option
@debug_option
def tearsheet() -> None:
    """Keep the press: every article whole, every edit visible, what vanished still there.

    \b
    The first ten minutes:
      tearsheet init press
      cd press
      tearsheet follow https://paper.example/
      tearsheet update
      tearsheet articles
      tearsheet build
      tearsheet serve

    `tearsheet demo` shows all of it without the network. `tearsheet COMMAND --help` explains each
    command with examples.
    """


class _Apology:
    """Marks whatever nobody explained as our bug: the traceback, one line, an exit code of its own."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None or not isinstance(error, Exception):
            return
        import traceback

        with suppress(OSError):
            traceback.print_exception(error)
            click.echo(
                "tearsheet: this is a bug in Tearsheet, not your mistake; please report the lines above.", err=True
            )
        raise SystemExit(BUG)


def _open_what_is_closed() -> None:
    """Open standard streams that the caller has closed (`>&-`): a file opened later must not get their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - lives as long as the process


def run() -> NoReturn:
    """Run the command line in this process, which ends with it: UTF-8 out, whatever the locale says."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with _Apology():
        tearsheet.main(prog_name="tearsheet")
