"""One more look at what was written: what an answer said is held against what the server lists, in as few calls as lists take."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from catalogsync.core.changes import FieldChange
from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveGroup, LiveState, Ref
from catalogsync.core.plan import State, Step, Verb
from catalogsync.core.report import Status
from catalogsync.executor.live_view import View
from catalogsync.executor.resume import differing
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import transitions
from catalogsync.targets import Target

_LATER = "done, and something else at the end of the run"


class Found(NamedTuple):
    """What is wrong with an object after all."""

    ref: Ref
    status: Status
    message: str
    fields: tuple[FieldChange, ...] = ()


def look(
    target: Target,
    view: View,
    refs: Sequence[Ref],
    made: Container[Ref],
    expected: Callable[[Ref], State],
) -> tuple[Found, ...]:
    """Reads the objects again, their offers where they have any, and compares. `made`: those that came to be in this run; `expected`: the
    state that an object is to have.
    """
    target.phase = "verify"
    known = view.live
    try:
        kinds = sorted({ref.kind for ref in refs}, key=lambda kind: kind.rank)
        read = target.read(kinds, {ref for ref in refs if _offers(known.group(ref))})
        live = view.learn_all(_ours(read, known, refs), refs)
        twice = {ref: said for ref in refs if ref in made and (said := _made_twice(target, view, live, ref))}
    except TargetError as problem:
        said = f"accepted, and could not be read back: {problem.message}"
        return tuple(Found(ref, Status.UNKNOWN, said) for ref in refs)
    others = [r for r in refs if r not in twice and not transitions.agrees(r, expected(r), live)]
    return (
        *(Found(ref, Status.DIFFERENT, said) for ref, said in twice.items()),
        *(Found(r, Status.DIFFERENT, _LATER, differing(r, expected(r), live)) for r in others),
    )


def _offers(group: LiveGroup) -> bool:
    return any(version is not None and version.assignments for version in (group.active, group.draft))


def _ours(read: LiveState, known: LiveState, refs: Iterable[Ref]) -> LiveState:
    """What was read, with the very objects that this run wrote under their Refs: others may carry the same key, some carry none."""
    ids = {
        ref: found.id
        for ref in refs
        if KINDS[ref.kind].keyed_by_metadata and (found := known.group(ref).active) is not None
    }
    bare = {(one.kind, one.id): one for one in read.unmatched if not one.key}
    named = {
        ref: LiveGroup(ref, active=replace(bare[ref.kind, id_], key=ref.key))
        for ref, id_ in ids.items()
        if (ref.kind, id_) in bare
    }
    return transitions.keep(LiveState({**read.groups, **named}, read.unmatched), ids)


def _made_twice(target: Target, view: View, live: LiveState, ref: Ref) -> str:
    """What to say where somebody made an object with the same key at the same time; the later one goes, by whoever made it."""
    ids, ours = live.carriers(ref), live.group(ref).active
    if len(ids) < 2 or ours is None:
        return ""
    said = f"{ref} was made by somebody else at the same time: {', '.join(ids)} carry its key"
    if ours.id == ids[0]:
        return f"{said}; {ids[0]} came first and stays. Plan again"
    target.phase = "write"
    removal = Step(0, Verb.DELETE_DUPLICATE, ref, None, "", id=ours.id)
    target.send(target.encode(removal), ref, view.plain)
    return f"{said}; {ids[0]} came first and stays, {ours.id} was deleted. Plan again"
