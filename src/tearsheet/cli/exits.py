"""How a command ends: exit codes, and one clear line for what a person can mend. A bug keeps its traceback."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from tearsheet import errors
from tearsheet.cli.interrupts import INTERRUPTED, between_imports
from tearsheet.cli.screen import brief, one_line

if TYPE_CHECKING:
    from tearsheet.archive import Archive

DONE = 0
IN_PART = 1
USAGE = 2
NO_ARCHIVE = 3
NOT_FOUND = 4
SETTINGS = 5
NOT_FETCHED = 6
DISK = 7
NOT_ALLOWED = 8
BUG = 70
READER_GONE = 141
TERMINATED = 143

MEANINGS: tuple[tuple[int, str], ...] = (
    (DONE, "done"),
    (IN_PART, "finished, but part of it failed; each failure is named on standard error"),
    (USAGE, "the command was not understood, or a file given to it is not what it should be"),
    (
        NO_ARCHIVE,
        "the archive, or the address of `serve`, cannot be used: not there, there already, busy, too new, or not whole",
    ),
    (NOT_FOUND, "the archive has no such source, article, wording, account or token"),
    (SETTINGS, "`tearsheet.toml`, `sources.toml` or a site definition is not usable; the line is named"),
    (NOT_FETCHED, "an address did not give its page"),
    (DISK, "a file could not be read or written"),
    (NOT_ALLOWED, "an account, its password or a token does not allow this, or `serve` would be open to strangers"),
    (BUG, "a bug in Tearsheet; its traceback is on standard error"),
    (INTERRUPTED, "interrupted (Ctrl-C); what was acknowledged is kept"),
    (READER_GONE, "the program that read the output went away (as in `| head`)"),
    (TERMINATED, "told to stop (SIGTERM); what was acknowledged is kept"),
)

# The first branch that fits gives the code.
CODES: tuple[tuple[type[Exception], int], ...] = (
    (OSError, DISK),
    (errors.SettingsError, SETTINGS),
    (errors.DiskTrouble, DISK),
    (errors.ArchiveError, NO_ARCHIVE),
    (errors.FetchError, NOT_FETCHED),
    (errors.NotFound, NOT_FOUND),
    (errors.AccessError, NOT_ALLOWED),
    (errors.FormatError, USAGE),
)

FIXES: tuple[tuple[type[errors.TearsheetError], str], ...] = (
    (errors.NoArchive, "make one with `tearsheet init DIR`, or say where it is with `--archive DIR`"),
    (errors.ArchiveExists, "use it as it is, or choose an empty folder"),
    (errors.ArchiveTooNew, "update Tearsheet"),
    (errors.ArchiveBusy, "try again when the other command has finished"),
    (errors.AddressRefused, "if you trust this host, name it under `allow` in [fetch] of tearsheet.toml"),
    (errors.RobotsRefused, "ask the site's owner, or follow its feed"),
    (errors.NoSuchSource, "`tearsheet sources` lists what is followed, `tearsheet follow --help` says what can be"),
    (errors.NoSuchArticle, "`tearsheet articles` and `tearsheet search` show their ids"),
    (errors.NoSuchRevision, "`tearsheet edits ARTICLE` shows how many there are"),
    (errors.NoSuchAccount, "`tearsheet account list` and `tearsheet account tokens` show what there is"),
    (errors.NotAFeed, "give the address of a feed, a site, a sitemap, an OPML file or a list of addresses"),
)


class Terminated(KeyboardInterrupt):
    """We were told to stop by SIGTERM: handled like Ctrl-C, but for the exit code."""


def complain(message: str) -> None:
    """Write one line on standard error, in our name; where nobody can hear it, the exit code says as much."""
    with suppress(OSError):
        click.echo(f"tearsheet: {brief(message)}", err=True)


def complain_of_lacking(archive: "Archive", id: str = "") -> None:
    """Name a WARC file that is missing or cut short, of all or of article `id`, and say how many more are."""
    from tearsheet.cli.screen import counted

    lacking = archive.lacking(id)
    if lacking:
        name, how = lacking[0]
        more = f", and {counted(len(lacking) - 1, 'file')} more" if lacking[1:] else ""
        complain(
            f"warc/{one_line(name)} is {how}{more}: bring it back from a backup; `tearsheet verify` says what is lost"
        )


def exit_code(error: errors.TearsheetError | OSError) -> int:
    """Return the exit code for `error`."""
    return next((code for kind, code in CODES if isinstance(error, kind)), IN_PART)


def told(error: errors.TearsheetError | OSError) -> str:
    """Return `error` as one harmless line: what, which thing, why, and the fix if there is one."""
    if isinstance(error, OSError):
        things = [one_line(str(name)) for name in (error.filename, error.filename2) if name is not None]
        return ": ".join([*things, one_line(error.strerror or str(error))])
    line = one_line(str(error))
    fix = next((fix for kind, fix in FIXES if isinstance(error, kind)), "")
    helpless = "`tearsheet" in line or "not http" in line or "no host" in line  # no setting lets these in
    return line if not fix or helpless else f"{line} ({fix})"


@contextmanager
def explained(*, debug: bool = False) -> Iterator[None]:
    """Turn what goes wrong inside into a line and an exit code. Bugs pass through; so does what click itself explains."""
    try:
        yield
    except BrokenPipeError as error:
        _stop_writing()
        raise click.exceptions.Exit(READER_GONE) from error
    except (errors.TearsheetError, OSError) as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        complain(told(error))
        raise click.exceptions.Exit(exit_code(error)) from error
    except UnicodeEncodeError as error:
        if not "\udc80" <= error.object[error.start] <= "\udcff":
            raise
        # Python's stand-in for a byte that is no UTF-8: only arguments, names of files and standard input hold it.
        complain(f"not UTF-8: {one_line(error.object[max(0, error.start - 20) : error.end])}")
        raise click.exceptions.Exit(USAGE) from error
    except Terminated as error:
        complain("stopped")
        raise click.exceptions.Exit(TERMINATED) from error
    except (KeyboardInterrupt, click.Abort) as error:
        complain("interrupted")
        raise click.exceptions.Exit(INTERRUPTED) from error


@contextmanager
def heeding_sigterm() -> Iterator[list[int]]:
    """Treat SIGTERM inside like Ctrl-C; yields the list to which the signal is added when it comes."""
    heard: list[int] = []

    def stop() -> None:
        heard.append(signal.SIGTERM)
        raise Terminated

    before = signal.signal(signal.SIGTERM, between_imports(stop))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop_writing() -> None:
    """Point standard output at nothing, or Python would complain about the closed pipe once more while ending."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):  # a test's standard output has no number, and needs no redirection
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives as long as the process
    finally:
        os.close(nothing)
