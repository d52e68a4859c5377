"""What steps of different objects mean for each other: who has to wait for whom.

Runs after every object has its intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from catalogsync.core.model import Kind, Lifecycle, Ref
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import references
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.dependents import dimensions, dropped_dimensions, names, refuse_used, users
from catalogsync.planner.intent import Intent, Sketch

WRITES = (Verb.CREATE, Verb.UPDATE, Verb.CREATE_DRAFT, Verb.UPDATE_DRAFT)
RULES_PER_CHANNEL = 10


def link(situation: Situation) -> None:
    """Complete the intents' needs and drop what cannot be done, reporting why."""
    for intent in list(situation.intents.values()):
        refuse_used(situation, intent)
    for intent in situation.intents.values():
        for sketch in intent.sketches:
            if sketch.verb in WRITES:
                _wait_for_references(situation, intent, sketch)
            if sketch.verb in (Verb.ARCHIVE, Verb.DELETE, Verb.UPDATE):
                _wait_for_users(situation, intent, sketch)
    _enable_last(situation)
    _count_rules(situation)
    _warn_of_other_offers(situation)


# Writing waits for what is named


def _wait_for_references(situation: Situation, intent: Intent, sketch: Sketch) -> None:
    for ref, _ in references(intent.ref.kind, intent.resource.body):
        if ref.kind is Kind.ADDON:
            continue  # only the assignment names it, and waits by itself
        made = situation.step(ref, Verb.CREATE)
        if made is not None:
            sketch.needs.add(made.name)
        elif ref.kind is Kind.CHANNEL or (
            ref.kind is Kind.METER and _new_dimensions(situation, intent, ref)
        ):  # a rule is read back without the channels that are disabled by then
            changed = situation.step(ref, Verb.UPDATE)
            if changed is not None:
                sketch.needs.add(changed.name)


def _new_dimensions(situation: Situation, feature: Intent, meter: Ref) -> bool:
    """Whether a feature uses groupBy keys that its meter only gets in this plan."""
    before: Any = situation.state(meter)["active"] or {}
    after: Any = feature.after["active"] or {}
    return not dimensions(after) <= set(before.get("groupBy", {}))


# Removing waits for the users to go


def _wait_for_users(situation: Situation, intent: Intent, sketch: Sketch) -> None:
    dropped = dropped_dimensions(intent) if sketch.verb is Verb.UPDATE else set()
    if sketch.verb is Verb.UPDATE and not dropped:
        return
    for user in users(situation, intent.ref):
        if dropped and not dropped & dimensions(situation.state(user)["active"]):
            continue
        for verb in (Verb.ARCHIVE, Verb.DELETE, Verb.PUBLISH, Verb.UPDATE):
            leaving = situation.intents[user].step(verb) if user in situation.intents else None
            if leaving is not None and leaving.name != sketch.name:
                sketch.needs.add(leaving.name)
    if intent.ref.key in situation.unseen_leaving() and intent.ref.kind is Kind.CHANNEL:
        rules = [i for i in situation.intents.values() if i.ref.kind is Kind.RULE]
        sketch.needs.update(
            s.name for rule in rules for s in rule.sketches if s.verb in (Verb.UPDATE, Verb.DELETE)
        )
    if intent.ref.kind is Kind.ADDON and sketch.verb is Verb.DELETE:
        for plan in situation.intents.values():
            detached = plan.step(Verb.DETACH, intent.ref.key)
            if detached is not None:
                sketch.needs.add(detached.name)


def _enable_last(situation: Situation) -> None:
    """Rules that only may name a disabled channel are written before it is enabled: it never fires for them, and they stay as read."""
    rules = [i for i in situation.intents.values() if i.ref.kind is Kind.RULE]
    equal = [i for i in rules if i.change is not None and not i.change.fields]
    for key in situation.unseen_coming():
        enabled = situation.step(Ref(Kind.CHANNEL, key), Verb.UPDATE)
        if enabled is not None:
            enabled.needs.update(s.name for rule in equal for s in rule.sketches)


# Ten rules to a channel, and other plans' offers


def _count_rules(situation: Situation) -> None:
    """A channel carries ten rules; places of rules that left it while it was disabled stay taken (semantics-meters §2.4)."""
    for channel in situation.live_refs(Kind.CHANNEL):
        _count_rules_of(situation, channel, wait=True)
    for intent in situation.intents.values():
        if intent.ref.kind is Kind.CHANNEL and intent.ref not in situation.live.groups:
            _count_rules_of(situation, intent.ref, wait=False)


def _count_rules_of(situation: Situation, channel: Ref, wait: bool) -> None:
    rules = sorted({*situation.live_refs(Kind.RULE), *(r for r in situation.intents if r.kind is Kind.RULE)})
    now = {r for r in rules if names(situation.state(r).get("active"), channel)}
    then = {r for r in rules if names(situation.after(r).get("active"), channel)}
    coming = sorted(then - now)
    resource = situation.catalog.resources.get(channel)
    if len(then) > RULES_PER_CHANNEL and coming:
        situation.error(
            "channel-full",
            resource or situation.intents[coming[-1]].resource,
            (),
            f"channel {channel.key} would carry {len(then)} rules; the server takes {RULES_PER_CHANNEL}",
            hint="Add a second channel for the same address.",
        )
    elif wait and len(now | then) > RULES_PER_CHANNEL:
        _make_room(situation, now - then, coming)


def _make_room(situation: Situation, leaving: Iterable[Ref], coming: Iterable[Ref]) -> None:
    """Rules that come to a full channel wait for those that leave it."""
    gone = [s for ref in leaving for s in situation.intents[ref].sketches]
    for ref in coming:
        for sketch in situation.intents[ref].sketches:
            sketch.needs.update(s.name for s in gone if s.name != sketch.name)


def _warn_of_other_offers(situation: Situation) -> None:
    """Plans that keep offering the earlier version of an add-on, because nothing here speaks of them."""
    for addon in [i for i in situation.intents.values() if i.ref.kind is Kind.ADDON and i.has(Verb.PUBLISH)]:
        if situation.group(addon.ref).active is None:
            continue
        left = [str(ref) for ref in users(situation, addon.ref) if not _moves(situation, ref)]
        if left:
            situation.warn(
                "addon-offered-elsewhere",
                addon.resource,
                (),
                f"{listing(left)} keep{'s' if len(left) == 1 else ''} offering the earlier version of add-on {addon.ref.key}",
                detail="An assignment names one version; only a new version of the plan can name the new one.",
                hint="Take the plan into the catalog to have it moved.",
            )


def _moves(situation: Situation, plan: Ref) -> bool:
    intent = situation.intents.get(plan)
    return intent is not None and intent.has(Verb.PUBLISH, Verb.ARCHIVE)


def relied_on(intent: Intent) -> Iterator[Ref]:
    """What the object's own steps name, and so rely on."""
    writes = any(
        s.verb in WRITES or s.verb in (Verb.ATTACH, Verb.UPDATE_ATTACHMENT, Verb.PUBLISH)
        for s in intent.sketches
    )
    if writes and intent.resource.lifecycle in (Lifecycle.PUBLISHED, Lifecycle.DRAFT):
        for ref, _ in references(intent.ref.kind, intent.resource.body):
            yield ref
