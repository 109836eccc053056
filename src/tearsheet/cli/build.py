"""`tearsheet build`: write the static site and the posts."""

from dataclasses import dataclass

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.exits import IN_PART, complain
from tearsheet.cli.options import gathered
from tearsheet.cli.rows import build_row
from tearsheet.cli.screen import counted, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to build."""

    full: bool
    posts: bool
    as_json: bool


@click.command("build")
@click.option("--full", is_flag=True, help="Make every page again, and remove files that no build wrote.")
@click.option("--posts/--no-posts", default=True, help="Whether to write posts too.  [default: yes]")
@json_option
@archive_option
@quiet_option
@gathered(Asked, into="asked")
@console
def command(said: Console, asked: Asked) -> None:
    """Write the static site to site/ and the posts to posts/ in the archive.

    Only what changed since the last build is made again. The site needs no JavaScript and can be served
    by any web server; it tells search engines to stay away until `indexed` is set in tearsheet.toml.
    Posts are written in sound mode; `tearsheet export --posts compat OUT` writes the other kind.

    \b
    Examples:
      tearsheet build
      tearsheet build --full
      tearsheet update --quiet && tearsheet build --quiet     (for cron)

    With --json: one object.
    Exit code 1 if an article's page could not be made; a placeholder stands there.
    """
    from tearsheet.flow.build import build
    from tearsheet.flow.exports import build_posts

    with said.archive() as archive, said.progress() as progress:
        report = build(archive, progress=progress, full=asked.full)
        posts = build_posts(archive, progress=progress, full=asked.full) if asked.posts else 0
        folder = archive.path
    for trouble in report.troubles:
        complain(one_line(f"placeholder instead of a page: {trouble}"))
    if asked.as_json:
        write_json(build_row(report, posts=posts))
    else:
        said.report(
            f"{counted(report.pages, 'page')} in {folder / 'site'}: {counted(report.rendered, 'file')} made, "
            f"{report.written:,} written, {report.removed:,} removed"
        )
        if asked.posts:
            said.report(f"{counted(posts, 'post')} in {folder / 'posts'}")
    if report.troubles:
        raise click.exceptions.Exit(IN_PART)
