"""`tearsheet account`: who may sign in at the live server, and which programs may ask it."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
from tearsheet.cli.rows import account_row, token_row
from tearsheet.cli.screen import Column, one_line

if TYPE_CHECKING:
    from tearsheet.archive import Archive
    from tearsheet.store.people import People

ACCOUNT_COLUMNS = [Column("name"), Column("role"), Column("since")]
TOKEN_COLUMNS = [
    Column("id"),
    Column("account"),
    Column("scope"),
    Column("since"),
    Column("last used"),
    Column("label"),
]

password_option = click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")


@click.group("account", cls=Group)
def command() -> None:
    """Manage who may sign in at the live server, and which programs may ask it.

    \b
    Examples:
      tearsheet account add ida --admin
      tearsheet account list
      tearsheet account token ida --label "my phone"
      tearsheet account remove ida
    """


def _people(archive: "Archive") -> "People":
    from tearsheet.store.people import People

    return People(archive.store.db)


def _password(name: str, *, from_stdin: bool) -> str:
    """Return a password that was typed twice, unseen, or the first line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("Nobody is here to type a password: give it with --stdin.")
    typed: str = click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True)
    return typed


@command.command("add")
@click.argument("name", metavar="NAME")
@click.option("--admin", is_flag=True, help="May also hold tokens that change things.")
@password_option
@archive_option
@quiet_option
@console
def add(said: Console, name: str, admin: bool, from_stdin: bool) -> None:
    """Add the account NAME; asks for its password twice.

    \b
    Examples:
      tearsheet account add ida
      tearsheet account add ida --admin
      pass press/ida | tearsheet account add ida --stdin
    """
    with said.archive() as archive:
        _people(archive).add(name, _password(name, from_stdin=from_stdin), now=datetime.now(UTC), admin=admin)
    said.report(f"{name} may sign in{' as admin' if admin else ''}.")


@command.command("password")
@click.argument("name", metavar="NAME")
@password_option
@archive_option
@quiet_option
@console
def password(said: Console, name: str, from_stdin: bool) -> None:
    """Give the account NAME a new password; it is signed out everywhere.

    \b
    Example:
      tearsheet account password ida
    """
    with said.archive() as archive:
        _people(archive).set_password(name, _password(name, from_stdin=from_stdin))
    said.report(f"{name} has a new password.")


@command.command("list")
@json_option
@archive_option
@console
def listed(said: Console, as_json: bool) -> None:
    """List the accounts.

    \b
    Example:
      tearsheet account list --json

    With --json: a JSON array of accounts.
    """
    with said.archive() as archive:
        accounts, zone = _people(archive).accounts(), archive.zone
    if as_json:
        write_json_rows(map(account_row, accounts))
        return
    rows = [[one.name, "admin" if one.admin else "reader", clock(one.created_at, zone)] for one in accounts]
    said.write_table(ACCOUNT_COLUMNS, rows)
    if not accounts:
        said.note("There is no account; none is needed on this machine alone.")


@command.command("remove")
@click.argument("name", metavar="NAME")
@archive_option
@quiet_option
@console
def remove(said: Console, name: str) -> None:
    """Remove the account NAME with its sessions and tokens.

    \b
    Example:
      tearsheet account remove ida
    """
    with said.archive() as archive:
        _people(archive).remove(name)
    said.report(one_line(f"{name} is removed."))


@command.command("token")
@click.argument("name", metavar="NAME")
@click.option(
    "--scope", type=click.Choice(["read", "admin"]), default="read", show_default=True, help="What it may do."
)
@click.option("--label", default="", help="What it is for, to know it again.")
@archive_option
@console
def token(said: Console, name: str, scope: str, label: str) -> None:
    """Make a token with which a program may ask the server in NAME's name; it is shown once.

    \b
    Examples:
      tearsheet account token ida --label "my phone"
      curl -H "Authorization: Bearer $(tearsheet account token ida)" http://localhost:8710/api/articles
    """
    with said.archive() as archive:
        secret, made = _people(archive).add_token(name, scope, label, now=datetime.now(UTC))
    click.echo(secret)
    said.note(f"Keep it: it is shown only now. `tearsheet account revoke {made.id}` ends it.")


@command.command("tokens")
@click.argument("name", metavar="[NAME]", default="")
@json_option
@archive_option
@console
def tokens(said: Console, name: str, as_json: bool) -> None:
    """List the tokens of NAME, or all; their secrets are not kept.

    \b
    Example:
      tearsheet account tokens ida

    With --json: a JSON array of tokens.
    """
    with said.archive() as archive:
        found, zone = _people(archive).tokens(name), archive.zone
    if as_json:
        write_json_rows(map(token_row, found))
        return
    said.write_table(
        TOKEN_COLUMNS,
        [
            [
                one.id,
                one.account,
                one.scope,
                clock(one.created_at, zone),
                clock(one.used_at, zone) or "never",
                one.label,
            ]
            for one in found
        ],
    )
    if not found:
        said.note("There is no token.")


@command.command("revoke")
@click.argument("token", metavar="ID")
@archive_option
@quiet_option
@console
def revoke(said: Console, token: str) -> None:
    """End the token ID.

    \b
    Example:
      tearsheet account revoke 5c1f09ab
    """
    with said.archive() as archive:
        _people(archive).remove_token(token)
    said.report(one_line(f"{token} is revoked."))
