"""`catalogsync validate`: what the server would say, offline."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync import check
from catalogsync.cli import wiring
from catalogsync.render import findings_json, findings_text
from catalogsync.render.paint import counted


@click.command("validate")
@wiring.paths_argument
@click.option("-e", "--env", help="An environment of catalogsync.yaml: its overlays are merged.")
@wiring.format_option("text", "json")
def command(paths: tuple[Path, ...], env: str | None, formats: tuple[str, ...]) -> int:
    """Check manifests: YAML, schemas, references, and the rules that the server holds. Needs no server.

    PATH are files or folders, ./catalog when none is given. Exit 0 when there is no error, 1 otherwise.
    """
    import datetime

    chosen = wiring.choose(paths, env, None, needs_target=False)
    overlays = chosen.environment.overlays if chosen.environment else ()
    settings = check.LintSettings(chosen.settings.severities, datetime.date.today())
    checked = check.check(chosen.paths, overlays=overlays, settings=settings)
    failed = any(d.is_error for d in checked.diagnostics)
    wiring.write_outputs(
        formats,
        {
            "text": lambda color: findings_text.render(checked.diagnostics, color=color),
            "json": lambda color: findings_json.render(checked.diagnostics),
        },
    )
    if not failed:
        click.echo(f"{counted(len(checked.catalog.resources), 'object')}: valid", err=True)
    sys.exit(1 if failed else 0)
