"""`catalogsync show`: a saved plan, offline."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.app import places, usage_file
from catalogsync.app import plan as plans
from catalogsync.app.review import Review
from catalogsync.cli import options
from catalogsync.render import document
from catalogsync.targets.v1.encoder import encode


@click.command("show")
@click.argument("planfile_path", metavar="PLANFILE", type=click.Path(path_type=Path))
@options.review_options
@options.format_option()
def command(planfile_path: Path, at: tuple[str, ...], usage: Path | None, formats: tuple[str, ...]) -> None:
    """Show a saved plan in any format. Needs no server and no catalog."""
    asked = usage_file.asked(at, usage)
    plan = plans.load(planfile_path)
    options.write_document(
        formats, document.of_plan(plan, encode, Review.of(plan, asked), places.from_root())
    )
