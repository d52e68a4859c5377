"""`catalogsync unlock`: takes an environment's lock away from a run that is lost."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app import runs
from catalogsync.cli import options, streams
from catalogsync.cli.carrying import ask


@click.command("unlock")
@options.paths_argument
@options.env_option("An environment of catalogsync.yaml; its default without one.")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal to ask on.")
def command(paths: tuple[Path, ...], env: str | None, yes: bool) -> None:
    """Take an environment's lock away from a run that is lost. Should that run still live, it sends nothing more."""
    runtime = options.runtime()
    name = runs.meant(paths, env, runtime)
    holder, lives = runs.holder_of(paths, name, runtime)
    if holder is None:
        streams.talk(f"the lock of {name} is free")
        return
    alive = "; its process is still running" if lives else ""
    streams.always(f"{name} is locked by {holder.who} since {holder.since} (run {holder.run}){alive}")
    if not yes:
        ask("Take the lock away from that run?", "not unlocked", "unlock")
    runs.unlock(paths, name, holder, runtime)
    streams.talk(f"unlocked: {name}")
