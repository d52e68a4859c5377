"""`catalogsync validate`: what the server would say, offline."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from catalogsync.app import check, environments, places
from catalogsync.cli import options, streams
from catalogsync.render import document
from catalogsync.render.formats import FORMATS
from catalogsync.render.paint import counted


@click.command("validate")
@options.paths_argument
@click.option("-e", "--env", help="An environment of catalogsync.yaml: its overlays are merged.")
@options.format_option()
def command(paths: tuple[Path, ...], env: str | None, formats: tuple[str, ...]) -> None:
    """Check manifests: YAML, schemas, references, the rules that the server holds, and lint. Needs no server.

    PATH are files or folders, ./catalog when none is given. Exit 0 when there is no error, 1 otherwise. In a GitHub workflow the findings
    are shown beside the lines too.
    """
    checked = check.check_chosen(environments.choose_catalog(paths, env), options.runtime())
    told = document.of_findings(checked.diagnostics, places.from_root())
    options.write_document(formats, told)
    if os.environ.get("GITHUB_ACTIONS") == "true" and "github" not in formats:
        streams.always(FORMATS["github"].render(told, color=False), nl=False)
    if checked.is_valid:
        streams.talk(f"{counted(len(checked.catalog.resources), 'object')}: valid")
    sys.exit(0 if checked.is_valid else 1)
