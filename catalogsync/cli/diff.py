"""`catalogsync diff`: two catalogs, without a server."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.app import places
from catalogsync.cli import options, outputs
from catalogsync.render import document


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--exit-code", is_flag=True, help="Exit 2 when they differ.")
@options.only_option
@options.review_options
@options.usage_from_option
@options.format_option()
def command(
    before: str,
    after: str,
    exit_code: bool,
    only: tuple[str, ...],
    at: tuple[str, ...],
    usage: Path | None,
    usage_from: str | None,
    formats: tuple[str, ...],
) -> None:
    """Say in what the catalog B differs from A.

    Each is a file or folder, git:REV[:PATH] (PATH as seen from here, ./catalog without one), env:NAME (./catalog with that environment's
    overlays) or sandbox:FILE (what the file of a sandbox holds). No server is asked but for --usage-from.
    """
    from catalogsync.app import usage_file
    from catalogsync.app.diff import diff

    with outputs.findings_of(formats):
        found = diff(before, after, usage_file.asked(at, usage), only, options.runtime(), usage_from)
    outputs.write_document(formats, document.of_difference(found, places.from_root()))
    sys.exit(2 if exit_code and found.changes else 0)
