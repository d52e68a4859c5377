"""Planning of objects without versions: they are made, changed in place, re-created, or removed."""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import some
from catalogsync.core.model import Kind, Lifecycle, LiveResource, Ref, Resource
from catalogsync.core.plan import Verb
from catalogsync.core.values import SecretRef
from catalogsync.openmeter import field_paths
from catalogsync.openmeter.kinds import KINDS, named, secret_members
from catalogsync.planner import diff, kept
from catalogsync.planner.context import PlanOptions, Situation, listing
from catalogsync.planner.intent import Intent


def plan_unversioned(situation: Situation, resource: Resource) -> Intent:
    """The intent for an object without versions; problems are reported to the situation."""
    before = situation.state(resource.ref)
    intent = Intent(resource.ref, resource, before, before)
    live = situation.live.active(resource.ref)
    if resource.lifecycle is not Lifecycle.PUBLISHED:
        if live is not None:
            _remove(situation.options, intent, live)
        return intent
    expected = situation.expected(resource)
    if live is None:
        _create(intent, expected)
    else:
        _bring_about(situation, intent, live, expected)
    return intent


def removal(kind: Kind) -> Verb:
    """How an object of this kind goes."""
    return Verb.ARCHIVE if KINDS[kind].archivable else Verb.DELETE


def _title(intent: Intent) -> str:
    return KINDS[intent.ref.kind].title


def _create(intent: Intent, expected: Body) -> None:
    intent.add(Verb.CREATE, expected, f"the {_title(intent)} does not exist yet")
    intent.after = {"active": expected}
    fields = diff.compare(None, expected)
    intent.change = Change(Action.CREATE, intent.ref, fields, f"no such {_title(intent)} is live")


def _remove(options: PlanOptions, intent: Intent, live: LiveResource) -> None:
    verb = removal(intent.ref.kind)
    action = Action.ARCHIVE if verb is Verb.ARCHIVE else Action.DELETE
    why = options.removed(intent.ref, Lifecycle.ARCHIVED if verb is Verb.ARCHIVE else Lifecycle.DELETED)
    intent.add(verb, None, why, id=live.id)
    intent.after = {"active": None}
    fields = diff.compare(intent.before["active"], None)
    intent.change = Change(action, intent.ref, fields, why)


def _bring_about(situation: Situation, intent: Intent, live: LiveResource, expected: Body) -> None:
    observed = intent.before["active"] or {}
    kind = intent.ref.kind
    if observed is expected and not situation.staying_unseen(kind):
        _leave_or_release(situation, intent, live, expected)
        return
    known = secret_members.compared(kind, expected, situation.options.reveal)
    aligned = normalize.align(kind, known, observed, situation.staying_unseen(kind))
    _mention_kept(situation, intent, expected, observed)
    _mention_uncompared(situation, intent, known)
    _mention_unseen(situation, intent, observed)
    if aligned == known:
        _leave_or_release(situation, intent, live, expected)
        return
    fields = _with_references(diff.compare(aligned, known), expected)
    fixed = tuple(dict.fromkeys(f.path.split(".")[0] for f in fields if _is_fixed(kind, f)))
    if not fixed:
        _update(situation, intent, live, expected, fields)
    elif intent.ref in situation.options.recreate:
        _recreate(intent, live, expected, fields, f"{listing(fixed)} cannot be changed in place")
    else:
        _refuse(situation, intent, fields, fixed)


def _with_references(fields: tuple[FieldChange, ...], expected: Body) -> tuple[FieldChange, ...]:
    """The fields as the manifest says them: a secret is shown by its reference, not by the digest that was compared."""

    def said(path: str) -> object:
        value: object = expected
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    return tuple(
        FieldChange(f.path, f.before, found) if isinstance(found := said(f.path), SecretRef) else f
        for f in fields
    )


def _leave_or_release(situation: Situation, intent: Intent, live: LiveResource, expected: Body) -> None:
    """Nothing to change, but for what cannot be shown and would matter from now on."""
    _mention_adoption(situation, intent)
    moved = _recreated_below(situation, intent, expected)
    if moved:
        _recreate(intent, live, expected, (), f"{listing(moved)} is re-created below it")
        return
    why = _unseen(situation) if any(r.unseen_when_disabled for r in KINDS[intent.ref.kind].references) else ""
    if not why:
        return
    intent.sake = frozenset((*situation.unseen_leaving(), *situation.unseen_coming()))
    intent.add(Verb.UPDATE, expected, why, id=live.id)
    intent.after = {"active": expected}
    intent.change = Change(Action.UPDATE, intent.ref, (), why)


def _recreated_below(situation: Situation, intent: Intent, expected: Body) -> list[str]:
    """What the object names and holds and what is re-created by this plan, where re-creating the object itself is allowed too."""
    if intent.ref not in situation.options.recreate:
        return []
    held = [
        Ref(Kind(reference.kind), key)
        for reference in KINDS[intent.ref.kind].references
        for key in named(intent.ref.kind, expected, reference)
        if reference.holds
    ]
    return [
        str(ref)
        for ref in sorted(held)
        if situation.step(ref, Verb.CREATE) and situation.step(ref, removal(ref.kind))
    ]


def _unseen(situation: Situation) -> str:
    """Why an equal rule is written: it may name a disabled channel unseen, and hold it, or soon fire through it."""
    leaving = [ref.key for ref in situation.unseen_leaving()]
    coming = [ref.key for ref in situation.unseen_coming()]
    doings = [
        f"{'channel' if len(keys) == 1 else 'channels'} {listing(keys)} {'is' if len(keys) == 1 else 'are'} {done}"
        for keys, done in ((leaving, "deleted"), (coming, "enabled"))
        if keys
    ]
    if not doings:
        return ""
    return f"disabled {' and '.join(doings)}; reads do not show whether the rule names it"


def _is_fixed(kind: Kind, field: FieldChange) -> bool:
    return field.path.split(".")[0] in KINDS[kind].fixed


def _update(
    situation: Situation,
    intent: Intent,
    live: LiveResource,
    expected: Body,
    fields: tuple[FieldChange, ...],
) -> None:
    names = listing([field_paths.shown(field.path) for field in fields][:3]) + (
        " and more" if len(fields) > 3 else ""
    )
    intent.add(Verb.UPDATE, expected, f"differs in {names}", id=live.id)
    intent.after = {"active": expected}
    reason = "changes in place"
    if intent.ref in situation.adopted:
        reason += f"; found by its name, as the only {_title(intent)} called {expected['name']!r}, and given its key"
    intent.change = Change(Action.UPDATE, intent.ref, fields, reason)


def _recreate(
    intent: Intent,
    live: LiveResource,
    expected: Body,
    fields: tuple[FieldChange, ...],
    because: str,
) -> None:
    why = f"{because}, and re-creating it is allowed"
    gone = intent.add(removal(intent.ref.kind), None, why, id=live.id)
    made = intent.add(Verb.CREATE, expected, f"takes the place of the one removed before: {because}")
    made.needs.add(gone)
    intent.after = {"active": expected}
    intent.change = Change(Action.RECREATE, intent.ref, fields, why)


def _refuse(
    situation: Situation, intent: Intent, fields: tuple[FieldChange, ...], fixed: tuple[str, ...]
) -> None:
    title = _title(intent)
    for name in fixed:
        situation.error(
            "immutable-field",
            intent.resource,
            (name,),
            f"{name} of {title} {intent.ref.key} cannot be changed",
            detail=f"The server keeps what the {title} was created with.",
        )
    reason = f"{listing(fixed)} cannot be changed in place"
    intent.change = Change(Action.IMPOSSIBLE, intent.ref, fields, reason)


def _mention_kept(situation: Situation, intent: Intent, expected: Body, observed: Body) -> None:
    if (
        "description" in kept.members(intent.ref.kind)
        and "description" in observed
        and "description" not in expected
    ):
        situation.warn(
            kept.CODE,
            intent.resource,
            (),
            f"the description of {_title(intent)} {intent.ref.key} stays: no call can remove it",
            hint="Write the description that it has, or another one.",
        )


def _mention_uncompared(situation: Situation, intent: Intent, known: Body) -> None:
    """References whose value cannot be had here: whether the live one is the same is not known."""
    for place, value in secret_members.places(intent.ref.kind, known):
        if isinstance(value, SecretRef):
            where = "is not set here" if value.source == "env" else "cannot be read here"
            situation.note(
                "secret-not-compared",
                intent.resource,
                place,
                f"{'.'.join(place)} of {_title(intent)} {intent.ref.key} was not compared: {value.name} {where}",
            )


def _mention_unseen(situation: Situation, intent: Intent, observed: Body) -> None:
    """Disabled objects that a live object may name: reads leave them out, and nothing of ours tells (docs/server/notifications.md#rules)."""
    kind = intent.ref.kind
    hidden = situation.staying_unseen(kind) - _unseen_names(kind, observed)
    if hidden and "disabledChannels" not in observed:
        keys = sorted(hidden - _unseen_names(kind, situation.expected(intent.resource)))
        if keys:
            situation.note(
                "rule-channels-unseen",
                intent.resource,
                ("channels",),
                f"whether {_title(intent)} {intent.ref.key} names disabled channel {some(keys)} was not compared:"
                " reads of rules leave disabled channels out",
            )


def _unseen_names(kind: Kind, normal: Body) -> set[str]:
    """The keys of what an object names and reads of it leave out when it is disabled."""
    return {key for r in KINDS[kind].references if r.unseen_when_disabled for key in named(kind, normal, r)}


def _mention_adoption(situation: Situation, intent: Intent) -> None:
    if intent.ref in situation.adopted:
        situation.note(
            "matched-by-name",
            intent.resource,
            ("name",),
            f"{_title(intent)} {intent.ref.key} was found by its name; it carries no key yet",
            detail="It is equal to its manifest, so nothing is written. The next change gives it its key.",
        )
