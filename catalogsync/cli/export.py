"""`catalogsync export`: live objects as manifests that plan to nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogsync.app.accept import NOT_ACCEPTED
from catalogsync.app.environments import Target
from catalogsync.cli import options, screen, streams
from catalogsync.openmeter.kinds import KINDS

if TYPE_CHECKING:
    from catalogsync.app.export import Written


@click.command("export")
@options.target_options
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to write to; - for one YAML stream on stdout.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([str(kind) for kind in KINDS]),
    help="Only this kind; repeatable.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Change files that differ. Where manifests are, each object is changed in the file that says it.",
)
def command(env: str | None, url: str | None, out: Path, only: tuple[str, ...], overwrite: bool) -> None:
    """Write one file per live object, in folders by kind, without ids and read-only fields."""
    from catalogsync.app import export, export_into

    to_stdout = out == Path("-")
    if overwrite and export_into.holds_manifests(out):
        _report(export_into.export_into(out, Target(env, url), options.runtime(), only))
        return
    exported = export.export_target(Path() if to_stdout else out, Target(env, url), options.runtime(), only)
    if to_stdout:
        streams.data(exported.as_stream())
    else:
        _report(export.export_to(out, exported, overwrite=overwrite, kinds=only))
        return
    screen.say(exported.diagnostics)


def _report(written: Written) -> None:
    for path in written.paths:
        streams.line(str(path))
    screen.say(written.diagnostics)
    if any(one.code == NOT_ACCEPTED for one in written.diagnostics):
        sys.exit(1)
