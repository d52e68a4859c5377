"""The order of steps: by what each one needs, then by stage and Ref. The same bytes for any order of files and any hash seed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from catalogsync.core.plan import Step, Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.intent import Name, Sketch

_REMOVING = (Verb.ARCHIVE, Verb.DELETE, Verb.DELETE_DUPLICATE)
_ASSIGNING = (Verb.ATTACH, Verb.UPDATE_ATTACHMENT, Verb.DETACH)


Stage = tuple[bool, int, bool, bool, bool]
Rank = tuple[Stage, str, int]


def stage(sketch: Sketch) -> Stage:
    """Making runs in the order of the kinds, each drafted, assigned and published before the next; removing runs backwards, after all that.

    What frees a place that a new object may need (a rule on its channel) is removed before one is made.
    """
    kind, verb = sketch.ref.kind, sketch.verb
    removes, assigns, publishes = verb in _REMOVING, verb in _ASSIGNING, verb is Verb.PUBLISH
    late = removes and not KINDS[kind].frees_places
    return late, -kind.rank if late else kind.rank, not removes, publishes, assigns


def in_order(sketches: Iterable[Sketch]) -> tuple[Step, ...]:
    """Numbered steps, from 1. Raises ValueError when needs go round in a circle (which the kinds' references exclude)."""
    listed = list(sketches)
    known = {sketch.name for sketch in listed}
    waiting = {sketch.name: sketch.needs & known for sketch in listed}
    ranks = {s.name: (stage(s), s.ref.key, position) for position, s in enumerate(listed)}
    by_name = {sketch.name: sketch for sketch in listed}
    order = _sorted(waiting, ranks)
    if len(order) != len(listed):
        raise ValueError(
            "steps that wait for each other: " + ", ".join(str(n) for n in waiting if n not in order)
        )
    numbers = {name: number for number, name in enumerate(order, start=1)}
    needs = _minimal(order, waiting)
    return tuple(_step(by_name[name], numbers, needs[name]) for name in order)


def _sorted(waiting: Mapping[Name, set[Name]], ranks: Mapping[Name, Rank]) -> list[Name]:
    users: dict[Name, list[Name]] = {}
    for name, needs in waiting.items():
        for need in needs:
            users.setdefault(need, []).append(name)
    left = {name: len(needs) for name, needs in waiting.items()}
    ready = [(ranks[name], name) for name, count in left.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        _, name = heapq.heappop(ready)
        order.append(name)
        for user in users.get(name, ()):
            left[user] -= 1
            if not left[user]:
                heapq.heappush(ready, (ranks[user], user))
    return order


def _minimal(order: list[Name], waiting: Mapping[Name, set[Name]]) -> dict[Name, set[Name]]:
    """Needs without those that another need implies. Ancestors are kept as bits of one number per step."""
    bit = {name: 1 << position for position, name in enumerate(order)}
    above: dict[Name, int] = {}
    minimal: dict[Name, set[Name]] = {}
    for name in order:
        implied = 0
        for need in waiting[name]:
            implied |= above[need]
        minimal[name] = {need for need in waiting[name] if not bit[need] & implied}
        above[name] = implied
        for need in waiting[name]:
            above[name] |= bit[need]
    return minimal


def _step(sketch: Sketch, numbers: Mapping[Name, int], needs: Iterable[Name]) -> Step:
    return Step(
        number=numbers[sketch.name],
        verb=sketch.verb,
        ref=sketch.ref,
        body=sketch.body,
        cause=sketch.cause,
        needs=tuple(sorted(numbers[name] for name in needs)),
        id=sketch.id,
        addon=sketch.addon,
        addon_id=sketch.addon_id,
    )
