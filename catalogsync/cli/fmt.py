"""`catalogsync fmt`: rewrites manifests in one style. Comments, order and meaning are kept; twice is the
same as once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.app.format import format_files
from catalogsync.cli import options, streams
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.wording import counted


@click.command("fmt")
@options.paths_argument
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file is not in the style.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
def command(paths: tuple[Path, ...], check: bool, show_diff: bool) -> None:
    """Rewrite manifests in one style, comments kept.

    PATH are files or folders, ./catalog when none is given. The names of changed files go to stdout. A file
    that cannot be read is reported and left as it is; the others are rewritten.
    """
    formatted = format_files(paths)
    for one in formatted.restyled:
        if not (check or show_diff):
            one.write()
        streams.data(one.diff() if show_diff else f"{one.name}\n")
    said = "would change" if check or show_diff else "rewritten"
    total = formatted.total
    if total or not formatted.diagnostics:
        streams.talk(f"{len(formatted.restyled)} of {counted(total, 'file')} {said}")
    if formatted.diagnostics:
        raise InvalidCatalog(formatted.diagnostics)
    if check and formatted.restyled:
        sys.exit(1)
