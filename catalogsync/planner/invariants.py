"""Whether a plan keeps its word: every way in which steps, states and preconditions can contradict each other. For tests and guards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from catalogsync.core import canon
from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Plan, Step, Verb
from catalogsync.planner import transitions

_PLACEHOLDER = re.compile(r"\{([a-z_]+/[^}#]+)#(active|draft|archived)\}")
_MAKERS = {
    "active": (Verb.CREATE, Verb.PUBLISH),
    "draft": (Verb.CREATE_DRAFT,),
    "archived": (Verb.ARCHIVE, Verb.PUBLISH),
}


def check_plan(plan: Plan, wished: Mapping[Ref, JsonObject] | None = None) -> tuple[str, ...]:
    """Every dishonesty of a plan, in words; none when it is honest.

    `wished`: the states that were asked for (`planner.wished_states`); where given, the folded end has to be
    equal to them, and objects that end as they began must have been asked to.
    """
    return tuple(
        problem for check in (_numbers, _preconditions, _placeholders, _unasked) for problem in check(plan)
    ) + tuple(_folding(plan, wished))


def _numbers(plan: Plan) -> Iterator[str]:
    for position, step in enumerate(plan.steps, start=1):
        if step.number != position:
            yield f"step {step.number} stands at place {position}"
        for need in step.needs:
            if not 1 <= need < step.number:
                yield f"step {step.number} needs step {need}, which does not come before it"


def _preconditions(plan: Plan) -> Iterator[str]:
    touched = {step.ref for step in plan.steps}
    held = {p.ref: p for p in plan.preconditions}
    if len(held) != len(plan.preconditions):
        yield "an object has two preconditions"
    for ref in sorted(touched - set(held)):
        yield f"{ref} is touched without a precondition"
    for ref, precondition in held.items():
        if precondition.touched != (ref in touched):
            yield f"the precondition of {ref} says touched={precondition.touched}"
        if precondition.fingerprint != canon.fingerprint(precondition.state):
            yield f"the fingerprint of {ref} is not that of its state"


def _unasked(plan: Plan) -> Iterator[str]:
    """Every object with steps has a change, and every change but impossible ones has steps."""
    changed = {change.ref for change in plan.changes}
    touched = {step.ref for step in plan.steps}
    for ref in sorted(touched - changed):
        yield f"{ref} has steps and no change"
    if not plan.blocked:
        for ref in sorted(changed - touched):
            yield f"{ref} has a change and no steps"


def _placeholders(plan: Plan) -> Iterator[str]:
    above = _ancestors(plan)
    held = {p.ref: p.state for p in plan.preconditions}
    for step in plan.steps:
        for text in _texts((step.path, step.body)):
            for name, slot in _PLACEHOLDER.findall(text):
                ref = Ref.parse(name)
                if not _made(ref, slot, step, plan, above) and not held.get(ref, {}).get(slot):
                    yield f"step {step.number} names {{{name}#{slot}}}, which nothing before it makes and which is not live"


def _made(ref: Ref, slot: str, step: Step, plan: Plan, above: Mapping[int, set[int]]) -> bool:
    return any(
        other.ref == ref and other.verb in _MAKERS[slot] and other.number in above[step.number]
        for other in plan.steps
    )


def _ancestors(plan: Plan) -> dict[int, set[int]]:
    above: dict[int, set[int]] = {}
    for step in plan.steps:
        above[step.number] = set(step.needs).union(*(above.get(n, set()) for n in step.needs))
    return above


def _texts(value: Json | tuple[Any, ...]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _folding(plan: Plan, wished: Mapping[Ref, JsonObject] | None) -> Iterator[str]:
    try:
        folded = transitions.fold(plan)
    except (ValueError, KeyError) as error:
        yield f"the steps cannot be done in this order: {error}"
        return
    if wished is None:
        return
    for ref, states in folded.items():
        if ref in wished and not _reaches(ref.kind, wished[ref], states[-1]):
            yield f"{ref} ends otherwise than wished"
    for ref, state in wished.items():
        if ref not in folded and ref in {c.ref for c in plan.changes} and not plan.blocked:
            yield f"{ref} is to become {state} and has no precondition"


def _reaches(kind: Kind, wished: JsonObject, end: JsonObject) -> bool:
    return transitions.aligned(kind, wished, end) == wished
