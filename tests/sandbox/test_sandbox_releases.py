"""The sandbox as an older server: members it does not know are dropped, rules that came later are off, recorded answers are given."""

from __future__ import annotations

import ast
import collections
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import recordings

from catalogsync.openmeter import releases
from catalogsync.openmeter.description_digest import digest
from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox import Sandbox
from catalogsync.schemagen.releases import draw

TAGS = [one.tag for one in releases.known()]
OLD, NEW = "v1.0.0-beta.227", "7e57a39"
LEAST = 97.0
"""The share of an old release's exchanges that must be right, in per cent."""


def client(**which: Any) -> httpx.Client:
    return httpx.Client(base_url="http://sandbox", transport=Sandbox(**which).transport())


@pytest.mark.counted
@pytest.mark.unmeasured
@pytest.mark.parametrize("tag", ["v1.0.0-beta.225", "v1.0.0-beta.227"])
def test_what_an_older_server_answered_is_answered(tag: str) -> None:
    right, total, left = 0, 0, collections.Counter()
    with client() as opened:
        for scenario in recordings.older_scenarios(tag):
            verdicts = list(recordings.replay(opened, scenario))
            wrong = [one for one in verdicts if one.problems]
            right, total = right + len(verdicts) - len(wrong), total + len(verdicts)
            if wrong:
                left[f"{scenario['area']}/{scenario['scenario']}"] = len(wrong)
    print(f"{tag}: {right} of {total} exchanges ({100 * right / total:.2f} %)")
    print("  not reproduced: " + ", ".join(f"{name} ({count})" for name, count in sorted(left.items())))
    assert total > 2000
    assert 100 * right / total >= LEAST


FEATURE = {"key": "seats", "name": "Seats", "unitCost": {"type": "manual", "amount": "1"}}


@pytest.mark.parametrize("tag", TAGS)
def test_a_member_is_dropped_exactly_where_the_release_lacks_it(tag: str) -> None:
    release = releases.by_tag(tag)
    assert release is not None
    with client(release=tag) as opened:
        feature = opened.post("/api/v1/features", json=FEATURE).json()
        plan = opened.post("/api/v1/plans", json=plan_of({})).json()
        known = opened.get("/api/swagger.json").json()
    assert ("unitCost" in feature) == ("FeatureCreateInputs.unitCost" not in release.missing)
    assert ("settlementMode" in plan) == ("PlanCreate.settlementMode" not in release.missing)
    assert set(releases.missing(known)) == set(release.missing)
    assert release in releases.identify(known)


def plan_of(template: dict[str, Any], **members: Any) -> dict[str, Any]:
    card = {"type": "usage_based", "key": "calls", "name": "Calls", "billingCadence": "P1M", **template}
    card.setdefault("price", None)
    phase = {"key": "default", "name": "Default", "duration": None, "rateCards": [card]}
    return {
        "key": "pro",
        "name": "Pro",
        "currency": "USD",
        "billingCadence": "P1M",
        "phases": [phase],
        **members,
    }


UNIT = {"price": {"type": "unit", "amount": "1"}}


@pytest.mark.parametrize(
    ("behaviour", "card"),
    [
        (Behaviour.USAGE_PRICE_FEATURE, UNIT),
        (Behaviour.USAGE_PRICE_METER, {**UNIT, "featureKey": "calls"}),
        (Behaviour.ALLOWANCE_REQUIRED, {"featureKey": "calls", "entitlementTemplate": {"type": "metered"}}),
    ],
)
@pytest.mark.parametrize("tag", TAGS)
def test_publish_refuses_what_its_release_refuses(
    tag: str, behaviour: Behaviour, card: dict[str, Any]
) -> None:
    release = releases.by_tag(tag)
    assert release is not None
    with client(release=tag) as opened:
        assert opened.post("/api/v1/features", json={"key": "calls", "name": "Calls"}).status_code == 201
        plan = opened.post("/api/v1/plans", json=plan_of(card))
        assert plan.status_code == 201, plan.text
        published = opened.post(f"/api/v1/plans/{plan.json()['id']}/publish")
    assert published.status_code == (400 if release.has(behaviour) else 200)


def test_a_reset_changes_the_release_and_back() -> None:
    sandbox = Sandbox()
    with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as opened:
        assert opened.post("/sandbox/reset", json={"release": OLD}).status_code == 204
        assert opened.get("/version").json()["version"] == OLD
        assert "unitCost" not in opened.post("/api/v1/features", json=FEATURE).json()
        assert opened.post("/sandbox/reset", json={"release": "v9"}).status_code == 400
        assert opened.post("/sandbox/reset", json={}).status_code == 204
        assert "unitCost" in opened.post("/api/v1/features", json=FEATURE).json()


def test_a_description_decides_when_one_is_given() -> None:
    """A description between two releases: its own members, the rules of the newest release that lacks what it lacks."""
    given = releases.patched(
        releases.description(releases.newest()),
        {"components": {"schemas": {"FeatureCreateInputs": {"properties": {"unitCost": None}}}}},
    )
    with client(description=given) as opened:
        assert "unitCost" not in opened.post("/api/v1/features", json=FEATURE).json()
        assert (
            opened.post("/api/v1/plans", json=plan_of({})).json()["settlementMode"] == "credit_then_invoice"
        )
    assert releases.nearest(given).tag == OLD


def test_every_behaviour_of_the_table_is_asked_for_by_the_sandbox_and_was_never_there_from_the_start() -> (
    None
):
    package = Path(__file__).parents[2] / "catalogsync" / "sandbox"
    asked = {
        node.attr
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Behaviour"
    }
    assert asked == {one.name for one in Behaviour}
    assert {one.behaviour for one in releases.behaviours()} == set(Behaviour)
    assert releases.known()[0].behaviours == frozenset()
    assert releases.newest().behaviours == frozenset(Behaviour)


def test_the_sandbox_takes_of_openmeter_only_what_releases_are() -> None:
    package = Path(__file__).parents[2] / "catalogsync" / "sandbox"
    named = {
        node.module
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("catalogsync.openmeter.")
    }
    assert named == {
        "catalogsync.openmeter.releases",
        "catalogsync.openmeter.openapi_subset",
        "catalogsync.openmeter.description",
    }


def test_merge_patches_make_one_description_of_the_other() -> None:
    new = releases.description(releases.newest())
    for one in releases.known():
        old = releases.description(one)
        assert releases.patched(new, releases.patch_between(new, old)) == old


def test_the_packaged_data_is_what_drawing_the_descriptions_gives(tmp_path: Path) -> None:
    """Drawn from the cut descriptions again: the same patches and missing members, and the digest of what is cut."""
    for one in releases.known():
        (tmp_path / f"openapi-{one.tag}.yaml").write_text(json.dumps(releases.description(one)), "utf-8")
    files = draw(tmp_path)
    table = json.loads(files.pop(releases.TABLE))
    for row, one in zip(table["releases"], releases.known(), strict=True):
        assert tuple(row["missing"]) == one.missing
        assert row["digests"][-1] == one.digests[-1]
    assert set(files) == {path.name for path in releases.FOLDER.glob("*.json")} - {releases.TABLE}
    for name, text in files.items():
        assert json.loads(text) == json.loads((releases.FOLDER / name).read_text("utf-8"))


def test_a_served_description_and_its_file_have_one_digest() -> None:
    """Serialisers leave out what is the default; prose, operation names and the order of members say nothing."""
    one = {"paths": {"/a": {"get": {"parameters": [], "operationId": "a"}}}, "components": {"schemas": {}}}
    schema = {"type": "object", "required": ["x"], "properties": {"x": {"type": "string", "minLength": 0}}}
    other = {
        "components": {
            "schemas": {"A": {"properties": {"x": {"type": "string"}}, "required": ["x"], "type": "object"}}
        }
    }
    other["paths"] = {"/a": {"get": {"description": "prose"}}}
    one["components"]["schemas"]["A"] = {"description": "prose", **schema}
    reference = {"$ref": "#/components/schemas/A"}
    one["components"]["schemas"]["B"] = {"items": {"default": "beside a reference", **reference}}
    other["components"]["schemas"]["B"] = {"items": reference}
    assert digest(one) == digest(other)
    other["components"]["schemas"]["A"]["properties"]["description"] = {
        "type": "string"
    }  # a member of that name says something
    assert digest(one) != digest(other)


SEEN = {
    "v1.0.0-beta.225": 201,
    "v1.0.0-beta.227": 201,
    "v1.0.0-beta.228": 201,
    "v1.0.0-beta.232": 400,
    NEW: 400,
}
"""What real servers answer to a plan in one of the currencies that no list names."""


@pytest.mark.parametrize("tag", SEEN)
@pytest.mark.parametrize("currency", ["BTC", "GBX", "XFU"])
def test_currencies_beside_the_list_are_taken_up_to_230(tag: str, currency: str) -> None:
    with client(release=tag) as opened:
        assert opened.post("/api/v1/plans", json=plan_of({}, currency=currency)).status_code == SEEN[tag]
        assert opened.post("/api/v1/plans", json=plan_of({}, currency="ETH")).status_code == 400


@pytest.mark.parametrize(
    ("tag", "archived", "made_again"),
    [("v1.0.0-beta.225", 200, None), ("v1.0.0-beta.227", 400, 200), ("v1.0.0-beta.228", 400, 400), (NEW, 400, 400)],
)  # fmt: skip
def test_an_archived_feature_is_missed_by_key_then_by_id(
    tag: str, archived: int, made_again: int | None
) -> None:
    feature = {"key": "calls", "name": "Calls"}
    with client(release=tag) as opened:
        made = opened.post("/api/v1/features", json=feature).json()
        plan = opened.post("/api/v1/plans", json=plan_of({"featureKey": "calls"})).json()
        opened.delete(f"/api/v1/features/{made['id']}")
        publish = f"/api/v1/plans/{plan['id']}/publish"
        assert opened.post(publish).status_code == archived
        opened.post("/api/v1/features", json=feature)
        if made_again is not None:
            assert opened.post(publish).status_code == made_again
