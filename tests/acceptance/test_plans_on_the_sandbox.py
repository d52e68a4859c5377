"""Plans carried out on the embedded OpenMeter, call by call: what is planned is what the server does, and then nothing is left to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_helpers import apply, client_of
from hypothesis import HealthCheck, Phase, given, settings
from sandboxworld import SandboxWorld
from strategies import catalogs

from catalogsync import manifests
from catalogsync.core.model import Catalog
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.manifests.export import export
from catalogsync.planner import make_plan, transitions
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
TARGET = TargetIdentity("http://sandbox.invalid")
quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),
)


def planned(catalog: Catalog, world: SandboxWorld) -> Plan:
    """A plan, which the planner itself proves honest."""
    return make_plan(catalog, world.read(), TARGET)


def reached(plan: Plan, world: SandboxWorld) -> None:
    """Everything stands where the fold of the steps says."""
    live = world.read()
    for ref, states in transitions.fold(plan).items():
        assert transitions.agrees(ref, states[-1], live), (ref, states[-1], transitions.seen(ref, live))


def loaded(files, folder: Path) -> Catalog:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = manifests.load([folder])
    assert [d for d in found.diagnostics if d.is_error] == []
    return found.catalog


@quick
@given(catalogs(lifecycles=False))
def test_apply_plan_export_plan(tmp_path_factory, catalog):
    world = SandboxWorld()
    plan = planned(catalog, world)
    world.run(plan)
    reached(plan, world)
    assert planned(catalog, world).steps == ()
    exported = export(world.read())
    if not exported.files or exported.diagnostics:
        return
    again = loaded(exported.files, tmp_path_factory.mktemp("export"))
    assert planned(again, world).steps == ()
    other = SandboxWorld()
    other.run(planned(again, other))
    assert export(other.read()).files == exported.files


def uncertain(plan: Plan) -> bool:
    """Whether the plan says itself that the server may refuse for reasons that cannot be read."""
    return any(d.code in ("channel-use-unseen", "addon-deletion-uncertain") for d in plan.diagnostics)


@pytest.mark.unmeasured
@settings(quick, max_examples=50)
@given(catalogs(), catalogs())
def test_the_executor_reaches_a_changed_catalog(first, second):
    client = client_of(Sandbox())
    for catalog in (first, second):
        plan = make_plan(catalog, reader.read(client), TARGET)
        if plan.blocked or uncertain(plan):
            return
        report = apply(plan, client)
        assert report.complete, [one for one in report.outcomes if not one.status.is_good]
        assert make_plan(catalog, reader.read(client), TARGET).steps == ()


def test_the_example_is_applied_and_exported_the_same(tmp_path):
    catalog = manifests.load([EXAMPLE]).catalog
    world, other = SandboxWorld(), SandboxWorld()
    world.run(planned(catalog, world))
    assert planned(catalog, world).steps == ()
    exported = export(world.read())
    assert exported.diagnostics == ()
    again = loaded(exported.files, tmp_path)
    assert planned(again, world).steps == ()
    other.run(planned(again, other))
    assert export(other.read()).files == exported.files
