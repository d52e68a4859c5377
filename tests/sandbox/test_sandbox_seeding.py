"""A twin of a live catalog answers as the live one does, secrets and customers aside, and lives on from there."""

import httpx
import pytest

from catalogsync.sandbox import Fault, Sandbox, SeedError

SECRET = "whsec_S6g2HLnTwd9AhHwUIMFggVS9OfoPafN8"
CARD = {
    "type": "usage_based",
    "key": "calls",
    "name": "Calls",
    "featureKey": "calls",
    "billingCadence": "P1M",
    "price": {"type": "dynamic"},
    "entitlementTemplate": {"type": "metered", "issueAfterReset": 10, "usagePeriod": "P1M"},
    "discounts": {"percentage": {"percentage": 10}, "usage": {"quantity": "3"}},
    "taxConfig": {"stripe": {"code": "txcd_10103000"}},
}
FLAT = {
    "type": "flat_fee",
    "key": "seat",
    "name": "Seat",
    "billingCadence": "P1M",
    "price": {"type": "flat", "amount": "5.00"},
}
LISTS = {
    "/meters": {"includeDeleted": "true"},
    "/features": {"includeArchived": "true", "page": "1"},
    "/addons": {"includeDeleted": "true"},
    "/plans": {"includeDeleted": "true"},
    "/plans/pro/addons": {},
    "/notification/rules": {"includeDisabled": "true"},
}


class Door:
    """Short hands on a sandbox's v1."""

    def __init__(self, sandbox):
        self.client = httpx.Client(base_url="http://sandbox", transport=sandbox.transport())

    def send(self, method, path, body=None):
        answer = self.client.request(method, "/api/v1" + path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def get(self, path, **query):
        answer = self.client.get("/api/v1" + path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def plan(price):
    card = {**CARD, "price": price}
    phases = [{"key": "default", "name": "Default", "duration": None, "rateCards": [card, FLAT]}]
    return {"key": "pro", "name": "Pro", "currency": "USD", "billingCadence": "P1M", "phases": phases}


@pytest.fixture
def live():
    """A catalog with a past: deleted, archived, several versions, drafts, assignments, notifications, a customer."""
    sandbox = Sandbox()
    door = Door(sandbox)
    meter = {"slug": "calls", "aggregation": "SUM", "eventType": "call", "valueProperty": "$.n"}
    door.send("DELETE", f"/meters/{door.send('POST', '/meters', meter)['id']}")
    door.send(
        "POST", "/meters", {**meter, "groupBy": {"region": "$.region"}, "eventFrom": "2024-01-01T00:00:00Z"}
    )
    feature = {"key": "calls", "name": "Calls", "meterSlug": "calls", "meterGroupByFilters": {"region": "eu"}}
    door.send("DELETE", f"/features/{door.send('POST', '/features', feature)['id']}")
    door.send("POST", "/features", {**feature, "unitCost": {"type": "manual", "amount": "0.01"}})
    addon = {
        "key": "extra",
        "name": "Extra",
        "currency": "USD",
        "instanceType": "single",
        "rateCards": [FLAT | {"key": "extra"}],
    }
    addon_id = door.send("POST", "/addons", addon)["id"]
    door.send("POST", f"/addons/{addon_id}/publish")
    for price in (
        {"type": "dynamic"},
        {"type": "unit", "amount": "0.10"},
        {"type": "unit", "amount": "0.20"},
    ):
        id_ = door.send("POST", "/plans", plan(price))["id"]
        door.send("POST", f"/plans/{id_}/addons", {"addonId": addon_id, "fromPlanPhase": "default"})
        if price.get("amount") != "0.20":
            door.send("POST", f"/plans/{id_}/publish")
    hook = {"type": "WEBHOOK", "name": "hook", "url": "https://hook.example.test", "signingSecret": SECRET}
    channel = door.send("POST", "/notification/channels", hook)["id"]
    rule = {"type": "entitlements.reset", "name": "reset", "channels": [channel], "features": ["calls"]}
    door.send("POST", "/notification/rules", rule)
    customer = {"name": "Acme", "key": "acme", "usageAttribution": {"subjectKeys": ["acme"]}}
    customer_id = door.send("POST", "/customers", customer)["id"]
    wish = {"customerId": customer_id, "plan": {"key": "pro"}}
    door.send("POST", "/subscriptions", wish)
    return sandbox


def twin_of(sandbox, **options):
    twin = Sandbox(**options)
    with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as client:
        return twin, twin.seed_from(client)


def test_a_twin_lists_what_the_live_server_lists(live):
    twin, seeded = twin_of(live)
    ours, theirs = Door(twin), Door(live)
    for path, query in LISTS.items():
        assert ours.get(path, **query) == theirs.get(path, **query), path
    assert seeded.counts == {
        "meters": 5, "features": 2, "addons": 1, "plans": 3, "assignments": 3, "channels": 1, "rules": 1, "customers": 1,
    }  # fmt: skip


def test_only_reads_reach_the_live_server(live):
    before = len(live.requests)
    twin_of(live)
    assert {one.method for one in live.requests[before:]} == {"GET"}


def test_signing_secrets_stay_behind_and_it_is_said(live):
    twin, seeded = twin_of(live)
    assert SECRET not in str(twin.state())
    (channel,) = Door(twin).get("/notification/channels")["items"]
    assert channel["signingSecret"].startswith("whsec_")
    assert "signing secrets are not copied: each channel has a fresh one" in seeded.notes


def test_customers_are_copied_as_a_count_per_plan(live):
    twin, _ = twin_of(live)
    assert Door(twin).get("/customers", planKey="pro", pageSize="1")["totalCount"] == 1
    assert Door(twin).get("/customers")["totalCount"] == 0


def test_a_twin_lives_on_with_greater_ids_and_later_instants(live):
    twin, _ = twin_of(live, seed=1)
    door = Door(twin)
    newest = max(door.get("/plans")["items"], key=lambda one: one["version"])
    assert door.send("POST", f"/plans/{newest['id']}/publish")["status"] == "active"
    made = door.send("POST", "/plans", plan({"type": "dynamic"}))
    assert made["version"] == 4
    assert made["id"] > newest["id"]
    assert made["createdAt"] > newest["updatedAt"]
    assert door.get("/plans", status="active")["items"][0]["id"] == newest["id"]
    assert [len(door.get(f"/plans/{one['id']}/addons")["items"]) for one in door.get("/plans")["items"]] == [
        0,
        1,
        1,
        1,
    ]


def test_a_twin_in_a_file_is_there_after_a_restart(live, tmp_path):
    file = tmp_path / "twin.db"
    twin_of(live, data=file)
    again = Door(Sandbox(data=file))
    for path, query in LISTS.items():
        assert again.get(path, **query) == Door(live).get(path, **query), path


def test_a_list_that_moves_is_read_again(live):
    door = Door(live)
    for n in range(1001):
        door.send("POST", "/features", {"key": f"f{n}", "name": "F"})
    live.break_with(
        Fault("page-skips", path="/api/v1/features"), Fault("page-repeats", path="/api/v1/features")
    )
    _, seeded = twin_of(live)
    assert seeded.counts["features"] == 1003


def test_a_server_without_customers_or_notifications_is_copied_with_a_note(live):
    live.break_with(
        Fault("503-before", path="/api/v1/customers", times=None),
        Fault("500-before", path="/api/v1/notification/*", times=None),
    )
    _, seeded = twin_of(live)
    assert (seeded.counts["channels"], seeded.counts["customers"], seeded.counts["plans"]) == (0, 0, 3)
    assert any("GET /api/v1/customers answered 503" in note for note in seeded.notes)
    assert any("GET /api/v1/notification/channels answered 500" in note for note in seeded.notes)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("502-before", "GET /api/v1/plans answered 502"),
        ("reset-before", "GET /api/v1/plans: connection reset"),
        ("malformed", "GET /api/v1/plans answered no JSON"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_changes(live, kind, said):
    live.break_with(Fault(kind, path="/api/v1/plans"))
    twin = Sandbox()
    before = twin.state()
    with (
        httpx.Client(base_url="http://sandbox", transport=live.transport()) as client,
        pytest.raises(SeedError, match=said),
    ):
        twin.seed_from(client)
    assert twin.state() == before


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/meters", {"items": []}),
        ("/meters", None),
        ("/features", "text"),
        ("/plans", {"items": [{"id": "x", "key": "p"}], "totalCount": 1}),
        ("/addons", {"items": [5], "totalCount": 1}),
        ("/addons", {"items": [{"id": "x", "rateCards": 7}], "totalCount": 1}),
    ],
)
def test_answers_of_something_else_leave_the_twin_as_it_was(live, tmp_path, kept, path, body):
    def answer(request):
        if request.url.path == f"/api/v1{path}":
            return httpx.Response(200, json=body)
        found = live_client.get(request.url.raw_path.decode())
        return httpx.Response(found.status_code, content=found.content)

    twin = Sandbox(data=tmp_path / "twin.db") if kept else Sandbox()
    before = twin.state()
    with (
        httpx.Client(base_url="http://sandbox", transport=live.transport()) as live_client,
        httpx.Client(base_url="http://sandbox", transport=httpx.MockTransport(answer)) as client,
        pytest.raises(SeedError),
    ):
        twin.seed_from(client)
    assert twin.state() == before
