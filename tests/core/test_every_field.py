"""Each single field of each object of the example catalog, changed in turn: the right class, and a plan that is honest about its end.

That the plans are carried out and leave nothing to do is held by the same walk in `acceptance/test_every_field_on_the_sandbox.py`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sandboxworld import SandboxWorld
from schema_edits import edits, replaced

from catalogsync import manifests, normalize
from catalogsync.core.changes import Action
from catalogsync.core.model import Kind
from catalogsync.core.plan import TargetIdentity
from catalogsync.openmeter.kinds import KINDS, METER
from catalogsync.planner import PlanOptions, make_plan

pytestmark = pytest.mark.counted

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
TARGET = TargetIdentity("http://twin.invalid")


@pytest.fixture(scope="module")
def world():
    loaded = manifests.load([EXAMPLE])
    assert not [d for d in loaded.diagnostics if d.is_error]
    twin = SandboxWorld()
    twin.run(make_plan(loaded.catalog, twin.read(), TARGET))
    return loaded.catalog, twin.read()


def expected_action(resource, edit) -> Action:
    """The class that the semantics give: features filter on the dimensions that the example's meters have, so those cannot go."""
    used = edit.deed == "remove" and edit.path == ("groupBy",)
    used = used and resource.ref.key in ("llm_tokens", "report_exports")
    if used or edit.path[0] in KINDS[resource.ref.kind].fixed:
        return Action.IMPOSSIBLE
    return Action.NEW_VERSION if KINDS[resource.ref.kind].versioned else Action.UPDATE


@pytest.mark.parametrize("kind", list(Kind))
def test_every_single_field(world, kind):
    catalog, live = world
    counted: Counter[str] = Counter()
    revealed = PlanOptions(reveal=lambda _: "whsec_changed")
    for resource in catalog.of(kind):
        for edit in edits(resource):
            changed = replaced(catalog, resource, edit.body)
            before = normalize.desired(resource, catalog)
            same = normalize.desired(changed.resources[resource.ref], changed) == before
            plan = make_plan(changed, live, TARGET, revealed)
            told = [c.action for c in plan.changes if c.ref == resource.ref]
            kept = kind is METER and edit.deed == "remove" and edit.path == ("description",)
            if kept or (same and edit.path != ("signingSecret",)):
                assert told == [], edit
                counted["a default written out or left out, or a text that cannot go"] += 1
                continue
            assert told == [expected_action(resource, edit)], edit
            counted[str(told[0])] += 1
    print(f"{kind}: {sum(counted.values())} single fields: {dict(sorted(counted.items()))}")
