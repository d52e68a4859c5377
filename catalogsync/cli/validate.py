"""`catalogsync validate`: what the server would say, offline."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from catalogsync.app import check, environments
from catalogsync.cli import options, streams
from catalogsync.render import findings_github, findings_json, findings_junit, findings_sarif, findings_text
from catalogsync.render.paint import counted


@click.command("validate")
@options.paths_argument
@click.option("-e", "--env", help="This environment of catalogsync.yaml alone: its overlays are merged.")
@options.format_option("text", "json", "sarif", "junit", "github")
def command(paths: tuple[Path, ...], env: str | None, formats: tuple[str, ...]) -> None:
    """Check manifests: YAML, schemas, references, the rules that the server holds, and lint. Needs no server.

    PATH are files or folders, ./catalog when none is given. Without -e the catalog is checked as it is and with the overlays of every
    environment; a finding that depends on them names the environments. Exit 0 when there is no error, 1 otherwise. In a GitHub workflow the findings
    are shown beside the lines too.
    """
    chosen, runtime = environments.choose_catalog(paths, env), options.runtime()
    checked = check.check_chosen(chosen, runtime) if env else check.check_everywhere(chosen, runtime)
    found = checked.diagnostics
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
    if checked.is_valid:
        listed = ", ".join(checked.environments[:5]) + (", …" if len(checked.environments) > 5 else "")
        also = f", also with the overlays of {listed}" if listed else ""
        streams.talk(f"{counted(len(checked.catalog.resources), 'object')}: valid{also}")
    sys.exit(0 if checked.is_valid else 1)
