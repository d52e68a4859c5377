"""`catalogsync show`: a saved plan, offline."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.cli import composition
from catalogsync.cli.plan import RENDER_FORMATS, show_plan
from catalogsync.store import planfile


@click.command("show")
@click.argument("planfile_path", metavar="PLANFILE", type=click.Path(path_type=Path))
@composition.format_option(*RENDER_FORMATS)
def command(planfile_path: Path, formats: tuple[str, ...]) -> None:
    """Show a saved plan in any format. Needs no server and no catalog."""
    show_plan(planfile.load(planfile_path), formats)
