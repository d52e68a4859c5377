"""`catalogsync diff`: two catalogs, without a server."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync import manifests
from catalogsync.cli import composition
from catalogsync.core.canon import dumps
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import Catalog
from catalogsync.render import changes_text


def _catalog(path: Path) -> Catalog:
    loaded = manifests.load((path,))
    if any(d.is_error for d in loaded.diagnostics):
        raise InvalidCatalog(loaded.diagnostics)
    return loaded.catalog


@click.command("diff")
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option("--exit-code", is_flag=True, help="Exit 2 when they differ.")
@composition.format_option("text", "json")
def command(before: Path, after: Path, exit_code: bool, formats: tuple[str, ...]) -> None:
    """Say in what the catalog at B differs from the one at A."""
    from catalogsync.planner.diff import diff_catalogs

    changes = diff_catalogs(_catalog(before), _catalog(after))
    composition.write_outputs(
        formats,
        {
            "text": lambda color: changes_text.render(changes, color=color),
            "json": lambda color: (
                dumps({"changes": [changes_text.to_json(c) for c in changes]}, indent=2) + "\n"
            ),
        },
    )
    sys.exit(2 if exit_code and changes else 0)
