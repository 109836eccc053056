"""`tearsheet migrate`: an archive of an earlier version, brought level."""

import click

from tearsheet.cli.console import Console, archive_option, console, json_option, quiet_option, write_json
from tearsheet.cli.rows import MIGRATED, report_row
from tearsheet.cli.screen import counted


@click.command("migrate")
@json_option
@archive_option
@quiet_option
@console
def command(said: Console, as_json: bool) -> None:
    """Bring the catalog of an earlier version to this one's schema, and write the journal from which it can be rebuilt.

    Every command does the first by itself when it opens the archive; this one does it when it suits you. Each
    migration is one transaction, and the catalog as it was is copied beside it first. An archive that a newer
    Tearsheet has written to is refused, not touched.

    \b
    Examples:
      tearsheet migrate
      tearsheet migrate --json

    With --json: one object with the schema before and now, the migrations that ran, the copy, and journal pages.
    """
    from tearsheet.archive import archive_folder
    from tearsheet.flow.migrate import migrate

    done = migrate(archive_folder(said.where))
    if as_json:
        write_json(report_row(done, MIGRATED))
        return
    if done.ran:
        said.report(f"schema {done.before} brought to {done.now}: {', '.join(done.ran)}; as it was: {done.copy}")
    else:
        said.report(f"nothing to migrate: schema {done.now}")
    if done.pages:
        said.report(f"the journal was begun: {counted(done.pages, 'page')} in the WARC")
