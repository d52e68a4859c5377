"""Members that are live, that no manifest has and that no call can remove: a meter's description (docs/server/meters.md#update). A plan has nothing
to do about them; who moved is another question. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from catalogsync import normalize
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.model import Catalog, Kind, Lifecycle, LiveState, Ref
from catalogsync.openmeter.kinds import KINDS

CODE = "meter-description-kept"
"""The code of what a plan says of them."""
Kept = Mapping[Ref, tuple[FieldChange, ...]]


def members(kind: Kind) -> frozenset[str]:
    """The members that stay and that reads show: a secret is not shown."""
    spec = KINDS[kind]
    return spec.kept - {secret.path[0] for secret in spec.secrets}


def kept(catalog: Catalog, live: LiveState) -> Kept:
    """What of each object is live, is not in the catalog and cannot be removed, as changes live → catalog."""
    found = {}
    for resource in catalog:
        names, shown = members(resource.ref.kind), live.active(resource.ref)
        if not names or shown is None or resource.lifecycle is not Lifecycle.PUBLISHED:
            continue
        expected, observed = normalize.desired(resource, catalog), normalize.live(shown, live)
        fields = tuple(
            FieldChange(name, observed[name], None)
            for name in sorted(names)
            if name in observed and name not in expected
        )
        if fields:
            found[resource.ref] = fields
    return found


def joined(changes: Iterable[Change], more: Kept) -> Mapping[Ref, Change]:
    """The changes by object, with these fields too."""
    found = {change.ref: change for change in changes}
    for ref, fields in more.items():
        there = found.get(ref) or Change(Action.UPDATE, ref, (), "no call can remove it")
        found[ref] = replace(there, fields=tuple(sorted((*there.fields, *fields), key=lambda one: one.path)))
    return found
