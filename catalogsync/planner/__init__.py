"""From what is wished and what is live to an ordered plan of calls (design §4, semantics-productcatalog §8 and §14). Pure.

    situation   what is known · simple, versioned   one object's intent: its change, its steps, the state wished
    links       what objects mean for each other: waiting, being in use · order   numbers · honesty   whether a plan keeps its word

What a manifest wishes:

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

from catalogsync.core import canon
from catalogsync.core.canon import JsonObject
from catalogsync.core.diagnostics import in_order
from catalogsync.core.model import Catalog, Kind, LiveState, Ref, Resource
from catalogsync.core.plan import Plan, Precondition, TargetIdentity
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS
from catalogsync.planner import dependencies, order
from catalogsync.planner.context import PlanOptions, Reveal, Situation
from catalogsync.planner.intent import Intent
from catalogsync.planner.invariants import check_plan
from catalogsync.planner.unversioned import plan_simple
from catalogsync.planner.versioned import plan_versioned

__all__ = ["PlanOptions", "Reveal", "check_plan", "make_plan", "wished_states"]

DEFAULT = PlanOptions()


def make_plan(
    catalog: Catalog, live: LiveState, target: TargetIdentity, options: PlanOptions = DEFAULT
) -> Plan:
    """The plan that makes the live state what the catalog wishes; its diagnostics say what cannot be done, with the place in the files.

    The catalog has to be valid (`check.check`); the live state complete for the catalog's kinds.
    """
    situation = _think(catalog, live, options)
    intents = situation.intents.values()
    steps = order.in_order(sketch for intent in intents for sketch in intent.sketches)
    changes = tuple(intent.change for intent in intents if intent.change is not None)
    return Plan(
        target=target,
        changes=tuple(sorted(changes, key=lambda change: change.ref)),
        steps=steps,
        preconditions=tuple(_preconditions(situation)) if steps else (),
        diagnostics=in_order(situation.diagnostics),
        catalog_digest=_digest(catalog) if steps else "",
    )


def wished_states(
    catalog: Catalog, live: LiveState, options: PlanOptions = DEFAULT
) -> Mapping[Ref, JsonObject]:
    """The state in which each object of the catalog ends when the plan is carried out."""
    return {ref: intent.after for ref, intent in _think(catalog, live, options).intents.items()}


def _think(catalog: Catalog, live: LiveState, options: PlanOptions) -> Situation:
    situation = Situation.of(catalog, live, options)
    for kind in Kind:
        for resource in sorted(catalog.of(kind), key=lambda r: r.ref):
            situation.intents[resource.ref] = _intent(situation, resource)
    dependencies.link(situation)
    return situation


def _intent(situation: Situation, resource: Resource) -> Intent:
    twins = _twins(situation, resource.ref)
    if twins:
        title = KINDS[resource.ref.kind].title
        situation.error(
            "duplicate-key",
            resource,
            ("key",),
            f"several live objects carry the key of {title} {resource.ref.key}: {', '.join(twins)}",
            detail=f"Their metadata {KEY_METADATA!r} is the same, so none can be told to be the one.",
            hint="Remove the metadata from all but one, or delete the others.",
        )
        before = situation.state(resource.ref)
        return Intent(resource.ref, resource, before, before)
    return (
        plan_versioned(situation, resource)
        if KINDS[resource.ref.kind].versioned
        else plan_simple(situation, resource)
    )


def _twins(situation: Situation, ref: Ref) -> tuple[str, ...]:
    """The ids of live objects that carry the same key, when there are several."""
    if ref.kind not in (Kind.CHANNEL, Kind.RULE):
        return ()
    active = situation.group(ref).active
    ids = {active.id} if active is not None else set()
    for other in situation.live.unmatched:
        metadata = other.body.get("metadata")
        if other.kind is ref.kind and isinstance(metadata, Mapping) and metadata.get(KEY_METADATA) == ref.key:
            ids.add(other.id)
    return tuple(sorted(ids)) if len(ids) > 1 else ()


def _preconditions(situation: Situation) -> list[Precondition]:
    touched = {intent.ref for intent in situation.intents.values() if intent.sketches}
    relied = {ref for r in touched for ref in dependencies.relied_on(situation.intents[r])}
    found = []
    for ref in sorted(touched | relied):
        state = situation.state(ref)
        found.append(Precondition(ref, state, canon.fingerprint(state), ref in touched))
    return found


def _digest(catalog: Catalog) -> str:
    """The fingerprint of all that the catalog says, in whatever files."""
    return canon.fingerprint(
        {str(ref): {"lifecycle": str(r.lifecycle), "body": r.body} for ref, r in catalog.resources.items()}
    )
