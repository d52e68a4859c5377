"""`catalogsync drift`: who moved, the files or the live objects."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalogsync.app import places
from catalogsync.app.environments import Target
from catalogsync.cli import options
from catalogsync.render import document

LIVE_MOVED, FILES_AHEAD = 5, 2


@click.command("drift")
@options.paths_argument
@options.target_options
@options.against_option
@options.format_option()
def command(
    paths: tuple[Path, ...],
    env: str | None,
    url: str | None,
    against: str | None,
    formats: tuple[str, ...],
) -> None:
    """Say of each object whether the files or the live object moved since the catalog was last applied.

    Exit 0 when all is in step, 2 when only the files are ahead, 5 when a live object moved, or may have.
    """
    from catalogsync.app import drift

    with options.findings_of(formats):
        told = drift.find(paths, Target(env, url), against, options.runtime())
    options.write_document(formats, document.of_drift(told, places.from_root()))
    sys.exit(LIVE_MOVED if told.drift.live_moved else FILES_AHEAD if told.drift.differs else 0)
