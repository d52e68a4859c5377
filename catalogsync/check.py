"""One call for everything that can be said of a catalog offline: structure, the server's rules, lint. Sorted, one per cause."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalogsync import manifests
from catalogsync.diagnostics import Diagnostic, in_order
from catalogsync.model import Catalog
from catalogsync.validate import validate


@dataclass(frozen=True, slots=True)
class LintSettings:
    """Severities by code (error, warning, note, off), and the day on which waivers are judged."""

    severities: Mapping[str, str] = field(default_factory=dict)
    today: datetime.date = datetime.date.min


@dataclass(frozen=True, slots=True)
class Checked:
    """A catalog and what is to be said of it."""

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]


def check(
    paths: Sequence[Path], *, overlays: Sequence[Path] = (), settings: LintSettings | None = None
) -> Checked:
    """Loads and checks. Never raises on bad input."""
    loaded = manifests.load(paths, overlays=overlays)
    found = validate(loaded.catalog, broken=loaded.broken, complete=loaded.complete)
    return Checked(loaded.catalog, in_order((*loaded.diagnostics, *found)))
