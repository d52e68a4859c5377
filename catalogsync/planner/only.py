"""Part of a plan: some objects with what they need, and what waits. Pure.

An object is needed when a step of one that is planned waits for a step of it: it is planned whole then, so that its steps and its state in the
end are those of the plan of everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Catalog, Ref
from catalogsync.openmeter.kinds import references
from catalogsync.planner.intent import Intent

Intents = Mapping[Ref, Intent]


@dataclass(frozen=True, slots=True)
class Part:
    """What is planned of everything. `concerned`: the objects that diagnostics may be about, None for all."""

    intents: Intents
    concerned: Collection[Ref] | None = None
    notes: tuple[Diagnostic, ...] = ()

    def tells(self, one: Diagnostic) -> bool:
        """Whether a diagnostic is about what is planned."""
        return self.concerned is None or one.subject in map(str, self.concerned)


def part(intents: Intents, catalog: Catalog, only: frozenset[Ref] | None) -> Part:
    """The objects of `only` with what they need; everything for None."""
    if only is None:
        return Part(intents)
    planned = closure(intents, only)
    named = {
        ref
        for one in planned
        for ref, _ in references(one.kind, catalog.resources[one].body)
        if ref in catalog.external
    }
    chosen = {
        ref: intent for ref, intent in intents.items() if ref in planned and _has_a_point(intent, planned)
    }
    return Part(chosen, planned | named, tuple(_notes(intents, chosen, only)))


def _has_a_point(intent: Intent, planned: Collection[Ref]) -> bool:
    """Not where an equal object would be written for others alone, and none of those is planned: it would be written each time."""
    return not intent.sake or not intent.sake.isdisjoint(planned)


def closure(intents: Intents, only: Collection[Ref]) -> frozenset[Ref]:
    """The objects with all whose steps theirs wait for, directly or by way of others."""
    found = {ref for ref in only if ref in intents}
    waiting = list(found)
    while waiting:
        for sketch in intents[waiting.pop()].sketches:
            fresh = {need.ref for need in sketch.needs} & intents.keys() - found
            found |= fresh
            waiting += fresh
    return frozenset(found)


def _notes(intents: Intents, planned: Collection[Ref], only: Collection[Ref]) -> Iterator[Diagnostic]:
    changed = [ref for ref in sorted(intents) if intents[ref].change is not None]
    needed = [ref for ref in changed if ref in planned and ref not in only]
    if needed:
        listed = ", ".join(map(str, needed))
        yield Diagnostic("only-needs", Severity.NOTE, f"planned too, because --only needs it: {listed}")
    left = [ref for ref in changed if ref not in planned]
    if left:
        listed = ", ".join(f"{ref} ({_action(intents[ref])})" for ref in left)
        plural = "change waits" if len(left) == 1 else "changes wait"
        yield Diagnostic("only-waits", Severity.NOTE, f"{len(left)} {plural} outside --only: {listed}")


def _action(intent: Intent) -> str:
    assert intent.change is not None
    return intent.change.action.value.replace("_", " ")
