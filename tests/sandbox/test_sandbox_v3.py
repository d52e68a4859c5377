"""The v3 rooms over the front door: v3's own spelling, the objects that v1 hides, refusals in v3's form."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import recordings

from catalogsync.sandbox import Sandbox

V3 = "/api/v3/openmeter"


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    transport = Sandbox("unit_config", seed=1).transport()
    with httpx.Client(base_url="http://sandbox", transport=transport) as client:
        yield client


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def _card(key: str, price: Any, **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "price": price, "billing_cadence": "P1M", **more}


def _plan(*cards: Any, **more: Any) -> dict[str, Any]:
    phases = [{"key": "default", "name": "Default", "rate_cards": list(cards)}]
    body = {"key": "pro", "name": "Pro", "currency": "USD", "billing_cadence": "P1M", "phases": phases}
    return {**body, **more}


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", V3, 404, "The requested route was not found"),
        ("GET", f"{V3}/notification/channels", 404, "The requested route was not found"),
        ("PATCH", f"{V3}/meters", 405, "The requested method is not allowed"),
        ("GET", f"{V3}/meters/tokens_total", 404, "The requested entity was not found"),
        ("POST", f"{V3}/meters/01ARZ3NDEKTSV4RRFFQ69G5FAV/query", 501, None),
        ("GET", f"{V3}/billing/invoices", 501, "not emulated: GET /api/v3/openmeter/billing/invoices"),
        ("DELETE", f"{V3}/tax-codes/01ARZ3NDEKTSV4RRFFQ69G5FAV", 403, "Deleting tax codes is not allowed"),
    ],
)
def test_paths(api: httpx.Client, method: str, path: str, status: int, detail: str | None) -> None:
    answer = api.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail is None or answer.json()["detail"] == detail


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"", "application/json", "request body has an error: value is required but missing"),
        (
            b"{}",
            "text/plain",
            'request body has an error: header Content-Type has unexpected value "text/plain"',
        ),
    ],
)
def test_bodies_that_cannot_be_read(api: httpx.Client, body: bytes, kind: str, reason: str) -> None:
    answer = api.post(f"{V3}/plans", content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    assert answer.json()["invalid_parameters"][0]["reason"] == reason


def test_every_problem_of_a_body_is_told(api: httpx.Client) -> None:
    answer = api.post(f"{V3}/meters", json={"key": "Bad Key", "aggregation": "nope"})
    told = [(one["field"], one["rule"]) for one in answer.json()["invalid_parameters"]]
    assert told == [
        ("aggregation", "allOf"),
        ("key", "pattern"),
        ("name", "required"),
        ("event_type", "required"),
    ]


def test_a_conversion_is_shown_in_v3_and_hidden_from_v1(api: httpx.Client) -> None:
    meter = _ok(api.get(f"{V3}/meters", params={"filter[key]": "tokens_total"}))["data"][0]
    feature = _ok(
        api.post(f"{V3}/features", json={"key": "tok", "name": "Tok", "meter": {"id": meter["id"]}})
    )
    config = {"operation": "divide", "conversion_factor": "1000", "rounding": "ceiling"}
    card = _card("tok", {"type": "unit", "amount": "0.10"}, feature={"id": feature["id"]}, unit_config=config)
    made = _ok(api.post(f"{V3}/plans", json=_plan(card)))
    shown = made["phases"][0]["rate_cards"][0]
    assert shown["unit_config"] == {**config, "precision": 0}
    assert shown["price"]["amount"] == "0.1"
    hidden = api.get(f"/api/v1/plans/{made['id']}")
    assert hidden.status_code == 400
    codes = [one["code"] for one in hidden.json()["extensions"]["validationErrors"]]
    assert codes == ["unit_config_not_representable"]
    assert _ok(api.get("/api/v1/plans"))["totalCount"] == 0


def test_conversions_can_be_switched_off() -> None:
    config = {"operation": "divide", "conversion_factor": "1000"}
    card = _card("tok", {"type": "unit", "amount": "1"}, unit_config=config)
    with httpx.Client(base_url="http://sandbox", transport=Sandbox(seed=1).transport()) as api:
        answer = api.post(f"{V3}/plans", json=_plan(card))
    assert answer.status_code == 400
    what = "unit_config is not enabled on this deployment of OpenMeter"
    assert answer.json()["detail"] == f"validation error: {what}"


def test_custom_currencies_and_their_cost_bases(api: httpx.Client) -> None:
    body = {"code": "GEMS", "name": "Gems", "precision": 2, "decimal_mark": ".", "thousand_separator": ","}
    gems = _ok(api.post(f"{V3}/currencies/custom", json=body))
    assert api.post(f"{V3}/currencies/custom", json=body).status_code == 409
    where = f"{V3}/currencies/custom/{gems['id']}/cost-bases"
    first = _ok(api.post(where, json={"fiat_code": "USD", "rate": "0.010"}))
    second = _ok(api.post(where, json={"fiat_code": "USD", "rate": "0.02"}))
    assert (first["rate"], "effective_to" in first) == ("0.01", False)
    listed = _ok(api.get(where))["data"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert listed[1]["effective_to"] == second["effective_from"]


def test_lists_are_paged_filtered_and_sorted(api: httpx.Client) -> None:
    for key in ("bb", "aa", "cc"):
        _ok(api.post(f"{V3}/features", json={"key": key, "name": key}))
    page = _ok(api.get(f"{V3}/features", params={"page[size]": 2, "sort": "key desc"}))
    assert [one["key"] for one in page["data"]] == ["cc", "bb"]
    assert page["meta"]["page"] == {"number": 1, "size": 2, "total": 3}
    found = _ok(api.get(f"{V3}/features", params={"filter[key][oeq]": "aa,cc"}))
    assert [one["key"] for one in found["data"]] == ["aa", "cc"]


def test_a_features_unit_cost_is_set_and_taken_away(api: httpx.Client) -> None:
    made = _ok(api.post(f"{V3}/features", json={"key": "aa", "name": "A"}))
    where = f"{V3}/features/{made['id']}"
    priced = _ok(api.patch(where, json={"unit_cost": {"type": "manual", "amount": "1.50"}}))
    assert priced["unit_cost"] == {"type": "manual", "amount": "1.5"}
    assert "unit_cost" not in _ok(api.patch(where, json={"unit_cost": None}))
    assert api.patch(where, json={}).status_code == 400


def test_subscriptions_are_listed_with_their_items(api: httpx.Client) -> None:
    plan = _ok(api.post(f"{V3}/plans", json=_plan(_card("fee", {"type": "flat", "amount": "5"}))))
    _ok(api.post(f"{V3}/plans/{plan['id']}/publish"))
    _ok(api.post("/api/v1/customers", json={"key": "anna", "name": "Anna"}))
    made = _ok(api.post(f"{V3}/subscriptions", json={"customer": {"key": "anna"}, "plan": {"key": "pro"}}))
    assert made["name"] == "pro v1"
    assert made["phases"][0]["items"][0]["rate_card"]["currency"] == "USD"
    listed = _ok(api.get(f"{V3}/subscriptions", params={"filter[status]": "active"}))
    assert [one["id"] for one in listed["data"]] == [made["id"]]
    ended = _ok(api.post(f"{V3}/subscriptions/{made['id']}/cancel", json={}))
    assert ended["status"] == "inactive"


def test_a_subscription_needs_a_customer_and_a_plan(api: httpx.Client) -> None:
    answer = api.post(f"{V3}/subscriptions", json={"customer": {}, "plan": {"key": "pro"}})
    fields = [one["field"] for one in answer.json()["invalid_parameters"]]
    assert fields == ["customer.id", "customer.key"]


RECORDED = Path(__file__).parents[1] / "data" / "bodies" / "v3.jsonl.gz"


def test_v3_is_answered_as_it_was_recorded_in_depth() -> None:
    """Scenarios that need what is not the catalog's (customers through v3, costs of language models, the choice of default tax codes) and
    those whose answers hold a dump of the description are left out.
    """
    count, wrong = 0, []
    with (
        gzip.open(RECORDED, "rt", encoding="utf-8") as lines,
        httpx.Client(base_url="http://sandbox", transport=Sandbox().transport()) as http,
    ):
        for line in lines:
            for verdict in recordings.replay(http, json.loads(line)):
                count += 1
                wrong += [verdict] if verdict.problems else []
    assert (count > 1800, wrong) == (True, [])


def test_the_codes_of_the_system_are_its_own(api: httpx.Client) -> None:
    for code in _ok(api.get(f"{V3}/tax-codes"))["data"]:
        assert code["labels"] == {"openmeter_managed_by": "system"}
        answer = api.put(f"{V3}/tax-codes/{code['id']}", json={"name": "Mine", "app_mappings": []})
        (issue,) = answer.json()["extensions"]["validationErrors"]
        assert (answer.status_code, issue["code"]) == (409, "tax_code_managed_by_system")


def test_fiat_currencies_have_their_own_marks(api: httpx.Client) -> None:
    query = {"filter[type]": "fiat", "page[size]": "0"}
    found = {one["code"]: one for one in _ok(api.get(f"{V3}/currencies", params=query))["data"]}
    marks = {
        code: found[code]["decimal_mark"] + found[code]["thousand_separator"]
        for code in ("USD", "EUR", "CHF", "SEK")
    }
    assert (len(found), marks) == (171, {"USD": ".,", "EUR": ",.", "CHF": ".'", "SEK": ", "})


@pytest.mark.parametrize(
    ("sent", "v3", "v1"),
    [(33.333333, 33.333332, 33.33333206176758), (0.1, 0.1, 0.10000000149011612), (12.5, 12.5, 12.5), (99.999999999, 100, 100)],
)  # fmt: skip
def test_v3_reads_a_percentage_into_a_single(api: httpx.Client, sent: float, v3: float, v1: float) -> None:
    card = _card("fee", {"type": "flat", "amount": "1"}, discounts={"percentage": sent})
    made = _ok(api.post(f"{V3}/plans", json=_plan(card)))
    assert made["phases"][0]["rate_cards"][0]["discounts"] == {"percentage": v3}
    shown = _ok(api.get(f"/api/v1/plans/{made['id']}"))["phases"][0]["rateCards"][0]
    assert shown["discounts"] == {"percentage": {"percentage": v1}}
