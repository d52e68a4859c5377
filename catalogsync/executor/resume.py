"""Where each object stands: how many of its own steps are done already, or that it has moved off the plan's way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile

from catalogsync import normalize
from catalogsync.core import values
from catalogsync.core.canon import Body
from catalogsync.core.changes import FieldChange
from catalogsync.core.errors import Refused
from catalogsync.core.model import LiveState, Ref
from catalogsync.core.plan import Plan, State, Step, Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import transitions
from catalogsync.planner.diff import compare

Ways = Mapping[Ref, Sequence[State]]
"""For each object its states: as the plan read it, then after each of its own steps."""


def stand(plan: Plan, ways: Ways, live: LiveState) -> dict[Ref, int]:
    """The number of own steps that are done, for each object of the preconditions.

    Raises Refused (exit 3) when an object is at no point of its way: somebody changed it since the plan was made. All of them are named.
    """
    found: dict[Ref, int] = {}
    moved: list[str] = []
    for precondition in plan.preconditions:
        way = ways[precondition.ref]
        place = position(precondition.ref, way, live)
        if place is None:
            moved.append(_moved(precondition.ref, way[0], live))
        else:
            found[precondition.ref] = place
    if moved:
        raise Refused(
            "the server has moved since the plan was made; nothing was sent\n" + "\n".join(moved),
            code="refused-stale",
            hint="make a new plan and review it; plan --refresh reads everything again",
        )
    return found


def position(ref: Ref, way: Sequence[State], live: LiveState) -> int | None:
    """How far along its way an object is. Where states in a row agree with what is seen, the first of them: a step whose effect cannot
    be known from its absence (a rule's disabled channels are not shown, docs/server/notifications.md#rules) is not skipped.
    """
    agreeing = [transitions.agrees(ref, state, live) for state in way]
    if True not in agreeing:
        return None
    last = len(way) - 1 - agreeing[::-1].index(True)
    return last - len(list(takewhile(bool, reversed(agreeing[:last]))))


def _moved(ref: Ref, expected: State, live: LiveState) -> str:
    fields = differing(ref, expected, live)
    shown = [
        f"    {f.path}: the plan read {values.in_words(f.before)}, live is {values.in_words(f.after)}"
        for f in fields[:8]
    ]
    more = [f"    and {len(fields) - 8} more"] if len(fields) > 8 else []
    return "\n".join([f"  {ref}: changed on the server, which is ahead of the plan", *shown, *more])


def differing(ref: Ref, expected: State, live: LiveState) -> tuple[FieldChange, ...]:
    """The fields in which the live object is not as expected (before: expected, after: live), slots first."""
    hidden = normalize.unseen(ref.kind, live)
    observed = transitions.aligned(ref.kind, expected, transitions.seen(ref, live), hidden)
    found: list[FieldChange] = []
    for slot in expected:
        before, after = expected[slot], observed.get(slot)
        if before == after:
            continue
        lead = f"{slot}." if KINDS[ref.kind].versioned else ""
        if before is None or after is None:
            found.append(FieldChange(slot if lead else str(ref), _presence(before), _presence(after)))
            found += _named(lead, before, after)
            continue
        fields = compare(before, after)
        found += [FieldChange(lead + f.path, f.before, f.after) for f in fields]
    return tuple(found)


def _named(lead: str, before: Body | None, after: Body | None) -> list[FieldChange]:
    """The name of what is there on one side only, so that a person can tell whose it is."""
    was, now = _name(before), _name(after)
    return [FieldChange(f"{lead}name", was, now)] if was != now else []


def _name(body: Body | None) -> object:
    return body.get("name") if body is not None else None


def _presence(body: object) -> str | None:
    return None if body is None else "present"


def gone_already(step: Step, live: LiveState) -> bool:
    """Whether the version or duplicate that the step deletes is not there any more (its removal shows in no state). An old version is
    archived by then, but may be active yet when an earlier step is still to archive it.
    """
    if step.verb is Verb.DELETE_DUPLICATE:
        return all(one.id != step.id for one in live.unmatched)
    if step.verb is not Verb.DELETE or not KINDS[step.ref.kind].versioned:
        return False
    return all(one.id != step.id for one in live.group(step.ref).versions())
