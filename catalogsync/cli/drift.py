"""`catalogsync drift`: who moved, the files or the live objects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogsync.app import places
from catalogsync.app.environments import Target
from catalogsync.cli import options, outputs, screen, streams
from catalogsync.openmeter.kinds import KINDS
from catalogsync.render import document

if TYPE_CHECKING:
    from catalogsync.app.drift import DriftReport
    from catalogsync.app.runtime import Runtime

LIVE_MOVED, FILES_AHEAD = 5, 2


@click.command("drift")
@options.paths_argument
@options.target_options
@options.against_option
@click.option(
    "--accept",
    multiple=True,
    is_flag=False,
    flag_value="",
    metavar="[KIND/KEY]",
    help="Write live values into the manifests: of all objects that moved, or of these (`*` stands for anything); repeatable.",
)
@options.format_option()
def command(
    paths: tuple[Path, ...],
    env: str | None,
    url: str | None,
    against: str | None,
    accept: tuple[str, ...],
    formats: tuple[str, ...],
) -> None:
    """Say of each object whether the files or the live object moved since the catalog was last applied.

    Exit 0 when all is in step, 2 when only the files are ahead, 5 when a live object moved, or may have.

    With --accept the live values are written into the files that say them, and what no file names into new files; exit 0 when all was.
    Of an object of which both moved, what was changed in the files only stays as it is.
    """
    from catalogsync.app import drift

    paths, patterns = _asked(paths, accept)
    runtime = options.runtime()
    with outputs.findings_of(formats):
        report = drift.find(paths, Target(env, url), against, runtime)
    outputs.write_document(formats, document.of_drift(report, places.from_root()))
    if accept:
        sys.exit(_accept(report, patterns, runtime))
    sys.exit(LIVE_MOVED if report.drift.live_moved else FILES_AHEAD if report.drift.differs else 0)


def _asked(paths: tuple[Path, ...], accept: tuple[str, ...]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Paths and patterns: words after --accept may be either, and what begins with a kind and a slash is an object unless it is there."""
    if not accept:
        return paths, ()
    words = [*(Path(one) for one in accept if one), *paths]
    objects = [one for one in words if one.parts and one.parts[0] in KINDS and not one.exists()]
    return tuple(one for one in words if one not in objects), tuple(one.as_posix() for one in objects)


def _accept(report: DriftReport, patterns: tuple[str, ...], runtime: Runtime) -> int:
    from catalogsync.app import accept

    done = accept.write(report, accept.chosen(report, patterns), runtime)
    for path, refs in done.changed.items():
        streams.talk(f"changed: {path} ({', '.join(map(str, refs))})")
    for path in done.new:
        streams.talk(f"new: {path}")
    screen.say((*done.notes, *done.refused))
    return 1 if done.refused else 0
