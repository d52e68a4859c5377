"""Differences in words: which fields of an object differ, by paths that a reviewer can follow. Only for pairs known to be unequal.

Maps are walked here and equal parts skipped; only lists that differ are given to deepdiff (loaded when first needed), which alone would
take a thousand times longer than `==` on whole plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter, itemgetter

from catalogsync import normalize
from catalogsync.core.canon import Body
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.model import Catalog, Lifecycle, Ref, Resource
from catalogsync.openmeter.kinds import offered_kind, offers

EARLIER, CURRENT = "an earlier version", "the current version"
"""What is said of the version of an add-on that a plan offers."""


def compare(before: Body | None, after: Body | None) -> tuple[FieldChange, ...]:
    """The fields in which two bodies in normal form differ, sorted by path. None: there is no such object."""
    if before is None or after is None:
        return tuple(_readable(_alone(before, after)))
    changes = _readable(_walk(before, after, ""))
    return tuple(sorted(changes, key=attrgetter("path")))


def _alone(before: Body | None, after: Body | None) -> Iterator[FieldChange]:
    """All of the side that is there: of a new catalog that is every object, and there is nothing to walk."""
    there = before if after is None else after
    for name, value in sorted((there or {}).items(), key=itemgetter(0)):
        if value is not None:
            yield FieldChange(name, value, None) if after is None else FieldChange(name, None, value)


def _walk(before: Body, after: Body, above: str) -> Iterator[FieldChange]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is new or old == new:
            continue
        here = above + name
        if old is None or new is None:
            yield FieldChange(here, old, new)
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _walk(old, new, f"{here}.")
        elif isinstance(old, list) and isinstance(new, list):
            yield from _lists(old, new, here)
        else:
            yield FieldChange(here, old, new)


def _lists(before: list[object], after: list[object], path: str) -> Iterator[FieldChange]:
    if not all(isinstance(item, Mapping) for item in (*before, *after)):
        yield FieldChange(path, before, after)
        return
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    for nodes in found.values():
        for node in nodes:
            place = (path, *(str(part) for part in node.path(output_format="list")))
            yield FieldChange(".".join(place), _side(node.t1), _side(node.t2))


def _side(value: object) -> object:
    """One side of a deepdiff node; its mark for "not there" becomes None."""
    return None if type(value).__name__ == "NotPresent" else value


def _readable(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """Changes without what only the machine needs: the number of an offer's version, and an order that follows from phases named already."""
    for change in changes:
        if change.path.startswith("addons."):
            yield _offer(change)
        elif change.path != "phaseOrder" or not _same_order(change.before, change.after):
            yield change


def _same_order(before: object, after: object) -> bool:
    """Whether the phases that both sides have stand in the same order."""
    old, new = (side if isinstance(side, list | tuple) else () for side in (before, after))
    return [k for k in old if k in new] == [k for k in new if k in old]


def _offer(change: FieldChange) -> FieldChange:
    if change.path.endswith(".version"):
        return FieldChange(change.path, EARLIER, CURRENT)
    return FieldChange(change.path, _without_version(change.before), _without_version(change.after))


def _without_version(value: object) -> object:
    return {n: v for n, v in value.items() if n != "version"} if isinstance(value, Mapping) else value


def diff_catalogs(a: Catalog, b: Catalog) -> tuple[Change, ...]:
    """What differs from catalog `a` to catalog `b`, object by object, sorted by Ref. Knows no server."""
    changes = []
    for ref in sorted({*a.resources, *b.resources}):
        change = _between(ref, a.resources.get(ref), b.resources.get(ref), a, b)
        if change is not None:
            changes.append(change)
    return tuple(changes)


def _between(ref: Ref, old: Resource | None, new: Resource | None, a: Catalog, b: Catalog) -> Change | None:
    before, after = _document(old, a), _document(new, b)
    moved = _moved_offers(old, new, a, b)
    if before == after and not moved:
        return None
    fields = tuple(sorted([*compare(before, after), *moved], key=lambda field: field.path))
    if old is None:
        return Change(Action.CREATE, ref, fields, "only in the second catalog")
    if new is None:
        return Change(Action.DELETE, ref, fields, "only in the first catalog")
    return Change(
        Action.UPDATE, ref, fields, f"{len(fields)} fields differ" if len(fields) != 1 else "1 field differs"
    )


def _document(resource: Resource | None, catalog: Catalog) -> Body | None:
    if resource is None:
        return None
    normal = normalize.desired(resource, catalog)
    if resource.lifecycle is Lifecycle.PUBLISHED:
        return normal
    return {**normal, "lifecycle": str(resource.lifecycle)}


def _moved_offers(old: Resource | None, new: Resource | None, a: Catalog, b: Catalog) -> list[FieldChange]:
    """What both offer and what says something else on the other side: a new version of it makes a new version of who offers it."""
    if old is None or new is None:
        return []
    offered = offered_kind(new.ref.kind)
    if offered is None:
        return []
    before, after = offers(normalize.desired(old, a)), offers(normalize.desired(new, b))
    refs = [Ref(offered, key) for key in sorted(before.keys() & after.keys())]
    return [
        FieldChange(f"addons.{ref.key}.version", EARLIER, CURRENT)
        for ref in refs
        if _document(a.resources.get(ref), a) != _document(b.resources.get(ref), b)
    ]
