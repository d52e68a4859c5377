"""`catalogsync validate`: what the server would say, offline."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from catalogsync.app import check, environments
from catalogsync.app.whole import check_whole
from catalogsync.cli import options, streams
from catalogsync.render import findings_github, findings_json, findings_junit, findings_sarif, findings_text
from catalogsync.render.paint import counted


@click.command("validate")
@options.paths_argument
@click.option("-e", "--env", help="This environment of catalogsync.yaml alone: its overlays are merged.")
@click.option("--whole", is_flag=True, help="Check the whole catalog that each PATH belongs to.")
@options.format_option("text", "json", "sarif", "junit", "github")
def command(paths: tuple[Path, ...], env: str | None, whole: bool, formats: tuple[str, ...]) -> None:
    """Check manifests: YAML, schemas, references, the rules that the server holds, and lint. Needs no server.

    PATH are files or folders, ./catalog when none is given. Without -e the catalog is checked as it is and with the overlays of every
    environment; a finding that depends on them names the environments. Exit 0 when there is no error, 1 otherwise. In a GitHub workflow
    the findings are shown beside the lines too.
    """
    runtime = options.runtime()
    checked = (
        check_whole(paths, env, runtime)
        if whole
        else (check.check_views(environments.choose_catalog(paths, env), runtime),)
    )
    found = tuple(diagnostic for one in checked for diagnostic in one.diagnostics)
    valid = all(one.is_valid for one in checked)
    options.write_outputs(
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
        streams.always(findings_github.render(found), nl=False)
    if valid:
        objects = counted(sum(len(one.catalog.resources) for one in checked), "object")
        named = sorted({name for one in checked for name in one.environments})
        listed = ", ".join(named[:5]) + (", …" if len(named) > 5 else "")
        streams.talk(f"{objects}: valid" + (f", also with the overlays of {listed}" if listed else ""))
    sys.exit(0 if valid else 1)
