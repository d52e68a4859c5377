"""Complete reads with the fewest calls, over the server's own traps."""

from __future__ import annotations

import time
from collections import Counter

import httpx
import pytest
from engine_helpers import EXAMPLE, catalog_of, client_of, settle, written

from catalogsync import normalize
from catalogsync.core.errors import TargetError
from catalogsync.core.model import Kind, LiveResource, Ref
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, METER, PLAN, RULE
from catalogsync.sandbox import Fault, Sandbox
from catalogsync.targets.transport import Answer
from catalogsync.targets.v1 import Client, payload, reader
from catalogsync.targets.v1.offers import may_hide
from catalogsync.targets.v1.pages import paged

V3 = "/api/v3/openmeter"


@pytest.fixture(scope="module")
def example():
    sandbox = Sandbox(seed=1)
    settle(catalog_of(EXAMPLE), client_of(sandbox))
    return sandbox


def calls(sandbox, kinds=tuple(Kind), workers=16):
    seen = []
    client = client_of(sandbox, observers=[seen.append], workers=workers)
    live = reader.read(client, kinds=kinds)
    return live, Counter(call.path.removeprefix("/api/v1/") for call in seen)


@pytest.mark.parametrize("workers", [1, 16])
def test_one_call_for_each_kind_and_each_plan_version(example, workers):
    live, counted = calls(example, workers=workers)
    lists = {"meters", "features", "addons", "plans", "notification/channels", "notification/rules"}
    assert set(counted.values()) == {1}
    assert {p for p in counted if not p.endswith("/addons")} == lists
    plans = [g for ref, g in live.groups.items() if ref.kind is PLAN]
    assert len(counted) == len(lists) + sum((g.active is not None) + (g.draft is not None) for g in plans)


def test_an_empty_server_takes_six_calls():
    live, counted = calls(Sandbox())
    assert {ref.kind for ref in live.groups} <= {METER}  # those of the server's configuration
    assert sum(counted.values()) == 6


@pytest.mark.parametrize("workers", [1, 16])
def test_a_list_that_is_refused_ends_the_read(workers):
    sandbox = Sandbox(faults=[Fault("500-before", times=None, path="/api/v1/features")])
    with pytest.raises(TargetError, match="GET /api/v1/features: 500"):
        reader.read(client_of(sandbox, workers=workers))


def test_a_list_that_is_refused_ends_what_is_asked_beside_it(example):
    """Of what versions offer nothing more is asked for."""
    sandbox, offers = example.transport(), []

    def answer(request):
        if request.url.path == "/api/v1/notification/rules":
            return httpx.Response(403, json={"status": 403, "title": "Forbidden"})
        if "/plans/" in request.url.path:
            offers.append(request.url.path)
            time.sleep(0.2)
        return sandbox.handle_request(request)

    client = Client("http://sandbox.localhost", transport=httpx.MockTransport(answer), workers=2)
    with pytest.raises(TargetError, match="403"):
        reader.read(client)
    assert len(offers) < 3


def test_only_the_kinds_asked_for(example):
    live, counted = calls(example, (METER, FEATURE))
    assert set(counted) == {"meters", "features"}
    assert {ref.kind for ref in live.groups} == {METER, FEATURE}


def test_more_than_a_page():
    rows = [{"id": f"{n:04}", "key": f"k{n}"} for n in range(2_500)]
    pages = []

    def fetch(number):
        pages.append(number)
        return {"items": rows[(number - 1) * 1000 : number * 1000], "totalCount": len(rows)}

    assert paged("/plans", fetch) == rows
    assert pages == [1, 2, 3]


def test_a_list_that_shifts_is_read_anew():
    rows = [{"id": str(n)} for n in range(1_001)]
    reads = []

    def fetch(number):
        reads.append(number)
        late = rows[1000:] if len(reads) > 2 else rows[999:1000]  # the first time an item came in front
        return {"items": rows[:1000] if number == 1 else late, "totalCount": 1_001}

    assert len(paged("/plans", fetch)) == 1_001
    assert reads == [1, 2, 1, 2]


def test_a_list_that_keeps_shifting_is_an_error():
    with pytest.raises(TargetError) as problem:
        paged("/plans", lambda _n: {"items": [{"id": "1"}], "totalCount": 2})
    assert problem.value.code == "live-unstable"


@pytest.mark.parametrize("answer", [[], {}, {"items": None}, None, "text"])
def test_something_else_than_openmeter(answer):
    with pytest.raises(TargetError) as problem:
        paged("/plans", lambda _n: answer)
    assert problem.value.code == "target-not-openmeter"
    assert problem.value.message.startswith("GET /plans: ")


FLAT = {"type": "flat_fee", "key": "a", "name": "A", "billingCadence": None, "price": None}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (PLAN, {"name": "P", "phases": 7}),
        (PLAN, {"name": "P", "currency": "USD", "phases": [{"key": "a", "rateCards": [5]}]}),
        (PLAN, {"phases": [{"key": "a", "rateCards": [{**FLAT, "price": {"type": "flat", "amount": {}}}]}]}),
        (ADDON, {"rateCards": [{**FLAT, "discounts": {"percentage": 5}}]}),
        (FEATURE, {"advancedMeterGroupByFilters": {"a": 1}}),
        (RULE, {"type": "entitlements.balance.threshold", "thresholds": [None]}),
    ],
)
def test_members_of_another_type_are_something_else_than_openmeter(kind, body):
    with pytest.raises(TargetError) as problem:
        normalize.live(LiveResource(kind, "01", "pro", "active", body, 1))
    assert problem.value.code == "target-not-openmeter"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (rb'{"name": "\ud83d\ude00"}', True),
        (rb'{"name": "\ud83d"}', False),
        (rb'{"\udE00": 1}', False),
        (rb'{"name": "\\ud83d"}', True),
        (b"[" * 200_000, False),
        (b"\xff", False),
    ],
)
def test_half_a_character_is_no_text(text, taken):
    found = payload.decoded(Answer(200, {"content-type": "application/json"}, text))
    assert isinstance(found, payload.Garbled) != taken


CHANNELS = """\
kind: notification_channel
key: quiet
name: Quiet
disabled: true
type: WEBHOOK
url: https://hooks.example.com/x
"""


def test_disabled_channels_are_seen(tmp_path):
    sandbox = Sandbox(seed=1)
    client = client_of(sandbox)
    settle(written(tmp_path, CHANNELS), client)
    group = reader.read(client).group(Ref(CHANNEL, "quiet"))
    assert group.active is not None and group.active.body["disabled"] is True


def test_a_plan_that_offers_what_v1_cannot_show_is_hidden_not_fatal(example):
    refusal = {"status": 400, "detail": "invalid add-on",
               "extensions": {"validationErrors": [{"code": "unit_config_not_representable", "message": "v3 only"}]}}  # fmt: skip
    sandbox = example.transport()

    def answer(request):
        offers = request.url.path.endswith("/addons") and "/plans/" in request.url.path
        return httpx.Response(400, json=refusal) if offers else sandbox.handle_request(request)

    client = Client("http://sandbox.localhost", transport=httpx.MockTransport(answer))
    live = reader.read(client)
    plans = [group for ref, group in live.groups.items() if ref.kind is PLAN]
    assert plans and all("unit_config_not_representable" in group.hidden for group in plans)
    assert not any(g.hidden for ref, g in live.groups.items() if ref.kind is not PLAN)


def made(sandbox, method, path, body=None):
    with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as http:
        answer = http.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()


def plan_of(sandbox):
    fee = {"type": "flat_fee", "key": "fee", "name": "Fee", "billingCadence": "P1M",
           "price": {"type": "flat", "amount": "10", "paymentTerm": "in_advance"}}  # fmt: skip
    phase = {"key": "default", "name": "Default", "duration": None, "rateCards": [fee]}
    body = {"key": "pro", "name": "Pro", "currency": "USD", "billingCadence": "P1M", "phases": [phase]}
    return made(sandbox, "POST", "/api/v1/plans", body)["id"]


def test_a_plan_that_offers_the_only_addon_and_v1_hides_it_is_hidden():
    """As on the real server: v1 lists no add-on, and refuses what the plan offers (recorded: unitconfig_assignment)."""
    sandbox = Sandbox("unit_config", seed=1)
    meter = {"key": "m", "name": "M", "aggregation": "sum", "event_type": "m", "value_property": "$.value"}
    meter_id = made(sandbox, "POST", f"{V3}/meters", meter)["id"]
    feature = made(sandbox, "POST", f"{V3}/features", {"key": "f", "name": "F", "meter": {"id": meter_id}})
    unit = {"operation": "divide", "conversion_factor": "1000", "rounding": "ceiling", "precision": 0}
    card = {"key": "f", "name": "F", "price": {"type": "unit", "amount": "0.1"}, "billing_cadence": "P1M",
            "payment_term": "in_arrears", "feature": {"id": feature["id"]}, "unit_config": unit}  # fmt: skip
    addon = {"key": "a", "name": "A", "currency": "USD", "instance_type": "single", "rate_cards": [card]}
    addon_id = made(sandbox, "POST", f"{V3}/addons", addon)["id"]
    made(sandbox, "POST", f"{V3}/addons/{addon_id}/publish")
    offer = {"name": "N", "addon": {"id": addon_id}, "from_plan_phase": "default"}
    made(sandbox, "POST", f"{V3}/plans/{plan_of(sandbox)}/addons", offer)
    live, _ = calls(sandbox)
    assert not live.of(Kind("addon"))
    assert "unit_config_not_representable" in live.group(Ref(PLAN, "pro")).hidden


@pytest.mark.parametrize("workers", [1, 16])
def test_where_there_is_no_addon_one_call_tells_that_none_is_hidden(workers):
    sandbox = Sandbox(seed=1)
    plan_of(sandbox)
    _, counted = calls(sandbox, workers=workers)
    assert sum(counted.values()) == 7
    assert counted[f"{V3}/addons"] == 1


V3_ANSWERS = {
    "none is there": (200, {"data": [], "meta": {}}, "/api/v1", False),
    "one is there": (200, {"data": [{"id": "x"}]}, "/api/v1", True),
    "no v3": (404, {"status": 404}, "/api/v1", False),
    "no v3 at this place": (404, {"status": 404}, "/gateway/api/v1", True),
    "not for this key": (403, {"status": 403}, "/api/v1", True),
    "out of order": (500, {"status": 500}, "/api/v1", True),
    "something else": (200, ["x"], "/api/v1", True),
    "elsewhere": (301, None, "/api/v1", True),
}


@pytest.mark.parametrize(("status", "body", "prefix", "asked"), V3_ANSWERS.values(), ids=V3_ANSWERS)
def test_what_v3_does_not_say_the_versions_are_asked(status, body, prefix, asked):
    client = Client(
        "http://sandbox",
        prefix=prefix,
        transport=httpx.MockTransport(lambda _: httpx.Response(status, json=body)),
    )
    assert may_hide(client, Kind("addon")) is asked


@pytest.mark.parametrize("kind", ["429", "502-before", "503-before", "reset-before", "cut", "delay"])
def test_a_read_outlives_one_trouble_or_says_so(example, kind):
    whole = reader.read(client_of(example))
    example.break_with(Fault(kind, number=2, seconds=0.01))
    try:
        assert reader.read(client_of(example)) == whole
    except TargetError as problem:
        assert kind in ("reset-before", "cut"), problem
    finally:
        example.break_with()
