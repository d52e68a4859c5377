"""A short manifest of what is to go: `kind`, the key and `lifecycle` are enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned

from catalogsync import manifests
from catalogsync.app.check import check
from catalogsync.app.diff import diff
from catalogsync.core.changes import Action
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.openmeter.kinds import KINDS, PLAN
from catalogsync.sandbox import Sandbox

GONE = [
    (kind, lifecycle)
    for kind in Kind
    for lifecycle in KINDS[kind].lifecycles
    if lifecycle in (Lifecycle.ARCHIVED, Lifecycle.DELETED)
]
PRESENT = [
    (kind, lifecycle)
    for kind in Kind
    for lifecycle in KINDS[kind].lifecycles
    if lifecycle in (Lifecycle.PUBLISHED, Lifecycle.DRAFT)
]


def tombstone(kind: Kind, key: str, lifecycle: str) -> str:
    return f"kind: {kind}\n{KINDS[kind].identity}: {key}\nlifecycle: {lifecycle}\n"


def codes(folder: Path, text: str) -> set[str]:
    path = folder / "one.yaml"
    path.write_text(text, "utf-8")
    return {one.code for one in check((path,)).diagnostics}


@pytest.mark.parametrize(("kind", "lifecycle"), GONE)
def test_nothing_else_has_to_be_said(tmp_path: Path, kind: Kind, lifecycle: Lifecycle) -> None:
    assert codes(tmp_path, tombstone(kind, "gone", lifecycle)) == set()
    assert not diff(tmp_path, tmp_path).changes


@pytest.mark.parametrize(("kind", "lifecycle"), PRESENT)
def test_what_stays_is_said_whole(tmp_path: Path, kind: Kind, lifecycle: Lifecycle) -> None:
    assert "manifest-missing-field" in codes(tmp_path, tombstone(kind, "here", lifecycle))


@pytest.mark.parametrize(("kind", "lifecycle"), GONE)
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("gone", "'Not A Key'", "manifest-"),
        ("lifecycle: ", "lifecycle: x", "manifest-"),
        ("lifecycle:", "lifecycl:", "manifest-"),
    ],
)
def test_a_mistake_in_one_is_found(
    tmp_path: Path, kind: Kind, lifecycle: Lifecycle, old: str, new: str, code: str
) -> None:
    said = codes(tmp_path, tombstone(kind, "gone", lifecycle).replace(old, new))
    assert any(one.startswith(code) for one in said), said


@pytest.mark.parametrize(
    ("lifecycle", "kind", "key", "action"),
    [
        ("archived", PLAN, "pro", Action.ARCHIVE),
        ("deleted", PLAN, "pro", Action.DELETE),
    ],
)
def test_it_plans_the_removal_of_that_and_nothing_else(
    tmp_path: Path, lifecycle: str, kind: Kind, key: str, action: Action
) -> None:
    client = client_of(Sandbox(seed=1))
    assert apply(planned(catalog_of(EXAMPLE), client), client).complete
    (tmp_path / "gone.yaml").write_text(tombstone(kind, key, lifecycle), "utf-8")
    catalog = manifests.load([tmp_path]).catalog
    plan = planned(catalog, client)
    assert [(change.action, change.ref.kind, change.ref.key) for change in plan.changes] == [
        (action, kind, key)
    ]
    assert apply(plan, client).complete
    assert planned(catalog, client).is_empty
