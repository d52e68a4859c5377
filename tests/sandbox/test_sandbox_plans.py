"""The sandbox's rules for plans, add-ons and assignments, held as tables (docs/server/rate-cards.md#rate-cards, docs/server/plans.md#plans,
docs/server/addons.md#addons, docs/server/meters.md#dependents, docs/server/assignments.md#assignments).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.domain.durations import BadDuration, aligned, parse

CARDS = "PT1H PT24H P1D P2D P7D P2W P4W P30D P1M P2M P3M P4M P6M P12M P18M P2Y".split()
ALIGNED = {
    "P1W": "Y.Y.YYY.........", "P2W": "Y.YYYYY.........", "P4W": "Y.YYYYY.........", "P1M": "Y.Y.....YYYYYYYY",
    "P3M": "Y.Y.....Y.Y.YYYY", "P6M": "Y.YY....YYY.YYYY", "P12M": "Y.YY....YYYYYY.Y", "P1Y": "Y.YY....YYYYYY.Y",
}  # fmt: skip
"""The matrix of docs/server/rate-cards.md#alignment: a row for each plan cadence, a letter for each of CARDS."""


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(base_url="http://sandbox/api/v1", transport=Sandbox().transport()) as found:
        yield found


def card(key: str = "fee", **other: Any) -> dict[str, Any]:
    price = {"type": "flat", "amount": "1", "paymentTerm": "in_advance"}
    return {"type": "flat_fee", "key": key, "name": key, "billingCadence": "P1M", "price": price, **other}


def phase(*cards: dict[str, Any], key: str = "default", duration: str | None = None) -> dict[str, Any]:
    return {"key": key, "name": key, "duration": duration, "rateCards": list(cards)}


def plan(*phases: dict[str, Any], **other: Any) -> dict[str, Any]:
    sent = {"key": "pro", "name": "Pro", "currency": "USD", "billingCadence": "P1M"}
    return {**sent, "phases": list(phases) or [phase(card())], **other}


def addon(*cards: dict[str, Any], **other: Any) -> dict[str, Any]:
    sent = {"key": "extra", "name": "Extra", "currency": "USD", "instanceType": "single"}
    return {**sent, "rateCards": list(cards) or [card("more")], **other}


def made(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def codes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [one["code"] for one in answer.json()["extensions"]["validationErrors"]]


@pytest.mark.parametrize("cadence", ALIGNED)
def test_alignment(cadence: str) -> None:
    assert "".join("Y" if aligned(cadence, other) else "." for other in CARDS) == ALIGNED[cadence]


@pytest.mark.parametrize(
    ("one", "others", "fits"),
    [
        ("P3D", "P3M P6M P12M P1Y", True),
        ("P3D", "P1W P2W P4W P1M", False),
        ("PT12H", "P12M P1Y", True),
        ("PT12H", "P1W P1M P6M", False),
        ("P1M", "P0.5M P0.25Y P0.5D P5M P13M P1Y6M", True),
        ("P1M", "P1.5M P5D PT2H P1M1D", False),
    ],
)
def test_alignment_of_odd_cadences(one: str, others: str, fits: bool) -> None:
    assert [aligned(one, other) for other in others.split()] == [fits] * len(others.split())


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("P1M0D", "P1M"), ("P01M", "P1M"), ("+P1M", "P1M"), ("P1,5M", "P1.5M"), ("P1MT", "P1M"), ("P1.0M", "P1.0M"),
        ("P1.50M", "P1.50M"), ("P0M", "P0D"), ("PT0S", "P0D"), ("P1D1M", "P1M1D"), ("P-1M", "-P1M"), ("-P-1M", "P1M"),
        ("-P1M", "-P1M"), ("P12M", "P12M"), ("P7D", "P7D"), ("PT24H", "PT24H"), ("PT60M", "PT60M"), ("P1Y6M", "P1Y6M"),
    ],
)  # fmt: skip
def test_durations_as_they_come_back(sent: str, shown: str, client: httpx.Client) -> None:
    assert str(parse(sent)) == shown
    body = made(client.post("/plans", json=plan(phase(card(billingCadence=sent)))))
    assert body["phases"][0]["rateCards"][0]["billingCadence"] == shown


@pytest.mark.parametrize(
    "sent", ["", "P", "PT", "P1", "monthly", "p1M", "1M", "P+1M", "P1.5M1D", "P1M1M", "P1H", "PT1D", "P1X", " P1M"]
)  # fmt: skip
def test_texts_that_are_no_durations(sent: str, client: httpx.Client) -> None:
    with pytest.raises(BadDuration):
        parse(sent)
    wrong = plan(phase(card(billingCadence=sent)))
    assert client.post("/plans", json=wrong).status_code == 400
    id_ = made(client.post("/plans", json=plan()))["id"]
    # not classified there (docs/server/plans.md#refusals)
    assert client.put(f"/plans/{id_}", json=wrong).status_code == 500
    # docs/server/addons.md#bodies
    assert client.post("/addons", json=addon(card(billingCadence=sent))).status_code == 500


@pytest.mark.parametrize("cadence", ["P7D", "P30D", "P2M", "P1.0M", "PT24H", "P1D"])
def test_a_plan_cadence_is_one_of_eight(cadence: str, client: httpx.Client) -> None:
    assert codes(client.post("/plans", json=plan(billingCadence=cadence))) == ["plan_billing_cadence_invalid"]


FLAT = {"type": "flat", "amount": "2"}
UNIT = {"type": "unit", "amount": "1"}


def tier(limit: str | None, flat: str | None = None, unit: str | None = None) -> dict[str, Any]:
    made_tier: dict[str, Any] = {} if limit is None else {"upToAmount": limit}
    made_tier["flatPrice"] = None if flat is None else {"type": "flat", "amount": flat}
    made_tier["unitPrice"] = None if unit is None else {"type": "unit", "amount": unit}
    return made_tier


def tiered(*tiers: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"type": "tiered", "mode": "volume", "tiers": list(tiers), **other}


OPEN = tier(None, unit="1")


@pytest.mark.parametrize(
    ("price", "faults"),
    [
        (tiered(OPEN), []),
        (tiered(OPEN, OPEN), []),
        (tiered(tier("0", unit="1"), tier("0.0", unit="1"), OPEN), []),
        (tiered(tier("1", flat="1")), ["at least one PriceTier must be open-ended"]),
        (
            tiered(tier("10", flat="1"), tier("010.00", flat="-1"), OPEN),
            ["multiple PriceTiers with same UpToAmount are not allowed"],
        ),
        (tiered(tier(None)), ["either FlatPrice or UnitPrice must be provided in PriceTier"]),
        (tiered(tier("-1", flat="-1"), OPEN), ["the UpToAmount must not be negative", "the Amount must not be negative"]),
        (tiered(OPEN, minimumAmount="2", maximumAmount="1"), ["the MinimumAmount must not be greater than MaximumAmount"]),
        (tiered(OPEN, minimumAmount="2", maximumAmount="0"), []),
        ({"type": "unit", "amount": "-0"}, []),
        ({"type": "unit", "amount": "-1"}, ["the Amount must not be negative"]),
        ({"type": "dynamic", "multiplier": "-1"}, ["the markup rate must not be less than 0"]),
        ({"type": "package", "amount": "1", "quantityPerPackage": "0"}, ["the QuantityPerPackage must not be zero"]),
        ({"type": "package", "amount": "1", "quantityPerPackage": "-1"}, ["the QuantityPerPackage must not be negative"]),
    ],
)  # fmt: skip
def test_prices(price: dict[str, Any], faults: list[str], client: httpx.Client) -> None:
    answer = client.post("/plans", json=plan(phase(card(type="usage_based", price=price))))
    if not faults:
        made(answer)
        return
    found = made(answer, 400)["extensions"]["validationErrors"]
    assert [one["message"] for one in found] == faults
    field = "$.phases[?(@.key=='default')].ratecards[?(@.key=='fee')].price"
    assert {one["field"] for one in found} == {field}


def states(client: httpx.Client, what: str, body: dict[str, Any]) -> dict[str, str]:
    """An id for each state of a plan or an add-on."""
    ids = {}
    for state in ("draft", "active", "archived", "deleted"):
        ids[state] = made(client.post(f"/{what}", json={**body, "key": f"k_{state}"}))["id"]
        if state in ("active", "archived"):
            made(client.post(f"/{what}/{ids[state]}/publish"), 200)
    made(client.post(f"/{what}/{ids['archived']}/archive"), 200)
    assert client.delete(f"/{what}/{ids['deleted']}").status_code == 204
    return ids


def put_body(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("key", "currency")}


LIFE = {
    "plans": {
        ("PUT", ""): (200, 400, 400, 200),
        ("POST", "/publish"): (200, 400, 400, 400),
        ("POST", "/archive"): (400, 200, 400, 400),
        ("DELETE", ""): (204, 400, 204, 204),
        ("GET", ""): (200, 200, 200, 200),
    },
    "addons": {
        ("PUT", ""): (200, 400, 400, 200),
        ("POST", "/publish"): (200, 400, 400, 400),
        ("POST", "/archive"): (400, 200, 400, 400),
        ("DELETE", ""): (204, 400, 204, 204),
        ("GET", ""): (200, 200, 200, 200),
    },
}
"""docs/server/plans.md#states, docs/server/addons.md#states: what a call answers on a draft, an active, an archived and a deleted version."""


@pytest.mark.parametrize(("what", "call"), [(what, call) for what, calls in LIFE.items() for call in calls])
def test_life_cycle(what: str, call: tuple[str, str], client: httpx.Client) -> None:
    body = plan() if what == "plans" else addon()
    method, tail = call
    sent = put_body(body) if method == "PUT" else None
    answered = [
        client.request(method, f"/{what}/{id_}{tail}", json=sent).status_code
        for id_ in states(client, what, body).values()
    ]
    assert tuple(answered) == LIFE[what][call]


@pytest.mark.parametrize("what", ["plans", "addons"])
def test_a_key_names_the_active_version_or_the_latest(what: str, client: httpx.Client) -> None:
    states(client, what, plan() if what == "plans" else addon())
    for key, status in (("k_draft", 404), ("k_active", 200), ("k_archived", 404), ("k_deleted", 404)):
        assert client.get(f"/{what}/{key}").status_code == status
        assert client.get(f"/{what}/{key}", params={"includeLatest": True}).status_code == 200


@pytest.mark.parametrize(
    ("state", "method", "tail", "detail"),
    [
        ("active", "PUT", "", "only Plans in [draft scheduled] can be updated, but it has active state"),
        ("archived", "PUT", "", "only Plans in [draft scheduled] can be updated, but it has archived state"),
        (
            "active", "POST", "/publish",
            "invalid Plan: only Plans in [draft scheduled] can be published/rescheduled, but it has active state",
        ),
        ("draft", "POST", "/archive", "only Plans in [active] can be archived, but it is in draft state"),
        ("active", "DELETE", "", "only Plans in [archived scheduled draft] can be deleted, but it has active state"),
        ("draft", "POST", "/next", "only a single draft version is allowed for Plan"),
    ],
)  # fmt: skip
def test_refusals_of_a_state(state: str, method: str, tail: str, detail: str, client: httpx.Client) -> None:
    id_ = states(client, "plans", plan())[state]
    answer = client.request(method, f"/plans/{id_}{tail}", json=put_body(plan()) if method == "PUT" else None)
    assert made(answer, 400)["detail"] == f"validation error: {detail}"


@pytest.mark.parametrize(
    ("cards", "code"),
    [
        ([card("more"), card("more")], "rate_card_duplicated_key"),
        ([card("more", featureKey="seats")], "rate_card_key_feature_key_mismatch"),
        ([card("more")], "addon_invalid_status"),
    ],
)
def test_a_put_of_an_addon_looks_at_the_cards_before_the_version(
    cards: list[dict[str, Any]], code: str, client: httpx.Client
) -> None:
    """Tried on the real server: an active version's bad cards are told, not its state."""
    id_ = states(client, "addons", addon())["active"]
    assert codes(client.put(f"/addons/{id_}", json=put_body(addon(*cards)))) == [code]


def test_publishing_an_addon_again_tells_of_its_content_too(client: httpx.Client) -> None:
    """Tried on the real server: the state is one issue among the others."""
    feature = made(client.post("/features", json={"key": "seats", "name": "Seats"}))["id"]
    id_ = made(client.post("/addons", json=addon(card("seats", featureKey="seats"))))["id"]
    made(client.post(f"/addons/{id_}/publish"), 200)
    assert codes(client.post(f"/addons/{id_}/publish")) == ["addon_invalid_status_for_publish"]
    assert client.delete(f"/features/{feature}").status_code == 204
    assert codes(client.post(f"/addons/{id_}/publish")) == [
        "addon_invalid_status_for_publish",
        "rate_card_feature_not_found",
    ]


def test_an_active_addon_that_a_plan_offers_is_not_deleted_for_the_assignment(client: httpx.Client) -> None:
    """Tried on the real server: the assignment is told before the state."""
    id_ = states(client, "addons", addon())["active"]
    plan_id = made(client.post("/plans", json=plan()))["id"]
    made(client.post(f"/plans/{plan_id}/addons", json={"addonId": id_, "fromPlanPhase": "default"}))
    assert "has active assignments" in made(client.delete(f"/addons/{id_}"), 400)["detail"]


def test_a_key_has_one_draft_and_its_numbers_go_on(client: httpx.Client) -> None:
    first = made(client.post("/plans", json=plan()))
    assert "only a single draft" in made(client.post("/plans", json=plan()), 400)["detail"]
    assert client.delete(f"/plans/{first['id']}").status_code == 204
    second = made(client.post("/plans", json=plan()))
    assert (first["version"], second["version"]) == (1, 2)
    made(client.post(f"/plans/{second['id']}/publish"), 200)
    third = made(client.post("/plans/pro/next"), 200)
    made(client.post(f"/plans/{third['id']}/publish"), 200)
    before = made(client.get(f"/plans/{second['id']}"), 200)
    after = made(client.get("/plans/pro"), 200)
    assert (before["status"], after["version"], before["effectiveTo"]) == (
        "archived",
        3,
        after["effectiveFrom"],
    )


@pytest.mark.parametrize("tail", ["/plans/nobody/next", "/plans/01ARZ3NDEKTSV4RRFFQ69G5FAV/next"])
def test_next_of_nothing(tail: str, client: httpx.Client) -> None:
    assert made(client.post(tail), 400)["detail"] == "validation error: no versions available for this plan"


def test_what_a_put_of_a_plan_leaves_out(client: httpx.Client) -> None:
    sent = plan(
        description="d", metadata={"a": "b"}, proRatingConfig={"enabled": False, "mode": "prorate_prices"}
    )
    id_ = made(client.post("/plans", json=sent))["id"]
    bare = {"name": "New", "billingCadence": "", "phases": [phase(card())], "currency": 5}
    after = made(client.put(f"/plans/{id_}", json=bare), 200)
    kept = ("description", "metadata", "billingCadence", "currency")
    assert [after[name] for name in kept] == ["d", {"a": "b"}, "P1M", "USD"]
    assert after["proRatingConfig"] == {"enabled": True, "mode": "prorate_prices"}
    cleared = made(client.put(f"/plans/{id_}", json={**bare, "description": "", "metadata": {}}), 200)
    assert (cleared["description"], cleared["metadata"]) == ("", {})


METERED = {"type": "metered", "issueAfterReset": 5}


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ({**METERED, "issueAfterResetPriority": 1}, []),
        (
            {"type": "metered", "issueAfterResetPriority": 1},
            ["entitlement_template_invalid_issue_after_reset_with_priority"],
        ),
        ({**METERED, "usagePeriod": "PT59M"}, ["entitlement_template_usage_period_less_then_an_hour"]),
        (
            {**METERED, "usagePeriod": "-P1M"},
            ["entitlement_template_negative_usage_period", "entitlement_template_usage_period_less_then_an_hour"],
        ),
        ({**METERED, "usagePeriod": "P0.01D"}, []),
        ({**METERED, "usagePeriod": "P0D"}, []),
    ],
)  # fmt: skip
def test_warnings_that_refuse_drafts(
    template: dict[str, Any], wrong: list[str], client: httpx.Client
) -> None:
    answer = client.post("/plans", json=plan(phase(card(entitlementTemplate=template))))
    if wrong:
        assert codes(answer) == wrong
    else:
        made(answer)


TERM = {"type": "flat", "amount": "1", "paymentTerm": "in_arrears"}
STATIC = {"type": "static", "config": "{}"}
PERCENT = {"percentage": {"percentage": 10}}


@pytest.mark.parametrize(
    ("of_plan", "of_addon", "wrong"),
    [
        ({}, {}, []),
        ({}, {"type": "usage_based"}, []),
        ({"billingCadence": None}, {}, []),
        ({"type": "usage_based", "price": UNIT}, {"type": "usage_based", "price": UNIT}, ["rate_card_only_flat_price_allowed"]),
        ({}, {"price": TERM}, ["rate_card_price_payment_term_mismatch"]),
        ({}, {"type": "usage_based", "price": FLAT}, ["rate_card_price_payment_term_mismatch"]),
        (
            {}, {"type": "usage_based", "price": UNIT},
            ["rate_card_price_type_mismatch", "rate_card_price_payment_term_mismatch"],
        ),
        ({"billingCadence": "P12M"}, {"billingCadence": "P1Y"}, ["rate_card_billing_cadence_mismatch"]),
        ({"discounts": PERCENT}, {"discounts": PERCENT}, ["rate_card_percentage_discount_not_allowed"]),
        ({"discounts": PERCENT}, {}, []),
        (
            {"entitlementTemplate": STATIC}, {"entitlementTemplate": STATIC},
            ["rate_card_static_entitlement_template_not_allowed"],
        ),
        ({"entitlementTemplate": METERED}, {"entitlementTemplate": {**METERED, "usagePeriod": "P1M"}}, []),
        (
            {"entitlementTemplate": {**METERED, "usagePeriod": "P7D"}},
            {"entitlementTemplate": {**METERED, "usagePeriod": "P1W"}},
            ["rate_card_metered_entitlement_template_usage_period_mismatch"],
        ),
        (
            {"entitlementTemplate": METERED}, {"entitlementTemplate": {"type": "boolean"}},
            ["rate_card_entitlement_template_type_mismatch"],
        ),
    ],
)  # fmt: skip
def test_cards_of_one_key(
    of_plan: dict[str, Any], of_addon: dict[str, Any], wrong: list[str], client: httpx.Client
) -> None:
    """docs/server/assignments.md#compatibility: shown at POST and at every read, refused at PUT."""
    slug = next(meter["slug"] for meter in client.get("/meters").json() if meter["aggregation"] == "SUM")
    made(client.post("/features", json={"key": "fee", "name": "Fee", "meterSlug": slug}))
    plan_id = made(client.post("/plans", json=plan(phase(card(featureKey="fee", **of_plan)))))["id"]
    addon_id = made(client.post("/addons", json=addon(card(featureKey="fee", **of_addon))))["id"]
    made(client.post(f"/addons/{addon_id}/publish"), 200)
    sent = {"addonId": addon_id, "fromPlanPhase": "default"}
    shown = made(client.post(f"/plans/{plan_id}/addons", json=sent))["validationErrors"]
    assert sorted(one["code"] for one in shown or ()) == sorted(wrong)
    answer = client.put(f"/plans/{plan_id}/addons/{addon_id}", json={"fromPlanPhase": "default"})
    if wrong:
        assert sorted(codes(answer)) == sorted(wrong)
    else:
        made(answer, 200)


@pytest.mark.parametrize(
    ("instances", "assignment", "wrong"),
    [
        ("single", {}, []),
        ("single", {"maxQuantity": 0}, ["plan_addon_max_quantity_must_not_be_set"]),
        ("multiple", {}, []),
        ("multiple", {"maxQuantity": 1}, []),
        ("multiple", {"maxQuantity": 0}, ["plan_addon_max_quantity_must_be_set"]),
        ("single", {"fromPlanPhase": "nowhere"}, ["plan_addon_unknown_plan_phase_key"]),
    ],
)
def test_assignments(
    instances: str, assignment: dict[str, Any], wrong: list[str], client: httpx.Client
) -> None:
    plan_id = made(client.post("/plans", json=plan()))["id"]
    addon_id = made(client.post("/addons", json=addon(instanceType=instances)))["id"]
    made(client.post(f"/addons/{addon_id}/publish"), 200)
    sent = {"addonId": addon_id, "fromPlanPhase": "default", **assignment}
    shown = made(client.post(f"/plans/{plan_id}/addons", json=sent))["validationErrors"]
    assert [one["code"] for one in shown or ()] == wrong
    assert client.post(f"/plans/{plan_id}/addons", json=sent).status_code == 409
    published = client.post(f"/plans/{plan_id}/publish")
    assert published.status_code == (400 if wrong else 200)
    if wrong:
        assert codes(published) == ["plan_has_incompatible_addon"]
