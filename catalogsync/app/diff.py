"""Two catalogs, without a server."""

from __future__ import annotations

from pathlib import Path

from catalogsync import manifests
from catalogsync.core.changes import Change
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import Catalog
from catalogsync.planner.diff import diff_catalogs


def diff(before: Path, after: Path) -> tuple[Change, ...]:
    """In what the catalog at `after` differs from the one at `before`. Raises InvalidCatalog."""
    return tuple(diff_catalogs(_catalog(before), _catalog(after)))


def _catalog(path: Path) -> Catalog:
    loaded = manifests.load((path,))
    if any(d.is_error for d in loaded.diagnostics):
        raise InvalidCatalog(loaded.diagnostics)
    return loaded.catalog
