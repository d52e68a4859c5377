"""From what is desired and what is live to an ordered plan of calls (docs/architecture.md#planner, docs/server/references.md#references,
docs/server/engine.md#plans-and-addons). Pure.

    context       what is known · unversioned, versioned   one object's intent: its change, its steps, the state desired
    dependencies  what objects mean for each other: waiting, being in use · order   numbers · invariants   whether a plan keeps its word
    only          part of a plan, with what it needs · external   what another catalog owns
    prune         what no file describes any more · renames   what may be another's new name

What a manifest says:

| lifecycle | meter, channel, rule | feature | plan, add-on |
|---|---|---|---|
| published | it exists with this content | the same | the active version has this content |
| draft | | | a draft has this content (or the active version does) |
| archived | | it is gone | no active version; drafts and old versions stay |
| deleted | it is gone | | neither draft nor active nor archived versions |

An object that is absent and should be, is nothing to do. An object without a manifest is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync import normalize
from catalogsync.core import canon, values
from catalogsync.core.canon import Body
from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import in_order
from catalogsync.core.model import Catalog, Kind, Lifecycle, LiveState, Ref, Resource
from catalogsync.core.plan import Plan, Precondition, TargetIdentity, Verb, fingerprint
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS
from catalogsync.planner import dependencies, external, invariants, only, order
from catalogsync.planner.context import PlanOptions, Situation
from catalogsync.planner.intent import Intent
from catalogsync.planner.only import Intents
from catalogsync.planner.unversioned import plan_unversioned
from catalogsync.planner.versioned import plan_versioned

__all__ = ["NO_FORMS", "PlanOptions", "make_plan", "normal_forms"]

DEFAULT = PlanOptions()
NO_FORMS: Mapping[Ref, Body] = {}


def normal_forms(catalog: Catalog) -> Mapping[Ref, Body]:
    """The normal forms of what a catalog wants to be there: what `make_plan` asks the files for, before anything live is known."""
    wanted = (one for one in catalog if one.lifecycle is Lifecycle.PUBLISHED)
    return {one.ref: normalize.desired(one, catalog) for one in wanted}


def make_plan(
    catalog: Catalog,
    live: LiveState,
    target: TargetIdentity,
    options: PlanOptions = DEFAULT,
    forms: Mapping[Ref, Body] = NO_FORMS,
) -> Plan:
    """The plan that makes the live state what the catalog says; its diagnostics say what cannot be done, with the place in the files.
    `forms`: `normal_forms` of this very catalog where they are made already.

    The catalog has to be valid (`check.check`); the live state complete for the catalog's kinds. Raises CatalogsyncError (`plan-inconsistent`)
    where what was made contradicts itself, which no input should bring about.
    """
    situation = _think(catalog, live, options, forms)
    external.check(situation)
    part = only.part(situation.intents, catalog, options.only)
    intents = part.intents.values()
    steps = order.in_order(sketch for intent in intents for sketch in intent.sketches)
    changes = tuple(intent.change for intent in intents if intent.change is not None)
    plan = Plan(
        target=target,
        changes=tuple(sorted(changes, key=lambda change: change.ref)),
        steps=steps,
        preconditions=tuple(_preconditions(situation, part.intents)) if steps else (),
        diagnostics=in_order([*filter(part.tells, situation.diagnostics), *part.notes]),
        catalog_digest=_digest(catalog) if steps else "",
    )
    invariants.ensure(plan, {intent.ref: intent.after for intent in intents})
    return plan


def _think(catalog: Catalog, live: LiveState, options: PlanOptions, forms: Mapping[Ref, Body]) -> Situation:
    situation = Situation.of(catalog, live, options, forms)
    for kind in Kind:
        for resource in catalog.of(kind):
            situation.intents[resource.ref] = _intent(situation, resource)
    dependencies.link(situation)
    return situation


def _intent(situation: Situation, resource: Resource) -> Intent:
    duplicates = _duplicates(situation, resource.ref)
    kept = situation.options.keep.get(resource.ref) if duplicates else None
    if duplicates and kept not in duplicates:
        _refuse_duplicates(situation, resource, duplicates)
        before = situation.state(resource.ref)
        return Intent(resource.ref, resource, before, before)
    if KINDS[resource.ref.kind].versioned:
        return plan_versioned(situation, resource)
    intent = plan_unversioned(situation, resource)
    for id_ in duplicates:
        if id_ != kept:
            _delete_duplicate(intent, id_)
    return intent


def _delete_duplicate(intent: Intent, id_: str) -> None:
    cause = "another object carries the same key, and is the one to keep"
    intent.add(Verb.DELETE_DUPLICATE, None, cause, id=id_, mark=id_)
    if intent.change is None:
        intent.change = Change(Action.UPDATE, intent.ref, (), f"its duplicate {id_} is deleted")


def _refuse_duplicates(situation: Situation, resource: Resource, ids: tuple[str, ...]) -> None:
    title, ref = KINDS[resource.ref.kind].title, resource.ref
    situation.error(
        "duplicate-key",
        resource,
        ("key",),
        f"several live objects carry the key of {title} {ref.key}: {', '.join(ids)}",
        detail=f"Their metadata {KEY_METADATA!r} is the same, so it is not known which is the one.",
        hint=f"Say which one stays, and the others are deleted: --keep {ref}={ids[0]}",
    )


def _duplicates(situation: Situation, ref: Ref) -> tuple[str, ...]:
    """The ids of live objects that carry the same key, when there are several."""
    others = [one.id for one in situation.live.unmatched if one.kind == ref.kind and one.key == ref.key]
    active = situation.live.active(ref) if others else None
    return tuple(sorted([active.id, *others])) if active is not None else ()


def _preconditions(situation: Situation, intents: Intents) -> list[Precondition]:
    touched = {intent.ref for intent in intents.values() if intent.sketches}
    relied = {ref for r in touched for ref in dependencies.relied_on(situation, intents[r])}
    if situation.adopted:
        before = (ref for r in touched for ref in dependencies.named_before(situation, r))
        relied |= situation.adopted.intersection(before)
    found = []
    concerned = touched | relied
    for ref in sorted(
        [*(r for r in situation.intents if r in concerned), *(concerned - situation.intents.keys())]
    ):
        state = situation.state(ref)
        found.append(Precondition(ref, state, fingerprint(state), ref in touched))
    return found


def _digest(catalog: Catalog) -> str:
    """The fingerprint of all that the catalog says, in whatever files. What was kept of a catalog holds its secrets as references."""
    return canon.fingerprint(
        {
            str(ref): {
                "lifecycle": str(r.lifecycle),
                "body": values.to_plain(r.body) if KINDS[ref.kind].secrets else r.body,
            }
            for ref, r in catalog.resources.items()
        }
    )
