"""Two catalogs, without a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync import manifests, normalize
from catalogsync.app import only, places
from catalogsync.app.review import NOTHING_ASKED, Asked, Review
from catalogsync.core.canon import Body
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import Catalog, Ref
from catalogsync.openmeter.kinds import references
from catalogsync.planner.diff import diff_catalogs


@dataclass(frozen=True, slots=True)
class Difference:
    """In what two catalogs differ, and what that means in money. `notes`: what else differs, where only a part was asked for."""

    changes: tuple[Change, ...]
    review: Review
    notes: tuple[Diagnostic, ...] = ()


def diff(before: Path, after: Path, asked: Asked = NOTHING_ASKED, patterns: Sequence[str] = ()) -> Difference:
    """In what the catalog at `after` differs from the one at `before`: all of it, or what the patterns of KIND/KEY mean with what that names.
    Raises InvalidCatalog, and UsageError for a pattern that means nothing.
    """
    old, new = _catalog(before), _catalog(after)
    every = places.placed(diff_catalogs(old, new), new, old)
    part = _part(only.chosen(patterns, old, new), old, new)
    changes = tuple(one for one in every if part is None or one.ref in part)
    bodies = {change.ref: (_body(old, change.ref), _body(new, change.ref)) for change in changes}
    left = [str(one.ref) for one in every if one not in changes]
    noted = (
        Diagnostic(
            "only-waits", Severity.NOTE, f"outside --only, {len(left)} more differ: {', '.join(left)}"
        ),
    )
    return Difference(changes, Review(changes, bodies, asked), noted if left else ())


def _part(chosen: frozenset[Ref] | None, *catalogs: Catalog) -> frozenset[Ref] | None:
    """The chosen objects and all that they name, directly or by way of others."""
    if chosen is None:
        return None
    found, waiting = set(chosen), list(chosen)
    while waiting:
        ref = waiting.pop()
        bodies = [one.resources[ref].body for one in catalogs if ref in one.resources]
        fresh = {other for body in bodies for other, _ in references(ref.kind, body)} - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


def _body(catalog: Catalog, ref: Ref) -> Body | None:
    resource = catalog.resources.get(ref)
    return None if resource is None else normalize.desired(resource, catalog)


def _catalog(path: Path) -> Catalog:
    loaded = manifests.load((path,))
    if any(d.is_error for d in loaded.diagnostics):
        raise InvalidCatalog(loaded.diagnostics)
    return loaded.catalog
