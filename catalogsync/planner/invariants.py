"""Whether a plan keeps its word: every way in which steps, states and preconditions can contradict each other. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from catalogsync.core.errors import CatalogsyncError
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Plan, State, Step, Verb, fingerprint
from catalogsync.openmeter.kinds import KINDS, named, offered_kind
from catalogsync.planner import transitions

_MAKES = {Verb.CREATE: "active", Verb.PUBLISH: "active", Verb.CREATE_DRAFT: "draft"}
_OF_A_DRAFT = (
    Verb.UPDATE_DRAFT,
    Verb.DELETE_DRAFT,
    Verb.ATTACH,
    Verb.UPDATE_ATTACHMENT,
    Verb.DETACH,
    Verb.PUBLISH,
)
_MAKING = (Verb.CREATE, Verb.CREATE_DRAFT)


def ensure(plan: Plan, desired: Mapping[Ref, State]) -> None:
    """Lets an honest plan pass. Raises CatalogsyncError (`plan-inconsistent`), naming what contradicts what: such a plan is our own fault, and
    is neither shown nor sent.
    """
    problems = check_plan(plan, desired)
    if problems:
        raise CatalogsyncError(
            "\n".join(["catalogsync made a plan that contradicts itself; nothing was sent", *problems]),
            code="plan-inconsistent",
            hint="please report these lines with the command",
        )


def check_plan(plan: Plan, desired: Mapping[Ref, State]) -> tuple[str, ...]:
    """Every dishonesty of a plan, in words; none when it is honest.

    `desired`: the states that were asked for; the folded end has to be equal to them, and objects that end as they began must have been asked to.
    """
    return tuple(
        problem for check in (_numbers, _preconditions, _placeholders, _unasked) for problem in check(plan)
    ) + tuple(_folding(plan, desired))


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
        if precondition.fingerprint != fingerprint(precondition.state):
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
    """Every version that a step means without an id is live, or made before it; in a plan with errors, what is not live may be the error."""
    if plan.blocked:
        return
    above, makers = _ancestors(plan), _makers(plan)
    held = {p.ref: p.state for p in plan.preconditions}
    for step in plan.steps:
        for ref, slot in _meant(step):
            made = above[step.number] & makers[ref, slot]
            if not made and not held.get(ref, {}).get(slot):
                yield f"step {step.number} names {ref}#{slot}, which nothing before it makes and which is not live"


def _meant(step: Step) -> Iterator[tuple[Ref, str]]:
    """The versions whose ids a step needs and does not hold."""
    if not step.id and step.verb not in _MAKING:
        yield step.ref, "draft" if step.verb in _OF_A_DRAFT else "active"
    offered = offered_kind(step.ref.kind) if step.addon and not step.addon_id else None
    if offered is not None:
        yield Ref(offered, step.addon), "active"
    for reference in KINDS[step.ref.kind].references:
        if reference.unseen_when_disabled:
            for key in named(step.ref.kind, step.body, reference):
                yield Ref(Kind(reference.kind), key), "active"


def _makers(plan: Plan) -> Mapping[tuple[Ref, str], int]:
    """The steps that make a version, as bits at their numbers."""
    makers: dict[tuple[Ref, str], int] = defaultdict(int)
    for step in plan.steps:
        slot = _MAKES.get(step.verb)
        if slot is not None:
            makers[step.ref, slot] |= 1 << step.number
    return makers


def _ancestors(plan: Plan) -> Mapping[int, int]:
    """For each step those that it waits for, directly or by way of others, as bits at their numbers."""
    above: dict[int, int] = defaultdict(int)
    for step in plan.steps:
        for need in step.needs:
            above[step.number] |= above[need] | 1 << abs(need)
    return above


def _folding(plan: Plan, desired: Mapping[Ref, State]) -> Iterator[str]:
    try:
        folded = transitions.fold(plan)
    except (ValueError, KeyError) as error:
        yield f"the steps cannot be done in this order: {error}"
        return
    for ref, states in folded.items():
        if ref in desired and not _reaches(ref.kind, desired[ref], states[-1]):
            yield f"{ref} ends otherwise than desired"
    for change in plan.changes if not plan.blocked else ():
        if change.ref in desired and change.ref not in folded:
            yield f"{change.ref} is to change and has no precondition"


def _reaches(kind: Kind, desired: State, end: State) -> bool:
    return end == desired or transitions.aligned(kind, desired, end) == desired
