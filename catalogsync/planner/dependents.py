"""Who uses what: what is in the way of a removal, and what is left without its ground.

A removal that is still in use becomes an error that names the users, and its steps are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from catalogsync.core.changes import Action
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.intent import Intent


def users(situation: Situation, ref: Ref) -> Iterator[Ref]:
    """Live objects whose active version names the object, sorted."""
    kinds = {
        Kind.METER: (Kind.FEATURE,),
        Kind.FEATURE: (Kind.PLAN, Kind.ADDON),
        Kind.ADDON: (Kind.PLAN,),
        Kind.CHANNEL: (Kind.RULE,),
    }
    for kind in kinds.get(ref.kind, ()):
        for user in situation.live_refs(kind):
            if names(situation.state(user).get("active"), ref):
                yield user


def names(body: Any, ref: Ref) -> bool:
    """Whether a body in normal form names an object."""
    if body is None:
        return False
    match ref.kind:
        case Kind.METER:
            return bool(body.get("meterSlug") == ref.key)
        case Kind.FEATURE if "phases" in body:
            return any(_uses_feature(phase, ref.key) for phase in body["phases"].values())
        case Kind.FEATURE:
            return _uses_feature(body, ref.key)
        case Kind.ADDON:
            return ref.key in body.get("addons", {})
        case Kind.CHANNEL:
            return ref.key in body.get("channels", ())
        case _:
            return False


def _uses_feature(body: Any, key: str) -> bool:
    return any(card.get("featureKey") == key for card in body.get("rateCards", {}).values())


def dimensions(feature: Any) -> set[str]:
    cost = feature.get("unitCost", {})
    named = {value for name, value in cost.items() if name.endswith("Property")}
    return {*feature.get("advancedMeterGroupByFilters", {}), *named}


def dropped_dimensions(intent: Intent) -> set[str]:
    """The groupBy keys that a meter loses."""
    if intent.ref.kind is not Kind.METER:
        return set()
    before: Any = intent.before["active"] or {}
    after: Any = intent.after["active"] or {}
    return set(before.get("groupBy", {})) - set(after.get("groupBy", {}))


def refuse_used(situation: Situation, intent: Intent) -> None:
    if intent.ref.kind is Kind.METER and intent.has(Verb.UPDATE):
        _refuse_dropping(situation, intent)
    if not _goes(intent):
        return
    blockers = [*_blockers(situation, intent)]
    if blockers:
        _refuse(situation, intent, listing([str(ref) for ref in blockers]))
    elif intent.ref.kind is Kind.FEATURE and intent.after["active"] is None:
        _warn_of_danglers(situation, intent)
    elif intent.ref.kind is Kind.ADDON and intent.has(Verb.DELETE):
        _warn_of_deletion(situation, intent)
    elif intent.ref.kind is Kind.CHANNEL and intent.ref.key in situation.unseen_leaving():
        _warn_of_unseen_rules(situation, intent)


def _goes(intent: Intent) -> bool:
    """Whether the live object is removed, for good or to be made anew."""
    if intent.ref.kind is Kind.ADDON:
        return intent.has(Verb.DELETE)
    return intent.ref.kind is not Kind.PLAN and intent.has(Verb.DELETE, Verb.ARCHIVE)


def _blockers(situation: Situation, intent: Intent) -> Iterator[Ref]:
    """Live users that keep the object from going: they name it now, and still will when the plan is done."""
    for user in users(situation, intent.ref):
        leaves = not names(situation.after(user).get("active"), intent.ref)
        remade = intent.ref.kind is Kind.METER and _remade(situation, user)
        held_for_ever = intent.ref.kind is Kind.ADDON
        if held_for_ever or not (leaves or remade):
            yield user
    if intent.ref.kind is Kind.ADDON:
        for user in situation.live_refs(Kind.PLAN):
            if names(situation.after(user).get("draft"), intent.ref):
                yield user
    if intent.ref.kind is Kind.FEATURE and intent.has(Verb.CREATE):
        yield from _rules_by_id(situation, intent)


def _remade(situation: Situation, feature: Ref) -> bool:
    return situation.step(feature, Verb.ARCHIVE) is not None


def _rules_by_id(situation: Situation, intent: Intent) -> Iterator[Ref]:
    """Rules that name a feature by its id, which the feature made anew will not have (semantics-meters §2.4)."""
    live = situation.group(intent.ref).active
    for user in situation.live_refs(Kind.RULE):
        rule = situation.group(user).active
        if rule is None or live is None or situation.step(user, Verb.UPDATE) is not None:
            continue
        items: Any = rule.body.get("features") or ()
        if any(item.get("id") == live.id for item in items):
            yield user


def _refuse(situation: Situation, intent: Intent, users: str) -> None:
    title, key = KINDS[intent.ref.kind].title, intent.ref.key
    anew = intent.has(Verb.CREATE)
    deed = "made anew" if anew else "archived" if intent.ref.kind is Kind.FEATURE else "deleted"
    hints = {
        Kind.ADDON: "An add-on that a published plan ever offered can only be archived.",
        Kind.FEATURE: "Give the new one another key, or publish versions that do without it first.",
    }
    place = ("lifecycle",) if not anew else ()
    situation.error(
        "in-use",
        intent.resource,
        place,
        f"{title} {key} cannot be {deed}: {users} {'use' if ' and ' in users else 'uses'} it",
        detail="The server refuses it, or would leave what uses it without its ground.",
        hint=hints.get(intent.ref.kind, "Change or remove what uses it first."),
    )
    drop(intent, f"used by {users}")


def drop(intent: Intent, why: str) -> None:
    """Plan nothing for an object; its change says that it is impossible."""
    intent.sketches.clear()
    intent.after = intent.before
    if intent.change is not None:
        intent.change = replace(intent.change, action=Action.IMPOSSIBLE, reason=why)


def _refuse_dropping(situation: Situation, intent: Intent) -> None:
    dropped = dropped_dimensions(intent)
    for user in users(situation, intent.ref) if dropped else ():
        used = dropped & set(_filters(situation.state(user)["active"]))
        if used and situation.step(user, Verb.ARCHIVE) is None:
            situation.error(
                "in-use",
                intent.resource,
                ("groupBy",),
                f"meter {intent.ref.key} cannot drop {listing(sorted(used))}: {user} filters on it",
                hint="Keep the key, or archive the feature first.",
            )
            drop(intent, f"{user} filters on {listing(sorted(used))}")
            return


def _filters(feature: Any) -> Iterable[str]:
    found: Iterable[str] = feature.get("advancedMeterGroupByFilters", {})
    return found


def _warn_of_danglers(situation: Situation, intent: Intent) -> None:
    """An archived feature does not hold drafts and rules (semantics-productcatalog §1.5): they are left without it."""
    key = intent.ref.key
    left = [str(r) for r in situation.live_refs(Kind.RULE) if key in _features(situation.after(r)["active"])]
    for kind in (Kind.ADDON, Kind.PLAN):
        left += [
            str(r) for r in situation.live_refs(kind) if names(situation.after(r).get("draft"), intent.ref)
        ]
    if left:
        situation.warn(
            "dangling-reference",
            intent.resource,
            ("lifecycle",),
            f"archiving feature {key} leaves {listing(left)} naming what is gone",
            detail="The server allows it, and refuses the next change of what names it.",
        )


def _features(rule: Any) -> Iterable[str]:
    found: Iterable[str] = (rule or {}).get("features", ())
    return found


def _warn_of_deletion(situation: Situation, intent: Intent) -> None:
    situation.warn(
        "addon-deletion-uncertain",
        intent.resource,
        ("lifecycle",),
        f"the server refuses to delete add-on {intent.ref.key} if any plan version ever offered it",
        detail="Assignments of archived and deleted plan versions hold an add-on for ever.",
        hint="If it is refused, say `lifecycle: archived`.",
    )


def _warn_of_unseen_rules(situation: Situation, intent: Intent) -> None:
    """Rules without a manifest may name a disabled channel unseen, and hold it (semantics-meters §2.3)."""
    others = [str(ref) for ref in situation.live_refs(Kind.RULE) if ref not in situation.intents]
    others += [f"rule {r.body.get('name')!r}" for r in situation.live.unmatched if r.kind is Kind.RULE]
    if others:
        situation.warn(
            "channel-use-unseen",
            intent.resource,
            ("lifecycle",),
            f"whether {listing(others)} use{'s' if len(others) == 1 else ''} channel {intent.ref.key} cannot be seen",
            detail="The channel is disabled, and reads of rules leave disabled channels out.",
            hint="If the server refuses to delete it, take the channel out of those rules first.",
        )
