"""catalogsync keeps an OpenMeter billing catalog in git and makes a live OpenMeter agree with it.

    from catalogsync import Catalog, OpenMeter, plan, apply, export, drift

docs/reference/library.md shows each. Here stands what a program may rely on, and nothing else; what a name needs is loaded when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogsync.app.export import Export
    from catalogsync.app.library import Catalog, Plan, apply, drift, export, plan
    from catalogsync.app.server import OpenMeter
    from catalogsync.core.diagnostics import Diagnostic
    from catalogsync.core.errors import CatalogsyncError, InvalidCatalog, Refused, TargetError, UsageError
    from catalogsync.core.report import Outcome, RunReport
    from catalogsync.planner.drift import Drift

__all__ = [
    "Catalog",
    "CatalogsyncError",
    "Diagnostic",
    "Drift",
    "Export",
    "InvalidCatalog",
    "OpenMeter",
    "Outcome",
    "Plan",
    "Refused",
    "RunReport",
    "TargetError",
    "UsageError",
    "apply",
    "drift",
    "export",
    "plan",
]

__version__ = "0.1.0"

_HOMES = {
    "catalogsync.app.export": ("Export",),
    "catalogsync.app.library": ("Catalog", "Plan", "apply", "drift", "export", "plan"),
    "catalogsync.app.server": ("OpenMeter",),
    "catalogsync.core.diagnostics": ("Diagnostic",),
    "catalogsync.core.errors": ("CatalogsyncError", "InvalidCatalog", "Refused", "TargetError", "UsageError"),
    "catalogsync.core.report": ("Outcome", "RunReport"),
    "catalogsync.planner.drift": ("Drift",),
}


def __getattr__(name: str) -> object:
    import importlib

    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))
