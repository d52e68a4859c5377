"""One description per kind, in step with the schemas; differences in words."""

from __future__ import annotations

import subprocess
import sys

import pytest
from list_rules import list_rule
from strategies import catalog, resource

from catalogsync.core.changes import Action, FieldChange
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.openmeter import schemas
from catalogsync.openmeter.kinds import FEATURE, KINDS, PLAN, references
from catalogsync.planner.diff import compare, diff_catalogs

OURS = {"kind", "lifecycle", "key", "slug", "addons"}


def members(kind: Kind) -> set[str]:
    schema = schemas.manifest_schema(kind)
    objects = [
        schema,
        *(schema["definitions"][c["then"]["$ref"].rsplit("/", 1)[1]] for c in schema.get("allOf", ())),
    ]
    return {name for item in objects for name in item.get("properties", {})}


@pytest.mark.parametrize("kind", list(Kind))
def test_bodies_have_the_members_of_the_schema(kind):
    spec = KINDS[kind]
    known = (
        {*spec.put, *spec.fixed, *spec.version_fixed}
        | ({"meterGroupByFilters"} if spec.parts_used else set())
    ) - {"key", "slug"}
    assert members(kind) - OURS - known == ({"alignment"} if kind is PLAN else set())
    assert known <= members(kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_list_of_the_schema_is_declared(kind):
    root = schemas.manifest_schema(kind)

    def walk(schema, path, depth):
        while "$ref" in schema:
            schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
        if depth > 8:
            return
        for case in schema.get("allOf", ()):
            yield from walk(case["then"], path, depth + 1)
        for name, member in schema.get("properties", {}).items():
            yield from walk(member, (*path, name), depth + 1)
        if isinstance(schema.get("additionalProperties"), dict):
            yield from walk(schema["additionalProperties"], (*path, "x"), depth + 1)
        if "items" in schema:
            yield path
            if path[-1] not in ("$and", "$or"):
                yield from walk(schema["items"], path, depth + 1)

    for path in walk(root, (), 0):
        assert list_rule(kind, path), path


def test_references_are_found_at_any_depth():
    body = {"phases": [{"rateCards": [{"featureKey": "a"}, {}]}], "addons": [{"addon": "b"}]}
    assert [(str(ref), place) for ref, place in references(PLAN, body)] == [
        ("feature/a", ("phases", 0, "rateCards", 0, "featureKey")),
        ("addon/b", ("addons", 0, "addon")),
    ]


def plan(amount, tiers=()):
    price = {"type": "tiered", "mode": "volume", "tiers": [*tiers, {"unitPrice": amount}]}
    card = {
        "type": "usage_based",
        "key": "api_calls",
        "name": "Calls",
        "billingCadence": "P1M",
        "price": price,
    }
    return {
        "name": "P",
        "currency": "USD",
        "billingCadence": "P1M",
        "phases": [{"key": "default", "name": "D", "rateCards": [card]}],
    }


def normal(body):
    return KINDS[PLAN].normal(body, "pro", lambda _kind, text: text)


def test_paths_read_like_the_file():
    before, after = normal(plan("0.10")), normal(plan("0.2"))
    path = "phases.default.rateCards.api_calls.price.tiers.0.unitPrice.amount"
    assert compare(before, after) == (FieldChange(path, "0.1", "0.2"),)


def test_tiers_that_come_and_go():
    before, after = normal(plan(1)), normal(plan(1, [{"upToAmount": 10, "flatPrice": 5}]))
    found = compare(before, after)
    assert all(change.path.startswith("phases.default.rateCards.api_calls.price.tiers") for change in found)
    assert found


def test_phases_in_another_order():
    body = plan(1)
    body["phases"].append({**body["phases"][0], "key": "later"})
    turned = {**body, "phases": body["phases"][::-1]}
    assert [c.path for c in compare(normal(body), normal(turned))] == ["phaseOrder"]
    assert [c.path for c in compare(normal(plan(1)), normal(body))] == ["phases.later"]


def test_catalogs_without_a_server():
    one = catalog(resource(PLAN, "pro", plan("0.10")), resource(FEATURE, "a", {"name": "A"}))
    two = catalog(resource(PLAN, "pro", plan("0.1")), resource(FEATURE, "a", {"name": "B"}))
    three = catalog(
        resource(FEATURE, "a", {"name": "A"}, Lifecycle.ARCHIVED),
        resource(FEATURE, "b", {"name": "B"}),
    )
    assert [(str(c.ref), c.action) for c in diff_catalogs(one, two)] == [("feature/a", Action.UPDATE)]
    assert [(str(c.ref), c.action) for c in diff_catalogs(one, three)] == [
        ("feature/a", Action.UPDATE), ("feature/b", Action.CREATE), ("plan/pro", Action.DELETE),
    ]  # fmt: skip
    assert diff_catalogs(one, one) == ()
    assert [c.reason for c in diff_catalogs(one, two)] == ["1 field differs"]
    assert [c.reason for c in diff_catalogs(one, three)] == [
        "1 field differs", "only in the second catalog", "only in the first catalog",
    ]  # fmt: skip
    four = catalog(resource(FEATURE, "a", {"name": "C", "metadata": {"a": "b"}}))
    assert [c.reason for c in diff_catalogs(three, four)] == ["3 fields differ", "only in the first catalog"]


def test_deepdiff_is_loaded_only_when_lists_differ():
    code = (
        "import sys, catalogsync.planner, catalogsync.manifests.export; sys.exit('deepdiff' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
