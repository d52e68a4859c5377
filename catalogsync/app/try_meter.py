"""What meters would have counted: definitions of a catalog over events of a file or of a server."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalogsync.app import check
from catalogsync.app.environments import Chosen
from catalogsync.app.event_problems import Problems
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import InvalidCatalog, UsageError
from catalogsync.core.model import Catalog, Lifecycle, Resource
from catalogsync.core.plan import Plan
from catalogsync.core.wording import did_you_mean
from catalogsync.metering import Event, Example, MeterDefinition, MeterTrial, trial
from catalogsync.metering.cloudevents import NotAnEvent, Repeats, event_of
from catalogsync.metering.instants import shown
from catalogsync.openmeter.kinds import METER
from catalogsync.targets.v1.events import ServerEvents

if TYPE_CHECKING:
    from catalogsync.app.server import OpenMeter

_TYPES = 1000
"""Event types that are distinguished; events of further ones are counted under the empty name."""
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class TryReport:
    """All trials, in the order of the meters. `read`: events that were looked at; `repeated`: events left out of them because an earlier one has
    their source and id, with the first three; `unused_types`: types that no tried meter takes, the most frequent first.
    """

    trials: tuple[MeterTrial, ...]
    read: int
    repeated: int
    repeated_examples: tuple[Example, ...]
    unused_types: tuple[tuple[str, int], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether events could not be read, or there were none."""
        return any(d.is_error for d in self.diagnostics)


def definitions(chosen: Chosen, patterns: Sequence[str]) -> tuple[MeterDefinition, ...]:
    """The meters of these keys or globs as the chosen files define them, all without any. What is wrong elsewhere in the catalog does not stand
    in the way. Raises UsageError (meter-unknown), InvalidCatalog.
    """
    checked = check.check(chosen.paths, overlays=chosen.overlays, elsewhere=chosen.elsewhere)
    errors = tuple(d for d in checked.diagnostics if d.is_error)
    try:
        resources = _chosen(checked.catalog, patterns)
    except UsageError:
        if errors:
            raise InvalidCatalog(errors) from None
        raise
    names = {str(one.ref) for one in resources}
    concerned = tuple(d for d in errors if not d.subject or d.subject in names)
    if concerned or (errors and not resources):
        raise InvalidCatalog(concerned or errors)
    if not resources:
        raise UsageError(
            "the catalog has no meters", code="meter-unknown", hint="--catalog names another one"
        )
    return tuple(MeterDefinition.from_body(one.body) for one in resources)


def _chosen(catalog: Catalog, patterns: Sequence[str]) -> tuple[Resource, ...]:
    """The meters of these keys or globs, all that are not deleted without any. Raises UsageError (meter-unknown)."""
    meters = catalog.of(METER)
    if not patterns:
        return tuple(one for one in meters if one.lifecycle is not Lifecycle.DELETED)
    slugs = [one.ref.key for one in meters]
    wanted: set[str] = set()
    for pattern in patterns:
        key = pattern.removeprefix("meter/")
        found = fnmatch.filter(slugs, key)
        if not found:
            hint = did_you_mean(key, slugs, f"meters: {', '.join(slugs) or 'none'}")
            raise UsageError(f"there is no meter `{key}` in the catalog", code="meter-unknown", hint=hint)
        wanted.update(found)
    return tuple(one for one in meters if one.ref.key in wanted)


def changed(plan: Plan, catalog: Catalog) -> tuple[MeterDefinition, ...]:
    """The meters that a plan makes or changes, or cannot change as the catalog asks for, as the catalog defines them."""
    refs = {one.ref for one in plan.changes if one.action not in (Action.ARCHIVE, Action.DELETE)}
    return tuple(MeterDefinition.from_body(one.body) for one in catalog.of(METER) if one.ref in refs)


def try_meters(
    meters: Sequence[MeterDefinition], events: Iterable[Event], problems: Problems, *, deduplicate: bool
) -> TryReport:
    """Reads the events once. `deduplicate` leaves out what repeats source and id, as a server does when it takes events in; what a server
    shows it has taken in already. `problems` are those of the events, filled while they are read.
    """
    watch = _Watch(frozenset(meter.event_type for meter in meters))
    passed = watch.passing(events, Repeats() if deduplicate else None)
    trials = trial(meters, passed)
    found = problems.diagnostics
    if not watch.read and not watch.repeated and not found:
        found = (Diagnostic("events-empty", Severity.ERROR, "there are no events to try the meters on"),)
    return TryReport(
        trials,
        watch.read,
        watch.repeated,
        tuple(watch.examples),
        tuple(sorted(watch.types.items(), key=lambda item: (-item[1], item[0]))),
        found,
    )


class _Watch:
    """Counts events on their way to the meters."""

    def __init__(self, used: frozenset[str]) -> None:
        self._used = used
        self.read = self.repeated = 0
        self.examples: list[Example] = []
        self.types: Counter[str] = Counter()

    def passing(self, events: Iterable[Event], repeats: Repeats | None) -> Iterator[Event]:
        for event in events:
            if repeats is not None and not repeats.is_new(event):
                self.repeated += 1
                if len(self.examples) < _EXAMPLES:
                    self.examples.append(Example(event.id, event.where, event.source))
                continue
            self.read += 1
            if event.type not in self._used:
                self.types[event.type if event.type in self.types or len(self.types) < _TYPES else ""] += 1
            yield event


def on_server(meters: Sequence[MeterDefinition], server: OpenMeter, limit: int, now: int) -> TryReport:
    """What the newest events of a server come to, `limit` at most; `now` in seconds since 1970. Raises TargetError."""
    problems, rows = Problems(), ServerEvents(server.client, limit, now)
    report = try_meters(meters, events_of(rows, problems, now), problems, deduplicate=False)
    return replace(report, diagnostics=(*report.diagnostics, *notes_on(rows, limit)))


def events_of(rows: ServerEvents, problems: Problems, now: int) -> Iterator[Event]:
    """The events of a server's list, newest first."""
    for row in rows:
        try:
            yield event_of(row, None, now)
        except NotAnEvent as problem:
            problems.add("event-refused", f"an event of the server: {problem.summary}", None, problem.hint)


def notes_on(rows: ServerEvents, limit: int) -> tuple[Diagnostic, ...]:
    """What a server's list did not show, once it was read."""
    notes = [
        Diagnostic(
            "events-second-full",
            Severity.WARNING,
            f"the second {shown(second)} holds 100 events or more; the server shows 100 of them",
            hint="try the meters on a file of events for exact numbers",
        )
        for second in rows.full_seconds
    ]
    if rows.cut:
        notes.append(
            Diagnostic(
                "events-limit",
                Severity.WARNING,
                f"reading stopped at {limit} events; the server may hold more",
                hint="catalogsync try --limit N reads more",
            )
        )
    return tuple(notes)
