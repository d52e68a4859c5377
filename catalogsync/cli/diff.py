"""`catalogsync diff`: two catalogs, without a server."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.cli import options
from catalogsync.core.canon import dumps
from catalogsync.render import changes_text


@click.command("diff")
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option("--exit-code", is_flag=True, help="Exit 2 when they differ.")
@options.format_option("text", "json")
def command(before: Path, after: Path, exit_code: bool, formats: tuple[str, ...]) -> None:
    """Say in what the catalog at B differs from the one at A."""
    from catalogsync.app.diff import diff

    changes = diff(before, after)
    options.write_outputs(
        formats,
        {
            "text": lambda color: changes_text.render(changes, color=color),
            "json": lambda _color: (
                dumps({"changes": [changes_text.to_json(c) for c in changes]}, indent=2) + "\n"
            ),
        },
    )
    sys.exit(2 if exit_code and changes else 0)
