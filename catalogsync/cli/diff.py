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
@options.review_options
@options.format_option("text", "json")
def command(
    before: Path,
    after: Path,
    exit_code: bool,
    at: tuple[str, ...],
    usage: Path | None,
    formats: tuple[str, ...],
) -> None:
    """Say in what the catalog at B differs from the one at A."""
    from catalogsync.app import usage_file
    from catalogsync.app.diff import diff

    found = diff(before, after, usage_file.asked(at, usage))
    options.write_outputs(
        formats,
        {
            "text": lambda color: changes_text.render(found, color=color),
            "json": lambda _color: dumps(changes_text.to_json(found), indent=2) + "\n",
        },
    )
    sys.exit(2 if exit_code and found.changes else 0)
