"""The order of steps: by what each one needs, then by stage and Ref. The same bytes for any order of files and any hash seed."""

from __future__ import annotations

import functools
import heapq
from collections.abc import Iterable, Sequence

from catalogsync.core.model import Kind
from catalogsync.core.plan import Step, Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.intent import Sketch

_REMOVING = (Verb.ARCHIVE, Verb.DELETE, Verb.DELETE_DUPLICATE)
_ASSIGNING = (Verb.ATTACH, Verb.UPDATE_ATTACHMENT, Verb.DETACH)


Stage = tuple[bool, int, bool, bool, bool]


def stage(kind: Kind, verb: Verb) -> Stage:
    """Making runs in the order of the kinds, each drafted, assigned and published before the next; removing runs backwards, after all that.

    What frees a place that a new object may need (a rule on its channel) is removed before one is made.
    """
    removes, assigns, publishes = verb in _REMOVING, verb in _ASSIGNING, verb is Verb.PUBLISH
    late = removes and not KINDS[kind].frees_places
    return late, -kind.rank if late else kind.rank, not removes, publishes, assigns


def in_order(sketches: Iterable[Sketch]) -> tuple[Step, ...]:
    """Numbered steps, from 1. Raises ValueError when needs go round in a circle (which the kinds' references exclude)."""
    stage_of = functools.cache(stage)
    listed = sorted(sketches, key=lambda sketch: (stage_of(sketch.ref.kind, sketch.verb), sketch.ref.key))
    places = {sketch: place for place, sketch in enumerate(listed)}
    waiting = [{places[need] for need in sketch.needs if need in places} for sketch in listed]
    order = _sorted(waiting)
    if len(order) != len(listed):
        stuck = sorted(set(range(len(listed))) - set(order))
        raise ValueError(
            "steps that wait for each other: " + ", ".join(f"{listed[n].verb} {listed[n].ref}" for n in stuck)
        )
    numbers = {place: number for number, place in enumerate(order, start=1)}
    needs = _minimal(order, waiting)
    return tuple(
        _step(listed[place], number, (numbers[need] for need in needs[place]))
        for place, number in numbers.items()
    )


def _sorted(waiting: Sequence[set[int]]) -> list[int]:
    """The places of sketches, each after those that it waits for, else as they are."""
    users: dict[int, list[int]] = {}
    for place, needs in enumerate(waiting):
        for need in needs:
            users.setdefault(need, []).append(place)
    left = [len(needs) for needs in waiting]
    ready = [place for place, count in enumerate(left) if not count]  # in order, and so a heap
    order = []
    while ready:
        place = heapq.heappop(ready)
        order.append(place)
        for user in users.get(place, ()):
            left[user] -= 1
            if not left[user]:
                heapq.heappush(ready, user)
    return order


def _minimal(order: Sequence[int], waiting: Sequence[set[int]]) -> dict[int, set[int]]:
    """Needs without those that another need implies. Ancestors are kept as bits of one number per step."""
    bit = {place: 1 << position for position, place in enumerate(order)}
    above: dict[int, int] = {}
    minimal: dict[int, set[int]] = {}
    for place in order:
        implied = 0
        for need in waiting[place]:
            implied |= above[need]
        minimal[place] = (
            {need for need in waiting[place] if not bit[need] & implied} if implied else waiting[place]
        )
        above[place] = implied
        for need in waiting[place]:
            above[place] |= bit[need]
    return minimal


def _step(sketch: Sketch, number: int, needs: Iterable[int]) -> Step:
    return Step(
        number=number,
        verb=sketch.verb,
        ref=sketch.ref,
        body=sketch.body,
        cause=sketch.cause,
        needs=tuple(sorted(needs)),
        id=sketch.id,
        addon=sketch.addon,
        addon_id=sketch.addon_id,
    )
