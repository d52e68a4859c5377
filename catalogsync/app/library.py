"""What `from catalogsync import …` gives: the use cases on a catalog and a server that the caller holds (docs/reference/library.md).

Nothing here reads a terminal or the process environment, and nothing is printed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync.app import apply as applying
from catalogsync.app import check, environments
from catalogsync.app import drift as drifting
from catalogsync.app import export as exporting
from catalogsync.app import plan as planning
from catalogsync.app.check import Checked
from catalogsync.app.desired import Desired
from catalogsync.app.environments import Chosen
from catalogsync.app.export import Export
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import Resource
from catalogsync.core.plan import Plan as ReviewedPlan
from catalogsync.core.report import RunReport
from catalogsync.planner.drift import Drift


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the files ask for, and all that is to be said of them. Walking over it gives its objects, sorted by kind and key."""

    chosen: Chosen
    checked: Checked

    @classmethod
    def load(cls, *paths: Path | str, environment: str | None = None, strict: bool = False) -> Catalog:
        """Manifests below these files and folders (`catalog` without any), with the overlays of an environment of the `catalogsync.yaml` found
        upwards from the first, checked as `validate` checks them.

        What is wrong in the files is in `diagnostics`; with `strict` an error among them raises InvalidCatalog. Raises UsageError for a
        configuration that cannot be used or has no such environment.
        """
        chosen = environments.choose_catalog([Path(path) for path in paths], environment)
        loaded = cls(chosen, check.check_chosen(chosen, Runtime()))
        return loaded.check() if strict else loaded

    def check(self) -> Catalog:
        """The same catalog. Raises InvalidCatalog, which holds all diagnostics, when there is an error among them."""
        if not self.is_valid:
            raise InvalidCatalog(self.diagnostics)
        return self

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Errors, warnings and notes, by file, line and column."""
        return self.checked.diagnostics

    @property
    def is_valid(self) -> bool:
        """No error is among the diagnostics."""
        return self.checked.is_valid

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.checked.catalog)

    def __len__(self) -> int:
        return len(self.checked.catalog.resources)


@dataclass(frozen=True, slots=True)
class Plan(ReviewedPlan):
    """A plan that can be kept in a file: `changes` for people, `steps` in the order in which they are carried out."""

    def save(self, path: Path | str) -> None:
        """Writes the file that `apply` and `Plan.load` read. Raises CatalogsyncError when it cannot be written."""
        planning.save(self, Path(path), Runtime())

    @classmethod
    def load(cls, path: Path | str) -> Plan:
        """A saved plan. Raises Refused for a file that is none, or that was changed since."""
        return _savable(planning.load(Path(path)))


def _savable(made: ReviewedPlan) -> Plan:
    return Plan(**{field.name: getattr(made, field.name) for field in dataclasses.fields(made)})


def plan(
    catalog: Catalog,
    server: OpenMeter,
    *,
    recreate: Iterable[str] = (),
    keep: Iterable[str] = (),
    only: Sequence[str] = (),
    rehearsed: bool = False,
) -> Plan:
    """What would make the server agree with the files. Writes nothing to the server.

    `recreate`: KIND/KEY of objects that may be removed and made again; `keep`: KIND/KEY=ID of the one to keep where several live objects carry
    one key; `only`: patterns of KIND/KEY of what is planned, with what it needs; `rehearsed`: carried out on an embedded copy of what is live
    first. Raises InvalidCatalog for files with errors, UsageError for options that cannot be read, TargetError for a server that cannot be.
    """
    catalog.check()
    wanted = Desired(catalog.chosen, server.environment, catalog.checked, Runtime().clock())
    request = PlanRequest(tuple(recreate), tuple(keep), tuple(only), rehearsed)
    return _savable(planning.plan_desired(wanted, server, request))


def apply(plan: ReviewedPlan, server: OpenMeter, on_step: applying.OnStep | None = None) -> RunReport:
    """Carries out a plan on the server that it was made for, each step read back and compared; `on_step` is given each outcome as it comes.

    The report is `complete` when every step is done or was done already. A step that the server refuses is in the report; Refused is raised
    before anything is sent, for another server, for a blocked plan and for objects that moved since.
    """
    return applying.apply_plan(plan, server, on_step)


def export(server: OpenMeter, kinds: Iterable[str] = ()) -> Export:
    """Everything live of these kinds (all without any) as manifests; `write` puts them into a folder. Raises TargetError, UsageError."""
    return exporting.export_server(server, kinds)


def drift(catalog: Catalog, server: OpenMeter, against: Catalog | None = None) -> Drift:
    """Who moved, the files or the live objects: `objects` that differ, each with its `standing`; `live_only`: live objects that no file names.

    `against`: the catalog that was last applied; without it nothing tells which side moved. Writes nothing. Raises InvalidCatalog for files with
    errors, TargetError for a server that cannot be read.
    """
    catalog.check()
    before = drifting.Earlier(against.check().checked.catalog) if against is not None else None
    return drifting.compared(catalog.checked.catalog, server, before)[0]
