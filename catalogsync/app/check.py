"""One call for everything that can be said of a catalog offline: structure, the server's rules, lint. Sorted, one per cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync import manifests
from catalogsync.checks.lint import LintSettings, lint
from catalogsync.checks.validate import validate
from catalogsync.core import gc_pause
from catalogsync.core.diagnostics import Diagnostic, in_order
from catalogsync.core.model import Catalog

__all__ = ["Checked", "LintSettings", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A catalog and what is to be said of it."""

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]


def check(
    paths: Sequence[Path], *, overlays: Sequence[Path] = (), settings: LintSettings | None = None
) -> Checked:
    """Loads and checks. Never raises on bad input."""
    with gc_pause.paused():
        loaded = manifests.load(paths, overlays=overlays)
        found = validate(loaded.catalog, loaded.gaps)
        faulty = frozenset(one.subject for one in (*loaded.diagnostics, *found) if one.is_error)
        whole = not loaded.gaps.any and not faulty
        costs = lint(loaded.catalog, settings or LintSettings(), faulty=faulty, whole=whole)
        return Checked(loaded.catalog, in_order((*loaded.diagnostics, *found, *costs)))
