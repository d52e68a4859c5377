"""A key that vanished while a new one with like content came: a rename that the server does not know, and what it means for customers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.plan import Plan
from catalogsync.openmeter.kinds import KINDS

_ALIKE, _ALIKE_BY_NAME = 0.75, 0.5
"""The share of the content that two objects have in common from which on one may be the other's new name; and where their names are equal."""
_ASIDE = frozenset({"name", "description", "metadata", "key", "slug"})

Leaves = Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Rename:
    """What may be a rename."""

    old: Ref
    new: Ref


def possible(plan: Plan, catalog: Catalog, live: LiveState, vanished: Iterable[Ref]) -> tuple[Rename, ...]:
    """New objects of a plan with the live ones that no manifest names any more and that say nearly the same; each at most once, in order."""
    created = [one.ref for one in plan.changes if one.action is Action.CREATE]
    old = {ref: body for ref in vanished if (body := _live(ref, live)) is not None} if created else {}
    kinds = {ref.kind for ref in old}
    new = {
        ref: _said(normalize.desired(catalog.resources[ref], catalog)) for ref in created if ref.kind in kinds
    }
    found = [
        (-alike, one, other)
        for one, before in old.items()
        for other, after in new.items()
        if one.kind == other.kind and (alike := _alike(before, after)) > 0
    ]
    left, fresh, pairs = set(old), set(new), list[Rename]()
    for _, one, other in sorted(found):
        if one in left and other in fresh:
            pairs.append(Rename(one, other))
            left.remove(one)
            fresh.remove(other)
    return tuple(sorted(pairs, key=lambda pair: pair.new))


def findings(pairs: Iterable[Rename], catalog: Catalog, pruned: frozenset[Ref]) -> Iterator[Diagnostic]:
    """What is said of each. `pruned`: the objects that the plan removes because no file describes them."""
    for pair in pairs:
        spec = KINDS[pair.old.kind]
        goes = "is removed" if pair.old in pruned else "stays live, and no file describes it"
        yield Diagnostic(
            "possible-rename",
            Severity.WARNING,
            f"{pair.new} is new and says nearly what {pair.old} says, which {goes}: a rename?",
            catalog.resources[pair.new].origin.begin(),
            detail=f"The server knows no renames: it gets another {spec.title}. {spec.renamed}",
            hint=f"keep the key {pair.old.key} if it is the same {spec.title}; else nothing is to be done",
            subject=str(pair.new),
        )


def _live(ref: Ref, live: LiveState) -> _Said | None:
    group = live.group(ref)
    shown = group.active or group.draft
    return None if shown is None else _said(normalize.live(shown, live))


class _Said(NamedTuple):
    """What an object says: its name, and each value of its content with its path."""

    name: object
    leaves: Leaves


def _said(body: Body) -> _Said:
    return _Said(body.get("name"), _leaves({n: v for n, v in body.items() if n not in _ASIDE}))


def _alike(before: _Said, after: _Said) -> float:
    """How much of the content is common, from 0 to 1; 0 where it is too little."""
    old, new = before.leaves, after.leaves
    named = before.name == after.name
    count = len(old) + len(new)
    if not count:  # nothing but a name
        return float(named)
    common = 2 * sum(new.get(path) == value for path, value in old.items()) / count
    return common if common >= (_ALIKE_BY_NAME if named else _ALIKE) else 0


def _leaves(value: object, path: tuple[str, ...] = ()) -> Leaves:
    """Each value that says something with its path."""
    if isinstance(value, Mapping):
        items: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    else:
        return {} if value is None else {path: str(value)}
    return {
        place: leaf for name, inner in items for place, leaf in _leaves(inner, (*path, str(name))).items()
    }
