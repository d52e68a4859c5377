"""Meters tried on the events that a command line names."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from catalogsync.cli import options, streams
from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.metering import MeterDefinition
from catalogsync.store.environment import Environment

if TYPE_CHECKING:
    from catalogsync.app.plan import Proposal
    from catalogsync.app.try_meter import TryReport

LIMIT = 1000
"""Events that are read from a server where no other number is given."""


def of_plan(
    made: Proposal | None, events: str | None, events_from: str | None, near: Path | None
) -> TryReport | None:
    """The new and changed meters of a plan, tried; None when no events are named. `near`: where the catalog is. Raises what the two below raise,
    and UsageError for both events and for a plan that is not made of files.
    """
    if events is None and events_from is None:
        return None
    if events is not None and events_from is not None:
        raise UsageError("name the events: either --events FILE or --events-from ENV")
    if made is None:
        raise UsageError("--undo makes no meter: there is nothing to try", hint="leave --events out")
    from catalogsync.app import last_month, try_meter

    meters = try_meter.changed(made.plan, made.catalog)
    if not meters:
        streams.talk("no meter is new or changes: no event is read")
        return try_meter.TryReport((), 0, 0, (), (), ())
    if events is not None:
        return from_file(meters, events)
    return from_server(meters, last_month.source(str(events_from), options.runtime(), near), LIMIT)


def from_file(meters: Sequence[MeterDefinition], file: str) -> TryReport:
    """What the events of a file come to; `-` is stdin. Raises CatalogsyncError."""
    from catalogsync.app.event_file import EventFile
    from catalogsync.app.event_problems import Problems
    from catalogsync.app.try_meter import try_meters

    problems = Problems()
    try:
        with _opened(file) as stream:
            events = EventFile(stream, file if file != "-" else "stdin", problems, int(time.time()))
            return try_meters(meters, events, problems, deduplicate=True)
    except OSError as problem:
        raise CatalogsyncError(
            f"{file} cannot be read: {problem.strerror}", code="events-unreadable"
        ) from problem


def _opened(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def from_server(meters: Sequence[MeterDefinition], environment: Environment, limit: int) -> TryReport:
    """What the newest events of a server come to, `limit` at most. Raises TargetError."""
    from catalogsync.app import try_meter
    from catalogsync.app.server import OpenMeter

    with OpenMeter.of(environment, options.runtime()) as server:
        return try_meter.on_server(meters, server, limit, int(time.time()))
