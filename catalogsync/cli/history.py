"""`catalogsync history`: the runs of an environment."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app import runs
from catalogsync.cli import options, outputs, streams
from catalogsync.cli.carrying import ask
from catalogsync.core.wording import counted
from catalogsync.render import runs_json, runs_text


@click.command("history")
@options.paths_argument
@options.env_option("An environment of catalogsync.yaml; its default without one.")
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="At most so many; 0 for all.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Remove the runs before the newest N, but for those that a promotion, a removal, resuming or undoing needs.",
)
@click.option("--yes", is_flag=True, help="With --keep: do not ask.")
@options.format_option("text", "json")
def command(
    paths: tuple[Path, ...],
    env: str | None,
    count: int,
    keep: int | None,
    yes: bool,
    formats: tuple[str, ...],
) -> None:
    """List the runs of an environment, the newest first: who, when, which revision, how it ended. `show RUN` shows one of them."""
    runtime = options.runtime()
    name = runs.meant(paths, env, runtime)
    if keep is not None:
        _forget(paths, name, keep, yes=yes)
    found = runs.history(paths, name, runtime, count)
    outputs.write_text_or_json(
        formats,
        lambda color: runs_text.history(name, found.runs, found.holder, color=color),
        lambda: runs_json.history(name, found.runs, found.holder),
    )


def _forget(paths: tuple[Path, ...], env: str, keep: int, *, yes: bool) -> None:
    runtime = options.runtime()
    old = runs.outdated(paths, env, keep, runtime)
    what = f"{counted(len(old.runs), 'run')} and {counted(len(old.plans), 'plan')} of {env}"
    if not (old.runs or old.plans):
        streams.talk(f"nothing to remove from {env}")
        return
    if not yes:
        ask(f"Remove {what} permanently?", "not removed", "remove")
    runs.forget(paths, env, old, runtime)
    streams.talk(f"removed: {what}")
