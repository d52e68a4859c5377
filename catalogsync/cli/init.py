"""`catalogsync init`: a small catalog to start from."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app.init import WORKFLOWS, init
from catalogsync.cli import streams
from catalogsync.manifests.files import shown


@click.command("init")
@click.argument("directory", default=".", type=click.Path(path_type=Path))
@click.option("--ci", type=click.Choice(tuple(WORKFLOWS)), help="Write workflows that plan and apply, too.")
def command(directory: Path, ci: str | None) -> None:
    """Write a small catalog that validates: catalogsync.yaml, catalog/, schemas/ for editors, and a line in .gitignore.

    Nothing is overwritten: when one of the files is there already, none is written; a .gitignore keeps its lines.
    """
    for path in init(directory, ci or ""):
        streams.line(shown(path))
    where = "" if directory == Path() else f" {shown(directory / 'catalog')}"
    streams.talk(f"next: catalogsync validate{where}")
    if ci:
        streams.talk(
            "before the first workflow: name production in catalogsync.yaml, and the repository that you have catalogsync in; "
            "`catalogsync help pull-requests` says how"
        )
