"""`catalogsync try`: what meters would have counted, before they are there and cannot be changed any more."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogsync.app import environments
from catalogsync.app.environments import Target
from catalogsync.cli import candidates, options, outputs, screen, trials
from catalogsync.core.errors import UsageError

if TYPE_CHECKING:
    from catalogsync.app.try_meter import TryReport


@click.command("try")
@click.argument("patterns", metavar="[METER]...", nargs=-1, shell_complete=candidates.key_of("meter"))
@click.option("--events", metavar="FILE", help="CloudEvents, one a line or as a JSON list; - is stdin.")
@click.option(
    "--events-from",
    metavar="ENV",
    help="The events of an environment's server, or of a URL.",
    shell_complete=candidates.environment,
)
@click.option(
    "--limit", type=click.IntRange(1), default=1000, show_default=True, help="Events to read from a server."
)
@click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    default=environments.DEFAULT_CATALOG,
    show_default=True,
    help="The manifests, a file or a folder.",
)
@options.env_option("An environment of catalogsync.yaml: its overlays are merged.")
@options.format_option("text", "json")
def command(
    patterns: tuple[str, ...],
    events: str | None,
    events_from: str | None,
    limit: int,
    catalog: Path,
    env: str | None,
    formats: tuple[str, ...],
) -> None:
    """Say what meters would have counted: total and groups, and the values that are missing or no numbers.

    METER are keys of meters or globs, all meters when none is given. Their manifests count, on events of a file or of a server, which is
    only read. Exit 1 when events cannot be read or there are none.
    """
    from catalogsync.app import try_meter

    if (events is None) == (events_from is None):
        raise UsageError("name the events: either --events FILE or --events-from ENV")
    source = Target.called(events_from) if events_from is not None else Target()
    if env and source.env:
        raise UsageError("--events-from names an environment already: leave --env out")
    named = env or source.env
    chosen = environments.choose_catalog((catalog,), named)
    meters = try_meter.definitions(chosen, patterns)
    if events is not None:
        _report(formats, trials.from_file(meters, events))
    else:
        _, environment = environments.choose((catalog,), source, options.runtime())
        _report(formats, trials.from_server(meters, environment, limit))


def _report(formats: Sequence[str], report: TryReport) -> None:
    from catalogsync.render import trial_json, trial_text
    from catalogsync.render.paint import painter

    outputs.write_text_or_json(
        formats,
        lambda color: trial_text.render(report, painter(color)),
        lambda: trial_json.whole(report),
    )
    screen.say(report.diagnostics)
    sys.exit(1 if report.failed else 0)
