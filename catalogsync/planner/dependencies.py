"""What steps of different objects mean for each other: who has to wait for whom.

Runs after every object has its intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS, Reference, dependents, named, named_refs, offered_kind
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.dependents import (
    TAKING,
    dimensions,
    dropped_dimensions,
    names,
    parts,
    refuse_used,
    users,
)
from catalogsync.planner.intent import Intent, Sketch

WRITES = (Verb.CREATE, Verb.UPDATE, Verb.CREATE_DRAFT, Verb.UPDATE_DRAFT)
_NAMING = (*WRITES, Verb.ATTACH, Verb.UPDATE_ATTACHMENT, Verb.PUBLISH)


def link(situation: Situation) -> None:
    """Complete the intents' needs and drop what cannot be done, reporting why."""
    for intent in situation.working():
        refuse_used(situation, intent)
    detached = _detached(situation)
    for intent in situation.working():
        for sketch in intent.sketches:
            if sketch.verb in WRITES:
                _wait_for_references(situation, intent, sketch)
            if sketch.verb is Verb.DELETE_DUPLICATE:
                sketch.needs.update(_users_of(situation, intent.ref.kind))
            if sketch.verb in TAKING:
                _wait_for_users(situation, intent, sketch)
            if sketch.verb is Verb.DELETE:
                sketch.needs.update(detached.get(intent.ref, ()))
    _enable_last(situation)
    _count_users(situation)
    _warn_of_other_offers(situation)
    _offer_recreation(situation)


# Writing waits for what is named


def _wait_for_references(situation: Situation, intent: Intent, sketch: Sketch) -> None:
    for reference, ref in situation.named(intent.resource):
        owner = situation.intents.get(ref)
        if owner is not None and owner.sketches:
            _wait_for(situation, intent, sketch, reference, owner)


def _wait_for(
    situation: Situation, intent: Intent, sketch: Sketch, reference: Reference, owner: Intent
) -> None:
    made = owner.step(Verb.CREATE)
    changed = owner.step(Verb.UPDATE) if made is None else None
    if made is not None:
        sketch.needs.add(made)
    elif changed is not None and (
        reference.unseen_when_disabled or _new_dimensions(situation, intent, owner.ref)
    ):
        sketch.needs.add(changed)  # a rule is read back without the channels that are disabled by then


def _new_dimensions(situation: Situation, user: Intent, owner: Ref) -> bool:
    """Whether an object uses parts (groupBy keys) that their owner only gets in this plan."""
    there = parts(owner.kind, situation.state(owner)["active"])
    return not dimensions(user.ref.kind, user.after["active"]) <= there


# Removing waits for the users to go


def _wait_for_users(situation: Situation, intent: Intent, sketch: Sketch) -> None:
    dropped = dropped_dimensions(intent) if sketch.verb is Verb.UPDATE else set()
    if sketch.verb is Verb.UPDATE and not dropped:
        return
    for user in users(situation, intent.ref):
        if dropped and not dropped & dimensions(user.kind, situation.state(user)["active"]):
            continue
        for verb in (Verb.ARCHIVE, Verb.DELETE, Verb.PUBLISH, Verb.UPDATE):
            leaving = situation.intents[user].step(verb) if user in situation.intents else None
            if leaving is not None:
                sketch.needs.add(leaving)
    if intent.ref in situation.unseen_leaving():
        sketch.needs.update(
            s
            for user in _unseen_users(situation)
            for s in user.sketches
            if s.verb in (Verb.UPDATE, Verb.DELETE)
        )


def _detached(situation: Situation) -> Mapping[Ref, list[Sketch]]:
    """The steps that end an offer, by what is offered no longer."""
    found: dict[Ref, list[Sketch]] = {}
    for intent in situation.working():
        offered = offered_kind(intent.ref.kind) if intent.has(Verb.DETACH) else None
        for sketch in intent.sketches:
            if sketch.verb is Verb.DETACH and offered is not None:
                found.setdefault(Ref(offered, sketch.mark or sketch.addon), []).append(sketch)
    return found


def _users_of(situation: Situation, kind: Kind) -> Iterator[Sketch]:
    """The steps of all that may name an object of this kind: they name a duplicate no longer when they are done."""
    users = {user for user, _ in dependents(kind)}
    for intent in situation.intents.values():
        if intent.ref.kind in users:
            yield from intent.sketches


def _unseen_users(situation: Situation) -> list[Intent]:
    """Intents for objects whose reads leave disabled ones out."""
    kinds = {kind for kind, spec in KINDS.items() if any(r.unseen_when_disabled for r in spec.references)}
    return [intent for intent in situation.intents.values() if intent.ref.kind in kinds]


def _enable_last(situation: Situation) -> None:
    """Rules that only may name a disabled channel are written before it is enabled: it never fires for them, and they stay as read."""
    equal = [i for i in _unseen_users(situation) if i.change is not None and not i.change.fields]
    for ref in situation.unseen_coming():
        enabled = situation.step(ref, Verb.UPDATE)
        if enabled is not None:
            others = (user for user in equal if not names(user.ref.kind, user.after["active"], ref))
            enabled.needs.update(s for user in others for s in user.sketches)


# What may be allowed


_GO_ON = "Until then --only KIND/KEY plans objects that do not need it."


def _offer_recreation(situation: Situation) -> None:
    """Names --recreate where it is not a dead end: nothing that stays uses the object."""
    for position, one in enumerate(situation.diagnostics):
        if one.code != "immutable-field":
            continue
        ref = Ref.parse(one.subject)
        holders = [str(user) for user in users(situation, ref)]
        if holders:
            hint = f"Give it a new key: it cannot be re-created while {listing(holders)} use{'s' if len(holders) == 1 else ''} it"
        else:
            hint = f"Give it a new key, or allow to re-create it: --recreate {ref}"
        situation.diagnostics[position] = replace(one, hint=f"{hint}. {_GO_ON}")


# How many may name one object, and other plans' offers


def _count_users(situation: Situation) -> None:
    """A channel carries ten rules; places of rules that left it while it was disabled stay taken (docs/server/notifications.md#rules)."""
    for kind, spec in KINDS.items():
        for reference in spec.references:
            if reference.at_most:
                _count_all(situation, kind, reference)


def _count_all(situation: Situation, kind: Kind, reference: Reference) -> None:
    for ref in _all_of(situation, Kind(reference.kind)):
        _count_users_of(situation, kind, reference, ref)


def _all_of(situation: Situation, kind: Kind) -> Iterable[Ref]:
    """The objects of a kind, live or asked for."""
    return dict.fromkeys([*situation.live_refs(kind), *(one.ref for one in situation.catalog.of(kind))])


def _count_users_of(situation: Situation, kind: Kind, reference: Reference, target: Ref) -> None:
    refs = _all_of(situation, kind)
    now = {r for r in refs if target.key in named(kind, situation.state(r).get("active"), reference)}
    then = {r for r in refs if target.key in named(kind, situation.after(r).get("active"), reference)}
    coming = sorted(then - now)
    if len(then) > reference.at_most and coming:
        resource = situation.catalog.resources.get(target)
        short = KINDS[target.kind].title.split()[-1]
        situation.error(
            "channel-full",
            resource or situation.intents[coming[-1]].resource,
            (),
            f"{short} {target.key} would carry {len(then)} rules; the server takes {reference.at_most}",
            hint="Add a second channel for the same address.",
        )
    elif len(now | then) > reference.at_most:
        _make_room(situation, now - then, coming)


def _make_room(situation: Situation, leaving: Iterable[Ref], coming: Iterable[Ref]) -> None:
    """Rules that come to a full channel wait for those that leave it."""
    gone = [s for ref in leaving for s in situation.intents[ref].sketches]
    for ref in coming:
        for sketch in situation.intents[ref].sketches:
            sketch.needs.update(gone)


def _warn_of_other_offers(situation: Situation) -> None:
    """Plans that keep offering the earlier version of an add-on, because nothing here speaks of them."""
    for intent in situation.working():
        if not intent.has(Verb.PUBLISH):
            continue
        left = [str(ref) for ref in users(situation, intent.ref) if not _moves(situation, ref)]
        if left:
            situation.warn(
                "addon-offered-elsewhere",
                intent.resource,
                (),
                f"{listing(left)} keep{'s' if len(left) == 1 else ''} offering the earlier version of add-on {intent.ref.key}",
                detail="An assignment names one version; only a new version of the plan can name the new one.",
                hint="Take the plan into the catalog to have it moved.",
            )


def _moves(situation: Situation, plan: Ref) -> bool:
    intent = situation.intents.get(plan)
    return intent is not None and intent.has(Verb.PUBLISH, Verb.ARCHIVE)


def relied_on(situation: Situation, intent: Intent) -> list[Ref]:
    """What the object's own steps name, and so rely on."""
    return [ref for _, ref in situation.named(intent.resource)] if intent.has(*_NAMING) else []


def named_before(situation: Situation, ref: Ref) -> Iterator[Ref]:
    """What the live object names: what was found by its name has to be found so again when it is read again."""
    return named_refs(ref.kind, situation.state(ref)["active"])
