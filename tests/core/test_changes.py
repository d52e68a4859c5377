"""A change with its place."""

from __future__ import annotations

from dataclasses import fields, replace

from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.model import Ref
from catalogsync.openmeter.kinds import FEATURE

WHOLE = Change(
    Action.UPDATE,
    Ref(FEATURE, "api"),
    (FieldChange("name", "a", "b"),),
    "changes in place",
    3,
    SourceRef("a.yaml", 1, 1),
    "differs",
)


def test_a_change_keeps_everything_but_its_place() -> None:
    plain = Change(Action.CREATE, WHOLE.ref)
    assert all(
        getattr(WHOLE, one.name) != getattr(plain, one.name) for one in fields(Change) if one.name != "ref"
    )
    there = SourceRef("b.yaml", 7, 1)
    assert [getattr(WHOLE.at(there), one.name) for one in fields(Change)] == [
        getattr(replace(WHOLE, where=there), one.name) for one in fields(Change)
    ]
