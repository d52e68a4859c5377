"""`catalogsync doctor`: what is the matter with a target, and what to do about it."""

from __future__ import annotations

import sys

import click

from catalogsync.app.environments import Target
from catalogsync.cli import options, outputs
from catalogsync.render import doctor as words


@click.command("doctor")
@options.target_options
@click.option(
    "--write-check",
    is_flag=True,
    help="Make a draft plan and delete it, and delete a channel that is not there, to see what may be written.",
)
@options.format_option("text", "json")
def command(env: str | None, url: str | None, write_check: bool, formats: tuple[str, ...]) -> None:
    """Look at a server: reachable, allowed, which version, webhooks, clocks, duplicate keys, and what catalogsync cannot manage there.

    Says what to do about each finding. Exit 0 when there is no problem, 1 otherwise. Without --write-check nothing is written.
    """
    from catalogsync.app import doctor

    found = doctor.examine(Target(env, url), options.runtime(), write_check=write_check)
    outputs.write_text_or_json(
        formats, lambda color: words.text(found, color=color), lambda: words.to_json(found)
    )
    sys.exit(0 if found.is_well else 1)
