"""Who uses what: what is in the way of a removal, and what is left without its ground.

A removal that is still in use becomes an error that names the users, and its steps are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalogsync.core.canon import Body
from catalogsync.core.changes import Action
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS, dependents, named
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.intent import Intent

TAKING = (Verb.ARCHIVE, Verb.DELETE, Verb.UPDATE)
"""What may take something away from those who use it."""


def users(situation: Situation, ref: Ref) -> Iterator[Ref]:
    """Live objects whose active version names the object, sorted."""
    for kind, reference in dependents(ref.kind):
        for user in situation.namers(ref, kind) if reference.holds else ():
            if ref.key in named(kind, situation.state(user)["active"], reference):
                yield user


def names(kind: Kind, body: Body | None, ref: Ref) -> bool:
    """Whether a body in normal form of this kind holds on to an object by naming it."""
    return any(
        ref.key in named(kind, body, r) for r in KINDS[kind].references if r.kind == ref.kind and r.holds
    )


def dimensions(kind: Kind, normal: Body | None, *, holding: bool = False) -> set[str]:
    """The parts (groupBy keys) of another object that a body in normal form uses; of those, only the ones that hold it to having them."""
    used = KINDS[kind].parts_used
    return (used.hold if holding else used.all)(normal or {}) if used is not None else set()


def parts(kind: Kind, normal: Body | None) -> set[str]:
    """The parts (groupBy keys) that a body in normal form has for others to use."""
    spec = KINDS[kind].parts
    return spec.of(normal or {}) if spec is not None else set()


def dropped_dimensions(intent: Intent) -> set[str]:
    """The parts that an object loses."""
    kind = intent.ref.kind
    return parts(kind, intent.before["active"]) - parts(kind, intent.after["active"])


def refuse_used(situation: Situation, intent: Intent) -> None:
    """Drops a removal that the server would refuse, with an error that names who uses the object."""
    if not intent.has(*TAKING):
        return
    if intent.has(Verb.UPDATE):
        _refuse_dropping(situation, intent)
    if not _goes(intent):
        return
    blockers = list(dict.fromkeys(_blockers(situation, intent)))
    if blockers:
        _refuse(situation, intent, listing([str(ref) for ref in blockers]))
    elif KINDS[intent.ref.kind].archivable and intent.after["active"] is None:
        _warn_of_danglers(situation, intent)
    elif KINDS[intent.ref.kind].versioned:
        _warn_of_deletion(situation, intent)
    elif intent.ref in situation.unseen_leaving():
        _warn_of_unseen_rules(situation, intent)


def _is_held_permanently(kind: Kind) -> bool:
    return any(reference.permanent for _, reference in dependents(kind))


def _goes(intent: Intent) -> bool:
    """Whether the live object is removed, for good or to be re-created, and others may hold it."""
    if KINDS[intent.ref.kind].versioned:
        return intent.has(Verb.DELETE) and _is_held_permanently(intent.ref.kind)
    return intent.has(Verb.DELETE, Verb.ARCHIVE)


def _blockers(situation: Situation, intent: Intent) -> Iterator[Ref]:
    """Live users that keep the object from going: they name it now, and still will when the plan is done."""
    held_permanently = _is_held_permanently(intent.ref.kind)
    for user in users(situation, intent.ref):
        leaves = not names(user.kind, situation.after(user).get("active"), intent.ref)
        goes = (
            situation.step(user, Verb.ARCHIVE) is not None
        )  # for good, or to name the new object when it is re-created itself
        if held_permanently or not (leaves or goes):
            yield user
    if held_permanently:
        for kind, _ in dependents(intent.ref.kind):
            for user in situation.namers(intent.ref, kind):
                if names(kind, situation.after(user).get("draft"), intent.ref):
                    yield user
    if intent.has(Verb.CREATE):
        yield from _users_by_id(situation, intent)


def _users_by_id(situation: Situation, intent: Intent) -> Iterator[Ref]:
    """Objects that name this one by its id, which the re-created one will not have (docs/server/notifications.md#rules)."""
    for kind, reference in dependents(intent.ref.kind):
        if not reference.by_id or KINDS[kind].versioned:
            continue
        for user in situation.namers(intent.ref, kind):
            found = named(kind, situation.state(user)["active"], reference)
            if intent.ref.key in found and situation.step(user, Verb.UPDATE) is None:
                yield user


def _refuse(situation: Situation, intent: Intent, users: str) -> None:
    spec, key = KINDS[intent.ref.kind], intent.ref.key
    remade = intent.has(Verb.CREATE)
    deed = "re-created" if remade else "archived" if spec.archivable else "deleted"
    hint = spec.in_use_hint
    if remade and not spec.versioned:
        hint = f"Give the new one another key, or {hint[:1].lower()}{hint[1:]}"
    situation.error(
        "in-use",
        intent.resource,
        () if remade else ("lifecycle",),
        f"{spec.title} {key} cannot be {deed}: {users} {'use' if ' and ' in users else 'uses'} it",
        detail="The server refuses it, or would leave what uses it without its ground.",
        hint=hint,
    )
    drop(intent, f"used by {users}")


def drop(intent: Intent, why: str) -> None:
    """Plan nothing for an object; its change says that it is impossible."""
    intent.sketches.clear()
    intent.after = intent.before
    if intent.change is not None:
        intent.change = replace(intent.change, action=Action.IMPOSSIBLE, reason=why)


def _refuse_dropping(situation: Situation, intent: Intent) -> None:
    dropped, spec = dropped_dimensions(intent), KINDS[intent.ref.kind]
    if not dropped:
        return
    assert spec.parts is not None
    for user in users(situation, intent.ref):
        used = dropped & dimensions(user.kind, situation.state(user)["active"], holding=True)
        if used and situation.step(user, Verb.ARCHIVE) is None:
            situation.error(
                "in-use",
                intent.resource,
                (spec.parts.member,),
                f"{spec.title} {intent.ref.key} cannot drop {listing(sorted(used))}: {user} filters on it",
                hint="Keep the key, or archive the feature first.",
            )
            drop(intent, f"{user} filters on {listing(sorted(used))}")
            return


def _warn_of_danglers(situation: Situation, intent: Intent) -> None:
    """An archived object does not hold drafts and rules (docs/server/features.md#archive): they are left without it."""
    left = []
    for kind, reference in dependents(intent.ref.kind):
        slot = "draft" if KINDS[kind].versioned else "active"
        for user in situation.namers(intent.ref, kind):
            if intent.ref.key in named(kind, situation.after(user).get(slot), reference):
                left.append(str(user))
    if left:
        situation.warn(
            "dangling-reference",
            intent.resource,
            ("lifecycle",),
            f"archiving {KINDS[intent.ref.kind].title} {intent.ref.key} leaves {listing(left)} naming what is gone",
            detail="The server allows it, and refuses the next change of what names it.",
        )


def _warn_of_deletion(situation: Situation, intent: Intent) -> None:
    situation.warn(
        "addon-deletion-uncertain",
        intent.resource,
        ("lifecycle",),
        f"the server refuses to delete add-on {intent.ref.key} if any plan version ever offered it",
        detail="Assignments of archived and deleted plan versions hold an add-on permanently.",
        hint="If it is refused, say `lifecycle: archived`.",
    )


def _warn_of_unseen_rules(situation: Situation, intent: Intent) -> None:
    """Rules without a manifest may name a disabled channel unseen, and hold it (docs/server/notifications.md#channels)."""
    kinds = {kind for kind, reference in dependents(intent.ref.kind) if reference.unseen_when_disabled}
    others = [str(ref) for kind in kinds for ref in situation.live_refs(kind) if ref not in situation.intents]
    others += [f"rule {r.body.get('name')!r}" for r in situation.live.unmatched if r.kind in kinds]
    if others:
        situation.warn(
            "channel-use-unseen",
            intent.resource,
            ("lifecycle",),
            f"whether {listing(others)} use{'s' if len(others) == 1 else ''} channel {intent.ref.key} cannot be seen",
            detail="The channel is disabled, and reads of rules leave disabled channels out.",
            hint="If the server refuses to delete it, take the channel out of those rules first.",
        )
