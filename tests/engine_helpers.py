"""What the tests of the engine's hands share: a sandbox with a client, a catalog from text, and one run of plan and apply."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from catalogsync import executor, manifests
from catalogsync.core.model import Catalog
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.core.report import RunReport
from catalogsync.planner import make_plan, undo
from catalogsync.sandbox import Sandbox
from catalogsync.store import planfile
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, Client, reader

EXAMPLE = Path(__file__).parents[1] / "examples" / "catalog"
TARGET = TargetIdentity("http://sandbox.localhost")


def client_of(sandbox: Sandbox, **more) -> Client:
    """A client that never sleeps and makes one call after the other, unless `workers` are more."""
    options = {"workers": 1, "wait": lambda _seconds: None, "jitter": lambda: 0.5, **more}
    return Client("http://sandbox.localhost", transport=sandbox.transport(), **options)


def catalog_of(*places: Path, overlays: tuple[Path, ...] = ()) -> Catalog:
    """A catalog without errors."""
    return _example() if places == (EXAMPLE,) and not overlays else _loaded(places, overlays)


@functools.cache
def _example() -> Catalog:
    return _loaded((EXAMPLE,), ())


def _loaded(places: tuple[Path, ...], overlays: tuple[Path, ...]) -> Catalog:
    found = manifests.load(list(places), overlays=list(overlays))
    assert [d for d in found.diagnostics if d.is_error] == []
    return found.catalog


def written(folder: Path, text: str) -> Catalog:
    """The catalog of one file."""
    path = folder / "catalog.yaml"
    path.write_text(text, "utf-8")
    return catalog_of(path)


def planned(catalog: Catalog, client: Client) -> Plan:
    """The plan for what is live now."""
    plan = make_plan(catalog, reader.read(client), TARGET)
    assert not plan.blocked, plan.diagnostics
    return plan


def saved(plan: Plan, path: Path) -> Plan:
    """The plan as it comes back from its file."""
    planfile.save(plan, path)
    return planfile.load(path)


def apply(plan: Plan, client: Client, **more: Any) -> RunReport:
    """Carries out a plan, with the secrets of this process's environment."""
    return executor.apply(plan, V1(client), Secrets(os.environ), **more)


def undoing(plan: Plan, client: Client) -> Plan:
    """The rollback plan of a plan, for what is live now."""
    live = reader.read(client)
    back = undo.way_back(plan, live, "plan.json")
    return undo.with_findings(make_plan(back.catalog, live, TARGET, back.options), back)


def settle(catalog: Catalog, client: Client) -> RunReport:
    """Plans, applies, and holds that nothing is left to do."""
    report = apply(planned(catalog, client), client)
    assert report.complete, report.outcomes
    assert planned(catalog, client).steps == ()
    return report
