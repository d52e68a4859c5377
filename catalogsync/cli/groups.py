"""A verb with verbs below it, which says of a word that is none of them what was meant, in the words of every other error."""

from __future__ import annotations

import click


class Group(click.Group):
    """Raises UsageError for a word that is none of its verbs."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            from catalogsync.cli import usage_errors

            raise usage_errors.no_such("verb", args[0], known, ctx)
        return super().resolve_command(ctx, args)
