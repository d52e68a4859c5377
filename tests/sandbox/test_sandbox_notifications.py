"""Channels, rules and events where the recordings are silent: Svix's refusals, its places, its days; life without Svix."""

import datetime

import httpx
import pytest

from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.domain import svix
from catalogsync.sandbox.domain.channels import _BASE64

HOOK = {"type": "WEBHOOK", "name": "hook", "url": "https://hook.example.test/in"}
CHANNELS, RULES, EVENTS = (f"/api/v1/notification/{name}" for name in ("channels", "rules", "events"))


def client_of(sandbox):
    return httpx.Client(base_url="http://sandbox", transport=sandbox.transport())


@pytest.fixture
def client(openmeter_sandbox):
    return client_of(openmeter_sandbox)


def made(client, path, body):
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def rule(*channels, **more):
    return {"type": "entitlements.reset", "name": "reset", "channels": list(channels), **more}


def secret_of(number):
    return "whsec_" + svix.base64.b64encode(bytes([number]) * 24).decode()


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("http://a", True),
        ("HTTPS://Hook.Example.test:8443/a?b#c", True),
        (" https://padded.example.test ", True),
        ("https:/one.slash.test", True),
        ("https://user:word@hook.example.test", True),
        ("https://[2001:db8::1]:443/x", True),
        ("https://127.0.0.1/", True),
        ("https://bücher.example", True),
        ("https://", False),
        ("https://hook .example.test", False),
        ("https://hook.example.test:port", False),
        ("https://hook.example.test:65536", False),
        ("https://[2001:db8::1", False),
        ("https://1.2.3.999/", False),
        ("https://a%23b/", False),
        ("ws://hook.example.test", False),
        ("hook.example.test", False),
    ],
)
def test_a_url_is_taken_as_a_browser_reads_it(client, url, taken):
    answer = client.post(CHANNELS, json={**HOOK, "url": url})
    assert answer.status_code == (201 if taken else 500)
    assert not taken or answer.json()["url"] == url


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("X-Team", "billing\tops", True),
        ("x-googlebot", "v", False),
        ("X-Amz-Date", "v", False),
        ("Content-Language", "v", False),
        ("Content-Security", "v", True),
        ("x:y", "v", False),
        ("X-V", "a" * 4096, True),
        ("X-V", "é" * 2049, False),
        ("X-V", "a\x00", False),
    ],
)
def test_header_names_and_values(client, name, value, taken):
    answer = client.post(CHANNELS, json={**HOOK, "customHeaders": {name: value}})
    assert answer.status_code == (201 if taken else 500)


@pytest.mark.parametrize(
    ("size", "status"),
    [(24, 201), (23, 400), (75, 201), (76, 400)],
)
def test_a_secret_holds_24_to_75_bytes(client, size, status):
    secret = "whsec_" + svix.base64.b64encode(b"k" * size).decode()
    expected = 500 if status == 400 and 32 <= len(secret) - 6 <= 100 else status
    assert client.post(CHANNELS, json={**HOOK, "signingSecret": secret}).status_code == expected


@pytest.mark.parametrize(
    ("text", "good"),
    [("QUJD", True), ("QUI=", True), ("QQ==", True), ("QUJ", False), ("QQ=B", False), ("=QUJ", False)],
)
def test_base64_is_padded_and_padded_at_its_end(text, good):
    assert bool(_BASE64.fullmatch(text)) is good


def test_the_eleventh_secret_of_a_day_is_refused_and_the_next_day_takes_it(openmeter_sandbox, client):
    id_ = made(client, CHANNELS, {**HOOK, "signingSecret": secret_of(0)})["id"]

    def put(number):
        body = {**HOOK, "signingSecret": secret_of(number)}
        return client.put(f"{CHANNELS}/{id_}", json=body).status_code

    assert [put(number) for number in range(1, 11)] == [200] * 10
    assert put(10) == 200  # the same again is no change
    assert put(11) == 500
    assert client.get(f"{CHANNELS}/{id_}").json()["signingSecret"] == secret_of(10)
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=24)
    openmeter_sandbox._service.world.clock.start_after(tomorrow)
    assert put(11) == 200


def test_a_refused_put_leaks_the_places_it_took_and_leaves_the_rule(client):
    first, second, full = (made(client, CHANNELS, {**HOOK, "name": name})["id"] for name in "abc")
    for _ in range(svix.PLACES):
        made(client, RULES, rule(full))
    mover = made(client, RULES, rule(first))["id"]
    answer = client.put(f"{RULES}/{mover}", json=rule(second, full))
    assert (answer.status_code, full in answer.json()["detail"]) == (400, True)
    assert [c["id"] for c in client.get(f"{RULES}/{mover}").json()["channels"]] == [first]
    for _ in range(svix.PLACES - 1):
        made(client, RULES, rule(second))
    assert client.post(RULES, json=rule(second)).status_code == 400


def test_a_rule_moved_off_an_enabled_channel_frees_its_place(client):
    old, new = (made(client, CHANNELS, {**HOOK, "name": name})["id"] for name in "ab")
    rules = [made(client, RULES, rule(old))["id"] for _ in range(svix.PLACES)]
    assert client.put(f"{RULES}/{rules[0]}", json=rule(new)).status_code == 200
    assert client.post(RULES, json=rule(old)).status_code == 201


def test_without_svix_rows_of_a_time_with_it_can_be_read_and_rules_kept(tmp_path):
    file = tmp_path / "sandbox.db"
    before = client_of(Sandbox(data=file))
    channel = made(before, CHANNELS, HOOK)
    id_ = made(before, RULES, rule(channel["id"]))["id"]
    muted = made(before, CHANNELS, {**HOOK, "disabled": True})["id"]
    quiet = made(before, RULES, rule(muted))["id"]
    client = client_of(Sandbox("no_svix", data=file))
    assert client.get(f"{CHANNELS}/{channel['id']}").status_code == 200
    assert client.put(f"{RULES}/{id_}", json=rule(channel["id"], name="renamed")).status_code == 200
    assert client.put(f"{RULES}/{id_}", json=rule(channel["id"], muted)).status_code == 500
    assert client.post(RULES, json=rule(channel["id"])).status_code == 500
    assert client.put(f"{CHANNELS}/{channel['id']}", json={**HOOK}).status_code == 500
    assert client.delete(f"{RULES}/{id_}").status_code == 500
    assert client.delete(f"{RULES}/{quiet}").status_code == 204
    assert client.delete(f"{CHANNELS}/{muted}").status_code == 500


def test_events_can_be_asked_for_by_time(client):
    id_ = made(client, RULES, rule(made(client, CHANNELS, HOOK)["id"]))["id"]
    event = client.post(f"{RULES}/{id_}/test").json()

    def total(**query):
        return client.get(EVENTS, params=query).json()["totalCount"]

    assert total(**{"from": event["createdAt"], "to": event["createdAt"]}) == 1
    assert total(**{"from": "2999-01-01T00:00:00Z"}) == 0
    assert total(to="2020-01-01T00:00:00Z") == 0
    backwards = {"from": "2021-01-01T00:00:00Z", "to": "2020-01-01T00:00:00Z"}
    assert client.get(EVENTS, params=backwards).status_code == 400


@pytest.mark.parametrize("kind", ["invoice.created", "invoice.updated"])
def test_an_invoice_rule_is_tested_with_an_invoice(client, kind):
    channel = made(client, CHANNELS, HOOK)["id"]
    id_ = made(client, RULES, {"type": kind, "name": "invoices", "channels": [channel]})["id"]
    event = client.post(f"{RULES}/{id_}/test").json()
    assert (event["type"], event["payload"]["type"]) == (kind, kind)
    assert event["payload"]["data"]["totals"]["total"] == "1000"
    assert client.get(f"{EVENTS}/{event['id']}").json() == event


def test_a_disabled_rule_and_a_deleted_one_are_not_tested(client):
    channel = made(client, CHANNELS, HOOK)["id"]
    off = made(client, RULES, rule(channel, disabled=True))["id"]
    answer = client.post(f"{RULES}/{off}/test")
    detail = "validation error: failed to send event: rule is disabled"
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)
    client.delete(f"{RULES}/{off}")
    assert client.post(f"{RULES}/{off}/test").status_code == 404
