"""A command with commands of its own: names the one that was probably meant, and says of each what it does, whole."""

import click

LONGEST = 200
"""Characters of a summary; it is a sentence, and wraps."""


class Group(click.Group):
    """A group that helps who mistypes."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            import difflib  # only who mistypes pays for it

            near = difflib.get_close_matches(name, known, n=1)
            ctx.fail(f"No such command {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(LONGEST)) for name, command in sorted(self.commands.items())]
            )
