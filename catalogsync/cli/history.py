"""`catalogsync history`: the runs of an environment."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app import runs
from catalogsync.cli import options
from catalogsync.core.canon import dumps
from catalogsync.render import runs_json, runs_text


@click.command("history")
@options.paths_argument
@options.env_option("An environment of catalogsync.yaml.", required=True)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="At most so many; 0 for all.",
)
@options.format_option("text", "json")
def command(paths: tuple[Path, ...], env: str, count: int, formats: tuple[str, ...]) -> None:
    """List the runs of an environment, the newest first: who, when, which revision, how it ended. `show RUN` shows one of them."""
    found = runs.history(paths, env, options.runtime(), count)
    options.write_outputs(
        formats,
        {
            "text": lambda color: runs_text.history(env, found.runs, found.holder, color=color),
            "json": lambda _color: dumps(runs_json.history(env, found.runs, found.holder), indent=2) + "\n",
        },
    )
