"""Customers, subscriptions and entitlements over the front door: what refuses what, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from catalogsync.sandbox import Sandbox

PLAN: dict[str, Any] = {
    "key": "pro",
    "name": "Pro",
    "currency": "USD",
    "billingCadence": "P1M",
    "phases": [
        {
            "key": "default",
            "name": "Default",
            "duration": None,
            "rateCards": [
                {
                    "type": "usage_based",
                    "key": "calls",
                    "name": "Calls",
                    "featureKey": "calls",
                    "billingCadence": "P1M",
                    "price": {"type": "unit", "amount": "0.1"},
                    "entitlementTemplate": {"type": "metered", "issueAfterReset": 100},
                }
            ],
        }
    ],
}


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    with httpx.Client(base_url="http://sandbox", transport=Sandbox(seed=1).transport()) as client:
        yield client


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def _customer(api: httpx.Client, key: str) -> Any:
    body = {"key": key, "name": key.title(), "usageAttribution": {"subjectKeys": [key]}}
    return _ok(api.post("/api/v1/customers", json=body))


@pytest.fixture
def plan(api: httpx.Client) -> Any:
    _ok(api.post("/api/v1/features", json={"key": "calls", "name": "Calls", "meterSlug": "tokens_total"}))
    made = _ok(api.post("/api/v1/plans", json=PLAN))
    return _ok(api.post(f"/api/v1/plans/{made['id']}/publish"))


def _subscribe(api: httpx.Client, key: str) -> Any:
    return _ok(api.post("/api/v1/subscriptions", json={"customerKey": key, "plan": {"key": "pro"}}))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"key": "anna", "name": "Another"}, 409),
        ({"key": "bert", "name": "Bert", "usageAttribution": {"subjectKeys": ["anna"]}}, 409),
        ({"key": "bert", "name": "Bert", "usageAttribution": {"subjectKeys": ["bert"]}}, 201),
        ({"name": "Neither key nor subject"}, 400),
        ({"key": "bert"}, 400),
    ],
)
def test_keys_and_subjects_are_taken_once(api: httpx.Client, body: Any, status: int) -> None:
    _customer(api, "anna")
    assert api.post("/api/v1/customers", json=body).status_code == status


def test_a_deleted_customers_key_is_free_again(api: httpx.Client) -> None:
    first = _customer(api, "anna")
    assert api.delete("/api/v1/customers/anna").status_code == 204
    second = _customer(api, "anna")
    assert second["id"] != first["id"]
    assert [one["id"] for one in _ok(api.get("/api/v1/customers"))["items"]] == [second["id"]]


def test_customers_are_counted_by_plan_key(api: httpx.Client, plan: Any) -> None:
    for key in ("anna", "bert", "carl"):
        _customer(api, key)
    _subscribe(api, "anna")
    _subscribe(api, "bert")
    counted = _ok(api.get("/api/v1/customers", params={"planKey": "pro", "pageSize": 1}))
    assert counted["totalCount"] == 2
    assert _ok(api.get("/api/v1/customers", params={"planKey": "other"}))["totalCount"] == 0


def test_what_a_subscription_holds(api: httpx.Client, plan: Any) -> None:
    _customer(api, "anna")
    sub = _subscribe(api, "anna")
    assert (sub["status"], sub["plan"]["version"]) == ("active", 1)
    second = api.post("/api/v1/subscriptions", json={"customerKey": "anna", "plan": {"key": "pro"}})
    assert second.status_code == 409
    assert api.delete("/api/v1/customers/anna").status_code == 409
    _ok(api.post(f"/api/v1/plans/{plan['id']}/archive"))
    held = api.delete("/api/v1/features/calls")
    assert held.status_code == 400
    _ok(api.post(f"/api/v1/subscriptions/{sub['id']}/cancel", json={"timing": "immediate"}))
    assert api.delete("/api/v1/features/calls").status_code == 204
    assert api.delete("/api/v1/meters/tokens_total").status_code == 204


def test_a_subscriptions_entitlement_is_read_by_feature(api: httpx.Client, plan: Any) -> None:
    _customer(api, "anna")
    sub = _subscribe(api, "anna")
    made = _ok(api.get("/api/v2/customers/anna/entitlements/calls"))
    assert (made["type"], made["issue"]["amount"]) == ("metered", 100)
    assert made["annotations"] == {"subscription.id": sub["id"]}
    access = api.get("/api/v1/customers/anna/entitlements/calls/value")
    assert access.status_code == 501
    assert "does not emulate metered balances" in access.json()["detail"]


def test_migrating_to_a_new_version(api: httpx.Client, plan: Any) -> None:
    _customer(api, "anna")
    sub = _subscribe(api, "anna")
    refused = api.post(f"/api/v1/subscriptions/{sub['id']}/migrate", json={})
    assert refused.status_code == 400
    draft = _ok(api.post(f"/api/v1/plans/{plan['id']}/next"))
    _ok(api.post(f"/api/v1/plans/{draft['id']}/publish"))
    moved = _ok(api.post(f"/api/v1/subscriptions/{sub['id']}/migrate", json={}))
    assert moved["current"]["status"] == "inactive"
    assert moved["next"]["plan"]["version"] == 2
    assert _ok(api.get("/api/v1/customers", params={"planKey": "pro"}))["totalCount"] == 1


@pytest.mark.parametrize("timing", ["2020-01-01T00:00:00Z", "next_billing_cycle"])
def test_a_subscription_starts_now_or_later(api: httpx.Client, plan: Any, timing: str) -> None:
    _customer(api, "anna")
    body = {"customerKey": "anna", "plan": {"key": "pro"}, "timing": timing}
    assert api.post("/api/v1/subscriptions", json=body).status_code == 400


def test_only_a_subscription_that_has_not_begun_can_be_deleted(api: httpx.Client, plan: Any) -> None:
    _customer(api, "anna")
    body = {"customerKey": "anna", "plan": {"key": "pro"}, "timing": "2099-01-01T00:00:00Z"}
    later = _ok(api.post("/api/v1/subscriptions", json=body))
    assert later["status"] == "scheduled"
    assert api.delete(f"/api/v1/subscriptions/{later['id']}").status_code == 204
    running = _subscribe(api, "anna")
    assert api.delete(f"/api/v1/subscriptions/{running['id']}").status_code == 403
