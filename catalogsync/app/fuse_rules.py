"""What blows a fuse: one rule each, over a plan, what is live, and what the server said of customers. Pure.

What a rule needs to know and was not reported blows its fuse (docs/tasks/environments.md#fuses).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from catalogsync.app.entitlement_cuts import cuts
from catalogsync.app.impact_scope import is_measure, scope
from catalogsync.app.review import Review
from catalogsync.core.changes import Action, Change
from catalogsync.core.impact import Impact, User
from catalogsync.core.model import Catalog, Kind, LiveState, Ref
from catalogsync.core.plan import Plan, Verb
from catalogsync.core.wording import grouped
from catalogsync.openmeter.kinds import KINDS
from catalogsync.store.fuse_limits import Limits

FEWEST = 3
"""Removals of a kind that are never too many."""


@dataclass(frozen=True)
class Case:
    """All that rules look at. `protected`: whether the environment is. `written`: the manifests that hold waivers and say where things stand,
    None for those of the catalog.
    """

    plan: Plan
    catalog: Catalog
    live: LiveState
    review: Review
    limits: Limits
    protected: bool = False
    written: Catalog | None = None

    @property
    def manifests(self) -> Catalog:
        """The objects as they are written down, with their waivers."""
        return self.catalog if self.written is None else self.written

    @property
    def impact(self) -> Impact:
        """What the server said; nothing where it was not asked."""
        return self.plan.impact or Impact()

    @cached_property
    def published(self) -> tuple[Change, ...]:
        """The changes after which new customers get something else. A draft bills nobody."""
        refs = {step.ref for step in self.plan.steps if step.verb is Verb.PUBLISH}
        return tuple(change for change in self.plan.changes if change.ref in refs)

    def on(self, users: tuple[User, ...]) -> int | None:
        """Customers on versions that use something; None where there may be some that nobody reported."""
        found = 0
        for user in users:
            if KINDS[user.ref.kind].held_by != "subscription":
                continue
            known = self.impact.subscribers_of(user.ref)
            counts = [None if known is None else known.on(version) for version in user.versions]
            if None in counts:
                return None
            found += sum(count or 0 for count in counts)
        return found

    def has_no_customer(self, ref: Ref) -> bool:
        """Whether the server said that nobody is subscribed to any version of an object."""
        known = self.impact.subscribers_of(ref)
        return known is not None and known.total == 0


@dataclass(frozen=True, slots=True)
class Blown:
    """A fuse that blew. `refs`: the objects that it is about, at least one; a waiver in any of them covers it. `field`: where in the first
    one, as a change's fields are written; "" for the manifest as a whole.
    """

    code: str
    refs: tuple[Ref, ...]
    summary: str
    field: str = ""


def currency_changes(case: Case) -> Iterator[Blown]:
    """The currency of something with prices."""
    for change in case.published:
        prices = case.review.price_change(change.ref)
        if prices is not None and prices.currencies[0] != prices.currencies[1]:
            said = (
                f"the currency of {change.ref} changes from {prices.currencies[0]} to {prices.currencies[1]}"
            )
            yield Blown("fuse-currency-change", (change.ref,), said, "currency")


def entitlement_cuts(case: Case) -> Iterator[Blown]:
    """Entitlements that somebody holds, or may hold. The server counts holders of a feature, whatever gave it to them: one that a plan without
    customers gives is held by others.
    """
    for change in case.published:
        if None in case.review.bodies(change.ref) or case.has_no_customer(change.ref):
            continue
        before, after = case.review.manifests(change.ref)
        for cut in cuts(before, after):
            holders = _holders(case, change.ref.kind, cut.feature)
            if holders == 0:
                continue
            who = (
                "who holds one was not reported"
                if holders is None
                else grouped(holders, "active entitlement")
            )
            place = f"phases.{cut.phase}.rateCards.{cut.card}" if cut.phase else f"rateCards.{cut.card}"
            said = f"rate card {cut.card} of {change.ref} {cut.what}; feature {cut.feature}: {who}"
            yield Blown("fuse-entitlement-cut", (change.ref,), said, place)


def _holders(case: Case, kind: Kind, feature: str) -> int | None:
    """Entitlements under a feature's key, None where that was not reported."""
    kinds = {Kind(one.kind) for one in KINDS[kind].references}
    return next(
        (case.impact.holders_of(Ref(k, feature)) for k in kinds if KINDS[k].held_by == "entitlement"), None
    )


def meters_remade(case: Case) -> Iterator[Blown]:
    """What is measured otherwise while something published charges for it."""
    for change, users in _removed(case, Action.RECREATE, measure=True):
        charging = [one for one in users if _charges(case, one)]
        fixed = KINDS[change.ref.kind].fixed
        changed = sorted({field.path.split(".")[0] for field in change.fields} & fixed)
        if charging and changed:
            said = f"{change.ref} gets another {' and '.join(changed)}, and {_listed(charging)} charges for what it measures"
            yield Blown("fuse-meter-remade", (change.ref,), said, changed[0])


def _charges(case: Case, user: User) -> bool:
    """Whether a version that uses something is sold now, or customers have it, or may have it."""
    active = case.live.active(user.ref)
    return KINDS[user.ref.kind].versioned and (
        (active is not None and active.version in user.versions) or case.on((user,)) != 0
    )


def meters_deleted(case: Case) -> Iterator[Blown]:
    """What is measured no longer while somebody uses it."""
    for change, users in _removed(case, Action.DELETE, measure=True):
        entitled = [one.ref for one in users if KINDS[one.ref.kind].held_by == "entitlement"]
        held = [case.impact.holders_of(ref) for ref in entitled]
        customers = case.on(users)
        if customers == 0 and all(number == 0 for number in held):
            continue
        told = customers is not None and None not in held
        who = f"{_customers(customers or 0)}, {grouped(sum(n or 0 for n in held), 'active entitlement')}"
        said = f"{change.ref} is deleted, and is used by {_listed(users)}: {who if told else 'how many customers was not reported'}"
        yield Blown("fuse-meter-deleted", (change.ref,), said, "lifecycle")


def features_subscribed(case: Case) -> Iterator[Blown]:
    """Archives that the server refuses while a subscription runs (recorded: impact_feature_archive_chain)."""
    for action in (Action.ARCHIVE, Action.RECREATE):
        for change, users in _removed(case, action, measure=False):
            customers = case.on(users)
            if KINDS[change.ref.kind].held_by != "entitlement" or customers == 0:
                continue
            who = "how many customers was not reported" if customers is None else _customers(customers)
            said = f"{change.ref} cannot be archived while subscriptions use it: {_listed(users)} ({who})"
            yield Blown("fuse-feature-subscribed", (change.ref,), said, "lifecycle")


def _removed(case: Case, action: Action, *, measure: bool) -> Iterator[tuple[Change, tuple[User, ...]]]:
    """Objects that go in this way and are used, with their users."""
    gone = [c for c in case.plan.changes if c.action is action and is_measure(c.ref.kind) is measure]
    found = scope(case.plan, case.catalog, case.live).used if gone else ()
    used = {one.ref: one.users for one in found}
    yield from ((change, used[change.ref]) for change in gone if change.ref in used)


def versions_deleted(case: Case) -> Iterator[Blown]:
    """Versions whose subscriptions the server cannot move any more (recorded: impact_pin_deleted_plan)."""
    gone: dict[Ref, set[int]] = {}
    for step in case.plan.steps:
        if step.verb is Verb.DELETE and KINDS[step.ref.kind].held_by == "subscription":
            versions = case.live.group(step.ref).versions()
            gone.setdefault(step.ref, set()).update(
                one.version or 0 for one in versions if step.id in ("", one.id)
            )
    for ref, numbers in gone.items():
        known = case.impact.subscribers_of(ref)
        counts = {number: None if known is None else known.on(number) for number in sorted(numbers)}
        if all(count == 0 for count in counts.values()):
            continue
        told = ", ".join(
            f"version {number}: {'not known' if count is None else _customers(count)}"
            for number, count in counts.items()
            if count != 0
        )
        said = f"versions of {ref} with customers are deleted, who cannot be migrated then ({told})"
        yield Blown("fuse-version-deleted", (ref,), said, "lifecycle")


def shares_removed(case: Case) -> Iterator[Blown]:
    """Too many objects of a kind that go at once."""
    limit = case.limits.limit("fuse-removed-share")
    for kind in KINDS:
        gone = tuple(
            c.ref
            for c in case.plan.changes
            if c.ref.kind == kind and c.action in (Action.ARCHIVE, Action.DELETE)
        )
        there = sum(1 for group in case.live.of(kind) if group.active or group.draft)
        if len(gone) >= FEWEST and len(gone) * 100 > limit * there:
            said = f"{len(gone)} of {grouped(there, KINDS[kind].title)} are archived or deleted, more than {limit.normalize():f} %"
            yield Blown("fuse-removed-share", gone, said, "lifecycle")


def many_versions(case: Case) -> Iterator[Blown]:
    """Too many new versions at once."""
    limit = case.limits.limit("fuse-new-versions")
    made = tuple(
        change.ref for change in case.plan.changes if change.action in (Action.NEW_VERSION, Action.PUBLISH)
    )
    if len(made) > limit:
        yield Blown("fuse-new-versions", made, f"{len(made)} new versions, more than {limit.normalize():f}")


def first_writes(case: Case) -> Iterator[Blown]:
    """A protected environment that holds nothing of the catalog."""
    if not (case.protected and case.plan.steps):
        return
    refs = tuple(sorted(case.catalog.resources))
    if not any(case.live.group(ref).versions() for ref in refs):
        said = "nothing that the catalog describes is live in this protected environment: is it the right server?"
        yield Blown("fuse-first-write", refs, said)


def _listed(users: list[User] | tuple[User, ...]) -> str:
    return ", ".join(str(user.ref) for user in users)


def _customers(number: int) -> str:
    return grouped(number, "customer")


Rule = Callable[[Case], Iterator[Blown]]
RULES: Mapping[str, Rule] = {
    "fuse-currency-change": currency_changes,
    "fuse-entitlement-cut": entitlement_cuts,
    "fuse-meter-remade": meters_remade,
    "fuse-meter-deleted": meters_deleted,
    "fuse-feature-subscribed": features_subscribed,
    "fuse-version-deleted": versions_deleted,
    "fuse-removed-share": shares_removed,
    "fuse-new-versions": many_versions,
    "fuse-first-write": first_writes,
}
"""The rules about objects and customers by the fuse's name; those about prices are in `price_fuses`."""
