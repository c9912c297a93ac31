"""Groups of commands that say what was meant when a name is mistyped."""

from __future__ import annotations

import click

from ccm_gitops.cli.everywhere import with_options_of_all


class Group(click.Group):
    """A group whose answer to an unknown command is a sentence with the nearest ones.

    Its commands take the options that every command takes.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None for an unknown one."""
        command = super().get_command(ctx, cmd_name)
        return with_options_of_all(command) if command else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments of the call; an option that stands before its command is told so."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            message = f"there is no option {error.option_name} here; "
            raise click.UsageError(f"{message}those of a command follow its name", ctx) from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; fails with what was probably meant."""
        if args and self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            from ccm_gitops.config.suggest import did_you_mean, shown

            known = self.list_commands(ctx)
            hint = did_you_mean(args[0], known) or f"; there are {', '.join(known)}"
            ctx.fail(f"there is no command {shown(args[0])}{hint}")
        return super().resolve_command(ctx, args)
