"""A catalog that grew under older rules: exported it plans to nothing, and its next version follows the rules of today."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from catalogsync.app import apply
from catalogsync.app import plan as plans
from catalogsync.app.check import check
from catalogsync.app.environments import Target
from catalogsync.app.export import export_server
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.errors import InvalidCatalog
from catalogsync.sandbox import Sandbox

OLD = "v1.0.0-beta.227"
UNIT = {"type": "unit", "amount": "1"}
METERED = {"type": "metered", "isSoftLimit": True, "usagePeriod": "P1M"}
RULES = {
    "entitlement_template_issue_after_reset_required",
    "usage_based_price_with_no_feature",
    "usage_based_price_with_feature_and_no_meter",
    "feature-filter-operators",
    "currency-unknown",
}


def card(key: str, **more: object) -> dict[str, object]:
    return {"type": "usage_based", "key": key, "name": key, "billingCadence": "P1M", "price": UNIT, **more}


def grow(client: httpx.Client) -> None:
    """Publishes what today's rules refuse."""
    meter = {
        "slug": "calls",
        "name": "Calls",
        "aggregation": "COUNT",
        "eventType": "call",
        "groupBy": {"kind": "$.kind"},
    }
    filters = {"kind": {"$eq": "a", "$ne": "b"}}
    made = [
        client.post("/api/v1/meters", json=meter),
        client.post(
            "/api/v1/features",
            json={
                "key": "calls",
                "name": "Calls",
                "meterSlug": "calls",
                "advancedMeterGroupByFilters": filters,
            },
        ),
        client.post("/api/v1/features", json={"key": "plain", "name": "Plain"}),
    ]
    cards = [
        card("nothing"),
        card("plain", featureKey="plain"),
        card("calls", featureKey="calls", entitlementTemplate=METERED),
    ]
    for key, currency, content in (
        ("pro", "USD", cards),
        ("lite", "USD", cards[:1]),
        ("coin", "BTC", cards[:1]),
    ):
        phases = [{"key": "paid", "name": "Paid", "duration": None, "rateCards": content}]
        plan = {"key": key, "name": key, "currency": currency, "billingCadence": "P1M", "phases": phases}
        made.append(client.post("/api/v1/plans", json=plan))
        made.append(client.post(f"/api/v1/plans/{made[-1].json()['id']}/publish"))
    assert [one.text for one in made if one.status_code >= 400] == []


@pytest.fixture(params=[OLD, None], ids=["before the upgrade", "after it"])
def url(request: pytest.FixtureRequest, tmp_path: Path):
    """A server on which the catalog grew."""
    data = tmp_path / "server.db"
    old = Sandbox(release=OLD, data=data)
    with httpx.Client(base_url="http://sandbox", transport=old.transport()) as client:
        grow(client)
    old.close()
    with Sandbox(release=request.param, data=data).serve() as served:
        yield served


@pytest.fixture
def folder(url: str, tmp_path: Path) -> Path:
    with OpenMeter(url) as server:
        export_server(server).write(tmp_path / "catalog")
    return tmp_path / "catalog"


def planned(folder: Path, url: str):
    return plans.plan_files([folder], Target(None, url), Runtime({}))


def test_it_exports_and_plans_to_nothing(url: str, folder: Path) -> None:
    plan = planned(folder, url)
    assert plan.is_empty and not plan.blocked
    told = [one for one in plan.diagnostics if one.code in RULES]
    assert {one.code for one in told} == RULES
    assert all("published before this rule" in one.detail and str(one.severity) == "warning" for one in told)


def test_offline_it_is_said_what_a_plan_would_take(folder: Path) -> None:
    errors = [one for one in check([folder]).diagnostics if one.is_error]
    assert {one.code for one in errors} == RULES
    assert all("`plan` takes it with a warning" in one.detail for one in errors)


def test_one_change_asks_for_the_rules_of_that_plan_alone(url: str, folder: Path) -> None:
    path = folder / "plans" / "lite.yaml"
    path.write_text(path.read_text("utf-8").replace("name: lite", "name: Lite"), "utf-8")
    with pytest.raises(InvalidCatalog) as refused:
        planned(folder, url)
    errors = {(one.subject, one.code) for one in refused.value.diagnostics if one.is_error}
    assert errors == {("plan/lite", "usage_based_price_with_no_feature")}


def test_fixed_it_goes_out_as_a_new_version_and_the_rest_stays(url: str, folder: Path) -> None:
    path = folder / "plans" / "lite.yaml"
    text = path.read_text("utf-8")
    waived = "# catalogsync: waive fuse-price-move until 9999-12-31 because calls were not charged before\n"
    path.write_text(waived + re.sub(r"key: nothing", "key: calls\n        featureKey: calls", text), "utf-8")
    with apply.ready_files([folder], Target(None, url), Runtime({})) as ready:
        assert {str(step.ref) for step in ready.plan.steps} == {"plan/lite"}
        assert ready.carry_out().complete
    assert planned(folder, url).is_empty


def test_what_is_new_is_held_to_the_rules(folder: Path) -> None:
    with Sandbox().serve() as elsewhere, pytest.raises(InvalidCatalog) as refused:
        planned(folder, elsewhere)
    assert {one.code for one in refused.value.diagnostics if one.is_error} == RULES


def test_the_files_are_told_of_before_a_server_that_is_away(folder: Path) -> None:
    with pytest.raises(InvalidCatalog):
        planned(folder, "http://127.0.0.1:9")
