"""Whom a plan may touch, before anybody is asked: whose customers to count, which entitlements, and who uses what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogsync import normalize
from catalogsync.app.entitlement_cuts import cuts
from catalogsync.app.review import bodies_of
from catalogsync.core.changes import Action, Change
from catalogsync.core.impact import NUMBER_UNKNOWN, Used, User
from catalogsync.core.model import Catalog, Kind, LiveState, Ref
from catalogsync.core.plan import Plan, Verb
from catalogsync.openmeter.kinds import KINDS, dependents, named

_UNTOUCHED = (Action.CREATE, Action.IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Scope:
    """`subscribed`: objects whose customers are to be counted; `entitled`: those whose entitlements are; `used`: what changes or goes, with
    its users. Sorted.
    """

    subscribed: tuple[Ref, ...]
    entitled: tuple[Ref, ...]
    used: tuple[Used, ...]


_NOBODY = Scope((), (), ())


def scope(plan: Plan, catalog: Catalog, live: LiveState) -> Scope:
    """What to ask the server so that a plan's changes can be said in customers. Objects that come to be touch nobody."""
    changes = [c for c in plan.changes if c.action not in _UNTOUCHED and live.group(c.ref).versions()]
    if not changes:
        return _NOBODY
    relied_on = [change for change in changes if _reaches_customers(change.ref.kind)]
    used = _used(relied_on, _Uses(live, catalog)) if relied_on else ()
    touched = {change.ref for change in changes} | {user.ref for one in used for user in one.users}
    subscribed = {ref for ref in touched if KINDS[ref.kind].held_by == "subscription"}
    entitled = {ref for ref in touched if KINDS[ref.kind].held_by == "entitlement"}
    return Scope(tuple(sorted(subscribed)), tuple(sorted(entitled | set(_cut_features(plan)))), used)


def _used(changes: Sequence[Change], uses: _Uses) -> tuple[Used, ...]:
    found = ((change, _concerned(change, tuple(uses.of(change.ref)))) for change in changes)
    return tuple(Used(change.ref, users) for change, users in found if users)


def new_signups(plan: Plan, ref: Ref, live: LiveState) -> int | None:
    """The version that a new subscription gets once the plan is done: NUMBER_UNKNOWN for one that does not exist yet, None where no version
    is active then.
    """
    group = live.group(ref)
    version = group.active.version if group.active else None
    draft: int | None = group.draft.version if group.draft else None
    for step in plan.steps:
        if step.ref == ref and step.verb is Verb.CREATE_DRAFT:
            draft = NUMBER_UNKNOWN
        elif step.ref == ref and step.verb is Verb.PUBLISH:
            version = draft
        elif step.ref == ref and step.verb is Verb.ARCHIVE:
            version = None
    return version


def _reaches_customers(kind: Kind) -> bool:
    """Whether something that customers are bound to may use objects of this kind."""
    return any(KINDS[user].held_by or _reaches_customers(user) for user, _ in dependents(kind))


def is_measure(kind: Kind) -> bool:
    """Whether customers depend on objects of this kind only by way of others: nothing binds them to one, and it has no versions to stay with."""
    spec = KINDS[kind]
    return not spec.held_by and not spec.versioned and _reaches_customers(kind)


def _concerned(change: Change, users: tuple[User, ...]) -> tuple[User, ...]:
    """Of a new version only those users are reported that no manifest describes: they stay with the version that they have."""
    if change.action in (Action.NEW_VERSION, Action.PUBLISH):
        return tuple(user for user in users if not user.in_catalog)
    return users


def _cut_features(plan: Plan) -> Iterator[Ref]:
    """Features that a changed object grants less of."""
    for ref, (old, new) in bodies_of(plan).items():
        if old is None or new is None or old is new:
            continue
        spec = KINDS[ref.kind]
        before, after = spec.manifest(old, ref.key), spec.manifest(new, ref.key)
        for reference in spec.references if before != after else ():
            kind = Kind(reference.kind)
            if KINDS[kind].held_by == "entitlement":
                yield from (Ref(kind, cut.feature) for cut in cuts(before, after))


class _Uses:
    """Who uses what among all that is live, found once."""

    def __init__(self, live: LiveState, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by: dict[Ref, dict[Ref, set[int]]] = {}
        for kind in KINDS:
            for group in live.of(kind):
                for one in group.versions():
                    normal = normalize.live(one, live)
                    for reference in KINDS[kind].references:
                        for key in named(kind, normal, reference):
                            users = self._by.setdefault(Ref(Kind(reference.kind), key), {})
                            users.setdefault(group.ref, set()).update(
                                () if one.version is None else (one.version,)
                            )

    def of(self, ref: Ref) -> Iterator[User]:
        """Direct users and theirs, sorted. Kinds that nothing of a customer hangs on, such as rules, are left out."""
        found: dict[Ref, set[int]] = {}
        waiting = [ref]
        while waiting:
            for user, versions in self._by.get(waiting.pop(), {}).items():
                if user not in found and not KINDS[user.kind].versioned:
                    waiting.append(user)
                if KINDS[user.kind].held_by or _reaches_customers(user.kind):
                    found.setdefault(user, set()).update(versions)
        for user in sorted(found):
            yield User(user, tuple(sorted(found[user], reverse=True)), user in self._catalog.resources)
