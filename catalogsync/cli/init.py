"""`catalogsync init`: a small catalog to start from."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app.init import init
from catalogsync.cli import streams
from catalogsync.manifests.files import shown


@click.command("init")
@click.argument("directory", default=".", type=click.Path(path_type=Path))
def command(directory: Path) -> None:
    """Write a small catalog that validates: catalogsync.yaml, catalog/ and schemas/ for editors.

    Nothing is overwritten: when one of the files is there already, none is written.
    """
    for path in init(directory):
        streams.line(shown(path))
    where = "" if directory == Path() else f" {shown(directory / 'catalog')}"
    streams.talk(f"next: catalogsync validate{where}")
