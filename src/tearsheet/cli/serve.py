"""`tearsheet serve`: the archive's pages, live."""

import click

from tearsheet.cli.console import Console, archive_option, console, quiet_option
from tearsheet.cli.exits import heeding_sigterm


@click.command("serve")
@click.option("--host", default="", metavar="ADDRESS", help="Where to listen.  [default: [serve] host, 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="PORT", help="0 takes a free one.  [default: [serve] port, 8710]"
)
@archive_option
@quiet_option
@console
def command(said: Console, host: str, port: int | None) -> None:
    """Serve the archive's pages live, with search, until Ctrl-C.

    On this machine alone nobody needs to sign in. On any address that other machines can reach, an
    account is needed first: `tearsheet account add NAME`.

    \b
    Examples:
      tearsheet serve
      tearsheet serve --port 9000
      tearsheet serve --host 0.0.0.0
    """
    from tearsheet.web.serving import server

    with said.archive() as archive:
        folder, title = archive.path, archive.settings.site.title
    serving = server(folder, host=host, port=port)
    said.report(f"{title}: {serving.address}  (Ctrl-C ends it)")
    with heeding_sigterm():
        try:
            serving.run()
        except KeyboardInterrupt:
            serving.stop()  # the asked-for end of a server is no failure
