"""Each single field of each object of the example catalog, changed in turn on the embedded OpenMeter, and changed back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fieldwalk import edits, replaced
from sandboxworld import RefusedBySandbox, SandboxWorld

from catalogsync import manifests
from catalogsync.model import Kind
from catalogsync.plan import Target
from catalogsync.planner import make_plan

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
TARGET = Target("http://sandbox.invalid")


@pytest.mark.parametrize("kind", Kind)
def test_every_single_field(kind, capsys):
    catalog = manifests.load([EXAMPLE]).catalog
    world = SandboxWorld()
    world.run(make_plan(catalog, world.read(), TARGET))
    counted: Counter[str] = Counter()
    for resource in catalog.of(kind):
        for number, edit in enumerate(edits(resource)):
            if number % 20 == 19:  # old versions pile up, and reading them takes time
                world = SandboxWorld()
                world.run(make_plan(catalog, world.read(), TARGET))
            changed = replaced(catalog, resource, edit.body)
            plan = make_plan(changed, world.read(), TARGET)
            if plan.blocked or plan.is_empty:
                counted["impossible" if plan.blocked else "nothing to do"] += 1
                continue
            try:
                world.run(plan)
            except RefusedBySandbox as refusal:
                assert "→ 400" in str(refusal), (edit, str(refusal))
                counted["content that the server refuses"] += 1
            else:
                assert make_plan(changed, world.read(), TARGET).steps == (), edit
                counted["applied, then nothing to do"] += 1
            world.run(make_plan(catalog, world.read(), TARGET))
            assert make_plan(catalog, world.read(), TARGET).steps == (), edit
    with capsys.disabled():
        print(f"\n{kind}: {sum(counted.values())} single fields: {dict(sorted(counted.items()))}")
