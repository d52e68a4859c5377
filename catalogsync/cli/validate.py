"""`catalogsync validate`: what the server would say, offline."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path

import click

from catalogsync.app import check
from catalogsync.cli import composition
from catalogsync.render import findings_github, findings_json, findings_junit, findings_sarif, findings_text
from catalogsync.render.paint import counted


@click.command("validate")
@composition.paths_argument
@click.option("-e", "--env", help="An environment of catalogsync.yaml: its overlays are merged.")
@composition.format_option("text", "json", "sarif", "junit", "github")
def command(paths: tuple[Path, ...], env: str | None, formats: tuple[str, ...]) -> None:
    """Check manifests: YAML, schemas, references, the rules that the server holds, and lint. Needs no server.

    PATH are files or folders, ./catalog when none is given. Exit 0 when there is no error, 1 otherwise. In a GitHub workflow the findings
    are shown beside the lines too.
    """
    chosen = composition.choose(paths, env, None, needs_target=False)
    overlays = chosen.environment.overlays if chosen.environment else ()
    settings = check.LintSettings(chosen.settings.severities, datetime.date.today())
    checked = check.check(chosen.paths, overlays=overlays, settings=settings)
    found = checked.diagnostics
    composition.write_outputs(
        formats,
        {
            "text": lambda color: findings_text.render(found, color=color),
            "json": lambda _: findings_json.render(found),
            "sarif": lambda _: findings_sarif.render(found),
            "junit": lambda _: findings_junit.render(found),
            "github": lambda _: findings_github.render(found),
        },
    )
    if os.environ.get("GITHUB_ACTIONS") == "true" and "github" not in formats:
        click.echo(findings_github.render(found), err=True, nl=False)
    failed = any(d.is_error for d in found)
    if not failed:
        click.echo(f"{counted(len(checked.catalog.resources), 'object')}: valid", err=True)
    sys.exit(1 if failed else 0)
