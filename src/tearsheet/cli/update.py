"""`tearsheet update`: visit what is due, fetch what is new, look again at what is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, clock, console, json_option, quiet_option, write_json_line
from tearsheet.cli.exits import IN_PART, TERMINATED, Terminated, complain, complain_of_lacking, heeding_sigterm
from tearsheet.cli.interrupts import INTERRUPTED
from tearsheet.cli.options import gathered, span_s
from tearsheet.cli.rows import update_row
from tearsheet.cli.screen import brief, counted, human_seconds, one_line

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.flow.update import UpdateOptions, UpdateReport

TROUBLES_SHOWN = 10
PICTURE = "picture "  # what failed for a picture is counted under its own name


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How an update was asked for."""

    what: tuple[str, ...]
    force: bool
    again: bool
    pictures: bool
    limit: int
    watching: bool
    every: float
    strict: bool
    as_json: bool

    def options(self, archive: "Archive") -> "UpdateOptions":
        """Return the same as the flow takes it, the sources by address."""
        from tearsheet.flow.update import UpdateOptions

        addresses = tuple(archive.find_source(text).url for text in self.what)
        return UpdateOptions(
            sources=addresses, force=self.force, again=self.again, pictures=self.pictures, limit=self.limit
        )


@click.command("update")
@click.argument("what", metavar="[SOURCE]...", nargs=-1)
@click.option("--watch", "watching", is_flag=True, help="Go on for ever: each source and article when it is due.")
@click.option(
    "--every", type=span_s, default="60s", metavar="SPAN", show_default=True, help="With --watch: look this often."
)
@click.option("--force", is_flag=True, help="Visit sources that are not due yet.")
@click.option("--again", is_flag=True, help="Look again at every article, due or not.")
@click.option("--pictures/--no-pictures", default=True, help="Whether to fetch pictures.  [default: yes]")
@click.option(
    "-n", "--limit", type=click.IntRange(min=0), default=0, metavar="N", help="Fetch at most N articles; 0 for all."
)
@click.option("--strict", is_flag=True, help="Exit code 1 if anything at all failed.")
@json_option
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Visit the sources that are due, fetch what is new, look again at articles that may have changed.

    How often a source is visited follows from how often it publishes; articles are looked at again
    after 1 hour, 6 hours, 1, 7 and 30 days. One that fails costs only itself; `tearsheet sources` says
    what is wrong with it. Interrupt it at any time (Ctrl-C): what is in hand is written, nothing is lost,
    and the next update goes on from there. With SOURCE only those sources are visited; articles that are
    due are looked at whichever source they are from.

    \b
    Examples:
      tearsheet update
      tearsheet update harbour --force
      tearsheet update --watch --every 5m
      tearsheet update --quiet              (for cron)
      tearsheet update --json

    With --json: one object to a line and to an update.
    Exit code 1 if every source that was visited failed; with --strict if anything failed.
    """
    with said.archive() as archive:
        options = asked.options(archive)
        if not archive.sources():
            said.note("Nothing is followed yet: tearsheet follow ADDRESS.")
        if asked.watching:
            _watch(said, archive, options, asked)
        else:
            _once(said, archive, options, asked)


def _once(said: Console, archive: "Archive", options: "UpdateOptions", asked: Asked) -> None:
    from tearsheet.flow.update import update

    began = datetime.now(UTC)
    with heeding_sigterm() as told_to_stop, said.progress() as progress:
        report = update(archive, options, progress=progress)
    _report(said, report, as_json=asked.as_json)
    complain_of_lacking(archive)
    if not report.sources and (soonest := _soonest(archive)):
        said.note(f"No source is due before {clock(soonest, archive.zone)}; --force visits them now.")
    if report.interrupted:
        complain("interrupted; what is named above is kept, and the next update goes on from there")
        raise click.exceptions.Exit(TERMINATED if told_to_stop else INTERRUPTED)
    visits = [state.visit for state in archive.sources() if state.visit and state.visit.at >= began]
    nothing_worked = bool(visits) and all(visit.failures for visit in visits)
    if nothing_worked or (asked.strict and report.failures):
        raise click.exceptions.Exit(IN_PART)


def _soonest(archive: "Archive") -> datetime | None:
    """Return when the next visit is due, if any source is visited at all."""
    visits = (state.visit for state in archive.sources() if not state.source.paused)
    return min((visit.next_at for visit in visits if visit), default=None)


def _watch(said: Console, archive: "Archive", options: "UpdateOptions", asked: Asked) -> None:
    """Update until told to stop. SIGTERM is how a service is told, so it is a good end; Ctrl-C is an interruption."""
    from tearsheet.flow.update import watch

    def on_round(report: "UpdateReport") -> None:
        if asked.as_json or report.kept or report.edits or report.troubles or report.gone:
            _report(said, report, as_json=asked.as_json)

    with heeding_sigterm() as told_to_stop:
        try:
            with said.progress() as progress:
                watch(archive, options, on_round=on_round, progress=progress, every_s=asked.every)
        except Terminated:
            return
    if not told_to_stop:
        complain("interrupted; what was fetched is kept")
        raise click.exceptions.Exit(INTERRUPTED)


def _report(said: Console, report: "UpdateReport", *, as_json: bool) -> None:
    if as_json:
        write_json_line(update_row(report))
        return
    said.report("\n".join(_lines(report)))
    for thing, message in report.troubles[:TROUBLES_SHOWN]:
        said.note(brief(one_line(message if thing in message else f"{thing}: {message}")))
    if len(report.troubles) > TROUBLES_SHOWN:
        said.note(
            f"  … {len(report.troubles) + report.untold - TROUBLES_SHOWN:,} more: `tearsheet articles --trouble` lists pages, "
            "`tearsheet sources list --trouble` sources"
        )


def _lines(report: "UpdateReport") -> Iterator[str]:
    visited = f"{counted(report.sources, 'source')} visited: {counted(report.listed, 'entry', 'entries')} listed"
    yield f"{visited}, {report.new:,} of them new ({human_seconds(report.seconds)})"
    counts = (
        (report.kept, "article kept", "articles kept"),
        (report.edits, "edit", "edits"),
        (report.gone, "gone from the web", "gone from the web"),
        (report.returned, "came back", "came back"),
        (report.rejected, "judged no article", "judged no article"),
        (report.pictures, "picture", "pictures"),
    )
    if some := ", ".join(counted(*count) for count in counts if count[0]):
        yield some
    pages = {cause: count for cause, count in report.failures.items() if not cause.startswith(PICTURE)}
    pictures = {cause.removeprefix(PICTURE): count for cause, count in report.failures.items() if cause not in pages}
    for what, causes in (("not fetched", pages), ("pictures not fetched", pictures)):
        if causes:
            yield f"{what}: " + ", ".join(f"{count:,} {one_line(cause)}" for cause, count in causes.items())
    if report.waiting:
        yield f"{counted(report.waiting, 'article')} still to be fetched: the next update goes on"
