"""Each single field of each object of the example catalog, changed in turn: the right class, carried out, and then nothing left to do."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path

import pytest
from sandboxworld import SandboxWorld
from schema_edits import edits, replaced

from catalogsync import manifests, normalize
from catalogsync.checks.validate import validate
from catalogsync.core.changes import Action
from catalogsync.core.model import NO_GAPS, Kind
from catalogsync.core.plan import TargetIdentity
from catalogsync.openmeter.kinds import KINDS, METER
from catalogsync.planner import PlanOptions, check_plan, desired_states, make_plan

pytestmark = pytest.mark.counted

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
TARGET = TargetIdentity("http://twin.invalid")


@pytest.fixture(scope="module")
def world():
    loaded = manifests.load([EXAMPLE])
    assert not [d for d in loaded.diagnostics if d.is_error]
    twin = SandboxWorld()
    twin.run(make_plan(loaded.catalog, twin.read(), TARGET))
    return loaded.catalog, twin


def expected_action(resource, edit) -> Action:
    """The class that the semantics give: features filter on the dimensions that the example's meters have, so those cannot go."""
    used = edit.deed == "remove" and edit.path == ("groupBy",)
    used = used and resource.ref.key in ("llm_tokens", "report_exports")
    if used or edit.path[0] in KINDS[resource.ref.kind].fixed:
        return Action.IMPOSSIBLE
    return Action.NEW_VERSION if KINDS[resource.ref.kind].versioned else Action.UPDATE


@pytest.mark.parametrize("kind", list(Kind))
def test_every_single_field(world, kind):
    catalog, twin = world
    counted: Counter[str] = Counter()
    revealed = PlanOptions(reveal=lambda _: "whsec_changed")
    for resource in catalog.of(kind):
        for edit in edits(resource):
            changed = replaced(catalog, resource, edit.body)
            before = normalize.desired(resource, catalog)
            same = normalize.desired(changed.resources[resource.ref], changed) == before
            plan = make_plan(changed, twin.read(), TARGET, revealed)
            told = [c.action for c in plan.changes if c.ref == resource.ref]
            kept = kind is METER and edit.deed == "remove" and edit.path == ("description",)
            if kept or (same and edit.path != ("signingSecret",)):
                assert told == [], edit
                counted["a default written out or left out, or a text that cannot go"] += 1
                continue
            assert told == [expected_action(resource, edit)], edit
            counted[str(told[0])] += 1
            if plan.blocked:
                continue
            assert check_plan(plan, desired_states(changed, twin.read(), revealed)) == (), edit
            after = copy.deepcopy(twin)
            if "taxCodeId" in edit.path or any(d.is_error for d in validate(changed, NO_GAPS)):
                counted["refused by validate before any plan, or a tax code that only a server knows"] += 1
                continue
            after.run(plan)
            assert make_plan(changed, after.read(), TARGET).steps == (), edit
    print(f"{kind}: {sum(counted.values())} single fields: {dict(sorted(counted.items()))}")
