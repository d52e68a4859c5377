"""`catalogsync init`: a small catalog to start from."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.manifests import files
from catalogsync.manifests.scaffold import scaffold


@click.command("init")
@click.argument("directory", default=".", type=click.Path(path_type=Path))
def command(directory: Path) -> None:
    """Write a small catalog that validates: catalogsync.yaml, catalog/ and schemas/ for editors.

    Nothing is overwritten: when one of the files is there already, none is written.
    """
    wanted = {directory / name: text for name, text in scaffold().items()}
    there = [path for path in wanted if path.exists() or path.is_symlink()]
    if there:
        listed = ", ".join(files.shown(path) for path in there[:3]) + (
            " and others" if len(there) > 3 else ""
        )
        raise UsageError(f"{listed} would be overwritten; nothing was written", hint="give another folder")
    for path, text in wanted.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = f"{files.shown(path.parent)} cannot be made: {problem.strerror}"
            raise CatalogsyncError(reason, code="file-unwritable") from problem
        files.write(path, text)
        click.echo(files.shown(path))
    where = "" if directory == Path() else f" {files.shown(directory / 'catalog')}"
    click.echo(f"next: catalogsync validate{where}", err=True)
