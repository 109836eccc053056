"""`tearsheet follow`: add sources."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json_rows
from tearsheet.cli.exits import IN_PART, complain, exit_code, told
from tearsheet.cli.options import categories, gathered, language, zone
from tearsheet.cli.rows import followed_row
from tearsheet.cli.screen import one_line
from tearsheet.errors import ArchiveError, TearsheetError
from tearsheet.model import SOURCE_KINDS, Categories

if TYPE_CHECKING:
    from tearsheet.flow.follow import Followed, FollowOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was said of the new sources."""

    category: Categories
    name: str
    language: str
    timezone: str
    kind: str | None
    excerpt_only: bool
    dry_run: bool

    def options(self) -> "FollowOptions":
        """Return the same as the flow takes it."""
        from tearsheet.flow.follow import FollowOptions

        return FollowOptions(
            categories=self.category,
            name=self.name,
            language=self.language,
            timezone=self.timezone,
            kind=self.kind or "",
            excerpt_only=self.excerpt_only,
            dry_run=self.dry_run,
        )


@click.command("follow")
@click.argument("what", metavar="URL|FILE...", nargs=-1, required=True)
@click.option("--category", type=categories, default="", metavar="A/B/C", help="File its articles under this path.")
@click.option("--name", default="", help="What to call it.  [default: what it calls itself]")
@click.option(
    "--language", type=language, default="", metavar="TAG", help="Its language, if it does not say (en, zh-CN)."
)
@click.option(
    "--timezone", type=zone, default="", metavar="ZONE", help="Zone of times it writes without one (Asia/Shanghai)."
)
@click.option("--kind", type=click.Choice(SOURCE_KINDS), help="What it is.  [default: found out]")
@click.option("--excerpt-only", is_flag=True, help="Publish excerpts of its articles only.")
@click.option("--dry-run", is_flag=True, help="Say what would be followed, follow nothing.")
@json_option
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, what: tuple[str, ...], as_json: bool, asked: Asked) -> None:
    """Follow what is at an address or in a file.

    A feed (RSS, Atom, JSON Feed), a sitemap or a site's front page is followed itself; of a page, the
    feed that it names. An OPML file, a list of addresses or a route list brings all its sources, with
    its folders as category paths. `site:NAME/CHANNEL` follows a site described as data, `rsshub:/route`
    a route of the RSSHub instance in tearsheet.toml. Says what it found. Articles come with `update`.

    \b
    Examples:
      tearsheet follow https://paper.example/
      tearsheet follow https://paper.example/feed.xml --category Press/Harbour/News
      tearsheet follow subscriptions.opml
      tearsheet follow site:guancha/头条
      tearsheet follow rsshub:/guancha/headline
      tearsheet follow --dry-run https://paper.example/

    With --json: a JSON array of sources, each with `how` it was found and whether it was `known`.
    Exit code 1 if some of what was given could not be followed.
    """
    from tearsheet.flow.follow import Followed, follow

    found: list[Followed] = []
    failed: list[int] = []
    with said.archive() as archive, said.progress() as progress:
        for thing in what:
            try:
                new = follow(archive, [thing], asked.options(), progress=progress)
            except ArchiveError:
                raise
            except TearsheetError as error:  # a wrong address costs only itself
                said.aside()
                complain(told(error))
                failed.append(exit_code(error))
                continue
            found += new
            for followed in () if as_json else new:
                said.report(_line(followed, asked.dry_run))
    if as_json:
        write_json_rows(map(followed_row, found))
    if failed:
        raise click.exceptions.Exit(failed[0] if not found and len(what) == 1 else IN_PART)


def _line(followed: "Followed", dry_run: bool) -> str:
    source = followed.source
    begin = "known already" if followed.known else "would follow" if dry_run else "following"
    where = " / ".join(source.categories)
    parts = (source.name, source.url, followed.how, f"in {where}" if where else "")
    return one_line(f"{begin}: " + " · ".join(part for part in parts if part))
