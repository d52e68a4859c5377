"""`catalogsync validate`: what the server would say, offline."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from catalogsync.app import check, environments, places
from catalogsync.app.whole import check_whole
from catalogsync.cli import options, outputs, streams
from catalogsync.core.wording import counted
from catalogsync.render import document
from catalogsync.render.formats import FORMATS


@click.command("validate")
@options.paths_argument
@options.env_option("This environment of catalogsync.yaml alone: its overlays are merged.")
@click.option("--whole", is_flag=True, help="Check the whole catalog that each PATH belongs to.")
@options.format_option()
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
    shown = document.of_findings(found, places.from_root())
    outputs.write_document(formats, shown)
    if os.environ.get("GITHUB_ACTIONS") == "true" and "github" not in formats:
        streams.always(FORMATS["github"].render(shown, color=False), nl=False)
    if valid:
        objects = counted(sum(len(one.catalog.resources) for one in checked), "object")
        named = sorted({name for one in checked for name in one.environments})
        listed = ", ".join(named[:5]) + (", …" if len(named) > 5 else "")
        streams.talk(f"{objects}: valid" + (f", also with the overlays of {listed}" if listed else ""))
    sys.exit(0 if valid else 1)
