"""The example catalog on an OpenMeter of your own: CATALOGSYNC_TEST_SERVER names its URL, e.g. http://127.0.0.1:8888.

Keys are fresh in every run, so the server need not be empty. What a run makes it removes, as far as the server removes anything: versions
that were published and features stay there archived. Not for a server that bills anybody.
"""

from __future__ import annotations

import os
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_helpers import TARGET, apply
from proxy import Break, BreakingProxy
from scenarios import catalog_for

from catalogsync import manifests
from catalogsync.core.errors import Refused, TargetError
from catalogsync.core.model import Catalog, Kind, Lifecycle, Ref
from catalogsync.core.plan import Plan
from catalogsync.manifests.export import export
from catalogsync.openmeter.kinds import ADDON, FEATURE, PLAN
from catalogsync.planner import make_plan
from catalogsync.targets.v1 import Client, reader

URL = os.environ.get("CATALOGSYNC_TEST_SERVER", "")
pytestmark = pytest.mark.skipif(not URL, reason="CATALOGSYNC_TEST_SERVER names no OpenMeter")
GOES = {kind: Lifecycle.ARCHIVED if kind in (FEATURE, ADDON, PLAN) else Lifecycle.DELETED for kind in Kind}
MOST = 40
"""How often a person applies before giving up."""


def renamed(catalog: Catalog, mark: str) -> Catalog:
    """The same catalog with `mark` before every key."""
    keys = {ref.key: f"{mark}_{ref.key}" for ref in catalog.resources}

    def marked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: marked(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [marked(one) for one in value]
        return keys.get(value, value) if isinstance(value, str) else value

    found = [replace(r, ref=Ref(r.ref.kind, keys[r.ref.key]), body=marked(r.body)) for r in catalog]
    return Catalog({resource.ref: resource for resource in sorted(found, key=lambda one: one.ref)})


def gone(catalog: Catalog) -> Catalog:
    """The same objects, all of them wished away."""
    return Catalog({r.ref: replace(r, lifecycle=GOES[r.ref.kind]) for r in catalog})


@pytest.fixture
def client() -> Iterator[Client]:
    found = Client(URL)
    yield found
    found.close()


@pytest.fixture
def mark(client: Client) -> Iterator[str]:
    """What the keys of one test begin with; what they name is removed when it ends."""
    found = "t" + uuid.uuid4().hex[:10]
    yield found
    applied(gone(renamed(catalog_for("first"), found)), client)


def planned(catalog: Catalog, client: Client) -> Plan:
    plan = make_plan(catalog, reader.read(client), TARGET)
    assert not plan.blocked, plan.diagnostics
    return plan


def applied(catalog: Catalog, client: Client) -> None:
    """Applies, and holds that nothing is left to do."""
    report = apply(planned(catalog, client), client)
    assert report.complete, [one for one in report.outcomes if not one.status.is_good]
    assert planned(catalog, client).steps == ()


def stored(mark: str, client: Client) -> Counter[Ref]:
    """How many versions there are of each plan and add-on of a mark, and how many channels and rules under one key."""
    live = reader.read(client)
    found = Counter[Ref]()
    for ref, group in live.groups.items():
        if ref.key.startswith(mark):
            found[ref] = sum(one is not None for one in (group.active, group.draft, *group.archived))
    for one in live.unmatched:
        found[Ref(one.kind, one.key)] += 1
    return +found


def test_apply_change_export_remove(client: Client, mark: str, tmp_path: Path) -> None:
    applied(renamed(catalog_for("first"), mark), client)
    applied(renamed(catalog_for("update"), mark), client)
    files = {name: text for name, text in export(reader.read(client)).files.items() if mark in name}
    assert len(files) == len(catalog_for("update").resources)
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert planned(manifests.load([tmp_path]).catalog, client).steps == ()


def test_a_plan_stopped_anywhere_is_finished_by_the_same_plan(client: Client, mark: str) -> None:
    catalog = renamed(catalog_for("first"), mark)
    plan = planned(catalog, client)
    draw = random.Random(len(plan.steps))
    stop = 0
    while stop < len(plan.steps):
        stop += draw.randint(1, 6)
        assert apply(replace(plan, steps=plan.steps[:stop]), client).complete
    assert {str(one.status) for one in apply(plan, client).outcomes} == {"already"}
    assert planned(catalog, client).steps == ()


@pytest.mark.parametrize("seed", range(3))
def test_connections_that_break(client: Client, mark: str, seed: int) -> None:
    draw = random.Random(seed)
    kinds = [kind for kind in Break if kind not in (Break.LATE, Break.OVERDUE)]
    wished = [renamed(catalog_for(job), mark) for job in ("first", "update")]
    with BreakingProxy(
        URL, lambda _method: draw.choice(kinds) if draw.random() < 0.3 else None, pause=0
    ) as proxy:
        through = Client(proxy.url, timeout=10, wait=lambda _seconds: None)
        for catalog in wished:
            persisted(catalog, through)
        through.close()
    assert proxy.broken.total() > 10
    assert planned(wished[-1], client).steps == ()
    changed = {ref for ref in wished[-1].resources if ref.kind in (ADDON, PLAN)}
    assert max(stored(mark, client).values()) == 2
    assert all(stored(mark, client)[ref] <= 2 for ref in changed)


def persisted(catalog: Catalog, client: Client) -> None:
    """Plans and applies until it is done."""
    for _ in range(MOST):
        try:
            plan = make_plan(catalog, reader.read(client), TARGET)
            assert not plan.blocked, plan.diagnostics
            if apply(plan, client).complete:
                return
        except Refused as refused:
            assert refused.code == "refused-stale", refused
        except TargetError:
            pass
    raise AssertionError(f"not done in {MOST} runs")
