"""One normal form for what is desired and what is live, so that comparing is `==`: what the server shows otherwise than sent is not a difference.

    Resource ──desired──▶ normal form ◀──live── LiveResource

How a kind's bodies come into it and out again is said by the kind (`openmeter.kinds`); here are the two sides, and nothing of requests.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import cast

from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.errors import TargetError
from catalogsync.core.model import (
    Catalog,
    Kind,
    Lifecycle,
    LiveAssignment,
    LiveResource,
    LiveState,
    Ref,
    Resource,
)
from catalogsync.openmeter import kinds
from catalogsync.openmeter.kinds import KINDS, Normal, secret_members
from catalogsync.openmeter.kinds.plan import as_offer
from catalogsync.openmeter.kinds.secret_members import Place

NOTHING_LIVE = LiveState({})
NO_CATALOG = Catalog({})


def desired(resource: Resource, catalog: Catalog = NO_CATALOG) -> Normal:
    """The normal form of a manifest. `catalog`: where the objects are that it names."""
    kind = resource.ref.kind
    body = _with_secrets(resource) if KINDS[kind].secrets else resource.body
    normal = KINDS[kind].normal(body, resource.ref.key, _as_written)
    told = cast("Sequence[str]", normal.pop("disabledChannels", ()))
    disabled = sorted([ref.key for ref in _unseen_names(kind, normal) if _is_disabled(ref, catalog, told)])
    return {**normal, "disabledChannels": disabled} if disabled else normal


def _with_secrets(resource: Resource) -> Body:
    origin = resource.origin

    def file_of(place: Place, path: str) -> str:
        said_in = posixpath.dirname(origin.locate(place).file.replace("\\", "/"))
        return posixpath.normpath(posixpath.join(said_in, path))

    return secret_members.as_desired(resource.ref.kind, resource.body, file_of)


def _as_written(_kind: Kind, key: str) -> str:
    return key


def _unseen_names(kind: Kind, normal: Body) -> Iterator[Ref]:
    for reference in KINDS[kind].references:
        if reference.unseen_when_disabled:
            yield from (Ref(Kind(reference.kind), key) for key in kinds.named(kind, normal, reference))


def _is_disabled(ref: Ref, catalog: Catalog, told: Container[str]) -> bool:
    """By its own manifest; where that is not at hand, as in what takes a plan back, by what the object that names it tells."""
    found = catalog.resources.get(ref)
    if found is None or found.lifecycle is Lifecycle.EXTERNAL:
        return ref.key in told
    return bool(found.body.get("disabled"))


def live(
    resource: LiveResource, state: LiveState = NOTHING_LIVE, masked: frozenset[Place] = frozenset()
) -> Normal:
    """The normal form of a live object or version. `state`: all that is live, where ids are known by; `masked`: places to hide in any case.
    Raises TargetError for a body that no OpenMeter gives.
    """
    try:
        return _live(resource, state, masked)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as problem:
        title = KINDS[resource.kind].title
        raise TargetError(
            f"{title} `{on_one_line(resource.key or resource.id)}`: the answer does not describe it as OpenMeter does",
            code="target-not-openmeter",
            hint="is the URL an OpenMeter's?",
        ) from problem


def _live(resource: LiveResource, state: LiveState, masked: frozenset[Place]) -> Normal:
    kind = resource.kind
    body = secret_members.as_live(kind, resource.body, masked) if KINDS[kind].secrets else resource.body
    normal = KINDS[kind].normal(body, resource.key, state.key_of)
    if kinds.offered_kind(kind) is not None:
        normal["addons"] = offers(resource.assignments)
    return normal


def offers(assignments: Iterable[LiveAssignment]) -> Normal:
    """What a version offers, by key; where several versions of one object are assigned, the older ones by `key@version`."""
    found: Normal = {}
    for one in sorted(assignments, key=lambda a: (a.addon_key, -a.addon_version)):
        name = f"{one.addon_key}@{one.addon_version}" if one.addon_key in found else one.addon_key
        found[name] = kinds.offer(as_offer(one.body), one.addon_version)
    return found


def unseen(kind: Kind, state: LiveState) -> frozenset[str]:
    """The keys (ids of those without one) of disabled objects that reads of this kind leave out (docs/server/notifications.md#rules)."""
    targets = {Kind(r.kind) for r in KINDS[kind].references if r.unseen_when_disabled}
    if not targets:
        return frozenset()
    keyed = {
        group.ref.key
        for target in targets
        for group in state.of(target)
        if group.active is not None and group.active.body.get("disabled")
    }
    unkeyed = {r.id for r in state.unmatched if r.kind in targets and r.body.get("disabled")}
    return frozenset(keyed | unkeyed)


def align(kind: Kind, expected: Body, observed: Body, hidden: frozenset[str] = frozenset()) -> Body:
    """`observed` as far as it can be known from `expected`: equal to it when nothing that can be seen differs. Bodies, not states.

    `hidden`: the keys of disabled objects, which reads leave out (`unseen`).
    """
    if expected == observed:
        return observed
    known = secret_members.uncompared(kind, expected, observed)
    return KINDS[kind].aligned(expected, known, hidden)
