"""`catalogsync export`: live objects as manifests that plan to nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.app.environments import Target
from catalogsync.cli import options, streams
from catalogsync.openmeter.kinds import KINDS
from catalogsync.render import findings_text


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
@click.option("--overwrite", is_flag=True, help="Replace files that differ from what would be written.")
def command(env: str | None, url: str | None, out: Path, only: tuple[str, ...], overwrite: bool) -> None:
    """Write one file per live object, in folders by kind, without ids and read-only fields."""
    from catalogsync.app import export

    to_stdout = out == Path("-")
    exported = export.export_target(Path() if to_stdout else out, Target(env, url), options.runtime(), only)
    if to_stdout:
        streams.data(exported.as_stream())
        said = exported.diagnostics
    else:
        written = export.export_to(out, exported, overwrite=overwrite, kinds=only)
        for path in written.paths:
            streams.line(str(path))
        said = written.diagnostics
    if said:
        streams.always(findings_text.render(said, color=streams.color(sys.stderr)), nl=False)
