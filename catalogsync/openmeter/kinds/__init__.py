"""One home per kind: each file here says all that is particular to one kind of objects, and nothing outside compares with a kind.

    spec              the form of a description
    meter … notification_rule   the kinds
    rate_cards, texts           what several of them have in common; rate_card_shapes: the types of rate cards
    secret_members              what may be a secret, by the kinds' own descriptions

What other rooms ask is derived here, for all kinds by the same code: order, references, dependents, how lists compare.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, Ref
from catalogsync.openmeter.kinds import addon, feature, meter, notification_channel, notification_rule, plan
from catalogsync.openmeter.kinds.addon import ADDON
from catalogsync.openmeter.kinds.feature import FEATURE
from catalogsync.openmeter.kinds.meter import METER
from catalogsync.openmeter.kinds.notification_channel import CHANNEL
from catalogsync.openmeter.kinds.notification_rule import RULE
from catalogsync.openmeter.kinds.plan import PLAN, Offer, offer
from catalogsync.openmeter.kinds.spec import (
    ANY,
    KEY_METADATA,
    Atomic,
    Keyed,
    KindSpec,
    ListRule,
    MemberPath,
    Normal,
    Reference,
    SetOf,
)

__all__ = [
    "ADDON",
    "ANY",
    "CHANNEL",
    "FEATURE",
    "KEY_METADATA",
    "KINDS",
    "METER",
    "PLAN",
    "RULE",
    "Atomic",
    "Keyed",
    "KindSpec",
    "ListRule",
    "MemberPath",
    "Normal",
    "Offer",
    "Reference",
    "SetOf",
    "dependents",
    "named",
    "named_by",
    "offer",
    "offered_kind",
    "offers",
    "references",
    "register",
    "with_named",
]

_KINDS: dict[Kind, KindSpec] = {}
KINDS: Mapping[Kind, KindSpec] = _KINDS
"""The descriptions by kind, in the order in which objects are created."""


def register(*specs: KindSpec) -> None:
    """Makes descriptions known. The order of creation follows from their references; where those leave it open, from the order here.

    Raises ValueError when references go round in a circle or name a kind that nobody describes.
    """
    known = {spec.kind: spec for spec in (*_KINDS.values(), *specs)}
    ordered: dict[Kind, KindSpec] = {}
    while len(ordered) < len(known):
        ready = [s for s in known.values() if s.kind not in ordered and _referred(s) <= ordered.keys()]
        if not ready:
            raise ValueError("kinds that refer to each other, or to none that is described")
        ordered[ready[0].kind] = ready[0]
    _KINDS.clear()
    _KINDS.update(ordered)
    for rank, kind in enumerate(_KINDS):
        kind.rank = rank
    for known_of_kinds in (_way, offered_kind):
        known_of_kinds.cache_clear()


def _referred(spec: KindSpec) -> set[Kind]:
    return {Kind(reference.kind) for reference in spec.references}


Place = tuple[str | int, ...]


def references(kind: Kind, body: Body) -> Iterator[tuple[Ref, Place]]:
    """Every object that a manifest body names, with the place of the name, in document order."""
    for reference in KINDS[kind].references:
        for key, place in _values(body, reference.path, ()):
            yield Ref(Kind(reference.kind), key), place


def _values(value: object, path: MemberPath, place: Place) -> Iterator[tuple[str, Place]]:
    for depth, name in enumerate(path):  # down to the first list
        if not isinstance(value, Mapping) or name not in value:
            path = path[depth:]
            break
        value, place = value[name], (*place, name)
    else:
        path = ()
    if isinstance(value, str):
        if not path:
            yield value, place
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _values(item, path, (*place, position))


def with_named(refs: Iterable[Ref], bodies: Callable[[Ref], Iterable[Body]]) -> frozenset[Ref]:
    """These objects with all that they name, directly or by way of others. `bodies`: the manifests of an object, none of one that is not known."""
    found, waiting = set[Ref](), list(refs)
    while waiting:
        ref = waiting.pop()
        if ref not in found:
            found.add(ref)
            waiting += [other for body in bodies(ref) for other, _ in references(ref.kind, body)]
    return frozenset(found)


def named(kind: Kind, normal: Body | None, reference: Reference) -> frozenset[str]:
    """The keys that a body in normal form names by one of its kind's references. Lists distinguished by a member are maps there."""
    return frozenset(_named(kind, normal, reference.path)) if normal is not None else frozenset()


def named_by(kind: Kind, normal: Body | None) -> tuple[tuple[Reference, Ref], ...]:
    """Every object that a body in normal form names, with the reference by which it does."""
    found: list[tuple[Reference, Ref]] = []
    for reference in KINDS[kind].references:
        other = Kind(reference.kind)
        found += [(reference, Ref(other, key)) for key in named(kind, normal, reference)]
    return tuple(found)


def named_refs(kind: Kind, normal: Body | None) -> Iterator[Ref]:
    """The same without the references."""
    return (ref for _, ref in named_by(kind, normal))


def _named(kind: Kind, normal: Body, path: MemberPath) -> Iterator[str]:
    here: list[object] = [normal]
    for name, is_map, names in _way(kind, path):
        inner = [found for one in here if isinstance(one, Mapping) and (found := one.get(name))]
        if names:
            return (key.partition("@")[0] for keyed in inner for key in keyed)
        here = [one for keyed in inner for one in keyed.values()] if is_map else inner
        if not here:
            break
    return (key for one in here for key in _keys(one))


def _keys(value: object) -> Sequence[str]:
    """The keys at the end of a way: one, or several in a list."""
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, list | tuple) else ()


@functools.cache
def _way(kind: Kind, path: MemberPath) -> tuple[tuple[str, bool, bool], ...]:
    """The members that a path leads through in a normal form: whether one is a list of the manifest that is a map there, and whether its keys are
    what the path leads to.
    """
    rules = [KINDS[kind].lists.get(path[:depth]) for depth in range(1, len(path) + 1)]
    return tuple(
        (path[depth], isinstance(rule, Keyed), isinstance(rule, Keyed) and path[depth + 1 :] == (rule.by,))
        for depth, rule in enumerate(rules)
    )


def dependents(kind: Kind) -> Iterator[tuple[Kind, Reference]]:
    """Who may name objects of this kind, and how, in the order of creation."""
    for spec in KINDS.values():
        for reference in spec.references:
            if reference.kind == kind:
                yield spec.kind, reference


@functools.cache
def offered_kind(kind: Kind) -> Kind | None:
    """The kind whose versions are assigned to versions of this one by calls of their own; None where there is none."""
    return next((Kind(r.kind) for r in KINDS[kind].references if r.assigned), None)


def offers(normal: Body | None) -> Mapping[str, Offer]:
    """What a version in normal form offers, by key; nothing where there is no version, or none of its kind offers anything."""
    return cast("Mapping[str, Offer]", (normal or {}).get("addons") or {})


register(meter.SPEC, feature.SPEC, addon.SPEC, plan.SPEC, notification_channel.SPEC, notification_rule.SPEC)
