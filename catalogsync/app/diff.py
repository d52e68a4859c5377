"""Two catalogs, without a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalogsync import manifests, normalize
from catalogsync.app import places
from catalogsync.app.review import NOTHING_ASKED, Asked, Review
from catalogsync.core.canon import Body
from catalogsync.core.changes import Change
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import Catalog, Ref
from catalogsync.planner.diff import diff_catalogs


@dataclass(frozen=True, slots=True)
class Difference:
    """In what two catalogs differ, and what that means in money."""

    changes: tuple[Change, ...]
    review: Review


def diff(before: Path, after: Path, asked: Asked = NOTHING_ASKED) -> Difference:
    """In what the catalog at `after` differs from the one at `before`. Raises InvalidCatalog."""
    old, new = _catalog(before), _catalog(after)
    changes = places.placed(diff_catalogs(old, new), new, old)
    bodies = {change.ref: (_body(old, change.ref), _body(new, change.ref)) for change in changes}
    return Difference(changes, Review(changes, bodies, asked))


def _body(catalog: Catalog, ref: Ref) -> Body | None:
    resource = catalog.resources.get(ref)
    return None if resource is None else normalize.desired(resource, catalog)


def _catalog(path: Path) -> Catalog:
    loaded = manifests.load((path,))
    if any(d.is_error for d in loaded.diagnostics):
        raise InvalidCatalog(loaded.diagnostics)
    return loaded.catalog
